//! How the program is used, in the interface's language: the pages of `--help`, and what was typed wrong.
//!
//! The arguments themselves stand in `args`, what they mean in `i18n::command`.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, CommandFactory};

use crate::cli::args::Cli;
use crate::i18n::{Words, fill};

/// Returns the command with its explanations in one language.
pub fn command(words: &Words) -> clap::Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let version = version.help(words.usage.version).help_heading(words.usage.options);
    explain(Cli::command(), "", words).disable_version_flag(true).arg(version)
}

fn explain(command: clap::Command, path: &str, words: &Words) -> clap::Command {
    let t = &words.usage;
    let here = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
    let about = words.command.of(if path.is_empty() { "daoshi" } else { path });
    let args: Vec<String> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_string()).collect();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(t.help).help_heading(t.options);
    let mut command = command
        .about(about.to_string())
        .long_about(None)
        .help_template(t.page)
        .subcommand_help_heading(t.commands)
        .disable_help_flag(true);
    for arg in args {
        let meaning = words.command.of(&here(&arg)).to_string();
        command = command.mut_arg(arg, |arg| {
            let heading = if arg.is_positional() { t.arguments } else { t.options };
            arg.help(meaning).long_help(None).help_heading(heading)
        });
    }
    for verb in verbs {
        command = command.mut_subcommand(verb.clone(), |verb_command| explain(verb_command, &here(&verb), words));
    }
    command.arg(help)
}

/// Returns what was typed wrong as a sentence; `None` where clap has no mistake to tell but a page to show.
pub fn mistake(error: &clap::Error, words: &Words) -> Option<String> {
    let t = &words.usage;
    let told = |kind: ContextKind| error.get(kind).map(shown).unwrap_or_default();
    let what = told(ContextKind::InvalidArg);
    // The last of clap's suggestions is the nearest.
    let near = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::Strings(words)) => words.last().cloned(),
        other => other.map(shown),
    };
    let near = |kind| near(kind).map(|near| fill(t.near, &[("near", &near)])).unwrap_or_default();
    let said = match error.kind() {
        ErrorKind::UnknownArgument => fill(t.unknown, &[("what", &what)]) + &near(ContextKind::SuggestedArg),
        ErrorKind::InvalidSubcommand => {
            let what = told(ContextKind::InvalidSubcommand);
            fill(t.unknown_command, &[("what", &what)]) + &near(ContextKind::SuggestedSubcommand)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = told(ContextKind::InvalidValue);
            let possible = told(ContextKind::ValidValue);
            let said = match value.is_empty() {
                true => fill(t.no_value, &[("what", &what)]),
                false => fill(t.value, &[("what", &what), ("value", &value)]),
            };
            match possible.is_empty() {
                true => said,
                false => said + &fill(t.possible, &[("possible", &possible)]),
            }
        }
        ErrorKind::MissingRequiredArgument => fill(t.missing, &[("what", &what)]),
        ErrorKind::MissingSubcommand => t.missing_command.to_string(),
        ErrorKind::ArgumentConflict => fill(t.conflict, &[("what", &what), ("other", &told(ContextKind::PriorArg))]),
        _ => return None,
    };
    Some(said + t.see_help)
}

/// Returns what clap knows of a mistake, without its colours.
fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(words) => words.join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{EN, ZH};

    fn told(line: &str, words: &Words) -> String {
        let error = command(words).try_get_matches_from(line.split(' ')).expect_err(line);
        mistake(&error, words).unwrap_or_default()
    }

    #[test]
    fn what_was_typed_wrong_is_said_in_the_interface_s_language() {
        assert_eq!(told("daoshi train p --sed 3", &ZH), "不认识「--sed」。是不是「--seed」？加 --help 看用法。");
        assert_eq!(
            told("daoshi train p --sed 3", &EN),
            "Unknown: --sed. Did you mean --seed? Add --help to see how it is used."
        );
        assert_eq!(told("daoshi design p lnit", &ZH), "没有「lnit」这个命令。是不是「lint」？加 --help 看用法。");
        assert_eq!(told("daoshi train p --seed x", &ZH), "「x」不能用于 --seed <SEED>。加 --help 看用法。");
        assert_eq!(told("daoshi train", &ZH), "还缺 <PROJECT>。加 --help 看用法。");
        assert!(told("daoshi label p --undo --from a.tsv", &ZH).starts_with("--undo 不能和 --from <FILE.tsv> 一起用"));
        assert!(told("daoshi purge p --batch", &EN).contains("wants something after it"));
    }

    #[test]
    fn pages_and_versions_are_no_mistakes() {
        assert_eq!(told("daoshi --help", &ZH), "");
        assert_eq!(told("daoshi train -h", &ZH), "");
        assert_eq!(told("daoshi --version", &EN), "");
        let page = command(&ZH).try_get_matches_from(["daoshi", "train", "-h"]).expect_err("a page").to_string();
        for word in ["用法：", "参数:", "选项:", "显示这份说明", "随机种子"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        assert!(!page.contains("Usage") && !page.contains("Options"), "{page}");
    }
}
