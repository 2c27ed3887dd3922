//! A policy of ours as rules and forms, with a list of what these cannot say.
//!
//! The way back from [`carry`](super::carry): a topic without needs is a rule for each outcome, one with needs a form
//! with a rule that begins and rules that end it; an answer is a rule; a rehearsal whose turns name their intents is a
//! test story. Ladders, moods, hours, clarifying questions and corrections are the engine's and have no counterpart.

use crate::dialogue::guard::expr::{Expr, Guard, Op, Term};
use crate::dialogue::policy::design::{Arm, Entity, Kind, Policy, StepKind, Topic};
use crate::dialogue::policy::saying::{Piece, Saying, pieces};
use crate::dialogue::script::shape::Script;
use crate::domain::label::Intent;
use crate::domain::storybook::{
    Condition, Course, Form, Heading, Mapping, Place, Response, Slot, SlotKind, Source, Step, StepAct, Storybook, Told,
    Utter, Variation,
};

/// What rules and forms cannot say, with the policy's line (0 where there is none).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsaid {
    pub line: u32,
    pub what: What,
    pub name: String,
}

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// An outcome whose guard is no plain comparison of slots.
    Guard,
    Confirm,
    Redo,
    Digress,
    Urgent,
    /// A question for several slots at once.
    Merged,
    /// A validity of an entity.
    Valid,
    /// An entity Duckling would find there.
    Extractor,
    Clarify,
    Mood,
    Opening,
    Ladder,
    /// A queue: code that hands over must be written.
    Queue,
    Call,
    /// A placeholder of the knowledge table.
    Fact,
    /// A rehearsal whose turns do not name their intents.
    Rehearsal,
}

/// Returns a policy, its catalogue and its rehearsals as a storybook; examples are the caller's.
pub fn cast(policy: &Policy, intents: &[Intent], scripts: &[Script]) -> (Storybook, Vec<Unsaid>) {
    let mut cast = Cast { policy, book: Storybook::default(), unsaid: Vec::new() };
    intents.iter().for_each(|intent| cast.heading(&intent.name));
    policy.entities.iter().for_each(|entity| cast.entity(entity));
    policy.topics.iter().for_each(|topic| cast.topic(topic));
    cast.answers(intents);
    cast.rest();
    for script in scripts {
        cast.test(script);
    }
    cast.unsaid.sort();
    cast.unsaid.dedup();
    (cast.book, cast.unsaid)
}

struct Cast<'p> {
    policy: &'p Policy,
    book: Storybook,
    unsaid: Vec<Unsaid>,
}

fn step(act: StepAct) -> Step {
    Step { line: 0, act }
}

fn said(intent: &str) -> StepAct {
    StepAct::User(Utter { intent: Some(intent.to_owned()), ..Utter::default() })
}

impl Cast<'_> {
    fn lose(&mut self, line: u32, what: What, name: &str) {
        self.unsaid.push(Unsaid { line, what, name: name.to_owned() });
    }

    fn heading(&mut self, name: &str) {
        if !self.book.intents.iter().any(|known| known.name == name) {
            self.book.intents.push(Heading { name: name.to_owned(), ..Heading::default() });
        }
    }

    fn entity(&mut self, entity: &Entity) {
        let name = &entity.name;
        let mut from = name.clone();
        let mut kind = SlotKind::Text;
        match &entity.kind {
            Kind::Values(values) => {
                kind = SlotKind::Categorical(values.iter().map(|(value, _)| value.to_lowercase()).collect());
                self.book.lookups.push((name.clone(), values.iter().map(|(value, _)| value.clone()).collect()));
                let worded = values.iter().filter(|(_, words)| !words.is_empty());
                self.book.synonyms.extend(worded.cloned());
            }
            Kind::Match(pattern) | Kind::TextMatch(pattern) => {
                self.book.patterns.push((name.clone(), pattern.as_str().to_owned()));
            }
            Kind::Money => from = "amount-of-money".into(),
            Kind::Number => from = "number".into(),
            Kind::Date => from = "time".into(),
            Kind::Text => {}
        }
        if matches!(entity.kind, Kind::Money | Kind::Number | Kind::Date) {
            self.lose(entity.line, What::Extractor, name);
        }
        if entity.valid.is_some() {
            self.lose(entity.line, What::Valid, name);
        }
        if !self.book.entities.contains(&from) {
            self.book.entities.push(from.clone());
        }
        let source = Source::Entity { entity: from, role: None, group: None };
        let mapping = Mapping { from: source, intents: vec![], not_intents: vec![], conditions: vec![] };
        self.book.slots.push(Slot {
            name: name.clone(),
            kind,
            influences: true,
            initial: Told::Null,
            mappings: Some(vec![mapping]),
            fills_itself: false,
            place: Place::default(),
        });
    }

    fn topic(&mut self, topic: &Topic) {
        topic.intents.iter().for_each(|(intent, _)| self.heading(intent));
        let begins = match topic.intents.as_slice() {
            [(intent, _)] => said(intent),
            many => StepAct::Or(many.iter().map(|(intent, _)| step(said(intent))).collect()),
        };
        if topic.confirm.is_some() {
            self.lose(topic.line, What::Confirm, &topic.name);
        }
        if topic.urgent {
            self.lose(topic.line, What::Urgent, &topic.name);
        }
        if !matches!(topic.digress, crate::dialogue::policy::design::Digress::Allow) {
            self.lose(topic.line, What::Digress, &topic.name);
        }
        let form = format!("{}_form", topic.name);
        if !topic.needs.is_empty() {
            self.form(topic, &form);
            let steps = vec![
                step(begins.clone()),
                step(StepAct::Action(form.clone())),
                step(StepAct::Form(Some(form.clone()))),
            ];
            self.rule(&format!("{}: begin", topic.name), Vec::new(), steps);
        }
        let mut before: Vec<StepAct> = Vec::new();
        for (n, arm) in topic.arms.iter().enumerate() {
            let slots = match arm.when.as_ref().map(conditions) {
                None => Vec::new(),
                Some(Some(slots)) => slots,
                Some(None) => {
                    self.lose(arm.line, What::Guard, &arm.when.as_ref().expect("just matched").source);
                    continue;
                }
            };
            let acts = self.acts(topic, arm, n);
            if arm.goes_on() {
                before.extend(acts);
                continue;
            }
            let acts: Vec<Step> = before.iter().cloned().chain(acts).map(step).collect();
            if acts.is_empty() {
                continue;
            }
            let name = format!("{}: {}", topic.name, n + 1);
            let condition = (!slots.is_empty()).then(|| step(StepAct::Slots(slots)));
            if topic.needs.is_empty() {
                let steps = [step(begins.clone())].into_iter().chain(acts).collect();
                self.rule(&name, condition.into_iter().collect(), steps);
            } else {
                let ends = [step(StepAct::Action(form.clone())), step(StepAct::Form(None))];
                let steps = ends.into_iter().chain(condition).chain(acts).collect();
                self.rule(&name, vec![step(StepAct::Form(Some(form.clone())))], steps);
            }
            if arm.when.is_none() {
                break;
            }
        }
    }

    fn rule(&mut self, name: &str, conditions: Vec<Step>, steps: Vec<Step>) {
        let name = name.to_owned();
        self.book.rules.push(Course { name, conditions, steps, waits: true, ..Course::default() });
    }

    fn form(&mut self, topic: &Topic, form: &str) {
        let required: Vec<String> = topic.needs.iter().map(|(slot, _)| slot.clone()).collect();
        for question in &topic.ask {
            match question.slots.as_slice() {
                [slot] => self.response(&format!("utter_ask_{form}_{slot}"), &question.say),
                many => self.lose(question.line, What::Merged, &many.join("+")),
            }
        }
        for slot in &required {
            let name = format!("utter_ask_{form}_{slot}");
            if self.book.responses.iter().any(|known| known.name == name) {
                continue;
            }
            let Some(entity) = self.policy.entity(slot) else { continue };
            if entity.ask.is_empty() {
                let text = self.policy.bot.phrases.ask.first().cloned().unwrap_or_default();
                let text = text.replace("<slot>", entity.title());
                self.response(&name, &Saying::plain(&text, 0));
            } else {
                let ask = entity.ask.clone();
                self.response(&name, &ask);
            }
            // Whatever is answered to a question of free text is its value.
            if matches!(entity.kind, Kind::Text | Kind::TextMatch(_))
                && let Some(known) = self.book.slots.iter_mut().find(|known| known.name == *slot)
            {
                let condition = Condition { form: Some(Some(form.to_owned())), requested: Some(slot.clone()) };
                let mapping =
                    Mapping { from: Source::Text, intents: vec![], not_intents: vec![], conditions: vec![condition] };
                known.mappings.get_or_insert_with(Vec::new).push(mapping);
            }
        }
        self.book.forms.push(Form { name: form.to_owned(), required, ..Form::default() });
    }

    fn acts(&mut self, topic: &Topic, arm: &Arm, n: usize) -> Vec<StepAct> {
        let mut acts = Vec::new();
        if let Some(call) = &arm.call {
            let name = format!("action_{call}");
            self.lose(arm.line, What::Call, &name);
            self.action(&name);
            acts.push(StepAct::Action(name));
        }
        if !arm.say.is_empty() {
            let name = if n == 0 { format!("utter_{}", topic.name) } else { format!("utter_{}_{}", topic.name, n + 1) };
            self.response(&name, &arm.say);
            acts.push(StepAct::Action(name));
        }
        if let Some(queue) = &arm.handoff {
            let name = format!("action_handoff_{queue}");
            self.lose(arm.line, What::Queue, &name);
            self.action(&name);
            acts.push(StepAct::Action(name));
        }
        if arm.redo.is_some() {
            self.lose(arm.line, What::Redo, &topic.name);
        }
        acts
    }

    fn action(&mut self, name: &str) {
        if !self.book.actions.iter().any(|known| known == name) {
            self.book.actions.push(name.to_owned());
        }
    }

    fn response(&mut self, name: &str, say: &Saying) {
        let mut variations = Vec::new();
        for line in &say.lines {
            let when = match line.when.as_ref().map(conditions) {
                None => Vec::new(),
                Some(Some(slots)) => slots,
                Some(None) => {
                    self.lose(line.at, What::Guard, &line.when.as_ref().expect("just matched").source);
                    continue;
                }
            };
            let text = self.braces(&line.text, line.at);
            variations.push(Variation { text, channel: line.channel.clone(), when, ..Variation::default() });
        }
        self.book.responses.push(Response { name: name.to_owned(), variations, place: Place::default() });
    }

    /// Writes `<slot>` as `{slot}`; facts that hold no slot are filled in.
    fn braces(&mut self, text: &str, line: u32) -> String {
        let mut out = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Slot("bot") => out.push_str(&self.policy.bot.name),
                Piece::Slot(name) => {
                    let path: Vec<&str> = name.split('.').collect();
                    let fact = path.split_first().filter(|(first, _)| **first == "kb");
                    match fact.and_then(|(_, rest)| self.policy.fact(rest)) {
                        Some(fact) => out.push_str(fact),
                        None => {
                            if path.len() > 1 {
                                self.lose(line, What::Fact, name);
                            }
                            out.push_str(&format!("{{{}}}", name.replace('.', "_")));
                        }
                    }
                }
            }
        }
        out
    }

    /// Answers of `faq`, and those of the catalogue for intents without a topic.
    fn answers(&mut self, intents: &[Intent]) {
        for (n, faq) in self.policy.faq.iter().enumerate() {
            let own = format!("faq_{}", n + 1);
            let names = if faq.intents.is_empty() { vec![own.clone()] } else { faq.intents.clone() };
            if faq.intents.is_empty() {
                for text in &faq.questions {
                    let (intent, text) = (own.clone(), text.clone());
                    self.book.examples.push(crate::domain::storybook::Example { intent, text, ..Default::default() });
                }
            }
            let response = format!("utter_{own}");
            self.response(&response, &faq.answer);
            for intent in names {
                self.heading(&intent);
                let steps = vec![step(said(&intent)), step(StepAct::Action(response.clone()))];
                self.rule(&intent, Vec::new(), steps);
            }
        }
        let taken = |name: &str| {
            self.policy.topic_of(name).is_some()
                || self.policy.faq.iter().any(|faq| faq.intents.iter().any(|i| i == name))
        };
        let free: Vec<&Intent> = intents.iter().filter(|i| !i.answers.is_empty() && !taken(&i.name)).collect();
        for intent in free {
            let name = format!("utter_{}", intent.name);
            let said_by = |answer: &crate::domain::label::Answer| Variation {
                text: answer.text.clone(),
                channel: answer.channel.clone(),
                ..Variation::default()
            };
            let variations = intent.answers.iter().map(said_by).collect();
            self.book.responses.push(Response { name: name.clone(), variations, place: Place::default() });
            let steps = vec![step(said(&intent.name)), step(StepAct::Action(name))];
            self.rule(&intent.name, Vec::new(), steps);
        }
    }

    /// What no topic holds.
    fn rest(&mut self) {
        let policy = self.policy;
        let first = policy.fallback.iter().find_map(|step| match &step.kind {
            StepKind::Say(say) => Some(say),
            _ => None,
        });
        if let Some(say) = first {
            self.response("utter_fallback", say);
            self.heading("nlu_fallback");
            let steps = vec![step(said("nlu_fallback")), step(StepAct::Action("utter_fallback".into()))];
            self.rule("fallback", Vec::new(), steps);
        }
        policy.fallback.iter().skip(1).for_each(|step| self.lose(step.line, What::Ladder, ""));
        policy.clarify.iter().for_each(|clarify| self.lose(clarify.line, What::Clarify, &clarify.between.join(" / ")));
        policy.moods.iter().for_each(|mood| self.lose(mood.line, What::Mood, &mood.name));
        policy.open.iter().for_each(|open| self.lose(open.line, What::Opening, ""));
        for intent in policy.close.intents.iter().filter(|intent| policy.topic_of(intent).is_none()) {
            self.heading(intent);
            if !policy.close.say.is_empty() {
                let name = format!("utter_close_{intent}");
                self.response(&name, &policy.close.say);
                let steps = vec![step(said(intent)), step(StepAct::Action(name))];
                self.rule(&format!("close: {intent}"), Vec::new(), steps);
            }
        }
    }

    /// A rehearsal up to the turn a form asks its question.
    fn test(&mut self, script: &Script) {
        let mut steps = Vec::new();
        for turn in script.turns.iter().filter(|turn| turn.said.is_some()) {
            let Some((intent, _)) = turn.intents.first() else {
                return self.lose(script.line, What::Rehearsal, &script.name);
            };
            let rules = self.book.rules.iter().filter(|rule| begins(rule, intent));
            let mut plain = rules.filter(|rule| rule.conditions.is_empty());
            let (Some(rule), None) = (plain.next(), plain.next()) else {
                return self.lose(script.line, What::Rehearsal, &script.name);
            };
            let utter = Utter { text: turn.said.clone(), intent: Some(intent.clone()), entities: Vec::new() };
            let form = rule.steps.iter().any(|step| matches!(step.act, StepAct::Form(_)));
            steps.push(step(StepAct::User(utter)));
            steps.extend(rule.steps.iter().skip(1).cloned());
            if form {
                break;
            }
        }
        if !steps.is_empty() {
            self.book.tests.push(Course { name: script.name.clone(), steps, waits: true, ..Course::default() });
        }
    }
}

/// Tells whether a rule begins with an intent.
fn begins(rule: &Course, intent: &str) -> bool {
    let is = |act: &StepAct| matches!(act, StepAct::User(said) if said.intent.as_deref() == Some(intent));
    match rule.steps.first().map(|step| &step.act) {
        Some(StepAct::Or(ways)) => ways.iter().any(|way| is(&way.act)),
        Some(act) => is(act),
        None => false,
    }
}

/// Returns a guard as slots that must have values; `None` when it asks for more.
fn conditions(guard: &Guard) -> Option<Vec<(String, Told)>> {
    let mut slots = Vec::new();
    gather(&guard.expr, &mut slots).then_some(slots)
}

fn gather(expr: &Expr, slots: &mut Vec<(String, Told)>) -> bool {
    match expr {
        Expr::All(parts) => return parts.iter().all(|part| gather(part, slots)),
        Expr::Set(name) if !name.contains('.') => slots.push((name.clone(), Told::Some)),
        Expr::Not(inner) => match &**inner {
            Expr::Set(name) if !name.contains('.') => slots.push((name.clone(), Told::Null)),
            _ => return false,
        },
        Expr::Compare(Term::Name(name), Op::Equal, value) if !name.contains('.') => {
            let told = match value {
                Term::Number(number) => Told::Number(*number),
                Term::Quoted(text) | Term::Name(text) => Told::Text(text.clone()),
            };
            if ["mood", "hour", "channel", "date", "risk"].contains(&name.as_str()) {
                return false;
            }
            slots.push((name.clone(), told));
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::policy::read::read;
    use crate::dialogue::script::read::parse_all;
    use crate::dialogue::storybook::decide::Decider;
    use crate::dialogue::storybook::replay::play;

    const POLICY: &str = "
bot: {name: 小智}
entities:
  product: {values: {活期宝: [活期理财], 稳盈: []}, ask: 哪个产品？}
  payee: {type: text, ask: 转给谁？}
  amount: {type: money, valid: it > 0}
open: 您好
topics:
  ask: {needs: [product], do: [{when: product = 稳盈, say: <product>不保本}, {say: <product>随时取}]}
  transfer: {intents: [transfer, send], needs: [payee, amount], ask: {amount: 转多少？}, confirm: 确认吗, do: [{call: send}, {say: 已转}]}
  hello: {do: [{say: [您好，我是<bot>, 你好]}]}
  human: {do: [{handoff: 客服}]}
clarify: [{between: [ask, transfer], ask: 哪个？}]
fallback: [{say: 没听懂}, {handoff: 客服}]
handoff: {客服: {}}
faq: [{q: [收费吗], a: 免费}]
";

    #[test]
    fn a_policy_becomes_rules_and_forms_that_decide_as_it_does() {
        let scripts = parse_all(
            "
- {name: a, turns: [{u: 你好, intent: hello}, {u: 收费吗, intent: faq_1}, {u: 转钱, intent: send}]}
- {name: b, turns: [{u: 随便说说}]}
",
        )
        .expect("scripts");
        let (book, unsaid) = cast(&read(POLICY).expect("a policy"), &[], &scripts);
        let names: Vec<&str> = book.rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names[..4], ["ask: begin", "ask: 1", "ask: 2", "transfer: begin"]);
        assert_eq!(book.forms[1].required, ["payee", "amount"]);
        assert_eq!(
            book.responses.iter().find(|r| r.name == "utter_hello").map(|r| r.variations[0].text.as_str()),
            Some("您好，我是小智")
        );
        let kinds: Vec<What> = unsaid.iter().map(|unsaid| unsaid.what).collect();
        for what in [
            What::Confirm,
            What::Valid,
            What::Extractor,
            What::Clarify,
            What::Opening,
            What::Ladder,
            What::Queue,
            What::Call,
            What::Rehearsal,
        ] {
            assert!(kinds.contains(&what), "{what:?} {unsaid:?}");
        }
        assert_eq!(book.tests.len(), 1);
        let played = play(&Decider::new(&book), &book.tests[0], &|_| None);
        assert!(played.passed(), "{played:#?}");
    }
}
