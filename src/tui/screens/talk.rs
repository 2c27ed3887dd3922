//! talk: a chat with the bot on the left, why it said so on the right.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::dialogue::proof::fixes::Fix;
use crate::domain::conversation::Role as Speaker;
use crate::domain::dialogue::Dialogue;
use crate::domain::ids::IntentId;
use crate::domain::label::Intent;
use crate::explain;
use crate::i18n::{Words, fill};
use crate::text::safe::safe;
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
    /// Which earlier message is to be said differently, then how.
    Place,
    Text(usize),
    Branch,
    Pretended,
    /// Where a wrong reply should have led, then which change to make.
    Wanted,
    Change,
}

/// What stands beside the chat.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Beside {
    #[default]
    Why,
    /// What would have flipped the last decision.
    WhyNot,
    /// The other courses of this chat, where they part from it.
    Branches,
}

/// Returns the customer's messages of a chat, each with its place.
fn said_in(chat: &Chat) -> Vec<(usize, String)> {
    let said = |(place, exchange): (usize, &talk::Exchange)| exchange.said.clone().map(|text| (place, text));
    chat.exchanges.iter().enumerate().filter_map(said).collect()
}

/// The chat.
#[derive(Default)]
pub struct Talk {
    chat: Option<Chat>,
    input: Input,
    /// Whether stages that did not fire are shown too.
    whole_trace: bool,
    beside: Beside,
    /// What is shown beside, but for the trace.
    lines: Vec<(Role, String)>,
    branches: Vec<Dialogue>,
    fixes: Vec<Fix>,
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

    /// Reads anew what stands beside.
    fn look_beside(&mut self, desk: &Desk) -> Result<()> {
        self.lines.clear();
        let Some(chat) = &self.chat else { return Ok(()) };
        match self.beside {
            Beside::Why => {}
            Beside::WhyNot => {
                let last = chat.exchanges.len().saturating_sub(1);
                for flip in talk::why_not(chat, last) {
                    self.lines.push((Role::Text, explain::proof::flip(&flip.change, desk.words)));
                    let first = flip.replies.first().map_or(desk.words.talk.silent, String::as_str);
                    self.lines.push((Role::Bot, format!("  → {}", safe(first))));
                }
                if self.lines.is_empty() {
                    self.lines.push((Role::Dim, desk.words.talk.nothing_flips.to_string()));
                }
            }
            Beside::Branches => {
                self.branches = talk::branches(&desk.project, chat)?;
                for branch in &self.branches {
                    let other = talk::exchanges(branch)?;
                    let pairs = chat.exchanges.iter().zip(&other);
                    let same =
                        pairs.take_while(|(a, b)| a.said == b.said && a.record.outcome == b.record.outcome).count();
                    let gaps = [("id", &*branch.id.to_string()), ("turn", &*same.to_string())];
                    self.lines.push((Role::Title, fill(desk.words.talk.branch, &gaps)));
                    for exchange in other.iter().skip(same).take(2) {
                        if let Some(said) = &exchange.said {
                            self.lines.push((Role::Customer, format!("  {}", safe(said))));
                        }
                        for reply in &exchange.record.outcome.replies {
                            self.lines.push((Role::Bot, format!("  {}", safe(&reply.text))));
                        }
                    }
                }
                if self.lines.is_empty() {
                    self.lines.push((Role::Dim, desk.words.talk.no_branches.to_string()));
                }
            }
        }
        Ok(())
    }

    /// Sets what is pretended from here on: `mood=angry hour=22:00 channel=sms 产品=活期宝`.
    fn pretend(&mut self, text: &str, desk: &mut Desk) -> Result<Effect> {
        let Some(chat) = &mut self.chat else { return Ok(Effect::None) };
        for pair in text.split_whitespace() {
            let (name, value) = pair.split_once(['=', '＝']).unwrap_or((pair, ""));
            match name {
                "mood" | "情绪" => {
                    let (mood, score) = value.split_once(':').unwrap_or((value, "0.9"));
                    let score = score.parse().unwrap_or(0.9);
                    chat.pretended.mood = if value.is_empty() { Vec::new() } else { vec![(mood.to_string(), score)] };
                }
                "channel" | "渠道" => {
                    chat.pretended.channel = (!value.is_empty()).then(|| value.to_string());
                }
                "hour" | "时间" => {
                    let time = talk::pretended_clock(value);
                    if time.is_none() && !value.is_empty() {
                        return Ok(Effect::Say(fill(desk.words.command.time, &[("word", value)])));
                    }
                    chat.clock = time;
                }
                slot => {
                    if !talk::set_slot(&mut desk.project, chat, slot, value)? {
                        return Ok(Effect::Say(fill(desk.words.talk.no_slot, &[("name", slot)])));
                    }
                }
            }
        }
        Ok(Effect::Say(desk.words.talk.pretended.to_string()))
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
            Action::Say | Action::NewChat | Action::Why | Action::View | Action::Settings => Ok(()),
            Action::Edit | Action::WrongReply if self.exchanges() > 1 => Ok(()),
            Action::Branch if self.chat.as_ref().is_some_and(|chat| chat.branches > 0) => Ok(()),
            Action::Branch => Err(Cow::Borrowed(t.no_branches)),
            Action::StepBack | Action::FixIntent if self.exchanges() > 1 => Ok(()),
            Action::KeepRehearsal if self.exchanges() > 1 => Ok(()),
            Action::StepBack | Action::FixIntent | Action::KeepRehearsal | Action::Edit | Action::WrongReply => {
                Err(Cow::Borrowed(t.say_something))
            }
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
                self.look_beside(desk)?;
            }
            Action::View => {
                self.beside = match self.beside {
                    Beside::Why => Beside::WhyNot,
                    Beside::WhyNot => Beside::Branches,
                    Beside::Branches => Beside::Why,
                };
                self.look_beside(desk)?;
            }
            Action::WrongReply => {
                self.asked = Some(Asked::Wanted);
                let items = self
                    .catalogue
                    .iter()
                    .map(|intent| Item { also: intent.question.clone(), ..Item::new(&intent.name, &intent.question) });
                return Ok(Effect::Open(Box::new(Choose::search(t.wanted, items.collect()))));
            }
            Action::Settings => {
                self.asked = Some(Asked::Pretended);
                return Ok(Effect::Open(Box::new(Write::line(t.pretend, t.pretend_hint, ""))));
            }
            Action::Edit => {
                self.asked = Some(Asked::Place);
                let said = self.chat.as_ref().map_or(Vec::new(), said_in);
                let items: Vec<Item> = said.iter().map(|(place, text)| Item::new(text, place.to_string())).collect();
                let last = items.len().saturating_sub(1);
                return Ok(Effect::Open(Box::new(Choose::menu(t.which_message, items, last))));
            }
            Action::Branch => {
                self.asked = Some(Asked::Branch);
                if let Some(chat) = &self.chat {
                    self.branches = talk::branches(&desk.project, chat)?;
                }
                let items = self
                    .branches
                    .iter()
                    .map(|branch| {
                        let last = branch.turns.iter().rev().find_map(|turn| turn.said.clone());
                        Item::new(format!("#{}", branch.id), last.unwrap_or_default())
                    })
                    .collect();
                return Ok(Effect::Open(Box::new(Choose::menu(t.which_branch, items, 0))));
            }
            Action::NewChat => {
                self.begin(desk)?;
                self.look_beside(desk)?;
            }
            Action::Why => self.whole_trace = !self.whole_trace,
            Action::StepBack => {
                if let Some(chat) = &mut self.chat {
                    let said = chat.exchanges.last().and_then(|exchange| exchange.said.clone()).unwrap_or_default();
                    talk::step_back(&mut desk.project, chat)?;
                    // The words come back to be said differently.
                    self.input = Input::with(&said);
                }
                self.look_beside(desk)?;
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
            (Some(Asked::Place), Answer::Chosen(at)) => {
                let said = self.chat.as_ref().map_or(Vec::new(), said_in);
                let Some((place, text)) = said.get(at).cloned() else { return Ok(Effect::None) };
                self.asked = Some(Asked::Text(place));
                Ok(Effect::Open(Box::new(Write::line(desk.words.talk.say_otherwise, "", &text))))
            }
            (Some(Asked::Text(place)), Answer::Text(text)) => {
                if let Some(chat) = &mut self.chat
                    && !text.trim().is_empty()
                {
                    talk::edit(&mut desk.project, chat, place, text.trim())?;
                }
                self.look_beside(desk)?;
                Ok(Effect::Say(desk.words.talk.said_again.to_string()))
            }
            (Some(Asked::Branch), Answer::Chosen(at)) => {
                if let (Some(chat), Some(branch)) = (&mut self.chat, self.branches.get(at)) {
                    talk::switch(&desk.project, chat, branch.id)?;
                }
                self.look_beside(desk)?;
                Ok(Effect::None)
            }
            (Some(Asked::Pretended), Answer::Text(text)) => self.pretend(&text, desk),
            (Some(Asked::Wanted), Answer::Chosen(at)) => {
                let Some(wanted) = self.catalogue.get(at).map(|intent| intent.name.clone()) else {
                    return Ok(Effect::None);
                };
                let last = self.exchanges().saturating_sub(1);
                if let Some(chat) = &self.chat {
                    let question = |a: &str, b: &str| fill(desk.words.proof.limits_question, &[("a", a), ("b", b)]);
                    self.fixes = talk::fixes(&desk.project, chat, last, &wanted, &question)?;
                }
                if self.fixes.is_empty() {
                    return Ok(Effect::Say(desk.words.talk.no_fix.to_string()));
                }
                self.asked = Some(Asked::Change);
                let items = self
                    .fixes
                    .iter()
                    .map(|fix| {
                        let (name, effect) = explain::proof::fix(fix, desk.words);
                        Item::new(name, effect)
                    })
                    .collect();
                Ok(Effect::Open(Box::new(Choose::menu(desk.words.talk.which_fix, items, 0))))
            }
            (Some(Asked::Change), Answer::Chosen(at)) => {
                let last = self.exchanges().saturating_sub(1);
                if let (Some(chat), Some(fix)) = (&mut self.chat, self.fixes.get(at)) {
                    talk::fix(&mut desk.project, chat, last, fix)?;
                }
                Ok(Effect::Say(desk.words.talk.fix_made.to_string()))
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
        if self.beside != Beside::Why {
            let title = if self.beside == Beside::WhyNot { t.why_not } else { t.branches };
            paint::line(frame, head, &[(Role::Title, title)], look.theme);
            for (role, line) in &self.lines {
                for part in cells::wrap(line, usize::from(inner.width)) {
                    let Some(row) = rows.next() else { return };
                    paint::line(frame, row, &[(*role, &part)], look.theme);
                }
            }
            return;
        }
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
