//! Finding and merging the files of a project.

use std::path::{Path, PathBuf};

use crate::domain::storybook::{Course, Storybook};
use crate::formats::bots;
use crate::formats::bots::botium::Scripts;
use crate::formats::error::Error;
use crate::formats::rasa::node;
use crate::formats::rasa::remark::{Remark, Remarks, What};
use crate::formats::rasa::{check, config, courses, domain, flows, json, markdown, training};
use crate::formats::sample::text;
use crate::text::yaml::Node;

/// How many files and how deep a folder is searched.
const MOST_FILES: usize = 5_000;
const DEEPEST: usize = 12;

/// Folders that hold no bot: trained models, environments, code, results.
const PASSED: [&str; 8] = ["models", "node_modules", "venv", "actions", "results", "graph", "__pycache__", "target"];

/// Top keys of YAML files that are Rasa's.
const KEYS: [&str; 17] = [
    "version",
    "nlu",
    "rules",
    "stories",
    "intents",
    "entities",
    "slots",
    "forms",
    "responses",
    "templates",
    "actions",
    "policies",
    "flows",
    "test_cases",
    "fixtures",
    "session_config",
    "e2e_actions",
];

/// Keys that make a folder a bot's.
const DESIGNS: [&str; 5] = ["intents:", "rules:", "stories:", "flows:", "test_cases:"];

/// A project as read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Project {
    pub book: Storybook,
    /// The files something was taken from.
    pub files: Vec<PathBuf>,
    pub remarks: Vec<Remark>,
}

/// Tells whether a folder holds a bot: a Rasa domain, rules, stories or flows, or scripts of other makers; or whether
/// a file is such a script.
pub fn is_project(folder: &Path) -> bool {
    if !folder.is_dir() {
        return bots::is_one(folder);
    }
    let has_domain = ["domain.yml", "domain.yaml", "domain"].iter().any(|name| folder.join(name).exists());
    let mut files = Vec::new();
    // Logs of other kinds are not opened for it: a folder may hold gigabytes of them.
    let designs = |file: &PathBuf| {
        let is_yaml = file.extension().is_some_and(|end| end == "yml" || end == "yaml");
        is_yaml && text(file).is_ok_and(|text| text.lines().any(|line| DESIGNS.contains(&line.trim_end())))
    };
    has_domain
        || bots(folder).len() > 1
        || gather(folder, 0, &mut files).is_ok() && files.iter().any(|file| bots::is_one(file) || designs(file))
}

/// Returns the folders right below this one that are bots of their own, when it has no domain itself.
pub fn bots(folder: &Path) -> Vec<PathBuf> {
    let own = ["domain.yml", "domain.yaml", "domain"].iter().any(|name| folder.join(name).exists());
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| !own && (path.join("domain.yml").is_file() || path.join("domain.yaml").is_file()))
        .collect();
    found.sort();
    found
}

/// Reads all files of a folder, or the one file, and merges them.
pub fn read(path: &Path) -> Result<Project, Error> {
    let root = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let mut files = Vec::new();
    if path.is_dir() {
        gather(path, 0, &mut files)?;
    } else {
        files.push(path.to_path_buf());
    }
    let (mut project, mut scripts) = (Project::default(), Scripts::default());
    let mut tests: Vec<(Vec<Course>, PathBuf)> = Vec::new();
    for file in files {
        let mut remarks = Remarks { file: &file, found: Vec::new() };
        let taken = match one(
            &file,
            is_test(file.strip_prefix(root).unwrap_or(&file)),
            &mut project.book,
            &mut scripts,
            &mut remarks,
        ) {
            Ok(taken) => taken,
            Err(error) => {
                remarks.add(line_of(&error), What::Unreadable { what: what_of(error) });
                true
            }
        };
        project.remarks.extend(remarks.found);
        if let Some(known) = same_tests(&mut project.book.tests, &tests) {
            project.remarks.push(Remark {
                place: crate::domain::storybook::Place { file: file.clone(), line: 1 },
                what: What::SameTests { other: known },
            });
        } else if !project.book.tests.is_empty() {
            tests.push((std::mem::take(&mut project.book.tests), file.clone()));
        }
        if taken {
            project.files.push(file);
        }
    }
    scripts.finish(&mut project.book);
    project.book.tests = tests.into_iter().flat_map(|(courses, _)| courses).collect();
    project.remarks.extend(check::names(&project.book));
    Ok(project)
}

/// Empties tests that are, to the step, those of a file read before, and returns that file.
fn same_tests(now: &mut Vec<Course>, before: &[(Vec<Course>, PathBuf)]) -> Option<PathBuf> {
    let key = |courses: &[Course]| -> Vec<String> {
        courses.iter().map(|course| format!("{} {:?}", course.name, course.steps)).collect()
    };
    if now.is_empty() {
        return None;
    }
    let keys = key(now);
    let known = before.iter().find(|(courses, _)| key(courses) == keys)?;
    now.clear();
    Some(known.1.clone())
}

fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |source| Error::Io { path: folder.to_path_buf(), source };
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).map_err(failed)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Links may lead out of the folder the trainer named.
        let Ok(about) = std::fs::symlink_metadata(&path) else { continue };
        if name.starts_with('.') || files.len() >= MOST_FILES {
            continue;
        }
        if about.is_dir() && depth < DEEPEST && !PASSED.contains(&name.as_str()) {
            gather(&path, depth + 1, files)?;
        }
        let lower = name.to_lowercase();
        let ours = [".yml", ".yaml", ".md", ".json"].iter().any(|end| lower.ends_with(end));
        if about.is_file() && (ours || bots::is_one(&path)) && !lower.starts_with("readme") {
            files.push(path);
        }
    }
    Ok(())
}

/// Tells by its name whether a file holds tests; Rasa does the same.
fn is_test(path: &Path) -> bool {
    let folder = path.parent().map(|folder| {
        folder
            .components()
            .any(|part| matches!(&*part.as_os_str().to_string_lossy(), "tests" | "test" | "e2e_tests" | "e2e"))
    });
    let name = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    folder.unwrap_or(false)
        || name.starts_with("test_")
        || name.ends_with("_test")
        || name.ends_with("_tests")
        || ["test_stories", "conversation_tests", "conversation-tests"].contains(&name.as_str())
}

/// Takes what one file holds; tells whether that was anything.
fn one(
    file: &Path,
    tests: bool,
    book: &mut Storybook,
    scripts: &mut Scripts,
    remarks: &mut Remarks<'_>,
) -> Result<bool, Error> {
    let content = text(file)?;
    if bots::is_one(file) {
        bots::read(file, &content, book, scripts, remarks);
        return Ok(true);
    }
    let end = file.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    match end.as_str() {
        "json" => Ok(json::read(&content, book, remarks)),
        "md" => Ok(markdown::read(&content, tests, book, remarks)),
        _ => {
            // Files of other programs beside the bot may be broken in their own ways.
            if !content.lines().any(|line| line.split_once(':').is_some_and(|(key, _)| KEYS.contains(&key.trim_end())))
            {
                return Ok(false);
            }
            let Some(tree) = node::read(file, &content)? else { return Ok(false) };
            Ok(yaml(&tree, tests, book, remarks))
        }
    }
}

fn yaml(tree: &Node, tests: bool, book: &mut Storybook, remarks: &mut Remarks<'_>) -> bool {
    let words: Vec<&str> = tree.pairs().iter().filter_map(|(key, _)| key.word()).collect();
    let ours = words.iter().any(|word| KEYS.contains(word) && *word != "version");
    if !ours {
        return false;
    }
    let is_config = words.contains(&"policies") || words.contains(&"pipeline");
    for (key, value) in tree.pairs() {
        match key.word().unwrap_or_default() {
            "nlu" if !is_config => training::read(value, book, remarks),
            "rules" => book.rules.extend(courses::read(value, remarks)),
            "stories" => {
                let courses = courses::read(value, remarks);
                if tests { &mut book.tests } else { &mut book.stories }.extend(courses);
            }
            "flows" if value.word().is_none() => book.flows.extend(flows::flows(value, remarks)),
            "test_cases" => book.cases.extend(flows::cases(value, remarks)),
            "policies" => config::policies(value, book),
            "version" | "fixtures" | "metadata" | "stub_custom_actions" | "mocks" | "imports" => {}
            _ if is_config => {}
            word => {
                if !domain::read(word, value, book, remarks) {
                    remarks.add(key.line, What::UnknownKey { key: word.to_owned() });
                }
            }
        }
    }
    true
}

fn line_of(error: &Error) -> u32 {
    match error {
        Error::Yaml { line, .. } | Error::Encoding { line, .. } => *line as u32,
        _ => 0,
    }
}

fn what_of(error: Error) -> String {
    match error {
        Error::Yaml { what, .. } => what,
        Error::Io { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}
