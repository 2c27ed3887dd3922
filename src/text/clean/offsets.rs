//! The way back from a clean text to the raw one.
//!
//! A map is the list of stretches that differ; what lies between them is the same bytes, shifted. Rules hand
//! in their changes one after the other and the maps are joined as they come.

use crate::domain::range::ByteRange;

/// A map of positions from a clean text to the raw text it was made of; identity by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offsets {
    edits: Vec<Edit>,
}

/// One stretch that differs: `clean` stands where `raw` stood. Either may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) clean: ByteRange,
    pub(crate) raw: ByteRange,
}

impl Offsets {
    /// Tells whether the clean text is the raw text.
    pub fn is_identity(&self) -> bool {
        self.edits.is_empty()
    }

    /// Returns the stretch of the raw text that `clean` came from.
    ///
    /// A range that cuts into a rewritten stretch takes all of it; one that only touches text that was
    /// dropped leaves that out. Later ranges map to later ones.
    pub fn to_raw(&self, clean: ByteRange) -> ByteRange {
        let last = self.edits.partition_point(|e| e.clean.start < clean.end);
        let end = match self.before(last) {
            Some(edit) if edit.clean.end >= clean.end => edit.raw.end,
            edit => shift(edit, clean.end),
        };
        if clean.is_empty() {
            return ByteRange { start: end, end };
        }
        let first = self.edits.partition_point(|e| e.clean.end <= clean.start);
        let start = match self.edits.get(first) {
            Some(edit) if edit.clean.start <= clean.start => edit.raw.start,
            _ => shift(self.before(first), clean.start),
        };
        ByteRange { start, end: end.max(start) }
    }

    /// Returns the stretch of the clean text that came from `raw`; empty where all of it was dropped.
    ///
    /// A range that cuts into a rewritten stretch takes all of it.
    pub fn to_clean(&self, raw: ByteRange) -> ByteRange {
        let turned = |edit: &Edit| Edit { clean: edit.raw, raw: edit.clean };
        Self { edits: self.edits.iter().map(turned).collect() }.to_raw(raw)
    }

    /// Returns the map as a few bytes for the store; none for the identity.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.edits.len() * 3);
        let mut at = 0;
        for edit in &self.edits {
            for number in [edit.clean.start - at, edit.clean.end - edit.clean.start, edit.raw.end - edit.raw.start] {
                write_number(&mut bytes, number);
            }
            at = edit.clean.end;
        }
        bytes
    }

    /// Reads what [`Offsets::to_bytes`] wrote; `None` when the bytes are no map.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut edits = Vec::new();
        let (mut clean, mut raw) = (0u32, 0u32);
        while !bytes.is_empty() {
            let gap = read_number(&mut bytes)?;
            let (start, raw_start) = (clean.checked_add(gap)?, raw.checked_add(gap)?);
            clean = start.checked_add(read_number(&mut bytes)?)?;
            raw = raw_start.checked_add(read_number(&mut bytes)?)?;
            edits.push(Edit { clean: ByteRange { start, end: clean }, raw: ByteRange { start: raw_start, end: raw } });
        }
        Some(Self { edits })
    }

    /// Returns the map after further `edits`, whose `raw` side is this map's clean text.
    pub(crate) fn then(self, edits: Vec<Edit>) -> Self {
        if self.edits.is_empty() {
            return Self { edits };
        }
        let mut joined: Vec<Edit> = Vec::with_capacity(self.edits.len() + edits.len());
        let mut old = self.edits.into_iter().peekable();
        let mut new = edits.into_iter().peekable();
        // How far positions of the middle text have moved on either side by the edits taken so far.
        let (mut clean_shift, mut raw_shift) = (0i64, 0i64);
        while old.peek().is_some() || new.peek().is_some() {
            let seed = match (old.peek(), new.peek()) {
                (Some(o), Some(n)) if sort_key(n.raw) < sort_key(o.clean) => n.raw,
                (Some(o), _) => o.clean,
                (None, Some(n)) => n.raw,
                (None, None) => break,
            };
            let mut hull = ByteRange { start: seed.start, end: seed.start };
            let (clean_before, raw_before) = (clean_shift, raw_shift);
            let mut empty = true;
            loop {
                if let Some(o) = old.next_if(|o| empty && o.clean == seed || meets(hull, o.clean, empty)) {
                    raw_shift += length(o.raw) - length(o.clean);
                    hull.end = hull.end.max(o.clean.end);
                } else if let Some(n) = new.next_if(|n| empty && n.raw == seed || meets(hull, n.raw, empty)) {
                    clean_shift += length(n.clean) - length(n.raw);
                    hull.end = hull.end.max(n.raw.end);
                } else {
                    break;
                }
                empty = false;
            }
            joined.push(Edit {
                clean: ByteRange { start: moved(hull.start, clean_before), end: moved(hull.end, clean_shift) },
                raw: ByteRange { start: moved(hull.start, raw_before), end: moved(hull.end, raw_shift) },
            });
        }
        Self { edits: joined }
    }

    #[cfg(test)]
    pub(crate) fn edits(&self) -> &[Edit] {
        &self.edits
    }

    fn before(&self, index: usize) -> Option<&Edit> {
        index.checked_sub(1).map(|i| &self.edits[i])
    }
}

fn shift(edit: Option<&Edit>, position: u32) -> u32 {
    edit.map_or(position, |e| e.raw.end.saturating_add(position.saturating_sub(e.clean.end)))
}

fn sort_key(range: ByteRange) -> (u32, u32) {
    (range.start, range.end)
}

/// Tells whether the next edit belongs to the group that covers `hull` so far.
fn meets(hull: ByteRange, next: ByteRange, empty: bool) -> bool {
    !empty && (next.start < hull.end || next.start == hull.end && hull.is_empty() && next.is_empty())
}

fn length(range: ByteRange) -> i64 {
    i64::from(range.end) - i64::from(range.start)
}

fn moved(position: u32, by: i64) -> u32 {
    u32::try_from(i64::from(position) + by).expect("a shift never passes the start of the text")
}

fn write_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u64;
    for shift in (0..35).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return u32::try_from(number).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(start: usize, end: usize) -> ByteRange {
        ByteRange::new(start, end)
    }

    fn edit(clean: (usize, usize), raw: (usize, usize)) -> Edit {
        Edit { clean: range(clean.0, clean.1), raw: range(raw.0, raw.1) }
    }

    #[test]
    fn dropped_text_belongs_to_neither_neighbour() {
        // "ab--cd" -> "abcd"
        let map = Offsets::default().then(vec![edit((2, 2), (2, 4))]);
        assert_eq!(map.to_raw(range(0, 2)), range(0, 2));
        assert_eq!(map.to_raw(range(2, 4)), range(4, 6));
        assert_eq!(map.to_raw(range(1, 3)), range(1, 5));
    }

    #[test]
    fn half_of_a_rewritten_stretch_is_all_of_it() {
        // "tel 13800138000!" -> "tel <phone>!"
        let map = Offsets::default().then(vec![edit((4, 11), (4, 15))]);
        assert_eq!(map.to_raw(range(6, 8)), range(4, 15));
        assert_eq!(map.to_raw(range(11, 12)), range(15, 16));
    }

    #[test]
    fn two_maps_join_into_one() {
        // "ａb--c" (ａ is 3 bytes) -> "ab--c" -> "abXc"
        let map = Offsets::default().then(vec![edit((0, 1), (0, 3))]).then(vec![edit((2, 3), (2, 4))]);
        assert_eq!(map.to_raw(range(0, 1)), range(0, 3));
        assert_eq!(map.to_raw(range(1, 2)), range(3, 4));
        assert_eq!(map.to_raw(range(2, 3)), range(4, 6));
        assert_eq!(map.to_raw(range(3, 4)), range(6, 7));
    }

    #[test]
    fn no_map_at_all_takes_no_byte() {
        assert!(Offsets::default().to_bytes().is_empty());
        assert_eq!(Offsets::from_bytes(&[0x80]), None);
    }

    /// A text of `length` bytes and random edits on it: (start, taken, put) walks.
    fn walk() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
        proptest::collection::vec((0usize..4, 0usize..4, 0usize..4), 0..6)
    }

    /// Rewrites `text` with fresh letters along `walk`.
    fn rewrite(text: &[char], walk: &[(usize, usize, usize)], fresh: &mut u32) -> (Vec<char>, Vec<Edit>) {
        let (mut out, mut edits, mut at) = (Vec::new(), Vec::new(), 0);
        for (gap, taken, put) in walk.iter().copied().filter(|(_, taken, put)| taken + put > 0) {
            if at + gap + taken > text.len() {
                break;
            }
            out.extend(&text[at..at + gap]);
            at += gap;
            let start = out.len();
            for _ in 0..put {
                *fresh += 1;
                out.push(char::from_u32(0x100 + *fresh).expect("small numbers are characters"));
            }
            edits.push(edit((start, out.len()), (at, at + taken)));
            at += taken;
        }
        out.extend(&text[at..]);
        (out, edits)
    }

    proptest! {
        #[test]
        fn what_never_changed_maps_to_itself(walks in proptest::collection::vec(walk(), 0..5)) {
            // Every character is distinct, so that one that survives is known by itself; a position is a character here.
            let raw: Vec<char> = (0..24).map(|i| char::from_u32(0x61 + i).expect("letters")).collect();
            let (mut text, mut map, mut fresh) = (raw.clone(), Offsets::default(), 0);
            for walk in &walks {
                let (next, edits) = rewrite(&text, walk, &mut fresh);
                text = next;
                map = map.then(edits);
            }
            let mut last = range(0, 0);
            for (at, c) in text.iter().enumerate() {
                let back = map.to_raw(range(at, at + 1));
                prop_assert!(back.start <= back.end && back.end as usize <= raw.len());
                prop_assert!(back.start >= last.start && back.end >= last.end);
                last = back;
                if raw.contains(c) {
                    let inside = map.edits().iter().any(|e| e.clean.start as usize <= at && at < e.clean.end as usize);
                    let found = &raw[back.start as usize..back.end as usize];
                    prop_assert!(found.contains(c), "{c} -> {found:?}");
                    prop_assert!(inside || found == [*c]);
                }
            }
            for (at, c) in raw.iter().enumerate() {
                let forth = map.to_clean(range(at, at + 1));
                let found = &text[forth.start as usize..forth.end as usize];
                prop_assert!(found.contains(c) == text.contains(c), "{c} -> {found:?}");
            }
            prop_assert_eq!(Offsets::from_bytes(&map.to_bytes()), Some(map));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40), a in 0u32..90, b in 0u32..90) {
            if let Some(map) = Offsets::from_bytes(&bytes) {
                let raw = map.to_raw(ByteRange { start: a.min(b), end: a.max(b) });
                prop_assert!(raw.start <= raw.end);
            }
        }
    }
}
