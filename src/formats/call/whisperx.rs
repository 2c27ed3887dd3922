//! WhisperX: Whisper's segments with a speaker each.

use serde_json::Value;

use crate::formats::call::segment::Transcript;
use crate::formats::call::shape::{CallShape, find, list};
use crate::formats::call::whisper;

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

fn fits(value: &Value) -> bool {
    let segments = list(value, "segments");
    let told = segments.iter().any(|one| find(one, "speaker").is_some() && find(one, "start").is_some());
    (told || find(value, "word_segments").is_some()) && segments.iter().all(|one| find(one, "text").is_some())
}

fn read(value: &Value) -> Transcript {
    let segments = list(value, "segments").iter().map(whisper::said).collect();
    Transcript { segments, ..Transcript::default() }
}
