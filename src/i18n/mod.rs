//! Every phrase people read, in both languages: one struct of phrases, two constants. A missing phrase does
//! not compile.
//!
//! Called by `explain`, `cli` and `tui`. Phrases with gaps carry `{name}` and are filled by [`fill`]. Each
//! room's phrases stand in a file of its own, Chinese and English side by side. Not here: which phrase to
//! use when.

pub mod actions;
pub mod agreement;
pub mod answers;
pub mod clean;
pub mod command;
pub mod design;
pub mod dialogue;
pub mod entities;
pub mod evaluate;
pub mod export;
pub mod forecast;
pub mod group;
mod help;
pub mod home;
pub mod import;
pub mod label;
pub mod moods;
pub mod privacy;
pub mod proof;
pub mod rehearse;
pub mod screens;
pub mod search;
pub mod sheet;
pub mod storybook;
pub mod surgery;
pub mod talk;
pub mod train;
pub mod trials;
pub mod trouble;
pub mod usage;
pub mod wording;

use crate::domain::event::{Act, BY_LIMITS};
use crate::domain::setting::Setting;

/// The interface's languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// Returns the language a setting or locale names (`zh_CN.UTF-8`, `en`, …).
    pub fn named(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        if word.starts_with("zh") {
            Some(Lang::Zh)
        } else if word.starts_with("en") {
            Some(Lang::En)
        } else {
            None
        }
    }
}

/// Fills the gaps `{name}` of a phrase; `{name:one|many}` is the word that agrees with the number in that gap.
///
/// ```
/// use daoshi::i18n::fill;
/// assert_eq!(fill("{n} {n:row|rows}", &[("n", "12")]), "12 rows");
/// assert_eq!(fill("{n} {n:row|rows}", &[("n", "1")]), "1 row");
/// ```
pub fn fill(phrase: &str, gaps: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(phrase.len() + 16);
    let mut rest = phrase;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let tail = &rest[open + 1..];
        let found = tail.find('}').and_then(|close| {
            let (name, forms) = tail[..close].split_once(':').unwrap_or((&tail[..close], ""));
            let value = gaps.iter().find(|(gap, _)| *gap == name)?.1;
            Some((agreeing(value, forms)?, &tail[close + 1..]))
        });
        match found {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns a number itself, or of `one|many` the form that agrees with it; `None` for anything else.
fn agreeing<'t>(number: &'t str, forms: &'t str) -> Option<&'t str> {
    if forms.is_empty() {
        return Some(number);
    }
    let (one, many) = forms.split_once('|')?;
    Some(if number == "1" { one } else { many })
}

/// All phrases of one language, a field a room.
pub struct Words {
    pub lang: Lang,
    pub actions: actions::Actions,
    pub home: home::Home,
    pub import: import::Import,
    pub sheet: sheet::Sheet,
    pub clean: clean::Clean,
    pub group: group::Group,
    pub label: label::Label,
    pub answers: answers::Answers,
    pub moods: moods::Moods,
    pub entities: entities::Entities,
    pub surgery: surgery::Surgery,
    pub agreement: agreement::Agreement,
    pub search: search::Search,
    pub train: train::Train,
    pub trials: trials::Trials,
    pub evaluate: evaluate::Evaluate,
    pub forecast: forecast::Forecast,
    pub design: design::Design,
    pub dialogue: dialogue::Dialogue,
    pub talk: talk::Talk,
    pub rehearse: rehearse::Rehearse,
    pub storybook: storybook::Storybook,
    pub export: export::Export,
    pub privacy: privacy::Privacy,
    pub proof: proof::Proof,
    pub command: command::Command,
    pub usage: usage::Usage,
    pub wording: wording::Wording,
    pub trouble: trouble::Trouble,
    pub screens: screens::Screens,
}

/// Chinese.
pub static ZH: Words = Words {
    lang: Lang::Zh,
    actions: actions::ZH,
    home: home::ZH,
    import: import::ZH,
    sheet: sheet::ZH,
    clean: clean::ZH,
    group: group::ZH,
    label: label::ZH,
    answers: answers::ZH,
    moods: moods::ZH,
    entities: entities::ZH,
    surgery: surgery::ZH,
    agreement: agreement::ZH,
    search: search::ZH,
    train: train::ZH,
    trials: trials::ZH,
    evaluate: evaluate::ZH,
    forecast: forecast::ZH,
    design: design::ZH,
    dialogue: dialogue::ZH,
    talk: talk::ZH,
    rehearse: rehearse::ZH,
    storybook: storybook::ZH,
    export: export::ZH,
    privacy: privacy::ZH,
    proof: proof::ZH,
    command: command::ZH,
    usage: usage::ZH,
    wording: wording::ZH,
    trouble: trouble::ZH,
    screens: screens::ZH,
};

/// English.
pub static EN: Words = Words {
    lang: Lang::En,
    actions: actions::EN,
    home: home::EN,
    import: import::EN,
    sheet: sheet::EN,
    clean: clean::EN,
    group: group::EN,
    label: label::EN,
    answers: answers::EN,
    moods: moods::EN,
    entities: entities::EN,
    surgery: surgery::EN,
    agreement: agreement::EN,
    search: search::EN,
    train: train::EN,
    trials: trials::EN,
    evaluate: evaluate::EN,
    forecast: forecast::EN,
    design: design::EN,
    dialogue: dialogue::EN,
    talk: talk::EN,
    rehearse: rehearse::EN,
    storybook: storybook::EN,
    export: export::EN,
    privacy: privacy::EN,
    proof: proof::EN,
    command: command::EN,
    usage: usage::EN,
    wording: wording::EN,
    trouble: trouble::EN,
    screens: screens::EN,
};

impl Lang {
    /// Returns the phrases of the language.
    pub fn words(self) -> &'static Words {
        match self {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }
}

impl Words {
    /// Returns the phrase for a kind of change.
    pub fn act(&self, act: Act) -> &'static str {
        let acts = &self.home.acts;
        Act::ALL.iter().position(|known| *known == act).and_then(|place| acts.get(place)).copied().unwrap_or("")
    }

    /// Returns what a change was done to: the words a trainer gave stay, those of the program have a name.
    pub fn subject<'w>(&'w self, act: Act, subject: &'w str) -> &'w str {
        match act {
            Act::Setting => Setting::named(subject).map_or(subject, |setting| self.home.settings[setting as usize]),
            Act::Rule => self.clean.rule(subject),
            Act::Policy if subject == BY_LIMITS => self.home.limits,
            _ => subject,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_calls_a_setting_has_a_name_of_its_own_in_each_language() {
        for words in [Lang::Zh, Lang::En].map(Lang::words) {
            for setting in Setting::ALL {
                assert_eq!(Setting::named(setting.name()), Some(*setting));
                let told = words.subject(Act::Setting, setting.name());
                assert_ne!(told, setting.name());
                assert!(!told.is_empty() && told.is_ascii() == (words.lang == Lang::En), "{setting:?}: {told}");
            }
            assert_ne!(words.subject(Act::Policy, BY_LIMITS), BY_LIMITS);
            assert_ne!(words.subject(Act::Rule, "zero-width"), "zero-width");
            // What a trainer named keeps its name.
            assert_eq!(words.subject(Act::Setting, "投诉"), "投诉");
            assert_eq!(words.subject(Act::AddIntent, "forecast"), "forecast");
        }
    }
}
