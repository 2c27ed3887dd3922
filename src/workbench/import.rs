//! import: files in, turns kept, counts that add up.
//!
//! Turns are cleaned with the rules in force as they come, so that nothing personal is ever shown unmasked; `clean`
//! changes rules and runs again. `read = kept + set aside`, to the row, where rows known already count as set aside.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::domain::conversation::{Batch, Channel, Message, Role};
use crate::domain::event::Act;
use crate::domain::ids::{BatchId, IntentId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::read::Preview;
use crate::formats::record::{Record, Stop};
use crate::progress::Progress;
use crate::store::conversations::{AsideRow, BatchCounts, NewTurn, Taken};
use crate::text::clean::cleaner::Cleaner;
use crate::workbench::current::{is_out_of_scope, named, settle};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Rows a transaction takes; small enough that a trainer who labels beside the import never waits.
const CHUNK: usize = 8_000;

/// The reason written beside rows the project had already.
pub const KNOWN: &str = "known";

/// What became of one file.
#[derive(Debug, Clone, Default)]
pub struct FileReport {
    pub path: PathBuf,
    pub format: String,
    pub charset: String,
    /// `read = kept + aside`.
    pub read: u64,
    pub kept: u64,
    pub aside: u64,
    /// Why rows were set aside, with counts; [`KNOWN`] among them.
    pub reasons: BTreeMap<String, u64>,
    /// Turns customers said.
    pub customers: u64,
    /// Labels the file brought.
    pub labels: u64,
    /// Labels that another verdict already stood against; the standing one was kept.
    pub conflicts: u64,
}

/// What became of all files: reports, and the files that were refused, with why.
#[derive(Debug, Default)]
pub struct ImportReport {
    pub files: Vec<FileReport>,
    pub refused: Vec<(PathBuf, Error)>,
}

/// Shows how a file would be read, without reading it whole.
pub fn preview(path: &Path, options: &ReadOptions, rows: usize) -> Result<Preview> {
    Ok(formats::read::preview(path, options, rows)?)
}

/// Returns the files a path stands for: itself, or the files of a folder by name.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return if path.exists() {
            Ok(vec![path.to_path_buf()])
        } else {
            Err(Error::NothingThere { path: path.to_path_buf() })
        };
    }
    let unreadable = |_| Error::NothingThere { path: path.to_path_buf() };
    // A Maildir keeps its mails in two folders of its own.
    let maildir = [path.join("cur"), path.join("new")];
    let folders = if maildir.iter().all(|folder| folder.is_dir()) { &maildir[..] } else { &[path.to_path_buf()] };
    let mut entries = Vec::new();
    for folder in folders {
        entries.extend(std::fs::read_dir(folder).map_err(unreadable)?);
    }
    let mut found: Vec<PathBuf> = entries
        .into_iter()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|file| {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // Links may lead out of the folder the trainer named; descriptions beside data are no data.
            let plain = std::fs::symlink_metadata(file).is_ok_and(|meta| meta.is_file());
            plain && !name.starts_with('.') && !name.to_lowercase().ends_with(".md")
        })
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(Error::NothingThere { path: path.to_path_buf() });
    }
    Ok(found)
}

/// Imports files and folders. A file that is refused changes nothing and does not stop the others.
pub fn import(
    project: &mut Project,
    paths: &[PathBuf],
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<ImportReport> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(files(path)?);
    }
    let sizes: Vec<u64> = all.iter().map(|file| std::fs::metadata(file).map_or(0, |meta| meta.len())).collect();
    let total: u64 = sizes.iter().sum();
    let mut report = ImportReport::default();
    let mut before = 0;
    for (file, size) in all.into_iter().zip(sizes) {
        let part = Part { whole: progress, before, total };
        match import_file(project, &file, options, &part) {
            Ok(done) => report.files.push(done),
            Err(error) if error.is_stop() => return Err(Error::Stopped),
            Err(error) => report.refused.push((file, error)),
        }
        before += size;
    }
    progress.at(total, total);
    Ok(report)
}

/// Returns the files imported so far, newest first.
pub fn batches(project: &Project) -> Result<Vec<Batch>> {
    Ok(project.store.batches()?)
}

/// Returns rows of a file that were set aside: line, reason, row.
pub fn aside_rows(project: &Project, batch: BatchId, limit: usize) -> Result<Vec<AsideRow>> {
    Ok(project.store.aside_rows(batch, limit)?)
}

fn import_file(
    project: &mut Project,
    path: &Path,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<FileReport> {
    let mut taking = Taking::begin(project, path)?;
    let mut failed = None;
    let mut read_one = |record: Record| match taking.take(record) {
        Ok(()) => Ok(()),
        Err(error) => {
            failed = Some(error);
            Err(Stop)
        }
    };
    let read = formats::read::read(path, options, progress, &mut read_one);
    let ended = match (failed, read) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(summary)) => taking.flush().map(|()| summary),
    };
    match ended {
        Ok(summary) => taking.finish(summary.format.name(), summary.charset.name()),
        Err(error) => {
            taking.drop()?;
            Err(error)
        }
    }
}

/// One file on its way into the project.
struct Taking<'p> {
    project: &'p mut Project,
    /// The name of the file, for lists and the log.
    name: String,
    digest: i64,
    /// Identifies the rows of a file that names no conversations: the same for a file that only grew.
    head: u64,
    /// Whether the very same bytes are in the project already.
    known: bool,
    batch: BatchId,
    cleaner: Cleaner,
    waiting: Vec<Message>,
    aside: Vec<AsideRow>,
    positions: HashMap<i64, u32>,
    doubles: HashMap<u64, u32>,
    labels: Vec<(UtteranceId, String)>,
    report: FileReport,
}

impl<'p> Taking<'p> {
    fn begin(project: &'p mut Project, path: &Path) -> Result<Self> {
        let (digest, head) = digest(path)?;
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let known = project.store.batch_known(digest)?;
        let cleaner = Cleaner::new(&project.rules()?);
        let actor = project.actor().to_string();
        let batch = project.store.begin_batch(&name, digest, "", "", now(), &actor)?;
        Ok(Self {
            project,
            name,
            digest,
            head,
            known,
            batch,
            cleaner,
            waiting: Vec::with_capacity(CHUNK),
            aside: Vec::new(),
            positions: HashMap::new(),
            doubles: HashMap::new(),
            labels: Vec::new(),
            report: FileReport { path: path.to_path_buf(), ..FileReport::default() },
        })
    }

    fn take(&mut self, record: Record) -> Result<()> {
        self.report.read += 1;
        match record {
            Record::Rejected(row) => {
                self.set_aside(row.line, row.reason.name(), row.raw);
            }
            Record::Message(message) if self.known => self.set_aside(message.line, KNOWN, String::new()),
            Record::Message(message) => {
                self.waiting.push(message);
                if self.waiting.len() >= CHUNK {
                    self.flush()?;
                }
            }
        }
        if self.aside.len() >= CHUNK {
            self.flush()?;
        }
        Ok(())
    }

    fn set_aside(&mut self, line: u64, reason: &str, raw: String) {
        self.report.aside += 1;
        *self.report.reasons.entry(reason.to_string()).or_default() += 1;
        if reason != KNOWN {
            self.aside.push(AsideRow { line, reason: reason.to_string(), raw });
        }
    }

    fn flush(&mut self) -> Result<()> {
        let messages = std::mem::take(&mut self.waiting);
        let cleaner = &self.cleaner;
        let settled: Vec<_> = messages
            .par_iter()
            .map(|message| settle(cleaner, &message.text, message.role, message.channel, message.intent.is_some()))
            .collect();
        let mut turns = Vec::with_capacity(messages.len());
        let mut notes = Vec::with_capacity(messages.len());
        for (message, clean) in messages.into_iter().zip(settled) {
            notes.push((message.line, message.role, message.intent.clone(), clean.aside.is_none()));
            turns.push(self.identify(message, clean));
        }
        let taken = self.project.store.take_turns(self.batch, &turns)?;
        for (taken, (line, role, intent, counts)) in taken.into_iter().zip(notes) {
            let utterance = match taken {
                Taken::Kept(utterance) => {
                    self.report.kept += 1;
                    self.report.customers += u64::from(role == Role::Customer && counts);
                    utterance
                }
                Taken::Known(utterance) => {
                    self.set_aside(line, KNOWN, String::new());
                    utterance
                }
            };
            if let (Some(utterance), Some(intent)) = (utterance, intent) {
                self.labels.push((utterance, intent));
            }
        }
        let aside = std::mem::take(&mut self.aside);
        if !aside.is_empty() {
            self.project.store.set_aside(self.batch, &aside)?;
        }
        Ok(())
    }

    /// Gives a message the identity that makes a second import of it add nothing.
    fn identify(&mut self, message: Message, clean: crate::store::conversations::CleanTurn) -> NewTurn {
        let conversation = match &message.conversation {
            Some(name) if message.numbered => {
                xxh3_64(format!("{}\n{:x}\n{name}", message.channel.name(), self.head).as_bytes()) as i64
            }
            Some(name) => xxh3_64(format!("{}\n{name}", message.channel.name()).as_bytes()) as i64,
            None => xxh3_64(format!("{}\n{:x}", Channel::List.name(), self.head).as_bytes()) as i64,
        };
        let mut hasher = Xxh3::new();
        hasher.update(&conversation.to_le_bytes());
        hasher.update(&[message.role as u8]);
        hasher.update(&message.at.unwrap_or(i64::MIN).to_le_bytes());
        hasher.update(message.text.as_bytes());
        let plain = hasher.digest();
        let nth = self.doubles.entry(plain).or_insert(0);
        hasher.update(&nth.to_le_bytes());
        *nth += 1;
        let position = self.positions.entry(conversation).or_insert(0);
        *position += 1;
        NewTurn {
            conversation,
            name: message.conversation.unwrap_or_else(|| self.name.clone()),
            channel: message.channel,
            digest: hasher.digest() as i64,
            position: *position - 1,
            role: message.role,
            speaker: message.speaker,
            at: message.at,
            raw: message.text,
            facts: message.facts,
            clean,
        }
    }

    fn finish(self, format: &str, charset: &str) -> Result<FileReport> {
        let Self { project, batch, name, mut report, labels, digest, .. } = self;
        debug_assert_eq!(report.read, report.kept + report.aside, "an import's counts add up");
        report.format = format.to_string();
        report.charset = charset.to_string();
        if report.kept == 0 && labels.is_empty() {
            // Nothing new came: no batch, no event, nothing to take back.
            project.store.drop_batch(batch)?;
            return Ok(report);
        }
        let counts = BatchCounts { read: report.read, kept: report.kept, aside: report.aside };
        let op = format!("import-{digest:x}-{}", project.op());
        let (actor, at) = (project.actor().to_string(), now());
        let (mut brought, mut conflicts) = (0, 0);
        project.store.describe_batch(batch, format, charset)?;
        let deed = crate::store::history::Deed { op: &op, actor: &actor, at, act: Act::Import, subject: &name };
        project.store.finish_batch(batch, counts, &deed, |recorder| {
            let mut ids: HashMap<&str, Option<IntentId>> = HashMap::new();
            for (utterance, name) in &labels {
                let verdict = match ids.get(name.as_str()) {
                    Some(known) => known.map_or(Verdict::OutOfScope, Verdict::Intent),
                    None => {
                        let id = if is_out_of_scope(name) {
                            None
                        } else {
                            Some(match recorder.intent_named(name)? {
                                Some(id) => id,
                                None => recorder.add_intent(&named(name))?,
                            })
                        };
                        ids.insert(name, id);
                        id.map_or(Verdict::OutOfScope, Verdict::Intent)
                    }
                };
                match recorder.label(*utterance)? {
                    Some(standing) if standing.verdict != verdict => conflicts += 1,
                    Some(_) => {}
                    None => {
                        recorder.put_label(&Label {
                            utterance: *utterance,
                            verdict,
                            source: LabelSource::Import,
                            actor: actor.clone(),
                            at,
                            note: String::new(),
                        })?;
                        brought += 1;
                    }
                }
            }
            Ok(())
        })?;
        report.labels = brought;
        report.conflicts = conflicts;
        Ok(report)
    }

    fn drop(self) -> Result<()> {
        Ok(self.project.store.drop_batch(self.batch)?)
    }
}

/// Returns the digest of a file's bytes, and of its first bytes.
fn digest(path: &Path) -> Result<(i64, u64)> {
    use std::io::Read;
    let io = |source| crate::formats::error::Error::Io { path: path.to_path_buf(), source };
    let mut file = std::fs::File::open(path).map_err(io)?;
    let mut hasher = Xxh3::new();
    let mut head = None;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer).map_err(io)?;
        if count == 0 {
            break;
        }
        head.get_or_insert_with(|| xxh3_64(&buffer[..count.min(512)]));
        hasher.update(&buffer[..count]);
    }
    Ok((hasher.digest() as i64, head.unwrap_or(0)))
}

/// The progress of one file among several.
struct Part<'a> {
    whole: &'a dyn Progress,
    before: u64,
    total: u64,
}

impl Progress for Part<'_> {
    fn at(&self, done: u64, _total: u64) {
        self.whole.at((self.before + done).min(self.total), self.total);
    }

    fn stopped(&self) -> bool {
        self.whole.stopped()
    }
}
