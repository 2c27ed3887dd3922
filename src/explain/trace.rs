//! Why a turn was decided as it was, a line a stage.

use crate::dialogue::trace::{Looked, Reason, Refusal, TraceLine};
use crate::explain::told::told;
use crate::i18n::{Words, fill};
use crate::text::safe::safe;

/// Returns one line of a trace.
pub fn line(line: &TraceLine, words: &Words) -> String {
    let stage = words.dialogue.stages.get(usize::from(line.stage)).copied().unwrap_or_default();
    let mark = if line.fired { "●" } else { "○" };
    let known = match &line.reason {
        Reason::Frozen { known: Some(known), .. } => format!(" · {}", looked(known, words)),
        _ => String::new(),
    };
    format!("{} {mark} {stage} {}{known}", line.stage, told(&line.reason, "why", words.dialogue.reasons, words))
}

/// Returns what the knowledge has for a text, and why that is no answer where it is none.
pub fn looked(known: &Looked, words: &Words) -> String {
    let t = &words.answers;
    let two = |number: f32| format!("{number:.2}");
    let gaps = [
        ("label", &*safe(&known.label).into_string()),
        ("matched", &*safe(&known.matched).into_string()),
        ("score", &*two(known.score)),
        ("probability", &*two(known.probability)),
        ("need", &*two(known.need)),
    ];
    let mut line = fill(t.nearest, &gaps);
    if let Some((label, score)) = &known.second {
        line += &fill(t.second, &[("label", &*safe(label).into_string()), ("score", &*two(*score))]);
    }
    line += match known.refused {
        None => "",
        Some(Refusal::Unknown) => t.unknown,
        Some(Refusal::Expired) => t.expired,
        Some(Refusal::Unwritten) => t.unwritten,
    };
    line
}
