//! What was found in somebody's bot and what it decides, as sentences.

use std::path::Path;

use crate::dialogue::storybook::carry::loss::{Loss, Lost};
use crate::dialogue::storybook::cast::{Unsaid, What as Kept};
use crate::dialogue::storybook::decide::By;
use crate::dialogue::storybook::event::Act;
use crate::dialogue::storybook::replay::{Decided, Verdict};
use crate::domain::storybook::{Course, StepAct, Told};
use crate::explain::gap::shown;
use crate::formats::rasa::folder::Project;
use crate::formats::rasa::remark::{Remark, What};
use crate::i18n::{Words, fill};
use crate::workbench::storybook::{Brought, Replayed};

/// How many remarks of a kind are told one by one.
const MOST: usize = 8;

/// Returns what was read, and what was found in it, a few of each kind.
pub fn read(rasa: &Project, root: &Path, words: &Words) -> Vec<String> {
    let (t, book) = (&words.storybook, &rasa.book);
    let counts = [
        ("files", rasa.files.len()),
        ("intents", book.intents.len()),
        ("examples", book.examples.len()),
        ("slots", book.slots.len()),
        ("forms", book.forms.len()),
        ("responses", book.responses.len()),
        ("rules", book.rules.len()),
        ("stories", book.stories.len()),
        ("tests", book.tests.len()),
        ("flows", book.flows.len()),
        ("cases", book.cases.len()),
    ];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    let mut lines = vec![fill(t.read, &counts.each_ref().map(|(name, count)| (*name, count.as_str())))];
    let mut kinds: Vec<(std::mem::Discriminant<What>, usize)> = Vec::new();
    for remark in &rasa.remarks {
        let kind = std::mem::discriminant(&remark.what);
        let place = kinds.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            kinds.push((kind, 0));
            kinds.len() - 1
        });
        kinds[place].1 += 1;
        if kinds[place].1 <= MOST {
            lines.push(self::remark(remark, root, words));
        }
    }
    let rest: usize = kinds.iter().map(|(_, count)| count.saturating_sub(MOST)).sum();
    if rest > 0 {
        lines.push(fill(t.more_remarks, &[("n", &rest.to_string())]));
    }
    if !book.cases.is_empty() {
        lines.push(fill(t.cases_skipped, &[("n", &book.cases.len().to_string())]));
    }
    lines
}

/// Returns what came of a bot: labels, the policy, and how its own tests turn out on its own rules.
pub fn brought(brought: &Brought, replayed: &Replayed, words: &Words) -> Vec<String> {
    let (t, carried) = (&words.storybook, &brought.carried);
    let mut lines = vec![fill(words.command.labels, &[("n", &brought.examples.to_string())])];
    if brought.conflicts > 0 {
        lines.push(fill(words.command.conflicts, &[("n", &brought.conflicts.to_string())]));
    }
    let gaps = [
        ("topics", carried.topics),
        ("entities", carried.entities),
        ("faq", carried.faq),
        ("rehearsals", carried.rehearsals.len()),
        ("passed", brought.passed),
    ];
    let gaps = gaps.map(|(name, count)| (name, count.to_string()));
    lines.push(fill(t.brought, &gaps.each_ref().map(|(name, count)| (*name, count.as_str()))));
    let (right, total) = (replayed.count(Verdict::Right), replayed.decisions());
    if total > 0 {
        let gaps = [
            ("tests", replayed.played.len().to_string()),
            ("right", right.to_string()),
            ("total", total.to_string()),
            ("share", format!("{:.1}%", 100.0 * right as f64 / total as f64)),
        ];
        lines.push(fill(t.own_tests, &gaps.each_ref().map(|(name, text)| (*name, text.as_str()))));
    }
    lines
}

/// Returns a remark with its place below the project's folder.
pub fn remark(remark: &Remark, root: &Path, words: &Words) -> String {
    let t = &words.storybook;
    let name = |phrase: &str, name: &str| fill(phrase, &[("name", &shown(name))]);
    let what = match &remark.what {
        What::Unreadable { what } => fill(t.unreadable, &[("what", &shown(what))]),
        What::UnknownKey { key } => name(t.unknown_key, key),
        What::UnknownStep { step } => name(t.unknown_step, step),
        What::SplitTurn => t.split_turn.to_owned(),
        What::StrayPayload { payload } => name(t.stray_payload, payload),
        What::SameTests { other } => fill(t.same_tests, &[("other", &below(other, root))]),
        What::NoSteps { name: course } => name(t.no_steps, course),
        What::StrayLine { text } => name(t.stray_line, text),
        What::UnknownIntent { name: said } => name(t.unknown_intent, said),
        What::UnknownAction { name: said } => name(t.unknown_action, said),
        What::UnknownSlot { name: said } => name(t.unknown_slot, said),
        What::UnknownForm { name: said } => name(t.unknown_form, said),
        What::LooseCheckpoint { name: said } => name(t.loose_checkpoint, said),
        What::UnknownMapping { kind } => name(t.unknown_mapping, kind),
        What::UnknownCondition { what } => name(t.unknown_condition, what),
        What::CustomSlot { class } => name(t.custom_slot, class),
    };
    let line = remark.place.line.to_string();
    fill(t.remark, &[("path", &below(&remark.place.file, root)), ("line", &line), ("what", &what)])
}

/// Returns a file's path below a folder.
fn below(file: &Path, root: &Path) -> String {
    shown(&file.strip_prefix(root).unwrap_or(file).display())
}

/// Returns a decision that is not right: where, what was wanted, what decided otherwise.
pub fn decided(
    decided: &Decided,
    test: &Course,
    root: &Path,
    words: &Words,
    course: &dyn Fn(usize) -> Option<Course>,
) -> String {
    let t = &words.storybook;
    let place = format!("{}:{}", below(&test.place.file, root), decided.line);
    let intent = decided.intent.as_deref().map_or(t.no_intent.to_owned(), shown);
    let got = decided.got.act.as_ref().map(act).unwrap_or_default();
    let phrase = if decided.verdict == Verdict::Wrong { t.wrong } else { t.undecided };
    let by = by(&decided.got.by, root, words, course);
    fill(
        phrase,
        &[("place", &place), ("intent", &intent), ("wanted", &act(&decided.wanted)), ("got", &got), ("by", &by)],
    )
}

/// Returns what decided.
pub fn by(by: &By, root: &Path, words: &Words, course: &dyn Fn(usize) -> Option<Course>) -> String {
    let t = &words.storybook;
    let named = |at: usize, line: u32| {
        let course = course(at).unwrap_or_default();
        let place = match course.place.file.as_os_str().is_empty() {
            true => format!(":{line}"),
            false => format!("{}:{line}", below(&course.place.file, root)),
        };
        (shown(&course.name), place)
    };
    let of = |phrase: &str, at: usize, line: u32, n: usize| {
        let (name, place) = named(at, line);
        fill(phrase, &[("name", &name), ("place", &place), ("n", &n.to_string())])
    };
    match by {
        By::Nothing => t.by_nothing.to_owned(),
        By::Intent(name) | By::Trigger(name) => fill(t.by_intent, &[("name", &shown(name))]),
        By::Form(name) => fill(t.by_form, &[("name", &shown(name))]),
        By::Rule { course, line, agree } => of(t.by_rule, *course, *line, *agree),
        By::Story { course, line, agree } => of(t.by_story, *course, *line, *agree),
        By::Likeness { course, line, agree } => of(t.by_likeness, *course, *line, *agree),
        By::Return { form, course, line } => {
            let (name, place) = named(*course, *line);
            fill(t.by_return, &[("form", &shown(form)), ("name", &name), ("place", &place)])
        }
        By::Contradiction { courses } => {
            let one = |(course, line, wanted): &(usize, u32, Act)| {
                let (name, place) = named(*course, *line);
                format!("\"{name}\" ({place}) → {}", act(wanted))
            };
            fill(t.by_contradiction, &[("courses", &courses.iter().map(one).collect::<Vec<_>>().join("; "))])
        }
    }
}

/// Returns an act as it is written in a course.
fn act(act: &Act) -> String {
    shown(act.written())
}

/// Returns what could not be carried over, with its place.
pub fn loss(loss: &Loss, root: &Path, words: &Words) -> String {
    let t = &words.storybook;
    let two = |phrase: &str, a: (&str, &str), b: (&str, &str)| fill(phrase, &[(a.0, &shown(a.1)), (b.0, &shown(b.1))]);
    let one = |phrase: &str, name: &str| fill(phrase, &[("name", &shown(name))]);
    let what = match &loss.what {
        Lost::Action { name } => one(t.lost_action, name),
        Lost::Memory { course, intent, act } => {
            fill(t.lost_memory, &[("name", &shown(course)), ("intent", &shown(intent)), ("act", &shown(act))])
        }
        Lost::BotFirst { course } => one(t.lost_bot_first, course),
        Lost::Condition { course, slot } => two(t.lost_condition, ("name", course), ("slot", slot)),
        Lost::Unanswered { intent } => one(t.lost_unanswered, intent),
        Lost::Filling { slot, how } => two(t.lost_filling, ("slot", slot), ("how", how)),
        Lost::Ignored { form } => one(t.lost_ignored, form),
        Lost::Values { entity, count } => two(t.lost_values, ("name", entity), ("n", &count.to_string())),
        Lost::Pattern { entity, pattern } => two(t.lost_pattern, ("name", entity), ("pattern", pattern)),
        Lost::Extra { response, key } => two(t.lost_extra, ("name", response), ("key", key)),
        Lost::NoResponse { name } => one(t.lost_no_response, name),
        Lost::Flow { flow, step } => two(t.lost_flow, ("name", flow), ("step", step)),
    };
    if loss.place.line == 0 && loss.place.file.as_os_str().is_empty() {
        return what;
    }
    let line = loss.place.line.to_string();
    fill(t.lost_line, &[("path", &below(&loss.place.file, root)), ("line", &line), ("what", &what)])
}

/// Returns what rules and forms cannot say, with the policy's line.
pub fn unsaid(unsaid: &Unsaid, words: &Words) -> String {
    let t = &words.storybook;
    let phrase = match unsaid.what {
        Kept::Guard => t.unsaid_guard,
        Kept::Confirm => t.unsaid_confirm,
        Kept::Redo => t.unsaid_redo,
        Kept::Digress => t.unsaid_digress,
        Kept::Urgent => t.unsaid_urgent,
        Kept::Merged => t.unsaid_merged,
        Kept::Valid => t.unsaid_valid,
        Kept::Extractor => t.unsaid_extractor,
        Kept::Clarify => t.unsaid_clarify,
        Kept::Mood => t.unsaid_mood,
        Kept::Opening => t.unsaid_opening,
        Kept::Ladder => t.unsaid_ladder,
        Kept::Queue => t.unsaid_queue,
        Kept::Call => t.unsaid_call,
        Kept::Fact => t.unsaid_fact,
        Kept::Rehearsal => t.unsaid_rehearsal,
    };
    let what = fill(phrase, &[("name", &shown(&unsaid.name))]);
    fill(t.policy_line, &[("line", &unsaid.line.to_string()), ("what", &what)])
}

/// Returns a rule on one line: `[form] intent → action → …`.
pub fn rule(rule: &Course) -> String {
    let one = |act: &StepAct| match act {
        StepAct::User(said) => said.intent.clone().or_else(|| said.text.clone()).unwrap_or_default(),
        StepAct::Action(name) => name.clone(),
        StepAct::Bot(words) => format!("\"{words}\""),
        StepAct::Form(Some(name)) => format!("active_loop {name}"),
        StepAct::Form(None) => "active_loop null".to_owned(),
        StepAct::Slots(slots) => slots.iter().map(|(name, told)| slot(name, told)).collect::<Vec<_>>().join(", "),
        StepAct::Or(_) | StepAct::Checkpoint(_) => String::new(),
    };
    let conditions: Vec<String> = rule.conditions.iter().map(|step| one(&step.act)).collect();
    let steps: Vec<String> = rule.steps.iter().map(|step| one(&step.act)).collect();
    let lead = if conditions.is_empty() { String::new() } else { format!("[{}] ", conditions.join(", ")) };
    shown(&(lead + &steps.join(" → ")))
}

fn slot(name: &str, told: &Told) -> String {
    match told {
        Told::Some => name.to_owned(),
        Told::Null => format!("{name} = null"),
        told => format!("{name} = {}", told.text()),
    }
}
