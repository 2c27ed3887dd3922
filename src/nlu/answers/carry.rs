//! A ranker as bytes and back: its questions as counted terms and vectors, never as texts.
//!
//! The index is made anew from them, in the same order and so to the same numbers. Terms are kept once, questions name
//! them by place.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::Word;
use crate::domain::vector::Vectors;
use crate::nlu::answers::index::{KINDS, Question};
use crate::nlu::answers::lexical::Cut;
use crate::nlu::answers::rank::{Ranker, indexed, unpacked};
use crate::nlu::answers::weigh::Trust;
use crate::nlu::bytes::{Reader, Seal};
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::error::Error;

/// The version this program writes, and the newest it reads.
pub const VERSION: u16 = 1;
const SEAL: Seal = Seal { mark: b"daoshiRK", version: VERSION, other: "no ranker" };

impl Ranker {
    /// Returns the ranker as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        SEAL.seal(|out| {
            out.text(&self.encoder);
            out.u32(self.cut.words().len() as u32);
            for word in self.cut.words() {
                out.text(&word.text);
                out.text(&word.tag);
            }
            self.weights.iter().chain(&self.trust.0).for_each(|number| out.f32(*number));
            out.u32(self.intents.len() as u32);
            self.intents.iter().for_each(|intent| out.i64(intent.0));
            let terms: BTreeSet<u64> =
                self.questions.iter().flat_map(|one| one.bag.iter().map(|(term, _)| *term)).collect();
            let terms: Vec<u64> = terms.into_iter().collect();
            out.u32(terms.len() as u32);
            terms.iter().for_each(|term| out.i64(*term as i64));
            out.u32(self.vectors.width() as u32);
            out.u32(self.questions.len() as u32);
            for (at, question) in self.questions.iter().enumerate() {
                out.u32(question.entry as u32);
                out.i64(self.ids[at].map_or(0, |id| id.0));
                out.bytes.extend(self.vectors.bytes(at));
                out.u32(question.bag.len() as u32);
                for (term, count) in &question.bag {
                    let place = terms.binary_search(term).expect("every term of a question is among them");
                    out.u32(place as u32);
                    out.u16(*count as u16);
                }
            }
            out.u32(self.owners.len() as u32);
            for (at, entry) in self.owners.iter().enumerate() {
                out.u32(*entry as u32);
                out.bytes.extend(self.answer_vectors.bytes(at));
            }
        })
    }

    /// Reads a ranker back; a newer or damaged one is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (_, mut bytes) = SEAL.opened(bytes)?;
        let encoder = bytes.text()?.to_string();
        let mut words = Vec::new();
        for _ in 0..bytes.length(8)? {
            words.push(Word { text: bytes.text()?.to_string(), tag: bytes.text()?.to_string() });
        }
        let mut numbers = || bytes.f32();
        let mut weights = [0.0; KINDS];
        for weight in &mut weights {
            *weight = numbers()?;
        }
        let trust = Trust([numbers()?, numbers()?, numbers()?, numbers()?]);
        let intents: Vec<IntentId> =
            (0..bytes.length(8)?).map(|_| Ok(IntentId(bytes.i64()?))).collect::<Result<_, Error>>()?;
        let terms: Vec<u64> = (0..bytes.length(8)?).map(|_| Ok(bytes.i64()? as u64)).collect::<Result<_, Error>>()?;
        if !terms.is_sorted_by(|a, b| a < b) {
            return Err(Error::Damaged { what: "terms out of order" });
        }
        let width = bytes.u32()? as usize;
        let (mut questions, mut ids, mut vectors) = (Vec::new(), Vec::new(), Vectors::new(width));
        for _ in 0..bytes.length(20)? {
            let entry = entry(&mut bytes, intents.len())?;
            ids.push(Some(bytes.i64()?).filter(|id| *id != 0).map(UtteranceId));
            vector(&mut bytes, &mut vectors)?;
            let mut bag: Vec<(u64, f32)> = Vec::new();
            for _ in 0..bytes.length(6)? {
                let term = terms.get(bytes.u32()? as usize).ok_or(Error::Damaged { what: "an unknown term" })?;
                let count = bytes.u16()?;
                if count == 0 || bag.last().is_some_and(|(before, _)| before >= term) {
                    return Err(Error::Damaged { what: "terms out of order" });
                }
                bag.push((*term, f32::from(count)));
            }
            questions.push(Question { entry, bag });
        }
        let (mut owners, mut answer_vectors) = (Vec::new(), Vectors::new(width));
        for _ in 0..bytes.length(8)? {
            owners.push(entry(&mut bytes, intents.len())?);
            vector(&mut bytes, &mut answer_vectors)?;
        }
        if !bytes.is_done() {
            return Err(Error::Damaged { what: "too long" });
        }
        let answers = (owners.clone(), unpacked(&answer_vectors));
        let index = indexed(&questions, &vectors, answers, intents.len());
        let cut = Cut::new(words);
        Ok(Self { intents, questions, ids, vectors, owners, answer_vectors, encoder, cut, weights, trust, index })
    }

    /// Reads a ranker back with the encoder it needs; `find` returns the encoder of a name, or says why it cannot.
    pub fn from_bytes_with<E: From<Error>>(
        bytes: &[u8],
        find: &dyn Fn(&str) -> Result<Encoder, E>,
    ) -> Result<(Self, Encoder), E> {
        let ranker = Self::from_bytes(bytes)?;
        let encoder = find(&ranker.encoder)?;
        if encoder.width() != ranker.vectors.width() {
            return Err(Error::Damaged { what: "vectors of another width" }.into());
        }
        Ok((ranker, encoder))
    }

    /// Returns its identity: equal ones have equal numbers, on any machine.
    pub fn hash(&self) -> u64 {
        xxh3_64(&self.to_bytes())
    }
}

fn entry(bytes: &mut Reader, entries: usize) -> Result<usize, Error> {
    let entry = bytes.u32()? as usize;
    if entry < entries { Ok(entry) } else { Err(Error::Damaged { what: "a question of no entry" }) }
}

fn vector(bytes: &mut Reader, vectors: &mut Vectors) -> Result<(), Error> {
    let packed = bytes.slice(4 + vectors.width())?;
    if vectors.push_bytes(packed) { Ok(()) } else { Err(Error::Damaged { what: "a number that is none" }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::answers::rank::tests::{asked, learned};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| learned().0.to_bytes());

    #[test]
    fn bytes_come_back_and_rank_the_same() {
        let (ranker, _) = learned();
        let back = Ranker::from_bytes(&BYTES).unwrap();
        assert_eq!((back.to_bytes(), back.hash()), (BYTES.clone(), ranker.hash()));
        for text in ["退款到账要几天", "where is the parcel", "黄金多少钱一克", ""] {
            assert_eq!(asked(&back, text), asked(&ranker, text), "{text}");
        }
    }

    #[test]
    fn no_question_can_be_read_in_the_bytes() {
        for text in ["怎么申请退款", "where is my parcel", "在订单页看物流进度"] {
            assert!(!BYTES.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_newer_version_is_refused_by_its_number() {
        let mut bytes = BYTES.clone();
        bytes[8] = 9;
        assert_eq!(Ranker::from_bytes(&bytes).err(), Some(Error::Newer { found: 9, known: VERSION }));
        assert_eq!(Ranker::from_bytes(b"no").err(), Some(Error::Damaged { what: "no ranker" }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_is_refused_and_never_a_panic(at in 10usize..20_000, flip in 1u8..=255, cut in 0usize..20_000, resealed: bool) {
            let mut bytes = BYTES.clone();
            let at = 10 + at % (bytes.len() - 18);
            bytes[at] ^= flip;
            if resealed {
                let body = bytes.len() - 8;
                let sum = xxh3_64(&bytes[..body]);
                bytes[body..].copy_from_slice(&sum.to_le_bytes());
                if let Ok(ranker) = Ranker::from_bytes(&bytes) {
                    ranker.hash();
                }
            } else {
                prop_assert!(Ranker::from_bytes(&bytes).is_err());
            }
            prop_assert!(Ranker::from_bytes(&BYTES[..cut % BYTES.len()]).is_err());
        }
    }
}
