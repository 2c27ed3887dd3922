//! clean: the rules in running order, what each changes, and running them again.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::clean::{self, CleanReport, RuleState, Sample};
use crate::workbench::error::Result;

/// Samples shown of one rule.
const SAMPLES: usize = 12;

/// The rules.
#[derive(Default)]
pub struct Clean {
    rules: Vec<RuleState>,
    cursor: Cursor,
    report: CleanReport,
    samples: Vec<Sample>,
    /// Whether a switch was turned since the last run.
    stale: bool,
}

impl Clean {
    fn chosen(&self) -> Option<RuleState> {
        self.cursor.at().and_then(|at| self.rules.get(at)).copied()
    }

    fn show(&mut self, desk: &mut Desk) -> Result<()> {
        self.samples = match self.chosen() {
            // What personal data a mask hides is not put on the screen to show that it is hidden.
            Some(state) if state.hits > 0 => clean::samples(&desk.project, state.rule, SAMPLES)?,
            _ => Vec::new(),
        };
        Ok(())
    }
}

impl Screen for Clean {
    fn scope(&self) -> Scope {
        Scope::Clean
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.clean.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.rules = clean::rules(&desk.project)?;
        self.report = clean::report(&desk.project)?;
        self.cursor.resize(self.rules.len());
        self.show(desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Clean if self.report.turns == 0 => Err(Cow::Borrowed(desk.words.clean.empty)),
            Action::Clean => desk.is_free(),
            Action::Toggle => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Clean => return Ok(Effect::Start(Job::Clean)),
            Action::Toggle => {
                if let Some(state) = self.chosen() {
                    clean::switch(&mut desk.project, state.rule, !state.on)?;
                    self.stale = true;
                    self.load(desk)?;
                }
            }
            _ => {
                self.cursor.act(action);
                self.show(desk)?;
            }
        }
        Ok(Effect::None)
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Clean(report) = outcome else { return Ok(Effect::None) };
        self.stale = false;
        Ok(Effect::Say(fill(
            desk.words.clean.cleaned,
            &[("turns", &thousands(report.turns)), ("changed", &thousands(report.changed))],
        )))
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(3));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.clean;
        let mut rows = paint::rows(area);
        let (Some(head), Some(second)) = (rows.next(), rows.next()) else { return };
        let r = &self.report;
        let figures = fill(
            t.head,
            &[
                ("turns", &thousands(r.turns)),
                ("utterances", &thousands(r.utterances)),
                ("families", &thousands(r.families)),
            ],
        );
        paint::line(frame, head, &[(Role::Title, &figures)], look.theme);
        let aside: Vec<String> =
            r.aside.iter().map(|(reason, n)| format!("{} {}", t.aside(reason), thousands(*n))).collect();
        let aside = fill(t.aside_head, &[("aside", &aside.join(" · "))]);
        let hint = if self.stale { t.stale } else { "" };
        paint::line(frame, second, &[(Role::Doubt, hint), (Role::Dim, &aside)], look.theme);
        let below = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
        let left = if area.width >= 60 { 32 } else { area.width };
        let columns = [Column::fixed("", 3), Column::share(t.rule_title, 1), Column::figures(t.hits, 8)];
        let lines: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let state = self.rules[at];
                let role = if state.on { Role::Text } else { Role::Dim };
                let mark = if state.on { "[x]" } else { "[ ]" };
                Row::of([
                    (Role::Key, mark.to_string()),
                    (role, t.rule(state.rule.name()).to_string()),
                    (role, thousands(state.hits)),
                ])
            })
            .collect();
        let list = Rect { width: left, ..below };
        Table { columns: &columns, rows: &lines, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, list, look.theme);
        if left == area.width {
            return;
        }
        let right = Rect { x: below.x + left, width: area.width - left, ..below };
        let inner = paint::ruled(frame, right, look.theme);
        let Some(state) = self.chosen() else { return };
        let mut rows = paint::rows(inner);
        if let Some(row) = rows.next() {
            paint::line(
                frame,
                row,
                &[(Role::Title, t.samples), (Role::Dim, " · "), (Role::Dim, t.rule(state.rule.name()))],
                look.theme,
            );
        }
        if self.samples.is_empty()
            && let Some(row) = rows.next()
        {
            paint::line(frame, row, &[(Role::Dim, t.no_samples)], look.theme);
        }
        for sample in &self.samples {
            let (Some(before), Some(after)) = (rows.next(), rows.next()) else { return };
            let hidden = if state.rule.is_mask() { hide(&sample.before, &sample.after) } else { sample.before.clone() };
            let same = sample.before == sample.after;
            let skip = if same { 0 } else { shared_start(&sample.before, &sample.after) };
            let said = if same { Cow::Borrowed(t.set_aside) } else { without_start(&sample.after, skip) };
            paint::line(frame, before, &[(Role::Bad, "- "), (Role::Dim, &without_start(&hidden, skip))], look.theme);
            paint::line(frame, after, &[(Role::Good, "+ "), (Role::Text, &said)], look.theme);
        }
    }
}

/// How much of a shared beginning stays in view before the place where two texts part.
const LEAD: usize = 8;

/// Returns how many characters both texts may leave out so that the place where they part comes into view: a mail is
/// long, and what is cut from it stands at its end.
fn shared_start(before: &str, after: &str) -> usize {
    let common = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    if common > 2 * LEAD { common - LEAD } else { 0 }
}

fn without_start(text: &str, skip: usize) -> Cow<'_, str> {
    match text.char_indices().nth(skip) {
        _ if skip == 0 => Cow::Borrowed(text),
        at => Cow::Owned(format!("…{}", &text[at.map_or(text.len(), |(at, _)| at)..])),
    }
}

/// Returns the text with the digits and letters a mask replaced shown as dots: its shape, not its content.
fn hide(before: &str, after: &str) -> String {
    let common = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    let tail = before.chars().rev().zip(after.chars().rev()).take_while(|(a, b)| a == b).count();
    let len = before.chars().count();
    before
        .chars()
        .enumerate()
        .map(|(at, c)| if at < common || at + tail >= len || !c.is_alphanumeric() { c } else { '•' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{hide, shared_start, without_start};

    #[test]
    fn a_long_text_is_shown_from_where_it_changed() {
        let (before, after) = ("一二三四五六七八九十甲乙丙丁戊己庚辛\n> 旧", "一二三四五六七八九十甲乙丙丁戊己庚辛");
        let skip = shared_start(before, after);
        assert_eq!(
            (without_start(before, skip), without_start(after, skip)),
            ("…甲乙丙丁戊己庚辛\n> 旧".into(), "…甲乙丙丁戊己庚辛".into())
        );
        assert_eq!(shared_start("短的！！", "短的！"), 0);
        assert_eq!(without_start("短的", 0), "短的");
    }

    #[test]
    fn a_masked_number_shows_its_shape_only() {
        assert_eq!(hide("我的手机13800138000吧", "我的手机<phone>吧"), "我的手机•••••••••••吧");
    }
}
