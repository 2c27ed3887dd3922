//! The rules of cleaning by name, in running order, and which of them are on.

use crate::domain::conversation::Channel;

/// One switchable rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Cuts the mails a mail answers, quoted in it (mails only).
    Quote,
    /// Cuts the lawyers' paragraph below a mail (mails only).
    Disclaimer,
    /// Cuts signatures and 发自我的iPhone (mails only).
    Signature,
    /// Drops the recogniser's own tags, `<|zh|><|ANGRY|>`.
    TranscriptTags,
    /// Drops HTML tags and decodes entities; `利率<3%` stays.
    Html,
    /// Sets aside text that was decoded wrongly; never repairs it by itself.
    Mojibake,
    /// Drops characters that show nothing.
    ZeroWidth,
    /// Folds full-width letters, digits and blanks.
    Width,
    /// Joins blanks, unifies line ends, closes up 信 用 卡.
    Whitespace,
    /// Drops `(xùn)` after a Chinese character.
    PinyinGloss,
    /// Converts traditional to simplified, word by word.
    Traditional,
    /// Writes links as `<url>`; a link ends at the first Chinese character.
    Url,
    /// Writes emoji and the codes of chat programs as `<emo:微笑>`, pictures and the like as `<img>`.
    Emoji,
    /// Sets aside what the chat system says, and recalled messages.
    SystemLines,
    /// Sets aside the canned openings and closings of agents and bots.
    Boilerplate,
    /// Sets aside what a recogniser makes of silence (calls only).
    Hallucination,
    /// Writes order and article numbers as `<order>`, `<item>`.
    Cards,
    /// Drops hesitations and stutters (calls only).
    Fillers,
    /// Writes spoken numbers in digits (calls only).
    SpokenNumbers,
    /// Hides e-mail addresses.
    Email,
    /// Hides numbers of identity cards, checked by region, date and check digit.
    IdCard,
    /// Hides unified social credit codes, checked by their check digit.
    Uscc,
    /// Hides numbers of bank cards, checked by Luhn and the issuer or a word nearby.
    BankCard,
    /// Hides mobile numbers; hotlines stay.
    Phone,
    /// Hides telephone numbers with an area code.
    Landline,
    /// Hides one-time codes behind a word for them.
    Otp,
    /// Hides number plates.
    Plate,
    /// Hides passport numbers behind a word for them.
    Passport,
    /// Hides the numbers of insurance policies.
    PolicyNumber,
    /// Hides the names of accounts elsewhere: 微信号, QQ.
    Account,
    /// Hides addresses from the district on; province and city stay.
    Address,
    /// Hides names of people behind 我叫, 姓名 and before 先生.
    PersonName,
    /// Shortens runs of the same sign, character or phrase; digits stay.
    Repeats,
    /// Writes `, ? !` after Chinese as `，？！`, drops separators at the start.
    Punctuation,
    /// Writes what was meant for words a trainer said were heard or typed wrongly.
    Corrections,
    /// Sets aside greetings that ask nothing.
    Greetings,
    /// Sets aside sentences that break off before they say anything.
    Incomplete,
    /// Sets aside texts that a trainer ticked as canned.
    Canned,
    /// Joins what a customer sent in pieces; looks at a conversation, not at a message.
    Fragments,
    /// Puts texts that differ in little words alone into one family; looks at all texts, not at a message.
    NearDoubles,
}

impl Rule {
    /// Every rule, in the order they run.
    ///
    /// The order is fixed because each rule reads what the one before left: widths before digits are looked for,
    /// spoken numbers before masks, masks before signs are counted, words before whole sentences are judged. Another
    /// order would let personal data through; a trainer who wants less switches a rule off.
    pub const ALL: [Rule; 40] = [
        Rule::Quote,
        Rule::Disclaimer,
        Rule::Signature,
        Rule::TranscriptTags,
        Rule::Html,
        Rule::Mojibake,
        Rule::ZeroWidth,
        Rule::Width,
        Rule::Whitespace,
        Rule::PinyinGloss,
        Rule::Traditional,
        Rule::Url,
        Rule::Emoji,
        Rule::SystemLines,
        Rule::Boilerplate,
        Rule::Hallucination,
        Rule::Cards,
        Rule::Fillers,
        Rule::SpokenNumbers,
        Rule::Email,
        Rule::IdCard,
        Rule::Uscc,
        Rule::BankCard,
        Rule::Phone,
        Rule::Landline,
        Rule::Otp,
        Rule::Plate,
        Rule::Passport,
        Rule::PolicyNumber,
        Rule::Account,
        Rule::Address,
        Rule::PersonName,
        Rule::Repeats,
        Rule::Punctuation,
        Rule::Corrections,
        Rule::Greetings,
        Rule::Incomplete,
        Rule::Canned,
        Rule::Fragments,
        Rule::NearDoubles,
    ];

    /// Returns the word used in settings, files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Quote => "quote",
            Rule::Disclaimer => "disclaimer",
            Rule::Signature => "signature",
            Rule::TranscriptTags => "transcript-tags",
            Rule::Html => "html",
            Rule::ZeroWidth => "zero-width",
            Rule::Width => "width",
            Rule::Whitespace => "whitespace",
            Rule::PinyinGloss => "pinyin-gloss",
            Rule::Traditional => "traditional",
            Rule::Mojibake => "mojibake",
            Rule::Url => "url",
            Rule::Emoji => "emoji",
            Rule::SystemLines => "system-lines",
            Rule::Boilerplate => "boilerplate",
            Rule::Hallucination => "hallucination",
            Rule::Cards => "cards",
            Rule::Fillers => "fillers",
            Rule::SpokenNumbers => "spoken-numbers",
            Rule::Email => "email",
            Rule::IdCard => "id-card",
            Rule::Uscc => "uscc",
            Rule::BankCard => "bank-card",
            Rule::Phone => "phone",
            Rule::Landline => "landline",
            Rule::Otp => "otp",
            Rule::Plate => "plate",
            Rule::Passport => "passport",
            Rule::PolicyNumber => "policy-number",
            Rule::Account => "account",
            Rule::Address => "address",
            Rule::PersonName => "person-name",
            Rule::Repeats => "repeats",
            Rule::Punctuation => "punctuation",
            Rule::Corrections => "corrections",
            Rule::Greetings => "greetings",
            Rule::Incomplete => "incomplete",
            Rule::Canned => "canned",
            Rule::Fragments => "fragments",
            Rule::NearDoubles => "near-doubles",
        }
    }

    /// Returns the rule with that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == word)
    }

    /// Tells whether the rule hides personal data.
    pub fn is_mask(self) -> bool {
        self >= Rule::Email && self <= Rule::PersonName
    }

    /// Tells whether the rule runs on this channel unless it is switched off.
    ///
    /// A rule for speech would spoil writing: 那个 is a filler when spoken and a word when written. What cuts lines is for
    /// mails: nobody signs a chat message.
    pub fn default_on(self, channel: Channel) -> bool {
        match self {
            Rule::Fillers | Rule::SpokenNumbers | Rule::Hallucination => channel == Channel::Call,
            Rule::Quote | Rule::Disclaimer | Rule::Signature => channel == Channel::Mail,
            _ => true,
        }
    }

    fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// Which rules are on; all of them by default.
///
/// A rule that is on still rests on a channel it is not meant for ([`Rule::default_on`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleSet(u64);

impl RuleSet {
    /// Returns the set of no rule.
    pub fn none() -> Self {
        Self(0)
    }

    /// Returns the set with `rule` on or off.
    pub fn with(self, rule: Rule, on: bool) -> Self {
        Self(if on { self.0 | rule.bit() } else { self.0 & !rule.bit() })
    }

    /// Tells whether `rule` is on.
    pub fn has(self, rule: Rule) -> bool {
        self.0 & rule.bit() != 0
    }

    /// Returns the names of the rules that are on, in running order.
    pub fn names(self) -> Vec<&'static str> {
        Rule::ALL.into_iter().filter(|rule| self.has(*rule)).map(Rule::name).collect()
    }

    /// Returns the set of the rules named; names of rules that do not exist are handed back.
    pub fn from_names<'n>(names: impl IntoIterator<Item = &'n str>) -> (Self, Vec<&'n str>) {
        let mut set = Self::none();
        let mut unknown = Vec::new();
        for name in names {
            match Rule::named(name) {
                Some(rule) => set = set.with(rule, true),
                None => unknown.push(name),
            }
        }
        (set, unknown)
    }
}

impl Default for RuleSet {
    fn default() -> Self {
        Rule::ALL.into_iter().fold(Self::none(), |set, rule| set.with(rule, true))
    }
}

impl FromIterator<Rule> for RuleSet {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        rules.into_iter().fold(Self::none(), |set, rule| set.with(rule, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_running_order_and_names_go_both_ways() {
        for (place, rule) in Rule::ALL.into_iter().enumerate() {
            assert_eq!(rule as usize, place);
            assert_eq!(Rule::named(rule.name()), Some(rule));
        }
    }

    #[test]
    fn a_set_survives_its_names_and_hands_back_strangers() {
        let set = RuleSet::default().with(Rule::Fillers, false);
        let mut names = set.names();
        assert!(!names.contains(&"fillers"));
        names.push("moustache");
        assert_eq!(RuleSet::from_names(names), (set, vec!["moustache"]));
    }

    #[test]
    fn rules_rest_on_channels_they_are_not_for() {
        assert!(Rule::Fillers.default_on(Channel::Call) && !Rule::Fillers.default_on(Channel::Chat));
        assert!(Rule::Quote.default_on(Channel::Mail) && !Rule::Quote.default_on(Channel::Chat));
        assert!(Rule::Phone.is_mask() && Rule::PersonName.is_mask() && !Rule::Repeats.is_mask());
    }
}
