//! `daoshi understand`: standard input line by line, understood, as JSON lines.

use std::io::BufRead;

use serde_json::json;

use crate::cli::args::Understand;
use crate::cli::{Desk, Done};
use crate::nlu::emotion::emotion;
use crate::nlu::encoder::sentence::Encoder;
use crate::progress::Quiet;
use crate::text::clean::masked::masked;
use crate::workbench::error::Error;

/// Reads plain lines, or JSON lines with a `text`; answers each with one JSON line.
pub fn understand(desk: &Desk, understand: &Understand) -> Done {
    let mut project = desk.open(&understand.project)?;
    let model = project.model()?.ok_or(Error::NoModel)?;
    let catalogue = project.catalogue()?;
    let input = std::io::stdin();
    for line in input.lock().split(b'\n') {
        let line = line.map_err(|source| Error::Write { path: "-".into(), source })?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() {
            continue;
        }
        let parsed: Option<serde_json::Value> =
            line.starts_with('{').then(|| serde_json::from_str(line).ok()).flatten();
        let text = parsed.as_ref().and_then(|value| value.get("text")).and_then(|text| text.as_str()).unwrap_or(line);
        let prediction = model.understand(text);
        let intents: Vec<_> = prediction
            .guesses
            .iter()
            .take(5)
            .map(|guess| json!({ "intent": guess.intent.map(|id| catalogue.name(id)), "p": guess.probability }))
            .collect();
        let best = prediction.best().and_then(|guess| guess.intent).map(|id| catalogue.name(id).to_string());
        let p = prediction.best().map(|guess| guess.probability);
        let mut answer =
            json!({ "text": masked(text), "intent": best, "p": p, "intents": intents, "emotion": emotion(text) });
        if understand.vectors {
            let vector = Encoder::built_in().encode(&[text], &Quiet).expect("nobody stops it");
            answer["vector"] = vector.row(0).iter().copied().collect();
        }
        desk.out.json(&answer);
    }
    Ok(0)
}
