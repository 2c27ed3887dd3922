//! What `daoshi import` tells besides importing: profiles, the files imported so far, their rejected rows.

use serde_json::json;

use crate::cli::args::Import;
use crate::cli::{Desk, Done, Fault};
use crate::domain::ids::BatchId;
use crate::i18n::fill;
use crate::workbench::error::Error;
use crate::workbench::{batches, profiles};

/// Does what is asked instead of an import; `None` when nothing is.
pub fn instead(desk: &Desk, import: &Import) -> Option<Done> {
    if import.list {
        Some(list(desk, import))
    } else if let Some(id) = import.rejected {
        Some(rejected(desk, import, BatchId(id)))
    } else if let Some(id) = import.withdraw {
        Some(withdraw(desk, import, BatchId(id)))
    } else if import.profiles {
        Some(all(desk, import))
    } else if let Some(name) = &import.delete_profile {
        Some(delete(desk, import, name))
    } else if let Some(name) = &import.export_profile {
        Some(export(desk, import, name))
    } else {
        import.import_profile.as_ref().map(|file| take_in(desk, import, file))
    }
}

fn list(desk: &Desk, import: &Import) -> Done {
    let project = desk.open(&import.project)?;
    for batch in batches::batches(&project)? {
        let time = jiff::Timestamp::from_millisecond(batch.at).map(|at| at.to_string()).unwrap_or_default();
        if import.json {
            desk.out.json(&json!({
                "batch": batch.id.0, "at": time, "actor": batch.actor, "file": batch.source, "format": batch.format,
                "encoding": batch.encoding, "read": batch.read, "kept": batch.kept, "aside": batch.aside,
            }));
            continue;
        }
        let gaps = [
            ("id", batch.id.0.to_string()),
            ("time", time.get(..16).unwrap_or(&time).replace('T', " ")),
            ("actor", batch.actor),
            ("source", batch.source),
            ("format", batch.format),
            ("encoding", batch.encoding),
            ("read", batch.read.to_string()),
            ("kept", batch.kept.to_string()),
            ("aside", batch.aside.to_string()),
        ];
        let gaps: Vec<(&str, &str)> = gaps.iter().map(|(name, text)| (*name, text.as_str())).collect();
        desk.out.data(&fill(desk.out.words.command.batch_line, &gaps));
    }
    Ok(0)
}

fn rejected(desk: &Desk, import: &Import, id: BatchId) -> Done {
    let project = desk.open(&import.project)?;
    if import.json {
        batches::each_rejected(&project, id, |row| {
            desk.out.json(&json!({ "batch": id.0, "line": row.line, "reason": row.reason, "raw": row.raw }));
            Ok(())
        })?;
        return Ok(0);
    }
    let mut table = Vec::new();
    batches::rejected(&project, id, &mut table)?;
    // A file of rows: redirected it is the rows themselves, on a terminal what is safe to show.
    desk.out.file(&table);
    Ok(0)
}

fn withdraw(desk: &Desk, import: &Import, id: BatchId) -> Done {
    let mut project = desk.open(&import.project)?;
    let done = batches::withdraw(&mut project, id)?;
    let t = &desk.out.words.command;
    desk.out.say(t.withdrawn, &[("id", &id.0.to_string()), ("source", &done.batch.source)]);
    if done.left > 0 {
        desk.out.say(t.left, &[("n", &done.left.to_string())]);
    }
    Ok(0)
}

fn all(desk: &Desk, import: &Import) -> Done {
    let project = desk.open(&import.project)?;
    for profile in profiles::all(&project)? {
        let columns = profile.options.columns.as_deref().unwrap_or_default();
        let columns: Vec<&str> = columns.iter().map(|role| role.name()).collect();
        if import.json {
            desk.out.json(&json!({
                "profile": profile.name, "format": profile.marks.format, "file": profile.marks.file,
                "headings": profile.marks.headings, "columns": columns,
            }));
        } else {
            let marks = &profile.marks;
            desk.out.data(&format!("{}\t{}\t{}\t{}", profile.name, marks.format, marks.file, columns.join(",")));
        }
    }
    Ok(0)
}

fn delete(desk: &Desk, import: &Import, name: &str) -> Done {
    let mut project = desk.open(&import.project)?;
    profiles::delete(&mut project, name)?;
    desk.out.say(desk.out.words.command.profile_deleted, &[("name", name)]);
    Ok(0)
}

fn export(desk: &Desk, import: &Import, name: &str) -> Done {
    let project = desk.open(&import.project)?;
    desk.out.file(profiles::named(&project, name)?.write().as_bytes());
    Ok(0)
}

fn take_in(desk: &Desk, import: &Import, file: &std::path::Path) -> Done {
    let mut project = desk.open(&import.project)?;
    let failed = |source| Error::Formats(crate::formats::error::Error::Io { path: file.to_owned(), source });
    let text = std::fs::read_to_string(file).map_err(failed)?;
    let profile = crate::formats::profile::Profile::read(&text).map_err(Fault::from)?;
    profiles::put(&mut project, &profile)?;
    desk.out.say(desk.out.words.command.profile_saved, &[("name", &profile.name)]);
    Ok(0)
}
