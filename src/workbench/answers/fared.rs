//! How the bot would fare with the questions of the knowledge: the first turn of a chat, played on held-out predictions by
//! the classifier alone and with the ranking.

use std::collections::HashMap;

use crate::dialogue::event::Target;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::policy::read::read;
use crate::dialogue::state::State;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::heard::{Heard, Knowledge, Known, Near};
use crate::dialogue::turn::play::turn;
use crate::domain::answers::{Fared, TalkScores};
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::prediction::Prediction;
use crate::domain::report::{Report, ScoredItem};
use crate::nlu::answers::rank::{HeldOut, REFUSED};
use crate::workbench::answers::Gathered;
use crate::workbench::error::Result;
use crate::workbench::project::Project;

/// Plays every question held out by both; `None` where there is no policy that can be read.
pub fn talk(project: &Project, gathered: &Gathered, held_out: &HeldOut, report: &Report) -> Result<Option<TalkScores>> {
    let Some(Ok(policy)) = project.store.policy()?.map(|text| read(&text.yaml)) else { return Ok(None) };
    let intents = project.store.intents()?;
    let names: HashMap<IntentId, &str> = intents.iter().map(|intent| (intent.id, intent.name.as_str())).collect();
    let stage = Stage { policy, knowledge: Knowledge::of(&intents), names };
    let items: HashMap<UtteranceId, &ScoredItem> =
        report.items.iter().filter_map(|item| Some((item.utterance?, item))).collect();
    let name = |entry: usize| gathered.entries.get(entry).map_or("", |entry| entry.name.as_str());
    let mut scores = TalkScores::default();
    for (place, (_, first, probability)) in held_out.asked.iter().zip(&held_out.ranks) {
        let Some(item) = gathered.ids[*place].and_then(|id| items.get(&id)) else { continue };
        let (entry, text) = &gathered.questions[*place];
        let Came::Led(right) = stage.play(text, vec![(name(*entry).to_owned(), 1.0)], None) else { continue };
        stage.both(&mut scores, (text, &item.prediction), (name(*first), *probability), Some(&right));
    }
    for (place, first, probability) in &held_out.strange {
        let (id, text) = &gathered.strange[*place];
        let Some(item) = items.get(id) else { continue };
        stage.both(&mut scores, (text, &item.prediction), (name(*first), *probability), None);
    }
    Ok(Some(scores))
}

struct Stage<'p> {
    policy: Policy,
    knowledge: Knowledge,
    names: HashMap<IntentId, &'p str>,
}

/// What a turn came to.
enum Came {
    Led(Target),
    Asked(Vec<Target>),
    Other,
}

impl Stage<'_> {
    /// Plays a text by both and counts what it came to; `right` is where it belongs, `None` for out of scope.
    fn both(
        &self,
        scores: &mut TalkScores,
        (text, prediction): (&str, &Prediction),
        (first, probability): (&str, f32),
        right: Option<&Target>,
    ) {
        let named = |intent: Option<IntentId>| Some((*self.names.get(&intent?)?).to_owned());
        let guesses = prediction.guesses.iter();
        let intents: Vec<(String, f32)> =
            guesses.filter_map(|guess| Some((named(guess.intent)?, guess.probability))).collect();
        let near = vec![Near { intent: first.to_owned(), ..Near::default() }];
        let known = Known { probability, need: REFUSED, near };
        count(&mut scores.alone, self.play(text, intents.clone(), None), right);
        count(&mut scores.with, self.play(text, intents, Some(known)), right);
    }

    fn play(&self, text: &str, intents: Vec<(String, f32)>, known: Option<Known>) -> Came {
        let heard = Heard { text: text.to_owned(), intents: intents.into(), known, ..Heard::default() };
        let outcome = turn(&self.policy, &self.knowledge, &State::default(), &heard);
        let came = outcome.trace.into_iter().find_map(|line| match line.reason {
            Reason::Confident { best, .. } => best.target.map(Came::Led),
            Reason::Clarified { between, .. } => {
                Some(Came::Asked(between.into_iter().filter_map(|one| one.target).collect()))
            }
            _ => None,
        });
        came.unwrap_or(Came::Other)
    }
}

fn count(fared: &mut Fared, came: Came, right: Option<&Target>) {
    let Some(right) = right else {
        fared.strange += 1;
        fared.strange_answered += usize::from(matches!(came, Came::Led(_)));
        return;
    };
    let counted = match came {
        Came::Led(target) if target == *right => &mut fared.right,
        Came::Led(_) => &mut fared.wrong,
        Came::Asked(between) if between.contains(right) => &mut fared.asked,
        _ => &mut fared.missed,
    };
    *counted += 1;
}
