//! A knowledge sheet through the verbs: in, out, in again, and taken back.

use std::path::{Path, PathBuf};

use daoshi::domain::label::Intent;
use daoshi::formats::options::ReadOptions;
use daoshi::formats::record::RejectReason;
use daoshi::progress::Quiet;
use daoshi::workbench::error::Error;
use daoshi::workbench::export::{ExportFormat, export};
use daoshi::workbench::failed::FailedTo;
use daoshi::workbench::import::{FileReport, Wanted, import, import_all};
use daoshi::workbench::intents;
use daoshi::workbench::personal::Personal;
use daoshi::workbench::project::Project;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/kb").join(name)
}

fn take(project: &mut Project, path: &Path) -> FileReport {
    let report = import(project, &[path.to_owned()], &ReadOptions::default(), &Quiet).expect("imports");
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    report.files.into_iter().next().expect("one file")
}

/// The catalogue with its examples, without what only this project knows.
fn catalogue(project: &Project) -> Vec<(Intent, Vec<String>)> {
    let lines = intents::list(project).expect("reads");
    let mut all: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let examples = intents::examples(project, line.intent.id, 1000).expect("reads");
            let mut texts: Vec<String> = examples.into_iter().map(|(utterance, _)| utterance.text).collect();
            texts.sort();
            (Intent { id: daoshi::domain::ids::IntentId(0), ..line.intent }, texts)
        })
        .collect();
    all.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    all
}

#[test]
fn a_knowledge_sheet_fills_the_catalogue_in_one_event() {
    let mut project = Project::in_memory("li").expect("a project");
    let report = take(&mut project, &fixture("faq_wide_columns.xlsx"));
    assert_eq!((report.questions, report.changed, report.labels), (4, 4, 13));
    let full = catalogue(&project);
    let (intent, examples) = &full[0];
    assert_eq!((intent.question.as_str(), intent.category.as_str()), ("开户需要带什么证件", "账户/开户"));
    assert_eq!(intent.answers[0].until.as_deref(), Some("2099-12-31"));
    assert_eq!(examples.len(), 4);
    assert_eq!(project.log(None, None, 0, 10).expect("reads").len(), 1);
    project.undo().expect("undoes");
    assert!(catalogue(&project).is_empty());
    project.redo().expect("redoes");
    assert_eq!(catalogue(&project), full);
    let again = take(&mut project, &fixture("faq_wide_columns.xlsx"));
    assert_eq!((again.kept, again.changed), (0, 0), "the same sheet adds nothing");
}

#[test]
fn what_is_exported_fills_another_project_with_the_same() {
    let mut project = Project::in_memory("li").expect("a project");
    take(&mut project, &fixture("faq_multiline_cell_with_note_row.xlsx"));
    let full = catalogue(&project);
    let folder = tempfile::tempdir().expect("a folder");
    for (format, name) in [
        (ExportFormat::KbWide, "wide.xlsx"),
        (ExportFormat::KbCell, "cell.xlsx"),
        (ExportFormat::KbRows, "rows.xlsx"),
        (ExportFormat::KbCell, "cell.csv"),
        (ExportFormat::KbRows, "rows.tsv"),
    ] {
        let file = folder.path().join(name);
        export(&mut project, &file, format, Personal::Masked).expect(name);
        assert!(matches!(export(&mut project, &file, format, Personal::Masked), Err(Error::Exists { .. })), "{name}");
        let mut other = Project::in_memory("wang").expect("a project");
        take(&mut other, &file);
        assert_eq!(catalogue(&other), full, "{name}");
    }
    let labels = folder.path().join("labels.xlsx");
    assert_eq!(export(&mut project, &labels, ExportFormat::Xlsx, Personal::Masked).expect("writes").rows, 13);
    let mut other = Project::in_memory("wang").expect("a project");
    assert_eq!(take(&mut other, &labels).labels, 13);
}

#[test]
fn a_sheet_speaks_for_its_channels_and_leaves_the_others_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut project = Project::in_memory("li").expect("a project");
    for (name, text) in [
        ("1.csv", "标准问,相似问,答案,渠道\n怎么退保,退保流程,请到柜面,app\n怎么退保,,请致电,phone\n"),
        ("2.csv", "标准问,相似问,答案,渠道\n怎么退保,退保流程,在线办理,app\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("writes");
        take(&mut project, &folder.path().join(name));
    }
    let answers = &catalogue(&project)[0].0.answers;
    let mut told: Vec<_> =
        answers.iter().map(|a| (a.channel.as_deref().unwrap_or_default(), a.text.as_str())).collect();
    told.sort_unstable();
    assert_eq!(told, [("app", "在线办理"), ("phone", "请致电")]);
}

#[test]
fn failed_rows_are_written_with_their_reasons_and_come_in_when_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kb.csv");
    std::fs::write(&file, "标准问,相似问,答案,生效日期\n怎么退保,退保流程,好,明年\n怎么理赔,理赔流程,好,\n")
        .expect("writes");
    let says = |reason: &RejectReason| reason.name().to_owned();
    let to = FailedTo { folder: folder.path().to_owned(), headings: ["行", "原因"], says: &says };
    let mut project = Project::in_memory("li").expect("a project");
    let report =
        import_all(&mut project, &[Wanted { path: file, ..Wanted::default() }], Some(&to), &Quiet).expect("imports");
    let failed = report.files[0].failed.clone().expect("a row failed");
    let text = std::fs::read_to_string(&failed).expect("reads");
    assert_eq!(
        text.trim_start_matches('\u{FEFF}'),
        "行,原因,标准问,相似问,答案,生效日期\n2,bad-day,怎么退保,退保流程,好,明年\n"
    );
    std::fs::write(&failed, text.replace("明年", "2025-01-01")).expect("writes");
    take(&mut project, &failed);
    let told: Vec<usize> = catalogue(&project).iter().map(|(intent, _)| intent.answers.len()).collect();
    assert_eq!(told, [1, 1]);
}
