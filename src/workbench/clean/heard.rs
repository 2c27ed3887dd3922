//! Words of the trade that were heard or typed as others of the same sound: a queue of proposals, never a silent change.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::domain::event::Act;
use crate::domain::ids::UtteranceId;
use crate::domain::utterance::Utterance;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::store::marks::Heard;
use crate::text::homophones::Homophones;
use crate::text::terms::terms;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Texts shown of one proposal.
const SHOWN: usize = 12;

/// Texts looked at between two looks at the progress.
const CHUNK: usize = 5_000;

/// What may have been meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    pub heard: String,
    pub meant: String,
    /// How many customers said a text that holds it.
    pub customers: u64,
    /// How many texts hold it.
    pub texts: u64,
    /// Some of them, most customers first.
    pub samples: Vec<Utterance>,
}

impl Suggestion {
    /// Returns what of it nobody has decided on; `None` when nothing is left.
    pub fn open(&self, decided: &[Heard]) -> Option<Self> {
        let mine = || decided.iter().filter(|decision| decision.heard == self.heard);
        let mut open = self.clone();
        open.samples.retain(|sample| !mine().any(|decision| decision.within == sample.text));
        (!mine().any(|decision| decision.within.is_empty()) && !open.samples.is_empty()).then_some(open)
    }
}

/// Where a decision about a suggestion holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Everywhere,
    /// In the turns of one utterance.
    In(UtteranceId),
}

/// Returns what may have been meant and nobody has decided on, most customers first.
pub fn suggestions(project: &mut Project, progress: &dyn Progress) -> Result<Vec<Suggestion>> {
    let segmenter = project.segmenter()?;
    let words = trade(project)?;
    let table = Homophones::new(words.iter().map(String::as_str));
    let mut texts: Vec<Utterance> = Vec::new();
    project.store.each_utterance(|utterance| {
        texts.push(utterance);
        Ok(())
    })?;
    let decided = project.store.heard()?;
    let mut found: BTreeMap<(String, String), Suggestion> = BTreeMap::new();
    for (nth, chunk) in texts.chunks(CHUNK).enumerate() {
        let proposals: Vec<Vec<(String, String)>> = chunk
            .par_iter()
            .map(|utterance| {
                let mut pairs: Vec<_> = table
                    .proposals(&segmenter, &utterance.text)
                    .into_iter()
                    .map(|proposal| (proposal.range.of(&utterance.text).to_owned(), proposal.word))
                    .collect();
                pairs.dedup();
                pairs
            })
            .collect();
        for (utterance, pairs) in chunk.iter().zip(proposals) {
            for (heard, meant) in pairs {
                let holds = |d: &Heard| d.heard == heard && (d.within.is_empty() || d.within == utterance.text);
                if decided.iter().any(holds) {
                    continue;
                }
                let suggestion = found.entry((heard.clone(), meant.clone())).or_insert_with(|| Suggestion {
                    heard,
                    meant,
                    customers: 0,
                    texts: 0,
                    samples: Vec::new(),
                });
                suggestion.customers += utterance.count;
                suggestion.texts += 1;
                suggestion.samples.push(utterance.clone());
                if suggestion.samples.len() > 2 * SHOWN {
                    keep_loudest(&mut suggestion.samples);
                }
            }
        }
        progress.at(((nth * CHUNK) + chunk.len()) as u64, texts.len() as u64);
        if progress.stopped() {
            return Err(Error::Stopped);
        }
    }
    let mut found: Vec<Suggestion> = found.into_values().collect();
    for suggestion in &mut found {
        keep_loudest(&mut suggestion.samples);
    }
    found.sort_by(|a, b| b.customers.cmp(&a.customers).then_with(|| a.heard.cmp(&b.heard)));
    Ok(found)
}

/// Accepts a suggestion; the texts change when cleaning runs again.
pub fn accept(project: &mut Project, heard: &str, meant: &str, reach: Reach) -> Result<()> {
    decide(project, heard, meant, reach)
}

/// Says that words are right as they stand; they are not proposed again.
pub fn refuse(project: &mut Project, heard: &str, reach: Reach) -> Result<()> {
    decide(project, heard, "", reach)
}

/// Returns the decisions that stand.
pub fn decided(project: &Project) -> Result<Vec<Heard>> {
    Ok(project.store.heard()?)
}

/// Takes a decision back: the words are proposed again, and stay as they are when cleaning runs again.
pub fn forget(project: &mut Project, heard: &str, within: &str) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Correct, subject: heard };
    project.store.act(&deed, |recorder| recorder.remove_heard(heard, within))?;
    Ok(())
}

/// Returns the words of the trade: the trainer's own and those of the catalogue's names and questions.
pub(in crate::workbench::clean) fn trade(project: &mut Project) -> Result<Vec<String>> {
    let mut words: BTreeSet<String> = project.store.words()?.into_iter().map(|word| word.text).collect();
    let intents = project.store.intents()?;
    if intents.is_empty() {
        return Ok(words.into_iter().collect());
    }
    let segmenter = project.segmenter()?;
    for intent in intents {
        words.extend(terms(&segmenter, &intent.name));
        words.extend(terms(&segmenter, &intent.question));
    }
    Ok(words.into_iter().collect())
}

fn decide(project: &mut Project, heard: &str, meant: &str, reach: Reach) -> Result<()> {
    let within: Vec<String> = match reach {
        Reach::Everywhere => vec![String::new()],
        // A sentence in pieces is corrected in the piece that holds the words.
        Reach::In(utterance) => {
            let mut texts: Vec<String> = project.store.texts_of(utterance)?;
            texts.retain(|text| text.contains(heard));
            texts
        }
    };
    if within.is_empty() {
        return Err(Error::NotHeard { heard: heard.to_string() });
    }
    let (op, actor) = (project.op(), project.actor().to_string());
    let subject = if meant.is_empty() { heard.to_string() } else { format!("{heard} → {meant}") };
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Correct, subject: &subject };
    project.store.act(&deed, |recorder| {
        within.iter().try_for_each(|within| {
            let heard = Heard { heard: heard.to_string(), within: within.clone(), meant: meant.to_string() };
            recorder.put_heard(&heard)
        })
    })?;
    Ok(())
}

fn keep_loudest(samples: &mut Vec<Utterance>) {
    samples.sort_by(|a, b| b.count.cmp(&a.count).then(a.id.cmp(&b.id)));
    samples.truncate(SHOWN);
}
