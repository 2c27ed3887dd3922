//! Whether rehearsals still hold when their customers slip: each message is said otherwise in each way, alone, and
//! a rehearsal that breaks is shrunk to the fewest changes that break it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use crate::dialogue::event::Event;
use crate::dialogue::policy::design::{Kind as Values, Policy};
use crate::dialogue::proof::perturb::{Change, Kind, applied, perturb};
use crate::dialogue::script::replay::{Failure, Replay, replay};
use crate::dialogue::script::shape::Script;
use crate::dialogue::turn::heard::{Knowledge, Understanding};
use crate::domain::prediction::Emotion;
use crate::progress::Progress;

/// How a suite stood it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Robustness {
    /// Held and played, by kind, in the order of [`Kind::ALL`].
    pub kinds: Vec<(Kind, Held)>,
    /// By the rehearsal's name.
    pub rehearsals: Vec<(String, Held)>,
    /// By the intent that was understood before.
    pub intents: BTreeMap<String, Held>,
    pub broken: Vec<Broken>,
}

/// How many of how many held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Held {
    pub held: usize,
    pub played: usize,
}

impl Held {
    /// Returns the share that held, in per cent.
    pub fn percent(self) -> f64 {
        if self.played == 0 { 100.0 } else { 100.0 * self.held as f64 / self.played as f64 }
    }

    fn add(&mut self, held: bool) {
        self.played += 1;
        self.held += usize::from(held);
    }
}

/// A rehearsal that did not hold, with the fewest changes that break it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Broken {
    pub rehearsal: String,
    /// From 0.
    pub turn: usize,
    pub kind: Kind,
    pub said: String,
    /// The message that breaks it.
    pub otherwise: String,
    /// What the model took the message for instead; `None` when it is the policy that stumbles.
    pub misunderstood: Option<(String, String)>,
    /// The first expectation that failed.
    pub failure: Option<Failure>,
}

/// What the suite is played with.
pub struct Stage<'s> {
    pub policy: &'s Policy,
    pub knowledge: &'s Knowledge,
    pub understand: &'s (dyn Fn(&str) -> Understanding + Sync),
    pub emotion: &'s (dyn Fn(&str) -> Emotion + Sync),
}

/// Plays every message of every rehearsal that holds in `draws` ways of each kind.
///
/// A message whose intent the rehearsal gives keeps it, which tries the policy; where the model understands the
/// message itself and finds that intent, the model must find it again. Stopped, the rehearsals left are not played.
pub fn robustness(
    stage: &Stage,
    scripts: &[Script],
    kinds: &[Kind],
    draws: u64,
    seed: u64,
    progress: &dyn Progress,
) -> Robustness {
    let played = AtomicU64::new(0);
    let tried: Vec<Vec<Tried>> = scripts
        .par_iter()
        .enumerate()
        .map(|(place, script)| {
            if progress.stopped() {
                return Vec::new();
            }
            progress.at(played.fetch_add(1, Ordering::Relaxed), scripts.len() as u64);
            try_script(stage, script, kinds, draws, seed.wrapping_add(place as u64 * 7919))
        })
        .collect();
    let mut result =
        Robustness { kinds: kinds.iter().map(|kind| (*kind, Held::default())).collect(), ..Robustness::default() };
    for (script, tried) in scripts.iter().zip(tried) {
        let mut own = Held::default();
        for one in tried {
            let held = one.broken.is_none();
            own.add(held);
            result.kinds.iter_mut().filter(|(kind, _)| *kind == one.kind).for_each(|(_, sum)| sum.add(held));
            if let Some(intent) = one.intent {
                result.intents.entry(intent).or_default().add(held);
            }
            result.broken.extend(one.broken);
        }
        if own.played > 0 {
            result.rehearsals.push((script.name.clone(), own));
        }
    }
    result
}

struct Tried {
    kind: Kind,
    intent: Option<String>,
    broken: Option<Broken>,
}

fn try_script(stage: &Stage, script: &Script, kinds: &[Kind], draws: u64, seed: u64) -> Vec<Tried> {
    let before = run(stage, script);
    if !before.passed {
        return Vec::new();
    }
    let mut tried = Vec::new();
    for (place, line) in script.turns.iter().enumerate() {
        let Some(said) = &line.said else { continue };
        let keep = protected(stage.policy, &before, place);
        let intent = before.turns[place].heard.likeliest().map(|(intent, _)| intent.to_owned());
        // The model's own view counts only where it agreed with the rehearsal.
        let by_model =
            line.intents.len() == 1 && intent.is_some() && (stage.understand)(said).likeliest() == intent.as_deref();
        for (number, kind) in kinds.iter().enumerate() {
            for draw in 0..draws {
                let seed = seed ^ (place as u64) << 32 ^ (number as u64) << 16 ^ draw;
                let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
                let Some(changes) = perturb(*kind, said, &keep, &mut random) else { continue };
                let broken = broken(stage, script, place, &changes, by_model).map(|_| {
                    let changes =
                        shrunk(changes, |fewer| self::broken(stage, script, place, fewer, by_model).is_some());
                    let failed = self::broken(stage, script, place, &changes, by_model);
                    let (failure, misunderstood) = failed.unwrap_or_default();
                    Broken {
                        rehearsal: script.name.clone(),
                        turn: place,
                        kind: *kind,
                        said: said.clone(),
                        otherwise: applied(said, &changes),
                        misunderstood,
                        failure,
                    }
                });
                tried.push(Tried { kind: *kind, intent: intent.clone(), broken });
            }
        }
    }
    tried
}

type Failed = (Option<Failure>, Option<(String, String)>);

/// Returns why a rehearsal breaks with these changes in one message; `None` when it holds.
fn broken(stage: &Stage, script: &Script, place: usize, changes: &[Change], by_model: bool) -> Option<Failed> {
    let mut script = script.clone();
    let line = &mut script.turns[place];
    let said = applied(line.said.as_deref().unwrap_or_default(), changes);
    let given = line.intents.first().map(|(intent, _)| intent.clone());
    line.said = Some(said.clone());
    let first = |replay: Replay| replay.turns.into_iter().flat_map(|turn| turn.failures).next();
    let replay = run(stage, &script);
    if !replay.passed {
        return Some((first(replay), None));
    }
    if !by_model {
        return None;
    }
    // Without an intent of its own the line is heard as the bot would.
    script.turns[place].intents.clear();
    let replay = run(stage, &script);
    let found = (stage.understand)(&said).likeliest().unwrap_or_default().to_owned();
    (!replay.passed).then(|| (first(replay), Some((given.unwrap_or_default(), found))))
}

fn run(stage: &Stage, script: &Script) -> Replay {
    replay(stage.policy, stage.knowledge, script, &stage.understand, &stage.emotion)
}

/// Returns the words of a message whose letters are its meaning: free answers, names.
fn protected(policy: &Policy, before: &Replay, place: usize) -> Vec<String> {
    let free = |slot: &str| {
        policy
            .entity(slot)
            .is_some_and(|entity| matches!(entity.kind, Values::Text | Values::TextMatch(_) | Values::Match(_)))
    };
    before.turns[place]
        .outcome
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Filled { slot, value, .. } | Event::Corrected { slot, to: value, .. } if free(slot) => {
                Some(value.clone())
            }
            _ => None,
        })
        .collect()
}

/// Leaves changes out, one by one, as long as it still breaks.
fn shrunk(mut changes: Vec<Change>, breaks: impl Fn(&[Change]) -> bool) -> Vec<Change> {
    let mut place = 0;
    while place < changes.len() && changes.len() > 1 {
        let mut fewer = changes.clone();
        fewer.remove(place);
        if breaks(&fewer) {
            changes = fewer;
        } else {
            place += 1;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::script::read::parse_all;
    use crate::dialogue::turn::tests::{bank, knowledge, known};
    use crate::progress::Quiet;

    fn of(yaml: &str, kinds: &[Kind], understand: &(dyn Fn(&str) -> Understanding + Sync)) -> Robustness {
        let scripts = parse_all(yaml).expect("scripts");
        let known = knowledge();
        let stage = Stage { policy: bank(), knowledge: &known, understand, emotion: &|_| Emotion::default() };
        robustness(&stage, &scripts, kinds, 3, 1, &Quiet)
    }

    #[test]
    fn a_value_said_otherwise_breaks_a_rehearsal_and_the_failure_is_small() {
        let yaml = "- {u: 风险大吗, intent: ask_quality, then: {u: 活期宝，谢谢, b: 不保证本金}}";
        let seen = of(yaml, &[Kind::Homophone], &|_| Understanding::default());
        assert!(!seen.broken.is_empty());
        let one = seen.broken.iter().find(|one| one.turn == 1).expect("the product was misspelt");
        assert_ne!(one.otherwise, one.said);
        assert_eq!(one.misunderstood, None);
        let (kind, held) = seen.kinds[0];
        assert_eq!((kind, held.played), (Kind::Homophone, held.held + seen.broken.len()));
    }

    #[test]
    fn stops_smileys_width_and_traditional_signs_break_nothing_here() {
        let yaml = "- {u: 给小李转500块, intent: transfer, b: 向小李转500元, then: {u: 确认, b: 转账成功}}";
        let seen =
            of(yaml, &[Kind::Width, Kind::Punctuation, Kind::Emoji, Kind::Traditional], &|_| Understanding::default());
        assert_eq!(seen.broken, []);
        assert!(seen.kinds.iter().all(|(_, held)| held.played > 0), "{seen:#?}");
    }

    #[test]
    fn a_model_that_no_longer_finds_the_intent_is_told_from_the_policy() {
        let yaml = "- {u: 我要看账单, intent: bill_query, b: 卡号后四位}";
        let brittle =
            |text: &str| if text == "我要看账单" { vec![("bill_query".to_owned(), 0.9)] } else { Vec::new() };
        let brittle = |text: &str| Understanding::from(brittle(text));
        let seen = of(yaml, &[Kind::Filler], &brittle);
        assert!(seen.broken.iter().all(|one| one.misunderstood == Some(("bill_query".into(), String::new()))));
        assert!(!seen.broken.is_empty());
        let yaml = "- {u: 几点开门, intent: open_hours, b: 网点九点开门}";
        let brittle = |text: &str| Understanding {
            intents: if text == "几点开门" { [("open_hours".to_owned(), 0.9)].into() } else { Default::default() },
            known: known("open_hours", 0.9),
        };
        assert_eq!(of(yaml, &[Kind::Filler], &brittle).broken, [], "the knowledge still finds it");
    }

    #[test]
    fn only_the_changes_that_matter_stay() {
        let change = |at: usize| Change { range: at..at, to: "x".into() };
        let all = vec![change(0), change(1), change(2), change(3)];
        let left = shrunk(all, |some| some.contains(&change(2)));
        assert_eq!(left, [change(2)]);
    }
}
