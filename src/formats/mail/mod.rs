//! Mail: `.eml`, Maildir files and `.mbox`, as conversations a thread each.
//!
//! Called by `formats::read`. MIME itself is mail-parser's; here stands what a desk's mail needs beside it: mails one by
//! one out of a large mbox, charsets that lie, who is the desk, which mails belong together, which a machine wrote.
//! The text handed up is the whole visible body: cutting quotes and signatures is cleaning (`text::clean::mail`).
//! Attachments are not read; a mail that has nothing else is set aside.

mod bodies;
mod charset;
mod desk;
mod flowed;
mod head;
mod html;
mod limits;
mod machine;
pub mod mbox;
pub mod read;
pub mod survey;
pub mod thread;

#[cfg(test)]
mod tests;
