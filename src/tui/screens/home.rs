//! home: what the project holds, what waits, and the next best thing to do.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::event::Event;
use crate::explain;
use crate::i18n::{Words, fill};
use crate::jobs::job::Outcome;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::moment;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen, Tab};
use crate::tui::screens::erase::Erase;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::project::Counts;

/// How many of the latest events are shown.
const RECENT: usize = 30;

/// How many labels make a first training worth its time.
const ENOUGH: u64 = 20;

/// How many new labels make another training worth its time.
const WORTH: u64 = 25;

/// The first screen.
#[derive(Default)]
pub struct Home {
    name: String,
    counts: Counts,
    steps: Vec<Step>,
    recent: Vec<Event>,
    cursor: Cursor,
    loaded: bool,
    erase: Option<Erase>,
    /// The present, when the screen was loaded.
    now: i64,
}

/// Something worth doing: which verb, and how many there are of what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    tab: Tab,
    why: Why,
    n: u64,
}

/// Why a step is worth doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    NothingThere,
    NotGrouped,
    ClustersOpen,
    NotLabelled,
    PutOff,
    NeverTrained,
    NewLabels,
    Scores,
    NoPolicy,
    Chat,
    Scripts,
    MoreLogs,
    Results,
}

/// Returns what is worth doing, the best first.
fn steps(counts: &Counts) -> Vec<Step> {
    let labels = counts.examples + counts.out_of_scope;
    let waiting = counts.unlabelled;
    let ready = counts.runs > 0;
    let all = [
        (counts.utterances == 0, Tab::Import, Why::NothingThere, 0),
        (ready && counts.since_run >= WORTH, Tab::Train, Why::NewLabels, counts.since_run),
        (waiting > 0 && counts.clusters == 0, Tab::Group, Why::NotGrouped, waiting),
        (counts.open_clusters > 0, Tab::Group, Why::ClustersOpen, counts.open_clusters),
        (!ready && labels >= ENOUGH && counts.intents > 1, Tab::Train, Why::NeverTrained, labels),
        (waiting > 0, Tab::Label, Why::NotLabelled, waiting),
        (counts.later > 0, Tab::Label, Why::PutOff, counts.later),
        (ready, Tab::Evaluate, Why::Scores, 0),
        (!counts.topics_text && labels > 0, Tab::Design, Why::NoPolicy, 0),
        (counts.topics_text && counts.rehearsals > 0, Tab::Rehearse, Why::Scripts, counts.rehearsals),
        (counts.topics_text && ready, Tab::Talk, Why::Chat, 0),
        (counts.utterances > 0, Tab::Import, Why::MoreLogs, 0),
        (labels > 0, Tab::Export, Why::Results, labels),
    ];
    all.into_iter().filter(|(worth, ..)| *worth).map(|(_, tab, why, n)| Step { tab, why, n }).collect()
}

/// Returns a step in words.
fn said(step: Step, counts: &Counts, words: &Words) -> String {
    let t = &words.home;
    let phrase = match step.why {
        Why::NothingThere => t.import_first,
        Why::NotGrouped => t.group,
        Why::ClustersOpen => t.open_clusters,
        Why::NotLabelled => t.label,
        Why::PutOff => t.put_off,
        Why::NeverTrained => t.train,
        Why::NewLabels => t.retrain,
        Why::Scores => t.evaluate,
        Why::NoPolicy => t.design,
        Why::Chat => t.talk,
        Why::Scripts => t.rehearse,
        Why::MoreLogs => t.import_more,
        Why::Results => t.export,
    };
    // Labelling tells both sides of the work: what is done and what is left.
    let n = if step.why == Why::NotLabelled { counts.examples + counts.out_of_scope } else { step.n };
    fill(phrase, &[("n", &thousands(n)), ("left", &thousands(step.n))])
}

impl Screen for Home {
    fn scope(&self) -> Scope {
        Scope::Home
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.home.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.name = desk.project.name()?;
        self.counts = desk.project.counts()?;
        self.recent = desk.project.log(None, None, 0, RECENT)?;
        self.now = moment::now();
        self.steps = steps(&self.counts);
        self.cursor.resize(self.steps.len());
        if !self.loaded {
            self.cursor.go(0);
            self.loaded = true;
        }
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Purge if self.counts.turns == 0 && self.recent.is_empty() => {
                Err(Cow::Borrowed(desk.words.privacy.nothing))
            }
            Action::Purge => desk.is_free(),
            Action::Open if !self.steps.is_empty() => Ok(()),
            _ if action.place().is_some_and(|at| at < self.steps.len()) => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        if action == Action::Purge {
            let (erase, effect) = Erase::begin(None, desk.words);
            self.erase = Some(erase);
            return Ok(effect);
        }
        let at = if action == Action::Open { self.cursor.at() } else { action.place() };
        if let Some(step) = at.and_then(|at| self.steps.get(at)) {
            return Ok(Effect::Go(step.tab));
        }
        self.cursor.act(action);
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let Some(erase) = self.erase.take() else { return Ok(Effect::None) };
        let (erase, effect) = erase.answer(answer, desk)?;
        self.erase = erase;
        Ok(effect)
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Purge(done) = outcome else { return Ok(Effect::None) };
        let words = desk.words;
        Ok(Effect::Say(explain::erased::erased(&done.erased, done.backups.len(), words.privacy.done, words)))
    }

    fn fit(&mut self, area: Rect) {
        let [_, next, _] = parts(area, self.steps.len());
        self.cursor.fit(next.height.saturating_sub(1));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let [counts, next, recent] = parts(area, self.steps.len());
        self.draw_counts(frame, counts, look);
        paint::line(frame, next, &[(Role::Title, look.words.home.next)], look.theme);
        let list = Rect { y: next.y + 1.min(next.height), height: next.height.saturating_sub(1), ..next };
        let columns = [Column::fixed("", 2), Column::share("", 1), Column::fixed("", 10)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let step = self.steps[at];
                let number = if at < 9 { (at + 1).to_string() } else { String::new() };
                let role = if at == 0 { Role::Title } else { Role::Text };
                let said = said(step, &self.counts, look.words);
                Row::of([(Role::Key, number), (role, said), (Role::Dim, step.tab.title(look.words).to_owned())])
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: false }
            .draw(frame, list, look.theme);
        self.draw_recent(frame, recent, look);
    }
}

impl Home {
    fn draw_counts(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (c, t) = (&self.counts, &look.words.home);
        let n = |n: u64| thousands(n);
        let gap = |phrase: &str, n: u64| fill(phrase, &[("n", &thousands(n))]);
        let verdicts = [(t.out_of_scope, c.out_of_scope), (t.ignored, c.ignored), (t.later, c.later)];
        let verdicts: Vec<String> = verdicts.iter().filter(|(_, n)| *n > 0).map(|(what, n)| gap(what, *n)).collect();
        let scores = c.scores.map(|(accuracy, f1)| {
            fill(t.scores, &[("accuracy", &format!("{:.1} %", accuracy * 100.0)), ("f1", &format!("{f1:.3}"))])
        });
        let policy = if c.topics_text { t.there } else { t.missing };
        let lines = [
            (t.files, n(c.files), String::new()),
            (t.turns, n(c.turns), gap(t.of_customers, c.customer_turns)),
            (t.utterances, n(c.utterances), String::new()),
            (t.clusters, n(c.clusters), gap(t.open, c.open_clusters)),
            (t.intents, n(c.intents), String::new()),
            (t.labels, n(c.examples), verdicts.join(" · ")),
            (t.runs, n(c.runs), scores.unwrap_or_default()),
            (t.policy, String::new(), policy.to_owned()),
            (t.rehearsals, n(c.rehearsals), String::new()),
        ];
        let mut rows = paint::rows(area);
        let Some(head) = rows.next() else { return };
        let title = [(Role::Title, self.name.as_str()), (Role::Dim, " · "), (Role::Dim, t.counts)];
        paint::line(frame, head, &title, look.theme);
        for (row, (name, n, more)) in rows.zip(lines) {
            let name = cells::fit(name, 10);
            let n = cells::fit_right(&n, 9);
            let pieces =
                [(Role::Text, "  "), (Role::Dim, &*name), (Role::Text, &*n), (Role::Text, "  "), (Role::Dim, &*more)];
            paint::line(frame, row, &pieces, look.theme);
        }
    }

    fn draw_recent(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.home;
        let mut rows = paint::rows(area);
        let Some(head) = rows.next() else { return };
        paint::line(frame, head, &[(Role::Title, t.recent)], look.theme);
        if self.recent.is_empty() {
            let first = rows.next().unwrap_or(Rect::ZERO);
            paint::line(frame, first, &[(Role::Text, "  "), (Role::Dim, t.nothing_done)], look.theme);
            return;
        }
        for (row, event) in rows.zip(&self.recent) {
            let when = moment::short(event.at, self.now);
            let role = if event.stands { Role::Text } else { Role::Dim };
            let what = look.words.act(event.act);
            let touched = if event.touched > 1 { format!(" ×{}", thousands(event.touched)) } else { String::new() };
            let pieces = [
                (Role::Dim, "  "),
                (Role::Dim, when.as_str()),
                (Role::Dim, " "),
                (Role::Dim, event.actor.as_str()),
                (Role::Text, " "),
                (role, what),
                (Role::Text, " "),
                (role, look.words.subject(event.act, &event.subject)),
                (Role::Dim, touched.as_str()),
            ];
            paint::line(frame, row, &pieces, look.theme);
        }
    }
}

/// Cuts the screen into counts, next steps and recent events: side by side when there is room, else stacked.
fn parts(area: Rect, steps: usize) -> [Rect; 3] {
    let counts = 10.min(area.height);
    let left = if area.width >= 72 { area.width * 11 / 20 } else { area.width };
    let top = Rect { width: left, height: counts, ..area };
    let below =
        Rect { y: area.y + (counts + 1).min(area.height), height: area.height.saturating_sub(counts + 1), ..area };
    if left < area.width {
        let right = Rect { x: area.x + left, width: area.width - left, height: counts, ..area };
        let next = Rect { height: below.height, ..below };
        [top, next, right]
    } else {
        let wanted = (steps as u16 + 2).min(below.height);
        let next = Rect { height: wanted, ..below };
        [top, next, Rect { y: below.y + wanted, height: below.height - wanted, ..below }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_project_wants_its_first_logs() {
        let steps = steps(&Counts::default());
        assert_eq!(steps.first().map(|s| s.why), Some(Why::NothingThere));
    }

    #[test]
    fn new_labels_are_trained_before_more_are_made() {
        // Most examples come from elsewhere: nobody said them in these logs.
        let (utterances, unlabelled, examples) = (500, 490, 100);
        let counts =
            Counts { utterances, unlabelled, examples, intents: 5, runs: 1, since_run: 40, ..Counts::default() };
        let whys: Vec<Why> = steps(&counts).iter().map(|s| s.why).collect();
        assert_eq!(whys[..2], [Why::NewLabels, Why::NotGrouped]);
        assert_eq!(steps(&counts)[1].n, 490);
        assert!(whys.contains(&Why::NotLabelled) && !whys.contains(&Why::NothingThere));
    }

    #[test]
    fn the_areas_never_overlap_nor_leave_the_screen() {
        for width in 1..130 {
            for height in 1..50 {
                let area = Rect::new(0, 1, width, height);
                let parts = parts(area, 7);
                for (n, part) in parts.iter().enumerate() {
                    assert!(part.is_empty() || area.intersection(*part) == *part);
                    assert!(parts[n + 1..].iter().all(|other| part.intersection(*other).is_empty()));
                }
            }
        }
    }
}
