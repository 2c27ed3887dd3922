//! 讯飞 语音转写 (lfasr): `content.orderResult`, a string of JSON whose sentences are strings of JSON.
//!
//! `lattice` is smoothed (fillers taken out), `lattice2` is as said. `rl` numbers the speakers, 0 where they were not
//! told apart. The first interface wrote a list of `{bg, ed, onebest, speaker}`.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, join, list, millis, opened, segment, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

fn fits(value: &Value) -> bool {
    let order = find(value, "content")
        .is_some_and(|content| find(content, "orderResult").is_some() || find(content, "orderInfo").is_some());
    let lattice = |name| list(value, name).first().is_some_and(|one| find(one, "json_1best").is_some());
    order || find(value, "orderResult").is_some() || lattice("lattice") || lattice("lattice2") || old(value)
}

/// Tells whether a value is of the first interface: a sentence, or the answer that holds them.
fn old(value: &Value) -> bool {
    let sentence = |value: &Value| find(value, "onebest").is_some() && find(value, "bg").is_some();
    sentence(value)
        || find(value, "data")
            .filter(|data| data.is_string())
            .map(opened)
            .is_some_and(|data| data.as_array().and_then(|list| list.first()).is_some_and(sentence))
}

fn read(value: &Value) -> Transcript {
    if old(value) {
        let piece = find(value, "onebest").is_some();
        let data = find(value, "data").map(opened).unwrap_or(Value::Null);
        let sentences = data.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let segments = sentences.iter().filter(|one| find(one, "onebest").is_some()).map(onebest).collect();
        return Transcript { segments, piece, ..Transcript::default() };
    }
    let content = find(value, "content").unwrap_or(value);
    let order = find(content, "orderResult").map_or_else(|| content.clone(), opened);
    let smoothed = list(&order, "lattice");
    let sentences = if smoothed.is_empty() { list(&order, "lattice2") } else { smoothed };
    let name = find(content, "orderInfo").and_then(|info| words(info, "orderId"));
    Transcript { name, segments: sentences.iter().map(sentence).collect(), ..Transcript::default() }
}

fn onebest(value: &Value) -> Segment {
    let text = words(value, "onebest").unwrap_or_default();
    Segment { speaker: words(value, "speaker"), ..segment(millis(value, "bg"), millis(value, "ed"), text) }
}

fn sentence(value: &Value) -> Segment {
    let best = find(value, "json_1best").map(opened).unwrap_or(Value::Null);
    let said = find(&best, "st").unwrap_or(&best);
    let mut text = String::new();
    for word in list(said, "rt").iter().flat_map(|part| list(part, "ws")) {
        // The first candidate is the best. `s` is a filler, `g` a mark between parts.
        let Some(best) = list(word, "cw").first() else { continue };
        match words(best, "wp").as_deref() {
            Some("s" | "g") => {}
            _ => join(&mut text, &words(best, "w").unwrap_or_default()),
        }
    }
    let (start, end) = (millis(said, "bg"), millis(said, "ed"));
    let speaker = words(said, "rl").or_else(|| words(value, "spk"));
    Segment {
        speaker: speaker.filter(|number| number != "0"),
        ..segment(start.or_else(|| millis(value, "begin")), end.or_else(|| millis(value, "end")), text)
    }
}
