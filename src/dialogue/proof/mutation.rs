//! How much a suite of rehearsals would notice: each single edit of the policy is made, and the suite is played.
//!
//! The model does not change, so every text is understood once; an edit is noticed as soon as one rehearsal that
//! held no longer does. The rehearsals of the edited topic are played first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use crate::dialogue::error::Error;
use crate::dialogue::policy::read::of;
use crate::dialogue::proof::edit::{Edit, edits};
use crate::dialogue::script::replay::{Replay, replay, topics};
use crate::dialogue::script::shape::Script;
use crate::dialogue::state::State;
use crate::dialogue::turn::heard::{Knowledge, Understanding};
use crate::dialogue::yaml;
use crate::domain::prediction::Emotion;
use crate::progress::Progress;

/// What a suite noticed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Mutation {
    /// Edits that were played.
    pub edits: usize,
    pub noticed: usize,
    /// Edits after which the policy cannot be read; not counted.
    pub unread: usize,
    /// Rehearsals that did not hold before any edit; not played.
    pub broken: usize,
    /// The edits no rehearsal noticed, in the order of the policy.
    pub survivors: Vec<Edit>,
}

impl Mutation {
    /// Returns the share noticed, in per cent.
    pub fn score(&self) -> f64 {
        if self.edits == 0 { 100.0 } else { 100.0 * self.noticed as f64 / self.edits as f64 }
    }
}

/// What texts are understood to say, once for all edits.
pub struct Understood {
    pub intents: BTreeMap<String, Understanding>,
    pub emotions: BTreeMap<String, Emotion>,
}

impl Understood {
    /// Understands every text of some scripts.
    pub fn of(
        scripts: &[Script],
        understand: &(dyn Fn(&str) -> Understanding + Sync),
        emotion: &(dyn Fn(&str) -> Emotion + Sync),
    ) -> Self {
        let texts: BTreeSet<&str> =
            scripts.iter().flat_map(|script| &script.turns).filter_map(|line| line.said.as_deref()).collect();
        let texts: Vec<&str> = texts.into_iter().collect();
        let both: Vec<_> = texts.par_iter().map(|text| ((*text).to_owned(), understand(text), emotion(text))).collect();
        let mut understood = Self { intents: BTreeMap::new(), emotions: BTreeMap::new() };
        for (text, intents, emotion) in both {
            understood.intents.insert(text.clone(), intents);
            understood.emotions.insert(text, emotion);
        }
        understood
    }

    /// Returns what a text says.
    pub fn intents(&self, text: &str) -> Understanding {
        self.intents.get(text).cloned().unwrap_or_default()
    }

    /// Returns how a text sounds.
    pub fn emotion(&self, text: &str) -> Emotion {
        self.emotions.get(text).cloned().unwrap_or_default()
    }
}

/// Scores a suite over the single edits of a policy; at most `most` of them, drawn by the seed. Stopped, the edits
/// left count as unread.
pub fn mutation(
    text: &str,
    knowledge: &Knowledge,
    scripts: &[Script],
    understood: &Understood,
    most: usize,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Mutation, Error> {
    let tree = yaml::read(text)?;
    let policy = of(&tree)?;
    let run = |policy: &_, script: &Script| -> Replay {
        replay(policy, knowledge, script, &|text| understood.intents(text), &|text| understood.emotion(text))
    };
    let before: Vec<Replay> = scripts.par_iter().map(|script| run(&policy, script)).collect();
    let reached: Vec<BTreeSet<String>> = before
        .iter()
        .map(|replay| {
            let mut state = State::default();
            let mut ran = BTreeSet::new();
            for turn in &replay.turns {
                turn.outcome.events.iter().for_each(|event| state.apply(event));
                ran.extend(topics(&turn.outcome, &state));
            }
            ran
        })
        .collect();
    let holding: Vec<usize> = (0..scripts.len()).filter(|place| before[*place].passed).collect();
    let mut all = edits(&policy, &tree);
    if all.len() > most {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
        let drawn: BTreeSet<usize> = order.into_iter().take(most).collect();
        let mut place = 0;
        all.retain(|_| {
            place += 1;
            drawn.contains(&(place - 1))
        });
    }
    let played = AtomicU64::new(0);
    let noticed: Vec<Option<bool>> = all
        .par_iter()
        .map(|edit| {
            if progress.stopped() {
                return None;
            }
            progress.at(played.fetch_add(1, Ordering::Relaxed), all.len() as u64);
            let changed = of(&edit.made(&tree)).ok()?;
            let touches = |place: &usize| edit.topic().is_some_and(|topic| reached[*place].contains(topic));
            let first = holding.iter().filter(|place| touches(place));
            let rest = holding.iter().filter(|place| !touches(place));
            Some(first.chain(rest).any(|place| !run(&changed, &scripts[*place]).passed))
        })
        .collect();
    let mut mutation = Mutation { broken: scripts.len() - holding.len(), ..Mutation::default() };
    for (edit, noticed) in all.into_iter().zip(noticed) {
        match noticed {
            None => mutation.unread += 1,
            Some(true) => (mutation.edits, mutation.noticed) = (mutation.edits + 1, mutation.noticed + 1),
            Some(false) => {
                mutation.edits += 1;
                mutation.survivors.push(edit);
            }
        }
    }
    Ok(mutation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::script::read::parse_all;
    use crate::dialogue::turn::tests::{BANK, knowledge};
    use crate::progress::Quiet;

    fn of(scripts: &str, most: usize, seed: u64) -> Mutation {
        let scripts = parse_all(scripts).expect("scripts");
        let understood = Understood::of(&scripts, &|_| Understanding::default(), &|_| Emotion::default());
        mutation(BANK, &knowledge(), &scripts, &understood, most, seed, &Quiet).expect("the bank")
    }

    const TRANSFER: &str = "
- {u: 给小李转500块, intent: transfer, b: 向小李转500元，确认吗, then: {u: 确认, b: 转账成功，手续费2元}}
- {u: 给小李转5000块, intent: transfer, then: {u: 确认, b: 余额不足}}
";

    #[test]
    fn an_empty_suite_notices_nothing_and_rehearsals_notice_what_they_pass_through() {
        let none = of("[]", usize::MAX, 0);
        assert_eq!((none.noticed, none.survivors.len()), (0, none.edits));
        let some = of(TRANSFER, usize::MAX, 0);
        assert!(some.noticed > 10, "{some:#?}");
        let survives = |place: &str, after: &str| some.survivors.iter().any(|e| e.place == place && e.after == after);
        // The guard of the first arm is noticed when turned round, not at its border.
        assert!(!survives("topics.transfer.do.1.when", "amount <= balance"));
        assert!(survives("topics.transfer.do.1.when", "amount >= balance"));
    }

    #[test]
    fn a_draw_is_the_same_for_the_same_seed() {
        let (one, same, other) = (of(TRANSFER, 40, 7), of(TRANSFER, 40, 7), of(TRANSFER, 40, 8));
        assert_eq!(one, same);
        assert_ne!(one.survivors, other.survivors);
        assert_eq!(one.edits + one.unread, 40);
    }

    #[test]
    fn a_rehearsal_that_never_held_is_left_out() {
        let broken = of("- {u: 转账, intent: transfer, b: 不会说的话}", 40, 1);
        assert_eq!((broken.broken, broken.noticed), (1, 0));
    }
}
