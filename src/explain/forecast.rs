//! What a forecast tells, in lines for people: labels asked for, the stop line, and what came of it.

use std::collections::HashMap;

use crate::domain::ids::IntentId;
use crate::evaluation::forecast::{CHUNK, Step, WORTH};
use crate::i18n::{Words, fill};
use crate::workbench::forecast::{Came, Outlook};

/// Intents named before the rest are counted.
const NAMED: usize = 3;
/// Fewer texts than any project the band was measured on.
const MEASURED: usize = 80;

/// Returns the forecast line by line, what came of it last.
pub fn told(outlook: &Outlook, words: &Words) -> Vec<String> {
    let t = &words.forecast;
    let fell = format!("{:.0}", 100.0 * (1.0 - 2f64.powf(-outlook.forecast.slope.max(0.0))));
    let made = [("run", outlook.run.0.to_string()), ("tested", outlook.tested.to_string()), ("fell", fell)];
    let mut lines = vec![fill(t.of, &made.each_ref().map(|(gap, value)| (*gap, value.as_str())))];
    if let Some(step) = outlook.step() {
        let [point, low, high] = [step.gain.point, step.gain.low, step.gain.high].map(points);
        let asked = asked(step, &outlook.names, NAMED, words);
        lines.push(fill(t.asks, &[("where", &asked), ("point", &point), ("low", &low), ("high", &high)]));
        if !step.gain.is_sure() || outlook.tested < MEASURED {
            lines.push(t.unsure.to_string());
        }
    }
    let (chunk, worth) = (CHUNK.to_string(), format!("{:.1}", WORTH * 100.0));
    let last = outlook.plan.steps.last().map_or(0, |step| step.labels).to_string();
    let phrase = match outlook.plan.stop {
        Some(0) => t.enough,
        Some(_) => t.stop,
        None => t.far,
    };
    lines.push(fill(phrase, &[("n", &last), ("chunk", &chunk), ("worth", &worth)]));
    lines.extend(outlook.came.as_ref().map(|found| came(found, words)));
    lines
}

/// Returns what came of a forecast.
pub fn came(came: &Came, words: &Words) -> String {
    let t = &words.forecast;
    let [point, low, high, measured] =
        [came.expected.point, came.expected.low, came.expected.high, came.measured].map(points);
    let [run, asked, given, followed] =
        [came.run.0 as usize, came.asked, came.given, came.followed].map(|n| n.to_string());
    let gaps = [("run", &run), ("asked", &asked), ("given", &given), ("followed", &followed), ("point", &point)];
    let more = [("low", &low), ("high", &high), ("measured", &measured)].map(|(gap, value)| (gap, value.as_str()));
    let gaps: Vec<(&str, &str)> = gaps
        .map(|(gap, value)| (gap, value.as_str()))
        .into_iter()
        .chain(more)
        .chain([("place", place(came, words))])
        .collect();
    fill(t.came, &gaps)
}

/// Returns the proposal on one short line; `None` asks for nothing.
pub fn short(step: Option<&Step>, words: &Words) -> String {
    let t = &words.forecast;
    let Some(step) = step else { return t.short_enough.to_string() };
    let [point, low, high] = [step.gain.point, step.gain.low, step.gain.high].map(points);
    fill(t.short, &[("n", &step.labels.to_string()), ("point", &point), ("low", &low), ("high", &high)])
}

/// Returns what came of a forecast on one line.
pub fn came_shortly(came: &Came, words: &Words) -> String {
    let [low, high, measured] = [came.expected.low, came.expected.high, came.measured].map(points);
    let gaps = [("low", &*low), ("high", &*high), ("measured", &*measured), ("place", place(came, words))];
    fill(words.forecast.came_short, &gaps)
}

fn place(came: &Came, words: &Words) -> &'static str {
    let t = &words.forecast;
    match came.measured {
        measured if came.expected.holds(measured) => t.within,
        measured if measured > came.expected.high => t.above,
        _ => t.below,
    }
}

/// Returns the steps as fields, heading first: labels, points, band, intents.
pub fn steps(outlook: &Outlook, words: &Words) -> Vec<Vec<String>> {
    let t = &words.forecast;
    let head = [t.labels, "macro-F1", t.band, t.where_to].map(str::to_string).to_vec();
    let rows = outlook.plan.steps.iter().map(|step| {
        vec![
            step.labels.to_string(),
            points(step.gain.point),
            format!("{} … {}", points(step.gain.low), points(step.gain.high)),
            asked(step, &outlook.names, NAMED, words),
        ]
    });
    std::iter::once(head).chain(rows).collect()
}

/// Returns a gain in points.
fn points(gain: f64) -> String {
    format!("{:+.1}", gain * 100.0)
}

fn asked(step: &Step, names: &HashMap<IntentId, String>, named: usize, words: &Words) -> String {
    let t = &words.forecast;
    let name = |intent: Option<IntentId>| match intent {
        None => words.label.out_of_scope.to_string(),
        Some(id) => names.get(&id).cloned().unwrap_or_else(|| id.0.to_string()),
    };
    let one = |(intent, n): &(Option<IntentId>, usize)| {
        fill(t.one, &[("name", name(*intent).as_str()), ("n", n.to_string().as_str())])
    };
    let mut parts: Vec<String> = step.asked.iter().take(named).map(one).collect();
    let rest = &step.asked[step.asked.len().min(named)..];
    if !rest.is_empty() {
        let n: usize = rest.iter().map(|(_, n)| n).sum();
        parts.push(fill(t.others, &[("k", &rest.len().to_string()), ("n", &n.to_string())]));
    }
    parts.join(t.and)
}
