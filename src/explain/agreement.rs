//! What trainers agree on, in lines and tables for people.

use crate::domain::label::Verdict;
use crate::i18n::{Words, fill};
use crate::workbench::current::Catalogue;
use crate::workbench::label::agreement::{Agreement, Figure};

/// From these values of α on labels can be relied on, or conclusions drawn with care (Krippendorff 2004, p. 241).
const RELIABLE: f64 = 0.8;
const TENTATIVE: f64 = 0.667;

/// Returns a verdict's name in a language.
pub fn verdict(verdict: Verdict, catalogue: &Catalogue, words: &Words) -> String {
    match verdict {
        Verdict::Intent(id) => catalogue.name(id).to_string(),
        Verdict::OutOfScope => words.label.out_of_scope.to_string(),
        Verdict::Ignored => words.label.ignored.to_string(),
        Verdict::Later => words.label.later.to_string(),
    }
}

/// Returns the figures over all texts.
pub fn told(agreement: &Agreement, words: &Words) -> Vec<String> {
    let t = &words.agreement;
    if agreement.texts == 0 {
        return vec![t.nothing.to_string()];
    }
    let counts = [
        ("texts", agreement.texts.to_string()),
        ("open", agreement.open.to_string()),
        ("settled", agreement.settled.to_string()),
    ];
    let counts: Vec<(&str, &str)> = counts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let worth = match agreement.alpha.value {
        Some(alpha) if alpha >= RELIABLE => t.worth[0],
        Some(alpha) if alpha >= TENTATIVE => t.worth[1],
        Some(_) => t.worth[2],
        None => t.undefined,
    };
    let (percent, percents) = (share(agreement.percent.value, words), interval(&agreement.percent, true, words));
    let (alpha, alphas) = (value(agreement.alpha.value, words), interval(&agreement.alpha, false, words));
    let mut lines = vec![
        fill(t.texts, &counts),
        fill(t.percent, &[("value", &percent), ("interval", &percents)]),
        fill(t.alpha, &[("value", &alpha), ("interval", &alphas), ("worth", worth)]),
    ];
    if let Some(fleiss) = agreement.fleiss {
        let (kappa, texts, answers) = (value(Some(fleiss.kappa), words), fleiss.texts, fleiss.answers);
        let gaps = [("value", kappa.as_str()), ("texts", &texts.to_string()), ("answers", &answers.to_string())];
        lines.push(fill(t.fleiss, &gaps));
    }
    lines
}

/// Returns the tables that are not empty, each with its headings: pairs of trainers, verdicts, verdicts that stood
/// against each other, trainers.
pub fn tables(agreement: &Agreement, catalogue: &Catalogue, words: &Words) -> Vec<Vec<Vec<String>>> {
    let t = &words.agreement;
    let name = |of: Verdict| verdict(of, catalogue, words);
    let pairs = agreement.pairs.iter().map(|pair| {
        let (kappa, between) = (value(pair.kappa.value, words), interval(&pair.kappa, false, words));
        let (first, second) = (pair.first.clone(), pair.second.clone());
        vec![first, second, pair.texts.to_string(), share(pair.percent, words), kappa, between]
    });
    let verdicts = agreement.verdicts.iter().map(|on| {
        let (alpha, between) = (value(on.alpha.value, words), interval(&on.alpha, false, words));
        vec![name(on.verdict), on.texts.to_string(), alpha, between]
    });
    let against = agreement.against.iter().map(|(a, b, times)| vec![name(*a), name(*b), times.to_string()]);
    let trainers = agreement.trainers.iter().map(|trainer| {
        let (upheld, decided) = trainer.upheld;
        let upheld = if decided == 0 { String::new() } else { format!("{upheld}/{decided}") };
        let pace = trainer.seconds.map(|n| fill(t.seconds, &[("n", &format!("{n:.1}"))])).unwrap_or_default();
        let counts = [trainer.by_hand, trainer.in_bulk, trainer.otherwise, trainer.opinions];
        let counts = counts.iter().map(u64::to_string);
        std::iter::once(trainer.name.clone()).chain(counts).chain([upheld, pace]).collect()
    });
    let headed = |heads: &[&str], rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        let heads = heads.iter().map(|head| head.to_string()).collect();
        std::iter::once(heads).chain(rows).collect()
    };
    let all = [
        headed(&t.pairs, pairs.collect()),
        headed(&t.verdicts, verdicts.collect()),
        headed(&t.against, against.collect()),
        headed(&t.trainers, trainers.collect()),
    ];
    all.into_iter().filter(|table| table.len() > 1).collect()
}

fn value(value: Option<f64>, words: &Words) -> String {
    value.map_or(words.agreement.undefined.to_string(), |value| format!("{value:.3}"))
}

fn share(value: Option<f64>, words: &Words) -> String {
    value.map_or(words.agreement.undefined.to_string(), super::trials::percent)
}

fn interval(figure: &Figure, percent: bool, words: &Words) -> String {
    match figure.interval {
        Some((low, high)) if percent => format!("{} … {}", super::trials::percent(low), super::trials::percent(high)),
        Some((low, high)) => format!("{low:.3} … {high:.3}"),
        None => words.agreement.undefined.to_string(),
    }
}
