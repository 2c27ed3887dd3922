//! Entities marked elsewhere come in with their texts, lie where cleaning put the words, and leave again.

use std::path::Path;

use daoshi::formats::options::ReadOptions;
use daoshi::progress::Quiet;
use daoshi::workbench::export::{ExportFormat, export, rows};
use daoshi::workbench::import::{FileReport, import};
use daoshi::workbench::personal::Personal;
use daoshi::workbench::project::Project;

/// Texts with an emoji before the marked words, full-width digits and traditional signs, which cleaning changes.
const DOCCANO: &str = r#"{"text":"😀 我要去北京吃饭","cats":["订餐"],"entities":[[5,7,"地点"]]}
{"text":"請幫我訂２張到上海的票","cats":["订票"],"entities":[[4,5,"数量"],[7,9,"地点"]]}
{"text":"没有标记","cats":["其他"],"entities":[]}
"#;

fn take(project: &mut Project, path: &Path) -> FileReport {
    let report = import(project, &[path.to_owned()], &ReadOptions::default(), &Quiet).expect("imports");
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    report.files.into_iter().next().expect("one file")
}

/// What each text marks, as words.
fn marked(project: &mut Project) -> Vec<(String, Vec<(String, String)>)> {
    let mut all: Vec<_> = rows(project, Personal::default())
        .expect("rows")
        .into_iter()
        .map(|row| {
            let words =
                row.spans.iter().map(|mark| (mark.range.of(&row.text).to_owned(), mark.entity.clone())).collect();
            (row.intent.unwrap_or_default(), words)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn marks_come_in_with_their_texts_and_leave_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("marked.jsonl");
    std::fs::write(&file, DOCCANO).expect("a file");
    let mut project = Project::create(&folder.path().join("a.daoshi"), "li").expect("a project");
    let report = take(&mut project, &file);
    assert_eq!((report.labels, report.spans), (3, 3));
    let pair = |word: &str, entity: &str| (word.to_owned(), entity.to_owned());
    let wanted = vec![
        ("其他".to_owned(), vec![]),
        ("订票".to_owned(), vec![pair("2", "数量"), pair("上海", "地点")]),
        ("订餐".to_owned(), vec![pair("北京", "地点")]),
    ];
    assert_eq!(marked(&mut project), wanted);

    // The same marks again, under another name, are no second marks.
    let again = folder.path().join("again.jsonl");
    std::fs::write(&again, DOCCANO.replace("没有标记", "没有别的标记")).expect("a file");
    assert_eq!(take(&mut project, &again).spans, 0);

    // They leave in every format that has entities, and come back the same.
    for (format, name) in [
        (ExportFormat::Doccano, "out.jsonl"),
        (ExportFormat::Prodigy, "out-prodigy.jsonl"),
        (ExportFormat::Rasa, "nlu.yml"),
    ] {
        let out = folder.path().join(name);
        export(&mut project, &out, format, Personal::default()).expect("exports");
        let mut other = Project::create(&folder.path().join(format!("{name}.daoshi")), "li").expect("a project");
        assert_eq!(take(&mut other, &out).spans, 3, "{name}");
        let found: Vec<_> = marked(&mut other).into_iter().filter(|(_, words)| !words.is_empty()).collect();
        assert_eq!(found, wanted[1..], "{name}");
    }

    // One step takes back what the file brought.
    let mut fresh = Project::create(&folder.path().join("b.daoshi"), "li").expect("a project");
    take(&mut fresh, &file);
    fresh.undo().expect("an undo").expect("the import");
    assert!(marked(&mut fresh).iter().all(|(_, words)| words.is_empty()));
}
