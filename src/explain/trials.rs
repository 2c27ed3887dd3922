//! What trials tell, in lines for people: limits, reliability, growth, answers, entities.

use crate::domain::answers::{AnswerScores, TalkScores};
use crate::domain::cause::{Cause, Repair};
use crate::domain::ids::RunId;
use crate::evaluation::compare::Comparison;
use crate::evaluation::limits::{Costs, Fit};
use crate::evaluation::rejection::{Curve, Point};
use crate::evaluation::reliability::Reliability;
use crate::evaluation::spans::SpanScore;
use crate::evaluation::spread::class_recall;
use crate::i18n::{Words, fill};
use crate::workbench::answers::{Answered, Origin};
use crate::workbench::entities::EntityScores;
use crate::workbench::evaluate::Evaluation;
use crate::workbench::growth::Growth;

/// Writes a share as a percentage with one digit.
pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// Returns both meanings of recall: the mean of the intents, and answered of valid at a limit.
pub fn recalls(evaluation: &Evaluation, curve: &Curve, limit: f64, words: &Words) -> String {
    let point = curve.at(limit);
    fill(
        words.trials.recalls,
        &[
            ("class", &percent(class_recall(&evaluation.report.intents))),
            ("service", &percent(curve.coverage(&point))),
            ("limit", &format!("{:.2}", point.limit)),
        ],
    )
}

/// Returns what a curve is made of.
pub fn sides(curve: &Curve, words: &Words) -> Vec<String> {
    let t = &words.trials;
    let count = fill(t.sides, &[("inside", &curve.inside.to_string()), ("outside", &curve.outside.to_string())]);
    let known = match curve.auroc {
        Some(auroc) => fill(t.auroc, &[("auroc", &format!("{auroc:.4}"))]),
        None => t.no_strangers.to_string(),
    };
    vec![count, known]
}

/// Returns the limits that cost least and what they do.
pub fn cheapest(fit: &Fit, costs: Costs, words: &Words) -> Vec<String> {
    let t = &words.trials;
    let (best, two) = (&fit.best, |x: f64| format!("{x:.2}"));
    let (_, low, high) = fit.wrong;
    vec![
        fill(
            t.costs,
            &[
                ("wrong", &costs.wrong.to_string()),
                ("ask", &costs.ask.to_string()),
                ("handoff", &costs.handoff.to_string()),
            ],
        ),
        fill(
            t.cheapest,
            &[
                ("answer", &two(best.limits.answer)),
                ("margin", &two(best.limits.margin)),
                ("ask", &two(best.limits.ask)),
            ],
        ),
        fill(t.held_out, &[("cost", &format!("{:.3}", best.cost)), ("held", &format!("{:.3}", fit.held_out))]),
        fill(
            t.outcome,
            &[
                ("answered", &best.answered.to_string()),
                ("wrong", &best.wrong.to_string()),
                ("low", &percent(low)),
                ("high", &percent(high)),
                ("asked", &best.asked.to_string()),
                ("handed", &best.handed.to_string()),
            ],
        ),
    ]
}

/// Returns what one limit does: name and figure, with its interval where there is one.
pub fn point(curve: &Curve, point: &Point, words: &Words) -> Vec<(&'static str, String)> {
    let t = &words.trials;
    let within =
        |(share, (low, high)): (f64, (f64, f64))| format!("{} ({}–{})", percent(share), percent(low), percent(high));
    vec![
        (t.rejected, within(curve.false_rejection(point))),
        (t.accepted, curve.false_acceptance(point).map_or("–".to_string(), within)),
        (t.wrong, percent(curve.wrong(point))),
        (t.covered, percent(curve.coverage(point))),
    ]
}

/// Returns the table of the curve at every twentieth, as fields.
pub fn curve(curve: &Curve, words: &Words) -> Vec<Vec<String>> {
    let t = &words.trials;
    let head = [t.limit, t.rejected, t.accepted, t.wrong, t.covered].map(str::to_string).to_vec();
    let row = |point: &Point| {
        let accepted = curve.false_acceptance(point).map_or("–".to_string(), |(share, _)| percent(share));
        vec![
            format!("{:.2}", point.limit),
            percent(curve.false_rejection(point).0),
            accepted,
            percent(curve.wrong(point)),
            percent(curve.coverage(point)),
        ]
    };
    std::iter::once(head).chain(curve.points.iter().step_by(5).map(row)).collect()
}

/// Returns the bins as fields, heading first.
pub fn bins(reliability: &Reliability, words: &Words) -> Vec<Vec<String>> {
    let t = &words.trials;
    let head = [t.bin, words.evaluate.examples, t.sure, t.right, "95 %", t.gap].map(str::to_string).to_vec();
    let rows = reliability.bins.iter().map(|bin| {
        let (low, high) = bin.interval();
        let right = bin.accuracy().map_or("–".to_string(), percent);
        let known = bin.count > 0;
        vec![
            format!("{:.1}–{:.1}", bin.low, bin.high),
            bin.count.to_string(),
            if known { percent(bin.sure) } else { "–".to_string() },
            right,
            if known { format!("{}–{}", percent(low), percent(high)) } else { "–".to_string() },
            gap(bin.gap(), known, words),
        ]
    });
    std::iter::once(head).chain(rows).collect()
}

/// Says how far off a bin is, and which way.
fn gap(gap: f64, known: bool, words: &Words) -> String {
    let t = &words.trials;
    match known {
        false => "–".to_string(),
        true if gap.abs() < 0.03 => format!("{:+.1}", gap * 100.0),
        true => format!("{:+.1} {}", gap * 100.0, if gap > 0.0 { t.boasts } else { t.modest }),
    }
}

/// Returns the calibration error and the greatest gap.
pub fn reliable(reliability: &Reliability, words: &Words) -> String {
    let figures = [("ece", format!("{:.3}", reliability.ece)), ("greatest", format!("{:.3}", reliability.greatest))];
    fill(words.trials.reliable, &figures.each_ref().map(|(gap, value)| (*gap, value.as_str())))
}

/// Returns what a learning curve was made on, and what the last doubling brought.
pub fn growth_told(growth: &Growth, words: &Words) -> Vec<String> {
    let t = &words.trials;
    let how = if growth.kept { t.growth_kept } else { t.growth_held };
    let head = fill(t.growth_of, &[("tested", &growth.tested.to_string()), ("how", how)]);
    let gain = growth.last_gain().map(|gain| fill(t.last_gain, &[("gain", &format!("{:+.1}%", gain * 100.0))]));
    std::iter::once(head).chain(gain).collect()
}

/// Returns the sizes of a learning curve as fields, heading first.
pub fn growth(growth: &Growth, words: &Words) -> Vec<Vec<String>> {
    let t = &words.trials;
    let head = [t.each, t.learned_from, words.evaluate.accuracy, "95 %", "macro-F1"].map(str::to_string).to_vec();
    let rows = growth.sizes.iter().map(|size| {
        vec![
            size.each.to_string(),
            size.examples.to_string(),
            percent(size.accuracy),
            format!("{}–{}", percent(size.interval.0), percent(size.interval.1)),
            format!("{:.3}", size.macro_f1),
        ]
    });
    std::iter::once(head).chain(rows).collect()
}

/// Returns what the ranking of answers was scored on and how it refuses.
pub fn answers_told(scores: &AnswerScores, words: &Words) -> Vec<String> {
    let t = &words.trials;
    let mut lines = vec![
        fill(t.answers_of, &[("questions", &scores.questions.to_string()), ("entries", &scores.entries.to_string())]),
        fill(
            t.refusal,
            &[
                ("answered", &percent(scores.answered)),
                ("wrong", &percent(scores.wrong)),
                ("refused", &percent(scores.refused)),
            ],
        ),
    ];
    lines.extend(talk(scores, words));
    lines
}

/// Returns how well the knowledge is found after a training, and how a chat fares with it.
pub fn knowledge(scores: &AnswerScores, words: &Words) -> Vec<String> {
    let t = &words.answers;
    let [first, five, _] = scores.learned;
    let mut lines = vec![fill(
        t.learned,
        &[
            ("entries", &scores.entries.to_string()),
            ("questions", &scores.questions.to_string()),
            ("first", &percent(first)),
            ("five", &percent(five)),
        ],
    )];
    lines.extend(talk(scores, words));
    lines
}

/// Returns how texts out of scope are refused, and how the first turn of a chat goes with the ranking and without.
pub fn talk(scores: &AnswerScores, words: &Words) -> Vec<String> {
    let t = &words.answers;
    let mut lines = Vec::new();
    if scores.strange > 0 {
        let refused = percent(scores.strange_refused);
        lines.push(fill(t.strange, &[("strange", &scores.strange.to_string()), ("refused", &refused)]));
    }
    if let Some(TalkScores { alone, with }) = &scores.talk {
        lines.push(t.talk.to_string());
        for (way, fared) in [(t.alone, alone), (t.with, with)] {
            let share = |part: usize| percent(part as f64 / fared.all().max(1) as f64);
            let gaps = [
                ("way", way),
                ("right", &share(fared.right)),
                ("wrong", &share(fared.wrong)),
                ("asked", &share(fared.asked)),
                ("missed", &share(fared.missed)),
                ("strange", &format!("{}/{}", fared.strange_answered, fared.strange)),
            ];
            lines.push(format!("  {}", fill(t.fared, &gaps)));
        }
    }
    lines
}

/// Says that and why a ranking was learned on the spot; `None` for the one kept.
pub fn learned_anew(origin: Origin, words: &Words) -> Option<&'static str> {
    match origin {
        Origin::Kept => None,
        Origin::NotKept => Some(words.answers.not_kept),
        Origin::Changed => Some(words.answers.changed),
    }
}

/// Returns the scores of the ranking beside its parts alone, as fields, heading first.
pub fn answers(scores: &AnswerScores, words: &Words) -> Vec<Vec<String>> {
    let t = &words.trials;
    let head = [t.way, "R@1", "R@5", "MRR"].map(str::to_string).to_vec();
    let rows = [scores.learned, scores.by_meaning, scores.by_words];
    let row = |(way, [first, five, mean]): (&&str, [f64; 3])| {
        vec![way.to_string(), percent(first), percent(five), format!("{mean:.3}")]
    };
    std::iter::once(head).chain(t.ways.iter().zip(rows).map(row)).collect()
}

/// Says why there is no answer; `None` when there is one.
pub fn unanswered(answer: &Answered, words: &Words) -> Option<&'static str> {
    let t = &words.trials;
    match answer {
        Answered::Text(_) => None,
        Answered::Unknown => Some(t.unknown),
        Answered::Expired => Some(t.expired),
        Answered::Unwritten => Some(t.unwritten),
    }
}

/// Returns the scores of entities, learned beside lists alone, as fields, heading first.
pub fn entities(scores: &EntityScores, words: &Words) -> Vec<Vec<String>> {
    let t = &words.trials;
    let head = [t.entity, words.evaluate.count, t.learned, "P", "R", "F1", t.listed, "F1"];
    let row = |own: &SpanScore| {
        let listed = scores.listed.iter().find(|other| other.entity == own.entity).cloned().unwrap_or_default();
        vec![
            if own.entity.is_empty() { t.all_entities.to_string() } else { own.entity.clone() },
            own.marked.to_string(),
            own.found.to_string(),
            format!("{:.3}", own.precision()),
            format!("{:.3}", own.recall()),
            format!("{:.3}", own.f1()),
            listed.found.to_string(),
            format!("{:.3}", listed.f1()),
        ]
    };
    std::iter::once(head.map(str::to_string).to_vec()).chain(scores.learned.iter().map(row)).collect()
}

/// Returns a cause in the user's language.
pub fn cause(cause: Cause, words: &Words) -> &'static str {
    Cause::ALL.iter().position(|known| *known == cause).map_or("", |at| words.trials.causes[at])
}

/// Returns what mends a cause, in the user's language.
pub fn repair(cause: Cause, words: &Words) -> &'static str {
    Repair::ALL.iter().position(|known| *known == cause.repair()).map_or("", |at| words.trials.repairs[at])
}

/// Tells whether two runs differ by more than luck.
pub fn compared(found: &Comparison, first: RunId, second: RunId, words: &Words) -> String {
    let t = &words.trials;
    let verdict = match (found.p_value < 0.05, found.won > found.lost) {
        (false, _) => t.lucky,
        (true, true) => t.better,
        (true, false) => t.worse,
    };
    let points = |share: f64| format!("{:+.1}%", share * 100.0);
    fill(
        t.compared,
        &[
            ("first", &first.to_string()),
            ("second", &second.to_string()),
            ("n", &found.items.to_string()),
            ("won", &found.won.to_string()),
            ("lost", &found.lost.to_string()),
            ("difference", &points(found.difference)),
            ("low", &points(found.low)),
            ("high", &points(found.high)),
            ("p", &format!("{:.4}", found.p_value)),
            ("verdict", verdict),
        ],
    )
}
