//! The frame around every screen: tabs above, notice line and footer below.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::ids::EventId;
use crate::i18n::fill;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::keymap::Keymap;
use crate::tui::moment;
use crate::tui::screen::{Desk, Look, Running, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::footer::{self, Hint};
use crate::tui::widgets::gauge::Gauge;
use crate::tui::widgets::{paint, tabs};

/// The most lines a notice takes; a longer one is a window.
const NOTICE_LINES: usize = 3;

/// What stands on the notice line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    Word(String),
    Trouble(String),
}

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    pub header: Rect,
    pub body: Rect,
    pub notice: Rect,
    pub footer: Rect,
}

/// Cuts the screen: one line of tabs, one or more of notice, one of keys, the rest for the screen.
pub fn parts(area: Rect, notice: Option<&Notice>) -> Parts {
    let lines = notice.map_or(1, |notice| notice_lines(notice, area.width).len().clamp(1, NOTICE_LINES)) as u16;
    let row = |y: u16, height: u16| {
        let y = y.min(area.height);
        Rect { y: area.y + y, height: height.min(area.height - y), ..area }
    };
    match area.height {
        // Where there is no room for all, the screen itself comes first.
        0..=2 => Parts { header: row(0, 0), body: row(0, area.height), notice: row(0, 0), footer: row(0, 0) },
        3..=5 => Parts {
            header: row(0, 0),
            body: row(0, area.height - 1),
            notice: row(area.height - 1, 1),
            footer: row(0, 0),
        },
        height => {
            let lines = lines.min(height - 4);
            Parts {
                header: row(0, 1),
                body: row(1, height - 2 - lines),
                notice: row(height - 1 - lines, lines),
                footer: row(height - 1, 1),
            }
        }
    }
}

/// Tells whether a sentence fits the notice line.
pub fn fits_notice(sentence: &str, columns: u16) -> bool {
    cells::wrap(sentence, usize::from(columns).saturating_sub(2)).len() <= NOTICE_LINES
}

/// Draws the tabs and what was saved last.
pub fn header(
    frame: &mut Frame,
    area: Rect,
    titles: &[&str],
    chosen: usize,
    saved: Option<(EventId, i64)>,
    look: &Look,
) {
    paint::clear(frame, area, Role::Bar, look.theme);
    let t = &look.words.screens;
    let long = saved.map_or_else(
        || t.nothing_saved.to_owned(),
        |(id, at)| fill(t.saved, &[("time", &moment::hour(at)), ("n", &id.to_string())]),
    );
    let short = saved.map_or_else(String::new, |(_, at)| moment::hour(at));
    let tabs_wide: usize = titles.iter().map(|title| cells::width(title) + 2).sum();
    let room = usize::from(area.width);
    let marked = |said: String| format!(" {} {said} ", look.theme.glyphs.saved);
    // The tabs come first; what was saved takes what they leave, in its long or its short form.
    let long = marked(long);
    let said = if tabs_wide + cells::width(&long) <= room {
        long
    } else if saved.is_some() && room > 40 {
        marked(short)
    } else {
        String::new()
    };
    let left = Rect { width: (room - cells::width(&said).min(room)) as u16, ..area };
    tabs::draw(frame, left, titles, chosen, look.theme);
    paint::line_right(frame, area, &[(Role::Bar, &said)], look.theme);
}

/// Draws what there is to say, else the long work that runs.
pub fn notice(frame: &mut Frame, area: Rect, notice: Option<&Notice>, running: Option<&Running>, look: &Look) {
    paint::clear(frame, area, Role::Text, look.theme);
    if let Some(notice) = notice {
        let (role, mark) = match notice {
            Notice::Word(_) => (Role::Notice, " "),
            Notice::Trouble(_) => (Role::Bad, look.theme.glyphs.bad),
        };
        let lines = notice_lines(notice, area.width);
        for (n, (row, line)) in paint::rows(area).zip(&lines).enumerate() {
            let lead = if n == 0 { mark } else { " " };
            paint::line(frame, row, &[(role, lead), (Role::Text, " "), (role, line)], look.theme);
        }
    } else if let Some(running) = running {
        let t = &look.words.screens;
        let hint = if running.stopping {
            t.stopping.to_owned()
        } else {
            format!("{} {}", look.key(Scope::Global, Action::Stop), t.stop_hint)
        };
        let Running { what, done, total, rows, seconds, .. } = *running;
        let inside = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(2), ..area };
        Gauge { what, done, total, rows, seconds, hint: &hint }.draw(frame, inside, look.theme);
    }
}

/// Returns the keys worth showing now: what the screen can do, then commands and help.
pub fn hints(screen: &dyn Screen, desk: &Desk, keymap: &Keymap) -> Vec<Hint> {
    let (scope, typing) = (screen.scope(), screen.typing());
    let hint = |action: Action| {
        let key = keymap.hint(scope, action, typing)?;
        Some(Hint { key: key.to_string(), what: action.phrase(desk.words).short })
    };
    let mut hints = Vec::new();
    let own: Vec<Action> = keymap.actions(scope).filter(|action| screen.can(*action, desk).is_ok()).collect();
    // Choices by number are one hint, not nine.
    let picks: Vec<Action> = own.iter().copied().filter(|action| action.place().is_some()).collect();
    if let (Some(first), Some(last)) = (picks.first().copied().and_then(hint), picks.last().copied().and_then(hint)) {
        let key = if picks.len() > 1 { format!("{}-{}", first.key, last.key) } else { first.key };
        hints.push(Hint { key, what: Action::Choose.phrase(desk.words).short });
    }
    hints.extend(own.into_iter().filter(|action| action.place().is_none()).filter_map(hint));
    hints
        .extend([Action::Open, Action::NextPane].into_iter().filter(|a| screen.can(*a, desk).is_ok()).filter_map(hint));
    if screen.is_window() && scope != Scope::Ask {
        hints.extend(hint(Action::Back));
    } else if scope != Scope::Ask {
        hints.extend([Action::Palette, Action::GoTo].into_iter().filter_map(hint));
    }
    hints.extend(hint(Action::Help));
    hints
}

/// Draws the keys.
pub fn footer(frame: &mut Frame, area: Rect, hints: &[Hint], look: &Look) {
    paint::clear(frame, area, Role::Bar, look.theme);
    let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    footer::draw(frame, inside, hints, look.theme);
}

fn notice_lines(notice: &Notice, columns: u16) -> Vec<String> {
    let (Notice::Word(text) | Notice::Trouble(text)) = notice;
    cells::wrap(text, usize::from(columns).saturating_sub(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_the_screen_and_never_overlap() {
        let long = Notice::Trouble("找不到文件。请检查路径。".repeat(8));
        for width in [1, 7, 40, 80, 300] {
            for height in 0..60 {
                for notice in [None, Some(&long)] {
                    let area = Rect::new(0, 0, width, height);
                    let p = parts(area, notice);
                    let all = [p.header, p.body, p.notice, p.footer];
                    assert_eq!(all.iter().map(|r| r.height).sum::<u16>(), height);
                    assert!(height == 0 || !p.body.is_empty());
                    assert!(all.iter().all(|r| r.is_empty() || area.intersection(*r) == *r));
                }
            }
        }
    }
}
