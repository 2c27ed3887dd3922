//! The wall before a workbook: what stands in its archive is inflated once, counted and thrown away, before anything
//! is kept of it.
//!
//! A workbook is a zip of XML, and both can be made to unfold without end. Nothing here trusts a declared size; every
//! limit is measured on the bytes themselves, with the memory of one buffer. Called by `book` before it reads.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use memchr::{memchr, memchr3, memmem};

use crate::formats::error::BookFault;
use crate::formats::record::TEXT_LIMIT;

/// The largest workbook, zipped.
pub const FILE_LIMIT: u64 = 64 * 1024 * 1024;

/// The largest workbook, inflated.
pub const INFLATED_LIMIT: u64 = 256 * 1024 * 1024;

/// How many times its size a workbook may inflate to, once it is over `SMALL`.
pub const RATIO_LIMIT: u64 = 100;

/// Files inside the workbook.
pub const PARTS_LIMIT: usize = 4096;

/// Cells of all sheets.
pub const CELLS_LIMIT: u64 = 2_000_000;

/// Texts kept beside the sheets, which cells share.
const STRINGS_LIMIT: u64 = 2_000_000;

/// Bytes of those texts, which are held in memory.
const STRINGS_BYTES: u64 = 96 * 1024 * 1024;

/// Merged stretches, and entries of lists (styles, names) that are held in memory.
const ENTRIES_LIMIT: u64 = 200_000;

/// Bytes of one cell, one tag or one text: 64 KiB of text, written as entities.
const CELL_LIMIT: u64 = 16 * TEXT_LIMIT as u64;

/// Too little to hurt, whatever the ratio.
const SMALL: u64 = 4 * 1024 * 1024;

/// How much of a tag is looked at.
const TAG_HEAD: usize = 1024;

/// Parts that hold no XML and are never opened.
const BLOBS: [&str; 14] =
    ["png", "jpg", "jpeg", "gif", "bmp", "emf", "wmf", "tif", "tiff", "bin", "wdp", "svg", "ttf", "odttf"];

/// Elements each of which costs memory.
const ENTRIES: [&[u8]; 12] = [
    b"xf",
    b"font",
    b"fill",
    b"border",
    b"numFmt",
    b"dxf",
    b"cellStyle",
    b"sheet",
    b"definedName",
    b"Relationship",
    b"Override",
    b"mergeCell",
];

/// Inflates every part of a workbook and refuses it when one of the limits is passed.
pub(super) fn check(file: &mut File, size: u64) -> Result<(), BookFault> {
    if size > FILE_LIMIT {
        return Err(BookFault::Big { limit: FILE_LIMIT });
    }
    // The list of parts is read whole by whoever opens the archive, so its entries are counted before.
    if entries(file).map_err(damaged)? > PARTS_LIMIT {
        return Err(BookFault::Parts { limit: PARTS_LIMIT });
    }
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    let mut archive = zip::ZipArchive::new(BufReader::new(&mut *file)).map_err(damaged)?;
    if archive.len() > PARTS_LIMIT {
        return Err(BookFault::Parts { limit: PARTS_LIMIT });
    }
    let mut buffer = vec![0; 128 * 1024];
    let mut inflated = 0u64;
    let mut counts = Counts::default();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(damaged)?;
        let name = String::from_utf8_lossy(part.name_raw()).to_lowercase();
        let blob = name.rsplit_once('.').is_some_and(|(_, end)| BLOBS.contains(&end));
        let mut scan = Scan { shared: name.ends_with("sharedstrings.xml"), ..Scan::default() };
        loop {
            let count = part.read(&mut buffer).map_err(damaged)?;
            if count == 0 {
                break;
            }
            inflated += count as u64;
            if inflated > INFLATED_LIMIT {
                return Err(BookFault::Inflates { limit: INFLATED_LIMIT });
            }
            if inflated > SMALL && inflated / RATIO_LIMIT > size {
                return Err(BookFault::Ratio { limit: RATIO_LIMIT });
            }
            if !blob {
                scan.bytes(&buffer[..count], &mut counts)?;
            }
        }
    }
    drop(archive);
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    Ok(())
}

fn damaged(error: impl std::fmt::Display) -> BookFault {
    BookFault::Damaged { what: error.to_string() }
}

/// Counts the entries of a zip's list by their signature, wherever they stand.
fn entries(file: &mut File) -> std::io::Result<usize> {
    const SIGNATURE: &[u8] = b"PK\x01\x02";
    file.seek(SeekFrom::Start(0))?;
    let (mut buffer, mut kept, mut found) = (vec![0; 256 * 1024], 0, 0);
    loop {
        let count = file.read(&mut buffer[kept..])?;
        if count == 0 {
            return Ok(found);
        }
        let filled = kept + count;
        found += memmem::find_iter(&buffer[..filled], SIGNATURE).count();
        // A signature may lie across two reads; three bytes are too few to count twice.
        kept = filled.min(SIGNATURE.len() - 1);
        buffer.copy_within(filled - kept..filled, 0);
    }
}

/// What stands in all parts so far.
#[derive(Default)]
struct Counts {
    cells: u64,
    strings: u64,
    entries: u64,
}

/// One part being looked through, tag by tag.
#[derive(Default)]
struct Scan {
    /// Whether it holds the texts cells share.
    shared: bool,
    size: u64,
    in_tag: bool,
    /// Bytes of the tag or the text at hand.
    length: u64,
    /// The head of the tag at hand, its last two bytes, and the quote that is open in it.
    tag: Vec<u8>,
    tail: [u8; 2],
    quote: Option<u8>,
    /// Bytes since a cell or a shared text began; `None` outside.
    cell: Option<u64>,
}

impl Scan {
    fn bytes(&mut self, mut bytes: &[u8], counts: &mut Counts) -> Result<(), BookFault> {
        if self.size == 0 && (bytes.starts_with(b"\xFE\xFF") || bytes[..bytes.len().min(4)].contains(&0)) {
            return Err(BookFault::Encoding);
        }
        self.size += bytes.len() as u64;
        if self.shared && self.size > STRINGS_BYTES {
            return Err(BookFault::Strings { limit: STRINGS_BYTES });
        }
        while !bytes.is_empty() {
            bytes = if self.in_tag { self.tag(bytes, counts)? } else { self.text(bytes)? };
        }
        Ok(())
    }

    /// Passes over text up to the next tag.
    fn text<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], BookFault> {
        let length = memchr(b'<', bytes).unwrap_or(bytes.len());
        self.weigh(length)?;
        self.length += length as u64;
        if self.length > CELL_LIMIT {
            return Err(BookFault::Cell { limit: CELL_LIMIT });
        }
        if length == bytes.len() {
            return Ok(&[]);
        }
        self.in_tag = true;
        (self.length, self.tail, self.quote) = (0, [0; 2], None);
        self.tag.clear();
        Ok(&bytes[length + 1..])
    }

    /// Passes over a tag up to its end, or to the next quote in it.
    fn tag<'b>(&mut self, bytes: &'b [u8], counts: &mut Counts) -> Result<&'b [u8], BookFault> {
        let found = match self.quote {
            Some(quote) => memchr(quote, bytes),
            None => memchr3(b'>', b'"', b'\'', bytes),
        };
        let length = found.map_or(bytes.len(), |at| at + 1);
        let passed = &bytes[..length];
        self.weigh(length)?;
        self.length += length as u64;
        if self.length > CELL_LIMIT {
            return Err(BookFault::Cell { limit: CELL_LIMIT });
        }
        let mark = found.map(|at| bytes[at]);
        let before = &passed[..length - usize::from(mark.is_some())];
        let room = TAG_HEAD.saturating_sub(self.tag.len());
        self.tag.extend_from_slice(&passed[..length.min(room)]);
        for byte in &before[before.len().saturating_sub(2)..] {
            self.tail = [self.tail[1], *byte];
        }
        match (mark, self.quote) {
            (None, _) => {}
            (Some(_), Some(_)) => self.quote = None,
            (Some(b'>'), None) => {
                let open = (self.tag.starts_with(b"!--") && self.tail != *b"--")
                    || (self.tag.starts_with(b"![CDATA[") && self.tail != *b"]]");
                if !open {
                    (self.in_tag, self.length) = (false, 0);
                    let tag = std::mem::take(&mut self.tag);
                    self.told(&tag, counts)?;
                    self.tag = tag;
                }
            }
            // In comments and the like quotes are letters.
            (Some(quote), None) if !self.tag.starts_with(b"!") && !self.tag.starts_with(b"?") => {
                self.quote = Some(quote)
            }
            _ => {}
        }
        Ok(&bytes[length..])
    }

    /// Counts bytes that belong to a cell.
    fn weigh(&mut self, bytes: usize) -> Result<(), BookFault> {
        match &mut self.cell {
            Some(cell) => {
                *cell += bytes as u64;
                if *cell > CELL_LIMIT { Err(BookFault::Cell { limit: CELL_LIMIT }) } else { Ok(()) }
            }
            None => Ok(()),
        }
    }

    /// Counts what a whole tag opens.
    fn told(&mut self, tag: &[u8], counts: &mut Counts) -> Result<(), BookFault> {
        let tag = tag.strip_suffix(b">").unwrap_or(tag);
        let name = tag.split(|b| b.is_ascii_whitespace() || *b == b'/').find(|part| !part.is_empty()).unwrap_or(b"");
        let name = name.rsplit(|b| *b == b':').next().unwrap_or(name);
        let closing = tag.starts_with(b"/");
        let empty = tag.ends_with(b"/");
        match name {
            b"!DOCTYPE" | b"!ENTITY" => return Err(BookFault::Entities),
            b"?xml" => {
                let said = attribute(tag, b"encoding");
                if said.is_some_and(|word| !word.eq_ignore_ascii_case(b"utf-8") && !word.eq_ignore_ascii_case(b"utf8"))
                {
                    return Err(BookFault::Encoding);
                }
            }
            b"c" | b"si" if closing => self.cell = None,
            b"c" | b"si" => {
                self.cell = (!empty).then_some(0);
                let (count, limit) =
                    if name == b"c" { (&mut counts.cells, CELLS_LIMIT) } else { (&mut counts.strings, STRINGS_LIMIT) };
                *count += 1;
                if *count > limit {
                    return Err(BookFault::Cells { limit });
                }
                place(tag, b"r")?;
            }
            b"row" => place(tag, b"r")?,
            b"dimension" => place(tag, b"ref")?,
            b"sst" => {
                let said = attribute(tag, b"uniqueCount").unwrap_or(b"0");
                if std::str::from_utf8(said).ok().and_then(|n| n.parse::<u64>().ok()).is_none_or(|n| n > STRINGS_LIMIT)
                {
                    return Err(BookFault::Cells { limit: STRINGS_LIMIT });
                }
            }
            name if ENTRIES.contains(&name) => {
                counts.entries += 1;
                if counts.entries > ENTRIES_LIMIT {
                    return Err(BookFault::Entries { limit: ENTRIES_LIMIT });
                }
                place(tag, b"ref")?;
                // A sheet that calls itself a picture would pass the wall unseen.
                let target = attribute(tag, b"Target").unwrap_or_default();
                let sheet = attribute(tag, b"Type").is_some_and(|kind| kind.ends_with(b"/worksheet"));
                if sheet && !target.to_ascii_lowercase().ends_with(b".xml") {
                    return Err(BookFault::Damaged { what: String::from_utf8_lossy(target).into_owned() });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Returns the value of an attribute as it stands in a tag.
fn attribute<'t>(tag: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let mut from = 0;
    loop {
        let at = from + memmem::find(&tag[from..], name)?;
        let before = tag[..at].last().is_some_and(u8::is_ascii_whitespace);
        let rest = &tag[at + name.len()..];
        if let Some((&quote, value)) = rest.strip_prefix(b"=").and_then(<[u8]>::split_first)
            && before
            && matches!(quote, b'"' | b'\'')
        {
            return value.split(|b| *b == quote).next();
        }
        from = at + name.len();
    }
}

/// Refuses an attribute that is no place in a sheet (`B7`, `7`, `A1:C4`): whoever counts with it counts too far, and
/// below nothing where a range ends before it begins.
fn place(tag: &[u8], name: &[u8]) -> Result<(), BookFault> {
    let Some(value) = attribute(tag, name) else { return Ok(()) };
    let cells: Option<Vec<(u32, u32)>> = value.split(|b| *b == b':').map(cell).collect();
    match cells.as_deref() {
        Some([from, to]) if to.0 < from.0 || to.1 < from.1 => {}
        Some(_) => return Ok(()),
        None => {}
    }
    Err(BookFault::Damaged { what: String::from_utf8_lossy(value).chars().take(40).collect() })
}

/// Returns the column and the row of a place, from 1; a row without a column has 0.
fn cell(place: &[u8]) -> Option<(u32, u32)> {
    let letters = place.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (letters, digits) = place.split_at(letters);
    if letters.len() > 3 || !(1..=7).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let column = letters.iter().fold(0, |sum, b| sum * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    Some((column, digits.iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_ends_before_it_begins_is_no_place() {
        let told = |range: &str| place(format!("dimension ref=\"{range}\"").as_bytes(), b"ref").is_ok();
        for range in ["A1", "7", "A1:C4", "C4:C4", "Z1:AA1", "B9:B10"] {
            assert!(told(range), "{range}");
        }
        for range in ["Q1:E10", "A9:A1", "AA1:Z1", "ABCD1", "A12345678", "A", "", "A1:B-2"] {
            assert!(!told(range), "{range}");
        }
    }
}
