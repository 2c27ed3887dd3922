//! Why a turn was decided as it was, a line a stage.

use crate::dialogue::trace::TraceLine;
use crate::explain::told::told;
use crate::i18n::Words;

/// Returns one line of a trace.
pub fn line(line: &TraceLine, words: &Words) -> String {
    let stage = words.dialogue.stages.get(usize::from(line.stage)).copied().unwrap_or_default();
    let mark = if line.fired { "●" } else { "○" };
    format!("{} {mark} {stage} {}", line.stage, told(&line.reason, "why", words.dialogue.reasons, words))
}
