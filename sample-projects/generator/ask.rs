//! Composes what a customer asks, out of why, what, and how it is asked.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::chance;
use crate::pack::Language;
use crate::person::Tone;
use crate::slips;
use crate::talk::{Kind, Ledger, Role, Scene, core};

impl Scene<'_> {
    /// Puts a question together; draws again while the same words were written before, but for a few true repeats.
    pub fn compose_ask(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) -> Vec<String> {
        if chance(rng, 0.035) {
            let before: Vec<&String> =
                ledger.asked.iter().filter(|(theme, _)| *theme == self.theme.key).map(|(_, text)| text).collect();
            if let Some(text) = before.choose(rng) {
                return vec![(*text).clone()];
            }
        }
        let mut messages = Vec::new();
        for _ in 0..12 {
            let clauses = self.clauses(rng);
            messages = self.typed(clauses, rng);
            if messages.iter().any(|text| !ledger.used.contains(&core(text)))
                && !messages.iter().any(|text| text.chars().count() > 6 && ledger.used.contains(&core(text)))
            {
                break;
            }
        }
        ledger.used.extend(messages.iter().map(|text| core(text)));
        if let [only] = messages.as_slice() {
            ledger.asked.push((self.theme.key.clone(), only.clone()));
        }
        messages
    }

    fn clauses(&mut self, rng: &mut Xoshiro256PlusPlus) -> Vec<String> {
        let theme = self.theme;
        let mut clauses = Vec::new();
        let shape = rng.gen_range(0..100);
        if (42..76).contains(&shape) {
            clauses.extend(self.one_of(&theme.why, rng));
        }
        if shape < 66 {
            let question = self.one_of(&theme.say, rng).unwrap_or_default();
            let lead = self.lead_into(&question, clauses.is_empty(), rng);
            clauses.push(format!("{lead}{question}"));
        } else if shape < 97 {
            clauses.extend(self.one_of(&theme.tell, rng));
            if !theme.chatter && chance(rng, 0.5) {
                let what = self.expand_word("so_what", rng);
                clauses.push(what);
            }
        } else {
            clauses.push(theme.label.clone());
        }
        let closer = if self.person.angry { 0.4 } else { 0.14 };
        if chance(rng, closer) {
            let name = if self.person.angry { "closer_angry" } else { "closer" };
            clauses.push(self.draw(name, rng));
        }
        clauses
    }

    /// Draws the words before a question; what comes before a story would sound odd after it.
    fn lead_into(&mut self, question: &str, first: bool, rng: &mut Xoshiro256PlusPlus) -> String {
        if std::mem::take(&mut self.again) {
            return self.lead("again", rng);
        }
        let (share, name) = match self.person.tone {
            Tone::Polite => (0.6, "opener_polite"),
            Tone::Plain => (0.28, "opener_plain"),
            Tone::Spoken => (0.42, "opener_spoken"),
        };
        if !slips::asks(question, self.pack.plan.language) || !chance(rng, share) {
            return String::new();
        }
        self.lead(if first { name } else { "opener_mid" }, rng)
    }

    fn lead(&mut self, name: &str, rng: &mut Xoshiro256PlusPlus) -> String {
        let mut lead = self.draw(name, rng);
        if self.pack.plan.language == Language::En {
            lead.push(' ');
        }
        lead
    }

    /// Says one or two things on what was answered.
    pub fn follow(&mut self, ledger: &mut Ledger, rng: &mut Xoshiro256PlusPlus) {
        if chance(rng, 0.2) {
            self.speech("unclear", Kind::Follow, ledger, rng);
            return;
        }
        let lead = if chance(rng, 0.14) { Some(self.draw("ok", rng)) } else { None };
        let theme = self.theme;
        let mut messages = Vec::new();
        for _ in 0..10 {
            let mut clauses: Vec<String> = lead.clone().into_iter().collect();
            clauses.extend(self.one_of(&theme.more, rng));
            if chance(rng, 0.4) {
                clauses.extend(self.one_of(&theme.more, rng));
            }
            messages = self.typed(clauses, rng);
            if !messages.iter().any(|text| text.chars().count() > 3 && ledger.used.contains(&core(text))) {
                break;
            }
        }
        ledger.used.extend(messages.iter().map(|text| core(text)));
        for text in messages {
            self.push(Role::Customer, Kind::Follow, text, rng);
        }
    }
}
