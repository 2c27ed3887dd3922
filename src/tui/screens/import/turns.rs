//! What a file would give: its first turns, and its rows that would not be taken.

use jiff::tz::Offset;
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::Role as Speaker;
use crate::formats::read::Preview;
use crate::i18n::{Words, fill};
use crate::tui::moment;
use crate::tui::screen::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::chat::role_of;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;

/// Returns who speaks, in words.
pub fn who(role: Speaker, words: &'static Words) -> &'static str {
    let l = &words.label;
    match role {
        Speaker::Customer => l.customer,
        Speaker::Agent => l.agent,
        Speaker::Bot => l.bot,
        Speaker::System => l.system,
    }
}

/// Returns the figures of a preview.
pub fn figures(preview: &Preview, words: &'static Words) -> String {
    let about = if preview.whole { "" } else { "~" };
    fill(
        words.import.figures,
        &[
            ("rows", &format!("{about}{}", thousands(preview.estimated_rows))),
            ("seen", &thousands(preview.seen_messages)),
            ("aside", &thousands(preview.seen_rejected)),
            ("times", &thousands(preview.unread_times)),
        ],
    )
}

/// Draws the first turns, their times in the zone of the file, with the rows near them that would not be taken.
pub fn draw(frame: &mut Frame, area: Rect, preview: &Preview, zone: Offset, look: &Look) {
    let t = &look.words.import;
    let mut rows = paint::rows(area);
    // The rejected rows stand where they stand in the file.
    let mut rejected = preview.rejected.iter().peekable();
    for message in &preview.messages {
        while let Some(bad) = rejected.next_if(|row| row.line < message.line) {
            let Some(row) = rows.next() else { return };
            aside_line(frame, row, bad.line, t.reason(bad.reason.name()), &bad.raw, look);
        }
        let Some(row) = rows.next() else { return };
        let line = format!("{:>4} ", message.line);
        let at = message.at.map(|at| moment::in_zone(at, zone) + " ");
        let intent = message.intent.as_ref().map(|intent| format!("  [{intent}]")).unwrap_or_default();
        let pieces = [
            (Role::Dim, line.as_str()),
            (Role::Dim, at.as_deref().unwrap_or_default()),
            (role_of(message.role), who(message.role, look.words)),
            (Role::Text, " "),
            (Role::Text, &message.text),
            (Role::Word, &intent),
        ];
        paint::line(frame, row, &pieces, look.theme);
    }
    for (bad, row) in rejected.zip(rows) {
        aside_line(frame, row, bad.line, t.reason(bad.reason.name()), &bad.raw, look);
    }
}

/// Draws the rows that would not be taken.
pub fn draw_aside(frame: &mut Frame, area: Rect, preview: &Preview, look: &Look) {
    let t = &look.words.import;
    if preview.rejected.is_empty() {
        paint::text(frame, area, t.none_aside, Role::Dim, 0, look.theme);
    }
    for (bad, row) in preview.rejected.iter().zip(paint::rows(area)) {
        aside_line(frame, row, bad.line, t.reason(bad.reason.name()), &bad.raw, look);
    }
}

/// Draws one row that is not taken: where, why, what.
pub fn aside_line(frame: &mut Frame, row: Rect, line: u64, reason: &str, raw: &str, look: &Look) {
    let line = format!("{line:>4} ");
    let pieces = [
        (Role::Dim, line.as_str()),
        (Role::Bad, look.theme.glyphs.bad),
        (Role::Bad, " "),
        (Role::Bad, reason),
        (Role::Text, " "),
        (Role::Dim, raw),
    ];
    paint::line(frame, row, &pieces, look.theme);
}
