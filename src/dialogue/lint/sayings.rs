//! Every text of a policy, with where it stands.

use crate::dialogue::policy::design::{Policy, StepKind, Topic};
use crate::dialogue::policy::saying::Saying;

/// One saying and its place.
pub(crate) struct Placed<'p> {
    pub say: &'p Saying,
    /// The topic it belongs to.
    pub topic: Option<&'p Topic>,
    /// Its path in the file.
    pub place: String,
    /// Where it would stand if it is empty.
    pub line: u32,
    /// It must say something.
    pub needed: bool,
}

/// Returns every saying of a policy, in the order of the file's keys.
pub(crate) fn sayings(policy: &Policy) -> Vec<Placed<'_>> {
    let mut all = Vec::new();
    let mut add = |say, topic, place: String, line, needed| all.push(Placed { say, topic, place, line, needed });
    add(&policy.bot.forbid_say, None, "bot.forbid_say".into(), policy.bot.line, false);
    for entity in &policy.entities {
        add(&entity.ask, None, format!("entities.{}.ask", entity.name), entity.line, false);
        add(&entity.retry, None, format!("entities.{}.retry", entity.name), entity.line, false);
    }
    for (place, opening) in policy.open.iter().enumerate() {
        add(&opening.say, None, format!("open.{place}"), opening.line, true);
    }
    add(&policy.close.say, None, "close.say".into(), policy.close.line, false);
    let silent = policy.close.idle.is_some();
    add(&policy.close.idle_say, None, "close.idle_say".into(), policy.close.line, silent);
    for topic in &policy.topics {
        let path = format!("topics.{}", topic.name);
        for question in &topic.ask {
            let place = format!("{path}.ask.{}", question.slots.join("+"));
            add(&question.say, Some(topic), place, question.line, true);
        }
        if let Some(confirm) = &topic.confirm {
            add(confirm, Some(topic), format!("{path}.confirm"), topic.line, true);
        }
        for (place, arm) in topic.arms.iter().enumerate() {
            add(&arm.say, Some(topic), format!("{path}.do.{place}"), arm.line, false);
        }
    }
    for (place, clarify) in policy.clarify.iter().enumerate() {
        add(&clarify.ask, None, format!("clarify.{place}"), clarify.line, true);
    }
    for mood in &policy.moods {
        add(&mood.say, None, format!("mood.{}", mood.name), mood.line, false);
    }
    for (place, step) in policy.fallback.iter().enumerate() {
        match &step.kind {
            StepKind::Say(say) => add(say, None, format!("fallback.{place}"), step.line, true),
            StepKind::Menu(say, _) => add(say, None, format!("fallback.{place}"), step.line, false),
            StepKind::Handoff(_) => {}
        }
    }
    for queue in &policy.handoff {
        add(&queue.say, None, format!("handoff.{}.say", queue.name), queue.line, false);
        let needed = queue.hours.is_some();
        add(&queue.closed, None, format!("handoff.{}.closed", queue.name), queue.line, needed);
    }
    for (place, faq) in policy.faq.iter().enumerate() {
        add(&faq.answer, None, format!("faq.{place}"), faq.line, true);
    }
    all
}
