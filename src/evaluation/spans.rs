//! Found stretches against marked ones: precision, recall and F1 of each entity; a stretch counts when both ends and
//! the entity are right.
//!
//! Called by `workbench::entities` and by the benchmark of the tagger.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::label::Mark;

/// The scores of one entity, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SpanScore {
    /// Empty for all entities together.
    pub entity: String,
    pub marked: usize,
    pub found: usize,
    pub right: usize,
}

impl SpanScore {
    /// Returns the share of found stretches that are right, 0 to 1.
    pub fn precision(&self) -> f64 {
        share(self.right, self.found)
    }

    /// Returns the share of marked stretches that were found, 0 to 1.
    pub fn recall(&self) -> f64 {
        share(self.right, self.marked)
    }

    /// Returns the harmonic mean of both.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, self.marked + self.found)
    }
}

/// Scores texts: each with its marked and its found stretches. All together comes first, then by entity.
pub fn score<'m>(texts: impl IntoIterator<Item = (&'m [Mark], &'m [Mark])>) -> Vec<SpanScore> {
    let mut all = SpanScore::default();
    let mut own: BTreeMap<String, SpanScore> = BTreeMap::new();
    for (marked, found) in texts {
        let mut left: Vec<&Mark> = marked.iter().collect();
        for mark in marked {
            count(&mut all, &mut own, mark, |score| score.marked += 1);
        }
        for mark in found {
            count(&mut all, &mut own, mark, |score| score.found += 1);
            let same = |other: &&Mark| other.range == mark.range && other.entity == mark.entity;
            if let Some(at) = left.iter().position(same) {
                left.swap_remove(at);
                count(&mut all, &mut own, mark, |score| score.right += 1);
            }
        }
    }
    let named = own.into_iter().map(|(entity, score)| SpanScore { entity, ..score });
    std::iter::once(all).chain(named).collect()
}

fn count(all: &mut SpanScore, own: &mut BTreeMap<String, SpanScore>, mark: &Mark, add: impl Fn(&mut SpanScore)) {
    add(all);
    add(own.entry(mark.entity.clone()).or_default());
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::range::ByteRange;

    fn mark(start: usize, end: usize, entity: &str) -> Mark {
        Mark { range: ByteRange::new(start, end), entity: entity.into(), value: String::new() }
    }

    #[test]
    fn only_both_ends_and_the_entity_count() {
        let marked = [mark(0, 3, "a"), mark(5, 9, "b")];
        let found = [mark(0, 3, "a"), mark(5, 8, "b"), mark(10, 12, "a"), mark(0, 3, "b")];
        let scores = score([(&marked[..], &found[..]), (&[][..], &[][..])]);
        assert_eq!(scores[0], SpanScore { entity: String::new(), marked: 2, found: 4, right: 1 });
        assert_eq!((scores[1].precision(), scores[1].recall()), (0.5, 1.0));
        assert!((scores[1].f1() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((scores[2].right, scores[2].found), (0, 2));
        assert_eq!(score([])[0].f1(), 0.0);
    }
}
