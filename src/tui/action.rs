//! What a key can mean: every [`Action`] of the program, and the [`Scope`]s in which keys are looked up.
//!
//! Called by `keymap`, `app` and every screen. A new action is a line here (its variant and its phrase), a line
//! in `i18n::actions` and a line in `assets/keymap.toml`. Not here: which key means it (`keymap`), what it does
//! (`app` for the global ones, the screens for theirs).

use crate::i18n::Words;
use crate::i18n::actions::Phrase;

macro_rules! actions {
    ($($name:ident $word:ident),* $(,)?) => {
        /// Something a key can mean. The order is the order of hints in the footer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($name),* }

        impl Action {
            pub const ALL: &'static [Action] = &[$(Action::$name),*];

            /// Returns the word the keymap uses.
            pub fn name(self) -> &'static str {
                match self { $(Action::$name => stringify!($word)),* }
            }

            /// Returns what it does, in the words of a language.
            pub fn phrase(self, words: &Words) -> Phrase {
                match self { $(Action::$name => words.actions.$word),* }
            }
        }
    };
}

actions! {
    // Choices by number.
    Pick1 pick1, Pick2 pick2, Pick3 pick3, Pick4 pick4, Pick5 pick5, Pick6 pick6, Pick7 pick7, Pick8 pick8, Pick9 pick9,
    OutOfScope out_of_scope,
    // Decisions.
    Accept accept, AcceptTop accept_top, Say say, Choose choose, Yes yes, No no, Send send, Toggle toggle,
    Later later, FindIntent find_intent, NewIntent new_intent, NewProposed new_proposed, Add add,
    // The screen's own work.
    Import import, Clean clean, Regroup regroup, Train train, Evaluate evaluate, Play play, PlayOne play_one, Write write,
    // What it is done to, or how.
    Ignore ignore, Similar similar, Split split, Merge merge, Rename rename, Note note, Context context, Review review,
    Queue queue, Entities entities, Guideline guideline, Words words, Family family, Adjudicate adjudicate,
    CutUp cut_up, CutDown cut_down, CutHere cut_here, Strays strays, Format format, Encoding encoding, Columns columns, Header header, Swap swap, Masked masked,
    Purge purge, Restore restore, Edit edit, Settings settings, Compare compare, View view, Sort sort, Delete delete, Save save,
    Publish publish, Rollback rollback, Report report, Bless bless, Reject reject, Vary vary, Mutate mutate, Limits limits, Use use_run, Cause cause, Repair repair,
    StepBack step_back, Branch branch, FixIntent fix_intent, WrongReply wrong_reply, KeepRehearsal keep_rehearsal,
    NewChat new_chat, Why why,
    // Moving about.
    Open open, Up up, Down down, Left left, Right right, PageUp page_up, PageDown page_down, Top top, Bottom bottom,
    Mark mark, MarkAll mark_all, Invert invert, Range range, Slices slices, Search search,
    // Everywhere.
    NextPane next_pane, PreviousPane previous_pane, NextTab next_tab, PreviousTab previous_tab, GoTo go_to,
    Undo undo, Redo redo, Stop stop, Copy copy, Palette palette, Back back, Language language, Theme theme,
    Redraw redraw, Suspend suspend, Quit quit, Help help,
}

impl Action {
    /// Returns the action with that word of the keymap.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.name() == word)
    }

    /// Returns the place, from 0, that a choice by number means.
    pub fn place(self) -> Option<usize> {
        (Action::Pick1..=Action::Pick9).contains(&self).then(|| self as usize - Action::Pick1 as usize)
    }
}

macro_rules! scopes {
    ($($name:ident = $word:literal),* $(,)?) => {
        /// Where a key is looked up. A screen has one; lists and the whole program come after it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope { $($name),* }

        impl Scope {
            pub const ALL: &'static [Scope] = &[$(Scope::$name),*];

            /// Returns the section of the keymap.
            pub fn name(self) -> &'static str {
                match self { $(Scope::$name => $word),* }
            }
        }
    };
}

scopes! {
    Home = "home",
    Import = "import",
    Clean = "clean",
    Group = "group",
    Label = "label",
    Train = "train",
    Evaluate = "evaluate",
    Design = "design",
    Talk = "talk",
    Rehearse = "rehearse",
    Export = "export",
    // Windows over a screen.
    Ask = "ask",
    Pick = "pick",
    Text = "text",
    Read = "read",
    Map = "map",
    Search = "search",
    Adjudicate = "adjudicate",
    // What comes after all of them.
    Move = "move",
    Global = "global",
}

impl Scope {
    /// Returns the scope with that section name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.name() == word)
    }

    /// Returns where a key pressed in this scope is looked up, in order.
    pub fn chain(self) -> &'static [Scope] {
        macro_rules! chains {
            ($($name:ident),*) => {
                match self {
                    $(Scope::$name => &[Scope::$name, Scope::Move, Scope::Global],)*
                    Scope::Move => &[Scope::Move, Scope::Global],
                    Scope::Global => &[Scope::Global],
                }
            };
        }
        chains!(
            Home, Import, Clean, Group, Label, Train, Evaluate, Design, Talk, Rehearse, Export, Ask, Pick, Text, Read,
            Map, Adjudicate, Search
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{EN, ZH};

    #[test]
    fn every_action_says_what_it_does_in_both_languages() {
        for action in Action::ALL {
            for words in [&ZH, &EN] {
                let phrase = action.phrase(words);
                assert!(!phrase.short.is_empty() && !phrase.long.is_empty(), "{}", action.name());
            }
        }
    }

    #[test]
    fn names_lead_back() {
        for action in Action::ALL {
            assert_eq!(Action::named(action.name()), Some(*action));
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::named(scope.name()), Some(*scope));
            assert_eq!(scope.chain().first(), Some(scope));
        }
        assert_eq!(Action::Pick3.place(), Some(2));
        assert_eq!(Action::OutOfScope.place(), None);
    }
}
