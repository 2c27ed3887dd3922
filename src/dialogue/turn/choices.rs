//! The choices shown below a question: those of a menu, of yes or no, of the survey.

use crate::dialogue::event::Pending;
use crate::dialogue::turn::talk::Talk;

/// Returns the choices of the waiting question.
pub(crate) fn options(talk: &Talk) -> Vec<String> {
    talk.state.pending.as_ref().map_or(Vec::new(), |pending| choices(talk, pending))
}

/// Returns the choices a question offers.
pub(crate) fn choices(talk: &Talk, pending: &Pending) -> Vec<String> {
    match pending {
        Pending::Need { options, .. } => options.clone(),
        Pending::Confirm { .. } | Pending::Digress { .. } => yes_no(talk),
        Pending::Menu { items, .. } if items.len() == 1 => yes_no(talk),
        Pending::Menu { items, .. } => {
            let none = talk.policy.bot.phrases.none.first();
            items.iter().map(|i| &i.label).chain(none).cloned().collect()
        }
        Pending::Message { .. } => Vec::new(),
        Pending::Rating => (1..=5).map(|n| n.to_string()).collect(),
    }
}

/// Returns the choices of a yes-or-no question.
pub(crate) fn yes_no(talk: &Talk) -> Vec<String> {
    let phrases = &talk.policy.bot.phrases;
    phrases.yes.first().into_iter().chain(phrases.no.first()).cloned().collect()
}
