//! Conversations as they happened: who said what, where and when.

use serde::{Deserialize, Serialize};

use crate::domain::extra::Extra;
use crate::domain::ids::{BatchId, ConversationId, TurnId, UtteranceId};
use crate::domain::label::Mark;

/// Who speaks in a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    #[default]
    Customer,
    Agent,
    Bot,
    System,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Customer, Role::Agent, Role::Bot, Role::System];

    /// Returns the word used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Agent => "agent",
            Role::Bot => "bot",
            Role::System => "system",
        }
    }

    /// Returns the other side of the counter; bots and the system stay what they are.
    pub fn swapped(self) -> Self {
        match self {
            Role::Customer => Role::Agent,
            Role::Agent => Role::Customer,
            other => other,
        }
    }

    /// Returns the role a word of a file or a person names, in either language.
    pub fn named(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().as_str() {
            "customer" | "user" | "client" | "visitor" | "human" | "consumer" | "caller" | "客户" | "用户" | "顾客"
            | "访客" | "买家" | "主叫" | "客戶" | "用戶" => Some(Role::Customer),
            "agent" | "assistant" | "staff" | "operator" | "csr" | "客服" | "坐席" | "座席" | "人工" | "人工客服"
            | "卖家" | "客服人员" => Some(Role::Agent),
            "bot" | "robot" | "gpt" | "机器人" | "机器" | "智能客服" | "機器人" => Some(Role::Bot),
            "system" | "sys" | "系统" | "系統" | "event" => Some(Role::System),
            _ => None,
        }
    }
}

/// The way a conversation reached the desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    #[default]
    Chat,
    Call,
    Mail,
    /// A list of texts without conversations, such as an export of unrecognised questions.
    List,
}

impl Channel {
    pub const ALL: [Channel; 4] = [Channel::Chat, Channel::Call, Channel::Mail, Channel::List];

    /// Returns the word used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Chat => "chat",
            Channel::Call => "call",
            Channel::Mail => "mail",
            Channel::List => "list",
        }
    }

    /// Returns the channel a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == word)
    }
}

/// One message as a reader found it, before the store knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The source's own name for the conversation; `None` makes each message its own conversation.
    pub conversation: Option<String>,
    /// Whether `conversation` is a place in its file and no name: two files' first chats are two chats.
    pub numbered: bool,
    pub channel: Channel,
    pub role: Role,
    /// The source's name for the speaker, kept for role swaps and for the trainer's eyes.
    pub speaker: Option<String>,
    /// Milliseconds since 1970 UTC; `None` keeps the order of the file.
    pub at: Option<i64>,
    /// The text, decoded but otherwise untouched.
    pub text: String,
    /// The intent the source already gives, by name (`import --columns text,intent`).
    pub intent: Option<String>,
    /// The marked stretches the source already gives (Rasa's inline entities), in the order of the text.
    pub marks: Vec<Mark>,
    /// The line (or row, or record) of the file, from 1.
    pub line: u64,
    pub facts: Facts,
    /// Fields of its record that nobody here reads.
    pub extra: Option<Box<Extra>>,
}

/// What a source says of a message beside its words; kept with the turn, whatever cleaning makes of its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// When in a call it was said, in milliseconds from the call's beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
    /// How long it took to say, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lasted: Option<u32>,
    /// The emotion the source names, in the source's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emotion: Option<String>,
    /// How sure the recogniser of a call is, in thousandths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sure: Option<u16>,
    /// The subject of a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the customer rated the conversation, in the source's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<String>,
}

impl Facts {
    /// Tells whether the source said nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One turn as the store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    pub id: TurnId,
    pub conversation: ConversationId,
    /// The place in the conversation, from 0.
    pub position: u32,
    pub role: Role,
    pub at: Option<i64>,
    pub raw: String,
    /// The cleaned, masked text; `None` until cleaned.
    pub clean: Option<String>,
    pub utterance: Option<UtteranceId>,
    /// Why the turn was set aside by cleaning; `None` when it was kept.
    pub aside: Option<String>,
    /// The turn that carries the sentence it is a piece of.
    pub part_of: Option<TurnId>,
    pub facts: Facts,
}

/// One imported file with its counts: `read = kept + aside`, to the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub id: BatchId,
    pub source: String,
    pub format: String,
    pub encoding: String,
    pub at: i64,
    pub actor: String,
    pub read: u64,
    pub kept: u64,
    pub aside: u64,
}
