//! What `daoshi rehearse` takes.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct Rehearse {
    pub project: PathBuf,
    pub paths: Vec<PathBuf>,
    #[arg(long, value_name = "OUT.xml")]
    pub junit: Option<PathBuf>,
    #[arg(long)]
    pub coverage: bool,
    /// A Rasa project whose test conversations are played on its own rules and stories.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["paths", "junit", "coverage"])]
    pub rasa: Option<PathBuf>,
    /// Where the rules that are missing are written.
    #[arg(long, value_name = "OUT.yml", requires = "rasa")]
    pub missing: Option<PathBuf>,
    #[arg(long)]
    pub propose: bool,
    #[arg(long, requires = "propose")]
    pub keep: bool,
    #[arg(long)]
    pub mutate: bool,
    #[arg(long)]
    pub perturb: bool,
    #[arg(long)]
    pub simulate: bool,
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub kinds: Vec<String>,
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub draws: u64,
    #[arg(long, value_name = "NAME")]
    pub against: Option<String>,
    #[arg(long, value_name = "NAME", requires = "against")]
    pub version: Option<String>,
    #[arg(long, value_name = "GROUP", value_delimiter = ',', requires = "against")]
    pub accept: Vec<usize>,
    #[arg(long, value_name = "GROUP", value_delimiter = ',', requires = "against")]
    pub reject: Vec<usize>,
    #[arg(long, value_name = "OUT.html")]
    pub html: Option<PathBuf>,
    #[arg(long, value_name = "N")]
    pub most: Option<usize>,
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    #[arg(long)]
    pub json: bool,
}
