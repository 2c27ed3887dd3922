//! People who press keys: events in, frames out.
pub mod action;
pub mod cells;
pub mod decode;
pub mod key;
pub mod keymap;
pub mod moment;
pub mod theme;
pub mod widgets;
