//! Cutting a text into the pieces the encoder knows, as SentencePiece does it: characters folded (nmt_nfkc), blanks
//! written as `▁`, then the most probable sequence of pieces.

use yada::DoubleArray;
use yada::builder::DoubleArrayBuilder;

use crate::nlu::encoder::pack::Words;

/// A piece by its number.
pub(super) type Piece = u32;

const UNKNOWN: Piece = 0;
const BEGIN: Piece = 1;
const END: Piece = 2;

/// The sign a blank becomes.
const BLANK: &str = "\u{2581}";

/// How much worse than the worst piece a character is that no piece has.
const UNKNOWN_COST: f32 = 10.0;

/// Knows all pieces.
pub(super) struct Tokenizer {
    pieces: DoubleArray<Vec<u8>>,
    scores: Vec<f32>,
    unknown: f32,
    folds: DoubleArray<Vec<u8>>,
    /// What characters fold to, each ended by a NUL; the trie gives the place.
    folded: Vec<u8>,
}

impl Tokenizer {
    /// Reads the pieces and the map of characters.
    pub fn of(words: &Words) -> Option<Self> {
        let mut keys: Vec<(&[u8], u32)> = Vec::with_capacity(words.scores.len());
        let mut rest = &words.pieces[..];
        while let Some((long, after)) = rest.split_first() {
            let (piece, after) = after.split_at_checked(*long as usize)?;
            keys.push((piece, keys.len() as u32));
            rest = after;
        }
        if keys.len() != words.scores.len() {
            return None;
        }
        // `<unk>`, `<s>` and `</s>` stand for something; nobody writes them.
        keys.drain(..=END as usize);
        keys.sort_unstable();
        let pieces = DoubleArray::new(DoubleArrayBuilder::build(&keys).ok()?).ok()?;
        let (long, rest) = words.characters.split_at_checked(4)?;
        let long = u32::from_le_bytes(long.try_into().ok()?) as usize;
        let (trie, folded) = rest.split_at_checked(long)?;
        let worst = words.scores.iter().copied().fold(f32::INFINITY, f32::min);
        Some(Self {
            pieces,
            scores: words.scores.clone(),
            unknown: worst - UNKNOWN_COST,
            folds: DoubleArray::new(trie.to_vec()).ok()?,
            folded: folded.to_vec(),
        })
    }

    /// Returns how many pieces there are.
    pub fn count(&self) -> usize {
        self.scores.len()
    }

    /// Cuts a text; the first piece says that it begins, the last that it ends.
    pub fn cut(&self, text: &str) -> Vec<Piece> {
        let folded = self.fold(text);
        let mut found = vec![BEGIN];
        if folded.is_empty() {
            found.push(UNKNOWN);
        } else {
            self.best(&folded, &mut found);
        }
        found.push(END);
        found
    }

    /// Folds characters, drops blanks around and doubled, and writes the others as `▁`, one before the first word.
    fn fold(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + BLANK.len());
        let mut rest = text;
        let mut blank = true;
        while let Some(first) = rest.chars().next() {
            let longest = self.folds.common_prefix_search(rest).last();
            let (mut piece, read) = match longest.and_then(|(place, read)| Some((self.replacement(place)?, read))) {
                Some(found) => found,
                None => (&rest[..first.len_utf8()], first.len_utf8()),
            };
            if blank {
                piece = piece.trim_start_matches(' ');
            }
            if let Some(last) = piece.chars().last() {
                if out.is_empty() {
                    out.push_str(BLANK);
                }
                blank = last == ' ';
                piece.chars().for_each(|c| if c == ' ' { out.push_str(BLANK) } else { out.push(c) });
            }
            rest = &rest[read..];
        }
        let end = out.trim_end_matches(BLANK).len();
        out.truncate(end);
        out
    }

    fn replacement(&self, place: u32) -> Option<&str> {
        let from = self.folded.get(place as usize..)?;
        let long = from.iter().position(|byte| *byte == 0)?;
        std::str::from_utf8(&from[..long]).ok()
    }

    /// Adds the most probable sequence of pieces; of two equally probable ones the one whose last piece is longer.
    fn best(&self, text: &str, found: &mut Vec<Piece>) {
        /// The best way to a place: its score, where its last piece begins, and the piece.
        #[derive(Clone, Copy)]
        struct Way(f32, usize, Piece);
        let mut ways = vec![Way(f32::NEG_INFINITY, 0, UNKNOWN); text.len() + 1];
        ways[0].0 = 0.0;
        for (at, c) in text.char_indices() {
            let so_far = ways[at].0;
            let single = at + c.len_utf8();
            let mut alone = false;
            for (piece, long) in self.pieces.common_prefix_search(&text[at..]) {
                let score = so_far + self.scores[piece as usize];
                alone |= at + long == single;
                if score > ways[at + long].0 {
                    ways[at + long] = Way(score, at, piece);
                }
            }
            if !alone && so_far + self.unknown > ways[single].0 {
                ways[single] = Way(so_far + self.unknown, at, UNKNOWN);
            }
        }
        let first = found.len();
        let mut at = text.len();
        while at > 0 {
            let Way(_, from, piece) = ways[at];
            found.push(piece);
            at = from;
        }
        found[first..].reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::encoder::built_in::tokenizer;
    use proptest::prelude::*;

    #[test]
    fn pieces_are_those_of_the_reference() {
        assert_eq!(tokenizer().cut("How do I freeze my card?"), [1, 1348, 61, 33, 1443, 1526, 179, 3607, 21, 2]);
        assert_eq!(tokenizer().cut("这个东西好不好用？"), [1, 12012, 6217, 156, 93, 156, 245, 21, 2]);
        assert_eq!(tokenizer().cut(" "), [1, 0, 2]);
        // Width and blanks make no difference.
        for (a, b) in [("ＡＰＰ　闪退", "APP 闪退"), ("  open   an\taccount ", "open an account")] {
            assert_eq!(tokenizer().cut(a), tokenizer().cut(b), "{a}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_cut_into_known_pieces(text in "\\PC{0,40}|[\u{0}-\u{20}a你，\u{3000}ﬁ①]{0,20}") {
            let cut = tokenizer().cut(&text);
            prop_assert!(cut.len() >= 3 && cut.iter().all(|piece| (*piece as usize) < tokenizer().count()));
            prop_assert_eq!((cut[0], cut[cut.len() - 1]), (BEGIN, END));
        }
    }
}
