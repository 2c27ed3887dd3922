//! Paths as people write and paste them, and what lies there, for windows that ask for a file.

use std::path::{Path, PathBuf};

/// Entries of a folder listed at most.
const LISTED: usize = 1_000;

/// One file or folder that a written path may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub name: String,
    pub folder: bool,
    /// Bytes of a file.
    pub size: u64,
}

/// Returns the path a text means: quotes, `file://`, a shell's backslashes and `~` are taken as their writers meant.
pub fn written(text: &str) -> PathBuf {
    let text = text.trim();
    let quoted = ['"', '\'', '“', '‘'].into_iter().zip(['"', '\'', '”', '’']);
    let inner = quoted.into_iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    let text = inner.unwrap_or(text);
    if let Some(rest) = text.strip_prefix("file://") {
        return PathBuf::from(percent_decoded(rest.strip_prefix("localhost").unwrap_or(rest)));
    }
    let plain = at_home(text);
    // A path dropped on a terminal comes as a shell would need it.
    if inner.is_none() && text.contains('\\') && !plain.exists() {
        return at_home(&unescaped(text));
    }
    plain
}

/// Returns what a text may go on to: the entries of its folder whose names begin with its last part, folders first.
pub fn going_on(text: &str) -> Vec<Place> {
    let (folder, part) = parted(text);
    let folder = if folder.is_empty() { PathBuf::from(".") } else { written(folder) };
    let part = part.to_lowercase();
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let mut places: Vec<Place> = entries
        .filter_map(std::result::Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !part.starts_with('.');
            (!hidden && name.to_lowercase().starts_with(&part)).then_some((name, entry.path()))
        })
        .take(LISTED)
        .filter_map(|(name, path)| {
            let about = std::fs::metadata(path).ok()?;
            Some(Place { name, folder: about.is_dir(), size: about.len() })
        })
        .collect();
    places.sort_by(|a, b| (!a.folder, &a.name).cmp(&(!b.folder, &b.name)));
    places
}

/// Returns the text with its last part replaced by a place; a folder gets its slash.
pub fn gone_to(text: &str, place: &Place) -> String {
    let (folder, _) = parted(text);
    format!("{folder}{}{}", place.name, if place.folder { "/" } else { "" })
}

/// Returns the text with what all places agree on.
pub fn completed(text: &str, places: &[Place]) -> String {
    let [first, rest @ ..] = places else { return text.to_owned() };
    if rest.is_empty() {
        return gone_to(text, first);
    }
    let agreed = rest.iter().fold(first.name.as_str(), |agreed, place| {
        let length =
            agreed.chars().zip(place.name.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        &agreed[..length]
    });
    let (folder, part) = parted(text);
    if agreed.len() > part.len() { format!("{folder}{agreed}") } else { text.to_owned() }
}

/// Parts a text into its folder, slash included, and the beginning of a name.
fn parted(text: &str) -> (&str, &str) {
    let text = text.trim_start().trim_start_matches(['"', '\'']);
    text.split_at(text.rfind('/').map_or(0, |at| at + 1))
}

fn at_home(text: &str) -> PathBuf {
    let home = || etcetera::home_dir().ok();
    match text.strip_prefix('~') {
        Some("") => home().unwrap_or_else(|| PathBuf::from(text)),
        Some(rest) if rest.starts_with('/') => {
            home().map_or_else(|| PathBuf::from(text), |home| home.join(Path::new(rest.trim_start_matches('/'))))
        }
        _ => PathBuf::from(text),
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}

fn percent_decoded(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while at < bytes.len() {
        let hex =
            text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_understood_however_it_was_pasted() {
        let home = etcetera::home_dir().unwrap();
        for (text, path) in [
            ("/logs/a.csv", PathBuf::from("/logs/a.csv")),
            ("  '/logs/my chat.csv'  ", PathBuf::from("/logs/my chat.csv")),
            ("\"/logs/my chat.csv\"", PathBuf::from("/logs/my chat.csv")),
            ("/no/such/my\\ chat\\(1\\).csv", PathBuf::from("/no/such/my chat(1).csv")),
            ("file:///logs/%E8%81%8A%E5%A4%A9%201.csv", PathBuf::from("/logs/聊天 1.csv")),
            ("file://localhost/logs/100%.csv", PathBuf::from("/logs/100%.csv")),
            ("~/logs", home.join("logs")),
            ("~", home.clone()),
            ("~other/logs", PathBuf::from("~other/logs")),
        ] {
            assert_eq!(written(text), path, "{text}");
        }
    }

    #[test]
    fn a_path_goes_on_to_what_lies_there() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["chat_1.csv", "chat_2.csv", "读我.txt", ".hidden"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("Calls")).unwrap();
        let at = |part: &str| format!("{}/{part}", folder.path().display());
        let names = |part: &str| going_on(&at(part)).into_iter().map(|place| place.name).collect::<Vec<_>>();
        assert_eq!(names(""), ["Calls", "chat_1.csv", "chat_2.csv", "读我.txt"]);
        assert_eq!(names("c"), ["Calls", "chat_1.csv", "chat_2.csv"]);
        assert_eq!(names(".h"), [".hidden"]);
        assert_eq!(completed(&at("ch"), &going_on(&at("ch"))), at("chat_"));
        assert_eq!(completed(&at("ca"), &going_on(&at("ca"))), at("Calls/"));
        assert_eq!(completed(&at("x"), &going_on(&at("x"))), at("x"));
        assert_eq!(names("Calls/"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall(text in "\\PC{0,20}", more in "[%/~'\"\\\\a0]{0,12}") {
            let text = format!("{more}{text}");
            let _ = (written(&text), completed(&text, &[Place { name: text.clone(), folder: true, size: 0 }]));
        }
    }
}
