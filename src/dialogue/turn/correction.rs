//! Stage 3: an earlier value taken back. 不是500，是800 · 说错了，800 · 金额改成800 · not 500 but 800.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use crate::dialogue::event::Event;
use crate::dialogue::hear::extract::{free, values};
use crate::dialogue::hear::fold::{bare, fold, places};
use crate::dialogue::hear::words::Words;
use crate::dialogue::policy::design::Kind;
use crate::dialogue::policy::phrases::lexicon;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::fill::{broken_rule, retry};
use crate::dialogue::turn::talk::{Next, Talk};

/// A correction as it stands in the text.
#[derive(Debug, PartialEq)]
struct Marked<'t> {
    marker: String,
    /// The value taken back, when the text names it.
    old: &'t str,
    /// Where the new value is.
    new: &'t str,
}

pub(crate) fn correction(talk: &mut Talk) -> Next {
    let folded = talk.folded.clone();
    let Some(marked) = mark(&folded) else {
        talk.note(3, false, Reason::NoMarker);
        return Next::Go;
    };
    talk.tail = Some(marked.new.to_owned());
    if talk.state.stack.is_empty() {
        talk.note(3, false, Reason::NoTopicToCorrect);
        return Next::Go;
    }
    let Some(found) = find(talk, &folded, &marked) else {
        let wanted = talk.state.stack.iter().rev().flat_map(|f| f.slots.keys().cloned()).collect();
        talk.note(3, false, Reason::MarkerWithoutValue { marker: marked.marker, wanted });
        return Next::Go;
    };
    let Found { topic, slot, from, to } = found;
    talk.answered();
    if talk.state.top().is_some_and(|f| f.topic != topic) {
        talk.emit(Event::Raised { topic: topic.clone() });
    }
    let marker = marked.marker;
    match broken_rule(talk, &topic, &slot, &to) {
        None => {
            talk.understood();
            talk.emit(Event::Corrected {
                topic: topic.clone(),
                slot: slot.clone(),
                from: from.clone(),
                to: to.clone(),
            });
            talk.note(3, true, Reason::Corrected { marker, topic, slot, from, to });
        }
        Some(rule) => {
            talk.emit(Event::Cleared { topic, slot: slot.clone() });
            let text = retry(talk, &slot);
            talk.retry = Some((slot.clone(), text));
            talk.note(3, true, Reason::CorrectionInvalid { marker, slot, value: to, rule });
        }
    }
    Next::Run
}

/// Finds the marker of a correction and the parts around it.
fn mark(folded: &str) -> Option<Marked<'_>> {
    static IS: LazyLock<Words> = LazyLock::new(|| Words::list(&lexicon().correction_is));
    static MARKERS: LazyLock<Words> = LazyLock::new(|| Words::list(&lexicon().correction));
    for not in ["不是", "not "] {
        let Some(start) = folded.find(not).filter(|at| not != "not " || *at == 0) else { continue };
        let rest = &folded[start + not.len()..];
        let is = IS.places(rest).map(|(place, _)| place).filter(|place| !bare(&rest[..place.start]).is_empty());
        if let Some(is) = is.min_by_key(leftmost_longest) {
            let marker = format!("{}…{}", not.trim(), &rest[is.clone()]);
            return Some(Marked { marker, old: bare(&rest[..is.start]), new: bare(&rest[is.end..]) });
        }
        // 不是500，800
        if let Some((old, new)) =
            rest.split_once([',', ' ']).filter(|(o, n)| !bare(o).is_empty() && !bare(n).is_empty())
        {
            return Some(Marked { marker: not.trim().to_owned(), old: bare(old), new: bare(new) });
        }
    }
    let word = MARKERS.places(folded).map(|(place, _)| place).min_by_key(leftmost_longest)?;
    let after = bare(&folded[word.end..]);
    let before = bare(&folded[..word.start]);
    // 从500改成800, 应该是800: what follows a first marker may begin with another.
    let after = match mark_again(after) {
        Some(rest) if !rest.is_empty() => rest,
        _ => after,
    };
    let (old, new) = if after.is_empty() { ("", before) } else { (before, after) };
    Some(Marked { marker: folded[word].to_owned(), old, new })
}

fn leftmost_longest(place: &Range<usize>) -> (usize, Reverse<usize>) {
    (place.start, Reverse(place.end))
}

fn mark_again(text: &str) -> Option<&str> {
    let words = lexicon();
    let all = words.correction.iter().chain(&words.correction_is);
    let longest = all.filter(|w| text.starts_with(w.as_str())).max_by_key(|w| w.len())?;
    Some(bare(&text[longest.len()..]))
}

struct Found {
    topic: String,
    slot: String,
    from: String,
    to: String,
}

/// Finds the slot whose value is taken back: the one whose value or name the text says, else the first whose
/// kind the new value has, from the top of the stack down.
fn find(talk: &Talk, folded: &str, marked: &Marked) -> Option<Found> {
    let today = &talk.clock().date;
    let mut best: Option<(u8, Found)> = None;
    for frame in talk.state.stack.iter().rev() {
        let Some(topic) = talk.policy.topic(&frame.topic) else { continue };
        for (slot, _) in &topic.needs {
            let (Some(entity), Some(current)) = (talk.policy.entity(slot), frame.slots.get(slot)) else { continue };
            let named = places(folded, &fold(entity.title())).next().is_some();
            let mut old = values(entity, marked.old, today);
            let taken_back = old.drain(..).any(|f| f.value == *current)
                || !marked.old.is_empty() && marked.old.contains(&fold(current));
            let found = values(entity, marked.new, today).into_iter().find(|f| f.value != *current);
            let (to, sure) = match (found, &entity.kind) {
                (Some(found), _) => (found.value, found.sure),
                (None, Kind::Text | Kind::TextMatch(_)) if taken_back || named => {
                    let Some(text) = original(&talk.heard.text, marked.new).and_then(|t| free(&t)) else { continue };
                    (text, false)
                }
                _ => continue,
            };
            let rank = match (taken_back, named, sure) {
                (true, _, _) => 0,
                (_, true, _) => 1,
                (_, _, true) => 2,
                _ => 3,
            };
            if to != *current && best.as_ref().is_none_or(|(known, _)| rank < *known) {
                let found = Found { topic: frame.topic.clone(), slot: slot.clone(), from: current.clone(), to };
                best = Some((rank, found));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// Returns the end of the text as typed whose folded form is `part`.
fn original(text: &str, part: &str) -> Option<String> {
    let starts = text.char_indices().map(|(at, _)| at);
    starts.rev().map(|at| &text[at..]).find(|tail| bare(&fold(tail)) == part).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, old: &str, new: &str) {
        let folded = fold(text);
        let marked = mark(&folded).expect("a correction");
        assert_eq!((marked.old, marked.new), (old, new), "{text}");
    }

    #[test]
    fn the_old_and_the_new_value_are_told_apart() {
        check("不是500，是800", "500", "800");
        check("不是小王，是小李", "小王", "小李");
        check("不是500而是800", "500", "800");
        check("不是500，800", "500", "800");
        check("说错了，是800", "", "800");
        check("说错了，应该是800", "", "800");
        check("金额改成800", "金额", "800");
        check("800，刚才说错了", "", "800,刚才");
        check("not 500 but 800", "500", "800");
        check("I meant 800", "", "800");
        check("sorry, actually 800", "sorry", "800");
    }

    #[test]
    fn a_plain_sentence_has_no_marker() {
        for text in ["转500给小王", "是不是要手续费", "好不好用", ""] {
            assert_eq!(mark(&fold(text)), None, "{text}");
        }
    }

    #[test]
    fn the_typed_form_of_a_new_value_is_kept() {
        assert_eq!(original("不是小王，是Alice Wang", "alice wang"), Some("Alice Wang".into()));
    }
}
