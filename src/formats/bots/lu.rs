//! `.lu`: intents with examples, list and pattern entities.

use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::domain::storybook::{Example, Heading, Storybook};
use crate::formats::rasa::remark::{Remarks, What};
use crate::formats::rasa::training::extend;

/// What the lines below a head belong to.
enum Under {
    Nothing,
    Intent(String),
    /// An entity's list; the value its words belong to.
    List(String, String),
    Patterns(String),
    /// Known and of no use here: prebuilt, composite, phrase lists.
    Passed,
}

/// Takes a file's intents and entities.
pub(super) fn read(text: &str, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    let mut under = Under::Nothing;
    for (number, line) in (1..).zip(text.lines()) {
        let said = line.trim();
        if said.is_empty() || said.starts_with('>') {
            continue;
        }
        if let Some(name) = said.strip_prefix('#') {
            let name = name.trim_start_matches('#').trim().to_owned();
            if !name.is_empty() && !book.intents.iter().any(|intent| intent.name == name) {
                book.intents.push(Heading { name: name.clone(), place: remarks.place(number), ..Heading::default() });
            }
            under = Under::Intent(name);
        } else if let Some(head) = said.strip_prefix('@') {
            under = entity(head.trim(), book);
        } else if let Some(head) = said.strip_prefix('$') {
            // The older way: `$city : value=` with synonyms below it, or a type.
            let (name, value) = head.split_once(':').unwrap_or((head, ""));
            under = match value.trim().strip_suffix('=') {
                Some(value) => listed(book, name.trim(), value),
                None => Under::Passed,
            };
        } else if let Some(item) = said.strip_prefix(['-', '*', '+']) {
            let nested = line.starts_with([' ', '\t']);
            item_of(item.trim(), nested, number, &mut under, book, remarks);
        } else {
            remarks.add(number, What::StrayLine { text: said.to_owned() });
        }
    }
}

/// Reads `list city`, `ml name hasRoles a, b`, `regex code = /…/`.
fn entity(head: &str, book: &mut Storybook) -> Under {
    let (head, value) = head.split_once('=').map_or((head, ""), |(head, value)| (head.trim(), value.trim()));
    let mut words = head.split_whitespace();
    let (kind, name) =
        (words.next().unwrap_or_default(), words.next().unwrap_or_default().trim_matches('"').to_owned());
    if !name.is_empty() && !book.entities.contains(&name) {
        book.entities.push(name.clone());
    }
    match kind {
        "list" => Under::List(name, String::new()),
        "regex" if value.starts_with('/') => {
            book.patterns.push((name.clone(), value.trim_matches('/').to_owned()));
            Under::Patterns(name)
        }
        "regex" => Under::Patterns(name),
        _ => Under::Passed,
    }
}

fn listed(book: &mut Storybook, entity: &str, value: &str) -> Under {
    if !book.entities.iter().any(|known| known == entity) {
        book.entities.push(entity.to_owned());
    }
    let value = value.trim().to_owned();
    extend(&mut book.lookups, entity.to_owned(), std::iter::once(value.clone()));
    Under::List(entity.to_owned(), value)
}

fn item_of(item: &str, nested: bool, line: u32, under: &mut Under, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    match under {
        Under::Intent(intent) if item.starts_with('[') && item.contains("](") => {
            remarks.add(line, What::UnknownStep { step: format!("{intent}: {item}") });
        }
        Under::Intent(intent) => {
            let (text, marks) = plain(item);
            // A pattern with holes is no sentence.
            if !text.is_empty() {
                book.examples.push(Example { intent: intent.clone(), text, marks, place: remarks.place(line) });
            }
        }
        Under::List(entity, value) => match item.strip_suffix(':').filter(|_| !nested) {
            Some(canonical) => *under = listed(book, entity, canonical),
            None if value.is_empty() => extend(&mut book.lookups, entity.clone(), std::iter::once(item.to_owned())),
            None => extend(&mut book.synonyms, value.clone(), std::iter::once(item.to_owned())),
        },
        Under::Patterns(entity) => book.patterns.push((entity.clone(), item.trim_matches('/').to_owned())),
        Under::Passed => {}
        Under::Nothing => remarks.add(line, What::StrayLine { text: item.to_owned() }),
    }
}

/// Returns an example without its braces: `{@city=Rome}` and `{city=Rome}`. One with an empty hole (`{@city}`) is a
/// pattern and gives nothing.
fn plain(item: &str) -> (String, Vec<Mark>) {
    let (mut text, mut marks, mut rest) = (String::new(), Vec::new(), item);
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        // Composite entities hold others; the outer one ends at its own brace.
        let mut depth = 0;
        let close = inner.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth < 0
        });
        let Some((close, _)) = close else {
            text.push('{');
            rest = inner;
            continue;
        };
        let Some((name, value)) = inner[..close].split_once('=') else { return Default::default() };
        let start = text.len();
        let (words, inside) = plain(value.trim());
        text.push_str(&words);
        let name = name.trim().trim_start_matches('@').to_owned();
        if !words.is_empty() && !name.is_empty() {
            marks.push(Mark { range: ByteRange::new(start, text.len()), entity: name, value: String::new() });
        }
        marks.extend(inside.into_iter().map(|mark| {
            let (from, to) = (mark.range.start as usize + start, mark.range.end as usize + start);
            Mark { range: ByteRange::new(from, to), ..mark }
        }));
        rest = &inner[close + 1..];
    }
    text.push_str(rest);
    (text.trim_end().to_owned(), marks)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn intents_lists_and_patterns_are_read() {
        let text = "> !# @app.name = x\n# Book\n- book {@city=Rome} now\n- {@trip=to {@city=Oslo}}\n- fly to {@city}\n- [more](b.lu#Book)\n\n## Greet\n- 你好\n\n@ list colour =\n- red :\n\t- crimson\n\t- scarlet\n- blue :\n@ regex zip = /[0-9]{5}/\n@ prebuilt number\n- ignored\n$size : large=\n- big\n";
        let (mut book, mut remarks) = (Storybook::default(), Remarks { file: Path::new("a.lu"), found: Vec::new() });
        read(text, &mut book, &mut remarks);
        let names: Vec<&str> = book.intents.iter().map(|intent| intent.name.as_str()).collect();
        assert_eq!(names, ["Book", "Greet"]);
        let texts: Vec<&str> = book.examples.iter().map(|example| example.text.as_str()).collect();
        assert_eq!(texts, ["book Rome now", "to Oslo", "你好"]);
        assert_eq!(book.examples[0].marks[0].range.of("book Rome now"), "Rome");
        assert_eq!(
            book.examples[1].marks.iter().map(|m| m.range.of("to Oslo")).collect::<Vec<_>>(),
            ["to Oslo", "Oslo"]
        );
        assert_eq!(book.lookups[0], ("colour".to_owned(), vec!["red".to_owned(), "blue".to_owned()]));
        assert_eq!(book.synonyms[0], ("red".to_owned(), vec!["crimson".to_owned(), "scarlet".to_owned()]));
        assert_eq!(book.synonyms[1].0, "large");
        assert_eq!(book.patterns, [("zip".to_owned(), "[0-9]{5}".to_owned())]);
        assert_eq!(remarks.found.len(), 1);
    }
}
