//! Turns a written sentence into what speech recognition writes of a call: no signs, spoken digits, fillers, slips.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::chance;
use crate::pack::Table;
use crate::slips;

const FILLERS: &[&str] = &["嗯", "呃", "那个", "就是", "就是说", "然后", "啊", "嗯那个", "额", "这个"];
const TAILS: &[&str] = &["啊", "是吧", "对吧", "哈", "嘛", "这样子", "好吧"];
const DIGITS: [char; 10] = ['零', '幺', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Writes down one customer turn of a call; several clauses become one long breath.
pub fn hear(clauses: &[String], heard: &Table, rng: &mut Xoshiro256PlusPlus) -> String {
    let mut out = String::new();
    for clause in clauses {
        for piece in clause.split(['，', ',', '。', ' ', '？', '！']).filter(|piece| !piece.is_empty()) {
            if chance(rng, 0.34) {
                out.push_str(FILLERS.choose(rng).unwrap_or(&"嗯"));
            }
            out.push_str(&stutter(piece, rng));
        }
    }
    if chance(rng, 0.18) && !slips::asks(&out, crate::pack::Language::Zh) {
        out.push_str(TAILS.choose(rng).unwrap_or(&"啊"));
    }
    slips::replace(&say_numbers(&out), heard, 0.14, rng)
}

/// Says one short word twice now and then: 要要, 我我.
fn stutter(piece: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    const DOUBLED: &[char] = &['我', '要', '那', '这', '他', '你'];
    if chance(rng, 0.14)
        && let Some((at, sign)) = piece.char_indices().find(|(_, sign)| DOUBLED.contains(sign))
    {
        return format!("{}{sign}{}", &piece[..at], &piece[at..]);
    }
    piece.to_owned()
}

/// Reads runs of digits aloud: short ones as a number, long ones sign by sign.
fn say_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for sign in text.chars().chain(['\n']) {
        if sign.is_ascii_digit() {
            run.push(sign);
            continue;
        }
        if !run.is_empty() {
            out.push_str(&say(&run));
            run.clear();
        }
        match sign {
            '\n' | '-' | '+' => {}
            '%' => out.push_str("个百分点"),
            '.' => out.push('点'),
            _ => out.push(sign),
        }
    }
    out
}

fn say(run: &str) -> String {
    let value: u32 = match run.len() {
        1..=5 if !run.starts_with('0') => run.parse().unwrap_or(0),
        _ => 0,
    };
    if value == 0 || (value > 1000 && !value.is_multiple_of(100)) {
        return run.chars().filter_map(|sign| sign.to_digit(10)).map(|digit| DIGITS[digit as usize]).collect();
    }
    count(value)
}

fn count(value: u32) -> String {
    const NAMES: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let mut out = String::new();
    if value >= 10_000 {
        out.push_str(&count(value / 10_000));
        out.push('万');
    }
    let (mut gap, below) = (false, value % 10_000);
    for (unit, word) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = below / unit % 10;
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
        }
        gap = false;
        if !(digit == 1 && unit == 10 && out.is_empty()) {
            out.push_str(NAMES[digit as usize]);
        }
        out.push_str(word);
    }
    out
}

/// Seconds it takes to say the text.
pub fn seconds(text: &str, rng: &mut Xoshiro256PlusPlus) -> i64 {
    text.chars().count() as i64 / 5 + rng.gen_range(1..4)
}
