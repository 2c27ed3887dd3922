//! From a confused example, or an intent's scores, to its wording.

use super::{Evaluate, View};
use crate::tui::screen::{Desk, Effect};
use crate::tui::screens::wording::Wording;
use crate::workbench::error::Result;
use crate::workbench::wording;

impl Evaluate {
    /// Tells whether there is a text or an intent to look at.
    pub(super) fn has_wording(&self) -> bool {
        match self.view {
            View::Confusions => !self.cases.is_empty(),
            View::Intents => self.cursor.at().is_some_and(|at| self.intents.get(at).is_some()),
            _ => false,
        }
    }

    /// Opens the example in hand, else the first of the pair; of an intent its most telling example.
    pub(super) fn wording(&self, desk: &mut Desk) -> Result<Effect> {
        let open = |text: &str, meant| Ok(Effect::Open(Box::new(Wording::of(text, meant))));
        if self.view == View::Confusions {
            let case = self.chosen_case().or(self.cases.first());
            return case.map_or(Ok(Effect::None), |case| open(&case.text, case.gold));
        }
        let intent = self.cursor.at().and_then(|at| self.intents.get(at)).and_then(|(line, _)| line.intent);
        let Some(intent) = intent else { return Ok(Effect::Say(desk.words.wording.no_intent.to_string())) };
        let examples = wording::Wording::of(&mut desk.project)?;
        match examples.typical(intent) {
            Some(text) => open(text, Some(intent)),
            None => Ok(Effect::Say(desk.words.wording.nothing.to_string())),
        }
    }
}
