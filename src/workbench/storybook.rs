//! Bots of others: read, their test conversations played again, their design carried over.
//!
//! A Rasa project comes in three pieces: its examples by `import`, its design and tests by [`bring`], and the proof that
//! nothing was lost by [`replay`], which plays its own test conversations on its own rules and stories.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::dialogue::policy::read::read as read_policy;
use crate::dialogue::script;
use crate::dialogue::script::shape::{Expect, Script};
use crate::dialogue::storybook::carry::{Carried, carry};
use crate::dialogue::storybook::cast::{Unsaid, cast};
use crate::dialogue::storybook::decide::Decider;
use crate::dialogue::storybook::replay::{Played, Verdict, play};
use crate::dialogue::turn::heard::Knowledge;
use crate::domain::conversation::{Channel, Role};
use crate::domain::event::Act;
use crate::domain::ids::{IntentId, SpanId, UtteranceId};
use crate::domain::label::{Answer, Intent, Label, LabelSource, Mark, Span, Verdict as Said};
use crate::domain::prediction::Emotion;
use crate::domain::storybook::{Case, CaseTurn, Course, Example, Heading, Reply, Storybook, Told};
use crate::formats;
use crate::formats::rasa::folder;
use crate::store::history::Deed;
use crate::workbench::current::{is_out_of_scope, named, utterance};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

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

/// What a bot brought into a project.
#[derive(Debug)]
pub struct Brought {
    pub carried: Carried,
    /// Intents that are new, labels, and texts another verdict stood against.
    pub intents: usize,
    pub examples: usize,
    pub conflicts: usize,
    /// How many of the rehearsals hold on the new policy.
    pub passed: usize,
}

/// Brings a bot in: intents with their examples and marks, the policy its rules and forms come to, its tests as
/// rehearsals. One event, taken back at once.
pub fn bring(project: &mut Project, rasa: &folder::Project, root: &Path) -> Result<Brought> {
    let book = &rasa.book;
    let carried = carry(book);
    // Scripts and lists of questions alone bring no design: the project's own policy stays and plays them.
    let designs = carried.topics > 0;
    let policy = match (designs, project.store.policy()?) {
        (false, Some(own)) => own.yaml,
        _ => carried.policy.clone(),
    };
    let passed = held(&read_policy(&policy)?, &carried)?;
    let cleaner = project.cleaner()?;
    let examples: Vec<_> = book
        .examples
        .iter()
        .filter(|example| !example.text.trim().is_empty())
        .map(|example| {
            // Nothing personal is kept that the rules in force would hide.
            let clean = cleaner.clean(&example.text, Role::Customer, Channel::List).text;
            let text = if clean.trim().is_empty() { example.text.clone() } else { clean };
            (utterance(&text), text == example.text, example)
        })
        .collect();
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let subject = root.display().to_string();
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Import, subject: &subject };
    let mut brought = Brought { carried, intents: 0, examples: 0, conflicts: 0, passed };
    project.store.act(&deed, |recorder| {
        let mut ids: HashMap<String, IntentId> = HashMap::new();
        let headings = book.intents.iter().map(|intent| (intent.name.as_str(), ""));
        let in_policy = brought.carried.intents.iter().map(|(name, about)| (name.as_str(), about.as_str()));
        let exampled = examples.iter().map(|(.., example)| (example.intent.as_str(), ""));
        let retrieved =
            |name: &str| book.examples.iter().any(|example| example.intent.starts_with(&format!("{name}/")));
        for (name, guideline) in in_policy.chain(exampled).chain(headings.filter(|(name, _)| !retrieved(name))) {
            if is_out_of_scope(name) || BUILT_IN.contains(&name) || ids.contains_key(name) {
                continue;
            }
            let id = match recorder.intent_named(name)? {
                Some(id) => id,
                None => {
                    brought.intents += 1;
                    recorder.add_intent(&Intent { guideline: guideline.to_owned(), ..named(name) })?
                }
            };
            ids.insert(name.to_owned(), id);
        }
        for (text, same, example) in &examples {
            let verdict = match ids.get(&example.intent) {
                Some(id) => Said::Intent(*id),
                None => Said::OutOfScope,
            };
            let utterance = recorder.meet(text)?;
            if recorder.label(utterance)?.is_some_and(|standing| standing.verdict != verdict) {
                brought.conflicts += 1;
                continue;
            }
            let (actor, note) = (actor.clone(), String::new());
            recorder.put_label(&Label { utterance, verdict, source: LabelSource::Import, actor, at, note })?;
            brought.examples += 1;
            for mark in example.marks.iter().filter(|_| *same) {
                let (range, entity, value) = (mark.range, mark.entity.clone(), mark.value.clone());
                recorder.add_span(&Span { id: SpanId(0), utterance, range, entity, value })?;
            }
        }
        if designs {
            recorder.add_policy(&brought.carried.policy, at, &actor)?;
        } else {
            for (intent, answers) in answers(book) {
                let Some(id) = ids.get(intent) else { continue };
                let Some(mut known) = recorder.intent(*id)? else { continue };
                known.answers.extend(answers);
                recorder.put_intent(&known)?;
            }
        }
        for (name, script) in &brought.carried.rehearsals {
            recorder.put_rehearsal(name, script)?;
        }
        Ok(())
    })?;
    Ok(brought)
}

/// Returns the answers of retrieval intents, for a catalogue.
fn answers(book: &Storybook) -> impl Iterator<Item = (&str, Vec<Answer>)> {
    let retrieval = book.responses.iter().filter(|response| response.name.contains('/'));
    retrieval.map(|response| {
        let intent = response.name.strip_prefix("utter_").unwrap_or(&response.name);
        let answer = |text: &str| Answer { text: text.to_owned(), ..Answer::default() };
        (intent, response.variations.iter().map(|said| answer(&said.text)).collect())
    })
}

/// A bot that came in with all that is told of it.
#[derive(Debug)]
pub struct BotReport {
    pub path: PathBuf,
    pub rasa: folder::Project,
    pub brought: Brought,
    /// Its own tests on its own rules.
    pub replayed: Replayed,
}

/// Reads a bot, brings it in and plays its tests.
pub fn bring_whole(project: &mut Project, path: &Path) -> Result<BotReport> {
    let rasa = read(path)?;
    let brought = bring(project, &rasa, path)?;
    let replayed = replay(&rasa.book);
    Ok(BotReport { path: path.to_path_buf(), rasa, brought, replayed })
}

/// The intent of texts of none, as Rasa bots call it.
const OUT_OF_SCOPE: &str = "out_of_scope";

/// Intents every Rasa bot has, which are none of a project's.
const BUILT_IN: [&str; 4] = ["nlu_fallback", "restart", "back", "session_start"];

/// Returns how many rehearsals hold on a policy with the intents they name.
fn held(policy: &crate::dialogue::policy::design::Policy, carried: &Carried) -> Result<usize> {
    let mut passed = 0;
    for (_, text) in &carried.rehearsals {
        for script in script::read::parse_all(text)? {
            let replay =
                script::replay::replay(policy, &Knowledge::default(), &script, &|_| Default::default(), &|_| {
                    Emotion::default()
                });
            passed += usize::from(replay.passed);
        }
    }
    Ok(passed)
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

/// What was written for another program.
#[derive(Debug)]
pub struct Written {
    pub files: usize,
    /// What rules and forms cannot say.
    pub unsaid: Vec<Unsaid>,
    /// How the tests that were written turn out on the rules that were written.
    pub replayed: Replayed,
}

/// Writes the project as a Rasa project into a new folder: domain, examples, rules, tests.
pub fn write_rasa(project: &mut Project, to: &Path) -> Result<Written> {
    let policy = read_policy(&project.store.policy()?.ok_or(Error::NoPolicy)?.yaml)?;
    let scripts = scripts(project)?;
    let names = project.catalogue()?;
    let (mut book, unsaid) = cast(&policy, &names.intents, &scripts);
    let mut labelled: Vec<(UtteranceId, String, String)> = Vec::new();
    project.store.each_label(|utterance, label| {
        let intent = match label.verdict {
            Said::Intent(id) => names.name(id).to_owned(),
            Said::OutOfScope => OUT_OF_SCOPE.to_owned(),
            Said::Ignored | Said::Later => return Ok(()),
        };
        labelled.push((utterance.id, intent, utterance.text));
        Ok(())
    })?;
    for (utterance, intent, text) in labelled {
        let spans = project.store.spans(utterance)?.into_iter();
        let marks = spans.map(|s| Mark { range: s.range, entity: s.entity, value: s.value }).collect();
        book.examples.push(Example { intent, text, marks, ..Example::default() });
    }
    let said = book.examples.iter().any(|example| example.intent == OUT_OF_SCOPE);
    if said && !book.intents.iter().any(|intent| intent.name == OUT_OF_SCOPE) {
        book.intents.push(Heading { name: OUT_OF_SCOPE.to_owned(), ..Heading::default() });
    }
    let files = formats::rasa::write::files(&book);
    put_all(to, files.iter().map(|(path, text)| (path.to_string(), text.as_str())))?;
    Ok(Written { files: files.len(), unsaid, replayed: replay(&book) })
}

/// Writes the rehearsals as conversations of Botium, a file each, into a new folder; returns how many files, and how
/// many checks have no counterpart there.
pub fn write_botium(project: &Project, to: &Path) -> Result<(usize, usize)> {
    let scripts = scripts(project)?;
    if scripts.is_empty() {
        return Err(Error::NoRehearsals);
    }
    let mut lost = 0;
    let mut files: Vec<(String, String)> = Vec::new();
    for (n, script) in scripts.iter().enumerate() {
        let (text, left_out) = formats::bots::botium::write(&case(script));
        lost += left_out;
        files.push((format!("{:03}.convo.txt", n + 1), text));
    }
    put_all(to, files.iter().map(|(path, text)| (path.clone(), text.as_str())))?;
    Ok((files.len(), lost))
}

fn scripts(project: &Project) -> Result<Vec<Script>> {
    let mut all = Vec::new();
    for rehearsal in project.store.rehearsals()? {
        all.extend(script::read::parse_all(&rehearsal.script)?);
    }
    Ok(all)
}

/// Returns a rehearsal as texts said and expected.
fn case(script: &Script) -> Case {
    let replies = |list: &[Expect]| {
        list.iter()
            .map(|expect| match expect {
                Expect::Contains(text) => Reply::Text(text.clone()),
                Expect::Matches(pattern) => Reply::Matches(pattern.as_str().to_owned()),
            })
            .collect()
    };
    let turn = |line: &script::shape::Line| CaseTurn {
        said: line.said.clone(),
        replies: replies(&line.expect),
        refused: replies(&line.refuse),
        slots: line.slots.iter().map(|(name, value)| (name.clone(), Told::Text(value.clone()))).collect(),
        line: line.line,
    };
    let checks = script.turns.iter().filter(|line| line.topic.is_some() || line.stage.is_some()).count();
    let checks = if checks > 0 { vec![("topic".to_owned(), checks)] } else { Vec::new() };
    Case { name: script.name.clone(), turns: script.turns.iter().map(turn).collect(), checks, ..Case::default() }
}

/// Writes files below a folder that is not there yet, or is empty.
fn put_all<'t>(to: &Path, files: impl Iterator<Item = (String, &'t str)>) -> Result<()> {
    let fault = |path: &Path, source| Error::Write { path: path.to_path_buf(), source };
    if std::fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) || to.is_file() {
        return Err(Error::Exists { path: to.to_path_buf() });
    }
    for (name, text) in files {
        let path = to.join(name);
        let folder = path.parent().unwrap_or(to);
        std::fs::create_dir_all(folder).map_err(|source| fault(folder, source))?;
        formats::write::file::put(&path, text.as_bytes()).map_err(|source| fault(&path, source))?;
    }
    Ok(())
}
