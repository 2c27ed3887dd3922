//! A test report for people without a terminal: what was scored, how well, where it goes wrong and what limits do.
//!
//! `page` writes it as Markdown or as a web page that needs nothing else, `drawing` draws its curves. Customers' texts
//! come masked.

pub mod drawing;
pub mod page;

use crate::domain::cause::Cause;
use crate::domain::ids::IntentId;
use crate::evaluation::rejection::curve;
use crate::evaluation::reliability::reliability;
use crate::evaluation::spread::spreads;
use crate::explain::report::drawing::{Line, Plot};
use crate::explain::report::page::Part;
use crate::explain::trials;
use crate::i18n::{Words, fill};
use crate::text::clean::masked::masked;
use crate::workbench::evaluate::{self, Case, Evaluation, Source};
use crate::workbench::growth::Growth;

/// What a report is made of beside the evaluation.
pub struct Beside<'a> {
    pub costs: crate::evaluation::limits::Costs,
    /// The limit the policy answers from, or the cheapest.
    pub limit: f64,
    pub growth: Option<&'a Growth>,
    /// Texts understood wrongly, with the cause a trainer gave.
    pub mistakes: &'a [(Case, Option<Cause>)],
}

/// Returns the report as a page; no drawing needs more than the page itself.
pub fn html(evaluation: &Evaluation, beside: &Beside, words: &Words) -> String {
    page::html(words.trials.report_title, &parts(evaluation, beside, words), words)
}

/// Returns the report as Markdown, without drawings.
pub fn markdown(evaluation: &Evaluation, beside: &Beside, words: &Words) -> String {
    page::markdown(words.trials.report_title, &parts(evaluation, beside, words))
}

/// Wrong pairs that are listed.
const PAIRS: usize = 30;

fn parts(evaluation: &Evaluation, beside: &Beside, words: &Words) -> Vec<Part> {
    let (t, e, report) = (&words.trials, &words.evaluate, &evaluation.report);
    let name = |id: Option<IntentId>| match id {
        None => words.command.out_of_scope.to_string(),
        some => evaluation.name(some).to_string(),
    };
    let curve = curve(&report.items);
    let bins = reliability(&report.items);
    let mut parts = vec![Part::Line(head(evaluation, words))];
    parts.push(Part::Line(trials::recalls(evaluation, &curve, beside.limit, words)));
    parts.push(Part::Title(t.views[3].to_string()));
    parts.extend(trials::sides(&curve, words).into_iter().map(Part::Line));
    if let Some(fit) = evaluate::cheapest(evaluation, beside.costs) {
        parts.extend(trials::cheapest(&fit, beside.costs, words).into_iter().map(Part::Line));
    }
    let line = |name: &str, of: &dyn Fn(usize) -> f64| Line {
        name: name.to_string(),
        points: (0..curve.points.len()).map(|at| (curve.points[at].limit, of(at))).collect(),
    };
    let mut lines = vec![line(t.rejected, &|at| curve.false_rejection(&curve.points[at]).0)];
    if curve.outside > 0 {
        let accepted = |at: usize| curve.false_acceptance(&curve.points[at]).map_or(0.0, |(share, _)| share);
        lines.push(line(t.accepted, &accepted));
    }
    lines.push(line(t.wrong, &|at| curve.wrong(&curve.points[at])));
    parts.push(Part::Plot(Plot { x: t.limit.to_string(), lines, diagonal: false }));
    parts.push(Part::Table(trials::curve(&curve, words)));
    parts.push(Part::Title(t.views[4].to_string()));
    parts.push(Part::Line(trials::reliable(&bins, words)));
    let known = bins.bins.iter().filter_map(|bin| Some((bin.sure, bin.accuracy()?))).collect();
    let lines = vec![Line { name: t.right.to_string(), points: known }];
    parts.push(Part::Plot(Plot { x: t.sure.to_string(), lines, diagonal: true }));
    parts.push(Part::Table(trials::bins(&bins, words)));
    if let Some(growth) = beside.growth {
        parts.push(Part::Title(t.views[5].to_string()));
        parts.extend(trials::growth_told(growth, words).into_iter().map(Part::Line));
        parts.push(Part::Table(trials::growth(growth, words)));
    }
    parts.push(Part::Title(t.by_intent.to_string()));
    let range = |(low, high): (f64, f64)| format!("{low:.2}–{high:.2}");
    let head = [e.intent, e.examples, "P", "95 %", "R", "95 %", "F1", "95 %"].map(str::to_string).to_vec();
    let rows = report.intents.iter().zip(spreads(report, 1)).map(|(row, spread)| {
        vec![
            name(row.intent),
            row.support.to_string(),
            format!("{:.3}", row.precision),
            range(spread.precision),
            format!("{:.3}", row.recall),
            range(spread.recall),
            format!("{:.3}", row.f1),
            range(spread.f1),
        ]
    });
    parts.push(Part::Table(std::iter::once(head).chain(rows).collect()));
    parts.push(Part::Title(e.confusions.to_string()));
    let head = [e.gold, e.predicted, e.count].map(str::to_string).to_vec();
    let pairs = report.confusions.iter().take(PAIRS);
    let rows = pairs.map(|pair| vec![name(pair.gold), name(pair.predicted), pair.count.to_string()]);
    parts.push(Part::Table(std::iter::once(head).chain(rows).collect()));
    parts.extend(wrong(beside.mistakes, &name, words));
    parts
}

/// Returns the causes with their counts, and the texts understood wrongly.
fn wrong(mistakes: &[(Case, Option<Cause>)], name: &dyn Fn(Option<IntentId>) -> String, words: &Words) -> Vec<Part> {
    let (t, e) = (&words.trials, &words.evaluate);
    let mut parts = Vec::new();
    let count = |cause: &Cause| mistakes.iter().filter(|(_, given)| *given == Some(*cause)).count();
    let given: Vec<(Cause, usize)> =
        Cause::ALL.iter().map(|cause| (*cause, count(cause))).filter(|(_, count)| *count > 0).collect();
    if !given.is_empty() {
        parts.push(Part::Title(t.causes_given.to_string()));
        let rows = given.iter().map(|(cause, count)| vec![trials::cause(*cause, words).to_string(), count.to_string()]);
        parts.push(Part::Table(
            std::iter::once(vec![t.why_wrong.to_string(), e.count.to_string()]).chain(rows).collect(),
        ));
    }
    if !mistakes.is_empty() {
        parts.push(Part::Title(t.mistakes.to_string()));
        let head = [t.text, e.gold, e.predicted, t.sure, t.why_wrong].map(str::to_string).to_vec();
        let rows = mistakes.iter().map(|(case, cause)| {
            let best = case.prediction.best();
            vec![
                masked(&case.text).to_string(),
                name(case.gold),
                name(best.and_then(|guess| guess.intent)),
                best.map_or(String::new(), |guess| format!("{:.2}", guess.probability)),
                cause.map_or("", |cause| trials::cause(cause, words)).to_string(),
            ]
        });
        parts.push(Part::Table(std::iter::once(head).chain(rows).collect()));
    }
    parts
}

/// Returns the headline of an evaluation: what was scored and how well.
pub fn head(evaluation: &Evaluation, words: &Words) -> String {
    let report = &evaluation.report;
    let id = evaluation.run.as_ref().map(|run| run.id.to_string()).unwrap_or_default();
    let phrase = match evaluation.source {
        Source::Run | Source::CrossValidation => words.evaluate.head,
        Source::File => words.trials.file_head,
        Source::Kept { .. } => words.trials.kept_head,
    };
    fill(
        phrase,
        &[
            ("id", &id),
            ("examples", &report.examples.to_string()),
            ("accuracy", &format!("{:.1} %", report.accuracy * 100.0)),
            ("f1", &format!("{:.3}", report.macro_f1)),
            ("ece", &format!("{:.3}", report.calibration_error)),
        ],
    )
}
