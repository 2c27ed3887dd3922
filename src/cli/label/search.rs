//! `daoshi label --where`: texts found by a query, decided on in one act; queries kept by name.

use serde_json::json;

use crate::cli::args::label::Label;
use crate::cli::label::verdict;
use crate::cli::progress::Line;
use crate::cli::{Desk, Fault};
use crate::domain::ids::UtteranceId;
use crate::domain::query::Hit;
use crate::explain::agreement;
use crate::i18n::fill;
use crate::query::print::print;
use crate::workbench::label::many::decide_all;
use crate::workbench::project::Project;
use crate::workbench::search::{drop_slice, keep_slice, read, search, shown, similar, slice, slices};

/// Does what concerns queries; `None` when nothing of that was asked.
pub fn by_query(desk: &Desk, label: &Label, project: &mut Project) -> Result<Option<u8>, Fault> {
    let t = &desk.out.words.search;
    if label.slices {
        for (name, query) in slices(project)? {
            match label.json {
                true => desk.out.json(&json!({ "name": name, "query": query })),
                false => desk.out.data(&format!("{name}\t{query}")),
            }
        }
        return Ok(Some(0));
    }
    if let Some(name) = &label.drop_slice {
        drop_slice(project, name)?;
        desk.out.say(t.dropped, &[("name", name)]);
        return Ok(Some(0));
    }
    let query = match (&label.query, &label.slice) {
        (Some(text), _) => read(text)?,
        (None, Some(name)) => slice(project, name)?,
        (None, None) => return Ok(None),
    };
    let mut hits = search(project, &query)?;
    if let Some(name) = &label.save_slice {
        keep_slice(project, name, &query)?;
        desk.out.say(t.kept, &[("name", name)]);
    }
    let mut near: Vec<f32> = Vec::new();
    if !label.similar.is_empty() {
        let examples: Vec<UtteranceId> = label.similar.iter().copied().map(UtteranceId).collect();
        let progress = Line::new(&desk.out);
        (hits, near) = similar(project, &hits, &examples, &progress)?.into_iter().unzip();
    }
    hits.truncate(label.limit.unwrap_or(hits.len()));
    match &label.intent {
        Some(name) => decide(desk, label, project, &hits, (name, &print(&query)))?,
        None => list(desk, label, project, &hits, &near)?,
    }
    Ok(Some(0))
}

fn list(desk: &Desk, label: &Label, project: &Project, hits: &[Hit], near: &[f32]) -> Result<(), Fault> {
    let catalogue = project.catalogue()?;
    for (place, found) in shown(project, hits)?.into_iter().enumerate() {
        let (utterance, standing) = (found.utterance, found.label);
        let name = standing.as_ref().map(|label| agreement::verdict(label.verdict, &catalogue, desk.out.words));
        let by = standing.map(|label| label.actor);
        if label.json {
            desk.out.json(&json!({
                "text_id": utterance.id.0, "text": utterance.text, "customers": utterance.count, "label": name, "by": by,
                "nearness": near.get(place),
            }));
            continue;
        }
        let mut cells = vec![utterance.id.to_string(), utterance.count.to_string()];
        cells.extend([name.unwrap_or_default(), by.unwrap_or_default(), utterance.text]);
        cells.extend(near.get(place).map(|near| format!("{near:.3}")));
        desk.out.data(&cells.join("\t"));
    }
    if !label.json {
        let customers: u64 = hits.iter().map(|hit| hit.customers).sum();
        let gaps = [("n", hits.len().to_string()), ("customers", customers.to_string())];
        desk.out.say(desk.out.words.search.found, &[("n", &gaps[0].1), ("customers", &gaps[1].1)]);
    }
    Ok(())
}

fn decide(
    desk: &Desk,
    label: &Label,
    project: &mut Project,
    hits: &[Hit],
    (name, subject): (&str, &str),
) -> Result<(), Fault> {
    let t = &desk.out.words.search;
    let verdict = verdict(project, name)?;
    if label.preview {
        let customers: u64 = hits.iter().map(|hit| hit.customers).sum();
        let labelled = hits.iter().filter(|hit| hit.label.is_some()).count();
        if label.json {
            desk.out.json(&json!({ "texts": hits.len(), "customers": customers, "labelled": labelled }));
            return Ok(());
        }
        let (n, customers, labelled) = (hits.len().to_string(), customers.to_string(), labelled.to_string());
        desk.out.word(&fill(t.would, &[("n", &n), ("customers", &customers), ("labelled", &labelled)]));
        return Ok(());
    }
    let op = project.op();
    let decided = decide_all(project, &op, hits, verdict, subject)?;
    if label.json {
        desk.out.json(&json!({ "labelled": decided.labelled, "left": decided.left, "source": "bulk" }));
        return Ok(());
    }
    let phrase = if decided.left == 0 { t.decided } else { t.left };
    let (n, left) = (decided.labelled.to_string(), decided.left.to_string());
    desk.out.say(phrase, &[("what", name), ("n", &n), ("left", &left)]);
    Ok(())
}
