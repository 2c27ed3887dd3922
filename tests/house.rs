//! The law of the house, checked on the source itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rooms by floor; a room imports only rooms on lower floors.
const FLOORS: &[&[&str]] = &[
    &["domain", "progress", "process"],
    &["i18n", "text"],
    &["settings", "formats", "clustering", "nlu", "evaluation", "dialogue", "query", "store"],
    &["bot", "outside"],
    &["workbench"],
    &["explain", "jobs"],
    &["cli", "tui"],
    &["main"],
];

/// The longest a file may be without its tests.
const LINES: usize = 500;

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> =
            std::fs::read_dir(folder).expect("src is there").flatten().map(|e| e.path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file is text");
                found.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.into_iter().map(|(path, text)| (path.strip_prefix(&root).expect("below src").to_path_buf(), text)).collect()
}

/// The room of a file: its first folder, or its own name on the top.
fn room(path: &Path) -> String {
    let first = path.components().next().expect("a file has a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_string()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The lines before the tests of a file.
fn own(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| *line != "#[cfg(test)]")
}

/// A file that holds nothing but tests.
fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| ["tests", "laws", "fixtures"].contains(&&*stem.to_string_lossy()))
}

/// The rooms a line of code names by `crate::…` (or `daoshi::…` in main).
fn named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or("");
    let mut rooms = Vec::new();
    for lead in ["crate::", "daoshi::"] {
        for part in code.split(lead).skip(1) {
            let names: Vec<String> = if let Some(list) = part.strip_prefix('{') {
                list.split(['}', ',']).map(|name| name.trim().to_string()).collect()
            } else {
                vec![part.to_string()]
            };
            for name in names {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                rooms.push(name);
            }
        }
    }
    rooms
}

#[test]
fn every_room_has_a_floor() {
    for (path, _) in sources() {
        let room = room(&path);
        assert!(room == "lib" || floor(&room).is_some(), "{} stands on no floor", path.display());
    }
}

#[test]
fn imports_go_down_only() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let here = room(&path);
        let Some(own_floor) = floor(&here) else { continue };
        for (number, line) in own(&text).enumerate() {
            for there in named(line) {
                if let Some(their_floor) = floor(&there)
                    && there != here
                    && their_floor >= own_floor
                {
                    faults.push(format!("{}:{}: {here} imports {there}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "arrows up:\n{}", faults.join("\n"));
}

#[test]
fn verbs_never_call_each_other() {
    let verbs = ["import", "clean", "group", "label", "train", "evaluate", "design", "talk", "rehearse", "export"];
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if room(&path) != "workbench" || !verbs.contains(&stem.as_str()) {
            continue;
        }
        for (number, line) in own(&text).enumerate() {
            for verb in verbs.iter().filter(|verb| **verb != stem) {
                if line.contains(&format!("crate::workbench::{verb}")) {
                    faults.push(format!("{}:{}: {stem} calls {verb}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn modules_of_a_room_form_no_circle() {
    let mut arrows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let module = path.with_extension("").to_string_lossy().replace('/', "::").replace("::mod", "");
        let targets = arrows.entry(module.clone()).or_default();
        for line in own(&text) {
            let Some(used) = line.trim_start().strip_prefix("use crate::") else { continue };
            let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
            targets.push(name.trim_end_matches(':').to_string());
        }
    }
    let modules: Vec<String> = arrows.keys().cloned().collect();
    let resolve = |name: &str| {
        modules.iter().filter(|m| name == m.as_str() || name.starts_with(&format!("{m}::"))).max_by_key(|m| m.len())
    };
    let graph: BTreeMap<&String, Vec<&String>> = arrows
        .iter()
        .map(|(module, names)| {
            (module, names.iter().filter_map(|name| resolve(name)).filter(|to| *to != module).collect())
        })
        .collect();
    let reached = |from: &String| {
        let mut seen: Vec<&String> = Vec::new();
        let mut waiting: Vec<&String> = graph.get(from).into_iter().flatten().copied().collect();
        while let Some(next) = waiting.pop() {
            if !seen.contains(&next) {
                seen.push(next);
                waiting.extend(graph.get(next).into_iter().flatten());
            }
        }
        seen
    };
    let reach: BTreeMap<&String, Vec<&String>> = graph.keys().map(|module| (*module, reached(module))).collect();
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for (module, there) in &reach {
        if there.contains(module) {
            let circle: Vec<&str> =
                there.iter().filter(|other| reach[**other].contains(module)).map(|other| other.as_str()).collect();
            if !circles.iter().any(|known| known.contains(&module.as_str())) {
                circles.push(circle.into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect());
            }
        }
    }
    assert!(circles.is_empty(), "what the members share belongs into a sibling below them: {circles:?}");
}

#[test]
fn sql_the_terminal_and_printing_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let here = room(&path);
        if is_test(&path) {
            continue;
        }
        for (number, line) in own(&text).enumerate() {
            let code = line.split("//").next().unwrap_or("");
            let wrong = (code.contains("rusqlite") && here != "store")
                || ((code.contains("ratatui") || code.contains("crossterm")) && here != "tui")
                || ((code.contains("println!") || code.contains("print!(") || code.contains("stdout()"))
                    && !["cli", "main", "tui"].contains(&here.as_str()))
                || (code.contains("thread::spawn") && here != "jobs" && !path.ends_with("terminal.rs"))
                || (code.contains("thread::scope") && here != "jobs" && !path.ends_with("workbench/reading.rs"));
            if wrong {
                faults.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (path, own(&text).count()))
        .filter(|(_, lines)| *lines > LINES)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "split by idea:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_undone() {
    for (path, text) in sources() {
        for word in ["todo!(", "unimplemented!(", "dbg!("] {
            assert!(!text.contains(word), "{} holds {word}", path.display());
        }
    }
}

#[test]
fn a_setting_is_logged_by_a_name_that_both_languages_know() {
    // A word written on the spot has no name in `i18n`; `Setting` does not compile without one.
    for (path, text) in sources() {
        for line in own(&text).filter(|line| line.contains("Act::Setting")) {
            assert!(!line.contains("subject: \""), "{} logs a setting by a word of its own: {line}", path.display());
        }
    }
}
