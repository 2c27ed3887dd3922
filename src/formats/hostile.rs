//! Files made to hurt, and files that are not what they seem: each is refused by name or read with bounded memory.

use std::io::Write;
use std::path::Path;

use crate::formats::error::Error;
use crate::formats::fixtures::given::{all, read_bytes};
use crate::formats::options::ReadOptions;
use crate::formats::read::read;
use crate::formats::record::{LINE_LIMIT, Record};
use crate::formats::sample;
use crate::progress::Quiet;

fn refused(name: &str, bytes: &[u8]) -> Error {
    read_bytes(name, bytes, &ReadOptions::default()).expect_err(name)
}

/// A tree of aliases that unfolds to nine to the twelfth.
fn aliases() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
    }
    text
}

#[test]
fn yaml_that_unfolds_or_sinks_without_end_is_refused_wherever_it_is_read() {
    let deep = format!("nlu: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let maps = format!("nlu:\n{}", (0..2000).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>());
    for text in [format!("nlu:\n{}", aliases()), deep, maps] {
        assert!(matches!(refused("nlu.yml", text.as_bytes()), Error::Yaml { .. }), "{}", &text[..40]);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("project.yaml"), &text).expect("a file");
        assert!(matches!(sample::read(folder.path()), Err(Error::Yaml { .. })));
        std::fs::write(folder.path().join("project.yaml"), "name: 甲\n").expect("a file");
        std::fs::write(folder.path().join("intents.yaml"), &text).expect("a file");
        assert!(matches!(sample::read(folder.path()), Err(Error::Yaml { .. })));
    }
    let mut big = tempfile::Builder::new().suffix(".yml").tempfile().expect("a file");
    big.as_file().set_len(17 * 1024 * 1024).expect("room");
    big.write_all(b"nlu:\n").expect("writes");
    assert!(matches!(sample::text(big.path()), Err(Error::TooBig { .. })));
}

#[test]
fn json_that_sinks_without_end_is_refused_or_set_aside() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    for text in [deep("[", "]"), deep("{\"a\":", "}"), format!("{{\"data\":[{}]}}", deep("[", "]"))] {
        assert!(matches!(refused("a.json", text.as_bytes()), Error::Json { .. }), "{}", &text[..20]);
    }
}

#[test]
fn a_line_without_end_is_refused_before_it_fills_the_memory() {
    // A file with a hole in it: a gigabyte that takes no room on the disk, and no memory here.
    for (name, head) in
        [("a.txt", "您好吗\n"), ("a.csv", "角色,内容\n客户,您好\n"), ("a.jsonl", "{\"text\":\"您好\"}\n")]
    {
        let mut file = tempfile::Builder::new().suffix(name).tempfile().expect("a file");
        file.write_all(head.as_bytes()).expect("writes");
        // Letters up to the limit and over, so that it is no binary.
        let line = vec![b'x'; 1 << 20];
        for _ in 0..=2 * LINE_LIMIT / line.len() {
            file.write_all(&line).expect("writes");
        }
        let error = all(file.path(), &ReadOptions::default()).expect_err(name);
        assert!(matches!(error, Error::TooLong { limit, .. } if limit == LINE_LIMIT as u64), "{name}: {error:?}");
    }
}

#[test]
fn odd_bytes_cost_their_row_or_name_the_file() {
    let mut utf16: Vec<u8> =
        "\u{FEFF}角色,内容\n客户,我要投诉\n客户,再见".encode_utf16().flat_map(u16::to_le_bytes).collect();
    utf16.push(0x41);
    let (summary, messages, rejected) = read_bytes("a.csv", &utf16, &ReadOptions::default()).expect("reads");
    assert_eq!((summary.charset.name(), messages.len(), rejected.len()), ("UTF-16LE", 1, 1));
    let mixed = [
        "角色,内容\n".as_bytes(),
        "客户,我要投诉你们的服务\n".repeat(20).as_bytes(),
        "客户,".as_bytes(),
        b"\xCE\xD2\xD2\xAA\xCD\xCB\xBF\xEE\n",
        "客户,再见\n".as_bytes(),
    ]
    .concat();
    let (_, messages, rejected) = read_bytes("a.csv", &mixed, &ReadOptions::default()).expect("reads");
    assert_eq!((messages.len(), rejected[0].reason.name()), (21, "undecodable"));
    let nul = format!("{}我要\0退款\n", "您好，这是一句很长的话\n".repeat(40));
    let (_, messages, _) = read_bytes("a.txt", nul.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!((messages.len(), messages[40].text.as_str()), (41, "我要\0退款"), "the terminal never sees it bare");
    assert!(matches!(refused("a.txt", &[0; 4096]), Error::Binary { .. }));
}

#[test]
fn what_is_no_plain_file_is_refused_without_waiting() {
    let options = ReadOptions::default();
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.csv");
    let name = std::ffi::CString::new(pipe.to_string_lossy().into_owned()).expect("no NUL");
    // SAFETY: a path that lives as long as the call.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    for path in [pipe.as_path(), folder.path(), Path::new("/dev/zero")] {
        assert!(matches!(all(path, &options), Err(Error::NotAFile { .. } | Error::Io { .. })), "{}", path.display());
        assert!(sample::text(path).is_err(), "{}", path.display());
    }
}

#[test]
fn a_file_that_vanishes_or_shrinks_while_it_is_read_is_no_half_import() {
    let options = ReadOptions::default();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "角色,内容\n".to_owned() + &"客户,您好，我要退款\n".repeat(100_000)).expect("writes");
    let mut seen = 0u64;
    let shrunk = read(&path, &options, &Quiet, &mut |_: Record| {
        seen += 1;
        if seen == 10 {
            std::fs::write(&path, "角色,内容\n客户,新的\n").expect("writes");
        }
        Ok(())
    });
    assert!(matches!(shrunk, Err(Error::Changed { .. })), "{shrunk:?}");
    let mut gone = false;
    let read_gone = read(&path, &options, &Quiet, &mut |_: Record| {
        gone |= std::fs::remove_file(&path).is_ok();
        Ok(())
    });
    assert!(gone && read_gone.is_ok(), "what is open stays readable");
    assert!(matches!(all(&path, &options), Err(Error::Io { .. })));
}
