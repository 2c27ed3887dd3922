//! Surgery on the catalogue: an intent renamed, merged, split, put elsewhere or deleted, with all that names it.
//!
//! What an act would touch is found by doing it and letting it go: the figures shown before are those of the act itself.
//! One event an act; policy and rehearsals follow in it.

pub mod forecast;
pub mod presorted;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::dialogue::names::{Change, Mention, Spot, Text, changed, mentions};
use crate::domain::cluster::ClusterState;
use crate::domain::event::Act;
use crate::domain::ids::{IntentId, RunId, UtteranceId};
use crate::domain::label::{Intent, Label, Verdict};
use crate::store::history::Deed;
use crate::store::record::Recorder;
use crate::workbench::current::named;
use crate::workbench::error::{Error, Result};
use crate::workbench::intents::checked;
use crate::workbench::project::{Project, now};

/// One act on the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Surgery {
    Rename {
        intent: IntentId,
        name: String,
    },
    /// The examples of the first go to the second, and the first is gone.
    Merge {
        from: IntentId,
        into: IntentId,
    },
    /// Examples of an intent go to others, with their families.
    Split {
        from: IntentId,
        parts: Vec<(Part, Vec<UtteranceId>)>,
    },
    /// It gets another place in the tree of categories.
    Place {
        intent: IntentId,
        category: String,
    },
    /// Its examples wait again.
    Delete {
        intent: IntentId,
    },
}

/// Where examples go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    Known(IntentId),
    New(String),
}

/// What an act touches.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preview {
    /// Examples of the intent, how many customers said them, and how many of them are kept for testing.
    pub examples: u64,
    pub customers: u64,
    pub tests: u64,
    /// Examples whose label changes or goes.
    pub moved: u64,
    /// What trainers said beside the labels, changed with them.
    pub opinions: u64,
    /// Places of the policy that name it, and whether the act changes the draft.
    pub policy: Vec<Mention>,
    pub policy_changes: bool,
    /// Rehearsals that name it, and how many of them the act changes.
    pub rehearsals: Vec<String>,
    pub rehearsals_changed: u64,
    /// Answers it has.
    pub answers: u64,
    /// Runs whose model knows it; whether the current one does.
    pub runs: u64,
    pub current: bool,
    /// Clusters of the ladder decided into it.
    pub clusters: u64,
    /// Rows the act writes, as the log counts them.
    pub rows: u64,
}

/// What an act came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// Examples whose label changed or went.
    pub moved: u64,
    pub rehearsals: u64,
    pub policy: bool,
}

impl Surgery {
    /// Returns the intent it is done to.
    pub fn intent(&self) -> IntentId {
        match self {
            Surgery::Rename { intent, .. } | Surgery::Place { intent, .. } | Surgery::Delete { intent } => *intent,
            Surgery::Merge { from, .. } | Surgery::Split { from, .. } => *from,
        }
    }

    /// Tells whether examples change hands, so that a model would learn something else.
    pub fn moves_examples(&self) -> bool {
        matches!(self, Surgery::Merge { .. } | Surgery::Split { .. } | Surgery::Delete { .. })
    }

    fn act(&self) -> Act {
        match self {
            Surgery::Rename { .. } => Act::RenameIntent,
            Surgery::Merge { .. } => Act::MergeIntent,
            Surgery::Split { .. } => Act::SplitIntent,
            Surgery::Place { .. } => Act::EditIntent,
            Surgery::Delete { .. } => Act::DeleteIntent,
        }
    }
}

/// Returns what an act would touch; nothing is changed.
pub fn preview(project: &mut Project, surgery: &Surgery) -> Result<Preview> {
    let plan = Plan::of(project, surgery)?;
    let id = plan.intent.id;
    let (mut examples, mut customers, mut tests) = (0, 0, 0);
    let kept = project.store.tests()?;
    for (utterance, _) in project.store.examples_of(id, usize::MAX >> 1)? {
        examples += 1;
        customers += utterance.count;
        tests += u64::from(kept.contains(&utterance.id));
    }
    let draft = project.store.policy()?;
    let policy = draft.map(|draft| mentions(&draft.yaml, Text::Policy, &plan.intent.name)).unwrap_or_default();
    let mut rehearsals = Vec::new();
    for rehearsal in project.store.rehearsals()? {
        if !mentions(&rehearsal.script, Text::Rehearsals, &plan.intent.name).is_empty() {
            rehearsals.push(rehearsal.name);
        }
    }
    let (runs, current) = runs_that_know(project, id)?;
    let clusters = decided_into(project, id)?;
    let (actor, at) = (project.actor().to_string(), now());
    let (rows, done) = project.store.tried(|recorder| plan.operate(recorder, (&actor, at)))?;
    let count = |place: &str| rows.get(place).copied().unwrap_or(0);
    Ok(Preview {
        examples,
        customers,
        tests,
        moved: done.moved,
        opinions: count("opinion") + count("settlement"),
        policy,
        policy_changes: done.policy,
        rehearsals,
        rehearsals_changed: done.rehearsals,
        answers: plan.intent.answers.len() as u64,
        runs,
        current,
        clusters,
        rows: rows.values().sum(),
    })
}

/// Does an act; one step to undo.
pub fn operate(project: &mut Project, surgery: &Surgery) -> Result<Done> {
    let plan = Plan::of(project, surgery)?;
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: surgery.act(), subject: &plan.subject };
    let done = project.store.act(&deed, |recorder| plan.operate(recorder, (&actor, at)))?;
    Ok(done.map_or_else(Done::default, |(_, done)| done))
}

/// An act with all it needs read from the project.
struct Plan<'s> {
    surgery: &'s Surgery,
    intent: Intent,
    into: Option<Intent>,
    subject: String,
    /// The draft as it will be, where it changes.
    policy: Option<String>,
    /// The rehearsals that change, by name.
    rehearsals: Vec<(String, String)>,
}

impl<'s> Plan<'s> {
    fn of(project: &Project, surgery: &'s Surgery) -> Result<Self> {
        let known = |id: IntentId| -> Result<Intent> {
            let unknown = || Error::UnknownIntent { name: format!("#{}", id.0), nearest: None };
            project.store.intent(id)?.ok_or_else(unknown)
        };
        let intent = known(surgery.intent())?;
        let name = intent.name.clone();
        let mut plan =
            Self { surgery, intent, into: None, subject: name.clone(), policy: None, rehearsals: Vec::new() };
        match surgery {
            Surgery::Rename { name: new, .. } => {
                // Its own name is taken, too: a change to that would be none.
                let new = checked(project, new)?;
                plan.subject = format!("{name} → {new}");
                plan.rewrite(project, Change::Renamed(&new))?;
            }
            Surgery::Merge { into, .. } => {
                let into = known(*into)?;
                if into.id == plan.intent.id {
                    return Err(Error::NameTaken { name });
                }
                plan.subject = format!("{name} → {}", into.name);
                plan.rewrite(project, Change::Into(&into.name))?;
                plan.into = Some(into);
            }
            Surgery::Delete { .. } => plan.rewrite(project, Change::Gone)?,
            Surgery::Split { parts, .. } => {
                let mut names = BTreeSet::new();
                for (part, _) in parts {
                    let name = match part {
                        Part::Known(id) => known(*id)?.name,
                        Part::New(name) => checked(project, name)?,
                    };
                    names.insert(name);
                }
                plan.subject = format!("{name} → {}", names.into_iter().collect::<Vec<_>>().join(", "));
            }
            Surgery::Place { category, .. } => plan.subject = format!("{name} → {}", category.trim()),
        }
        Ok(plan)
    }

    /// Prepares the texts that name the intent.
    fn rewrite(&mut self, project: &Project, change: Change<'_>) -> Result<()> {
        let name = self.intent.name.clone();
        let stuck = |line| Error::NamedInPolicy { name: name.clone(), line };
        if let Some(draft) = project.store.policy()? {
            let new = changed(&draft.yaml, Text::Policy, &name, change).map_err(stuck)?;
            self.policy = (new != draft.yaml).then_some(new);
        }
        for rehearsal in project.store.rehearsals()? {
            // A script that has no room for the name stays as it is: it says what it wants all the same.
            let new = changed(&rehearsal.script, Text::Rehearsals, &name, change).unwrap_or(rehearsal.script.clone());
            if new != rehearsal.script {
                self.rehearsals.push((rehearsal.name, new));
            }
        }
        Ok(())
    }

    fn operate(&self, recorder: &mut Recorder<'_, '_>, who: (&str, i64)) -> crate::store::error::Result<Done> {
        let id = self.intent.id;
        let mut moved = 0;
        match self.surgery {
            Surgery::Rename { name, .. } => {
                recorder.put_intent(&Intent { name: name.trim().to_string(), ..self.intent.clone() })?;
            }
            Surgery::Place { category, .. } => {
                recorder.put_intent(&Intent { category: category.trim().to_string(), ..self.intent.clone() })?;
            }
            Surgery::Merge { into, .. } => {
                moved = hand_over(recorder, id, Some(*into), None)?;
                if let Some(target) = &self.into {
                    let mut answers = target.answers.clone();
                    answers.extend(self.intent.answers.iter().filter(|own| !target.answers.contains(own)).cloned());
                    recorder.put_intent(&Intent { answers, ..target.clone() })?;
                }
                recorder.move_opinions(id, Some(*into))?;
                recorder.remove_intent(id)?;
            }
            Surgery::Delete { .. } => {
                moved = hand_over(recorder, id, None, None)?;
                recorder.move_opinions(id, None)?;
                recorder.remove_intent(id)?;
            }
            Surgery::Split { parts, .. } => {
                for (part, utterances) in parts {
                    let to = match part {
                        Part::Known(to) => *to,
                        Part::New(name) => match recorder.intent_named(name.trim())? {
                            Some(made) => made,
                            None => recorder.add_intent(&Intent {
                                question: name.trim().to_string(),
                                category: self.intent.category.clone(),
                                ..named(name.trim())
                            })?,
                        },
                    };
                    let with: BTreeSet<UtteranceId> = recorder.with_families(utterances)?.into_iter().collect();
                    moved += hand_over(recorder, id, Some(to), Some(&with))?;
                }
            }
        }
        if let Some(yaml) = &self.policy {
            recorder.add_policy(yaml, who.1, who.0)?;
        }
        for (name, script) in &self.rehearsals {
            recorder.put_rehearsal(name, script)?;
        }
        Ok(Done { moved, rehearsals: self.rehearsals.len() as u64, policy: self.policy.is_some() })
    }
}

/// Gives the labels of an intent (all, or those of some texts) to another, or takes them away; returns how many.
fn hand_over(
    recorder: &mut Recorder<'_, '_>,
    from: IntentId,
    into: Option<IntentId>,
    only: Option<&BTreeSet<UtteranceId>>,
) -> crate::store::error::Result<u64> {
    let mut moved = 0;
    for label in recorder.labels_of(from)? {
        if only.is_some_and(|only| !only.contains(&label.utterance)) || into == Some(from) {
            continue;
        }
        match into {
            Some(into) => recorder.put_label(&Label { verdict: Verdict::Intent(into), ..label })?,
            None => recorder.remove_label(label.utterance)?,
        }
        moved += 1;
    }
    Ok(moved)
}

/// Counts the runs whose model learned an intent; tells whether the current one did.
fn runs_that_know(project: &Project, id: IntentId) -> Result<(u64, bool)> {
    let current: Option<RunId> = project.store.latest_run()?.map(|run| run.id);
    let mut known: HashMap<i64, bool> = HashMap::new();
    let (mut count, mut now) = (0, false);
    for run in project.store.runs()? {
        let knows = match known.get(&run.snapshot) {
            Some(knows) => *knows,
            None => {
                let knows = project.store.snapshot(run.snapshot)?.iter().any(|(_, intent)| *intent == Some(id));
                known.insert(run.snapshot, knows);
                knows
            }
        };
        count += u64::from(knows);
        now |= knows && Some(run.id) == current;
    }
    Ok((count, now))
}

/// Counts the clusters of the ladder whose core was decided into an intent.
fn decided_into(project: &Project, id: IntentId) -> Result<u64> {
    const CORE: usize = 12;
    let Some(grouping) = project.store.grouping_id()? else { return Ok(0) };
    let mut count = 0;
    for head in project.store.cluster_heads(grouping)? {
        if head.cluster.state != ClusterState::Accepted {
            continue;
        }
        let Some(whole) = project.store.cluster(head.cluster.id)? else { continue };
        let mut votes: BTreeMap<Option<IntentId>, usize> = BTreeMap::new();
        for member in whole.cluster.members.iter().take(CORE) {
            if let Some(Label { verdict: Verdict::Intent(intent), .. }) = project.store.label(member.utterance)? {
                *votes.entry(Some(intent)).or_default() += 1;
            }
        }
        let most = votes.into_iter().max_by_key(|(_, times)| *times);
        count += u64::from(most.is_some_and(|(intent, _)| intent == Some(id)));
    }
    Ok(count)
}

/// Returns the topics of a policy that name an intent, each once.
pub fn topics(mentions: &[Mention]) -> Vec<&str> {
    let mut topics: Vec<&str> = Vec::new();
    for mention in mentions {
        if let Spot::Topic(name) = &mention.spot
            && !topics.contains(&name.as_str())
        {
            topics.push(name);
        }
    }
    topics
}
