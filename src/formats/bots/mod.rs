//! Bots of other makers in plain files: Botium's conversations, Bot Framework's `.lu`, `.qna`, `.transcript`, `.chat`.
//!
//! Each reader fills the same storybook as a Rasa project does; `rasa::folder` finds the files and calls them.

pub mod botium;

mod lu;
mod qna;
mod transcript;

use std::path::Path;

use crate::domain::storybook::Storybook;
use crate::formats::bots::botium::Scripts;
use crate::formats::rasa::remark::Remarks;

/// Endings of files that are read here.
pub(in crate::formats) const ENDINGS: [&str; 7] =
    [".convo.txt", ".pconvo.txt", ".utterances.txt", ".lu", ".qna", ".transcript", ".chat"];

/// Tells by its name whether a file is read here.
pub fn is_one(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDINGS.iter().any(|end| name.ends_with(end))
}

/// Takes what a file holds; what scripts refer to each other is put together by [`Scripts::finish`].
pub(in crate::formats) fn read(
    path: &Path,
    text: &str,
    book: &mut Storybook,
    scripts: &mut Scripts,
    remarks: &mut Remarks<'_>,
) {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    // Windows writes a mark before the first letter.
    let text = text.trim_start_matches('\u{feff}');
    match name.rsplit('.').next().unwrap_or_default() {
        "lu" => lu::read(text, book, remarks),
        "qna" => qna::read(text, book, remarks),
        "transcript" => transcript::activities(text, book, remarks),
        "chat" => transcript::chat(text, book, remarks),
        _ => scripts.read(&name, text, remarks),
    }
}
