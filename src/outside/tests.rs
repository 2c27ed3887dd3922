//! Real programs and a real endpoint on this machine, well and ill behaved.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::dialogue::turn::outside::{Ask, Came, Failure, Why};
use crate::outside::source::{Error, Source, Sources};
use crate::progress::{Progress, Quiet};
use crate::settings::Call;

const SHELL: &str = "/bin/sh";

fn ask() -> Ask {
    let takes = BTreeMap::from([("卡号".to_owned(), "66 \"08\"".to_owned())]);
    Ask {
        call: "查账单".into(), takes, gives: vec!["本期".into(), "逾期".into(), "月".into(), "备注".into()]
    }
}

/// A project file and what answers its call.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(desk.project(), "").expect("a file");
        desk
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("p.daoshi")
    }

    fn set(&self) -> Call {
        Call { call: "查账单".into(), project: self.project(), on: true, ..Call::default() }
    }

    fn source(&self, set: Call) -> Source {
        let sources = Sources::of(&[set], &self.project()).expect("good settings");
        sources.find("查账单").expect("it is on").clone()
    }

    /// Asks a shell script; `None`, with the reason on stderr, where there is no shell.
    fn script(&self, script: &str) -> Option<Came> {
        self.script_with(script, 60, &Quiet)
    }

    fn script_with(&self, script: &str, seconds: u64, progress: &dyn Progress) -> Option<Came> {
        if !Path::new(SHELL).exists() {
            eprintln!("skipped: there is no {SHELL}");
            return None;
        }
        let program = self.folder.path().join("bill.sh");
        std::fs::write(&program, script).expect("a file");
        let command = Some(format!("{SHELL} '{}'", program.display()));
        Some(self.source(Call { command, seconds: Some(seconds), ..self.set() }).ask(&ask(), progress))
    }

    fn url(&self, url: String) -> Came {
        self.source(Call { url: Some(url), seconds: Some(60), ..self.set() }).ask(&ask(), &Quiet)
    }
}

fn given(values: &[(&str, &str)]) -> Came {
    Came::Given(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn failed(why: Why, detail: &str) -> Came {
    Came::Failed(Failure::new(why, detail))
}

#[track_caller]
fn check(came: Option<Came>, wanted: &Came) {
    if let Some(came) = came {
        assert_eq!(came, *wanted);
    }
}

#[test]
fn a_program_reads_the_question_and_its_answer_is_taken() {
    let desk = Desk::new();
    let seen = desk.folder.path().join("seen");
    let script = format!(
        "cat > '{}'\necho '{{\"本期\": \"12元\", \"逾期\": false, \"月\": 3, \"备注\": null, \"别的\": [1]}}'",
        seen.display()
    );
    let Some(came) = desk.script(&script) else { return };
    assert_eq!(came, given(&[("本期", "12元"), ("逾期", "false"), ("月", "3")]));
    let asked: serde_json::Value = serde_json::from_slice(&std::fs::read(&seen).expect("it read")).expect("JSON");
    assert_eq!(asked["call"], "查账单");
    assert_eq!(asked["takes"]["卡号"], "66 \"08\"");
    assert_eq!(asked["gives"][1], "逾期");
}

#[test]
fn a_program_that_does_not_read_its_question_still_answers() {
    check(Desk::new().script("echo '{}'"), &given(&[]));
}

#[test]
fn every_way_a_program_fails_has_its_own_word() {
    let desk = Desk::new();
    check(desk.script("echo no such card >&2; exit 3"), &failed(Why::Exit, "3: no such card"));
    check(desk.script("exit 4"), &failed(Why::Exit, "4"));
    check(desk.script("kill -9 $$"), &failed(Why::Exit, "-1"));
    check(desk.script("echo sorry"), &failed(Why::NotJson, "sorry"));
    check(desk.script("printf '\\377\\376'"), &failed(Why::NotJson, "\u{fffd}\u{fffd}"));
    check(desk.script(":"), &failed(Why::NotJson, ""));
    check(desk.script("echo '[1]'"), &failed(Why::NotJson, "[1]"));
    check(desk.script("echo '{\"本期\": {\"元\": 12}}'"), &failed(Why::NotValue, "本期"));
    check(desk.script("printf '{\"本期\": \"%05000d\"}' 1"), &failed(Why::TooLong, "4096"));
    check(desk.script("while :; do echo '{\"本期\": 1}'; done"), &failed(Why::TooLong, "65536"));
    check(desk.script("printf '{\"别的\": \"%070000d\"}' 1"), &failed(Why::TooLong, "65536"));
    let missing = Call { command: Some("no-such-program-of-ours".into()), ..desk.set() };
    assert_eq!(desk.source(missing).ask(&ask(), &Quiet), failed(Why::Missing, "no-such-program-of-ours"));
    let folder = Call { command: Some(desk.folder.path().display().to_string()), ..desk.set() };
    let Came::Failed(failure) = desk.source(folder).ask(&ask(), &Quiet) else { panic!("a folder ran") };
    assert_eq!(failure.failure, Why::NotRun);
}

/// Stops at the nth look.
struct Tired(AtomicU32);

impl Progress for Tired {
    fn at(&self, _: u64, _: u64) {}
    fn stopped(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) <= 1
    }
}

/// Stops once a file holds something.
struct Once(PathBuf);

impl Progress for Once {
    fn at(&self, _: u64, _: u64) {}
    fn stopped(&self) -> bool {
        std::fs::read_to_string(&self.0).is_ok_and(|text| text.ends_with('\n'))
    }
}

#[test]
fn a_program_that_hangs_is_left_in_time() {
    check(Desk::new().script_with("sleep 1000", 1, &Quiet), &failed(Why::Late, "1"));
}

#[test]
fn a_program_that_is_stopped_ends_with_all_it_started_and_is_reaped() {
    let desk = Desk::new();
    let file = desk.folder.path().join("pids");
    let script = format!("sleep 1000 & echo $$ $! > '{}'; wait", file.display());
    let Some(came) = desk.script_with(&script, 600, &Once(file.clone())) else { return };
    assert_eq!(came, failed(Why::Stopped, ""));
    let pids = std::fs::read_to_string(&file).expect("it began");
    let pids: Vec<i32> = pids.split_whitespace().map(|pid| pid.parse().expect("a number")).collect();
    // SAFETY: signal 0 sends nothing; it only asks whether the process is there, reaped or not.
    let is_there = |pid: i32| unsafe { libc::kill(pid, 0) } == 0;
    assert!(!is_there(pids[0]), "the program was not reaped");
    let begun = Instant::now();
    let is_dead = |pid: i32| {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // What it started may wait for its new parent to notice.
        !is_there(pid) || state.contains(") Z ")
    };
    while !is_dead(pids[1]) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} lives on", pids[1]);
        std::thread::yield_now();
    }
}

/// An endpoint that takes one question and does as it is told; it gives back what was asked.
fn endpoint(answer: impl FnOnce(std::net::TcpStream) + Send + 'static) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://127.0.0.1:{}/bill?v=1", listener.local_addr().expect("an address").port());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
        // The question is whole once its one object is closed.
        while !seen.ends_with(b"]}") {
            let read = stream.read(&mut piece).expect("a question");
            assert!(read > 0, "cut short: {}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&piece[..read]);
        }
        answer(stream);
        seen
    });
    (url, server)
}

fn says(text: &'static str) -> (String, JoinHandle<Vec<u8>>) {
    endpoint(move |mut stream| stream.write_all(text.as_bytes()).expect("it listens"))
}

#[test]
fn an_endpoint_is_posted_the_question_and_its_answer_is_taken() {
    let desk = Desk::new();
    for text in [
        "HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{\"本期\": \"12元\"}",
        "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\nB\r\n{\"本期\": \r\n8\r\n\"12元\"}\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n{\"本期\": \"12元\"}",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{\"本期\": \"12元\"}",
    ] {
        let (url, server) = says(text);
        assert_eq!(desk.url(url), given(&[("本期", "12元")]), "{text}");
        let seen = String::from_utf8(server.join().expect("it ended well")).expect("text");
        let (head, body) = seen.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("POST /bill?v=1 HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains("content-type: application/json"), "{head}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(body).expect("JSON")["takes"]["卡号"], "66 \"08\"");
    }
}

#[test]
fn every_way_an_endpoint_fails_has_its_own_word() {
    let desk = Desk::new();
    let check = |text: &'static str, why: Why, detail: &str| {
        let (url, server) = says(text);
        let Came::Failed(failure) = desk.url(url) else { panic!("{text}") };
        assert_eq!(failure.failure, why, "{text}: {failure:?}");
        assert!(detail.is_empty() || failure.detail == detail, "{text}: {failure:?}");
        server.join().expect("it ended well");
    };
    check("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", Why::Status, "503");
    check("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", Why::Status, "302");
    check("HTTP/1.1 204 No Content\r\n\r\n", Why::NotJson, "");
    check("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nsorry", Why::NotJson, "sorry");
    check("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{}", Why::Unreached, "");
    check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", Why::Unreached, "");
    check("SSH-2.0-OpenSSH\r\n\r\n", Why::Unreached, "");
    check("", Why::Unreached, "");
    let (url, server) = endpoint(|mut stream| {
        // Until the other side has had enough.
        let piece = [b' '; 4096];
        if stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").is_ok() {
            while stream.write_all(&piece).is_ok() {}
        }
    });
    assert_eq!(desk.url(url), failed(Why::TooLong, "65536"));
    server.join().expect("it ended well");
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let Came::Failed(failure) = desk.url(format!("http://127.0.0.1:{port}/")) else { panic!("nobody listens there") };
    assert_eq!(failure.failure, Why::Unreached);
}

#[test]
fn an_endpoint_that_is_silent_is_left_in_time_and_when_asked() {
    static OVER: AtomicBool = AtomicBool::new(false);
    let desk = Desk::new();
    let silent = || {
        endpoint(|mut stream| {
            // Until the other side has gone.
            let _ = stream.read(&mut [0; 16]);
            OVER.store(true, Ordering::Relaxed);
        })
    };
    let (url, server) = silent();
    let source = desk.source(Call { url: Some(url), seconds: Some(1), ..desk.set() });
    assert_eq!(source.ask(&ask(), &Quiet), failed(Why::Late, "1"));
    server.join().expect("it ended well");
    let (url, server) = silent();
    let source = desk.source(Call { url: Some(url), seconds: Some(600), ..desk.set() });
    assert_eq!(source.ask(&ask(), &Tired(AtomicU32::new(8))), failed(Why::Stopped, ""));
    server.join().expect("it ended well");
    assert!(OVER.load(Ordering::Relaxed));
}

#[test]
fn only_what_is_turned_on_for_this_very_project_answers() {
    let desk = Desk::new();
    let with = |set: Call| Sources::of(&[set], &desk.project()).map(|sources| sources.find("查账单").is_some());
    let command = || Call { command: Some("cat".into()), ..desk.set() };
    assert_eq!(with(command()), Ok(true));
    assert_eq!(with(Call { on: false, ..command() }), Ok(false));
    assert_eq!(with(Call { call: "转账".into(), ..command() }), Ok(false));
    assert_eq!(with(Call { project: desk.folder.path().join("other.daoshi"), ..command() }), Ok(false));
    // Somebody else's project of the same name, in another place.
    assert_eq!(with(Call { project: "/nowhere/p.daoshi".into(), ..command() }), Ok(false));
    let link = desk.folder.path().join("link.daoshi");
    std::os::unix::fs::symlink(desk.project(), &link).expect("a link");
    assert_eq!(with(Call { project: link, ..command() }), Ok(true));
    let call = || "查账单".to_owned();
    let relative = Call { project: "p.daoshi".into(), ..command() };
    assert_eq!(with(relative), Err(Error::Relative { call: call(), project: "p.daoshi".into() }));
    assert_eq!(with(desk.set()), Err(Error::NotOne { call: call() }));
    assert_eq!(with(Call { url: Some("http://a/".into()), ..command() }), Err(Error::NotOne { call: call() }));
    assert_eq!(with(Call { command: Some("sh 'a".into()), ..desk.set() }), Err(Error::Quotes { call: call() }));
    for url in ["https://a/", "a", "file:///etc/passwd", "http://"] {
        let wanted = Error::Url { call: call(), url: url.into() };
        assert_eq!(with(Call { url: Some(url.into()), ..desk.set() }), Err(wanted));
    }
}
