//! An error becomes a sentence: what happened, where, and what to do next, in the user's language.
//!
//! The one place that speaks of failures; called by `cli` and `tui`. Paths and texts of others pass `text::safe`
//! here, so that a file name cannot drive a terminal. Not here: the phrases (`i18n::trouble`).

use crate::explain::gap::{place, shown};
use crate::formats::column::ColumnRole;
use crate::i18n::trouble::Trouble;
use crate::i18n::{Words, fill};
use crate::text::safe::safe;
use crate::workbench::error::Error;

pub mod agreement;
mod book;
pub mod erased;
pub mod forecast;
mod gap;
pub mod moods;
pub mod policy;
pub mod proof;
mod query;
pub mod reason;
pub mod report;
pub mod skeleton;
pub mod storybook;
pub mod surgery;
mod told;
pub mod trace;
pub mod trials;
pub mod wording;

/// Returns the sentence for an error.
pub fn sentence(error: &Error, words: &Words) -> String {
    let t = &words.trouble;
    match error {
        Error::Store(error) => store(error, words),
        Error::Formats(error) => formats(error, words),
        Error::Clustering(crate::clustering::error::Error::Stopped)
        | Error::Nlu(crate::nlu::error::Error::Stopped)
        | Error::Stopped => t.stopped.to_string(),
        Error::Clustering(error) => fill(t.arithmetic, &[("what", &shown(error))]),
        Error::Nlu(error) => nlu(error, words),
        Error::Policy(error) => policy::error(error, words),
        Error::PolicyFile { path, source } => {
            // Some of these sentences bring their own stop.
            let what = policy::error(source, words);
            let stop = if what.ends_with(['。', '？', '.', '?']) { "" } else { t.stop };
            fill(t.in_file, &[("path", &place(path)), ("what", &what), ("stop", stop)])
        }
        Error::UnknownIntent { name, nearest: Some(near) } => {
            fill(t.unknown_intent_near, &[("name", &shown(name)), ("near", &shown(near))])
        }
        Error::UnknownIntent { name, nearest: None } => fill(t.unknown_intent, &[("name", &shown(name))]),
        Error::NameTaken { name } => fill(t.name_taken, &[("name", &shown(name))]),
        Error::VersionExists { name } => fill(t.version_exists, &[("name", &shown(name))]),
        Error::EmptyName => t.empty_name.to_string(),
        Error::UnknownCluster { id } => fill(t.unknown_cluster, &[("id", &id.to_string())]),
        Error::UnknownBatch { id } => fill(t.unknown_batch, &[("id", &id.to_string())]),
        Error::UnknownRun { id } => fill(t.unknown_run, &[("id", &id.to_string())]),
        Error::UnknownTurn { id } => fill(t.unknown_turn, &[("id", &id.to_string())]),
        Error::NotInText { id, words } => fill(t.not_in_text, &[("id", &id.to_string()), ("words", words)]),
        Error::UnknownText { id } => fill(t.unknown_text, &[("id", &id.to_string())]),
        Error::NothingJoined { id } => fill(t.nothing_joined, &[("id", &id.to_string())]),
        Error::NothingToJoin { id } => fill(t.nothing_to_join, &[("id", &id.to_string())]),
        Error::NotAside { id } => fill(t.not_aside, &[("id", &id.to_string())]),
        Error::NotHeard { heard } => fill(t.not_heard, &[("heard", heard)]),
        Error::UnknownRule { name, known } => {
            fill(t.unknown_rule, &[("name", &shown(name)), ("known", &known.join(", "))])
        }
        Error::UnknownChoice { what, name, known } => {
            fill(t.unknown_choice, &[("what", what), ("name", &shown(name)), ("known", &known.join(", "))])
        }
        Error::UnknownName { what, name } => fill(t.unknown_name, &[("what", what), ("name", &shown(name))]),
        Error::Query { source, .. } => query::faulty(source, words),
        Error::OneFamily => t.one_family.to_string(),
        Error::NamedInPolicy { name, line } => {
            fill(t.named_in_policy, &[("name", &shown(name)), ("line", &line.to_string())])
        }
        Error::NoStretch => t.no_stretch.to_string(),
        Error::SpansCross { entity } => fill(t.spans_cross, &[("entity", &shown(entity))]),
        Error::NoUtterances => t.no_utterances.to_string(),
        Error::NoGrouping => t.no_grouping.to_string(),
        Error::NoModel => t.no_model.to_string(),
        Error::NoPolicy => t.no_policy.to_string(),
        Error::NoRehearsals => t.no_rehearsals.to_string(),
        Error::TooFewExamples { examples, intents } => {
            fill(t.too_few_examples, &[("examples", &examples.to_string()), ("intents", &intents.to_string())])
        }
        Error::TooFewMarks { marks, least } => {
            fill(t.too_few_marks, &[("marks", &marks.to_string()), ("least", &least.to_string())])
        }
        Error::NoTests => t.no_tests.to_string(),
        Error::NoIntentColumn { path } => fill(t.no_intent_column, &[("path", &place(path))]),
        Error::Write { path, source } => fill(t.write, &[("path", &place(path)), ("what", &shown(source))]),
        Error::Exists { path } => fill(t.file_exists, &[("path", &place(path))]),
        Error::NothingThere { path } => fill(t.nothing_there, &[("path", &place(path))]),
        Error::SeveralBots { path, bots } => {
            let names: Vec<String> = bots.iter().map(|bot| place(bot)).collect();
            fill(t.several_bots, &[("path", &place(path)), ("n", &bots.len().to_string()), ("bots", &names.join(", "))])
        }
        Error::FaultyPolicy { faults } => fill(t.faulty_policy, &[("faults", &faults.to_string())]),
    }
}

/// Returns the sentence for a faulty settings file.
pub fn settings(error: &crate::settings::Error, words: &Words) -> String {
    fill(words.trouble.settings, &[("path", &place(&error.path)), ("what", &shown(error.what.trim()))])
}

fn store(error: &crate::store::error::Error, words: &Words) -> String {
    use crate::store::error::Error as E;
    let t = &words.trouble;
    match error {
        E::Missing { path } => fill(t.missing, &[("path", &place(path))]),
        E::Exists { path } => fill(t.exists, &[("path", &place(path))]),
        E::Foreign { path } => fill(t.foreign, &[("path", &place(path))]),
        E::Newer { path, found, known } => {
            fill(t.newer, &[("path", &place(path)), ("found", &found.to_string()), ("known", &known.to_string())])
        }
        E::ReadOnly { path } => fill(t.read_only, &[("path", &place(path))]),
        E::Folder { path, source } => fill(t.folder, &[("path", &place(path)), ("what", &shown(source))]),
        E::Full { path } => fill(t.full, &[("path", &place(path))]),
        E::Busy { path } => fill(t.busy, &[("path", &place(path))]),
        E::Importing { actor, source_file } => {
            fill(t.importing, &[("actor", &shown(actor)), ("file", &shown(source_file))])
        }
        E::Crossed(label) => fill(t.crossed, &[("actor", &shown(&label.actor))]),
        E::Damaged { path, what } => fill(t.damaged, &[("path", &place(path)), ("what", &shown(what))]),
        E::Statement { what } => fill(t.statement, &[("what", &shown(what))]),
        E::Stopped => t.stopped.to_string(),
        E::Sqlite(error) => fill(t.sqlite, &[("what", &shown(error))]),
        E::Document(error) => fill(t.document, &[("what", &shown(error))]),
    }
}

fn formats(error: &crate::formats::error::Error, words: &Words) -> String {
    use crate::formats::error::Error as E;
    let t = &words.trouble;
    let n = |number: &u64| number.to_string();
    match error {
        E::Io { path, source } => fill(t.io, &[("path", &place(path)), ("what", &shown(source))]),
        E::NotAFile { path } => fill(t.not_a_file, &[("path", &place(path))]),
        E::Encoding { path, line, byte, charset } => {
            fill(t.encoding, &[("path", &place(path)), ("line", &n(line)), ("byte", &n(byte)), ("charset", charset)])
        }
        E::UnknownCharset { name } => fill(t.unknown_charset, &[("name", &shown(name))]),
        E::UnknownFormat { name } => fill(t.unknown_format, &[("name", &shown(name))]),
        E::UnknownColumn { name } => {
            let known: Vec<&str> = ColumnRole::ALL.iter().map(|role| role.name()).collect();
            fill(t.unknown_column, &[("name", &shown(name)), ("known", &known.join(", "))])
        }
        E::UnknownZone { name } => fill(t.unknown_zone, &[("name", &shown(name))]),
        E::UnknownDelimiter { name } => fill(t.unknown_delimiter, &[("name", &shown(name))]),
        E::UnknownChannel { name } => fill(t.unknown_channel, &[("name", &shown(name))]),
        E::Profile { what } => fill(t.profile, &[("what", &shown(what))]),
        E::ColumnCount { path, given, found } => fill(
            t.column_count,
            &[("path", &place(path)), ("given", &given.to_string()), ("found", &found.to_string())],
        ),
        E::Ragged { path, line, expected, found, ragged, rows } => {
            let gaps = [
                ("path", place(path)),
                ("line", n(line)),
                ("expected", expected.to_string()),
                ("found", found.to_string()),
                ("ragged", n(ragged)),
                ("rows", n(rows)),
            ];
            let gaps: Vec<(&str, &str)> = gaps.iter().map(|(name, text)| (*name, text.as_str())).collect();
            fill(t.ragged, &gaps)
        }
        E::NoTextColumn { path, columns } => {
            fill(t.no_text_column, &[("path", &place(path)), ("columns", &shown(&columns.join(", ")))])
        }
        E::OpenQuote { path, line } => fill(t.open_quote, &[("path", &place(path)), ("line", &n(line))]),
        E::TooLong { path, line, limit } => {
            fill(t.too_long, &[("path", &place(path)), ("line", &n(line)), ("limit", &n(limit))])
        }
        E::TooBig { path, size, limit } => {
            fill(t.too_big, &[("path", &place(path)), ("size", &n(size)), ("limit", &n(limit))])
        }
        E::Binary { path } => fill(t.binary, &[("path", &place(path))]),
        E::Unsupported { path, kind } => fill(t.unsupported, &[("path", &place(path)), ("kind", kind.name())]),
        E::Yaml { path, line, column, what } => {
            fill(t.yaml, &[("path", &place(path)), ("line", &n(line)), ("column", &n(column)), ("what", &shown(what))])
        }
        E::Json { path, line, column, what } => {
            fill(t.json, &[("path", &place(path)), ("line", &n(line)), ("column", &n(column)), ("what", &shown(what))])
        }
        E::Changed { path } => fill(t.changed, &[("path", &place(path))]),
        E::Book { path, what } => book::refused(path, what, words),
        E::NoRecogniser { path } => fill(t.no_recogniser, &[("path", &place(path)), ("settings", &settings_file())]),
        E::Unheard { path, command, why } => {
            fill(t.unheard, &[("path", &place(path)), ("command", &shown(command)), ("why", &unheard(why, t))])
        }
        E::Stopped => t.stopped.to_string(),
    }
}

/// Returns the sentence for a setting of `[[calls]]` that cannot be followed.
pub fn outside(error: &crate::outside::source::Error, words: &Words) -> String {
    use crate::outside::source::Error as E;
    let t = &words.trouble;
    let path = settings_file();
    let told = |phrase, call: &str, more: &[(&str, &str)]| {
        let call = safe(call).into_string();
        let gaps: Vec<(&str, &str)> =
            [("path", &*path), ("call", &*call)].into_iter().chain(more.iter().copied()).collect();
        fill(phrase, &gaps)
    };
    match error {
        E::Quotes { call } => told(t.calls_quotes, call, &[]),
        E::NotOne { call } => told(t.calls_not_one, call, &[]),
        E::Url { call, url } => told(t.calls_url, call, &[("url", safe(url).as_str())]),
        E::Relative { call, project } => told(t.calls_relative, call, &[("project", safe(project).as_str())]),
    }
}

/// Returns where the trainer's settings stand.
fn settings_file() -> String {
    place(&crate::settings::folder().map(|folder| folder.join("settings.toml")).unwrap_or_default())
}

/// Returns why a recogniser gave no text.
fn unheard(why: &crate::formats::error::Unheard, t: &Trouble) -> String {
    use crate::formats::error::Unheard as U;
    let said = |said: &str| if said.is_empty() { t.unheard_silent.to_string() } else { shown(said) };
    match why {
        U::Quotes => t.unheard_quotes.to_string(),
        U::NoInput => t.unheard_no_input.to_string(),
        U::Name => t.unheard_name.to_string(),
        U::Missing { program } => fill(t.unheard_missing, &[("program", &shown(program))]),
        U::NotRun { what } => fill(t.unheard_not_run, &[("what", &shown(what))]),
        U::Failed { code, said: last } => fill(t.unheard_failed, &[("code", &code.to_string()), ("said", &said(last))]),
        U::Late { minutes } => fill(t.unheard_late, &[("minutes", &minutes.to_string())]),
        U::Nothing { said: last } => fill(t.unheard_nothing, &[("said", &said(last))]),
        U::Unreadable { what, said: last } => {
            fill(t.unheard_unreadable, &[("what", &shown(what)), ("said", &said(last))])
        }
    }
}

/// Returns what is wrong with an encoder's folder.
fn fault(fault: &crate::nlu::error::Fault, t: &Trouble) -> String {
    use crate::nlu::error::Fault as F;
    match fault {
        F::Missing { file } => fill(t.encoder_missing, &[("file", &shown(file))]),
        F::Unreadable { file, what } => fill(t.encoder_unreadable, &[("file", &shown(file)), ("what", &shown(what))]),
        F::TooBig { what, found, most } => fill(
            t.encoder_too_big,
            &[("what", &shown(what)), ("found", &found.to_string()), ("most", &most.to_string())],
        ),
        F::Shape { tensor, found, wanted } => {
            fill(t.encoder_shape, &[("tensor", &shown(tensor)), ("found", &shown(found)), ("wanted", &shown(wanted))])
        }
        F::Kind { what, found, known } => {
            fill(t.encoder_kind, &[("what", &shown(what)), ("found", &shown(found)), ("known", known)])
        }
    }
}

fn nlu(error: &crate::nlu::error::Error, words: &Words) -> String {
    use crate::nlu::error::Error as E;
    let t = &words.trouble;
    match error {
        E::NoExamples => fill(t.too_few_examples, &[("examples", "0"), ("intents", "0")]),
        E::OneIntent { examples } => fill(t.too_few_examples, &[("examples", &examples.to_string()), ("intents", "1")]),
        E::Newer { found, known } => {
            fill(t.model_newer, &[("found", &found.to_string()), ("known", &known.to_string())])
        }
        E::Damaged { what } => fill(t.model_damaged, &[("what", what)]),
        E::Stopped => t.stopped.to_string(),
        E::TooManyExamples { examples, most } => {
            fill(t.too_many_examples, &[("examples", &examples.to_string()), ("most", &most.to_string())])
        }
        E::Encoder { name } => fill(t.model_encoder, &[("name", &shown(name))]),
        E::OtherTuning => t.other_tuning.to_string(),
        E::NoTransformers { folder } => fill(t.no_transformers, &[("folder", &place(folder))]),
        E::OtherEncoder { folder, name, found } => {
            fill(t.other_encoder, &[("folder", &place(folder)), ("name", &shown(name)), ("found", &shown(found))])
        }
        E::Folder { folder, fault: why } => {
            fill(t.encoder_folder, &[("folder", &place(folder)), ("what", &fault(why, t))])
        }
        other @ (E::TooManyIntents { .. } | E::Folds { .. } | E::Unlearned) => {
            fill(t.arithmetic, &[("what", &shown(other))])
        }
    }
}
