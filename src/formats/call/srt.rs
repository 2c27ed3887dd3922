//! SRT subtitles: a number, a line of times, the words.

use crate::formats::call::cues;
use crate::formats::call::shape::ScriptShape;

/// How these calls are told and read.
pub const SHAPE: ScriptShape = ScriptShape { fits, read: cues::cues };

/// How many lines may stand before the first times.
const HEAD: usize = 12;

fn fits(text: &str, ending: &str) -> bool {
    ending == "srt"
        || text.lines().filter(|line| !line.trim().is_empty()).take(HEAD).any(|line| cues::times(line).is_some())
}
