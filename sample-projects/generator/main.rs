//! Writes the raw logs of a sample project: `cargo run --example raw-logs -- --seed 7 --out FOLDER [--pack NAME]`.
//!
//! A pack (a folder beside this file) says what people want and how they say it; this program composes conversations
//! from its parts, ages them as exporting systems do and writes them in the files `pack.yaml` names. The same seed
//! gives the same bytes. Nothing here is a real customer's sentence.
//!
//! `--truth FILE` also writes the theme each customer message was made for, which measures what grouping finds.

mod ask;
mod clock;
mod grammar;
mod identity;
mod mails;
mod pack;
mod person;
mod report;
mod slips;
mod spoken;
mod talk;
mod wear;
mod write;

use std::fs;
use std::path::{Path, PathBuf};

use rand::distributions::{Distribution, WeightedIndex};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::chance;
use crate::pack::{FilePlan, Pack, Shape, Theme};
use crate::report::Count;
use crate::talk::{Conversation, Ledger};

struct Wish {
    seed: u64,
    out: PathBuf,
    pack: String,
    truth: Option<PathBuf>,
}

fn main() {
    let Some(wish) = read_arguments() else {
        eprintln!("usage: raw-logs --out FOLDER [--seed N] [--pack finance-zh|shop-en] [--truth FILE]");
        std::process::exit(2);
    };
    let pack = pack::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/generator").join(&wish.pack));
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(wish.seed);
    let (mut ledger, mut count, mut written) = (Ledger::default(), Count::default(), Vec::new());
    for plan in &pack.plan.files {
        let new = if plan.shape == Shape::List {
            let questions = questions(&pack, plan, &mut ledger, &mut count, &mut rng);
            vec![write::list(plan, &questions, pack.plan.language)]
        } else {
            let talks = conversations(&pack, plan, &mut ledger, &mut rng);
            count.conversations(&plan.path, &talks);
            write::write(plan, pack.plan.language, &talks, &mut rng)
        };
        written.extend(new);
    }
    for file in &written {
        let path = wish.out.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&wish.out)).expect("the folder of the logs can be made");
        fs::write(&path, &file.bytes).expect("a log file can be written");
    }
    let readme = report::readme(&pack, &wish.pack, wish.seed, &written, &count);
    fs::write(wish.out.join("README.md"), readme).expect("the list of files can be written");
    if let Some(path) = &wish.truth {
        fs::write(path, count.truth()).expect("the themes can be written");
    }
    eprintln!("{}", count.summary());
}

fn read_arguments() -> Option<Wish> {
    let mut wish = Wish { seed: 7, out: PathBuf::new(), pack: "finance-zh".to_owned(), truth: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next()?;
        match word.as_str() {
            "--seed" => wish.seed = value.parse().ok()?,
            "--out" => wish.out = value.into(),
            "--pack" => wish.pack = value,
            "--truth" => wish.truth = Some(value.into()),
            _ => return None,
        }
    }
    (!wish.out.as_os_str().is_empty()).then_some(wish)
}

fn themes<'a>(pack: &'a Pack, plan: &FilePlan) -> (Vec<&'a Theme>, WeightedIndex<f64>) {
    let fitting: Vec<&Theme> =
        pack.themes.iter().filter(|theme| plan.only.is_empty() || plan.only.contains(&theme.part)).collect();
    let weights = fitting.iter().map(|theme| theme.weight * if theme.novel { plan.novel } else { 1.0 });
    let draw = WeightedIndex::new(weights).expect("every pack has themes with weights");
    (fitting, draw)
}

fn conversations(pack: &Pack, plan: &FilePlan, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) -> Vec<Conversation> {
    let (fitting, draw) = themes(pack, plan);
    let (mut talks, mut turns) = (Vec::new(), 0);
    while turns < plan.turns {
        let theme = fitting[draw.sample(rng)];
        let at = rng.gen_range(0..29) * 86_400 + hour(rng) * 3_600 + rng.gen_range(0..3_600);
        let mut talk = talk::play(pack, plan, theme, at, ledger, rng);
        if plan.shape == Shape::Mail {
            mails::letters(&mut talk);
        } else {
            wear::wear(&mut talk, plan, pack.plan.language, rng);
        }
        turns += write::customer_turns(&talk);
        talks.push(talk);
    }
    talks.sort_by_key(|talk| talk.messages.first().map_or(0, |message| message.at));
    talks
}

/// Most people write in the morning and the evening.
fn hour(rng: &mut Xoshiro256PlusPlus) -> i64 {
    *[8, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16, 17, 18, 19, 20, 20, 21, 21, 22, 23, 1]
        .choose(rng)
        .unwrap_or(&10)
}

/// Writes the questions no bot understood: most come once, some from many people.
fn questions(
    pack: &Pack,
    plan: &FilePlan,
    ledger: &mut Ledger,
    count: &mut Count,
    rng: &mut Xoshiro256PlusPlus,
) -> Vec<String> {
    let (fitting, draw) = themes(pack, plan);
    let mut all = Vec::new();
    while all.len() < plan.turns {
        let theme = fitting[draw.sample(rng)];
        let question = talk::lone_question(pack, plan, theme, ledger, rng);
        let times = if chance(rng, 0.05) && question.chars().count() < 16 { rng.gen_range(2..7) } else { 1 };
        for _ in 0..times {
            count.question(&plan.path, &theme.key, &question);
            all.push(question.clone());
        }
    }
    all.shuffle(rng);
    all
}
