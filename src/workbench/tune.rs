//! Fine-tuning a sentence encoder on the project's examples: one folder read, a new one written.
//!
//! The tuned encoder is an encoder like any other: `train` and `group` read by it. A part of the examples is held out
//! and never learned from, so that scores stay honest afterwards.

use std::path::Path;

use crate::domain::ids::IntentId;
use crate::evaluation;
use crate::formats::write::file::put;
use crate::nlu::encoder::tuning::{self, Checkpoint, Lesson, TuneOptions, Tuned};
use crate::progress::Progress;
use crate::workbench::encoders;
use crate::workbench::error::{Error, Result};
use crate::workbench::learn::learned;
use crate::workbench::project::Project;

/// One in so many examples is held out.
const PARTS: usize = 5;

/// What is kept of a tuning under way; gone when it is through.
const CHECKPOINT: &str = "checkpoint.safetensors";

/// Tunes the encoder of a folder into a new folder, and lets the project read by it.
///
/// Stopped or killed, the same call goes on from the last checkpoint in `out`, and ends with the same bytes.
pub fn tune(
    project: &mut Project,
    from: &Path,
    out: &Path,
    options: &TuneOptions,
    progress: &dyn Progress,
) -> Result<Tuned> {
    let examples = learned(project)?;
    let mut known: Vec<Option<IntentId>> = examples.intents.clone();
    known.sort_unstable();
    known.dedup();
    if known.iter().flatten().count() < 2 {
        return Err(Error::TooFewExamples { examples: examples.ids.len(), intents: known.iter().flatten().count() });
    }
    let texts = examples.plain();
    let class = |intent: &Option<IntentId>| known.binary_search(intent).expect("every intent was listed") as u16;
    let classes: Vec<u16> = examples.intents.iter().map(class).collect();
    let parts = evaluation::split::stratified(&texts, &examples.intents, PARTS, options.seed);
    let held: Vec<bool> = parts.iter().map(|part| *part == 0).collect();
    let lesson = Lesson { texts: &texts, classes: &classes, held: &held };

    let begun = out.join(CHECKPOINT);
    let before = before(out, &begun)?;
    let mut failed = None;
    let mut keep = |bytes: &[u8]| {
        failed = folder(out).and_then(|()| put(&begun, bytes)).err();
        failed.is_none()
    };
    let mut checkpoint = Checkpoint { before: before.as_deref(), keep: &mut keep };
    let tuned = tuning::tune(from, &lesson, options, &mut checkpoint, progress);
    if let Some(source) = failed {
        return Err(Error::Write { path: begun, source });
    }
    let tuned = tuned?;
    for (name, bytes) in &tuned.files {
        let path = out.join(name);
        let written = folder(path.parent().unwrap_or(out)).and_then(|()| put(&path, bytes));
        written.map_err(|source| Error::Write { path, source })?;
    }
    if before.is_some() || begun.exists() {
        std::fs::remove_file(&begun).map_err(|source| Error::Write { path: begun, source })?;
    }
    encoders::choose(project, &out.to_string_lossy())?;
    Ok(tuned.tuned)
}

/// Returns what was kept of this tuning; a folder that holds anything else is refused.
fn before(out: &Path, begun: &Path) -> Result<Option<Vec<u8>>> {
    let read = |error| Error::Write { path: out.to_path_buf(), source: error };
    let Ok(mut entries) = std::fs::read_dir(out) else { return Ok(None) };
    match begun.exists() {
        true => Ok(Some(std::fs::read(begun).map_err(read)?)),
        false if entries.next().is_none() => Ok(None),
        false => Err(Error::Exists { path: out.to_path_buf() }),
    }
}

/// Makes a folder that nobody else may look into.
fn folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
