//! What `daoshi evaluate` takes.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("texts").args(["on", "cross_validate", "run", "kept"])))]
#[command(group(ArgGroup::new("what").args(["compare", "threshold", "reliability", "growth", "forecast", "answers", "entities", "moods", "keep", "release", "causes"])))]
pub struct Evaluate {
    pub project: PathBuf,
    #[arg(long, value_name = "FILE.tsv")]
    pub on: Option<PathBuf>,
    #[arg(long, value_name = "text,intent")]
    pub columns: Option<String>,
    #[arg(long, value_name = "K")]
    pub cross_validate: Option<usize>,
    #[arg(long, value_name = "ID")]
    pub run: Option<i64>,
    /// Scores the texts kept for testing.
    #[arg(long)]
    pub kept: bool,
    #[arg(long, value_name = "ID")]
    pub compare: Option<i64>,
    #[arg(long)]
    pub threshold: bool,
    #[arg(long, value_name = "WRONG,ASK,HANDOFF", requires = "threshold")]
    pub costs: Option<String>,
    #[arg(long)]
    pub reliability: bool,
    #[arg(long)]
    pub growth: bool,
    #[arg(long)]
    pub forecast: bool,
    #[arg(long)]
    pub answers: bool,
    #[arg(long)]
    pub entities: bool,
    /// How well moods are heard beside the run.
    #[arg(long)]
    pub moods: bool,
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=50))]
    pub keep: Option<u8>,
    #[arg(long)]
    pub release: bool,
    #[arg(long)]
    pub causes: bool,
    #[arg(long, value_name = "OUT")]
    pub html: Option<PathBuf>,
    #[arg(long, value_name = "OUT.md|OUT.html")]
    pub report: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}
