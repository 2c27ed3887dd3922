//! Where policies and rehearsals name intents, and those names changed in the text they stand in.
//!
//! Called by `workbench` when the catalogue changes. The rest of the text stays as the trainer wrote it; what comes out
//! reads as the same with the names changed, or does not come out.

use crate::dialogue::edit::{extent, get, inserted, is, line_of, pairs, place, same};
use crate::dialogue::yaml;
use crate::text::yaml::{Node, Value, word};

/// What names an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// The topic of that name begins with it.
    Topic(String),
    /// It ends the chat.
    Close,
    /// A frequent question of the policy.
    Faq,
    /// It says yes or no.
    Phrases,
    /// A turn of a test or a rehearsal.
    Turn,
}

/// One place that names an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub spot: Spot,
    /// From 1.
    pub line: u32,
}

/// What becomes of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'n> {
    Renamed(&'n str),
    /// Another intent takes its place; where that is named already, the name goes.
    Into(&'n str),
    /// The name goes. A turn that says it keeps it: without it, it would test something else.
    Gone,
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    Policy,
    Rehearsals,
}

/// Returns where a text names an intent; none where the text does not read.
pub fn mentions(text: &str, of: Text, name: &str) -> Vec<Mention> {
    let Ok(tree) = yaml::read(text) else { return Vec::new() };
    let all = found(&tree, of, name);
    all.into_iter().map(|place| Mention { spot: place.spot, line: place.node.line }).collect()
}

/// Returns the text with what becomes of a name, or the line that cannot be changed. A text that does not name it, or does
/// not read, stays as it is.
pub fn changed(text: &str, of: Text, name: &str, change: Change<'_>) -> Result<String, u32> {
    let Ok(tree) = yaml::read(text) else { return Ok(text.to_owned()) };
    let places = found(&tree, of, name);
    let mut wanted = tree.clone();
    let mut out = text.to_owned();
    // From the end, so that what is changed does not move what is still to be changed.
    for place in places.iter().rev() {
        let line = place.node.line;
        let spot = &place.spot;
        let known = |other: &str| {
            place.list.is_some_and(|list| list.iter().any(|item| is(item, other)))
                || matches!(spot, Spot::Topic(_)) && begins(&tree, other)
        };
        let new = match change {
            Change::Renamed(new) => Some(new),
            Change::Into(new) if *spot == Spot::Turn => Some(new),
            Change::Into(new) => Some(new).filter(|new| !known(new)),
            Change::Gone if *spot == Spot::Turn => continue,
            Change::Gone => None,
        };
        out = written(&out, place, new).ok_or(line)?;
        apply(&mut wanted, place, new);
    }
    let first = places.first().map_or(1, |place| place.node.line);
    match yaml::read(&out) {
        Ok(tree) if same(&tree, &wanted) => Ok(out),
        _ => Err(first),
    }
}

/// One place with what stands around it.
struct Place<'n> {
    spot: Spot,
    node: &'n Node,
    /// The list it is an item of.
    list: Option<&'n [Node]>,
    /// The topic named like its intent, which says nothing of intents itself.
    topic: Option<&'n Node>,
}

fn found<'n>(tree: &'n Node, of: Text, name: &str) -> Vec<Place<'n>> {
    let mut all = Vec::new();
    if of == Text::Policy {
        for phrase in ["yes_intents", "no_intents"] {
            words(
                get(tree, "bot").and_then(|bot| get(bot, "phrases")).and_then(|p| get(p, phrase)),
                Spot::Phrases,
                &mut all,
            );
        }
        words(get(tree, "close").and_then(|close| get(close, "intents")), Spot::Close, &mut all);
        for (key, topic) in get(tree, "topics").map(pairs).unwrap_or_default() {
            let Value::Text { text: title, .. } = &key.value else { continue };
            let spot = Spot::Topic(title.clone());
            match get(topic, "intents") {
                Some(_) => words(get(topic, "intents"), spot, &mut all),
                None => all.push(Place { spot, node: key, list: None, topic: Some(topic) }),
            }
        }
        for faq in get(tree, "faq").map(items).unwrap_or_default() {
            words(get(faq, "intent"), Spot::Faq, &mut all);
        }
        get(tree, "tests").into_iter().for_each(|tests| turns(tests, &mut all));
    } else {
        turns(tree, &mut all);
    }
    all.retain(|place| is(place.node, name));
    all.sort_by_key(|place| (place.node.line, place.node.column));
    all
}

/// Finds the intents of turns, however deep they lie.
fn turns<'n>(node: &'n Node, all: &mut Vec<Place<'n>>) {
    match &node.value {
        Value::List(list) => list.iter().for_each(|item| turns(item, all)),
        Value::Map(_) => {
            if let Some(intent) = get(node, "intent") {
                match &intent.value {
                    Value::Map(scores) => {
                        all.extend(scores.iter().map(|(key, _)| Place {
                            spot: Spot::Turn,
                            node: key,
                            list: None,
                            topic: None,
                        }));
                    }
                    _ => all.push(Place { spot: Spot::Turn, node: intent, list: None, topic: None }),
                }
            }
            ["turns", "then"].into_iter().filter_map(|key| get(node, key)).for_each(|below| turns(below, all));
        }
        _ => {}
    }
}

fn words<'n>(node: Option<&'n Node>, spot: Spot, all: &mut Vec<Place<'n>>) {
    let Some(node) = node else { return };
    match &node.value {
        Value::List(list) => {
            all.extend(list.iter().map(|node| Place { spot: spot.clone(), node, list: Some(list), topic: None }));
        }
        _ => all.push(Place { spot, node, list: None, topic: None }),
    }
}

fn items(node: &Node) -> &[Node] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

/// Tells whether a topic begins with an intent.
fn begins(tree: &Node, name: &str) -> bool {
    found(tree, Text::Policy, name).iter().any(|place| matches!(place.spot, Spot::Topic(_)))
}

/// Returns the text with another name at a place, or with none.
fn written(text: &str, place: &Place<'_>, new: Option<&str>) -> Option<String> {
    if let Some(topic) = place.topic {
        // The topic keeps its name, since others may lead to it, and says its intent itself.
        let field = new.map_or("intents: []".to_owned(), |new| format!("intents: [{}]", word(new)));
        return with_field(text, topic, &field);
    }
    let (start, end) = extent(text, place.node)?;
    match (new, place.list) {
        (Some(new), _) => Some(format!("{}{}{}", &text[..start], word(new), &text[end..])),
        (None, None) => Some(format!("{}[]{}", &text[..start], &text[end..])),
        (None, Some(list)) => without(text, (start, end), list.len() == 1),
    }
}

/// Returns the text with one more field at the begin of a map.
fn with_field(text: &str, map: &Node, field: &str) -> Option<String> {
    let at = place(text, map)?;
    let Value::Map(pairs) = &map.value else { return None };
    if text[at..].starts_with('{') {
        let comma = if pairs.is_empty() { "" } else { ", " };
        return Some(inserted(text, at + 1, &format!("{field}{comma}")));
    }
    let (start, indent) = line_of(text, place(text, &pairs.first()?.0)?)?;
    Some(inserted(text, start, &format!("{indent}{field}\n")))
}

/// Returns the text without an item of a list.
fn without(text: &str, (start, end): (usize, usize), alone: bool) -> Option<String> {
    let before = text[..start].trim_end();
    if before.ends_with(['[', ',']) {
        let after = text[end..].trim_start();
        if let Some(rest) = after.strip_prefix(',') {
            return Some(format!("{}{}", &text[..start], rest.trim_start_matches(' ')));
        }
        return Some(format!("{}{}", before.strip_suffix(',').unwrap_or(before), after));
    }
    let dash = before.strip_suffix('-')?;
    let (line, indent) = line_of(text, dash.len())?;
    let rest = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    if alone {
        return Some(format!("{}{indent}[]{}", &text[..line], &text[end..]));
    }
    Some(format!("{}{}", &text[..line], &text[rest..]))
}

/// Does to the tree what [`written`] does to the text.
fn apply(tree: &mut Node, place: &Place<'_>, new: Option<&str>) {
    let (line, column) = (place.node.line, place.node.column);
    let said = |new: &str| Value::Text { text: new.to_owned(), plain: true };
    let empty = Value::List(Vec::new());
    if let Some(topic) = place.topic {
        let (line, column) = (topic.line, topic.column);
        let list = new.map_or(empty, |new| Value::List(vec![Node { line, column, value: said(new) }]));
        let field = (Node { line, column, value: said("intents") }, Node { line, column, value: list });
        at(tree, line, column, &mut |node| {
            if let Value::Map(pairs) = &mut node.value {
                pairs.insert(0, field.clone());
            }
        });
        return;
    }
    match (new, place.list) {
        (Some(new), _) => at(tree, line, column, &mut |node| {
            if let Value::Text { .. } = node.value {
                node.value = said(new);
            }
        }),
        (None, None) => at(tree, line, column, &mut |node| node.value = empty.clone()),
        (None, Some(_)) => drop_item(tree, line, column),
    }
}

fn at(node: &mut Node, line: u32, column: u32, work: &mut dyn FnMut(&mut Node)) {
    let here = (node.line, node.column) == (line, column);
    // A map stands where its first key stands.
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| at(item, line, column, work)),
        Value::Map(pairs) => pairs.iter_mut().for_each(|(key, value)| {
            at(key, line, column, work);
            at(value, line, column, work);
        }),
        _ => {}
    }
    if here {
        work(node);
    }
}

fn drop_item(node: &mut Node, line: u32, column: u32) {
    match &mut node.value {
        Value::List(items) => {
            items
                .retain(|item| (item.line, item.column) != (line, column) || !matches!(item.value, Value::Text { .. }));
            items.iter_mut().for_each(|item| drop_item(item, line, column));
        }
        Value::Map(pairs) => pairs.iter_mut().for_each(|(_, value)| drop_item(value, line, column)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::policy::read::read;
    use proptest::prelude::*;

    const POLICY: &str = "# 策略
topics:
  退款:      # 名字就是意图
    do: [{say: 好}]
  物流:
    intents: [快递, '催 单']  # 两个
    do: [{say: 好}]
  发票:
    intents:
      - 发票
      - 快递 # 也算
    do: [{say: 好, menu: [退款]}]
close: {intents: 再见}
faq:
  - {q: 多久, a: 三天, intent: 快递}
tests:
  - {name: 一, turns: [{u: 催, intent: 快递}, {u: 再, intent: {快递: 0.5, 退款: 0.4}}]}
";

    fn check(name: &str, change: Change<'_>, pairs: &[(&str, &str)]) {
        let mut expected = POLICY.to_owned();
        for (old, new) in pairs {
            assert!(expected.contains(old), "{old}");
            expected = expected.replace(old, new);
        }
        assert_eq!(changed(POLICY, Text::Policy, name, change).as_deref(), Ok(expected.as_str()), "{name} {change:?}");
        read(&expected).expect("it reads");
    }

    #[test]
    fn a_name_changes_wherever_it_stands_and_nothing_else_does() {
        check("快递", Change::Renamed("查 快递"), &[("快递", "\"查 快递\"")]);
        check("催 单", Change::Renamed("催单"), &[("'催 单'", "催单")]);
        check("再见", Change::Renamed("结束"), &[("再见", "结束")]);
        check(
            "退款",
            Change::Renamed("退钱"),
            &[
                ("    do: [{say: 好}]\n  物流", "    intents: [退钱]\n    do: [{say: 好}]\n  物流"),
                ("退款: 0.4", "退钱: 0.4"),
            ],
        );
        check("没有", Change::Renamed("x"), &[]);
    }

    #[test]
    fn a_name_that_goes_leaves_its_lists_whole() {
        check(
            "快递",
            Change::Gone,
            &[("[快递, '催 单']", "['催 单']"), ("      - 快递 # 也算\n", ""), ("intent: 快递}\n", "intent: []}\n")],
        );
        check("催 单", Change::Gone, &[("[快递, '催 单']", "[快递]")]);
        check("再见", Change::Gone, &[("再见", "[]")]);
        check("退款", Change::Gone, &[("    do: [{say: 好}]\n  物流", "    intents: []\n    do: [{say: 好}]\n  物流")]);
        assert_eq!(without("a:\n  - x # y\nb: 1\n", (7, 8), true).as_deref(), Some("a:\n  [] # y\nb: 1\n"));
    }

    #[test]
    fn an_intent_that_takes_anothers_place_is_named_once() {
        check("催 单", Change::Into("快递"), &[("[快递, '催 单']", "[快递]")]);
        check("再见", Change::Into("退款"), &[("再见", "退款")]);
        check("发票", Change::Into("新"), &[("      - 发票", "      - 新")]);
    }

    #[test]
    fn places_are_told_by_what_they_are() {
        let spots =
            |name| mentions(POLICY, Text::Policy, name).into_iter().map(|m| (m.spot, m.line)).collect::<Vec<_>>();
        let topic = |name: &str| Spot::Topic(name.into());
        assert_eq!(
            spots("快递"),
            [(topic("物流"), 6), (topic("发票"), 11), (Spot::Faq, 15), (Spot::Turn, 17), (Spot::Turn, 17)]
        );
        assert_eq!(spots("退款"), [(topic("退款"), 3), (Spot::Turn, 17)]);
        assert_eq!(spots("再见"), [(Spot::Close, 13)]);
        let script = "name: 甲\nturns:\n- {u: 你好, intent: 快递}\n";
        assert_eq!(mentions(script, Text::Rehearsals, "快递"), [Mention { spot: Spot::Turn, line: 3 }]);
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_text_reads_and_says_the_same_as_often(new in "\\PC{1,8}", old in prop::sample::select(&["快递", "退款", "再见", "催 单", "发票"][..])) {
            prop_assume!(mentions(POLICY, Text::Policy, &new).is_empty());
            let out = changed(POLICY, Text::Policy, old, Change::Renamed(&new)).expect("it has room");
            read(&out).map_err(|e| TestCaseError::fail(format!("{e:?}: {out}")))?;
            prop_assert_eq!(mentions(&out, Text::Policy, &new).len(), mentions(POLICY, Text::Policy, old).len());
            prop_assert!(mentions(&out, Text::Policy, old).is_empty());
        }
    }
}
