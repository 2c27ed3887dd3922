//! Which turns the message in hand is made of: joined to a neighbour, taken apart.

use crate::domain::conversation::{Role as Speaker, Turn};
use crate::domain::ids::TurnId;
use crate::tui::screen::{Desk, Effect, Screen};
use crate::tui::screens::label::Label;
use crate::workbench::clean::merged;
use crate::workbench::error::Result;
use crate::workbench::label;

impl Label {
    /// Returns the turns that go on with the one in hand.
    pub(super) fn pieces(&self) -> usize {
        let head = self.context.get(self.here).map(|turn| turn.id);
        self.context.iter().filter(|turn| head.is_some() && turn.part_of == head).count()
    }

    /// Returns the joints by hand that are possible here: what they would join, and the turn that would go on.
    pub(super) fn joints(&self) -> Vec<(bool, &Turn, TurnId)> {
        let Some(here) = self.context.get(self.here).filter(|turn| turn.role == Speaker::Customer) else {
            return Vec::new();
        };
        let whole = |turn: &&Turn| turn.role == Speaker::Customer && turn.part_of.is_none();
        let before = self.context[..self.here].iter().rev().find(whole);
        let after = self.context[self.here + 1..].iter().find(whole);
        let before = before.map(|turn| (true, turn, here.id));
        before.into_iter().chain(after.map(|turn| (false, turn, turn.id))).collect()
    }

    /// Changes which turns the message in hand is made of, and keeps what becomes of it in hand.
    pub(super) fn rejoin(&mut self, turn: TurnId, joined: bool, desk: &mut Desk) -> Result<Effect> {
        let here = self.context.get(self.here).map_or(turn, |here| here.id);
        let change = if joined { merged::join } else { merged::part };
        change(&mut desk.project, turn)?;
        self.load(desk)?;
        if let Some(id) = merged::utterance_of(&desk.project, here)?
            && let Some(item) = label::item_of(&desk.project, id)?
        {
            self.items.retain(|other| other.utterance.id != id);
            self.at = self.at.min(self.items.len());
            self.items.insert(self.at, item);
            self.show(desk)?;
        }
        let t = &desk.words.clean;
        Ok(Effect::Say(if joined { t.joined } else { t.parted }.to_string()))
    }
}
