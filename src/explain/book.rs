//! Why a workbook was refused, as sentences.

use std::path::Path;

use crate::explain::gap::{place, shown};
use crate::formats::error::BookFault;
use crate::i18n::{Words, fill};

/// Returns the sentence for a refused workbook.
pub(in crate::explain) fn refused(path: &Path, fault: &BookFault, words: &Words) -> String {
    let t = &words.sheet;
    let path = place(path);
    let with = |phrase: &str, limit: String| fill(phrase, &[("path", &path), ("limit", &limit)]);
    match fault {
        BookFault::Damaged { what } => fill(t.damaged, &[("path", &path), ("what", &shown(what))]),
        BookFault::Password => fill(t.password, &[("path", &path)]),
        BookFault::Encoding => fill(t.encoding, &[("path", &path)]),
        BookFault::Entities => fill(t.entities, &[("path", &path)]),
        BookFault::Big { limit } => with(t.big, size(*limit)),
        BookFault::Inflates { limit } => with(t.inflates, size(*limit)),
        BookFault::Strings { limit } => with(t.strings, size(*limit)),
        BookFault::Cell { limit } => with(t.cell, size(*limit)),
        BookFault::Ratio { limit } | BookFault::Cells { limit } | BookFault::Entries { limit } => {
            let phrase = match fault {
                BookFault::Ratio { .. } => t.ratio,
                BookFault::Cells { .. } => t.cells,
                _ => t.entries,
            };
            with(phrase, limit.to_string())
        }
        BookFault::Parts { limit } => with(t.parts, limit.to_string()),
        BookFault::Far { cell } => fill(t.far, &[("path", &path), ("cell", cell)]),
        BookFault::NoSheet { known, .. } if known.is_empty() => fill(t.no_sheets, &[("path", &path)]),
        BookFault::NoSheet { name, known } => {
            fill(t.no_sheet, &[("path", &path), ("name", &shown(name)), ("known", &shown(&known.join(", ")))])
        }
    }
}

/// Returns a number of bytes as people say it.
fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{} KiB", bytes >> 10) }
}
