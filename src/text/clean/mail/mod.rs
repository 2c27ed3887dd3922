//! What a mail carries beside what its writer has to say: the mails before it, a disclaimer, a signature.
//!
//! Each is a rule that cuts lines; the raw text keeps them, and a switch brings them back. They run first, while the text
//! still has its lines. A rule that would leave nothing cuts nothing, except quotes of a reply without a word of its own.

mod lines;

pub(crate) mod disclaimer;
pub(crate) mod quote;
pub(crate) mod signature;
