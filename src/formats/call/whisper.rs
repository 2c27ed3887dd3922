//! Whisper and its kin (faster-whisper, the hosted interfaces): `segments[]` in seconds, with its doubts.
//!
//! Whisper tells no voices apart.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, list, number, seconds, segment, thousandths, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

/// From which chance of silence on a segment is not believed: Whisper's own `no_speech_threshold`.
const SILENCE: f64 = 0.6;

/// From which compression on a text repeats itself: Whisper's own `compression_ratio_threshold`.
const REPETITION: f64 = 2.4;

fn fits(value: &Value) -> bool {
    let timed = |one: &Value| {
        find(one, "start").is_some_and(Value::is_number)
            && find(one, "end").is_some_and(Value::is_number)
            && find(one, "text").is_some_and(Value::is_string)
    };
    match find(value, "segments").and_then(Value::as_array) {
        Some(segments) => match segments.first() {
            Some(first) => timed(first),
            // Silence from beginning to end.
            None => find(value, "language").is_some() && find(value, "text").is_some(),
        },
        // A list of segments, or a segment a line.
        None => timed(value) && (find(value, "avg_logprob").is_some() || find(value, "no_speech_prob").is_some()),
    }
}

fn read(value: &Value) -> Transcript {
    let piece = find(value, "segments").is_none();
    let segments = if piece { std::slice::from_ref(value) } else { list(value, "segments") };
    Transcript { segments: segments.iter().map(said).collect(), piece, ..Transcript::default() }
}

/// Returns one segment with what Whisper thinks of it.
pub fn said(value: &Value) -> Segment {
    let text = words(value, "text").unwrap_or_default();
    let silent = number(value, "no_speech_prob").is_some_and(|chance| chance > SILENCE);
    let repeats = number(value, "compression_ratio").is_some_and(|ratio| ratio > REPETITION);
    Segment {
        speaker: words(value, "speaker"),
        sure: number(value, "avg_logprob").map(|log| thousandths(log.exp())),
        unheard: silent || repeats,
        ..segment(seconds(value, "start"), seconds(value, "end"), text.trim())
    }
}
