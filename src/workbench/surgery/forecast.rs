//! What an act on the catalogue would do to a model's scores, held out, before it is done.

use std::collections::HashMap;

use crate::domain::ids::IntentId;
use crate::domain::report::Report;
use crate::nlu::train::TrainOptions;
use crate::progress::Progress;
use crate::workbench::error::{Error, Result};
use crate::workbench::learn::{Examples, learn, learned};
use crate::workbench::project::Project;
use crate::workbench::surgery::{Part, Plan, Surgery};

/// Held-out scores without an act and with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    pub before: Score,
    /// `None` where too few intents would be left to learn.
    pub after: Option<Score>,
    /// F1 of the intents concerned: the name, before and after, where it has examples.
    pub concerned: Vec<(String, Option<f64>, Option<f64>)>,
}

/// One side of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    pub accuracy: f64,
    pub macro_f1: f64,
}

/// Learns without an act and with it, on the same parts, and keeps nothing.
pub fn scores(
    project: &mut Project,
    surgery: &Surgery,
    folds: usize,
    options: &TrainOptions,
    progress: &dyn Progress,
) -> Result<Scores> {
    let plan = Plan::of(project, surgery)?;
    let catalogue = project.catalogue()?;
    let before = learned(project)?;
    let half = |nth: u64| Half { outer: progress, nth };
    let (_, first) = learn(project, &before, folds, options, &half(0))?;
    let (after, new) = plan.applied(project, &before)?;
    let second = match learn(project, &after, folds, options, &half(1)) {
        Ok((_, report)) => Some(report),
        Err(Error::TooFewExamples { .. }) => None,
        Err(error) => return Err(error),
    };
    let f1 = |report: &Report, id: IntentId| {
        report.intents.iter().find(|row| row.intent == Some(id) && row.support > 0).map(|row| row.f1)
    };
    let mut concerned: Vec<(String, IntentId)> =
        plan.concerned().into_iter().map(|id| (catalogue.name(id).to_string(), id)).collect();
    concerned.extend(new);
    Ok(Scores {
        before: Score { accuracy: first.accuracy, macro_f1: first.macro_f1 },
        after: second.as_ref().map(|report| Score { accuracy: report.accuracy, macro_f1: report.macro_f1 }),
        concerned: concerned
            .into_iter()
            .map(|(name, id)| (name, f1(&first, id), second.as_ref().and_then(|report| f1(report, id))))
            .collect(),
    })
}

impl Plan<'_> {
    /// Returns the intents whose scores are of interest.
    fn concerned(&self) -> Vec<IntentId> {
        let mut all = vec![self.intent.id];
        all.extend(self.into.as_ref().map(|into| into.id));
        if let Surgery::Split { parts, .. } = self.surgery {
            for (part, _) in parts {
                if let Part::Known(id) = part
                    && !all.contains(id)
                {
                    all.push(*id);
                }
            }
        }
        all
    }

    /// Returns the examples as they would be, and the names and passing ids of new intents.
    fn applied(&self, project: &Project, examples: &Examples) -> Result<(Examples, Vec<(String, IntentId)>)> {
        let mut after = examples.clone();
        let own = Some(self.intent.id);
        let mut new: Vec<(String, IntentId)> = Vec::new();
        match self.surgery {
            Surgery::Merge { into, .. } => {
                after.intents.iter_mut().filter(|intent| **intent == own).for_each(|intent| *intent = Some(*into));
            }
            Surgery::Delete { .. } => {
                let kept: Vec<usize> = (0..after.ids.len()).filter(|at| after.intents[*at] != own).collect();
                after = after.some(&kept);
            }
            Surgery::Split { parts, .. } => {
                let mut to: HashMap<i64, IntentId> = HashMap::new();
                for (part, utterances) in parts {
                    let target = match part {
                        Part::Known(id) => *id,
                        Part::New(name) => {
                            let next = IntentId(i64::MAX - new.len() as i64);
                            let name = name.trim().to_string();
                            match new.iter().find(|(known, _)| *known == name) {
                                Some((_, id)) => *id,
                                None => {
                                    new.push((name, next));
                                    next
                                }
                            }
                        }
                    };
                    let families = project.store.utterances(utterances)?.into_iter().map(|u| u.family.0);
                    families.for_each(|family| _ = to.entry(family).or_insert(target));
                }
                for at in 0..after.ids.len() {
                    if after.intents[at] == own
                        && let Some(target) = to.get(&after.families[at].0)
                    {
                        after.intents[at] = Some(*target);
                    }
                }
            }
            Surgery::Rename { .. } | Surgery::Place { .. } => {}
        }
        Ok((after, new))
    }
}

/// One of two equal pieces of work.
struct Half<'p> {
    outer: &'p dyn Progress,
    nth: u64,
}

impl Progress for Half<'_> {
    fn at(&self, done: u64, total: u64) {
        self.outer.at(self.nth * total.max(1) + done.min(total), 2 * total.max(1));
    }

    fn stopped(&self) -> bool {
        self.outer.stopped()
    }
}
