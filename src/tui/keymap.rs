//! Which key means what, and which key to name in a hint.
//!
//! The bindings are data: `assets/keymap.toml`, then the trainer's own file over it. `app` asks [`Keymap::action`]
//! for every key; the footer, the help and the palette ask [`Keymap::keys`]. A screen's section may take a key of
//! `[move]` for itself, never one of `[global]`, and no section may give a key two meanings. Not here: whether an
//! action can run now (the screens say).

use std::collections::BTreeMap;

use crate::tui::action::{Action, Scope};
use crate::tui::key::Key;

/// The bindings the program comes with.
const OURS: &str = include_str!("../../assets/keymap.toml");

/// A keymap file that cannot be used, as data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("keymap: {0}")]
    Syntax(#[from] toml::de::Error),
    #[error("keymap: no section [{0}]")]
    Scope(String),
    #[error("keymap: [{scope}] no action {action:?}")]
    Action { scope: String, action: String },
    #[error("keymap: [{scope}] {action}: no key {key:?}")]
    Key { scope: String, action: String, key: String },
    #[error("keymap: [{scope}] {key} means both {first} and {second}")]
    Taken { scope: String, key: Key, first: &'static str, second: &'static str },
}

/// All bindings.
#[derive(Debug, Clone)]
pub struct Keymap {
    bindings: BTreeMap<(Scope, Action), Vec<Key>>,
}

impl Keymap {
    /// Returns the bindings the program comes with.
    pub fn ours() -> Self {
        Self::parse(OURS).expect("the keymap in assets is tested")
    }

    /// Returns our bindings with the trainer's over them.
    pub fn with(user: &str) -> Result<Self, Error> {
        let mut keymap = Self::ours();
        keymap.bindings.extend(read(user)?);
        keymap.check()?;
        Ok(keymap)
    }

    /// Returns what `key` means in `scope`; `None` for nothing.
    pub fn action(&self, scope: Scope, key: Key) -> Option<Action> {
        scope.chain().iter().find_map(|place| self.bound_in(*place, key))
    }

    /// Returns the keys that mean `action` in `scope`, the one to show first.
    pub fn keys(&self, scope: Scope, action: Action) -> Vec<Key> {
        let bound = scope.chain().iter().filter_map(|place| self.bindings.get(&(*place, action))).flatten();
        let mut keys: Vec<Key> = Vec::new();
        for key in bound {
            if self.action(scope, *key) == Some(action) && !keys.contains(key) {
                keys.push(*key);
            }
        }
        keys
    }

    /// Returns the key to show for `action` in `scope`. While a text is written, only a key that writes nothing.
    pub fn hint(&self, scope: Scope, action: Action, typing: bool) -> Option<Key> {
        self.keys(scope, action).into_iter().find(|key| !typing || key.text().is_none())
    }

    /// Returns the actions a section binds itself, in the order of hints.
    pub fn actions(&self, place: Scope) -> impl Iterator<Item = Action> {
        self.bindings.keys().filter(move |(scope, _)| *scope == place).map(|(_, action)| *action)
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let keymap = Self { bindings: read(text)? };
        keymap.check()?;
        Ok(keymap)
    }

    fn bound_in(&self, place: Scope, key: Key) -> Option<Action> {
        let section = self.bindings.range((place, Action::ALL[0])..).take_while(|((scope, _), _)| *scope == place);
        section.filter(|(_, keys)| keys.contains(&key)).map(|((_, action), _)| *action).next()
    }

    fn check(&self) -> Result<(), Error> {
        for ((scope, action), keys) in &self.bindings {
            for key in keys {
                let section = self.bindings.iter().filter(|((place, other), keys)| {
                    (*place == *scope || *place == Scope::Global) && other != action && keys.contains(key)
                });
                // `back` is the one exception: a question must be able to take Esc as "no".
                let clash = section.map(|((_, other), _)| *other).find(|other| *other != Action::Back);
                if let (Some(other), true) = (clash, *action != Action::Back) {
                    let (first, second) = (action.name(), other.name());
                    return Err(Error::Taken { scope: scope.name().to_owned(), key: *key, first, second });
                }
            }
        }
        Ok(())
    }
}

fn read(text: &str) -> Result<BTreeMap<(Scope, Action), Vec<Key>>, Error> {
    let sections: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(text)?;
    let mut bindings = BTreeMap::new();
    for (section, lines) in sections {
        let scope = Scope::named(&section).ok_or_else(|| Error::Scope(section.clone()))?;
        for (name, words) in lines {
            let action =
                Action::named(&name).ok_or_else(|| Error::Action { scope: section.clone(), action: name.clone() })?;
            let keys = words.into_iter().map(|word| {
                let (scope, action) = (section.clone(), name.clone());
                Key::named(&word).ok_or(Error::Key { scope, action, key: word })
            });
            bindings.insert((scope, action), keys.collect::<Result<_, _>>()?);
        }
    }
    Ok(bindings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings_in_one_place() {
        Keymap::parse(OURS).unwrap();
    }

    #[test]
    fn every_action_has_a_key() {
        let keymap = Keymap::ours();
        for action in Action::ALL {
            assert!(keymap.bindings.keys().any(|(_, bound)| bound == action), "{} has no key", action.name());
        }
    }

    #[test]
    fn every_action_has_a_key_that_an_input_method_leaves_alone() {
        let keymap = Keymap::ours();
        for (scope, action) in keymap.bindings.keys() {
            let keys = keymap.keys(*scope, *action);
            assert!(keys.iter().any(|k| k.is_ime_safe() && !k.alt), "[{}] {}", scope.name(), action.name());
        }
    }

    #[test]
    fn no_binding_waits_for_a_chord_that_terminals_send_as_another_key() {
        for key in Keymap::ours().bindings.into_values().flatten() {
            assert!(
                !(key.ctrl && matches!(key.code, crate::tui::key::Code::Char('h' | 'i' | 'j' | 'm' | '['))),
                "{key}"
            );
        }
    }

    #[test]
    fn every_function_key_and_escape_has_a_twin() {
        let keymap = Keymap::ours();
        for ((scope, action), keys) in &keymap.bindings {
            let lone = keys.iter().all(|k| matches!(k.code, crate::tui::key::Code::F(_) | crate::tui::key::Code::Esc));
            assert!(!lone || *scope == Scope::Talk, "[{}] {}", scope.name(), action.name());
        }
    }

    #[test]
    fn while_a_text_is_written_the_chat_keeps_all_its_keys() {
        let keymap = Keymap::ours();
        for action in keymap.actions(Scope::Talk) {
            assert!(keymap.hint(Scope::Talk, action, true).is_some(), "{}", action.name());
        }
    }

    #[test]
    fn a_screen_takes_a_key_of_the_lists_and_hints_know_it() {
        let keymap = Keymap::ours();
        let slash = Key::char('/');
        assert_eq!(keymap.action(Scope::Label, slash), Some(Action::FindIntent));
        assert_eq!(keymap.action(Scope::Group, slash), Some(Action::Search));
        assert_eq!(keymap.keys(Scope::Label, Action::Search), [Key::ctrl('f')]);
        assert_eq!(keymap.action(Scope::Ask, Key::named("esc").unwrap()), Some(Action::No));
    }

    #[test]
    fn a_trainer_may_bind_anew_but_not_twice() {
        let mine = Keymap::with("[label]\nlater = [\"%\"]").unwrap();
        assert_eq!(mine.action(Scope::Label, Key::char('%')), Some(Action::Later));
        assert_eq!(mine.action(Scope::Label, Key::char(' ')), None);
        let check = |text: &str| Keymap::with(text).unwrap_err();
        assert!(matches!(check("[label]\nlater = [\"F2\"]"), Error::Taken { .. }));
        assert!(matches!(check("[label]\nlater = [\"ctrl-p\"]"), Error::Taken { .. }));
        assert!(matches!(check("[label]\nlater = [\"hyper-x\"]"), Error::Key { .. }));
        assert!(matches!(check("[label]\nlatter = [\"x\"]"), Error::Action { .. }));
        assert!(matches!(check("[lable]\nlater = [\"x\"]"), Error::Scope(_)));
        assert!(matches!(check("[label"), Error::Syntax(_)));
    }
}
