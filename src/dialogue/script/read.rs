//! Reading rehearsals from YAML.

use regex::RegexBuilder;

use crate::dialogue::error::{Error, Wanted, What};
use crate::dialogue::policy::design::FAILED;
use crate::dialogue::script::shape::{Expect, Given, Line, Script};
use crate::dialogue::turn::outside::{Answer, Came, Failure, Why};
use crate::dialogue::yaml::{self, Fields};
use crate::text::yaml::{Node, Value};

const TURN: &[&str] = &[
    "u", "b", "not", "intent", "mood", "topic", "stage", "slots", "handoff", "closed", "choices", "calls", "idle",
    "then", "name", "given",
];

/// Reads one rehearsal.
pub fn parse(text: &str) -> Result<Script, Error> {
    script(&yaml::read(text)?)
}

/// Reads one rehearsal or a list of them.
pub fn parse_all(text: &str) -> Result<Vec<Script>, Error> {
    scripts(&yaml::read(text)?)
}

/// Reads the rehearsals under a node: a list, or a single one.
pub(crate) fn scripts(node: &Node) -> Result<Vec<Script>, Error> {
    match &node.value {
        Value::List(items) => items.iter().map(script).collect(),
        _ => Ok(vec![script(node)?]),
    }
}

/// Reads `{name, given, turns}` or the short form `{u, b, then}`.
fn script(node: &Node) -> Result<Script, Error> {
    let short = node.map()?.iter().any(|(key, _)| key.text().is_ok_and(|k| k == "u" || k == "b"));
    let fields = Fields::of(node, if short { TURN } else { &["name", "given", "turns"] })?;
    let mut turns = Vec::new();
    if short {
        follow(node, &mut turns)?;
    } else {
        for turn in fields.need("turns")?.list()? {
            follow(turn, &mut turns)?;
        }
    }
    let name = fields.text("name")?.or_else(|| turns.iter().find_map(|t| t.said.clone())).unwrap_or_default();
    Ok(Script { name, given: fields.get("given").map_or(Ok(Given::default()), given)?, turns, line: node.line })
}

/// Reads a turn and those that follow it under `then`.
fn follow(node: &Node, turns: &mut Vec<Line>) -> Result<(), Error> {
    let fields = Fields::of(node, TURN)?;
    turns.push(turn(node, &fields)?);
    if let Some(then) = fields.get("then") {
        match &then.value {
            Value::List(items) => items.iter().try_for_each(|item| follow(item, turns))?,
            _ => follow(then, turns)?,
        }
    }
    Ok(())
}

fn turn(node: &Node, fields: &Fields) -> Result<Line, Error> {
    let slots = fields.get("slots").map_or(Ok(&[][..]), Node::map)?;
    Ok(Line {
        said: fields.text("u")?,
        expect: expectations(fields.get("b"))?,
        refuse: expectations(fields.get("not"))?,
        intents: scores(fields.get("intent"), 0.95)?,
        mood: scores(fields.get("mood"), 0.9)?,
        topic: fields.text("topic")?,
        stage: fields.get("stage").map(|n| n.whole(0, 9).map(|n| n as u8)).transpose()?,
        slots: slots
            .iter()
            .map(|(key, value)| Ok((key.text()?.to_owned(), value.text()?.to_owned())))
            .collect::<Result<_, Error>>()?,
        handoff: fields.text("handoff")?,
        closed: fields.get("closed").map(Node::yes_or_no).transpose()?,
        choices: fields.texts("choices")?,
        calls: fields.get("calls").map_or(Ok(&[][..]), Node::map)?.iter().map(answer).collect::<Result<_, _>>()?,
        idle: fields.get("idle").map(|n| n.whole(1, 86_400)).transpose()?,
        line: node.line,
    })
}

/// Reads what a call comes to: `{name: value}`, or `{failed: late}`.
fn answer((call, node): &(Node, Node)) -> Result<Answer, Error> {
    let pairs = node.map()?;
    let failed = pairs.iter().find(|(key, _)| key.text().is_ok_and(|key| key == FAILED));
    let came = match failed {
        Some((_, word)) => {
            let words = Why::ALL.map(Why::word);
            let text = word.text()?;
            let why =
                Why::ALL.into_iter().find(|why| why.word() == text).ok_or_else(|| word.not_one_of(text, &words))?;
            Came::Failed(Failure::new(why, ""))
        }
        None => Came::Given(
            pairs
                .iter()
                .map(|(k, v)| Ok((k.text()?.to_owned(), v.text()?.to_owned())))
                .collect::<Result<_, Error>>()?,
        ),
    };
    Ok(Answer { call: call.text()?.to_owned(), takes: None, came })
}

/// Reads a substring, `/a pattern/`, or a list of them.
fn expectations(node: Option<&Node>) -> Result<Vec<Expect>, Error> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let one = |node: &Node| {
        let text = node.text()?;
        match text.strip_prefix('/').and_then(|t| t.strip_suffix('/')) {
            Some(pattern) => RegexBuilder::new(pattern)
                .size_limit(1 << 20)
                .build()
                .map(Expect::Matches)
                .map_err(|fault| node.fault(What::Pattern(fault.to_string()))),
            None => Ok(Expect::Contains(text.to_owned())),
        }
    };
    match &node.value {
        Value::List(items) => items.iter().map(one).collect(),
        _ => Ok(vec![one(node)?]),
    }
}

/// Reads a name with a score of its own: `angry`, or `{angry: 0.7}`.
fn scores(node: Option<&Node>, default: f32) -> Result<Vec<(String, f32)>, Error> {
    let Some(node) = node else { return Ok(Vec::new()) };
    match &node.value {
        Value::Map(pairs) => {
            pairs.iter().map(|(k, v)| Ok((k.text()?.to_owned(), v.number(0.0, 1.0)? as f32))).collect()
        }
        _ => Ok(vec![(node.text()?.to_owned(), default)]),
    }
}

fn given(node: &Node) -> Result<Given, Error> {
    let fields = Fields::of(node, &["hour", "date", "channel", "mood"])?;
    Ok(Given {
        minutes: fields.get("hour").map(time).transpose()?,
        date: fields.get("date").map(date).transpose()?,
        channel: fields.text("channel")?,
        mood: scores(fields.get("mood"), 0.9)?,
    })
}

fn time(node: &Node) -> Result<u16, Error> {
    let text = node.text()?;
    let (hour, minute) = text.split_once([':', '：']).unwrap_or((text, "0"));
    match (hour.trim().parse::<u16>(), minute.trim().parse::<u16>()) {
        (Ok(hour), Ok(minute)) if hour < 24 && minute < 60 => Ok(hour * 60 + minute),
        _ => Err(node.wanted(Wanted::Time)),
    }
}

fn date(node: &Node) -> Result<String, Error> {
    let date: jiff::civil::Date = node.text()?.trim().parse().map_err(|_| node.wanted(Wanted::Date))?;
    Ok(date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_nests_and_the_long_form_lists() {
        let short =
            parse("u: 这个东西好不好用？\nb: 哪个产品\nthen: {u: 活期宝，看风险, b: 不保证本金, topic: ask_quality}\n")
                .expect("short");
        assert_eq!(short.turns.len(), 2);
        assert_eq!(short.name, "这个东西好不好用？");
        assert_eq!(short.turns[1].topic.as_deref(), Some("ask_quality"));
        let long = parse(
            "name: 开场\ngiven: {hour: '20:30', date: 2024-03-01, mood: angry}\nturns:\n  - {b: [您好, /下班.*解答/]}\n  - {u: 你好, intent: {a: 0.45, b: 0.4}, slots: {x: 1}}\n",
        )
        .expect("long");
        assert_eq!(long.given.minutes, Some(20 * 60 + 30));
        assert_eq!(long.given.mood, [("angry".to_owned(), 0.9)]);
        assert_eq!(long.turns[0].said, None);
        assert!(long.turns[0].expect[1].found("现在已下班，我先为您解答。"));
        assert_eq!(long.turns[1].intents.len(), 2);
    }

    #[test]
    fn a_turn_says_what_calls_come_to() {
        let script =
            parse("turns:\n  - {u: 查账单, calls: {查账单: {本期: 12元}, 转账: {failed: late}}}\n").expect("it reads");
        let calls = &script.turns[0].calls;
        assert!(matches!(&calls[0].came, Came::Given(give) if give["本期"] == "12元"));
        assert!(matches!(&calls[1].came, Came::Failed(failure) if failure.failure == Why::Late));
        let fault = parse("turns:\n  - {u: 查账单, calls: {转账: {failed: lat}}}\n").expect_err("no such failure");
        assert!(matches!(fault.what, What::NotOneOf { near: Some(near), .. } if near == "late"));
    }

    #[test]
    fn a_mistyped_key_is_found_with_its_place() {
        let fault = parse("name: x\nturns:\n  - {u: 你好, topik: a}\n").expect_err("unknown key");
        assert_eq!((fault.line, fault.column), (3, 13));
        assert!(matches!(fault.what, What::UnknownKey { near: Some(near), .. } if near == "topic"));
        let fault = parse("turns:\n  - {u: 你好, b: '/(/'}\n").expect_err("pattern");
        assert_eq!(fault.line, 2);
        assert!(matches!(fault.what, What::Pattern(_)));
    }
}
