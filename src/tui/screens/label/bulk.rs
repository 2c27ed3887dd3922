//! In bulk: for each intent what the model gives it, surest first, accepted down to a line in one key.

use std::borrow::Cow;
use std::collections::HashSet;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::ids::UtteranceId;
use crate::domain::label::{Intent, Verdict};
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::theme::Role;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::cut::{CutList, Member, Sign};
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::label::piles::{self, LINE, Pile, PileMember};

/// Members of a pile read at a time.
const MOST: usize = 300;

/// The window.
#[derive(Default)]
pub struct Bulk {
    piles: Vec<Pile>,
    cursor: Cursor,
    members: Vec<PileMember>,
    member: Cursor,
    cut: usize,
    strays: HashSet<UtteranceId>,
    in_members: bool,
    catalogue: Vec<Intent>,
    asked: bool,
}

impl Bulk {
    fn pile(&self) -> Option<&Pile> {
        self.cursor.at().and_then(|at| self.piles.get(at))
    }

    fn name<'a>(&'a self, pile: &Pile, words: &'static Words) -> &'a str {
        match pile.intent {
            None => words.label.out_of_scope,
            Some(id) => self.catalogue.iter().find(|intent| intent.id == id).map_or("", |intent| &intent.name),
        }
    }

    /// Reads the members of the chosen pile; the line falls where the model is no longer sure.
    fn open(&mut self, desk: &Desk) -> Result<()> {
        self.members = match self.pile() {
            Some(pile) => piles::members(&desk.project, pile.intent, MOST)?,
            None => Vec::new(),
        };
        self.member = Cursor::new(self.members.len());
        self.cut = self.members.iter().take_while(|member| member.probability >= LINE).count();
        self.strays.clear();
        self.in_members = false;
        Ok(())
    }

    /// Gives what stands above the line a verdict, and goes to the next pile.
    fn take(&mut self, verdict: Verdict, desk: &mut Desk) -> Result<Effect> {
        let taken = self.members.iter().take(self.cut).filter(|member| !self.strays.contains(&member.utterance.id));
        let customers: u64 = taken.clone().map(|member| member.utterance.count).sum();
        let ids: Vec<UtteranceId> = taken.map(|member| member.utterance.id).collect();
        let count = piles::take(&mut desk.project, &ids, verdict)?;
        desk.decided += 1;
        let what = match verdict {
            Verdict::Intent(id) => self.catalogue.iter().find(|intent| intent.id == id).map_or("", |i| &i.name),
            _ => desk.words.label.out_of_scope,
        };
        let said = fill(
            desk.words.group.decided,
            &[("n", &thousands(count)), ("customers", &thousands(customers)), ("what", what)],
        );
        if let Some(pile) = self.cursor.at().and_then(|at| self.piles.get_mut(at)) {
            (pile.all, pile.sure, pile.customers) = (pile.all.saturating_sub(count), 0, 0);
        }
        self.cursor.act(Action::Down);
        self.open(desk)?;
        Ok(Effect::Say(said))
    }
}

impl Screen for Bulk {
    fn scope(&self) -> Scope {
        Scope::Group
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.label.bulk)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.catalogue = desk.project.catalogue()?.intents;
        let here = self.pile().map(|pile| pile.intent);
        let at = self.cursor.at();
        self.piles = piles::piles(&desk.project, LINE)?;
        // What a training ranked anew never moves the pile in hand.
        if let (Some(here), Some(at)) = (here, at)
            && let Some(now) = self.piles.iter().position(|pile| pile.intent == here)
        {
            let pile = self.piles.remove(now);
            self.piles.insert(at.min(self.piles.len()), pile);
        }
        self.cursor.resize(self.piles.len());
        if self.in_members || !self.strays.is_empty() {
            return Ok(());
        }
        self.open(desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.group;
        let some = |yes: bool, why: &'static str| if yes { Ok(()) } else { Err(Cow::Borrowed(why)) };
        match action {
            Action::Accept | Action::OutOfScope | Action::FindIntent | Action::Merge => {
                some(self.cut > 0 && !self.members.is_empty(), desk.words.label.nothing_above)
            }
            Action::NextPane | Action::PreviousPane | Action::Left | Action::Right => {
                some(!self.members.is_empty(), desk.words.label.nothing_above)
            }
            Action::Mark | Action::CutHere => some(self.in_members, t.mark_members),
            Action::CutUp => some(self.cut > 0, t.nothing),
            Action::CutDown => some(self.cut < self.members.len(), t.nothing),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Accept => {
                let verdict = self.pile().map(|pile| pile.intent.map_or(Verdict::OutOfScope, Verdict::Intent));
                return verdict.map_or(Ok(Effect::None), |verdict| self.take(verdict, desk));
            }
            Action::OutOfScope => return self.take(Verdict::OutOfScope, desk),
            Action::Merge | Action::FindIntent => {
                self.asked = true;
                let items = self
                    .catalogue
                    .iter()
                    .map(|intent| Item { also: intent.question.clone(), ..Item::new(&intent.name, &intent.question) })
                    .collect();
                return Ok(Effect::Open(Box::new(Choose::search(desk.words.label.into, items))));
            }
            Action::NextPane | Action::PreviousPane => self.in_members = !self.in_members,
            Action::Left => self.in_members = false,
            Action::Right => self.in_members = true,
            Action::CutUp => self.cut = self.cut.saturating_sub(1),
            Action::CutDown => self.cut = (self.cut + 1).min(self.members.len()),
            Action::CutHere => self.cut = self.member.at().map_or(self.cut, |at| at + 1),
            Action::Mark => {
                if let Some(member) = self.member.at().and_then(|at| self.members.get(at)) {
                    let id = member.utterance.id;
                    if !self.strays.remove(&id) {
                        self.strays.insert(id);
                    }
                    self.member.act(Action::Down);
                }
            }
            _ if self.in_members => {
                self.member.act(action);
            }
            _ => {
                self.cursor.act(action);
                self.open(desk)?;
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let chosen = match (std::mem::take(&mut self.asked), answer) {
            (true, Answer::Chosen(at)) => self.catalogue.get(at).map(|intent| intent.id),
            _ => None,
        };
        chosen.map_or(Ok(Effect::None), |id| self.take(Verdict::Intent(id), desk))
    }

    fn fit(&mut self, area: Rect) {
        let (list, members) = parts(area);
        self.cursor.fit(list.height.saturating_sub(2));
        self.member.fit(members.height.saturating_sub(2));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.label;
        let (list, right) = parts(area);
        let sure: u64 = self.piles.iter().map(|pile| pile.sure).sum();
        let head = fill(t.bulk_head, &[("sure", &thousands(sure)), ("line", &format!("{LINE:.2}"))]);
        paint::line(frame, Rect { height: 1.min(list.height), ..list }, &[(Role::Title, &head)], look.theme);
        let below = Rect { y: list.y + 1.min(list.height), height: list.height.saturating_sub(1), ..list };
        if self.piles.is_empty() {
            paint::text(frame, below, t.no_model, Role::Dim, 0, look.theme);
            return;
        }
        let most = self.piles.iter().map(|pile| pile.sure).max().unwrap_or(1).max(1);
        let columns =
            [Column::fixed("", 4), Column::figures(t.sure, 5), Column::figures(t.all, 5), Column::share(t.intent, 1)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let pile = &self.piles[at];
                Row::of([
                    (Role::Fill, bar(pile.sure as f64 / most as f64, 4, &look.theme.glyphs)),
                    (Role::Text, thousands(pile.sure)),
                    (Role::Dim, thousands(pile.all)),
                    (Role::Text, self.name(pile, look.words).to_string()),
                ])
            })
            .collect();
        Table {
            columns: &columns,
            rows: &rows,
            cursor: &self.cursor,
            focused: look.focused && !self.in_members,
            headed: true,
        }
        .draw(frame, below, look.theme);
        let shown: Vec<Member> = self
            .member
            .shown()
            .map(|at| {
                let member = &self.members[at];
                let sign = if self.strays.contains(&member.utterance.id) { Sign::Stray } else { Sign::None };
                Member { text: &member.utterance.text, figure: format!("{:.2}", member.probability), sign }
            })
            .collect();
        let title = self.pile().map_or("", |pile| self.name(pile, look.words));
        let inner = paint::ruled(frame, right, look.theme);
        CutList {
            title,
            line: look.words.group.cut,
            shown: &shown,
            cursor: &self.member,
            cut: self.cut,
            here: self.in_members,
            focused: look.focused,
        }
        .draw(frame, inner, look.theme);
    }
}

/// Cuts the window into intents and members.
fn parts(area: Rect) -> (Rect, Rect) {
    let left = area.width * 9 / 20;
    (Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area })
}
