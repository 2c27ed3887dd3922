//! What a query finds: marked one by one, all, in a stretch, turned round; decided on with the keys of the queue.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::ids::UtteranceId;
use crate::domain::label::Verdict;
use crate::domain::query::{Hit, Query};
use crate::explain::{self, agreement as told};
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::query::print::print;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::label::entities::{Entities, Texts};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::current::Catalogue;
use crate::workbench::error::{Error, Result};
use crate::workbench::intents;
use crate::workbench::label::many::decide_all;
use crate::workbench::search::{self, Found};

/// Rows read before and after the one in hand; more than a screen shows.
const AROUND: usize = 120;

/// Hits that are sorted by likeness at most.
const COMPARED: usize = 10_000;

/// Guesses on the digits from 1, in the queue and here.
pub(super) const GUESSES: usize = 5;

/// What the open window will answer.
enum Asked {
    Query,
    Find,
    New,
    /// The verdict for all that is marked.
    Sure(Verdict),
    Name,
    Slices(Vec<String>),
}

/// The window.
pub struct Search {
    query: Query,
    hits: Vec<Hit>,
    marked: HashSet<UtteranceId>,
    /// Where something was marked last.
    anchor: Option<usize>,
    cursor: Cursor,
    rows: HashMap<UtteranceId, Found>,
    /// Texts and customers: of all that was found, of what is marked.
    counts: [(u64, u64); 2],
    /// What the model guesses of the texts in question, the most frequent first.
    guesses: Vec<(Verdict, usize)>,
    catalogue: Option<Catalogue>,
    asked: Option<Asked>,
    /// The text whose like are sought, as the label screen has it in hand.
    like: Option<(UtteranceId, String)>,
    /// The place of each text by its likeness, once that was asked for.
    near: HashMap<UtteranceId, usize>,
}

/// Returns the line in which a query is written; what did not read stands below it.
pub(super) fn ask(text: &str, fault: Option<&Error>, words: &'static Words) -> Effect {
    let t = &words.search;
    let hint = fault.map_or(t.hint.to_string(), |fault| explain::sentence(fault, words));
    Effect::Open(Box::new(Write::line(t.ask, hint, text)))
}

impl Search {
    /// Returns the window of what a query finds.
    pub(super) fn of(query: Query) -> Self {
        Self {
            query,
            hits: Vec::new(),
            marked: HashSet::new(),
            anchor: None,
            cursor: Cursor::default(),
            rows: HashMap::new(),
            counts: [(0, 0); 2],
            guesses: Vec::new(),
            catalogue: None,
            asked: None,
            like: None,
            near: HashMap::new(),
        }
    }

    /// Returns the window of the texts like one, among those most customers said.
    pub(super) fn like(id: UtteranceId, text: &str) -> Self {
        Self { like: Some((id, text.to_owned())), ..Self::of(Query::All(Vec::new())) }
    }

    /// Returns what a decision is for: what is marked, else the one in hand.
    fn targets(&self) -> Vec<Hit> {
        match self.marked.is_empty() {
            true => self.cursor.at().and_then(|at| self.hits.get(at)).cloned().into_iter().collect(),
            false => self.hits.iter().filter(|hit| self.marked.contains(&hit.utterance)).cloned().collect(),
        }
    }

    /// Reads the rows about the one in hand, and what the model thinks of what a decision is for.
    fn look(&mut self, desk: &Desk) -> Result<()> {
        let at = self.cursor.at().unwrap_or(0);
        let near = at.saturating_sub(AROUND)..(at + AROUND).min(self.hits.len());
        let rows = search::shown(&desk.project, &self.hits[near])?;
        self.rows = rows.into_iter().map(|row| (row.utterance.id, row)).collect();
        self.guesses = search::guessed(&desk.project, &self.targets())?;
        self.guesses.truncate(GUESSES);
        let add = |(n, customers): (u64, u64), hit: &Hit| (n + 1, customers + hit.customers);
        let marked = self.hits.iter().filter(|hit| self.marked.contains(&hit.utterance));
        self.counts = [self.hits.iter().fold((0, 0), add), marked.fold((0, 0), add)];
        Ok(())
    }

    fn name(&self, verdict: Verdict, words: &Words) -> String {
        self.catalogue.as_ref().map_or(String::new(), |catalogue| told::verdict(verdict, catalogue, words))
    }

    /// Asks before many are decided on; one is decided on at once.
    fn decide(&mut self, verdict: Verdict, desk: &mut Desk) -> Result<Effect> {
        let targets = self.targets();
        if targets.len() < 2 {
            return self.give(verdict, desk);
        }
        let t = &desk.words.search;
        let labelled = targets.iter().filter(|hit| hit.label.is_some()).count() as u64;
        let customers = targets.iter().map(|hit| hit.customers).sum();
        let phrase = if labelled == 0 { t.sure } else { t.sure_labelled };
        let what = self.name(verdict, desk.words);
        let [n, customers, labelled] = [targets.len() as u64, customers, labelled].map(thousands);
        self.asked = Some(Asked::Sure(verdict));
        let gaps = [("n", &*n), ("customers", &*customers), ("labelled", &*labelled), ("what", &*what)];
        Ok(Effect::Ask(fill(phrase, &gaps)))
    }

    fn give(&mut self, verdict: Verdict, desk: &mut Desk) -> Result<Effect> {
        let (op, subject) = (desk.project.op(), print(&self.query));
        let decided = decide_all(&mut desk.project, &op, &self.targets(), verdict, &subject)?;
        desk.decided += 1;
        self.marked.clear();
        self.anchor = None;
        self.load(desk)?;
        let t = &desk.words.search;
        let (what, n, left) = (self.name(verdict, desk.words), thousands(decided.labelled), thousands(decided.left));
        let phrase = if decided.left == 0 { t.decided } else { t.left };
        Ok(Effect::Say(fill(phrase, &[("what", &what), ("n", &n), ("left", &left)])))
    }

    /// Lets what was found be sorted by its likeness to some of it.
    fn sort(&self, examples: Vec<UtteranceId>) -> Effect {
        Effect::Start(Job::Similar { hits: self.hits.clone(), examples })
    }

    /// Puts what was found in the order of likeness; what came later stands behind.
    fn put_near(&mut self) {
        if !self.near.is_empty() {
            self.hits.sort_by_key(|hit| self.near.get(&hit.utterance).copied().unwrap_or(usize::MAX));
        }
    }

    /// Marks or unmarks, and says how much is marked.
    fn mark(&mut self, action: Action, desk: &Desk) -> Result<Effect> {
        let all = || self.hits.iter().map(|hit| hit.utterance);
        match action {
            Action::MarkAll if self.marked.len() == self.hits.len() => self.marked.clear(),
            Action::MarkAll => self.marked = all().collect(),
            Action::Invert => self.marked = all().filter(|id| !self.marked.contains(id)).collect(),
            Action::Range => {
                if let (Some(from), Some(to)) = (self.anchor, self.cursor.at()) {
                    let stretch = &self.hits[from.min(to)..=from.max(to).min(self.hits.len() - 1)];
                    self.marked.extend(stretch.iter().map(|hit| hit.utterance));
                }
            }
            _ => {
                if let Some(at) = self.cursor.at() {
                    let id = self.hits[at].utterance;
                    if !self.marked.remove(&id) {
                        self.marked.insert(id);
                    }
                    self.anchor = Some(at);
                    self.cursor.act(Action::Down);
                }
            }
        }
        self.look(desk)?;
        let n = thousands(self.marked.len() as u64);
        Ok(Effect::Say(fill(desk.words.search.now_marked, &[("n", &n)])))
    }

    /// Finds anew.
    fn find(&mut self, query: Query, desk: &mut Desk) -> Result<Effect> {
        *self = Self::of(query);
        self.load(desk)?;
        Ok(Effect::None)
    }
}

impl Screen for Search {
    fn scope(&self) -> Scope {
        Scope::Search
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.search.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.catalogue = Some(desk.project.catalogue()?);
        self.hits = search::search(&desk.project, &self.query)?;
        if let Some((id, _)) = &self.like {
            let (mut own, mut others): (Vec<Hit>, Vec<Hit>) = self.hits.drain(..).partition(|hit| hit.utterance == *id);
            others.truncate(COMPARED - own.len());
            own.append(&mut others);
            self.hits = own;
        }
        self.put_near();
        let there: HashSet<UtteranceId> = self.hits.iter().map(|hit| hit.utterance).collect();
        self.marked.retain(|id| there.contains(id));
        self.anchor = self.anchor.filter(|at| *at < self.hits.len());
        self.cursor.resize(self.hits.len());
        self.look(desk)
    }

    fn opened(&mut self, desk: &mut Desk) -> Effect {
        match &self.like {
            Some((id, _)) if desk.is_free().is_ok() && !self.hits.is_empty() => self.sort(vec![*id]),
            _ => Effect::None,
        }
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Similar(examples, near) = outcome else { return Ok(Effect::None) };
        let here: HashSet<UtteranceId> = self.hits.iter().map(|hit| hit.utterance).collect();
        // Another search may stand here by now.
        if !examples.iter().all(|id| here.contains(id)) {
            return Ok(Effect::None);
        }
        self.near = near.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        self.put_near();
        self.anchor = None;
        self.cursor.go(0);
        self.look(desk)?;
        Ok(Effect::Say(fill(desk.words.search.sorted, &[("n", &examples.len().to_string())])))
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.search;
        match action {
            Action::Search | Action::Save | Action::Slices => Ok(()),
            _ if self.hits.is_empty() => Err(Cow::Borrowed(t.nothing_found)),
            Action::Range if self.anchor.is_none() => Err(Cow::Borrowed(t.no_anchor)),
            Action::Similar if self.hits.len() > COMPARED => {
                Err(Cow::Owned(fill(t.too_many, &[("n", &thousands(COMPARED as u64))])))
            }
            Action::Similar => desk.is_free(),
            Action::Mark | Action::MarkAll | Action::Invert | Action::Range => Ok(()),
            Action::OutOfScope | Action::Ignore | Action::Later | Action::FindIntent | Action::NewIntent => Ok(()),
            Action::Entities => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => match action.place() {
                Some(place) if place < self.guesses.len() => Ok(()),
                Some(_) => Err(Cow::Borrowed(desk.words.label.no_choice)),
                None => desk.not_here(),
            },
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.search;
        match action {
            Action::Search => {
                self.asked = Some(Asked::Query);
                Ok(ask(&print(&self.query), None, desk.words))
            }
            Action::Save => {
                self.asked = Some(Asked::Name);
                Ok(Effect::Open(Box::new(Write::line(t.slice_name, t.slice_hint, ""))))
            }
            Action::Slices => {
                let slices = search::slices(&desk.project)?;
                if slices.is_empty() {
                    return Ok(Effect::Say(t.no_slices.to_string()));
                }
                let items = slices.iter().map(|(name, query)| Item::new(name, query)).collect();
                self.asked = Some(Asked::Slices(slices.into_iter().map(|(name, _)| name).collect()));
                Ok(Effect::Open(Box::new(Choose::search(t.slices, items))))
            }
            Action::Mark | Action::MarkAll | Action::Invert | Action::Range => self.mark(action, desk),
            Action::Similar => Ok(self.sort(self.targets().iter().map(|hit| hit.utterance).collect())),
            Action::OutOfScope => self.decide(Verdict::OutOfScope, desk),
            Action::Ignore => self.decide(Verdict::Ignored, desk),
            Action::Later => self.decide(Verdict::Later, desk),
            Action::FindIntent => {
                self.asked = Some(Asked::Find);
                let intents = self.catalogue.iter().flat_map(|catalogue| &catalogue.intents);
                let items = intents
                    .map(|intent| Item { also: intent.question.clone(), ..Item::new(&intent.name, &intent.question) })
                    .collect();
                Ok(Effect::Open(Box::new(Choose::search(desk.words.label.into, items))))
            }
            Action::Entities => {
                let ids = self.hits.iter().map(|hit| hit.utterance).collect();
                Ok(Effect::Open(Box::new(Entities::new(Texts::These(ids), self.cursor.at().unwrap_or(0)))))
            }
            Action::NewIntent => {
                self.asked = Some(Asked::New);
                let l = &desk.words.label;
                Ok(Effect::Open(Box::new(Write::line(l.new_name, l.new_hint, ""))))
            }
            _ => match action.place().and_then(|place| self.guesses.get(place)) {
                Some((verdict, _)) => self.decide(*verdict, desk),
                None => {
                    self.cursor.act(action);
                    self.look(desk)?;
                    Ok(Effect::None)
                }
            },
        }
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (self.asked.take(), answer) {
            (Some(Asked::Query), Answer::Text(text)) => match search::read_for(&desk.project, &text) {
                Ok(query) => self.find(query, desk),
                Err(fault) => {
                    self.asked = Some(Asked::Query);
                    Ok(ask(&text, Some(&fault), desk.words))
                }
            },
            (Some(Asked::Find), Answer::Chosen(at)) => {
                let chosen = self.catalogue.as_ref().and_then(|catalogue| catalogue.intents.get(at)).map(|i| i.id);
                chosen.map_or(Ok(Effect::None), |id| self.decide(Verdict::Intent(id), desk))
            }
            (Some(Asked::New), Answer::Text(name)) => {
                let id = intents::add(&mut desk.project, &name, "")?;
                self.catalogue = Some(desk.project.catalogue()?);
                self.decide(Verdict::Intent(id), desk)
            }
            (Some(Asked::Sure(verdict)), Answer::Sure) => self.give(verdict, desk),
            (Some(Asked::Name), Answer::Text(name)) => {
                search::keep_slice(&mut desk.project, &name, &self.query)?;
                Ok(Effect::Say(fill(desk.words.search.kept, &[("name", name.trim())])))
            }
            (Some(Asked::Slices(names)), Answer::Chosen(at)) => match names.get(at) {
                Some(name) => {
                    let query = search::slice(&desk.project, name)?;
                    self.find(query, desk)
                }
                None => Ok(Effect::None),
            },
            _ => Ok(Effect::None),
        }
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(4));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.search;
        let mut rows = paint::rows(area);
        let (Some(head), Some(marks), Some(digits)) = (rows.next(), rows.next(), rows.next()) else { return };
        let [found, marked] = self.counts.map(|(n, customers)| (thousands(n), thousands(customers)));
        let room = usize::from(area.width).saturating_sub(34);
        let query = match &self.like {
            Some((_, text)) => fill(t.like, &[("text", &cells::cut(text, room.saturating_sub(12)))]),
            None => cells::cut(&print(&self.query), room),
        };
        let gaps = [("query", query.as_str()), ("n", &found.0), ("customers", &found.1)];
        paint::line(frame, head, &[(Role::Title, &fill(t.head, &gaps))], look.theme);
        let marked = fill(t.marked, &[("n", &marked.0), ("customers", &marked.1)]);
        paint::line(frame, marks, &[(Role::Good, &marked)], look.theme);
        let mut pieces: Vec<(Role, String)> = Vec::new();
        for (place, (verdict, times)) in self.guesses.iter().enumerate() {
            pieces.push((Role::Key, format!("{} ", place + 1)));
            pieces.push((Role::Text, self.name(*verdict, look.words)));
            pieces.push((Role::Dim, format!(" ×{times}   ")));
        }
        let pieces: Vec<(Role, &str)> = pieces.iter().map(|(role, text)| (*role, text.as_str())).collect();
        paint::line(frame, digits, &pieces, look.theme);
        let list = Rect { y: area.y + 3, height: area.height.saturating_sub(3), ..area };
        if self.hits.is_empty() {
            paint::line(frame, list, &[(Role::Dim, t.nothing_found)], look.theme);
            paint::caret(frame, list, 0, 0);
            return;
        }
        let columns = [
            Column::fixed("", 2),
            Column::share(t.text, 3),
            Column::figures("×", 6),
            Column::share(t.label, 1),
            Column::fixed(t.by, 8),
        ];
        let rows: Vec<Row> = self.cursor.shown().map(|at| self.row(&self.hits[at], look)).collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, list, look.theme);
    }
}

impl Search {
    fn row(&self, hit: &Hit, look: &Look) -> Row {
        let marked = self.marked.contains(&hit.utterance);
        let found = self.rows.get(&hit.utterance);
        let label = found.and_then(|found| found.label.as_ref());
        Row::of([
            (Role::Good, if marked { "✓" } else { "" }.to_string()),
            (Role::Text, found.map(|found| found.utterance.text.clone()).unwrap_or_default()),
            (Role::Dim, thousands(hit.customers)),
            (Role::Word, label.map(|label| self.name(label.verdict, look.words)).unwrap_or_default()),
            (Role::Dim, label.map(|label| label.actor.clone()).unwrap_or_default()),
        ])
        .marked(marked)
    }
}
