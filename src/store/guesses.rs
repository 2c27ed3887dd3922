//! What the current model thinks of each unlabelled utterance; made anew after each training.

use rusqlite::OptionalExtension;

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::prediction::{Guess, Prediction};
use crate::store::error::Result;
use crate::store::open::Store;

/// One utterance's prediction with its doubt (0 sure to 1) and its place in the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewGuess {
    pub utterance: UtteranceId,
    pub priority: f64,
    pub doubt: f32,
    pub prediction: Prediction,
}

impl Store {
    /// Writes predictions over older ones; at most ten thousand a call.
    pub fn put_guesses(&mut self, guesses: &[NewGuess]) -> Result<()> {
        self.write(|tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO guess (utterance, priority, doubt, guesses, labelled)
                 VALUES (?1, ?2, ?3, ?4, EXISTS (SELECT 1 FROM label WHERE utterance = ?1))
                 ON CONFLICT (utterance) DO UPDATE SET priority = ?2, doubt = ?3, guesses = ?4",
            )?;
            for guess in guesses {
                insert.execute((guess.utterance.0, guess.priority, guess.doubt, encode(&guess.prediction)))?;
            }
            Ok(())
        })
    }

    /// Returns what the model thinks of an utterance.
    pub fn guess(&self, utterance: UtteranceId) -> Result<Option<(Prediction, f32)>> {
        Ok(self
            .conn
            .prepare_cached("SELECT guesses, doubt FROM guess WHERE utterance = ?1")?
            .query_row([utterance.0], |row| Ok((decode(&row.get::<_, Vec<u8>>(0)?), row.get(1)?)))
            .optional()?)
    }

    /// Tells whether any prediction is kept.
    pub fn has_guesses(&self) -> Result<bool> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM guess LIMIT 1")?.exists([])?)
    }
}

/// Twelve bytes a guess: the intent (-1 is out of scope) and the probability; five at most.
fn encode(prediction: &Prediction) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(60);
    for guess in prediction.guesses.iter().take(5) {
        bytes.extend_from_slice(&guess.intent.map_or(-1, |id| id.0).to_le_bytes());
        bytes.extend_from_slice(&guess.probability.to_le_bytes());
    }
    bytes
}

pub(in crate::store) fn decode(bytes: &[u8]) -> Prediction {
    let guesses = bytes
        .chunks_exact(12)
        .map(|b| {
            let (id, p) = b.split_at(8);
            let id = i64::from_le_bytes(id.try_into().expect("eight of twelve bytes"));
            Guess {
                intent: (id >= 0).then_some(IntentId(id)),
                probability: f32::from_le_bytes(p.try_into().expect("four of twelve bytes")),
            }
        })
        .collect();
    Prediction { guesses }
}
