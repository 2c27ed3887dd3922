//! A first look at the heads of all mails: which belong together, who is the desk.

use std::collections::HashMap;
use std::io::Read;

use crate::formats::chat::survey::{Speaker, Talk};
use crate::formats::error::Error;
use crate::formats::mail::desk::{Desk, Domains};
use crate::formats::mail::head::{Head, Person};
use crate::formats::mail::mbox::{Mails, is_boxed, is_field};
use crate::formats::mail::thread::{Links, Threads};
use crate::formats::options::ReadOptions;
use crate::formats::record::Out;

/// How much of a mail is looked at: its head.
const HEAD: usize = 256 * 1024;

/// How many people a preview names.
const PEOPLE: usize = 200;

/// What the heads say.
pub(super) struct Survey {
    pub threads: Threads,
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
    let mut mails = Mails::new(file, HEAD);
    let (mut threads, mut domains) = (Threads::default(), Domains::default());
    while let Some(mail) = mails.next().map_err(|error| out.io(error))? {
        if out.progress.stopped() {
            return Err(Error::Stopped);
        }
        let head = Head::of(&mail.bytes);
        let letter = Letter::of(&head, options);
        threads.add(&Links::of(&head, &letter.subject, &letter.from, &letter.to));
        domains.add(&letter.to);
    }
    Ok(Survey { threads, desk: domains.desk() })
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
