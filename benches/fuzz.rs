//! Every reader against files that are nearly right: fixtures mended for the worse, for as long as one likes.
//!
//! `cargo bench --profile dev --bench fuzz -- 60` gives each kind of file 60 seconds, with overflow checked;
//! `-- 60 xlsx` only the kinds whose name holds that word. A crash prints the seed and keeps the file; a read over the
//! time a person waits is told with its seed. Nothing is random but the seed: `-- 60 xlsx 12345` begins there again.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use daoshi::formats::options::ReadOptions;
use daoshi::formats::read::{preview, read};
use daoshi::progress::Quiet;
use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Pieces that mean something to some reader.
const WORDS: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    "|",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\u{FEFF}",
    "\u{2028}",
    "'",
    "=",
    "*a",
    "&a",
    "- ",
    ": ",
    "nlu:",
    "examples: |",
    "[",
    "]",
    "{",
    "}",
    "[[[[[[[[",
    "{\"a\":",
    "null",
    "1e999",
    "-0",
    "\\ud800",
    "\\u0000",
    "<",
    ">",
    "</c>",
    "<c r=\"A1\"",
    "<si>",
    "<t>",
    "r=\"XFD1048576\"",
    "t=\"s\"",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&#0;",
    "标准问",
    "相似问",
    "答案",
    "客户",
    "客服：",
    "2024-03-01 10:00:05",
    "[00:00:01]",
    "-->",
    "WEBVTT",
    "From ",
    "Subject: =?gb2312?B?",
    "Content-Type: multipart/mixed; boundary=x",
    "--x",
    "sentences",
    "history",
    "99999999999999999999",
    "😀",
    "\u{202E}",
];

/// A read a person would call hung, on a machine that has other work too.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let seconds: f64 = arguments.first().and_then(|word| word.parse().ok()).unwrap_or(1.0);
    let only = arguments.get(1).cloned().unwrap_or_default();
    let first: u64 = arguments.get(2).and_then(|word| word.parse().ok()).unwrap_or(1);
    let fixtures = fixtures();
    let mut endings: Vec<String> = fixtures.iter().map(|(name, _)| kind(name)).collect();
    endings.sort();
    endings.dedup();
    let folder = std::env::temp_dir().join(format!("daoshi-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    println!("{:<14} {:>9} {:>9} {:>9} {:>10}", "kind", "files", "read", "slowest", "crashes");
    let mut bad = 0;
    for ending in endings.iter().filter(|ending| ending.contains(&only)) {
        let seeds: Vec<&(String, Vec<u8>)> = fixtures.iter().filter(|(name, _)| kind(name) == *ending).collect();
        let (begun, mut seed, mut good, mut crashes, mut slowest) = (Instant::now(), first, 0u64, 0u64, Duration::ZERO);
        while begun.elapsed().as_secs_f64() < seconds {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let (name, bytes) = seeds[random.gen_range(0..seeds.len())];
            let other = &fixtures[random.gen_range(0..fixtures.len())].1;
            let bytes =
                if name.ends_with(".xlsx") { inside(bytes, &mut random) } else { worse(bytes, other, &mut random) };
            let file = folder.join(name);
            std::fs::File::create(&file).and_then(|mut out| out.write_all(&bytes)).expect("writes");
            let started = Instant::now();
            let done = catch_unwind(AssertUnwindSafe(|| attempt(&file)));
            let took = started.elapsed();
            slowest = slowest.max(took);
            if done.is_err() || took > PATIENCE {
                crashes += 1;
                let kept = std::env::temp_dir().join(format!("daoshi-fuzz-{seed}-{name}"));
                std::fs::copy(&file, &kept).expect("copies");
                println!(
                    "seed {seed}: {} after {took:?}, kept as {}",
                    if done.is_err() { "a crash" } else { "slow" },
                    kept.display()
                );
            }
            good += u64::from(matches!(done, Ok(true)));
            seed += 1;
        }
        bad += crashes;
        println!("{ending:<14} {:>9} {good:>9} {:>7}ms {crashes:>10}", seed - first, slowest.as_millis());
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(bad, 0, "files that crash a reader, or hold it up");
}

/// Reads a file both ways; tells whether it was read.
fn attempt(file: &Path) -> bool {
    let options = ReadOptions::default();
    let mut rows = 0u64;
    let seen = preview(file, &options, 5).is_ok();
    let summary = read(file, &options, &Quiet, &mut |record| {
        rows += u64::from(!matches!(record, daoshi::formats::record::Record::Knowledge(_)));
        Ok(())
    });
    match summary {
        Ok(summary) => {
            assert!(seen, "what is read can be previewed");
            assert_eq!(summary.rows, rows, "counts add up");
            true
        }
        Err(_) => false,
    }
}

/// Returns the kind of a fixture: its ending, and its folder where readers differ.
fn kind(name: &str) -> String {
    name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_owned())
}

/// Returns every fixture with its name.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the fixtures").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Some(name), Ok(bytes)) = (path.file_name(), std::fs::read(&path)) {
                found.push((name.to_string_lossy().into_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}

/// Returns bytes with a few of the things done to them that happen to files, or that people do to programs.
fn worse(bytes: &[u8], other: &[u8], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.gen_range(1..8) {
        let at = random.gen_range(0..=bytes.len());
        let end = (at + random.gen_range(0..64)).min(bytes.len());
        match random.gen_range(0..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.gen_range(0..8),
            1 if at < bytes.len() => bytes[at] = random.next_u32() as u8,
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let piece = bytes[at..end].repeat(random.gen_range(1..40));
                bytes.splice(at..at, piece);
            }
            5 => {
                let from = random.gen_range(0..=other.len());
                let to = (from + random.gen_range(0..512)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let word = WORDS[random.gen_range(0..WORDS.len())].repeat(random.gen_range(1..4));
                bytes.splice(at..at, word.bytes());
            }
        }
    }
    bytes
}

/// Does the same to a part of a workbook, which its zip would otherwise hide.
fn inside(bytes: &[u8], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    if random.gen_range(0..4) == 0 {
        return worse(bytes, bytes, random);
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let chosen = random.gen_range(0..archive.len());
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        let name = String::from_utf8_lossy(part.name_raw()).into_owned();
        let mut text = Vec::new();
        std::io::copy(&mut part, &mut text).expect("inflates");
        let sheet = name.contains("worksheets/") && random.gen_range(0..2) == 0;
        let text = if at == chosen || sheet { worse(&text, b"<c r=\"B2\" t=\"s\"><v>0</v></c>", random) } else { text };
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory");
        out.write_all(&text).expect("memory");
    }
    out.finish().expect("memory").into_inner()
}
