//! Files that are told by their first bytes or their name, and are not read yet: better a name than a heap of rejected rows.

use crate::formats::error::Foreign;

/// First bytes of kinds that are no text.
const MAGIC: [(&[u8], Foreign); 18] = [
    (b"PK\x03\x04", Foreign::Sheet),
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
    (b"SQLite format 3\0", Foreign::Database),
    (b"\x89PNG", Foreign::Image),
    (b"\xFF\xD8\xFF", Foreign::Image),
    (b"GIF8", Foreign::Image),
];

/// Endings of names whose content may look like any text.
const ENDINGS: [(&str, Foreign); 13] = [
    ("xlsx", Foreign::Sheet),
    ("xls", Foreign::OldOffice),
    ("docx", Foreign::Sheet),
    ("pst", Foreign::Mail),
    ("srt", Foreign::Subtitles),
    ("vtt", Foreign::Subtitles),
    ("html", Foreign::Web),
    ("htm", Foreign::Web),
    ("mp3", Foreign::Audio),
    ("wav", Foreign::Audio),
    ("m4a", Foreign::Audio),
    ("amr", Foreign::Audio),
    ("pdf", Foreign::Pdf),
];

/// Returns the kind of a file that is not read.
pub(super) fn told(head: &[u8], name: &str) -> Option<Foreign> {
    // Outlook keeps its mails in files of the old office.
    if ending(name) == "msg" {
        return Some(Foreign::Mail);
    }
    if let Some((magic, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        let zipped =
            *kind == Foreign::Sheet && !holds(&head[..head.len().min(4096)], b"[Content_Types]") && !office(name);
        return Some(if zipped && magic.starts_with(b"PK") { Foreign::Archive } else { *kind });
    }
    let ending = ending(name);
    ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind)
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

fn office(name: &str) -> bool {
    matches!(ending(name).as_str(), "xlsx" | "xlsm" | "docx" | "pptx" | "ods")
}

fn holds(head: &[u8], part: &[u8]) -> bool {
    head.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_called_by_its_name() {
        assert_eq!(told(b"PK\x03\x04....", "faq.xlsx"), Some(Foreign::Sheet));
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
