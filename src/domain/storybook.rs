//! A bot told by rules and stories, as Rasa's users write it: read by `formats`, replayed and carried over by `dialogue`.
//!
//! Names are Rasa's where the thing is Rasa's own (slot, form, rule, story), so that a trainer finds them again. A
//! **course** is a rule, a story or a test conversation: steps in their order. Lines count from 1; 0 is unknown.

use std::path::PathBuf;

use crate::domain::label::Mark;

/// A whole bot: files merged, in the order they were read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Storybook {
    pub intents: Vec<Heading>,
    pub entities: Vec<String>,
    /// Entities no decision depends on.
    pub silent: Vec<String>,
    pub slots: Vec<Slot>,
    pub forms: Vec<Form>,
    /// A slot and the mappings forms have for it, as version 2 writes them.
    pub inside: Vec<(String, Vec<Mapping>)>,
    pub responses: Vec<Response>,
    pub actions: Vec<String>,
    pub rules: Vec<Course>,
    pub stories: Vec<Course>,
    /// Conversations the bot's makers expect to hold.
    pub tests: Vec<Course>,
    pub examples: Vec<Example>,
    /// A canonical value and the words that mean it.
    pub synonyms: Vec<(String, Vec<String>)>,
    /// An entity and the values it may have.
    pub lookups: Vec<(String, Vec<String>)>,
    /// An entity and the pattern of its values.
    pub patterns: Vec<(String, String)>,
    pub flows: Vec<Flow>,
    /// Test conversations of texts alone, as newer bots have them.
    pub cases: Vec<Case>,
    /// How many moments back a story must agree; `None` when the bot does not say.
    pub history: Option<usize>,
    /// What the bot does when nothing decides; `None` when it does not say.
    pub fallback: Option<String>,
}

/// Where something stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: PathBuf,
    pub line: u32,
}

/// An intent as the domain lists it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heading {
    pub name: String,
    /// The action that follows it wherever it is said.
    pub triggers: Option<String>,
    /// Which entities said with it count in decisions.
    pub counts: Counts,
    pub place: Place,
}

/// Which entities count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Counts {
    #[default]
    All,
    Only(Vec<String>),
    /// All but these.
    Not(Vec<String>),
}

impl Counts {
    /// Tells whether an entity counts.
    pub fn has(&self, entity: &str) -> bool {
        match self {
            Counts::All => true,
            Counts::Only(names) => names.iter().any(|name| name == entity),
            Counts::Not(names) => !names.iter().any(|name| name == entity),
        }
    }
}

/// What a bot remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    pub name: String,
    pub kind: SlotKind,
    /// Whether decisions depend on it.
    pub influences: bool,
    pub initial: Told,
    /// `None` where none are written: an entity of the same name fills it.
    pub mappings: Option<Vec<Mapping>>,
    /// Whether an entity of the same name fills it where no mapping is written.
    pub fills_itself: bool,
    pub place: Place,
}

/// How the value of a slot counts in decisions.
#[derive(Debug, Clone, PartialEq)]
pub enum SlotKind {
    /// Set or not.
    Text,
    Bool,
    /// Which of these, or another.
    Categorical(Vec<String>),
    Float,
    /// Empty or not.
    List,
    /// Not at all.
    Any,
    /// A class of the bot's own; counted as set or not.
    Custom(String),
}

/// A value as rules and stories tell it.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Told {
    /// Set, whatever to.
    Some,
    /// Not set.
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Told>),
}

impl Storybook {
    /// Tells whether decisions depend on an entity said with an intent.
    pub fn counts(&self, intent: Option<&str>, entity: &str) -> bool {
        let base = intent.map(|intent| intent.split_once('/').map_or(intent, |(base, _)| base));
        let heading = self.intents.iter().find(|heading| Some(heading.name.as_str()) == base);
        heading.is_none_or(|heading| heading.counts.has(entity)) && !self.silent.iter().any(|name| name == entity)
    }
}

impl Told {
    /// Returns the value as one word of text; empty when there is none.
    pub fn text(&self) -> String {
        match self {
            Told::Some | Told::Null => String::new(),
            Told::Bool(yes) => yes.to_string(),
            Told::Number(number) => number.to_string(),
            Told::Text(text) => text.clone(),
            Told::List(list) => list.iter().map(Told::text).collect::<Vec<_>>().join(", "),
        }
    }
}

/// One way a slot is filled.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    pub from: Source,
    /// Only after these intents; any when empty.
    pub intents: Vec<String>,
    /// Never after these.
    pub not_intents: Vec<String>,
    /// One of these must hold; always when empty.
    pub conditions: Vec<Condition>,
}

/// What fills a slot.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    Entity {
        entity: String,
        role: Option<String>,
        group: Option<String>,
    },
    Text,
    Intent(Told),
    /// The intent that began the form.
    TriggerIntent(Told),
    /// Code, or a language model: only what a story tells.
    Elsewhere(String),
}

/// When a mapping applies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Condition {
    /// The form that must run; `Some(None)` is none.
    pub form: Option<Option<String>>,
    pub requested: Option<String>,
}

/// Slots asked for in turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    pub name: String,
    pub required: Vec<String>,
    /// Intents whose turns fill nothing.
    pub ignored: Vec<String>,
    pub place: Place,
}

/// What the bot may say under a name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    pub name: String,
    pub variations: Vec<Variation>,
    pub place: Place,
}

/// One wording of a response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Variation {
    pub text: String,
    /// Title and payload.
    pub buttons: Vec<(String, String)>,
    pub channel: Option<String>,
    /// Slots that must have these values.
    pub when: Vec<(String, Told)>,
    /// Pictures, attachments, payloads of channels: what has no words.
    pub extras: Vec<String>,
}

/// A rule, a story or a test conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    pub name: String,
    pub place: Place,
    /// What must hold before it begins; rules alone have any.
    pub conditions: Vec<Step>,
    pub steps: Vec<Step>,
    /// Applies at the beginning of a conversation alone.
    pub opens: bool,
    /// Whether the bot listens at its end; stories always do.
    pub waits: bool,
}

/// One step of a course with its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub line: u32,
    pub act: StepAct,
}

/// What happens in a step.
#[derive(Debug, Clone, PartialEq)]
pub enum StepAct {
    User(Utter),
    Action(String),
    /// Words of the bot where no action is named.
    Bot(String),
    /// A form begins to run, or ends.
    Form(Option<String>),
    Slots(Vec<(String, Told)>),
    /// One of these steps.
    Or(Vec<Step>),
    /// Where courses are joined.
    Checkpoint(String),
}

/// What a customer says in a course.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Utter {
    pub intent: Option<String>,
    pub text: Option<String>,
    pub entities: Vec<Entity>,
}

/// A value in what a customer says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entity {
    pub name: String,
    pub value: Told,
    pub role: Option<String>,
    pub group: Option<String>,
}

/// One example of an intent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Example {
    pub intent: String,
    pub text: String,
    pub marks: Vec<Mark>,
    pub place: Place,
}

/// A flow of a newer bot (CALM), as structure: a language model runs it there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub guard: Option<String>,
    /// Intents that begin it.
    pub triggers: Vec<String>,
    pub steps: Vec<FlowStep>,
    pub place: Place,
}

/// One step of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowStep {
    pub id: Option<String>,
    pub act: FlowAct,
    pub next: Vec<Next>,
    pub line: u32,
}

/// What a step of a flow does.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowAct {
    Collect(String),
    Action(String),
    Set(Vec<(String, Told)>),
    Link(String),
    Call(String),
    Nothing,
    /// A key we do not know.
    Other(String),
}

/// Where a flow goes on: under a condition, or else.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Next {
    pub when: Option<String>,
    /// A step's id, `END`, or the steps themselves.
    pub to: Option<String>,
    pub steps: Vec<FlowStep>,
}

/// A test conversation of texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case {
    pub name: String,
    pub turns: Vec<CaseTurn>,
    /// Checks that are not about words, by their names, with how often each stands there.
    pub checks: Vec<(String, usize)>,
    pub place: Place,
}

/// One turn of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseTurn {
    /// `None` when the bot begins.
    pub said: Option<String>,
    pub replies: Vec<Reply>,
    /// What it must not say.
    pub refused: Vec<Reply>,
    pub slots: Vec<(String, Told)>,
    pub line: u32,
}

/// What the bot is expected to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Text(String),
    /// A response by name.
    Named(String),
    /// A regular expression.
    Matches(String),
}
