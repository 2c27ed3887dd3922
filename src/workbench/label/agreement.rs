//! How far the trainers agree, who labelled what, and how fast.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::UtteranceId;
use crate::domain::label::{LabelSource, Opinion, Verdict};
use crate::evaluation::agreement::{Measure, Rating, against, alpha, cohen, fleiss, interval, on_category, percent};
use crate::workbench::error::Result;
use crate::workbench::project::Project;

/// Draws for an interval, and what they start from.
const DRAWS: usize = 1_000;
const SEED: u64 = 1;

/// A longer pause between two decisions is a rest, in milliseconds.
const REST: i64 = 5 * 60_000;

/// A measure with its 95 % interval; `None` where it is not defined.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figure {
    pub value: Option<f64>,
    pub interval: Option<(f64, f64)>,
}

/// Two trainers over the texts both answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub first: String,
    pub second: String,
    pub texts: usize,
    pub percent: Option<f64>,
    /// Cohen's κ.
    pub kappa: Figure,
}

/// Fleiss' κ with the number of answers a text, and of texts with so many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fleiss {
    pub kappa: f64,
    pub answers: u64,
    pub texts: usize,
}

/// One verdict over all texts: how far trainers agree on giving it or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnVerdict {
    pub verdict: Verdict,
    /// Texts somebody gave it to.
    pub texts: usize,
    /// Krippendorff's α.
    pub alpha: Figure,
}

/// What one trainer did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trainer {
    pub name: String,
    /// Standing labels given one by one, many at once, and from files or talks.
    pub by_hand: u64,
    pub in_bulk: u64,
    pub otherwise: u64,
    /// Texts answered that others were asked too.
    pub opinions: u64,
    /// Disputes that went their way, of those decided that they had a part in.
    pub upheld: (u64, u64),
    /// Median seconds from one decision by hand to the next, rests left out; `None` below two decisions.
    pub seconds: Option<f64>,
}

/// The report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Texts that at least two trainers answered.
    pub texts: usize,
    /// Share of agreeing pairs of answers.
    pub percent: Figure,
    pub fleiss: Option<Fleiss>,
    /// Krippendorff's α, nominal.
    pub alpha: Figure,
    pub pairs: Vec<Pair>,
    /// By verdict, the least agreed on first.
    pub verdicts: Vec<OnVerdict>,
    /// Verdicts that stood against each other and how often, the most frequent first.
    pub against: Vec<(Verdict, Verdict, u64)>,
    pub trainers: Vec<Trainer>,
    /// Texts on which trainers differ: not yet decided, and decided.
    pub open: u64,
    pub settled: u64,
}

/// Returns the report.
pub fn agreement(project: &Project) -> Result<Agreement> {
    let opinions = project.store.opinions()?;
    let (open, settled) = project.store.dispute_counts()?;
    let table = Table::of(&opinions);
    let items = table.items();
    let mut verdicts: Vec<OnVerdict> = (0u32..).zip(&table.verdicts).map(|(c, v)| on_verdict(&items, c, *v)).collect();
    let worth = |on: &OnVerdict| on.alpha.value.unwrap_or(1.0);
    verdicts.sort_by(|a, b| worth(a).total_cmp(&worth(b)).then(b.texts.cmp(&a.texts)));
    let verdict = |category: u32| table.verdicts[category as usize];
    Ok(Agreement {
        texts: items.len(),
        percent: figure(&items, percent),
        fleiss: fleiss(&items).map(|(kappa, answers, texts)| Fleiss { kappa, answers, texts }),
        alpha: figure(&items, alpha),
        pairs: pairs(&table, &items),
        verdicts,
        against: against(&items).into_iter().map(|((a, b), times)| (verdict(a), verdict(b), times)).collect(),
        trainers: trainers(project, &opinions)?,
        open,
        settled,
    })
}

/// Opinions as the measures read them: a row a text, a place a trainer, verdicts as numbers.
struct Table<'a> {
    trainers: Vec<&'a str>,
    verdicts: Vec<Verdict>,
    rows: Vec<Vec<Rating>>,
}

impl<'a> Table<'a> {
    /// Keeps texts with two answers or more; "later" is none.
    fn of(opinions: &'a [Opinion]) -> Self {
        let said = || opinions.iter().filter(|opinion| opinion.verdict != Verdict::Later);
        let trainers: BTreeSet<&str> = said().map(|opinion| opinion.actor.as_str()).collect();
        let trainers: Vec<&str> = trainers.into_iter().collect();
        let mut verdicts: Vec<Verdict> = Vec::new();
        let mut rows: BTreeMap<UtteranceId, Vec<Rating>> = BTreeMap::new();
        for opinion in said() {
            let category = verdicts.iter().position(|known| *known == opinion.verdict).unwrap_or_else(|| {
                verdicts.push(opinion.verdict);
                verdicts.len() - 1
            });
            let place = trainers.binary_search(&opinion.actor.as_str()).expect("every trainer is in the list");
            let row = rows.entry(opinion.utterance).or_insert_with(|| vec![None; trainers.len()]);
            row[place] = Some(category as u32);
        }
        let rows = rows.into_values().filter(|row| row.iter().flatten().count() > 1).collect();
        Self { trainers, verdicts, rows }
    }

    fn items(&self) -> Vec<&[Rating]> {
        self.rows.iter().map(Vec::as_slice).collect()
    }
}

fn figure(items: &[&[Rating]], measure: Measure) -> Figure {
    Figure { value: measure(items), interval: interval(items, measure, DRAWS, SEED) }
}

fn on_verdict(items: &[&[Rating]], category: u32, verdict: Verdict) -> OnVerdict {
    let told = on_category(items, category);
    let told: Vec<&[Rating]> = told.iter().map(Vec::as_slice).collect();
    let texts = told.iter().filter(|item| item.contains(&Some(1))).count();
    OnVerdict { verdict, texts, alpha: figure(&told, alpha) }
}

fn pairs(table: &Table<'_>, items: &[&[Rating]]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (a, first) in table.trainers.iter().enumerate() {
        for (b, second) in table.trainers.iter().enumerate().skip(a + 1) {
            let both = items.iter().filter(|item| item[a].is_some() && item[b].is_some());
            let both: Vec<Vec<Rating>> = both.map(|item| vec![item[a], item[b]]).collect();
            let both: Vec<&[Rating]> = both.iter().map(Vec::as_slice).collect();
            if !both.is_empty() {
                pairs.push(Pair {
                    first: first.to_string(),
                    second: second.to_string(),
                    texts: both.len(),
                    percent: percent(&both),
                    kappa: figure(&both, |items| cohen(items, 0, 1)),
                });
            }
        }
    }
    pairs
}

fn trainers(project: &Project, opinions: &[Opinion]) -> Result<Vec<Trainer>> {
    let mut trainers: BTreeMap<String, Trainer> = BTreeMap::new();
    for (name, source, labels) in project.store.label_counts()? {
        let trainer = trainers.entry(name).or_default();
        match source {
            LabelSource::Hand => trainer.by_hand += labels,
            LabelSource::Bulk => trainer.in_bulk += labels,
            LabelSource::Import | LabelSource::Talk => trainer.otherwise += labels,
        }
    }
    let settled = project.store.settlements()?;
    for opinion in opinions.iter().filter(|opinion| opinion.verdict != Verdict::Later) {
        let trainer = trainers.entry(opinion.actor.clone()).or_default();
        trainer.opinions += 1;
        if let Some(verdict) = settled.get(&opinion.utterance) {
            trainer.upheld.0 += u64::from(*verdict == opinion.verdict);
            trainer.upheld.1 += 1;
        }
    }
    for (name, times) in project.store.decision_times()? {
        trainers.entry(name).or_default().seconds = pace(&times);
    }
    Ok(trainers.into_iter().map(|(name, trainer)| Trainer { name, ..trainer }).collect())
}

/// Returns the median seconds between neighbouring moments, rests left out.
fn pace(times: &[i64]) -> Option<f64> {
    let mut gaps: Vec<i64> =
        times.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| (0..=REST).contains(gap)).collect();
    gaps.sort_unstable();
    let middle = gaps.len() / 2;
    match gaps.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(gaps[middle] as f64 / 1000.0),
        _ => Some((gaps[middle - 1] + gaps[middle]) as f64 / 2000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_the_median_without_rests() {
        assert_eq!(pace(&[0, 2_000, 5_000, 5_000 + 2 * REST, 6_000 + 2 * REST]), Some(2.0));
        assert_eq!(pace(&[0, 2_000, 5_000]), Some(2.5));
        assert_eq!(pace(&[7]), None);
        assert_eq!(pace(&[0, 10 * REST]), None);
    }
}
