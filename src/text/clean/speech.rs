//! What speaking adds to words: hesitations and stutters. For calls only.
//!
//! 那个, 就是, 然后 are words as often as fillers; they go only where a clause starts anew after them.

use crate::text::clean::draft::Patch;
use crate::text::clean::scan::is_han;

/// Sounds that mean nothing wherever they stand; 嗯 alone is an answer.
const SOUNDS: [&str; 5] = ["嗯呢", "嗯", "呃", "唔", "诶"];

/// Sounds that mean nothing at the head of a clause alone (额度, 对啊).
const HEAD_SOUNDS: [&str; 5] = ["啊", "额", "哎", "欸", "哦"];

/// Words that fill at the head of a clause when a new start follows.
const FILLERS: [&str; 7] = ["那个", "就是说", "就是", "然后呢", "然后", "这个", "怎么说呢"];

/// What a clause starts anew with.
const STARTS: [&str; 21] = [
    "我",
    "你",
    "他",
    "她",
    "您",
    "咱",
    "请问",
    "想",
    "问一下",
    "问下",
    "麻烦",
    "能不能",
    "可不可以",
    "怎么",
    "为什么",
    "如果",
    "因为",
    "现在",
    "之前",
    "昨天",
    "今天",
];

/// Characters that are said twice by stutter and hardly on purpose.
const STUTTERS: &str = "我你他她您要就是那这有把跟因但如所可怎能在想请";

/// Words that are said twice by stutter.
const WORD_STUTTERS: [&str; 14] =
    ["那个", "这个", "就是", "然后", "我想", "我要", "我的", "你们", "我们", "因为", "怎么", "为什么", "请问", "可以"];

pub(crate) fn fillers(text: &str) -> Vec<Patch> {
    let mut patches: Vec<Patch> = Vec::new();
    let mut at = 0;
    // Whether nothing but fillers stands between the clause's start and here.
    let mut head = true;
    while at < text.len() {
        let rest = &text[at..];
        let taken = if rest.starts_with(may_fill) {
            filler(rest, head).or_else(|| after_pronoun(text, at)).or_else(|| stutter(rest))
        } else {
            None
        };
        if let Some(length) = taken {
            match patches.last_mut() {
                Some(last) if last.end == at => last.end = at + length,
                _ => patches.push(Patch::drop(at, at + length)),
            }
            at += length;
            continue;
        }
        let c = rest.chars().next().expect("there is text left");
        head = if c.is_whitespace() { head } else { !c.is_alphanumeric() };
        at += c.len_utf8();
        // Who says 我想问一下 starts anew behind it.
        head = head || ["问一下", "问下", "咨询一下", "说一下"].iter().any(|opener| text[..at].ends_with(opener));
    }
    let left = text.len() - patches.iter().map(|p| p.end - p.start).sum::<usize>();
    if left == 0 || !says_something(text, &patches) { Vec::new() } else { patches }
}

/// Tells whether a filler or a stutter may start with `c`; most characters of a line need no closer look.
fn may_fill(c: char) -> bool {
    matches!(
        c,
        '嗯' | '呃'
            | '唔'
            | '诶'
            | '啊'
            | '额'
            | '哎'
            | '欸'
            | '哦'
            | '那'
            | '就'
            | '然'
            | '这'
            | '怎'
            | '为'
            | '可'
            | '因'
            | '请'
    ) || STUTTERS.contains(c)
}

/// Tells whether words remain without what `patches` drop: a lone 嗯 is an answer.
fn says_something(text: &str, patches: &[Patch]) -> bool {
    text.char_indices().any(|(at, c)| c.is_alphanumeric() && !patches.iter().any(|p| p.start <= at && at < p.end))
}

/// Returns the length of the filler at the start of `rest`, with the dots and commas that trail it.
fn filler(rest: &str, head: bool) -> Option<usize> {
    let sound = SOUNDS.iter().find(|s| rest.starts_with(**s));
    let head_sound = || {
        HEAD_SOUNDS.iter().filter(|_| head).find(|s| {
            rest.strip_prefix(**s)
                .is_some_and(|next| next.starts_with(['，', ',', '…', '.', '。', ' ']) || opens_anew(next))
        })
    };
    if let Some(sound) = sound.or_else(head_sound) {
        let next = &rest[sound.len()..];
        let trail = next.len() - next.trim_start_matches(['.', '…', '，', ',', '。', ' ']).len();
        // What ends the sentence belongs to the sentence.
        return Some(sound.len() + if trail < next.len() { trail } else { 0 });
    }
    if !head {
        return None;
    }
    let word = FILLERS.iter().find(|word| rest.starts_with(**word))?;
    let next = &rest[word.len()..];
    let link = next.len() - next.trim_start_matches(['，', ',', ' ', '…']).len();
    opens_anew(&next[link..]).then_some(word.len() + link)
}

fn opens_anew(text: &str) -> bool {
    STARTS.iter().chain(&FILLERS).chain(&SOUNDS).any(|start| text.starts_with(start))
}

/// Returns the length of 那个 between a pronoun and its noun: 我那个房贷.
fn after_pronoun(text: &str, at: usize) -> Option<usize> {
    let pronoun = ["我", "你", "你们", "我们", "您"].iter().any(|word| text[..at].ends_with(word));
    let filler = Some("那个").filter(|word| text[at..].starts_with(word))?;
    let next = text[at + filler.len()..].chars().next()?;
    (pronoun && is_han(next) && !"是的有要不也都可能在".contains(next)).then_some(filler.len())
}

/// Returns the length of the first of two equal pieces that a stutter made.
fn stutter(rest: &str) -> Option<usize> {
    if let Some(word) = WORD_STUTTERS.iter().find(|w| rest.strip_prefix(**w).is_some_and(|next| next.starts_with(**w)))
    {
        return Some(word.len());
    }
    let mut chars = rest.chars();
    let (first, second, third) = (chars.next()?, chars.next()?, chars.next());
    // 是是非非, 想想, 有有 at the end: said on purpose.
    let on_purpose = third.is_none_or(|t| !is_han(t)) || third == Some('非') || first == '想' && third == Some('办');
    (first == second && STUTTERS.contains(first) && !on_purpose).then_some(first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft;

    fn check(text: &str, expected: &str) {
        draft::check(fillers, text, expected);
    }

    #[test]
    fn hesitations_and_stutters_go() {
        check("嗯那个我想问一下就是我那个房贷提前还款要要收违约金吗", "我想问一下我房贷提前还款要收违约金吗");
        check("我嗯...同意", "我同意");
        check("那那个呢", "那个呢");
        check("额，我想问一下", "我想问一下");
    }

    #[test]
    fn every_filler_starts_with_a_character_that_may_fill() {
        for word in SOUNDS.iter().chain(&HEAD_SOUNDS).chain(&FILLERS).chain(&WORD_STUTTERS) {
            assert!(word.starts_with(may_fill), "{word}");
        }
    }

    #[test]
    fn words_that_only_look_like_fillers_stay() {
        for text in [
            "那个理财产品还能买吗",
            "就是不行",
            "天天扣钱",
            "额度多少",
            "嗯",
            "是是非非",
            "我还还款吗",
            "这个是什么",
            "然后呢",
            "对啊",
        ] {
            check(text, text);
        }
    }
}
