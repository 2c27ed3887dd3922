//! Examples as Rasa training data (`nlu.yml`, format 3.1), grouped by intent in the order intents first appear.
//!
//! Marked stretches become inline entities. An intent whose texts hold line ends or letters a YAML block cannot hold
//! is written as a list of quoted texts, which Rasa reads as well. Rasa takes blanks and line ends off both ends of a
//! text, and so does reading back.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::formats::corpus::inline::annotated;
use crate::formats::write::row::{ExportRow, Written};
use crate::text::yaml;

/// Writes every row that has an intent and a text.
pub fn write<'a>(rows: impl IntoIterator<Item = &'a ExportRow>, out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written::default();
    let mut order: Vec<(&str, Vec<String>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let intent = row.intent.as_deref().filter(|name| !name.trim().is_empty());
        let Some(intent) = intent.filter(|_| !row.text.trim().is_empty()) else {
            written.left_out += 1;
            continue;
        };
        let (text, lost) = annotated(&row.text, &row.spans);
        written.rows += 1;
        written.spans_left_out += lost;
        let place = *places.entry(intent).or_insert_with(|| {
            order.push((intent, Vec::new()));
            order.len() - 1
        });
        order[place].1.push(text);
    }
    writeln!(out, "version: \"3.1\"\nnlu:{}", if order.is_empty() { " []" } else { "" })?;
    for (intent, texts) in order {
        writeln!(out, "- intent: {}", yaml::word(intent))?;
        if texts.iter().all(|text| fits_a_block(text)) {
            writeln!(out, "  examples: |")?;
            for text in texts {
                writeln!(out, "    - {}", text.trim_matches(' '))?;
            }
        } else {
            writeln!(out, "  examples:")?;
            for text in texts {
                writeln!(out, "  - text: {}", yaml::quoted(&text))?;
            }
        }
    }
    Ok(written)
}

/// Tells whether a text can stand on a line of a block, for YAML 1.1 and 1.2 and for Python's idea of a line.
fn fits_a_block(text: &str) -> bool {
    !text.chars().any(yaml::hard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_rasa_expects() {
        let row = |text: &str, intent: Option<&str>| ExportRow {
            text: text.to_owned(),
            intent: intent.map(str::to_owned),
            ..ExportRow::default()
        };
        let rows = [
            row("怎么退保", Some("cancel")),
            row("在吗", None),
            row("是的", Some("yes")),
            row("退保\n谢谢", Some("cancel")),
        ];
        let mut bytes = Vec::new();
        let written = write(&rows, &mut bytes).expect("memory");
        assert_eq!(written, Written { rows: 3, left_out: 1, ..Written::default() });
        let text = String::from_utf8(bytes).expect("text");
        assert_eq!(
            text,
            "version: \"3.1\"\nnlu:\n- intent: cancel\n  examples:\n  - text: \"怎么退保\"\n  - text: \"退保\\n谢谢\"\n- intent: \"yes\"\n  examples: |\n    - 是的\n"
        );
    }
}
