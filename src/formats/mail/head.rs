//! The head of a mail: its fields, and their words decoded (RFC 2047), raw 8-bit ones included.

use std::sync::LazyLock;

use mail_parser::decoders::base64::base64_decode;
use regex::bytes::Regex;

use crate::formats::charset::Charset;
use crate::formats::mail::charset;
use crate::formats::mail::mbox::is_field;

/// The most fields that are looked at.
const FIELDS: usize = 1000;

/// The most of one field that is looked at.
const FIELD: usize = 64 * 1024;

/// The fields of a head, in order; none is decoded yet.
pub(super) struct Head<'a> {
    fields: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Head<'a> {
    /// Finds the fields at the start of a mail.
    pub fn of(mail: &'a [u8]) -> Self {
        let mut fields: Vec<(&[u8], &[u8])> = Vec::new();
        let mut at = 0;
        let mut value = 0;
        while at < mail.len() && fields.len() < FIELDS {
            let end = mail[at..].iter().position(|byte| *byte == b'\n').map_or(mail.len(), |length| at + length + 1);
            let line = &mail[at..end];
            if line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
            let folded = matches!(line[0], b' ' | b'\t');
            match fields.last_mut() {
                Some(last) if folded => last.1 = &mail[value..end.min(value + FIELD).max(value)],
                _ if is_field(line) => {
                    let colon = line.iter().position(|byte| *byte == b':').unwrap_or(0);
                    value = at + colon + 1;
                    fields.push((&line[..colon], &mail[value..end.min(value + FIELD)]));
                }
                // `From ` of an mbox inside, or a line that lost its place.
                _ => {}
            }
            at = end;
        }
        Self { fields }
    }

    /// Tells whether there is no field at all.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Returns the first field of that name as it stands.
    pub fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| *value)
    }

    /// Returns a field's text in small letters, for fields that hold plain words.
    pub fn word(&self, name: &str) -> String {
        self.raw(name).map(|raw| String::from_utf8_lossy(raw).trim().to_ascii_lowercase()).unwrap_or_default()
    }

    /// Returns the decoded text of a field; `asked` is for bytes without a label.
    pub fn text(&self, name: &str, asked: Option<Charset>) -> Option<String> {
        self.raw(name).map(|raw| text(raw, asked)).filter(|text| !text.is_empty())
    }

    /// Returns the ids of a field, in order.
    pub fn ids(&self, name: &str) -> Vec<&'a [u8]> {
        let Some(raw) = self.raw(name) else { return Vec::new() };
        let mut ids: Vec<&[u8]> = raw
            .split(|byte| matches!(byte, b'<' | b'>') || byte.is_ascii_whitespace())
            .filter(|id| id.contains(&b'@'))
            .collect();
        if ids.is_empty() && raw.contains(&b'<') {
            ids = raw.split(|b| matches!(b, b'<' | b'>')).map(<[u8]>::trim_ascii).filter(|id| !id.is_empty()).collect();
        }
        ids
    }

    /// Returns the people of a field: addresses in small letters, with their names.
    pub fn people(&self, name: &str, asked: Option<Charset>) -> Vec<Person> {
        let Some(raw) = self.raw(name) else { return Vec::new() };
        people(raw, asked)
    }
}

/// Somebody who writes or is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// In small letters.
    pub address: String,
    pub name: String,
}

impl Person {
    /// Returns how a list shows them.
    pub fn shown(&self) -> String {
        match (self.name.as_str(), self.address.as_str()) {
            ("", address) => address.to_owned(),
            (name, "") => name.to_owned(),
            (name, address) => format!("{name} <{address}>"),
        }
    }
}

/// Parts a list of people at its commas, those in quotes and brackets left alone.
fn people(raw: &[u8], asked: Option<Charset>) -> Vec<Person> {
    let mut found = Vec::new();
    let (mut quoted, mut angled, mut start) = (false, false, 0);
    for at in 0..=raw.len() {
        match raw.get(at) {
            Some(b'"') => quoted = !quoted,
            Some(b'<') if !quoted => angled = true,
            Some(b'>') if !quoted => angled = false,
            None | Some(b',' | b';') if raw.get(at).is_none() || !quoted && !angled => {
                found.extend(person(&raw[start..at], asked));
                start = at + 1;
            }
            _ => {}
        }
        if found.len() > 100 {
            break;
        }
    }
    found
}

fn person(raw: &[u8], asked: Option<Charset>) -> Option<Person> {
    let (name, address) = match raw.iter().rposition(|byte| *byte == b'<') {
        Some(open) => {
            let rest = &raw[open + 1..];
            let close = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
            (text(&raw[..open], asked), text(&rest[..close], None))
        }
        None => {
            let all = text(raw, asked);
            // `a@b.c (Name)`, or a group's `Friends: a@b.c`.
            let all = all.rsplit(':').next().unwrap_or_default().to_owned();
            match all.split_once('(') {
                Some((address, name)) => (name.trim_end_matches(')').to_owned(), address.to_owned()),
                None if all.contains('@') => (String::new(), all),
                None => (all, String::new()),
            }
        }
    };
    let tidy = |text: &str| text.trim().trim_matches(['"', '\'']).replace("\\\"", "\"").trim().to_owned();
    let (mut name, address) = (tidy(&name), address.trim().to_lowercase());
    if name.eq_ignore_ascii_case(&address) {
        name.clear();
    }
    (!name.is_empty() || !address.is_empty()).then_some(Person { address, name })
}

/// Returns a field's value unfolded and decoded.
pub(super) fn text(raw: &[u8], asked: Option<Charset>) -> String {
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"=\?([A-Za-z0-9_.:*+()-]{1,60})\?([BbQq])\?([^?\r\n]*)\?=").expect("the pattern is a constant")
    });
    let mut out = String::new();
    // Words that follow each other in one encoding are one run of bytes: mailers cut inside characters.
    let mut run: Option<(String, Vec<u8>)> = None;
    let mut at = 0;
    for found in WORD.captures_iter(raw) {
        let whole = found.get(0).expect("the whole match is group 0");
        let between = &raw[at..whole.start()];
        let label = String::from_utf8_lossy(&found[1]).to_lowercase();
        let Some(bytes) = word(&found[2], &found[3]) else { continue };
        let joined = between.iter().all(u8::is_ascii_whitespace) && run.is_some();
        if !joined || run.as_ref().is_some_and(|(known, _)| *known != label) {
            flush(&mut run, &mut out, asked);
        }
        if !joined {
            out.push_str(&plain(between, asked));
        }
        run.get_or_insert_with(|| (label, Vec::new())).1.extend(bytes);
        at = whole.end();
    }
    flush(&mut run, &mut out, asked);
    out.push_str(&plain(&raw[at..], asked));
    let words: Vec<&str> = out.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

fn flush(run: &mut Option<(String, Vec<u8>)>, out: &mut String, asked: Option<Charset>) {
    if let Some((label, bytes)) = run.take() {
        out.push_str(&charset::decode(&bytes, Some(&label), asked));
    }
}

fn plain(bytes: &[u8], asked: Option<Charset>) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => charset::decode(bytes, None, asked),
    }
}

fn word(kind: &[u8], payload: &[u8]) -> Option<Vec<u8>> {
    if kind.eq_ignore_ascii_case(b"b") {
        return base64_decode(payload);
    }
    let mut bytes = Vec::with_capacity(payload.len());
    let mut at = 0;
    while at < payload.len() {
        let hex = payload.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (payload[at], hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'=', Some(byte)) => {
                bytes.push(byte);
                at += 2;
            }
            (b'_', _) => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        at += 1;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_field_decode_and_join() {
        assert_eq!(text(b" =?GBK?B?u9i4tDo=?= =?gbk?Q?_=C4=EA=B7=D1?=", None), "回复: 年费");
        // One character over two words.
        assert_eq!(text(b"=?utf-8?B?5bm0?=\r\n =?utf-8?B?6LQ=?= =?utf-8?B?uQ==?=", None), "年费");
        assert_eq!(text(b"plain =?utf-8?q?=E5=B9=B4?= plain", None), "plain 年 plain");
        assert_eq!(text("年费".as_bytes(), None), "年费");
        assert_eq!(text(&encoding_rs::GBK.encode("年费问题").0, Some(Charset::GB18030)), "年费问题");
        assert_eq!(text(b"=?broken?B?%%?= rest", None), "=?broken?B?%%?= rest");
        assert_eq!(text(b"a\r\n b\tc\0d", None), "a b c d");
    }

    #[test]
    fn people_have_an_address_and_perhaps_a_name() {
        let head = Head::of(
            "To: \"Li, Wei\" <Li@B.example>, kefu@b.example; =?utf-8?B?5byg?= <z@e.com>\nFrom: a@b.c (Ann)\n\n"
                .as_bytes(),
        );
        let shown: Vec<_> = head.people("to", None).iter().map(Person::shown).collect();
        assert_eq!(shown, ["Li, Wei <li@b.example>", "kefu@b.example", "张 <z@e.com>"]);
        assert_eq!(head.people("FROM", None)[0].shown(), "Ann <a@b.c>");
    }

    #[test]
    fn folded_fields_and_lost_lines_are_found_and_a_blank_line_ends_the_head() {
        let head = Head::of(b"Subject: one\n two\nlost line\nReferences: <a@b>\n <c@d>\n\nTo: body@b.c\n");
        assert_eq!(head.text("subject", None).as_deref(), Some("one two"));
        assert_eq!(head.ids("references"), [b"a@b", b"c@d"]);
        assert_eq!(head.raw("to"), None);
    }
}
