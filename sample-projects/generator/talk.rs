//! Plays one conversation: greeting, question, answer, misunderstanding, hand-over, thanks.
//!
//! The course is drawn step by step from the shares real service logs show; every customer line is composed anew from
//! the theme's parts and drawn again when the same line has been written before.

use std::collections::BTreeSet;

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::{self, chance};
use crate::pack::{FilePlan, Pack, Shape, Theme};
use crate::person::Person;
use crate::spoken;

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Customer,
    Agent,
    Bot,
    System,
}

/// What a customer message is for, so that shares can be counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Greeting,
    Ask,
    Follow,
    Human,
    Courtesy,
    Identity,
    Media,
    Other,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Seconds since the first midnight.
    pub at: i64,
    pub role: Role,
    pub kind: Kind,
    /// The key of the theme spoken of.
    pub theme: String,
    pub text: String,
}

/// One conversation.
pub struct Conversation {
    pub messages: Vec<Message>,
    pub happy: Option<bool>,
}

/// What has been written so far, so that nothing repeats by accident.
#[derive(Default)]
pub struct Ledger {
    pub(crate) used: BTreeSet<String>,
    pub(crate) asked: Vec<(String, String)>,
}

/// A conversation being played.
pub struct Scene<'a> {
    pub(crate) pack: &'a Pack,
    pub(crate) plan: &'a FilePlan,
    pub(crate) theme: &'a Theme,
    pub(crate) person: Person,
    messages: Vec<Message>,
    at: i64,
    last_answer: String,
    /// True when the next question is a second one.
    pub(crate) again: bool,
}

/// Plays one conversation of `theme` that starts at `at`.
pub fn play(
    pack: &Pack,
    plan: &FilePlan,
    theme: &Theme,
    at: i64,
    ledger: &mut Ledger,
    rng: &mut Xoshiro256PlusPlus,
) -> Conversation {
    let person = Person::new(pack, plan.emoji, rng);
    let mut scene =
        Scene { pack, plan, theme, person, messages: Vec::new(), at, last_answer: String::new(), again: false };
    let mut happy = None;
    if plan.shape == Shape::Calls {
        scene.call(ledger, rng);
    } else if plan.shape == Shape::Mail {
        scene.by_mail(ledger, rng);
    } else if chance(rng, plan.bot) {
        scene.with_bot(ledger, rng);
    } else {
        scene.with_agent(ledger, rng);
    }
    if chance(rng, 0.2) {
        happy = Some(!scene.person.angry && chance(rng, 0.75));
    }
    Conversation { messages: scene.messages, happy }
}

/// Composes one question that nobody answers: a line of the list of unrecognised questions.
pub fn lone_question(
    pack: &Pack,
    plan: &FilePlan,
    theme: &Theme,
    ledger: &mut Ledger,
    rng: &mut Xoshiro256PlusPlus,
) -> String {
    let person = Person::new(pack, plan.emoji, rng);
    let mut scene =
        Scene { pack, plan, theme, person, messages: Vec::new(), at: 0, last_answer: String::new(), again: false };
    let parts = scene.compose_ask(ledger, rng);
    parts.join(" ")
}

impl Scene<'_> {
    fn with_bot(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        if chance(rng, 0.6) {
            self.desk(Role::Bot, "bot_greet", rng);
        }
        if chance(rng, 0.3) {
            self.greet(rng);
        }
        self.ask(ledger, rng);
        let mut understood = true;
        if !self.theme.clarify.is_empty() && chance(rng, 0.65) {
            self.say_line(Role::Bot, &self.theme.clarify, rng);
            self.customer_line(&self.theme.answer, Kind::Follow, ledger, rng);
            self.say_line(Role::Bot, &self.theme.bot, rng);
        } else if chance(rng, 0.16) {
            self.desk(Role::Bot, "bot_miss", rng);
            understood = false;
        } else {
            self.say_line(Role::Bot, &self.theme.bot, rng);
            understood = !self.theme.novel && !self.theme.chatter;
        }
        let mut rounds = rng.gen_range(0..3);
        while understood && rounds > 0 {
            rounds -= 1;
            self.follow(ledger, rng);
            if chance(rng, 0.55) && self.answer_again(Role::Bot, rng) {
                if chance(rng, 0.3) {
                    self.desk(Role::Bot, "bot_hint", rng);
                }
            } else {
                self.desk(Role::Bot, "bot_miss", rng);
                understood = false;
            }
        }
        let asks_again = !understood && chance(rng, 0.4);
        if asks_again {
            if chance(rng, 0.35) {
                self.speech(if self.person.angry { "angry" } else { "unclear" }, Kind::Other, ledger, rng);
            }
            self.ask(ledger, rng);
            self.desk(Role::Bot, "bot_miss", rng);
        }
        let hands_over = if understood { 0.16 } else { 0.6 };
        if self.person.angry || chance(rng, hands_over) {
            self.want_human(ledger, rng);
            self.desk(Role::System, "system_wait", rng);
            self.at += rng.gen_range(10..180);
            if chance(rng, 0.3) {
                self.speech("wait", Kind::Courtesy, ledger, rng);
            }
            self.desk(Role::System, "system_in", rng);
            self.agent_part(true, ledger, rng);
        } else if understood {
            self.part_ways(false, ledger, rng);
        }
    }

    fn with_agent(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        if chance(rng, 0.55) {
            self.greet(rng);
            if chance(rng, 0.4) {
                self.desk(Role::Agent, "agent_greet", rng);
            }
        }
        self.ask(ledger, rng);
        self.agent_part(false, ledger, rng);
    }

    fn agent_part(&mut self, greets: bool, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        if greets {
            self.desk(Role::Agent, "agent_greet", rng);
            if chance(rng, 0.75) {
                self.ask(ledger, rng);
            }
        }
        if chance(rng, 0.1) {
            self.media(rng);
        }
        if self.person.angry {
            self.speech("angry", Kind::Other, ledger, rng);
            self.desk(Role::Agent, "agent_sorry", rng);
        }
        if chance(rng, 0.4) {
            self.desk(Role::Agent, "agent_ask", rng);
            self.identify(rng);
        }
        if chance(rng, 0.55) {
            self.desk(Role::Agent, "agent_wait", rng);
            self.at += rng.gen_range(20..150);
            if chance(rng, 0.3) {
                self.speech(if chance(rng, 0.5) { "wait" } else { "ok" }, Kind::Courtesy, ledger, rng);
            }
        }
        self.say_line(Role::Agent, &self.theme.agent, rng);
        for _ in 0..rng.gen_range(0..3) {
            self.follow(ledger, rng);
            if self.person.angry && chance(rng, 0.4) {
                self.speech("angry", Kind::Other, ledger, rng);
                self.desk(Role::Agent, "agent_sorry", rng);
            } else if chance(rng, 0.5) || !self.answer_again(Role::Agent, rng) {
                self.desk(Role::Agent, "agent_explain", rng);
            }
        }
        if chance(rng, 0.16) {
            self.other_matter(ledger, rng);
        }
        self.part_ways(true, ledger, rng);
    }

    fn part_ways(&mut self, with_agent: bool, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        if chance(rng, 0.5) {
            let name = if self.person.angry || chance(rng, 0.45) { "ok" } else { "thanks" };
            self.speech(name, Kind::Courtesy, ledger, rng);
        }
        if with_agent {
            if chance(rng, 0.4) {
                self.desk(Role::Agent, "agent_more", rng);
                if chance(rng, 0.4) {
                    self.speech(if chance(rng, 0.2) { "bye" } else { "thanks" }, Kind::Courtesy, ledger, rng);
                }
            }
            self.desk(Role::Agent, "agent_bye", rng);
            if chance(rng, 0.6) {
                self.desk(Role::System, "system_out", rng);
            }
        } else if chance(rng, 0.3) {
            self.desk(Role::System, "system_out", rng);
        }
    }

    /// Comes with a second matter, often from the same part of the business.
    fn other_matter(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        let near = chance(rng, 0.6);
        let others: Vec<&Theme> = self
            .pack
            .themes
            .iter()
            .filter(|other| other.key != self.theme.key && (!near || other.part == self.theme.part))
            .collect();
        let Some(other) = others.choose(rng) else { return };
        self.theme = other;
        self.again = true;
        self.ask(ledger, rng);
        self.say_line(Role::Agent, &self.theme.agent, rng);
        if chance(rng, 0.5) {
            self.follow(ledger, rng);
            self.desk(Role::Agent, "agent_explain", rng);
        }
    }

    /// Writes letters: each waits some hours for its answer, and few go on for long.
    fn by_mail(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        self.ask(ledger, rng);
        if chance(rng, 0.25) {
            self.identify(rng);
        }
        let mut rounds = [0, 1, 1, 1, 2].choose(rng).copied().unwrap_or(1);
        if chance(rng, 0.85) {
            self.at += rng.gen_range(1_800..40_000);
            self.say_line(Role::Agent, &self.theme.agent, rng);
        } else {
            rounds = 0;
        }
        while rounds > 0 {
            rounds -= 1;
            self.at += rng.gen_range(600..30_000);
            self.follow(ledger, rng);
            self.at += rng.gen_range(1_800..20_000);
            self.desk(Role::Agent, "agent_explain", rng);
        }
    }

    fn call(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        self.desk(Role::Agent, "call_greet", rng);
        for round in 0..rng.gen_range(3..7) {
            match round {
                0 => self.ask(ledger, rng),
                1 if chance(rng, 0.4) => {
                    self.desk(Role::Agent, "agent_ask", rng);
                    self.identify(rng);
                }
                _ => self.follow(ledger, rng),
            }
            if self.person.angry && chance(rng, 0.6) {
                self.speech("angry", Kind::Other, ledger, rng);
                self.desk(Role::Agent, "agent_sorry", rng);
            } else if chance(rng, 0.3) || !self.answer_again(Role::Agent, rng) {
                self.desk(Role::Agent, "agent_explain", rng);
            }
        }
        self.speech(if chance(rng, 0.6) { "ok" } else { "thanks" }, Kind::Courtesy, ledger, rng);
        self.desk(Role::Agent, "call_bye", rng);
    }

    fn greet(&mut self, rng: &mut Xoshiro256PlusPlus) {
        let text = self.draw("greet", rng);
        let text = self.person.type_short(self.pack, &text, rng);
        self.push(Role::Customer, Kind::Greeting, text, rng);
    }

    fn ask(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        for text in self.compose_ask(ledger, rng) {
            self.push(Role::Customer, Kind::Ask, text, rng);
        }
    }

    fn customer_line(&mut self, lines: &[String], kind: Kind, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        let Some(line) = self.one_of(lines, rng) else { return };
        for text in self.typed(vec![line], rng) {
            ledger.used.insert(core(&text));
            self.push(Role::Customer, kind, text, rng);
        }
    }

    pub(crate) fn speech(&mut self, name: &str, kind: Kind, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        let mut messages = Vec::new();
        for _ in 0..8 {
            let line = self.draw(name, rng);
            messages = self.typed(vec![line], rng);
            if kind == Kind::Courtesy || !messages.iter().any(|text| ledger.used.contains(&core(text))) {
                break;
            }
        }
        ledger.used.extend(messages.iter().map(|text| core(text)));
        for text in messages {
            self.push(Role::Customer, kind, text, rng);
        }
    }

    fn want_human(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        let Some(human) = self.pack.themes.iter().find(|theme| theme.key == "human") else { return };
        let lines = if chance(rng, 0.25) { &human.tell } else { &human.say };
        self.customer_line(lines, Kind::Human, ledger, rng);
    }

    fn identify(&mut self, rng: &mut Xoshiro256PlusPlus) {
        let text = self.draw(if chance(rng, 0.08) { "address" } else { "identity" }, rng);
        let text = if self.plan.shape == Shape::Calls { self.hear(&[text], rng) } else { text };
        self.push(Role::Customer, Kind::Identity, text, rng);
    }

    fn media(&mut self, rng: &mut Xoshiro256PlusPlus) {
        let name = if chance(rng, 0.75) { "media" } else { "link" };
        let text = self.draw(name, rng);
        self.push(Role::Customer, Kind::Media, text, rng);
        if chance(rng, 0.2) {
            self.desk(Role::System, "recall", rng);
        }
    }

    pub(crate) fn typed(&mut self, clauses: Vec<String>, rng: &mut Xoshiro256PlusPlus) -> Vec<String> {
        if self.plan.shape == Shape::Calls {
            return vec![self.hear(&clauses, rng)];
        }
        self.person.type_out(self.pack, clauses, rng)
    }

    fn hear(&self, clauses: &[String], rng: &mut Xoshiro256PlusPlus) -> String {
        spoken::hear(clauses, &self.pack.heard, rng)
    }

    pub(crate) fn one_of(&mut self, lines: &[String], rng: &mut Xoshiro256PlusPlus) -> Option<String> {
        let line = lines.choose(rng)?;
        Some(grammar::expand(line, &self.pack.words, &mut self.person.memory, rng))
    }

    pub(crate) fn draw(&mut self, name: &str, rng: &mut Xoshiro256PlusPlus) -> String {
        let pack = self.pack;
        let lines = pack.speech.get(name).unwrap_or_else(|| panic!("speech.yaml has no {name}"));
        self.one_of(lines, rng).unwrap_or_default()
    }

    pub(crate) fn expand_word(&mut self, name: &str, rng: &mut Xoshiro256PlusPlus) -> String {
        grammar::expand(&format!("<{name}>"), &self.pack.words, &mut self.person.memory, rng)
    }

    fn desk(&mut self, role: Role, name: &str, rng: &mut Xoshiro256PlusPlus) {
        let text = self.draw(name, rng);
        self.push(role, Kind::Other, text, rng);
    }

    fn say_line(&mut self, role: Role, lines: &[String], rng: &mut Xoshiro256PlusPlus) {
        if let Some(text) = self.one_of(lines, rng) {
            self.last_answer = text.clone();
            self.push(role, Kind::Other, text, rng);
        }
    }

    /// Says something else on the matter; `false` when there is nothing that was not just said.
    fn answer_again(&mut self, role: Role, rng: &mut Xoshiro256PlusPlus) -> bool {
        let theme = self.theme;
        let lines = if role == Role::Agent { &theme.agent } else { &theme.bot };
        let other = self.one_of(lines, rng).filter(|text| *text != self.last_answer);
        let Some(text) = other else { return false };
        self.last_answer = text.clone();
        self.push(role, Kind::Other, text, rng);
        true
    }

    pub(crate) fn push(&mut self, role: Role, kind: Kind, text: String, rng: &mut Xoshiro256PlusPlus) {
        if text.is_empty() {
            return;
        }
        let same = self.messages.last().is_some_and(|last| last.role == role);
        self.at += match role {
            _ if self.plan.shape == Shape::Calls => spoken::seconds(&text, rng),
            Role::Customer if same => rng.gen_range(2..22),
            Role::Customer => rng.gen_range(6..90),
            Role::Agent => rng.gen_range(8..70),
            Role::Bot | Role::System => rng.gen_range(0..3),
        };
        self.messages.push(Message { at: self.at, role, kind, theme: self.theme.key.clone(), text });
    }
}

/// The line without signs: what counts when asking whether it was written before.
pub fn core(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
