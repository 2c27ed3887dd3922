//! FunASR: `sentence_info[]` of an AutoModel with voices, `stamp_sents[]` of the server, or one text with its times.
//!
//! A list holds a call each. The texts may carry SenseVoice's tags.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::sensevoice;
use crate::formats::call::shape::{CallShape, closed, find, list, millis, opened, segment, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

fn fits(value: &Value) -> bool {
    let sentences = list(value, "sentences").first().is_some_and(|one| find(one, "spk").is_some());
    let named = find(value, "key").is_some() || find(value, "wav_name").is_some();
    find(value, "sentence_info").is_some_and(Value::is_array)
        || find(value, "stamp_sents").is_some()
        || sentences
        || (named && find(value, "timestamp").is_some() && words(value, "text").is_some())
}

fn read(value: &Value) -> Transcript {
    let stamped = find(value, "stamp_sents").map(opened).unwrap_or(Value::Null);
    let sentences = [list(value, "sentence_info"), list(value, "sentences")].concat();
    let mut segments: Vec<Segment> =
        sentences.iter().chain(stamped.as_array().into_iter().flatten()).flat_map(sentence).collect();
    if segments.is_empty() {
        let times = find(value, "timestamp").map(opened).unwrap_or(Value::Null);
        let at = |pair: Option<&Value>, place| Some(pair?.get(place)?.as_f64()?.clamp(0.0, f64::from(u32::MAX)) as u32);
        let times = times.as_array();
        let (start, end) = (at(times.and_then(|t| t.first()), 0), at(times.and_then(|t| t.last()), 1));
        segments = sensevoice::said(&segment(start, end, closed(&words(value, "text").unwrap_or_default())));
    }
    Transcript { segments, ..Transcript::default() }
}

fn sentence(value: &Value) -> Vec<Segment> {
    let mut text =
        closed(&["text", "text_seg", "sentence"].iter().find_map(|name| words(value, name)).unwrap_or_default());
    if find(value, "text_seg").is_some() {
        text.push_str(&words(value, "punc").unwrap_or_default());
    }
    let speaker = words(value, "spk");
    sensevoice::said(&Segment { speaker, ..segment(millis(value, "start"), millis(value, "end"), text) })
}
