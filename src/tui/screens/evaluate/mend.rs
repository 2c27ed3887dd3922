//! What is done about a mistake: its cause in one key, what mends it in the next.

use super::{Asking, Evaluate, View};
use crate::domain::cause::{Cause, Repair};
use crate::domain::ids::IntentId;
use crate::domain::label::{Answer as Told, LabelSource, Verdict};
use crate::explain::trials as told;
use crate::i18n::fill;
use crate::tui::action::{Action, Scope};
use crate::tui::keymap::Keymap;
use crate::tui::screen::{Desk, Effect, Tab};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::workbench::error::Result;
use crate::workbench::evaluate::Case;
use crate::workbench::{evaluate, intents, label, trials};

impl Evaluate {
    /// Asks for the cause of the chosen mistake; the likeliest is under the cursor.
    pub(super) fn ask_cause(&mut self, desk: &Desk) -> Effect {
        let t = &desk.words.trials;
        let (Some(case), Some(evaluation)) = (self.chosen_case(), &self.evaluation) else { return Effect::None };
        let given = case.utterance.and_then(|id| self.causes.get(&id).copied());
        let likely = given.unwrap_or_else(|| evaluate::suggest(evaluation, case));
        let item = |cause: &Cause| Item::new(told::cause(*cause, desk.words), told::repair(*cause, desk.words));
        let mut items: Vec<Item> = Cause::ALL.iter().map(item).collect();
        items.push(Item::new(t.no_cause, ""));
        let at = Cause::ALL.iter().position(|cause| *cause == likely).unwrap_or(0);
        self.asking = Asking::Cause;
        Effect::Open(Box::new(Choose::menu(t.why_wrong, items, at)))
    }

    /// Keeps the cause chosen.
    pub(super) fn blame(&mut self, at: usize, desk: &mut Desk) -> Result<Effect> {
        let Some(id) = self.chosen_case().and_then(|case| case.utterance) else { return Ok(Effect::None) };
        let cause = Cause::ALL.get(at).copied();
        trials::blame(&mut desk.project, id, cause)?;
        self.causes = trials::causes(&desk.project)?;
        let Some(cause) = cause else { return Ok(Effect::Say(desk.words.trials.no_cause.to_owned())) };
        let key = Keymap::ours().hint(Scope::Evaluate, Action::Repair, false).map(|key| key.to_string());
        let gaps = [("cause", told::cause(cause, desk.words)), ("key", &key.unwrap_or_default())];
        Ok(Effect::Say(fill(desk.words.trials.blamed, &gaps)))
    }

    /// Does what mends the cause of the chosen mistake.
    pub(super) fn mend(&mut self, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.trials;
        let Some(case) = self.chosen_case() else { return Ok(Effect::None) };
        let gold = case.gold;
        let Some(cause) = case.utterance.and_then(|id| self.causes.get(&id)) else { return Ok(Effect::None) };
        let name = self.name(gold, desk.words);
        let window = |title: &str, asking: Asking, line: bool, hint: &str, gold_needed: bool| {
            // Out of scope has neither similar questions nor answers.
            if gold_needed && gold.is_none() {
                return (Asking::Nothing, Effect::Go(Tab::Label));
            }
            let title = fill(title, &[("name", &name)]);
            let window = if line { Write::line(title, hint, "") } else { Write::lines(title, hint, "") };
            (asking, Effect::Open(Box::new(window)))
        };
        let (asking, effect) = match cause.repair() {
            Repair::NewIntent => window(t.new_intent, Asking::NewIntent, true, t.new_intent_hint, false),
            Repair::TeachHere => window(t.teach, Asking::Teach, false, t.teach_hint, true),
            Repair::Answer => window(t.answer, Asking::Answer, true, t.answer_hint, true),
            Repair::Limits => {
                self.go(View::Limits, desk)?;
                (Asking::Nothing, Effect::None)
            }
            Repair::TellApart | Repair::Policy => (Asking::Nothing, Effect::Go(Tab::Design)),
            Repair::Dictionary => (Asking::Nothing, Effect::Go(Tab::Clean)),
            Repair::Relabel => return self.relabel(desk),
        };
        self.asking = asking;
        Ok(effect)
    }

    /// The model is right and the label is wrong: the label changes.
    pub(super) fn relabel(&mut self, desk: &mut Desk) -> Result<Effect> {
        let case = self.chosen_case();
        let Some((id, intent)) = case.and_then(|case| Some((case.utterance?, case.prediction.best()?.intent))) else {
            return Ok(Effect::None);
        };
        let op = desk.project.op();
        let verdict = intent.map_or(Verdict::OutOfScope, Verdict::Intent);
        label::decide(&mut desk.project, &op, &[id], verdict, LabelSource::Hand)?;
        let name = self.name(intent, desk.words);
        Ok(Effect::Say(fill(desk.words.evaluate.relabelled, &[("name", &name)])))
    }

    /// Makes an intent of the chosen text.
    pub(super) fn new_intent(&mut self, name: &str, desk: &mut Desk) -> Result<Effect> {
        let Some(Case { text, utterance: Some(id), .. }) = self.chosen_case().cloned() else { return Ok(Effect::None) };
        let intent = intents::add(&mut desk.project, name, &text)?;
        let op = desk.project.op();
        label::decide(&mut desk.project, &op, &[id], Verdict::Intent(intent), LabelSource::Hand)?;
        Ok(Effect::Say(fill(desk.words.evaluate.relabelled, &[("name", name.trim())])))
    }

    /// Adds similar questions to the true intent of the chosen text, one a line.
    pub(super) fn teach(&mut self, lines: &str, desk: &mut Desk) -> Result<Effect> {
        let Some(name) = self.gold().and_then(|(_, name)| name) else { return Ok(Effect::None) };
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        let rows: Vec<(String, String)> = lines.map(|line| (line.to_string(), name.clone())).collect();
        if rows.is_empty() {
            return Ok(Effect::None);
        }
        let count = label::label_texts(&mut desk.project, &rows, LabelSource::Hand, &name)?;
        Ok(Effect::Say(fill(desk.words.trials.taught, &[("name", &name), ("n", &count.to_string())])))
    }

    /// Gives the true intent of the chosen text a new answer, in place of the one for all channels and days.
    pub(super) fn rewrite(&mut self, text: &str, desk: &mut Desk) -> Result<Effect> {
        let Some((id, _)) = self.gold().filter(|_| !text.trim().is_empty()) else { return Ok(Effect::None) };
        let Some(mut intent) = desk.project.catalogue()?.intent(id).cloned() else { return Ok(Effect::None) };
        let plain = |answer: &Told| answer.channel.is_none() && answer.from.is_none() && answer.until.is_none();
        match intent.answers.iter_mut().find(|answer| plain(answer)) {
            Some(answer) => answer.text = text.trim().to_string(),
            None => intent.answers.push(Told { text: text.trim().to_string(), ..Told::default() }),
        }
        intents::edit(&mut desk.project, &intent)?;
        Ok(Effect::Say(fill(desk.words.trials.answered, &[("name", &intent.name)])))
    }

    /// The true intent of the chosen text, with its name.
    fn gold(&self) -> Option<(IntentId, Option<String>)> {
        let id = self.chosen_case()?.gold?;
        Some((id, self.evaluation.as_ref().map(|evaluation| evaluation.name(Some(id)).to_string())))
    }
}
