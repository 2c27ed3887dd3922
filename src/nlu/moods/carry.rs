//! What was learned of moods as bytes and back, as a model is carried: a mark, a version, the parts, a checksum.

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::label::Word;
use crate::domain::mood::{Mood, RISKS};
use crate::nlu::bytes::Seal;
use crate::nlu::calibration::Calibration;
use crate::nlu::error::Error;
use crate::nlu::features::{Reader, Vocabulary, Weighing};
use crate::nlu::moods::sense::{SIGNS, Sense};
use crate::nlu::terms::Kind;
use crate::nlu::weights::Weights;

/// The version this program writes, and the newest it reads.
pub const VERSION: u16 = 1;
const SEAL: Seal = Seal { mark: b"daoshiMD", version: VERSION, other: "no moods" };

impl Sense {
    /// Returns it as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        SEAL.seal(|out| {
            out.u32(self.reader.words().len() as u32);
            for word in self.reader.words() {
                out.text(&word.text);
                out.text(&word.tag);
            }
            out.u8(self.moods.len() as u8);
            self.moods.iter().for_each(|mood| out.text(mood.word()));
            out.u8(self.risks.len() as u8);
            self.risks.iter().for_each(|risk| out.text(risk));
            self.bias.iter().for_each(|bias| out.f32(*bias));
            let Calibration { sharpness, trust, none, near } = self.calibration;
            [sharpness, none, near, trust, self.share, self.weighing.unknown]
                .into_iter()
                .for_each(|number| out.f32(number));
            out.u32(self.vocabulary.len() as u32);
            for column in 0..self.vocabulary.len() {
                let (kind, term) = self.vocabulary.term(column as u32);
                out.u8(kind as u8);
                out.text(term);
                out.f32(self.weighing.columns[column]);
            }
            out.u8(SIGNS as u8);
            for (column, scale) in self.weights.scales.iter().enumerate() {
                out.f32(*scale);
                out.sparse(&self.weights.bytes[column * self.weights.classes..][..self.weights.classes]);
            }
        })
    }

    /// Reads it back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (_, mut bytes) = SEAL.opened(bytes)?;
        let mut words = Vec::new();
        for _ in 0..bytes.length(8)? {
            words.push(Word { text: bytes.text()?.to_string(), tag: bytes.text()?.to_string() });
        }
        let mut moods = Vec::new();
        for _ in 0..bytes.u8()? {
            moods.push(Mood::named(bytes.text()?).ok_or(Error::Damaged { what: "an unknown mood" })?);
        }
        let mut risks = Vec::new();
        for _ in 0..bytes.u8()? {
            let risk = bytes.text()?;
            if !RISKS.contains(&risk) {
                return Err(Error::Damaged { what: "an unknown risk" });
            }
            risks.push(risk.to_string());
        }
        let classes = moods.len() + risks.len();
        if moods.is_empty() {
            return Err(Error::Damaged { what: "no mood" });
        }
        let bias: Vec<f32> = (0..classes).map(|_| bytes.f32()).collect::<Result<_, _>>()?;
        let calibration =
            Calibration { sharpness: bytes.f32()?, none: bytes.f32()?, near: bytes.f32()?, trust: bytes.f32()? };
        let (share, unknown) = (bytes.f32()?, bytes.f32()?);
        let columns = bytes.length(9)?;
        let mut terms: Vec<(Kind, &str)> = Vec::with_capacity(columns);
        let mut weighing = Weighing { columns: Vec::with_capacity(columns), unknown };
        for _ in 0..columns {
            let kind = bytes.u8()?;
            let kind = *Kind::ALL.get(kind as usize).ok_or(Error::Damaged { what: "an unknown kind of term" })?;
            terms.push((kind, bytes.text()?));
            weighing.columns.push(bytes.f32()?);
        }
        if usize::from(bytes.u8()?) != SIGNS {
            return Err(Error::Damaged { what: "other signs" });
        }
        let all = columns + SIGNS;
        let mut weights = Weights { classes, scales: Vec::with_capacity(all), bytes: vec![0; all * classes] };
        for column in weights.bytes.chunks_exact_mut(classes) {
            weights.scales.push(bytes.f32()?);
            bytes.sparse(column)?;
        }
        if !bytes.is_done() {
            return Err(Error::Damaged { what: "too long" });
        }
        let vocabulary = Vocabulary::of(terms).ok_or(Error::Damaged { what: "a term twice" })?;
        let reader = Reader::for_vocabulary(&words, &vocabulary);
        Ok(Self { reader, vocabulary, weighing, weights, bias, moods, risks, calibration, share })
    }

    /// Returns its identity: equal ones have equal numbers, on any machine.
    pub fn hash(&self) -> u64 {
        xxh3_64(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::moods::learn::{Heard, learn};
    use crate::progress::Quiet;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let texts: Vec<(String, Mood)> = (0..36)
            .map(|n| {
                if n % 2 == 0 {
                    (format!("{n}又是老样子"), Mood::Disappointed)
                } else {
                    (format!("查{n}"), Mood::Calm)
                }
            })
            .collect();
        let risks = vec!["leaving".to_string()];
        let heard: Vec<Heard> = texts
            .iter()
            .enumerate()
            .map(|(n, (text, mood))| Heard { text, mood: *mood, risks: if n % 4 == 0 { &risks } else { &[] } })
            .collect();
        let folds: Vec<u8> = (0..36).map(|n| (n / 4 % 3) as u8).collect();
        let words = [Word { text: "老样子".into(), tag: "n".into() }];
        learn(&heard, &folds, 1, &words, &Quiet).unwrap().expect("enough").0.to_bytes()
    });

    #[test]
    fn bytes_come_back_and_hear_the_same() {
        let back = Sense::from_bytes(&BYTES).unwrap();
        assert_eq!(back.to_bytes(), *BYTES);
        assert_eq!(back.hear("又是老样子").mood, Some(Mood::Disappointed));
    }

    #[test]
    fn a_newer_version_is_refused_by_its_number() {
        let mut bytes = BYTES.clone();
        bytes[8] = 7;
        assert_eq!(Sense::from_bytes(&bytes).err(), Some(Error::Newer { found: 7, known: VERSION }));
    }

    proptest! {
        #[test]
        fn damage_is_refused(at in 10usize..4000, flip in 1u8..=255, cut in 0usize..4000) {
            let mut bytes = BYTES.clone();
            let at = 10 + at % (bytes.len() - 10);
            bytes[at] ^= flip;
            prop_assert!(Sense::from_bytes(&bytes).is_err());
            prop_assert!(Sense::from_bytes(&BYTES[..cut % BYTES.len()]).is_err());
        }
    }
}
