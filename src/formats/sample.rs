//! Sample projects: the folder a project can be made from.
//!
//! `project.yaml`, `intents.yaml`, `out-of-scope.txt`, `dictionary.tsv`, `policy.yaml`, `rehearsals/*.yaml`, `logs/`; all but
//! the first two may be missing. `sample-projects/finance-zh` shows every one of them.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::label::{Answer, Word};
use crate::formats::error::Error;
use crate::formats::open::open;
use crate::formats::yaml::{self, YAML_LIMIT};

/// A sample project as read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    pub name: String,
    pub language: String,
    pub description: String,
    pub intents: Vec<SampleIntent>,
    pub out_of_scope: Vec<String>,
    pub words: Vec<Word>,
    pub policy: Option<String>,
    /// Name and script of each rehearsal, by file name.
    pub rehearsals: Vec<(String, String)>,
    /// The folder of raw logs, when there is one.
    pub logs: Option<PathBuf>,
}

/// One intent with its similar questions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleIntent {
    pub name: String,
    #[serde(default)]
    pub question: String,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub guideline: String,
    #[serde(default)]
    pub answers: Vec<Answer>,
    #[serde(default)]
    pub examples: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    description: String,
}

#[derive(Debug, Deserialize)]
struct ScriptHead {
    name: String,
}

/// Reads a sample project's folder.
pub fn read(folder: &Path) -> Result<Sample, Error> {
    let head_path = folder.join("project.yaml");
    let head: Head = yaml::parse(&head_path, &text(&head_path)?)?;
    let intents_path = folder.join("intents.yaml");
    let intents = yaml::parse(&intents_path, &text(&intents_path)?)?;
    let lines = |name: &str| -> Result<Vec<String>, Error> {
        let Some(text) = optional(&folder.join(name))? else { return Ok(Vec::new()) };
        Ok(text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(String::from).collect())
    };
    let words = lines("dictionary.tsv")?
        .into_iter()
        .map(|line| {
            let (text, tag) = line.split_once('\t').unwrap_or((&line, ""));
            Word { text: text.trim().to_string(), tag: tag.trim().to_string() }
        })
        .collect();
    let mut rehearsals = Vec::new();
    for path in scripts(&folder.join("rehearsals"))? {
        let script = text(&path)?;
        let head: ScriptHead = yaml::parse(&path, &script)?;
        rehearsals.push((head.name, script));
    }
    let logs = Some(folder.join("logs")).filter(|logs| logs.is_dir());
    Ok(Sample {
        name: head.name,
        language: head.language,
        description: head.description,
        intents,
        out_of_scope: lines("out-of-scope.txt")?,
        words,
        policy: optional(&folder.join("policy.yaml"))?,
        rehearsals,
        logs,
    })
}

/// Returns the YAML files of a folder by name; none when there is no such folder.
pub fn scripts(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "yml"))
        // Links may lead out of the folder.
        .filter(|path| std::fs::symlink_metadata(path).is_ok_and(|about| about.is_file()))
        .collect();
    paths.sort();
    Ok(paths)
}

/// Reads a text file that people wrote: a policy, a script, a description.
pub fn text(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Io { path: path.to_path_buf(), source };
    let (file, about) = open(path)?;
    let mut bytes = Vec::new();
    // A file may grow while it is read.
    file.take(YAML_LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > YAML_LIMIT {
        return Err(Error::TooBig { path: path.to_path_buf(), size: about.len(), limit: YAML_LIMIT });
    }
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..byte].iter().filter(|b| **b == b'\n').count() as u64 + 1;
        Error::Encoding { path: path.to_path_buf(), line, byte: byte as u64, charset: "UTF-8" }
    })
}

fn optional(path: &Path) -> Result<Option<String>, Error> {
    if path.exists() { text(path).map(Some) } else { Ok(None) }
}
