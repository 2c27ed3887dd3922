//! Knowledge sheets out and in again, in every layout and kind of file, and the rows of them that cannot be used.

use proptest::prelude::*;

use crate::domain::ids::IntentId;
use crate::domain::label::{Answer, Intent};
use crate::formats::error::Error;
use crate::formats::fixtures::given::{path, read_bytes};
use crate::formats::options::ReadOptions;
use crate::formats::read::read;
use crate::formats::record::{Knowledge, Record, RejectReason};
use crate::formats::write::failed::{Failed, HEADINGS};
use crate::formats::write::knowledge::{Entry, Layout, grid};
use crate::progress::Quiet;

/// What a sheet says: its intents put together again, and why rows failed.
fn understood(file: &std::path::Path) -> (Vec<Entry>, Vec<(u64, RejectReason)>) {
    let (mut entries, mut rejected): (Vec<Entry>, _) = (Vec::new(), Vec::new());
    let mut at = |name: &str| {
        entries.iter().position(|entry| entry.intent.name == name).unwrap_or_else(|| {
            entries.push(Entry { intent: Intent { name: name.to_owned(), ..blank() }, similar: Vec::new() });
            entries.len() - 1
        })
    };
    let mut records = Vec::new();
    read(file, &ReadOptions::default(), &Quiet, &mut |record| {
        records.push(record);
        Ok(())
    })
    .expect("reads");
    let mut places = Vec::new();
    for record in &records {
        places.push(match record {
            Record::Knowledge(said) => at(&said.intent),
            Record::Message(message) => at(message.intent.as_deref().unwrap_or_default()),
            Record::Rejected(_) => 0,
        });
    }
    for (record, place) in records.into_iter().zip(places) {
        match record {
            Record::Rejected(row) => rejected.push((row.line, row.reason)),
            Record::Message(message) => entries[place].similar.push(message.text),
            Record::Knowledge(Knowledge { question, category, guideline, answer, .. }) => {
                let intent = &mut entries[place].intent;
                intent.question = question;
                if intent.category.is_empty() {
                    intent.category = category;
                }
                if intent.guideline.is_empty() {
                    intent.guideline = guideline;
                }
                intent.answers.extend(answer.filter(|answer| !intent.answers.contains(answer)));
            }
        }
    }
    for entry in &mut entries {
        let question = entry.intent.question.clone();
        entry.similar.retain(|text| *text != question);
    }
    (entries, rejected)
}

fn blank() -> Intent {
    Intent {
        id: IntentId(0),
        name: String::new(),
        question: String::new(),
        guideline: String::new(),
        category: String::new(),
        answers: Vec::new(),
    }
}

fn back(entries: &[Entry], layout: Layout, name: &str) -> Vec<Entry> {
    let (folder, mut bytes) = (tempfile::tempdir().expect("a folder"), Vec::new());
    let grid = grid(entries, layout);
    match name.rsplit_once('.') {
        Some((_, "csv")) => grid.text(',', &mut bytes),
        Some((_, "tsv")) => grid.text('\t', &mut bytes),
        _ => grid.workbook(&mut bytes),
    }
    .expect("memory");
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).expect("a file");
    understood(&file).0
}

fn answer() -> impl Strategy<Value = Answer> {
    let text = "[=＋a好😀,;|\"'\n-]{0,10}[a好]";
    let days = prop_oneof![
        Just((None, None)),
        Just((Some("2024-01-01"), None)),
        Just((None, Some("2025-12-31"))),
        Just((Some("2024-01-01"), Some("2024-01-01")))
    ];
    (text, proptest::option::of("[=a-z]{1,4}"), days, proptest::option::of("[好@]{1,4}")).prop_map(
        |(text, channel, (from, until), note)| Answer {
            text: text.trim().to_owned(),
            channel,
            from: from.map(str::to_owned),
            until: until.map(str::to_owned),
            note,
        },
    )
}

fn catalogue() -> impl Strategy<Value = Vec<Entry>> {
    let question = "[=＝a好😀,;|｜\"'@-]{0,8}[a好]";
    let similar = proptest::collection::vec(question, 0..5);
    let entry = (
        question,
        any::<bool>(),
        "(好|a|a/好)?",
        "([=好]{1,4}\n好)?",
        proptest::collection::vec(answer(), 0..4),
        similar,
    );
    proptest::collection::vec(entry, 1..5).prop_map(|entries| {
        entries
            .into_iter()
            .enumerate()
            .map(|(n, (question, named, category, guideline, mut answers, similar))| {
                // Nothing may belong to two intents.
                let question = format!("{question}{n}");
                let name = if named { format!("i{n}") } else { question.clone() };
                let mut seen = Vec::new();
                answers.retain(|answer| {
                    !seen.contains(answer) && {
                        seen.push(answer.clone());
                        true
                    }
                });
                let similar = similar.into_iter().enumerate().map(|(m, text)| format!("{text}{n}.{m}")).collect();
                Entry { intent: Intent { name, question, category, guideline, answers, ..blank() }, similar }
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_goes_out_comes_in_again(entries in catalogue()) {
        for layout in [Layout::Wide, Layout::Cell, Layout::Rows] {
            for name in ["kb.xlsx", "kb.csv", "kb.tsv"] {
                prop_assert_eq!(&back(&entries, layout, name), &entries, "{:?} {}", layout, name);
            }
        }
    }
}

#[test]
fn hundreds_of_similar_questions_fit_in_every_layout() {
    let similar = (0..450).map(|n| format!("提前还款要收违约金吗，这是第{n}种问法{}", "长".repeat(100))).collect();
    let question = "提前还款收违约金吗".to_owned();
    let entries = [Entry { intent: Intent { name: question.clone(), question, ..blank() }, similar }];
    for layout in [Layout::Wide, Layout::Cell, Layout::Rows] {
        assert_eq!(back(&entries, layout, "kb.xlsx"), entries, "{layout:?}");
    }
}

#[test]
fn the_layouts_of_vendors_say_the_same() {
    let of = |file: &str| understood(&path(file)).0;
    let wide = of("kb/faq_wide_columns.xlsx");
    assert_eq!(wide.len(), 4);
    let first = &wide[0].intent;
    assert_eq!((first.category.as_str(), first.guideline.as_str()), ("账户/开户", "核心词：开户"));
    let answer = &first.answers[0];
    assert_eq!(answer.text, "本人有效身份证原件及手机，未满16周岁需监护人陪同。");
    assert_eq!((answer.from.as_deref(), answer.until.as_deref()), (Some("2024-01-01"), Some("2099-12-31")));
    let cell = of("kb/faq_multiline_cell_with_note_row.xlsx");
    assert_eq!((&cell[0].intent.answers, &cell[0].intent.category), (&first.answers, &first.category));
    assert_eq!(cell[0].intent.guideline, "标签：开户");
    let rows = of("kb/faq_row_per_similar_merged.xlsx");
    for (at, entry) in rows.iter().enumerate() {
        assert_eq!((&entry.similar, &entry.intent.category), (&wide[at].similar, &wide[at].intent.category));
        assert_eq!(entry.intent.answers[0].text, wide[at].intent.answers[0].text);
        assert_eq!(entry.intent.answers.len(), 1, "a merged cell says its answer once");
    }
    let gbk = of("kb/faq_pipe_gbk.csv");
    assert_eq!((gbk[1].similar.len(), gbk[1].intent.answers.len()), (2, 1));
}

#[test]
fn what_cannot_be_used_is_told_and_the_rest_is_taken() {
    let long = "长".repeat(201);
    let text = format!(
        "标准问,相似问,答案,生效日期\n怎么退保,退保流程|我要退保,好,2024-01-01\n怎么理赔,退保流程|理赔流程,好,明年\n怎么销户,销户流程,,\n{long},随便,好,\n,还是随便,,\n开户,{long},好,\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kb.csv");
    std::fs::write(&file, &text).expect("a file");
    let (entries, rejected) = understood(&file);
    assert_eq!(
        rejected,
        [
            (3, RejectReason::BadDay { word: "明年".to_owned() }),
            (3, RejectReason::Shared { with: "怎么退保".to_owned() }),
            (4, RejectReason::NoAnswer),
            (5, RejectReason::LongQuestion { chars: 201 }),
            (6, RejectReason::LongQuestion { chars: 201 }),
            (7, RejectReason::LongQuestion { chars: 201 }),
        ]
    );
    let told: Vec<_> =
        entries.iter().map(|e| (e.intent.question.as_str(), e.similar.len(), e.intent.answers.len())).collect();
    assert_eq!(told, [("怎么退保", 2, 1), ("怎么理赔", 1, 0), ("怎么销户", 1, 0), ("开户", 0, 1)]);
}

#[test]
fn failed_rows_come_back_mended() -> Result<(), Error> {
    let text = "标准问,相似问,答案,生效日期\n怎么退保,=退保,好,明年\n";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kb.csv");
    std::fs::write(&file, text).expect("a file");
    let sniffed = crate::formats::read::sniffed(&file, &ReadOptions::default())?;
    let mut failed = Failed::new(sniffed.table.as_ref(), HEADINGS[0], Vec::new()).expect("memory");
    failed.row(2, "日期读不出来：明年", "怎么退保,=退保,好,明年").expect("memory");
    let bytes = failed.end().expect("memory");
    let told = String::from_utf8(bytes).expect("text");
    assert_eq!(
        told.trim_start_matches('\u{FEFF}'),
        "行,原因,标准问,相似问,答案,生效日期\n2,日期读不出来：明年,怎么退保,'=退保,好,明年\n"
    );
    let mended = told.replace(",明年\n", ",2025-01-01\n");
    let (_, messages, rejected) = read_bytes("kb.csv.failed.csv", mended.as_bytes(), &ReadOptions::default())?;
    assert_eq!(messages.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["怎么退保", "=退保"]);
    assert_eq!(rejected, []);
    Ok(())
}
