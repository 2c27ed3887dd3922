//! Where a chat stands: the fold of its events, and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dialogue::event::{Event, Pending};
use crate::dialogue::policy::design::failed as failed_of;

/// How many lines of talk the state keeps for hand-offs.
const KEPT: usize = 12;

/// Below this a mood has passed and its count begins anew.
const PASSED: f32 = 0.15;

/// What is known after some turns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How many times the customer spoke.
    pub turn: u32,
    /// Topics going on; the last is the current one.
    pub stack: Vec<Frame>,
    pub pending: Option<Pending>,
    pub moods: BTreeMap<String, MoodState>,
    /// Clarifying questions since something was understood.
    pub clarifies: u32,
    /// Turns not understood since one was.
    pub misses: u32,
    /// The last value of each entity and the turn it was mentioned in.
    pub mentions: BTreeMap<String, Mention>,
    /// The queue that took over.
    pub handed: Option<String>,
    pub closed: bool,
    pub idled: bool,
    pub stars: Option<u8>,
    /// The last lines of talk, oldest first.
    pub talk: Vec<Talk>,
    /// The bot's last reply in full.
    pub last: Option<String>,
    /// For each saying, when each of its lines was last used (0 never).
    pub used: BTreeMap<String, Vec<u32>>,
    /// How many lines were chosen so far.
    pub chosen: u32,
    /// Messages taken down for closed queues.
    pub notes: Vec<String>,
}

/// One topic going on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub topic: String,
    /// The customer's words that began it.
    pub goal: String,
    pub slots: BTreeMap<String, String>,
    /// What calls gave, as `name.value`.
    pub facts: BTreeMap<String, String>,
    pub confirmed: bool,
    /// How often a slot's value was refused or had to be given anew.
    pub refused: BTreeMap<String, u32>,
}

/// How a mood stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct MoodState {
    /// Fades by four tenths a turn.
    pub level: f32,
    /// In how many turns it showed, until it passed.
    pub count: u32,
}

/// A value mentioned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    pub value: String,
    pub turn: u32,
}

/// One line of talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Talk {
    pub customer: bool,
    pub text: String,
}

impl State {
    /// Returns the state after these events.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut state = State::default();
        events.into_iter().for_each(|event| state.apply(event));
        state
    }

    /// Returns the current topic's frame.
    pub fn top(&self) -> Option<&Frame> {
        self.stack.last()
    }

    /// Returns the frame of a topic going on.
    pub fn frame(&self, topic: &str) -> Option<&Frame> {
        self.stack.iter().rev().find(|f| f.topic == topic)
    }

    /// Returns the mood that stands out now, with its level.
    pub fn mood(&self) -> Option<(&str, f32)> {
        let lasting = self.moods.iter().filter(|(_, m)| m.count > 0);
        let first = |a: &(&String, &MoodState), b: &(&String, &MoodState)| b.1.level.total_cmp(&a.1.level);
        lasting.min_by(first).map(|(name, m)| (name.as_str(), m.level))
    }

    /// Takes one event into account.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Heard { said } => {
                self.turn += 1;
                self.idled = false;
                self.keep(true, said);
            }
            Event::Reopened => self.closed = false,
            Event::Felt { mood, score, hit } => {
                let state = self.moods.entry(mood.clone()).or_default();
                state.level = score.max(state.level * 0.6);
                if *hit {
                    state.count += 1;
                } else if state.level < PASSED {
                    state.count = 0;
                }
            }
            Event::Mentioned { entity, value } => self.mention(entity, value),
            Event::Begun { topic, goal } => {
                self.stack.push(Frame { topic: topic.clone(), goal: goal.clone(), ..Frame::default() });
            }
            Event::Raised { topic } => {
                if let Some(place) = self.stack.iter().rposition(|f| f.topic == *topic) {
                    let frame = self.stack.remove(place);
                    self.stack.push(frame);
                }
            }
            Event::Filled { topic, slot, value } => {
                if let Some(frame) = self.frame_mut(topic) {
                    frame.slots.insert(slot.clone(), value.clone());
                }
                self.mention(slot, value);
            }
            Event::Corrected { topic, slot, to, .. } => {
                if let Some(frame) = self.frame_mut(topic) {
                    frame.slots.insert(slot.clone(), to.clone());
                    frame.confirmed = false;
                    frame.facts.clear();
                }
                self.mention(slot, to);
            }
            Event::Cleared { topic, slot } => {
                if let Some(frame) = self.frame_mut(topic) {
                    frame.slots.remove(slot);
                    frame.confirmed = false;
                    frame.facts.clear();
                    *frame.refused.entry(slot.clone()).or_default() += 1;
                }
            }
            Event::Refused { topic, slot, .. } => {
                if let Some(frame) = self.frame_mut(topic) {
                    *frame.refused.entry(slot.clone()).or_default() += 1;
                }
            }
            Event::Confirmed { topic } => {
                if let Some(frame) = self.frame_mut(topic) {
                    frame.confirmed = true;
                }
            }
            Event::Asked { pending } => self.pending = Some(pending.clone()),
            Event::Answered => self.pending = None,
            Event::Clarified { .. } => self.clarifies += 1,
            Event::Missed => self.misses += 1,
            Event::Understood => (self.misses, self.clarifies) = (0, 0),
            Event::Called { topic, name, give, failed } => {
                if let Some(frame) = self.frame_mut(topic) {
                    let key = failed_of(name);
                    match failed {
                        Some(failure) => drop(frame.facts.insert(key, failure.failure.word().to_owned())),
                        None => drop(frame.facts.remove(&key)),
                    }
                    frame.facts.extend(give.iter().map(|(key, value)| (format!("{name}.{key}"), value.clone())));
                }
            }
            Event::Finished { topic, .. } | Event::Cancelled { topic } => {
                if let Some(place) = self.stack.iter().rposition(|f| f.topic == *topic) {
                    self.stack.remove(place);
                }
            }
            Event::HandedOff { queue, .. } => {
                self.handed = Some(queue.clone());
                self.pending = None;
            }
            Event::Queued { .. } => {
                (self.misses, self.clarifies) = (0, 0);
                self.moods.values_mut().for_each(|m| m.count = 0);
            }
            Event::Noted { text, .. } => self.notes.push(text.clone()),
            Event::Rated { stars } => self.stars = Some(*stars),
            Event::Closed => {
                self.closed = true;
                self.stack.clear();
            }
            Event::Idled => self.idled = true,
            Event::Chose { saying, line } => {
                self.chosen += 1;
                let lines = self.used.entry(saying.clone()).or_default();
                if lines.len() <= *line {
                    lines.resize(line + 1, 0);
                }
                lines[*line] = self.chosen;
            }
            Event::Replied { text } => {
                self.last = Some(text.clone());
                self.keep(false, text);
            }
        }
    }

    fn frame_mut(&mut self, topic: &str) -> Option<&mut Frame> {
        self.stack.iter_mut().rev().find(|f| f.topic == topic)
    }

    fn mention(&mut self, entity: &str, value: &str) {
        self.mentions.insert(entity.to_owned(), Mention { value: value.to_owned(), turn: self.turn });
    }

    fn keep(&mut self, customer: bool, text: &str) {
        self.talk.push(Talk { customer, text: text.to_owned() });
        if self.talk.len() > KEPT {
            self.talk.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn felt(score: f32, hit: bool) -> Event {
        Event::Felt { mood: "angry".into(), score, hit }
    }

    #[test]
    fn a_mood_fades_and_its_count_begins_anew_once_it_passed() {
        let mut state = State::of(&[felt(0.7, true)]);
        assert_eq!(state.mood(), Some(("angry", 0.7)));
        state.apply(&felt(0.0, false));
        state.apply(&felt(0.8, true));
        assert_eq!(state.moods["angry"].count, 2);
        for _ in 0..4 {
            state.apply(&felt(0.0, false));
        }
        assert_eq!(state.mood(), None);
    }

    #[test]
    fn an_event_about_a_topic_that_is_gone_changes_no_frame() {
        let state = State::of(&[
            Event::Filled { topic: "transfer".into(), slot: "amount".into(), value: "500".into() },
            Event::Finished { topic: "transfer".into(), slots: BTreeMap::new() },
        ]);
        assert!(state.stack.is_empty());
        assert_eq!(state.mentions["amount"].value, "500");
    }
}
