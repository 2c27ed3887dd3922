//! A text as lines, some of which are cut.

use regex::Regex;

use crate::text::clean::draft::Patch;

/// One line without its end and outer blanks.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub text: &'a str,
    start: usize,
    /// Where the next line starts.
    end: usize,
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

/// Returns the lines of a text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            Line { text: line.trim(), start, end: at }
        })
        .collect()
}

/// Tells whether the lines that are not cut say anything.
pub(super) fn says_something(lines: &[Line<'_>], cut: &[bool]) -> bool {
    lines.iter().zip(cut).any(|(line, cut)| !cut && line.text.contains(char::is_alphanumeric))
}

/// Returns the patches that cut lines; blank lines before a cut that reaches the end go too.
pub(super) fn patches(text: &str, lines: &[Line<'_>], cut: &[bool]) -> Vec<Patch> {
    let mut patches: Vec<Patch> = Vec::new();
    for line in lines.iter().zip(cut).filter(|(_, cut)| **cut).map(|(line, _)| line) {
        match patches.last_mut() {
            Some(last) if last.end == line.start => last.end = line.end,
            _ => patches.push(Patch::drop(line.start, line.end)),
        }
    }
    // A cut that reaches the end takes the blank lines before it, and so the cuts between them.
    while let Some(mut last) = patches.pop_if(|last| last.end == text.len()) {
        last.start = text[..last.start].trim_end().len();
        match patches.last_mut().filter(|before| before.end >= last.start) {
            Some(before) => before.end = last.end,
            None => {
                patches.push(last);
                break;
            }
        }
    }
    patches
}

/// Compiles a pattern that is a constant.
pub(super) fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}
