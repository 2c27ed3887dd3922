//! talk: a chat with the bot, kept turn by turn, with the reasons of every turn.

use crate::bot::{Bot, Turn};
use crate::dialogue::script;
use crate::dialogue::script::shape::Given;
use crate::dialogue::state::State;
use crate::dialogue::turn::heard::Clock;
use crate::domain::dialogue::DialogueTurn;
use crate::domain::event::Act;
use crate::domain::ids::{DialogueId, IntentId, ModelId, PolicyId, RehearsalId};
use crate::domain::label::{LabelSource, Verdict};
use crate::store::history::Deed;
use crate::workbench::current::utterance;
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
    bot: Bot,
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
    let mut chat = Chat { id, exchanges: Vec::new(), state: State::default(), branches: 0, clock, bot };
    keep(project, &mut chat, Exchange { said: None, record })?;
    Ok(chat)
}

/// Says something to the bot; its answer and reasons are kept before this returns.
pub fn say(project: &mut Project, chat: &mut Chat, text: &str) -> Result<()> {
    let moment = chat.clock.clone().unwrap_or_else(present);
    let record = chat.bot.turn(&chat.state, text, &moment, CHANNEL);
    keep(project, chat, Exchange { said: Some(text.to_string()), record })
}

/// Takes the last exchange back; the former course stays kept as a branch of its own.
pub fn step_back(project: &mut Project, chat: &mut Chat) -> Result<bool> {
    if chat.exchanges.len() <= 1 {
        return Ok(false);
    }
    let keep = chat.exchanges.len() as u32 - 1;
    let actor = project.actor().to_string();
    let head = project.store.dialogue(chat.id)?;
    let (policy, model) = head.map_or((None, None), |head| (head.policy, head.model));
    chat.id = project.store.begin_dialogue("", now(), &actor, policy, model, Some((chat.id, keep)))?;
    chat.exchanges.truncate(keep as usize);
    chat.branches += 1;
    chat.state = fold(&chat.exchanges);
    Ok(true)
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
        .map(|exchange| script::write::Exchange {
            said: exchange.said.as_deref(),
            intent: exchange.record.heard.intents.first().map(|(name, _)| name.as_str()),
            mood: Vec::new(),
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
    let cleaner = project.cleaner()?;
    let clean =
        cleaner.clean(said, crate::domain::conversation::Role::Customer, crate::domain::conversation::Channel::Chat);
    let new = utterance(if clean.text.trim().is_empty() { said } else { &clean.text });
    let verdict = intent.map_or(Verdict::OutOfScope, Verdict::Intent);
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Label, subject: &new.text };
    project.store.act(&deed, |recorder| {
        let utterance = recorder.meet(&new)?;
        recorder.put_label(&crate::domain::label::Label {
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

fn fold(exchanges: &[Exchange]) -> State {
    let mut state = State::default();
    for event in exchanges.iter().flat_map(|exchange| &exchange.record.outcome.events) {
        state.apply(event);
    }
    state
}

/// Returns the present as the engine takes it.
fn present() -> Clock {
    let moment = jiff::ZonedDateTime::now();
    Clock { minutes: moment.hour() as u16 * 60 + moment.minute() as u16, date: moment.strftime("%Y-%m-%d").to_string() }
}
