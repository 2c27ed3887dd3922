//! What may be typed after `daoshi group`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("hands").args(["together", "apart", "links", "rescue"]).conflicts_with_all([
    "clusters", "min_size", "method", "encoder", "all", "show", "merge", "split", "cut",
])))]
pub struct Group {
    pub project: PathBuf,
    #[arg(long, value_name = "N", conflicts_with = "min_size")]
    pub clusters: Option<usize>,
    #[arg(long, value_name = "N")]
    pub min_size: Option<usize>,
    #[arg(long)]
    pub method: Option<String>,
    #[arg(long, value_name = "on|off|auto|DIR|built-in")]
    pub encoder: Option<String>,
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    #[arg(long)]
    pub all: bool,
    #[arg(long)]
    pub show: bool,
    #[arg(long, num_args = 2, value_names = ["ID", "INTO"], conflicts_with_all = ["split", "show"])]
    pub merge: Vec<i64>,
    #[arg(long, value_name = "ID", requires = "cut", conflicts_with = "show")]
    pub split: Option<i64>,
    #[arg(long, value_name = "N")]
    pub cut: Option<usize>,
    /// Two texts belong together in every later grouping; said again, it is taken back.
    #[arg(long, num_args = 2, value_names = ["TEXT_ID", "TEXT_ID"])]
    pub together: Vec<i64>,
    /// Two texts are never together; said again, it is taken back.
    #[arg(long, num_args = 2, value_names = ["TEXT_ID", "TEXT_ID"])]
    pub apart: Vec<i64>,
    /// Which texts were said to belong together or apart.
    #[arg(long)]
    pub links: bool,
    /// Takes texts in no cluster into the nearest one, from this likeness on.
    #[arg(long, value_name = "LIKENESS", value_parser = likeness)]
    pub rescue: Option<f32>,
    /// Only counts what `--rescue` would take.
    #[arg(long, requires = "rescue")]
    pub preview: bool,
    #[arg(long)]
    pub json: bool,
}

/// Reads a likeness, 0 to 1.
fn likeness(word: &str) -> Result<f32, String> {
    let likeness: f32 = word.parse().map_err(|_| word.to_owned())?;
    if (0.0..=1.0).contains(&likeness) { Ok(likeness) } else { Err("0..=1".to_owned()) }
}
