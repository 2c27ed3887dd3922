//! People send one sentence in pieces: which neighbouring turns are one.
//!
//! Called by `clean` with the turns of one conversation. Two intents must never be glued together, so a
//! piece joins only when nothing speaks against it. Not here: the joined text itself (`workbench` keeps both).

use crate::domain::conversation::Role;
use crate::text::clean::aside::is_greeting;

/// The longest silence between two pieces of a sentence, in milliseconds.
pub const GAP: i64 = 60_000;

/// The most pieces joined into one.
pub const PARTS: usize = 3;

/// The most characters joined into one.
pub const LENGTH: usize = 80;

/// One turn, as far as merging looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FragmentTurn<'t> {
    pub role: Role,
    /// Milliseconds since 1970; `None` when the source has no times.
    pub at: Option<i64>,
    /// The cleaned text.
    pub text: &'t str,
}

/// Returns the places of `turns` in groups of one sentence each, in order; most groups hold one place.
pub fn merge(turns: &[FragmentTurn<'_>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for place in 0..turns.len() {
        match groups.last_mut() {
            Some(group) if continues(turns, group, place) => group.push(place),
            _ => groups.push(vec![place]),
        }
    }
    groups
}

fn continues(turns: &[FragmentTurn<'_>], group: &[usize], place: usize) -> bool {
    let last = &turns[place - 1];
    let next = &turns[place];
    let near = match (last.at, next.at) {
        (Some(a), Some(b)) => (0..=GAP).contains(&(b - a)),
        // Without times the order of the file is all there is.
        (None, None) => true,
        _ => false,
    };
    let length = |text: &str| text.chars().count();
    let total: usize = group.iter().map(|p| length(turns[*p].text)).sum::<usize>() + length(next.text);
    last.role == next.role
        && near
        && group.len() < PARTS
        && total <= LENGTH
        && !ends_sentence(last.text)
        && !stands_alone(last.text)
        && !stands_alone(next.text)
        && !opens_another(next.text)
        && !(group.iter().any(|p| asks(turns[*p].text)) && (asks(next.text) || wishes(next.text)))
        && !(group.iter().any(|p| wishes(turns[*p].text)) && wishes(next.text))
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
    let bare = text.trim().trim_end_matches(['，', '。', '！', '？', '!', '?', '.', '~', '～', ',']).to_lowercase();
    ALONE.contains(&bare.as_str())
        || is_greeting(&bare)
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
    let lower = text.trim().to_lowercase();
    OPENERS.iter().any(|opener| lower.starts_with(opener))
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
    let lower = text.to_lowercase();
    QUESTIONS.iter().any(|word| lower.contains(word))
}

fn wishes(text: &str) -> bool {
    ["我要", "我想", "我需要", "帮我", "给我", "麻烦", "i want", "i need", "please"]
        .iter()
        .any(|word| text.trim().to_lowercase().starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn groups(texts: &[&str], seconds: i64) -> Vec<Vec<usize>> {
        let turns: Vec<_> = texts
            .iter()
            .zip(0..)
            .map(|(text, n)| FragmentTurn { role: Role::Customer, at: Some(n * seconds * 1000), text })
            .collect();
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
        let turns = [
            FragmentTurn { role: Role::Customer, at: None, text: "信用卡" },
            FragmentTurn { role: Role::Agent, at: None, text: "丢了" },
        ];
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
}
