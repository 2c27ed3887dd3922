//! 阿里云 录音文件识别 (filetrans): `Result.Sentences[]`, and the same in the small letters of the old callback.
//!
//! 百炼's Paraformer and Qwen write `transcripts[].sentences[]`, a list for each channel.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, list, millis, opened, segment, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

fn fits(value: &Value) -> bool {
    let first = |list: &[Value]| list.first().is_some_and(|one| find(one, "begin_time").is_some());
    let result = find(value, "result").map(opened).unwrap_or(Value::Null);
    first(list(&result, "sentences"))
        || first(list(value, "sentences"))
        || list(value, "transcripts").first().is_some_and(|channel| find(channel, "sentences").is_some())
        || (find(value, "task_id").is_some() && find(value, "status_code").is_some())
}

fn read(value: &Value) -> Transcript {
    let result = find(value, "result").map(opened).unwrap_or(Value::Null);
    let mut segments: Vec<Segment> =
        list(&result, "sentences").iter().chain(list(value, "sentences")).map(|one| sentence(one, None)).collect();
    for channel in list(value, "transcripts") {
        let number = words(channel, "channel_id");
        segments.extend(list(channel, "sentences").iter().map(|one| sentence(one, number.as_deref())));
    }
    Transcript { name: words(value, "task_id"), segments, ..Transcript::default() }
}

fn sentence(value: &Value, channel: Option<&str>) -> Segment {
    let (start, end) = (millis(value, "begin_time"), millis(value, "end_time"));
    let channel = words(value, "channel_id").or(channel.map(str::to_owned));
    Segment {
        // Voices told apart say more than the wire they came by.
        speaker: words(value, "speaker_id").or(channel),
        emotion: words(value, "emotion_value").or_else(|| words(value, "emotion")),
        ..segment(start, end, words(value, "text").unwrap_or_default())
    }
}
