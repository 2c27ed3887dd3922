//! Disputes: texts on which trainers differ, their answers side by side; a digit says whose stands.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::label::Verdict;
use crate::explain::agreement as told;
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::message::Message;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::current::Catalogue;
use crate::workbench::error::Result;
use crate::workbench::label::agreement::{Agreement, agreement};
use crate::workbench::label::overlap::{Dispute, disputes, settle};

/// Disputes read at a time.
const MOST: usize = 500;

/// Lines below the list that show all answers to the chosen text.
const BELOW: u16 = 9;

/// Columns of a report's cell at most.
const CELL: usize = 18;

/// The window.
#[derive(Default)]
pub struct Disputes {
    disputes: Vec<Dispute>,
    cursor: Cursor,
    report: Agreement,
    catalogue: Option<Catalogue>,
    asked: bool,
}

impl Disputes {
    fn chosen(&self) -> Option<&Dispute> {
        self.cursor.at().and_then(|at| self.disputes.get(at))
    }

    fn name(&self, verdict: Verdict, words: &Words) -> String {
        self.catalogue.as_ref().map_or(String::new(), |catalogue| told::verdict(verdict, catalogue, words))
    }

    fn opinion(&self, place: usize) -> Option<Verdict> {
        self.chosen()?.opinions.get(place).map(|opinion| opinion.verdict)
    }

    fn decide(&mut self, verdict: Verdict, desk: &mut Desk) -> Result<Effect> {
        let Some(id) = self.chosen().map(|dispute| dispute.utterance.id) else { return Ok(Effect::None) };
        let op = desk.project.op();
        let count = settle(&mut desk.project, &op, id, verdict)?;
        desk.decided += 1;
        let what = self.name(verdict, desk.words);
        self.load(desk)?;
        Ok(Effect::Say(fill(desk.words.agreement.settled, &[("what", &what), ("n", &count.to_string())])))
    }

    /// Returns the report as lines whose columns stand under each other.
    fn report(&self, words: &Words) -> String {
        let mut lines = told::told(&self.report, words);
        let tables = self.catalogue.as_ref().map(|catalogue| told::tables(&self.report, catalogue, words));
        for table in tables.into_iter().flatten() {
            lines.push(String::new());
            let wide = |at: usize| table.iter().filter_map(|row| row.get(at)).map(|cell| cells::width(cell)).max();
            let widths: Vec<usize> = (0..table[0].len()).map(|at| wide(at).unwrap_or(0).min(CELL)).collect();
            for row in &table {
                let fitted: Vec<String> = row.iter().zip(&widths).map(|(cell, wide)| cells::fit(cell, *wide)).collect();
                lines.push(fitted.join("  ").trim_end().to_string());
            }
        }
        lines.join("\n")
    }
}

impl Screen for Disputes {
    fn scope(&self) -> Scope {
        Scope::Adjudicate
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.agreement.disputes)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.catalogue = Some(desk.project.catalogue()?);
        self.disputes = disputes(&desk.project, MOST)?;
        self.report = agreement(&desk.project)?;
        self.cursor.resize(self.disputes.len());
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.agreement;
        match action {
            Action::View => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ if self.chosen().is_none() => Err(Cow::Borrowed(t.no_disputes)),
            Action::OutOfScope | Action::Ignore | Action::FindIntent => Ok(()),
            _ => match action.place() {
                Some(place) if self.opinion(place).is_some() => Ok(()),
                Some(_) => Err(Cow::Borrowed(t.no_opinion)),
                None => desk.not_here(),
            },
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::View => {
                let title = desk.words.agreement.title;
                return Ok(Effect::Open(Box::new(Message::new(title, self.report(desk.words)))));
            }
            Action::OutOfScope => return self.decide(Verdict::OutOfScope, desk),
            Action::Ignore => return self.decide(Verdict::Ignored, desk),
            Action::FindIntent => {
                self.asked = true;
                let intents = self.catalogue.iter().flat_map(|catalogue| &catalogue.intents);
                let items = intents
                    .map(|intent| Item { also: intent.question.clone(), ..Item::new(&intent.name, &intent.question) })
                    .collect();
                return Ok(Effect::Open(Box::new(Choose::search(desk.words.label.into, items))));
            }
            _ => {}
        }
        match action.place().and_then(|place| self.opinion(place)) {
            Some(verdict) => self.decide(verdict, desk),
            None => {
                self.cursor.act(action);
                Ok(Effect::None)
            }
        }
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let chosen = match (std::mem::take(&mut self.asked), answer, &self.catalogue) {
            (true, Answer::Chosen(at), Some(catalogue)) => catalogue.intents.get(at).map(|intent| intent.id),
            _ => None,
        };
        chosen.map_or(Ok(Effect::None), |id| self.decide(Verdict::Intent(id), desk))
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(BELOW + 2));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.agreement;
        let counts = [("open", thousands(self.report.open)), ("settled", thousands(self.report.settled))];
        let counts: Vec<(&str, &str)> = counts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let head = Rect { height: 1.min(area.height), ..area };
        paint::line(frame, head, &[(Role::Title, &fill(t.disputes_head, &counts))], look.theme);
        let below = BELOW.min(area.height / 2);
        let list = Rect { y: area.y + head.height, height: area.height - head.height - below, ..area };
        if self.disputes.is_empty() {
            paint::line(frame, list, &[(Role::Good, t.no_disputes)], look.theme);
            paint::caret(frame, list, 0, 0);
        } else {
            self.list(frame, list, look);
        }
        self.answers(frame, Rect { y: list.y + list.height, height: below, ..area }, look);
    }
}

impl Disputes {
    /// Draws the texts with the first two answers beside each other.
    fn list(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let columns = [
            Column::share(look.words.agreement.text, 2),
            Column::figures("×", 6),
            Column::share("1", 1),
            Column::share("2", 1),
        ];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let dispute = &self.disputes[at];
                let said = |place: usize| match dispute.opinions.get(place) {
                    Some(opinion) => format!("{} {}", opinion.actor, self.name(opinion.verdict, look.words)),
                    None => String::new(),
                };
                Row::of([
                    (Role::Text, dispute.utterance.text.clone()),
                    (Role::Dim, thousands(dispute.utterance.count)),
                    (Role::Word, said(0)),
                    (Role::Word, said(1)),
                ])
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, area, look.theme);
    }

    /// Draws every answer to the chosen text, each with what its intent's guideline says.
    fn answers(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let Some(dispute) = self.chosen() else { return };
        let inner = paint::framed(frame, area, &dispute.utterance.text, false, look.theme);
        let mut rows = paint::rows(inner);
        for (place, opinion) in dispute.opinions.iter().enumerate() {
            let Some(row) = rows.next() else { return };
            let what = self.name(opinion.verdict, look.words);
            let place = (place + 1).to_string();
            let gaps = [("place", place.as_str()), ("who", &opinion.actor), ("what", &what)];
            paint::line(frame, row, &[(Role::Word, &fill(look.words.agreement.said, &gaps))], look.theme);
            let guideline = match (opinion.verdict, &self.catalogue) {
                (Verdict::Intent(id), Some(catalogue)) => catalogue.intent(id).map_or("", |intent| &intent.guideline),
                _ => "",
            };
            if !guideline.is_empty()
                && let Some(row) = rows.next()
            {
                paint::line(frame, row, &[(Role::Dim, "   "), (Role::Dim, guideline)], look.theme);
            }
        }
    }
}
