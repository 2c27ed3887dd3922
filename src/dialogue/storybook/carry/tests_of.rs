//! Test conversations as rehearsals.

use std::fmt::Write;

use crate::dialogue::storybook::carry::shape::{Line, Shape};
use crate::dialogue::storybook::event::{Act, Event};
use crate::dialogue::storybook::unfold;
use crate::domain::storybook::{Case, Reply, Storybook, Told};
use crate::text::yaml::word;

/// Returns the rehearsals of test stories: each turn with its intent, and what the topic must say or that it must run.
pub(super) fn rehearsals(book: &Storybook, shape: &Shape) -> Vec<(String, String)> {
    let mut names: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for test in &book.tests {
        let mut body = String::new();
        let mut turns = 0;
        let events = unfold::test(book, test);
        for (at, placed) in events.iter().enumerate() {
            let Event::Said(said) = &placed.event else { continue };
            let Some(intent) = &said.intent else { continue };
            let example = || book.examples.iter().find(|example| example.intent == *intent).map(|e| e.text.clone());
            let Some(text) = said.text.clone().or_else(example) else { continue };
            turns += 1;
            let _ = writeln!(body, "  - u: {}\n    intent: {}", word(text.trim()), word(intent));
            let after = events[at + 1..].iter().take_while(|placed| !matches!(placed.event, Event::Said(_)));
            let acts: Vec<&str> = after
                .filter_map(|placed| match &placed.event {
                    Event::Did(Act::Named(name)) => Some(name.as_str()),
                    _ => None,
                })
                .collect();
            match shape.topic_of(intent) {
                Some(topic) if !topic.needs.is_empty() => {
                    let begins = acts.contains(&topic.name.as_str());
                    if begins {
                        let _ = writeln!(body, "    topic: {}", word(&topic.name));
                    }
                }
                Some(topic) => {
                    let pieces: Vec<String> = topic.arms.iter().flat_map(|arm| &arm.say).filter_map(piece).collect();
                    if !pieces.is_empty() && acts.iter().any(|act| !act.starts_with("action_default")) {
                        let list: Vec<String> = pieces.iter().map(|text| word(text)).collect();
                        let _ = writeln!(body, "    b: [{}]", list.join(", "));
                    }
                }
                None => {}
            }
        }
        if turns > 0 {
            let name = unused(&test.name, &mut names);
            out.push((name.clone(), format!("name: {}\nturns:\n{body}", word(&name))));
        }
    }
    out
}

/// Returns the longest words of a wording that hold no placeholder.
fn piece(line: &Line) -> Option<String> {
    use crate::dialogue::policy::saying::{Piece, pieces};
    let words = |piece: &Piece<'_>| match piece {
        Piece::Words(words) => words.lines().map(|line| line.trim().to_owned()).max_by_key(|line| line.chars().count()),
        Piece::Slot(_) => None,
    };
    pieces(&line.text)
        .iter()
        .filter_map(words)
        .filter(|text| !text.is_empty() && !is_pattern(text))
        .max_by_key(|text| text.chars().count())
}

/// A text between slashes would be a pattern.
fn is_pattern(text: &str) -> bool {
    text.starts_with('/') && text.ends_with('/')
}

/// Returns a name nobody has yet.
fn unused(name: &str, names: &mut Vec<String>) -> String {
    let base = if name.trim().is_empty() { "test" } else { name.trim() };
    let mut found = base.to_owned();
    let mut n = 1;
    while names.contains(&found) {
        n += 1;
        found = format!("{base} ({n})");
    }
    names.push(found.clone());
    found
}

/// Returns the frame of end-to-end cases: what is said, the words and slots expected of it.
pub(super) fn cases(book: &Storybook) -> Vec<(String, String)> {
    let mut names: Vec<String> = Vec::new();
    book.cases.iter().filter(|case| !case.turns.is_empty()).map(|case| one(book, case, &mut names)).collect()
}

fn one(book: &Storybook, case: &Case, names: &mut Vec<String>) -> (String, String) {
    let name = unused(&case.name, names);
    let mut out = format!("name: {}\nturns:\n", word(&name));
    for turn in &case.turns {
        let mut lead = "  - ";
        let mut line = |text: String| {
            let _ = writeln!(out, "{lead}{text}");
            lead = "    ";
        };
        if let Some(said) = &turn.said {
            line(format!("u: {}", word(said)));
        }
        let replies = texts(book, &turn.replies);
        if replies.is_empty() && turn.said.is_none() {
            line("b: \"\"".to_owned());
        }
        if !replies.is_empty() {
            line(format!("b: [{}]", replies.iter().map(|text| word(text)).collect::<Vec<_>>().join(", ")));
        }
        let refused = texts(book, &turn.refused);
        if !refused.is_empty() {
            line(format!("not: [{}]", refused.iter().map(|text| word(text)).collect::<Vec<_>>().join(", ")));
        }
        let slots: Vec<String> = turn
            .slots
            .iter()
            .filter(|(_, told)| !matches!(told, Told::Some | Told::Null | Told::List(_)))
            .map(|(slot, told)| format!("{}: {}", word(slot), word(&told.text())))
            .collect();
        if !slots.is_empty() {
            line(format!("slots: {{{}}}", slots.join(", ")));
        }
    }
    (name, out)
}

/// Returns replies as a rehearsal looks for them: words, or a pattern between slashes.
fn texts(book: &Storybook, replies: &[Reply]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for reply in replies {
        match reply {
            Reply::Text(text) => out.extend(Some(text.trim().to_owned()).filter(|text| !is_pattern(text))),
            Reply::Matches(pattern) => out.extend(regex::Regex::new(pattern).is_ok().then(|| format!("/{pattern}/"))),
            Reply::Named(name) => {
                let response = book.responses.iter().find(|response| response.name == *name);
                let said = response.into_iter().flat_map(|response| &response.variations);
                out.extend(said.filter_map(|said| {
                    let text = said.text.split('{').next().unwrap_or_default().trim();
                    (!text.is_empty()).then(|| text.to_owned())
                }));
            }
        }
    }
    out
}
