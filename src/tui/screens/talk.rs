//! talk: a chat with the bot on the left, why it said so on the right.

mod beside;
mod said;
mod stretch;

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::dialogue::proof::fixes::Fix;
use crate::domain::dialogue::Dialogue;
use crate::domain::ids::IntentId;
use crate::domain::label::{Intent, Verdict};
use crate::explain;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::text::safe::safe;
use crate::tui::action::{Action, Scope};
use crate::tui::key::Key;
use crate::tui::screen::{Answer, Desk, Effect, Handed, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::talk::beside::Beside;
use crate::tui::screens::talk::stretch::Stretch;
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::chat::Chat as Bubbles;
use crate::tui::widgets::input::Input;
use crate::tui::widgets::paint;
use crate::workbench::error::Result;
use crate::workbench::talk::fix as mend;
use crate::workbench::talk::marking::{self, Marking};
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
    /// Which stretch of the last message, of which kind, standing for what, in a message that means what.
    Stretch,
    Entity,
    Value,
    Meant,
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
    beside: Beside,
    branches: Vec<Dialogue>,
    fixes: Vec<Fix>,
    catalogue: Vec<Intent>,
    asked: Option<Asked>,
    /// The stretch of the last message that is being marked.
    marking: Option<Marking>,
    entities: Vec<String>,
    no_policy: bool,
}

impl Talk {
    fn begin(&mut self, desk: &mut Desk) -> Result<()> {
        self.no_policy = !desk.project.counts()?.topics_text;
        self.chat = if self.no_policy { None } else { Some(talk::begin(&mut desk.project, None)?) };
        self.let_out(desk);
        Ok(())
    }

    /// Lets the chat's calls go where the trainer's settings say.
    fn let_out(&mut self, desk: &Desk) {
        if let Some(chat) = &mut self.chat {
            chat.outside = desk.outside.clone();
        }
    }

    /// Shows where the chat stands; starts the call it waits for.
    fn go_on(&mut self, desk: &Desk) -> Result<Effect> {
        self.beside.look(self.chat.as_ref(), desk)?;
        let Some((ask, source)) = self.chat.as_ref().and_then(Chat::asks) else { return Ok(Effect::None) };
        match desk.is_free() {
            Ok(()) => Ok(Effect::Start(Job::Call { source: source.clone(), ask: ask.clone() })),
            Err(reason) => {
                self.take_back();
                Ok(Effect::Say(reason.into_owned()))
            }
        }
    }

    /// Brings the message that waits back to the line.
    fn take_back(&mut self) {
        if let Some(said) = self.chat.as_mut().and_then(Chat::unsay) {
            self.input = Input::with(&said);
        }
    }

    fn waits(&self) -> Option<&str> {
        self.chat.as_ref().and_then(Chat::asks).map(|(ask, _)| ask.call.as_str())
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
                "idle" | "沉默" => match value.trim_end_matches(['s', '秒']).parse() {
                    Ok(seconds) => talk::wait(&mut desk.project, chat, seconds)?,
                    Err(_) => return Ok(Effect::Say(fill(desk.words.talk.no_seconds, &[("word", value)]))),
                },
                slot => {
                    if !talk::set_slot(&mut desk.project, chat, slot, value)? {
                        return Ok(Effect::Say(fill(desk.words.talk.no_slot, &[("name", slot)])));
                    }
                }
            }
        }
        self.beside.look(self.chat.as_ref(), desk)?;
        Ok(Effect::Say(desk.words.talk.pretended.to_string()))
    }

    /// Returns what a message may mean: out of scope, then the intents.
    fn meant(&self, desk: &Desk) -> Vec<Item> {
        let item =
            |intent: &Intent| Item { also: intent.question.clone(), ..Item::new(&intent.name, &intent.question) };
        std::iter::once(Item::new(desk.words.label.out_of_scope, "")).chain(self.catalogue.iter().map(item)).collect()
    }

    /// Keeps the stretch marked.
    fn mark(&mut self, desk: &mut Desk) -> Result<Effect> {
        let Some(marking) = self.marking.take() else { return Ok(Effect::None) };
        marking::mark(&mut desk.project, &marking)?;
        let gaps =
            [("text", marking.range.of(&marking.text)), ("entity", &*marking.entity), ("value", &*marking.value)];
        Ok(Effect::Say(fill(desk.words.talk.marked, &gaps)))
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
        if let Some(Handed::Broken(broken)) = desk.handed.take_if(|handed| matches!(handed, Handed::Broken(_))) {
            self.no_policy = false;
            self.chat = talk::begin_broken(&mut desk.project, &broken)?;
            self.let_out(desk);
        }
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
        if let Some(call) = self.waits() {
            return match action {
                // What elsewhere leaves the screen stops what one waits for here.
                Action::Back | Action::Why | Action::View => Ok(()),
                _ => Err(Cow::Owned(fill(t.calling, &[("name", safe(call).as_str())]))),
            };
        }
        match action {
            Action::Say if self.input.is_empty() => Err(Cow::Borrowed(t.say_something)),
            Action::Say | Action::NewChat | Action::Why | Action::View | Action::Settings => Ok(()),
            Action::Edit | Action::WrongReply if self.exchanges() > 1 => Ok(()),
            Action::Branch if self.chat.as_ref().is_some_and(|chat| chat.branches > 0) => Ok(()),
            Action::Branch => Err(Cow::Borrowed(t.no_branches)),
            Action::StepBack | Action::FixIntent | Action::Entities if self.exchanges() > 1 => Ok(()),
            Action::KeepRehearsal if self.exchanges() > 1 => Ok(()),
            Action::StepBack
            | Action::FixIntent
            | Action::Entities
            | Action::KeepRehearsal
            | Action::Edit
            | Action::WrongReply => Err(Cow::Borrowed(t.say_something)),
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
                return self.go_on(desk);
            }
            Action::Back => return Ok(Effect::Do(Action::Stop)),
            Action::View => {
                self.beside.turn();
                self.beside.look(self.chat.as_ref(), desk)?;
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
                self.beside.look(self.chat.as_ref(), desk)?;
            }
            Action::Why => self.beside.whole_trace = !self.beside.whole_trace,
            Action::StepBack => {
                if let Some(chat) = &mut self.chat {
                    let said = chat.exchanges.last().and_then(|exchange| exchange.said.clone()).unwrap_or_default();
                    talk::step_back(&mut desk.project, chat)?;
                    // The words come back to be said differently.
                    self.input = Input::with(&said);
                }
                self.beside.look(self.chat.as_ref(), desk)?;
                return Ok(Effect::Say(t.stepped_back.to_string()));
            }
            Action::FixIntent => {
                self.asked = Some(Asked::Fix);
                return Ok(Effect::Open(Box::new(Choose::search(t.fix, self.meant(desk)))));
            }
            Action::Entities => {
                let last = self.chat.as_ref().and_then(|chat| chat.exchanges.last());
                let Some(marking) = last.map(|last| marking::marking(&mut desk.project, last)).transpose()?.flatten()
                else {
                    return Ok(Effect::Say(t.say_something.to_string()));
                };
                self.asked = Some(Asked::Stretch);
                let window = Stretch::new(t.which_stretch, t.stretch_hint, &marking.text, marking.words.clone());
                self.marking = Some(marking);
                return Ok(Effect::Open(Box::new(window)));
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
                match self.go_on(desk)? {
                    Effect::None => Ok(Effect::Say(desk.words.talk.said_again.to_string())),
                    starts => Ok(starts),
                }
            }
            (Some(Asked::Branch), Answer::Chosen(at)) => {
                if let (Some(chat), Some(branch)) = (&mut self.chat, self.branches.get(at)) {
                    talk::switch(&desk.project, chat, branch.id)?;
                }
                self.beside.look(self.chat.as_ref(), desk)?;
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
                    self.fixes = mend::fixes(&desk.project, chat, last, &wanted, &question)?;
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
                    mend::fix(&mut desk.project, chat, last, fix)?;
                }
                Ok(Effect::Say(desk.words.talk.fix_made.to_string()))
            }
            (Some(Asked::Stretch), Answer::Stretch(range)) => {
                if let Some(marking) = &mut self.marking {
                    marking.range = range;
                }
                self.entities = self.chat.as_ref().map_or(Vec::new(), Chat::entities);
                self.asked = Some(Asked::Entity);
                let items = self.entities.iter().map(|name| Item::new(name, "")).collect();
                Ok(Effect::Open(Box::new(Choose::search(desk.words.talk.which_entity, items))))
            }
            (Some(Asked::Entity), Answer::Chosen(at)) => {
                let (Some(marking), Some(entity)) = (&mut self.marking, self.entities.get(at)) else {
                    return Ok(Effect::None);
                };
                marking.entity = entity.clone();
                let value = self.chat.as_ref().map_or(String::new(), |chat| chat.value_of(marking));
                self.asked = Some(Asked::Value);
                let t = &desk.words.talk;
                Ok(Effect::Open(Box::new(Write::proposal(t.which_value, t.value_hint, &value))))
            }
            (Some(Asked::Value), Answer::Text(value)) => {
                let Some(marking) = &mut self.marking else { return Ok(Effect::None) };
                marking.value = value.trim().to_string();
                if marking.verdict.is_some() {
                    return self.mark(desk);
                }
                self.asked = Some(Asked::Meant);
                Ok(Effect::Open(Box::new(Choose::search(desk.words.talk.fix, self.meant(desk)))))
            }
            (Some(Asked::Meant), Answer::Chosen(at)) => {
                let intent = at.checked_sub(1).and_then(|at| self.catalogue.get(at)).map(|i| i.id);
                if let Some(marking) = &mut self.marking {
                    marking.verdict = Some(intent.map_or(Verdict::OutOfScope, Verdict::Intent));
                }
                self.mark(desk)
            }
            _ => Ok(Effect::None),
        }
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        if let (Outcome::Call(came), Some(chat)) = (outcome, &mut self.chat) {
            talk::answered(&mut desk.project, chat, came.clone())?;
        }
        self.go_on(desk)
    }

    fn cut_short(&mut self) {
        self.take_back();
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
        let bubbles = said::bubbles(chat, self.waits(), look);
        Bubbles { bubbles: &bubbles, chosen: None, focused: false }.draw(frame, talk_area, look.theme);
        let line = Rect { y: area.y + area.height - field, height: 1.min(field), width: left, ..area };
        let lead = Rect { width: 2.min(line.width), ..line };
        paint::line(frame, lead, &[(Role::Key, "> ")], look.theme);
        let text = Rect { x: line.x + lead.width, width: line.width - lead.width, ..line };
        if left < area.width {
            self.beside.draw(chat, frame, Rect { x: area.x + left, width: area.width - left, ..area }, look);
        }
        self.input.draw(frame, text, look.focused, look.theme);
        if self.input.is_empty() {
            paint::line(frame, text, &[(Role::Dim, t.hint)], look.theme);
        }
    }
}
