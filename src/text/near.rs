//! Which texts are the same but for little words and slips of the same sound: the second level of families.
//!
//! Called by `clean` with every text customers said. Two texts are near when what carries meaning in them is the
//! same (every content character or one of the same sound and tone, every number, negation, tag and word of the
//! trade) and at least [`LIKE`] of their pairs of neighbouring signs are. So 可以/不可以, 3万/5万 and two products
//! of one sound stay apart whatever their length. What carries meaning is hashed, so only texts that can be near
//! are ever compared. Not here: the same but for trifles (`family`).

use aho_corasick::{AhoCorasick, MatchKind};
use pinyin::ToPinyin;
use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::text::clean::scan::is_han;
use crate::text::family::plain;
use crate::text::language::tag_end;

/// The least share of common pairs (Jaccard).
pub const LIKE: f64 = 0.85;

/// Chinese phrases that change the manner of a question, not the question.
const LIGHT: [&str; 38] = [
    "请问一下",
    "请问下",
    "请问",
    "麻烦您",
    "麻烦你",
    "麻烦帮我",
    "帮我",
    "帮忙",
    "您好",
    "你好",
    "我想问一下",
    "我想问下",
    "我想问",
    "想问一下",
    "想问下",
    "想问",
    "问一下",
    "问下",
    "我想咨询一下",
    "想咨询一下",
    "咨询一下",
    "咨询下",
    "一下",
    "谢谢您",
    "谢谢你",
    "谢谢",
    "我们",
    "我",
    "您",
    "你",
    "的",
    "吗",
    "呢",
    "啊",
    "呀",
    "吧",
    "嘛",
    "哦",
];

/// English words of the same kind.
const LIGHT_WORDS: [&str; 22] = [
    "the", "a", "an", "my", "your", "please", "pls", "plz", "thanks", "thank", "you", "hi", "hello", "hey", "i", "me",
    "just", "so", "well", "do", "does", "is",
];

/// Characters that are never taken for another of the same sound.
const EXACT: &str = "不没未别无非勿零〇一二两三四五六七八九十百千万亿半";

/// Finds near texts among many, with the words of the trade in hand.
pub struct Near {
    light: AhoCorasick,
    terms: AhoCorasick,
}

impl Near {
    /// Returns a finder that keeps `terms` apart by their writing, not their sound.
    pub fn new<'t>(terms: impl IntoIterator<Item = &'t str>) -> Self {
        let build = |words: Vec<String>| {
            let kind = MatchKind::LeftmostLongest;
            AhoCorasick::builder().match_kind(kind).build(words).expect("a list of words is no pattern that can fail")
        };
        Self {
            light: build(LIGHT.iter().map(|word| (*word).to_owned()).collect()),
            terms: build(terms.into_iter().map(plain).filter(|term| !term.is_empty()).collect()),
        }
    }

    /// Returns for each text the place of the first text it is near to: its own when there is none before it.
    ///
    /// The same texts in the same order give the same answer; a text added at the end moves nobody.
    pub fn leaders(&self, texts: &[&str]) -> Vec<usize> {
        let marks: Vec<u64> = texts.par_iter().map(|text| self.weigh(text).0).collect();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.par_sort_unstable_by_key(|place| (marks[*place], *place));
        let runs: Vec<&[usize]> = order.chunk_by(|a, b| marks[*a] == marks[*b]).filter(|run| run.len() > 1).collect();
        let led: Vec<(usize, usize)> = runs.par_iter().flat_map_iter(|run| self.led(texts, run)).collect();
        let mut leaders: Vec<usize> = (0..texts.len()).collect();
        for (place, leader) in led {
            leaders[place] = leader;
        }
        leaders
    }

    /// Returns the followers of a run of texts that carry the same meaning, each with its leader.
    fn led(&self, texts: &[&str], run: &[usize]) -> Vec<(usize, usize)> {
        let mut leaders: Vec<(usize, Vec<u64>)> = Vec::new();
        let mut led = Vec::new();
        for place in run {
            let pairs = self.weigh(texts[*place]).1;
            match leaders.iter().find(|(_, theirs)| like(theirs, &pairs) >= LIKE) {
                Some((leader, _)) => led.push((*place, *leader)),
                None => leaders.push((*place, pairs)),
            }
        }
        led
    }

    /// Returns what a text means, as a hash, and its pairs of neighbouring signs, sorted.
    fn weigh(&self, text: &str) -> (u64, Vec<u64>) {
        let text = plain(text);
        let tokens = self.tokens(&text);
        let mut bag: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
        let mut hasher = Xxh3::new();
        // Numbers, tags and Latin words keep their order too: from 3 to 5 is not from 5 to 3.
        for token in tokens.iter().filter(|token| token.ordered) {
            hasher.update(&token.hash.to_le_bytes());
        }
        bag.sort_unstable();
        for hash in &bag {
            hasher.update(&hash.to_le_bytes());
        }
        if bag.is_empty() {
            // Nothing but little words: each such text is its own.
            return (xxh3_64(text.as_bytes()), Vec::new());
        }
        let mut pairs: Vec<u64> =
            tokens.windows(2).map(|pair| pair[0].hash.rotate_left(17) ^ pair[1].hash.wrapping_mul(31)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        (hasher.digest(), pairs)
    }

    fn tokens(&self, text: &str) -> Vec<Token> {
        let mut light = self.light.find_iter(text).map(|found| found.range()).peekable();
        let mut terms = self.terms.find_iter(text).map(|found| found.range()).peekable();
        let mut tokens = Vec::with_capacity(text.len() / 3);
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            while light.next_if(|range| range.end <= at).is_some() {}
            while terms.next_if(|range| range.end <= at).is_some() {}
            let term = terms.peek().filter(|range| range.start <= at);
            if term.is_none()
                && let Some(range) = light.peek().filter(|range| range.start == at)
            {
                at = range.end;
                continue;
            }
            let rest = &text[at..];
            let length = if c == '<'
                && let Some(end) = tag_end(rest)
            {
                if !rest.starts_with("<emo:") {
                    tokens.push(Token::exact(&rest[..end], true));
                }
                end
            } else if is_han(c) {
                let writing = &rest[..c.len_utf8()];
                tokens.push(if term.is_some() || EXACT.contains(c) {
                    Token::exact(writing, false)
                } else {
                    Token::sound(c, writing)
                });
                c.len_utf8()
            } else if c.is_alphanumeric() {
                let word = word(rest);
                if !LIGHT_WORDS.contains(&word) {
                    tokens.push(Token::exact(word, true));
                }
                word.len()
            } else {
                // Signs that count (%, <, ¥) are what is left; `family` folded the others away by the same list.
                if !crate::text::family::is_trifle(c) {
                    tokens.push(Token::exact(&rest[..c.len_utf8()], true));
                }
                c.len_utf8()
            };
            at += length;
        }
        tokens
    }
}

#[derive(Clone, Copy)]
struct Token {
    hash: u64,
    ordered: bool,
}

impl Token {
    fn exact(writing: &str, ordered: bool) -> Self {
        Self { hash: xxh3_64(writing.as_bytes()), ordered }
    }

    fn sound(c: char, writing: &str) -> Self {
        let sound = c.to_pinyin().map_or(writing, |pinyin| pinyin.with_tone_num());
        Self { hash: xxh3_64(sound.as_bytes()) ^ 1, ordered: false }
    }
}

/// Returns the Latin word or the number at the start of `text`: 3.5, 12-24, card.
fn word(text: &str) -> &str {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = c.is_alphanumeric() && !is_han(c);
        let next = chars.peek().map(|(_, next)| *next);
        let joins = matches!(c, '.' | '-' | ':' | '/' | '~' | '\'')
            && end == at
            && next.is_some_and(|n| n.is_ascii_alphanumeric());
        if !(inside || joins) {
            break;
        }
        end = at + c.len_utf8();
    }
    &text[..end]
}

/// Returns the share of common entries of two sorted lists; 1 for two empty ones.
fn like(a: &[u64], b: &[u64]) -> f64 {
    let (mut common, mut i, mut j) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Equal => (common, i, j) = (common + 1, i + 1, j + 1),
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
        }
    }
    let all = a.len() + b.len() - common;
    if all == 0 { 1.0 } else { common as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: &str, b: &str) -> bool {
        Near::new(["安心保", "安馨保"]).leaders(&[a, b]) == [0, 0]
    }

    #[test]
    fn manners_and_slips_make_one_family() {
        for (a, b) in [
            ("请问一下提前还款要收违约金吗", "提前还款要收违约金"),
            ("我的账单日怎么改", "帐单日怎么改呢"),
            ("登录不上手机银行怎么办", "登陆不上手机银行怎么办"),
            ("How do I activate my card?", "how do i activate the card please"),
            ("我的<phone>收不到验证码<emo:发怒>", "<phone>收不到验证码"),
        ] {
            assert!(near(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn digits_negation_and_words_of_the_trade_keep_apart() {
        for (a, b) in [
            ("可以提前还款吗", "不可以提前还款吗"),
            (
                "我想问一下你们的贷款三万块钱分十二期的话一个月要还多少钱",
                "我想问一下你们的贷款五万块钱分十二期的话一个月要还多少钱",
            ),
            ("我想问一下你们的贷款3万分12期一个月要还多少", "我想问一下你们的贷款5万分12期一个月要还多少"),
            ("从3号卡转到5号卡要手续费吗", "从5号卡转到3号卡要手续费吗"),
            ("安心保怎么退保", "安馨保怎么退保"),
            ("基金怎么买", "基金怎么卖"),
            ("怎么开通自动还款", "怎么关闭自动还款"),
            ("我的<phone>换了", "我的<email>换了"),
            ("利率<3%", "利率>3%"),
            ("你好", "谢谢"),
            ("activate card", "deactivate card"),
        ] {
            assert!(!near(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn the_same_words_in_another_order_are_another_text() {
        assert!(!near("退款到哪张卡多久到", "多久到哪张卡退款到"));
    }

    proptest! {
        #[test]
        fn leaders_lead_themselves_and_a_later_text_moves_nobody(
            texts in proptest::collection::vec("[请问我的卡丢了怎么办帐账0-9a ，？]{0,10}", 0..30), more in "[卡丢了]{0,6}"
        ) {
            let near = Near::new([]);
            let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let before = near.leaders(&texts);
            prop_assert!(before.iter().enumerate().all(|(at, leader)| *leader <= at && before[*leader] == *leader));
            texts.push(&more);
            prop_assert_eq!(&near.leaders(&texts)[..before.len()], &before[..]);
        }

        #[test]
        fn texts_with_other_digits_are_never_near(a in 0u32..100_000, b in 0u32..100_000, text in "[卡丢了怎么办还款]{1,40}") {
            prop_assume!(a != b);
            let (one, other) = (format!("{text}{a}元"), format!("{text}{b}元"));
            prop_assert!(!near(&one, &other));
        }

        #[test]
        fn a_negation_more_is_never_near(text in "[卡丢了怎么办还款]{1,60}", at in 0usize..60, no in "[不没未别无非勿]") {
            let chars: Vec<char> = text.chars().collect();
            let at = at.min(chars.len());
            let denied: String = chars[..at].iter().chain(no.chars().collect::<Vec<_>>().iter()).chain(&chars[at..]).collect();
            prop_assert!(!near(&text, &denied));
        }
    }
}
