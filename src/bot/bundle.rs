//! A published bot as one file: policy, model and what the catalogue answers, for another program to load.
//!
//! Layout: a mark, a version, the head as JSON with its length, the model's bytes with theirs, from version 2 on what was
//! learned of moods with its, from version 3 on what ranks the knowledge, and a checksum over all before it; a bundle is
//! written in the oldest version that holds it. A newer version is refused by number; damage is refused, never a panic.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64;

use crate::bot::knowing::Knowing;
use crate::bot::{Bot, Sounding};
use crate::dialogue::policy::read::read;
use crate::domain::ids::IntentId;
use crate::domain::label::{Answer, Intent};
use crate::nlu::answers::rank::Ranker;
use crate::nlu::emotion::emotion;
use crate::nlu::encoder::sentence::{Encoder, NAME};
use crate::nlu::model::Model;
use crate::nlu::moods::sense::Sense;

/// The first bytes of every bundle.
const MARK: &[u8; 8] = b"daoshiBT";
/// The newest version this program writes and reads.
pub const VERSION: u16 = 3;
/// The first version that may hold what was learned of moods.
const MOODS_SINCE: u16 = 2;
/// The first version that may hold what ranks the knowledge.
const RANKER_SINCE: u16 = 3;

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
    /// The bytes of what was learned of moods; `None` hears by the lexicon alone.
    pub sense: Option<Vec<u8>>,
    /// The bytes of what ranks the knowledge; `None` leaves its questions to the model.
    pub ranker: Option<Vec<u8>>,
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
        let version = match (&self.sense, &self.ranker) {
            (_, Some(_)) => RANKER_SINCE,
            (Some(_), None) => MOODS_SINCE,
            (None, None) => 1,
        };
        bytes.extend(version.to_le_bytes());
        let or_empty = |part: &Option<Vec<u8>>| part.clone().unwrap_or_default();
        let parts = [head, or_empty(&self.model), or_empty(&self.sense), or_empty(&self.ranker)];
        for part in &parts[..usize::from(version) + 1] {
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
        let sense = if found >= MOODS_SINCE { part(&mut rest)? } else { &[] };
        let ranker = if found >= RANKER_SINCE { part(&mut rest)? } else { &[] };
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
            sense: (!sense.is_empty()).then(|| sense.to_vec()),
            ranker: (!ranker.is_empty()).then(|| ranker.to_vec()),
        })
    }

    /// Returns the bot.
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
        let sounding: Sounding = match &self.sense {
            Some(bytes) => {
                let sense = Sense::from_bytes(bytes)?;
                Box::new(move |text| sense.hear(text))
            }
            None => Box::new(emotion),
        };
        let knowing = self.ranker.as_deref().map(|bytes| Ranker::from_bytes_with(bytes, &find)).transpose()?;
        // The questions of the knowledge stay with the trainer.
        let knowing = knowing.map(|(ranker, encoder)| Knowing::new(ranker, encoder, HashMap::new()));
        Ok(Bot::new(model, &self.intents, read(&self.policy)?, sounding).knowing(knowing))
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
            sense: None,
            ranker: None,
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
    fn a_bundle_without_moods_is_one_older_programs_read_and_one_with_them_hears_them() {
        use crate::domain::mood::Mood;
        use crate::nlu::moods::learn::{Heard, learn};
        assert_eq!(bundle().to_bytes()[8..10], [1, 0]);
        let texts: Vec<(String, Mood)> = (0..36)
            .map(|n| {
                if n % 2 == 0 {
                    (format!("{n}又是老样子"), Mood::Disappointed)
                } else {
                    (format!("查{n}"), Mood::Calm)
                }
            })
            .collect();
        let heard: Vec<Heard> = texts.iter().map(|(text, mood)| Heard { text, mood: *mood, risks: &[] }).collect();
        let folds: Vec<u8> = (0..36).map(|n| (n / 2 % 3) as u8).collect();
        let (sense, _) = learn(&heard, &folds, 1, &[], &crate::progress::Quiet).unwrap().expect("enough");
        let with = Bundle { sense: Some(sense.to_bytes()), ..bundle() };
        assert_eq!(with.to_bytes()[8..10], [2, 0]);
        let back = Bundle::from_bytes(&with.to_bytes()).expect("it was just written");
        assert_eq!(back, with);
        assert_eq!(back.bot().expect("a bot").sounds("又是老样子").mood, Some(Mood::Disappointed));
    }

    #[test]
    fn a_bundle_with_a_ranker_asks_the_knowledge_and_hands_no_question_on() {
        use crate::domain::ids::UtteranceId;
        use crate::nlu::answers::{lexical::Cut, rank::Knowledge};
        use crate::progress::Quiet;
        let questions = [
            (0, "周末几点开门"),
            (0, "你们营业到几点"),
            (0, "网点几点关门"),
            (1, "怎么挂失"),
            (1, "卡丢了"),
            (1, "卡片遗失"),
        ];
        let encode = |texts: &[&str]| Encoder::built_in().encode_packed(texts, &Quiet).expect("nobody stops it");
        let knowledge = Knowledge {
            intents: &[IntentId(3), IntentId(4)],
            questions: &questions,
            ids: &[1, 2, 3, 4, 5, 6].map(|id| Some(UtteranceId(id))),
            vectors: &encode(&questions.map(|(_, text)| text)),
            answers: &[],
            answer_vectors: &encode(&[]),
            strange: &[],
            strange_vectors: &encode(&[]),
            encoder: NAME,
        };
        let (ranker, _) = Ranker::learn(&knowledge, &Cut::default(), 1, &Quiet).expect("questions");
        let with = Bundle { ranker: Some(ranker.to_bytes()), ..bundle() };
        let bytes = with.to_bytes();
        assert_eq!(bytes[8..10], [3, 0]);
        assert!(!bytes.windows(12).any(|part| part == "卡片遗失".as_bytes()));
        let back = Bundle::from_bytes(&bytes).expect("it was just written");
        assert_eq!(back, with);
        let understood = back.bot().expect("a bot").understand("周末几点开门呢");
        let known = understood.known.expect("it is ranked");
        // The standard question stands for the one that matched; what is not in the catalogue is not named.
        assert_eq!((known.near[0].intent.as_str(), known.near[0].matched.as_str()), ("hours", "几点开门"));
        assert_eq!((known.near.len(), &*understood.intents), (1, &[][..]));
        assert_eq!(bundle().bot().expect("a bot").understand("周末几点开门呢").known, None);
    }

    #[test]
    fn a_newer_bundle_is_refused_by_its_number() {
        let mut bytes = bundle().to_bytes();
        bytes[8] = 9;
        assert!(matches!(Bundle::from_bytes(&bytes), Err(BundleError::Newer { found: 9, known: VERSION })));
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
