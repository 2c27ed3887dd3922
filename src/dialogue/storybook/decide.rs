//! The next act: forms, then the longest rule, then the longest story that agrees.

use std::collections::HashMap;

use crate::dialogue::storybook::event::{Act, Event, Placed};
use crate::dialogue::storybook::history::{History, mentioned};
use crate::dialogue::storybook::moment::{Moment, Running, same_act, same_name};
use crate::dialogue::storybook::unfold::{Row, rows};
use crate::domain::storybook::{Course, Storybook};

/// How far back a story must agree when the bot does not say; Rasa's own default.
const HISTORY: usize = 5;

/// How far back a story must agree at least: what was said, and what the bot had done before.
const NEAR: usize = 2;

/// A book ready to decide.
#[derive(Debug)]
pub struct Decider<'b> {
    pub book: &'b Storybook,
    /// Rules added to try them, after the book's own courses.
    added: Vec<Course>,
    /// Some ways through the book were left out: there are too many.
    pub cut: bool,
    rules: Table,
    stories: Table,
    history: usize,
}

/// What was decided, and by what.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// `None` when nothing in the book decides.
    pub act: Option<Act>,
    pub by: By,
}

/// What decides.
#[derive(Debug, Clone, PartialEq)]
pub enum By {
    Nothing,
    /// An intent every bot has (`restart`, `back`).
    Intent(String),
    /// The intent's own action, listed in the domain.
    Trigger(String),
    /// A form that goes on.
    Form(String),
    /// A rule, with so many moments that agree.
    Rule {
        course: usize,
        line: u32,
        agree: usize,
    },
    /// The form comes back after this course answered in between.
    Return {
        form: String,
        course: usize,
        line: u32,
    },
    /// A story, with so many moments that agree.
    Story {
        course: usize,
        line: u32,
        agree: usize,
    },
    /// A story that agrees with the last moments alone; all that do want the same.
    Likeness {
        course: usize,
        line: u32,
        agree: usize,
    },
    /// Courses that agree equally and want different acts.
    Contradiction {
        courses: Vec<(usize, u32, Act)>,
    },
}

/// One act of a course with the moments before it.
#[derive(Debug)]
struct Item {
    moments: Vec<Moment>,
    act: Act,
    course: usize,
    line: u32,
    opens: bool,
}

/// Items by what was done last and what was said.
#[derive(Debug, Default)]
struct Table {
    items: Vec<Item>,
    by_end: HashMap<(Act, String), Vec<usize>>,
}

/// Returns an act as it is found again: without what follows the slash of its name.
fn key(act: Option<&Act>) -> Act {
    match act {
        None => Act::Open,
        Some(Act::Named(name)) => Act::Named(name.split_once('/').map_or(&**name, |(base, _)| base).to_owned()),
        Some(act) => act.clone(),
    }
}

impl Table {
    fn add(&mut self, item: Item) {
        if let Some(last) = item.moments.last() {
            let did = key(last.did.as_ref());
            let intent = last.intent().map_or("", |intent| intent.split_once('/').map_or(intent, |(base, _)| base));
            self.by_end.entry((did, intent.to_owned())).or_default().push(self.items.len());
        }
        self.items.push(item);
    }

    /// Returns the items whose last moment may agree with this one.
    fn ending<'t>(&'t self, now: &Moment) -> impl Iterator<Item = &'t Item> + use<'t> {
        let did = key(now.did.as_ref());
        let intent = now.intent().unwrap_or_default();
        let base = intent.split_once('/').map_or(intent, |(base, _)| base);
        let of = |intent: &str| self.by_end.get(&(did.clone(), intent.to_owned())).map_or(&[][..], Vec::as_slice);
        let with = if base.is_empty() { &[][..] } else { of(base) };
        let mut places: Vec<usize> = with.iter().chain(of("")).copied().collect();
        places.sort_unstable();
        places.into_iter().map(|place| &self.items[place])
    }
}

impl<'b> Decider<'b> {
    /// Unfolds a book.
    pub fn new(book: &'b Storybook) -> Self {
        Self::with(book, Vec::new())
    }

    /// Unfolds a book with more rules than its own.
    pub fn with(book: &'b Storybook, added: Vec<Course>) -> Self {
        let (mut rows, cut) = rows(book);
        let before = book.rules.len() + book.stories.len();
        let more = Storybook { rules: added.clone(), responses: book.responses.clone(), ..Storybook::default() };
        rows.extend(self::rows(&more).0.into_iter().map(|mut row| {
            row.events.iter_mut().for_each(|placed| placed.course += before);
            row
        }));
        let (mut rules, mut stories) = (Table::default(), Table::default());
        for row in &rows {
            let table = if row.rule { &mut rules } else { &mut stories };
            items(book, row).into_iter().for_each(|item| table.add(item));
        }
        Self { book, added, cut, rules, stories, history: book.history.unwrap_or(HISTORY).max(1) }
    }

    /// Returns a course by its number: rules, then stories, then added rules.
    pub fn course(&self, place: usize) -> Option<&Course> {
        self.book.rules.iter().chain(&self.book.stories).chain(&self.added).nth(place)
    }

    /// Decides what comes next.
    pub fn decide(&self, history: &History<'_>) -> Decision {
        let moments = history.moments();
        let Some(now) = moments.last() else { return Decision { act: None, by: By::Nothing } };
        let refused = history.just_refused();
        if let Some(decision) = self.own(now).or_else(|| happy(history, now)) {
            return decision;
        }
        let mut rules = self.agreeing(&self.rules, &moments, None);
        rules.retain(|found| Some(found.item.act.written()) != refused);
        if let Some(found) = rules.first() {
            let by = By::Rule { course: found.item.course, line: found.item.line, agree: found.agree };
            match self.back_to_form(history, &moments, found.item) {
                Some(Some(decision)) => return decision,
                Some(None) => {}
                None => return Decision { act: Some(found.item.act.clone()), by },
            }
        }
        self.by_story(history, &moments, refused)
    }

    /// What an intent brings about by itself.
    fn own(&self, now: &Moment) -> Option<Decision> {
        let intent = now.intent()?;
        let action = match intent {
            "restart" => Some("action_restart"),
            "back" => Some("action_back"),
            "session_start" => Some("action_session_start"),
            _ => None,
        };
        if let Some(action) = action {
            let by = By::Intent(intent.to_owned());
            match &now.did {
                Some(Act::Listen) => return Some(Decision { act: Some(Act::Named(action.to_owned())), by }),
                Some(Act::Named(did)) if did == action => return Some(Decision { act: Some(Act::Listen), by }),
                _ => {}
            }
        }
        let heading = self.book.intents.iter().find(|heading| same_name(&heading.name, intent))?;
        let action = heading.triggers.as_ref()?;
        let by = By::Trigger(intent.to_owned());
        match &now.did {
            Some(Act::Listen) => Some(Decision { act: Some(Act::Named(action.clone())), by }),
            Some(Act::Named(did)) if did == action => Some(Decision { act: Some(Act::Listen), by }),
            _ => None,
        }
    }

    /// Returns what a rule or story that would now listen comes to inside a form it does not mention: the form goes
    /// on, or, where a course tells of another act here, nothing. `None` when the course is not of that kind.
    fn back_to_form(&self, history: &History<'_>, moments: &[Moment], item: &Item) -> Option<Option<Decision>> {
        let (form, _) = history.running()?;
        let last = item.moments.last()?;
        if item.act != Act::Listen || last.running().is_some() {
            return None;
        }
        if self.elsewhere(moments, form) {
            return Some(None);
        }
        let by = By::Return { form: form.to_owned(), course: item.course, line: item.line };
        Some(Some(Decision { act: Some(Act::Named(form.to_owned())), by }))
    }

    /// Tells whether a course does something else than the form after such an answer inside it.
    fn elsewhere(&self, moments: &[Moment], form: &str) -> bool {
        let Some(now) = moments.last() else { return false };
        let tables = [&self.rules, &self.stories];
        tables.into_iter().flat_map(|table| table.ending(now)).any(|item| {
            let last = item.moments.last().expect("an item of the table has moments");
            let before = item.moments.len().checked_sub(2).map(|at| &item.moments[at].did);
            last.running() == Some(form)
                && last.did != Some(Act::Listen)
                && item.act.written() != form
                && last.agrees(now)
                && match (before, moments.len().checked_sub(2).map(|at| &moments[at].did)) {
                    (None | Some(None), _) => true,
                    (Some(mentioned), Some(case)) => same_act(mentioned.as_ref(), case.as_ref()),
                    _ => false,
                }
        })
    }

    fn by_story(&self, history: &History<'_>, moments: &[Moment], refused: Option<&str>) -> Decision {
        let mut found = self.agreeing(&self.stories, moments, Some(self.history));
        found.retain(|found| Some(found.item.act.written()) != refused);
        let Some(best) = found.first() else { return self.likeness(history, moments, refused) };
        let equal = found.iter().take_while(|other| (other.agree, other.mentions) == (best.agree, best.mentions));
        let mut acts: Vec<(usize, u32, Act)> = Vec::new();
        for found in equal {
            if !acts.iter().any(|(_, _, act)| *act == found.item.act) {
                acts.push((found.item.course, found.item.line, found.item.act.clone()));
            }
        }
        if acts.len() > 1 {
            return Decision { act: None, by: By::Contradiction { courses: acts } };
        }
        let item = best.item;
        match self.back_to_form(history, moments, item) {
            Some(Some(decision)) => decision,
            Some(None) => Decision { act: None, by: By::Nothing },
            None => {
                let by = By::Story { course: item.course, line: item.line, agree: best.agree };
                Decision { act: Some(item.act.clone()), by }
            }
        }
    }

    /// What courses do that agree in what matters most, where none agrees whole: stories whose last moment agrees and
    /// before it the bot's acts; what is done after this form, whatever was said in it; listening, where every course
    /// listens after this act. Only where all of a kind want the same.
    fn likeness(&self, history: &History<'_>, moments: &[Moment], refused: Option<&str>) -> Decision {
        let Some(now) = moments.last() else { return Decision { act: None, by: By::Nothing } };
        let allowed = |item: &&Item| Some(item.act.written()) != refused;
        let near = self.stories.ending(now).filter(allowed).filter_map(|item| {
            let pairs = || item.moments.iter().rev().zip(moments.iter().rev());
            let last = pairs().next().is_some_and(|(mentioned, case)| mentioned.agrees(case));
            let agree = pairs().take_while(|(mentioned, case)| mentioned.agrees_in_acts(case)).count();
            (last && agree >= NEAR).then_some((item, agree))
        });
        let near: Vec<(&Item, usize)> = near.collect();
        let most = near.iter().map(|(_, agree)| *agree).max().unwrap_or(0);
        let near: Vec<&Item> = near.into_iter().filter(|(_, agree)| *agree == most).map(|(item, _)| item).collect();
        if !near.is_empty() {
            return self.unanimous(history, moments, &near, most);
        }
        let last = |item: &Item| item.moments.last().cloned().unwrap_or_default();
        if now.did.as_ref().is_some_and(|act| self.is_form(act)) && now.running().is_none() {
            for table in [&self.rules, &self.stories] {
                let after = table.items.iter().filter(allowed);
                let unsaid = |item: &Item| Moment { said: None, ..last(item) };
                let after: Vec<&Item> =
                    after.filter(|item| unsaid(item).did.is_some() && unsaid(item).agrees(now)).collect();
                if !after.is_empty() {
                    return self.unanimous(history, moments, &after, 1);
                }
            }
        }
        let tables = [&self.rules, &self.stories].into_iter().flat_map(|table| &table.items);
        let like: Vec<&Item> = tables.filter(|item| last(item).agrees_in_acts(now)).collect();
        match like.iter().all(|item| item.act == Act::Listen) && now.did != Some(Act::Listen) {
            true => self.unanimous(history, moments, &like, 1),
            false => Decision { act: None, by: By::Nothing },
        }
    }

    /// Returns what all of some items want.
    fn unanimous(&self, history: &History<'_>, moments: &[Moment], items: &[&Item], agree: usize) -> Decision {
        let nothing = Decision { act: None, by: By::Nothing };
        let all = |first: &&&Item| items.iter().all(|item| item.act == first.act);
        // A form is begun by a course that says so, never by likeness; one that runs may go on.
        let runs = history.running().map(|(form, _)| form);
        let begins = |act: &Act| self.is_form(act) && runs != Some(act.written());
        let Some(first) = items.first().filter(all).filter(|first| !begins(&first.act)) else { return nothing };
        match self.back_to_form(history, moments, first) {
            Some(decision) => decision.unwrap_or(nothing),
            None => {
                let by = By::Likeness { course: first.course, line: first.line, agree };
                Decision { act: Some(first.act.clone()), by }
            }
        }
    }

    fn is_form(&self, act: &Act) -> bool {
        let runs = |moment: &Moment| moment.running() == Some(act.written());
        let tables = [&self.rules, &self.stories];
        self.book.forms.iter().any(|form| form.name == act.written())
            || tables.into_iter().flat_map(|table| &table.items).any(|item| item.moments.iter().any(runs))
    }

    /// Returns the items that agree with the end of a conversation, the longest first, then those that mention most;
    /// so many moments are enough, else all must agree.
    fn agreeing<'t>(&self, table: &'t Table, moments: &[Moment], enough: Option<usize>) -> Vec<Found<'t>> {
        let Some(now) = moments.last() else { return Vec::new() };
        let mut found: Vec<Found<'t>> = table
            .ending(now)
            .filter_map(|item| {
                let pairs = item.moments.iter().rev().zip(moments.iter().rev());
                let agree = pairs.take_while(|(mentioned, case)| mentioned.agrees(case)).count();
                let whole = agree == item.moments.len();
                let enough = match item.opens {
                    true => whole && agree == moments.len(),
                    false => whole || enough.is_some_and(|enough| agree >= enough),
                };
                let mentions = item.moments.iter().rev().take(agree).map(Moment::mentions).sum();
                (enough && agree > 0).then_some(Found { item, agree, mentions })
            })
            .collect();
        found.sort_by_key(|found| std::cmp::Reverse((found.agree, found.mentions)));
        found
    }

    /// Returns what the courses do whose last moment agrees with this one, beside the act that is wanted.
    pub(crate) fn others(&self, mentioned: &[Moment], wanted: &Act) -> bool {
        let Some(last) = mentioned.last() else { return false };
        let tables = [&self.rules, &self.stories];
        tables.into_iter().flat_map(|table| table.ending(last)).any(|item| {
            let both = item.moments.iter().rev().zip(mentioned.iter().rev());
            item.act != *wanted && both.clone().count() > 0 && both.into_iter().all(|(a, b)| compatible(a, b))
        })
    }
}

/// Tells whether two mentions may hold at once.
fn compatible(a: &Moment, b: &Moment) -> bool {
    let form = match (&a.form, &b.form) {
        (Running::Unsaid, _) | (_, Running::Unsaid) => true,
        (a, b) => a == b,
    };
    let said = match (a.intent(), b.intent()) {
        (Some(a), Some(b)) => same_name(a, b),
        _ => true,
    };
    same_act(a.did.as_ref(), b.did.as_ref()) && form && said
}

#[derive(Debug)]
struct Found<'t> {
    item: &'t Item,
    agree: usize,
    mentions: usize,
}

/// A form that has not refused the turn takes it, and listens after it ran.
fn happy(history: &History<'_>, now: &Moment) -> Option<Decision> {
    let (form, refused) = history.running()?;
    if refused {
        return None;
    }
    let ran = now.did.as_ref().is_some_and(|act| act.written() == form);
    let act = if ran { Act::Listen } else { Act::Named(form.to_owned()) };
    Some(Decision { act: Some(act), by: By::Form(form.to_owned()) })
}

/// Returns the acts of a row with the moments before each.
fn items(book: &Storybook, row: &Row) -> Vec<Item> {
    let events: Vec<&Event> = row.events.iter().map(|placed: &Placed| &placed.event).collect();
    let mut past: Vec<Moment> = Vec::new();
    let mut items = Vec::new();
    for (moment, at) in mentioned(book, &events) {
        let Event::Did(act) = &row.events[at].event else { continue };
        match &moment.did {
            // Whatever stood before a rule is not asked for.
            Some(Act::Open) => past.clear(),
            // A story may begin anywhere.
            None if !row.opens => {}
            _ => past.push(moment),
        }
        if !past.is_empty() && *act != Act::Open {
            let (course, line) = (row.events[at].course, row.events[at].line);
            items.push(Item { moments: past.clone(), act: act.clone(), course, line, opens: row.opens });
        }
    }
    items
}
