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
