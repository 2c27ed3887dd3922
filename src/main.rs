//! daoshi: arguments to a verb or a screen, and an exit code.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::FromArgMatches;

use daoshi::cli::print::Printer;
use daoshi::cli::{self, Next, args, usage};
use daoshi::i18n::{Lang, Words};
use daoshi::settings::{self, Settings};
use daoshi::{explain, tui};

fn main() -> ExitCode {
    let typed: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let (settings, trouble) = match settings::load() {
        Ok(settings) => (settings, None),
        Err(error) => (Settings::default(), Some(error)),
    };
    let words = settings.language(asked_language(&typed), None).words();
    if let Some(error) = trouble {
        Printer { words }.word(&explain::settings(&error, words));
        return ExitCode::from(1);
    }
    let matches = match usage::command(words).try_get_matches_from(&typed) {
        Ok(matches) => matches,
        Err(error) => return refuse(&error, words),
    };
    let cli = match args::Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, words),
    };
    if cli.verb.is_none() && cli.project.is_none() {
        let _ = usage::command(words).print_help();
        return ExitCode::from(2);
    }
    let (asked, actor) = (cli.lang, settings.actor(cli.name.as_deref()));
    match cli::run(cli, &settings, Printer { words }) {
        Next::Exit(code) => ExitCode::from(code),
        Next::Screen { project, plain } => show(&project, &actor, asked, &settings, plain, words),
    }
}

/// Tells a mistake of usage, code 2; a page that was asked for is printed by clap, code 0.
fn refuse(error: &clap::Error, words: &'static Words) -> ExitCode {
    match usage::mistake(error, words) {
        Some(told) => Printer { words }.word(&told),
        None => error.exit(),
    }
    ExitCode::from(2)
}

/// Finds `--lang` before the arguments are parsed, so that even their mistakes are told in it.
fn asked_language(typed: &[std::ffi::OsString]) -> Option<Lang> {
    let mut words = typed.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if word == "--lang" {
            return words.next().and_then(Lang::named);
        }
        if let Some(name) = word.strip_prefix("--lang=") {
            return Lang::named(name);
        }
    }
    None
}

/// Shows a project on screen; line by line where there is no screen to show it on.
fn show(
    project: &Path,
    actor: &str,
    asked: Option<Lang>,
    settings: &Settings,
    plain: bool,
    words: &'static Words,
) -> ExitCode {
    let out = Printer { words };
    if plain || !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        if !plain {
            out.say(words.command.no_terminal, &[]);
            return ExitCode::from(1);
        }
        return ExitCode::from(cli::plain::label(project, actor, out));
    }
    match tui::open(project, actor, asked, settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            out.word(&why);
            ExitCode::from(1)
        }
    }
}
