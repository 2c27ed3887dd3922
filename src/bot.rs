//! A model and a policy: text in, reply out. What another program embeds.
//!
//! Answers "what would the bot say?". Called by `workbench::talk` and `rehearse`. Keeps nothing: a chat's state is
//! the fold of the events each turn returns, and a turn's record ([`Turn`]) holds all that decided it, so that it can
//! be run again, under this bot or another. Not here: deciding (`dialogue`), understanding (`nlu`), keeping (`store`).

pub mod bundle;
pub mod knowing;

use std::cell::RefCell;
use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::bot::knowing::Knowing;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::script::replay::{Replay, replay};
use crate::dialogue::script::shape::Script;
use crate::dialogue::state::State;
use crate::dialogue::trace::{Reason, TraceLine};
use crate::dialogue::turn::heard::{Clock, Heard, Knowledge, Known, Outcome, Understanding};
use crate::dialogue::turn::outside::{Answer, Ask, Outside};
use crate::dialogue::turn::play::{asking, idle, open, turn};
use crate::domain::ids::IntentId;
use crate::domain::label::Intent;
use crate::domain::prediction::{Emotion, Guess, Prediction};
use crate::domain::vector::Vectors;
use crate::nlu::model::Model;
use crate::progress::Quiet;

/// How a text sounds; `nlu` has one for everybody, a project may bring its own.
pub type Sounding = Box<dyn Fn(&str) -> Emotion + Send + Sync>;

/// Everything a reply depends on but the chat itself.
///
/// ```
/// use daoshi::bot::Bot;
/// use daoshi::dialogue::policy::read::read;
/// use daoshi::dialogue::state::State;
/// use daoshi::dialogue::turn::heard::Clock;
/// use daoshi::domain::ids::IntentId;
/// use daoshi::domain::label::Intent;
/// use daoshi::domain::prediction::Emotion;
/// use daoshi::nlu::algorithm::Algorithm;
/// use daoshi::nlu::train::{Example, TrainOptions, train};
/// use daoshi::progress::Quiet;
///
/// let intent = |id, name: &str| Intent {
///     id: IntentId(id), name: name.into(), question: String::new(), guideline: String::new(),
///     category: String::new(), answers: Vec::new(),
/// };
/// let intents = [intent(1, "transfer"), intent(2, "lost")];
/// let text = |text, id| Example::of(text, Some(IntentId(id)));
/// let examples = [
///     text("我要转账", 1), text("转钱给朋友", 1), text("怎么汇款", 1), text("帮我转账汇款", 1),
///     text("我的卡丢了", 2), text("银行卡不见了", 2), text("卡丢了要挂失", 2), text("挂失银行卡", 2),
/// ];
/// let families = [0, 1, 2, 3, 4, 5, 6, 7];
/// let options = TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() };
/// let trained = train(&examples, &families, &options, &[], &Quiet).unwrap();
/// let policy = read("
/// limits: {answer: 0.3, ask: 0.2, margin: 0.0, clarify: 2}
/// entities: {amount: {type: money, ask: 转多少？}}
/// topics: {transfer: {needs: [amount], do: [{say: 已转<amount>元}]}, lost: {do: [{say: 已挂失}]}}
/// ").unwrap();
/// let bot = Bot::new(Some(trained.model), &intents, policy, Box::new(|_| Emotion::default()));
///
/// let (now, mut state) = (Clock { minutes: 600, date: "2024-03-01".into() }, State::default());
/// let first = bot.turn(&state, "我要转账汇款", &now, "chat");
/// assert_eq!(first.outcome.replies[0].text, "转多少？");
/// first.outcome.events.iter().for_each(|event| state.apply(event));
/// let second = bot.turn(&state, "五百", &now, "chat");
/// assert_eq!(second.outcome.replies[0].text, "已转500元");
/// ```
///
/// A version a trainer published comes as one file (`daoshi design P bundle OUT`); another program loads it and
/// answers:
///
/// ```
/// use daoshi::bot::bundle::Bundle;
/// use daoshi::dialogue::state::State;
/// use daoshi::dialogue::turn::heard::Clock;
///
/// # let written = Bundle {
/// #     name: "spring".into(), policy: "topics: {bill: {label: 查账单, do: [{say: 本月应还100元}]}}".into(),
/// #     intents: Vec::new(), model: None, sense: None, ranker: None,
/// # };
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("spring.bot");
/// # std::fs::write(&path, written.to_bytes()).unwrap();
/// let bundle = Bundle::from_bytes(&std::fs::read(&path).unwrap()).unwrap();
/// let bot = bundle.bot().unwrap();
/// let (now, mut state) = (Clock { minutes: 600, date: "2026-03-10".into() }, State::default());
/// let turn = bot.turn(&state, "查账单", &now, "chat");
/// assert_eq!(turn.outcome.replies[0].text, "本月应还100元");
/// turn.outcome.events.iter().for_each(|event| state.apply(event));
/// ```
pub struct Bot {
    /// `None` understands nothing: only words of the policy and waiting questions count.
    pub model: Option<Model>,
    pub names: BTreeMap<IntentId, String>,
    pub policy: Policy,
    pub knowledge: Knowledge,
    sounding: Sounding,
    knowing: Option<Knowing>,
}

/// One exchange as the store keeps it: what came in, and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub heard: Heard,
    pub outcome: Outcome,
}

impl Turn {
    /// Returns the intent it went by: the one the knowledge holds, where it was answered by that, else the classifier's
    /// best.
    pub fn meant(&self) -> Option<&str> {
        let held = self.heard.known.as_ref().and_then(Known::held).map(|near| near.intent.as_str());
        let answered = |line: &TraceLine| matches!(&line.reason, Reason::Confident { best, .. } if Some(best.intent.as_str()) == held);
        let by_knowledge = held.filter(|_| self.outcome.trace.iter().any(answered));
        by_knowledge.or_else(|| self.heard.intents.first().map(|(intent, _)| intent.as_str()))
    }
}

impl Bot {
    /// Returns the bot of a model, a catalogue, a policy and a sense for moods.
    pub fn new(model: Option<Model>, intents: &[Intent], policy: Policy, sounding: Sounding) -> Self {
        let names = intents.iter().map(|intent| (intent.id, intent.name.clone())).collect();
        Self { model, names, policy, knowledge: Knowledge::of(intents), sounding, knowing: None }
    }

    /// Returns the bot with what ranks the knowledge; without it only the model says what a text means.
    pub fn knowing(self, knowing: Option<Knowing>) -> Self {
        Self { knowing, ..self }
    }

    /// Returns what a text says: the intents it may mean, by name, best first (out of scope has no entry, nor has an
    /// intent that is no longer in the catalogue), and what the knowledge has for it.
    pub fn understand(&self, text: &str) -> Understanding {
        self.understand_all(&[text], None).pop().unwrap_or_default()
    }

    /// Returns what many texts say, in parallel, in their order. `vectors` are what the model's encoder makes of the
    /// texts, where that is known; it need not run again then. A text is encoded once, for the model and the knowledge,
    /// where both read by the same encoder.
    pub fn understand_all(&self, texts: &[&str], vectors: Option<&Vectors>) -> Vec<Understanding> {
        let encoder = self.model.as_ref().and_then(Model::encoder);
        let shared = encoder.is_some() && encoder == self.knowing.as_ref().map(Knowing::encoder);
        let made = match &self.knowing {
            Some(knowing) if vectors.is_none() || !shared => Some(knowing.vectors(texts)),
            _ => None,
        };
        let read = if shared { vectors.or(made.as_ref()) } else { vectors };
        let predictions = match (&self.model, read) {
            (None, _) => vec![Prediction::default(); texts.len()],
            (Some(model), Some(vectors)) => model.understand_encoded(texts, vectors),
            (Some(model), None) => model.understand_all(texts, &Quiet),
        };
        let asked = made.as_ref().or(vectors);
        let one = |(at, prediction)| Understanding {
            intents: self.named(prediction).into(),
            known: asked.and_then(|vectors| self.known(texts[at], &vectors.unpacked(at))),
        };
        predictions.into_par_iter().enumerate().map(one).collect()
    }

    /// Returns what the knowledge has for a text with its vector.
    fn known(&self, text: &str, vector: &[f32]) -> Option<Known> {
        let question = |intent: &str| self.knowledge.intents.get(intent).map_or("", |known| &known.question).to_owned();
        self.knowing.as_ref()?.ask(text, vector, &self.names, &question)
    }

    fn named(&self, prediction: Prediction) -> Vec<(String, f32)> {
        let named = |guess: Guess| Some((self.names.get(&guess.intent?)?.clone(), guess.probability));
        prediction.guesses.into_iter().filter_map(named).collect()
    }

    /// Returns how a text sounds.
    pub fn sounds(&self, text: &str) -> Emotion {
        (self.sounding)(text)
    }

    /// Returns what a text is understood to say, frozen with its time and channel.
    pub fn hear(&self, text: &str, now: &Clock, channel: &str) -> Heard {
        let Understanding { intents, known } = self.understand(text);
        Heard {
            text: text.to_owned(),
            intents,
            known,
            emotion: (self.sounding)(text),
            now: now.clone(),
            channel: channel.to_owned(),
            calls: Vec::new(),
        }
    }

    /// Greets.
    pub fn open(&self, now: &Clock, channel: &str) -> Turn {
        Turn { heard: silence(now, channel), outcome: open(&self.policy, now, channel) }
    }

    /// Answers a text.
    pub fn turn(&self, state: &State, text: &str, now: &Clock, channel: &str) -> Turn {
        self.again(state, self.hear(text, now, channel))
    }

    /// Answers what was heard: a turn of the record, or one whose intent the trainer put right.
    pub fn again(&self, state: &State, heard: Heard) -> Turn {
        let outcome = turn(&self.policy, &self.knowledge, state, &heard);
        Turn { heard, outcome }
    }

    /// Answers what was heard, and asks the outside where the policy calls it; what that said is kept with what was heard,
    /// so that [`Bot::again`] answers the same without it. A call is made once a turn for the same values.
    pub fn ask(&self, state: &State, heard: Heard, outside: &dyn Outside) -> Turn {
        let fresh: RefCell<Vec<Answer>> = RefCell::default();
        let listening = |ask: &Ask| {
            let known = fresh.borrow().iter().find(|answer| answer.answers(ask)).map(|answer| answer.came.clone());
            known.or_else(|| {
                let came = outside.ask(ask)?;
                let answer = Answer { call: ask.call.clone(), takes: Some(ask.takes.clone()), came: came.clone() };
                fresh.borrow_mut().push(answer);
                Some(came)
            })
        };
        let (outcome, _) = asking(&self.policy, &self.knowledge, state.clone(), &heard, &listening);
        let mut heard = heard;
        heard.calls.append(&mut fresh.borrow_mut());
        Turn { heard, outcome }
    }

    /// Speaks into a silence of so many seconds.
    pub fn idle(&self, state: &State, seconds: u32, now: &Clock, channel: &str) -> Turn {
        Turn { heard: silence(now, channel), outcome: idle(&self.policy, state, seconds, now, channel) }
    }

    /// Replays rehearsals, in their order.
    pub fn rehearse(&self, scripts: &[Script]) -> Vec<Replay> {
        let understand = |text: &str| self.understand(text);
        let one = |script: &Script| replay(&self.policy, &self.knowledge, script, &understand, &*self.sounding);
        scripts.par_iter().map(one).collect()
    }
}

fn silence(now: &Clock, channel: &str) -> Heard {
    Heard { now: now.clone(), channel: channel.to_owned(), ..Heard::default() }
}

#[cfg(test)]
mod escalation;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::policy::read::read;
    use crate::dialogue::script::read::parse_all;

    fn bot(policy: &str) -> Bot {
        Bot::new(None, &[], read(policy).expect("a policy"), Box::new(|_| Emotion::default()))
    }

    #[test]
    fn a_bot_without_a_model_still_opens_and_knows_its_labels() {
        let bot = bot("open: 您好\ntopics: {a: {label: 查账单, do: [{say: 好}]}}\n");
        let now = Clock::default();
        assert_eq!(bot.open(&now, "chat").outcome.replies[0].text, "您好");
        let turn = bot.turn(&State::default(), "查账单", &now, "chat");
        assert_eq!(turn.outcome.replies[0].text, "好");
        assert_eq!(bot.again(&State::default(), turn.heard.clone()), turn);
    }

    #[test]
    fn a_turn_went_by_what_the_knowledge_held_only_where_that_was_answered() {
        use crate::dialogue::turn::heard::Near;
        let bot = bot("topics: {a: {label: 查账单, do: [{say: 好}]}}\nfaq: [{intent: hours, a: 九点}]\n");
        let went = |probability: f32| {
            let near = vec![Near { intent: "hours".into(), ..Near::default() }];
            let known = Some(Known { probability, need: 0.5, near });
            let heard = Heard { text: "开门".into(), intents: [("a".into(), 0.1)].into(), known, ..Heard::default() };
            bot.again(&State::default(), heard).meant().map(str::to_owned)
        };
        assert_eq!(went(0.9), Some("hours".into()));
        assert_eq!(went(0.6), Some("a".into()), "it asked back");
    }

    #[test]
    fn rehearsals_keep_their_order() {
        let bot = bot("topics: {a: {label: 查账单, do: [{say: 好}]}}\n");
        let scripts = parse_all("- {u: 查账单, b: 好}\n- {u: 查账单, b: 坏}\n- {u: 查账单, b: 好}\n").expect("scripts");
        let passed: Vec<bool> = bot.rehearse(&scripts).iter().map(|r| r.passed).collect();
        assert_eq!(passed, [true, false, true]);
    }
}
