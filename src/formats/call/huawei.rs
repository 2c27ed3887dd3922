//! 华为 SIS 录音文件识别: `segments[]` with `result.text` and what was analysed of it.
//!
//! Its `start_time` above is when the task began, not the call; its `score` is said by its makers to mean little.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, list, millis, segment, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

fn fits(value: &Value) -> bool {
    let segments = list(value, "segments");
    segments.first().is_some_and(|one| find(one, "result").is_some_and(Value::is_object))
        || (segments.is_empty() && find(value, "audio_duration").is_some() && find(value, "status").is_some())
}

fn read(value: &Value) -> Transcript {
    // Steps on the way to a sentence are written over by it.
    let done = |one: &&Value| find(one, "is_final").and_then(Value::as_bool) != Some(false);
    let segments = list(value, "segments").iter().filter(done).map(sentence).collect();
    Transcript { name: words(value, "job_id"), segments, ..Transcript::default() }
}

fn sentence(value: &Value) -> Segment {
    let result = find(value, "result").unwrap_or(&Value::Null);
    let analysed = find(result, "analysis_info").unwrap_or(&Value::Null);
    Segment {
        speaker: words(analysed, "role").or_else(|| words(result, "speaker")),
        emotion: words(analysed, "emotion").filter(|emotion| emotion != "UNKNOWN"),
        ..segment(millis(value, "start_time"), millis(value, "end_time"), words(result, "text").unwrap_or_default())
    }
}
