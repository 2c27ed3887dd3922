//! People send one sentence in pieces: which neighbouring turns are one.
//!
//! Called by `import` and `clean` with one turn after the other: a [`Sentence`] is all that has to be in hand of a
//! conversation. Two intents must never be glued together, so a piece joins only when nothing speaks against it.
//! Not here: which turns can be pieces at all, and what a trainer joined or parted (`workbench`).

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::domain::conversation::Role;
use crate::domain::range::ByteRange;
use crate::text::clean::aside::is_greeting;
use crate::text::clean::offsets::Offsets;
use crate::text::clean::scan::{is_alphanumeric, is_han};
use crate::text::clean::starts::Starts;

/// The longest silence between two pieces of a sentence, in milliseconds.
pub const GAP: i64 = 60_000;

/// The most pieces joined into one.
pub const PARTS: usize = 3;

/// The most characters joined into one.
pub const LENGTH: usize = 80;

/// What merging looks at in one cleaned text; worked out once, wherever there is a processor free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    length: usize,
    ends: bool,
    alone: bool,
    opens: bool,
    asks: bool,
    wishes: bool,
}

impl Traits {
    /// Returns the traits of `text`.
    pub fn of(text: &str) -> Self {
        let length = text.chars().count();
        if length >= LENGTH {
            // Too long to be joined to anything, so nothing else is asked of it.
            return Self { length, ends: true, alone: true, opens: true, asks: true, wishes: true };
        }
        Self {
            length,
            ends: ends_sentence(text),
            alone: stands_alone(text),
            opens: opens_another(text),
            asks: asks(text),
            wishes: wishes(text),
        }
    }
}

/// One turn, as far as merging looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub role: Role,
    /// Milliseconds since 1970; `None` when the source has no times.
    pub at: Option<i64>,
    pub traits: Traits,
}

/// A sentence as far as it was said: what the next turn is compared with, whatever went into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    role: Role,
    at: Option<i64>,
    parts: usize,
    length: usize,
    asks: bool,
    wishes: bool,
    over: bool,
}

impl Sentence {
    /// Begins a sentence with a turn.
    pub fn begin(piece: &Piece) -> Self {
        let t = piece.traits;
        Self {
            role: piece.role,
            at: piece.at,
            parts: 1,
            length: t.length,
            asks: t.asks,
            wishes: t.wishes,
            over: t.ends || t.alone,
        }
    }

    /// Tells whether the next turn of the conversation goes on with it.
    pub fn goes_on(&self, next: &Piece) -> bool {
        let t = next.traits;
        let near = match (self.at, next.at) {
            (Some(a), Some(b)) => (0..=GAP).contains(&(b - a)),
            // Without times the order of the file is all there is.
            (None, None) => true,
            _ => false,
        };
        !self.over
            && self.role == next.role
            && near
            && self.parts < PARTS
            && self.length + t.length <= LENGTH
            && !t.alone
            && !t.opens
            && !(self.asks && (t.asks || t.wishes))
            && !(self.wishes && t.wishes)
    }

    /// Adds a turn that goes on with it, or that a trainer joined by hand.
    pub fn add(&mut self, next: &Piece) {
        self.at = next.at;
        self.parts += 1;
        self.length += next.traits.length;
        self.asks |= next.traits.asks;
        self.wishes |= next.traits.wishes;
        self.over = next.traits.ends || next.traits.alone;
    }
}

/// Returns the pieces of a sentence as one text, and the stretch of it that each piece is.
///
/// ```
/// use daoshi::text::fragments::joined;
/// assert_eq!(joined(["卡丢了", "怎么办"]).0, "卡丢了怎么办");
/// assert_eq!(joined(["my card", "is lost"]).0, "my card is lost");
/// ```
pub fn joined<'t>(pieces: impl IntoIterator<Item = &'t str>) -> (String, Vec<ByteRange>) {
    let mut text = String::new();
    let mut stretches = Vec::new();
    for piece in pieces {
        let last = text.chars().next_back();
        let first = piece.chars().next();
        // Chinese runs on; letters and digits of two turns were never one word.
        if last.zip(first).is_some_and(|(a, b)| [a, b].iter().all(|c| is_alphanumeric(*c) && !is_han(*c))) {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(piece);
        stretches.push(ByteRange::new(start, text.len()));
    }
    (text, stretches)
}

/// Returns where a stretch of a joined text stands in the raw texts of its pieces: the place of each piece it
/// touches, and the stretch of that piece's raw text. `pieces` are the clean texts with their way back.
pub fn to_raw(pieces: &[(&str, Offsets)], range: ByteRange) -> Vec<(usize, ByteRange)> {
    let (_, stretches) = joined(pieces.iter().map(|(text, _)| *text));
    let mut found = Vec::new();
    for (place, stretch) in stretches.iter().enumerate() {
        let start = range.start.max(stretch.start);
        let end = range.end.min(stretch.end);
        if start < end {
            let inside = ByteRange { start: start - stretch.start, end: end - stretch.start };
            found.push((place, pieces[place].1.to_raw(inside)));
        }
    }
    found
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['。', '？', '！', '?', '!', '.', '…', '~', '～', '；'])
        || ["吗", "呢", "吧", "谢谢"].iter().any(|end| text.trim_end().ends_with(end))
}

/// Tells whether `text` is a turn of its own: a greeting, an answer, thanks, a placeholder, a number.
fn stands_alone(text: &str) -> bool {
    const ALONE: [&str; 34] = [
        "好",
        "好的",
        "好吧",
        "好的谢谢",
        "行",
        "可以",
        "不可以",
        "嗯",
        "嗯嗯",
        "哦",
        "哦哦",
        "是",
        "是的",
        "对",
        "对的",
        "不是",
        "没有",
        "有",
        "不用",
        "不用了",
        "谢谢",
        "谢谢你",
        "谢谢您",
        "多谢",
        "再见",
        "拜拜",
        "知道了",
        "明白了",
        "转人工",
        "人工",
        "ok",
        "yes",
        "no",
        "thanks",
    ];
    let bare = text.trim().trim_end_matches(['，', '。', '！', '？', '!', '?', '.', '~', '～', ',']);
    ALONE.iter().any(|word| word.eq_ignore_ascii_case(bare))
        || is_greeting(bare)
        || bare.starts_with('<') && bare.ends_with('>')
        || !bare.chars().any(char::is_alphabetic)
}

/// Tells whether `text` opens a new matter.
fn opens_another(text: &str) -> bool {
    const OPENERS: [&str; 21] = [
        "还有",
        "另外",
        "再问",
        "再请问",
        "对了",
        "顺便",
        "然后呢",
        "其次",
        "第二",
        "那我",
        "那么",
        "请问",
        "想问",
        "我想问",
        "我想咨询",
        "换个问题",
        "还想",
        "我还想",
        "also",
        "another",
        "by the way",
    ];
    static STARTS: LazyLock<Starts> = LazyLock::new(|| Starts::of(&OPENERS));
    STARTS.longest(text.trim_start()).is_some()
}

fn asks(text: &str) -> bool {
    const QUESTIONS: [&str; 31] = [
        "怎么",
        "怎样",
        "如何",
        "为什么",
        "为啥",
        "为何",
        "什么",
        "多少",
        "多久",
        "几",
        "哪",
        "吗",
        "呢",
        "么",
        "是否",
        "能不能",
        "可不可以",
        "是不是",
        "有没有",
        "会不会",
        "要不要",
        "咋",
        "啥",
        "?",
        "？",
        "how ",
        "what ",
        "why ",
        "when ",
        "where ",
        "can i",
    ];
    static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(QUESTIONS)
            .expect("the words are constants")
    });
    FINDER.is_match(text)
}

fn wishes(text: &str) -> bool {
    const WISHES: [&str; 9] = ["我要", "我想", "我需要", "帮我", "给我", "麻烦", "i want", "i need", "please"];
    static STARTS: LazyLock<Starts> = LazyLock::new(|| Starts::of(&WISHES));
    STARTS.longest(text.trim_start()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::Channel;
    use crate::text::clean::cleaner::Cleaner;
    use crate::text::clean::rule::RuleSet;
    use proptest::prelude::*;

    fn merge(turns: &[(Role, Option<i64>, &str)]) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut sentence: Option<Sentence> = None;
        for (place, (role, at, text)) in turns.iter().enumerate() {
            let piece = Piece { role: *role, at: *at, traits: Traits::of(text) };
            match (&mut sentence, groups.last_mut()) {
                (Some(open), Some(group)) if open.goes_on(&piece) => {
                    open.add(&piece);
                    group.push(place);
                }
                _ => {
                    sentence = Some(Sentence::begin(&piece));
                    groups.push(vec![place]);
                }
            }
        }
        groups
    }

    fn groups(texts: &[&str], seconds: i64) -> Vec<Vec<usize>> {
        let turns: Vec<_> =
            texts.iter().zip(0..).map(|(text, n)| (Role::Customer, Some(n * seconds * 1000), *text)).collect();
        merge(&turns)
    }

    #[test]
    fn pieces_of_one_sentence_join() {
        assert_eq!(groups(&["信用卡自动还款", "扣款失败了", "怎么办"], 5), [vec![0, 1, 2]]);
    }

    #[test]
    fn greetings_answers_and_second_intents_stay_apart() {
        for texts in [
            ["你好", "我要销户"],
            ["怎么销户", "还有怎么改手机号"],
            ["怎么销户", "怎么改手机号"],
            ["我要销户", "我要改手机号"],
            ["卡丢了。", "怎么补"],
            ["好的", "卡丢了"],
            ["<img>", "这个怎么弄"],
        ] {
            assert_eq!(groups(&texts, 5), [vec![0], vec![1]], "{texts:?}");
        }
    }

    #[test]
    fn a_long_silence_another_speaker_and_a_fourth_piece_part() {
        assert_eq!(groups(&["信用卡", "丢了"], 61), [vec![0], vec![1]]);
        assert_eq!(groups(&["信用卡", "昨天", "晚上", "丢了"], 5), [vec![0, 1, 2], vec![3]]);
        let turns = [(Role::Customer, None, "信用卡"), (Role::Agent, None, "丢了")];
        assert_eq!(merge(&turns), [vec![0], vec![1]]);
    }

    proptest! {
        #[test]
        fn every_turn_is_in_one_group_in_order(texts in proptest::collection::vec("[卡丢了怎么办好的？你a-c]{0,30}", 0..12), gap in 0i64..90) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let groups = groups(&texts, gap);
            prop_assert_eq!(groups.concat(), (0..texts.len()).collect::<Vec<_>>());
            prop_assert!(groups.iter().all(|g| (1..=PARTS).contains(&g.len())));
        }
    }

    proptest! {
        #[test]
        fn a_stretch_of_a_joined_text_leads_back_to_its_own_turns(
            raws in proptest::collection::vec("[卡丢了 ａＢ１怎么办！？a-c 。餘額]{1,12}", 1..4),
            a in 0usize..60, b in 0usize..60,
        ) {
            let cleaner = Cleaner::new(&RuleSet::default());
            let cleaned: Vec<_> = raws.iter().map(|raw| cleaner.clean(raw, Role::Customer, Channel::Chat)).collect();
            let pieces: Vec<(&str, Offsets)> = cleaned.iter().map(|c| (c.text.as_str(), c.offsets.clone())).collect();
            let (text, stretches) = joined(pieces.iter().map(|(text, _)| *text));
            // Each piece stands whole in its stretch, and leads back to what its own turn maps to.
            for (place, stretch) in stretches.iter().enumerate() {
                prop_assert_eq!(stretch.of(&text), pieces[place].0);
                for (at, c) in stretch.of(&text).char_indices() {
                    let start = stretch.start as usize + at;
                    let back = to_raw(&pieces, ByteRange::new(start, start + c.len_utf8()));
                    let own = pieces[place].1.to_raw(ByteRange::new(at, at + c.len_utf8()));
                    prop_assert_eq!(back, vec![(place, own)]);
                    prop_assert!(own.end as usize <= raws[place].len());
                }
            }
            let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (a, b) = (floor(a), floor(b));
            let back = to_raw(&pieces, ByteRange::new(a.min(b), a.max(b)));
            prop_assert!(back.windows(2).all(|pair| pair[0].0 < pair[1].0), "in the order of the turns");
        }
    }
}
