//! A text taken apart into terms: words and short runs of letters for Latin script, words and characters
//! for Han.
//!
//! Answers "which observable pieces does this text have?" for `features`, which weighs them. A text is folded
//! (NFKC, lower case) first. Texts with Han are read as one stream `^…$` of characters, beside the words the
//! segmenter finds; Latin words of any text are read beside them, so that `打开wifi` and `wifi` share terms.
//! Not here: weights, vocabulary numbers, learning.

use crate::text::clean::scan::is_alphanumeric;
use crate::text::compatible::compatible;
use crate::text::segment::Segmenter;

/// The kind of a term; each kind is weighed and scaled to length by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// One Latin word, or two in a row.
    Word = 0,
    /// Two to four letters in a row within one Latin word and its blanks.
    Piece = 1,
    /// One word of a text with Han, as the segmenter cuts it.
    HanWord = 2,
    /// One or two characters in a row of a text with Han, ends marked.
    Character = 3,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Word, Kind::Piece, Kind::HanWord, Kind::Character];

    /// Tells whether the kind belongs to texts with Han.
    pub fn is_han(self) -> bool {
        matches!(self, Kind::HanWord | Kind::Character)
    }
}

/// One term at one place: a stretch of [`Folded::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

/// A folded text with all its terms in reading order, kind by kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// The Latin words, one blank around each, then the Han stream between its marks.
    pub text: String,
    pub terms: Vec<Term>,
    /// The words a person would point at, as stretches of `text`.
    pub words: Vec<Term>,
    /// The share of Han among the letters, 0 to 1; 1 for a text without any letter.
    pub han: f32,
}

impl Folded {
    /// Returns the letters of a term or word.
    pub fn of(&self, term: Term) -> &str {
        &self.text[term.start as usize..term.end as usize]
    }
}

/// The longest text read, in characters after folding; what lies beyond teaches and decides nothing.
const LONGEST: usize = 2000;

/// The marks around the Han stream: private characters no message holds after folding.
const FIRST: char = '\u{E0F0}';
const LAST: char = '\u{E0F1}';

/// Takes `text` apart. Without a segmenter the Han part has no words, only characters.
pub fn fold(text: &str, segmenter: Option<&Segmenter>) -> Folded {
    let plain = plain(text);
    let plain = plain.trim();
    let (mut han, mut latin) = (0usize, 0usize);
    for c in plain.chars() {
        if is_han(c) {
            han += 1;
        } else if is_alphanumeric(c) {
            latin += 1;
        }
    }
    let mut folded =
        Folded { text: String::with_capacity(plain.len() * 2 + 16), terms: Vec::new(), words: Vec::new(), han: 1.0 };
    // A letter starts at most three pieces, and words are about a fifth of them.
    folded.terms.reserve(if latin > 0 { plain.len() * 7 / 2 } else { 3 * han });
    if latin > 0 {
        folded.han = han as f32 / (han + latin) as f32;
        latin_terms(plain, &mut folded);
    }
    if han > 0 || latin == 0 {
        han_terms(plain, segmenter.filter(|_| han > 0), &mut folded);
    }
    folded
}

/// Returns a text in compatible form and lower case, without signs nobody sees.
fn plain(text: &str) -> String {
    let seen = |c: char| if c == FIRST || c == LAST || c.is_control() { ' ' } else { c };
    compatible(text).chars().map(seen).take(LONGEST).collect()
}

/// Tells whether `c` is a Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF | 0x3007)
}

fn latin_terms(plain: &str, folded: &mut Folded) {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    folded.text.push(' ');
    for word in plain.split(|c: char| !is_alphanumeric(c) && c != '_' || is_han(c)).filter(|w| !w.is_empty()) {
        let start = folded.text.len();
        folded.text.push_str(word);
        starts.push((start, folded.text.len()));
        folded.text.push(' ');
    }
    let term = |kind, start: usize, end: usize| Term { kind, start: start as u32, end: end as u32 };
    for (i, &(start, end)) in starts.iter().enumerate() {
        folded.words.push(term(Kind::Word, start, end));
        folded.terms.push(term(Kind::Word, start, end));
        if let Some(&(_, next)) = starts.get(i + 1) {
            folded.terms.push(term(Kind::Word, start, next));
        }
    }
    let mut edges = Vec::new();
    for &(start, end) in &starts {
        let padded = &folded.text[start - 1..end + 1];
        edges.clear();
        edges.extend(padded.char_indices().map(|(at, _)| start - 1 + at));
        edges.push(end + 1);
        for length in 2..=4 {
            if edges.len() <= length {
                break;
            }
            for i in 0..edges.len() - length {
                folded.terms.push(term(Kind::Piece, edges[i], edges[i + length]));
            }
        }
    }
}

fn han_terms(plain: &str, segmenter: Option<&Segmenter>, folded: &mut Folded) {
    let base = folded.text.len();
    folded.text.push(FIRST);
    let inner = folded.text.len();
    folded.text.push_str(plain);
    folded.text.push(LAST);
    let term = |kind, start: usize, end: usize| Term { kind, start: start as u32, end: end as u32 };
    if let Some(segmenter) = segmenter {
        let mut at = inner;
        for word in segmenter.words(plain) {
            let end = at + word.len();
            if !word.trim().is_empty() {
                folded.words.push(term(Kind::HanWord, at, end));
                folded.terms.push(term(Kind::HanWord, at, end));
            }
            at = end;
        }
    } else {
        folded.words.push(term(Kind::Character, inner, inner + plain.len()));
    }
    let mut edges: Vec<usize> = folded.text[base..].char_indices().map(|(at, _)| base + at).collect();
    edges.push(folded.text.len());
    for i in 1..edges.len() - 2 {
        folded.terms.push(term(Kind::Character, edges[i], edges[i + 1]));
    }
    for i in 0..edges.len() - 2 {
        folded.terms.push(term(Kind::Character, edges[i], edges[i + 2]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str, kind: Kind) -> Vec<String> {
        let folded = fold(text, Some(Segmenter::general()));
        folded.terms.iter().filter(|t| t.kind == kind).map(|&t| folded.of(t).to_string()).collect()
    }

    #[test]
    fn english_gives_words_pairs_and_pieces() {
        assert_eq!(terms("My CARD!", Kind::Word), ["my", "my card", "card"]);
        assert_eq!(terms("my", Kind::Piece), [" m", "my", "y ", " my", "my ", " my "]);
        assert!(terms("my card", Kind::Character).is_empty());
    }

    #[test]
    fn chinese_gives_words_and_anchored_characters() {
        assert_eq!(terms("信用卡", Kind::HanWord), ["信用卡"]);
        let characters = terms("开户", Kind::Character);
        assert_eq!(characters, ["开", "户", "\u{E0F0}开", "开户", "户\u{E0F1}"]);
        assert!(terms("开户", Kind::Word).is_empty());
    }

    #[test]
    fn mixed_text_shares_its_latin_words_with_english() {
        assert_eq!(terms("打开ＷｉＦｉ", Kind::Word), ["wifi"]);
        assert!(terms("打开wifi", Kind::HanWord).contains(&"打开".to_string()));
    }

    #[test]
    fn signs_alone_are_still_seen() {
        assert_eq!(terms("？？", Kind::Character).len(), 5);
        assert!(terms("", Kind::Character).iter().all(|t| t == "\u{E0F0}\u{E0F1}"));
    }

    proptest! {
        #[test]
        fn plain_letters_fold_like_any(text in "[ -~\t\n]{0,60}") {
            let longer: String = plain(&format!("{text}é")).chars().take(text.len()).collect();
            prop_assert_eq!(plain(&text), longer);
        }

        #[test]
        fn any_text_folds_and_every_term_is_a_stretch(text in "\\PC{0,30}|[a-z 退款了？0-9\u{E0F0}]{0,20}") {
            let folded = fold(&text, None);
            for &term in &folded.terms {
                prop_assert!(!folded.of(term).is_empty());
            }
            prop_assert!((0.0..=1.0).contains(&folded.han));
        }
    }
}
