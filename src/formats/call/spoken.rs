//! Plain lines, as a recogniser without times writes them: a line a turn. Read only where the words are known to be a call's.

use crate::formats::call::cues::{plain, tell_apart};
use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::ScriptShape;

/// How these calls are told (never by themselves) and read.
pub const SHAPE: ScriptShape = ScriptShape { fits: |_, _| false, read };

fn read(lines: &[(u64, String)]) -> Transcript {
    let said = |(number, line): &(u64, String)| Segment { text: plain(line), line: *number, ..Segment::default() };
    let mut segments: Vec<Segment> = lines.iter().filter(|(_, line)| !line.trim().is_empty()).map(said).collect();
    tell_apart(&mut segments);
    Transcript { segments, ..Transcript::default() }
}
