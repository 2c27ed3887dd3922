//! The labelled sets of other programs: what each looks like, and that all of them come back.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write};
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::formats::corpus::labelled::OUT_OF_SCOPE;
use crate::formats::corpus::{
    argilla, azure, botpress, dialogflow, doccano, fasttext, humanfirst, label_studio, prodigy, spacy, watson,
};
use crate::formats::fixtures::given::{all, read_bytes};
use crate::formats::format::Format;
use crate::formats::options::ReadOptions;
use crate::formats::write::row::{ExportRow, Written};

type Writer = fn(&[ExportRow], &mut dyn Write) -> io::Result<Written>;

/// Every format: the file it is read from, and what it cannot say.
const FORMATS: &[(Format, &str, Writer, Says)] = &[
    (Format::Prodigy, "out.jsonl", prodigy::write, Says::ALL),
    (Format::Doccano, "out.jsonl", doccano::write, Says::ALL),
    (Format::Spacy, "out.jsonl", spacy::write, Says::ALL),
    (Format::LabelStudio, "out.json", label_studio::write, Says::ALL),
    (Format::Argilla, "out.json", argilla::write, Says::ALL),
    (Format::Luis, "out.json", azure::write_luis, Says { none: "None", ..Says::ALL }),
    (Format::Clu, "out.json", azure::write_clu, Says { none: "None", ..Says::ALL }),
    (Format::Watson, "out.json", watson::write, Says { lines: false, spans_outside: false, ..Says::ALL }),
    (Format::HumanFirst, "out.json", humanfirst::write, Says { spans: false, ..Says::ALL }),
    (Format::FastText, "out.txt", fasttext::write, Says { lines: false, spans: false, ends: false, ..Says::ALL }),
    (Format::DialogflowEs, "out.zip", dialogflow::write_es, Says::ALL),
    (Format::DialogflowCx, "out.zip", dialogflow::write_cx, Says::ALL),
    (Format::Botpress, "out.zip", botpress::write, Says { none: "none", ..Says::ALL }),
];

#[derive(Clone, Copy)]
struct Says {
    /// Line ends and tabs inside a text.
    lines: bool,
    /// Blanks at a text's ends.
    ends: bool,
    spans: bool,
    /// Spans of texts without an intent.
    spans_outside: bool,
    /// The name texts of no intent come back with.
    none: &'static str,
}

impl Says {
    const ALL: Says = Says { lines: true, ends: true, spans: true, spans_outside: true, none: OUT_OF_SCOPE };
}

/// Reads what was written; an archive file by file, as it lies in a folder.
fn back(name: &str, bytes: Vec<u8>, format: Format) -> Vec<Message> {
    if !name.ends_with("zip") {
        let (summary, messages, rejected) = read_bytes(name, &bytes, &ReadOptions::default()).expect("reads");
        assert_eq!((summary.format, rejected.len()), (format, 0));
        return messages;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).expect("an archive");
    let mut messages = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let path = folder.path().join(file.name().expect("a name").as_ref());
        let mut text = String::new();
        file.read_to_string(&mut text).expect("text");
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, &text).expect("a file");
        if is_phrases(&path) {
            let (summary, found, _) = all(&path, &ReadOptions::default()).expect("reads");
            assert_eq!(summary.format, format, "{text}");
            messages.extend(found);
        }
    }
    messages
}

/// Tells whether a file of an archive holds phrases, and is not about the agent or an entity.
fn is_phrases(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("_usersays_") || text.contains("trainingPhrases") || {
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
        json.get("utterances").is_some()
    }
}

type Said = (String, String, Vec<(u32, u32, String)>);

fn said(text: &str, intent: &str, marks: &[Mark]) -> Said {
    let marks = marks.iter().map(|mark| (mark.range.start, mark.range.end, mark.entity.clone())).collect();
    (text.to_owned(), intent.to_owned(), marks)
}

/// Returns some rows with letters that count differently everywhere, and spans at letters' edges.
fn rows() -> impl Strategy<Value = Vec<ExportRow>> {
    let letters = prop::sample::select(vec![
        "a",
        "好",
        "😀",
        "👩‍👧",
        "e\u{301}",
        "[",
        "]",
        "(",
        "{",
        "\"",
        "\\",
        " ",
        "\r\n",
        "\t",
        "。",
        "-",
        ":",
    ]);
    let text = prop::collection::vec(letters, 1..10).prop_map(|letters| letters.concat());
    let text = text.prop_filter("a text", |text| !text.trim().is_empty());
    let intent = prop::sample::select(vec![None, Some("退款进度"), Some("cancel"), Some("账单_1")]);
    let row = (text, intent, prop::collection::vec((0usize..20, 0usize..20, 0usize..2), 0..4), 1u64..4);
    let row = row.prop_map(|(text, intent, cuts, count)| {
        let edges: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut spans: Vec<Mark> = Vec::new();
        for (from, to, entity) in cuts {
            let (from, to) = (edges[from % edges.len()], edges[to % edges.len()]);
            let done = spans.last().map_or(0, |mark| mark.range.end as usize);
            if from < to && from >= done {
                let entity = ["product", "金额"][entity].to_owned();
                spans.push(Mark { range: ByteRange::new(from, to), entity, value: String::new() });
            }
        }
        ExportRow { text, intent: intent.map(str::to_owned), count, spans, source: "hand".into(), extras: Vec::new() }
    });
    prop::collection::vec(row, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_format_comes_back(rows in rows()) {
        for (format, name, write, says) in FORMATS {
            let mut bytes = Vec::new();
            let written = write(&rows, &mut bytes).expect("memory");
            let broken = |row: &&ExportRow| row.text.contains(['\n', '\r']) || *format == Format::Watson && row.text.contains('\t');
            let kept: Vec<&ExportRow> = rows.iter().filter(|row| says.lines || !broken(row)).collect();
            prop_assert_eq!(written.rows as usize, kept.len(), "{:?}", format);
            prop_assert_eq!(written.left_out as usize, rows.len() - kept.len(), "{:?}", format);
            // A file of nothing is of no format.
            if kept.is_empty() {
                continue;
            }
            let mut wanted: Vec<Said> = kept.iter().map(|row| {
                let text = if says.ends { row.text.as_str() } else { row.text.trim() };
                let spans: &[Mark] = if says.spans && (says.spans_outside || row.intent.is_some()) { &row.spans } else { &[] };
                said(text, row.intent.as_deref().unwrap_or(says.none), spans)
            }).collect();
            let mut found: Vec<Said> = back(name, bytes, *format).iter()
                .map(|message| said(&message.text, message.intent.as_deref().unwrap_or_default(), &message.marks))
                .collect();
            if *format == Format::Botpress {
                // Brackets inside a span have no place in its notation, and the report says so.
                let count = |all: &[Said]| all.iter().map(|(_, _, marks)| marks.len() as u64).sum::<u64>();
                prop_assert_eq!(count(&found) + written.spans_left_out, count(&wanted));
                found.iter_mut().chain(&mut wanted).for_each(|(_, _, marks)| marks.clear());
            }
            found.sort();
            wanted.sort();
            prop_assert_eq!(found, wanted, "{:?}", format);
        }
    }

    #[test]
    fn the_same_labels_are_the_same_bytes(rows in rows()) {
        for (format, _, write, _) in FORMATS {
            let bytes = || {
                let mut bytes = Vec::new();
                write(&rows, &mut bytes).expect("memory");
                bytes
            };
            prop_assert_eq!(bytes(), bytes(), "{:?}", format);
        }
    }
}

/// Files as those programs write them, smaller: the format they are told as, and what they say.
#[test]
fn files_of_the_programs_themselves_are_read() {
    let cases: &[(&str, &str, Format, &[Said])] = &[
        (
            "set.jsonl",
            r#"{"text":"退😀款","_input_hash":1,"_task_hash":2,"label":"退款","answer":"accept","_view_id":"classification"}
{"text":"在吗","_input_hash":3,"_task_hash":4,"label":"退款","answer":"reject"}
{"text":"查账单","_input_hash":5,"_task_hash":6,"options":[{"id":"账单","text":"账单"}],"accept":["账单"],"answer":"accept"}"#,
            Format::Prodigy,
            &[("退😀款", "退款", &[][..]), ("在吗", "", &[]), ("查账单", "账单", &[])].map(plainly),
        ),
        (
            "set.jsonl",
            r#"{"id":1,"text":"😀买活期宝","label":[[2,5,"product"]]}
{"id":2,"text":"活期宝","entities":[{"id":1,"start_offset":0,"end_offset":3,"label":"product"}],"relations":[]}"#,
            Format::Doccano,
            &[("😀买活期宝", "", &[(7, 16, "product")][..]), ("活期宝", "", &[(0, 9, "product")])].map(plainly),
        ),
        (
            "set.json",
            r#"[{"id":7,"data":{"text":"😀活期宝"},"annotations":[{"was_cancelled":true,"result":[{"type":"choices","value":{"choices":["错"]}}]},
{"was_cancelled":false,"result":[{"type":"choices","value":{"choices":["询问"]}},{"type":"labels","value":{"start":2,"end":5,"text":"活期宝","labels":["product"]}}]}]},
{"id":8,"data":{"text":"😀活期宝"},"annotations":[{"result":[{"type":"labels","value":{"start":1,"end":4,"text":"活期宝","labels":["product"]}}]}]}]"#,
            Format::LabelStudio,
            &[("😀活期宝", "询问", &[(4, 13, "product")][..]), ("😀活期宝", "", &[(4, 13, "product")])].map(plainly),
        ),
        (
            "set.json",
            r#"[{"id":"1","fields":{"text":"怎么还款"},"metadata":{},"suggestions":{"label":{"value":"猜的"}},"responses":{"label":[{"value":"草稿","status":"draft"},{"value":"还款","user_id":"u","status":"submitted"}]}}]"#,
            Format::Argilla,
            &[("怎么还款", "还款", &[][..])].map(plainly),
        ),
        (
            "app.json",
            r#"{"luis_schema_version":"3.2.0","intents":[{"name":"None"}],"entities":[],"utterances":[{"text":"fly to Rome","intent":"Book","entities":[{"entity":"city","startPos":7,"endPos":10}]}]}"#,
            Format::Luis,
            &[("fly to Rome", "Book", &[(7, 11, "city")][..])].map(plainly),
        ),
        (
            "project.json",
            r#"{"projectFileVersion":"2022-05-01","stringIndexType":"Utf16CodeUnit","assets":{"intents":[],"utterances":[{"text":"😀Rome","intent":"Book","entities":[{"category":"city","offset":2,"length":4}]}]}}"#,
            Format::Clu,
            &[("😀Rome", "Book", &[(4, 8, "city")][..])].map(plainly),
        ),
        (
            "skill.json",
            r#"{"intents":[{"intent":"book","examples":[{"text":"to Rome","mentions":[{"entity":"city","location":[3,7]}]}]}],"counterexamples":[{"text":"hm"}]}"#,
            Format::Watson,
            &[("to Rome", "book", &[(3, 7, "city")][..]), ("hm", OUT_OF_SCOPE, &[])].map(plainly),
        ),
        (
            "workspace.json",
            r#"{"examples":[{"id":"1","text":"退钱","intents":[{"intent_id":"b"}]},{"id":"2","text":"在吗","intents":[]}],"intents":[{"id":"a","name":"售后"},{"id":"b","name":"退款","parent_intent_id":"a"}]}"#,
            Format::HumanFirst,
            &[("退钱", "退款", &[][..]), ("在吗", "", &[])].map(plainly),
        ),
        (
            "Book a flight_usersays_en.json",
            r#"[{"id":"1","data":[{"text":"fly to ","userDefined":false},{"text":"Rome","meta":"@sys.geo-city","alias":"city","userDefined":true}],"isTemplate":false,"count":0}]"#,
            Format::DialogflowEs,
            &[("fly to Rome", "Book a flight", &[(7, 11, "city")][..])].map(plainly),
        ),
        (
            "none.json",
            r#"{"name":"none","utterances":{"en":["hm"]},"slots":[],"contexts":["global"]}"#,
            Format::Botpress,
            &[("hm", "none", &[][..])].map(plainly),
        ),
        (
            "__qna__x.json",
            r#"{"id":"x","data":{"answers":{"en":["Two days."]},"questions":{"en":["how long","when"]},"action":"text","enabled":true}}"#,
            Format::Botpress,
            &[("how long", "how long", &[][..]), ("when", "how long", &[])].map(plainly),
        ),
        (
            "train.txt",
            "__label__退款 __label__急 我要退钱\n__label__账单 查账单\n",
            Format::FastText,
            &[("我要退钱", "退款", &[][..]), ("查账单", "账单", &[])].map(plainly),
        ),
        (
            "train.jsonl",
            r#"["fly to Rome", {"cats": {"book": 1.0, "cancel": 0.0}, "entities": [[7, 11, "city"]]}]"#,
            Format::Spacy,
            &[("fly to Rome", "book", &[(7, 11, "city")][..])].map(plainly),
        ),
    ];
    for (name, text, format, wanted) in cases {
        let (summary, messages, rejected) = read_bytes(name, text.as_bytes(), &ReadOptions::default()).expect(name);
        assert_eq!((summary.format, rejected.len()), (*format, 0), "{text}");
        let found: Vec<Said> =
            messages.iter().map(|m| said(&m.text, m.intent.as_deref().unwrap_or_default(), &m.marks)).collect();
        assert_eq!(&found, wanted, "{text}");
    }
}

fn plainly((text, intent, marks): (&str, &str, &[(u32, u32, &str)])) -> Said {
    let marks = marks.iter().map(|(start, end, entity)| (*start, *end, entity.to_string())).collect();
    (text.to_owned(), intent.to_owned(), marks)
}

#[test]
fn a_report_says_what_a_format_does_not_hold() {
    let row = ExportRow {
        extras: Vec::new(),
        text: "活期宝好不好".into(),
        intent: Some("询问 好坏".into()),
        count: 3,
        spans: vec![Mark { range: ByteRange::new(0, 9), entity: "product".into(), value: "HQB".into() }],
        source: "hand".into(),
    };
    let outside = ExportRow { text: "换\n行".into(), intent: None, count: 1, ..ExportRow::default() };
    let lost: BTreeMap<&str, [u64; 5]> = FORMATS
        .iter()
        .map(|(format, _, write, _)| {
            let written = write(&[row.clone(), outside.clone()], &mut Vec::new()).expect("memory");
            (format.name(), written.lost())
        })
        .collect();
    let wanted = [
        ("argilla", [0, 0, 1, 0, 0]),
        ("botpress", [0, 0, 1, 1, 0]),
        ("clu", [0, 0, 1, 1, 0]),
        ("dialogflow-cx", [0, 0, 1, 0, 0]),
        ("dialogflow-es", [0, 0, 1, 0, 0]),
        ("doccano", [0, 0, 1, 1, 0]),
        ("fasttext", [1, 1, 0, 1, 1]),
        ("humanfirst", [0, 1, 0, 0, 0]),
        ("label-studio", [0, 0, 1, 0, 0]),
        ("luis", [0, 0, 1, 1, 0]),
        ("prodigy", [0, 0, 1, 0, 0]),
        ("spacy", [0, 0, 1, 1, 0]),
        ("watson", [1, 0, 1, 1, 1]),
    ];
    assert_eq!(lost, wanted.into_iter().collect());
}

#[test]
fn a_broken_document_names_the_place() {
    let text = "{\"luis_schema_version\":\"3\",\n\"utterances\":[{\"text\":}]}";
    let error = read_bytes("app.json", text.as_bytes(), &ReadOptions::default()).expect_err("broken");
    assert!(matches!(error, crate::formats::error::Error::Json { line: 2, .. }), "{error:?}");
}

/// Returns fields of any shape that no reader reads.
fn fields() -> impl Strategy<Value = Map<String, Value>> {
    let word = "[a好😀\\[\\]{}\"\\\\,\r\n\t]{0,8}";
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from)
    ];
    let value = leaf.prop_recursive(3, 12, 4, move |within| {
        prop_oneof![
            prop::collection::vec(within.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word, within, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("x[a-z好_ ]{0,6}", value, 1..4).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn fields_nobody_here_reads_come_back_in_their_own_form(fields in fields()) {
        for (format, name, write, _) in FORMATS {
            let Some(form) = Form::named(format.name()).filter(|form| *form != Form::FastText) else { continue };
            let row = ExportRow {
                text: "在吗 😀".into(), intent: Some("x".into()), count: 2, source: "hand".into(),
                extras: vec![(form, fields.clone())], ..ExportRow::default()
            };
            let mut bytes = Vec::new();
            write(std::slice::from_ref(&row), &mut bytes).expect("memory");
            let messages = back(name, bytes, *format);
            let extra = messages[0].extra.as_deref().unwrap_or_else(|| panic!("{}", format.name()));
            prop_assert_eq!(extra.form, form);
            let found: Map<String, Value> = serde_json::from_str(&extra.fields).expect("JSON");
            for (name, value) in &fields {
                prop_assert_eq!(found.get(name), Some(value), "{} in {}", name, form.name());
            }
            // Another form's fields stay out.
            let other = Form::ALL.iter().find(|other| **other != form).expect("many");
            let row = ExportRow { extras: vec![(*other, fields.clone())], ..row };
            let mut bytes = Vec::new();
            write(&[row], &mut bytes).expect("memory");
            let extra = back(name, bytes, *format).remove(0).extra;
            let theirs: Map<String, Value> = extra.map_or(Map::new(), |extra| serde_json::from_str(&extra.fields).expect("JSON"));
            prop_assert!(fields.keys().all(|name| !theirs.contains_key(name)));
        }
    }
}

#[test]
fn labels_behind_the_first_come_back_in_a_line_of_fasttext() {
    let read = |bytes: &[u8]| read_bytes("train.txt", bytes, &ReadOptions::default()).expect("reads").1.remove(0);
    let extra = read("__label__退款 __label__急 我要退钱\n".as_bytes()).extra.expect("kept");
    let fields = serde_json::from_str(&extra.fields).expect("JSON");
    let row = ExportRow {
        text: "我要退钱".into(),
        intent: Some("售后".into()),
        extras: vec![(Form::FastText, fields)],
        ..ExportRow::default()
    };
    let mut out = Vec::new();
    fasttext::write(&[row], &mut out).expect("memory");
    assert_eq!(String::from_utf8_lossy(&out), "__label__售后 __label__急 我要退钱\n");
    assert_eq!(read("__label__退款 我要退钱\n".as_bytes()).extra, None);
}
