//! clean: rules on and off, what each changes, and running them again over everything imported.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::domain::conversation::{Channel, Role};
use crate::domain::event::Act;
use crate::domain::ids::TurnId;
use crate::progress::Progress;
use crate::store::conversations::{CleanTurn, KeptTurn};
use crate::text::clean::cleaner::{Cleaner, Step};
use crate::text::clean::rule::{Rule, RuleSet};
use crate::workbench::current::settle;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Turns a transaction takes.
const CHUNK: usize = 5_000;

/// One rule with its switch and how many turns it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleState {
    pub rule: Rule,
    pub on: bool,
    pub hits: u64,
}

/// One turn a rule changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub before: String,
    pub after: String,
}

/// What cleaning has made of the project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanReport {
    pub turns: u64,
    /// Turns whose outcome differs from before this run.
    pub changed: u64,
    /// Turns at least one rule changes.
    pub touched: u64,
    pub utterances: u64,
    pub families: u64,
    /// Turns set aside, by reason.
    pub aside: BTreeMap<String, u64>,
    /// Turns each rule changes.
    pub rules: Vec<(Rule, u64)>,
}

/// Returns the rules in running order with their switches and counts.
pub fn rules(project: &Project) -> Result<Vec<RuleState>> {
    let set = project.rules()?;
    let hits = hits(project.store.cleaning_counts()?.0);
    Ok(Rule::ALL
        .into_iter()
        .map(|rule| RuleState { rule, on: set.has(rule), hits: hits.get(rule.name()).copied().unwrap_or(0) })
        .collect())
}

/// Switches a rule; the turns change when cleaning runs again.
pub fn switch(project: &mut Project, rule: Rule, on: bool) -> Result<()> {
    let op = project.op();
    let actor = project.actor().to_string();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::Rule, subject: rule.name() };
    project.store.act(&deed, |recorder| recorder.put_rule(rule.name(), on))?;
    Ok(())
}

/// Switches rules by name: exactly these on.
pub fn choose(project: &mut Project, names: &[String]) -> Result<()> {
    let (wanted, unknown) = RuleSet::from_names(names.iter().map(String::as_str));
    if let Some(name) = unknown.first() {
        let known = Rule::ALL.iter().map(|rule| rule.name().to_string()).collect();
        return Err(Error::UnknownRule { name: name.to_string(), known });
    }
    let op = project.op();
    let actor = project.actor().to_string();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::Rule, subject: "" };
    project.store.act(&deed, |recorder| {
        Rule::ALL.into_iter().try_for_each(|rule| recorder.put_rule(rule.name(), wanted.has(rule)))
    })?;
    Ok(())
}

/// Returns turns a rule changes, as that rule found and left them.
pub fn samples(project: &Project, rule: Rule, limit: usize) -> Result<Vec<Sample>> {
    let cleaner = Cleaner::new(&project.rules()?.with(rule, true));
    let turns = project.store.turns_hit_by(rule.name(), limit)?;
    Ok(turns
        .into_iter()
        .filter_map(|turn| {
            let steps = cleaner.trace(&turn.raw, turn.role, turn.channel);
            steps
                .into_iter()
                .find(|step| step.rule == rule)
                .map(|step| Sample { before: step.before, after: step.after })
        })
        .collect())
}

/// Returns what one text would become, rule by rule.
pub fn trial(project: &Project, raw: &str) -> Result<Vec<Step>> {
    Ok(Cleaner::new(&project.rules()?).trace(raw, Role::Customer, Channel::Chat))
}

/// Runs the rules in force over every turn; what changes is one event.
pub fn clean(project: &mut Project, progress: &dyn Progress) -> Result<CleanReport> {
    project.store.drop_cleaning(None)?;
    let token = -now();
    let cleaner = Cleaner::new(&project.rules()?);
    let (total, _) = project.store.turn_counts()?;
    let (mut done, mut changed) = (0_u64, 0_u64);
    let mut turns = project.store.turns_after(TurnId(0), CHUNK)?;
    while let Some(last) = turns.last() {
        let after = last.id;
        let store = &mut project.store;
        // The next turns are read while these are cleaned; only an exclusive borrow of the store may change threads.
        let (fresh, next) = rayon::join(|| changed_by(&cleaner, &turns), move || store.turns_after(after, CHUNK));
        done += turns.len() as u64;
        changed += fresh.len() as u64;
        if !fresh.is_empty() {
            project.store.reclean(token, &fresh)?;
        }
        progress.at(done, total.max(done));
        if progress.stopped() {
            project.store.drop_cleaning(Some(token))?;
            return Err(Error::Stopped);
        }
        turns = next?;
    }
    let op = project.op();
    let actor = project.actor().to_string();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::Clean, subject: "" };
    project.store.finish_cleaning(token, &deed)?;
    Ok(CleanReport { changed, ..report(project)? })
}

/// Cleans turns and returns those that come out otherwise than before.
fn changed_by(cleaner: &Cleaner, turns: &[KeptTurn]) -> Vec<(TurnId, CleanTurn)> {
    turns
        .par_iter()
        .filter_map(|turn| {
            let clean = settle(cleaner, &turn.raw, turn.role, turn.channel, false);
            let same = clean.text == turn.text
                && clean.offsets == turn.offsets
                && clean.hits == turn.hits
                && clean.aside == turn.aside;
            (!same).then_some((turn.id, clean))
        })
        .collect()
}

/// Returns what cleaning has made of the project as it stands.
pub fn report(project: &Project) -> Result<CleanReport> {
    let (turns, _) = project.store.turn_counts()?;
    let (utterances, families) = project.store.utterance_counts()?;
    let (by_rules, aside) = project.store.cleaning_counts()?;
    let touched = by_rules.iter().map(|(_, count)| count).sum();
    let hits = hits(by_rules);
    Ok(CleanReport {
        turns,
        changed: 0,
        touched,
        utterances,
        families,
        aside: aside.into_iter().collect(),
        rules: Rule::ALL.into_iter().map(|rule| (rule, hits.get(rule.name()).copied().unwrap_or(0))).collect(),
    })
}

/// Adds up how many turns each rule changed, from the sets of rules that changed one.
fn hits(by_rules: Vec<(String, u64)>) -> BTreeMap<String, u64> {
    let mut hits: BTreeMap<String, u64> = BTreeMap::new();
    for (names, count) in by_rules {
        for name in names.split(' ') {
            *hits.entry(name.to_string()).or_default() += count;
        }
    }
    hits
}
