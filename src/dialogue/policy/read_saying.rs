//! Reading what stands everywhere in a policy: guards, sayings, words out of a few.

use crate::dialogue::error::{Error, What};
use crate::dialogue::guard::expr::Guard;
use crate::dialogue::guard::parse::parse;
use crate::dialogue::policy::saying::{Line, Saying};
use crate::dialogue::yaml::Fields;
use crate::text::yaml::{Node, Value};

/// Reads a guard; a fault points at the sign inside it.
pub(crate) fn guard(node: &Node) -> Result<Guard, Error> {
    let text = node.text()?;
    let expr = parse(text).map_err(|(at, fault)| {
        let quote = u32::from(matches!(node.value, Value::Text { plain: false, .. }));
        Error { line: node.line, column: node.column + quote + at as u32, what: What::Guard(fault) }
    })?;
    Ok(Guard { source: text.to_owned(), expr, line: node.line })
}

/// Reads a saying: a text, or a list of texts and of `{say, when, channel}`.
pub(crate) fn saying(node: &Node) -> Result<Saying, Error> {
    let mut lines = Vec::new();
    match &node.value {
        Value::List(items) => {
            for item in items {
                match &item.value {
                    Value::Map(_) => {
                        let fields = Fields::of(item, &["say", "when", "channel"])?;
                        let when = fields.get("when").map(guard).transpose()?;
                        let channel = fields.text("channel")?;
                        for text in fields.need("say")?.texts()? {
                            lines.push(Line { text, when: when.clone(), channel: channel.clone(), at: item.line });
                        }
                    }
                    _ => lines.push(line(item)?),
                }
            }
        }
        Value::Null => {}
        _ => lines.push(line(node)?),
    }
    Ok(Saying { lines })
}

fn line(node: &Node) -> Result<Line, Error> {
    Ok(Line { text: node.text()?.to_owned(), when: None, channel: None, at: node.line })
}

/// Reads the saying of a key; empty when absent.
pub(crate) fn saying_of(fields: &Fields, key: &str) -> Result<Saying, Error> {
    fields.get(key).map_or(Ok(Saying::default()), saying)
}

/// Adds the lines of a `channel: {sms: text}` table.
pub(crate) fn channels(say: &mut Saying, node: Option<&Node>) -> Result<(), Error> {
    for (channel, texts) in node.map_or(Ok(&[][..]), Node::map)? {
        for text in texts.texts()? {
            let channel = Some(channel.text()?.to_owned());
            say.lines.push(Line { text, when: None, channel, at: texts.line });
        }
    }
    Ok(())
}
