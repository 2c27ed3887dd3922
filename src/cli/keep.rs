//! Verbs that keep a project well: sql, doctor, backup, restore, log, undo, redo, purge.

use std::path::Path;

use serde_json::json;

use crate::cli::args::{Backup, Doctor, Log, Purge, Restore, Sql};
use crate::cli::{Desk, Done, Fault};
use crate::domain::ids::BatchId;
use crate::explain;
use crate::i18n::fill;
use crate::store::gone::Target;
use crate::store::history::Reversal;
use crate::workbench::upkeep;

/// Rows one question may return.
const ROWS: usize = 1_000_000;

/// Answers a reading statement as a table or as JSON lines.
pub fn sql(desk: &Desk, sql: &Sql) -> Done {
    let table = upkeep::ask(&sql.project, &sql.statement, ROWS)?;
    if !sql.json {
        desk.out.data(&table.columns.join("\t"));
    }
    for row in table.rows {
        if sql.json {
            let line: serde_json::Map<String, serde_json::Value> = table.columns.iter().cloned().zip(row).collect();
            desk.out.json(&line.into());
        } else {
            let cells: Vec<String> = row
                .into_iter()
                .map(|cell| match cell {
                    serde_json::Value::String(text) => text.replace(['\t', '\n'], " "),
                    serde_json::Value::Null => String::new(),
                    other => other.to_string(),
                })
                .collect();
            desk.out.data(&cells.join("\t"));
        }
    }
    Ok(0)
}

/// Checks, and repairs when asked.
pub fn doctor(desk: &Desk, doctor: &Doctor) -> Done {
    let mut project = desk.open(&doctor.project)?;
    let t = &desk.out.words.command;
    if doctor.repair {
        upkeep::repair(&mut project)?;
        desk.out.say(t.repaired, &[]);
    }
    let health = upkeep::check(&project)?;
    if doctor.json {
        desk.out.json(&json!({
            "good": health.is_good(), "damage": health.damage, "dangling": health.dangling,
            "miscounted": health.miscounted, "unfinished": health.unfinished, "replays": health.replays,
        }));
        return Ok(u8::from(!health.is_good()));
    }
    for what in &health.damage {
        desk.out.data(&fill(t.damage, &[("what", what)]));
    }
    if health.dangling > 0 {
        desk.out.data(&fill(t.dangling, &[("n", &health.dangling.to_string())]));
    }
    if health.miscounted > 0 {
        desk.out.data(&fill(t.miscounted, &[("n", &health.miscounted.to_string())]));
    }
    if !health.replays {
        desk.out.data(t.no_replay);
    }
    for what in &health.unfinished {
        desk.out.data(&fill(t.unfinished, &[("what", what)]));
    }
    if health.is_good() {
        desk.out.data(t.healthy);
    }
    Ok(u8::from(!health.is_good()))
}

/// Backs a project up.
pub fn backup(desk: &Desk, backup: &Backup) -> Done {
    let project = desk.open(&backup.project)?;
    let to = upkeep::backup(&project, backup.out.as_deref())?;
    desk.out.say(desk.out.words.command.backed_up, &[("path", &to.display().to_string())]);
    Ok(0)
}

/// Puts a backup in place.
pub fn restore(desk: &Desk, restore: &Restore) -> Done {
    let kept = upkeep::restore(&restore.project, &restore.backup)?;
    let t = &desk.out.words.command;
    desk.out.say(t.restored, &[("path", &restore.project.display().to_string())]);
    if let Some(kept) = kept {
        desk.out.say(t.kept_aside, &[("path", &kept.display().to_string())]);
    }
    Ok(0)
}

/// Prints events, newest first.
pub fn log(desk: &Desk, log: &Log) -> Done {
    let project = desk.open(&log.project)?;
    let since = match &log.since {
        None => 0,
        Some(word) => match upkeep::day(word) {
            Some(at) => at,
            None => {
                desk.out.say(desk.out.words.command.date, &[("word", word)]);
                return Err(Fault::Told(2));
            }
        },
    };
    for event in project.log(None, log.who.as_deref(), since, log.limit)? {
        if log.json {
            desk.out.json(&json!({
                "event": event.id.0, "at": event.at, "actor": event.actor, "act": event.act.name(), "subject": event.subject,
                "touched": event.touched, "of": event.of.map(|id| id.0), "stands": event.stands,
            }));
            continue;
        }
        let at = jiff::Timestamp::from_millisecond(event.at)
            .map(|at| at.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string())
            .unwrap_or_default();
        let mark = if event.stands { ' ' } else { '-' };
        let act = desk.out.words.act(event.act);
        let subject = desk.out.words.subject(event.act, &event.subject);
        desk.out.data(&format!("#{:<6}{mark}{at}  {}  {act} {subject} ({})", event.id.0, event.actor, event.touched));
    }
    Ok(0)
}

/// Takes the trainer's last act back.
pub fn undo(desk: &Desk, path: &Path) -> Done {
    let mut project = desk.open(path)?;
    let done = project.undo()?;
    let t = &desk.out.words.command;
    reversed(desk, done, t.undone, t.nothing_undone)
}

/// Does the trainer's last act again.
pub fn redo(desk: &Desk, path: &Path) -> Done {
    let mut project = desk.open(path)?;
    let done = project.redo()?;
    let t = &desk.out.words.command;
    reversed(desk, done, t.redone, t.nothing_redone)
}

/// Erases for good, or shows what would go.
pub fn purge(desk: &Desk, purge: &Purge) -> Done {
    let words = desk.out.words;
    let mut project = desk.open(&purge.project)?;
    let target = if let Some(word) = &purge.conversation {
        Target::Conversation(upkeep::conversation(&project, word)?)
    } else if let Some(id) = purge.batch {
        Target::Batch(BatchId(id))
    } else if let Some(word) = &purge.before {
        let Some(at) = upkeep::day(word) else {
            desk.out.say(words.command.date, &[("word", word)]);
            return Err(Fault::Told(2));
        };
        Target::Before(at)
    } else if let Some(text) = purge.matching.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Target::Matching(text.to_string())
    } else if purge.all {
        Target::Everything
    } else {
        Target::Withdrawn
    };
    let done =
        if purge.yes { upkeep::purge(&mut project, &target)? } else { upkeep::would_purge(&mut project, &target)? };
    if purge.json {
        let e = done.erased;
        desk.out.json(&json!({
            "target": target.name(), "done": purge.yes, "turns": e.turns, "conversations": e.conversations, "texts": e.texts,
            "labels": e.labels, "rows": e.rows, "chats": e.chats, "rehearsals": e.rehearsals, "runs": e.runs,
            "clusters": e.clusters, "places": e.places, "backups": done.backups.len(),
        }));
    }
    let t = &words.privacy;
    if done.is_nothing() {
        desk.out.say(t.nothing, &[]);
        return Ok(u8::from(!purge.yes));
    }
    let phrase = if purge.yes { t.done } else { t.ask };
    desk.out.word(explain::erased::erased(&done.erased, done.backups.len(), phrase, words).trim_end());
    if !purge.yes {
        desk.out.say(t.add_yes, &[]);
    }
    Ok(u8::from(!purge.yes))
}

fn reversed(desk: &Desk, done: Option<Reversal>, said: &str, nothing: &str) -> Done {
    let Some(done) = done else {
        desk.out.say(nothing, &[]);
        return Ok(1);
    };
    let what = format!("{} {}", desk.out.words.act(done.of.act), desk.out.words.subject(done.of.act, &done.of.subject));
    desk.out.say(said, &[("what", what.trim())]);
    if done.left > 0 {
        desk.out.say(desk.out.words.command.left, &[("n", &done.left.to_string())]);
    }
    Ok(0)
}
