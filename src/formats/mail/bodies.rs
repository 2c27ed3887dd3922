//! The visible text of a mail, and the names of what is attached to it.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{ContentType, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::formats::charset::Charset;
use crate::formats::mail::head::{Head, Person};
use crate::formats::mail::{charset, flowed, html};

/// How deep forwarded mails are read.
const FORWARDS: usize = 3;

/// How many attachments are named.
const NAMES: usize = 50;

/// What a mail shows.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub text: String,
    /// Names, or kinds where there is no name.
    pub attached: Vec<String>,
    /// The encoding its text is labelled with.
    pub charset: Option<Charset>,
}

/// Reads what a mail shows; `asked` is for bytes without a good label.
pub(super) fn body(mail: &[u8], asked: Option<Charset>) -> Body {
    let mut body = Body::default();
    let Some(message) = MessageParser::default().parse(mail) else { return body };
    let text = Reading { asked, body: &mut body }.message(&message, FORWARDS);
    body.text = tidy(&text);
    body
}

/// Line ends of the wire become line ends, and lines that end the text with nothing on them go.
fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\0', "");
    text.trim_end().trim_start_matches(['\n', '\r', '\u{FEFF}']).to_owned()
}

struct Reading<'a> {
    asked: Option<Charset>,
    body: &'a mut Body,
}

impl Reading<'_> {
    fn message(&mut self, message: &Message<'_>, forwards: usize) -> String {
        let mut texts = Vec::new();
        if !message.parts.is_empty() {
            self.part(message, 0, forwards, &mut texts);
        }
        texts.join("\n\n")
    }

    fn part(&mut self, message: &Message<'_>, id: u32, forwards: usize, texts: &mut Vec<String>) {
        let Some(part) = message.parts.get(id as usize) else { return };
        match &part.body {
            // Parts stand behind what holds them; another order would have no end.
            PartType::Multipart(parts) if parts.iter().any(|part| *part <= id) => {}
            PartType::Multipart(parts) => match part.content_type().and_then(ContentType::subtype) {
                Some("alternative") => self.best(message, parts, forwards, texts),
                // The rest are the pictures of the first.
                Some("related") => parts.iter().take(1).for_each(|id| self.part(message, *id, forwards, texts)),
                _ => parts.iter().for_each(|id| self.part(message, *id, forwards, texts)),
            },
            PartType::Text(text) if is_shown(part, "plain") => {
                let decoded = self.decoded(message, part, text);
                let kind = part.content_type();
                let flowed = kind.and_then(|k| k.attribute("format")).is_some_and(|f| f.eq_ignore_ascii_case("flowed"));
                let delete = kind.and_then(|k| k.attribute("delsp")).is_some_and(|d| d.eq_ignore_ascii_case("yes"));
                texts.push(tidy(&if flowed { flowed::unfold(&decoded, delete) } else { decoded }));
            }
            PartType::Html(text) if is_shown(part, "html") => {
                let decoded = self.decoded(message, part, text);
                texts.push(tidy(&html::text(&decoded)));
            }
            PartType::Message(inner) if forwards > 0 => {
                let text = self.message(inner, forwards - 1);
                texts.push(format!("{}\n\n{text}", self.heading(inner)));
            }
            _ => self.name(part),
        }
        texts.retain(|text| !text.trim().is_empty());
    }

    /// Takes the plain text of an alternative, or its HTML when the plain one says nothing.
    fn best(&mut self, message: &Message<'_>, parts: &[u32], forwards: usize, texts: &mut Vec<String>) {
        let mut found: Vec<(bool, String)> = Vec::new();
        for id in parts {
            let plain = message.parts.get(*id as usize).is_some_and(|part| matches!(part.body, PartType::Text(_)));
            let mut own = Vec::new();
            self.part(message, *id, forwards, &mut own);
            found.push((plain, own.join("\n\n")));
        }
        let long = found.iter().map(|(_, text)| text.len()).max().unwrap_or(0);
        // "Your program shows no HTML" is no text.
        let excuse = |text: &str| text.len() < 300 && text.len() * 3 < long && text.contains("HTML");
        let says = |text: &String| !text.trim().is_empty() && !excuse(text);
        let best = found
            .iter()
            .find(|(plain, text)| *plain && says(text))
            .or_else(|| found.iter().rev().find(|(_, text)| says(text)));
        texts.extend(best.map(|(_, text)| text.clone()));
    }

    /// Decodes a part anew where mail-parser's own decoding cannot be right.
    fn decoded(&mut self, message: &Message<'_>, part: &MessagePart<'_>, text: &str) -> String {
        let label = part.content_type().and_then(|kind| kind.attribute("charset"));
        if let Some(charset) = label.and_then(charset::labelled) {
            self.body.charset.get_or_insert(charset);
        }
        if text.is_ascii() {
            return text.to_owned();
        }
        let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
        let bytes = match part.encoding {
            Encoding::None => Some(raw.to_vec()),
            Encoding::Base64 => base64_decode(raw),
            Encoding::QuotedPrintable => quoted_printable_decode(raw),
        };
        match bytes {
            Some(bytes) if !bytes.is_empty() => charset::decode(&bytes, label, self.asked),
            _ => text.to_owned(),
        }
    }

    /// Returns what stands above a mail that was attached to another.
    fn heading(&self, inner: &Message<'_>) -> String {
        let start = inner.parts.first().map_or(0, |part| part.offset_header as usize);
        let head = Head::of(inner.raw_message.get(start..).unwrap_or_default());
        let from = head.people("from", self.asked).first().map(Person::shown).unwrap_or_default();
        let mut lines = vec!["---------- Forwarded message ----------".to_owned()];
        for (name, value) in [
            ("From", from),
            ("Date", head.text("date", self.asked).unwrap_or_default()),
            ("Subject", head.text("subject", self.asked).unwrap_or_default()),
        ] {
            lines.push(format!("{name}: {value}"));
        }
        lines.join("\n")
    }

    fn name(&mut self, part: &MessagePart<'_>) {
        if self.body.attached.len() >= NAMES || matches!(&part.body, PartType::Text(text) if text.trim().is_empty()) {
            return;
        }
        let kind = part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")));
        let name = part.attachment_name().map(str::to_owned).or(kind).unwrap_or_else(|| "?".to_owned());
        self.body.attached.push(name);
    }
}

/// Tells whether a text is there to be read with the mail, and not attached to it.
fn is_shown(part: &MessagePart<'_>, subtype: &str) -> bool {
    let attached = part.content_disposition().is_some_and(ContentType::is_attachment);
    let kind = part
        .content_type()
        .is_none_or(|kind| kind.ctype() != "text" || kind.subtype().is_none_or(|s| s == subtype || s == "enriched"));
    !attached && kind
}
