//! Single edits of a policy: what a slip of the pen or of the mind would change, each at its line and column.
//!
//! Only what decides or speaks is edited: limits, guards, arms, questions, moods, rungs, queues. What the bot
//! knows (facts, synonyms, word lists, the questions of `faq`) is not, for no list of rehearsals repeats a
//! dictionary; nor is what a rehearsal cannot see (labels, packets, silence).

use serde::Serialize;

use crate::dialogue::guard::expr::{Expr, Op, Term};
use crate::dialogue::guard::parse::parse;
use crate::dialogue::guard::write::written;
use crate::dialogue::hear::number::show;
use crate::dialogue::lint::cases::{Cases, MOST};
use crate::dialogue::policy::design::Policy;
use crate::text::yaml::{Node, Value};

/// What a bot says where its words were taken away.
const BLANK: &str = "……";

/// One edit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edit {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// Where in the policy, as `topics.转账.do.1.when`; list items from 1.
    pub place: String,
    pub before: String,
    /// Empty when something is taken away.
    pub after: String,
    #[serde(skip)]
    path: Vec<usize>,
    #[serde(skip)]
    change: Change,
}

#[derive(Debug, Clone, PartialEq)]
enum Change {
    Text(String),
    Remove,
    /// Changes places with the next.
    Swap,
}

impl Edit {
    /// Returns the topic it touches.
    pub fn topic(&self) -> Option<&str> {
        self.place.strip_prefix("topics.").map(|rest| rest.split('.').next().unwrap_or(rest))
    }

    /// Returns the tree with the edit made.
    pub fn made(&self, tree: &Node) -> Node {
        let mut tree = tree.clone();
        let (Some(last), parents) = (self.path.last(), &self.path[..self.path.len().saturating_sub(1)]) else {
            return tree;
        };
        let mut node = &mut tree;
        for place in parents {
            node = child(node, *place);
        }
        match (&mut node.value, &self.change) {
            (Value::List(items), Change::Remove) => drop(items.remove(*last)),
            (Value::Map(pairs), Change::Remove) => drop(pairs.remove(*last)),
            (Value::List(items), Change::Swap) => items.swap(*last, last + 1),
            (Value::Map(pairs), Change::Swap) => pairs.swap(*last, last + 1),
            (_, Change::Text(text)) => {
                child(node, *last).value = Value::Text { text: text.clone(), plain: true };
            }
            _ => {}
        }
        tree
    }
}

fn child(node: &mut Node, place: usize) -> &mut Node {
    if !matches!(node.value, Value::List(_) | Value::Map(_)) {
        return node;
    }
    match &mut node.value {
        Value::List(items) => &mut items[place],
        Value::Map(pairs) => &mut pairs[place].1,
        _ => unreachable!("only lists and maps have children"),
    }
}

/// Returns every single edit of a policy, in the order of its text.
pub fn edits(policy: &Policy, tree: &Node) -> Vec<Edit> {
    let mut walk = Walk { policy, edits: Vec::new() };
    walk.map(tree, &At::default(), &mut |walk, key, node, at| match key {
        "limits" => walk.limits(node, at),
        "entities" => walk.each(node, at, &mut |walk, node, at| walk.entity(node, at)),
        "calls" => walk.each(node, at, &mut |walk, node, at| {
            walk.rows(node, at);
            walk.map(node, at, &mut |walk, key, node, at| {
                if key == "rows" {
                    walk.rows(node, at);
                }
            });
        }),
        "open" => walk.list(node, at, true, &mut |walk, node, at| walk.spoken(node, at)),
        "close" => walk.map(node, at, &mut |walk, key, node, at| match key {
            "intents" => walk.drop_each(node, at, 0),
            "say" => walk.say(node, at),
            _ => {}
        }),
        "topics" => walk.each(node, at, &mut |walk, node, at| walk.topic(node, at)),
        "clarify" => walk.list(node, at, true, &mut |walk, node, at| {
            walk.map(node, at, &mut |walk, key, node, at| {
                if key == "ask" {
                    walk.say(node, at);
                }
            });
        }),
        "mood" => walk.each(node, at, &mut |walk, node, at| walk.mood(node, at)),
        "fallback" => walk.list(node, at, true, &mut |walk, node, at| walk.rung(node, at)),
        "handoff" => walk.each(node, at, &mut |walk, node, at| {
            walk.map(node, at, &mut |walk, key, node, at| match key {
                "hours" => walk.text(node, at, "0..24"),
                "say" | "closed" => walk.say(node, at),
                _ => {}
            });
        }),
        "faq" => walk.list(node, at, true, &mut |walk, node, at| {
            walk.map(node, at, &mut |walk, key, node, at| match key {
                "a" => walk.say(node, at),
                "channel" => walk.each(node, at, &mut |walk, node, at| walk.say(node, at)),
                _ => {}
            });
        }),
        "bot" => walk.map(node, at, &mut |walk, key, node, at| match key {
            "risks" | "forbid" => walk.drop_each(node, at, 0),
            "forbid_say" => walk.say(node, at),
            "human" => walk.queue(node, at),
            _ => {}
        }),
        _ => {}
    });
    walk.edits
}

/// Where the walk stands.
#[derive(Clone, Default)]
struct At {
    path: Vec<usize>,
    place: String,
}

impl At {
    fn below(&self, place: usize, name: &str) -> Self {
        let mut path = self.path.clone();
        path.push(place);
        let dot = if self.place.is_empty() { "" } else { "." };
        Self { path, place: format!("{}{dot}{name}", self.place) }
    }
}

struct Walk<'p> {
    policy: &'p Policy,
    edits: Vec<Edit>,
}

/// What is done at a key of a map.
type AtKey<'w, 'p> = dyn FnMut(&mut Walk<'p>, &str, &Node, &At) + 'w;

/// What is done at one item.
type AtItem<'w, 'p> = dyn FnMut(&mut Walk<'p>, &Node, &At) + 'w;

impl<'p> Walk<'p> {
    fn map(&mut self, node: &Node, at: &At, see: &mut AtKey<'_, 'p>) {
        let Value::Map(pairs) = &node.value else { return };
        for (place, (key, value)) in pairs.iter().enumerate() {
            if let Ok(key) = key.text() {
                see(self, key, value, &at.below(place, key));
            }
        }
    }

    fn each(&mut self, node: &Node, at: &At, see: &mut AtItem<'_, 'p>) {
        self.map(node, at, &mut |walk, _, node, at| see(walk, node, at));
    }

    /// Visits the items of a list; each may also be taken away where `drops`.
    fn list(&mut self, node: &Node, at: &At, drops: bool, see: &mut AtItem<'_, 'p>) {
        let Value::List(items) = &node.value else { return };
        for (place, item) in items.iter().enumerate() {
            let at = at.below(place, &(place + 1).to_string());
            if drops {
                self.remove(item, &at);
            }
            see(self, item, &at);
        }
    }

    fn add(&mut self, node: &Node, at: &At, after: &str, change: Change) {
        self.edits.push(Edit {
            line: node.line,
            column: node.column,
            place: at.place.clone(),
            before: brief(node),
            after: after.to_owned(),
            path: at.path.clone(),
            change,
        });
    }

    fn remove(&mut self, node: &Node, at: &At) {
        self.add(node, at, "", Change::Remove);
    }

    fn text(&mut self, node: &Node, at: &At, text: &str) {
        if node.text().is_ok_and(|now| now != text) {
            self.add(node, at, text, Change::Text(text.to_owned()));
        }
    }

    /// Takes each item of a list away, or the whole when it is a single word; `least` stay.
    fn drop_each(&mut self, node: &Node, at: &At, least: usize) {
        match &node.value {
            Value::List(items) if items.len() > least => {
                for (place, item) in items.iter().enumerate() {
                    self.remove(item, &at.below(place, &(place + 1).to_string()));
                }
            }
            Value::Text { .. } if least == 0 => self.remove(node, at),
            _ => {}
        }
    }

    fn say(&mut self, node: &Node, at: &At) {
        match &node.value {
            Value::Text { .. } => self.text(node, at, BLANK),
            Value::List(_) => self.list(node, at, false, &mut |walk, node, at| match &node.value {
                Value::Map(_) => walk.spoken(node, at),
                _ => walk.text(node, at, BLANK),
            }),
            _ => {}
        }
    }

    /// A map with `when`, `say` and `channel`.
    fn spoken(&mut self, node: &Node, at: &At) {
        self.map(node, at, &mut |walk, key, node, at| match key {
            "when" => walk.guard(node, at, true),
            "say" => walk.say(node, at),
            "channel" => walk.each(node, at, &mut |walk, node, at| walk.say(node, at)),
            _ => {}
        });
    }

    fn number(&mut self, node: &Node, at: &At, by: f64, low: f64, high: f64) {
        let Some(now) = node.text().ok().and_then(|text| text.trim().parse::<f64>().ok()) else { return };
        for next in [now - by, now + by] {
            let next = ((next * 1000.0).round() / 1000.0).clamp(low, high);
            self.text(node, at, &show(next));
        }
    }

    fn queue(&mut self, node: &Node, at: &At) {
        let Ok(now) = node.text() else { return };
        if let Some(other) = self.policy.handoff.iter().find(|queue| queue.name != now) {
            let name = other.name.clone();
            self.text(node, at, &name);
        }
    }

    fn limits(&mut self, node: &Node, at: &At) {
        self.map(node, at, &mut |walk, key, node, at| match key {
            "answer" | "ask" | "margin" => walk.number(node, at, 0.2, 0.0, 1.0),
            "options" => walk.number(node, at, 1.0, 1.0, 9.0),
            "clarify" => walk.number(node, at, 1.0, 0.0, 1000.0),
            _ => {}
        });
    }

    fn entity(&mut self, node: &Node, at: &At) {
        self.map(node, at, &mut |walk, key, node, at| match key {
            "valid" => walk.guard(node, at, true),
            "retry" | "ask" => walk.say(node, at),
            "skip" => walk.remove(node, at),
            "refer" => walk.remove(node, at),
            _ => {}
        });
    }

    fn rows(&mut self, node: &Node, at: &At) {
        self.list(node, at, true, &mut |walk, node, at| {
            walk.map(node, at, &mut |walk, key, node, at| {
                if key == "when" {
                    walk.guard(node, at, false);
                }
            });
        });
    }

    fn topic(&mut self, node: &Node, at: &At) {
        self.map(node, at, &mut |walk, key, node, at| match key {
            "intents" => walk.drop_each(node, at, 0),
            "needs" => walk.drop_each(node, at, 0),
            "ask" => walk.each(node, at, &mut |walk, node, at| {
                walk.remove(node, at);
                walk.say(node, at);
            }),
            "confirm" => {
                walk.remove(node, at);
                walk.say(node, at);
            }
            "digress" => walk.text(node, at, "allow"),
            "urgent" => walk.remove(node, at),
            "do" => walk.arms(node, at),
            _ => {}
        });
    }

    fn arms(&mut self, node: &Node, at: &At) {
        let Value::List(items) = &node.value else { return };
        let topic = at.place.split('.').nth(1).and_then(|name| self.policy.topic(name));
        for (place, item) in items.iter().enumerate() {
            let at = at.below(place, &(place + 1).to_string());
            self.remove(item, &at);
            let both = topic.is_none_or(|topic| {
                let [Some(one), Some(next)] = [topic.arms.get(place), topic.arms.get(place + 1)] else { return false };
                // Where the two never hold at once their order decides nothing.
                let guards: Vec<_> = [one, next].into_iter().filter_map(|arm| arm.when.as_ref()).collect();
                let cases = Cases::of(self.policy, Some(topic), &guards, &[]);
                let mut both = cases.count() > MOST;
                if !both {
                    cases.each(&mut |case| {
                        both = case.holds(one.when.as_ref()) && case.holds(next.when.as_ref());
                        !both
                    });
                }
                both
            });
            if both && place + 1 < items.len() {
                self.add(item, &at, &brief(&items[place + 1]), Change::Swap);
            }
            self.map(item, &at, &mut |walk, key, node, at| match key {
                "when" => walk.guard(node, at, true),
                "say" => walk.say(node, at),
                "channel" => walk.each(node, at, &mut |walk, node, at| walk.say(node, at)),
                "call" | "redo" => walk.remove(node, at),
                "handoff" => walk.queue(node, at),
                "menu" => walk.drop_each(node, at, 0),
                _ => {}
            });
        }
    }

    fn mood(&mut self, node: &Node, at: &At) {
        self.map(node, at, &mut |walk, key, node, at| match key {
            "when" => walk.guard(node, at, false),
            "say" => walk.say(node, at),
            "clarify" | "handoff_after" => {
                let now = node.text().ok().and_then(|text| text.parse::<u32>().ok()).unwrap_or(1);
                walk.text(node, at, &(now + 1).to_string());
            }
            "to" => walk.queue(node, at),
            "prefer" => walk.drop_each(node, at, 0),
            _ => {}
        });
    }

    fn rung(&mut self, node: &Node, at: &At) {
        self.map(node, at, &mut |walk, key, node, at| match key {
            "say" => walk.say(node, at),
            "menu" => walk.drop_each(node, at, 1),
            "handoff" => walk.queue(node, at),
            _ => {}
        });
    }

    /// Edits a guard in each way that changes one thing in it; it may be taken away where `drops`.
    fn guard(&mut self, node: &Node, at: &At, drops: bool) {
        let Some(expr) = node.text().ok().and_then(|text| parse(text).ok()) else { return };
        if drops {
            self.remove(node, at);
        }
        for other in self.variants(&expr) {
            self.text(node, at, &written(&other));
        }
    }

    fn variants(&self, expr: &Expr) -> Vec<Expr> {
        let each = |parts: &[Expr], join: fn(Vec<Expr>) -> Expr| {
            let mut all = Vec::new();
            for (place, part) in parts.iter().enumerate() {
                for other in self.variants(part) {
                    let mut parts = parts.to_vec();
                    parts[place] = other;
                    all.push(join(parts));
                }
            }
            all
        };
        match expr {
            Expr::All(parts) => {
                let mut all = vec![Expr::Any(parts.clone())];
                all.extend(each(parts, Expr::All));
                all
            }
            Expr::Any(parts) => {
                let mut all = vec![Expr::All(parts.clone())];
                all.extend(each(parts, Expr::Any));
                all
            }
            Expr::Not(inner) => vec![(**inner).clone()],
            Expr::Set(_) | Expr::Words(_) => vec![Expr::Not(Box::new(expr.clone()))],
            Expr::Within(name, from, to) => {
                let within = |from, to| Expr::Within(name.clone(), from, to);
                vec![within(from + 1.0, *to), within(from - 1.0, *to), within(*from, to + 1.0), within(*from, to - 1.0)]
            }
            Expr::OneOf(name, values) if values.len() > 1 => (0..values.len())
                .map(|place| {
                    let mut values = values.clone();
                    values.remove(place);
                    Expr::OneOf(name.clone(), values)
                })
                .collect(),
            Expr::OneOf(..) => vec![Expr::Not(Box::new(expr.clone()))],
            Expr::Compare(left, op, right) => {
                let compare = |op, right: &Term| Expr::Compare(left.clone(), op, right.clone());
                let mut all: Vec<Expr> = other_ops(*op).iter().map(|op| compare(*op, right)).collect();
                if let (Term::Name(name), Term::Name(value)) = (left, right) {
                    let listed = self.policy.entity(name).and_then(|entity| entity.values()).unwrap_or_default();
                    let other = listed.iter().map(|(other, _)| other).find(|other| *other != value);
                    if listed.iter().any(|(known, _)| known == value) {
                        all.extend(other.map(|other| compare(*op, &Term::Name(other.clone()))));
                    }
                }
                if let Term::Number(number) = right {
                    let step = if number.fract() == 0.0 && number.abs() > 1.0 { number * 0.1 } else { 0.2 };
                    all.extend([number - step, number + step].map(|n| compare(*op, &Term::Number(n))));
                }
                all
            }
        }
    }
}

/// Returns the comparisons a slip would write: the opposite, and for an order its border.
fn other_ops(op: Op) -> &'static [Op] {
    match op {
        Op::Equal => &[Op::Unequal],
        Op::Unequal => &[Op::Equal],
        Op::Less => &[Op::AtLeast, Op::AtMost],
        Op::AtMost => &[Op::Greater, Op::Less],
        Op::Greater => &[Op::AtMost, Op::AtLeast],
        Op::AtLeast => &[Op::Less, Op::Greater],
    }
}

/// Returns a node as one short line.
fn brief(node: &Node) -> String {
    let text = match &node.value {
        Value::Null => String::new(),
        Value::Text { text, .. } => text.clone(),
        Value::List(items) => format!("[{}]", items.iter().map(brief).collect::<Vec<_>>().join(", ")),
        Value::Map(pairs) => {
            let pair = |(key, value): &(Node, Node)| format!("{}: {}", brief(key), brief(value));
            format!("{{{}}}", pairs.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    };
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::policy::read::{of, read};
    use crate::dialogue::turn::tests::BANK;
    use crate::dialogue::yaml;

    #[test]
    fn every_edit_changes_the_tree_at_its_place_and_most_can_be_read() {
        let policy = read(BANK).expect("the bank");
        let tree = yaml::read(BANK).expect("the bank");
        let edits = edits(&policy, &tree);
        assert!(edits.len() > 100, "{}", edits.len());
        let mut unread = Vec::new();
        for edit in &edits {
            let made = edit.made(&tree);
            assert_ne!(made, tree, "{edit:?}");
            if let Err(fault) = of(&made) {
                unread.push(format!("{} {fault}", edit.place));
            }
        }
        assert!(unread.len() * 10 < edits.len(), "{unread:#?}");
    }

    #[test]
    fn an_edit_says_what_stood_where() {
        let text = "topics:\n  a:\n    needs: [n]\n    do:\n      - {when: n < 5, say: x}\n      - {say: y}\nentities: {n: {type: number}}\n";
        let (policy, tree) = (read(text).expect("a policy"), yaml::read(text).expect("a tree"));
        let edits = edits(&policy, &tree);
        let border = edits.iter().find(|edit| edit.after == "n <= 5").expect("the border is edited");
        assert_eq!((border.line, border.column, border.place.as_str()), (5, 16, "topics.a.do.1.when"));
        assert_eq!(border.before, "n < 5");
        assert_eq!(border.topic(), Some("a"));
        let changed = of(&border.made(&tree)).expect("still a policy");
        assert_eq!(changed.topics[0].arms[0].when.as_ref().map(|g| g.source.as_str()), Some("n <= 5"));
    }

    #[test]
    fn arms_that_never_meet_are_not_swapped() {
        let text = "topics: {a: {needs: [n], do: [{when: n < 5, say: x}, {when: n > 5, say: y}, {say: z}]}}\nentities: {n: {type: number}}\n";
        let (policy, tree) = (read(text).expect("a policy"), yaml::read(text).expect("a tree"));
        let swaps: Vec<String> =
            edits(&policy, &tree).into_iter().filter(|e| e.change == Change::Swap).map(|e| e.place).collect();
        assert_eq!(swaps, ["topics.a.do.2"]);
    }
}
