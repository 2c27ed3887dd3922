//! A cursor on the signs of a text and the stretch it opens: moved by sign or by word, begun, ended, drawn out.
//!
//! Places are signs as a reader counts them, so no stretch can cut one. Not here: what a stretch is for.

use crate::domain::range::ByteRange;
use crate::text::graphemes::edges;

/// What is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Picked {
    Nothing,
    /// From this sign to the cursor, wherever it goes.
    Open(usize),
    /// What lay between when the selecting ended.
    Held(ByteRange),
}

/// The cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    edges: Vec<u32>,
    at: usize,
    picked: Picked,
}

impl Selection {
    /// Returns a cursor on the first sign of a text.
    pub fn new(text: &str) -> Self {
        Self { edges: edges(text), at: 0, picked: Picked::Nothing }
    }

    /// Returns the sign under the cursor; empty where the text is.
    pub fn here(&self) -> ByteRange {
        let start = self.edges[self.at];
        ByteRange { start, end: self.edges.get(self.at + 1).copied().unwrap_or(start) }
    }

    /// Returns what is selected.
    pub fn range(&self) -> Option<ByteRange> {
        match self.picked {
            Picked::Nothing => None,
            Picked::Open(from) => Some(ByteRange {
                start: self.edges[from.min(self.at)],
                end: self.edges[(from.max(self.at) + 1).min(self.edges.len() - 1)],
            }),
            Picked::Held(range) => Some(range),
        }
    }

    /// Tells whether the stretch goes along with the cursor.
    pub fn is_open(&self) -> bool {
        matches!(self.picked, Picked::Open(_))
    }

    /// Begins a stretch at the cursor; ends the one that is open; lets go of the one that was ended.
    pub fn toggle(&mut self) {
        self.picked = match self.picked {
            Picked::Nothing => Picked::Open(self.at),
            Picked::Open(_) => Picked::Held(self.range().expect("one is open")),
            Picked::Held(_) => Picked::Nothing,
        };
    }

    /// Lets go of what is selected.
    pub fn clear(&mut self) {
        self.picked = Picked::Nothing;
    }

    /// Goes to the sign at a byte.
    pub fn go(&mut self, byte: u32) {
        let last = self.edges.len().saturating_sub(2);
        self.at = self.edges.partition_point(|edge| *edge <= byte).saturating_sub(1).min(last);
    }

    /// Goes so many signs on, or back.
    pub fn step(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.edges.len().saturating_sub(2));
    }

    /// Goes to the next word, or the one before; past the last to the end. An open stretch takes whole words along.
    pub fn jump(&mut self, words: &[ByteRange], forward: bool) {
        let here = self.here();
        if self.is_open() && forward {
            // To the end of this word, or of the next where this one is taken already.
            let next = words.iter().find(|word| word.end > here.end);
            return self.go(next.map_or(u32::MAX, |word| word.end - 1));
        }
        let to = match forward {
            true => words.iter().find(|word| word.start > here.start).map_or(u32::MAX, |word| word.start),
            false => words.iter().rev().find(|word| word.start < here.start).map_or(0, |word| word.start),
        };
        self.go(to);
    }

    /// Moves the nearer edge of a stretch by a sign, and the cursor with it; `None` where nothing would be left, or the text
    /// ends.
    pub fn dragged(&mut self, range: ByteRange, forward: bool) -> Option<ByteRange> {
        let first = self.edges.binary_search(&range.start).ok()?;
        let last = self.edges.binary_search(&range.end).ok()?.checked_sub(1)?;
        // In the middle, the way of the key says which edge is meant.
        let (to_first, to_last) = (self.at.abs_diff(first), self.at.abs_diff(last));
        let end = to_last < to_first || to_last == to_first && forward;
        let step = |place: usize| if forward { Some(place + 1) } else { place.checked_sub(1) };
        let (first, last) = if end { (first, step(last)?) } else { (step(first)?, last) };
        if first > last || last + 1 >= self.edges.len() {
            return None;
        }
        self.at = if end { last } else { first };
        Some(ByteRange { start: self.edges[first], end: self.edges[last + 1] })
    }

    /// Moves the nearer edge of what is selected; begins a stretch where nothing is.
    pub fn drag(&mut self, forward: bool) {
        match self.picked {
            Picked::Nothing => {
                self.picked = Picked::Open(self.at);
                self.step(if forward { 1 } else { -1 });
            }
            Picked::Open(_) => self.step(if forward { 1 } else { -1 }),
            Picked::Held(range) => {
                if let Some(range) = self.dragged(range, forward) {
                    self.picked = Picked::Held(range);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::graphemes::is_whole;
    use proptest::prelude::*;

    const TEXT: &str = "给👨‍👩‍👧小王转500元";

    fn words() -> Vec<ByteRange> {
        ["给", "小王", "转", "500", "元"]
            .iter()
            .map(|word| {
                let start = TEXT.find(word).expect("it says so");
                ByteRange::new(start, start + word.len())
            })
            .collect()
    }

    #[test]
    fn a_stretch_goes_along_with_the_cursor_until_it_is_ended() {
        let mut cursor = Selection::new(TEXT);
        cursor.jump(&words(), true);
        assert_eq!(cursor.here().of(TEXT), "小");
        cursor.toggle();
        cursor.step(1);
        assert_eq!(cursor.range().map(|range| range.of(TEXT)), Some("小王"));
        cursor.toggle();
        cursor.step(3);
        assert_eq!(cursor.range().map(|range| range.of(TEXT)), Some("小王"), "it was ended");
        cursor.toggle();
        assert_eq!(cursor.range(), None);
    }

    #[test]
    fn words_are_jumped_and_an_open_stretch_takes_them_whole() {
        let mut cursor = Selection::new(TEXT);
        let mut seen = Vec::new();
        for _ in 0..6 {
            seen.push(cursor.here().of(TEXT));
            cursor.jump(&words(), true);
        }
        assert_eq!(seen, ["给", "小", "转", "5", "元", "元"]);
        cursor.jump(&words(), false);
        cursor.toggle();
        cursor.jump(&words(), true);
        assert_eq!(cursor.range().map(|range| range.of(TEXT)), Some("500"));
        cursor.jump(&words(), true);
        assert_eq!(cursor.range().map(|range| range.of(TEXT)), Some("500元"));
    }

    #[test]
    fn the_nearer_edge_is_dragged_and_one_sign_always_stays() {
        let mut cursor = Selection::new(TEXT);
        let start = TEXT.find("小王").expect("it says so");
        let range = ByteRange::new(start, start + "小王".len());
        cursor.go(range.end - 1);
        let longer = cursor.dragged(range, true).expect("there is room");
        assert_eq!((longer.of(TEXT), cursor.here().of(TEXT)), ("小王转", "转"));
        let shorter = cursor.dragged(longer, false).expect("there is room");
        assert_eq!(shorter.of(TEXT), "小王");
        cursor.go(range.start);
        let wider = cursor.dragged(range, false).expect("there is room");
        assert_eq!(wider.of(TEXT), "👨‍👩‍👧小王");
        let one = ByteRange::new(start, start + 3);
        cursor.go(one.start);
        assert_eq!(cursor.clone().dragged(one, true).map(|r| r.of(TEXT)), Some("小王"));
        assert_eq!(Selection::new(TEXT).dragged(ByteRange::new(0, 3), false), None, "the text begins here");
    }

    proptest! {
        #[test]
        fn no_keys_select_a_part_of_a_sign(
            text in "\\PC{0,10}|[a \r\n退e\u{301}👨\u{200d}👩]{0,10}",
            keys in prop::collection::vec((0u8..9, any::<bool>()), 0..40),
        ) {
            let words: Vec<ByteRange> = text.split_inclusive(' ').scan(0, |at, word| {
                let range = ByteRange::new(*at, *at + word.trim_end().len());
                *at += word.len();
                Some(range)
            }).collect();
            let mut cursor = Selection::new(&text);
            for (key, forward) in keys {
                match key {
                    0..3 => cursor.step(if forward { 1 } else { -1 }),
                    3 => cursor.jump(&words, forward),
                    4 => cursor.toggle(),
                    5 => cursor.go(u32::from(forward) * 7),
                    6 => cursor.clear(),
                    _ => cursor.drag(forward),
                }
                prop_assert!(text.is_empty() || is_whole(&text, cursor.here()), "{cursor:?}");
                let range = cursor.range();
                prop_assert!(text.is_empty() || range.is_none_or(|range| is_whole(&text, range)), "{cursor:?}");
            }
        }
    }
}
