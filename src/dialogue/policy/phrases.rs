//! What the bot says and understands by default, from `assets/dialogue/`, so that a policy need not spell it out.

use std::sync::LazyLock;

use crate::dialogue::error::Error;
use crate::dialogue::yaml::read;
use crate::text::yaml::Node;

static ZH: &str = include_str!("../../../assets/dialogue/zh.yaml");
static EN: &str = include_str!("../../../assets/dialogue/en.yaml");

macro_rules! table {
    ($(#[$doc:meta])* $name:ident, $keys:ident: $($(#[$field_doc:meta])* $field:ident),* $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $name { $($(#[$field_doc])* pub $field: Vec<String>),* }

        impl $name {
            /// The keys, as files write them.
            pub const $keys: &'static [&'static str] = &[$(stringify!($field)),*];

            fn field(&mut self, key: &str) -> Option<&mut Vec<String>> {
                match key { $(stringify!($field) => Some(&mut self.$field),)* _ => None }
            }
        }
    };
}

table! {
    /// Replies the engine needs and a policy may override under `bot.phrases`; each a list of variations.
    Phrases, KEYS:
    /// The last choice of every menu.
    none,
    yes,
    no,
    /// Before a text that was also the last one.
    again,
    cancelled,
    nothing_to_cancel,
    why,
    cannot_skip,
    retry,
    ask,
    ask_all,
    confirm_digress,
    finish_first,
    resume,
    handoff,
    waiting,
    closed,
    noted,
    rated,
    rephrase,
    menu,
    did_you_mean,
    no_data,
    forbidden,
    stuck,
    bye,
}

table! {
    /// Words the engine recognises, of both languages at once.
    Lexicon, KEYS:
    yes,
    no,
    cancel,
    repeat,
    why,
    skip,
    none,
    human,
    not_before,
    correction,
    correction_is,
    first,
    last,
    former,
    latter,
    lead,
    particles,
    promises,
    negations,
    yes_intents,
    no_intents,
}

/// Returns the phrases of a language; Chinese for any unknown one.
pub fn phrases(language: &str) -> &'static Phrases {
    static TABLES: LazyLock<(Phrases, Phrases)> = LazyLock::new(|| {
        let table = |text| {
            let tree = read(text).expect("the phrases in the binary are well formed");
            let mut phrases = Phrases::default();
            phrases.take(section(&tree, "phrases")).expect("the phrases in the binary have known keys");
            phrases
        };
        (table(ZH), table(EN))
    });
    if language.starts_with("en") { &TABLES.1 } else { &TABLES.0 }
}

/// Returns the words recognised, folded as [`crate::dialogue::hear::fold`] folds texts.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
        let mut lexicon = Lexicon::default();
        for text in [ZH, EN] {
            let tree = read(text).expect("the lexicon in the binary is well formed");
            let words = section(&tree, "words");
            for (key, value) in words.map().expect("the lexicon in the binary is a table") {
                let key = key.text().expect("the lexicon's keys are words");
                let list = lexicon.field(key).expect("the lexicon in the binary has known keys");
                list.extend(value.texts().expect("the lexicon in the binary holds lists of words"));
            }
        }
        lexicon
    });
    &LEXICON
}

fn section<'n>(tree: &'n Node, name: &str) -> &'n Node {
    let pairs = tree.map().expect("the assets are tables");
    let found = pairs.iter().find(|(key, _)| key.text().is_ok_and(|k| k == name));
    &found.expect("the assets have both sections").1
}

impl Phrases {
    /// Takes over the phrases of a table; the keys are checked by the caller.
    pub fn take(&mut self, node: &Node) -> Result<(), Error> {
        for (key, value) in node.map()? {
            if let Some(list) = self.field(key.text()?) {
                *list = value.texts()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_exists_in_both_languages() {
        for language in ["zh", "en"] {
            let mut table = phrases(language).clone();
            for key in Phrases::KEYS {
                assert!(table.field(key).is_some_and(|lines| !lines.is_empty()), "{language} {key}");
            }
        }
    }

    #[test]
    fn every_list_of_words_is_filled() {
        let mut words = lexicon().clone();
        for key in Lexicon::KEYS {
            assert!(words.field(key).is_some_and(|lines| !lines.is_empty()), "{key}");
        }
    }
}
