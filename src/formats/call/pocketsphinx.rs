//! PocketSphinx: `{"b":…,"d":…,"p":…,"t":"…","w":[…]}` a line (5.0), each a piece of the one call.
//!
//! The words before 5.0 (`pocketsphinx_continuous -time yes`) are plain text: a sentence, then `word start end chance` lines.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, ScriptShape, find, list, number, segment, thousandths, words};

/// How the lines of JSON are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

/// How the plain text is told and read.
pub const TIMED_WORDS: ScriptShape = ScriptShape { fits: fits_words, read: read_words };

static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<word>\S+) (?P<start>\d+\.\d{3}) (?P<end>\d+\.\d{3}) (?P<chance>\d\.\d+)$")
        .expect("a pattern the tests run")
});

fn fits(value: &Value) -> bool {
    ["b", "d", "p"].iter().all(|name| find(value, name).is_some_and(Value::is_number))
        && find(value, "t").is_some_and(Value::is_string)
}

fn read(value: &Value) -> Transcript {
    let millis = |seconds: f64| Some((seconds * 1000.0).round().clamp(0.0, f64::from(u32::MAX)) as u32);
    let start = number(value, "b").unwrap_or(0.0);
    let chances = list(value, "w")
        .iter()
        .filter(|word| !words(word, "t").is_none_or(|text| text.starts_with('<') || text.starts_with('[')))
        .filter_map(|word| number(word, "p"));
    let said = Segment {
        sure: mean(chances),
        ..segment(
            millis(start),
            millis(start + number(value, "d").unwrap_or(0.0)),
            words(value, "t").unwrap_or_default(),
        )
    };
    Transcript { segments: vec![said], piece: true, ..Transcript::default() }
}

fn fits_words(text: &str, _: &str) -> bool {
    let mut lines = text.lines();
    lines.next().is_some_and(|line| !WORD.is_match(line)) && lines.next().is_some_and(|line| WORD.is_match(line))
}

fn read_words(lines: &[(u64, String)]) -> Transcript {
    let mut segments: Vec<Segment> = Vec::new();
    let mut chances = Vec::new();
    for (number, line) in lines {
        let Some(found) = WORD.captures(line) else {
            segments.push(Segment { text: line.trim().to_owned(), line: *number, ..Segment::default() });
            chances.clear();
            continue;
        };
        let Some(open) = segments.last_mut() else { continue };
        // Silences and breaths stand between angles.
        if found["word"].starts_with('<') || found["word"].starts_with('[') {
            continue;
        }
        let millis = |part: &str| found[part].replace('.', "").parse::<u32>().ok();
        open.start = open.start.or_else(|| millis("start"));
        open.end = millis("end");
        chances.push(found["chance"].parse().unwrap_or(0.0));
        open.sure = mean(chances.iter().copied());
    }
    segments.retain(|segment| !segment.text.is_empty());
    Transcript { segments, ..Transcript::default() }
}

fn mean(chances: impl Iterator<Item = f64>) -> Option<u16> {
    let (sum, count) = chances.fold((0.0, 0u32), |(sum, count), chance| (sum + chance, count + 1));
    (count > 0).then(|| thousandths(sum / f64::from(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_times_become_a_sentence_with_its_time() {
        let text = "i lost my card\n<s> 0.000 0.020 1.000000\ni 0.030 0.120 1.000000\nlost 0.130 0.580 0.900000\n\
                    my 0.590 0.720 1.000000\ncard(2) 0.730 1.320 0.900000\n</s> 1.330 1.760 1.000000\n";
        assert!(fits_words(text, "txt"));
        let lines: Vec<(u64, String)> = text.lines().zip(1..).map(|(line, at)| (at, line.to_owned())).collect();
        let said = read_words(&lines).segments;
        assert_eq!(said, [Segment { sure: Some(950), line: 1, ..segment(Some(30), Some(1320), "i lost my card") }]);
    }

    #[test]
    fn a_line_of_json_is_a_piece_of_the_call() {
        let line = serde_json::json!({"b": 0.24, "d": 1.76, "p": 0.5, "t": "i lost it", "w": [{"t": "<s>", "p": 0.1}, {"t": "i", "p": 0.8}]});
        assert!(fits(&line));
        let call = read(&line);
        assert!(call.piece);
        assert_eq!(call.segments, [Segment { sure: Some(800), ..segment(Some(240), Some(2000), "i lost it") }]);
    }
}
