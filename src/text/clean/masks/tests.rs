//! How much personal data the masks find, and how often they see some where none is, kind by kind.
//!
//! `cargo nextest run masks::tests --no-capture` prints the table and every miss.

use std::collections::BTreeMap;

use crate::domain::conversation::{Channel, Role};
use crate::text::clean::cleaner::{Cleaned, Cleaner};
use crate::text::clean::masks::fixtures::made::{Sentence, made, sentence};
use crate::text::clean::rule::RuleSet;

const HAND: &str = include_str!("../../../../tests/fixtures/pii/hand.txt");

/// What a kind must reach, in percent; checksummed kinds and the two that stand in most messages first.
const BOUNDS: &[(&str, f64)] = &[
    ("idcard", 99.0),
    ("bankcard", 99.0),
    ("uscc", 99.0),
    ("iban", 99.0),
    ("phone", 95.0),
    ("landline", 95.0),
    ("email", 95.0),
    ("plate", 95.0),
    ("account", 95.0),
    ("passport", 95.0),
    ("otp", 95.0),
    ("policy", 95.0),
    ("ssn", 95.0),
    ("addr", 90.0),
    ("name", 90.0),
];

/// Most sentences out of a hundred without personal data that may be masked all the same.
const FALSE_ALARMS: f64 = 2.0;

#[derive(Default)]
struct Row {
    cases: usize,
    /// Nothing of it is left to read.
    hidden: usize,
    /// Hidden under its own kind's name.
    named: usize,
}

fn hand() -> impl Iterator<Item = Sentence> {
    HAND.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(sentence)
}

fn clean(text: &str) -> Cleaned {
    Cleaner::new(&RuleSet::default()).clean(text, Role::Customer, Channel::Chat)
}

fn is_masked(cleaned: &Cleaned) -> bool {
    cleaned.hits.iter().any(|rule| rule.is_mask())
}

/// Tells whether what stands at a mark is hidden, and under its own name.
fn found(cleaned: &Cleaned, kind: &str, at: &std::ops::Range<usize>) -> (bool, bool) {
    let edit = cleaned.offsets.edits().iter().find(|edit| {
        let (start, end) = (edit.raw.start as usize, edit.raw.end as usize);
        start <= at.start && end >= at.end
    });
    let Some(edit) = edit else { return (false, false) };
    let put = edit.clean.of(&cleaned.text);
    (put.contains('<'), put.contains(&format!("<{kind}>")))
}

/// Returns the row of each kind, sentences without personal data with how many were masked, and each miss.
#[allow(clippy::type_complexity)]
fn table(sentences: impl Iterator<Item = Sentence>) -> (BTreeMap<String, Row>, (usize, usize), Vec<String>) {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let (mut negatives, mut alarms) = (0, 0);
    let mut misses = Vec::new();
    for sentence in sentences {
        let cleaned = clean(&sentence.text);
        if sentence.marks.is_empty() {
            negatives += 1;
            if is_masked(&cleaned) {
                alarms += 1;
                misses.push(format!("alarm   {} -> {}", sentence.text, cleaned.text));
            }
        }
        for (kind, at) in &sentence.marks {
            let (hidden, named) = found(&cleaned, kind, at);
            let row = rows.entry(kind.trim_end_matches('?').to_string()).or_default();
            row.cases += 1;
            row.hidden += usize::from(hidden);
            row.named += usize::from(named);
            if !hidden || !named {
                let what = if hidden { "misname" } else { "miss" };
                misses.push(format!("{what} {kind} {} -> {}", sentence.text, cleaned.text));
            }
        }
    }
    (rows, (negatives, alarms), misses)
}

fn print(title: &str, rows: &BTreeMap<String, Row>, negatives: (usize, usize)) -> usize {
    println!("{title:<10} cases hidden   %    named   %");
    let mut cases = negatives.0;
    for (kind, row) in rows {
        cases += row.cases;
        println!(
            "{kind:<10} {:>5} {:>6} {:>5.1} {:>6} {:>5.1}",
            row.cases,
            row.hidden,
            percent(row.hidden, row.cases),
            row.named,
            percent(row.named, row.cases)
        );
    }
    println!("negative   {:>5} {:>6} {:>5.1}", negatives.0, negatives.1, percent(negatives.1, negatives.0));
    cases
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn check(title: &str, sentences: impl Iterator<Item = Sentence>) -> usize {
    let (rows, negatives, misses) = table(sentences);
    let cases = print(title, &rows, negatives);
    for miss in &misses {
        println!("  {miss}");
    }
    for (kind, bound) in BOUNDS {
        let row = rows.get(*kind).unwrap_or_else(|| panic!("no case of {kind}"));
        assert!(percent(row.hidden, row.cases) >= *bound, "{title}: {kind} {} of {}", row.hidden, row.cases);
    }
    assert!(percent(negatives.1, negatives.0) <= FALSE_ALARMS, "{title}: {} false alarms", negatives.1);
    cases
}

#[test]
fn personal_data_in_sentences_written_by_hand_is_hidden() {
    assert!(check("by hand", hand()) >= 600);
}

#[test]
fn personal_data_in_made_sentences_is_hidden() {
    assert!(check("made", made().into_iter()) >= 2_000);
}

#[test]
fn a_number_that_fails_its_check_is_marked_as_suspected() {
    for (text, put) in [
        ("身份证号510107196906274937", "身份证号<idcard?>"),
        ("卡号6222029986498403296", "卡号<bankcard?>"),
        ("纳税人识别号：91110105742278758X", "纳税人识别号：<uscc?>"),
    ] {
        assert_eq!(clean(text).text, put);
    }
}

#[test]
fn what_the_samples_answer_holds_no_personal_data() {
    for text in [
        include_str!("../../../../sample-projects/finance-zh/intents.yaml"),
        include_str!("../../../../sample-projects/finance-zh/policy.yaml"),
        include_str!("../../../../sample-projects/shop-en/intents.yaml"),
        include_str!("../../../../sample-projects/shop-en/policy.yaml"),
    ] {
        let lines = text.lines().count();
        let alarms: Vec<_> = text.lines().map(clean).filter(is_masked).collect();
        assert!(
            percent(alarms.len(), lines) <= FALSE_ALARMS,
            "{:?}",
            alarms.iter().map(|c| &c.text).collect::<Vec<_>>()
        );
    }
}
