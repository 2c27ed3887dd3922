//! What a project of a million distinct utterances costs: import, file, opening, the queue, a decision, memory, and
//! with a trained model, guesses and clusters in it the first frame and each key in a real terminal.
//!
//! `cargo bench --bench million`; `DAOSHI_N` takes another number. Texts are made up with a fixed seed; every fourth
//! row says a text again, the first ones most often, as logs do. Labelling runs in a process of its own, so that
//! its memory is not that of the import.

use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use daoshi::domain::cluster::Member;
use daoshi::domain::event::Act;
use daoshi::domain::ids::GroupingId;
use daoshi::domain::label::{LabelSource, Verdict};
use daoshi::formats::options::ReadOptions;
use daoshi::nlu::train::TrainOptions;
use daoshi::progress::Quiet;
use daoshi::store::clusters::{Grouping, NewCluster};
use daoshi::store::history::Deed;
use daoshi::store::open::Store;
use daoshi::workbench::label;
use daoshi::workbench::label::order::Order;
use daoshi::workbench::project::Project;
use daoshi::workbench::{import, intents, train};

/// Set for the process that labels: the project file.
const FILE: &str = "DAOSHI_MILLION_FILE";

#[path = "million/line.rs"]
mod line;
mod texts;

fn main() {
    if let Ok(file) = std::env::var(FILE) {
        return label_in(Path::new(&file));
    }
    let number: usize = std::env::var("DAOSHI_N").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder for the project");
    let log = folder.path().join("log.csv");
    let rows = write_log(&log, number);
    let file = folder.path().join("million.daoshi");
    let mut project = Project::create(&file, "bench").expect("a new project");
    let begun = Instant::now();
    let report =
        import::import(&mut project, &[log], &ReadOptions::default(), &Quiet).expect("the file is a plain table");
    let took = begun.elapsed();
    let kept: u64 = report.files.iter().map(|file| file.kept).sum();
    assert_eq!(kept, rows as u64, "every row is new: {report:?}");
    println!(
        "import + clean   {rows} rows in {:.1} s: {:.0} rows/s",
        took.as_secs_f64(),
        rows as f64 / took.as_secs_f64()
    );
    let begun = Instant::now();
    for n in 0..20 {
        intents::add(&mut project, &format!("意图{n}"), "").expect("a free name");
    }
    println!("20 intents       {}", ms(begun.elapsed()));
    drop(project);
    println!("memory, import   {}", memory());
    let size = std::fs::metadata(&file).expect("the project is there").len();
    println!("file             {:.0} MB, {} B a row", size as f64 / 1e6, size / rows as u64);
    let me = std::env::current_exe().expect("a running program has a file");
    let done = Command::new(me).env(FILE, &file).status().expect("this very program");
    assert!(done.success());
    teach(&file);
    line::measure(&file);
}

/// Trains on what was labelled, lets the model guess everything and lays clusters beside it, as a month's work would.
fn teach(file: &Path) {
    let mut project = Project::open(file, "li").expect("the project just made");
    let begun = Instant::now();
    let trained = train::train(&mut project, &TrainOptions::default(), &Quiet).expect("labels enough to train on");
    println!("train            {:.1} s, {} examples", begun.elapsed().as_secs_f64(), trained.run.examples);
    let begun = Instant::now();
    let guessed = label::guess(&mut project, &Quiet).expect("a model");
    let took = begun.elapsed().as_secs_f64();
    println!("guesses          {guessed} in {took:.1} s: {:.0} a second", guessed as f64 / took);
    drop(project);
    let mut store = Store::open(file).expect("the project just made");
    let mut ids = Vec::new();
    store
        .each_utterance(|utterance| {
            ids.push(utterance.id);
            Ok(())
        })
        .expect("utterances");
    let (unassigned, members) = ids.split_at(ids.len() / 5);
    let clusters: Vec<NewCluster> = members
        .chunks(members.len().div_ceil(2_000).max(1))
        .map(|part| NewCluster {
            identity: None,
            before: None,
            words: ["提前还款", "违约金", "部分"].map(String::from).to_vec(),
            cohesion: 0.8,
            novelty: 0.5,
            customers: part.len() as u64 * 2,
            members: part.iter().map(|id| Member { utterance: *id, closeness: 0.9 }).collect(),
        })
        .collect();
    let grouping = Grouping {
        id: GroupingId(0),
        at: 0,
        actor: "li".into(),
        method: "density".into(),
        seed: 1,
        utterances: ids.len() as u64,
        unassigned: unassigned.to_vec(),
    };
    let deed = Deed { op: "bench-group", actor: "li", at: 0, act: Act::Group, subject: "density" };
    store.act(&deed, |recorder| recorder.add_grouping(&grouping, &clusters)).expect("a grouping");
}

/// Opens the project as a trainer does in the morning, and labels.
fn label_in(file: &Path) {
    let begun = Instant::now();
    let mut project = Project::open(file, "li").expect("the project just made");
    let opened = begun.elapsed();
    let counts = project.counts().expect("counts");
    println!("open             {}, with counts {}", ms(opened), ms(begun.elapsed()));
    println!("                 {} utterances of {} customer turns", counts.utterances, counts.customer_turns);
    times("counts", 50, |_| _ = black_box(project.counts().expect("counts")));
    times("waiting", 50, |_| _ = black_box(label::waiting(&project).expect("waiting")));
    times("queue, page 1", 50, |_| drop(label::queue(&project, Order::Doubt, &[], 40).expect("a page")));
    let mut last = label::queue(&project, Order::Doubt, &[], 40).expect("a page").pop();
    times("queue, next", 200, |_| {
        let mut page = label::queue(&project, Order::Doubt, last.as_slice(), 40).expect("a page");
        last = page.pop();
    });
    println!("memory, browsing {}", memory());

    let items = label::queue(&project, Order::Customers, &[], 500).expect("a long page");
    let catalogue = intents::list(&project).expect("intents");
    assert!(items.len() == 500 && !catalogue.is_empty());
    times("decide", 500, |n| {
        let op = project.op();
        let verdict = Verdict::Intent(catalogue[n % catalogue.len()].intent.id);
        let done = label::decide(&mut project, &op, &[items[n].utterance.id], verdict, LabelSource::Hand);
        assert!(done.expect("a decision") > 0);
    });
    let counts = project.counts().expect("counts");
    assert!(counts.examples >= 500);
    times("queue, 500 done", 50, |_| drop(label::queue(&project, Order::Customers, &[], 40).expect("a page")));
    println!("memory, labelled {}", memory());
}

/// Writes `number` distinct texts and a quarter as many again; returns how many rows.
fn write_log(path: &Path, number: usize) -> usize {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut out = BufWriter::new(std::fs::File::create(path).expect("a new file"));
    out.write_all("会话ID,时间,角色,内容\n".as_bytes()).expect("room on the disk");
    let mut rows = 0;
    let mut row = |n: usize| {
        rows += 1;
        writeln!(out, "c{},2025-09-01 10:{:02}:{:02},客户,{}", rows / 8, rows / 60 % 60, rows % 60, texts::nth(n))
            .expect("room on the disk");
    };
    for n in 0..number {
        row(n);
        if n % 4 == 3 {
            // The density falls with the cube: few texts are said very often.
            row((n as f64 * random.r#gen::<f64>().powi(3)) as usize);
        }
    }
    out.flush().expect("room on the disk");
    rows
}

/// Runs `work` `count` times and prints its median and its 99th percentile.
fn times(name: &str, count: usize, mut work: impl FnMut(usize)) {
    let mut took: Vec<Duration> = (0..count)
        .map(|n| {
            let begun = Instant::now();
            work(n);
            begun.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!("{name:<16} p50 {}, p99 {} of {count}", ms(took[count / 2]), ms(took[(count * 99).div_ceil(100) - 1]));
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// Resident memory of this process, now and at its highest, as Linux tells it.
fn memory() -> String {
    memory_of("/proc/self/status")
}

fn memory_of(status: &str) -> String {
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown");
        line.trim_start_matches(':').trim().to_string()
    };
    format!("{} now, {} at most", of("VmRSS"), of("VmHWM"))
}
