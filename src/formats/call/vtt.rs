//! WebVTT: SRT's kin with voices (`<v 客服>`), settings behind the times, and blocks of notes and styles.

use crate::formats::call::cues;
use crate::formats::call::segment::Transcript;
use crate::formats::call::shape::ScriptShape;

/// How these calls are told and read.
pub const SHAPE: ScriptShape = ScriptShape { fits, read };

fn fits(text: &str, ending: &str) -> bool {
    ending == "vtt" || text.starts_with("WEBVTT")
}

fn read(lines: &[(u64, String)]) -> Transcript {
    let mut kept = Vec::with_capacity(lines.len());
    // The head of the file is a block as well.
    let mut skipping = lines.first().is_some_and(|(_, line)| line.trim_start_matches('\u{FEFF}').starts_with("WEBVTT"));
    let mut before = true;
    for (number, line) in lines {
        let text = line.trim();
        if text.is_empty() {
            (skipping, before) = (false, true);
        } else {
            let block = ["NOTE", "STYLE", "REGION"].iter().any(|name| {
                text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', ':']))
            });
            // A head without a blank line under it ends at the first times.
            skipping = (skipping || (before && block)) && cues::times(text).is_none();
            before = false;
        }
        if !skipping {
            kept.push((*number, line.clone()));
        }
    }
    cues::cues(&kept)
}
