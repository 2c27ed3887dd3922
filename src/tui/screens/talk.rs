//! talk: a chat with the bot on the left, why it said so on the right.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::Role as Speaker;
use crate::domain::ids::IntentId;
use crate::domain::label::Intent;
use crate::explain;
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::key::Key;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::chat::{Bubble, Chat as Bubbles};
use crate::tui::widgets::input::Input;
use crate::tui::widgets::paint;
use crate::workbench::error::Result;
use crate::workbench::talk::{self, Chat};

/// What the open window will answer.
enum Asked {
    Fix,
    Name,
}

/// The chat.
#[derive(Default)]
pub struct Talk {
    chat: Option<Chat>,
    input: Input,
    /// Whether stages that did not fire are shown too.
    whole_trace: bool,
    catalogue: Vec<Intent>,
    asked: Option<Asked>,
    no_policy: bool,
}

impl Talk {
    fn begin(&mut self, desk: &mut Desk) -> Result<()> {
        self.no_policy = !desk.project.counts()?.topics_text;
        self.chat = if self.no_policy { None } else { Some(talk::begin(&mut desk.project, None)?) };
        Ok(())
    }

    fn exchanges(&self) -> usize {
        self.chat.as_ref().map_or(0, |chat| chat.exchanges.len())
    }
}

impl Screen for Talk {
    fn scope(&self) -> Scope {
        Scope::Talk
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.talk.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.catalogue = desk.project.catalogue()?.intents;
        match &mut self.chat {
            // A chat that goes on answers with the newest policy and model.
            Some(chat) => talk::reload(&mut desk.project, chat),
            None => self.begin(desk),
        }
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.talk;
        if self.no_policy {
            return Err(Cow::Borrowed(desk.words.trouble.no_policy));
        }
        match action {
            Action::Say if self.input.is_empty() => Err(Cow::Borrowed(t.say_something)),
            Action::Say | Action::NewChat | Action::Why => Ok(()),
            Action::StepBack | Action::FixIntent if self.exchanges() > 1 => Ok(()),
            Action::KeepRehearsal if self.exchanges() > 1 => Ok(()),
            Action::StepBack | Action::FixIntent | Action::KeepRehearsal => Err(Cow::Borrowed(t.say_something)),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.talk;
        match action {
            Action::Say => {
                let text = self.input.take();
                if let Some(chat) = &mut self.chat {
                    talk::say(&mut desk.project, chat, text.trim())?;
                }
            }
            Action::NewChat => self.begin(desk)?,
            Action::Why => self.whole_trace = !self.whole_trace,
            Action::StepBack => {
                if let Some(chat) = &mut self.chat {
                    let said = chat.exchanges.last().and_then(|exchange| exchange.said.clone()).unwrap_or_default();
                    talk::step_back(&mut desk.project, chat)?;
                    // The words come back to be said differently.
                    self.input = Input::with(&said);
                }
                return Ok(Effect::Say(t.stepped_back.to_string()));
            }
            Action::FixIntent => {
                self.asked = Some(Asked::Fix);
                let mut items = vec![Item::new(desk.words.label.out_of_scope, "")];
                items.extend(
                    self.catalogue.iter().map(|intent| Item {
                        also: intent.question.clone(),
                        ..Item::new(&intent.name, &intent.question)
                    }),
                );
                return Ok(Effect::Open(Box::new(Choose::search(t.fix, items))));
            }
            Action::KeepRehearsal => {
                self.asked = Some(Asked::Name);
                let said = self.chat.as_ref().and_then(|chat| chat.exchanges.iter().find_map(|e| e.said.clone()));
                return Ok(Effect::Open(Box::new(Write::proposal(
                    t.rehearsal_name,
                    t.rehearsal_hint,
                    &said.unwrap_or_default(),
                ))));
            }
            _ => {}
        }
        Ok(Effect::None)
    }

    fn typing(&self) -> bool {
        !self.no_policy
    }

    fn type_key(&mut self, key: Key, _desk: &mut Desk) -> Result<bool> {
        Ok(self.input.key(key))
    }

    fn paste(&mut self, text: &str, _desk: &mut Desk) -> Result<()> {
        self.input.paste(text);
        Ok(())
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (self.asked.take(), answer) {
            (Some(Asked::Fix), Answer::Chosen(at)) => {
                let intent: Option<IntentId> = at.checked_sub(1).and_then(|at| self.catalogue.get(at)).map(|i| i.id);
                let name = intent
                    .and_then(|id| self.catalogue.iter().find(|i| i.id == id))
                    .map_or(desk.words.label.out_of_scope.to_string(), |i| i.name.clone());
                if let Some(exchange) = self.chat.as_ref().and_then(|chat| chat.exchanges.last()) {
                    talk::fix_intent(&mut desk.project, exchange, intent)?;
                }
                Ok(Effect::Say(fill(desk.words.talk.fixed, &[("name", &name)])))
            }
            (Some(Asked::Name), Answer::Text(name)) => {
                if let Some(chat) = &self.chat {
                    talk::keep_as_rehearsal(&mut desk.project, chat, &name)?;
                }
                Ok(Effect::Say(fill(desk.words.talk.kept, &[("name", name.trim())])))
            }
            _ => Ok(Effect::None),
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.talk;
        let Some(chat) = &self.chat else {
            paint::text(frame, area, look.words.trouble.no_policy, Role::Dim, 0, look.theme);
            return;
        };
        let left = if area.width >= 60 { area.width * 11 / 20 } else { area.width };
        let field = 2.min(area.height);
        let talk_area = Rect { width: left, height: area.height - field, ..area };
        let mut bubbles = Vec::new();
        for exchange in &chat.exchanges {
            if let Some(said) = &exchange.said {
                bubbles.push(Bubble {
                    speaker: Speaker::Customer,
                    name: look.words.label.customer.to_string(),
                    text: said.clone(),
                    remark: String::new(),
                });
            }
            for reply in &exchange.record.outcome.replies {
                let mut text = reply.text.clone();
                for (place, option) in reply.options.iter().enumerate() {
                    text.push_str(&format!("\n{}. {option}", place + 1));
                }
                bubbles.push(Bubble {
                    speaker: Speaker::Bot,
                    name: look.words.label.bot.to_string(),
                    text,
                    remark: String::new(),
                });
            }
        }
        Bubbles { bubbles: &bubbles, chosen: None, focused: false }.draw(frame, talk_area, look.theme);
        let line = Rect { y: area.y + area.height - field, height: 1.min(field), width: left, ..area };
        let lead = Rect { width: 2.min(line.width), ..line };
        paint::line(frame, lead, &[(Role::Key, "> ")], look.theme);
        let text = Rect { x: line.x + lead.width, width: line.width - lead.width, ..line };
        if left < area.width {
            self.draw_trace(chat, frame, Rect { x: area.x + left, width: area.width - left, ..area }, look);
        }
        self.input.draw(frame, text, look.focused, look.theme);
        if self.input.is_empty() {
            paint::line(frame, text, &[(Role::Dim, t.hint)], look.theme);
        }
    }
}

impl Talk {
    fn draw_trace(&self, chat: &Chat, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.talk;
        let inner = paint::ruled(frame, area, look.theme);
        let mut rows = paint::rows(inner);
        let Some(head) = rows.next() else { return };
        let turn = chat.exchanges.len().saturating_sub(1).to_string();
        paint::line(frame, head, &[(Role::Title, &fill(t.why, &[("turn", &turn)]))], look.theme);
        let Some(exchange) = chat.exchanges.last() else { return };
        for line in &exchange.record.outcome.trace {
            if !line.fired && !self.whole_trace && line.stage != 0 {
                continue;
            }
            let role = if line.fired { Role::Text } else { Role::Dim };
            for part in cells::wrap(&explain::trace::line(line, look.words), usize::from(inner.width)) {
                let Some(row) = rows.next() else { return };
                paint::line(frame, row, &[(role, &part)], look.theme);
            }
        }
    }
}
