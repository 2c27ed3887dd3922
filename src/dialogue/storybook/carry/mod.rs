//! A bot of rules and stories as a policy of ours, with a list of what could not be carried over.
//!
//! A rule of one turn is a topic; a form is a topic with needs and its submit acts are the outcome; rules of one intent
//! under different slots are the topic's guarded outcomes; retrieval intents are answers of `faq`; what is said when
//! nothing is understood is the fallback. Stories that only write down a digression and its return need nothing: the
//! topic stack does it. Code (`action_…`) becomes a stand-in under `calls` that says its own name.

pub mod loss;

mod entities;
mod flows;
mod sayings;
mod shape;
mod tests_of;
mod topics;
mod turns;
mod write;

use crate::dialogue::storybook::carry::loss::Loss;
use crate::domain::storybook::Storybook;

/// A policy made of a storybook.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Carried {
    /// The policy as YAML.
    pub policy: String,
    /// Name and script of each test conversation.
    pub rehearsals: Vec<(String, String)>,
    /// What could not be carried over, by place.
    pub lost: Vec<Loss>,
    pub topics: usize,
    pub entities: usize,
    pub faq: usize,
    /// Intents the policy names, with what is known of them.
    pub intents: Vec<(String, String)>,
}

/// Writes a storybook as a policy.
pub fn carry(book: &Storybook) -> Carried {
    let mut lost = Vec::new();
    let shape = topics::shape(book, &mut lost);
    let policy = write::policy(&shape);
    let mut rehearsals = tests_of::rehearsals(book, &shape);
    rehearsals.extend(tests_of::cases(book));
    lost.sort();
    lost.dedup();
    Carried {
        policy,
        rehearsals,
        lost,
        topics: shape.topics.len(),
        entities: shape.entities.len(),
        faq: shape.faq.len(),
        intents: shape.intents,
    }
}
