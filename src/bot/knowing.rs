//! The bot's knowledge asked: which entry is nearest to a text, with what ranks it.

use std::collections::{BTreeMap, HashMap};

use crate::dialogue::turn::heard::{Known, Near};
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::vector::Vectors;
use crate::nlu::answers::rank::{REFUSED, Ranker};
use crate::nlu::encoder::sentence::Encoder;
use crate::progress::Quiet;

/// The nearest entries a turn keeps.
const NEAR: usize = 3;

/// What ranks the entries of the knowledge.
pub struct Knowing {
    ranker: Ranker,
    encoder: Encoder,
    /// The texts of its questions; the standard question stands for one that is not here.
    matched: HashMap<UtteranceId, String>,
}

impl Knowing {
    /// Returns a ranker with the encoder it reads by and the texts of its questions, as far as they may be shown.
    pub fn new(ranker: Ranker, encoder: Encoder, matched: HashMap<UtteranceId, String>) -> Self {
        Self { ranker, encoder, matched }
    }

    /// Returns the encoder whose vectors it reads.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Returns the vectors of texts.
    pub(super) fn vectors(&self, texts: &[&str]) -> Vectors {
        self.encoder.encode_packed(texts, &Quiet).expect("nobody stops it")
    }

    /// Returns what the knowledge has for a text with its vector; `None` when none of its intents is left.
    pub(super) fn ask(
        &self,
        text: &str,
        vector: &[f32],
        names: &BTreeMap<IntentId, String>,
        questions: &dyn Fn(&str) -> String,
    ) -> Option<Known> {
        let reply = self.ranker.ask(text, vector, NEAR);
        // What was taken out of the catalogue since is no answer.
        names.get(&self.ranker.intent(reply.ranked.first()?.entry))?;
        let near = reply.ranked.iter().filter_map(|one| {
            let intent = names.get(&self.ranker.intent(one.entry))?;
            let said = self.ranker.said(one.question).and_then(|id| self.matched.get(&id));
            let matched = said.cloned().unwrap_or_else(|| questions(intent));
            Some(Near { intent: intent.clone(), matched, score: one.score })
        });
        Some(Known { probability: reply.probability, need: REFUSED, near: near.collect() })
    }
}
