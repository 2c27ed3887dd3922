//! Which mails belong together.
//!
//! By the ids mailers write (`References`, `In-Reply-To`), followed up to the first mail known; a reply without them by
//! its subject and the two who write. Names of threads are hashes of what identifies them, so that they are the same in
//! every file that holds a piece of the thread, and no address stands in them. A reply without ids, or one whose mailer
//! names only the mail before, is joined to mails that come in with it: of one file, or of several imported at once.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::formats::mail::head::{Head, Person};

/// How many ids of one mail are looked at.
const IDS: usize = 50;

/// The longest way up that is followed; more than any talk of people.
const LONG: usize = 2000;

/// What a mail says of the mails before it.
pub(super) struct Links {
    /// Its own id.
    own: Option<u64>,
    /// Ids of the mails before it, from the first.
    before: Vec<u64>,
    /// The hash of its bare subject and the two who write.
    topic: u64,
    /// Whether its subject says that it answers something.
    answers: bool,
}

impl Links {
    /// Reads the links of a mail; `subject` is decoded.
    pub fn of(head: &Head<'_>, subject: &str, from: &Person, to: &[Person]) -> Self {
        let id = |bytes: &[u8]| xxh3_64(bytes);
        let mut before: Vec<u64> = head.ids("references").into_iter().map(id).collect();
        if before.len() > IDS {
            // The first tells the thread, the last the mail before.
            let cut = before.len() - IDS + 1;
            before.drain(1..cut);
        }
        if let Some(answered) = head.ids("in-reply-to").first().map(|bytes| id(bytes))
            && !before.contains(&answered)
        {
            before.push(answered);
        }
        let own = head.ids("message-id").first().map(|bytes| id(bytes));
        before.retain(|known| Some(*known) != own);
        let (bare, answers) = bare(subject);
        let mut two = [from.address.as_str(), to.first().map_or("", |person| person.address.as_str())];
        two.sort_unstable();
        let topic = xxh3_64(format!("{}\n{}\n{}", bare.to_lowercase(), two[0], two[1]).as_bytes());
        Self { own, before, topic, answers: answers && !bare.is_empty() }
    }
}

/// The mails of one or more files by what they answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Threads {
    /// Mails by the mail before them.
    before: HashMap<u64, u64>,
    /// The first mail of a subject between two people.
    topics: HashMap<u64, u64>,
}

impl Threads {
    /// Takes in one mail.
    pub(super) fn add(&mut self, links: &Links) {
        for pair in links.before.windows(2) {
            self.before.entry(pair[1]).or_insert(pair[0]);
        }
        match (links.own, links.before.last()) {
            (Some(own), Some(before)) => drop(self.before.entry(own).or_insert(*before)),
            (Some(own), None) if !links.answers => drop(self.topics.entry(links.topic).or_insert(own)),
            _ => {}
        }
    }

    /// Returns the name of the thread a mail belongs to.
    pub(super) fn name(&self, links: &Links) -> String {
        let start = match (links.before.first(), links.own) {
            (Some(first), _) => *first,
            (None, Some(own)) if !links.answers => own,
            _ => self.topics.get(&links.topic).copied().unwrap_or(links.topic),
        };
        format!("mail-{:016x}", self.first(start))
    }

    /// Follows a mail up to the first one known; a circle ends at its smallest member.
    fn first(&self, start: u64) -> u64 {
        let up = |at: u64| self.before.get(&at).copied();
        let mut at = start;
        for _ in 0..LONG {
            match up(at) {
                Some(before) => at = before,
                None => return at,
            }
        }
        std::iter::successors(Some(at), |at| up(*at)).take(LONG).min().unwrap_or(at)
    }
}

/// Returns a subject without the marks of replies and forwards, and whether it had one.
pub(super) fn bare(subject: &str) -> (&str, bool) {
    const MARKS: [&str; 24] = [
        "re", "回复", "回覆", "答复", "答覆", "fw", "fwd", "转发", "轉寄", "轉發", "aw", "wg", "sv", "vs", "tr", "rv",
        "res", "enc", "ynt", "odp", "antw", "返信", "转寄", "转",
    ];
    let mut rest = subject.trim();
    let mut answers = false;
    // `Re[2]:` and `回复(3)：` too.
    while let Some((mark, after)) = rest.split_once([':', '：']).filter(|(mark, _)| mark.chars().count() <= 12) {
        let word = mark.trim().trim_end_matches(|c: char| "[]()（）^".contains(c) || c.is_ascii_digit()).to_lowercase();
        if !MARKS.contains(&word.trim()) {
            break;
        }
        answers = true;
        rest = after.trim();
    }
    (rest, answers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(head: &str, subject: &str) -> Links {
        let person = |address: &str| Person { address: address.to_owned(), name: String::new() };
        Links::of(&Head::of(head.as_bytes()), subject, &person("a@b.c"), &[person("d@e.f")])
    }

    #[test]
    fn marks_of_replies_go_however_many() {
        for subject in
            ["Re: 年费", "回复：年费", "RE: Fwd: 年费", "Re[2]: AW: 年费", "转发: 回复: 答复：年费", "  RE：年费 "]
        {
            assert_eq!(bare(subject), ("年费", true), "{subject}");
        }
        assert_eq!(bare("年费: 怎么算"), ("年费: 怎么算", false));
        assert_eq!(bare("Re:"), ("", true));
        assert_eq!(bare("Regarding: fees"), ("Regarding: fees", false));
    }

    #[test]
    fn a_thread_has_one_name_whatever_its_mailers_wrote() {
        let mails = [
            links("Message-ID: <1@x>\n\n", "年费"),
            links("Message-ID: <2@x>\nIn-Reply-To: <1@x>\n\n", "Re: 年费"),
            links("Message-ID: <3@x>\nIn-Reply-To: <2@x>\n\n", "Re: 年费"),
            links("Message-ID: <4@x>\nReferences: <1@x> <2@x> <3@x>\n\n", "Re: 年费"),
            links("Message-ID: <5@x>\n\n", "回复：年费"),
        ];
        let mut threads = Threads::default();
        // Answers may stand before what they answer.
        mails.iter().rev().for_each(|mail| threads.add(mail));
        let names: Vec<_> = mails.iter().map(|mail| threads.name(mail)).collect();
        assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
        assert_ne!(threads.name(&links("Message-ID: <6@x>\n\n", "年费")), names[0], "a new mail begins a new thread");
        let alone = Threads::default();
        assert_eq!(alone.name(&mails[3]), names[0], "the same thread in another file");
    }

    proptest! {
        #[test]
        fn circles_end(pairs in proptest::collection::vec((0u8..6, 0u8..6), 0..12)) {
            let mails: Vec<_> = pairs
                .iter()
                .map(|(own, before)| links(&format!("Message-ID: <{own}@x>\nIn-Reply-To: <{before}@x>\n\n"), "a"))
                .collect();
            let mut threads = Threads::default();
            mails.iter().for_each(|mail| threads.add(mail));
            for mail in &mails {
                // Whoever names a mail and the mail it names are in one thread.
                prop_assert!(threads.name(mail).starts_with("mail-"));
            }
        }
    }
}
