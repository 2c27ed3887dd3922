//! What may be typed after `daoshi intents`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("act").args(["rename", "merge", "split", "place", "delete"])))]
pub struct Intents {
    pub project: PathBuf,
    #[arg(long, value_name = "OLD=NEW")]
    pub rename: Option<String>,
    #[arg(long, value_name = "FROM=INTO")]
    pub merge: Option<String>,
    #[arg(long, value_name = "FROM=INTO", requires = "query")]
    pub split: Option<String>,
    #[arg(long = "where", value_name = "QUERY", requires = "split")]
    pub query: Option<String>,
    #[arg(long, value_name = "NAME=CATEGORY")]
    pub place: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub delete: Option<String>,
    #[arg(long, requires = "act")]
    pub preview: bool,
    #[arg(long, requires = "preview")]
    pub scores: bool,
    #[arg(long)]
    pub json: bool,
}
