//! What names stand for in guards and texts right now.

use crate::dialogue::guard::eval::{Facts, Known};
use crate::dialogue::hear::number::show;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::state::{Frame, State};
use crate::dialogue::turn::heard::Clock;

/// The names that are always known.
pub(crate) const BUILT_IN: &[&str] = &[
    "hour",
    "date",
    "channel",
    "turn",
    "mood",
    "score",
    "angry",
    "anxious",
    "confused",
    "satisfied",
    "risk",
    "misses",
    "it",
];

/// The names only texts know.
pub(crate) const TEXT_ONLY: &[&str] = &["bot", "label"];

/// Everything a name may be looked up in.
pub(crate) struct View<'v> {
    pub policy: &'v Policy,
    pub state: &'v State,
    pub clock: &'v Clock,
    pub channel: &'v str,
    /// The folded text; empty outside a turn.
    pub text: &'v str,
    pub risks: &'v [String],
    pub frame: Option<&'v Frame>,
    /// The value under test, for `it`.
    pub it: Option<&'v str>,
    /// A mood's own score, for `score`.
    pub score: f32,
    /// The text's scores by the four moods.
    pub scores: [(&'static str, f32); 4],
}

impl View<'_> {
    /// Returns a placeholder's value.
    pub fn text_of(&self, name: &str) -> Option<String> {
        match name {
            "bot" => return Some(self.policy.bot.name.clone()),
            "label" => return self.frame.and_then(|f| self.policy.topic(&f.topic)).map(|t| t.title().to_owned()),
            _ => {}
        }
        if let Some(path) = name.strip_prefix("kb.") {
            return self.fact(path).map(str::to_owned);
        }
        match self.known(name) {
            Known::Text(text) => Some(text),
            Known::Number(number) => Some(show(number)),
            Known::Many(many) => Some(many.join(",")),
            Known::Nothing | Known::Unset => None,
        }
    }

    fn slot(&self, name: &str) -> Option<&str> {
        self.frame.and_then(|f| f.slots.get(name)).map(String::as_str)
    }

    /// Looks a path up; a part that names a filled slot stands for its value.
    fn fact(&self, path: &str) -> Option<&str> {
        let plain: Vec<&str> = path.split('.').collect();
        let filled: Vec<&str> = plain.iter().map(|part| self.slot(part).unwrap_or(part)).collect();
        self.policy.fact(&filled).or_else(|| self.policy.fact(&plain))
    }
}

impl Facts for View<'_> {
    fn known(&self, name: &str) -> Known {
        if let Some(value) = self.slot(name) {
            return Known::Text(value.to_owned());
        }
        if let Some(value) = self.frame.and_then(|f| f.facts.get(name)) {
            return Known::Text(value.clone());
        }
        if self.policy.entity(name).is_some() {
            return Known::Unset;
        }
        if let Some((_, score)) = self.scores.iter().find(|(mood, _)| *mood == name) {
            return Known::Number(f64::from(*score));
        }
        match name {
            "it" => self.it.map_or(Known::Unset, |it| Known::Text(it.to_owned())),
            "hour" => Known::Number(self.clock.hour()),
            "date" if !self.clock.date.is_empty() => Known::Text(self.clock.date.clone()),
            "date" => Known::Unset,
            "channel" => Known::Text(self.channel.to_owned()),
            "turn" => Known::Number(f64::from(self.state.turn)),
            "misses" => Known::Number(f64::from(self.state.misses)),
            "score" => Known::Number(f64::from(self.score)),
            "mood" => Known::Text(self.state.mood().map_or("calm", |(name, _)| name).to_owned()),
            "risk" => Known::Many(self.risks.to_vec()),
            _ => {
                if let Some(value) = self.fact(name.strip_prefix("kb.").unwrap_or(name)) {
                    return Known::Text(value.to_owned());
                }
                let call = name.split_once('.').map(|(call, _)| call);
                let is_call = call.is_some_and(|call| self.policy.calls.iter().any(|c| c.name == call));
                if is_call { Known::Unset } else { Known::Nothing }
            }
        }
    }

    fn is_value(&self, name: &str, word: &str) -> bool {
        // `mood = angry`: the mood of that name, not the score.
        if name == "mood" {
            return word == "calm" || self.policy.moods.iter().any(|mood| mood.name == word);
        }
        let values = self.policy.entity(name).and_then(|e| e.values());
        values.is_some_and(|values| values.iter().any(|(value, _)| value == word))
    }

    fn words(&self, list: &str) -> bool {
        let words = self.policy.words.iter().position(|(name, _)| name == list);
        self.risks.iter().any(|risk| risk == list) || words.is_some_and(|place| self.policy.lists[place].any(self.text))
    }
}
