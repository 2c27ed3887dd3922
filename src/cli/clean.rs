//! `daoshi clean`: rules on and off, running them again; what they found, and what a trainer decides about it.

mod acts;
mod lists;

use serde_json::json;

use crate::cli::args::Clean;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done};
use crate::i18n::fill;
use crate::text::clean::rule::Rule;
use crate::workbench::clean::{self, Sample};
use crate::workbench::error::Error;

/// Samples of one rule in a report.
const SAMPLES: usize = 2;

/// Switches rules, decides, lists; cleans and reports when nothing else was asked for.
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
    let acted = acts::act(desk, &mut project, &clean.acts)?;
    let listed = lists::list(desk, &mut project, clean)?;
    if acted || listed {
        return Ok(0);
    }
    let report = if clean.report {
        clean::report(&project)?
    } else {
        let progress = Line::new(&desk.out);
        clean::clean(&mut project, &progress)?
    };
    let mut samples: Vec<Vec<Sample>> = Vec::new();
    for state in &report.rules {
        let wanted = clean.report && state.hits > 0;
        samples.push(if wanted { clean::samples(&mut project, state.rule, SAMPLES)? } else { Vec::new() });
    }
    if clean.json {
        let rules: serde_json::Map<String, serde_json::Value> = report
            .rules
            .iter()
            .zip(&samples)
            .enumerate()
            .map(|(place, (state, samples))| {
                let samples: Vec<_> = samples.iter().map(|s| json!({ "before": s.before, "after": s.after })).collect();
                let value = json!({ "order": place + 1, "on": state.on, "hits": state.hits, "samples": samples });
                (state.rule.name().to_string(), value)
            })
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
    for (state, samples) in report.rules.iter().zip(&samples) {
        let mark = if state.on { "[x]" } else { "[ ]" };
        desk.out.data(&fill(t.rule_line, &[("mark", mark), ("rule", state.rule.name()), ("hits", &n(state.hits))]));
        for sample in samples {
            let aside = sample.before == sample.after;
            desk.out.data(&format!("      - {}", sample.before));
            desk.out.data(&format!("      + {}", if aside { desk.out.words.clean.set_aside } else { &sample.after }));
        }
    }
    for (reason, count) in &report.aside {
        desk.out.data(&fill(t.aside_line, &[("reason", desk.out.words.clean.aside(reason)), ("n", &n(*count))]));
    }
    Ok(0)
}
