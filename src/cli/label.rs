//! `daoshi label`: from a file, a cluster, or taking the last act back.

use serde_json::json;

use crate::cli::args::label::Label;
use crate::cli::{Desk, Done, Fault, keep};
use crate::domain::ids::ClusterId;
use crate::domain::label::{LabelSource, Verdict};
use crate::formats::column::ColumnRole;
use crate::formats::options::{self, ReadOptions};
use crate::workbench::current::is_out_of_scope;
use crate::workbench::project::Project;
use crate::workbench::{group, label};

mod moods;
mod people;
mod search;
mod spans;

/// Labels.
pub fn label(desk: &Desk, label: &Label) -> Done {
    if label.undo {
        return keep::undo(desk, &label.project);
    }
    let mut project = desk.open(&label.project)?;
    if let Some(code) = people::of_several(desk, label, &mut project)? {
        return Ok(code);
    }
    if let Some(code) = moods::of_moods(desk, label, &mut project)? {
        return Ok(code);
    }
    if let Some(code) = spans::of_spans(desk, label, &mut project)? {
        return Ok(code);
    }
    if let Some(code) = search::by_query(desk, label, &mut project)? {
        return Ok(code);
    }
    let labelled = if let Some(path) = &label.from {
        let columns = match &label.columns {
            Some(columns) => Some(options::columns(columns)?),
            // Two columns without headings are the text and its intent: the usual file of labels.
            None if path.extension().is_some_and(|end| end == "tsv") => {
                Some(vec![ColumnRole::Text, ColumnRole::Intent])
            }
            None => None,
        };
        label::label_file(&mut project, path, &ReadOptions { columns, ..ReadOptions::default() })?
    } else if let (Some(cluster), Some(name)) = (label.cluster, &label.intent) {
        let id = ClusterId(cluster);
        let size = group::members(&project, id)?.len();
        let verdict = verdict(&project, name)?;
        group::decide(&mut project, id, label.cut.unwrap_or(size), &[], verdict)?
    } else {
        0
    };
    if label.json {
        desk.out.json(&json!({ "labelled": labelled, "source": LabelSource::Bulk.name() }));
    } else {
        desk.out.say(desk.out.words.command.labelled, &[("n", &labelled.to_string())]);
    }
    Ok(0)
}

/// Returns the verdict a name stands for.
fn verdict(project: &Project, name: &str) -> Result<Verdict, Fault> {
    Ok(if is_out_of_scope(name) { Verdict::OutOfScope } else { Verdict::Intent(project.catalogue()?.find(name)?.id) })
}
