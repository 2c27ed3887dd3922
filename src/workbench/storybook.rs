//! Bots of others: read, their test conversations played again, their design carried over.
//!
//! A Rasa project comes in three pieces: its examples by `import`, its design and tests by [`bring`], and the proof that
//! nothing was lost by [`replay`], which plays its own test conversations on its own rules and stories.

use std::path::Path;

use crate::dialogue::storybook::decide::Decider;
use crate::dialogue::storybook::replay::{Played, Verdict, play};
use crate::domain::storybook::{Course, Storybook};
use crate::formats;
use crate::formats::rasa::folder;
use crate::workbench::current::is_out_of_scope;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

#[cfg(test)]
mod tests;

/// Who says what a customer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ear {
    /// The test itself.
    Gold,
    /// The project's model.
    Model,
}

/// Test conversations of a bot as they went.
#[derive(Debug)]
pub struct Replayed {
    pub ear: Ear,
    pub played: Vec<Played>,
    /// Some ways through its stories were left out: there are too many.
    pub cut: bool,
}

impl Replayed {
    /// Returns how many decisions turned out so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.played.iter().map(|played| played.count(verdict)).sum()
    }

    /// Returns how many decisions there were.
    pub fn decisions(&self) -> usize {
        self.played.iter().map(|played| played.decisions.len()).sum()
    }

    /// Returns how many conversations held whole.
    pub fn passed(&self) -> usize {
        self.played.iter().filter(|played| played.passed()).count()
    }

    /// Returns the turns whose intent was understood, of those that were asked about.
    pub fn understood(&self) -> (usize, usize) {
        let sum = |of: fn(&Played) -> usize| self.played.iter().map(of).sum();
        (sum(|played| played.understood), sum(|played| played.asked))
    }

    /// Returns the rules that would decide what nothing or the wrong thing decided, each once.
    pub fn missing(&self) -> Vec<&Course> {
        let mut rules: Vec<&Course> = Vec::new();
        for decided in self.played.iter().flat_map(|played| &played.decisions) {
            if let Some(rule) = &decided.missing
                && !rules.iter().any(|known| known.steps == rule.steps && known.conditions == rule.conditions)
            {
                rules.push(rule);
            }
        }
        rules
    }
}

/// Tells whether a folder holds a Rasa project.
pub fn is_one(path: &Path) -> bool {
    folder::is_project(path)
}

/// Reads a Rasa project: a folder, or one of its files.
pub fn read(path: &Path) -> Result<folder::Project> {
    if !path.exists() {
        return Err(Error::NothingThere { path: path.to_path_buf() });
    }
    let bots = if path.is_dir() { folder::bots(path) } else { Vec::new() };
    if bots.len() > 1 {
        return Err(Error::SeveralBots { path: path.to_path_buf(), bots });
    }
    let project = folder::read(path)?;
    if project.files.is_empty() {
        return Err(Error::NothingThere { path: path.to_path_buf() });
    }
    Ok(project)
}

/// Plays a bot's test conversations with the intents they name.
pub fn replay(book: &Storybook) -> Replayed {
    played(&Decider::new(book), Ear::Gold, &|_| None)
}

/// Plays them with more rules than the bot has, to see what these would bring.
pub fn replay_with(book: &Storybook, rules: Vec<Course>) -> Replayed {
    played(&Decider::with(book, rules), Ear::Gold, &|_| None)
}

/// Plays them with the intents the project's model understands; `None` when there is no model yet.
pub fn replay_understood(project: &mut Project, book: &Storybook) -> Result<Option<Replayed>> {
    let Some(model) = project.model()? else { return Ok(None) };
    let names = project.catalogue()?;
    // What is no intent of ours is what the bot's makers call so.
    let outside = book.intents.iter().find(|intent| is_out_of_scope(&intent.name));
    let outside = outside.map_or("nlu_fallback", |intent| &intent.name).to_owned();
    let understand = |text: &str| {
        let best = model.understand(text).best().and_then(|guess| guess.intent);
        Some(best.map_or_else(|| outside.clone(), |id| names.name(id).to_owned()))
    };
    Ok(Some(played(&Decider::new(book), Ear::Model, &understand)))
}

fn played(decider: &Decider<'_>, ear: Ear, understand: &dyn Fn(&str) -> Option<String>) -> Replayed {
    let played = decider.book.tests.iter().map(|test| play(decider, test, understand)).collect();
    Replayed { ear, played, cut: decider.cut }
}

/// Writes rules as a file of a Rasa project.
pub fn write_rules(rules: &[Course], to: &Path) -> Result<()> {
    formats::write::file::put(to, formats::rasa::write::courses("rules", rules).as_bytes())
        .map_err(|source| Error::Write { path: to.to_path_buf(), source })
}
