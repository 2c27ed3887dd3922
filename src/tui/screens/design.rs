//! design: the policy's topics and faults, and the text itself to edit.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::dialogue::lint::fault::Severity;
use crate::dialogue::policy::design::Policy;
use crate::domain::dialogue::{PolicyText, Version};
use crate::explain;
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::moment;
use crate::tui::screen::{Answer, Desk, Effect, Handed, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;
use crate::workbench::error::{Error, Result};
use crate::workbench::{design, versions};

/// What the left side shows.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum View {
    #[default]
    Outline,
    Text,
}

/// What the open window will answer.
enum Asked {
    Text,
    Name,
    Version,
}

/// The policy.
#[derive(Default)]
pub struct Design {
    draft: Option<PolicyText>,
    policy: Option<Policy>,
    faults: Vec<(bool, String)>,
    lines: Vec<String>,
    cursor: Cursor,
    view: View,
    published: Vec<Version>,
    /// A text that was refused: it is not lost, and editing goes on from it.
    refused: Option<String>,
    asked: Option<Asked>,
    now: i64,
    /// Where editing begins, line and column from 1: a place handed over, or the fault that refused the text.
    place: Option<(u32, u32)>,
}

impl Design {
    fn show(&mut self) {
        self.lines = match (self.view, &self.policy, &self.draft) {
            (View::Outline, Some(policy), _) => design::outline(policy),
            (_, _, Some(draft)) => draft.yaml.lines().map(String::from).collect(),
            _ => Vec::new(),
        };
        self.cursor.resize(self.lines.len());
    }
}

impl Screen for Design {
    fn scope(&self) -> Scope {
        Scope::Design
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.design.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.draft = design::draft(&desk.project)?;
        self.published = versions::list(&desk.project)?;
        self.now = moment::now();
        self.policy = None;
        self.faults.clear();
        if let Some(draft) = &self.draft {
            match design::parse(&draft.yaml) {
                Ok(policy) => {
                    self.policy = Some(policy);
                    self.faults = design::check(&desk.project, &draft.yaml)?
                        .iter()
                        .map(|fault| ((fault.severity == Severity::Error), explain::policy::fault(fault, desk.words)))
                        .collect();
                }
                Err(error) => self.faults.push((true, explain::sentence(&error, desk.words))),
            }
        }
        if let Some(Handed::Place { line, column }) = desk.handed {
            desk.handed = None;
            self.view = View::Text;
            self.place = Some((line, column));
        }
        self.show();
        if let Some((line, _)) = self.place {
            self.cursor.go(line.saturating_sub(1) as usize);
        }
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.design;
        match action {
            Action::Edit => Ok(()),
            Action::View | Action::Publish if self.draft.is_some() => Ok(()),
            Action::View | Action::Publish => Err(Cow::Borrowed(desk.words.trouble.no_policy)),
            Action::Rollback if self.published.is_empty() => Err(Cow::Borrowed(t.none_published)),
            Action::Rollback => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.design;
        match action {
            Action::Edit => {
                self.asked = Some(Asked::Text);
                let yaml = self.draft.as_ref().map(|draft| draft.yaml.clone()).unwrap_or_default();
                let text = self.refused.clone().unwrap_or(yaml);
                let here = self.cursor.at().filter(|_| self.view == View::Text).unwrap_or(0);
                let (line, column) = self.place.take().unwrap_or((here as u32 + 1, 1));
                let editor = Write::code(t.editing, t.editing_hint, &text).at(line, column);
                return Ok(Effect::Open(Box::new(editor)));
            }
            Action::View => {
                self.view = if self.view == View::Outline { View::Text } else { View::Outline };
                self.show();
                self.cursor.go(0);
            }
            Action::Publish => {
                self.asked = Some(Asked::Name);
                return Ok(Effect::Open(Box::new(Write::line(t.version_name, "", ""))));
            }
            Action::Rollback => {
                self.asked = Some(Asked::Version);
                let items = self
                    .published
                    .iter()
                    .map(|version| Item::new(version.name.clone(), moment::short(version.at, self.now)))
                    .collect();
                return Ok(Effect::Open(Box::new(Choose::menu(t.which_version, items, 0))));
            }
            _ => {
                self.place = None;
                self.cursor.act(action);
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.design;
        match (self.asked.take(), answer) {
            (Some(Asked::Text), Answer::Text(text)) => {
                self.refused = Some(text.clone());
                if let Err(error) = design::save(&mut desk.project, &text) {
                    if let Error::Policy(fault) = &error {
                        self.place = Some((fault.line, fault.column));
                    }
                    return Err(error);
                }
                self.refused = None;
                self.load(desk)?;
                let errors = self.faults.iter().filter(|(error, _)| *error).count();
                let warnings = self.faults.len() - errors;
                Ok(Effect::Say(fill(t.saved, &[("errors", &errors.to_string()), ("warnings", &warnings.to_string())])))
            }
            (Some(Asked::Name), Answer::Text(name)) => {
                design::publish(&mut desk.project, &name)?;
                self.load(desk)?;
                Ok(Effect::Say(fill(desk.words.command.published, &[("name", name.trim())])))
            }
            (Some(Asked::Version), Answer::Chosen(at)) => {
                let name = self.published.get(at).map(|version| version.name.clone()).unwrap_or_default();
                versions::rollback(&mut desk.project, &name)?;
                self.load(desk)?;
                Ok(Effect::Say(fill(desk.words.command.rolled_back, &[("name", &name)])))
            }
            _ => Ok(Effect::None),
        }
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(1));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.design;
        let Some(draft) = &self.draft else {
            paint::text(frame, area, look.words.trouble.no_policy, Role::Dim, 0, look.theme);
            return;
        };
        let topics = self.policy.as_ref().map_or(0, |policy| policy.topics.len());
        let head = fill(
            t.head,
            &[
                ("id", &draft.id.to_string()),
                ("topics", &topics.to_string()),
                ("published", draft.published.as_deref().unwrap_or(t.unpublished)),
            ],
        );
        paint::line(frame, Rect { height: 1.min(area.height), ..area }, &[(Role::Title, &head)], look.theme);
        let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        let left = if area.width >= 60 { area.width * 3 / 5 } else { area.width };
        for (row, at) in paint::rows(Rect { width: left, ..below }).zip(self.cursor.shown()) {
            let here = self.cursor.at() == Some(at);
            let line = &self.lines[at];
            let role = if here && look.focused {
                Role::Focus
            } else if self.view == View::Outline && !line.starts_with(' ') {
                Role::Word
            } else {
                Role::Text
            };
            let number = if self.view == View::Text { format!("{:>4} ", at + 1) } else { " ".to_string() };
            paint::line(frame, row, &[(Role::Dim, &number), (role, line)], look.theme);
            if here && look.focused {
                paint::caret(frame, row, 0, 0);
            }
        }
        if left == area.width {
            return;
        }
        let right = Rect { x: below.x + left, width: area.width - left, ..below };
        let inner = paint::ruled(frame, right, look.theme);
        let mut rows = paint::rows(inner);
        let Some(row) = rows.next() else { return };
        if self.refused.is_some() {
            paint::line(frame, row, &[(Role::Doubt, t.unsaved)], look.theme);
        } else if self.faults.is_empty() {
            paint::line(frame, row, &[(Role::Good, "✓ "), (Role::Good, look.words.command.no_faults)], look.theme);
        } else {
            paint::line(frame, row, &[(Role::Title, t.faults)], look.theme);
        }
        for (error, fault) in &self.faults {
            let (role, mark) = if *error { (Role::Bad, "✗ ") } else { (Role::Doubt, "! ") };
            for part in crate::tui::cells::wrap(&format!("{mark}{fault}"), usize::from(inner.width)) {
                let Some(row) = rows.next() else { return };
                paint::line(frame, row, &[(role, &part)], look.theme);
            }
        }
    }
}
