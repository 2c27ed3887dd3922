//! How large and how tangled a mail may be before it is set aside unread: MIME is the oldest bomb there is.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::formats::mail::mbox::is_field;

/// The most bytes of one mail, attachments and all; mail servers refuse more.
pub(super) const MAIL_LIMIT: usize = 32 * 1024 * 1024;

/// How deep parts may lie in each other, at most.
const DEEP: usize = 100;

/// How many lines may look like the edge of a part.
const EDGES: usize = 4000;

/// How many lines of fields may follow each other.
const FIELDS: usize = 4000;

/// Tells whether a mail has more parts, levels or fields than any mail of people.
pub(super) fn tangled(mail: &[u8]) -> bool {
    static NESTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(["multipart/", "message/rfc822", "message/global"])
            .expect("the words are constants")
    });
    let nests = NESTS.find_iter(mail).take(DEEP + 1).count();
    if nests > DEEP {
        return true;
    }
    let (mut edges, mut run) = (0, 0);
    for line in mail.split(|byte| *byte == b'\n') {
        edges += usize::from(nests > 0 && line.starts_with(b"--"));
        run = if is_field(line) { run + 1 } else { 0 };
        if edges > EDGES || run > FIELDS {
            return true;
        }
    }
    false
}
