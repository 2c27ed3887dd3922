//! What a project survives: killed processes, eight trainers at once, files that are not ours, folders that refuse.
//!
//! The other process is this very program: `worker` does nothing unless the environment gives it work. Files lie in
//! memory where the machine has such a folder, since a killed process is no power cut and the disk adds only time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use xxhash_rust::xxh3::xxh3_64;

use daoshi::domain::conversation::{Channel, Facts, Role};
use daoshi::domain::event::Act;
use daoshi::domain::ids::{IntentId, UtteranceId};
use daoshi::domain::label::{LabelSource, Verdict};
use daoshi::domain::utterance::Language;
use daoshi::formats::options::ReadOptions;
use daoshi::progress::{Progress, Quiet};
use daoshi::store::cleaning::CleanTurn;
use daoshi::store::conversations::{BatchCounts, NewTurn, Taken};
use daoshi::store::error::Error as StoreError;
use daoshi::store::history::Deed;
use daoshi::store::open::Store;
use daoshi::store::utterances::NewUtterance;
use daoshi::workbench::error::Error;
use daoshi::workbench::project::Project;
use daoshi::workbench::{import, intents, label, upkeep};

const WORK: &str = "DAOSHI_FAULTS_WORK";
const FILE: &str = "DAOSHI_FAULTS_FILE";
const ACTOR: &str = "DAOSHI_FAULTS_ACTOR";
const ITEMS: &str = "DAOSHI_FAULTS_ITEMS";
const LOG: &str = "DAOSHI_FAULTS_LOG";

/// Where SQLite's header keeps two numbers, each of four bytes, the highest first (sqlite.org/fileformat.html).
const USER_VERSION: usize = 60;
const APPLICATION_ID: usize = 68;

#[test]
fn two_hundred_kills_lose_no_acknowledged_label() {
    const ROUNDS: usize = 200;
    let folder = folder();
    let path = folder.path().join("killed.daoshi");
    // A fast machine says several labels more in the time before a kill.
    let ids = project_with(&path, ROUNDS * 60);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(9);
    let mut acknowledged: BTreeSet<i64> = BTreeSet::new();
    let mut from = 0;
    for round in 1..=ROUNDS {
        let wanted = random.gen_range(1..=20);
        let mut worker = start("label", &path, "li", &ids[from..]);
        let mut said = Said::of(&mut worker);
        let mut heard: Vec<i64> = (0..wanted).map_while(|_| said.ack()).collect();
        assert_eq!(heard.len(), wanted, "round {round}: the worker ended by itself");
        // The next label is under way; where in its transaction the kill falls is left to chance.
        std::thread::sleep(Duration::from_micros(random.gen_range(0..500)));
        worker.kill().unwrap();
        worker.wait().unwrap();
        heard.extend(std::iter::from_fn(|| said.ack()));

        let store = Store::open(&path).unwrap();
        for id in &heard {
            let kept = store.label(UtteranceId(*id)).unwrap();
            assert_eq!(kept.map(|label| label.verdict), Some(verdict(*id)), "round {round}: {id} was acknowledged");
        }
        from += heard.len();
        acknowledged.extend(heard);
        let kept = store.verdict_counts().unwrap()[0] as usize;
        // A label may reach the file without its acknowledgement reaching us; the next round says it again.
        assert!((acknowledged.len()..=acknowledged.len() + 1).contains(&kept), "round {round}: {kept} labels");
        drop(store);
        if round % 20 == 0 {
            let health = upkeep::check(&Project::open(&path, "wang").unwrap()).unwrap();
            assert!(health.is_good(), "round {round}: {health:?}");
        }
    }
    let store = Store::open(&path).unwrap();
    let lost = acknowledged.iter().filter(|id| store.label(UtteranceId(**id)).unwrap().is_none()).count();
    assert_eq!(lost, 0, "of {} acknowledged labels", acknowledged.len());
}

#[test]
fn eight_trainers_at_once_lose_nothing_and_are_never_refused() {
    const TRAINERS: usize = 8;
    const SHARED: usize = 40;
    const OWN: usize = 20;
    let folder = folder();
    let path = folder.path().join("eight.daoshi");
    let ids = project_with(&path, SHARED + TRAINERS * OWN);
    let (shared, own) = ids.split_at(SHARED);
    let actors: Vec<String> = (0..TRAINERS).map(|n| format!("trainer-{n}")).collect();
    let mut workers: Vec<Child> = actors
        .iter()
        .zip(own.chunks(OWN))
        .map(|(actor, own)| start("label at a word", &path, actor, &[shared, own].concat()))
        .collect();
    let mut said: Vec<Said> = workers.iter_mut().map(Said::of).collect();
    for said in &mut said {
        assert!(said.line("ready").is_some(), "a trainer could not open the project");
    }
    for worker in &mut workers {
        worker.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    for (mut said, mut worker) in said.into_iter().zip(workers) {
        let acks = std::iter::from_fn(|| said.ack()).count();
        assert_eq!(acks, SHARED + OWN);
        assert!(worker.wait().unwrap().success(), "a trainer was refused");
    }

    let project = Project::open(&path, "wang").unwrap();
    let store = Store::open(&path).unwrap();
    for (actor, own) in actors.iter().zip(own.chunks(OWN)) {
        let events = project.log(None, Some(actor), 0, 1_000).unwrap();
        assert_eq!(events.iter().filter(|event| event.act == Act::Label).count(), SHARED + OWN, "events of {actor}");
        for id in own {
            let kept = store.label(*id).unwrap().expect("every own item has a label");
            assert_eq!((kept.verdict, &kept.actor), (verdict(id.0), actor));
        }
    }
    for id in shared {
        assert_eq!(store.label(*id).unwrap().map(|label| label.verdict), Some(verdict(id.0)));
    }
    let health = upkeep::check(&project).unwrap();
    assert!(health.is_good(), "{health:?}");
}

#[test]
fn one_trainers_label_is_seen_by_the_other_within_a_second() {
    let folder = folder();
    let path = folder.path().join("two.daoshi");
    let ids = project_with(&path, 3);
    let mut mine = Project::open(&path, "wang").unwrap();
    mine.changed().unwrap();
    assert!(!mine.changed().unwrap(), "nobody has written since");
    assert_eq!(label::waiting(&mine).unwrap(), 3);

    let mut worker = start("label", &path, "li", &ids[..1]);
    let mut said = Said::of(&mut worker);
    assert_eq!(said.ack(), Some(ids[0].0));
    let acknowledged = Instant::now();
    while !mine.changed().unwrap() {
        assert!(acknowledged.elapsed() < Duration::from_secs(1), "the other's label was not noticed");
    }
    assert_eq!(label::waiting(&mine).unwrap(), 2);
    assert_eq!(mine.counts().unwrap().examples, 1);
    assert!(worker.wait().unwrap().success());
}

#[test]
fn two_imports_at_once_come_in_one_after_the_other_and_whole() {
    let folder = folder();
    let log = |name: &str, talks: std::ops::Range<usize>| {
        let path = folder.path().join(name);
        std::fs::write(&path, chats(talks)).unwrap();
        path
    };
    // Two exports that overlap, as those of two nights do, and one of them once more by a third trainer.
    let logs = [log("first.csv", 0..800), log("second.csv", 400..1_200), log("again.csv", 0..800)];
    let path = folder.path().join("imports.daoshi");
    drop(Store::create(&path).unwrap());
    let mut workers: Vec<Child> = logs.iter().map(|log| start_import(&path, "li", log)).collect();
    let mut said: Vec<Said> = workers.iter_mut().map(Said::of).collect();
    assert!(said.iter_mut().all(|said| said.line("ready").is_some()));
    for worker in &mut workers {
        worker.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let kept: u64 =
        said.iter_mut().map(|said| said.line("kept ").expect("an import was refused").parse::<u64>().unwrap()).sum();
    assert!(workers.iter_mut().all(|worker| worker.wait().unwrap().success()));
    assert_eq!(kept, 1_200 * 8, "each row once, whoever brought it");

    let alone = folder.path().join("alone.daoshi");
    let mut serial = Project::create(&alone, "li").unwrap();
    import::import(&mut serial, &logs, &ReadOptions::default(), &Quiet).unwrap();
    let project = Project::open(&path, "wang").unwrap();
    assert!(upkeep::check(&project).unwrap().is_good());
    assert_eq!(sums(&path), sums(&alone), "the same texts and families as one after the other");
    assert_eq!(project.counts().unwrap().turns, 1_200 * 8);
    let left = bytes_of(folder.path()).into_keys().find(|name| name.ends_with("-import"));
    assert_eq!(left, None, "the lock goes with the last import");
}

#[test]
fn an_import_that_must_wait_says_for_whom() {
    let folder = folder();
    let path = folder.path().join("waits.daoshi");
    let log = folder.path().join("log.csv");
    std::fs::write(&log, chats(0..3)).unwrap();
    let mut store = Store::create(&path).unwrap();
    let sole = store.try_sole().unwrap().expect("nobody imports yet");
    let batch = store.begin_batch("夜间.csv", 1, "", "", 0, "li").unwrap();
    let mut worker = start_import(&path, "wang", &log);
    let mut said = Said::of(&mut worker);
    assert!(said.line("ready").is_some());
    worker.stdin.take().unwrap().write_all(b"go\n").unwrap();
    assert_eq!(said.line("waits ").as_deref(), Some("li 夜间.csv"));
    store.drop_batch(batch).unwrap();
    drop(sole);
    assert_eq!(said.line("kept ").as_deref(), Some("24"));
    assert!(worker.wait().unwrap().success());
}

#[test]
fn a_killed_import_counts_nothing_keeps_nobody_waiting_and_comes_in_again() {
    const ROUNDS: u64 = 6;
    let folder = folder();
    let path = folder.path().join("broken.daoshi");
    let log = folder.path().join("log.csv");
    std::fs::write(&log, chats(0..4_000)).unwrap();
    drop(Store::create(&path).unwrap());
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    for round in 0..ROUNDS {
        let mut worker = start_import(&path, "li", &log);
        let mut said = Said::of(&mut worker);
        assert!(said.line("ready").is_some());
        worker.stdin.take().unwrap().write_all(b"go\n").unwrap();
        // After a portion or a few; where in a transaction the kill falls is left to chance.
        (0..random.gen_range(1..6)).for_each(|_| drop(said.line("rows ")));
        std::thread::sleep(Duration::from_micros(random.gen_range(0..20_000)));
        worker.kill().unwrap();
        worker.wait().unwrap();
        let project = Project::open(&path, "wang").unwrap();
        let counts = project.counts().unwrap();
        // The import may have been faster than the kill.
        assert!([(0, 0), (1, 32_000)].contains(&(counts.files, counts.turns)), "round {round}: {counts:?}");
    }
    let mut project = Project::open(&path, "wang").unwrap();
    import::import(&mut project, &[log], &ReadOptions::default(), &Quiet).unwrap();
    assert_eq!(project.counts().unwrap().turns, 32_000);
    let health = upkeep::check(&project).unwrap();
    assert!(health.is_good(), "{health:?}");
    upkeep::repair(&mut project).unwrap();
    assert_eq!(upkeep::check(&project).unwrap().unfinished, Vec::<String>::new());
    assert_eq!(project.counts().unwrap().turns, 32_000);
}

#[test]
fn a_newer_file_is_refused_and_stays_as_it_is() {
    let folder = folder();
    let path = folder.path().join("newer.daoshi");
    project_with(&path, 3);
    patch(&path, USER_VERSION, 99);
    let before = bytes_of(folder.path());
    match Project::open(&path, "li").err() {
        Some(Error::Store(StoreError::Newer { found: 99, known, .. })) => assert!(known < 99),
        other => panic!("{other:?}"),
    }
    assert_eq!(bytes_of(folder.path()), before);
    assert!(matches!(upkeep::ask(&path, "SELECT 1", 1), Err(Error::Store(StoreError::Newer { .. }))));
    assert_eq!(bytes_of_projects(folder.path()), before);
}

#[test]
fn foreign_files_are_refused_and_stay_as_they_are() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("notes.daoshi"), "会议纪要：下周三上线。\n".repeat(400)).unwrap();
    std::fs::write(path("short.daoshi"), "SQLite").unwrap();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    std::fs::write(path("noise.daoshi"), (0..9_000).map(|_| random.r#gen()).collect::<Vec<u8>>()).unwrap();
    project_with(&path("others.daoshi"), 3);
    patch(&path("others.daoshi"), APPLICATION_ID, 0x4750_4b47);
    let before = bytes_of(folder.path());
    for name in ["notes.daoshi", "short.daoshi", "noise.daoshi", "others.daoshi"] {
        let path = path(name);
        let opened = Project::open(&path, "li").map(drop);
        assert!(matches!(opened, Err(Error::Store(StoreError::Foreign { .. }))), "{name}: {opened:?}");
        assert!(matches!(Project::create(&path, "li").err(), Some(Error::Store(StoreError::Exists { .. }))));
    }
    assert_eq!(bytes_of(folder.path()), before);
    for name in ["notes.daoshi", "short.daoshi", "noise.daoshi", "others.daoshi"] {
        let asked = upkeep::ask(&path(name), "SELECT 1", 1);
        assert!(matches!(asked, Err(Error::Store(StoreError::Foreign { .. }))), "{name}: {asked:?}");
    }
    assert_eq!(bytes_of_projects(folder.path()), before);
}

#[test]
fn a_folder_that_may_not_be_written_is_named_read_only_and_stays_as_it_is() {
    let folder = folder();
    let inside = folder.path().join("archive");
    std::fs::create_dir(&inside).unwrap();
    project_with(&inside.join("old.daoshi"), 3);
    let allow = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    allow(folder.path(), 0o755);
    allow(&inside.join("old.daoshi"), 0o444);
    allow(&inside, 0o555);
    let before = bytes_of(&inside);
    let mut worker = start("open and create", &inside.join("old.daoshi"), "li", &[]);
    let mut said = Said::of(&mut worker);
    // The worker gives up the rights of root where it has them, so that the folder refuses it as it refuses people.
    let opened = said.line("open: ");
    if opened.as_deref() == Some("as root") {
        eprintln!("skipped: this process is root, may not become another user, and so may write anywhere");
    } else {
        assert_eq!(opened.as_deref(), Some("read-only"));
        assert_eq!(said.line("create: ").as_deref(), Some("read-only"));
    }
    assert!(worker.wait().unwrap().success());
    assert_eq!(bytes_of(&inside), before);
    allow(&inside, 0o755);
}

/// The other process; does nothing when started without work, as by a plain test run.
#[test]
fn worker() {
    let Ok(work) = std::env::var(WORK) else { return };
    let path = PathBuf::from(std::env::var(FILE).unwrap());
    let actor = std::env::var(ACTOR).unwrap();
    let items: Vec<i64> = std::env::var(ITEMS).unwrap().split_whitespace().map(|id| id.parse().unwrap()).collect();
    if work == "open and create" {
        // SAFETY: plain system calls without pointers; this process does nothing else afterwards.
        let root = unsafe { libc::geteuid() == 0 && libc::seteuid(65_534) != 0 };
        if root {
            return say("open: as root");
        }
        let beside = path.with_file_name("new.daoshi");
        for (word, opened) in [("open", Project::open(&path, &actor)), ("create", Project::create(&beside, &actor))] {
            match opened.err() {
                Some(Error::Store(StoreError::ReadOnly { .. })) => say(&format!("{word}: read-only")),
                other => say(&format!("{word}: {other:?}")),
            }
        }
        return;
    }
    let mut project = Project::open(&path, &actor).unwrap();
    if work != "label" {
        say("ready");
        std::io::stdin().lock().read_line(&mut String::new()).unwrap();
    }
    if work == "import at a word" {
        let log = PathBuf::from(std::env::var(LOG).unwrap());
        let report = import::import(&mut project, &[log], &ReadOptions::default(), &Aloud).unwrap();
        match report.refused.first() {
            None => say(&format!("kept {}", report.files[0].kept)),
            Some(refused) => say(&format!("refused {refused:?}")),
        }
        return;
    }
    for id in items {
        let op = project.op();
        let done = label::decide(&mut project, &op, &[UtteranceId(id)], verdict(id), LabelSource::Hand).unwrap();
        assert_eq!(done, 1);
        say(&format!("ack {id}"));
    }
}

/// Says what an import tells on its way.
struct Aloud;

impl Progress for Aloud {
    fn at(&self, _: u64, _: u64) {}

    fn rows(&self, rows: u64) {
        say(&format!("rows {rows}"));
    }

    fn waits(&self, whose: &str, on: &str) {
        say(&format!("waits {whose} {on}"));
    }
}

/// A log of conversations of eight turns; a conversation's turns are the same in every log that has it.
fn chats(talks: std::ops::Range<usize>) -> String {
    let mut log = String::from("会话ID,时间,角色,内容\n");
    for talk in talks {
        for turn in 0..8 {
            let (role, text) = match turn % 3 {
                0 => ("客户", format!("第{}张卡怎么还款，要不要手续费", talk * 8 + turn)),
                // Said in many conversations, with signs that make no other family.
                1 => ("客户", format!("卡丢了怎么办{}", ["", "？", "！"][talk % 3])),
                _ => ("客服", format!("第{talk}单已经为您登记")),
            };
            log += &format!("S{talk:05},2025-09-01 10:00:{:02},{role},{text}\n", turn * 7);
        }
    }
    log
}

/// What a project holds, whatever order it came in: texts, families, counts.
fn sums(path: &Path) -> Vec<String> {
    let sql = "SELECT text, family, count FROM utterance ORDER BY text";
    let rows = upkeep::ask(path, sql, 100_000).unwrap().rows;
    rows.into_iter().map(|row| format!("{row:?}")).collect()
}

/// Writes a line past the test harness, which would keep it back.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The harness may have begun a line of its own.
    write!(out, "\n>{line}\n").unwrap();
    out.flush().unwrap();
}

fn start(work: &str, path: &Path, actor: &str, items: &[UtteranceId]) -> Child {
    let items: Vec<String> = items.iter().take(60).map(|id| id.0.to_string()).collect();
    command(work, path, actor, &items.join(" ")).spawn().unwrap()
}

/// Returns this program as another process with work to do.
fn command(work: &str, path: &Path, actor: &str, items: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["worker", "--exact", "--nocapture", "--test-threads=1"])
        .env(WORK, work)
        .env(FILE, path)
        .env(ACTOR, actor)
        .env(ITEMS, items)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// Starts a process that imports a log as soon as it gets a line.
fn start_import(path: &Path, actor: &str, log: &Path) -> Child {
    command("import at a word", path, actor, "").env(LOG, log).spawn().unwrap()
}

/// What a worker says, line by line.
struct Said(BufReader<std::process::ChildStdout>);

impl Said {
    fn of(worker: &mut Child) -> Self {
        Self(BufReader::new(worker.stdout.take().unwrap()))
    }

    /// Returns the next acknowledged utterance; `None` at the end.
    fn ack(&mut self) -> Option<i64> {
        self.line("ack ").map(|id| id.parse().unwrap())
    }

    /// Returns what follows `start` in the next whole line of that kind; `None` at the end.
    fn line(&mut self, start: &str) -> Option<String> {
        let mut line = String::new();
        while self.0.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
            if let Some(rest) = line.trim_end().strip_prefix('>').and_then(|line| line.strip_prefix(start)) {
                return Some(rest.to_string());
            }
            line.clear();
        }
        None
    }
}

/// The verdict everybody gives an utterance, so that whoever comes last says the same.
fn verdict(id: i64) -> Verdict {
    Verdict::Intent(IntentId(1 + id % 3))
}

/// Makes a project of `count` texts, each its own family, and three intents.
fn project_with(path: &Path, count: usize) -> Vec<UtteranceId> {
    let mut store = Store::create(path).unwrap();
    let turns: Vec<NewTurn> = (0..count as i64)
        .map(|n| {
            let text = format!("第{n}个问题怎么办");
            NewTurn {
                extra: None,
                conversation: n,
                name: String::new(),
                channel: Channel::Chat,
                digest: n,
                position: 0,
                role: Role::Customer,
                speaker: None,
                at: None,
                raw: text.clone(),
                facts: Facts::default(),
                alone: false,
                labelled: false,
                part_of: None,
                clean: CleanTurn {
                    text: Some(text.clone()),
                    utterance: Some(NewUtterance { hash: n, text, family: n, language: Language::Chinese }),
                    ..CleanTurn::default()
                },
            }
        })
        .collect();
    let batch = store.begin_batch("log.csv", 1, "csv", "UTF-8", 0, "li").unwrap();
    let taken = store.take_turns(batch, &turns).unwrap();
    let counts = BatchCounts { read: count as u64, kept: count as u64, aside: 0 };
    let deed = Deed { op: "import", actor: "li", at: 0, act: Act::Import, subject: "log.csv" };
    store.finish_batch(batch, counts, &deed, &[], |_| Ok(())).unwrap();
    drop(store);
    let mut project = Project::open(path, "li").unwrap();
    for (place, name) in ["退款", "物流", "发票"].into_iter().enumerate() {
        assert_eq!(intents::add(&mut project, name, "").unwrap(), IntentId(1 + place as i64));
    }
    taken
        .into_iter()
        .map(|taken| match taken {
            Taken::Kept(Some(id)) => id,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// A folder that vanishes; in memory where there is one.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
}

/// Writes one of the header's numbers.
fn patch(path: &Path, at: usize, number: u32) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
    std::fs::write(path, bytes).unwrap();
}

/// The files of a folder with their sizes and the digests of their bytes.
fn bytes_of(folder: &Path) -> BTreeMap<String, (usize, u64)> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .map(|(name, bytes)| (name, (bytes.len(), xxh3_64(&bytes))))
        .collect()
}

/// The same without the two files SQLite lays beside one that it reads; both are empty of anything of ours.
fn bytes_of_projects(folder: &Path) -> BTreeMap<String, (usize, u64)> {
    bytes_of(folder).into_iter().filter(|(name, _)| !name.ends_with("-wal") && !name.ends_with("-shm")).collect()
}
