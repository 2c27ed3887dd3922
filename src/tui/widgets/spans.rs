//! A text with marked stretches, wrapped: entities, matches of a search, words that set a cluster apart.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::range::ByteRange;
use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// Draws `text` with each stretch in its role; returns how many lines it took.
///
/// Stretches that overlap show the one that begins first; those that do not fit the text are left out.
pub fn draw(frame: &mut Frame, area: Rect, text: &str, marks: &[(ByteRange, Role)], theme: &Theme) -> u16 {
    let pieces = pieces(text, marks);
    let (mut x, mut y) = (0u16, 0u16);
    for (role, piece) in pieces {
        let mut rest = cells::cut(piece, cells::width(piece).max(piece.len() * 4));
        while !rest.is_empty() && y < area.height {
            let room = usize::from(area.width - x);
            let head = cells::head(&rest, room).to_owned();
            if head.is_empty() {
                if x == 0 {
                    // Not even one character fits this width.
                    return y;
                }
                (x, y) = (0, y + 1);
                continue;
            }
            let line = Rect { x: area.x + x, y: area.y + y, width: area.width - x, height: 1 };
            x += paint::line(frame, line, &[(role, &head)], theme);
            rest = rest[head.len()..].to_owned();
            if x >= area.width {
                (x, y) = (0, y + 1);
            }
        }
    }
    (y + u16::from(x > 0)).min(area.height)
}

/// Cuts a text at the edges of its stretches; joined the pieces are the text.
fn pieces<'t>(text: &'t str, marks: &[(ByteRange, Role)]) -> Vec<(Role, &'t str)> {
    let mut marks: Vec<_> = marks.iter().filter(|(range, _)| !range.is_empty() && !range.of(text).is_empty()).collect();
    marks.sort_by_key(|(range, _)| range.start);
    let mut out = Vec::new();
    let mut at = 0;
    for (range, role) in marks {
        let (start, end) = (range.start as usize, range.end as usize);
        if start < at {
            continue;
        }
        out.push((Role::Text, &text[at..start]));
        out.push((*role, &text[start..end]));
        at = end;
    }
    out.push((Role::Text, &text[at..]));
    out.retain(|(_, piece)| !piece.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_join_back(text in "[a-z退款 ]{0,20}", marks in prop::collection::vec((0usize..40, 0usize..40), 0..6)) {
            let marks: Vec<_> = marks.iter().map(|(a, b)| (ByteRange::new(*a, *b), Role::Word)).collect();
            let joined: String = pieces(&text, &marks).iter().map(|(_, piece)| *piece).collect();
            prop_assert_eq!(joined, text);
        }
    }

    #[test]
    fn overlapping_stretches_show_the_first() {
        let marks = [(ByteRange::new(0, 6), Role::Word), (ByteRange::new(3, 9), Role::Bad)];
        assert_eq!(pieces("退款中吗", &marks), [(Role::Word, "退款"), (Role::Text, "中吗")]);
    }
}
