//! The screens: one for each verb, and the windows over them.
//!
//! A new verb's screen is a file here, a `pub mod` line and a line in [`open`]. Called by `app`. Not here: keys
//! (`assets/keymap.toml`), phrases (`i18n`), pieces to draw with (`widgets`).

pub mod ask;
pub mod catalogue;
pub mod choose;
pub mod clean;
pub mod design;
pub mod erase;
pub mod evaluate;
pub mod export;
pub mod group;
pub mod help;
pub mod home;
pub mod import;
pub mod label;
pub mod message;
pub mod palette;
pub mod rehearse;
pub mod talk;
pub mod train;
pub mod wording;
pub mod write;

use crate::tui::screen::{Screen, Tab};

/// Returns the screen of a tab; `None` while the verb has none and works from the command line alone.
pub fn open(tab: Tab) -> Option<Box<dyn Screen>> {
    Some(match tab {
        Tab::Home => Box::new(home::Home::default()),
        Tab::Import => Box::new(import::Import::default()),
        Tab::Clean => Box::new(clean::Clean::default()),
        Tab::Group => Box::new(group::Group::default()),
        Tab::Label => Box::new(label::Label::default()),
        Tab::Train => Box::new(train::Train::default()),
        Tab::Evaluate => Box::new(evaluate::Evaluate::default()),
        Tab::Design => Box::new(design::Design::default()),
        Tab::Talk => Box::new(talk::Talk::default()),
        Tab::Rehearse => Box::new(rehearse::Rehearse::default()),
        Tab::Export => Box::new(export::Export::default()),
    })
}

/// Returns the tabs that have a screen, in their order.
pub fn tabs() -> Vec<Tab> {
    Tab::ALL.into_iter().filter(|tab| open(*tab).is_some()).collect()
}
