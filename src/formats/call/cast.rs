//! Who is the customer and who serves: told by the source, else guessed from what is said.

use std::collections::HashMap;

use crate::domain::conversation::Role;
use crate::formats::call::segment::Segment;
use crate::formats::options::ReadOptions;
use crate::formats::speaker::{self, Ground};

/// What callers say and people of the house do not.
const CALLER_WORDS: [&str; 16] = [
    "我想问",
    "我要",
    "我想",
    "我的",
    "你们",
    "怎么还",
    "为什么还",
    "麻烦帮我",
    "i want",
    "i'd like",
    "i would like",
    "my card",
    "my account",
    "i lost",
    "i need",
    "can you help",
];

/// One voice of the call.
struct Voice {
    role: Option<Role>,
    /// What it says like one of the house, less what it says like a caller.
    house: i32,
}

/// Returns the role of each segment, and how the roles were come by.
pub fn roles(segments: &[Segment], options: &ReadOptions) -> (Vec<Role>, Option<Ground>) {
    if segments.is_empty() {
        return (Vec::new(), None);
    }
    let (mut voices, mut places) = (Vec::new(), HashMap::new());
    let spoken: Vec<usize> = named(segments)
        .into_iter()
        .zip(segments)
        .map(|(name, segment)| {
            let at = *places.entry(name).or_insert(voices.len());
            if at == voices.len() {
                let role = name.and_then(|name| options.role(name).or_else(|| told(name)));
                voices.push(Voice { role, house: 0 });
            }
            voices[at].house += house(&segment.text);
            at
        })
        .collect();
    let ground = settle(&mut voices);
    let role = |at: usize| {
        let role = voices[at].role.unwrap_or(Role::Customer);
        options.role(role.name()).unwrap_or(role)
    };
    (spoken.into_iter().map(role).collect(), Some(ground))
}

/// Returns who speaks in each segment; one that names nobody goes on with who spoke before.
fn named(segments: &[Segment]) -> Vec<Option<&str>> {
    let mut last = segments.iter().find_map(|segment| segment.speaker.as_deref());
    segments
        .iter()
        .map(|segment| {
            last = segment.speaker.as_deref().or(last);
            last
        })
        .collect()
}

/// Returns the role a speaker's name tells; a letter or a number is only a place in a list.
fn told(name: &str) -> Option<Role> {
    if name.trim().chars().count() < 2 { None } else { speaker::of_word(name) }
}

fn house(text: &str) -> i32 {
    let lower = text.to_lowercase();
    let caller = CALLER_WORDS.iter().filter(|word| lower.contains(*word)).count() as i32;
    let greets = if speaker::greets(&lower) { 3 } else { 0 };
    greets + i32::from(speaker::serves(&lower)) - caller
}

/// Gives every voice its role.
fn settle(voices: &mut [Voice]) -> Ground {
    let unknown = voices.iter().filter(|voice| voice.role.is_none()).count();
    if unknown == 0 {
        return Ground::Told;
    }
    let served = voices.iter().any(|voice| matches!(voice.role, Some(Role::Agent | Role::Bot)));
    let serving = voices.iter().any(|voice| voice.role == Some(Role::Customer));
    // Where one side is told, the rest is the other side.
    if served || serving {
        let rest = if served { Role::Customer } else { Role::Agent };
        voices.iter_mut().filter(|voice| voice.role.is_none()).for_each(|voice| voice.role = Some(rest));
        return Ground::Told;
    }
    if voices.len() == 1 {
        voices[0].role = Some(Role::Customer);
        return Ground::Alone;
    }
    let best = voices.iter().map(|voice| voice.house).max().unwrap_or(0);
    let told_by_words = voices.iter().any(|voice| voice.house != best);
    // Who takes a call speaks first, when words tell nothing.
    let first = voices.iter().position(|voice| voice.house == best).unwrap_or(0);
    for (at, voice) in voices.iter_mut().enumerate() {
        let agent = at == first || (told_by_words && voice.house >= 3);
        voice.role = Some(if agent { Role::Agent } else { Role::Customer });
    }
    if told_by_words { Ground::Said } else { Ground::Order }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(said: &[(&str, &str)], options: &ReadOptions) -> (String, Option<Ground>) {
        let segment = |(name, text): &(&str, &str)| Segment {
            speaker: Some((*name).to_owned()).filter(|name| !name.is_empty()),
            text: (*text).to_owned(),
            ..Segment::default()
        };
        let segments: Vec<Segment> = said.iter().map(segment).collect();
        let (roles, ground) = roles(&segments, options);
        (roles.iter().map(|role| role.name().chars().next().unwrap_or(' ')).collect(), ground)
    }

    #[test]
    fn roles_are_told_or_guessed_and_it_is_said_which() {
        let none = ReadOptions::default();
        let check = |said: &[(&str, &str)], roles: &str, ground| {
            assert_eq!(cast(said, &none), (roles.to_owned(), Some(ground)), "{said:?}");
        };
        check(&[("客服", "喂"), ("客户", "喂")], "ac", Ground::Told);
        check(&[("1", "喂"), ("客服小李", "喂"), ("1", "在吗")], "cac", Ground::Told);
        check(&[("0", "我的卡丢了"), ("1", "很高兴为您服务")], "ca", Ground::Said);
        check(&[("SPEAKER_01", "您好，工号8008"), ("SPEAKER_00", "我要投诉")], "ac", Ground::Said);
        check(&[("B", "喂"), ("A", "喂")], "ac", Ground::Order);
        check(&[("", "很高兴为您服务"), ("", "我要投诉")], "cc", Ground::Alone);
        check(&[("1", "喂"), ("", "你们骗人"), ("2", "工号88为您服务")], "cca", Ground::Said);
        // A second agent takes the call over.
        let handed = [("1", "工号1为您服务"), ("2", "我要投诉"), ("3", "您好，工号2为您服务")];
        check(&handed, "aca", Ground::Said);
    }

    #[test]
    fn what_the_trainer_says_of_a_speaker_wins() {
        let roles = vec![("SPEAKER_00".to_owned(), Role::Customer)];
        let options = ReadOptions { roles, ..ReadOptions::default() };
        let said = [("SPEAKER_00", "很高兴为您服务"), ("SPEAKER_01", "好")];
        assert_eq!(cast(&said, &options), ("ca".to_owned(), Some(Ground::Told)));
    }
}
