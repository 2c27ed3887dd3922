//! whisper.cpp: `transcription[]` with `offsets` in milliseconds; with `-ojf` also its tokens and their chances.
//!
//! Two channels (`--diarize`) bring a `speaker`, or stand before the text; `--tinydiarize` marks where the voice changes.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, list, millis, number, segment, thousandths, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

fn fits(value: &Value) -> bool {
    find(value, "transcription").and_then(Value::as_array).is_some_and(|list| {
        list.first().map_or(find(value, "model").is_some(), |one| {
            find(one, "offsets").is_some() || find(one, "timestamps").is_some()
        })
    })
}

fn read(value: &Value) -> Transcript {
    let said = list(value, "transcription");
    let turns = |one: &Value| find(one, "speaker_turn_next").and_then(Value::as_bool) == Some(true);
    let taking_turns = said.iter().any(turns);
    let mut second = false;
    let segments = said
        .iter()
        .map(|one| {
            let mut found = sentence(one);
            if taking_turns && found.speaker.is_none() {
                found.speaker = Some(if second { "2" } else { "1" }.to_owned());
                second ^= turns(one);
            }
            found
        })
        .collect();
    Transcript { segments, ..Transcript::default() }
}

fn sentence(value: &Value) -> Segment {
    let offsets = find(value, "offsets").unwrap_or(&Value::Null);
    let text = words(value, "text").unwrap_or_default();
    let text = text.replace("[SPEAKER_TURN]", "");
    let (before, text) = prefixed(text.trim());
    Segment {
        speaker: words(value, "speaker").or(before).filter(|speaker| speaker != "?"),
        sure: sure(value),
        ..segment(millis(offsets, "from"), millis(offsets, "to"), text)
    }
}

/// Returns the speaker that `(speaker 0)` before a text names, and the text.
fn prefixed(text: &str) -> (Option<String>, &str) {
    let named = text.strip_prefix("(speaker ").and_then(|rest| rest.split_once(')'));
    named.map_or((None, text), |(number, rest)| (Some(number.trim().to_owned()), rest.trim_start()))
}

/// Returns how sure the tokens of words are, on the average of their logarithms.
fn sure(value: &Value) -> Option<u16> {
    let chances: Vec<f64> = list(value, "tokens")
        .iter()
        .filter(|token| !words(token, "text").is_some_and(|text| text.starts_with("[_")))
        .filter_map(|token| number(token, "p"))
        .collect();
    let logs: f64 = chances.iter().map(|chance| chance.max(1e-9).ln()).sum();
    (!chances.is_empty()).then(|| thousandths((logs / chances.len() as f64).exp()))
}
