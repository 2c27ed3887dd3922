//! The pipeline: a raw message in, a clean one out, with the way back and what was done.

use std::sync::Arc;

use crate::domain::conversation::{Channel, Role};
use crate::domain::utterance::Language;
use crate::text::clean::aside::{self, Aside};
use crate::text::clean::draft::{Draft, Patch};
use crate::text::clean::learned::Learned;
use crate::text::clean::mail::{disclaimer, quote, signature};
use crate::text::clean::masks::{banks, codes, digits, people, places};
use crate::text::clean::offsets::Offsets;
use crate::text::clean::rule::{Rule, RuleSet};
use crate::text::clean::scan::{self, Signs};
use crate::text::clean::{cards, chinese, emoji, form, markup, mojibake, numbers, speech};
use crate::text::language::language;

/// A message after cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    pub text: String,
    /// The way from `text` back to the raw message.
    pub offsets: Offsets,
    /// Each rule that changed or judged the message, in running order.
    pub hits: Vec<Rule>,
    /// Why the message teaches nothing; the text is cleaned and masked all the same.
    pub aside: Option<Aside>,
    pub language: Language,
}

/// One rule's work on one message, for the trainer's eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub rule: Rule,
    pub before: String,
    /// The same as `before` when the rule only set the message aside.
    pub after: String,
}

/// A set of rules, ready to run on any number of messages.
#[derive(Clone)]
pub struct Cleaner {
    rules: RuleSet,
    learned: Arc<Learned>,
}

impl Cleaner {
    /// Returns a cleaner that runs `rules`.
    pub fn new(rules: &RuleSet) -> Self {
        Self::taught(rules, Arc::default())
    }

    /// Returns a cleaner that runs `rules` and knows what trainers taught.
    pub fn taught(rules: &RuleSet, learned: Arc<Learned>) -> Self {
        Self { rules: *rules, learned }
    }

    /// Returns the rules it runs.
    pub fn rules(&self) -> RuleSet {
        self.rules
    }

    /// Returns this cleaner with other rules.
    pub fn with_rules(&self, rules: RuleSet) -> Self {
        Self { rules, learned: self.learned.clone() }
    }

    /// Cleans one message.
    ///
    /// ```
    /// use daoshi::domain::conversation::{Channel, Role};
    /// use daoshi::text::clean::{cleaner::Cleaner, rule::RuleSet};
    /// let cleaner = Cleaner::new(&RuleSet::default());
    /// let cleaned = cleaner.clean("我的手機１３８００１３８０００！！！", Role::Customer, Channel::Chat);
    /// assert_eq!(cleaned.text, "我的手机<phone>！");
    /// ```
    pub fn clean(&self, raw: &str, role: Role, channel: Channel) -> Cleaned {
        self.run(raw, role, channel, |_, _, _| {})
    }

    /// Returns what each rule that hits does to the message, in running order.
    pub fn trace(&self, raw: &str, role: Role, channel: Channel) -> Vec<Step> {
        let mut steps = Vec::new();
        self.run(raw, role, channel, |rule, before, after| {
            steps.push(Step { rule, before: before.to_owned(), after: after.to_owned() });
        });
        steps
    }

    fn run(&self, raw: &str, role: Role, channel: Channel, mut seen: impl FnMut(Rule, &str, &str)) -> Cleaned {
        let mut draft = Draft::new(raw);
        let mut hits = Vec::new();
        let mut aside = None;
        for rule in Rule::ALL {
            if !self.rules.has(rule) || !rule.default_on(channel) {
                continue;
            }
            match work(rule) {
                Work::Patch(signs, patch) => {
                    if !draft.holds(signs) {
                        continue;
                    }
                    let patches = patch(&draft.text);
                    if patches.is_empty() {
                        continue;
                    }
                    let before = draft.text.clone();
                    if draft.apply(patches) {
                        hits.push(rule);
                        seen(rule, &before, &draft.text);
                    }
                }
                Work::Judge(signs, judge) => {
                    if aside.is_none() && (draft.holds(signs) || role == Role::System) {
                        aside = judge(&draft.text, role);
                        if aside.is_some() {
                            hits.push(rule);
                            seen(rule, &draft.text, &draft.text);
                        }
                    }
                }
                Work::Correct => {
                    let before = self.correct(&mut draft);
                    if let Some(before) = before {
                        hits.push(rule);
                        seen(rule, &before, &draft.text);
                    }
                }
                Work::Canned => {
                    if aside.is_none() {
                        aside = self.learned.canned(&draft.text, role);
                        if aside.is_some() {
                            hits.push(rule);
                            seen(rule, &draft.text, &draft.text);
                        }
                    }
                }
                Work::Elsewhere => {}
            }
        }
        // Whatever is off, a message without words is none.
        aside = aside.or_else(|| aside::emptiness(&draft.text));
        let language = language(&draft.text);
        Cleaned { text: draft.text, offsets: draft.offsets, hits, aside, language }
    }

    /// Makes the trainers' corrections; returns the text before them when there was one to make.
    fn correct(&self, draft: &mut Draft) -> Option<String> {
        let mut before = None;
        for round in 0.. {
            let patches = self.learned.corrections(&draft.text, round);
            if patches.is_empty() {
                break;
            }
            let text = draft.text.clone();
            if !draft.apply(patches) {
                break;
            }
            before.get_or_insert(text);
        }
        before
    }
}

/// What a rule does, and the signs without which it need not look.
enum Work {
    Patch(Signs, fn(&str) -> Vec<Patch>),
    Judge(Signs, fn(&str, Role) -> Option<Aside>),
    /// Makes the trainers' corrections.
    Correct,
    /// Judges by what trainers ticked.
    Canned,
    /// Needs more than one message.
    Elsewhere,
}

fn work(rule: Rule) -> Work {
    /// Any text at all that can hold words.
    const ANY: Signs = !0;
    match rule {
        Rule::Quote => Work::Patch(ANY, quote::quote),
        Rule::Disclaimer => Work::Patch(ANY, disclaimer::disclaimer),
        Rule::Signature => Work::Patch(ANY, signature::signature),
        Rule::TranscriptTags => Work::Patch(scan::MARKUP | scan::PICTURE, markup::transcript_tags),
        Rule::Html => Work::Patch(scan::MARKUP, markup::html),
        Rule::ZeroWidth => Work::Patch(scan::INVISIBLE, form::zero_width),
        Rule::Width => Work::Patch(scan::WIDE, form::width),
        Rule::Whitespace => Work::Patch(scan::BLANK, form::whitespace),
        Rule::PinyinGloss => Work::Patch(scan::TONED, markup::pinyin_gloss),
        Rule::Traditional => Work::Patch(scan::TRADITIONAL, chinese::traditional),
        Rule::Mojibake => {
            Work::Judge(scan::ODD | scan::TORN_MARKUP, |text, _| mojibake::is_mojibake(text).then_some(Aside::Mojibake))
        }
        Rule::Url => Work::Patch(scan::LINK, markup::url),
        Rule::Emoji => Work::Patch(scan::PICTURE, emoji::emoji),
        Rule::SystemLines => Work::Judge(scan::SYSTEM, aside::system_line),
        Rule::Boilerplate => Work::Judge(scan::CANNED, aside::boilerplate),
        Rule::Hallucination => Work::Judge(scan::SILENCE, |text, _| aside::hallucination(text)),
        Rule::Cards => Work::Patch(scan::ORDER, cards::cards),
        Rule::Fillers => Work::Patch(scan::HAN, speech::fillers),
        Rule::SpokenNumbers => Work::Patch(scan::NUMERAL, numbers::spoken_numbers),
        Rule::Email => Work::Patch(scan::AT | scan::SPELLED_MAIL, codes::email),
        Rule::IdCard => Work::Patch(scan::DIGITS, digits::id_card),
        Rule::Uscc => Work::Patch(scan::DIGITS, codes::uscc),
        Rule::BankCard => Work::Patch(scan::DIGITS, banks::bank_card),
        Rule::Phone => Work::Patch(scan::DIGITS, digits::phone),
        Rule::Landline => Work::Patch(scan::DIGITS, digits::landline),
        Rule::Otp => Work::Patch(scan::CODE, codes::otp),
        Rule::Plate => Work::Patch(scan::PLATE, codes::plate),
        Rule::Passport => Work::Patch(scan::PASSPORT, codes::passport),
        Rule::PolicyNumber => Work::Patch(scan::POLICY, codes::policy_number),
        Rule::Account => Work::Patch(scan::ACCOUNT, codes::account),
        Rule::Address => Work::Patch(scan::STREET, places::address),
        Rule::PersonName => Work::Patch(scan::NAME | scan::MARKUP, people::person_name),
        Rule::Repeats => Work::Patch(scan::RUN | scan::HAN, form::repeats),
        Rule::Punctuation => Work::Patch(scan::MIXED, form::punctuation),
        Rule::Greetings => Work::Judge(scan::GREETING, aside::greeting),
        Rule::Incomplete => Work::Judge(ANY, aside::incomplete),
        Rule::Corrections => Work::Correct,
        Rule::Canned => Work::Canned,
        Rule::Fragments | Rule::NearDoubles => Work::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn customer(raw: &str) -> Cleaned {
        Cleaner::new(&RuleSet::default()).clean(raw, Role::Customer, Channel::Chat)
    }

    #[test]
    fn a_span_of_the_clean_text_is_found_in_the_raw_one() {
        let raw = "您好  我的手機１３８００１３８０００想換！！";
        let cleaned = customer(raw);
        assert_eq!(cleaned.text, "您好 我的手机<phone>想换！");
        let at = cleaned.text.find("<phone>").expect("the number is masked");
        let range = crate::domain::range::ByteRange::new(at, at + "<phone>".len());
        assert_eq!(cleaned.offsets.to_raw(range).of(raw), "１３８００１３８０００");
    }

    #[test]
    fn what_is_set_aside_is_masked_all_the_same() {
        let cleaned =
            Cleaner::new(&RuleSet::default()).clean("客服 13800138000 已接入会话", Role::System, Channel::Chat);
        assert_eq!(cleaned.aside, Some(Aside::SystemLine));
        assert!(cleaned.text.contains("<phone>"));
    }

    #[test]
    fn a_rule_that_is_off_does_nothing() {
        let rules = RuleSet::default().with(Rule::Phone, false);
        let cleaned = Cleaner::new(&rules).clean("手机13800138000！！", Role::Customer, Channel::Chat);
        assert_eq!(cleaned.text, "手机13800138000！");
        assert_eq!(cleaned.hits, [Rule::Repeats]);
    }

    #[test]
    fn the_trace_shows_each_step() {
        let steps = Cleaner::new(&RuleSet::default()).trace("ＡＰＰ閃退！！", Role::Customer, Channel::Chat);
        let shown: Vec<_> = steps.iter().map(|s| (s.rule, s.before.as_str(), s.after.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Rule::Width, "ＡＰＰ閃退！！", "APP閃退！！"),
                (Rule::Traditional, "APP閃退！！", "APP闪退！！"),
                (Rule::Repeats, "APP闪退！！", "APP闪退！"),
            ]
        );
    }

    /// Messages with what rules look for, in any order.
    fn message() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("我的手機13800138000"),
            Just("１３８００１３８０００"),
            Just("110105199003072346"),
            Just("<b>重疾险</b>"),
            Just("&nbsp;"),
            Just("[发怒][发怒]"),
            Just("👍🏻"),
            Just("訓(xùn)練"),
            Just("  "),
            Just("\r\n"),
            Just("！！！"),
            Just("我叫张伟"),
            Just("餘額"),
            Just("\u{200b}"),
            Just("https://a.cn/b"),
            Just("订单123456789012"),
            Just("嗯那个我"),
            Just("一百三十八块五"),
            Just("转人工转人工转人工"),
            Just("a@b.com"),
            Just("粤B12345"),
            Just("科技园路1号A座302"),
            Just("，"),
            Just("\n> 旧\n"),
            Just("\n发自我的iPhone\n"),
            Just("\nOn Thu, Feb 1 2024, S <s@b.c> wrote:\n"),
            Just("\n-- \n"),
            Just("\n本邮件保密，仅供收件人阅读，未经授权不得披露。\n\n"),
            Just("好"),
            Just("app"),
        ];
        prop_oneof![
            proptest::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat()),
            ".{0,40}",
            "[一二三十百万两点块元年月0-9a-zA-Z@<>&;:/#. ，。！（）()\\[\\]嗯那个就是我他]{0,40}",
        ]
    }

    proptest! {
        #[test]
        fn every_clean_character_leads_back(raw in message(), off in any::<u64>(), at in 0usize..3) {
            let rules: RuleSet = Rule::ALL.into_iter().filter(|r| off >> (*r as u32) & 1 == 1).collect();
            let channel = Channel::ALL[at];
            for rules in [rules, RuleSet::default()] {
                let cleaned = Cleaner::new(&rules).clean(&raw, Role::Customer, channel);
                let mut last = crate::domain::range::ByteRange::new(0, 0);
                for (at, c) in cleaned.text.char_indices() {
                    let range = crate::domain::range::ByteRange::new(at, at + c.len_utf8());
                    let back = cleaned.offsets.to_raw(range);
                    prop_assert!(back.start >= last.start && back.end >= last.end && back.end as usize <= raw.len());
                    prop_assert!(raw.get(back.start as usize..back.end as usize).is_some(), "{:?} in {:?}", back, raw);
                    last = back;
                }
                // Between the edits both texts are the same, byte by byte; so each unchanged character is itself.
                let (mut clean_at, mut raw_at) = (0, 0);
                for edit in cleaned.offsets.edits() {
                    let gap = edit.clean.start as usize - clean_at;
                    prop_assert_eq!(&cleaned.text[clean_at..clean_at + gap], &raw[raw_at..raw_at + gap]);
                    prop_assert_eq!(raw_at + gap, edit.raw.start as usize);
                    (clean_at, raw_at) = (edit.clean.end as usize, edit.raw.end as usize);
                }
                prop_assert_eq!(&cleaned.text[clean_at..], &raw[raw_at..]);
                prop_assert_eq!(Offsets::from_bytes(&cleaned.offsets.to_bytes()), Some(cleaned.offsets));
            }
        }

        #[test]
        fn a_masked_text_holds_nothing_more_to_mask(raw in message()) {
            let once = customer(&raw);
            let again = customer(&once.text);
            prop_assert!(!again.hits.iter().any(|rule| rule.is_mask()), "{:?} -> {:?}: {:?}", once.text, again.text, again.hits);
        }

        #[test]
        fn the_trace_ends_where_cleaning_ends(raw in message()) {
            let steps = Cleaner::new(&RuleSet::default()).trace(&raw, Role::Customer, Channel::Chat);
            let cleaned = customer(&raw);
            let rules: Vec<_> = steps.iter().map(|s| s.rule).collect();
            prop_assert_eq!(&rules, &cleaned.hits);
            prop_assert_eq!(steps.last().map_or(&raw, |s| &s.after), &cleaned.text);
        }
    }
}
