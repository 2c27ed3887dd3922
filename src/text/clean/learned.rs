//! What trainers taught cleaning: words that were heard or typed as others, and canned texts they ticked.
//!
//! Made by `workbench` from the project's own tables and handed to [`crate::text::clean::cleaner::Cleaner`]. Not
//! here: finding what could be taught (`homophones`, and frequencies, which `workbench` counts).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::domain::conversation::Role;
use crate::text::clean::aside::Aside;
use crate::text::clean::draft::Patch;
use crate::text::language::tag_end;
use crate::text::segment::Segmenter;

/// One replacement a trainer accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What stands there.
    pub heard: String,
    /// The one clean text it holds for; empty for every text.
    pub within: String,
    /// What was meant.
    pub meant: String,
}

/// How often one text is corrected again before it is left as it is: corrections that undo each other must end.
const ROUNDS: usize = 4;

/// What trainers taught; nothing by default.
#[derive(Default)]
pub struct Learned {
    everywhere: Option<(AhoCorasick, Vec<String>, Arc<Segmenter>)>,
    within: HashMap<String, Vec<(String, String)>>,
    ours: HashSet<String>,
    theirs: HashSet<String>,
}

impl Learned {
    /// Returns what is learned of `corrections` and of `canned` texts (with whether our side says them).
    ///
    /// `segmenter` cuts words: what stands across the seam of two words was not heard.
    pub fn new(
        corrections: Vec<Correction>,
        canned: impl IntoIterator<Item = (String, bool)>,
        segmenter: impl FnOnce() -> Arc<Segmenter>,
    ) -> Self {
        let mut learned = Self::default();
        let (mut heard, mut meant) = (Vec::new(), Vec::new());
        for correction in corrections {
            if correction.within.is_empty() {
                heard.push(correction.heard);
                meant.push(correction.meant);
            } else {
                learned.within.entry(correction.within).or_default().push((correction.heard, correction.meant));
            }
        }
        if !heard.is_empty() {
            let found = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(heard);
            learned.everywhere = Some((found.expect("words are no pattern that can fail"), meant, segmenter()));
        }
        for (text, ours) in canned {
            let side = if ours { &mut learned.ours } else { &mut learned.theirs };
            side.insert(text);
        }
        learned
    }

    /// Returns the patches of each round, as long as one changes something.
    pub(crate) fn corrections(&self, text: &str, round: usize) -> Vec<Patch> {
        if round >= ROUNDS {
            return Vec::new();
        }
        let mut patches = if round == 0 { self.everywhere(text) } else { Vec::new() };
        if patches.is_empty()
            && let Some(pairs) = self.within.get(text)
        {
            for (heard, meant) in pairs {
                patches
                    .extend(text.match_indices(heard).map(|(at, _)| Patch::new(at, at + heard.len(), meant.clone())));
            }
            patches.sort_by_key(|patch| patch.start);
        }
        patches
    }

    /// Judges a text that a trainer ticked as canned.
    pub(crate) fn canned(&self, text: &str, role: Role) -> Option<Aside> {
        let side = match role {
            Role::Customer => &self.theirs,
            Role::Agent | Role::Bot => &self.ours,
            Role::System => return None,
        };
        side.contains(text).then_some(Aside::Canned)
    }

    fn everywhere(&self, text: &str) -> Vec<Patch> {
        let Some((found, meant, segmenter)) = &self.everywhere else { return Vec::new() };
        let mut seams: Option<HashSet<usize>> = None;
        let mut patches = Vec::new();
        for hit in found.find_iter(text) {
            // Most texts hold none of the words, so few are ever cut.
            let seams = seams.get_or_insert_with(|| {
                let mut at = 0;
                let ends = segmenter.words(text).into_iter().map(|word| {
                    at += word.len();
                    at
                });
                std::iter::once(0).chain(ends).collect()
            });
            if seams.contains(&hit.start()) && seams.contains(&hit.end()) && !in_tag(text, hit.start()) {
                patches.push(Patch::new(hit.start(), hit.end(), meant[hit.pattern().as_usize()].clone()));
            }
        }
        patches
    }
}

/// Tells whether a place stands inside a tag of ours.
fn in_tag(text: &str, at: usize) -> bool {
    text[..at].rfind('<').is_some_and(|start| tag_end(&text[start..]).is_some_and(|end| start + end > at))
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;
    use crate::domain::conversation::Channel;
    use crate::domain::range::ByteRange;
    use crate::text::clean::cleaner::{Cleaned, Cleaner};
    use crate::text::clean::rule::{Rule, RuleSet};

    fn correction(heard: &str, within: &str, meant: &str) -> Correction {
        Correction { heard: heard.into(), within: within.into(), meant: meant.into() }
    }

    fn clean(learned: Learned, raw: &str, role: Role) -> Cleaned {
        Cleaner::taught(&RuleSet::default(), Arc::new(learned)).clean(raw, role, Channel::Chat)
    }

    fn taught(corrections: Vec<Correction>) -> Learned {
        // A segmenter takes a while to make; all cases share one.
        static SEGMENTER: OnceLock<Arc<Segmenter>> = OnceLock::new();
        Learned::new(corrections, [], || SEGMENTER.get_or_init(|| Arc::new(Segmenter::new(&[]))).clone())
    }

    #[test]
    fn an_accepted_word_is_replaced_and_leads_back() {
        let raw = "请問花被怎么关！！";
        let cleaned = clean(taught(vec![correction("花被", "", "花呗")]), raw, Role::Customer);
        assert_eq!(cleaned.text, "请问花呗怎么关！");
        assert!(cleaned.hits.contains(&Rule::Corrections));
        let at = cleaned.text.find("花呗").expect("it was replaced");
        assert_eq!(cleaned.offsets.to_raw(ByteRange::new(at, at + "花呗".len())).of(raw), "花被");
    }

    #[test]
    fn a_word_across_two_words_or_in_another_text_stays() {
        let everywhere = || taught(vec![correction("花被", "", "花呗")]);
        assert_eq!(clean(everywhere(), "棉花被子怎么退", Role::Customer).text, "棉花被子怎么退");
        let one = || taught(vec![correction("花被", "花被怎么关", "花呗")]);
        assert_eq!(clean(one(), "花被怎么关", Role::Customer).text, "花呗怎么关");
        assert_eq!(clean(one(), "花被怎么开", Role::Customer).text, "花被怎么开");
    }

    #[test]
    fn corrections_that_undo_each_other_come_to_an_end() {
        let round = taught(vec![correction("甲", "甲乙", "乙"), correction("乙", "乙乙", "甲")]);
        assert!(clean(round, "甲乙", Role::Customer).hits.contains(&Rule::Corrections));
    }

    #[test]
    fn a_ticked_text_is_set_aside_for_its_side_alone() {
        let ticked =
            || Learned::new(Vec::new(), [("这个需要核实".to_owned(), true)], || unreachable!("no words"));
        assert_eq!(clean(ticked(), "這個需要核實", Role::Agent).aside, Some(Aside::Canned));
        assert_eq!(clean(ticked(), "这个需要核实", Role::Customer).aside, None);
    }

    proptest::proptest! {
        #[test]
        fn what_was_replaced_leads_back_to_what_was_said(
            raw in "[花被房代怎么关呗贷 　ａ！ 開]{0,16}", one in proptest::bool::ANY
        ) {
            let mut corrections = vec![correction("花被", "", "花呗白条"), correction("房代", "", "贷")];
            if one {
                corrections.push(correction("怎么", &raw, "如何"));
            }
            let cleaned = clean(taught(corrections), &raw, Role::Customer);
            let (mut clean_at, mut raw_at) = (0, 0);
            for edit in cleaned.offsets.edits() {
                let gap = edit.clean.start as usize - clean_at;
                proptest::prop_assert_eq!(&cleaned.text[clean_at..clean_at + gap], &raw[raw_at..raw_at + gap]);
                (clean_at, raw_at) = (edit.clean.end as usize, edit.raw.end as usize);
            }
            proptest::prop_assert_eq!(&cleaned.text[clean_at..], &raw[raw_at..]);
        }
    }
}
