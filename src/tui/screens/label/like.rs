//! The texts like the one in hand: the search screen, sorted by likeness; closing it comes back to the item.

use crate::tui::screen::Effect;
use crate::tui::screens::label::Label;
use crate::tui::screens::label::search::Search;

impl Label {
    /// Opens the texts like the item in hand.
    pub(super) fn like(&self) -> Effect {
        let Some(item) = self.item() else { return Effect::None };
        Effect::Open(Box::new(Search::like(item.utterance.id, &item.utterance.text)))
    }
}
