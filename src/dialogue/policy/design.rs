//! The shape of a policy. Everything keeps the order of the file, for ties are broken by it.

use std::collections::{BTreeMap, HashMap};

use regex::Regex;

use crate::dialogue::guard::expr::Guard;
use crate::dialogue::hear::alike::Asked;
use crate::dialogue::hear::words::Words;
use crate::dialogue::policy::phrases::Phrases;
use crate::dialogue::policy::saying::Saying;
use crate::dialogue::script::shape::Script;

/// The whole dialogue design.
#[derive(Debug, Clone)]
pub struct Policy {
    pub bot: Bot,
    pub limits: Limits,
    pub entities: Vec<Entity>,
    /// The first whose guard holds greets.
    pub open: Vec<Opening>,
    pub close: Close,
    pub topics: Vec<Topic>,
    pub clarify: Vec<Clarify>,
    pub moods: Vec<Mood>,
    pub fallback: Vec<Step>,
    pub handoff: Vec<Queue>,
    pub faq: Vec<Faq>,
    /// What the bot knows by name: `<kb.活期宝.风险>`, `amount > balance`.
    pub kb: Vec<(String, Fact)>,
    /// Named word lists for `words in NAME`.
    pub words: Vec<(String, Vec<String>)>,
    /// The same lists, ready to be looked for.
    pub lists: Vec<Words>,
    /// What stands in for the outside world: inputs to outputs, by name.
    pub calls: Vec<Call>,
    /// Rehearsals kept beside the design.
    pub tests: Vec<Script>,
    /// The line of `limits`, for faults that lie in its absence.
    pub limits_line: u32,
    /// The place of the first topic each intent means.
    pub meant: HashMap<String, usize>,
}

/// Who speaks.
#[derive(Debug, Clone)]
pub struct Bot {
    pub name: String,
    /// `zh`, `en`; the first is the language of phrases the policy does not give.
    pub languages: Vec<String>,
    /// The queue for explicit requests for a person and for risks.
    pub human: Option<String>,
    /// Words that end a turn at once.
    pub forbid: Vec<String>,
    pub forbidden: Words,
    pub forbid_say: Saying,
    /// Risks that hand over at once.
    pub risks: Vec<String>,
    pub phrases: Phrases,
    pub line: u32,
}

/// When to answer, ask or give up.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    pub answer: f32,
    pub ask: f32,
    pub margin: f32,
    /// How many choices a menu offers at most.
    pub options: u32,
    /// How many clarifying questions may follow each other; `None` when the policy does not say.
    pub clarify: Option<u32>,
    /// What mistakes cost; replaces `answer`, `ask` and `margin`.
    pub costs: Option<Costs>,
}

impl Limits {
    /// Returns the cap of clarifying questions in a row.
    pub fn cap(&self) -> u32 {
        self.clarify.unwrap_or(2)
    }
}

/// What each way of going on costs, in any unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    pub wrong: f32,
    pub ask: f32,
    pub handoff: f32,
}

/// One kind of value customers mention.
#[derive(Debug, Clone)]
pub struct Entity {
    pub name: String,
    /// What questions call it; its name when absent.
    pub label: Option<String>,
    pub kind: Kind,
    /// Every word for one of its values, with the value's place; empty for other kinds.
    pub words: Words,
    /// Words that refer back to the last one mentioned.
    pub refer: Vec<String>,
    pub pronouns: Words,
    /// Must hold of `it`.
    pub valid: Option<Guard>,
    /// Said when it does not.
    pub retry: Saying,
    pub ask: Saying,
    /// The value taken when the customer skips the question; `None` refuses to skip.
    pub skip: Option<String>,
    pub line: u32,
}

/// How values of an entity are found in a text.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One of these, each with its synonyms.
    Values(Vec<(String, Vec<String>)>),
    Money,
    Number,
    Date,
    /// Whatever is said when asked for it.
    Text,
    /// Group 1 when there is one, else the whole match; digits never touch other digits.
    Match(Regex),
    /// `match` of a text that may also be given freely when asked for.
    TextMatch(Regex),
}

impl Entity {
    /// Returns the values it may have, when they are few and known.
    pub fn values(&self) -> Option<&[(String, Vec<String>)]> {
        match &self.kind {
            Kind::Values(values) => Some(values),
            _ => None,
        }
    }

    /// Returns what questions call it.
    pub fn title(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }
}

/// One way of greeting.
#[derive(Debug, Clone)]
pub struct Opening {
    pub when: Option<Guard>,
    pub say: Saying,
    pub line: u32,
}

/// How a chat ends.
#[derive(Debug, Clone, Default)]
pub struct Close {
    pub intents: Vec<String>,
    pub say: Saying,
    /// Seconds of silence before `idle_say`; twice that closes.
    pub idle: Option<u32>,
    pub idle_say: Saying,
    pub line: u32,
}

/// What happens to a topic when the customer turns to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Digress {
    #[default]
    Allow,
    Ask,
    Deny,
}

/// What the customer wants.
#[derive(Debug, Clone)]
pub struct Topic {
    pub name: String,
    pub label: Option<String>,
    /// What menus call it, as texts are compared.
    pub titled: Asked,
    /// The intents that mean it; its own name when the policy gives none.
    pub intents: Vec<(String, u32)>,
    /// Slots to fill, in this order; each is named like its entity.
    pub needs: Vec<(String, u32)>,
    pub ask: Vec<Question>,
    pub confirm: Option<Saying>,
    pub digress: Digress,
    /// Wins over whatever is going on.
    pub urgent: bool,
    pub arms: Vec<Arm>,
    pub line: u32,
}

impl Topic {
    /// Returns what menus call it.
    pub fn title(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }
}

/// A question for one slot or for several at once.
#[derive(Debug, Clone)]
pub struct Question {
    pub slots: Vec<String>,
    pub say: Saying,
    pub line: u32,
}

/// One outcome of a topic. The first whose guard holds is taken; one that only calls goes on to the next.
#[derive(Debug, Clone)]
pub struct Arm {
    pub when: Option<Guard>,
    pub say: Saying,
    pub call: Option<String>,
    pub handoff: Option<String>,
    pub redo: Option<String>,
    pub menu: Vec<String>,
    pub line: u32,
}

impl Arm {
    /// Tells whether the topic goes on after it.
    pub fn goes_on(&self) -> bool {
        self.call.is_some()
            && self.say.is_empty()
            && self.handoff.is_none()
            && self.redo.is_none()
            && self.menu.is_empty()
    }
}

/// A question that tells close topics apart.
#[derive(Debug, Clone)]
pub struct Clarify {
    /// Topics or intents; empty for the question before any other menu.
    pub between: Vec<String>,
    pub ask: Saying,
    pub line: u32,
}

/// How the bot changes when the customer's mood does.
#[derive(Debug, Clone)]
pub struct Mood {
    pub name: String,
    pub when: Guard,
    /// Put before the first reply.
    pub say: Saying,
    /// A lower cap of clarifying questions while it lasts.
    pub clarify: Option<u32>,
    /// How many such turns hand over.
    pub handoff_after: Option<u32>,
    pub to: Option<String>,
    /// Topics taken first when several are close.
    pub prefer: Vec<String>,
    pub line: u32,
}

/// One rung of the ladder for what is not understood.
#[derive(Debug, Clone)]
pub struct Step {
    pub kind: StepKind,
    pub line: u32,
}

/// What a rung does.
#[derive(Debug, Clone)]
pub enum StepKind {
    Say(Saying),
    /// Offers topics, after an optional saying.
    Menu(Saying, Vec<String>),
    Handoff(String),
}

/// Where people take over.
#[derive(Debug, Clone)]
pub struct Queue {
    pub name: String,
    /// From and to, in hours; `None` is always open.
    pub hours: Option<(f64, f64)>,
    /// What is handed over: `goal`, `slots`, `mood`, `last3`, `why`, `said`, or slots by name.
    pub packet: Vec<String>,
    pub say: Saying,
    /// Said outside the hours; the next message is taken down for the queue.
    pub closed: Saying,
    pub line: u32,
}

/// A question with its answer, told apart by its words.
#[derive(Debug, Clone)]
pub struct Faq {
    pub questions: Vec<String>,
    /// The same, as texts are compared.
    pub asked: Vec<Asked>,
    /// The intents that also mean it.
    pub intents: Vec<String>,
    pub answer: Saying,
    pub line: u32,
}

/// One named fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    Text(String),
    Table(Vec<(String, Fact)>),
}

/// What a call that failed gives besides: `<call>.failed` is the word of why.
pub const FAILED: &str = "failed";

/// Returns the name that is set while a call has failed.
pub fn failed(call: &str) -> String {
    format!("{call}.{FAILED}")
}

/// A call. Where nothing outside answers it, the first row whose guard holds gives its values.
#[derive(Debug, Clone)]
pub struct Call {
    pub name: String,
    /// What it takes and gives, where it may go outside; `None` is a table and nothing else, and never fails.
    pub signature: Option<Signature>,
    pub rows: Vec<CallRow>,
    pub line: u32,
}

/// What a call takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Names whose values go out, each with its line.
    pub takes: Vec<(String, u32)>,
    /// Names of the values that come back, each with its line.
    pub gives: Vec<(String, u32)>,
}

impl Call {
    /// Tells whether it may go outside, and so may fail.
    pub fn may_fail(&self) -> bool {
        self.signature.is_some()
    }

    /// Tells whether anything may give a value of this name.
    pub fn may_give(&self, key: &str) -> bool {
        match &self.signature {
            Some(signature) => key == FAILED || signature.gives.iter().any(|(name, _)| name == key),
            None => self.rows.iter().any(|row| row.give.contains_key(key)),
        }
    }
}

/// One row of a stand-in.
#[derive(Debug, Clone)]
pub struct CallRow {
    pub when: Option<Guard>,
    pub give: BTreeMap<String, String>,
}

impl Policy {
    /// Returns the entity of that name.
    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.entities.iter().find(|e| e.name == name)
    }

    /// Returns the call of that name.
    pub fn call(&self, name: &str) -> Option<&Call> {
        self.calls.iter().find(|call| call.name == name)
    }

    /// Returns the topic of that name.
    pub fn topic(&self, name: &str) -> Option<&Topic> {
        self.topics.iter().find(|t| t.name == name)
    }

    /// Returns the first topic that an intent means, with its place.
    pub fn topic_of(&self, intent: &str) -> Option<(usize, &Topic)> {
        self.meant.get(intent).map(|place| (*place, &self.topics[*place]))
    }

    /// Returns the queue of that name.
    pub fn queue(&self, name: &str) -> Option<&Queue> {
        self.handoff.iter().find(|q| q.name == name)
    }

    /// Returns the queue for people who ask for a person: `bot.human`, the queue of a topic that does
    /// nothing but hand over, or the first.
    pub fn human_queue(&self) -> Option<&str> {
        let plain = || {
            self.topics.iter().find_map(|t| match t.arms.as_slice() {
                [arm] if t.needs.is_empty() && arm.when.is_none() => arm.handoff.as_deref(),
                _ => None,
            })
        };
        let first = || self.handoff.first().map(|q| q.name.as_str());
        self.bot.human.as_deref().or_else(plain).or_else(first)
    }

    /// Returns the fact at a path of names.
    pub fn fact(&self, path: &[&str]) -> Option<&str> {
        let mut table = self.kb.as_slice();
        for (i, part) in path.iter().enumerate() {
            let fact = table.iter().find(|(name, _)| name == part).map(|(_, fact)| fact)?;
            match fact {
                Fact::Text(text) => return (i + 1 == path.len()).then_some(text.as_str()),
                Fact::Table(inner) => table = inner,
            }
        }
        None
    }
}
