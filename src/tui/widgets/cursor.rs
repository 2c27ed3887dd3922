//! A place in a list of known length, and the stretch of it that is on the screen.

use crate::tui::action::Action;

/// The chosen line of a list and the first line shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    at: usize,
    top: usize,
    len: usize,
    height: usize,
}

impl Cursor {
    /// Returns a cursor on the first of `len` lines.
    pub fn new(len: usize) -> Self {
        Self { at: 0, top: 0, len, height: 1 }
    }

    /// Returns a cursor over `len` lines that are all shown, none of them chosen: for a table that is only read.
    pub fn reading(len: usize) -> Self {
        Self { at: usize::MAX, top: 0, len, height: len }
    }

    /// Returns the chosen line; `None` in an empty list.
    pub fn at(&self) -> Option<usize> {
        (self.at < self.len).then_some(self.at)
    }

    /// Returns the lines on the screen.
    pub fn shown(&self) -> std::ops::Range<usize> {
        self.top..(self.top + self.height).min(self.len)
    }

    /// Returns how many lines there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Tells whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Says that the list has now so many lines; the chosen one stays as near as it can.
    pub fn resize(&mut self, len: usize) {
        self.len = len;
        self.go(self.at);
    }

    /// Says how many lines the screen shows.
    pub fn fit(&mut self, height: u16) {
        self.height = usize::from(height).max(1);
        self.go(self.at);
    }

    /// Chooses a line.
    pub fn go(&mut self, at: usize) {
        self.at = at.min(self.len.saturating_sub(1));
        self.top = self.top.min(self.len.saturating_sub(self.height)).min(self.at);
        if self.at >= self.top + self.height {
            self.top = self.at + 1 - self.height;
        }
    }

    /// Moves as an action says; `false` when the action is no movement along the list.
    ///
    /// At an edge the window moves by half its height: a scrolled line costs a slow link a whole screen anyway.
    pub fn act(&mut self, action: Action) -> bool {
        let page = self.height.saturating_sub(1).max(1);
        match action {
            Action::Up => {
                if self.at == self.top && self.at > 0 {
                    self.top = self.top.saturating_sub(self.height / 2);
                }
                self.go(self.at.saturating_sub(1));
            }
            Action::Down => {
                if self.at + 1 == self.top + self.height && self.at + 1 < self.len {
                    self.top += self.height / 2;
                }
                self.go(self.at + 1);
            }
            Action::PageUp => {
                self.top = self.top.saturating_sub(page);
                self.go(self.at.saturating_sub(page));
            }
            Action::PageDown => {
                self.top += page;
                self.go(self.at + page);
            }
            Action::Top => self.go(0),
            Action::Bottom => self.go(self.len),
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_chosen_line_is_always_shown(
            len in 0usize..200,
            steps in prop::collection::vec((0usize..8, 0usize..60), 0..40)
        ) {
            let moves =
                [Action::Up, Action::Down, Action::PageUp, Action::PageDown, Action::Top, Action::Bottom];
            let mut cursor = Cursor::new(len);
            for (what, n) in steps {
                match what {
                    6 => cursor.resize(n * 3),
                    7 => cursor.fit(n as u16),
                    m => prop_assert!(cursor.act(moves[m])),
                }
                let shown = cursor.shown();
                prop_assert!(cursor.at().is_none_or(|at| shown.contains(&at)));
                prop_assert_eq!(cursor.at().is_none(), cursor.is_empty());
                // No empty lines below while there are lines above.
                prop_assert!(shown.start == 0 || shown.len() == cursor.height);
            }
        }
    }

    #[test]
    fn what_is_no_movement_is_left_to_others() {
        assert!(!Cursor::new(3).act(Action::Accept));
    }
}
