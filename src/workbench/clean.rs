//! clean: rules on and off, what each changes, and running them again over everything imported.
//!
//! A file a matter: sentences in pieces (`merged`), what was set aside (`quarantine`), texts said over and over
//! (`canned`), words of the same sound (`heard`), labels that disagree (`conflicts`), the trainer's dictionary
//! (`words`), every text with its language (`texts`). What concerns one turn holds at once; what concerns many
//! holds when cleaning runs again.

pub mod canned;
pub mod conflicts;
pub mod heard;
pub mod merged;
pub mod quarantine;
pub mod texts;
pub mod words;

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::domain::event::Act;
use crate::domain::ids::{FamilyId, TurnId, UtteranceId};
use crate::progress::Progress;
use crate::store::cleaning::KeptTurn;
use crate::store::history::Deed;
use crate::store::marks::TurnMark;
use crate::text::clean::rule::{Rule, RuleSet};
use crate::text::family::family_key;
use crate::text::fragments::joined;
use crate::text::near::Near;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::sentences::anew;
use crate::workbench::walk::{Part, walk};

/// Turns a transaction takes.
const CHUNK: usize = 5_000;

/// The setting that keeps how many texts stand in a family of near doubles.
const NEAR: &str = "near-doubles";

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
    /// The rules in running order with their switches and counts.
    pub rules: Vec<RuleState>,
}

/// What a look at all texts found for a trainer to decide on.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    pub canned: Vec<canned::Canned>,
    pub heard: Vec<heard::Suggestion>,
}

/// Switches a rule; the turns change when cleaning runs again.
pub fn switch(project: &mut Project, rule: Rule, on: bool) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Rule, subject: rule.name() };
    project.store.act(&deed, |recorder| recorder.put_rule(rule.name(), on))?;
    Ok(())
}

/// Switches every rule that hides personal data, as one event; the turns change when cleaning runs again.
pub fn switch_masks(project: &mut Project, on: bool) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Rule, subject: "" };
    project.store.act(&deed, |recorder| {
        Rule::ALL.into_iter().filter(|rule| rule.is_mask()).try_for_each(|rule| recorder.put_rule(rule.name(), on))
    })?;
    Ok(())
}

/// Switches rules by name: exactly these on.
pub fn choose(project: &mut Project, names: &[String]) -> Result<()> {
    let (wanted, unknown) = RuleSet::from_names(names.iter().map(String::as_str));
    if let Some(name) = unknown.first() {
        let known = Rule::ALL.iter().map(|rule| rule.name().to_string()).collect();
        return Err(Error::UnknownRule { name: name.to_string(), known });
    }
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Rule, subject: "" };
    project.store.act(&deed, |recorder| {
        Rule::ALL.into_iter().try_for_each(|rule| recorder.put_rule(rule.name(), wanted.has(rule)))
    })?;
    Ok(())
}

/// Returns turns a rule changes, as that rule found and left them; of what a mask hides only the shape is shown.
pub fn samples(project: &mut Project, rule: Rule, limit: usize) -> Result<Vec<Sample>> {
    if rule == Rule::NearDoubles {
        return doubles(project, limit);
    }
    let rules = project.rules()?.with(rule, true);
    let cleaner = project.cleaner()?.with_rules(rules);
    let turns = project.store.turns_hit_by(rule.name(), limit)?;
    if rule == Rule::Fragments {
        return turns.into_iter().map(|turn| fragments(project, &turn)).collect();
    }
    Ok(turns
        .into_iter()
        .filter_map(|turn| {
            let steps = cleaner.trace(&turn.raw, turn.role, turn.channel);
            steps.into_iter().find(|step| step.rule == rule).map(|step| {
                let before = if rule.is_mask() { shape(&step.before, &step.after) } else { step.before };
                Sample { before, after: step.after }
            })
        })
        .collect())
}

/// Looks through all texts for what is said over and over and for words of the same sound.
pub fn survey(project: &mut Project, progress: &dyn Progress) -> Result<Survey> {
    Ok(Survey { heard: heard::suggestions(project, progress)?, canned: canned::canned(project, canned::LEAST)? })
}

/// Runs the rules in force over every turn and text; what changes is one event.
pub fn clean(project: &mut Project, progress: &dyn Progress) -> Result<CleanReport> {
    let cleaner = project.cleaner()?;
    let (total, _) = project.store.turn_counts()?;
    let mut after = None;
    let walked = walk(project, &cleaner, total, progress, |store| {
        let turns = store.turns_after(after, CHUNK)?;
        let Some(last) = turns.last() else { return Ok(None) };
        after = Some((last.conversation, last.position, last.id));
        Ok(Some(Part { steps: turns.len() as u64, turns, seats: Vec::new() }))
    })?;
    let token = walked.token;
    let near = families(project, token, cleaner.rules().has(Rule::NearDoubles))?;
    let known = project.store.setting(NEAR)?;
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Clean, subject: "" };
    project.store.finish_cleaning(token, &deed, |recorder| {
        // A project without near doubles needs no word about them.
        if near > 0 || known.is_some() { recorder.put_setting(NEAR, &near.to_string()) } else { Ok(()) }
    })?;
    Ok(CleanReport { changed: walked.cleaned, ..report(project)? })
}

/// Returns what cleaning has made of the project as it stands.
pub fn report(project: &Project) -> Result<CleanReport> {
    let (turns, _) = project.store.turn_counts()?;
    let (utterances, families) = project.store.utterance_counts()?;
    let (by_rules, aside) = project.store.cleaning_counts()?;
    let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
    let mut touched = 0;
    for (names, count) in &by_rules {
        touched += count;
        for name in names.split(' ') {
            *hits.entry(name).or_default() += count;
        }
    }
    let near = project.store.setting(NEAR)?.and_then(|count| count.parse().ok()).unwrap_or(0);
    hits.insert(Rule::NearDoubles.name(), near);
    let set = project.rules()?;
    let state = |rule: Rule| RuleState { rule, on: set.has(rule), hits: hits.get(rule.name()).copied().unwrap_or(0) };
    Ok(CleanReport {
        turns,
        changed: 0,
        touched,
        utterances,
        families,
        aside: aside.into_iter().collect(),
        rules: Rule::ALL.into_iter().map(state).collect(),
    })
}

/// Says something about turns of one conversation and cleans what that changes, as one event.
///
/// `holds` looks at what the turns come to before anything is written, and may refuse.
fn say(
    project: &mut Project,
    act: Act,
    subject: &str,
    marks: &[(TurnId, TurnMark)],
    holds: impl FnOnce(&[crate::store::cleaning::Recleaned]) -> Result<()>,
) -> Result<()> {
    let Some((first, _)) = marks.first() else { return Ok(()) };
    let mut turns = turns_beside(project, *first)?;
    for turn in &mut turns {
        if let Some((_, mark)) = marks.iter().find(|(id, _)| *id == turn.id) {
            (turn.joined, turn.returned) = (mark.joined, mark.returned);
        }
    }
    let fresh = anew(&project.cleaner()?, turns);
    holds(&fresh)?;
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act, subject };
    project.store.act_on_turns(&deed, &fresh, |recorder| {
        marks.iter().try_for_each(|(id, mark)| recorder.mark_turn(*id, *mark))
    })?;
    Ok(())
}

/// Returns the turns that can be one sentence with a turn: those of its conversation, or itself alone.
fn turns_beside(project: &Project, id: TurnId) -> Result<Vec<KeptTurn>> {
    let turn = project.store.kept_turn(id)?.ok_or(Error::UnknownTurn { id: id.0 })?;
    // A list may hold a million strangers.
    if turn.alone { Ok(vec![turn]) } else { Ok(project.store.turns_of(turn.conversation, None)?) }
}

/// Puts every text into its family, under the token of a cleaning; returns how many stand beside near doubles only.
fn families(project: &mut Project, token: i64, near: bool) -> Result<u64> {
    let mut texts: Vec<(UtteranceId, String, FamilyId)> = Vec::new();
    project.store.each_text(|id, text, family| {
        texts.push((id, text, family));
        Ok(())
    })?;
    let keys: Vec<i64> = texts.par_iter().map(|(_, text, _)| family_key(text) as i64).collect();
    let mut wanted = keys.clone();
    if near {
        // Those the same but for trifles are one already; the first of each stands for them.
        let mut firsts: Vec<usize> = Vec::new();
        let mut places: HashMap<i64, usize> = HashMap::new();
        for (at, key) in keys.iter().enumerate() {
            places.entry(*key).or_insert_with(|| {
                firsts.push(at);
                firsts.len() - 1
            });
        }
        let words = heard::trade(project)?;
        let stand: Vec<&str> = firsts.iter().map(|at| texts[*at].1.as_str()).collect();
        let leaders = Near::new(words.iter().map(String::as_str)).leaders(&stand);
        for (want, key) in wanted.iter_mut().zip(&keys) {
            *want = keys[firsts[leaders[places[key]]]];
        }
    }
    let count = wanted.iter().zip(&keys).filter(|(want, key)| want != key).count() as u64;
    let changed: Vec<(UtteranceId, FamilyId)> = texts
        .iter()
        .zip(&wanted)
        .filter(|((_, _, family), want)| family.0 != **want)
        .map(|((id, _, _), want)| (*id, FamilyId(*want)))
        .collect();
    for chunk in changed.chunks(CHUNK) {
        project.store.refamily(token, chunk)?;
    }
    Ok(count)
}

/// Returns texts that stand in a family for little words' sake, beside the text that leads it.
fn doubles(project: &Project, limit: usize) -> Result<Vec<Sample>> {
    let mut found = Vec::new();
    let families = project.store.wide_families(limit * 20)?;
    let mut members_of = project.store.families(&families)?;
    for family in families {
        let members = members_of.remove(&family).unwrap_or_default();
        let own = |text: &str| FamilyId(family_key(text) as i64) == family;
        let Some(leader) = members.iter().find(|member| own(&member.text)) else { continue };
        for member in members.iter().filter(|member| !own(&member.text)) {
            found.push(Sample { before: member.text.clone(), after: leader.text.clone() });
            if found.len() == limit {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// Returns the pieces of a sentence beside the whole.
fn fragments(project: &Project, head: &KeptTurn) -> Result<Sample> {
    let parts = project.store.parts_of(head.id)?;
    let pieces: Vec<&str> =
        std::iter::once(head).chain(&parts).map(|turn| turn.text.as_deref().unwrap_or("")).collect();
    Ok(Sample { before: pieces.join(" | "), after: joined(pieces.iter().copied()).0 })
}

/// Returns the text with the digits and letters a mask replaced shown as dots: its shape, not its content.
fn shape(before: &str, after: &str) -> String {
    let common = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    let tail = before.chars().rev().zip(after.chars().rev()).take_while(|(a, b)| a == b).count();
    let len = before.chars().count();
    before
        .chars()
        .enumerate()
        .map(|(at, c)| if at < common || at + tail >= len || !c.is_alphanumeric() { c } else { '•' })
        .collect()
}

#[cfg(test)]
mod tests;
