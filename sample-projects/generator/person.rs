//! Somebody who writes to the desk: how they type, and what their typing does to a sentence.
//!
//! A person keeps their habits through a conversation: the same punctuation, the same slips, the same way of breaking
//! one sentence into three messages. What they want is decided in `talk`.

use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::{Memory, chance};
use crate::pack::{Language, Pack};
use crate::slips;

/// How a person opens a question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Polite,
    Plain,
    Spoken,
}

/// What a person puts between two clauses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Comma,
    AsciiComma,
    Space,
    Nothing,
    Stop,
}

/// One customer and their habits.
pub struct Person {
    pub tone: Tone,
    pub angry: bool,
    pub memory: Memory,
    joint: Joint,
    ends: f64,
    slips: f64,
    swaps: f64,
    breaks: f64,
    emoji: f64,
    wide: bool,
    traditional: bool,
    shouts: bool,
    lower: bool,
    language: Language,
}

impl Person {
    /// Makes a person up.
    pub fn new(pack: &Pack, emoji: f64, rng: &mut Xoshiro256PlusPlus) -> Person {
        let zh = pack.plan.language == Language::Zh;
        let tone = match rng.gen_range(0..10) {
            0..=2 => Tone::Polite,
            3..=7 => Tone::Plain,
            _ => Tone::Spoken,
        };
        let joint = match (zh, rng.gen_range(0..20)) {
            (true, 0..=8) => Joint::Comma,
            (true, 9..=11) => Joint::AsciiComma,
            (true, 12..=16) => Joint::Space,
            (true, _) => Joint::Nothing,
            (false, 0..=9) => Joint::Stop,
            (false, 10..=15) => Joint::AsciiComma,
            (false, _) => Joint::Space,
        };
        Person {
            tone,
            angry: chance(rng, 0.13),
            memory: Memory::default(),
            joint,
            ends: [0.1, 0.3, 0.5, 0.9][rng.gen_range(0..4)],
            slips: [0.0, 0.0, 0.02, 0.04, 0.12][rng.gen_range(0..5)],
            swaps: [0.0, 0.1, 0.2, 0.35][rng.gen_range(0..4)],
            breaks: [0.3, 0.7, 0.9, 1.0][rng.gen_range(0..4)],
            emoji: if chance(rng, 0.4) { emoji * 2.2 } else { emoji * 0.2 },
            wide: zh && chance(rng, 0.025),
            traditional: zh && chance(rng, 0.03),
            shouts: !zh && chance(rng, 0.03),
            lower: !zh && chance(rng, 0.45),
            language: pack.plan.language,
        }
    }

    /// Types the clauses of one thought as one message or several.
    pub fn type_out(&self, pack: &Pack, clauses: Vec<String>, rng: &mut Xoshiro256PlusPlus) -> Vec<String> {
        let mut messages: Vec<String> = Vec::new();
        for clause in clauses {
            let clause = slips::tidy(clause.trim(), self.language, rng);
            if clause.is_empty() {
                continue;
            }
            let clause = self.slip(pack, &clause, rng);
            for (place, piece) in self.pieces(&clause).into_iter().enumerate() {
                let breaks = if place == 0 { self.breaks } else { self.breaks * 0.5 };
                match messages.last_mut() {
                    Some(last) if !chance(rng, breaks) => self.join(last, &piece),
                    _ => messages.push(piece),
                }
            }
        }
        let last = messages.len().saturating_sub(1);
        messages.into_iter().enumerate().map(|(place, text)| self.finish(pack, text, place == last, rng)).collect()
    }

    /// Types a line that stands alone: a greeting, a yes, a number.
    pub fn type_short(&self, pack: &Pack, text: &str, rng: &mut Xoshiro256PlusPlus) -> String {
        self.finish(pack, text.to_owned(), false, rng)
    }

    fn slip(&self, pack: &Pack, clause: &str, rng: &mut Xoshiro256PlusPlus) -> String {
        let swapped = slips::replace(clause, &pack.synonyms, self.swaps, rng);
        slips::replace(&swapped, &pack.typos, self.slips, rng)
    }

    fn pieces(&self, clause: &str) -> Vec<String> {
        match self.language {
            Language::Zh => clause.split('，').filter(|piece| !piece.is_empty()).map(str::to_owned).collect(),
            Language::En => vec![clause.to_owned()],
        }
    }

    fn join(&self, last: &mut String, piece: &str) {
        let sign = match (self.language, self.joint) {
            (Language::Zh, Joint::Comma | Joint::Stop) => "，",
            (Language::Zh, Joint::AsciiComma) => ",",
            (Language::Zh, Joint::Space) => " ",
            (Language::Zh, Joint::Nothing) => "",
            (Language::En, Joint::Stop) if last.ends_with(['?', '!', '.']) => " ",
            (Language::En, Joint::Stop) => ". ",
            (Language::En, Joint::Comma | Joint::AsciiComma) if !last.ends_with(['?', '!', '.', ',']) => ", ",
            (Language::En, _) => " ",
        };
        last.push_str(sign);
        if self.language == Language::En && self.joint == Joint::Stop && !self.lower {
            last.push_str(&slips::capital(piece));
        } else {
            last.push_str(piece);
        }
    }

    fn finish(&self, pack: &Pack, text: String, ends: bool, rng: &mut Xoshiro256PlusPlus) -> String {
        let mut text = text;
        if self.language == Language::En {
            text = slips::english_case(&text, self.lower, self.shouts && ends);
        }
        if ends && !text.ends_with(['？', '！', '?', '!', '。', '.', '~']) {
            text.push_str(self.end_sign(&text, rng));
        }
        if self.traditional {
            text = slips::replace(&text, &pack.traditional, 1.0, rng);
        }
        if self.wide {
            text = slips::widen(&text);
        }
        if chance(rng, self.emoji)
            && let Some(line) =
                pack.speech.get(if self.angry { "emoji_angry" } else { "emoji" }).and_then(|all| pick(all, rng))
        {
            text.push_str(line);
        }
        text
    }

    fn end_sign(&self, text: &str, rng: &mut Xoshiro256PlusPlus) -> &'static str {
        let asks = slips::asks(text, self.language);
        if self.angry && chance(rng, 0.5) {
            return match rng.gen_range(0..5) {
                0 => "！！！",
                1 => "!!!",
                2 if asks => "？？？",
                3 if asks => "???",
                _ => "!",
            };
        }
        if !chance(rng, self.ends) {
            return "";
        }
        match (self.language, asks, rng.gen_range(0..12)) {
            (Language::Zh, true, 0..=6) => "？",
            (Language::Zh, true, 7..=8) => "?",
            (Language::Zh, true, 9) => "？？",
            (Language::Zh, false, 0..=4) => "。",
            (Language::Zh, false, 5) => "~",
            (Language::Zh, false, 6) => "…",
            (Language::Zh, false, 7) => "！",
            (Language::En, true, 0..=9) => "?",
            (Language::En, true, _) => "??",
            (Language::En, false, 0..=7) => ".",
            (Language::En, false, 8) => "!",
            (Language::En, false, 9) => "...",
            _ => "",
        }
    }
}

fn pick<'a>(list: &'a [String], rng: &mut Xoshiro256PlusPlus) -> Option<&'a String> {
    use rand::seq::SliceRandom;
    list.choose(rng)
}
