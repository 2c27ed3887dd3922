//! The policy side: what a turn costs, what checking 200 topics costs, and 100,000 recorded turns replayed on two
//! versions with a model in play. Prints its own table.
//!
//! `cargo bench --bench dialogue [-- turns | check | prove | replay]`

use std::fmt::Write;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use daoshi::bot::Bot;
use daoshi::dialogue::lint::check::lint;
use daoshi::dialogue::policy::read::read;
use daoshi::dialogue::proof::mutation::{Understood, mutation};
use daoshi::dialogue::proof::perturb::Kind;
use daoshi::dialogue::proof::robust::{Stage, robustness};
use daoshi::dialogue::script::read::parse_all;
use daoshi::dialogue::script::shape::Script;
use daoshi::dialogue::state::State;
use daoshi::dialogue::turn::heard::Heard;
use daoshi::dialogue::turn::play::turn;
use daoshi::formats::options::ReadOptions;
use daoshi::nlu::train::TrainOptions;
use daoshi::progress::{Progress, Quiet};
use daoshi::workbench::project::Project;
use daoshi::workbench::{changes, design, import, sample, train};

#[path = "dialogue/large.rs"]
mod large;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh");
    let path = folder.path().join("bank.daoshi");
    let mut project = Project::create(&path, "li").expect("a project");
    sample::fill(&mut project, &root).expect("the sample");
    train::train(&mut project, &TrainOptions::default(), &Quiet).expect("a model");
    let bot = project.bot().expect("a bot");
    let text = std::fs::read_to_string(root.join("policy.yaml")).expect("the policy");
    let mut scripts: Vec<Script> = bot.policy.tests.clone();
    let mut files: Vec<_> =
        std::fs::read_dir(root.join("rehearsals")).expect("rehearsals").flatten().map(|e| e.path()).collect();
    files.sort();
    for file in files {
        scripts.extend(parse_all(&std::fs::read_to_string(file).expect("a rehearsal")).expect("a rehearsal"));
    }
    println!("{:<58} {:>12}", "policy side, finance-zh", "");
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|name| name == part);
    if wanted("turns") {
        turns(&bot, &scripts);
    }
    if wanted("check") {
        checking();
    }
    if wanted("prove") {
        proving(&bot, &text, &scripts);
    }
    if wanted("replay") {
        replaying(&mut project, folder.path(), &text, &root, &scripts);
    }
}

fn say(what: &str, figure: String) {
    println!("{what:<58} {figure:>12}");
}

fn turns(bot: &Bot, scripts: &[Script]) {
    // Each turn of the rehearsals in the state it is said in.
    let replays = bot.rehearse(scripts);
    let mut all: Vec<(State, Heard)> = Vec::new();
    for replay in &replays {
        let mut state = State::default();
        for result in &replay.turns {
            if result.said.is_some() {
                all.push((state.clone(), result.heard.clone()));
            }
            result.outcome.events.iter().for_each(|event| state.apply(event));
        }
    }
    let mut each: Vec<Duration> = Vec::new();
    for _ in 0..40 {
        for (state, heard) in &all {
            let start = Instant::now();
            std::hint::black_box(turn(&bot.policy, &bot.knowledge, state, heard));
            each.push(start.elapsed());
        }
    }
    each.sort();
    let at = |share: f64| each[((each.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    say("a turn, median of the turns of all rehearsals", format!("{:.0} µs", at(0.5)));
    say("a turn, 99 of 100 below", format!("{:.0} µs", at(0.99)));
}

fn checking() {
    let yaml = large::two_hundred_topics();
    let time = |work: &mut dyn FnMut()| {
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            work();
            best = best.min(start.elapsed());
        }
        format!("{:.1} ms", best.as_secs_f64() * 1e3)
    };
    say("200 topics read", time(&mut || drop(std::hint::black_box(read(&yaml)))));
    let policy = read(&yaml).expect("a large policy");
    say("200 topics checked", time(&mut || drop(std::hint::black_box(lint(&policy, &[])))));
}

fn proving(bot: &Bot, text: &str, scripts: &[Script]) {
    let understand = |text: &str| bot.understand(text);
    let sounds = |text: &str| bot.sounds(text);
    let understood = Understood::of(scripts, &understand, &sounds);
    let start = Instant::now();
    let seen = mutation(text, &bot.knowledge, scripts, &understood, usize::MAX, 1, &Quiet).expect("the policy");
    let took = start.elapsed();
    say(&format!("{} edits, the suite played on each", seen.edits), format!("{:.2} s", took.as_secs_f64()));
    say("noticed", format!("{:.1} %", seen.score()));
    let stage = Stage { policy: &bot.policy, knowledge: &bot.knowledge, understand: &understand, emotion: &sounds };
    let start = Instant::now();
    let seen = robustness(&stage, scripts, &Kind::ALL, 2, 1, &Quiet);
    let took = start.elapsed();
    let played: usize = seen.kinds.iter().map(|(_, held)| held.played).sum();
    let held: usize = seen.kinds.iter().map(|(_, held)| held.held).sum();
    say(&format!("{played} messages said otherwise"), format!("{:.2} s", took.as_secs_f64()));
    say("held", format!("{:.1} %", 100.0 * held as f64 / played.max(1) as f64));
}

/// Messages recorded, of which a fifth go on with the one before or say nothing; and messages of a conversation.
const TURNS: usize = 126_000;
const LONG: usize = 5;

fn replaying(project: &mut Project, folder: &Path, text: &str, root: &Path, scripts: &[Script]) {
    // Conversations of the length recorded ones have, from the examples of the catalogue and the rehearsals' own.
    let catalogue = std::fs::read_to_string(root.join("intents.yaml")).expect("the catalogue");
    let plain =
        |line: &str| line.strip_prefix("    - ").filter(|l| !l.starts_with('{') && !l.contains(": ")).map(String::from);
    let examples: Vec<String> = catalogue.lines().filter_map(plain).collect();
    let answers: Vec<&str> = scripts.iter().flat_map(|s| &s.turns).filter_map(|line| line.said.as_deref()).collect();
    let log = folder.join("recorded.jsonl");
    let mut lines = String::new();
    let mut number = 1usize;
    let mut next = |below: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % below
    };
    for _ in 0..TURNS / LONG {
        let said: Vec<_> = (0..LONG)
            .map(|place| {
                let text =
                    if place % 2 == 0 { examples[next(examples.len())].as_str() } else { answers[next(answers.len())] };
                // Hardly two customers type alike.
                let text = format!("{text}{}", ["", "啊", "呢", "，谢谢", "！"][next(5)]);
                serde_json::json!({ "role": "user", "content": text })
            })
            .collect();
        let _ = writeln!(lines, "{}", serde_json::json!({ "messages": said }));
    }
    std::fs::write(&log, lines).expect("room for the log");
    import::import(project, &[log], &ReadOptions::default(), &Quiet).expect("a log");
    design::publish(project, "spring").expect("a sound draft");
    design::save(project, &text.replace("answer: 0.70", "answer: 0.60")).expect("another policy");
    train::train(project, &TrainOptions::default(), &Quiet).expect("another model");
    for vectors in ["first, vectors made and kept", "again, vectors read"] {
        let clock = Stamps::default();
        let start = Instant::now();
        let seen = changes::changes(project, "spring", None, &clock).expect("two versions").comparison;
        let took = start.elapsed();
        let stamps = clock.0.into_inner().expect("nothing panicked");
        for (what, at) in
            ["  conversations and vectors", "  by the model of before", "  by the model of now", "  moods, decisions"]
                .into_iter()
                .zip([100, 200, 300, 400])
        {
            let reached =
                |done: u64| stamps.iter().rev().find(|(known, _)| *known == done).map_or(start, |(_, at)| *at);
            let from = if at == 100 { start } else { reached(at - 100) };
            say(what, format!("{:.2} s", (reached(at) - from).as_secs_f64()));
        }
        let turns = seen.turns;
        say(&format!("{turns} recorded turns on two versions, {vectors}"), format!("{:.2} s", took.as_secs_f64()));
        say("turns that changed", seen.changed.to_string());
    }
}

/// When each step of a work was reached.
#[derive(Default)]
struct Stamps(Mutex<Vec<(u64, Instant)>>);

impl Progress for Stamps {
    fn at(&self, done: u64, _total: u64) {
        self.0.lock().expect("nothing panicked").push((done, Instant::now()));
    }
}
