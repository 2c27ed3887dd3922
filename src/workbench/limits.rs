//! When to answer, ask or hand over, derived from the labelled examples; and the questions between topics that the
//! model confuses.

use std::collections::BTreeMap;

use crate::dialogue::policy::design::Policy;
use crate::dialogue::policy::read::read;
use crate::dialogue::proof::fixes::with_limit;
use crate::domain::event::{Act, BY_LIMITS};
use crate::domain::report::ScoredItem;
use crate::evaluation::limits::{Costs, Fit, Limits, Outcome, fit, outcome};
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// A pair is suggested when it was confused at least so often.
const OFTEN: usize = 2;

/// What mistakes, questions and people cost where the policy does not say.
pub const COSTS: Costs = Costs { wrong: 5.0, ask: 1.0, handoff: 8.0 };

/// What the labelled examples say about a policy's limits.
#[derive(Debug, Clone)]
pub struct Advice {
    pub examples: usize,
    /// What the limits of the draft do.
    pub now: Outcome,
    pub fit: Fit,
    pub pairs: Vec<Pair>,
}

/// Two intents the model confuses and the policy does not yet tell apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub between: (String, String),
    /// What menus call them.
    pub labels: (String, String),
    /// How often one was taken for the other.
    pub count: usize,
}

/// Derives limits from the held-out predictions of the latest training.
pub fn advise(project: &Project, costs: Costs) -> Result<Advice> {
    let run = project.store.latest_run()?.ok_or(Error::NoModel)?;
    let report = project.store.report(run.id)?.ok_or(Error::NoModel)?;
    let policy = read(&project.store.policy()?.ok_or(Error::NoPolicy)?.yaml)?;
    let options = policy.limits.options as usize;
    let fit = fit(&report.items, costs, options).ok_or(Error::NoModel)?;
    let limits = Limits {
        answer: f64::from(policy.limits.answer),
        ask: f64::from(policy.limits.ask),
        margin: f64::from(policy.limits.margin),
    };
    let all: Vec<&ScoredItem> = report.items.iter().collect();
    let now = outcome(&all, limits, costs, options);
    let catalogue = project.catalogue()?;
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for confusion in &report.confusions {
        let (Some(gold), Some(predicted)) = (confusion.gold, confusion.predicted) else { continue };
        let (a, b) = (catalogue.name(gold).to_string(), catalogue.name(predicted).to_string());
        let pair = if a < b { (a, b) } else { (b, a) };
        *counts.entry(pair).or_default() += confusion.count;
    }
    let label = |intent: &str| {
        let topic = policy.topic_of(intent).map(|(_, topic)| topic.title().to_string());
        let question = catalogue.named(intent).map(|i| i.question.clone()).filter(|question| !question.is_empty());
        topic.or(question).unwrap_or_else(|| intent.to_string())
    };
    let mut pairs: Vec<Pair> = counts
        .into_iter()
        .filter(|((a, b), count)| *count >= OFTEN && !told_apart(&policy, a, b))
        .map(|((a, b), count)| Pair { labels: (label(&a), label(&b)), between: (a, b), count })
        .collect();
    pairs.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.between.cmp(&b.between)));
    Ok(Advice { examples: report.items.len(), now, fit, pairs })
}

/// Returns what mistakes cost by the draft, or the usual.
pub fn costs(project: &Project) -> Result<Costs> {
    let policy = read(&project.store.policy()?.ok_or(Error::NoPolicy)?.yaml)?;
    let own = policy.limits.costs;
    Ok(own.map_or(COSTS, |costs| Costs {
        wrong: f64::from(costs.wrong),
        ask: f64::from(costs.ask),
        handoff: f64::from(costs.handoff),
    }))
}

/// Writes limits into the draft, to two places; one step to undo. `false` when the draft does not give all three.
pub fn adopt(project: &mut Project, limits: Limits) -> Result<bool> {
    let mut text = project.store.policy()?.ok_or(Error::NoPolicy)?.yaml;
    for (limit, to) in [("answer", limits.answer), ("ask", limits.ask), ("margin", limits.margin)] {
        let Some(changed) = with_limit(&text, limit, to) else { return Ok(false) };
        text = changed;
    }
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Policy, subject: BY_LIMITS };
    project.store.act(&deed, |recorder| recorder.add_policy(&text, at, &actor))?;
    Ok(true)
}

/// Tells whether the policy has a question between two intents, by their own names or their topics'.
fn told_apart(policy: &Policy, a: &str, b: &str) -> bool {
    let topic = |intent: &str| policy.topic_of(intent).map_or(intent.to_string(), |(_, topic)| topic.name.clone());
    let names = |between: &[String], intent: &str| {
        let topic = topic(intent);
        between.iter().any(|name| name == intent || *name == topic)
    };
    topic(a) == topic(b) || policy.clarify.iter().any(|one| names(&one.between, a) && names(&one.between, b))
}
