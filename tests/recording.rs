//! A recording goes all the way: speech made by one program of Debian's, heard by another, imported by ours.
//!
//! Where espeak-ng, pocketsphinx or its English model are not installed the test says so and passes; `.ci/run` installs them.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;

/// What callers of a small hotline say; the recogniser listens for nothing else.
const GRAMMAR: &str = "#JSGF V1.0;\ngrammar hotline;\npublic <said> = [i (want | would like) to] (open | close) (my | an) account \
    | how can i help you | i lost my card | thank you;\n";

/// Returns the program that is missing; `None` when all are there.
fn missing() -> Option<&'static str> {
    let there = |program: &str| {
        std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
    };
    let model = Path::new("/usr/share/pocketsphinx/model/en-us").is_dir();
    ["espeak-ng", "pocketsphinx_continuous"]
        .into_iter()
        .find(|program| !there(program))
        .or((!model).then_some("pocketsphinx-en-us"))
}

#[test]
fn speech_becomes_turns() {
    if let Some(program) = missing() {
        eprintln!("skipped: {program} is not installed (apt-get install espeak-ng pocketsphinx pocketsphinx-en-us)");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let recording = at("20240301101500_8001.wav");
    let said = Command::new("espeak-ng")
        .args(["-v", "en-us+f3", "-s", "130", "-w"])
        .arg(&recording)
        .arg("I want to close my account.")
        .status();
    assert!(said.expect("espeak-ng runs").success());
    std::fs::write(at("hotline.gram"), GRAMMAR).expect("a file");
    let settings = at("config/daoshi/settings.toml");
    std::fs::create_dir_all(settings.parent().expect("a folder")).expect("a folder");
    let command = format!(
        "pocketsphinx_continuous -samprate 22050 -nfft 1024 -time yes -jsgf '{}' -infile {{input}}",
        at("hotline.gram").display()
    );
    std::fs::write(&settings, format!("transcriber = {command:?}\n")).expect("a file");
    let daoshi = |args: &[&str]| {
        let mut daoshi = Command::cargo_bin("daoshi").expect("our own program");
        daoshi.env("XDG_CONFIG_HOME", at("config")).args(["--lang", "en"]).args(args);
        let done = daoshi.output().expect("it runs");
        (
            done.status.code(),
            String::from_utf8_lossy(&done.stdout).into_owned(),
            String::from_utf8_lossy(&done.stderr).into_owned(),
        )
    };
    let project = at("calls.daoshi");
    let project = project.to_str().expect("a name");
    assert_eq!(daoshi(&["new", project]).0, Some(0));
    let name = recording.to_str().expect("a name");
    let (code, seen, words) = daoshi(&["import", project, name, "--preview", "--json"]);
    assert_eq!(code, Some(0), "{words}");
    assert!(seen.contains("i want to close my account") && seen.contains("\"lasted\":"), "{seen}{words}");
    let (code, counts, words) = daoshi(&["import", project, name, "--json"]);
    assert_eq!(code, Some(0), "{words}");
    assert!(counts.contains("\"format\":\"recording\"") && counts.contains("\"kept\":1"), "{counts}");
    // The name of the recording says when it began.
    let (_, turns, _) = daoshi(&["sql", project, "select raw, at / 1000 from turn"]);
    assert!(turns.contains("i want to close my account") && turns.contains("1709259300"), "{turns}");
    // Heard again, it is known already.
    let (_, counts, _) = daoshi(&["import", project, name, "--json"]);
    assert!(counts.contains("\"kept\":0") && counts.contains("\"known\":1"), "{counts}");
}
