//! Stretches worth marking in a text: what the policy lists and matches, what was marked elsewhere, what the tagger of the
//! current run has learned.

use std::collections::{BTreeMap, HashMap};

use crate::dialogue::hear::extract;
use crate::dialogue::hear::fold::fold;
use crate::dialogue::policy::design::{Kind, Policy};
use crate::dialogue::policy::read::read;
use crate::domain::label::{Mark, Span};
use crate::domain::range::ByteRange;
use crate::nlu::tagger::join::join;
use crate::nlu::tagger::model::Tagger;
use crate::text::graphemes::{edges, is_whole};
use crate::workbench::entities::{listed, values_of};
use crate::workbench::error::Result;
use crate::workbench::project::Project;

/// Where a proposal comes from, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// The policy lists the words as a value.
    Listed,
    /// A pattern of the policy: its own, a sum, a date.
    Pattern,
    /// The same words are marked in other texts.
    Marked,
    /// The tagger of the current run found it.
    Learned,
}

/// A stretch that could be marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub mark: Mark,
    pub origin: Origin,
}

/// A kind of value, with how often it is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityKind {
    pub name: String,
    pub marks: u64,
}

/// What the project knows of entities at a moment.
#[derive(Default)]
pub struct Known {
    tagger: Option<Tagger>,
    policy: Option<Policy>,
    values: Vec<(String, String, String)>,
    /// Words marked in the project, with their entity and value.
    marked: Vec<(String, String, String)>,
    kinds: Vec<EntityKind>,
}

/// Reads what the project knows now.
pub fn known(project: &Project) -> Result<Known> {
    let bytes = match project.store.latest_run()? {
        Some(run) => project.store.tagger(run.id)?,
        None => None,
    };
    let tagger = bytes.map(|bytes| Tagger::from_bytes(&bytes)).transpose()?;
    // A draft that cannot be read lists nothing; `design lint` says why.
    let policy = project.store.policy()?.and_then(|text| read(&text.yaml).ok());
    let values = policy.as_ref().map(values_of).unwrap_or_default();
    let mut seen: HashMap<String, BTreeMap<(String, String), u64>> = HashMap::new();
    let mut marks: BTreeMap<String, u64> = BTreeMap::new();
    project.store.each_marked(&mut |words, entity, value| {
        *marks.entry(entity.clone()).or_default() += 1;
        *seen.entry(words).or_default().entry((entity, value)).or_default() += 1;
    })?;
    let mut marked: Vec<(String, String, String)> = seen
        .into_iter()
        .filter_map(|(words, uses)| {
            let ((entity, value), _) = uses.into_iter().rev().max_by_key(|(_, times)| *times)?;
            let value = if value.is_empty() { words.clone() } else { value };
            Some((words, entity, value))
        })
        .collect();
    marked.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    // The most marked first; then those of the policy in its order.
    let mut kinds: Vec<EntityKind> = marks.into_iter().map(|(name, marks)| EntityKind { name, marks }).collect();
    kinds.sort_by(|a, b| b.marks.cmp(&a.marks).then_with(|| a.name.cmp(&b.name)));
    for entity in policy.iter().flat_map(|policy| &policy.entities) {
        if kinds.iter().all(|kind| kind.name != entity.name) {
            kinds.push(EntityKind { name: entity.name.clone(), marks: 0 });
        }
    }
    Ok(Known { tagger, policy, values, marked, kinds })
}

impl Known {
    /// Returns the kinds of values, the most marked first.
    pub fn kinds(&self) -> &[EntityKind] {
        &self.kinds
    }

    /// Returns the values an entity is known to have: those of the policy, then those of marks.
    pub fn values(&self, entity: &str) -> Vec<String> {
        let of = |all: &[(String, String, String)]| -> Vec<String> {
            all.iter().filter(|(_, own, _)| own == entity).map(|(.., value)| value.clone()).collect()
        };
        let mut values = of(&self.values);
        values.extend(of(&self.marked));
        let mut seen = std::collections::HashSet::new();
        values.retain(|value| seen.insert(value.clone()));
        values
    }

    /// Returns the stretches of a text worth marking, in its order: none overlaps another or a span that is marked, and
    /// none cuts a sign.
    pub fn proposals(&self, text: &str, spans: &[Span]) -> Vec<Proposal> {
        let sources: [(Origin, Vec<Mark>); 4] = [
            (Origin::Listed, listed(&self.values, text)),
            (Origin::Pattern, self.patterns(text)),
            (Origin::Marked, listed(&self.marked, text)),
            (Origin::Learned, self.tagger.as_ref().map(|tagger| tagger.find(text)).unwrap_or_default()),
        ];
        let mut found: Vec<Proposal> = Vec::new();
        for (origin, marks) in sources {
            for mark in join(marks, Vec::new()) {
                let free = spans.iter().all(|span| apart(span.range, mark.range))
                    && found.iter().all(|other| apart(other.mark.range, mark.range));
                if free && is_whole(text, mark.range) {
                    found.push(Proposal { mark, origin });
                }
            }
        }
        found.sort_by_key(|proposal| proposal.mark.range);
        found
    }

    fn patterns(&self, text: &str) -> Vec<Mark> {
        let Some(folding) = Folding::of(text) else { return Vec::new() };
        let mut marks = Vec::new();
        for entity in self.policy.iter().flat_map(|policy| &policy.entities) {
            if matches!(entity.kind, Kind::Values(_)) {
                continue;
            }
            for found in extract::values(entity, &folding.text, "").into_iter().filter(|found| found.sure) {
                let range = folding.back(found.range.start, found.range.end);
                // What a day or a sum comes to is for the bot to say, at its time.
                let same = matches!(entity.kind, Kind::Date) || fold(range.of(text)) == found.value;
                let value = if same { String::new() } else { found.value };
                marks.push(Mark { range, entity: entity.name.clone(), value });
            }
        }
        marks
    }
}

/// Tells whether two stretches share nothing.
pub(in crate::workbench) fn apart(a: ByteRange, b: ByteRange) -> bool {
    a.end <= b.start || b.end <= a.start
}

/// A folded text and where each of its signs comes from.
struct Folding {
    text: String,
    /// The sign's begin in the folded text and in the original, and both ends last.
    places: Vec<(usize, u32)>,
}

impl Folding {
    /// Folds a text; `None` where its signs do not fold one by one, so that no way leads back.
    fn of(text: &str) -> Option<Self> {
        let whole = fold(text);
        let mut places = Vec::new();
        let mut at = 0;
        for pair in edges(text).windows(2) {
            places.push((at, pair[0]));
            at += fold(&text[pair[0] as usize..pair[1] as usize]).len();
        }
        places.push((at, text.len() as u32));
        (at == whole.len()).then_some(Self { text: whole, places })
    }

    /// Returns the whole signs a stretch of the folded text came from.
    fn back(&self, start: usize, end: usize) -> ByteRange {
        let first = self.places.partition_point(|(folded, _)| *folded <= start).saturating_sub(1);
        let last = self.places.partition_point(|(folded, _)| *folded < end).min(self.places.len() - 1);
        ByteRange { start: self.places[first].1, end: self.places[last].1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(yaml: &str, marked: &[(&str, &str, &str)]) -> Known {
        let policy = read(yaml).expect("a good policy");
        let own = |(a, b, c): &(&str, &str, &str)| (a.to_string(), b.to_string(), c.to_string());
        Known {
            values: values_of(&policy),
            policy: Some(policy),
            marked: marked.iter().map(own).collect(),
            ..Known::default()
        }
    }

    const CARD: &str =
        "entities:\n  卡种: {values: {白金卡: [Platinum]}}\n  金额: {type: money}\n  卡号: {match: '\\d{4}'}\n";

    #[test]
    fn what_is_listed_matched_and_marked_elsewhere_is_proposed_once_in_order() {
        let known = of(CARD, &[("张三", "收款人", "张三"), ("platinum", "别的", "platinum")]);
        let text = "给张三转５００元，platinum尾号６６０８";
        let seen: Vec<(&str, String, Origin)> = known
            .proposals(text, &[])
            .into_iter()
            .map(|p| (p.mark.range.of(text), format!("{}={}", p.mark.entity, p.mark.value), p.origin))
            .collect();
        assert_eq!(
            seen,
            [
                ("张三", "收款人=".to_owned(), Origin::Marked),
                ("５００元", "金额=500".to_owned(), Origin::Pattern),
                ("platinum", "卡种=白金卡".to_owned(), Origin::Listed),
                ("６６０８", "卡号=".to_owned(), Origin::Pattern),
            ]
        );
    }

    proptest! {
        #[test]
        fn proposals_never_cut_a_sign_nor_overlap(text in "[a张三e\u{301}👨\u{200d}👩０-９0-9元 \r\n]{0,24}") {
            let known = of(CARD, &[("张三", "收款人", "张三"), ("e", "字母", "e"), ("👨", "人", "👨")]);
            let found = known.proposals(&text, &[]);
            prop_assert!(found.iter().all(|p| is_whole(&text, p.mark.range)), "{found:?}");
            prop_assert!(found.windows(2).all(|pair| pair[0].mark.range.end <= pair[1].mark.range.start));
        }

        #[test]
        fn the_way_back_from_a_folded_text_is_whole(text in "\\PC{0,16}", a in 0usize..16, b in 1usize..8) {
            if let Some(folding) = Folding::of(&text) && !folding.text.is_empty() {
                let chars: Vec<usize> = folding.text.char_indices().map(|(at, _)| at).chain([folding.text.len()]).collect();
                let (start, end) = (a.min(chars.len() - 2), (a + b).min(chars.len() - 1));
                if start < end {
                    prop_assert!(is_whole(&text, folding.back(chars[start], chars[end])));
                }
            }
        }
    }
}
