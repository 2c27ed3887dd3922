//! What a turn takes and gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dialogue::event::Event;
use crate::dialogue::hear::fold::fold;
use crate::dialogue::trace::TraceLine;
use crate::dialogue::turn::outside::{Answer as Answered, Ask, Came};
use crate::domain::label::{Answer, Intent};
use crate::domain::prediction::Emotion;

/// What came in: the text and what is understood of it, frozen, so that the turn can be run again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    pub text: String,
    /// Intents with calibrated probabilities, best first; out of scope simply has no entry.
    #[serde(with = "shared")]
    pub intents: Arc<[(String, f32)]>,
    /// What the knowledge has for it; `None` where nothing ranks the knowledge, and in records of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    pub emotion: Emotion,
    pub now: Clock,
    pub channel: String,
    /// What the outside said to the calls of this turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Answered>,
}

impl Heard {
    /// Returns what the outside said to a call, where that is kept.
    pub fn answer(&self, ask: &Ask) -> Option<Came> {
        self.calls.iter().find(|answer| answer.answers(ask)).map(|answer| answer.came.clone())
    }

    /// Returns the likeliest intent, by the classifier or by the ranking of the knowledge, and how likely it is.
    pub fn likeliest(&self) -> Option<(&str, f32)> {
        likeliest(&self.intents, self.known.as_ref())
    }

    /// Returns the intents, best first, with the one that the ranking of the knowledge holds among them.
    pub fn joined(&self) -> Vec<(String, f32)> {
        let mut intents = self.intents.to_vec();
        if let Some((near, known)) = self.known.as_ref().and_then(|known| Some((known.held()?, known.probability))) {
            match intents.iter_mut().find(|(intent, _)| *intent == near.intent) {
                Some((_, p)) => *p = p.max(known),
                None => intents.push((near.intent.clone(), known)),
            }
            intents.sort_by(|a, b| b.1.total_cmp(&a.1));
        }
        intents
    }
}

fn likeliest<'h>(intents: &'h [(String, f32)], known: Option<&'h Known>) -> Option<(&'h str, f32)> {
    let guessed = intents.first().map(|(intent, p)| (intent.as_str(), *p));
    let held = known.and_then(|known| Some((known.held()?.intent.as_str(), known.probability)));
    match (guessed, held) {
        (Some((_, p)), Some((_, other))) if p >= other => guessed,
        (_, held) => held.or(guessed),
    }
}

/// What a text is understood to say: by the classifier of intents, and by the ranking of the knowledge.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Understanding {
    pub intents: Arc<[(String, f32)]>,
    pub known: Option<Known>,
}

impl Understanding {
    /// Returns the likeliest intent, by the classifier or by the ranking of the knowledge.
    pub fn likeliest(&self) -> Option<&str> {
        likeliest(&self.intents, self.known.as_ref()).map(|(intent, _)| intent)
    }
}

impl From<Vec<(String, f32)>> for Understanding {
    fn from(intents: Vec<(String, f32)>) -> Self {
        Self { intents: intents.into(), known: None }
    }
}

/// What the knowledge has for a text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// How likely the nearest entry is right, 0 to 1.
    pub probability: f32,
    /// From where on the knowledge holds it.
    pub need: f32,
    /// The nearest entries, the best first.
    pub near: Vec<Near>,
}

impl Known {
    /// Returns the entry the knowledge holds for the text; `None` when it refuses.
    pub fn held(&self) -> Option<&Near> {
        self.near.first().filter(|_| self.probability >= self.need)
    }
}

/// An entry of the knowledge near a text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Near {
    pub intent: String,
    /// The question of the entry that is nearest.
    pub matched: String,
    pub score: f32,
}

/// A list many turns share, written and read as its own.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type List = [(String, f32)];

    pub fn serialize<S: Serializer>(list: &Arc<List>, to: S) -> Result<S::Ok, S::Error> {
        list.as_ref().serialize(to)
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Arc<List>, D::Error> {
        Vec::deserialize(from).map(Arc::from)
    }
}

/// The time of a turn, as far as it matters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// After midnight.
    pub minutes: u16,
    /// `YYYY-MM-DD`; empty when unknown.
    pub date: String,
}

impl Clock {
    /// Returns the hour with its fraction.
    pub fn hour(&self) -> f64 {
        f64::from(self.minutes) / 60.0
    }
}

/// What the catalogue of intents answers, for intents without a topic.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Knowledge {
    /// By the intent's name.
    pub intents: BTreeMap<String, IntentKnowledge>,
}

/// One intent's standard question and answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IntentKnowledge {
    pub question: String,
    /// The question as texts are compared.
    pub asked: String,
    pub answers: Vec<Answer>,
}

impl Knowledge {
    /// Returns what a catalogue knows.
    pub fn of<'i>(intents: impl IntoIterator<Item = &'i Intent>) -> Self {
        let known = |i: &Intent| IntentKnowledge::of(&i.question, i.answers.clone());
        Self { intents: intents.into_iter().map(|i| (i.name.clone(), known(i))).collect() }
    }
}

impl IntentKnowledge {
    /// Returns what is known of one intent.
    pub fn of(question: &str, answers: Vec<Answer>) -> Self {
        Self { question: question.to_owned(), asked: fold(question), answers }
    }

    /// Returns the answers that hold on a day for a channel: those written for it, else those for all.
    pub fn valid(&self, date: &str, channel: &str) -> Vec<&Answer> {
        let of = |own: Option<&str>| -> Vec<&Answer> {
            self.answers.iter().filter(|a| holds(a, date) && a.channel.as_deref() == own).collect()
        };
        let own = of(Some(channel));
        if own.is_empty() { of(None) } else { own }
    }

    /// Tells whether there is such an answer.
    pub fn answers_on(&self, date: &str, channel: &str) -> bool {
        self.answers.iter().any(|a| holds(a, date) && a.channel.as_deref().is_none_or(|own| own == channel))
    }
}

fn holds(answer: &Answer, date: &str) -> bool {
    date.is_empty()
        || answer.from.as_deref().is_none_or(|from| from <= date)
            && answer.until.as_deref().is_none_or(|until| date <= until)
}

/// What a turn came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub events: Vec<Event>,
    pub replies: Vec<Reply>,
    pub trace: Vec<TraceLine>,
}

/// One message of the bot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub text: String,
    /// Choices, to be answered by number, label or ordinal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str, channel: Option<&str>, from: Option<&str>, until: Option<&str>) -> Answer {
        let own = |s: Option<&str>| s.map(str::to_owned);
        Answer { text: text.into(), channel: own(channel), from: own(from), until: own(until), ..Answer::default() }
    }

    #[test]
    fn expired_answers_are_silent_and_the_channels_own_come_first() {
        let known = IntentKnowledge::of(
            "",
            vec![
                answer("old", None, None, Some("2023-12-31")),
                answer("all", None, Some("2024-01-01"), None),
                answer("sms", Some("sms"), None, None),
            ],
        );
        let texts = |date, channel| known.valid(date, channel).iter().map(|a| a.text.as_str()).collect::<Vec<_>>();
        assert_eq!(texts("2024-03-01", "chat"), ["all"]);
        assert_eq!(texts("2024-03-01", "sms"), ["sms"]);
        assert_eq!(texts("2023-12-31", "chat"), ["old"]);
        assert_eq!(texts("", "chat"), ["old", "all"]);
        for (date, channel) in [("2024-03-01", "chat"), ("2023-12-31", "sms"), ("2023-12-31", "chat"), ("", "x")] {
            assert_eq!(known.answers_on(date, channel), !known.valid(date, channel).is_empty(), "{date} {channel}");
        }
        let late = IntentKnowledge::of(
            "",
            vec![answer("old", None, None, Some("2023-12-31")), answer("x", Some("sms"), None, None)],
        );
        assert!(!late.answers_on("2024-01-01", "chat") && late.answers_on("2024-01-01", "sms"));
    }
}
