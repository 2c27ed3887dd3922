//! What stands behind the masks of a clean text: put back, or written as pseudonyms that link repeats.
//!
//! Training and labelling see the plain `<phone>`; a pseudonym, `<phone#7f3a91c2>`, is made only for eyes and
//! exports that ask for it, from the raw message, its offsets and the project's secret. The same number in two
//! writings has one pseudonym; without the secret nobody can try numbers until one fits. Pure.

use std::sync::LazyLock;

use hmac::{Hmac, Mac};
use regex::Regex;
use sha2::Sha256;

use crate::domain::range::ByteRange;
use crate::text::clean::masks::tags;
use crate::text::clean::numbers::single;
use crate::text::clean::offsets::Offsets;

/// What makes a project's pseudonyms its own; never shown and never exported.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A clean text with its masks written otherwise, and the way from the clean text's positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    pub text: String,
    /// Each mask in the clean text with its place in this one.
    masks: Vec<(ByteRange, ByteRange)>,
}

impl Opened {
    /// Returns where a stretch of the clean text stands now; one that cuts into a mask takes all of it.
    pub fn of(&self, clean: ByteRange) -> ByteRange {
        ByteRange { start: self.moved(clean.start, false), end: self.moved(clean.end, true) }
    }

    fn moved(&self, at: u32, end: bool) -> u32 {
        let mut shift = 0i64;
        for (before, after) in &self.masks {
            if at <= before.start {
                break;
            }
            if at < before.end {
                return if end { after.end } else { after.start };
            }
            shift = i64::from(after.end) - i64::from(before.end);
        }
        (i64::from(at) + shift) as u32
    }
}

/// Tells whether a clean text hides anything.
pub fn is_masked(clean: &str) -> bool {
    clean.contains('<') && MASK.is_match(clean)
}

/// Returns the clean text as it is.
pub fn unchanged(clean: &str) -> Opened {
    Opened { text: clean.to_string(), masks: Vec::new() }
}

/// Returns the clean text with what its masks hide put back.
pub fn revealed(clean: &str, offsets: &Offsets, raw: &str) -> Opened {
    opened(clean, offsets, raw, |_, value| value.to_string())
}

/// Returns the clean text with each mask as a pseudonym: `<phone#7f3a91c2>`.
pub fn linked(clean: &str, offsets: &Offsets, raw: &str, secret: &Secret) -> Opened {
    opened(clean, offsets, raw, |kind, value| format!("<{kind}#{}>", pseudonym(kind, value, secret)))
}

static MASK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"<((?:{})\??)>", tags::TAGS.join("|"))).expect("the tags are constants"));

fn opened(clean: &str, offsets: &Offsets, raw: &str, put: impl Fn(&str, &str) -> String) -> Opened {
    let mut opened = Opened::default();
    let mut at = 0;
    for found in MASK.captures_iter(clean) {
        let (Some(mask), Some(kind)) = (found.get(0), found.get(1)) else { continue };
        let behind = offsets.to_raw(ByteRange::new(mask.start(), mask.end()));
        let Some(value) = raw.get(behind.start as usize..behind.end as usize) else { continue };
        // A message that came masked has nothing behind it.
        if value.contains(mask.as_str()) {
            continue;
        }
        opened.text.push_str(&clean[at..mask.start()]);
        let start = opened.text.len();
        opened.text.push_str(&put(kind.as_str(), value));
        let place = ByteRange::new(start, opened.text.len());
        opened.masks.push((ByteRange::new(mask.start(), mask.end()), place));
        at = mask.end();
    }
    opened.text.push_str(&clean[at..]);
    opened
}

fn pseudonym(kind: &str, value: &str, secret: &Secret) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes a key of any length");
    let kind = kind.trim_end_matches('?');
    mac.update(kind.as_bytes());
    mac.update(b"\0");
    mac.update(plain(kind, value).as_bytes());
    // 32 bits: short enough to read, and two of ten thousand customers rarely meet.
    mac.finalize().into_bytes()[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a value as every way of writing it comes to: 138-0013-8000 and １３８… and 幺三八… are one number.
fn plain(kind: &str, value: &str) -> String {
    let numeric = matches!(kind, "phone" | "landline" | "idcard" | "bankcard" | "otp" | "ssn");
    let folded = value.chars().filter_map(|c| {
        let narrow = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        };
        match single(narrow).filter(|_| numeric) {
            Some(digit) => Some(char::from(b'0' + digit)),
            None => {
                (narrow.is_alphanumeric() || matches!(narrow, '@' | '.' | '_')).then_some(narrow.to_ascii_lowercase())
            }
        }
    });
    let folded: String = folded.filter(|c| kind != "phone" || c.is_ascii_digit()).collect();
    let mobile = |rest: &&str| rest.len() == 11 && rest.starts_with('1');
    let national = ["0086", "86"].iter().find_map(|land| folded.strip_prefix(land)).filter(mobile);
    national.filter(|_| kind == "phone").map(str::to_owned).unwrap_or(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::{Channel, Role};
    use crate::text::clean::cleaner::Cleaner;
    use crate::text::clean::rule::RuleSet;

    const SECRET: Secret = Secret([7; 32]);

    fn link(raw: &str, secret: &Secret) -> Opened {
        let cleaned = Cleaner::new(&RuleSet::default()).clean(raw, Role::Customer, Channel::Chat);
        linked(&cleaned.text, &cleaned.offsets, raw, secret)
    }

    #[test]
    fn one_number_has_one_pseudonym_however_it_is_written() {
        let plain = link("13800138000", &SECRET).text;
        assert!(plain.starts_with("<phone#") && plain.len() == "<phone#12345678>".len(), "{plain}");
        for other in [
            "138 0013 8000",
            "+86-138-0013-8000",
            "008613800138000",
            "１３８００１３８０００",
            "幺三八零零幺三八零零零",
        ] {
            assert_eq!(link(other, &SECRET).text, plain, "{other}");
        }
        assert_ne!(link("13800138001", &SECRET).text, plain);
    }

    #[test]
    fn another_project_has_other_pseudonyms() {
        assert_ne!(link("13800138000", &SECRET).text, link("13800138000", &Secret([8; 32])).text);
    }

    #[test]
    fn what_is_hidden_comes_back_and_positions_follow() {
        let raw = "我叫张伟，手机１３８００１３８０００想换！！";
        let cleaned = Cleaner::new(&RuleSet::default()).clean(raw, Role::Customer, Channel::Chat);
        assert_eq!(cleaned.text, "我叫<name>，手机<phone>想换！");
        let opened = revealed(&cleaned.text, &cleaned.offsets, raw);
        assert_eq!(opened.text, "我叫张伟，手机１３８００１３８０００想换！");
        let at = cleaned.text.find("想换").expect("it stands there");
        assert_eq!(opened.of(ByteRange::new(at, at + 6)).of(&opened.text), "想换");
        let mask = cleaned.text.find("<phone>").expect("it is hidden");
        assert_eq!(opened.of(ByteRange::new(mask, mask + 7)).of(&opened.text), "１３８００１３８０００");
    }

    #[test]
    fn what_came_masked_stays() {
        assert_eq!(link("我的<phone>", &SECRET).text, "我的<phone>");
        assert!(is_masked("我的<phone>") && !is_masked("利率<3%") && !is_masked("<emo:微笑>"));
    }
}
