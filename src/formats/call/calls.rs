//! Calls become messages: who is who, what nobody said, when it was.

use std::path::Path;

use crate::domain::conversation::{Channel, Facts, Message};
use crate::formats::call::began;
use crate::formats::call::cast;
use crate::formats::call::doubt;
use crate::formats::call::segment::Transcript;
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::Out;

/// The largest file of calls; a call is taken in whole, since its last sentence may tell who spoke first.
pub const CALL_LIMIT: u64 = 32 * 1024 * 1024;

/// How many pieces one call may have.
pub const PIECES: usize = 50_000;

/// Calls on their way out of a file.
#[derive(Debug, Default)]
pub struct Calls {
    /// Calls handed up so far.
    begun: u64,
    /// Segments handed up so far.
    rows: u64,
    /// The call whose pieces come one by one.
    open: Transcript,
}

impl Calls {
    /// Takes a transcript: whole ones leave at once, pieces wait for the rest of their call.
    ///
    /// `line` is where the transcript stands in its file; `None` numbers its segments instead.
    pub fn take(
        &mut self,
        mut transcript: Transcript,
        line: Option<u64>,
        options: &ReadOptions,
        out: &mut Out<'_>,
    ) -> Result<(), Error> {
        if let Some(line) = line {
            transcript.segments.iter_mut().for_each(|segment| segment.line = line);
        }
        if !transcript.piece {
            self.end(options, out)?;
            return self.hand_up(transcript, options, out);
        }
        self.open.segments.append(&mut transcript.segments);
        if self.open.segments.len() >= PIECES { self.end(options, out) } else { Ok(()) }
    }

    /// Hands up the call whose pieces have come.
    pub fn end(&mut self, options: &ReadOptions, out: &mut Out<'_>) -> Result<(), Error> {
        let open = std::mem::take(&mut self.open);
        if open.segments.is_empty() { Ok(()) } else { self.hand_up(open, options, out) }
    }

    fn hand_up(&mut self, call: Transcript, options: &ReadOptions, out: &mut Out<'_>) -> Result<(), Error> {
        let Transcript { name, mut segments, strays, .. } = call;
        self.begun += 1;
        for (segment, number) in segments.iter_mut().zip(self.rows + 1..) {
            segment.line = if segment.line == 0 { number } else { segment.line };
        }
        self.rows += segments.len() as u64;
        // Two channels may be written one after the other.
        if segments.iter().all(|segment| segment.start.is_some()) {
            segments.sort_by_key(|segment| segment.start);
        }
        let (roles, ground) = cast::roles(&segments, options);
        out.ground = out.ground.max(ground);
        let doubts = doubt::doubts(&segments);
        let numbered = name.is_none();
        let conversation = name.unwrap_or_else(|| self.begun.to_string());
        let began = began::of_name(&file_name(out.path), options.zone());
        for stray in strays {
            out.reject(stray.line, stray.reason, &stray.raw)?;
        }
        for ((segment, role), doubt) in segments.into_iter().zip(roles).zip(doubts) {
            if let Some(reason) = doubt {
                out.reject(segment.line, reason, &segment.text)?;
                continue;
            }
            let at = began.zip(segment.start).map(|(began, start)| began + i64::from(start));
            let lasted = segment.start.zip(segment.end).and_then(|(start, end)| end.checked_sub(start));
            out.message(Message {
                conversation: Some(conversation.clone()),
                numbered,
                channel: options.channel.unwrap_or(Channel::Call),
                role,
                speaker: segment.speaker,
                at,
                text: segment.text.trim().to_owned(),
                line: segment.line,
                facts: Facts {
                    offset: segment.start,
                    lasted,
                    emotion: segment.emotion,
                    sure: segment.sure,
                    ..Facts::default()
                },
                ..Message::default()
            })?;
        }
        Ok(())
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
