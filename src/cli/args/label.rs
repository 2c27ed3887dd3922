//! What may be typed after `daoshi label`.

use std::path::PathBuf;

use clap::{ArgAction, ArgGroup, Args};

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("what").required(true).args([
    "from", "cluster", "undo", "agreement", "overlap", "disputes", "settle", "query", "slice", "slices", "drop_slice",
    "moods", "text",
])))]
pub struct Label {
    pub project: PathBuf,
    #[arg(long, value_name = "FILE.tsv")]
    pub from: Option<PathBuf>,
    #[arg(long, value_name = "ID", requires = "intent")]
    pub cluster: Option<i64>,
    #[arg(long)]
    pub intent: Option<String>,
    #[arg(long, value_name = "N")]
    pub cut: Option<usize>,
    #[arg(long)]
    pub undo: bool,
    #[arg(long, value_name = "text,intent")]
    pub columns: Option<String>,
    /// How far trainers agree, who labelled what and how fast.
    #[arg(long)]
    pub agreement: bool,
    /// The share of the queue asked of several trainers.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub overlap: Option<u8>,
    #[arg(long, value_name = "N", requires = "overlap", conflicts_with_all = ["agreement", "disputes", "settle"], default_value_t = 2, value_parser = clap::value_parser!(u32).range(2..=99))]
    pub raters: u32,
    #[arg(long, value_name = "N", requires = "overlap", default_value_t = 1)]
    pub seed: u64,
    /// Texts on which trainers differ, both values side by side.
    #[arg(long)]
    pub disputes: bool,
    #[arg(long, value_name = "TEXT_ID=INTENT", action = ArgAction::Append)]
    pub settle: Vec<String>,
    /// The texts that meet a query; with `--intent` all of them are labelled in one act.
    #[arg(long = "where", value_name = "QUERY")]
    pub query: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub slice: Option<String>,
    #[arg(long, value_name = "NAME", requires = "query", conflicts_with_all = ["slice", "slices", "drop_slice"])]
    pub save_slice: Option<String>,
    #[arg(long)]
    pub slices: bool,
    #[arg(long, value_name = "NAME")]
    pub drop_slice: Option<String>,
    /// Sorts what is found by its nearness to these texts.
    #[arg(long, value_name = "TEXT_ID", action = ArgAction::Append)]
    pub similar: Vec<i64>,
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// How texts sound: a mood, with its risks after commas; `none` takes it back. Of the texts of `--text`, `--where`
    /// or `--slice`.
    #[arg(long, value_name = "MOOD[,RISK]", conflicts_with_all = ["from", "cluster", "intent", "moods", "save_slice", "similar", "preview"])]
    pub mood: Option<String>,
    /// The texts `--mood`, `--span` or `--unspan` speak of; alone it lists what is marked in them.
    #[arg(long, value_name = "TEXT_ID", action = ArgAction::Append)]
    pub text: Vec<i64>,
    /// Marks words of a text as an entity; named again, those that stand there next.
    #[arg(long, value_name = "ENTITY=WORDS[=VALUE]", action = ArgAction::Append, requires = "text", conflicts_with = "mood")]
    pub span: Vec<String>,
    /// Takes the mark of these words away.
    #[arg(long, value_name = "WORDS", action = ArgAction::Append, requires = "text", conflicts_with = "mood")]
    pub unspan: Vec<String>,
    /// A file of texts and moods, one a line.
    #[arg(long, value_name = "FILE.tsv")]
    pub moods: Option<PathBuf>,
    /// Only counts what `--intent` would label.
    #[arg(long, requires = "intent", conflicts_with_all = ["from", "cluster"])]
    pub preview: bool,
    #[arg(long)]
    pub json: bool,
}
