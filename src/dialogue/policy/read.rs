//! Reading a policy from YAML. Refuses what cannot be read, with line and column; sense is `lint`'s affair.

use std::collections::{BTreeMap, HashMap};

use crate::dialogue::error::{Error, Wanted};
use crate::dialogue::hear::alike::Asked;
use crate::dialogue::hear::words::Words;
use crate::dialogue::policy::design::{
    Bot, Call, CallRow, Clarify, Close, Costs, Fact, Faq, Limits, Mood, Opening, Policy, Queue, Signature, Step,
    StepKind,
};
use crate::dialogue::policy::phrases::{Phrases, phrases};
use crate::dialogue::policy::read_entity::entities;
use crate::dialogue::policy::read_saying::{channels, guard, saying, saying_of};
use crate::dialogue::policy::read_topic::{placed, topics};
use crate::dialogue::policy::saying::Saying;
use crate::dialogue::script::read::scripts;
use crate::dialogue::yaml::{self, Fields};
use crate::text::yaml::{Node, Value};

/// The keys of a policy, in the order people write them.
pub const KEYS: &[&str] = &[
    "bot", "limits", "entities", "kb", "words", "calls", "open", "close", "topics", "clarify", "mood", "fallback",
    "handoff", "faq", "tests",
];

/// Reads a policy.
///
/// ```
/// let policy = daoshi::dialogue::policy::read::read("topics:\n  hello: {do: [{say: 您好}]}\n").unwrap();
/// assert_eq!(policy.topics[0].title(), "hello");
/// let fault = daoshi::dialogue::policy::read::read("topcis: {}\n").unwrap_err();
/// assert_eq!((fault.line, fault.column), (1, 1));
/// ```
pub fn read(text: &str) -> Result<Policy, Error> {
    of(&yaml::read(text)?)
}

/// Reads a policy from its tree, so that a changed tree need not be a text first.
pub fn of(tree: &Node) -> Result<Policy, Error> {
    let fields = Fields::of(tree, KEYS)?;
    let each = |key: &str| fields.get(key).map_or(Ok(&[][..]), Node::list);
    let pairs = |key: &str| fields.get(key).map_or(Ok(&[][..]), Node::map);
    let words: Vec<(String, Vec<String>)> =
        pairs("words")?.iter().map(|(k, v)| Ok((k.text()?.to_owned(), v.texts()?))).collect::<Result<_, Error>>()?;
    let topics = topics(pairs("topics")?)?;
    let mut meant = HashMap::new();
    for (place, topic) in topics.iter().enumerate() {
        for (intent, _) in &topic.intents {
            meant.entry(intent.clone()).or_insert(place);
        }
    }
    Ok(Policy {
        bot: bot(fields.get("bot"))?,
        limits: limits(fields.get("limits"))?,
        limits_line: fields.get("limits").map_or(1, |n| n.line),
        entities: entities(pairs("entities")?)?,
        kb: facts(pairs("kb")?)?,
        lists: words.iter().map(|(_, words)| Words::list(words)).collect(),
        words,
        calls: pairs("calls")?.iter().map(|(k, v)| call(k, v)).collect::<Result<_, _>>()?,
        open: openings(fields.get("open"))?,
        close: close(fields.get("close"))?,
        topics,
        meant,
        clarify: each("clarify")?.iter().map(clarify).collect::<Result<_, _>>()?,
        moods: pairs("mood")?.iter().map(|(k, v)| mood(k, v)).collect::<Result<_, _>>()?,
        fallback: each("fallback")?.iter().map(step).collect::<Result<_, _>>()?,
        handoff: pairs("handoff")?.iter().map(|(k, v)| queue(k, v)).collect::<Result<_, _>>()?,
        faq: each("faq")?.iter().map(faq).collect::<Result<_, _>>()?,
        tests: fields.get("tests").map_or(Ok(Vec::new()), scripts)?,
    })
}

fn bot(node: Option<&Node>) -> Result<Bot, Error> {
    let mut bot = Bot {
        name: String::new(),
        languages: vec!["zh".into()],
        human: None,
        forbid: Vec::new(),
        forbidden: Words::default(),
        forbid_say: Saying::default(),
        risks: ["regulator", "fraud", "safety"].map(String::from).to_vec(),
        phrases: phrases("zh").clone(),
        line: node.map_or(1, |n| n.line),
    };
    let Some(node) = node else { return Ok(bot) };
    let fields = Fields::of(node, &["name", "lang", "human", "forbid", "forbid_say", "risks", "phrases"])?;
    bot.name = fields.text("name")?.unwrap_or_default();
    let languages = fields.texts("lang")?;
    if let Some(first) = languages.first() {
        bot.phrases = phrases(first).clone();
        bot.languages = languages;
    }
    bot.human = fields.text("human")?;
    bot.forbid = fields.texts("forbid")?;
    bot.forbidden = Words::list(&bot.forbid);
    bot.forbid_say = saying_of(&fields, "forbid_say")?;
    if let Some(risks) = fields.get("risks") {
        bot.risks = risks.texts()?;
    }
    if let Some(node) = fields.get("phrases") {
        Fields::of(node, Phrases::KEYS)?;
        bot.phrases.take(node)?;
    }
    Ok(bot)
}

fn limits(node: Option<&Node>) -> Result<Limits, Error> {
    let mut limits = Limits { answer: 0.7, ask: 0.35, margin: 0.15, options: 3, clarify: None, costs: None };
    let Some(node) = node else { return Ok(limits) };
    let fields = Fields::of(node, &["answer", "ask", "margin", "options", "clarify", "costs"])?;
    for (key, slot) in [("answer", &mut limits.answer), ("ask", &mut limits.ask), ("margin", &mut limits.margin)] {
        if let Some(node) = fields.get(key) {
            *slot = node.number(0.0, 1.0)? as f32;
        }
    }
    if let Some(node) = fields.get("options") {
        limits.options = node.whole(1, 9)?;
    }
    limits.clarify = fields.get("clarify").map(|n| n.whole(0, 1000)).transpose()?;
    if let Some(node) = fields.get("costs") {
        let fields = Fields::of(node, &["wrong", "ask", "handoff"])?;
        let cost = |key| fields.need(key)?.number(0.0, 1e9).map(|n| n as f32);
        limits.costs = Some(Costs { wrong: cost("wrong")?, ask: cost("ask")?, handoff: cost("handoff")? });
    }
    Ok(limits)
}

fn facts(pairs: &[(Node, Node)]) -> Result<Vec<(String, Fact)>, Error> {
    pairs
        .iter()
        .map(|(key, value)| {
            let fact = match &value.value {
                Value::Map(inner) => Fact::Table(facts(inner)?),
                _ => Fact::Text(value.text()?.to_owned()),
            };
            Ok((key.text()?.to_owned(), fact))
        })
        .collect()
}

/// Reads a table of rows, or `{takes, gives, rows}` of a call that may go outside.
fn call(key: &Node, node: &Node) -> Result<Call, Error> {
    let (signature, rows) = match &node.value {
        Value::Map(_) => {
            let fields = Fields::of(node, &["takes", "gives", "rows"])?;
            let names = |key| fields.get(key).map_or(Ok(Vec::new()), placed);
            let signature = Signature { takes: names("takes")?, gives: names("gives")? };
            (Some(signature), fields.get("rows").map_or(Ok(&[][..]), Node::list)?)
        }
        _ => (None, node.list()?),
    };
    let rows = rows
        .iter()
        .map(|row| {
            let fields = Fields::of(row, &["when", "give"])?;
            let mut give = BTreeMap::new();
            for (name, value) in fields.need("give")?.map()? {
                give.insert(name.text()?.to_owned(), value.text()?.to_owned());
            }
            Ok(CallRow { when: fields.get("when").map(guard).transpose()?, give })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Call { name: key.text()?.to_owned(), signature, rows, line: key.line })
}

fn openings(node: Option<&Node>) -> Result<Vec<Opening>, Error> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let Value::List(items) = &node.value else {
        return Ok(vec![Opening { when: None, say: saying(node)?, line: node.line }]);
    };
    items
        .iter()
        .map(|item| match &item.value {
            Value::Map(_) => {
                let fields = Fields::of(item, &["when", "say", "channel"])?;
                let mut say = saying(fields.need("say")?)?;
                channels(&mut say, fields.get("channel"))?;
                Ok(Opening { when: fields.get("when").map(guard).transpose()?, say, line: item.line })
            }
            _ => Ok(Opening { when: None, say: saying(item)?, line: item.line }),
        })
        .collect()
}

fn close(node: Option<&Node>) -> Result<Close, Error> {
    let Some(node) = node else { return Ok(Close::default()) };
    let fields = Fields::of(node, &["intents", "say", "idle", "idle_say"])?;
    Ok(Close {
        intents: fields.texts("intents")?,
        say: saying_of(&fields, "say")?,
        idle: fields.get("idle").map(duration).transpose()?,
        idle_say: saying_of(&fields, "idle_say")?,
        line: node.line,
    })
}

fn duration(node: &Node) -> Result<u32, Error> {
    let text = node.text()?.trim();
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u32 = text[..split].parse().map_err(|_| node.wanted(Wanted::Duration))?;
    let scale = match text[split..].trim() {
        "" | "s" | "秒" => 1,
        "m" | "min" | "分" | "分钟" => 60,
        "h" | "小时" => 3600,
        _ => return Err(node.wanted(Wanted::Duration)),
    };
    number.checked_mul(scale).ok_or_else(|| node.wanted(Wanted::Duration))
}

fn clarify(node: &Node) -> Result<Clarify, Error> {
    let fields = Fields::of(node, &["between", "ask"])?;
    Ok(Clarify { between: fields.texts("between")?, ask: saying(fields.need("ask")?)?, line: node.line })
}

fn mood(key: &Node, node: &Node) -> Result<Mood, Error> {
    let fields = Fields::of(node, &["when", "say", "clarify", "handoff_after", "to", "prefer"])?;
    Ok(Mood {
        name: key.text()?.to_owned(),
        when: guard(fields.need("when")?)?,
        say: saying_of(&fields, "say")?,
        clarify: fields.get("clarify").map(|n| n.whole(0, 1000)).transpose()?,
        handoff_after: fields.get("handoff_after").map(|n| n.whole(1, 1000)).transpose()?,
        to: fields.text("to")?,
        prefer: fields.texts("prefer")?,
        line: key.line,
    })
}

fn step(node: &Node) -> Result<Step, Error> {
    let fields = Fields::of(node, &["say", "menu", "handoff"])?;
    let say = saying_of(&fields, "say")?;
    let kind = match (fields.get("menu"), fields.text("handoff")?) {
        (_, Some(queue)) => StepKind::Handoff(queue),
        (Some(menu), None) => StepKind::Menu(say, menu.texts()?),
        (None, None) => StepKind::Say(saying(fields.need("say")?)?),
    };
    Ok(Step { kind, line: node.line })
}

fn queue(key: &Node, node: &Node) -> Result<Queue, Error> {
    let fields = Fields::of(node, &["hours", "packet", "say", "closed"])?;
    Ok(Queue {
        name: key.text()?.to_owned(),
        hours: fields.get("hours").map(hours).transpose()?,
        packet: match fields.get("packet") {
            Some(list) => list.texts()?,
            None => ["goal", "slots", "mood", "last3", "why"].map(String::from).to_vec(),
        },
        say: saying_of(&fields, "say")?,
        closed: saying_of(&fields, "closed")?,
        line: key.line,
    })
}

fn hours(node: &Node) -> Result<(f64, f64), Error> {
    let wrong = || node.wanted(Wanted::Hours);
    let hour = |text: &str| {
        let (whole, minutes) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
        let (whole, minutes): (u32, u32) = (whole.parse().ok()?, minutes.parse().ok()?);
        (whole <= 24 && minutes < 60).then(|| f64::from(whole) + f64::from(minutes) / 60.0)
    };
    let (from, to) = node.text()?.split_once("..").ok_or_else(wrong)?;
    Ok((hour(from).ok_or_else(wrong)?, hour(to).ok_or_else(wrong)?))
}

fn faq(node: &Node) -> Result<Faq, Error> {
    let fields = Fields::of(node, &["q", "a", "channel", "intent"])?;
    let mut answer = saying(fields.need("a")?)?;
    channels(&mut answer, fields.get("channel"))?;
    let questions = fields.texts("q")?;
    Ok(Faq {
        asked: questions.iter().map(|q| Asked::of(q)).collect(),
        questions,
        intents: fields.texts("intent")?,
        answer,
        line: node.line,
    })
}
