//! Reads a pack: the themes people come with, how they talk, the tables of slips, and the files to be written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::grammar::Words;

/// Everything one sample project's logs are made from.
pub struct Pack {
    pub plan: Plan,
    pub themes: Vec<Theme>,
    pub speech: Words,
    pub words: Words,
    pub synonyms: Table,
    pub typos: Table,
    pub heard: Table,
    pub traditional: Table,
}

/// Which files are written, from `pack.yaml`.
#[derive(Deserialize)]
pub struct Plan {
    pub title: String,
    pub language: Language,
    pub folder_note: String,
    pub files: Vec<FilePlan>,
}

/// The language of the customers.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Zh,
    En,
}

/// One file, or one series of files.
#[derive(Clone, Deserialize)]
pub struct FilePlan {
    pub path: String,
    pub shape: Shape,
    pub encoding: Encoding,
    #[serde(default)]
    pub columns: Columns,
    pub turns: usize,
    #[serde(default)]
    pub bot: f64,
    #[serde(default)]
    pub masks: f64,
    #[serde(default)]
    pub html: f64,
    #[serde(default = "usual_emoji")]
    pub emoji: f64,
    #[serde(default = "one")]
    pub novel: f64,
    #[serde(default)]
    pub broken: usize,
    #[serde(default)]
    pub only: Vec<String>,
}

/// The outer form of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    Table,
    MessageLines,
    Openai,
    Qianniu,
    Qq,
    List,
    Calls,
    Chat,
    Mail,
}

/// How many columns a table has.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Columns {
    #[default]
    Narrow,
    Wide,
}

/// The bytes of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16le,
    Gbk,
    GbkCrlf,
}

/// What one kind of customer wants, and what they are told.
pub struct Theme {
    pub key: String,
    /// The file of the pack it stands in, without `.yaml`.
    pub part: String,
    pub label: String,
    pub weight: f64,
    /// True when the project's catalogue has no intent for it.
    pub novel: bool,
    pub chatter: bool,
    pub say: Vec<String>,
    pub tell: Vec<String>,
    pub why: Vec<String>,
    pub more: Vec<String>,
    pub bot: Vec<String>,
    pub clarify: Vec<String>,
    pub answer: Vec<String>,
    pub agent: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeText {
    label: String,
    weight: f64,
    #[serde(default)]
    novel: bool,
    #[serde(default)]
    chatter: bool,
    say: String,
    tell: String,
    #[serde(default)]
    why: String,
    more: String,
    bot: String,
    #[serde(default)]
    clarify: String,
    #[serde(default)]
    answer: String,
    agent: String,
}

/// Replacements, longest first.
pub struct Table(pub Vec<(String, Vec<String>)>);

/// Reads the pack in `folder`; a fault in it is a fault of the author and ends the program with its place.
pub fn read(folder: &Path) -> Pack {
    let mut themes = Vec::new();
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|why| panic!("{}: {why}", folder.display()))
        .map(|entry| entry.expect("a folder that opened can be listed").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "yaml"))
        .collect();
    names.sort();
    for path in names {
        let part = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if ["pack", "speech", "words"].contains(&part.as_str()) {
            continue;
        }
        let read: BTreeMap<String, ThemeText> = yaml(&path);
        themes.extend(read.into_iter().map(|(key, text)| theme(key, part.clone(), text)));
    }
    Pack {
        plan: yaml(&folder.join("pack.yaml")),
        themes,
        speech: lists(yaml(&folder.join("speech.yaml"))),
        words: lists(yaml(&folder.join("words.yaml"))),
        synonyms: table(&folder.join("synonyms.tsv")),
        typos: table(&folder.join("typos.tsv")),
        heard: table(&folder.join("heard.tsv")),
        traditional: table(&folder.join("traditional.tsv")),
    }
}

fn theme(key: String, part: String, text: ThemeText) -> Theme {
    Theme {
        key,
        part,
        label: text.label,
        weight: text.weight,
        novel: text.novel,
        chatter: text.chatter,
        say: lines(&text.say),
        tell: lines(&text.tell),
        why: lines(&text.why),
        more: lines(&text.more),
        bot: lines(&text.bot),
        clarify: lines(&text.clarify),
        answer: lines(&text.answer),
        agent: lines(&text.agent),
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

fn lists(texts: BTreeMap<String, String>) -> Words {
    texts.into_iter().map(|(name, text)| (name, lines(&text))).collect()
}

fn yaml<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// A table that does not exist is empty: English has no traditional characters.
fn table(path: &Path) -> Table {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut rows: Vec<(String, Vec<String>)> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(from, to)| (from.to_owned(), to.split('|').map(str::to_owned).collect()))
        .collect();
    rows.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    Table(rows)
}

fn usual_emoji() -> f64 {
    0.06
}

fn one() -> f64 {
    1.0
}
