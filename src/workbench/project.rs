//! A project in hand: where it lies, who works on it, what it holds, and taking back.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::event::Event;
use crate::domain::ids::{EventId, ModelId};
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::model::Model;
use crate::store::history::Reversal;
use crate::store::open::Store;
use crate::text::segment::Segmenter;
use crate::workbench::error::Result;

/// The handle every verb takes.
pub struct Project {
    pub(in crate::workbench) store: Store,
    actor: String,
    /// What tells this process from others of the same trainer.
    session: String,
    /// Whether an item was taken in hand.
    pub(in crate::workbench) holding: bool,
    seen: i64,
    /// The model last loaded, so that chatting and guessing load it once.
    pub(in crate::workbench) model: Option<(ModelId, Arc<Model>)>,
    pub(in crate::workbench) segmenter: Option<(i64, Arc<Segmenter>)>,
    /// The encoders opened so far, beside the one in the box.
    pub(in crate::workbench) encoders: RefCell<Vec<Encoder>>,
}

/// What a project holds, in figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    pub files: u64,
    pub turns: u64,
    /// Turns said by customers that cleaning kept.
    pub customer_turns: u64,
    pub utterances: u64,
    /// Utterances without a label; an example nobody said in the logs is no utterance of theirs.
    pub unlabelled: u64,
    pub intents: u64,
    /// Utterances labelled with an intent.
    pub examples: u64,
    pub out_of_scope: u64,
    pub ignored: u64,
    pub later: u64,
    pub clusters: u64,
    pub open_clusters: u64,
    pub runs: u64,
    /// Accuracy and macro-F1 of the latest run.
    pub scores: Option<(f64, f64)>,
    /// Labels made since the latest run.
    pub since_run: u64,
    pub topics_text: bool,
    pub rehearsals: u64,
}

impl Project {
    /// Creates an empty project file.
    pub fn create(path: &Path, actor: &str) -> Result<Self> {
        Ok(Self::on(Store::create(path)?, actor))
    }

    /// Opens a project file.
    pub fn open(path: &Path, actor: &str) -> Result<Self> {
        Ok(Self::on(Store::open(path)?, actor))
    }

    /// Creates a project that lives in memory, for tests and trials.
    pub fn in_memory(actor: &str) -> Result<Self> {
        Ok(Self::on(Store::in_memory()?, actor))
    }

    /// Returns where the project lies.
    pub fn path(&self) -> PathBuf {
        self.store.path().to_path_buf()
    }

    /// Returns who works on it.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Returns what tells this process from others of the same trainer.
    pub(in crate::workbench) fn session(&self) -> &str {
        &self.session
    }

    /// Returns the project's name: the setting, else the file's name.
    pub fn name(&self) -> Result<String> {
        let file = self.store.path().file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Ok(self.store.setting("name")?.or(file).unwrap_or_default())
    }

    /// Returns the language the project's customers speak (`zh`, `en`), where it is set.
    pub fn language(&self) -> Result<Option<String>> {
        Ok(self.store.setting("language")?)
    }

    /// Tells whether another process has changed the file since the last call.
    pub fn changed(&mut self) -> Result<bool> {
        let now = self.store.data_version()?;
        let changed = now != self.seen;
        self.seen = now;
        Ok(changed)
    }

    /// Returns what the project holds.
    pub fn counts(&self) -> Result<Counts> {
        let (turns, customer_turns) = self.store.turn_counts()?;
        let [examples, out_of_scope, ignored, later] = self.store.verdict_counts()?;
        let heads = match self.store.grouping_id()? {
            Some(grouping) => self.store.cluster_heads(grouping)?,
            None => Vec::new(),
        };
        let runs = self.store.runs()?;
        let open = heads.iter().filter(|h| h.cluster.state == crate::domain::cluster::ClusterState::Open).count();
        Ok(Counts {
            files: self.store.batches()?.len() as u64,
            turns,
            customer_turns,
            utterances: self.store.utterance_count()?,
            unlabelled: self.unlabelled()?,
            intents: self.store.intents()?.len() as u64,
            examples,
            out_of_scope,
            ignored,
            later,
            clusters: heads.len() as u64,
            open_clusters: open as u64,
            runs: runs.len() as u64,
            scores: runs.first().map(|run| (run.accuracy, run.macro_f1)),
            since_run: runs
                .first()
                .map_or(examples + out_of_scope, |run| (examples + out_of_scope).saturating_sub(run.examples)),
            topics_text: self.store.policy()?.is_some(),
            rehearsals: self.store.rehearsals()?.len() as u64,
        })
    }

    /// Returns how many utterances have no label.
    pub(in crate::workbench) fn unlabelled(&self) -> Result<u64> {
        Ok(self.store.utterance_count()?.saturating_sub(self.store.labelled_said()?))
    }

    /// Takes back this trainer's latest act; `None` when there is none.
    pub fn undo(&mut self) -> Result<Option<Reversal>> {
        Ok(self.store.undo(&self.op(), &self.actor, now())?)
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> Result<Option<Reversal>> {
        Ok(self.store.redo(&self.op(), &self.actor, now())?)
    }

    /// Returns events, newest first; `before` pages on.
    pub fn log(&self, before: Option<EventId>, actor: Option<&str>, since: i64, limit: usize) -> Result<Vec<Event>> {
        Ok(self.store.log(before, actor, since, limit)?)
    }

    /// Returns the number of the latest event and when it happened (milliseconds since 1970 UTC).
    pub fn saved(&self) -> Result<Option<(EventId, i64)>> {
        Ok(self.store.latest_event()?)
    }

    /// Returns an operation id no other key press has.
    pub fn op(&self) -> String {
        unique()
    }

    fn on(store: Store, actor: &str) -> Self {
        let (actor, session) = (actor.to_string(), unique());
        Self {
            store,
            actor,
            session,
            holding: false,
            seen: -1,
            model: None,
            segmenter: None,
            encoders: RefCell::default(),
        }
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if self.holding {
            // What cannot be given back runs out by itself.
            let _ = self.store.release(&self.session);
        }
    }
}

/// Returns a word nothing else has, in this process or another.
fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{:x}-{:x}-{:x}", now(), std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Returns the moment, in milliseconds since 1970 UTC.
pub(in crate::workbench) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
