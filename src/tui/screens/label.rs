//! label: one item at a time, the model's guesses on the digits, the conversation beside it.

mod bulk;
mod decide;
mod disputes;
mod draw;
mod entities;
mod joints;
mod like;
mod moods;
mod search;

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain;
use crate::domain::conversation::Turn;
use crate::domain::ids::{IntentId, TurnId, UtteranceId};
use crate::domain::label::{Intent, Verdict};
use crate::explain::forecast as foretold;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::nlu::train::TrainOptions;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::catalogue::Catalogue;
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::erase::Erase;
use crate::tui::screens::label::bulk::Bulk;
use crate::tui::screens::label::disputes::Disputes;
use crate::tui::screens::label::entities::{Entities, Texts};
use crate::tui::screens::label::search::{GUESSES, Search};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::workbench::error::Result;
use crate::workbench::forecast;
use crate::workbench::intents;
use crate::workbench::label::order::Order;
use crate::workbench::label::{self, QueueItem, lease};
use crate::workbench::moods::{Hearing, Said};
use crate::workbench::personal::{self, Personal};
use crate::workbench::search::read_for;

/// Items read at a time.
const PAGE: usize = 20;

/// Turns shown before and after the one in question.
const AROUND: u32 = 6;

/// Recent intents on the digits 6 to 9, behind the guesses.
const RECENT: usize = 4;

/// What the open window will answer.
enum Asked {
    Find,
    Order,
    New,
    Note,
    Mood,
    /// Which neighbour a message is joined to: the turn that goes on with the one before it.
    Join(Vec<TurnId>),
    Search,
    /// Which of two answers is to stand.
    Crossed(Crossed),
}

/// Two answers of which one was given while the other trainer thought.
struct Crossed {
    theirs: domain::label::Label,
    mine: Verdict,
}

/// The queue.
#[derive(Default)]
pub struct Label {
    items: Vec<QueueItem>,
    at: usize,
    order: Order,
    waiting: u64,
    /// What more labels would bring, on one line; empty where nothing is forecast.
    forecast: String,
    done: u64,
    catalogue: Vec<Intent>,
    recent: Vec<IntentId>,
    /// What was decided here, the latest last: taken back, it is in hand again.
    decided: Vec<UtteranceId>,
    context: Vec<Turn>,
    here: usize,
    occurrence: usize,
    asked: Option<Asked>,
    /// How personal data of the item in hand is shown; hidden again as soon as another is.
    way: Personal,
    /// The context in that way.
    open: Vec<String>,
    erase: Option<Erase>,
    hearing: Hearing,
    /// What a trainer said of how the item in hand sounds, and how it is told.
    said: Option<Said>,
    sounds: String,
}

impl Label {
    fn item(&self) -> Option<&QueueItem> {
        self.items.get(self.at)
    }

    fn intent(&self, id: IntentId) -> Option<&Intent> {
        self.catalogue.iter().find(|intent| intent.id == id)
    }

    /// Returns what the digit at a place means now.
    fn choice(&self, place: usize) -> Option<Verdict> {
        if place < GUESSES {
            let guess = self.item()?.prediction.guesses.get(place)?;
            return Some(guess.intent.map_or(Verdict::OutOfScope, Verdict::Intent));
        }
        self.recent.get(place - GUESSES).map(|id| Verdict::Intent(*id))
    }

    /// Takes the item in hand, past what another trainer has in hand, and reads its surroundings; reads more items
    /// when few are left.
    fn show(&mut self, desk: &mut Desk) -> Result<()> {
        loop {
            if self.at + 1 >= self.items.len() {
                let more = label::queue(&desk.project, self.order, &self.items, PAGE)?;
                self.items.extend(more);
            }
            self.at = self.at.min(self.items.len().saturating_sub(1));
            let Some(family) = self.item().map(|item| item.utterance.family) else { break };
            if lease::take(&mut desk.project, family) {
                break;
            }
            self.items.remove(self.at);
        }
        self.occurrence = 0;
        self.listen(desk)?;
        self.surroundings(desk)
    }

    fn surroundings(&mut self, desk: &mut Desk) -> Result<()> {
        let found = match self.item() {
            Some(item) => label::context(&desk.project, item.utterance.id, self.occurrence, AROUND)?,
            None => None,
        };
        let (context, here) = found.unwrap_or_default();
        self.context = context;
        self.here = here;
        self.open_in(Personal::Masked, desk)
    }

    /// Reads the context with its personal data in a way.
    fn open_in(&mut self, way: Personal, desk: &mut Desk) -> Result<()> {
        self.way = way;
        let shown = |turn: &Turn| personal::shown(&mut desk.project, turn, way);
        self.open = self.context.iter().map(shown).collect::<Result<_>>()?;
        Ok(())
    }

    /// Shows the personal data of the item and its surroundings in the next way; what was said is logged as seen.
    fn unmask(&mut self, desk: &mut Desk) -> Result<Effect> {
        let way = self.way.next();
        let t = &desk.words.privacy;
        let said = match way {
            Personal::Masked => t.hidden.to_string(),
            Personal::Linked => t.linked.to_string(),
            Personal::Raw => {
                let hidden: Vec<&Turn> = self.context.iter().filter(|turn| personal::hides(turn)).collect();
                let event = personal::reveal(&mut desk.project, &hidden)?;
                fill(t.revealed, &[("n", &event.map_or(0, |id| id.0).to_string())])
            }
        };
        self.open_in(way, desk)?;
        Ok(Effect::Say(said))
    }

    /// Returns what a turn of the context shows.
    fn shown(&self, place: usize) -> &str {
        self.open.get(place).map_or("", String::as_str)
    }

    /// Puts an utterance in hand if it waits for a decision; tells whether it does.
    fn take(&mut self, id: UtteranceId, desk: &mut Desk) -> Result<bool> {
        if !label::waits(&desk.project, id)? {
            return Ok(false);
        }
        let Some(item) = label::item_of(&desk.project, id)? else { return Ok(false) };
        self.items.retain(|other| other.utterance.family != item.utterance.family);
        self.items.insert(0, item);
        Ok(true)
    }
}

impl Screen for Label {
    fn scope(&self) -> Scope {
        Scope::Label
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.label.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.catalogue = desk.project.catalogue()?.intents;
        self.waiting = label::waiting(&desk.project)?;
        self.hearing = desk.project.hearing()?;
        let told = forecast::proposed(&desk.project)?.map(|plan| foretold::short(&plan, desk.words));
        self.forecast = told.map(|told| format!(" · {told}")).unwrap_or_default();
        // The item in hand stays in hand, unless somebody else decided on it; before it comes the one taken back.
        let now = self.item().map(|item| item.utterance.id);
        self.items = label::queue(&desk.project, self.order, &[], PAGE)?;
        self.at = 0;
        if let Some(id) = now {
            self.take(id, desk)?;
        }
        if let Some(&id) = self.decided.last()
            && self.take(id, desk)?
        {
            self.decided.pop();
        }
        self.show(desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.label;
        match action {
            Action::Queue | Action::Review | Action::Adjudicate | Action::Search | Action::Intents => Ok(()),
            Action::Train => desk.is_free(),
            _ if self.item().is_none() => Err(Cow::Borrowed(t.nothing)),
            Action::OutOfScope
            | Action::Later
            | Action::Ignore
            | Action::FindIntent
            | Action::NewIntent
            | Action::Entities
            | Action::Note
            | Action::Wording => Ok(()),
            Action::Mood if desk.hears() => Ok(()),
            Action::Mood => Err(Cow::Borrowed(desk.words.moods.warming)),
            Action::AcceptTop if self.choice(0).is_some() => Ok(()),
            Action::AcceptTop => Err(Cow::Borrowed(t.no_model)),
            Action::Context if self.context.len() > 1 || self.item().is_some_and(|item| item.utterance.count > 1) => {
                Ok(())
            }
            Action::Masked if self.context.iter().any(personal::hides) => Ok(()),
            Action::Masked => Err(Cow::Borrowed(desk.words.privacy.nothing_hidden)),
            Action::Purge | Action::Similar => desk.is_free(),
            Action::Split if self.pieces() > 0 => Ok(()),
            Action::Split => Err(Cow::Borrowed(t.no_pieces)),
            Action::Merge if !self.joints().is_empty() => Ok(()),
            Action::Merge => Err(Cow::Borrowed(t.no_joint)),
            Action::Up | Action::Down => Ok(()),
            _ => match action.place() {
                Some(place) if self.choice(place).is_some() => Ok(()),
                Some(_) => Err(Cow::Borrowed(t.no_choice)),
                None => desk.not_here(),
            },
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        // A window that was closed without an answer asks nothing any more.
        self.erase = None;
        let t = &desk.words.label;
        match action {
            Action::Train => return Ok(Effect::Start(Job::Train { options: TrainOptions::default() })),
            Action::Queue => {
                self.asked = Some(Asked::Order);
                let items = t.orders.iter().map(|name| Item::new(*name, "")).collect();
                let at = Order::ALL.iter().position(|order| *order == self.order).unwrap_or(0);
                return Ok(Effect::Open(Box::new(Choose::menu(t.order, items, at))));
            }
            Action::Review => return Ok(Effect::Open(Box::new(Bulk::default()))),
            Action::Search => {
                self.asked = Some(Asked::Search);
                return Ok(search::ask("", None, desk.words));
            }
            Action::Intents => return Ok(Effect::Open(Box::new(Catalogue::default()))),
            Action::Adjudicate => return Ok(Effect::Open(Box::new(Disputes::default()))),
            Action::OutOfScope => return self.decide(Verdict::OutOfScope, desk),
            Action::Later => return self.decide(Verdict::Later, desk),
            Action::Ignore => return self.decide(Verdict::Ignored, desk),
            Action::FindIntent => {
                self.asked = Some(Asked::Find);
                let guesses: Vec<IntentId> =
                    self.item().iter().flat_map(|item| &item.prediction.guesses).filter_map(|g| g.intent).collect();
                let place = |id: IntentId| guesses.iter().position(|guess| *guess == id).unwrap_or(guesses.len());
                self.catalogue.sort_by_key(|intent| (place(intent.id), intent.id));
                let items = self
                    .catalogue
                    .iter()
                    .map(|intent| Item { also: intent.question.clone(), ..Item::new(&intent.name, &intent.question) })
                    .collect();
                return Ok(Effect::Open(Box::new(Choose::search(t.into, items))));
            }
            Action::NewIntent => {
                self.asked = Some(Asked::New);
                let text = self.item().map(|item| cells::named(&item.utterance.text)).unwrap_or_default();
                let name = intents::proposed(&desk.project, &[text])?;
                return Ok(Effect::Open(Box::new(Write::proposal(t.new_name, t.new_hint, &name))));
            }
            Action::Entities => {
                let texts = Texts::Queue(self.items.clone(), self.order);
                return Ok(Effect::Open(Box::new(Entities::new(texts, self.at))));
            }
            Action::Note => {
                self.asked = Some(Asked::Note);
                return Ok(Effect::Open(Box::new(Write::line(t.note, "", ""))));
            }
            Action::Mood => return Ok(self.ask_mood()),
            Action::Wording => return Ok(self.wording()),
            Action::Similar => return Ok(self.like()),
            Action::Split => {
                if let Some(turn) = self.context.get(self.here).map(|turn| turn.id) {
                    return self.rejoin(turn, false, desk);
                }
            }
            Action::Merge => {
                let (items, turns): (Vec<Item>, Vec<TurnId>) = self
                    .joints()
                    .into_iter()
                    .map(|(before, other, turn)| {
                        let phrase = if before { t.join_before } else { t.join_after };
                        let text = other.clean.as_deref().unwrap_or(&other.raw);
                        (Item::new(fill(phrase, &[("text", text)]), ""), turn)
                    })
                    .unzip();
                self.asked = Some(Asked::Join(turns));
                return Ok(Effect::Open(Box::new(Choose::menu(t.join_title, items, 0))));
            }
            Action::Context => {
                // Walks the occurrences; after the last one comes the first.
                self.occurrence += 1;
                self.surroundings(desk)?;
                if self.context.is_empty() {
                    self.occurrence = 0;
                    self.surroundings(desk)?;
                }
            }
            Action::Masked => return self.unmask(desk),
            Action::Purge => {
                let conversation = self.context.get(self.here).map(|turn| turn.conversation);
                let (erase, effect) = Erase::begin(conversation, desk.words);
                self.erase = Some(erase);
                return Ok(effect);
            }
            Action::Up => {
                self.at = self.at.saturating_sub(1);
                self.show(desk)?;
            }
            Action::Down => {
                self.at += 1;
                self.show(desk)?;
            }
            Action::AcceptTop => {
                if let Some(verdict) = self.choice(0) {
                    return self.decide(verdict, desk);
                }
            }
            _ => {
                if let Some(verdict) = action.place().and_then(|place| self.choice(place)) {
                    return self.decide(verdict, desk);
                }
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        if let Some(erase) = self.erase.take() {
            let (erase, effect) = erase.answer(answer, desk)?;
            self.erase = erase;
            return Ok(effect);
        }
        match (self.asked.take(), answer) {
            (Some(Asked::Find), Answer::Chosen(at)) => match self.catalogue.get(at).map(|intent| intent.id) {
                Some(id) => self.decide(Verdict::Intent(id), desk),
                None => Ok(Effect::None),
            },
            (Some(Asked::Order), Answer::Chosen(at)) => {
                self.order = Order::ALL.get(at).copied().unwrap_or_default();
                self.items.clear();
                self.load(desk)?;
                Ok(Effect::None)
            }
            (Some(Asked::Join(turns)), Answer::Chosen(at)) => match turns.get(at) {
                Some(turn) => self.rejoin(*turn, true, desk),
                None => Ok(Effect::None),
            },
            (Some(Asked::Search), Answer::Text(text)) => Ok(match read_for(&desk.project, &text) {
                Ok(query) => Effect::Open(Box::new(Search::of(query))),
                Err(fault) => {
                    self.asked = Some(Asked::Search);
                    search::ask(&text, Some(&fault), desk.words)
                }
            }),
            (Some(Asked::Crossed(crossed)), Answer::Chosen(way)) => self.uncross(&crossed, way, desk),
            (Some(Asked::New), Answer::Text(name)) => {
                let question = self.item().map(|item| item.utterance.text.clone()).unwrap_or_default();
                let id = intents::add(&mut desk.project, &name, &question)?;
                self.catalogue = desk.project.catalogue()?.intents;
                self.decide(Verdict::Intent(id), desk)
            }
            (Some(Asked::Mood), Answer::Text(text)) => self.say_mood(&text, desk),
            (Some(Asked::Note), Answer::Text(text)) => {
                if let Some(item) = self.item() {
                    label::note(&mut desk.project, item.utterance.id, text.trim())?;
                    self.load(desk)?;
                }
                Ok(Effect::None)
            }
            _ => Ok(Effect::None),
        }
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Relearn(report) = outcome else { return Ok(Effect::None) };
        let accuracy = format!("{:.1} %", report.run.accuracy * 100.0);
        let examples = thousands(report.run.examples);
        Ok(Effect::Say(fill(desk.words.label.relearnt, &[("examples", &examples), ("accuracy", &accuracy)])))
    }

    fn leave(&mut self) {
        if self.way != Personal::Masked {
            self.way = Personal::Masked;
            let masked = |turn: &Turn| personal::masked_text(turn);
            self.open = self.context.iter().map(masked).collect();
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.label;
        let mut rows = paint::rows(area);
        let (Some(head), Some(said)) = (rows.next(), rows.next()) else { return };
        let order = Order::ALL.iter().position(|order| *order == self.order).map_or("", |at| t.orders[at]);
        let figures =
            fill(t.head, &[("order", order), ("done", &thousands(self.done)), ("waiting", &thousands(self.waiting))]);
        paint::line(frame, head, &[(Role::Title, &figures), (Role::Dim, &self.forecast)], look.theme);
        let Some(item) = self.item() else {
            let held = fill(look.words.agreement.held, &[("n", &thousands(self.waiting))]);
            let told = if self.waiting == 0 { t.all_done } else { &held };
            paint::line(frame, said, &[(Role::Good, told)], look.theme);
            return;
        };
        let times = format!("  ×{}", thousands(item.customers));
        let family = if item.family.is_empty() {
            String::new()
        } else {
            format!("  {}", fill(t.family, &[("n", &(item.family.len() + 1).to_string())]))
        };
        let pieces = self.pieces();
        let family = if pieces == 0 {
            family
        } else {
            format!("  {}{family}", fill(t.pieces, &[("n", &(pieces + 1).to_string())]))
        };
        let room = usize::from(said.width).saturating_sub(cells::width(&times) + cells::width(&family) + 2);
        let same = self.context.get(self.here).is_some_and(|turn| turn.clean.as_deref() == Some(&item.utterance.text));
        let text = if same { self.shown(self.here) } else { &item.utterance.text };
        let text = cells::cut(text, room);
        paint::line(
            frame,
            said,
            &[(Role::Word, "  "), (Role::Word, &text), (Role::Dim, &times), (Role::Dim, &family)],
            look.theme,
        );
        paint::caret(frame, said, 0, 0);
        if let Some(row) = rows.next() {
            let doubt = item.doubt.map(|doubt| fill(t.doubt, &[("doubt", &format!("{doubt:.2}"))])).unwrap_or_default();
            let why: String = item.why.iter().map(|why| format!("[{}] ", draw::reason(*why, look.words))).collect();
            paint::line(frame, row, &[(Role::Dim, "  "), (Role::Key, &why), (Role::Doubt, &doubt)], look.theme);
            let role = if self.said.is_some() { Role::Good } else { Role::Dim };
            paint::line_right(frame, row, &[(role, &self.sounds)], look.theme);
        }
        let below = Rect { y: area.y + 3.min(area.height), height: area.height.saturating_sub(3), ..area };
        let guide = 3.min(below.height / 4);
        let panes = Rect { height: below.height - guide, ..below };
        let left = if area.width >= 60 { panes.width * 9 / 20 } else { panes.width };
        self.draw_guesses(frame, Rect { width: left, ..panes }, look);
        if left < panes.width {
            self.draw_context(frame, Rect { x: panes.x + left, width: panes.width - left, ..panes }, look);
        }
        self.draw_guideline(frame, Rect { y: below.y + panes.height, height: guide, ..below }, look);
    }
}
