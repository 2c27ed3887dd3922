//! What stands now: the rules in force, the trainer's words, the current model, names by id.

use std::collections::HashMap;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::bot::Bot;
use crate::dialogue::policy::read::read;
use crate::domain::conversation::{Channel, Role};
use crate::domain::ids::IntentId;
use crate::domain::label::Intent;
use crate::domain::utterance::Language;
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::model::Model;
use crate::store::cleaning::CleanTurn;
use crate::store::utterances::NewUtterance;
use crate::text::clean::cleaner::Cleaner;
use crate::text::clean::learned::{Correction, Learned};
use crate::text::clean::rule::{Rule, RuleSet};
use crate::text::family::family_key;
use crate::text::language::language;
use crate::text::segment::Segmenter;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// The intents by id and by name.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub intents: Vec<Intent>,
    by_id: HashMap<IntentId, usize>,
    by_name: HashMap<String, usize>,
}

impl Catalogue {
    /// Returns the name of an intent; empty when it is gone.
    pub fn name(&self, id: IntentId) -> &str {
        self.by_id.get(&id).map_or("", |i| self.intents[*i].name.as_str())
    }

    /// Returns an intent by id.
    pub fn intent(&self, id: IntentId) -> Option<&Intent> {
        self.by_id.get(&id).map(|i| &self.intents[*i])
    }

    /// Returns an intent by its exact name.
    pub fn named(&self, name: &str) -> Option<&Intent> {
        self.by_name.get(name).map(|i| &self.intents[*i])
    }

    /// Returns an intent by name, or the refusal that names the nearest one.
    pub fn find(&self, name: &str) -> Result<&Intent> {
        self.named(name).ok_or_else(|| {
            let nearest = self
                .intents
                .iter()
                .map(|intent| (shared(&intent.name, name), &intent.name))
                .filter(|(shared, _)| *shared > 0)
                .max_by_key(|(shared, _)| *shared)
                .map(|(_, name)| name.clone());
            Error::UnknownIntent { name: name.to_string(), nearest }
        })
    }
}

impl Project {
    /// Returns the intents by id and name.
    pub fn catalogue(&self) -> Result<Catalogue> {
        let intents = self.store.intents()?;
        let by_id = intents.iter().enumerate().map(|(i, intent)| (intent.id, i)).collect();
        let by_name = intents.iter().enumerate().map(|(i, intent)| (intent.name.clone(), i)).collect();
        Ok(Catalogue { intents, by_id, by_name })
    }

    /// Returns the cleaning rules in force.
    pub fn rules(&self) -> Result<RuleSet> {
        let mut rules = RuleSet::default();
        for (name, on) in self.store.rules()? {
            // A rule of another version that we do not know simply does not run.
            if let Some(rule) = Rule::named(&name) {
                rules = rules.with(rule, on);
            }
        }
        Ok(rules)
    }

    /// Returns what a customer said as an example is kept: cleaned, and nothing personal in it that the rules hide.
    pub(in crate::workbench) fn example(&mut self, said: &str) -> Result<NewUtterance> {
        let clean = self.cleaner()?.clean(said, Role::Customer, Channel::Chat);
        Ok(utterance(if clean.text.trim().is_empty() { said } else { &clean.text }))
    }

    /// Returns a cleaner with the rules in force and what trainers taught.
    pub(in crate::workbench) fn cleaner(&mut self) -> Result<Cleaner> {
        let rules = self.rules()?;
        let canned = self.store.canned()?;
        let corrections: Vec<Correction> = self
            .store
            .heard()?
            .into_iter()
            .filter(|heard| !heard.meant.is_empty())
            .map(|heard| Correction { heard: heard.heard, within: heard.within, meant: heard.meant })
            .collect();
        if corrections.is_empty() && canned.is_empty() {
            return Ok(Cleaner::new(&rules));
        }
        let segmenter = self.segmenter()?;
        Ok(Cleaner::taught(&rules, Arc::new(Learned::new(corrections, canned, || segmenter))))
    }

    /// Returns the current model; `None` before the first training.
    pub fn model(&mut self) -> Result<Option<Arc<Model>>> {
        let Some(run) = self.store.latest_run()? else { return Ok(None) };
        if let Some((id, model)) = &self.model
            && *id == run.model
        {
            return Ok(Some(model.clone()));
        }
        let Some(bytes) = self.store.model(run.model)? else { return Ok(None) };
        let model = Arc::new(self.read_model(&bytes)?);
        prepare(&model);
        self.model = Some((run.model, model.clone()));
        Ok(Some(model))
    }

    /// Returns the bot as it stands: the current model, the draft policy, the catalogue's answers.
    pub fn bot(&mut self) -> Result<Bot> {
        let text = self.store.policy()?.ok_or(Error::NoPolicy)?;
        let policy = read(&text.yaml)?;
        let intents = self.store.intents()?;
        let run = self.store.latest_run()?;
        let model = match &run {
            Some(run) => self.store.model(run.model)?.map(|bytes| self.read_model(&bytes)).transpose()?,
            None => None,
        };
        model.iter().for_each(prepare);
        let knowing = self.knowing_of(run.map(|run| run.id))?;
        knowing.iter().for_each(|knowing| knowing.encoder().prepare());
        Ok(Bot::new(model, &intents, policy, self.hearing()?.sounding()).knowing(knowing))
    }

    /// Returns a segmenter that knows the trainer's words.
    pub fn segmenter(&mut self) -> Result<Arc<Segmenter>> {
        let words = self.store.words()?;
        let version = words.iter().fold(words.len() as i64, |hash, word| {
            hash.wrapping_mul(31).wrapping_add(xxh3_64(format!("{}\t{}", word.text, word.tag).as_bytes()) as i64)
        });
        if let Some((known, segmenter)) = &self.segmenter
            && *known == version
        {
            return Ok(segmenter.clone());
        }
        let segmenter = Arc::new(Segmenter::new(&words));
        self.segmenter = Some((version, segmenter.clone()));
        Ok(segmenter)
    }
}

/// Lets the encoder get ready while the trainer still reads or writes.
fn prepare(model: &Model) {
    model.encoder().into_iter().for_each(Encoder::prepare);
}

/// Cleans one turn into what the store keeps; customers' turns become utterances.
pub(in crate::workbench) fn settle(
    cleaner: &Cleaner,
    raw: &str,
    role: Role,
    channel: Channel,
    labelled: bool,
) -> CleanTurn {
    let cleaned = cleaner.clean(raw, role, channel);
    let kept = cleaned.aside.is_none() || (labelled && !cleaned.text.trim().is_empty());
    let utterance = (kept && role == Role::Customer && !cleaned.text.trim().is_empty())
        .then(|| identified(&cleaned.text, cleaned.language));
    let hits: Vec<&str> = cleaned.hits.iter().map(|rule| rule.name()).collect();
    CleanTurn {
        offsets: cleaned.offsets.to_bytes(),
        hits: hits.join(" "),
        aside: cleaned.aside.filter(|_| !kept).map(|aside| aside.name().to_string()),
        utterance,
        text: Some(cleaned.text),
    }
}

/// Returns the identity of a cleaned text.
pub(in crate::workbench) fn utterance(text: &str) -> NewUtterance {
    identified(text, language(text))
}

/// Returns the identity of a cleaned text whose language is known.
fn identified(text: &str, language: Language) -> NewUtterance {
    NewUtterance {
        hash: xxh3_64(text.as_bytes()) as i64,
        text: text.to_string(),
        family: family_key(text) as i64,
        language,
    }
}

/// Tells whether a file's label means "none of our intents".
pub fn is_out_of_scope(name: &str) -> bool {
    matches!(name.trim().to_lowercase().as_str(), "oos" | "out_of_scope" | "out-of-scope" | "拒识" | "超范围" | "none")
}

/// Returns an intent that has only a name.
pub(in crate::workbench) fn named(name: &str) -> Intent {
    Intent {
        id: IntentId(0),
        name: name.to_string(),
        question: String::new(),
        guideline: String::new(),
        category: String::new(),
        answers: Vec::new(),
    }
}

/// Counts the characters two names share, a plain measure of nearness.
fn shared(a: &str, b: &str) -> usize {
    a.chars().filter(|c| b.contains(*c)).count()
}
