//! `daoshi import`: files in, with counts that add up.

use std::path::Path;

use serde_json::json;

use crate::cli::args::Import;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, Fault, profiles, storybook as told_storybook, watch};
use crate::domain::conversation::Role;
use crate::explain;
use crate::formats::column::{Column, ColumnRole};
use crate::formats::options::{self, ReadOptions};
use crate::formats::record::RejectReason;
use crate::formats::speaker::Ground;
use crate::formats::time::clock;
use crate::store::roles::Whose;
use crate::workbench::error::Error;
use crate::workbench::failed::FailedTo;
use crate::workbench::import::{self, FileReport, KNOWN, Wanted, Wish};
use crate::workbench::profiles as kept;
use crate::workbench::project::Project;
use crate::workbench::roles;
use crate::workbench::storybook;

/// Imports what is named, shows how it would be read, or tells of what was imported.
pub fn import(desk: &Desk, import: &Import) -> Done {
    if let Some(file) = &import.swap_file {
        return swap(desk, import, file);
    }
    if let Some(done) = profiles::instead(desk, import) {
        return done;
    }
    let options = wishes(desk, import)?;
    if let Some(folder) = &import.watch {
        return watch::watch(desk, import, Wanted { path: folder.clone(), options, profile: wish(import) });
    }
    let wanted =
        |path: &std::path::PathBuf| Wanted { path: path.clone(), options: options.clone(), profile: wish(import) };
    let wanted: Vec<Wanted> = import.paths.iter().map(wanted).collect();
    if import.preview {
        return preview(desk, import, &wanted);
    }
    let (bots, wanted): (Vec<Wanted>, Vec<Wanted>) =
        wanted.into_iter().partition(|one| import.format.is_none() && storybook::is_one(&one.path));
    let mut project = desk.open(&import.project)?;
    for bot in &bots {
        told_storybook::bring(desk, &mut project, &bot.path, import.json)?;
    }
    if wanted.is_empty() {
        return Ok(0);
    }
    if let Some(name) = &import.save_profile {
        save(desk, &mut project, &wanted, name)?;
    }
    let progress = Line::new(&desk.out);
    let says = |reason: &RejectReason| explain::reason::sentence(reason, desk.out.words);
    let failed = import.failed.as_ref().map(|folder| FailedTo {
        folder: folder.clone(),
        headings: desk.out.words.sheet.failed_headings,
        says: &says,
    });
    for path in import.paths.iter().filter(|path| path.is_symlink()) {
        let to = std::fs::canonicalize(path).unwrap_or_default();
        let gaps = [("path", &*path.to_string_lossy()), ("to", &*to.to_string_lossy())];
        desk.out.say(desk.out.words.sheet.link, &gaps);
    }
    let report = import::import_all(&mut project, &wanted, failed.as_ref(), &progress)?;
    drop(progress);
    report.files.iter().for_each(|file| tell(desk, file, import.json));
    report.refused.iter().for_each(|(path, error)| tell_refused(desk, path, error, import.json));
    Ok(u8::from(!report.refused.is_empty()))
}

/// Lets customer and agent change places in a file imported before.
fn swap(desk: &Desk, import: &Import, file: &str) -> Done {
    let mut project = desk.open(&import.project)?;
    let batch = roles::batch(&project, file)?;
    let progress = Line::new(&desk.out);
    let turns = roles::swap(&mut project, Whose::Batch(batch), &progress)?;
    drop(progress);
    if import.json {
        desk.out.json(&json!({ "file": file, "batch": batch.0, "swapped": turns }));
    } else {
        desk.out.say(desk.out.words.command.swapped, &[("file", file), ("n", &turns.to_string())]);
    }
    Ok(0)
}

/// Says how the speakers of a call got their roles, where nobody told.
fn guessed(desk: &Desk, path: &Path, ground: Option<Ground>) {
    if let Some(how) = ground.and_then(|ground| desk.out.words.import.ground(ground.name())) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        desk.out.say(desk.out.words.command.roles_guessed, &[("how", how), ("file", &file)]);
    }
}

/// Keeps how the first file is read under a name.
pub(in crate::cli) fn save(desk: &Desk, project: &mut Project, wanted: &[Wanted], name: &str) -> Result<(), Fault> {
    for one in wanted {
        let Some(path) = import::files(&one.path)?.into_iter().next() else { continue };
        let (options, _) = import::settle_wishes(project, &Wanted { path: path.clone(), ..one.clone() })?;
        let profile = kept::save(project, name, &options, &path)?;
        desk.out.say(desk.out.words.command.profile_saved, &[("name", &profile.name)]);
        break;
    }
    Ok(())
}

/// Prints what became of a file.
pub(in crate::cli) fn tell(desk: &Desk, file: &FileReport, as_json: bool) {
    let t = &desk.out.words.command;
    let known = file.reasons.get(KNOWN).copied().unwrap_or(0);
    if as_json {
        desk.out.json(&json!({
            "file": file.path.display().to_string(), "format": file.format, "encoding": file.charset,
            "profile": file.profile, "batch": file.batch.map(|batch| batch.0),
            "read": file.read, "kept": file.kept, "aside": file.aside, "known": known, "reasons": file.reasons,
            "customers": file.customers, "blank": file.blank, "questions": file.questions,
            "failed": file.failed.as_ref().map(|path| path.display().to_string()),
            "labels": file.labels, "spans": file.spans, "extras": file.extras, "extras_cut": file.cut, "conflicts": file.conflicts, "roles": file.ground.map(Ground::name),
        }));
        return;
    }
    let n = |number: u64| number.to_string();
    desk.out.data(&crate::i18n::fill(
        t.file,
        &[
            ("path", &file.path.display().to_string()),
            ("format", &file.format),
            ("charset", &file.charset),
            ("read", &n(file.read)),
            ("kept", &n(file.kept)),
            ("aside", &n(file.aside)),
            ("customers", &n(file.customers)),
        ],
    ));
    if let Some(name) = &file.profile {
        desk.out.say(t.by_profile, &[("name", name)]);
    }
    if file.batch.is_none() && known > 0 {
        desk.out.say(t.nothing_new, &[("known", &n(known))]);
    }
    if !file.reasons.is_empty() {
        let reasons: Vec<String> = file
            .reasons
            .iter()
            .map(|(reason, count)| format!("{} {count}", desk.out.words.import.reason(reason)))
            .collect();
        desk.out.say(t.reasons, &[("reasons", &reasons.join(", "))]);
    }
    if file.questions > 0 {
        let failed = file.read - file.kept - known;
        let gaps = [
            ("n", n(file.questions)),
            ("changed", n(file.changed)),
            ("good", n(file.read - failed)),
            ("failed", n(failed)),
        ];
        let gaps: Vec<(&str, &str)> = gaps.iter().map(|(name, text)| (*name, text.as_str())).collect();
        desk.out.say(desk.out.words.sheet.knowledge, &gaps);
    }
    if let Some(path) = &file.failed {
        desk.out.say(desk.out.words.sheet.failed, &[("path", &path.display().to_string())]);
    }
    if file.blank > 0 {
        desk.out.say(desk.out.words.sheet.blank, &[("n", &n(file.blank))]);
    }
    guessed(desk, &file.path, file.ground);
    if file.labels > 0 {
        desk.out.say(t.labels, &[("n", &n(file.labels))]);
    }
    if file.spans > 0 {
        desk.out.say(t.spans, &[("n", &n(file.spans))]);
    }
    if file.extras > 0 {
        desk.out.say(t.extras, &[("n", &n(file.extras))]);
    }
    if file.cut > 0 {
        desk.out.say(t.extras_cut, &[("n", &n(file.cut))]);
    }
    if file.conflicts > 0 {
        desk.out.say(t.conflicts, &[("n", &n(file.conflicts))]);
    }
}

/// Prints why a file was refused.
pub(in crate::cli) fn tell_refused(desk: &Desk, path: &std::path::Path, error: &Error, as_json: bool) {
    let why = explain::sentence(error, desk.out.words);
    if as_json {
        desk.out.json(&json!({ "file": path.display().to_string(), "refused": why }));
    }
    desk.out.word(&why);
}

fn preview(desk: &Desk, import: &Import, wanted: &[Wanted]) -> Done {
    let t = &desk.out.words.command;
    // A preview changes nothing, so that it works before there is a project.
    let project = match import.project.exists() {
        true => Some(desk.open(&import.project)?),
        false => None,
    };
    let progress = Line::new(&desk.out);
    for one in wanted {
        for file in import::files(&one.path)? {
            let one = Wanted { path: file.clone(), ..one.clone() };
            let (options, profile) = match &project {
                Some(project) => import::settle_wishes(project, &one)?,
                None => (one.options, None),
            };
            let preview = import::preview_heard(&file, &options, 5, &progress)?;
            desk.out.say(
                t.preview,
                &[
                    ("path", &file.display().to_string()),
                    ("format", preview.sniffed.format.name()),
                    ("charset", preview.sniffed.charset.name()),
                    ("rows", &preview.estimated_rows.to_string()),
                ],
            );
            if let [sheet, others @ ..] = preview.sniffed.sheets.as_slice()
                && !others.is_empty()
            {
                let n = preview.sniffed.sheets.len().to_string();
                let gaps = [("n", n.as_str()), ("sheet", sheet), ("others", &others.join(", "))];
                desk.out.say(desk.out.words.sheet.several, &gaps);
            }
            if let Some(name) = &profile {
                desk.out.say(t.by_profile, &[("name", name)]);
            }
            let columns = preview.sniffed.table.as_ref().map_or(&[][..], |table| &table.columns);
            if import.json {
                let columns: Vec<_> = columns.iter().map(|c| json!({"name": c.name, "holds": c.role.name()})).collect();
                let voices = preview.noted.voices.iter();
                let voices: Vec<_> =
                    voices.map(|v| json!({"name": v.name, "role": v.role.map(Role::name), "count": v.count})).collect();
                desk.out.json(&json!({
                    "file": file.display().to_string(), "format": preview.sniffed.format.name(),
                    "encoding": preview.sniffed.charset.name(), "rows": preview.estimated_rows, "exact": preview.whole,
                    "profile": profile, "columns": columns, "speakers": voices,
                }));
            } else if columns.iter().any(|column| column.role == ColumnRole::Question) {
                let told = |column: &Column| format!("{} = {}", column.name, column.role.name());
                let columns: Vec<String> = columns.iter().map(told).collect();
                desk.out.say(desk.out.words.sheet.seen, &[("columns", &columns.join(", "))]);
            } else if !columns.is_empty() {
                let columns: Vec<String> = columns
                    .iter()
                    .map(|c| {
                        if c.name.is_empty() {
                            c.role.name().to_owned()
                        } else {
                            format!("{}={}", c.name, c.role.name())
                        }
                    })
                    .collect();
                desk.out.word(&columns.join(", "));
            }
            for message in &preview.messages {
                if import.json {
                    desk.out.json(&json!({
                        "file": file.display().to_string(), "line": message.line, "conversation": message.conversation,
                        "role": message.role.name(), "speaker": message.speaker, "at": message.at, "text": message.text,
                        "intent": message.intent, "facts": message.facts,
                    }));
                } else {
                    let offset = message.facts.offset.map(|offset| format!("{}\t", clock(offset))).unwrap_or_default();
                    desk.out.data(&format!("{}\t{}\t{offset}{}", message.line, message.role.name(), message.text));
                }
            }
            for row in &preview.rejected {
                if import.json {
                    desk.out.json(&json!({
                        "file": file.display().to_string(), "line": row.line, "aside": row.reason.name(), "raw": row.raw,
                    }));
                } else {
                    let why = desk.out.words.import.reason(row.reason.name());
                    desk.out.data(&format!("{}\t✗ {why}\t{}", row.line, row.raw));
                }
            }
            guessed(desk, &file, preview.ground);
        }
    }
    Ok(0)
}

/// Returns which profile is asked for.
fn wish(import: &Import) -> Wish {
    match import.profile.as_deref() {
        None | Some("auto") => Wish::Fitting,
        Some("none") => Wish::None,
        Some(name) => Wish::Named(name.to_owned()),
    }
}

/// Returns what the options ask of the reader.
fn wishes(desk: &Desk, import: &Import) -> Result<ReadOptions, Fault> {
    let recogniser = desk.recogniser.clone();
    let mut wishes = ReadOptions { swap: import.swap_roles, recogniser, ..ReadOptions::default() };
    if let Some(format) = import.format.as_deref().filter(|word| *word != "auto") {
        wishes.format = Some(options::format(format)?);
    }
    if let Some(charset) = import.encoding.as_deref().filter(|word| *word != "auto") {
        wishes.charset = Some(options::charset(charset)?);
    }
    if let Some(columns) = &import.columns {
        wishes.columns = Some(options::columns(columns)?);
    }
    if import.no_header || import.header {
        wishes.header = Some(import.header);
    }
    if let Some(zone) = &import.zone {
        wishes.zone = Some(options::zone(zone)?);
    }
    if let Some(channel) = &import.channel {
        wishes.channel = Some(options::channel(channel)?);
    }
    if let Some(word) = &import.delimiter {
        wishes.delimiter = Some(options::delimiter(word)?);
    }
    wishes.sheet.clone_from(&import.sheet);
    for word in &import.role {
        let role = word.split_once('=').and_then(|(name, role)| Some((name.trim().to_string(), Role::named(role)?)));
        match role {
            Some(role) => wishes.roles.push(role),
            None => {
                desk.out.say(desk.out.words.command.role, &[("word", word)]);
                return Err(Fault::Told(2));
            }
        }
    }
    Ok(wishes)
}
