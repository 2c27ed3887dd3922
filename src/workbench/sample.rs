//! A project made from a sample folder: catalogue, examples, dictionary, policy, rehearsals. Logs stay to be imported.

use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, include_dir};

use crate::domain::event::Act;
use crate::domain::ids::IntentId;
use crate::domain::label::{Intent, Label, LabelSource, Verdict};
use crate::formats;
use crate::store::history::Deed;
use crate::workbench::current::utterance;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// The samples that travel inside the program.
static FINANCE_ZH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample-projects/finance-zh");
static SHOP_EN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample-projects/shop-en");

/// Writes a sample's folder below `to` and returns where; files that lie there already stay as they are.
pub fn unpack(name: &str, to: &Path) -> Result<PathBuf> {
    let dir = match name {
        "finance-zh" => &FINANCE_ZH,
        "shop-en" => &SHOP_EN,
        _ => {
            let known = vec!["finance-zh".to_string(), "shop-en".to_string()];
            return Err(Error::UnknownChoice { what: "sample", name: name.to_string(), known });
        }
    };
    let folder = to.join(name);
    write(dir, &folder)?;
    Ok(folder)
}

fn write(dir: &Dir<'_>, to: &Path) -> Result<()> {
    let fault = |path: &Path, source| Error::Write { path: path.to_path_buf(), source };
    std::fs::create_dir_all(to).map_err(|source| fault(to, source))?;
    for entry in dir.entries() {
        let Some(name) = entry.path().file_name() else { continue };
        let path = to.join(name);
        match entry {
            DirEntry::Dir(dir) => write(dir, &path)?,
            DirEntry::File(file) if !path.exists() => {
                std::fs::write(&path, file.contents()).map_err(|source| fault(&path, source))?;
            }
            DirEntry::File(_) => {}
        }
    }
    Ok(())
}

/// What a sample brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleReport {
    pub name: String,
    pub intents: usize,
    pub examples: usize,
    pub rehearsals: usize,
    /// The folder of raw logs that waits to be imported.
    pub logs: Option<PathBuf>,
}

/// Fills a new project from a sample folder; the whole of it is one event.
pub fn fill(project: &mut Project, folder: &Path) -> Result<SampleReport> {
    let sample = formats::sample::read(folder)?;
    let texts: Vec<Vec<_>> =
        sample.intents.iter().map(|intent| intent.examples.iter().map(|text| utterance(text)).collect()).collect();
    let outside: Vec<_> = sample.out_of_scope.iter().map(|text| utterance(text)).collect();
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Import, subject: &sample.name };
    project.store.act(&deed, |recorder| {
        let label = |utterance, verdict| Label {
            utterance,
            verdict,
            source: LabelSource::Import,
            actor: actor.clone(),
            at,
            note: String::new(),
        };
        recorder.put_setting("name", &sample.name)?;
        recorder.put_setting("language", &sample.language)?;
        if let Some(logs) = &sample.logs {
            recorder.put_setting("logs", &logs.to_string_lossy())?;
        }
        for (intent, texts) in sample.intents.iter().zip(&texts) {
            let id = recorder.add_intent(&Intent {
                id: IntentId(0),
                name: intent.name.clone(),
                question: intent.question.clone(),
                guideline: intent.guideline.clone(),
                category: intent.category.clone(),
                answers: intent.answers.clone(),
            })?;
            for text in texts {
                let utterance = recorder.meet(text)?;
                recorder.put_label(&label(utterance, Verdict::Intent(id)))?;
            }
        }
        for text in &outside {
            let utterance = recorder.meet(text)?;
            recorder.put_label(&label(utterance, Verdict::OutOfScope))?;
        }
        for word in &sample.words {
            recorder.put_word(word)?;
        }
        if let Some(policy) = &sample.policy {
            recorder.add_policy(policy, at, &actor)?;
        }
        for (name, script) in &sample.rehearsals {
            recorder.put_rehearsal(name, script)?;
        }
        Ok(())
    })?;
    Ok(SampleReport {
        name: sample.name,
        intents: sample.intents.len(),
        examples: sample.intents.iter().map(|intent| intent.examples.len()).sum(),
        rehearsals: sample.rehearsals.len(),
        logs: sample.logs,
    })
}

/// Returns the folder of raw logs that came with the sample a project was made from.
pub fn logs(project: &Project) -> Result<Option<PathBuf>> {
    Ok(project.store.setting("logs")?.map(PathBuf::from).filter(|path| path.is_dir()))
}
