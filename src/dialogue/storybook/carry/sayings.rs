//! Responses as sayings.

use crate::dialogue::storybook::carry::loss::{Loss, Lost};
use crate::dialogue::storybook::carry::shape::Line;
use crate::domain::storybook::{Response, Storybook, Told, Variation};

/// Returns the wordings of a response; `None` when nobody wrote it.
pub(super) fn lines(book: &Storybook, name: &str, lost: &mut Vec<Loss>) -> Option<Vec<Line>> {
    let response = book.responses.iter().find(|response| response.name == name)?;
    Some(response.variations.iter().filter_map(|said| line(book, response, said, lost)).collect())
}

fn line(book: &Storybook, response: &Response, said: &Variation, lost: &mut Vec<Loss>) -> Option<Line> {
    for key in &said.extras {
        let what = Lost::Extra { response: response.name.clone(), key: key.clone() };
        lost.push(Loss { place: response.place.clone(), what });
    }
    let mut text = placeholders(said.text.trim());
    if !said.buttons.is_empty() {
        // The engine offers values and topics itself; what a button says else stays in the text.
        let titles: Vec<&str> = said.buttons.iter().map(|(title, _)| title.as_str()).collect();
        text = format!("{text} [{}]", titles.join(" | "));
    }
    let mut guards = Vec::new();
    for (slot, told) in &said.when {
        match guard(book, slot, told) {
            Some(guard) => guards.push(guard),
            None => {
                let what = Lost::Condition { course: response.name.clone(), slot: slot.clone() };
                lost.push(Loss { place: response.place.clone(), what });
                return None;
            }
        }
    }
    let when = (!guards.is_empty()).then(|| guards.join(" and "));
    (!text.trim().is_empty()).then_some(Line { text, when, channel: said.channel.clone() })
}

/// Returns what must hold of a slot, where the slot is an entity of the policy.
pub(super) fn guard(book: &Storybook, slot: &str, told: &Told) -> Option<String> {
    let asked = book.forms.iter().any(|form| form.required.iter().any(|name| name == slot));
    let name = slot.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !asked || !name {
        return None;
    }
    Some(match told {
        Told::Null => format!("not {slot}"),
        Told::Some => slot.to_owned(),
        Told::Bool(yes) => format!("{slot} = \"{}\"", if *yes { "yes" } else { "no" }),
        Told::Number(number) => format!("{slot} = {number}"),
        Told::Text(text) if !text.contains('"') => format!("{slot} = \"{text}\""),
        Told::Text(_) | Told::List(_) => return None,
    })
}

/// Writes `{slot}` as `<slot>`.
fn placeholders(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let name = inner.find('}').map(|close| &inner[..close]);
        let is_name =
            |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        match name.filter(is_name) {
            Some(name) => {
                out.push('<');
                out.push_str(name);
                out.push('>');
                rest = &inner[name.len() + 1..];
            }
            None => {
                out.push('{');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Puts the wordings of several responses of one turn after each other.
pub(super) fn joined(all: Vec<Vec<Line>>) -> Vec<Line> {
    let mut out = vec![Line::default()];
    for lines in all.into_iter().filter(|lines| !lines.is_empty()) {
        // The first with a choice keeps it; of the others the plain first is taken.
        out = match out.len() {
            1 => lines.iter().map(|line| after(&out[0], line)).collect(),
            _ => {
                let plain = lines.iter().find(|line| line.when.is_none() && line.channel.is_none());
                out.iter().map(|line| after(line, plain.unwrap_or(&lines[0]))).collect()
            }
        };
    }
    out.retain(|line| !line.text.is_empty());
    out
}

fn after(first: &Line, second: &Line) -> Line {
    let text = if first.text.is_empty() { second.text.clone() } else { format!("{}\n{}", first.text, second.text) };
    Line {
        text,
        when: first.when.clone().or_else(|| second.when.clone()),
        channel: first.channel.clone().or_else(|| second.channel.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_become_placeholders() {
        assert_eq!(placeholders("a {x-y} {not a name} {"), "a <x-y> {not a name} {");
    }

    #[test]
    fn one_turn_of_several_responses_is_one_text() {
        let line = |text: &str| Line { text: text.into(), ..Line::default() };
        let joined = joined(vec![vec![line("a"), line("b")], vec![line("c"), line("d")]]);
        assert_eq!(joined, [line("a\nc"), line("b\nc")]);
        let guarded = Line { when: Some("x".into()), ..line("c") };
        let joined = super::joined(vec![vec![line("a"), line("b")], vec![guarded, line("d")]]);
        assert_eq!(joined, [line("a\nd"), line("b\nd")], "what a condition guards is not said without it");
    }
}
