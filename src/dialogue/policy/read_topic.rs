//! Reading the topics of a policy.

use crate::dialogue::error::{Error, What};
use crate::dialogue::hear::alike::Asked;
use crate::dialogue::policy::design::{Arm, Digress, Question, Topic};
use crate::dialogue::policy::read_saying::{channels, guard, saying, saying_of};
use crate::dialogue::yaml::Fields;
use crate::text::yaml::{Node, Value};

pub(crate) fn topics(pairs: &[(Node, Node)]) -> Result<Vec<Topic>, Error> {
    pairs.iter().map(|(key, node)| topic(key, node)).collect()
}

fn topic(key: &Node, node: &Node) -> Result<Topic, Error> {
    let known = ["label", "intents", "needs", "ask", "confirm", "digress", "urgent", "do"];
    let fields = Fields::of(node, &known)?;
    let name = key.text()?.to_owned();
    let intents = match fields.get("intents") {
        Some(list) => placed(list)?,
        None => vec![(name.clone(), key.line)],
    };
    let digress = match fields.get("digress") {
        None => Digress::default(),
        Some(node) => match node.text()? {
            "allow" => Digress::Allow,
            "ask" => Digress::Ask,
            "deny" => Digress::Deny,
            word => return Err(node.not_one_of(word, &["allow", "ask", "deny"])),
        },
    };
    let confirm = fields.get("confirm").map(saying).transpose()?;
    let label = fields.text("label")?;
    Ok(Topic {
        titled: Asked::of(label.as_ref().unwrap_or(&name)),
        name,
        label,
        intents,
        needs: fields.get("needs").map_or(Ok(Vec::new()), placed)?,
        ask: questions(fields.get("ask"))?,
        confirm,
        digress,
        urgent: fields.get("urgent").map_or(Ok(false), Node::yes_or_no)?,
        arms: fields.get("do").map_or(Ok(&[][..]), Node::list)?.iter().map(arm).collect::<Result<_, _>>()?,
        line: key.line,
    })
}

/// Reads words with the line of each.
pub(crate) fn placed(node: &Node) -> Result<Vec<(String, u32)>, Error> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| Ok((item.text()?.to_owned(), item.line))).collect(),
        _ => Ok(vec![(node.text()?.to_owned(), node.line)]),
    }
}

/// Reads `{slot: question, a+b: question}`.
fn questions(node: Option<&Node>) -> Result<Vec<Question>, Error> {
    let Some(node) = node else { return Ok(Vec::new()) };
    node.map()?
        .iter()
        .map(|(key, value)| {
            let slots = key.text()?.split(['+', '＋']).map(|part| part.trim().to_owned()).collect();
            Ok(Question { slots, say: saying(value)?, line: key.line })
        })
        .collect()
}

fn arm(node: &Node) -> Result<Arm, Error> {
    let fields = Fields::of(node, &["when", "say", "channel", "call", "handoff", "redo", "menu"])?;
    let mut say = saying_of(&fields, "say")?;
    channels(&mut say, fields.get("channel"))?;
    let arm = Arm {
        when: fields.get("when").map(guard).transpose()?,
        say,
        call: fields.text("call")?,
        handoff: fields.text("handoff")?,
        redo: fields.text("redo")?,
        menu: fields.texts("menu")?,
        line: node.line,
    };
    if arm.say.is_empty() && arm.call.is_none() && arm.handoff.is_none() && arm.redo.is_none() && arm.menu.is_empty() {
        return Err(node.fault(What::MissingKey("say")));
    }
    Ok(arm)
}
