//! What playing a policy shows, as lines people read.

use crate::dialogue::proof::change::{Cause, Group};
use crate::dialogue::proof::coverage::{Arm, CALM, Coverage};
use crate::dialogue::proof::edit::Edit;
use crate::dialogue::proof::fixes::Fix;
use crate::dialogue::proof::flip::Change;
use crate::dialogue::proof::mutation::Mutation;
use crate::dialogue::proof::perturb::Kind;
use crate::dialogue::proof::reach::Reached;
use crate::dialogue::proof::robust::{Broken, Held, Robustness};
use crate::dialogue::proof::simulate::Fared;
use crate::dialogue::script::replay::Replay;
use crate::evaluation::limits::Outcome;
use crate::explain::told::told;
use crate::i18n::{Lang, Words, fill};
use crate::text::safe::safe;
use crate::workbench::changes::Changes;
use crate::workbench::limits::{Advice, Pair};

/// Returns coverage as lines: the shares, then what was not reached.
pub fn coverage(coverage: &Coverage, proposals: &[Reached], words: &Words) -> Vec<String> {
    let t = &words.proof;
    let mut lines: Vec<String> = t
        .parts
        .iter()
        .zip(coverage.shares())
        .map(|(part, share)| {
            let (reached, all) = (share.reached.to_string(), share.all.to_string());
            let percent = format!("{:.1}", share.percent());
            fill(t.share, &[("part", part), ("reached", &reached), ("all", &all), ("percent", &percent)])
        })
        .collect();
    for arm in coverage.unreached() {
        let found = proposals.iter().find(|reached| reached.topic == arm.topic && reached.arm == arm.place);
        let way = match found {
            Some(reached) => fill(t.can_be_reached, &[("n", &reached.talk.len().to_string())]),
            None => t.not_found.to_string(),
        };
        lines.push(format!("{} · {way}", arm_line(arm, words)));
    }
    let comma = if words.lang == Lang::Zh { "、" } else { ", " };
    for (part, list) in [(0, &coverage.intents), (1, &coverage.topics), (4, &coverage.places)] {
        let names: Vec<String> =
            list.iter().filter(|one| one.turns == 0).map(|one| safe(&one.name).into_string()).collect();
        if !names.is_empty() {
            lines.push(fill(t.unreached_other, &[("part", t.parts[part]), ("names", &names.join(comma))]));
        }
    }
    lines
}

fn arm_line(arm: &Arm, words: &Words) -> String {
    let t = &words.proof;
    let guard = arm.guard.as_deref().map_or(t.always.to_string(), |guard| safe(guard).into_string());
    fill(
        t.unreached_arm,
        &[
            ("line", &arm.line.to_string()),
            ("topic", safe(&arm.topic).as_str()),
            ("arm", &(arm.place + 1).to_string()),
            ("guard", &guard),
        ],
    )
}

/// Returns the name a proposed conversation is saved under.
pub fn proposal_name(reached: &Reached, words: &Words) -> String {
    let arm = (reached.arm + 1).to_string();
    fill(words.proof.proposal_name, &[("topic", &reached.topic), ("arm", &arm)])
}

/// Returns a mutation score as one line.
pub fn mutation(mutation: &Mutation, words: &Words) -> String {
    fill(
        words.proof.mutation,
        &[
            ("edits", &mutation.edits.to_string()),
            ("noticed", &mutation.noticed.to_string()),
            ("percent", &format!("{:.1}", mutation.score())),
            ("unread", &mutation.unread.to_string()),
            ("broken", &mutation.broken.to_string()),
        ],
    )
}

/// Returns an edit nothing noticed as one line.
pub fn survivor(edit: &Edit, words: &Words) -> String {
    let t = &words.proof;
    let after = if edit.after.is_empty() { t.removed.to_string() } else { safe(&edit.after).into_string() };
    fill(
        t.survivor,
        &[
            ("line", &edit.line.to_string()),
            ("column", &edit.column.to_string()),
            ("place", safe(&edit.place).as_str()),
            ("before", safe(&edit.before).as_str()),
            ("after", &after),
        ],
    )
}

/// Returns how a suite stood being said otherwise, line by line: each way, then what broke.
pub fn robustness(robustness: &Robustness, words: &Words) -> Vec<String> {
    kinds(robustness, words).into_iter().chain(robustness.broken.iter().map(|one| broken(one, words))).collect()
}

/// Returns how a suite stood each way of being said otherwise, a line each.
pub fn kinds(robustness: &Robustness, words: &Words) -> Vec<String> {
    let line = |(kind, held): &(Kind, Held)| {
        let percent = format!("{:.1}", held.percent());
        let (kept, played) = (held.held.to_string(), held.played.to_string());
        let kind = words.proof.kinds[*kind as usize];
        let gaps = [("kind", kind), ("held", &*kept), ("played", &*played), ("percent", &*percent)];
        fill(words.proof.robust_head, &gaps)
    };
    robustness.kinds.iter().map(line).collect()
}

/// Returns a message that breaks its rehearsal when it is said otherwise, as one line.
pub fn broken(one: &Broken, words: &Words) -> String {
    let t = &words.proof;
    let why = match (&one.misunderstood, &one.failure) {
        (Some((_, to)), _) => {
            let to = if to.is_empty() { words.command.out_of_scope } else { to };
            fill(t.misunderstood, &[("to", safe(to).as_str())])
        }
        (None, Some(failure)) => format!(" · {}", crate::explain::policy::failure(failure, words)),
        (None, None) => String::new(),
    };
    fill(
        t.robust_broken,
        &[
            ("rehearsal", safe(&one.rehearsal).as_str()),
            ("turn", &(one.turn + 1).to_string()),
            ("kind", t.kinds[one.kind as usize]),
            ("said", safe(&one.said).as_str()),
            ("otherwise", safe(&one.otherwise).as_str()),
            ("why", &why),
        ],
    )
}

/// Returns how the customers of one topic in one mood fared, as a line.
pub fn fared(fared: &Fared, words: &Words) -> String {
    let mood = if fared.mood == CALM { words.proof.calm.to_string() } else { safe(&fared.mood).into_string() };
    fill(
        words.proof.fared,
        &[
            ("mark", if fared.stuck == 0 { "✓" } else { "✗" }),
            ("topic", safe(&fared.topic).as_str()),
            ("mood", &mood),
            ("customers", &fared.customers.to_string()),
            ("reached", &fared.reached.to_string()),
            ("handed", &fared.handed.to_string()),
            ("stuck", &fared.stuck.to_string()),
            ("longest", &fared.longest.to_string()),
        ],
    )
}

/// Returns why turns changed, as a phrase.
pub fn cause(cause: &Cause, words: &Words) -> String {
    told(cause, "cause", words.proof.causes, words)
}

/// Returns a fix as a phrase, and what it does to the rehearsals.
pub fn fix(fix: &Fix, words: &Words) -> (String, String) {
    let name = told(&fix.change, "fix", words.proof.fixes, words);
    let (mends, breaks) = (fix.mends.len().to_string(), fix.breaks.len().to_string());
    let gaps = [("mends", &*mends), ("breaks", &*breaks), ("of", &*fix.of.to_string())];
    (name, fill(words.proof.fix_effect, &gaps))
}

/// Returns what labelled texts say about limits: now, best, the curve, and questions to add.
pub fn limits(advice: &Advice, words: &Words) -> Vec<String> {
    let dearest = advice.fit.curve.iter().map(|one| one.cost).fold(f64::MIN_POSITIVE, f64::max);
    let mut lines = limits_now(advice, words);
    for one in &advice.fit.curve {
        let mark = if one.limits == advice.fit.best.limits { "▶" } else { " " };
        let bar = "█".repeat((one.cost / dearest * 20.0).round().clamp(0.0, 40.0) as usize);
        lines.push(format!("{mark} {}  {bar}", limit(one, words)));
    }
    lines.extend(pairs(advice, words));
    lines
}

/// Returns what the limits of now and the cheapest ones do, and how the cheapest fare on other texts.
pub fn limits_now(advice: &Advice, words: &Words) -> Vec<String> {
    let t = &words.proof;
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    let (share, low, high) = advice.fit.wrong;
    vec![
        format!("{} {}", t.limits_now, limit(&advice.now, words)),
        format!("{} {}", t.limits_best, limit(&advice.fit.best, words)),
        fill(
            t.limits_held,
            &[
                ("cost", &format!("{:.3}", advice.fit.held_out)),
                ("share", &percent(share)),
                ("low", &percent(low)),
                ("high", &percent(high)),
            ],
        ),
    ]
}

/// Returns what some limits do, as one line.
pub fn limit(one: &Outcome, words: &Words) -> String {
    let two = |number: f64| format!("{number:.2}");
    fill(
        words.proof.limits_line,
        &[
            ("answer", &two(one.limits.answer)),
            ("ask", &two(one.limits.ask)),
            ("margin", &two(one.limits.margin)),
            ("cost", &format!("{:.3}", one.cost)),
            ("answered", &one.answered.to_string()),
            ("wrong", &one.wrong.to_string()),
            ("asked", &one.asked.to_string()),
            ("handed", &one.handed.to_string()),
        ],
    )
}

/// Returns the questions worth adding between topics the model confuses, as lines of the policy.
pub fn pairs(advice: &Advice, words: &Words) -> Vec<String> {
    let t = &words.proof;
    let head = (!advice.pairs.is_empty()).then(|| t.limits_pairs.to_string());
    let line = |pair: &Pair| {
        let question = fill(t.limits_question, &[("a", &pair.labels.0), ("b", &pair.labels.1)]);
        let (a, b, n) = (&pair.between.0, &pair.between.1, pair.count.to_string());
        fill(t.limits_pair, &[("a", a), ("b", b), ("question", &question), ("n", &n)])
    };
    head.into_iter().chain(advice.pairs.iter().map(line)).collect()
}

/// Returns a change that flips a decision, as a phrase.
pub fn flip(change: &Change, words: &Words) -> String {
    if let Change::Clock { from, to } = change {
        let hour = |minutes: &u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        return fill(words.proof.clock_flip, &[("from", &hour(from)), ("to", &hour(to))]);
    }
    told(change, "change", words.proof.flips, words)
}

/// Returns what changes between two versions, line by line.
pub fn changes(changes: &Changes, words: &Words) -> Vec<String> {
    let mut lines = compared(changes, words);
    for (place, (group, verdict)) in changes.comparison.groups.iter().zip(&changes.verdicts).enumerate() {
        let mark = match verdict {
            None => "·",
            Some(true) => "✓",
            Some(false) => "✗",
        };
        let (cause, sums) = (cause(&group.cause, words), self::group(group, words));
        let gaps = [("n", &*(place + 1).to_string()), ("mark", mark), ("cause", &*cause), ("sums", &*sums)];
        lines.push(fill(words.proof.group, &gaps));
        for example in group.examples.iter().take(2) {
            lines.push(format!("     {}", safe(&example.said)));
            lines.push(format!("     - {}", safe(&example.before.join(" "))));
            lines.push(format!("     + {}", safe(&example.now.join(" "))));
        }
    }
    lines
}

/// Returns the sums of a comparison: what changed, how the labelled ones fare, what was judged so far.
pub fn compared(changes: &Changes, words: &Words) -> Vec<String> {
    let t = &words.proof;
    let c = &changes.comparison;
    let mut lines = vec![
        fill(
            t.compared,
            &[
                ("conversations", &c.conversations.to_string()),
                ("turns", &c.turns.to_string()),
                ("changed", &c.changed.to_string()),
                ("conversations_changed", &c.conversations_changed.to_string()),
            ],
        ),
        fill(
            t.labelled,
            &[
                ("both", &c.both.to_string()),
                ("before", &c.only_before.to_string()),
                ("now", &c.only_now.to_string()),
                ("neither", &c.neither.to_string()),
                ("p", &format!("{:.4}", c.mcnemar())),
            ],
        ),
    ];
    let (accepted, rejected, p) = changes.judged();
    if accepted + rejected > 0 {
        let gaps =
            [("accepted", &*accepted.to_string()), ("rejected", &*rejected.to_string()), ("p", &*format!("{p:.4}"))];
        lines.push(fill(t.judged, &gaps));
    }
    lines
}

/// Returns the sums of one cause.
pub fn group(group: &Group, words: &Words) -> String {
    fill(
        words.proof.group_sums,
        &[
            ("turns", &group.turns.to_string()),
            ("after", &group.after.to_string()),
            ("conversations", &group.conversations.to_string()),
            ("better", &group.better.to_string()),
            ("worse", &group.worse.to_string()),
        ],
    )
}

/// Returns results as a web page: expected and actual side by side, failures first, with the reasons of each turn.
pub fn page(results: &[&Replay], words: &Words) -> String {
    let t = &words.proof;
    let held = results.iter().filter(|result| result.passed).count();
    let mut body = String::new();
    let (bad, good): (Vec<&&Replay>, Vec<&&Replay>) = results.iter().partition(|result| !result.passed);
    for result in bad.into_iter().chain(good) {
        let (mark, open) = if result.passed { ("✓", "") } else { ("✗", " open") };
        body.push_str(&format!("<details{open}><summary>{mark} {}</summary><table>", escape(&result.name)));
        for turn in &result.turns {
            let said = turn.said.as_deref().unwrap_or("–");
            let got: Vec<String> = turn.outcome.replies.iter().map(|reply| escape(&reply.text)).collect();
            let wanted: Vec<String> = turn.expected.iter().map(|text| escape(text)).collect();
            let failures: Vec<String> = turn
                .failures
                .iter()
                .map(|failure| format!("<b>{}</b>", escape(&crate::explain::policy::failure(failure, words))))
                .collect();
            let trace: Vec<String> = turn
                .outcome
                .trace
                .iter()
                .filter(|line| line.fired)
                .map(|line| escape(&crate::explain::trace::line(line, words)))
                .collect();
            let class = if turn.failures.is_empty() { "" } else { " class=\"bad\"" };
            body.push_str(&format!(
                "<tr{class}><th>{}</th><td>{}</td><td>{}<br>{}</td><td><details><summary>{}</summary>{}</details></td></tr>\n",
                escape(said),
                wanted.join("<br>"),
                got.join("<br>"),
                failures.join("<br>"),
                t.report_why,
                trace.join("<br>")
            ));
        }
        body.push_str("</table></details>\n");
    }
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>daoshi</title><style>body{{font:16px sans-serif;margin:2em}}\
         table{{border-collapse:collapse;margin:.5em 0 1em}}td,th{{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}}\
         .bad{{background:#fdd}}</style></head><body><h1>{title} {held}/{all}</h1><p>{expected} | {actual}</p>\n{body}</body></html>\n",
        lang = if words.lang == Lang::Zh { "zh" } else { "en" },
        title = t.report_title,
        all = results.len(),
        expected = t.report_expected,
        actual = t.report_actual,
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
