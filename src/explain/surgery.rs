//! What an act on the catalogue touches, in words: a line a thing, the same on the screen and at a pipe.

use crate::i18n::{Words, fill};
use crate::workbench::surgery::{Preview, Surgery, topics};

/// Names listed of many.
const NAMED: usize = 4;

/// How a line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// A fact.
    Plain,
    /// Nothing there, or nothing changes.
    Nothing,
    /// It follows by itself.
    Follows,
    /// The trainer should look at it.
    Look,
}

/// Returns what is touched, with how each line is meant.
pub fn weighed(found: &Preview, surgery: &Surgery, words: &Words) -> Vec<(Weight, String)> {
    use Weight::{Follows, Look, Nothing, Plain};
    let (t, p) = (&words.surgery, found);
    let n = |phrase: &str, count: u64| fill(phrase, &[("n", &count.to_string())]);
    let mut lines = Vec::new();
    let gaps = [("n", p.examples), ("customers", p.customers), ("tests", p.tests)];
    let gaps = gaps.map(|(gap, count)| (gap, count.to_string()));
    lines.push((Plain, fill(t.examples, &gaps.each_ref().map(|(gap, n)| (*gap, n.as_str())))));
    lines.push(match surgery {
        Surgery::Delete { .. } => (Look, n(t.freed, p.moved)),
        surgery if surgery.moves_examples() => (Follows, n(t.moved, p.moved)),
        _ => (Nothing, t.unmoved.to_owned()),
    });
    if p.opinions > 0 {
        lines.push((Plain, n(t.opinions, p.opinions)));
    }
    if p.policy.is_empty() {
        lines.push((Nothing, t.no_policy.to_owned()));
    } else {
        let mut said = n(t.policy, p.policy.len() as u64);
        let topics = topics(&p.policy);
        if !topics.is_empty() {
            said += &fill(t.topics, &[("topics", &some(&topics))]);
        }
        lines.push((Plain, said));
        lines.push(if p.policy_changes { (Follows, t.follows.to_owned()) } else { (Nothing, t.stays.to_owned()) });
    }
    if p.rehearsals.is_empty() {
        lines.push((Nothing, t.no_rehearsals.to_owned()));
    } else {
        let names: Vec<&str> = p.rehearsals.iter().map(String::as_str).collect();
        let gaps = [("n", &*names.len().to_string()), ("names", &*some(&names))];
        lines.push((Plain, fill(t.rehearsals, &gaps)));
        let left = (p.rehearsals.len() as u64).saturating_sub(p.rehearsals_changed);
        if left > 0 && !matches!(surgery, Surgery::Place { .. } | Surgery::Split { .. }) {
            lines.push((Look, n(t.still_named, left)));
        }
    }
    if p.answers > 0 {
        lines.push((Plain, n(t.answers, p.answers)));
        match surgery {
            Surgery::Delete { .. } => lines.push((Look, t.answers_go.to_owned())),
            Surgery::Merge { .. } => lines.push((Follows, t.answers_move.to_owned())),
            _ => {}
        }
    }
    if p.runs > 0 {
        let again = p.current && surgery.moves_examples();
        lines.push(if again { (Look, n(t.runs_current, p.runs)) } else { (Plain, n(t.runs, p.runs)) });
    }
    if p.clusters > 0 {
        lines.push((Plain, n(t.clusters, p.clusters)));
    }
    lines.push((Nothing, n(t.rows, p.rows)));
    lines
}

/// Returns what is touched.
pub fn lines(found: &Preview, surgery: &Surgery, words: &Words) -> Vec<String> {
    weighed(found, surgery, words).into_iter().map(|(_, line)| line).collect()
}

/// Returns some names, and how many more there are.
fn some(names: &[&str]) -> String {
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED { format!("{shown}, +{}", names.len() - NAMED) } else { shown }
}
