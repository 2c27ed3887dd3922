//! A first look at the heads of all mails: which belong together, who is the desk.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::formats::chat::survey::{Speaker, Talk};
use crate::formats::error::Error;
use crate::formats::foreign::ending;
use crate::formats::format::Reader;
use crate::formats::mail::desk::{Desk, Domains};
use crate::formats::mail::head::{Head, Person};
use crate::formats::mail::mbox::{Mails, is_boxed, is_field};
use crate::formats::mail::thread::{Links, Threads};
use crate::formats::open;
use crate::formats::options::ReadOptions;
use crate::formats::record::Out;
use crate::progress::Progress;

/// How much of a mail is looked at: its head.
const HEAD: usize = 256 * 1024;

/// How much of a file tells that it holds mails.
const START: u64 = 16 * 1024;

/// How many people a preview names.
const PEOPLE: usize = 200;

/// What the heads say.
pub(super) struct Survey {
    pub threads: Arc<Threads>,
    pub desk: Desk,
}

/// Who wrote a mail, to whom, and what it says of itself.
pub(super) struct Letter {
    pub subject: String,
    pub from: Person,
    pub to: Vec<Person>,
}

impl Letter {
    /// Reads the people and the subject of a head.
    pub fn of(head: &Head<'_>, options: &ReadOptions) -> Self {
        let people = |name: &str| head.people(name, options.charset);
        let from = ["from", "sender", "reply-to", "return-path"].iter().flat_map(|name| people(name)).next();
        let to =
            ["to", "delivered-to", "x-original-to", "cc"].iter().map(|name| people(name)).find(|to| !to.is_empty());
        Self {
            subject: head.text("subject", options.charset).unwrap_or_default(),
            from: from.unwrap_or(Person { address: String::new(), name: String::new() }),
            to: to.unwrap_or_default(),
        }
    }
}

/// Goes through the heads of a file.
pub(super) fn survey<R: Read>(file: R, options: &ReadOptions, out: &Out<'_>) -> Result<Survey, Error> {
    let (mut threads, mut domains) = (Threads::default(), Domains::default());
    let walked = each_head(file, options, out.progress, &mut |head, letter| {
        if options.threads.is_none() {
            threads.add(&Links::of(head, &letter.subject, &letter.from, &letter.to));
        }
        domains.add(&letter.to);
    });
    if !walked.map_err(|error| out.io(error))? {
        return Err(Error::Stopped);
    }
    let threads = options.threads.clone().unwrap_or_else(|| Arc::new(threads));
    Ok(Survey { threads, desk: domains.desk() })
}

/// Returns which mails of some files belong together; a file that is no mail, or cannot be read, says nothing.
pub fn threads<'f>(
    files: impl Iterator<Item = (&'f Path, &'f ReadOptions)>,
    progress: &dyn Progress,
) -> Result<Threads, Error> {
    let mut threads = Threads::default();
    for (path, options) in files {
        if progress.stopped() {
            return Err(Error::Stopped);
        }
        let Ok((mut file, _)) = open::open(path) else { continue };
        let mut start = Vec::new();
        let begun = file.by_ref().take(START).read_to_end(&mut start).and_then(|_| file.seek(SeekFrom::Start(0)));
        if begun.is_err() || !holds_mails(path, &start, options) {
            continue;
        }
        // What is wrong with a file its own reading will tell.
        let walked = each_head(file, options, progress, &mut |head, letter| {
            threads.add(&Links::of(head, &letter.subject, &letter.from, &letter.to));
        });
        if walked.is_ok_and(|whole| !whole) {
            return Err(Error::Stopped);
        }
    }
    Ok(threads)
}

/// Tells whether a file that begins so will be read as mails.
fn holds_mails(path: &Path, start: &[u8], options: &ReadOptions) -> bool {
    if let Some(format) = options.format {
        return matches!(format.reader(), Reader::Mail);
    }
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    matches!(ending(&name).as_str(), "eml" | "mbox") || is_mail(&String::from_utf8_lossy(start))
}

/// Hands the head of each mail to `each`; returns false when the trainer wants no more.
fn each_head<R: Read>(
    file: R,
    options: &ReadOptions,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&Head<'_>, &Letter),
) -> io::Result<bool> {
    let mut mails = Mails::new(file, HEAD);
    while let Some(mail) = mails.next()? {
        if progress.stopped() {
            return Ok(false);
        }
        let head = Head::of(&mail.bytes);
        each(&head, &Letter::of(&head, options));
    }
    Ok(true)
}

/// Tells whether a text begins like a mail: fields, among them some that only mails have.
pub(in crate::formats) fn is_mail(text: &str) -> bool {
    const OWN: [&str; 9] = [
        "message-id",
        "received",
        "return-path",
        "mime-version",
        "delivered-to",
        "x-mailer",
        "content-transfer-encoding",
        "dkim-signature",
        "from",
    ];
    const ALSO: [&str; 8] = ["to", "subject", "date", "cc", "reply-to", "content-type", "sender", "in-reply-to"];
    if is_boxed(text.as_bytes()) {
        return true;
    }
    let text = text.trim_start_matches('\u{FEFF}').trim_start_matches(['\r', '\n']);
    let (mut own, mut also) = (0, 0);
    for line in text.lines().take(200) {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) && own + also > 0 {
            continue;
        }
        if !is_field(line.as_bytes()) {
            return false;
        }
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        own += usize::from(OWN.contains(&name.as_str()));
        also += usize::from(ALSO.contains(&name.as_str()));
    }
    own >= 1 && own + also >= 3
}

/// Returns who writes in the first mails, with the role each seems to have.
pub(in crate::formats) fn talk(text: &str, options: &ReadOptions) -> Talk {
    let mut mails = Mails::new(text.as_bytes(), HEAD);
    let (mut domains, mut seen): (Domains, Vec<(Letter, u64)>) = (Domains::default(), Vec::new());
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Ok(Some(mail)) = mails.next() {
        let letter = Letter::of(&Head::of(&mail.bytes), options);
        domains.add(&letter.to);
        let key = letter.from.shown();
        match places.get(&key) {
            Some(place) => seen[*place].1 += 1,
            None if seen.len() < PEOPLE && !key.is_empty() => {
                places.insert(key, seen.len());
                seen.push((letter, 1));
            }
            None => {}
        }
    }
    let desk = domains.desk();
    let speakers = seen.into_iter().map(|(letter, count)| Speaker {
        name: letter.from.shown(),
        role: desk.role(&letter.from, &letter.to, options),
        count,
    });
    Talk { speakers: speakers.collect(), blank_ends: false, one_by_one: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_told_from_chats_and_tables() {
        assert!(is_mail("From: a@b.c\nTo: d@e.f\nSubject: x\n\nbody"));
        assert!(is_mail("\r\nReceived: by x\r\n id 7\r\nDate: y\r\nSubject: z\r\n\r\n"));
        assert!(is_mail("From a@b.c Fri Mar  1 10:00:05 2024\nX: y\n"));
        for text in [
            "From: me\nTo: you\n",
            "客户: 在吗\n客服: 您好\n",
            "date,from,subject\n1,2,3\n",
            "Agent: hi\nUser: hello\n",
            "From now on at 10:00 all is well\n",
            "{\"from\": 1}",
            "",
        ] {
            assert!(!is_mail(text), "{text}");
        }
    }
}
