//! import: files in, turns kept, counts that add up.
//!
//! Turns are cleaned with the rules in force as they come, so that nothing personal is ever shown unmasked; `clean`
//! changes rules and runs again. `read = kept + set aside`, to the row, where rows known already count as set aside.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::domain::event::Act;
use crate::domain::ids::{BatchId, IntentId, SpanId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Mark, Span, Verdict};
use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::read::Preview;
use crate::formats::speaker::Ground;
use crate::progress::{Part, Progress};
use crate::store::conversations::{AsideRow, BatchCounts, Taken};
use crate::text::clean::cleaner::Cleaner;
use crate::text::clean::masked::masked;
use crate::workbench::current::{is_out_of_scope, named};
use crate::workbench::error::{Error, Result};
use crate::workbench::failed::{FailedRows, FailedTo};
use crate::workbench::knowledge::Gathered;
use crate::workbench::profiles;
use crate::workbench::project::{Project, now};
use crate::workbench::reading::{self, Origin, Portion};
use crate::workbench::sentences::anew;

/// The reason written beside rows the project had already.
pub const KNOWN: &str = "known";

/// What became of one file.
#[derive(Debug, Clone, Default)]
pub struct FileReport {
    pub path: PathBuf,
    /// The batch it became; `None` when nothing new came.
    pub batch: Option<BatchId>,
    /// The profile it was read by.
    pub profile: Option<String>,
    pub format: String,
    pub charset: String,
    /// `read = kept + aside`.
    pub read: u64,
    pub kept: u64,
    pub aside: u64,
    /// Why rows were set aside, with counts; [`KNOWN`] among them.
    pub reasons: BTreeMap<String, u64>,
    /// Empty rows in the middle of a sheet, passed over.
    pub blank: u64,
    /// Turns customers said.
    pub customers: u64,
    /// Labels the file brought.
    pub labels: u64,
    /// Rows whose fields that nobody here reads are kept, and rows with such fields too large to keep.
    pub extras: u64,
    pub cut: u64,
    /// Entities marked in these texts.
    pub spans: u64,
    /// Standard questions of a knowledge sheet, and how many of their intents are new or changed.
    pub questions: u64,
    pub changed: u64,
    /// Where the rows that could not be used were written, when that was asked for and there were any.
    pub failed: Option<PathBuf>,
    /// Labels that another verdict already stood against; the standing one was kept.
    pub conflicts: u64,
    /// How the speakers of calls got their roles, where least sure.
    pub ground: Option<Ground>,
}

/// One file or folder to import, with what was asked for it.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub path: PathBuf,
    pub options: ReadOptions,
    pub profile: Wish,
}

/// Which profile a file is read by; what the options say wins over it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wish {
    /// The one the file fits, if any.
    #[default]
    Fitting,
    None,
    Named(String),
    /// The options hold it already; the name is for the report.
    Settled(String),
}

/// What became of all files: reports, and the files that were refused, with why.
#[derive(Debug, Default)]
pub struct ImportReport {
    pub files: Vec<FileReport>,
    pub refused: Vec<(PathBuf, Error)>,
}

/// Shows how a file would be read, without reading it whole; personal data is hidden before anybody sees it.
pub fn preview(path: &Path, options: &ReadOptions, rows: usize) -> Result<Preview> {
    Ok(hidden(formats::read::preview(path, options, rows)?))
}

/// Shows what a file holds also while no column of it is taken for a text, so that one can be named.
pub fn glance(path: &Path, options: &ReadOptions, rows: usize) -> Result<Preview> {
    Ok(hidden(formats::read::glance(path, options, rows)?))
}

/// Returns the names of a workbook's sheets; none for a file that is no workbook.
pub fn sheets(path: &Path) -> Result<Vec<String>> {
    Ok(formats::read::sheets(path)?)
}

/// Hides the personal data of all that a preview shows.
fn hidden(mut preview: Preview) -> Preview {
    let texts = preview.messages.iter_mut().map(|message| &mut message.text);
    let rows = preview.rejected.iter_mut().map(|row| &mut row.raw);
    let cells = preview.noted.cells.iter_mut().flatten();
    texts.chain(rows).chain(cells).for_each(|text| *text = masked(text).into_owned());
    preview
}

/// Shows how a file would be read; a recording is heard for it, which may take long.
pub fn preview_heard(path: &Path, options: &ReadOptions, rows: usize, progress: &dyn Progress) -> Result<Preview> {
    Ok(hidden(formats::read::preview_heard(path, options, rows, progress)?))
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

/// Imports files and folders with the same wishes for all.
pub fn import(
    project: &mut Project,
    paths: &[PathBuf],
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<ImportReport> {
    let wanted = |path: &PathBuf| Wanted { path: path.clone(), options: options.clone(), profile: Wish::Fitting };
    import_all(project, &paths.iter().map(wanted).collect::<Vec<_>>(), None, progress)
}

/// Imports files and folders, each as it was asked for; rows that could not be used are written to a folder where one
/// is named, a file for each file. A file that is refused changes nothing and does not stop the others.
pub fn import_all(
    project: &mut Project,
    wanted: &[Wanted],
    failed: Option<&FailedTo<'_>>,
    progress: &dyn Progress,
) -> Result<ImportReport> {
    let mut all = Vec::new();
    for one in wanted {
        all.extend(files(&one.path)?.into_iter().map(|path| Wanted { path, ..one.clone() }));
    }
    if all.len() > 1 {
        let files = all.iter().map(|one| (&*one.path, &one.options));
        let threads = Arc::new(formats::mail::survey::threads(files, progress)?);
        all.iter_mut().for_each(|one| one.options.threads = Some(threads.clone()));
    }
    let sizes: Vec<u64> = all.iter().map(|one| std::fs::metadata(&one.path).map_or(0, |meta| meta.len())).collect();
    let total: u64 = sizes.iter().sum();
    let mut report = ImportReport::default();
    let (mut before, mut rows) = (0, 0);
    for (one, size) in all.into_iter().zip(sizes) {
        let part = Part { whole: progress, from: before, to: before + size, total, rows };
        let done = settle_wishes(project, &one)
            .and_then(|(options, profile)| Ok((import_file(project, &one.path, &options, failed, &part)?, profile)));
        match done {
            Ok((done, profile)) => {
                rows += done.read;
                report.files.push(FileReport { profile, ..done });
            }
            Err(error) if error.is_stop() => return Err(Error::Stopped),
            Err(error) => report.refused.push((one.path, error)),
        }
        before += size;
    }
    progress.at(total, total);
    Ok(report)
}

/// Returns the wishes for a file with those of its profile, and the profile's name.
pub fn settle_wishes(project: &Project, one: &Wanted) -> Result<(ReadOptions, Option<String>)> {
    let profile = match &one.profile {
        Wish::None => None,
        Wish::Settled(name) => return Ok((one.options.clone(), Some(name.clone()))),
        Wish::Fitting => profiles::matching(project, &one.path)?,
        Wish::Named(name) => Some(profiles::named(project, name)?),
    };
    Ok(match profile {
        Some(profile) => (one.options.over(&profile.options), Some(profile.name)),
        None => (one.options.clone(), None),
    })
}

/// Tells whether a file's very bytes are in the project already.
pub fn is_known(project: &Project, path: &Path) -> Result<bool> {
    Ok(project.store.batch_known(digest(path)?.0)?)
}

fn import_file(
    project: &mut Project,
    path: &Path,
    options: &ReadOptions,
    failed_to: Option<&FailedTo<'_>>,
    progress: &dyn Progress,
) -> Result<FileReport> {
    let (digest, head) = digest(path)?;
    let digest = digest ^ other_sheet(path, options);
    // From here on nobody else takes a file in: what is known stays as it is found now.
    let _sole = project.store.sole(|importer| {
        progress.waits(&importer.actor, &importer.source);
        !progress.stopped()
    })?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let known = project.store.batch_known(digest)?;
    let cleaner = project.cleaner()?;
    let mut taking = Taking::begin(project, path, name.clone(), digest)?;
    let mut failed = failed_to.map(|to| FailedRows::new(to, path, options));
    let origin = Origin { name, digest, head, known };
    let read = reading::read(path, options, origin, &cleaner, progress, |portion| {
        if let Some(failed) = &mut failed {
            portion.rejected.iter().try_for_each(|row| failed.add(row))?;
        }
        taking.keep(portion)?;
        progress.rows(taking.report.read);
        Ok(())
    });
    let told = read.and_then(|summary| Ok((summary, failed.map(FailedRows::finish).transpose()?.flatten())));
    match told {
        Ok((summary, failed)) => {
            taking.report.failed = failed;
            taking.report.blank = summary.blank;
            taking.report.ground = summary.ground;
            taking.finish(&cleaner, summary.format.name(), summary.charset.name())
        }
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
    batch: BatchId,
    labels: Vec<(UtteranceId, String)>,
    marks: Vec<(UtteranceId, Vec<Mark>)>,
    knowledge: Gathered,
    /// Conversations whose sentences reach beyond one portion.
    torn: BTreeSet<i64>,
    report: FileReport,
}

impl<'p> Taking<'p> {
    fn begin(project: &'p mut Project, path: &Path, name: String, digest: i64) -> Result<Self> {
        let actor = project.actor().to_string();
        let batch = project.store.begin_batch(&name, digest, "", "", now(), &actor)?;
        let report = FileReport { path: path.to_path_buf(), ..FileReport::default() };
        Ok(Self {
            project,
            name,
            digest,
            batch,
            labels: Vec::new(),
            marks: Vec::new(),
            torn: BTreeSet::new(),
            knowledge: Gathered::default(),
            report,
        })
    }

    fn keep(&mut self, portion: Portion) -> Result<()> {
        let Portion { turns, notes, said, sentences, torn, rejected, known } = portion;
        said.into_iter().for_each(|said| self.knowledge.add(said));
        let report = &mut self.report;
        report.read += turns.len() as u64 + rejected.len() as u64 + known;
        set_aside(report, KNOWN, known);
        let taken = self.project.store.take_turns(self.batch, &turns)?;
        self.torn.extend(torn);
        for places in sentences {
            // A turn that was there already keeps its own sentence until the whole conversation is looked at.
            if places.iter().any(|place| !matches!(taken[*place], Taken::Kept(_))) {
                self.torn.insert(turns[places[0]].conversation);
            }
        }
        for (taken, note) in taken.into_iter().zip(notes) {
            let utterance = match taken {
                Taken::Kept(utterance) | Taken::Back(utterance) => {
                    report.kept += 1;
                    report.customers += u64::from(note.customer);
                    report.extras += u64::from(note.extra.0);
                    report.cut += u64::from(note.extra.1);
                    utterance
                }
                Taken::Known(utterance) => {
                    set_aside(report, KNOWN, 1);
                    utterance
                }
            };
            let Some(utterance) = utterance else { continue };
            if let Some(intent) = note.intent {
                self.labels.push((utterance, intent));
            }
            if !note.marks.is_empty() {
                self.marks.push((utterance, note.marks));
            }
        }
        let aside: Vec<AsideRow> = rejected
            .into_iter()
            .map(|row| AsideRow { line: row.line, reason: row.reason.name().to_string(), raw: row.raw })
            .collect();
        aside.iter().for_each(|row| set_aside(report, &row.reason, 1));
        if !aside.is_empty() {
            self.project.store.set_aside(self.batch, &aside)?;
        }
        // This thread has the most to do; the memory is given back where it was taken.
        rayon::spawn(move || drop(turns));
        Ok(())
    }

    fn finish(self, cleaner: &Cleaner, format: &str, charset: &str) -> Result<FileReport> {
        let Self { project, batch, name, mut report, labels, marks, knowledge, digest, torn, .. } = self;
        debug_assert_eq!(report.read, report.kept + report.aside, "an import's counts add up");
        report.format = format.to_string();
        report.charset = charset.to_string();
        report.questions = knowledge.len();
        if report.kept == 0 && labels.is_empty() && marks.is_empty() && knowledge.is_empty() {
            // Nothing new came: no batch, no event, nothing to take back.
            project.store.drop_batch(batch)?;
            return Ok(report);
        }
        let counts = BatchCounts { read: report.read, kept: report.kept, aside: report.aside };
        let op = format!("import-{digest:x}-{}", project.op());
        let (actor, at) = (project.actor().to_string(), now());
        let (mut brought, mut conflicts, mut changed, mut marked) = (0, 0, 0, 0);
        project.store.describe_batch(batch, format, charset)?;
        let deed = crate::store::history::Deed { op: &op, actor: &actor, at, act: Act::Import, subject: &name };
        let mut mended = Vec::new();
        for conversation in torn {
            if let Some(id) = project.store.conversation_of(conversation)? {
                mended.extend(anew(cleaner, project.store.turns_of(id, Some(batch))?));
            }
        }
        project.store.finish_batch(batch, counts, &deed, &mended, |recorder| {
            changed = knowledge.write(recorder)?;
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
            for (utterance, marks) in marks {
                // What a trainer marked, or the file brought before, stays as it is.
                if recorder.is_marked(utterance)? {
                    continue;
                }
                for Mark { range, entity, value } in marks {
                    recorder.add_span(&Span { id: SpanId(0), utterance, range, entity, value })?;
                    marked += 1;
                }
            }
            Ok(())
        })?;
        report.batch = Some(batch);
        report.labels = brought;
        report.spans = marked;
        report.changed = changed;
        report.conflicts = conflicts;
        Ok(report)
    }

    fn drop(self) -> Result<()> {
        Ok(self.project.store.drop_batch(self.batch)?)
    }
}

fn set_aside(report: &mut FileReport, reason: &str, rows: u64) {
    report.aside += rows;
    match report.reasons.get_mut(reason) {
        Some(count) => *count += rows,
        None if rows > 0 => _ = report.reasons.insert(reason.to_string(), rows),
        None => {}
    }
}

/// Returns the digest of a file's bytes, and of its first bytes.
fn digest(path: &Path) -> Result<(i64, u64)> {
    use std::io::Read;
    let io = |source| crate::formats::error::Error::Io { path: path.to_path_buf(), source };
    let (mut file, _) = formats::open::open(path)?;
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

/// Returns what tells another sheet of a workbook from the one that is read when none is asked for; 0 for that one.
fn other_sheet(path: &Path, options: &ReadOptions) -> i64 {
    let Some(asked) = options.sheet.as_deref().map(str::trim) else { return 0 };
    let plain = ReadOptions { sheet: None, ..options.clone() };
    let first = formats::read::sniffed(path, &plain).ok().and_then(|sniffed| sniffed.sheets.into_iter().next());
    // What cannot be read at all is refused in a moment.
    if first.is_none_or(|first| first.trim() == asked) { 0 } else { xxh3_64(asked.as_bytes()) as i64 }
}
