//! Marks from several sources made one: what is listed or matched wins over what was learned.

use crate::domain::label::Mark;

/// Joins marks; of those that overlap, the surer source's stays, and within a source the earlier and longer one.
///
/// Comes back in the order of the text.
pub fn join(sure: Vec<Mark>, learned: Vec<Mark>) -> Vec<Mark> {
    let mut kept: Vec<Mark> = Vec::with_capacity(sure.len() + learned.len());
    for mut source in [sure, learned] {
        source.sort_by_key(|mark| (mark.range.start, u32::MAX - mark.range.end));
        for mark in source.into_iter().filter(|mark| !mark.range.is_empty()) {
            let free =
                kept.iter().all(|other| mark.range.end <= other.range.start || other.range.end <= mark.range.start);
            if free {
                kept.push(mark);
            }
        }
    }
    kept.sort_by_key(|mark| mark.range.start);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::range::ByteRange;
    use proptest::prelude::*;

    fn marks(ranges: &[(usize, usize)], entity: &str) -> Vec<Mark> {
        let mark = |&(start, end): &(usize, usize)| Mark {
            range: ByteRange::new(start, end),
            entity: entity.into(),
            value: String::new(),
        };
        ranges.iter().map(mark).collect()
    }

    #[test]
    fn the_listed_wins_where_both_stand() {
        let joined = join(marks(&[(3, 6)], "listed"), marks(&[(0, 3), (5, 9), (9, 12)], "learned"));
        let seen: Vec<_> = joined.iter().map(|mark| (mark.range.start, mark.entity.as_str())).collect();
        assert_eq!(seen, [(0, "learned"), (3, "listed"), (9, "learned")]);
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_all_that_is_sure_and_alone_stays(
            a in prop::collection::vec((0usize..20, 1usize..5), 0..8), b in prop::collection::vec((0usize..20, 1usize..5), 0..8)
        ) {
            let ranges = |list: &[(usize, usize)]| list.iter().map(|(start, len)| (*start, start + len)).collect::<Vec<_>>();
            let joined = join(marks(&ranges(&a), "sure"), marks(&ranges(&b), "learned"));
            prop_assert!(joined.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
            prop_assert!(a.is_empty() || joined.iter().any(|mark| mark.entity == "sure"));
        }
    }
}
