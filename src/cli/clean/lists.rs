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
    let lists = &clean.lists;
    let print = |fields: &[String], value: serde_json::Value| {
        if clean.json {
            desk.out.json(&value);
        } else {
            desk.out.data(
                &fields.iter().map(|field| field.replace(['\t', '\n', '\r'], " ")).collect::<Vec<_>>().join("\t"),
            );
        }
    };
    if lists.quarantine {
        let mut last = None;
        loop {
            let page = quarantine::quarantine(project, clean.acts.reason.as_deref(), last.as_ref(), PAGE)?;
            for line in &page {
                let id = line.turn.map_or(String::new(), |turn| turn.to_string());
                let role = line.role.map_or("", |role| role.name());
                let tag = line.language.tag();
                print(
                    &[id, line.reason.clone(), role.to_string(), tag.to_string(), line.text.clone()],
                    json!({ "id": line.turn.map(|turn| turn.0), "reason": line.reason, "role": line.role.map(|role| role.name()),
                        "language": tag, "text": line.text, "source": line.source, "line": line.line }),
                );
            }
            match page.into_iter().next_back() {
                Some(line) => last = Some(line),
                None => return Ok(true),
            }
        }
    }
    if lists.merged {
        let mut last = None;
        loop {
            let page = merged::merged(project, last, PAGE)?;
            for line in &page {
                let state = match (line.parted, line.by_hand) {
                    (true, _) => "parted",
                    (false, true) => "joined-by-hand",
                    (false, false) => "joined",
                };
                print(
                    &[line.turn.to_string(), state.to_string(), line.text.clone(), line.pieces.join(" | ")],
                    json!({ "id": line.turn.0, "state": state, "text": line.text, "pieces": line.pieces,
                        "language": line.language.tag() }),
                );
            }
            match page.iter().rev().find(|line| !line.parted) {
                Some(line) => last = Some(line.turn),
                None => return Ok(true),
            }
        }
    }
    if lists.canned {
        for line in canned::canned(project, clean.acts.least.unwrap_or(canned::LEAST))? {
            let mark = if line.on { "[x]" } else { "[ ]" };
            let side = if line.ours { "ours" } else { "customers" };
            print(
                &[mark.to_string(), line.conversations.to_string(), side.to_string(), line.text.clone()],
                json!({ "on": line.on, "conversations": line.conversations, "side": side, "text": line.text,
                    "language": line.language.tag() }),
            );
        }
        return Ok(true);
    }
    if lists.heard {
        for line in heard::suggestions(project, &Line::new(&desk.out))? {
            let first = line.samples.first().map_or("", |sample| sample.text.as_str());
            let samples: Vec<_> =
                line.samples.iter().map(|s| json!({ "id": s.id.0, "text": s.text, "count": s.count })).collect();
            print(
                &[
                    format!("{}={}", line.heard, line.meant),
                    line.customers.to_string(),
                    line.texts.to_string(),
                    first.to_string(),
                ],
                json!({ "heard": line.heard, "meant": line.meant, "customers": line.customers, "texts": line.texts,
                    "samples": samples }),
            );
        }
        return Ok(true);
    }
    if lists.conflicts {
        let catalogue = project.catalogue()?;
        for conflict in conflicts::conflicts(project, usize::MAX >> 1)? {
            for (member, verdict) in &conflict.members {
                let name = match verdict {
                    Verdict::Intent(id) => catalogue.name(*id),
                    _ => desk.out.words.label.out_of_scope,
                };
                let count = member.count.to_string();
                print(
                    &[conflict.family.to_string(), name.to_string(), count, member.text.clone()],
                    json!({ "family": conflict.family.0, "intent": name, "id": member.id.0, "count": member.count,
                        "text": member.text }),
                );
            }
        }
        return Ok(true);
    }
    if lists.texts {
        let language = clean.acts.language.as_deref().map(tagged).transpose()?;
        let mut last = None;
        loop {
            let page = texts::texts(project, language, last.as_ref(), PAGE)?;
            for line in &page {
                let tag = line.language.tag();
                print(
                    &[line.id.to_string(), line.count.to_string(), tag.to_string(), line.text.clone()],
                    json!({ "id": line.id.0, "count": line.count, "language": tag, "text": line.text, "family": line.family.0 }),
                );
            }
            match page.into_iter().next_back() {
                Some(line) => last = Some(line),
                None => return Ok(true),
            }
        }
    }
    if lists.dictionary {
        for word in words::words(project)? {
            print(&[word.text.clone(), word.tag.clone()], json!({ "word": word.text, "tag": word.tag }));
        }
        return Ok(true);
    }
    Ok(false)
}

fn tagged(tag: &str) -> Result<Language> {
    Language::ALL.into_iter().find(|language| language.tag() == tag).ok_or_else(|| Error::UnknownChoice {
        what: "language",
        name: tag.to_string(),
        known: Language::ALL.iter().map(|language| language.tag().to_string()).collect(),
    })
}
