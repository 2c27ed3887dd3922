//! What it costs to refuse files made to hurt: seconds and the peak of memory, each file in a process of its own.
//!
//! `cargo bench --bench hostile` (`--profile dev` measures the build at hand). The promise: within two seconds and 256 MB.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use daoshi::formats::options::ReadOptions;
use daoshi::formats::read::read;
use daoshi::progress::Quiet;
use zip::write::SimpleFileOptions;

const RELS: &str = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELS: &str = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const FAR: &str = r#"<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>"#;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, one, path] = arguments.as_slice()
        && one == "--one"
    {
        return measure(Path::new(path));
    }
    let folder = std::env::temp_dir().join(format!("daoshi-hostile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    println!("{:<44} {:>7} {:>8}  refused as", "file", "seconds", "peak MB");
    for (name, ending, write) in CASES {
        let path = folder.join(format!("file.{ending}"));
        let mut file = std::fs::File::create(&path).expect("a file");
        write(&mut file);
        drop(file);
        let me = std::env::current_exe().expect("this program");
        let said = Command::new(me).arg("--one").arg(&path).output().expect("runs");
        println!("{name:<44} {}", String::from_utf8_lossy(&said.stdout).trim_end());
        std::fs::remove_file(&path).expect("there");
    }
    let _ = std::fs::remove_dir(&folder);
}

fn measure(path: &Path) {
    let begun = Instant::now();
    let mut rows = 0u64;
    let done = read(path, &ReadOptions::default(), &Quiet, &mut |_| {
        rows += 1;
        Ok(())
    });
    let seconds = begun.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    let told = match done {
        Ok(_) => format!("read: {rows} rows"),
        Err(error) => format!("{error:?}").chars().filter(|c| !c.is_control()).take(90).collect(),
    };
    println!(
        "{seconds:>7.2} {:>8.1}  {}",
        peak.unwrap_or_default() / 1024.0,
        told.replace(&*path.to_string_lossy(), "…")
    );
}

type Case = (&'static str, &'static str, fn(&mut std::fs::File));

const CASES: &[Case] = &[
    ("a cell at XFD1048576", "xlsx", |out| sheet(out, FAR.as_bytes())),
    ("a gigabyte of blanks, zipped", "xlsx", |out| {
        zipped(out, &[], |zip| pour(zip, "xl/media/a.png", b"          ", 1 << 30))
    }),
    ("half a gigabyte at a ratio below the limit", "xlsx", |out| {
        zipped(out, &[], |zip| {
            let noise = noise(6 << 20);
            zip.start_file("xl/media/b.png", SimpleFileOptions::default()).expect("begins");
            zip.write_all(&noise).expect("writes");
            pour(zip, "xl/media/a.png", b"          ", 512 << 20);
        });
    }),
    ("shared texts that ask for 2.4 TB", "xlsx", |out| {
        zipped(out, &[], |zip| {
            pour(zip, "xl/sharedStrings.xml", br#"<sst uniqueCount="99999999999"><si><t>a</t></si></sst>"#, 1)
        });
    }),
    ("four million shared texts", "xlsx", |out| {
        zipped(out, &[], |zip| pour(zip, "xl/sharedStrings.xml", b"<si><t>a</t></si>", 68 << 20));
    }),
    ("four million cells", "xlsx", |out| {
        zipped(out, &[], |zip| pour(zip, "xl/worksheets/sheet1.xml", b"<c><v>1</v></c>", 60 << 20));
    }),
    ("a cell of forty megabytes", "xlsx", |out| {
        let text = noise(40 << 20);
        let cell =
            [br#"<row r="1"><c r="A1" t="inlineStr"><is><t>"#.as_slice(), &text, b"</t></is></c></row>"].concat();
        sheet(out, &cell);
    }),
    ("twenty thousand parts", "xlsx", |out| {
        zipped(out, &[], |zip| (0..20_000).for_each(|n| pour(zip, &format!("p{n}"), b"<x/>", 1)));
    }),
    ("a million merged cells", "xlsx", |out| {
        zipped(out, &[], |zip| pour(zip, "xl/worksheets/sheet1.xml", br#"<mergeCell ref="A1:XFD1048576"/>"#, 32 << 20));
    }),
    ("entities", "xlsx", |out| {
        zipped(out, &[], |zip| pour(zip, "xl/worksheets/sheet1.xml", br#"<!DOCTYPE x [<!ENTITY a "&b;">]><x/>"#, 1));
    }),
    ("a line of a gigabyte", "txt", |out| long(out, b"x")),
    ("an open quote, then a gigabyte", "csv", |out| long(out, "角色,内容\n客户,\"您好".as_bytes())),
    ("a JSON text of a gigabyte", "jsonl", |out| long(out, b"{\"text\":\"")),
    ("lists in lists, a million deep", "json", |out| out.write_all("[".repeat(1 << 20).as_bytes()).expect("writes")),
    ("YAML over the limit", "yml", |out| {
        out.write_all(b"nlu:\n").expect("writes");
        out.set_len(17 << 20).expect("room");
    }),
    ("aliases of aliases of aliases", "yml", |out| {
        let mut text = "nlu:\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
        }
        out.write_all(text.as_bytes()).expect("writes");
    }),
];

type Zip<'f> = zip::ZipWriter<&'f mut Cursor<Vec<u8>>>;

/// Writes a workbook with some parts and what `more` adds.
fn zipped(out: &mut std::fs::File, parts: &[(&str, &[u8])], more: impl FnOnce(&mut Zip<'_>)) {
    let mut bytes = Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    let usual = [("_rels/.rels", RELS), ("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", BOOK_RELS)];
    for (name, text) in usual.map(|(name, text)| (name, text.as_bytes())).iter().chain(parts) {
        zip.start_file(*name, SimpleFileOptions::default()).expect("begins");
        zip.write_all(text).expect("writes");
    }
    more(&mut zip);
    zip.finish().expect("ends");
    out.write_all(bytes.get_ref()).expect("writes");
}

/// Writes a workbook with one sheet of these rows.
fn sheet(out: &mut std::fs::File, rows: &[u8]) {
    let text = [b"<worksheet><sheetData>".as_slice(), rows, b"</sheetData></worksheet>"].concat();
    zipped(out, &[("xl/worksheets/sheet1.xml", &text)], |_| {});
}

/// Adds a part that says one thing again and again, up to a size.
fn pour(zip: &mut Zip<'_>, name: &str, piece: &[u8], size: usize) {
    let times = (size / piece.len()).max(1);
    let block = piece.repeat(times.min(8192));
    zip.start_file(name, SimpleFileOptions::default()).expect("begins");
    for _ in 0..times.div_ceil(8192).max(1) {
        zip.write_all(&block).expect("writes");
    }
}

/// Returns letters no zip makes smaller than half.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 1u64;
    let letter = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        b'a' + (state >> 60) as u8
    };
    (0..size).map(letter).collect()
}

/// Writes a start, some letters, and a hole up to a gigabyte, which takes no room on the disk.
fn long(out: &mut std::fs::File, start: &[u8]) {
    out.write_all(start).expect("writes");
    out.write_all(&vec![b'x'; 64 << 20]).expect("writes");
    out.set_len(1 << 30).expect("room");
}
