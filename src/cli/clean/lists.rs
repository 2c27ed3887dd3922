//! What cleaning found, printed: a line an item, fields between tabs, the number to decide by first.

use serde_json::json;

use crate::cli::Desk;
use crate::cli::args::Clean;
use crate::cli::progress::Line;
use crate::domain::label::Verdict;
use crate::domain::utterance::Language;
use crate::workbench::clean::{canned, conflicts, heard, merged, quarantine, texts, words};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// Items read at a time.
const PAGE: usize = 1_000;

/// Prints the list that was asked for; tells whether one was.
pub fn list(desk: &Desk, project: &mut Project, clean: &Clean) -> Result<bool> {
    let (lists, acts) = (&clean.lists, &clean.acts);
    let to = Lines { desk, json: clean.json };
    if lists.quarantine {
        quarantined(to, project, acts.reason.as_deref())?;
    } else if lists.merged {
        joined(to, project)?;
    } else if lists.canned {
        said_often(to, project, acts.least.unwrap_or(canned::LEAST))?;
    } else if lists.heard {
        same_sounds(to, project)?;
    } else if lists.conflicts {
        in_conflict(to, project)?;
    } else if lists.texts {
        all_texts(to, project, acts.language.as_deref().map(tagged).transpose()?)?;
    } else if lists.dictionary {
        dictionary(to, project)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Where a list goes: fields between tabs for people, JSON lines for programs.
#[derive(Clone, Copy)]
struct Lines<'d> {
    desk: &'d Desk,
    json: bool,
}

impl Lines<'_> {
    fn print(self, fields: &[&str], value: serde_json::Value) {
        if self.json {
            return self.desk.out.json(&value);
        }
        let fields: Vec<String> = fields.iter().map(|field| field.replace(['\t', '\n', '\r'], " ")).collect();
        self.desk.out.data(&fields.join("\t"));
    }
}

/// Walks a list page by page: `page` returns the items after one, `each` prints an item and tells whether the next
/// page may begin after it.
fn walk<T>(mut page: impl FnMut(Option<&T>) -> Result<Vec<T>>, mut each: impl FnMut(&T) -> bool) -> Result<()> {
    let mut last: Option<T> = None;
    loop {
        let mut next = None;
        for item in page(last.as_ref())? {
            if each(&item) {
                next = Some(item);
            }
        }
        if next.is_none() {
            return Ok(());
        }
        last = next;
    }
}

fn quarantined(to: Lines<'_>, project: &Project, reason: Option<&str>) -> Result<()> {
    let page = |last: Option<&_>| quarantine::quarantine(project, reason, last, PAGE);
    walk(page, |line| {
        let id = line.turn.map_or(String::new(), |turn| turn.to_string());
        let role = line.role.map(|role| role.name());
        let tag = line.language.tag();
        to.print(
            &[&id, &line.reason, role.unwrap_or(""), tag, &line.text],
            json!({ "id": line.turn.map(|turn| turn.0), "reason": line.reason, "role": role, "language": tag,
                "text": line.text, "source": line.source, "line": line.line }),
        );
        true
    })
}

fn joined(to: Lines<'_>, project: &Project) -> Result<()> {
    let page = |last: Option<&merged::Merged>| merged::merged(project, last.map(|line| line.turn), PAGE);
    walk(page, |line| {
        let state = match (line.parted, line.by_hand) {
            (true, _) => "parted",
            (false, true) => "joined-by-hand",
            (false, false) => "joined",
        };
        to.print(
            &[&line.turn.to_string(), state, &line.text, &line.pieces.join(" | ")],
            json!({ "id": line.turn.0, "state": state, "text": line.text, "pieces": line.pieces,
                "language": line.language.tag() }),
        );
        !line.parted
    })
}

fn said_often(to: Lines<'_>, project: &Project, least: u64) -> Result<()> {
    for line in canned::canned(project, least)? {
        let mark = if line.on { "[x]" } else { "[ ]" };
        let side = if line.ours { "ours" } else { "customers" };
        to.print(
            &[mark, &line.conversations.to_string(), side, &line.text],
            json!({ "on": line.on, "conversations": line.conversations, "side": side, "text": line.text,
                "language": line.language.tag() }),
        );
    }
    Ok(())
}

fn same_sounds(to: Lines<'_>, project: &mut Project) -> Result<()> {
    for line in heard::suggestions(project, &Line::new(&to.desk.out))? {
        let first = line.samples.first().map_or("", |sample| sample.text.as_str());
        let samples: Vec<_> =
            line.samples.iter().map(|s| json!({ "id": s.id.0, "text": s.text, "count": s.count })).collect();
        let pair = format!("{}={}", line.heard, line.meant);
        to.print(
            &[&pair, &line.customers.to_string(), &line.texts.to_string(), first],
            json!({ "heard": line.heard, "meant": line.meant, "customers": line.customers, "texts": line.texts,
                "samples": samples }),
        );
    }
    Ok(())
}

fn in_conflict(to: Lines<'_>, project: &Project) -> Result<()> {
    let catalogue = project.catalogue()?;
    for conflict in conflicts::conflicts(project, usize::MAX >> 1)? {
        for (member, verdict) in &conflict.members {
            let name = match verdict {
                Verdict::Intent(id) => catalogue.name(*id),
                _ => to.desk.out.words.label.out_of_scope,
            };
            to.print(
                &[&conflict.family.to_string(), name, &member.count.to_string(), &member.text],
                json!({ "family": conflict.family.0, "intent": name, "id": member.id.0, "count": member.count,
                    "text": member.text }),
            );
        }
    }
    Ok(())
}

fn all_texts(to: Lines<'_>, project: &Project, language: Option<Language>) -> Result<()> {
    let page = |last: Option<&_>| texts::texts(project, language, last, PAGE);
    walk(page, |line| {
        let tag = line.language.tag();
        to.print(
            &[&line.id.to_string(), &line.count.to_string(), tag, &line.text],
            json!({ "id": line.id.0, "count": line.count, "language": tag, "text": line.text,
                "family": line.family.0 }),
        );
        true
    })
}

fn dictionary(to: Lines<'_>, project: &Project) -> Result<()> {
    for word in words::words(project)? {
        to.print(&[&word.text, &word.tag], json!({ "word": word.text, "tag": word.tag }));
    }
    Ok(())
}

fn tagged(tag: &str) -> Result<Language> {
    Language::ALL.into_iter().find(|language| language.tag() == tag).ok_or_else(|| Error::UnknownChoice {
        what: "language",
        name: tag.to_string(),
        known: Language::ALL.iter().map(|language| language.tag().to_string()).collect(),
    })
}
