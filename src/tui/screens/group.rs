//! group: the ladder of clusters, and the members of one from core to edge above and below a cut line.

mod decide;
mod ladder;
mod links;
mod members;
mod rescue;

use std::borrow::Cow;
use std::collections::HashSet;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::clustering::options::{Method, Options};
use crate::domain::cluster::{ClusterState, Link};
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::{Intent, Verdict};
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::group::rescue::Rescue;
use crate::tui::screens::wording::Wording;
use crate::tui::screens::write::Write;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::workbench::clusters;
use crate::workbench::error::Result;
use crate::workbench::group::{self, ClusterMember, Reading, Rung};
use crate::workbench::likely::Likely;
use crate::workbench::links::links as links_of;

/// Members this near to the centre, as a share of the nearest one's closeness, are above the cut line at first.
const NEAR: f32 = 0.6;

/// A member is flagged when the model is so sure that it belongs elsewhere.
const ELSEWHERE: f32 = 0.35;

/// Numbers of clusters to choose from; 0 lets the data decide.
const SIZES: [usize; 7] = [0, 20, 50, 100, 200, 400, 800];
/// Smallest clusters to choose from.
const LEAST: [usize; 6] = [2, 3, 5, 10, 20, 50];

/// What the open window will answer.
enum Asked {
    Into,
    New,
    Name,
    Method,
    Size,
    Least,
    Reading,
    Merge,
}

/// How the ladder is ordered.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Order {
    #[default]
    Customers,
    Novelty,
    /// Customers × how sure one is that they belong together.
    Purity,
}

/// The ladder.
#[derive(Default)]
pub struct Group {
    rungs: Vec<Rung>,
    cursor: Cursor,
    members: Vec<ClusterMember>,
    likely: Likely,
    /// What the digits give the chosen cluster.
    digits: Vec<(IntentId, f32)>,
    member: Cursor,
    /// How many members are taken.
    cut: usize,
    strays: HashSet<UtteranceId>,
    in_members: bool,
    catalogue: Vec<Intent>,
    unassigned: f64,
    /// Texts in no cluster.
    alone: u64,
    order: Order,
    options: Options,
    /// Whether members stand by their likeness to examples, not to the centre.
    sorted: bool,
    asked: Option<Asked>,
    shown: Option<i64>,
    links: Vec<Link>,
    /// The first of two texts something is said of.
    first: Option<(UtteranceId, String)>,
}

impl Group {
    fn rung(&self) -> Option<&Rung> {
        self.cursor.at().and_then(|at| self.rungs.get(at))
    }

    /// Returns the clusters beside the chosen one.
    fn others(&self) -> impl Iterator<Item = &Rung> {
        let here = self.rung().map(|rung| rung.id);
        self.rungs.iter().filter(move |rung| Some(rung.id) != here)
    }

    /// Loads the members of the chosen cluster, unless they are shown already.
    fn open(&mut self, desk: &mut Desk, again: bool) -> Result<()> {
        let Some(id) = self.rung().map(|rung| rung.id) else {
            self.members.clear();
            self.digits.clear();
            self.member.resize(0);
            self.shown = None;
            return Ok(());
        };
        if self.shown == Some(id.0) && !again {
            return Ok(());
        }
        self.members = group::members(&desk.project, id)?;
        self.digits = match self.cursor.at().and_then(|at| self.rungs.get(at)) {
            Some(rung) => self.likely.of(&desk.project, &self.rungs, rung, &self.members)?,
            None => Vec::new(),
        };
        self.member = Cursor::new(self.members.len());
        self.strays.clear();
        self.sorted = false;
        self.cut = self.near();
        self.shown = Some(id.0);
        Ok(())
    }

    /// Tells whether the model would give a member to another intent than most of its cluster.
    fn is_elsewhere(&self, member: &ClusterMember) -> bool {
        let most = self.rung().and_then(|rung| rung.guesses.first()).map(|(id, _)| *id);
        let own = member.guess.filter(|guess| guess.probability >= ELSEWHERE).map(|guess| guess.intent);
        matches!((most, own), (Some(most), Some(own)) if own != Some(most))
    }

    /// Returns how many members are near enough to the first to stand above the cut line.
    fn near(&self) -> usize {
        let nearest = self.members.first().map_or(0.0, |member| member.closeness);
        self.members.iter().take_while(|member| member.closeness >= nearest * NEAR).count()
    }
}

impl Screen for Group {
    fn scope(&self) -> Scope {
        Scope::Group
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.group.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.catalogue = desk.project.catalogue()?.intents;
        self.links = links_of(&desk.project)?;
        let here = self.rung().map(|rung| (rung.id, rung.state));
        self.rungs = group::ladder(&desk.project)?;
        if self.order != Order::Customers {
            let by_purity = self.order == Order::Purity;
            let weight = move |rung: &Rung| match by_purity {
                true => rung.purity() * rung.customers as f32,
                false => rung.novelty * (1.0 + rung.customers as f32).ln(),
            };
            let open = |rung: &Rung| rung.state != ClusterState::Open;
            self.rungs.sort_by(|a, b| open(a).cmp(&open(b)).then(weight(b).total_cmp(&weight(a))));
        }
        self.unassigned = match group::current(&desk.project)? {
            Some(grouping) if grouping.utterances > 0 => grouping.unassigned.len() as f64 / grouping.utterances as f64,
            _ => 0.0,
        };
        self.alone = group::current(&desk.project)?.map_or(0, |grouping| grouping.unassigned.len() as u64);
        self.cursor.resize(self.rungs.len());
        // A new order never moves the cluster in hand, nor its members while some of them are marked.
        let stays = |rung: &Rung| here == Some((rung.id, rung.state));
        match self.rungs.iter().position(stays) {
            Some(at) => {
                self.cursor.go(at);
                self.open(desk, self.strays.is_empty() && !self.in_members)
            }
            None => self.open(desk, true),
        }
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.group;
        let some = |yes: bool, why: &'static str| if yes { Ok(()) } else { Err(Cow::Borrowed(why)) };
        match action {
            Action::Regroup => desk.is_free(),
            Action::Settings | Action::Sort => Ok(()),
            Action::Accept
            | Action::NewIntent
            | Action::NewProposed
            | Action::OutOfScope
            | Action::Later
            | Action::Ignore
            | Action::Rename => some(self.rung().is_some(), t.nothing),
            Action::NextPane | Action::PreviousPane | Action::Left | Action::Right => {
                some(self.rung().is_some(), t.nothing)
            }
            Action::CutUp => some(self.cut > 0, t.nothing),
            Action::CutDown => some(self.cut < self.members.len(), t.nothing),
            Action::Mark | Action::CutHere => some(self.in_members, t.mark_members),
            Action::Strays => some(self.members.iter().any(|member| self.is_elsewhere(member)), t.no_elsewhere),
            Action::Wording => some(!self.members.is_empty(), t.nothing),
            Action::Rescue => some(self.alone > 0, t.none_lonely),
            Action::Together | Action::Apart => some(self.can_link(), t.pick_one),
            Action::Similar => some(!self.strays.is_empty(), t.mark_examples),
            Action::Split => some(self.cut > 0 && self.cut < self.members.len(), t.part_needs_cut),
            Action::Merge => some(self.rungs.len() > 1, t.merge_needs_two),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => match action.place() {
                Some(place) => some(place < self.digits.len(), t.no_guess),
                None => desk.not_here(),
            },
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.group;
        match action {
            Action::Regroup => {
                return Ok(Effect::Start(Job::Group { options: self.options.clone(), everything: false }));
            }
            Action::Settings => {
                self.asked = Some(Asked::Method);
                let items = t.methods.iter().map(|method| Item::new(*method, "")).collect();
                let at = Method::ALL.iter().position(|method| *method == self.options.method).unwrap_or(0);
                return Ok(Effect::Open(Box::new(Choose::menu(t.method, items, at))));
            }
            Action::Wording => {
                let member = self.member.at().filter(|_| self.in_members).unwrap_or(0);
                let meant = self.digits.first().map(|(id, _)| *id);
                if let Some(member) = self.members.get(member) {
                    return Ok(Effect::Open(Box::new(Wording::of(&member.utterance.text, meant))));
                }
            }
            Action::Rescue => return Ok(Effect::Open(Box::new(Rescue::default()))),
            Action::Together | Action::Apart => return self.link(action == Action::Together, desk),
            Action::Similar => {
                clusters::similar(&mut desk.project, &mut self.members, &self.strays)?;
                self.strays.clear();
                self.sorted = true;
                self.cut = self.near();
                self.member.go(0);
                return Ok(Effect::Say(t.sorted.to_string()));
            }
            Action::Split => {
                if let Some(id) = self.rung().map(|rung| rung.id) {
                    let taken = self.members.iter().take(self.cut).map(|member| member.utterance.id);
                    let parted: Vec<UtteranceId> = taken.filter(|id| !self.strays.contains(id)).collect();
                    clusters::split(&mut desk.project, id, &parted)?;
                    self.load(desk)?;
                    return Ok(Effect::Say(fill(t.parted, &[("n", &thousands(parted.len() as u64))])));
                }
            }
            Action::Merge => {
                self.asked = Some(Asked::Merge);
                let items = self.others().map(|rung| Item::new(rung.called(), thousands(rung.customers))).collect();
                return Ok(Effect::Open(Box::new(Choose::search(t.merge_into, items))));
            }
            Action::Sort => {
                let (order, said) = match self.order {
                    Order::Customers => (Order::Novelty, t.by_novelty),
                    Order::Novelty => (Order::Purity, t.by_purity),
                    Order::Purity => (Order::Customers, t.by_customers),
                };
                self.order = order;
                self.load(desk)?;
                self.cursor.go(0);
                self.open(desk, true)?;
                return Ok(Effect::Say(said.to_string()));
            }
            Action::Accept => {
                self.asked = Some(Asked::Into);
                let digits = &self.digits;
                let place = |id: IntentId| digits.iter().position(|(likely, _)| *likely == id).unwrap_or(digits.len());
                self.catalogue.sort_by_key(|intent| (place(intent.id), intent.id));
                let items = self
                    .catalogue
                    .iter()
                    .map(|intent| Item { also: intent.question.clone(), ..Item::new(&intent.name, &intent.question) })
                    .collect();
                return Ok(Effect::Open(Box::new(Choose::search(desk.words.label.into, items))));
            }
            Action::NewIntent => {
                self.asked = Some(Asked::New);
                let name = self.proposed(desk)?;
                return Ok(Effect::Open(Box::new(Write::proposal(
                    desk.words.label.new_name,
                    desk.words.label.new_hint,
                    &name,
                ))));
            }
            Action::NewProposed => {
                let name = self.proposed(desk)?;
                return self.decide_new(&name, desk);
            }
            Action::Rename => {
                self.asked = Some(Asked::Name);
                let name = self.rung().map(|rung| rung.name.clone()).unwrap_or_default();
                return Ok(Effect::Open(Box::new(Write::line(t.rename, "", &name))));
            }
            Action::OutOfScope => return self.decide(Verdict::OutOfScope, desk),
            Action::Ignore => return self.decide(Verdict::Ignored, desk),
            Action::Later => {
                if let Some(rung) = self.rung() {
                    let state =
                        if rung.state == ClusterState::Later { ClusterState::Open } else { ClusterState::Later };
                    clusters::mark(&mut desk.project, rung.id, state)?;
                    self.load(desk)?;
                }
            }
            Action::NextPane | Action::PreviousPane => self.in_members = !self.in_members,
            Action::Left => self.in_members = false,
            Action::Right => self.in_members = true,
            Action::CutUp => self.cut = self.cut.saturating_sub(1),
            Action::CutDown => self.cut = (self.cut + 1).min(self.members.len()),
            Action::Mark => {
                if let Some(member) = self.member.at().and_then(|at| self.members.get(at)) {
                    let id = member.utterance.id;
                    if !self.strays.remove(&id) {
                        self.strays.insert(id);
                    }
                    self.member.act(Action::Down);
                }
            }
            Action::CutHere => self.cut = self.member.at().map_or(self.cut, |at| at + 1),
            Action::Strays => {
                let elsewhere = self.members.iter().take(self.cut).filter(|member| self.is_elsewhere(member));
                let elsewhere: Vec<UtteranceId> = elsewhere.map(|member| member.utterance.id).collect();
                let n = elsewhere.len();
                self.strays.extend(elsewhere);
                return Ok(Effect::Say(fill(t.dropped, &[("n", &n.to_string())])));
            }
            _ if action.place().is_some() => {
                let likely = action.place().and_then(|place| self.digits.get(place).copied());
                if let Some((intent, _)) = likely {
                    return self.decide(Verdict::Intent(intent), desk);
                }
            }
            _ if self.in_members => {
                self.member.act(action);
            }
            _ => {
                self.cursor.act(action);
                self.open(desk, false)?;
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (self.asked.take(), answer) {
            (Some(Asked::Into), Answer::Chosen(at)) => match self.catalogue.get(at).map(|intent| intent.id) {
                Some(id) => self.decide(Verdict::Intent(id), desk),
                None => Ok(Effect::None),
            },
            (Some(Asked::New), Answer::Text(name)) => self.decide_new(&name, desk),
            (Some(Asked::Name), Answer::Text(name)) => {
                if let Some(rung) = self.rung() {
                    clusters::rename(&mut desk.project, rung.id, name.trim())?;
                    self.load(desk)?;
                }
                Ok(Effect::None)
            }
            (Some(Asked::Method), Answer::Chosen(at)) => {
                let t = &desk.words.group;
                self.options.method = Method::ALL.get(at).copied().unwrap_or(self.options.method);
                let size = |n: &usize| if *n == 0 { t.by_data.to_string() } else { n.to_string() };
                self.asked = Some(Asked::Size);
                Ok(numbers(t.how_many, &SIZES, self.options.clusters.unwrap_or(0), size))
            }
            (Some(Asked::Size), Answer::Chosen(at)) => {
                self.options.clusters = SIZES.get(at).copied().filter(|n| *n > 0);
                self.asked = Some(Asked::Least);
                Ok(numbers(desk.words.group.least, &LEAST, self.options.min_size, usize::to_string))
            }
            (Some(Asked::Least), Answer::Chosen(at)) => {
                self.options.min_size = LEAST.get(at).copied().unwrap_or(self.options.min_size);
                self.asked = Some(Asked::Reading);
                let t = &desk.words.group;
                let now = group::reading(&desk.project)?;
                let at = Reading::ALL.iter().position(|reading| *reading == now).unwrap_or(0);
                let items = t.readings.iter().map(|reading| Item::new(*reading, "")).collect();
                Ok(Effect::Open(Box::new(Choose::menu(t.reading, items, at))))
            }
            (Some(Asked::Reading), Answer::Chosen(at)) => {
                group::read_by(&mut desk.project, Reading::ALL.get(at).copied().unwrap_or_default())?;
                Ok(Effect::Do(Action::Regroup))
            }
            (Some(Asked::Merge), Answer::Chosen(at)) => {
                let (Some(from), Some(into)) = (self.rung(), self.others().nth(at)) else { return Ok(Effect::None) };
                let customers = thousands(from.customers + into.customers);
                let said = fill(desk.words.group.merged, &[("name", &into.called()), ("customers", &customers)]);
                clusters::merge(&mut desk.project, from.id, into.id)?;
                self.load(desk)?;
                Ok(Effect::Say(said))
            }
            _ => Ok(Effect::None),
        }
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Group(report) = outcome else { return Ok(Effect::None) };
        self.cursor.go(0);
        let conflicts = report.conflicts.first().map_or(String::new(), |(one, other)| {
            let n = report.conflicts.len().to_string();
            fill(desk.words.group.conflicts, &[("n", &n), ("one", &one.text), ("other", &other.text)])
        });
        Ok(Effect::Say(
            fill(
                desk.words.group.grouped,
                &[
                    ("utterances", &thousands(report.utterances)),
                    ("clusters", &thousands(report.clusters)),
                    ("unassigned", &thousands(report.unassigned)),
                    ("new", &thousands(report.new)),
                    ("grown", &thousands(report.grown)),
                    ("gone", &thousands(report.gone)),
                    ("seconds", &format!("{:.1}", report.seconds)),
                ],
            ) + &conflicts,
        ))
    }

    fn fit(&mut self, area: Rect) {
        let (ladder, members) = parts(area);
        self.cursor.fit(ladder.height.saturating_sub(2 + ladder::GUESSES + u16::from(self.alone > 0)));
        self.member.fit(members.height.saturating_sub(2));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (ladder, members) = parts(area);
        self.draw_ladder(frame, ladder, look);
        self.draw_members(frame, members, look);
    }
}

/// Opens a list of numbers with the cursor on the one that holds.
fn numbers(title: &str, all: &[usize], now: usize, shown: impl Fn(&usize) -> String) -> Effect {
    let items = all.iter().map(|n| Item::new(shown(n), "")).collect();
    let at = all.iter().position(|n| *n == now).unwrap_or(0);
    Effect::Open(Box::new(Choose::menu(title, items, at)))
}

/// Cuts the screen into ladder and members: side by side when there is room, else one above the other.
fn parts(area: Rect) -> (Rect, Rect) {
    if area.width >= 70 {
        let left = area.width * 11 / 20;
        let right = Rect { x: area.x + left, width: area.width - left, ..area };
        (Rect { width: left, ..area }, right)
    } else {
        let top = area.height / 2;
        (Rect { height: top, ..area }, Rect { y: area.y + top, height: area.height - top, ..area })
    }
}
