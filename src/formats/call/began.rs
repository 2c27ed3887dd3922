//! When a recording began, from the name of its file.
//!
//! Exchanges name recordings by time and numbers (`20240301101500_13800138000_8001.wav`, `GMT20240301-021500_call.vtt`).
//! What the documents themselves call a start is when the recogniser was asked, not when the customer called.

use std::sync::LazyLock;

use jiff::tz::Offset;
use regex::Regex;

use crate::formats::time;

/// A day and a clock, run together or parted by signs; digits beside them make it another number.
static MOMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)(?:^|[^0-9])
        (20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])
        [-_.T\x20]{0,2}
        ([01]\d|2[0-3])[-_.:]?([0-5]\d)[-_.:]?([0-5]\d)
        (Z?)(?:[^0-9]|$)",
    )
    .expect("a pattern the tests run")
});

/// Returns the moment a file's name holds, in milliseconds since 1970 UTC.
pub fn of_name(name: &str, zone: Offset) -> Option<i64> {
    let found = MOMENT.captures(name)?;
    let utc = name.starts_with("GMT") || &found[7] == "Z";
    let digits: String = (1..=6).map(|part| &found[part]).collect();
    time::number(&digits, if utc { Offset::UTC } else { zone })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::time::CHINA;

    #[test]
    fn a_moment_in_a_name_is_found_and_numbers_are_none() {
        const MOMENT: i64 = 1_709_259_300_000;
        for name in [
            "20240301101500_13800138000_8001.wav",
            "20240301-101500.json",
            "2024-03-01_10-15-00.srt",
            "in-2024-03-01T10:15:00-8001.wav",
            "GMT20240301-021500_Recording.transcript.vtt",
            "call_2024-03-01T02:15:00Z.json",
        ] {
            assert_eq!(of_name(name, CHINA), Some(MOMENT), "{name}");
        }
        for name in
            ["call_0001.wav", "13800138000.wav", "20241301101500.wav", "20240301.wav", "120240301101500.wav", ""]
        {
            assert_eq!(of_name(name, CHINA), None, "{name}");
        }
    }
}
