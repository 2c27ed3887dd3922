//! Cutting a text into the pieces that get a label each.

use crate::domain::range::ByteRange;
use crate::text::clean::scan::is_han;

/// What a unit is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One Chinese character.
    Han,
    /// A run of other letters.
    Letters,
    /// A run of digits.
    Digits,
    /// One sign.
    Sign,
}

/// One piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    pub kind: Kind,
    pub range: ByteRange,
}

/// Returns the units of a text in order; blanks belong to none.
pub fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (start, c) in text.char_indices() {
        if c.is_whitespace() || c.is_control() {
            continue;
        }
        let end = start + c.len_utf8();
        let kind = match c {
            c if is_han(c) => Kind::Han,
            c if c.is_numeric() => Kind::Digits,
            c if c.is_alphabetic() => Kind::Letters,
            _ => Kind::Sign,
        };
        match units.last_mut() {
            Some(last) if runs(kind) && last.kind == kind && last.range.end as usize == start => {
                last.range.end = end as u32;
            }
            _ => units.push(Unit { kind, range: ByteRange::new(start, end) }),
        }
    }
    units
}

fn runs(kind: Kind) -> bool {
    matches!(kind, Kind::Letters | Kind::Digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<&str> {
        units(text).iter().map(|unit| unit.range.of(text)).collect()
    }

    #[test]
    fn characters_words_numbers_and_signs() {
        assert_eq!(cut("转100元到Li Lei's卡"), ["转", "100", "元", "到", "Li", "Lei", "'", "s", "卡"]);
        assert_eq!(cut(" \t"), [""; 0]);
    }

    proptest! {
        #[test]
        fn units_stand_in_order_and_leave_only_blanks(text in ".{0,30}|[转账 a-z0-9，。]{0,30}") {
            let mut at = 0;
            for unit in units(&text) {
                let (start, end) = (unit.range.start as usize, unit.range.end as usize);
                prop_assert!(at <= start && start < end);
                prop_assert!(text[at..start].chars().all(|c| c.is_whitespace() || c.is_control()));
                at = end;
            }
            prop_assert!(text[at..].chars().all(|c| c.is_whitespace() || c.is_control()));
        }
    }
}
