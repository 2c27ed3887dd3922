//! What records of other programs said that nobody here reads, on its way back: personal data hidden as in texts.
//!
//! Called by `export`. Values are hidden one by one, and names with them; a number that looks like a person's is one.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::domain::extra::Form;
use crate::domain::ids::UtteranceId;
use crate::formats::write::row::ExportRow;
use crate::text::clean::masked::hiding;
use crate::workbench::error::Result;
use crate::workbench::personal::{Personal, open};
use crate::workbench::project::Project;

/// Digits a number has that may be a person's; shorter ones are counts, places and hashes.
const DIGITS: usize = 11;

/// Fields that speak of places in a text: of no use where cleaning changed it.
const PLACED: [&str; 2] = ["tokens", "relations"];

/// Gives rows what the records of their utterances said; `at` tells where a row stands.
pub(in crate::workbench) fn gather(
    project: &mut Project,
    personal: Personal,
    rows: &mut [(i64, ExportRow)],
    at: &HashMap<UtteranceId, usize>,
) -> Result<()> {
    let mut found: Vec<(usize, Form, Map<String, Value>)> = Vec::new();
    project.store.each_extra(|utterance, form, fields, whole| {
        let Some(place) = at.get(&utterance) else { return Ok(()) };
        let mut fields: Map<String, Value> = serde_json::from_str(fields)?;
        if !whole {
            fields.retain(|name, _| !PLACED.contains(&name.as_str()));
        }
        found.push((*place, form, fields));
        Ok(())
    })?;
    for (place, form, fields) in found {
        let fields = if personal == Personal::Raw { fields } else { hidden_in(project, fields, personal)? };
        let said = (form, fields);
        let extras = &mut rows[place].1.extras;
        if !said.1.is_empty() && !extras.contains(&said) {
            extras.push(said);
        }
    }
    Ok(())
}

/// Returns the fields an export leaves out, by name, with the records that had them; `form` is the one that is written.
pub(in crate::workbench) fn left_out(rows: &[ExportRow], form: Option<Form>) -> BTreeMap<String, u64> {
    let mut names = BTreeMap::new();
    for row in rows {
        let kept = form.and_then(|form| row.extras.iter().position(|(of, _)| *of == form));
        let others = row.extras.iter().enumerate().filter(|(at, _)| Some(*at) != kept);
        // A table's `count` is ours: how often the text was said.
        let beaten = kept.filter(|_| form == Some(Form::Table)).and_then(|at| row.extras[at].1.get_key_value("count"));
        let others = others.flat_map(|(_, (_, fields))| fields.keys()).chain(beaten.map(|(name, _)| name));
        for name in others {
            match names.get_mut(name) {
                Some(count) => *count += 1,
                None => _ = names.insert(name.clone(), 1),
            }
        }
    }
    names
}

fn hidden_in(project: &mut Project, fields: Map<String, Value>, way: Personal) -> Result<Map<String, Value>> {
    let hide = |(name, value)| Ok((shown(project, name, way)?, hidden(project, value, way)?));
    fields.into_iter().map(hide).collect()
}

fn hidden(project: &mut Project, value: Value, way: Personal) -> Result<Value> {
    Ok(match value {
        Value::String(text) => shown(project, text, way)?.into(),
        Value::Array(values) => {
            let hide = |value| hidden(project, value, way);
            Value::Array(values.into_iter().map(hide).collect::<Result<_>>()?)
        }
        Value::Object(fields) => Value::Object(hidden_in(project, fields, way)?),
        Value::Number(number) => {
            let text = number.to_string();
            let long = text.len() >= DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
            match hiding(&text).filter(|_| long) {
                Some(_) => shown(project, text, way)?.into(),
                None => number.into(),
            }
        }
        other => other,
    })
}

fn shown(project: &mut Project, text: String, way: Personal) -> Result<String> {
    match hiding(&text) {
        Some(cleaned) => Ok(open(project, &cleaned.text, &cleaned.offsets.to_bytes(), &text, way)?.text),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::formats::options::ReadOptions;
    use crate::progress::Quiet;
    use crate::store::gone::Target;
    use crate::workbench::export::{ExportFormat, export};
    use crate::workbench::import::import;

    const TASKS: &str = "{\"text\":\"我要退款\",\"label\":\"退款\",\"answer\":\"accept\",\"_task_hash\":-1825377190,\"meta\":{\"page\":3,\"谁\":\"打13800138000找我\"},\"number\":13800138000}\n{\"text\":\"查物流\",\"label\":\"物流\",\"answer\":\"accept\"}\n{\"text\":\"我要退款\",\"label\":\"退款\",\"answer\":\"accept\",\"_session_id\":\"b😀[\\\"]\"}\n";

    fn took(text: &str, name: &str) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writes");
        let mut project = Project::in_memory("an").expect("a project");
        let report = import(&mut project, &[path], &ReadOptions::default(), &Quiet).expect("imports");
        assert!(report.refused.is_empty(), "{:?}", report.refused);
        (folder, project)
    }

    fn out(project: &mut Project, to: &Path, format: ExportFormat, way: Personal) -> (String, BTreeMap<String, u64>) {
        let written = export(project, to, format, way).expect("exports");
        (std::fs::read_to_string(to).unwrap_or_default(), written.fields)
    }

    #[test]
    fn fields_go_back_where_they_came_from_with_personal_data_hidden() {
        let (folder, mut project) = took(TASKS, "tasks.jsonl");
        let to = |name: &str| folder.path().join(name);
        let (same, lost) = out(&mut project, &to("same.jsonl"), ExportFormat::Prodigy, Personal::Masked);
        let task: Value =
            serde_json::from_str(same.lines().find(|line| line.contains("退款")).expect("a task")).unwrap();
        assert_eq!(task["_task_hash"], -1_825_377_190);
        assert_eq!((&task["meta"]["page"], &task["meta"]["谁"]), (&3.into(), &"打<phone>找我".into()));
        assert_eq!((&task["number"], &task["meta"]["count"]), (&"<phone>".into(), &2.into()));
        // A text has one record in the file; what the other said is told.
        assert_eq!(lost, BTreeMap::from([("_session_id".to_owned(), 1)]));
        let (raw, _) = out(&mut project, &to("raw.jsonl"), ExportFormat::Prodigy, Personal::Raw);
        assert!(raw.contains("打13800138000找我") && raw.contains("\"number\":13800138000"), "{raw}");
        let (linked, _) = out(&mut project, &to("linked.jsonl"), ExportFormat::Prodigy, Personal::Linked);
        assert!(linked.contains("<phone#") && !linked.contains("13800138000"), "{linked}");
        let (other, lost) = out(&mut project, &to("other.jsonl"), ExportFormat::Doccano, Personal::Masked);
        assert!(!other.contains("_task_hash"), "{other}");
        let names: Vec<&str> = lost.keys().map(String::as_str).collect();
        assert_eq!(names, ["_session_id", "_task_hash", "meta", "number"]);
    }

    #[test]
    fn columns_of_no_use_come_back_in_a_table_and_in_a_workbook() {
        let table = "text,intent,批次,旁注,count\n我要退款,退款,A-1,\"两行\r\n[😀]\",9\n查物流,物流,,=1+1,\n";
        let (folder, mut project) = took(table, "rows.csv");
        let to = |name: &str| folder.path().join(name);
        let (csv, lost) = out(&mut project, &to("same.csv"), ExportFormat::Csv, Personal::Masked);
        assert!(csv.contains("text,intent,count,source,批次,旁注\n"), "{csv}");
        assert!(csv.contains("我要退款,退款,1,import,A-1,\"两行\r\n[😀]\"\n") && csv.contains("'=1+1"), "{csv}");
        assert_eq!(lost, BTreeMap::from([("count".to_owned(), 1)]), "how often a text was said is ours to say");
        out(&mut project, &to("same.xlsx"), ExportFormat::Xlsx, Personal::Masked);
        for name in ["same.csv", "same.xlsx"] {
            let mut again = Project::in_memory("an").expect("a project");
            let report = import(&mut again, &[to(name)], &ReadOptions::default(), &Quiet).expect("imports");
            assert_eq!((report.files[0].extras, report.files[0].cut), (2, 0), "{name}");
            let (back, _) = out(&mut again, &to(&format!("{name}.csv")), ExportFormat::Csv, Personal::Masked);
            // A workbook keeps line ends its own way.
            let plain = |text: &str| text.replace("\r\n", "\n");
            assert_eq!(plain(&back), plain(&csv), "{name}");
        }
        let (jsonl, lost) = out(&mut project, &to("other.jsonl"), ExportFormat::Jsonl, Personal::Masked);
        assert!(!jsonl.contains("批次") && lost["旁注"] == 2, "{jsonl}");
    }

    #[test]
    fn what_is_erased_takes_its_fields_along_and_rows_without_any_cost_nothing() {
        let (folder, mut project) = took(TASKS, "tasks.jsonl");
        let count =
            |project: &mut Project| project.store.ask("SELECT count(*) FROM extra", 9).unwrap().rows[0][0].clone();
        assert_eq!(count(&mut project), 2, "the second task has none");
        let erased = project.store.purge(&Target::Matching("找我".into()), "p", "an", 1).expect("erases");
        assert_eq!((erased.turns, count(&mut project)), (1, 1.into()), "the words stood in a field alone");
        project.store.purge(&Target::Everything, "q", "an", 2).expect("erases");
        assert_eq!(count(&mut project), 0);
        drop(folder);
    }

    #[test]
    fn an_import_taken_back_takes_its_fields_along() {
        let (folder, mut project) = took(TASKS, "tasks.jsonl");
        project.undo().expect("undoes");
        let mut seen = 0;
        project
            .store
            .each_extra(|_, _, _, _| {
                seen += 1;
                Ok(())
            })
            .expect("reads");
        assert_eq!(seen, 0);
        drop(folder);
    }
}
