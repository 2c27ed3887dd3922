//! The policy as YAML a person reads.

use std::fmt::Write;

use crate::dialogue::storybook::carry::shape::{Arm, Entity, Kind, Line, Shape, Topic};
use crate::text::yaml::word;

/// Writes the whole policy.
pub(super) fn policy(shape: &Shape) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "bot: {{lang: [{}]}}", if shape.zh { "zh, en" } else { "en, zh" });
    out.push_str("limits: {answer: 0.70, ask: 0.35, margin: 0.15, options: 3, clarify: 2}\n");
    if !shape.entities.is_empty() {
        out.push_str("entities:\n");
        shape.entities.iter().for_each(|entity| self::entity(&mut out, entity));
    }
    if !shape.calls.is_empty() {
        out.push_str("calls:\n");
        for (name, gives) in &shape.calls {
            let gives: Vec<String> =
                gives.iter().map(|name| format!("{}: {}", word(name), word(&format!("({name})")))).collect();
            let _ = writeln!(out, "  {}:\n    - give: {{{}}}", word(name), gives.join(", "));
        }
    }
    if !shape.topics.is_empty() {
        out.push_str("topics:\n");
        shape.topics.iter().for_each(|topic| self::topic(&mut out, topic));
    }
    if !shape.fallback.is_empty() {
        out.push_str("fallback:\n  - say:");
        say(&mut out, &shape.fallback, "    ");
    }
    if !shape.faq.is_empty() {
        out.push_str("faq:\n");
        for answer in &shape.faq {
            let questions: Vec<String> = answer.questions.iter().map(|text| word(text)).collect();
            let _ = writeln!(out, "  - q: [{}]\n    intent: {}", questions.join(", "), word(&answer.intent));
            out.push_str("    a:");
            say(&mut out, &answer.say, "    ");
        }
    }
    out
}

fn entity(out: &mut String, entity: &Entity) {
    let _ = writeln!(out, "  {}:", word(&entity.name));
    let _ = match &entity.kind {
        Kind::Text => writeln!(out, "    type: text"),
        Kind::Money => writeln!(out, "    type: money"),
        Kind::Number => writeln!(out, "    type: number"),
        Kind::Date => writeln!(out, "    type: date"),
        Kind::Match(pattern) => writeln!(out, "    match: {}", word(pattern)),
        Kind::Values(values) => {
            let _ = writeln!(out, "    values:");
            for (value, words) in values {
                let words: Vec<String> = words.iter().map(|one| word(one)).collect();
                let _ = writeln!(out, "      {}: [{}]", word(value), words.join(", "));
            }
            Ok(())
        }
    };
    if !entity.ask.is_empty() {
        out.push_str("    ask:");
        say(out, &entity.ask, "    ");
    }
}

fn topic(out: &mut String, topic: &Topic) {
    let list = |names: &[String]| names.iter().map(|name| word(name)).collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "  {}:", word(&topic.name));
    if topic.label != topic.name && !topic.label.is_empty() {
        let _ = writeln!(out, "    label: {}", word(&topic.label));
    }
    if topic.intents != [topic.name.clone()] {
        let _ = writeln!(out, "    intents: [{}]", list(&topic.intents));
    }
    if !topic.needs.is_empty() {
        let names: Vec<String> = topic.needs.iter().map(|(slot, _)| slot.clone()).collect();
        let _ = writeln!(out, "    needs: [{}]", list(&names));
        let asked: Vec<_> = topic.needs.iter().filter(|(_, ask)| !ask.is_empty()).collect();
        if !asked.is_empty() {
            out.push_str("    ask:\n");
            for (slot, ask) in asked {
                let _ = write!(out, "      {}:", word(slot));
                say(out, ask, "      ");
            }
        }
    }
    out.push_str("    do:\n");
    for Arm { when, calls, say: lines, menu } in &topic.arms {
        for call in calls {
            let guard = when.as_ref().map_or(String::new(), |when| format!("when: {}, ", word(when)));
            let _ = writeln!(out, "      - {{{guard}call: {}}}", word(call));
        }
        let mut lead = "      - ";
        if let Some(when) = when {
            let _ = writeln!(out, "{lead}when: {}", word(when));
            lead = "        ";
        }
        if !lines.is_empty() {
            let _ = write!(out, "{lead}say:");
            say(out, lines, "        ");
            lead = "        ";
        }
        if !menu.is_empty() {
            let _ = writeln!(out, "{lead}menu: [{}]", list(menu));
        }
    }
}

/// Writes one wording on the line, or several below it.
fn say(out: &mut String, lines: &[Line], indent: &str) {
    if let [Line { text, when: None, channel: None }] = lines {
        let _ = writeln!(out, " {}", word(text));
        return;
    }
    out.push('\n');
    for line in lines {
        let mut parts = vec![format!("say: {}", word(&line.text))];
        parts.extend(line.when.as_ref().map(|when| format!("when: {}", word(when))));
        parts.extend(line.channel.as_ref().map(|channel| format!("channel: {}", word(channel))));
        let _ = match parts.as_slice() {
            [_] => writeln!(out, "{indent}  - {}", word(&line.text)),
            parts => writeln!(out, "{indent}  - {{{}}}", parts.join(", ")),
        };
    }
}
