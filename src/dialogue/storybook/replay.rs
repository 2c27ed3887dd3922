//! Test conversations played step by step, each decision taken with the right past.

use crate::dialogue::storybook::decide::{By, Decider, Decision};
use crate::dialogue::storybook::event::{Act, Event};
use crate::dialogue::storybook::history::History;
use crate::dialogue::storybook::missing;
use crate::dialogue::storybook::moment::same_name;
use crate::dialogue::storybook::unfold;
use crate::domain::storybook::{Course, Place, Storybook};

/// One test conversation as it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    pub name: String,
    pub place: Place,
    pub decisions: Vec<Decided>,
    /// Turns of the customer.
    pub turns: usize,
    /// Turns with words, and those whose intent was understood, when somebody was asked.
    pub asked: usize,
    pub understood: usize,
}

/// One decision with what was wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub line: u32,
    /// What the customer was taken to say last.
    pub intent: Option<String>,
    pub wanted: Act,
    pub got: Decision,
    pub verdict: Verdict,
    /// The rule that would decide it, where nothing or the wrong thing was decided.
    pub missing: Option<Course>,
}

/// How a decision turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    Right,
    Undecided,
    Wrong,
}

impl Played {
    /// Returns how many decisions turned out so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.decisions.iter().filter(|decided| decided.verdict == verdict).count()
    }

    /// Tells whether all were right; a conversation without decisions is not.
    pub fn passed(&self) -> bool {
        !self.decisions.is_empty() && self.count(Verdict::Right) == self.decisions.len()
    }
}

/// Plays a test conversation. `understand` returns the intent of a text, or `None` to take the one the test names.
pub fn play(decider: &Decider<'_>, test: &Course, understand: &dyn Fn(&str) -> Option<String>) -> Played {
    let mut history = History::new(decider.book);
    let (mut decisions, mut turns, mut asked, mut understood) = (Vec::new(), 0, 0, 0);
    let mut intent = None;
    let events = unfold::test(decider.book, test);
    let listens = |at: usize| {
        let next = events[at + 1..].iter().find(|placed| matches!(placed.event, Event::Did(_)));
        next.is_some_and(|placed| placed.event == Event::Did(Act::Listen))
    };
    for (at, placed) in events.clone().into_iter().enumerate() {
        match placed.event {
            // The listening at the very beginning is no decision.
            Event::Did(Act::Listen) if turns == 0 && decisions.is_empty() => history.happen(Event::Did(Act::Listen)),
            Event::Did(wanted) => {
                let mut got = decider.decide(&history);
                // Where the form would go on and something else is wanted, the form has refused the turn.
                if let (Some((form, _)), Some(act)) = (history.running(), &got.act)
                    && act.written() == form
                    && !matches(decider.book, &wanted, act)
                {
                    let form = form.to_owned();
                    history.happen(Event::Refused(form));
                    got = decider.decide(&history);
                }
                let verdict = judge(decider.book, &wanted, &got);
                let missing =
                    (verdict != Verdict::Right).then(|| missing::rule(decider, &history, &wanted, listens(at)));
                decisions.push(Decided {
                    line: placed.line,
                    intent: intent.clone(),
                    wanted: wanted.clone(),
                    got,
                    verdict,
                    missing,
                });
                history.happen(Event::Did(wanted));
            }
            Event::Said(mut said) => {
                turns += 1;
                if let Some(found) = said.text.as_deref().and_then(understand) {
                    asked += 1;
                    understood += usize::from(said.intent.as_deref().is_some_and(|gold| same_name(gold, &found)));
                    said.intent = Some(found);
                }
                intent.clone_from(&said.intent);
                history.happen(Event::Said(said));
            }
            event => history.happen(event),
        }
    }
    Played { name: test.name.clone(), place: test.place.clone(), decisions, turns, asked, understood }
}

fn judge(book: &Storybook, wanted: &Act, got: &Decision) -> Verdict {
    match &got.act {
        Some(act) if matches(book, wanted, act) => Verdict::Right,
        Some(_) => Verdict::Wrong,
        None => {
            let fallback = book.fallback.as_deref().unwrap_or("action_default_fallback");
            let falls = wanted.written() == fallback && got.by == By::Nothing;
            if falls { Verdict::Right } else { Verdict::Undecided }
        }
    }
}

/// Tells whether an act is the wanted one; words are those of a response as well.
fn matches(book: &Storybook, wanted: &Act, got: &Act) -> bool {
    match (wanted, got) {
        (Act::Words(words), Act::Named(name)) | (Act::Named(name), Act::Words(words)) => {
            let response = book.responses.iter().find(|response| same_name(&response.name, name));
            response.is_some_and(|response| response.variations.iter().any(|said| said.text.trim() == words.trim()))
        }
        (Act::Named(wanted), Act::Named(got)) => same_name(wanted, got),
        (wanted, got) => wanted == got,
    }
}
