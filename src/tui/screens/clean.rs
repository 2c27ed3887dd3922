//! clean: the rules in running order and what each changes; what was set aside, joined, said over and over,
//! misheard or labelled twice, each in a view of its own.

mod draw;
mod lists;

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::{Role as Speaker, Turn};
use crate::domain::label::Verdict;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::store::roles::Whose;
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::clean::lists::{Lists, Place, View};
use crate::tui::screens::message::Message;
use crate::tui::screens::write::Write;
use crate::tui::widgets::gauge::thousands;
use crate::workbench::clean::heard::Reach;
use crate::workbench::clean::{self, canned, conflicts, heard, merged, quarantine, words};
use crate::workbench::error::Result;

/// Turns shown before and after the one in question.
const AROUND: u32 = 8;

/// What the open window will answer.
#[derive(Clone, Copy)]
enum Asked {
    Words,
    Masks,
    Heard,
    Verdict,
}

/// The screen.
#[derive(Default)]
pub struct Clean {
    lists: Lists,
    asked: Option<Asked>,
}

impl Clean {
    /// Shows another view; what needs a look at all texts is counted first.
    fn show(&mut self, view: View, desk: &mut Desk) -> Result<Effect> {
        self.lists.view = view;
        self.lists.read(desk)?;
        Ok(self.survey(desk))
    }

    fn survey(&self, desk: &Desk) -> Effect {
        let needed = matches!(self.lists.view, View::Canned | View::Heard) && !self.lists.surveyed;
        // While other work runs the list says that it is not counted yet.
        if needed && self.lists.report.turns > 0 && desk.is_free().is_ok() {
            Effect::Start(Job::Survey)
        } else {
            Effect::None
        }
    }

    fn toggle(&mut self, desk: &mut Desk) -> Result<Effect> {
        match self.lists.view {
            View::Rules => {
                if let Some(state) = self.lists.rule() {
                    clean::switch(&mut desk.project, state.rule, !state.on)?;
                    self.lists.stale = true;
                }
            }
            View::Canned => {
                if let Some(line) = self.lists.chosen(&self.lists.canned).cloned() {
                    canned::tick(&mut desk.project, &line.text, line.ours, !line.on)?;
                    self.lists.stale = true;
                }
            }
            View::Heard => return self.accept(Reach::Everywhere, desk),
            _ => {}
        }
        self.lists.load(desk)?;
        Ok(Effect::None)
    }

    fn accept(&mut self, reach: Reach, desk: &mut Desk) -> Result<Effect> {
        let Some(line) = self.lists.chosen(&self.lists.heard).cloned() else { return Ok(Effect::None) };
        heard::accept(&mut desk.project, &line.heard, &line.meant, reach)?;
        self.lists.stale = true;
        self.lists.read(desk)?;
        let gaps = [("heard", line.heard.as_str()), ("meant", line.meant.as_str())];
        Ok(Effect::Say(fill(desk.words.clean.accepted, &gaps)))
    }

    fn refuse(&mut self, desk: &mut Desk) -> Result<Effect> {
        let Some(line) = self.lists.chosen(&self.lists.heard).cloned() else { return Ok(Effect::None) };
        heard::refuse(&mut desk.project, &line.heard, Reach::Everywhere)?;
        self.lists.read(desk)?;
        Ok(Effect::Say(fill(desk.words.clean.refused, &[("heard", &line.heard)])))
    }

    /// Takes the chosen line back: from quarantine, or from having been joined (or parted).
    fn restore(&mut self, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.clean;
        let said = match self.lists.view {
            View::Quarantine => {
                let Some(turn) = self.lists.chosen(&self.lists.quarantine).and_then(|line| line.turn) else {
                    return Ok(Effect::None);
                };
                quarantine::give_back(&mut desk.project, turn)?;
                t.given_back
            }
            _ => {
                let Some(line) = self.lists.chosen(&self.lists.merged).cloned() else { return Ok(Effect::None) };
                if line.parted {
                    merged::join(&mut desk.project, line.turn)?;
                    t.joined
                } else {
                    merged::part(&mut desk.project, line.turn)?;
                    t.parted
                }
            }
        };
        self.lists.load(desk)?;
        Ok(Effect::Say(said.to_string()))
    }

    /// Opens the choice that the chosen line offers.
    fn open(&mut self, desk: &mut Desk) -> Effect {
        let t = &desk.words.clean;
        match self.lists.view {
            View::Heard => {
                let Some(line) = self.lists.chosen(&self.lists.heard) else { return Effect::None };
                let gaps = [("heard", line.heard.as_str()), ("meant", line.meant.as_str())];
                let mut items =
                    vec![Item::new(fill(t.everywhere, &gaps), ""), Item::new(fill(t.as_it_stands, &gaps), "")];
                items.extend(line.samples.iter().map(|sample| {
                    Item::new(fill(t.only_in, &[("text", &sample.text)]), format!("×{}", thousands(sample.count)))
                }));
                self.asked = Some(Asked::Heard);
                Effect::Open(Box::new(Choose::menu(fill(t.heard_title, &gaps), items, 0)))
            }
            View::Conflicts => {
                let items: Vec<Item> = self
                    .lists
                    .verdicts()
                    .into_iter()
                    .map(|verdict| Item::new(self.lists.verdict(verdict, desk.words), ""))
                    .collect();
                self.asked = Some(Asked::Verdict);
                Effect::Open(Box::new(Choose::menu(t.settle_title, items, 0)))
            }
            _ => Effect::None,
        }
    }

    /// Returns the turns around the chosen line, and which of them it is.
    fn around(&self, desk: &Desk) -> Result<(Vec<Turn>, usize)> {
        let found = match self.lists.place() {
            Some(Place::Turn(turn)) => merged::context(&desk.project, turn, AROUND)?,
            Some(Place::Utterance(id)) => clean::texts::context(&desk.project, id, AROUND)?,
            None => None,
        };
        Ok(found.unwrap_or_default())
    }

    /// Lets customer and agent change places in the conversation of the chosen line.
    fn swap(&self, desk: &Desk) -> Result<Effect> {
        let (turns, here) = self.around(desk)?;
        // A text of a list stands alone: nobody speaks with anybody there.
        Ok(match turns.get(here).filter(|_| turns.len() > 1) {
            Some(turn) => Effect::Start(Job::Swap { whose: Whose::Conversation(turn.conversation) }),
            None => Effect::Say(desk.words.label.no_context.to_string()),
        })
    }

    fn context(&self, desk: &Desk) -> Result<Effect> {
        let (turns, here) = self.around(desk)?;
        let text: Vec<String> = turns.iter().enumerate().map(|(at, turn)| said(turn, at == here, desk.words)).collect();
        let text = if text.is_empty() { desk.words.label.no_context.to_string() } else { text.join("\n") };
        Ok(Effect::Open(Box::new(Message::new(desk.words.label.conversation, text))))
    }
}

impl Screen for Clean {
    fn scope(&self) -> Scope {
        Scope::Clean
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.clean.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.lists.load(desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.clean;
        let line = !self.lists.cursor().is_empty();
        match action {
            Action::Clean if self.lists.report.turns == 0 => Err(Cow::Borrowed(t.empty)),
            Action::Clean => desk.is_free(),
            Action::View | Action::Words | Action::Masked => Ok(()),
            Action::Toggle if line && matches!(self.lists.view, View::Rules | View::Canned | View::Heard) => Ok(()),
            Action::Open if line && matches!(self.lists.view, View::Heard | View::Conflicts) => Ok(()),
            Action::Ignore if line && self.lists.view == View::Heard => Ok(()),
            Action::Restore if line && self.lists.view == View::Merged => Ok(()),
            Action::Restore if line && self.lists.view == View::Quarantine => {
                let row = self.lists.chosen(&self.lists.quarantine).is_some_and(|line| line.turn.is_none());
                if row { Err(Cow::Borrowed(t.row_stays)) } else { Ok(()) }
            }
            Action::Context if self.lists.place().is_some() => Ok(()),
            Action::Swap if self.lists.place().is_some() => desk.is_free(),
            Action::Left | Action::Right if self.lists.narrows() => Ok(()),
            _ if self.lists.cursor().clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Clean => return Ok(Effect::Start(Job::Clean)),
            Action::View => return self.show(self.lists.view.next(), desk),
            Action::Toggle => return self.toggle(desk),
            Action::Restore => return self.restore(desk),
            Action::Ignore => return self.refuse(desk),
            Action::Open => return Ok(self.open(desk)),
            Action::Context => return self.context(desk),
            Action::Swap => return self.swap(desk),
            Action::Words => {
                self.asked = Some(Asked::Words);
                let lines = words::as_lines(&words::words(&desk.project)?);
                let t = &desk.words.clean;
                return Ok(Effect::Open(Box::new(Write::lines(t.words_title, t.words_hint, &lines))));
            }
            Action::Masked if self.lists.masked() => {
                self.asked = Some(Asked::Masks);
                return Ok(Effect::Ask(desk.words.clean.unmask.to_string()));
            }
            Action::Masked => {
                clean::switch_masks(&mut desk.project, true)?;
                self.lists.stale = true;
                self.lists.load(desk)?;
                return Ok(Effect::Say(desk.words.clean.masks_on.to_string()));
            }
            Action::Left | Action::Right => {
                if self.lists.narrow(action == Action::Right) {
                    self.lists.read(desk)?;
                }
            }
            _ => {
                self.lists.cursor_mut().act(action);
                self.lists.settle(desk)?;
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.clean;
        match (self.asked.take(), answer) {
            (Some(Asked::Words), Answer::Text(lines)) => {
                let (came, went) = words::set(&mut desk.project, &words::from_lines(&lines))?;
                // New words may have been heard wrongly before anybody knew them.
                self.lists.surveyed = false;
                self.lists.read(desk)?;
                let gaps = [("came", &*came.to_string()), ("went", &*went.to_string())];
                Ok(Effect::Say(fill(t.words_set, &gaps)))
            }
            (Some(Asked::Masks), Answer::Sure) => {
                clean::switch_masks(&mut desk.project, false)?;
                self.lists.stale = true;
                self.lists.load(desk)?;
                Ok(Effect::Say(t.masks_off.to_string()))
            }
            (Some(Asked::Heard), Answer::Chosen(0)) => self.accept(Reach::Everywhere, desk),
            (Some(Asked::Heard), Answer::Chosen(1)) => self.refuse(desk),
            (Some(Asked::Heard), Answer::Chosen(at)) => {
                let line = self.lists.chosen(&self.lists.heard);
                match line.and_then(|line| line.samples.get(at - 2)).map(|sample| sample.id) {
                    Some(id) => self.accept(Reach::In(id), desk),
                    None => Ok(Effect::None),
                }
            }
            (Some(Asked::Verdict), Answer::Chosen(at)) => {
                let verdict: Option<Verdict> = self.lists.verdicts().get(at).copied();
                let family = self.lists.chosen(&self.lists.conflicts).map(|conflict| conflict.family);
                let (Some(verdict), Some(family)) = (verdict, family) else { return Ok(Effect::None) };
                let count = conflicts::settle(&mut desk.project, family, verdict)?;
                let what = self.lists.verdict(verdict, desk.words).to_string();
                self.lists.read(desk)?;
                Ok(Effect::Say(fill(t.settled, &[("what", &what), ("n", &count.to_string())])))
            }
            _ => Ok(Effect::None),
        }
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        match outcome {
            Outcome::Clean(report) => {
                self.lists.stale = false;
                self.lists.surveyed = false;
                if let effect @ Effect::Start(_) = self.survey(desk) {
                    return Ok(effect);
                }
                Ok(Effect::Say(fill(
                    desk.words.clean.cleaned,
                    &[("turns", &thousands(report.turns)), ("changed", &thousands(report.changed))],
                )))
            }
            Outcome::Swap(turns) => {
                self.lists.load(desk)?;
                Ok(Effect::Say(fill(desk.words.clean.swapped, &[("n", &thousands(*turns))])))
            }
            Outcome::Survey(survey) => {
                self.lists.survey(survey.canned.clone(), survey.heard.clone());
                self.lists.read(desk)?;
                Ok(Effect::None)
            }
            _ => Ok(Effect::None),
        }
    }

    fn fit(&mut self, area: Rect) {
        self.lists.cursor_mut().fit(area.height.saturating_sub(draw::HEAD + 1));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        draw::draw(&self.lists, frame, area, look);
    }
}

/// Returns a turn as a line of its conversation; a piece of the sentence before it has a plus.
fn said(turn: &Turn, here: bool, words: &'static Words) -> String {
    let t = &words.screens;
    let who = match turn.role {
        Speaker::Customer => t.customer,
        Speaker::Agent => t.agent,
        Speaker::Bot => t.bot,
        Speaker::System => t.system,
    };
    let text = turn.clean.as_deref().unwrap_or(&turn.raw);
    let piece = if turn.part_of.is_some() { "+ " } else { "" };
    let why = turn.aside.as_deref().map_or(String::new(), |reason| format!(" ({})", words.clean.aside(reason)));
    let mark = if here { " ◀" } else { "" };
    format!("{who} {piece}{text}{why}{mark}")
}
