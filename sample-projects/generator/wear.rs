//! What exporting systems do to messages: double rows, vendor masks, mark-up, cards between the lines.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::chance;
use crate::pack::{Columns, FilePlan, Language, Shape};
use crate::talk::{Conversation, Kind, Message, Role};

/// Ages a conversation the way the file's system would.
pub fn wear(talk: &mut Conversation, plan: &FilePlan, language: Language, rng: &mut Xoshiro256PlusPlus) {
    if plan.shape == Shape::Calls {
        return;
    }
    let mut worn: Vec<Message> = Vec::with_capacity(talk.messages.len() + 2);
    for mut message in talk.messages.drain(..) {
        if plan.masks > 0.0 && chance(rng, plan.masks) {
            message.text = mask(&message.text);
        }
        if plan.html > 0.0 && message.role != Role::System && chance(rng, plan.html) {
            message.text = mark_up(&message.text, message.role, language, rng);
        }
        if plan.columns == Columns::Wide && message.role == Role::Customer && chance(rng, 0.04) {
            message.text = message.text.replacen(['，', ' '], "\n", 1);
        }
        let again = match message.role {
            Role::Customer if message.kind != Kind::Media => chance(rng, 0.012),
            Role::Customer => false,
            _ => chance(rng, 0.004),
        };
        if again {
            let mut twice = message.clone();
            twice.at += rng.gen_range(0..3);
            worn.push(message);
            worn.push(twice);
        } else {
            worn.push(message);
        }
    }
    talk.messages = worn;
}

/// Replaces the middle of long numbers by stars, as many vendors do before they hand data out.
fn mask(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for sign in text.chars().chain(['\0']) {
        if sign.is_ascii_digit() {
            run.push(sign);
            continue;
        }
        match run.len() {
            0..=6 => out.push_str(&run),
            7..=12 => out.push_str(&format!("{}****{}", &run[..3], &run[run.len() - 4..])),
            _ => out.push_str("***"),
        }
        run.clear();
        if sign != '\0' {
            out.push(sign);
        }
    }
    out
}

fn mark_up(text: &str, role: Role, language: Language, rng: &mut Xoshiro256PlusPlus) -> String {
    let link = match language {
        Language::Zh => "<a href=\"https://m.bank.example.com/help?id=3021\" target=\"_blank\">查看详情</a>",
        Language::En => "<a href=\"https://shop.example.com/help/42\">Read more</a>",
    };
    match rng.gen_range(0..if role == Role::Customer { 3 } else { 5 }) {
        0 => format!("<p>{text}</p>"),
        1 => format!("{text}<br/>"),
        2 => format!("<span style=\"color:#333\">{text}</span>&nbsp;"),
        3 => format!("{text}{link}"),
        _ => text.replace(['，', ','], "&nbsp;"),
    }
}

/// Breaks a table row: a column missing, one too many, bytes no encoding knows.
pub fn break_row(row: &str, separator: char, place: usize, rng: &mut Xoshiro256PlusPlus) -> (Vec<u8>, &'static str) {
    let cells: Vec<&str> = row.split(separator).collect();
    let glue = separator.to_string();
    match place % 4 {
        0 => (cells[..cells.len() - 2].join(&glue).into_bytes(), "short"),
        1 => {
            (format!("{row}{separator}{}{separator}1", ["ok", "x", ""].choose(rng).unwrap_or(&"")).into_bytes(), "long")
        }
        2 => (Vec::new(), "empty"),
        _ => {
            let mut bytes = cells[..2].join(&glue).into_bytes();
            bytes.extend(glue.as_bytes());
            bytes.extend([0xFF, 0x81, 0x20, 0xFF, 0xFE]);
            (bytes, "undecodable")
        }
    }
}
