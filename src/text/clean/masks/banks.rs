//! Numbers of bank cards and of accounts abroad.

use crate::text::clean::draft::Patch;
use crate::text::clean::masks::digits::{ORDERS, find};

/// What people call the thing such a number stands on.
const CARDS: &[&str] =
    &["卡号", "银行卡", "储蓄卡", "借记卡", "信用卡", "账号", "帐号", "账户", "卡", "card", "card number"];

/// Hides card numbers by Luhn and the issuer or a word nearby, and IBANs by their check digits.
pub(crate) fn bank_card(text: &str) -> Vec<Patch> {
    let mut patches = ibans(text);
    let cards = find(text, |c| {
        if !(13..=19).contains(&c.digits.len()) || c.lengths.iter().any(|length| *length > 19) {
            return None;
        }
        // Of the words before it, the nearest says what the number is.
        let (card, order) = (c.distance(CARDS, 10), c.distance(ORDERS, 8));
        if order.is_some_and(|order| card.is_none_or(|card| order < card)) {
            return None;
        }
        let issuer = is_issuer(c.digits, &c.lengths);
        if luhn(c.digits) {
            return (issuer || card.is_some()).then_some((c.start, c.end, "<bankcard>"));
        }
        let called = c.distance(&CARDS[..5], 4).is_some() || c.distance(&["card number"], 4).is_some();
        (issuer && called).then_some((c.start, c.end, "<bankcard?>"))
    });
    patches.extend(cards);
    patches.sort_by_key(|patch| patch.start);
    patches
}

/// Tells whether the first digits are those of an issuer with cards of this length.
fn is_issuer(digits: &[u8], lengths: &[usize]) -> bool {
    let head = |count: usize| digits[..count].iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0'));
    match digits.len() {
        15 => matches!(head(2), 34 | 37) && lengths == [4, 6, 5],
        16 => {
            head(1) == 4
                || matches!(head(2), 51..=55 | 62 | 65)
                || matches!(head(4), 2221..=2720 | 3528..=3589 | 6011)
                || matches!(head(3), 644..=649)
        }
        17 | 18 => head(2) == 62,
        19 => head(2) == 62 || head(1) == 4 || matches!(head(4), 9558 | 6013),
        _ => false,
    }
}

pub(in crate::text::clean::masks) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, d)| {
            let d = u32::from(d - b'0');
            match (place % 2, d * 2) {
                (0, _) => d,
                (_, double) if double > 9 => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Countries with the length of their IBAN (ISO 13616).
const LANDS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AT", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"CH", 21),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DK", 18),
    (b"EE", 20),
    (b"ES", 24),
    (b"FI", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GR", 27),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"MC", 27),
    (b"MT", 31),
    (b"NL", 18),
    (b"NO", 15),
    (b"PL", 28),
    (b"PT", 25),
    (b"RO", 24),
    (b"SA", 24),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"TR", 26),
];

fn ibans(text: &str) -> Vec<Patch> {
    let bytes = text.as_bytes();
    let mut patches: Vec<Patch> = Vec::new();
    for at in 0..bytes.len().saturating_sub(14) {
        let starts = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if !starts || !bytes[at].is_ascii_alphabetic() || !bytes[at + 2].is_ascii_digit() {
            continue;
        }
        let land = [bytes[at].to_ascii_uppercase(), bytes[at + 1].to_ascii_uppercase()];
        let Some((_, length)) = LANDS.iter().find(|(known, _)| **known == land) else { continue };
        if let Some(end) = iban_end(bytes, at, *length) {
            patches.push(Patch::new(at, end, "<iban>"));
        }
    }
    patches
}

/// Returns where the IBAN of that length ends, if its check digits hold.
fn iban_end(bytes: &[u8], from: usize, length: usize) -> Option<usize> {
    let mut signs = Vec::with_capacity(length);
    let mut at = from;
    while signs.len() < length {
        match *bytes.get(at)? {
            sign if sign.is_ascii_alphanumeric() => signs.push(sign.to_ascii_uppercase()),
            b' ' | b'-' if bytes[at - 1].is_ascii_alphanumeric() => {}
            _ => return None,
        }
        at += 1;
    }
    if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    signs.rotate_left(4);
    let rest = signs.iter().fold(0u32, |rest, sign| match sign {
        b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
        _ => (rest * 100 + u32::from(sign - b'A') + 10) % 97,
    });
    (rest == 1).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::Draft;

    fn check(text: &str, expected: &str) {
        let mut draft = Draft::new(text);
        draft.apply(bank_card(text));
        assert_eq!(draft.text, expected, "of {text:?}");
    }

    #[test]
    fn a_bank_card_needs_its_check_digit_and_a_reason() {
        check("卡号6222020200001234562扣款失败", "卡号<bankcard>扣款失败");
        check("6222 0202 0000 1234 562", "<bankcard>");
        check("订单付款的卡号6222020200001234562", "订单付款的卡号<bankcard>");
        for text in
            ["订单6222020200001234565", "订单6222020200001234562", "金额1000000000000008", "客服电话95588打不通"]
        {
            check(text, text);
        }
    }

    #[test]
    fn a_number_of_a_card_that_fails_its_check_is_suspected() {
        check("卡号6222020200001234563", "卡号<bankcard?>");
        check("交了6222020200001234563", "交了6222020200001234563");
    }

    #[test]
    fn an_account_abroad_is_known_by_its_land_length_and_check_digits() {
        check("to GB29 NWBK 6016 1331 9268 19 please", "to <iban> please");
        check("de89370400440532013000", "<iban>");
        check("GB28NWBK60161331926819", "GB28NWBK60161331926819");
    }
}
