//! Makes the numbers people type: phones, identity cards, bank cards, orders, amounts.
//!
//! Checksums are valid where the real ones have them, so that masking is tested against what it must find; order and
//! claim numbers are made so that they can *not* be taken for a bank card. All of them are invented.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::Words;

/// Makes a value of the named kind; `None` when there is no such kind.
pub fn make(name: &str, words: &Words, rng: &mut Xoshiro256PlusPlus) -> Option<String> {
    Some(match name {
        "amount" => amount(rng),
        "wan" => wan(rng),
        "year" => rng.gen_range(2018..=2025).to_string(),
        "month" => rng.gen_range(1..=9).to_string(),
        "day" => rng.gen_range(1..=28).to_string(),
        "hour" => rng.gen_range(8..=22).to_string(),
        "num" => rng.gen_range(2..=39).to_string(),
        "tail" => digits(4, rng),
        "phone" => phone(rng),
        "id" => identity_card(rng),
        "card_no" => bank_card(rng),
        "order" => order(rng),
        "waybill" => format!("1{}", digits(12, rng)),
        "policy" => format!("P{}{}", rng.gen_range(2019..=2025), digits(11, rng)),
        "email" => email(rng),
        "qq" => format!("{}{}", rng.gen_range(1..=9), digits(8, rng)),
        "plate" => plate(rng),
        "name" => format!("{}{}", pick(words, "surname", rng), pick(words, "given", rng)),
        "en_name" => format!("{} {}", pick(words, "given", rng), pick(words, "surname", rng)),
        "en_email" => format!("{}{}@example.com", pick(words, "given", rng).to_lowercase(), rng.gen_range(2..99)),
        "en_order" => format!("#{}{}", rng.gen_range(4..=7), digits(5, rng)),
        "en_phone" => format!("07{} {}", digits(3, rng), digits(6, rng)),
        "en_price" => format!("{}.{}", rng.gen_range(6..=189), ["00", "50", "99", "95"].choose(rng)?),
        "en_card" => luhn("4", 15, rng),
        "postcode" => format!(
            "{}{} {}{}",
            ["LS", "BS", "M", "NG", "EH", "CF"].choose(rng)?,
            rng.gen_range(1..=19),
            rng.gen_range(1..=9),
            ["AB", "QT", "JX", "PL", "WD"].choose(rng)?
        ),
        _ => return None,
    })
}

fn pick(words: &Words, list: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    words.get(list).and_then(|all| all.choose(rng)).cloned().unwrap_or_default()
}

fn digits(count: usize, rng: &mut Xoshiro256PlusPlus) -> String {
    (0..count).map(|_| char::from(b'0' + rng.gen_range(0..10u8))).collect()
}

fn amount(rng: &mut Xoshiro256PlusPlus) -> String {
    match rng.gen_range(0..10) {
        0..=4 => (rng.gen_range(2..=99) * 100).to_string(),
        5 => format!("{}.{}", rng.gen_range(20..9000), digits(2, rng)),
        6 => rng.gen_range(30..9999).to_string(),
        7 => format!("{},{}00", rng.gen_range(1..60), rng.gen_range(0..10)),
        _ => (rng.gen_range(2..=60) * 500).to_string(),
    }
}

fn wan(rng: &mut Xoshiro256PlusPlus) -> String {
    const SPOKEN: &[&str] = &["两", "三", "五", "八", "十", "十五", "二十", "三十", "五十"];
    match rng.gen_range(0..4) {
        0 => SPOKEN.choose(rng).copied().unwrap_or("五").to_owned(),
        1 => format!("{}.{}", rng.gen_range(1..=6), rng.gen_range(1..=9)),
        _ => [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80].choose(rng).unwrap_or(&5).to_string(),
    }
}

fn phone(rng: &mut Xoshiro256PlusPlus) -> String {
    let head =
        *["139", "138", "136", "150", "152", "158", "177", "186", "188", "191", "199"].choose(rng).unwrap_or(&"138");
    let (middle, last) = (digits(4, rng), digits(4, rng));
    match rng.gen_range(0..10) {
        0 => format!("{head}-{middle}-{last}"),
        1 => format!("{head} {middle} {last}"),
        2 => format!("+86{head}{middle}{last}"),
        _ => format!("{head}{middle}{last}"),
    }
}

/// An 18-digit number of GB 11643: region, birthday, sequence, and the MOD 11-2 check character.
fn identity_card(rng: &mut Xoshiro256PlusPlus) -> String {
    let region = *["440106", "510107", "330102", "420111", "610113", "110105", "320505", "370102"]
        .choose(rng)
        .unwrap_or(&"440106");
    let body = format!(
        "{region}{}{:02}{:02}{}",
        rng.gen_range(1952..=2004),
        rng.gen_range(1..=12),
        rng.gen_range(1..=28),
        digits(3, rng)
    );
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[(sum % 11) as usize];
    let check = if check == b'X' && rng.gen_bool(0.3) { b'x' } else { check };
    format!("{body}{}", char::from(check))
}

fn bank_card(rng: &mut Xoshiro256PlusPlus) -> String {
    let head = *["622848", "621700", "622202", "621483", "623058", "625912"].choose(rng).unwrap_or(&"622848");
    let length = if head == "625912" { 16 } else { 19 };
    let number = luhn(head, length - head.len(), rng);
    if rng.gen_bool(0.3) {
        let groups: Vec<&str> =
            (0..number.len()).step_by(4).map(|at| &number[at..(at + 4).min(number.len())]).collect();
        return groups.join(" ");
    }
    number
}

/// Appends `more` digits to `head`, the last of which is the Luhn check.
fn luhn(head: &str, more: usize, rng: &mut Xoshiro256PlusPlus) -> String {
    let body = format!("{head}{}", digits(more - 1, rng));
    let check = (0..10).find(|last| passes_luhn(&format!("{body}{last}"))).unwrap_or(0);
    format!("{body}{check}")
}

fn passes_luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn order(rng: &mut Xoshiro256PlusPlus) -> String {
    loop {
        let number = format!("2025{:02}{:02}{}", rng.gen_range(1..=9), rng.gen_range(1..=28), digits(10, rng));
        if !passes_luhn(&number) {
            return number;
        }
    }
}

fn email(rng: &mut Xoshiro256PlusPlus) -> String {
    let head = *["lucky", "sunny", "wang", "chen88", "lily", "xiaoyu", "tom"].choose(rng).unwrap_or(&"lucky");
    format!(
        "{head}{}@{}",
        digits(4, rng),
        ["example.com", "mail.example.cn", "example.org"].choose(rng).unwrap_or(&"example.com")
    )
}

fn plate(rng: &mut Xoshiro256PlusPlus) -> String {
    let place = *["粤B", "川A", "浙A", "鄂A", "陕A", "苏E"].choose(rng).unwrap_or(&"粤B");
    let green = if rng.gen_bool(0.3) { "D" } else { "" };
    format!("{place}{green}{}", digits(5, rng))
}
