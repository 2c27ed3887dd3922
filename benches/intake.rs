//! How fast logs come in: rows a second, processor seconds and memory of importing, importing again and cleaning again.
//!
//! `cargo bench --bench intake`; `DAOSHI_N` takes another number of rows than a million. The rows are made up with a
//! fixed seed: chats of eight short lines, Chinese and one in eight English, three of them by agents, one in five with
//! something to clean or to mask. Each step runs in a process of its own, so that its figures are its own; while the
//! last import runs, a trainer labels in this process and tells how long a decision took.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use daoshi::domain::label::{LabelSource, Verdict};
use daoshi::formats::options::ReadOptions;
use daoshi::progress::Quiet;
use daoshi::text::clean::rule::Rule;
use daoshi::workbench::label;
use daoshi::workbench::label::order::Order;
use daoshi::workbench::project::Project;
use daoshi::workbench::{clean, import, intents};

mod texts;

use texts::{asked, one};

/// Set for a process that takes one step: `import`, `again`, `clean` or `switch`; with the project and the log.
const STEP: &str = "DAOSHI_INTAKE_STEP";
const FILE: &str = "DAOSHI_INTAKE_FILE";
const LOG: &str = "DAOSHI_INTAKE_LOG";

/// How the rows of a log are written.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Conversation, time, role and text.
    Chats,
    ChatsInGbk,
    /// One text a row, nothing else.
    Texts,
}

const ENGLISH: [&str; 8] = [
    "How do I activate my card",
    "I want a refund for order",
    "Why was my payment declined on day",
    "Can I pay back the loan early, contract",
    "My policy number is wrong, ticket",
    "When will the parcel arrive, number",
    "Please cancel my booking",
    "The app logs me out, error",
];
const AGENT: [&str; 6] = [
    "您好，这边帮您看了一下，单子目前的状态是",
    "请您稍等，我这边核实一下编号",
    "已经为您登记，预计处理天数",
    "这个需要您提供一下材料，共几份：",
    "可以的，您在手机银行里选第几项就行：",
    "We have opened a ticket for you, number",
];
const FLAWED: [&str; 6] = [
    "我的手机13800138000，",
    "請問",
    "太慢了[发怒][发怒]！！！",
    "ＡＰＰ登录不了，提示Ｅ００１，",
    "嗯  那个  ",
    "看这个https://example.cn/s/abc 然后",
];

fn main() {
    if let Ok(step) = std::env::var(STEP) {
        let path = |name| PathBuf::from(std::env::var(name).expect("a step is told its files"));
        return take(&step, &path(FILE), &path(LOG));
    }
    let rows: usize = std::env::var("DAOSHI_N").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder for the projects");
    for (name, kind) in [("chats", Kind::Chats), ("chats, GBK", Kind::ChatsInGbk), ("texts", Kind::Texts)] {
        let (log, file) = (folder.path().join("log.csv"), folder.path().join("intake.daoshi"));
        write_log(&log, rows, kind);
        drop(Project::create(&file, "bench").expect("a new project"));
        println!("{name}: {rows} rows, {:.0} MB", size(&log) / 1e6);
        run("import", &file, &log);
        println!("  file    {:.0} MB, {:.0} B a row", size(&file) / 1e6, size(&file) / rows as f64);
        run("again", &file, &log);
        run("clean", &file, &log);
        if kind == Kind::Chats {
            run("switch", &file, &log);
            run("back", &file, &log);
            beside(&file, folder.path(), rows);
        }
        for end in ["", "-wal", "-shm"] {
            let mut path = file.clone().into_os_string();
            path.push(end);
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Takes one step in this process and prints what it cost.
fn take(step: &str, file: &Path, log: &Path) {
    let mut project = Project::open(file, "bench").expect("the project just made");
    let begun = Instant::now();
    let rows = match step {
        "import" | "again" | "more" => {
            let paths = [log.to_path_buf()];
            let report = import::import(&mut project, &paths, &ReadOptions::default(), &Quiet).expect("a plain table");
            let done = report.files.first().expect("the file was read");
            assert_eq!(done.read, done.kept + done.aside);
            assert_eq!(done.kept > 0, step != "again", "a file comes in once: {report:?}");
            done.read
        }
        step => {
            if step != "clean" {
                clean::switch(&mut project, Rule::Traditional, step == "back").expect("a rule to switch");
            }
            let report = clean::clean(&mut project, &Quiet).expect("turns to clean");
            assert_eq!(report.changed > 0, step != "clean", "only a switched rule changes turns: {report:?}");
            report.turns
        }
    };
    let took = begun.elapsed().as_secs_f64();
    println!(
        "  {step:<7} {:>7.0} rows/s, {took:.2} s; processor {:.2} s: {:.0} rows/s on two cores; memory {} MB",
        rows as f64 / took,
        processor(),
        rows as f64 / processor() * 2.0,
        peak()
    );
}

fn run(step: &str, file: &Path, log: &Path) {
    let done = started(step, file, log).wait().expect("the step ends");
    assert!(done.success(), "{step}");
}

fn started(step: &str, file: &Path, log: &Path) -> std::process::Child {
    let me = std::env::current_exe().expect("a running program has a file");
    Command::new(me).env(STEP, step).env(FILE, file).env(LOG, log).spawn().expect("this very program")
}

/// Labels in this process while another file comes in, and prints how long decisions took.
fn beside(file: &Path, folder: &Path, rows: usize) {
    let log = folder.join("more.csv");
    write_log_from(&log, rows / 2, Kind::Chats, 2);
    let mut project = Project::open(file, "li").expect("the project just made");
    intents::add(&mut project, "意图", "").expect("a free name");
    let intent = intents::list(&project).expect("intents")[0].intent.id;
    let items = label::queue(&project, Order::Customers, &[], 2_000).expect("a long page");
    let mut import = started("more", file, &log);
    let mut took = Vec::new();
    for item in items {
        if import.try_wait().expect("a child process").is_some() {
            break;
        }
        let begun = Instant::now();
        let op = project.op();
        label::decide(&mut project, &op, &[item.utterance.id], Verdict::Intent(intent), LabelSource::Hand)
            .expect("a decision");
        took.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(import.wait().expect("the import ends").success());
    took.sort_unstable();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "  beside  {} decisions: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        took.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn write_log(path: &Path, rows: usize, kind: Kind) {
    write_log_from(path, rows, kind, 1);
}

fn write_log_from(path: &Path, rows: usize, kind: Kind, seed: u64) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut out = BufWriter::new(std::fs::File::create(path).expect("a new file"));
    let mut put = |line: &str| {
        let done = match kind {
            Kind::ChatsInGbk => out.write_all(&encoding_rs::GBK.encode(line).0),
            _ => out.write_all(line.as_bytes()),
        };
        done.expect("room on the disk");
    };
    put(if kind == Kind::Texts { "内容\n" } else { "会话ID,时间,角色,内容\n" });
    for row in 0..rows {
        let (chat, place) = (row / 8, row % 8);
        let agent = kind != Kind::Texts && matches!(place, 1 | 4 | 7);
        let text = if agent { agents(&mut random) } else { customers(&mut random) };
        if kind == Kind::Texts {
            put(&format!("{text}\n"));
        } else {
            let role = if agent { "客服" } else { "客户" };
            let (day, minute, second) = (1 + chat % 28, chat / 28 % 60, row % 60);
            put(&format!("S{seed}-{chat:07},2025-09-{day:02} 10:{minute:02}:{second:02},{role},{text}\n"));
        }
    }
    out.flush().expect("room on the disk");
}

/// What a customer says, in one of five cases with something to clean or to mask.
fn customers(random: &mut Xoshiro256PlusPlus) -> String {
    if random.gen_range(0..8) == 0 {
        return format!("{} {}", one(&ENGLISH, random), random.gen_range(0..40_000));
    }
    let flaw = if random.gen_range(0..5) == 0 { one(&FLAWED, random) } else { "" };
    format!("{flaw}{}", asked(random))
}

fn agents(random: &mut Xoshiro256PlusPlus) -> String {
    format!("{}{}", one(&AGENT, random), random.gen_range(1..90))
}

fn size(path: &Path) -> f64 {
    std::fs::metadata(path).expect("a file just written").len() as f64
}

/// Seconds both cores spent on this process so far, the system's work for it included.
fn processor() -> f64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the struct is plain numbers, zeroed, and the call fills it.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// The most memory this process held, as Linux tells it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
}
