//! talk: a chat with the bot, kept turn by turn, with the reasons of every turn.
//!
//! A turn whose call goes outside is not kept until that is answered: [`say`] returns with [`Chat::asks`], whoever talks
//! asks it where it need not wait itself, and [`answered`] plays the turn again with what came.

pub mod fix;
pub mod marking;

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::bot::{Bot, Turn};
use crate::dialogue::event::Event;
use crate::dialogue::proof::robust::Broken;
use crate::dialogue::script;
use crate::dialogue::script::shape::Given;
use crate::dialogue::state::State;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::heard::{Clock, Heard, Outcome};
use crate::dialogue::turn::outside::{Answer, Ask, Came, Failure, Why};
use crate::domain::dialogue::{Dialogue, DialogueTurn};
use crate::domain::event::Act;
use crate::domain::ids::{DialogueId, IntentId, ModelId, PolicyId, RehearsalId};
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::domain::prediction::Emotion;
use crate::outside::source::{Source, Sources};
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::versions;

/// The channel a chat of the workbench pretends to come from.
pub const CHANNEL: &str = "chat";

/// One exchange: what was said and understood, and what it came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// `None` for the opening.
    pub said: Option<String>,
    /// What came in and what it came to: enough to run it again bit for bit.
    pub record: Turn,
}

impl Exchange {
    /// Returns how many seconds of silence it stands for, where the customer said nothing.
    pub fn silence(&self) -> Option<u32> {
        self.record.outcome.trace.iter().find_map(|line| match line.reason {
            Reason::Idle { seconds, .. } => Some(seconds),
            _ => None,
        })
    }
}

/// What the trainer sets by hand from here on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pretended {
    /// Scores of moods, and risks, that replace what is heard.
    pub mood: Vec<(String, f32)>,
    pub channel: Option<String>,
}

/// A chat in hand.
pub struct Chat {
    pub id: DialogueId,
    pub exchanges: Vec<Exchange>,
    /// Where the chat stands: the fold of all its events.
    pub state: State,
    /// How many times it was taken back to an earlier turn; each former course is kept.
    pub branches: u32,
    /// The pretended time; `None` is the present.
    pub clock: Option<Clock>,
    /// What else is pretended.
    pub pretended: Pretended,
    /// What answers calls from outside; nothing, unless the trainer set it.
    pub outside: Sources,
    waiting: Option<Waiting>,
    bot: Bot,
}

/// A turn that waits for the outside, and what is to be said after it.
struct Waiting {
    ask: Ask,
    said: String,
    heard: Heard,
    rest: VecDeque<Said>,
    /// The time they are said at.
    clock: Option<Clock>,
}

/// A message to say, with what the outside said to it before.
struct Said {
    text: String,
    calls: Vec<Answer>,
}

impl Chat {
    /// Returns what the chat waits for, with who answers it; nothing was kept of the turn yet.
    pub fn asks(&self) -> Option<(&Ask, &Source)> {
        let ask = &self.waiting.as_ref()?.ask;
        Some((ask, self.outside.find(&ask.call)?))
    }

    /// Returns the message that waits for its answer.
    pub fn waits(&self) -> Option<&str> {
        self.waiting.as_ref().map(|waiting| waiting.said.as_str())
    }

    /// Takes back the message that waits.
    pub fn unsay(&mut self) -> Option<String> {
        self.waiting.take().map(|waiting| waiting.said)
    }

    fn bot(&self) -> &Bot {
        &self.bot
    }
}

/// Begins a chat with the current policy and model; the bot greets.
pub fn begin(project: &mut Project, clock: Option<Clock>) -> Result<Chat> {
    let bot = project.bot()?;
    let policy = project.store.policy()?.ok_or(Error::NoPolicy)?;
    let model = project.store.latest_run()?.map(|run| run.model);
    start(project, bot, policy.id, model, clock)
}

/// Begins a chat with a published version.
pub fn begin_with(project: &mut Project, version: &str, clock: Option<Clock>) -> Result<Chat> {
    let version = versions::find(project, Some(version))?;
    let bot = versions::bot(project, &version)?;
    start(project, bot, version.policy, version.model, clock)
}

fn start(
    project: &mut Project,
    bot: Bot,
    policy: PolicyId,
    model: Option<ModelId>,
    clock: Option<Clock>,
) -> Result<Chat> {
    let at = now();
    let actor = project.actor().to_string();
    let id = project.store.begin_dialogue("", at, &actor, Some(policy), model, None)?;
    let moment = clock.clone().unwrap_or_else(present);
    let record = bot.open(&moment, CHANNEL);
    let mut chat = Chat {
        id,
        exchanges: Vec::new(),
        state: State::default(),
        branches: 0,
        clock,
        pretended: Pretended::default(),
        outside: Sources::default(),
        waiting: None,
        bot,
    };
    keep(project, &mut chat, Exchange { said: None, record })?;
    Ok(chat)
}

/// Begins a chat that plays a rehearsal with one message said otherwise, up to that message; `None` when the project
/// has no such rehearsal.
pub fn begin_broken(project: &mut Project, broken: &Broken) -> Result<Option<Chat>> {
    for rehearsal in project.store.rehearsals()? {
        for script in script::read::parse_all(&rehearsal.script)? {
            if script.name != broken.rehearsal || script.turns.len() <= broken.turn {
                continue;
            }
            let mut chat = begin(project, Some(script.given.clock()))?;
            chat.pretended.channel = script.given.channel.clone();
            for (place, line) in script.turns[..=broken.turn].iter().enumerate() {
                let Some(said) = &line.said else { continue };
                let here = place == broken.turn;
                let text = if here { &broken.otherwise } else { said };
                let understand = |text: &str| chat.bot.understand(text);
                let mut heard =
                    script::replay::heard(&script.given, line, text, &understand, &|text| chat.bot.sounds(text));
                if here && broken.misunderstood.is_some() {
                    let understood = chat.bot.understand(text);
                    (heard.intents, heard.known) = (understood.intents, understood.known);
                }
                let record = chat.bot.again(&chat.state, heard);
                keep(project, &mut chat, Exchange { said: Some(text.clone()), record })?;
            }
            return Ok(Some(chat));
        }
    }
    Ok(None)
}

/// Says something to the bot. Its answer and reasons are kept before this returns, unless the turn calls the outside
/// ([`Chat::asks`]).
pub fn say(project: &mut Project, chat: &mut Chat, text: &str) -> Result<()> {
    let clock = chat.clock.clone();
    say_all(project, chat, VecDeque::from([Said { text: text.to_string(), calls: Vec::new() }]), clock)
}

/// Says one message after the other, each at the same time, up to one that waits for the outside.
fn say_all(project: &mut Project, chat: &mut Chat, mut rest: VecDeque<Said>, clock: Option<Clock>) -> Result<()> {
    while let Some(Said { text, calls }) = rest.pop_front() {
        let moment = clock.clone().unwrap_or_else(present);
        let channel = chat.pretended.channel.as_deref().unwrap_or(CHANNEL);
        let mut heard = chat.bot.hear(&text, &moment, channel);
        set_mood(&mut heard.emotion, &chat.pretended.mood);
        heard.calls = calls;
        if let Some(ask) = play(project, chat, &text, &heard)? {
            chat.waiting = Some(Waiting { ask, said: text, heard, rest, clock });
            return Ok(());
        }
    }
    Ok(())
}

/// Goes on with what the outside said to [`Chat::asks`]; what was to be said after it follows.
pub fn answered(project: &mut Project, chat: &mut Chat, came: Came) -> Result<()> {
    let Some(mut waiting) = chat.waiting.take() else { return Ok(()) };
    let Ask { call, takes, .. } = waiting.ask;
    waiting.heard.calls.push(Answer { call, takes: Some(takes), came });
    match play(project, chat, &waiting.said, &waiting.heard)? {
        Some(ask) => {
            chat.waiting = Some(Waiting { ask, ..waiting });
            Ok(())
        }
        None => say_all(project, chat, waiting.rest, waiting.clock),
    }
}

/// Plays a turn and keeps it, unless it needs to ask the outside first.
fn play(project: &mut Project, chat: &mut Chat, said: &str, heard: &Heard) -> Result<Option<Ask>> {
    let first: RefCell<Option<Ask>> = RefCell::default();
    let outside = |ask: &Ask| {
        chat.outside.find(&ask.call)?;
        first.borrow_mut().get_or_insert_with(|| ask.clone());
        // What follows from it is thrown away.
        Some(Came::Failed(Failure::new(Why::Stopped, "")))
    };
    let record = chat.bot.ask(&chat.state, heard.clone(), &outside);
    let asks = first.into_inner();
    if asks.is_none() {
        keep(project, chat, Exchange { said: Some(said.to_string()), record })?;
    }
    Ok(asks)
}

/// Lets the customer be silent for so many seconds: the bot asks whether they are there, closes, or goes on waiting.
pub fn wait(project: &mut Project, chat: &mut Chat, seconds: u32) -> Result<()> {
    let moment = chat.clock.clone().unwrap_or_else(present);
    let channel = chat.pretended.channel.as_deref().unwrap_or(CHANNEL);
    let record = chat.bot.idle(&chat.state, seconds, &moment, channel);
    keep(project, chat, Exchange { said: None, record })
}

/// Gives a slot of the topic going on a value by hand, or takes it away; what is missing is asked with the next
/// message. `false` when no topic with this slot goes on.
pub fn set_slot(project: &mut Project, chat: &mut Chat, slot: &str, value: &str) -> Result<bool> {
    let needs = |topic: &str| chat.bot.policy.topic(topic).is_some_and(|t| t.needs.iter().any(|(s, _)| s == slot));
    let Some(topic) = chat.state.stack.iter().rev().map(|frame| frame.topic.clone()).find(|topic| needs(topic)) else {
        return Ok(false);
    };
    let (slot, value) = (slot.to_string(), value.to_string());
    let event = if value.is_empty() { Event::Cleared { topic, slot } } else { Event::Filled { topic, slot, value } };
    let moment = chat.clock.clone().unwrap_or_else(present);
    let heard = Heard { now: moment, channel: CHANNEL.to_string(), ..Heard::default() };
    let outcome = Outcome { events: vec![event], ..Outcome::default() };
    keep(project, chat, Exchange { said: None, record: Turn { heard, outcome } })?;
    Ok(true)
}

/// Says something else at an earlier place and everything after it again; the former course stays as a branch.
pub fn edit(project: &mut Project, chat: &mut Chat, place: usize, text: &str) -> Result<bool> {
    let Some(at) = chat.exchanges.get(place).filter(|exchange| exchange.said.is_some()) else { return Ok(false) };
    // What was said then is said again at its own time, and what the outside said to it holds again.
    let clock = Some(at.record.heard.now.clone());
    let again = chat.exchanges[place + 1..]
        .iter()
        .filter_map(|exchange| Some(Said { text: exchange.said.clone()?, calls: exchange.record.heard.calls.clone() }));
    let calls = at.record.heard.calls.clone();
    let texts: VecDeque<Said> = std::iter::once(Said { text: text.to_string(), calls }).chain(again).collect();
    branch_at(project, chat, place)?;
    say_all(project, chat, texts, clock)?;
    Ok(true)
}

/// Returns this chat's other courses: those it was branched from and those branched from it, newest first.
pub fn branches(project: &Project, chat: &Chat) -> Result<Vec<Dialogue>> {
    // A chat of one sitting is among the newest.
    const RECENT: usize = 500;
    let all = project.store.dialogues(RECENT)?;
    let mut family = vec![chat.id];
    loop {
        let before = family.len();
        for dialogue in &all {
            let related = dialogue.branch.is_some_and(|(from, _)| family.contains(&from))
                || all.iter().any(|o| family.contains(&o.id) && o.branch.is_some_and(|(from, _)| from == dialogue.id));
            if related && !family.contains(&dialogue.id) {
                family.push(dialogue.id);
            }
        }
        if family.len() == before {
            break;
        }
    }
    let mut found = Vec::new();
    for id in all.iter().map(|dialogue| dialogue.id).filter(|id| *id != chat.id && family.contains(id)) {
        found.extend(project.store.dialogue(id)?);
    }
    Ok(found)
}

/// Goes on with another course of the chat.
pub fn switch(project: &Project, chat: &mut Chat, id: DialogueId) -> Result<()> {
    let Some(dialogue) = project.store.dialogue(id)? else { return Ok(()) };
    chat.exchanges = exchanges(&dialogue)?;
    chat.id = id;
    chat.state = fold(&chat.exchanges);
    Ok(())
}

/// Returns the exchanges of a kept chat.
pub fn exchanges(dialogue: &Dialogue) -> Result<Vec<Exchange>> {
    let one = |turn: &DialogueTurn| {
        let record = serde_json::from_str(&turn.record).map_err(crate::store::error::Error::from)?;
        Ok(Exchange { said: turn.said.clone(), record })
    };
    dialogue.turns.iter().map(one).collect()
}

/// Replaces scores of moods, and adds risks.
fn set_mood(emotion: &mut Emotion, mood: &[(String, f32)]) {
    for (mood, score) in mood {
        // What is pretended is not what was heard.
        emotion.mood = None;
        match mood.as_str() {
            "angry" => emotion.angry = *score,
            "anxious" => emotion.anxious = *score,
            "confused" => emotion.confused = *score,
            "satisfied" => emotion.satisfied = *score,
            "calm" => (emotion.angry, emotion.anxious, emotion.confused) = (0.0, 0.0, 0.0),
            risk => emotion.risks.push(risk.to_string()),
        }
    }
}

/// Takes the last exchange back; the former course stays kept as a branch of its own.
pub fn step_back(project: &mut Project, chat: &mut Chat) -> Result<bool> {
    if chat.exchanges.len() <= 1 {
        return Ok(false);
    }
    let keep = chat.exchanges.len() - 1;
    branch_at(project, chat, keep)?;
    Ok(true)
}

/// Takes the chat back to its first `keep` exchanges as a new branch.
fn branch_at(project: &mut Project, chat: &mut Chat, keep: usize) -> Result<()> {
    let actor = project.actor().to_string();
    let head = project.store.dialogue(chat.id)?;
    let (policy, model) = head.map_or((None, None), |head| (head.policy, head.model));
    chat.id = project.store.begin_dialogue("", now(), &actor, policy, model, Some((chat.id, keep as u32)))?;
    chat.exchanges.truncate(keep);
    chat.branches += 1;
    chat.state = fold(&chat.exchanges);
    Ok(())
}

/// Loads the project's newest policy and model into a chat that goes on.
pub fn reload(project: &mut Project, chat: &mut Chat) -> Result<()> {
    chat.bot = project.bot()?;
    Ok(())
}

/// Saves a chat as a rehearsal: what was said, and what the bot must answer again.
pub fn keep_as_rehearsal(project: &mut Project, chat: &Chat, name: &str) -> Result<RehearsalId> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::EmptyName);
    }
    // What was understood is written down too: the rehearsal holds the policy to its word, whatever model comes.
    let turns: Vec<script::write::Exchange<'_>> = chat
        .exchanges
        .iter()
        .enumerate()
        // A slot set by hand is no message.
        .filter(|(place, exchange)| *place == 0 || exchange.said.is_some() || exchange.silence().is_some())
        .map(|(_, exchange)| script::write::Exchange {
            said: exchange.said.as_deref(),
            idle: exchange.silence(),
            intent: exchange.record.meant(),
            mood: if chat.pretended.mood.is_empty() {
                Vec::new()
            } else {
                script::write::mood(&exchange.record.heard.emotion)
            },
            calls: &exchange.record.heard.calls,
            outcome: &exchange.record.outcome,
        })
        .collect();
    let first = chat.exchanges.first().map(|exchange| &exchange.record.heard);
    let given = Given {
        minutes: first.map(|heard| heard.now.minutes),
        date: first.map(|heard| heard.now.date.clone()),
        channel: first.map(|heard| heard.channel.clone()),
        ..Given::default()
    };
    let yaml = script::write::write(name, &given, &turns);
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Rehearsal, subject: name };
    let made = project.store.act(&deed, |recorder| recorder.put_rehearsal(name, &yaml))?;
    Ok(made.map_or(RehearsalId(0), |(_, id)| id))
}

/// Labels what the customer said in an exchange: the correction becomes training data.
pub fn fix_intent(project: &mut Project, exchange: &Exchange, intent: Option<IntentId>) -> Result<()> {
    let Some(said) = &exchange.said else { return Ok(()) };
    let new = project.example(said)?;
    let verdict = intent.map_or(Verdict::OutOfScope, Verdict::Intent);
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Label, subject: &new.text };
    project.store.act(&deed, |recorder| {
        let utterance = recorder.meet(&new)?;
        recorder.put_label(&Label {
            utterance,
            verdict,
            source: LabelSource::Talk,
            actor: actor.clone(),
            at,
            note: String::new(),
        })
    })?;
    Ok(())
}

fn keep(project: &mut Project, chat: &mut Chat, exchange: Exchange) -> Result<()> {
    let record = serde_json::to_string(&exchange.record).map_err(crate::store::error::Error::from)?;
    let turn = DialogueTurn { said: exchange.said.clone(), record };
    project.store.add_dialogue_turn(chat.id, chat.exchanges.len() as u32, &turn)?;
    for event in &exchange.record.outcome.events {
        chat.state.apply(event);
    }
    chat.exchanges.push(exchange);
    Ok(())
}

/// Returns where a chat stands after some exchanges.
fn fold(exchanges: &[Exchange]) -> State {
    let mut state = State::default();
    for event in exchanges.iter().flat_map(|exchange| &exchange.record.outcome.events) {
        state.apply(event);
    }
    state
}

/// Returns today at an hour such as `22:00`; `None` when the word is none.
pub fn pretended_clock(word: &str) -> Option<Clock> {
    let time: jiff::civil::Time = word.parse().ok()?;
    Some(Clock { minutes: time.hour() as u16 * 60 + time.minute() as u16, ..present() })
}

/// Returns the present as the engine takes it.
fn present() -> Clock {
    let moment = jiff::ZonedDateTime::now();
    Clock { minutes: moment.hour() as u16 * 60 + moment.minute() as u16, date: moment.strftime("%Y-%m-%d").to_string() }
}

#[cfg(test)]
mod tests;
