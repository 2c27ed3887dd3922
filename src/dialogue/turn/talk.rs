//! A turn in the making: the state it works on, and the few ways to change it.

use crate::dialogue::event::{Event, Pending};
use crate::dialogue::guard::eval::holds;
use crate::dialogue::guard::expr::Guard;
use crate::dialogue::hear::fold::fold;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::policy::saying::{Line, Saying, render};
use crate::dialogue::state::{Frame, State};
use crate::dialogue::trace::{Candidate, Reason, Step, TraceLine};
use crate::dialogue::turn::heard::{Clock, Heard, Knowledge, Outcome, Reply};
use crate::dialogue::turn::meant::Meant;
use crate::dialogue::turn::outside::Outside;
use crate::dialogue::turn::view::View;

/// What a stage came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing decided yet.
    Go,
    /// Decided: the topic on top goes on.
    Run,
    /// Decided: the customer speaks next.
    Listen,
    /// Decided that nothing fits; the ladder speaks.
    Low,
}

/// A turn in the making. `state` is always the fold of the old events and `events`.
pub(crate) struct Talk<'a> {
    pub policy: &'a Policy,
    pub knowledge: &'a Knowledge,
    pub heard: &'a Heard,
    pub outside: &'a dyn Outside,
    /// The text as it is compared.
    pub folded: String,
    pub state: State,
    pub events: Vec<Event>,
    pub replies: Vec<Reply>,
    pub trace: Vec<TraceLine>,
    pub candidates: Vec<Meant<'a>>,
    /// Close topics for a query of one word.
    pub one_word: Vec<Candidate>,
    /// What follows a marker of correction.
    pub tail: Option<String>,
    /// A slot whose value was refused, and what is said about it.
    pub retry: Option<(String, String)>,
    /// What was done to topics, for the line of stage 8.
    pub steps: Vec<Step>,
    /// Put before the first reply.
    pub prefix: Vec<String>,
    /// The cap of clarifying questions this turn.
    pub cap: u32,
    /// What was chosen and what had no value, for the last stage.
    pub chosen: Vec<(String, usize, usize)>,
    pub missing: Vec<String>,
}

impl<'a> Talk<'a> {
    pub fn new(
        policy: &'a Policy,
        knowledge: &'a Knowledge,
        state: State,
        heard: &'a Heard,
        outside: &'a dyn Outside,
    ) -> Self {
        Self {
            policy,
            knowledge,
            heard,
            outside,
            folded: fold(&heard.text),
            state,
            events: Vec::new(),
            replies: Vec::new(),
            trace: Vec::new(),
            candidates: Vec::new(),
            one_word: Vec::new(),
            tail: None,
            retry: None,
            steps: Vec::new(),
            prefix: Vec::new(),
            cap: policy.limits.cap(),
            chosen: Vec::new(),
            missing: Vec::new(),
        }
    }

    pub fn clock(&self) -> &'a Clock {
        &self.heard.now
    }

    /// Records what happened, and lets it happen.
    pub fn emit(&mut self, event: Event) {
        self.state.apply(&event);
        self.events.push(event);
    }

    pub fn note(&mut self, stage: u8, fired: bool, reason: Reason) {
        self.trace.push(TraceLine { stage, fired, reason });
    }

    /// Records that the turn was understood, once.
    pub fn understood(&mut self) {
        if self.state.misses > 0 || self.state.clarifies > 0 {
            self.emit(Event::Understood);
        }
    }

    /// Takes the waiting question away.
    pub fn answered(&mut self) {
        if self.state.pending.is_some() {
            self.emit(Event::Answered);
        }
    }

    pub fn ask(&mut self, pending: Pending) {
        self.emit(Event::Asked { pending });
    }

    /// Returns what names stand for, for the topic on top.
    pub fn view<'v>(&'v self, frame: Option<&'v Frame>) -> View<'v> {
        let emotion = &self.heard.emotion;
        View {
            policy: self.policy,
            state: &self.state,
            clock: &self.heard.now,
            channel: &self.heard.channel,
            text: &self.folded,
            risks: &emotion.risks,
            frame,
            it: None,
            score: 0.0,
            scores: [
                ("angry", sound(emotion.angry)),
                ("anxious", sound(emotion.anxious)),
                ("confused", sound(emotion.confused)),
                ("satisfied", sound(emotion.satisfied)),
            ],
        }
    }

    /// Tells whether a guard holds for the topic on top; none always does.
    pub fn holds(&self, guard: Option<&Guard>) -> bool {
        guard.is_none_or(|guard| holds(&guard.expr, &self.view(self.state.top())))
    }

    /// Chooses a line of a saying and fills its placeholders; `None` when it has none for now.
    ///
    /// Lines for the channel come first, then lines with a guard that holds, then the least recently used;
    /// ties follow the file.
    pub fn choose(&mut self, key: &str, saying: &Saying, extra: &[(&str, &str)]) -> Option<String> {
        let channel = &self.heard.channel;
        let fits = |line: &&Line| line.channel.as_ref().is_none_or(|c| c == channel) && self.holds(line.when.as_ref());
        let used = self.state.used.get(key);
        let rank = |(place, line): &(usize, &Line)| {
            let last = used.and_then(|lines| lines.get(*place)).copied().unwrap_or(0);
            (line.channel.is_none(), line.when.is_none(), last, *place)
        };
        let fitting = saying.lines.iter().enumerate().filter(|(_, line)| fits(line));
        let (place, line) = fitting.min_by_key(rank)?;
        let text = line.text.clone();
        self.chose(key, place, saying.lines.len());
        Some(self.fill(&text, extra))
    }

    /// Chooses one of the engine's own phrases.
    pub fn phrase(&mut self, key: &str, lines: &[String], extra: &[(&str, &str)]) -> String {
        let used = self.state.used.get(key);
        let last = |place: usize| used.and_then(|lines| lines.get(place)).copied().unwrap_or(0);
        let Some(place) = (0..lines.len()).min_by_key(|place| (last(*place), *place)) else {
            return String::new();
        };
        let text = lines[place].clone();
        self.chose(key, place, lines.len());
        self.fill(&text, extra)
    }

    fn chose(&mut self, key: &str, place: usize, of: usize) {
        self.chosen.push((key.to_owned(), place, of));
        if of > 1 {
            self.emit(Event::Chose { saying: key.to_owned(), line: place });
        }
    }

    /// Fills placeholders for the topic on top.
    fn fill(&mut self, text: &str, extra: &[(&str, &str)]) -> String {
        let mut missing = Vec::new();
        let view = self.view(self.state.top());
        let value = |name: &str| {
            let given = extra.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            given.or_else(|| view.text_of(name))
        };
        let out = render(text, &value, &mut missing);
        if missing.is_empty() {
            return out;
        }
        // A sentence with a hole misleads; better to say that we do not know.
        self.missing.extend(missing);
        self.policy.bot.phrases.no_data.first().cloned().unwrap_or_default()
    }

    /// Says a text, after the mood's prefix; one that was also the last is introduced anew.
    pub fn reply(&mut self, text: String, options: Vec<String>) {
        if text.trim().is_empty() {
            return;
        }
        let mut full: String = std::mem::take(&mut self.prefix).concat();
        full.push_str(&text);
        if self.state.last.as_deref() == Some(full.as_str()) {
            let again = &self.policy.bot.phrases.again;
            full = self.phrase("phrase.again", again, &[("text", &full)]);
        }
        self.emit(Event::Replied { text: full.clone() });
        self.replies.push(Reply { text: full, options });
    }

    /// Says one of the engine's own phrases.
    pub fn say_phrase(&mut self, key: &str, lines: &'a [String], extra: &[(&str, &str)]) {
        let text = self.phrase(key, lines, extra);
        self.reply(text, Vec::new());
    }

    /// Returns what menus call a topic.
    pub fn title(&self, topic: &str) -> &'a str {
        self.policy.topic(topic).map_or("", |t| t.title())
    }

    /// Returns what questions call these slots.
    pub fn slot_titles(&self, slots: &[String]) -> String {
        let title = |slot: &String| self.policy.entity(slot).map_or(slot.clone(), |e| e.title().to_owned());
        let english = self.policy.bot.languages.first().is_some_and(|l| l.starts_with("en"));
        slots.iter().map(title).collect::<Vec<_>>().join(if english { ", " } else { "、" })
    }

    pub fn finish(self) -> Outcome {
        Outcome { events: self.events, replies: self.replies, trace: self.trace }
    }
}

/// Returns a score a comparison can rely on.
pub(crate) fn sound(score: f32) -> f32 {
    if score.is_finite() { score.clamp(0.0, 1.0) } else { 0.0 }
}
