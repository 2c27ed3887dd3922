//! Journeys of a trainer: keys in, frames out, at 80×24, in both languages, without sleeping.
//!
//! A verb's journeys stand in a file of their own; [`hand`] drives them all.

mod bots;
mod call;
mod clean;
mod desk;
mod entities;
mod evaluate;
mod group;
mod hand;
mod intake;
mod knowing;
mod label;
mod monkey;
mod moods;
mod people;
mod privacy;
mod proof;
mod rehearse;
mod search;
mod sizes;
mod story;
mod surgery;
mod wording;
