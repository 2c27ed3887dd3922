//! Exports of many files in one zip archive, the same bytes for the same files.

use std::collections::HashSet;
use std::io::{self, Write};

use serde_json::Value;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

/// An archive being written.
pub(in crate::formats) struct Archive<'o> {
    zip: ZipWriter<StreamWriter<&'o mut dyn Write>>,
}

impl<'o> Archive<'o> {
    /// Begins an archive.
    pub fn new(out: &'o mut dyn Write) -> Self {
        Self { zip: ZipWriter::new_stream(out) }
    }

    /// Adds a file.
    pub fn add(&mut self, name: &str, document: &Value) -> io::Result<()> {
        // A time of its own would make two exports of the same labels differ.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        self.zip.start_file(name, options)?;
        serde_json::to_writer_pretty(&mut self.zip, document)?;
        self.zip.write_all(b"\n")
    }

    /// Ends the archive.
    pub fn finish(self) -> io::Result<()> {
        self.zip.finish()?;
        Ok(())
    }
}

/// Returns a file's name for each of some names: no path, nothing a system refuses, no two alike.
pub(in crate::formats) fn file_names<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    /// A name of a file is at most 255 bytes; endings need some.
    const LONG: usize = 180;
    let mut taken = HashSet::new();
    let mut file = |name: &str| {
        let fits = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
        let plain: String = name.trim().chars().map(|c| if fits(c) { c } else { '-' }).collect();
        let plain = plain.trim_matches(['.', ' ']);
        let end = (0..=plain.len().min(LONG)).rev().find(|at| plain.is_char_boundary(*at)).unwrap_or(0);
        let plain = if end == 0 { "intent" } else { &plain[..end] };
        // Some systems hold two names that differ in case for one.
        let mut file = plain.to_owned();
        let mut n = 2;
        while !taken.insert(file.to_lowercase()) {
            file = format!("{plain}-{n}");
            n += 1;
        }
        file
    };
    names.map(&mut file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_safe_and_each_its_own() {
        let names = file_names(["退款/进度", "A", "a", "..", "", "../x", &"长".repeat(100)].into_iter());
        assert_eq!(names[..6], ["退款-进度", "A", "a-2", "intent", "intent-2", "-x"]);
        assert_eq!(names[6].chars().count(), 60);
    }
}
