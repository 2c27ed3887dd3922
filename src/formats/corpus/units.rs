//! Places in a text as other programs count them, in code points or in UTF-16 units; ours are bytes.

use crate::domain::label::Mark;
use crate::domain::range::ByteRange;

/// What one step in a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Unit {
    /// Python's letters: an emoji of one code point is one step.
    CodePoints,
    /// What JavaScript, Java and .NET count: an emoji is two steps.
    Utf16,
}

impl Unit {
    fn steps(self, c: char) -> usize {
        match self {
            Unit::CodePoints => 1,
            Unit::Utf16 => c.len_utf16(),
        }
    }

    /// Returns the byte at a place; `None` behind the end or inside a letter.
    pub fn byte(self, text: &str, place: usize) -> Option<usize> {
        let mut steps = 0;
        let starts = text.char_indices().map(|(at, c)| (at, self.steps(c))).chain([(text.len(), 0)]);
        for (at, width) in starts {
            if steps >= place {
                return (steps == place).then_some(at);
            }
            steps += width;
        }
        None
    }

    /// Returns the place of a byte; `None` behind the end or inside a letter.
    pub fn place(self, text: &str, byte: usize) -> Option<usize> {
        Some(text.get(..byte)?.chars().map(|c| self.steps(c)).sum())
    }

    /// Returns the stretch between two places, the second not in it; `None` when there is no such stretch.
    pub fn range(self, text: &str, start: usize, end: usize) -> Option<ByteRange> {
        let (start, end) = (self.byte(text, start)?, self.byte(text, end)?);
        (start < end).then(|| ByteRange::new(start, end))
    }

    /// Returns where a mark begins and ends; `None` when it is not a stretch of this text.
    pub fn places(self, text: &str, mark: &Mark) -> Option<(usize, usize)> {
        let (start, end) = (mark.range.start as usize, mark.range.end as usize);
        Some((self.place(text, start)?, self.place(text, end)?)).filter(|(start, end)| start < end)
    }
}

/// Returns the stretch between two places of either kind, the one first named when both could be meant; what the
/// stretch is said to hold decides between them.
pub(in crate::formats) fn told(text: &str, start: usize, end: usize, holds: &str, first: Unit) -> Option<ByteRange> {
    let second = if first == Unit::Utf16 { Unit::CodePoints } else { Unit::Utf16 };
    let range = |unit: Unit| unit.range(text, start, end);
    let meant = |range: &ByteRange| holds.is_empty() || range.of(text) == holds;
    range(first).filter(meant).or_else(|| range(second).filter(meant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_emoji_is_one_step_or_two() {
        let text = "好😀吗";
        assert_eq!(Unit::CodePoints.byte(text, 2), Some(7));
        assert_eq!(Unit::Utf16.byte(text, 3), Some(7));
        assert_eq!(Unit::Utf16.byte(text, 2), None, "inside the emoji");
        assert_eq!(Unit::CodePoints.byte(text, 4), None);
        assert_eq!(told(text, 3, 4, "吗", Unit::CodePoints), Some(ByteRange::new(7, 10)));
        assert_eq!(told(text, 0, 9, "", Unit::CodePoints), None);
    }

    proptest! {
        #[test]
        fn places_lead_back_to_their_bytes(text in "\\PC{0,12}") {
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                for unit in [Unit::CodePoints, Unit::Utf16] {
                    let place = unit.place(&text, at).expect("a letter's edge");
                    prop_assert_eq!(unit.byte(&text, place), Some(at));
                }
            }
        }
    }
}
