//! In what order the queue asks, and what each training ranks for it.

use std::collections::BTreeMap;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::clustering::neighbours::Neighbours;
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::Verdict;
use crate::domain::prediction::{Guess, Prediction};
use crate::domain::utterance::Utterance;
use crate::evaluation::doubt::{disagreement, doubt, spread, unsure};
use crate::store::ranked::Ranking;
use crate::text::segment::Segmenter;
use crate::workbench::error::Result;
use crate::workbench::project::Project;

/// Places a ranking keeps; more than anybody labels between two trainings.
const KEPT: usize = 2_000;
/// Candidates compared with the examples and with each other.
const COMPARED: usize = 1_200;
/// Nearest examples that vote.
const VOTERS: usize = 5;
/// Items of a diverse batch are chosen from so many of the most doubtful, so many at a time.
const POOL: usize = 400;
const BATCH: usize = 20;
/// Members of an intent's pile kept.
const PILE: usize = 600;

/// The order of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Doubt × customers, where a model has guessed; else customers.
    #[default]
    Doubt,
    /// Most customers first.
    Customers,
    /// The two best guesses closest to each other first.
    Margin,
    /// The least probable best guess first.
    Unsure,
    /// The widest spread over all guesses first.
    Spread,
    /// Least like any example first.
    Novelty,
    /// Where the model and the nearest examples differ most first.
    Disagreement,
    /// Doubtful, and unlike what was asked just before.
    Diverse,
    /// By chance: an honest sample.
    Random,
}

impl Order {
    pub const ALL: [Order; 9] = [
        Order::Doubt,
        Order::Customers,
        Order::Margin,
        Order::Unsure,
        Order::Spread,
        Order::Novelty,
        Order::Disagreement,
        Order::Diverse,
        Order::Random,
    ];

    /// Returns the word for the store and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Order::Doubt => "doubt",
            Order::Customers => "customers",
            Order::Margin => "margin",
            Order::Unsure => "unsure",
            Order::Spread => "spread",
            Order::Novelty => "novelty",
            Order::Disagreement => "disagreement",
            Order::Diverse => "diverse",
            Order::Random => "random",
        }
    }

    /// Returns the order with that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == word)
    }

    /// Tells whether every so often an item by chance is mixed in, so that the share of right guesses is known.
    pub fn is_mixed(self) -> bool {
        !matches!(self, Order::Customers | Order::Random)
    }
}

/// Returns the ranking that holds what the model gives to an intent, surest first.
pub fn pile_of(intent: Option<IntentId>) -> String {
    format!("={}", intent.map_or(-1, |id| id.0))
}

/// Returns the intent of such a ranking.
pub fn intent_of(pile: &str) -> Option<IntentId> {
    pile.strip_prefix('=').and_then(|id| id.parse().ok()).filter(|id| *id >= 0).map(IntentId)
}

/// One waiting utterance in figures; a million of them are held at once.
pub(super) struct Candidate {
    utterance: UtteranceId,
    priority: f64,
    margin: f32,
    unsure: f32,
    spread: f32,
    best: Option<Guess>,
}

impl Candidate {
    pub fn new(utterance: UtteranceId, priority: f64, prediction: &Prediction) -> Self {
        Self {
            utterance,
            priority,
            margin: doubt(prediction),
            unsure: unsure(prediction),
            spread: spread(prediction),
            best: prediction.best(),
        }
    }
}

/// One of the most urgent, compared with the examples and the others.
struct Urgent {
    utterance: Utterance,
    prediction: Prediction,
    priority: f64,
}

/// Ranks what waits.
pub(super) fn rankings(project: &mut Project, mut waiting: Vec<Candidate>) -> Result<Vec<Ranking>> {
    let mut made: Vec<Ranking> = Vec::new();
    let mut add = |order: Order, scored: Vec<(UtteranceId, f64)>| made.push((order.name().to_string(), scored));
    let by = |measure: fn(&Candidate) -> f32| {
        best(waiting.iter().map(|c| (c.utterance, f64::from(measure(c)))).collect(), KEPT)
    };
    add(Order::Margin, by(|c| c.margin));
    add(Order::Unsure, by(|c| c.unsure));
    add(Order::Spread, by(|c| c.spread));
    let mut piles: BTreeMap<Option<IntentId>, Vec<(UtteranceId, f64)>> = BTreeMap::new();
    for candidate in &waiting {
        if let Some(guess) = candidate.best {
            piles.entry(guess.intent).or_default().push((candidate.utterance, f64::from(guess.probability)));
        }
    }
    waiting.sort_by(|a, b| b.priority.total_cmp(&a.priority).then(a.utterance.cmp(&b.utterance)));
    waiting.truncate(COMPARED);
    let mut urgent = Vec::with_capacity(waiting.len());
    for candidate in &waiting {
        let Some(utterance) = project.store.utterance(candidate.utterance)? else { continue };
        let prediction = project.store.guess(utterance.id)?.map(|(prediction, _)| prediction).unwrap_or_default();
        urgent.push(Urgent { utterance, prediction, priority: candidate.priority });
    }
    let segmenter = project.segmenter()?;
    let (texts, intents) = examples(project)?;
    let known: Vec<&str> = texts.iter().map(String::as_str).collect();
    let neighbours = Neighbours::of(&known, &segmenter);
    let near: Vec<(f64, f64)> = urgent
        .par_iter()
        .map(|item| {
            let found = neighbours.nearest(&[&item.utterance.text], VOTERS);
            let closest = found.first().map_or(0.0, |(_, cosine)| *cosine);
            (f64::from(1.0 - closest), f64::from(disagreement(&item.prediction, &vote(&found, &intents))))
        })
        .collect();
    let with = |score: fn(&(f64, f64)) -> f64| {
        best(urgent.iter().zip(&near).map(|(item, near)| (item.utterance.id, score(near))).collect(), KEPT)
    };
    add(Order::Novelty, with(|near| near.0));
    add(Order::Disagreement, with(|near| near.1));
    urgent.truncate(POOL);
    add(Order::Diverse, diverse(&urgent, &segmenter));
    made.extend(piles.into_iter().map(|(intent, members)| (pile_of(intent), best(members, PILE))));
    Ok(made)
}

/// Returns the highest scores first, ties by id.
fn best(mut scored: Vec<(UtteranceId, f64)>, most: usize) -> Vec<(UtteranceId, f64)> {
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scored.truncate(most);
    scored
}

/// Returns how the nearest examples vote, each by its closeness.
fn vote(near: &[(usize, f32)], intents: &[Option<IntentId>]) -> Vec<(Option<IntentId>, f32)> {
    let mut votes: BTreeMap<Option<IntentId>, f32> = BTreeMap::new();
    near.iter().for_each(|(example, cosine)| *votes.entry(intents[*example]).or_default() += cosine);
    let all: f32 = votes.values().sum();
    if all > 0.0 { votes.into_iter().map(|(intent, share)| (intent, share / all)).collect() } else { Vec::new() }
}

/// Returns candidates batch by batch: in each, the most urgent that is least like those already in the batch.
fn diverse(pool: &[Urgent], segmenter: &Segmenter) -> Vec<(UtteranceId, f64)> {
    let texts: Vec<&str> = pool.iter().map(|candidate| candidate.utterance.text.as_str()).collect();
    let neighbours = Neighbours::of(&texts, segmenter);
    let alike: Vec<Vec<(usize, f32)>> = texts.par_iter().map(|text| neighbours.nearest(&[text], POOL)).collect();
    let mut taken = vec![false; pool.len()];
    let mut order = Vec::with_capacity(pool.len());
    while order.len() < pool.len() {
        let mut closest = vec![0f32; pool.len()];
        for _ in 0..BATCH.min(pool.len() - order.len()) {
            let urgent = |i: usize| pool[i].priority * f64::from(1.0 - closest[i]);
            let left = (0..pool.len()).filter(|i| !taken[*i]);
            let Some(next) = left.max_by(|a, b| urgent(*a).total_cmp(&urgent(*b)).then(b.cmp(a))) else { break };
            taken[next] = true;
            order.push((pool[next].utterance.id, urgent(next)));
            alike[next].iter().for_each(|(other, cosine)| closest[*other] = closest[*other].max(*cosine));
        }
    }
    order
}

/// Returns the texts and intents of the examples.
fn examples(project: &Project) -> Result<(Vec<String>, Vec<Option<IntentId>>)> {
    let (mut texts, mut intents) = (Vec::new(), Vec::new());
    project.store.each_label(|utterance, label| {
        let intent = match label.verdict {
            Verdict::Intent(id) => Some(id),
            Verdict::OutOfScope => None,
            Verdict::Ignored | Verdict::Later => return Ok(()),
        };
        texts.push(utterance.text);
        intents.push(intent);
        Ok(())
    })?;
    Ok((texts, intents))
}

/// Returns waiting utterances by chance after a place in that order, each with its place; the same for everybody.
pub(super) fn by_chance(project: &Project, after: Option<i64>, limit: usize) -> Result<Vec<(i64, Utterance)>> {
    let last = project.store.last_utterance()?;
    let mut found = Vec::new();
    let mut place = after.map_or(0, |place| place + 1);
    while found.len() < limit && place < last {
        let places: Vec<i64> = (place..last.min(place + 4 * limit as i64)).collect();
        for at in &places {
            place = at + 1;
            let id = UtteranceId(shuffled(*at, last) + 1);
            if let Some(utterance) = project.store.waiting_of(&[id])?.pop() {
                found.push((*at, utterance));
                if found.len() == limit {
                    break;
                }
            }
        }
    }
    Ok(found)
}

/// Returns where a number below `count` goes in a shuffle of all of them: a Feistel network on the next power of
/// four, walked until it falls below `count` (Black and Rogaway 2002).
fn shuffled(number: i64, count: i64) -> i64 {
    let mut half = 1;
    while 1i64 << (2 * half) < count {
        half += 1;
    }
    let mask = (1i64 << half) - 1;
    let mut at = number;
    loop {
        let (mut left, mut right) = (at >> half, at & mask);
        for round in 0..4u8 {
            let mut bytes = right.to_le_bytes().to_vec();
            bytes.push(round);
            let mixed = xxh3_64(&bytes) as i64 & mask;
            (left, right) = (right, left ^ mixed);
        }
        at = left << half | right;
        if at < count {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::FamilyId;
    use crate::domain::utterance::Language;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_shuffle_meets_every_number_once(count in 1i64..400) {
            let mut met: Vec<i64> = (0..count).map(|number| shuffled(number, count)).collect();
            met.sort_unstable();
            prop_assert_eq!(met, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_diverse_batch_does_not_ask_the_same_twice() {
        let urgent = |id: i64, text: &str, priority: f64| Urgent {
            utterance: Utterance {
                id: UtteranceId(id),
                text: text.to_string(),
                count: 1,
                family: FamilyId(id),
                language: Language::Chinese,
            },
            prediction: Prediction::default(),
            priority,
        };
        let pool = [urgent(1, "怎么申请退款", 1.0), urgent(2, "怎么申请退款呢", 0.9), urgent(3, "快递到哪里了", 0.5)];
        let order: Vec<i64> = diverse(&pool, Segmenter::general()).into_iter().map(|(id, _)| id.0).collect();
        assert_eq!(order, [1, 3, 2]);
    }

    #[test]
    fn names_lead_back() {
        for order in Order::ALL {
            assert_eq!(Order::named(order.name()), Some(order));
        }
        assert_eq!(intent_of(&pile_of(Some(IntentId(7)))), Some(IntentId(7)));
        assert_eq!(intent_of(&pile_of(None)), None);
    }
}
