//! Queries: conditions on texts, as trainers write them and the store answers them.

use crate::domain::ids::{ClusterId, UtteranceId};
use crate::domain::mood::Mood;
use crate::domain::utterance::Language;

/// A condition on a text, its label and what the model thinks of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// All of two or more.
    All(Vec<Query>),
    /// Any of two or more.
    Any(Vec<Query>),
    Not(Box<Query>),
    Is(Test),
}

/// One thing that is so or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is labelled with the intent of this name.
    Intent(String),
    /// The model's best guess is the intent of this name.
    Guess(String),
    Label(Standing),
    /// Who gave the label.
    By(String),
    /// The text holds these words, in any case.
    Text(String),
    /// A file whose name holds these words brought it.
    Source(String),
    Language(Language),
    Mood(Mood),
    /// It is a member of a cluster of the latest grouping.
    Cluster(ClusterId),
    /// A figure compares so with a number.
    Figure(Figure, Comparison, f64),
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal, $zh:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$note])* $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// Returns its word in a query.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// Returns the one with that word, English or Chinese.
            pub fn named(word: &str) -> Option<Self> {
                match word { $($word | $zh => Some($name::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// How a text is labelled.
    Standing {
        None = "none", "无";
        Intent = "intent", "意图";
        OutOfScope = "out-of-scope", "拒识";
        Ignored = "ignored", "忽略";
        Later = "later", "稍后";
    }
}

words! {
    /// What can be compared with a number.
    Figure {
        /// Customers who said it.
        Size = "size", "客户数";
        /// The probability of the model's best guess.
        Probability = "p", "概率";
        /// How much in doubt the model is.
        Doubt = "doubt", "疑问";
    }
}

words! {
    /// How two numbers compare.
    Comparison {
        Less = "<", "＜";
        AtMost = "<=", "≤";
        Equal = "=", "＝";
        AtLeast = ">=", "≥";
        More = ">", "＞";
    }
}

/// A text that meets a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub utterance: UtteranceId,
    pub customers: u64,
    /// The label's trainer and moment, for telling whether it changed since; `None` without a label.
    pub label: Option<(String, i64)>,
}
