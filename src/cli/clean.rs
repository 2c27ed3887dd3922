//! `daoshi clean`: rules on and off, and running them again.

use serde_json::json;

use crate::cli::args::Clean;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done};
use crate::i18n::fill;
use crate::text::clean::rule::Rule;
use crate::workbench::clean;
use crate::workbench::error::Error;

/// Switches rules, cleans, reports.
pub fn clean(desk: &Desk, clean: &Clean) -> Done {
    let mut project = desk.open(&clean.project)?;
    if let Some(rules) = &clean.rules {
        let names: Vec<String> =
            rules.split(',').map(|name| name.trim().to_string()).filter(|n| !n.is_empty()).collect();
        clean::choose(&mut project, &names)?;
    }
    for (names, on) in [(&clean.on, true), (&clean.off, false)] {
        for name in names {
            let rule = Rule::named(name).ok_or_else(|| Error::UnknownRule {
                name: name.clone(),
                known: Rule::ALL.iter().map(|rule| rule.name().to_string()).collect(),
            })?;
            clean::switch(&mut project, rule, on)?;
        }
    }
    let report = if clean.report {
        clean::report(&project)?
    } else {
        let progress = Line::new(&desk.out);
        clean::clean(&mut project, &progress)?
    };
    let states = clean::rules(&project)?;
    if clean.json {
        let rules: serde_json::Map<String, serde_json::Value> = states
            .iter()
            .map(|state| (state.rule.name().to_string(), json!({ "on": state.on, "hits": state.hits })))
            .collect();
        desk.out.json(&json!({
            "turns": report.turns, "changed": report.changed, "utterances": report.utterances,
            "families": report.families, "aside": report.aside, "rules": rules,
        }));
        return Ok(0);
    }
    let t = &desk.out.words.command;
    let n = |number: u64| number.to_string();
    desk.out.data(&fill(
        t.cleaned,
        &[
            ("turns", &n(report.turns)),
            ("changed", &n(report.changed)),
            ("utterances", &n(report.utterances)),
            ("families", &n(report.families)),
        ],
    ));
    for state in states {
        let mark = if state.on { "[x]" } else { "[ ]" };
        desk.out.data(&fill(t.rule_line, &[("mark", mark), ("rule", state.rule.name()), ("hits", &n(state.hits))]));
    }
    for (reason, count) in &report.aside {
        desk.out.data(&fill(t.aside_line, &[("reason", desk.out.words.clean.aside(reason)), ("n", &n(*count))]));
    }
    Ok(0)
}
