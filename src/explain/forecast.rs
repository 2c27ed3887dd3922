//! What a forecast tells, in lines for people: labels asked for, the stop line, and what came of it.

use std::collections::HashMap;

use crate::domain::ids::IntentId;
use crate::evaluation::forecast::{CHUNK, End, Plan, Step, WORTH};
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
    }
    // Where stopping is proposed it is sure; no gain is until it lies beyond luck.
    if outlook.tested < MEASURED || outlook.step().is_some_and(|step| !step.gain.is_sure()) {
        lines.push(t.unsure.to_string());
    }
    lines.push(end(outlook, words));
    lines.extend(outlook.came.as_ref().map(|found| came(found, words)));
    lines
}

/// Returns where to stop, and what all labels it tells of would bring where that is more than it asks for.
fn end(outlook: &Outlook, words: &Words) -> String {
    let t = &words.forecast;
    let (phrase, labels) = match outlook.plan.end {
        End::Dry => (t.dry, 0),
        End::Stop(0) => (t.enough, 0),
        End::Stop(labels) => (t.stop, labels),
        End::Slow(0) => (t.slow, 0),
        End::Slow(labels) => (t.slow_after, labels),
        End::Open(labels) => (t.far, labels),
    };
    let gaps = [("n", labels.to_string()), ("chunk", CHUNK.to_string()), ("worth", format!("{:.1}", WORTH * 100.0))];
    let mut line = fill(phrase, &gaps.each_ref().map(|(gap, value)| (*gap, value.as_str())));
    if let Some(most) = outlook.plan.steps.last().filter(|step| step.labels > labels) {
        let examples: usize = outlook.forecast.lines.iter().map(|line| line.examples).sum();
        let what = if most.labels >= examples { t.doubled } else { t.many };
        let what = fill(what, &[("n", &most.labels.to_string())]);
        let [point, low, high] = [most.gain.point, most.gain.low, most.gain.high].map(points);
        line += &fill(t.beyond, &[("what", &what), ("point", &point), ("low", &low), ("high", &high)]);
    }
    line
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

/// Returns what a plan proposes on one short line.
pub fn short(plan: &Plan, words: &Words) -> String {
    let t = &words.forecast;
    let Some(step) = plan.step() else {
        return (if plan.end == End::Dry { t.short_dry } else { t.short_enough }).to_string();
    };
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

/// Returns the steps as fields, heading first: labels, points, band, intents; nothing at all where there are none.
pub fn steps(outlook: &Outlook, words: &Words) -> Vec<Vec<String>> {
    let t = &words.forecast;
    if outlook.plan.steps.is_empty() {
        return Vec::new();
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::RunId;
    use crate::evaluation::forecast::{Band, Forecast, Line};
    use crate::i18n::Lang;

    fn outlook(end: End, steps: &[(usize, f64)], tested: usize) -> Outlook {
        let intent = Some(IntentId(1));
        let lines = vec![Line { intent, examples: 500, error: 0.2 }, Line { intent: None, examples: 500, error: 0.2 }];
        let step = |(labels, point): &(usize, f64)| Step {
            labels: *labels,
            asked: vec![(intent, *labels)],
            gain: Band { low: point - 0.003, point: *point, high: point + 0.003 },
        };
        Outlook {
            run: RunId(3),
            forecast: Forecast { lines, slope: 0.3, spread: 0.1, power: 0.4, share: 0.8, noise: 0.01, texts: 900.0 },
            plan: Plan { steps: steps.iter().map(step).collect(), end },
            tested,
            came: None,
            names: HashMap::from([(IntentId(1), "退款".to_string())]),
        }
    }

    #[test]
    fn where_a_few_bring_nothing_what_many_bring_is_said_beside_it() {
        let slow = outlook(End::Slow(0), &[(25, 0.0005), (200, 0.006), (1000, 0.028)], 1000);
        for (lang, asked, end, short) in [
            (
                Lang::Zh,
                "再标“退款”200 条：宏平均 F1 约 +0.6 分（80 % 区间 +0.3 到 +0.9）",
                "再标 25 条带来不到 0.1 分，但还没到停止线；样本加倍（再标 1000 条）约 +2.8 分（+2.5 到 +3.1）",
                "再标 200 条约 +0.6 分（+0.3 到 +0.9）",
            ),
            (
                Lang::En,
                "200 more in 退款 give about +0.6 macro-F1 (80 % band +0.3 to +0.9)",
                "25 more labels bring less than 0.1, and yet it is too early to stop; twice the examples (1000 more) about +2.8 (+2.5 to +3.1)",
                "200 more: about +0.6 (+0.3 to +0.9)",
            ),
        ] {
            let told = told(&slow, lang.words());
            assert_eq!(told[1..], [asked.to_string(), end.to_string()]);
            assert_eq!(super::short(&slow.plan, lang.words()), short);
        }
    }

    #[test]
    fn a_stop_says_what_is_forgone_and_a_table_without_rows_has_no_heading() {
        let stop = outlook(End::Stop(0), &[(1000, 0.002)], 1000);
        let none = outlook(End::Stop(0), &[], 1000);
        for (lang, enough, much, short) in [
            (Lang::Zh, "停止线已到", "样本加倍（再标 1000 条）约 +0.2 分", "再标已不值得"),
            (Lang::En, "time to stop", "twice the examples (1000 more) about +0.2", "more is not worth it"),
        ] {
            let words = lang.words();
            let line = told(&stop, words).pop().unwrap();
            assert!(line.starts_with(enough) && line.contains(much), "{line}");
            assert_eq!(steps(&stop, words).len(), 2);
            let line = told(&none, words).pop().unwrap();
            assert!(line.starts_with(enough) && !line.contains('；') && !line.contains(';'), "{line}");
            assert!(steps(&none, words).is_empty());
            assert_eq!(super::short(&none.plan, words), short);
        }
    }

    #[test]
    fn nothing_that_waits_is_no_stop_and_few_tests_are_said_to_be_few() {
        for lang in [Lang::Zh, Lang::En] {
            let (words, t) = (lang.words(), &lang.words().forecast);
            let dry = outlook(End::Dry, &[], 1000);
            assert_eq!(told(&dry, words)[1..], [t.dry.to_string()]);
            assert_eq!(super::short(&dry.plan, words), t.short_dry);
            let few = outlook(End::Open(25), &[(25, 0.05)], 33);
            assert!(told(&few, words).contains(&t.unsure.to_string()));
            let one = outlook(End::Stop(1), &[(1, 0.05)], 1000);
            assert!(lang == Lang::Zh || told(&one, words)[2].starts_with("stop after 1 label:"), "{one:?}");
        }
    }
}
