//! The dial: which texts in no cluster are near enough to one, counted before they are taken.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::cut::{CutList, Member, Sign};
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::workbench::error::Result;
use crate::workbench::group;
use crate::workbench::rescue::{Lonely, rescue, taken};

/// How far a key turns the dial.
const STEP: f32 = 0.01;

/// Where it stands at first; what is less like a cluster than this seldom belongs there.
const FIRST: f32 = 0.60;

/// The window.
pub struct Rescue {
    lonely: Option<Vec<Lonely>>,
    least: f32,
    cursor: Cursor,
    computing: bool,
    /// Texts in no cluster, and all that were grouped.
    counts: (u64, u64),
    /// The clusters' names by their ids.
    names: Vec<(i64, String)>,
}

impl Default for Rescue {
    fn default() -> Self {
        Self {
            lonely: None,
            least: FIRST,
            cursor: Cursor::default(),
            computing: false,
            counts: (0, 0),
            names: Vec::new(),
        }
    }
}

impl Rescue {
    fn near(&self) -> (u64, u64) {
        self.lonely.as_ref().map_or((0, 0), |lonely| taken(lonely, self.least))
    }

    fn turn(&mut self, by: f32) {
        self.least = ((self.least + by) * 100.0).round().clamp(0.0, 100.0) / 100.0;
        // The texts at the threshold stay in sight.
        let (near, _) = self.near();
        self.cursor.go((near as usize).saturating_sub(1));
    }
}

impl Screen for Rescue {
    fn scope(&self) -> Scope {
        Scope::Rescue
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.group.rescue_title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        let grouping = group::current(&desk.project)?;
        let alone = grouping.as_ref().map(|grouping| grouping.unassigned.clone()).unwrap_or_default();
        self.counts = (alone.len() as u64, grouping.map_or(0, |grouping| grouping.utterances));
        self.names = group::ladder(&desk.project)?.iter().map(|rung| (rung.id.0, rung.called())).collect();
        if let Some(lonely) = &mut self.lonely {
            // What is in a cluster meanwhile is lonely no more; what was given back is looked at again.
            let there: std::collections::HashSet<_> = alone.into_iter().collect();
            lonely.retain(|one| there.contains(&one.utterance.id));
            self.cursor.resize(lonely.len());
        }
        Ok(())
    }

    fn opened(&mut self, desk: &mut Desk) -> Effect {
        if desk.is_free().is_err() {
            return Effect::None;
        }
        self.computing = true;
        Effect::Start(Job::Lonely)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.group;
        match action {
            Action::Evaluate => desk.is_free(),
            Action::CutUp | Action::CutDown if self.lonely.is_some() => Ok(()),
            Action::CutHere if self.cursor.at().is_some() => Ok(()),
            Action::Choose if self.near().0 > 0 => Ok(()),
            Action::Choose => Err(Cow::Borrowed(t.none_near)),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Evaluate => return Ok(self.opened(desk)),
            Action::CutUp => self.turn(STEP),
            Action::CutDown => self.turn(-STEP),
            Action::CutHere => {
                let here = self.cursor.at().zip(self.lonely.as_ref()).and_then(|(at, lonely)| lonely.get(at));
                if let Some(one) = here {
                    // Downwards, so that the one in hand is above the line.
                    self.least = (one.likeness * 100.0).floor() / 100.0;
                }
            }
            Action::Choose => {
                let lonely = self.lonely.clone().unwrap_or_default();
                let n = rescue(&mut desk.project, &lonely, self.least)?;
                self.load(desk)?;
                let gaps = [("n", &*thousands(n)), ("least", &*format!("{:.2}", self.least))];
                return Ok(Effect::Say(fill(desk.words.group.rescued, &gaps)));
            }
            _ => _ = self.cursor.act(action),
        }
        Ok(Effect::None)
    }

    fn hear(&mut self, outcome: &Outcome, _desk: &mut Desk) -> Result<Effect> {
        if let Outcome::Lonely(lonely) = outcome {
            self.computing = false;
            self.cursor = Cursor::new(lonely.len());
            self.lonely = Some(lonely.clone());
            self.turn(0.0);
        }
        Ok(Effect::None)
    }

    fn cut_short(&mut self) {
        self.computing = false;
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(6));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.group;
        let mut rows = paint::rows(area);
        let (Some(head), Some(dial), Some(promise)) = (rows.next(), rows.next(), rows.next()) else { return };
        paint::line(frame, head, &[(Role::Title, t.rescue_title)], look.theme);
        let Some(lonely) = &self.lonely else {
            let key = look.key(Scope::Rescue, Action::Evaluate);
            let said = if self.computing { t.computing.to_owned() } else { fill(t.not_computed, &[("key", &key)]) };
            paint::line(frame, dial, &[(Role::Dim, &said)], look.theme);
            return;
        };
        let least = format!("{:.2}", self.least);
        let meter = bar(f64::from(self.least), 24, &look.theme.glyphs);
        let said = format!("  {}", fill(t.dial, &[("least", &least)]));
        paint::line(frame, dial, &[(Role::Fill, &meter), (Role::Key, &said)], look.theme);
        let (n, customers) = self.near();
        let share = |alone: u64| format!("{:.0}", 100.0 * alone as f64 / (self.counts.1.max(1)) as f64);
        let gaps = [
            ("n", thousands(n)),
            ("customers", thousands(customers)),
            ("least", least),
            ("before", share(self.counts.0)),
            ("after", share(self.counts.0.saturating_sub(n))),
        ];
        let gaps = gaps.each_ref().map(|(gap, text)| (*gap, text.as_str()));
        paint::line(frame, promise, &[(Role::Good, &fill(t.promise, &gaps))], look.theme);
        let below = Rect { y: area.y + 4.min(area.height), height: area.height.saturating_sub(4), ..area };
        let name = |one: &Lonely| self.names.iter().find(|(id, _)| *id == one.cluster.0).map_or("", |(_, name)| name);
        let shown: Vec<Member> = self
            .cursor
            .shown()
            .map(|at| {
                let one = &lonely[at];
                let to = crate::tui::cells::cut(name(one), 20);
                Member { text: &one.utterance.text, figure: format!("→ {to} {:.2}", one.likeness), sign: Sign::None }
            })
            .collect();
        CutList {
            title: "",
            line: t.dial_line,
            shown: &shown,
            cursor: &self.cursor,
            cut: n as usize,
            here: true,
            focused: look.focused,
        }
        .draw(frame, below, look.theme);
    }
}
