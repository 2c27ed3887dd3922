//! Botium's conversations: `*.convo.txt`, parts of them (`*.pconvo.txt`) and lists of phrasings (`*.utterances.txt`).
//!
//! A text matches as Botium's own default does: anywhere, in any letter case, `*` and `$name` standing for anything.

use std::collections::HashMap;
use std::fmt::Write;

use crate::domain::storybook::{Case, CaseTurn, Example, Place, Reply, Storybook};
use crate::formats::rasa::remark::{Remarks, What};

/// A list of phrasings: its name, its lines with their numbers, where it stands.
type List = (String, Vec<(u32, String)>, Place);

/// All scripts of a project until they are put together.
#[derive(Debug, Default)]
pub(in crate::formats) struct Scripts {
    convos: Vec<Convo>,
    parts: HashMap<String, Convo>,
    lists: Vec<List>,
}

#[derive(Debug, Clone, Default)]
struct Convo {
    name: String,
    place: Place,
    sections: Vec<Section>,
}

/// `#me`, `#bot`, …: its words after the sign, and the lines below it.
#[derive(Debug, Clone, Default)]
struct Section {
    kind: String,
    argument: String,
    lines: Vec<String>,
    line: u32,
}

impl Scripts {
    /// Takes one file; `name` is in small letters.
    pub fn read(&mut self, name: &str, text: &str, remarks: &mut Remarks<'_>) {
        if name.ends_with(".utterances.txt") {
            let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
            let Some((at, head)) = lines.next() else { return };
            let phrases = lines.map(|(line, text)| (line, text.trim().to_owned())).collect();
            self.lists.push((head.trim().to_owned(), phrases, remarks.place(at)));
            return;
        }
        let convo = convo(text, remarks);
        if name.ends_with(".pconvo.txt") {
            self.parts.insert(convo.name.clone(), convo);
        } else {
            self.convos.push(convo);
        }
    }

    /// Puts all together: conversations as cases, lists customers speak as examples of an intent of that name.
    pub fn finish(self, book: &mut Storybook) {
        let lists: HashMap<&str, &[(u32, String)]> =
            self.lists.iter().map(|(name, lines, _)| (name.as_str(), lines.as_slice())).collect();
        let mut spoken: Vec<&str> = Vec::new();
        for convo in &self.convos {
            let mut sections = Vec::new();
            self.unfold(&convo.sections, 0, &mut sections);
            let mut case = Case { name: convo.name.clone(), place: convo.place.clone(), ..Case::default() };
            for section in &sections {
                self.section(section, &lists, &mut case, &mut spoken);
            }
            case.turns.retain(|turn| turn.said.is_some() || !turn.replies.is_empty());
            if !case.turns.is_empty() {
                book.cases.push(case);
            }
        }
        for (name, phrases, place) in self.lists.iter().filter(|(name, ..)| spoken.contains(&name.as_str())) {
            for (line, text) in phrases {
                let place = Place { line: *line, ..place.clone() };
                book.examples.push(Example { intent: name.clone(), text: text.clone(), marks: Vec::new(), place });
            }
        }
    }

    /// Puts parts where they are included; a part may include parts.
    fn unfold(&self, sections: &[Section], depth: usize, out: &mut Vec<Section>) {
        for section in sections {
            if section.kind != "include" {
                out.push(section.clone());
                continue;
            }
            let names = section.argument.split([',', ' ']).chain(section.lines.iter().map(String::as_str));
            for name in names.map(str::trim).filter(|name| !name.is_empty()) {
                if let Some(part) = self.parts.get(name).filter(|_| depth < 16) {
                    self.unfold(&part.sections, depth + 1, out);
                }
            }
        }
    }

    fn section<'s>(
        &'s self,
        section: &Section,
        lists: &HashMap<&'s str, &'s [(u32, String)]>,
        case: &mut Case,
        spoken: &mut Vec<&'s str>,
    ) {
        let mut text: Vec<&str> = Vec::new();
        for line in &section.lines {
            let line = line.trim();
            let bare = line.trim_start_matches(['!', '?']);
            let word = bare.split(' ').next().unwrap_or_default();
            let is_list = lists.contains_key(bare);
            let asserts = word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') && !is_list;
            // The first line is what is said, even in capitals.
            if asserts && (!text.is_empty() || bare.contains(' ') || section.kind != "bot") {
                match case.checks.iter_mut().find(|(known, _)| known == word) {
                    Some((_, count)) => *count += 1,
                    None => case.checks.push((word.to_owned(), 1)),
                }
            } else if !line.is_empty() {
                text.push(line);
            }
        }
        match section.kind.as_str() {
            "me" if !text.is_empty() => {
                let said = match self.lists.iter().find(|(name, ..)| text == [name.as_str()]) {
                    Some((name, phrases, _)) => {
                        spoken.push(name);
                        phrases.first().map(|(_, text)| text.clone())
                    }
                    None => Some(text.join("\n")),
                };
                case.turns.push(CaseTurn { said, line: section.line, ..CaseTurn::default() });
            }
            "bot" => {
                if case.turns.is_empty() {
                    case.turns.push(CaseTurn { line: section.line, ..CaseTurn::default() });
                }
                let turn = case.turns.last_mut().expect("just pushed");
                let all = text.join("\n");
                let bare = all.trim_start_matches(['!', '?']);
                let negated = all.len() != bare.len() && all[..all.len() - bare.len()].contains('!');
                let optional = all[..all.len() - bare.len()].contains('?');
                if bare.is_empty() || optional {
                    return;
                }
                let ways: Vec<String> = match lists.get(bare) {
                    Some(phrases) => phrases.iter().map(|(_, text)| pattern(text)).collect(),
                    None => vec![pattern(bare)],
                };
                let one = if ways.len() == 1 { ways[0].clone() } else { format!("(?:{})", ways.join("|")) };
                if negated {
                    turn.refused.push(Reply::Matches(format!("(?is){one}")));
                    return;
                }
                // Several messages in a row must all come, in their order.
                match turn.replies.last_mut() {
                    Some(Reply::Matches(before)) => {
                        let _ = write!(before, ".*{one}");
                    }
                    _ => turn.replies.push(Reply::Matches(format!("(?is){one}"))),
                }
            }
            _ => {}
        }
    }
}

/// Returns the pattern of a text: `*` and `$name` stand for anything.
fn pattern(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '$']) {
        out.push_str(&regex::escape(&rest[..at]));
        let after = &rest[at + 1..];
        let name = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
        if rest[at..].starts_with('*') {
            out.push_str(".*");
            rest = after;
        } else if name > 0 && !after.starts_with(|c: char| c.is_ascii_digit()) {
            out.push_str(".+");
            rest = &after[name..];
        } else {
            out.push_str("\\$");
            rest = after;
        }
    }
    out.push_str(&regex::escape(rest));
    out
}

fn convo(text: &str, remarks: &mut Remarks<'_>) -> Convo {
    let mut convo = Convo { place: remarks.place(1), ..Convo::default() };
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(head) = line.strip_prefix('#').filter(|head| head.starts_with(|c: char| c.is_ascii_alphabetic())) {
            let (kind, argument) = head.trim().split_once(' ').unwrap_or((head.trim(), ""));
            let kind = kind.to_lowercase();
            if !["me", "bot", "begin", "end", "include"].contains(&kind.as_str()) {
                remarks.add(number, What::UnknownStep { step: format!("#{kind}") });
            }
            convo.sections.push(Section { kind, argument: argument.to_owned(), lines: Vec::new(), line: number });
        } else if let Some(section) = convo.sections.last_mut() {
            section.lines.push(line.to_owned());
        } else if convo.name.is_empty() {
            convo.name = line.trim().to_owned();
        }
    }
    if convo.sections.is_empty() {
        remarks.add(1, What::NoSteps { name: convo.name.clone() });
    }
    convo
}

/// Returns a case as a conversation of Botium; what has no counterpart there is counted.
pub fn write(case: &Case) -> (String, usize) {
    let (mut out, mut lost) = (format!("{}\n", one_line(&case.name)), case.checks.len());
    for turn in &case.turns {
        if let Some(said) = &turn.said {
            let _ = write!(out, "\n#me\n{}\n", plain(said));
        }
        let texts: Vec<&str> = turn
            .replies
            .iter()
            .filter_map(|reply| match reply {
                Reply::Text(text) if !text.trim().is_empty() => Some(text.as_str()),
                Reply::Named(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        // Botium asks for all of a row of messages; of several that may stand for each other the first is asked for.
        match texts.first() {
            Some(text) => {
                let _ = write!(out, "\n#bot\n{}\n", plain(text));
            }
            None => out.push_str("\n#bot\n"),
        }
        lost += turn.replies.len() - usize::from(!texts.is_empty()).min(turn.replies.len());
        for refused in &turn.refused {
            if let Reply::Text(text) = refused {
                let _ = write!(out, "\n#bot\n!{}\n", plain(text));
            }
        }
        lost += turn.slots.len();
    }
    (out, lost)
}

/// No line of a text may look like a section.
fn plain(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim()).filter(|line| !line.is_empty());
    lines.map(|line| line.strip_prefix('#').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_start_matches('#').to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn book(files: &[(&str, &str)]) -> Storybook {
        let (mut book, mut scripts) = (Storybook::default(), Scripts::default());
        for (name, text) in files {
            let mut remarks = Remarks { file: Path::new(name), found: Vec::new() };
            scripts.read(name, text, &mut remarks);
            assert!(remarks.found.is_empty(), "{:?}", remarks.found);
        }
        scripts.finish(&mut book);
        book
    }

    #[test]
    fn a_conversation_is_read_with_its_lists_and_parts() {
        let book = book(&[
            (
                "a.convo.txt",
                "T1\nabout it\n\n#begin\nPAUSE 5\n\n#me\nGREET\n\n#bot\nHELLO\nBUTTONS a|b\n\n#include MORE\n\n#bot\n!no way\n",
            ),
            ("m.pconvo.txt", "MORE\n\n#me\nbuy 2\nof *them*\n\n#bot\nsure, $n left\n\n#bot\nand 1.5?\n"),
            ("g.utterances.txt", "GREET\nhi\nhey you\n"),
            ("h.utterances.txt", "HELLO\nwelcome\ngood day\n"),
        ]);
        let case = &book.cases[0];
        assert_eq!((case.name.as_str(), case.turns.len()), ("T1", 2));
        assert_eq!(case.turns[0].said.as_deref(), Some("hi"));
        assert_eq!(case.turns[0].replies, [Reply::Matches("(?is)(?:welcome|good day)".into())]);
        assert_eq!(case.turns[1].said.as_deref(), Some("buy 2\nof *them*"));
        assert_eq!(case.turns[1].replies, [Reply::Matches("(?is)sure, .+ left.*and 1\\.5\\?".into())]);
        assert_eq!(case.turns[1].refused, [Reply::Matches("(?is)no way".into())]);
        assert_eq!(case.checks, [("PAUSE".to_owned(), 1), ("BUTTONS".to_owned(), 1)]);
        let examples: Vec<_> = book.examples.iter().map(|e| (e.intent.as_str(), e.text.as_str())).collect();
        assert_eq!(examples, [("GREET", "hi"), ("GREET", "hey you")]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let turn = |said: &str, reply: &str| CaseTurn {
            said: Some(said.into()),
            replies: vec![Reply::Text(reply.into())],
            ..CaseTurn::default()
        };
        let case =
            Case { name: "a case".into(), turns: vec![turn("你好", "您好"), turn("#1", "好")], ..Case::default() };
        let (text, lost) = write(&case);
        assert_eq!(lost, 0);
        let back = book(&[("a.convo.txt", &text)]);
        let said: Vec<_> = back.cases[0].turns.iter().filter_map(|turn| turn.said.as_deref()).collect();
        assert_eq!(said, ["你好", "1"]);
        assert_eq!(back.cases[0].turns[0].replies, [Reply::Matches("(?is)您好".into())]);
    }
}
