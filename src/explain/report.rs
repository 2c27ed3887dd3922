//! An evaluation as a web page, for people without a terminal.

use crate::i18n::Words;
use crate::workbench::evaluate::Evaluation;

/// Returns the page: scores, intents, confusions as a table one can read without scripts.
pub fn html(evaluation: &Evaluation, words: &Words) -> String {
    let report = &evaluation.report;
    let name = |id: Option<crate::domain::ids::IntentId>| match id {
        None => words.command.out_of_scope.to_string(),
        some => escape(evaluation.name(some)),
    };
    let mut rows = String::new();
    for line in &report.intents {
        rows.push_str(&format!(
            "<tr><td>{}</td><td>{:.3}</td><td>{:.3}</td><td><meter value=\"{:.3}\"></meter> {:.3}</td><td>{}</td></tr>\n",
            name(line.intent),
            line.precision,
            line.recall,
            line.f1,
            line.f1,
            line.support
        ));
    }
    let mut pairs = String::new();
    for pair in &report.confusions {
        pairs.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            name(pair.gold),
            name(pair.predicted),
            pair.count
        ));
    }
    let e = &words.evaluate;
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>daoshi</title><style>body{{font:16px sans-serif;margin:2em}}\
         table{{border-collapse:collapse;margin:1em 0}}td,th{{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left}}</style></head><body>\
         <h1>{title}</h1><p>{examples} {n} · {accuracy} {a:.3} · {macro_f1} {f:.3} · {calibration} {c:.3}</p>\
         <table><tr><th>{intent}</th><th>P</th><th>R</th><th>F1</th><th>{examples}</th></tr>\n{rows}</table>\
         <h2>{confusions}</h2><table><tr><th>{gold}</th><th>{predicted}</th><th>{examples}</th></tr>\n{pairs}</table></body></html>\n",
        lang = if words.lang == crate::i18n::Lang::Zh { "zh" } else { "en" },
        title = e.title,
        examples = e.examples,
        n = report.examples,
        accuracy = e.accuracy,
        a = report.accuracy,
        macro_f1 = e.macro_f1,
        f = report.macro_f1,
        calibration = e.calibration,
        c = report.calibration_error,
        intent = e.intent,
        confusions = e.confusions,
        gold = e.gold,
        predicted = e.predicted,
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
