//! Faults of the catalogue's answers: expired, too long, promising what nobody may promise.

use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::lint::text::text_faults;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::turn::heard::Knowledge;

/// Returns the faults of the answers that a bot gives, on a day (`YYYY-MM-DD`). They stand on no line of the policy,
/// so theirs is 0; each names its intent.
///
/// ```
/// use daoshi::dialogue::lint::answers::answers;
/// use daoshi::dialogue::policy::read::read;
/// use daoshi::dialogue::turn::heard::{IntentKnowledge, Knowledge};
/// use daoshi::domain::label::Answer;
///
/// let old = Answer { text: "3.1 %".into(), channel: None, from: None, until: Some("2024-06-30".into()), note: None };
/// let rate = IntentKnowledge::of("rate", vec![old]);
/// let knowledge = Knowledge { intents: [("rate".to_string(), rate)].into() };
/// let policy = read("topics: {hello: {do: [{say: hi}]}}").unwrap();
/// assert_eq!(answers(&policy, &knowledge, "2024-06-01"), []);
/// assert_eq!(answers(&policy, &knowledge, "2024-07-01").len(), 1);
/// ```
pub fn answers(policy: &Policy, knowledge: &Knowledge, today: &str) -> Vec<(String, Fault)> {
    let mut faults = Vec::new();
    for (intent, known) in &knowledge.intents {
        // A topic that speaks for itself needs none.
        let own = policy.topic_of(intent).is_some_and(|(_, topic)| !topic.arms.is_empty());
        let mut add = |severity, kind| faults.push((intent.clone(), Fault { line: 0, severity, kind }));
        let last = known.answers.iter().filter_map(|answer| answer.until.as_deref()).max();
        let open = known.answers.iter().any(|answer| answer.until.is_none());
        if let Some(until) = last.filter(|until| !own && !open && *until < today) {
            add(Severity::Warning, FaultKind::Expired { intent: intent.clone(), until: until.to_owned() });
        }
        for answer in &known.answers {
            text_faults(&answer.text).into_iter().for_each(|kind| add(Severity::Warning, kind));
        }
    }
    faults
}
