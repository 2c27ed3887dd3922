//! Vectors of utterances by an encoder: those kept are read, the missing made and kept.

use std::collections::HashMap;

use crate::domain::ids::UtteranceId;
use crate::domain::vector::Vectors;
use crate::nlu::encoder::sentence::Encoder;
use crate::progress::{Progress, Quiet};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

impl Project {
    /// Returns the vectors of utterances by the project's encoder, in their order; a number that is no utterance gets
    /// zeros.
    ///
    /// The encoder in the box makes about a thousand a second and core; stopped, those made so far stay kept. A byte a
    /// number and four more each. The latest encoder's are kept, and never given for another's.
    pub fn vectors(&mut self, ids: &[UtteranceId], progress: &dyn Progress) -> Result<Vectors> {
        let encoder = self.encoder()?;
        self.vectors_by(&encoder, ids, progress)
    }

    /// Returns the same by an encoder of one's choice, as a model needs it.
    pub fn vectors_by(&mut self, encoder: &Encoder, ids: &[UtteranceId], progress: &dyn Progress) -> Result<Vectors> {
        let width = encoder.width();
        let mut all = Vectors::new(width);
        // What is made of a step's is kept in one transaction.
        for (nth, step) in ids.chunks(encoder.step()).enumerate() {
            progress.at((nth * encoder.step()) as u64, ids.len() as u64);
            if progress.stopped() {
                return Err(Error::Stopped);
            }
            let (places, kept) = self.store.vectors(encoder.name(), width, step)?;
            let missing = match places.len() == step.len() {
                true => HashMap::new(),
                false => self.encode(encoder, step, &places)?,
            };
            let mut kept = places.iter().enumerate().map(|(at, place)| (*place, kept.bytes(at))).peekable();
            for (place, id) in step.iter().enumerate() {
                let bytes = match kept.next_if(|(kept, _)| *kept == place) {
                    Some((_, bytes)) => Some(bytes),
                    None => missing.get(id).cloned(),
                };
                if !bytes.is_some_and(|bytes| all.push_bytes(&bytes)) {
                    all.push(&vec![0.0; width]);
                }
            }
        }
        progress.at(ids.len() as u64, ids.len() as u64);
        Ok(all)
    }

    /// Returns the vectors of those utterances whose vector is kept; makes none, and has none where the project's encoder
    /// is not at hand.
    pub(in crate::workbench) fn known_vectors(&self, ids: &[UtteranceId]) -> Result<Vectors> {
        match self.encoder() {
            Ok(encoder) => Ok(self.store.vectors(encoder.name(), encoder.width(), ids)?.1),
            Err(_) => Ok(Vectors::new(0)),
        }
    }

    /// Makes and keeps the vectors of a step's utterances but those at `places`.
    fn encode(
        &mut self,
        encoder: &Encoder,
        step: &[UtteranceId],
        places: &[usize],
    ) -> Result<HashMap<UtteranceId, Vec<u8>>> {
        let mut missing: Vec<UtteranceId> =
            step.iter().enumerate().filter(|(at, _)| places.binary_search(at).is_err()).map(|(_, id)| *id).collect();
        missing.sort_unstable();
        missing.dedup();
        let utterances = self.store.utterances(&missing)?;
        let texts: Vec<&str> = utterances.iter().map(|utterance| utterance.text.as_str()).collect();
        let vectors = encoder.encode_packed(&texts, &Quiet).ok_or(Error::Stopped)?;
        let of: Vec<(UtteranceId, &str)> = utterances.iter().map(|u| u.id).zip(texts.iter().copied()).collect();
        self.store.put_vectors(encoder.name(), &of, &vectors)?;
        Ok(of.iter().enumerate().map(|(at, (id, _))| (*id, vectors.bytes(at))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::encoder::sentence::DIMENSIONS;
    use crate::workbench::current::utterance;

    #[test]
    fn vectors_are_made_once_and_come_in_the_order_asked() {
        let mut project = Project::in_memory("li").unwrap();
        let texts = ["怎么申请退款", "my card is lost", "我想退钱"];
        let ids = project.store.meet_all(&texts.map(utterance)).unwrap();
        let first = project.vectors(&[ids[2], ids[0]], &Quiet).unwrap();
        assert_eq!(project.store.vector_counts().unwrap(), (2, 2 * (DIMENSIONS as u64 + 4)));
        let all = project.vectors(&[ids[0], UtteranceId(999), ids[1], ids[2], ids[1]], &Quiet).unwrap();
        assert_eq!((all.bytes(0), all.bytes(3)), (first.bytes(1), first.bytes(0)));
        assert_eq!(all.bytes(2), all.bytes(4));
        assert!(all.row(1).1.iter().all(|number| *number == 0));
        let product = |a: usize, b: usize| {
            let (mut x, mut y) = ([0.0; DIMENSIONS], [0.0; DIMENSIONS]);
            all.write(a, &mut x);
            all.write(b, &mut y);
            x.iter().zip(&y).map(|(x, y)| x * y).sum::<f32>()
        };
        assert!((product(0, 0) - 1.0).abs() < 1e-3);
        assert!(product(0, 3) > product(0, 2));
    }
}
