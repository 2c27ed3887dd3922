//! Rasa's training data (`nlu.yml`): examples under their intents. Synonyms, lookups and patterns are no examples.
//!
//! YAML is read whole, so its size, depth and aliases are limited.

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::domain::conversation::{Channel, Message};
use crate::formats::corpus::inline;
use crate::formats::error::{Error, Foreign};
use crate::formats::options::ReadOptions;
use crate::formats::record::{Out, RejectReason};
use crate::formats::source::{Source, whole_text};
use crate::formats::yaml::{self, YAML_LIMIT};

/// What Rasa takes off both ends of an example.
const ENDS: [char; 3] = ['\n', '\r', ' '];

#[derive(Deserialize)]
struct Training {
    #[serde(default)]
    nlu: Option<Vec<Item>>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    intent: Option<String>,
    #[serde(default)]
    examples: Option<Spanned<Examples>>,
}

/// Examples as a block of dashed lines, or as a list of records.
enum Examples {
    Block(String),
    List(Vec<Spanned<Example>>),
}

#[derive(Deserialize)]
struct Example {
    #[serde(default)]
    text: String,
    #[serde(default, rename = "metadata")]
    _metadata: Option<IgnoredAny>,
}

/// Reads a file to its end.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let text = whole_text(source, YAML_LIMIT, options, out)?;
    let training: Training = yaml::spanned(out.path, &text)?;
    let Some(items) = training.nlu else {
        return Err(Error::Unsupported { path: out.path.to_owned(), kind: Foreign::RasaOther });
    };
    let lines: Vec<&str> = text.lines().collect();
    for (done, item) in items.into_iter().enumerate() {
        if let (Some(intent), Some(examples)) = (item.intent, item.examples) {
            intent_examples(&intent, examples, &lines, options, out)?;
        }
        if done % 64 == 0 {
            out.at(0)?;
        }
    }
    out.at(out.size)
}

fn intent_examples(
    intent: &str,
    examples: Spanned<Examples>,
    lines: &[&str],
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let line = examples.referenced.line();
    match examples.value {
        Examples::Block(block) => {
            // The place of a block is its `|` or its first line, depending on how it is written.
            let first = block.lines().next().unwrap_or_default();
            let at = lines.get(line.saturating_sub(1) as usize).map_or("", |line| line.trim());
            let start = if !first.is_empty() && at == first.trim() { line } else { line + 1 };
            for (number, text) in (start..).zip(block.lines()) {
                if text.trim().is_empty() {
                    continue;
                }
                match text.strip_prefix('-') {
                    Some(example) => send(intent, example.trim_matches(ENDS), number, options, out)?,
                    None => out.reject(number, RejectReason::NotAnExample, text)?,
                }
            }
            Ok(())
        }
        Examples::List(list) => list.into_iter().try_for_each(|example| {
            let line = example.referenced.line();
            send(intent, example.value.text.trim_matches(ENDS), line, options, out)
        }),
    }
}

fn send(intent: &str, example: &str, line: u64, options: &ReadOptions, out: &mut Out<'_>) -> Result<(), Error> {
    let (text, marks) = inline::plain(example);
    let channel = options.channel.unwrap_or(Channel::List);
    out.message(Message { channel, text, marks, intent: Some(intent.to_owned()), line, ..Message::default() })
}

impl<'de> Deserialize<'de> for Examples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Examples;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("dashed lines or a list of texts")
            }

            fn visit_str<E>(self, block: &str) -> Result<Examples, E> {
                Ok(Examples::Block(block.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<Examples, E> {
                Ok(Examples::List(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Examples, A::Error> {
                let mut list = Vec::new();
                while let Some(example) = seq.next_element()? {
                    list.push(example);
                }
                Ok(Examples::List(list))
            }
        }

        deserializer.deserialize_any(Either)
    }
}
