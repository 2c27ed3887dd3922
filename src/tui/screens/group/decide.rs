//! What is decided about the chosen cluster: an intent, a new one, or none.

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::Verdict;
use crate::i18n::fill;
use crate::tui::cells;
use crate::tui::screen::{Desk, Effect, Screen};
use crate::tui::widgets::gauge::thousands;
use crate::workbench::error::Result;
use crate::workbench::{group, intents};

impl super::Group {
    /// Returns a name for a new intent of the chosen cluster: the words that set it apart, or where it has none (a greeting, a
    /// yes) what its first member says.
    pub(super) fn proposed(&self, desk: &Desk) -> Result<String> {
        let mut words = self.rung().map(|rung| rung.words.clone()).unwrap_or_default();
        if words.is_empty() {
            words.extend(self.members.first().map(|member| cells::named(&member.utterance.text)));
        }
        intents::proposed(&desk.project, &words)
    }

    /// Makes an intent and takes the chosen cluster for it.
    pub(super) fn decide_new(&mut self, name: &str, desk: &mut Desk) -> Result<Effect> {
        let id: IntentId = intents::add(&mut desk.project, name, "")?;
        self.catalogue = desk.project.catalogue()?.intents;
        self.decide(Verdict::Intent(id), desk)
    }

    pub(super) fn decide(&mut self, verdict: Verdict, desk: &mut Desk) -> Result<Effect> {
        let Some(id) = self.rung().map(|rung| rung.id) else { return Ok(Effect::None) };
        desk.decided += 1;
        self.in_members = false;
        let cut = if matches!(verdict, Verdict::Ignored) { self.members.len() } else { self.cut };
        let mut left: Vec<UtteranceId> = self.strays.iter().copied().collect();
        left.extend(self.members.iter().skip(cut).map(|member| member.utterance.id));
        // The project knows members core to edge; here they may stand in another order.
        let count = group::decide(&mut desk.project, id, self.members.len(), &left, verdict)?;
        let customers: u64 = self
            .members
            .iter()
            .take(cut)
            .filter(|member| !self.strays.contains(&member.utterance.id))
            .map(|member| member.utterance.count)
            .sum();
        let what = match verdict {
            Verdict::Intent(id) => {
                self.catalogue.iter().find(|i| i.id == id).map_or("", |i| i.name.as_str()).to_string()
            }
            Verdict::OutOfScope => desk.words.label.out_of_scope.to_string(),
            Verdict::Ignored => desk.words.label.ignored.to_string(),
            Verdict::Later => desk.words.label.later.to_string(),
        };
        self.load(desk)?;
        Ok(Effect::Say(fill(
            desk.words.group.decided,
            &[("n", &thousands(count)), ("customers", &thousands(customers)), ("what", &what)],
        )))
    }
}
