//! What an act on the catalogue would touch, and what it would do to the scores; then it is done, or not.
//!
//! The scores come when they come: the decision never waits for them.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::explain::surgery::{Weight, weighed};
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::nlu::train::TrainOptions;
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::workbench::error::Result;
use crate::workbench::surgery::forecast::Scores;
use crate::workbench::surgery::{self, Part, Surgery};

/// The window.
pub struct Preview {
    surgery: Surgery,
    what: String,
    found: surgery::Preview,
    scores: Option<Scores>,
    computing: bool,
}

impl Preview {
    /// Returns the window on an act.
    pub fn new(surgery: Surgery) -> Self {
        let (what, found) = (String::new(), surgery::Preview::default());
        Self { surgery, what, found, scores: None, computing: false }
    }

    fn job(&mut self) -> Effect {
        self.computing = true;
        Effect::Start(Job::Forecast { surgery: self.surgery.clone(), options: TrainOptions::default() })
    }

    /// Returns the act in words.
    fn named(&self, desk: &Desk) -> Result<String> {
        let t = &desk.words.surgery;
        let catalogue = desk.project.catalogue()?;
        let name = catalogue.name(self.surgery.intent());
        Ok(match &self.surgery {
            Surgery::Rename { name: new, .. } => fill(t.renames, &[("name", name), ("new", new.trim())]),
            Surgery::Merge { into, .. } => fill(t.merges, &[("name", name), ("into", catalogue.name(*into))]),
            Surgery::Place { category, .. } => fill(t.places, &[("name", name), ("category", category.trim())]),
            Surgery::Delete { .. } => fill(t.deletes, &[("name", name)]),
            Surgery::Split { parts, .. } => {
                let part = |(part, texts): &(Part, Vec<_>)| {
                    let to = match part {
                        Part::Known(id) => catalogue.name(*id),
                        Part::New(name) => name.trim(),
                    };
                    format!("{to} ×{}", thousands(texts.len() as u64))
                };
                let parts: Vec<String> = parts.iter().map(part).collect();
                fill(t.splits, &[("name", name), ("parts", &parts.join(", "))])
            }
        })
    }

    /// Returns the scores as far as they are there.
    fn forecast(&self, look: &Look) -> Vec<(Role, String)> {
        let t = &look.words.surgery;
        if !self.surgery.moves_examples() {
            return vec![(Role::Dim, t.needless.to_owned())];
        }
        let Some(scores) = &self.scores else {
            let (phrase, key) = match self.computing {
                true => (t.computing, look.key(Scope::Global, Action::Stop)),
                false => (t.not_computed, look.key(Scope::Preview, Action::Evaluate)),
            };
            return vec![(Role::Dim, fill(phrase, &[("key", &key)]))];
        };
        let share = |score: Option<f64>| score.map_or("–".to_owned(), |score| format!("{:.1} %", score * 100.0));
        let row = |name: &str, before: Option<f64>, after: Option<f64>| {
            let role = match before.zip(after) {
                Some((before, after)) if after < before - 0.001 => Role::Bad,
                Some((before, after)) if after > before + 0.001 => Role::Good,
                _ => Role::Text,
            };
            let name = crate::tui::cells::fit(name, 20);
            (role, format!("{name} {}", fill(t.score, &[("before", &share(before)), ("after", &share(after))])))
        };
        let after = scores.after;
        let mut lines = vec![
            row(t.macro_f1, Some(scores.before.macro_f1), after.map(|score| score.macro_f1)),
            row(t.accuracy, Some(scores.before.accuracy), after.map(|score| score.accuracy)),
        ];
        if after.is_none() {
            lines.push((Role::Doubt, t.too_few.to_owned()));
        }
        lines.extend(scores.concerned.iter().map(|(name, before, after)| row(&format!("  {name}"), *before, *after)));
        lines
    }
}

impl Screen for Preview {
    fn scope(&self) -> Scope {
        Scope::Preview
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.surgery.preview)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.what = self.named(desk)?;
        self.found = surgery::preview(&mut desk.project, &self.surgery)?;
        Ok(())
    }

    fn opened(&mut self, desk: &mut Desk) -> Effect {
        if self.surgery.moves_examples() && desk.is_free().is_ok() { self.job() } else { Effect::None }
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Choose => Ok(()),
            Action::Evaluate if !self.surgery.moves_examples() => Err(Cow::Borrowed(desk.words.surgery.needless)),
            Action::Evaluate => desk.is_free(),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Evaluate => return Ok(self.job()),
            Action::Choose => {}
            _ => return Ok(Effect::None),
        }
        let done = surgery::operate(&mut desk.project, &self.surgery)?;
        let t = &desk.words.surgery;
        let [n, rehearsals] = [done.moved, done.rehearsals].map(thousands);
        let policy =
            if done.policy { format!(", {}", t.follows.trim_start_matches([' ', '→'])) } else { String::new() };
        let gaps = [("what", self.what.as_str()), ("n", &n), ("rehearsals", &rehearsals), ("policy", &policy)];
        Ok(Effect::Done(Answer::Text(fill(t.done, &gaps))))
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Forecast(forecast) = outcome else { return Ok(Effect::None) };
        let (surgery, scores) = &**forecast;
        if *surgery != self.surgery {
            return Ok(Effect::None);
        }
        self.computing = false;
        let share = |score: f64| format!("{:.1} %", score * 100.0);
        let after = scores.after.map_or("–".to_owned(), |score| share(score.macro_f1));
        let said = fill(desk.words.surgery.landed, &[("before", &share(scores.before.macro_f1)), ("after", &after)]);
        self.scores = Some(scores.clone());
        Ok(Effect::Say(said))
    }

    fn cut_short(&mut self) {
        self.computing = false;
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let mut rows = paint::rows(area);
        let Some(head) = rows.next() else { return };
        paint::line(frame, head, &[(Role::Title, &self.what)], look.theme);
        rows.next();
        let inside = |row: Rect| Rect { x: row.x + 2.min(row.width), width: row.width.saturating_sub(2), ..row };
        for (weight, line) in weighed(&self.found, &self.surgery, look.words) {
            let role = match weight {
                Weight::Plain => Role::Text,
                Weight::Nothing => Role::Dim,
                Weight::Follows => Role::Key,
                Weight::Look => Role::Doubt,
            };
            let Some(row) = rows.next() else { return };
            paint::line(frame, inside(row), &[(role, &line)], look.theme);
        }
        rows.next();
        let Some(title) = rows.next() else { return };
        paint::line(frame, inside(title), &[(Role::Title, look.words.surgery.scores)], look.theme);
        for (role, line) in self.forecast(look) {
            let Some(row) = rows.next() else { return };
            paint::line(frame, inside(row), &[(role, &line)], look.theme);
        }
    }
}
