//! Bots of others on the command line: their tests played again, their findings told.

use std::path::Path;

use serde_json::json;

use crate::cli::args::Export;
use crate::cli::args::rehearse::Rehearse;
use crate::cli::print::percent;
use crate::cli::{Desk, Done, Fault};
use crate::dialogue::storybook::replay::Verdict;
use crate::domain::storybook::Course;
use crate::explain;
use crate::formats::rasa::folder::Project as Rasa;
use crate::i18n::fill;
use crate::workbench::project::Project;
use crate::workbench::storybook::{self, Ear, Replayed};

/// Plays the tests of a Rasa project: with its own labels, and with the project's model when there is one. Exit code 1
/// when with the right intents a decision is wrong or undecided.
pub fn replay(desk: &Desk, rehearse: &Rehearse, folder: &Path) -> Done {
    let mut project = desk.open(&rehearse.project)?;
    let rasa = storybook::read(folder)?;
    tell_read(desk, &rasa, folder);
    let t = &desk.out.words.storybook;
    if rasa.book.tests.is_empty() {
        desk.out.word(t.no_tests);
        return Ok(1);
    }
    let gold = storybook::replay(&rasa.book);
    let heard = storybook::replay_understood(&mut project, &rasa.book)?;
    for replayed in [Some(&gold), heard.as_ref()].into_iter().flatten() {
        if rehearse.json {
            tell_json(desk, &rasa, folder, replayed);
        } else {
            tell_misses(desk, &rasa, folder, replayed);
        }
    }
    if !rehearse.json {
        table(desk, &gold, heard.as_ref());
    }
    if gold.cut {
        desk.out.word(t.cut);
    }
    let missing: Vec<Course> = gold.missing().into_iter().cloned().collect();
    if !missing.is_empty() {
        let mended = storybook::replay_with(&rasa.book, missing.clone());
        let gaps = [
            ("n", missing.len().to_string()),
            ("right", mended.count(Verdict::Right).to_string()),
            ("total", mended.decisions().to_string()),
            ("share", share(mended.count(Verdict::Right), mended.decisions())),
        ];
        desk.out.say(t.mended, &gaps.each_ref().map(|(name, text)| (*name, text.as_str())));
    }
    if let Some(path) = &rehearse.missing {
        storybook::write_rules(&missing, path)?;
        let gaps = [("n", &*missing.len().to_string()), ("path", &*path.display().to_string())];
        desk.out.say(t.missing_written, &gaps);
    }
    Ok(u8::from(gold.count(Verdict::Right) < gold.decisions()))
}

/// Brings a Rasa project in and tells what came and what did not.
pub(in crate::cli) fn bring(desk: &Desk, project: &mut Project, folder: &Path, as_json: bool) -> Result<(), Fault> {
    let rasa = storybook::read(folder)?;
    tell_read(desk, &rasa, folder);
    let brought = storybook::bring(project, &rasa, folder)?;
    let (t, carried) = (&desk.out.words.storybook, &brought.carried);
    let losses: Vec<String> =
        carried.lost.iter().map(|loss| explain::storybook::loss(loss, folder, desk.out.words)).collect();
    if as_json {
        desk.out.json(&json!({
            "folder": folder.display().to_string(), "intents": brought.intents, "labels": brought.examples,
            "conflicts": brought.conflicts, "topics": carried.topics, "entities": carried.entities, "faq": carried.faq,
            "rehearsals": carried.rehearsals.len(), "passed": brought.passed, "lost": losses,
        }));
        return Ok(());
    }
    let replayed = storybook::replay(&rasa.book);
    explain::storybook::brought(&brought, &replayed, desk.out.words).iter().for_each(|line| desk.out.word(line));
    if !losses.is_empty() {
        desk.out.word(t.lost_head);
        losses.iter().for_each(|line| desk.out.data(line));
    }
    Ok(())
}

/// Writes the project for another program, when the format is one of whole bots: `rasa-project`, `botium`.
pub(in crate::cli) fn export(desk: &Desk, export: &Export) -> Option<Done> {
    match export.format.as_deref() {
        Some("rasa-project") => Some(export_rasa(desk, export)),
        Some("botium") => Some(export_botium(desk, export)),
        _ => None,
    }
}

fn export_rasa(desk: &Desk, export: &Export) -> Done {
    let mut project = desk.open(&export.project)?;
    let written = storybook::write_rasa(&mut project, &export.out)?;
    let t = &desk.out.words.storybook;
    let gaps = [("path", &*export.out.display().to_string()), ("files", &*written.files.to_string())];
    desk.out.say(t.exported, &gaps);
    if written.replayed.decisions() > 0 {
        let (right, total) = (written.replayed.count(Verdict::Right), written.replayed.decisions());
        let tests = written.replayed.played.len();
        let gaps = [
            ("tests", tests.to_string()),
            ("right", right.to_string()),
            ("total", total.to_string()),
            ("share", share(right, total)),
        ];
        desk.out.say(t.export_replayed, &gaps.each_ref().map(|(name, text)| (*name, text.as_str())));
    }
    if !written.unsaid.is_empty() {
        desk.out.word(t.lost_head);
        for unsaid in &written.unsaid {
            desk.out.data(&explain::storybook::unsaid(unsaid, desk.out.words));
        }
    }
    Ok(0)
}

fn export_botium(desk: &Desk, export: &Export) -> Done {
    let project = desk.open(&export.project)?;
    let (files, lost) = storybook::write_botium(&project, &export.out)?;
    let t = &desk.out.words.storybook;
    desk.out.say(t.exported, &[("path", &*export.out.display().to_string()), ("files", &*files.to_string())]);
    if lost > 0 {
        desk.out.say(t.botium_lost, &[("n", &lost.to_string())]);
    }
    Ok(0)
}

/// Tells what was read and what was found.
fn tell_read(desk: &Desk, rasa: &Rasa, root: &Path) {
    explain::storybook::read(rasa, root, desk.out.words).iter().for_each(|line| desk.out.word(line));
}

fn tell_misses(desk: &Desk, rasa: &Rasa, root: &Path, replayed: &Replayed) {
    let t = &desk.out.words.storybook;
    desk.out.data(ear(desk, replayed.ear));
    for (played, test) in replayed.played.iter().zip(&rasa.book.tests) {
        let word = if played.passed() { desk.out.words.command.passed } else { desk.out.words.command.failed };
        desk.out.data(&format!("{word}  {}  {}/{}", played.name, played.count(Verdict::Right), played.decisions.len()));
        for decided in played.decisions.iter().filter(|decided| decided.verdict != Verdict::Right) {
            let course = |at: usize| course(rasa, at);
            let line = explain::storybook::decided(decided, test, root, desk.out.words, &course);
            desk.out.data(&format!("      {line}"));
            if let Some(rule) = decided.missing.as_ref().filter(|_| replayed.ear == Ear::Gold) {
                desk.out.data(&format!("      {}", fill(t.missing, &[("rule", &explain::storybook::rule(rule))])));
            }
        }
    }
}

fn tell_json(desk: &Desk, rasa: &Rasa, root: &Path, replayed: &Replayed) {
    let verdict = |verdict: Verdict| match verdict {
        Verdict::Right => "right",
        Verdict::Undecided => "undecided",
        Verdict::Wrong => "wrong",
    };
    for (played, test) in replayed.played.iter().zip(&rasa.book.tests) {
        let decisions: Vec<_> = played
            .decisions
            .iter()
            .map(|decided| {
                json!({
                    "line": decided.line, "intent": decided.intent, "wanted": decided.wanted.written(),
                    "got": decided.got.act.as_ref().map(|act| act.written()), "verdict": verdict(decided.verdict),
                    "by": explain::storybook::by(&decided.got.by, root, desk.out.words, &|at| course(rasa, at)),
                    "missing": decided.missing.as_ref().map(explain::storybook::rule),
                })
            })
            .collect();
        desk.out.json(&json!({
            "test": played.name, "file": test.place.file.display().to_string(), "line": test.place.line,
            "understood_by": if replayed.ear == Ear::Gold { "gold" } else { "model" }, "passed": played.passed(),
            "turns": played.turns, "understood": played.understood, "asked": played.asked, "decisions": decisions,
        }));
    }
}

fn course(rasa: &Rasa, at: usize) -> Option<Course> {
    rasa.book.rules.iter().chain(&rasa.book.stories).nth(at).cloned()
}

/// Prints the table of decisions.
fn table(desk: &Desk, gold: &Replayed, heard: Option<&Replayed>) {
    let t = &desk.out.words.storybook;
    desk.out.data(&t.table.join("\t"));
    for replayed in [Some(gold), heard].into_iter().flatten() {
        let (total, right) = (replayed.decisions(), replayed.count(Verdict::Right));
        desk.out.data(&format!(
            "{}\t{}\t{}\t{total}\t{right} ({})\t{}\t{}",
            ear(desk, replayed.ear),
            replayed.played.len(),
            replayed.passed(),
            share(right, total),
            replayed.count(Verdict::Undecided),
            replayed.count(Verdict::Wrong),
        ));
    }
    match heard {
        None => desk.out.word(t.no_model),
        Some(heard) => {
            let (right, total) = heard.understood();
            let gaps = [("right", right.to_string()), ("total", total.to_string()), ("share", share(right, total))];
            desk.out.say(t.understood, &gaps.each_ref().map(|(name, text)| (*name, text.as_str())));
        }
    }
}

fn ear(desk: &Desk, ear: Ear) -> &'static str {
    let t = &desk.out.words.storybook;
    if ear == Ear::Gold { t.gold } else { t.model }
}

fn share(part: usize, whole: usize) -> String {
    percent(part as f64 / whole.max(1) as f64)
}
