//! The command line as data. What each word means to a reader stands in `i18n::command`; see [`command`].

pub mod evaluate;
pub mod group;
pub mod intents;
pub mod label;
pub mod rehearse;

use std::path::PathBuf;

use clap::{ArgAction, ArgGroup, Args, Parser, Subcommand};

use crate::i18n::Lang;

/// Everything that may be typed.
#[derive(Debug, Parser)]
#[command(name = "daoshi", version, disable_help_subcommand = true)]
pub struct Cli {
    #[arg(long, global = true, value_name = "zh|en", value_parser = lang)]
    pub lang: Option<Lang>,
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub name: Option<String>,
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// `daoshi P` is `daoshi open P`.
    pub project: Option<PathBuf>,
    #[arg(long)]
    pub plain: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    Demo(Demo),
    New(New),
    Open(Open),
    Import(Box<Import>),
    Clean(Box<Clean>),
    Group(group::Group),
    Label(Box<label::Label>),
    Intents(intents::Intents),
    Train(Train),
    Evaluate(Box<evaluate::Evaluate>),
    Design(Design),
    Talk(Talk),
    Rehearse(rehearse::Rehearse),
    Export(Export),
    Understand(Understand),
    Sql(Sql),
    Doctor(Doctor),
    Backup(Backup),
    Restore(Restore),
    Log(Log),
    Undo(Undo),
    Redo(Undo),
    Purge(Purge),
    Completions(Completions),
    Man,
}

#[derive(Debug, Args)]
pub struct Demo {
    #[arg(long)]
    pub dir: Option<PathBuf>,
    #[arg(long)]
    pub no_open: bool,
    /// Which sample: `finance-zh` or `shop-en`.
    #[arg(long, default_value = "finance-zh")]
    pub sample: String,
}

#[derive(Debug, Args)]
pub struct New {
    pub project: PathBuf,
    #[arg(long, value_name = "SAMPLE_DIR")]
    pub from: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Open {
    pub project: PathBuf,
    #[arg(long)]
    pub plain: bool,
}

#[derive(Debug, Args)]
pub struct Import {
    pub project: PathBuf,
    #[arg(required_unless_present_any = ["swap_file", "watch", "list", "rejected", "withdraw", "profiles", "delete_profile", "export_profile", "import_profile"])]
    pub paths: Vec<PathBuf>,
    #[arg(long)]
    pub format: Option<String>,
    #[arg(long)]
    pub encoding: Option<String>,
    #[arg(long, value_name = "text,intent,…")]
    pub columns: Option<String>,
    #[arg(long)]
    pub no_header: bool,
    /// Which sheet of a workbook.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Where the rows that could not be used are written.
    #[arg(long, value_name = "DIR")]
    pub failed: Option<PathBuf>,
    #[arg(long, conflicts_with = "no_header")]
    pub header: bool,
    #[arg(long, value_name = ", | ; | TAB")]
    pub delimiter: Option<String>,
    #[arg(long, value_name = "NAME=ROLE", action = ArgAction::Append)]
    pub role: Vec<String>,
    #[arg(long)]
    pub swap_roles: bool,
    #[arg(long, value_name = "FILE|ID", conflicts_with = "paths")]
    pub swap_file: Option<String>,
    #[arg(long, value_name = "+08:00")]
    pub zone: Option<String>,
    #[arg(long, value_name = "chat|call|mail|list")]
    pub channel: Option<String>,
    #[arg(long, value_name = "NAME|auto|none")]
    pub profile: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub save_profile: Option<String>,
    #[arg(long)]
    pub profiles: bool,
    #[arg(long, value_name = "NAME")]
    pub delete_profile: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub export_profile: Option<String>,
    #[arg(long, value_name = "FILE.toml")]
    pub import_profile: Option<PathBuf>,
    #[arg(long)]
    pub list: bool,
    #[arg(long, value_name = "BATCH")]
    pub rejected: Option<i64>,
    #[arg(long, value_name = "BATCH")]
    pub withdraw: Option<i64>,
    #[arg(long, value_name = "DIR", conflicts_with_all = ["paths", "preview"])]
    pub watch: Option<PathBuf>,
    #[arg(long, requires = "watch")]
    pub once: bool,
    #[arg(long, value_name = "SECONDS", requires = "watch", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub every: u64,
    #[arg(long)]
    pub preview: bool,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Clean {
    pub project: PathBuf,
    #[arg(long, value_name = "a,b,…")]
    pub rules: Option<String>,
    #[arg(long, value_name = "RULE", action = ArgAction::Append)]
    pub on: Vec<String>,
    #[arg(long, value_name = "RULE", action = ArgAction::Append)]
    pub off: Vec<String>,
    #[arg(long)]
    pub report: bool,
    #[command(flatten)]
    pub lists: CleanLists,
    #[command(flatten)]
    pub acts: CleanActs,
    #[arg(long)]
    pub json: bool,
}

/// What cleaning found, one list at a time.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct CleanLists {
    #[arg(long)]
    pub quarantine: bool,
    #[arg(long)]
    pub merged: bool,
    #[arg(long)]
    pub canned: bool,
    #[arg(long)]
    pub heard: bool,
    #[arg(long)]
    pub conflicts: bool,
    #[arg(long)]
    pub texts: bool,
    #[arg(long)]
    pub dictionary: bool,
}

/// What a trainer decides; each is an event.
#[derive(Debug, Args)]
pub struct CleanActs {
    /// Narrows `--quarantine`.
    #[arg(long, value_name = "WORD", requires = "quarantine")]
    pub reason: Option<String>,
    /// Narrows `--texts`.
    #[arg(long, value_name = "zh|yue|en|und", requires = "texts")]
    pub language: Option<String>,
    /// Narrows `--canned`.
    #[arg(long, value_name = "N", requires = "canned")]
    pub least: Option<u64>,
    #[arg(long = "return", value_name = "ID", action = ArgAction::Append)]
    pub give_back: Vec<i64>,
    #[arg(long, value_name = "ID", action = ArgAction::Append)]
    pub part: Vec<i64>,
    #[arg(long, value_name = "ID", action = ArgAction::Append)]
    pub join: Vec<i64>,
    #[arg(long, value_name = "TEXT", action = ArgAction::Append)]
    pub tick: Vec<String>,
    #[arg(long, value_name = "TEXT", action = ArgAction::Append)]
    pub untick: Vec<String>,
    #[arg(long)]
    pub customers: bool,
    #[arg(long, value_name = "A=B", action = ArgAction::Append)]
    pub accept: Vec<String>,
    #[arg(long, value_name = "A", action = ArgAction::Append)]
    pub refuse: Vec<String>,
    #[arg(long = "in", value_name = "TEXT_ID")]
    pub within: Option<i64>,
    #[arg(long, value_name = "FAMILY=INTENT", action = ArgAction::Append)]
    pub settle: Vec<String>,
    #[arg(long, value_name = "WORD/TAG", action = ArgAction::Append)]
    pub word: Vec<String>,
    #[arg(long, value_name = "WORD", action = ArgAction::Append)]
    pub drop_word: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Train {
    pub project: PathBuf,
    #[arg(long)]
    pub algorithm: Option<String>,
    #[arg(long, conflicts_with = "algorithm")]
    pub compare: bool,
    #[arg(long, value_name = "DIR|built-in")]
    pub encoder: Option<String>,
    #[arg(long, value_name = "OUT", requires = "encoder", conflicts_with = "compare")]
    pub fine_tune: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 3, requires = "fine_tune")]
    pub epochs: usize,
    #[arg(long, default_value_t = 5e-5, requires = "fine_tune")]
    pub rate: f64,
    #[arg(long, value_name = "N", default_value_t = 16, requires = "fine_tune")]
    pub batch: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Design {
    pub project: PathBuf,
    #[command(subcommand)]
    pub act: DesignAct,
}

#[derive(Debug, Subcommand)]
pub enum DesignAct {
    Lint {
        #[arg(long)]
        json: bool,
        #[arg(long)]
        show: bool,
    },
    Import {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    Export {
        out: PathBuf,
    },
    Graph,
    Versions {
        #[arg(long)]
        json: bool,
    },
    Limits {
        #[arg(long, value_name = "COST", default_value_t = 5.0)]
        wrong: f64,
        #[arg(long, value_name = "COST", default_value_t = 1.0)]
        ask: f64,
        #[arg(long, value_name = "COST", default_value_t = 8.0)]
        handoff: f64,
        #[arg(long)]
        json: bool,
    },
    Bundle {
        out: PathBuf,
        #[arg(long, value_name = "NAME")]
        version: Option<String>,
    },
    Diff {
        with: Option<String>,
    },
    Publish {
        name: String,
    },
    Rollback {
        name: String,
    },
}

#[derive(Debug, Args)]
pub struct Talk {
    pub project: PathBuf,
    #[arg(long)]
    pub plain: bool,
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    #[arg(long)]
    pub trace: bool,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "HH:MM")]
    pub hour: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub version: Option<String>,
}

#[derive(Debug, Args)]
pub struct Export {
    pub project: PathBuf,
    pub out: PathBuf,
    #[arg(long)]
    pub format: Option<String>,
    #[arg(long, conflicts_with = "with_pii")]
    pub linked: bool,
    #[arg(long)]
    pub with_pii: bool,
    /// Only examples that meet a query.
    #[arg(long = "where", value_name = "QUERY")]
    pub query: Option<String>,
}

#[derive(Debug, Args)]
pub struct Understand {
    pub project: PathBuf,
    #[arg(long)]
    pub vectors: bool,
    #[arg(long)]
    pub skeleton: bool,
    #[arg(long)]
    pub wording: bool,
    #[arg(long)]
    pub answers: bool,
    #[arg(long, value_name = "YYYY-MM-DD", requires = "answers")]
    pub day: Option<String>,
    #[arg(long, value_name = "NAME", requires = "answers")]
    pub channel: Option<String>,
}

#[derive(Debug, Args)]
pub struct Sql {
    pub project: PathBuf,
    pub statement: String,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Doctor {
    pub project: PathBuf,
    #[arg(long)]
    pub repair: bool,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Backup {
    pub project: PathBuf,
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Restore {
    pub project: PathBuf,
    pub backup: PathBuf,
}

#[derive(Debug, Args)]
pub struct Log {
    pub project: PathBuf,
    #[arg(long)]
    pub who: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<String>,
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Undo {
    pub project: PathBuf,
}

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("target").args(["conversation", "batch", "before", "matching", "all"])))]
pub struct Purge {
    pub project: PathBuf,
    #[arg(long, value_name = "ID|NAME")]
    pub conversation: Option<String>,
    #[arg(long, value_name = "ID")]
    pub batch: Option<i64>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub before: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub matching: Option<String>,
    #[arg(long)]
    pub all: bool,
    #[arg(long)]
    pub json: bool,
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct Completions {
    pub shell: clap_complete::Shell,
}

fn lang(word: &str) -> Result<Lang, String> {
    Lang::named(word).ok_or_else(|| "zh, en".to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::i18n::{EN, ZH};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_language_may_stand_anywhere_and_a_project_alone_opens() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' ')).expect(line);
        for line in ["daoshi --lang en train p", "daoshi train --lang en p", "daoshi train p --lang en"] {
            let cli = parse(line);
            assert_eq!(cli.lang, Some(Lang::En), "{line}");
            assert!(matches!(cli.verb, Some(Verb::Train(_))), "{line}");
        }
        let cli = parse("daoshi --lang en p.daoshi --as li");
        assert_eq!((cli.project.as_deref(), cli.verb.is_none()), (Some(std::path::Path::new("p.daoshi")), true));
        assert_eq!(cli.name.as_deref(), Some("li"));
    }

    #[test]
    fn one_of_several_ways_is_taken_with_its_project() {
        for line in [
            "daoshi label p --undo",
            "daoshi label p --from a.tsv --columns text,intent --json",
            "daoshi label p --cluster 3 --intent a --cut 7",
            "daoshi label p --overlap 10 --raters 3",
            "daoshi label p --where label:none --intent a --preview",
            "daoshi label p --slice late --similar 3 --similar 4 --limit 9 --json",
            "daoshi export p out.jsonl --where by:li",
            "daoshi label p --agreement --json",
            "daoshi label p --settle 12=a --settle 13=b",
            "daoshi intents p",
            "daoshi intents p --merge a=b --preview --scores --json",
            "daoshi intents p --split a=b --where by:li",
            "daoshi purge p",
            "daoshi purge p --yes --json",
            "daoshi purge p --matching word --yes",
            "daoshi purge p --conversation 7",
            "daoshi import p --list",
            "daoshi import p --watch drop --once --json",
        ] {
            Cli::try_parse_from(line.split(' ')).unwrap_or_else(|fault| panic!("{line}: {fault}"));
        }
        for line in [
            "daoshi label p",
            "daoshi label p --undo --from a.tsv",
            "daoshi label p --agreement --raters 3",
            "daoshi label p --overlap 101",
            "daoshi label p --where a --slice b",
            "daoshi label p --slices --save-slice b",
            "daoshi intents p --merge a=b --delete c",
            "daoshi intents p --split a=b",
            "daoshi intents p --preview",
            "daoshi purge p --all --batch 3",
            "daoshi import p",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }

    #[test]
    fn every_word_is_explained_in_both_languages() {
        fn walk(command: &clap::Command, path: &str) {
            for words in [&ZH, &EN] {
                let key = if path.is_empty() { "daoshi" } else { path };
                assert!(!words.command.of(key).is_empty(), "{key}");
                for arg in command.get_arguments() {
                    let key =
                        if path.is_empty() { arg.get_id().to_string() } else { format!("{path}.{}", arg.get_id()) };
                    assert!(!words.command.of(&key).is_empty(), "{key}");
                }
            }
            for verb in command.get_subcommands() {
                let key =
                    if path.is_empty() { verb.get_name().to_string() } else { format!("{path}.{}", verb.get_name()) };
                walk(verb, &key);
            }
        }
        walk(&Cli::command(), "");
    }
}
