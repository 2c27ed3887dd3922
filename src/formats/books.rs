//! Workbooks as they come and as they are made to hurt; each is built here, cell by cell or byte by byte.

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::domain::conversation::{Channel, Message, Role};
use crate::formats::error::{BookFault, Error};
use crate::formats::fixtures::given::{all, path, read_bytes};
use crate::formats::format::Format;
use crate::formats::options::ReadOptions;
use crate::formats::read::preview;

/// What a sheet without styles needs around it.
const PARTS: [(&str, &str); 4] = [
    ("[Content_Types].xml", "<Types/>"),
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// Zips parts; a later one takes the place of an earlier one of that name.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let usual = PARTS.iter().map(|(name, text)| (*name, text.as_bytes()));
    let replaced = |name: &str| parts.iter().any(|(other, _)| *other == name);
    for (name, bytes) in usual.filter(|(name, _)| !replaced(name)).chain(parts.iter().copied()) {
        zip.start_file(name, options).expect("memory");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// A workbook with these cells.
fn sheet(cells: &str) -> Vec<u8> {
    zipped(&[("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{cells}</sheetData></worksheet>").as_bytes())])
}

/// A row with one text.
fn row(line: u32, text: &str) -> String {
    format!(r#"<row r="{line}"><c r="A{line}" t="inlineStr"><is><t>{text}</t></is></c></row>"#)
}

fn refused(bytes: &[u8]) -> BookFault {
    match read_bytes("a.xlsx", bytes, &ReadOptions::default()) {
        Err(Error::Book { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|m| m.text.as_str()).collect()
}

#[test]
fn three_layouts_of_one_knowledge_sheet_hold_the_same_questions() {
    let of = |file: &str| {
        let (summary, messages, rejected) = all(&path(file), &ReadOptions::default()).expect(file);
        assert_eq!((summary.format, rejected.len()), (Format::Xlsx, 0), "{file}: {rejected:?}");
        messages.into_iter().map(|m| (m.intent.unwrap_or_default(), m.text)).collect::<Vec<_>>()
    };
    let plain = of("kb/faq_wide_columns.xlsx");
    assert_eq!(plain.len(), 13);
    assert_eq!(plain[3], ("开户需要带什么证件".to_owned(), "新办储蓄卡需要哪些证件".to_owned()));
    assert_eq!(of("kb/faq_multiline_cell_with_note_row.xlsx"), plain);
    assert_eq!(of("kb/faq_row_per_similar_merged.xlsx"), plain);
}

#[test]
fn a_chat_in_a_sheet_keeps_its_times_and_numbers() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["会话ID", "消息时间", "角色", "消息内容"].into_iter().enumerate() {
        sheet.write(0, column as u16, heading).expect("fits");
    }
    let date = CellFormat::new().set_num_format("yyyy/m/d hh:mm");
    let moment = ExcelDateTime::parse_from_str("2024-03-01T10:00:05").expect("a time");
    sheet.write(1, 0, "S1").expect("fits");
    sheet.write_datetime_with_format(1, 1, &moment, &date).expect("fits");
    sheet.write(1, 2, "客户").expect("fits");
    sheet.write(1, 3, 13_800_138_000.0).expect("fits");
    sheet.write(4, 0, "S1").expect("fits");
    sheet.write(4, 1, "2024-03-01 10:00:09").expect("fits");
    sheet.write(4, 2, "客服").expect("fits");
    sheet.write(4, 3, 0.1 + 0.2).expect("fits");
    let bytes = book.save_to_buffer().expect("memory");
    let (summary, messages, rejected) = read_bytes("chat.xlsx", &bytes, &ReadOptions::default()).expect("reads");
    assert_eq!(texts(&messages), ["13800138000", "0.30000000000000004"]);
    assert_eq!(messages[0].at, Some(1_709_258_405_000));
    assert_eq!(messages[1].at, Some(1_709_258_409_000));
    assert_eq!((messages[0].role, messages[1].role), (Role::Customer, Role::Agent));
    assert_eq!((messages[1].line, messages[1].channel), (5, Channel::Chat));
    assert_eq!((summary.blank, rejected.len()), (2, 0), "rows after empty ones are read, and the empty ones told");
}

#[test]
fn a_whole_talk_may_stand_in_a_cell_of_a_sheet() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "会话ID").expect("fits").write(0, 1, "聊天记录").expect("fits");
    sheet.write(1, 0, "S1").expect("fits").write(1, 1, "客户: 在吗\n客服: 您好").expect("fits");
    let bytes = book.save_to_buffer().expect("memory");
    let (_, messages, _) = read_bytes("chat.xlsx", &bytes, &ReadOptions::default()).expect("reads");
    assert_eq!(texts(&messages), ["在吗", "您好"]);
    assert_eq!(messages[1].conversation.as_deref(), Some("S1"));
}

#[test]
fn the_first_sheet_that_holds_anything_is_read_unless_another_is_named() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("封面").expect("a name");
    for name in ["一月", "二月"] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        sheet.write(0, 0, "内容").expect("fits").write(1, 0, name).expect("fits");
    }
    let bytes = book.save_to_buffer().expect("memory");
    let with = |sheet: Option<&str>| ReadOptions { sheet: sheet.map(str::to_owned), ..ReadOptions::default() };
    let (_, messages, _) = read_bytes("a.xlsx", &bytes, &with(None)).expect("reads");
    assert_eq!(texts(&messages), ["一月"]);
    let (_, messages, _) = read_bytes("a.xlsx", &bytes, &with(Some("二月"))).expect("reads");
    assert_eq!(texts(&messages), ["二月"]);
    let error = read_bytes("a.xlsx", &bytes, &with(Some("三月"))).expect_err("no such sheet");
    assert!(
        matches!(&error, Error::Book { what: BookFault::NoSheet { known, .. }, .. } if known.len() == 3),
        "{error:?}"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.xlsx");
    std::fs::write(&file, &bytes).expect("a file");
    assert_eq!(preview(&file, &with(None), 5).expect("reads").sniffed.sheets, ["一月", "封面", "二月"]);
}

#[test]
fn days_are_counted_from_1904_where_the_workbook_says_so() {
    // Day 0 of 1904 counting is 1 January 1904; style 1 is a date.
    let styles = r#"<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let cells = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>内容</t></is></c></row><row r="2"><c r="A2" s="1"><v>43890</v></c></row>"#;
    let cells = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    let bytes = zipped(&[("xl/styles.xml", styles.as_bytes()), ("xl/worksheets/sheet1.xml", cells.as_bytes())]);
    let (_, messages, _) = read_bytes("a.xlsx", &bytes, &ReadOptions::default()).expect("reads");
    assert_eq!(texts(&messages), ["2024-03-01"]);
}

#[test]
fn names_of_parts_lead_nowhere() {
    let cells = format!("<worksheet><sheetData>{}{}</sheetData></worksheet>", row(1, "内容"), row(2, "您好"));
    let deep = format!("{}x", "a/".repeat(2000));
    let bytes = zipped(&[
        ("../../../../tmp/escape.xml", b"<x/>"),
        ("/etc/passwd", b"<x/>"),
        (&deep, b"<x/>"),
        ("xl/worksheets/sheet1.xml", cells.as_bytes()),
    ]);
    let (_, messages, _) = read_bytes("a.xlsx", &bytes, &ReadOptions::default()).expect("nothing is unpacked");
    assert_eq!(texts(&messages), ["您好"]);
}

#[test]
fn a_cell_far_outside_is_refused_by_its_name() {
    let far = r#"<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>"#;
    let fault = refused(&sheet(&format!("{}{}{far}", row(1, "内容"), row(2, "您好"))));
    assert_eq!(fault, BookFault::Far { cell: "XFD1048576".to_owned() });
    // Far down is only a long way: the rows between are empty.
    let down = format!("{}{}{}", row(1, "内容"), row(2, "您好"), row(1_000_000, "再见"));
    let (summary, messages, _) = read_bytes("a.xlsx", &sheet(&down), &ReadOptions::default()).expect("reads");
    assert_eq!((texts(&messages), summary.blank), (vec!["您好", "再见"], 999_997));
}

#[test]
fn what_unfolds_without_end_is_refused() {
    let zeros = vec![b' '; 8 * 1024 * 1024];
    let bomb =
        zipped(&[("xl/worksheets/sheet1.xml", b"<worksheet><sheetData/></worksheet>"), ("xl/media/a.png", &zeros)]);
    assert!(matches!(refused(&bomb), BookFault::Ratio { .. }));
    let many: Vec<String> = (0..5000).map(|n| format!("p{n}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"<x/>"[..])).collect();
    assert!(matches!(refused(&zipped(&many)), BookFault::Parts { .. }));
    let reserve = br#"<sst uniqueCount="99999999999"><si><t>a</t></si></sst>"#;
    let bytes = zipped(&[
        ("xl/sharedStrings.xml", reserve),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData/></worksheet>"),
    ]);
    assert!(matches!(refused(&bytes), BookFault::Cells { .. }));
    // One cell, too long to be read by anyone; pieced together, in one tag, in a remark.
    let noise: String =
        (0..2_000_000u32).map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26)).collect();
    let pieces = noise.as_bytes().chunks(1000).map(|c| format!("<r><t>{}</t></r>", String::from_utf8_lossy(c)));
    for cells in [
        row(1, &noise),
        format!(r#"<row r="1"><c r="A1" t="inlineStr"><is>{}</is></c></row>"#, pieces.collect::<String>()),
        format!(r#"<row r="1" x="{noise}"/>"#),
        format!("<!-- {noise} -->"),
        noise.clone(),
    ] {
        assert!(matches!(refused(&sheet(&cells)), BookFault::Cell { .. }), "{}", &cells[..60]);
    }
}

#[test]
fn entities_encodings_and_places_nobody_writes_are_refused() {
    let entity = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><worksheet><sheetData/></worksheet>";
    let as_sheet = |xml: &[u8]| zipped(&[("xl/worksheets/sheet1.xml", xml)]);
    assert_eq!(refused(&as_sheet(entity.as_bytes())), BookFault::Entities);
    let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet><sheetData/></worksheet>";
    assert_eq!(refused(&as_sheet(outside.as_bytes())), BookFault::Entities);
    let utf16: Vec<u8> = "\u{FEFF}<worksheet/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&as_sheet(&utf16)), BookFault::Encoding);
    let latin = br#"<?xml version="1.0" encoding="latin1"?><worksheet><sheetData/></worksheet>"#;
    assert_eq!(refused(&as_sheet(latin)), BookFault::Encoding);
    for place in ["ZZZZZZZZ1", "A99999999999", "-1", ""] {
        let cells = format!(r#"<row r="1"><c r="{place}"><v>1</v></c></row>"#);
        assert!(matches!(refused(&sheet(&cells)), BookFault::Damaged { .. }), "{place}");
    }
    let backwards = format!("{}{}", row(7, "您好"), row(3, "再见"));
    assert!(matches!(refused(&sheet(&backwards)), BookFault::Damaged { .. }));
    assert!(matches!(refused(b"PK\x03\x04 and nothing else"), BookFault::Damaged { .. }));
    assert_eq!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), BookFault::Password);
}

#[test]
fn merged_cells_say_their_text_in_every_row_but_make_no_rows() {
    let cells = format!("{}{}{}", row(1, "标准问"), row(2, "怎么退保"), row(4, "怎么理赔"));
    let xml = format!(
        r#"<worksheet><sheetData>{cells}</sheetData><mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="A4:A1048576"/></mergeCells></worksheet>"#
    );
    let bytes = zipped(&[("xl/worksheets/sheet1.xml", xml.as_bytes())]);
    let (summary, messages, _) = read_bytes("a.xlsx", &bytes, &ReadOptions::default()).expect("reads");
    assert_eq!((texts(&messages), summary.blank), (vec!["怎么退保", "怎么理赔"], 0));
}
