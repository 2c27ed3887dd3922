//! Mails as messages: a first pass over the heads, a second over the mails.

use std::io::{Read, Seek, SeekFrom};

use crate::domain::conversation::{Channel, Facts, Message};
use crate::formats::charset::Charset;
use crate::formats::error::Error;
use crate::formats::mail::bodies::{Body, body};
use crate::formats::mail::head::Head;
use crate::formats::mail::limits::{MAIL_LIMIT, tangled};
use crate::formats::mail::machine::machine;
use crate::formats::mail::mbox::{Mails, Raw};
use crate::formats::mail::survey::{Letter, Survey, survey};
use crate::formats::mail::thread::{self, Links};
use crate::formats::options::ReadOptions;
use crate::formats::record::{Out, RejectReason};
use crate::formats::time;

/// Reads the mails of a file to its end.
pub(in crate::formats) fn read<R: Read + Seek>(
    mut file: R,
    boxed: bool,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    if !boxed && out.size > MAIL_LIMIT as u64 {
        return Err(Error::TooBig { path: out.path.to_owned(), size: out.size, limit: MAIL_LIMIT as u64 });
    }
    let survey = survey(&mut file, options, out)?;
    file.seek(SeekFrom::Start(0)).map_err(|error| out.io(error))?;
    let mut mails = Mails::new(file, MAIL_LIMIT);
    while let Some(mail) = mails.next().map_err(|error| out.io(error))? {
        one(&mail, &survey, options, out)?;
        out.at(mails.spent)?;
    }
    out.at(out.size)
}

/// Hands up one mail, or says why not.
fn one(mail: &Raw, survey: &Survey, options: &ReadOptions, out: &mut Out<'_>) -> Result<(), Error> {
    let head = Head::of(&mail.bytes);
    if head.is_empty() {
        return out.reject(mail.line, RejectReason::OtherShape, &lossy(&mail.bytes));
    }
    if mail.size > mail.bytes.len() as u64 {
        return out.reject(mail.line, RejectReason::TooLong { bytes: mail.size }, &lossy(&mail.bytes));
    }
    if tangled(&mail.bytes) {
        return out.reject(mail.line, RejectReason::Tangled, &lossy(&mail.bytes));
    }
    let body = body(&mail.bytes, options.charset);
    // A head of raw bytes has no label of its own; the text's is the best there is.
    let options =
        &ReadOptions { charset: options.charset.or(body.charset.filter(|c| *c != Charset::UTF_8)), ..options.clone() };
    let letter = Letter::of(&head, options);
    let shown = |text: &str| format!("{}\n{}\n\n{text}", letter.from.shown(), letter.subject);
    if let Some(reason) = machine(&head, &letter.subject, &letter.from) {
        return out.reject(mail.line, reason, &shown(&body.text));
    }
    let text = match said(&body, &letter.subject) {
        Ok(text) => text,
        Err(reason) => return out.reject(mail.line, reason, &shown(&body.attached.join(", "))),
    };
    let at = at(&head, options);
    if at.is_none() && head.raw("date").is_some() {
        out.unread_times += 1;
    }
    let links = Links::of(&head, &letter.subject, &letter.from, &letter.to);
    out.message(Message {
        conversation: Some(survey.threads.name(&links)),
        channel: options.channel.unwrap_or(Channel::Mail),
        role: survey.desk.role(&letter.from, &letter.to, options),
        speaker: Some(letter.from.shown()).filter(|name| !name.is_empty()),
        at,
        text,
        line: mail.line,
        facts: Facts { subject: Some(letter.subject).filter(|subject| !subject.is_empty()), ..Facts::default() },
        ..Message::default()
    })
}

/// Returns what a mail says: its text, or its subject when all is said there.
fn said(body: &Body, subject: &str) -> Result<String, RejectReason> {
    if !body.text.trim().is_empty() {
        return Ok(body.text.clone());
    }
    if let Some(name) = body.attached.first() {
        return Err(RejectReason::NotText { kind: name.clone() });
    }
    let (bare, answers) = thread::bare(subject);
    if answers || bare.is_empty() { Err(RejectReason::Empty) } else { Ok(bare.to_owned()) }
}

/// Returns when a mail was sent, or when the last server had it.
fn at(head: &Head<'_>, options: &ReadOptions) -> Option<i64> {
    let sent = head.text("date", None).and_then(|text| moment(&text, options));
    sent.or_else(|| head.text("received", None).and_then(|text| moment(text.rsplit(';').next()?, options)))
}

/// Reads a date of mail: RFC 2822 with its comments and old zones, or any other date that is sure.
fn moment(text: &str, options: &ReadOptions) -> Option<i64> {
    let bare = text.split('(').next().unwrap_or_default().trim();
    time::parse(bare, options.zone()).or_else(|| {
        let date = mail_parser::DateTime::parse_rfc822(bare).filter(|date| date.is_valid())?;
        Some(date.to_timestamp() * 1000)
    })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(64 * 1024)]).into_owned()
}
