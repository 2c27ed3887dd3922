//! A published bot as one file: policy, model and what the catalogue answers, for another program to load.
//!
//! Layout: a mark, a version, the head as JSON with its length, the model's bytes with theirs, and a checksum over
//! all before it. A newer version is refused by number; damage is refused, never a panic.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64;

use crate::bot::Bot;
use crate::dialogue::policy::read::read;
use crate::domain::ids::IntentId;
use crate::domain::label::{Answer, Intent};
use crate::nlu::emotion::emotion;
use crate::nlu::encoder::sentence::{Encoder, NAME};
use crate::nlu::model::Model;

/// The first bytes of every bundle.
const MARK: &[u8; 8] = b"daoshiBT";
/// The version this program writes, and the newest it reads.
pub const VERSION: u16 = 1;

/// What a bundle holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// The name it was published under.
    pub name: String,
    /// The policy's text.
    pub policy: String,
    /// Names and answers; guidelines and examples stay with the trainer.
    pub intents: Vec<Intent>,
    /// The model's bytes; `None` for a bot that knows only the words of its policy.
    pub model: Option<Vec<u8>>,
}

/// Why bytes are no bundle this program can use.
#[derive(Debug, Error)]
pub enum BundleError {
    /// They begin otherwise, end too early or do not sum up.
    #[error("not a bundle, or damaged")]
    Damaged,
    /// A newer program wrote them.
    #[error("bundle of version {found}; this program reads up to {known}")]
    Newer { found: u16, known: u16 },
    #[error(transparent)]
    Policy(#[from] crate::dialogue::error::Error),
    #[error(transparent)]
    Model(#[from] crate::nlu::error::Error),
}

#[derive(Serialize, Deserialize)]
struct Head {
    name: String,
    policy: String,
    intents: Vec<Named>,
}

#[derive(Serialize, Deserialize)]
struct Named {
    id: i64,
    name: String,
    question: String,
    answers: Vec<Answer>,
}

impl Bundle {
    /// Returns the bundle as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let named = |intent: &Intent| Named {
            id: intent.id.0,
            name: intent.name.clone(),
            question: intent.question.clone(),
            answers: intent.answers.iter().map(|answer| Answer { note: None, ..answer.clone() }).collect(),
        };
        let head = Head {
            name: self.name.clone(),
            policy: self.policy.clone(),
            intents: self.intents.iter().map(named).collect(),
        };
        let head = serde_json::to_vec(&head).expect("texts and numbers are always JSON");
        let mut bytes = MARK.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        for part in [head.as_slice(), self.model.as_deref().unwrap_or_default()] {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        }
        let sum = xxh3_64(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// Reads a bundle.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BundleError> {
        let rest = bytes.strip_prefix(MARK).ok_or(BundleError::Damaged)?;
        let (version, _) = rest.split_first_chunk::<2>().ok_or(BundleError::Damaged)?;
        let found = u16::from_le_bytes(*version);
        if found > VERSION {
            return Err(BundleError::Newer { found, known: VERSION });
        }
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or(BundleError::Damaged)?;
        if xxh3_64(body) != u64::from_le_bytes(*sum) {
            return Err(BundleError::Damaged);
        }
        let mut rest = &body[MARK.len() + 2..];
        let head = part(&mut rest)?;
        let model = part(&mut rest)?;
        let head: Head = serde_json::from_slice(head).map_err(|_| BundleError::Damaged)?;
        let intent = |named: Named| Intent {
            id: IntentId(named.id),
            name: named.name,
            question: named.question,
            guideline: String::new(),
            category: String::new(),
            answers: named.answers,
        };
        Ok(Self {
            name: head.name,
            policy: head.policy,
            intents: head.intents.into_iter().map(intent).collect(),
            model: (!model.is_empty()).then(|| model.to_vec()),
        })
    }

    /// Returns the bot, with the sense for moods everybody has.
    pub fn bot(&self) -> Result<Bot, BundleError> {
        self.bot_with(&Encoder::built_in())
    }

    /// Returns the bot of a model that reads texts by an encoder of the trainer's own; refused by the name of the one it
    /// needs when it is another.
    pub fn bot_with(&self, encoder: &Encoder) -> Result<Bot, BundleError> {
        let find = |name: &str| match name {
            NAME => Ok(Encoder::built_in()),
            own if own == encoder.name() => Ok(encoder.clone()),
            other => Err(crate::nlu::error::Error::Encoder { name: other.to_string() }),
        };
        let model = self.model.as_deref().map(|bytes| Model::from_bytes_with(bytes, &find)).transpose()?;
        Ok(Bot::new(model, &self.intents, read(&self.policy)?, Box::new(emotion)))
    }
}

fn part<'b>(rest: &mut &'b [u8]) -> Result<&'b [u8], BundleError> {
    let (length, after) = rest.split_first_chunk::<8>().ok_or(BundleError::Damaged)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| BundleError::Damaged)?;
    let (part, after) = after.split_at_checked(length).ok_or(BundleError::Damaged)?;
    *rest = after;
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::state::State;
    use crate::dialogue::turn::heard::Clock;
    use proptest::prelude::*;

    fn bundle() -> Bundle {
        let answer =
            Answer { text: "周一到周五9点到17点".into(), channel: None, from: None, until: None, note: None };
        Bundle {
            name: "春季".into(),
            policy: "topics: {a: {label: 查账单, do: [{say: 好}]}}\n".into(),
            intents: vec![Intent {
                id: IntentId(3),
                name: "hours".into(),
                question: "几点开门".into(),
                guideline: String::new(),
                category: String::new(),
                answers: vec![answer],
            }],
            model: None,
        }
    }

    #[test]
    fn a_bundle_is_read_back_and_answers() {
        let bytes = bundle().to_bytes();
        let back = Bundle::from_bytes(&bytes).expect("it was just written");
        assert_eq!(back, bundle());
        let bot = back.bot().expect("a bot");
        let turn = bot.turn(&State::default(), "查账单", &Clock::default(), "chat");
        assert_eq!(turn.outcome.replies[0].text, "好");
        assert_eq!(bot.knowledge.intents["hours"].answers.len(), 1);
    }

    #[test]
    fn a_newer_bundle_is_refused_by_its_number() {
        let mut bytes = bundle().to_bytes();
        bytes[8] = 9;
        assert!(matches!(Bundle::from_bytes(&bytes), Err(BundleError::Newer { found: 9, known: 1 })));
    }

    proptest! {
        #[test]
        fn damage_anywhere_is_refused(at in 10usize..200, flip in 1u8..=255, cut in 0usize..60) {
            let mut bytes = bundle().to_bytes();
            let at = at % bytes.len();
            prop_assume!(at >= 10);
            bytes[at] ^= flip;
            prop_assert!(matches!(Bundle::from_bytes(&bytes), Err(BundleError::Damaged)));
            prop_assert!(Bundle::from_bytes(&bundle().to_bytes()[..cut]).is_err());
        }
    }
}
