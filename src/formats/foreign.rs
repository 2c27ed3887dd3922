//! Files that are told by their first bytes or their name, and are not read yet: better a name than a heap of rejected rows.

use memchr::memmem;

use crate::formats::error::Foreign;

/// First bytes of kinds that are no text.
const MAGIC: [(&[u8], Foreign); 21] = [
    (b"PK\x03\x04", Foreign::Archive),
    (b"\xD0\xCF\x11\xE0", Foreign::OldOffice),
    (b"%PDF", Foreign::Pdf),
    (b"\x1F\x8B", Foreign::Archive),
    (b"Rar!", Foreign::Archive),
    (b"7z\xBC\xAF", Foreign::Archive),
    (b"BZh", Foreign::Archive),
    (b"\xFD7zXZ", Foreign::Archive),
    (b"\x28\xB5\x2F\xFD", Foreign::Archive),
    (b"ID3", Foreign::Audio),
    (b"OggS", Foreign::Audio),
    (b"fLaC", Foreign::Audio),
    (b"#!AMR", Foreign::Audio),
    (b"RIFF", Foreign::Audio),
    (b".snd", Foreign::Audio),
    (b"\xFF\xFB", Foreign::Audio),
    (b"\xFF\xF3", Foreign::Audio),
    (b"SQLite format 3\0", Foreign::Database),
    (b"\x89PNG", Foreign::Image),
    (b"\xFF\xD8\xFF", Foreign::Image),
    (b"GIF8", Foreign::Image),
];

/// Endings of names whose content may look like any text.
const ENDINGS: [(&str, Foreign); 16] = [
    ("pst", Foreign::Mail),
    ("html", Foreign::Web),
    ("htm", Foreign::Web),
    ("mp3", Foreign::Audio),
    ("wav", Foreign::Audio),
    ("m4a", Foreign::Audio),
    ("amr", Foreign::Audio),
    ("ogg", Foreign::Audio),
    ("oga", Foreign::Audio),
    ("opus", Foreign::Audio),
    ("flac", Foreign::Audio),
    ("aac", Foreign::Audio),
    ("wma", Foreign::Audio),
    ("webm", Foreign::Audio),
    ("silk", Foreign::Audio),
    ("pdf", Foreign::Pdf),
];

/// Tells whether a file is a workbook: a zip that holds one, or calls itself one.
pub(super) fn workbook(head: &[u8], name: &str) -> bool {
    head.starts_with(b"PK\x03\x04")
        && (matches!(ending(name).as_str(), "xlsx" | "xlsm" | "xltx")
            || memmem::find(head, b"xl/workbook.xml").is_some())
}

/// Tells whether a workbook lies behind a password: it is then wrapped as the old office files are.
pub(super) fn locked(head: &[u8], name: &str) -> bool {
    head.starts_with(b"\xD0\xCF\x11\xE0") && matches!(ending(name).as_str(), "xlsx" | "xlsm")
}

/// Returns the kind of a file that is not read.
pub(super) fn told(head: &[u8], name: &str) -> Option<Foreign> {
    // Outlook keeps its mails in files of the old office.
    if ending(name) == "msg" {
        return Some(Foreign::Mail);
    }
    if head.starts_with(b"PK\x03\x04") {
        let near = &head[..head.len().min(4096)];
        let office =
            matches!(ending(name).as_str(), "docx" | "pptx") || memmem::find(near, b"[Content_Types]").is_some();
        return Some(match memmem::find(near, b"opendocument.spreadsheet") {
            Some(_) => Foreign::OpenSheet,
            None if ending(name) == "ods" => Foreign::OpenSheet,
            None if office => Foreign::Office,
            None => Foreign::Archive,
        });
    }
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(*kind);
    }
    let ending = ending(name);
    // Web pages that call themselves a table are what many systems export.
    let start = head.trim_ascii_start();
    let page = [&b"<html"[..], b"<!doctype html", b"<table"]
        .into_iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|first| first.eq_ignore_ascii_case(tag)));
    page.then_some(Foreign::Web).or_else(|| ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind))
}

/// Returns what stands after the last dot of a name, in small letters.
pub(super) fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Tells whether a text is no text at all: letters no writer writes.
pub(super) fn binary(text: &str) -> bool {
    let strange = text.chars().filter(|c| c.is_control() && !"\t\n\r\u{B}\u{C}\u{1B}\u{85}".contains(*c)).count();
    strange * 100 > text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_called_by_its_name() {
        assert_eq!(told(b"PK\x03\x04....[Content_Types].xml", "letter.docx"), Some(Foreign::Office));
        assert_eq!(
            told(b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "a.ods"),
            Some(Foreign::OpenSheet)
        );
        assert!(workbook(b"PK\x03\x04....", "faq.xlsx") && workbook(b"PK\x03\x04..xl/workbook.xml..", "faq"));
        assert!(locked(b"\xD0\xCF\x11\xE0..", "faq.xlsx") && !locked(b"\xD0\xCF\x11\xE0..", "faq.xls"));
        assert_eq!(told(b"\xD0\xCF\x11\xE0..", "faq.xls"), Some(Foreign::OldOffice));
        assert_eq!(told(b"  <TABLE><tr>", "export.xls"), Some(Foreign::Web));
        assert_eq!(told("问题\t答案".as_bytes(), "export.xls"), None, "a table that only calls itself a workbook");
        assert_eq!(told(b"PK\x03\x04....", "logs.zip"), Some(Foreign::Archive));
        assert_eq!(told(b"RIFF....WAVE", "call"), Some(Foreign::Audio));
        assert_eq!(told(b"\xD0\xCF\x11\xE0", "letter.msg"), Some(Foreign::Mail));
        assert_eq!(told("您好".as_bytes(), "chat.txt"), None);
    }

    #[test]
    fn text_is_not_binary_and_zeros_are() {
        assert!(!binary("您好\r\n\tall well 😀"));
        assert!(binary("\0\0\u{1}\u{2}abc"));
        assert!(!binary(""));
    }
}
