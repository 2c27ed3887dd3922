//! Personal data in a text: found, and replaced by the name of its kind.
//!
//! A mask is a rule like any other: it returns patches that put `<phone>` and the like. Checks (Luhn, region
//! and date, mod 11, mod 31, mod 97) keep what only looks like personal data; words nearby decide the rest. Public
//! hotlines and amounts stay. A number whose word is there but whose check fails is hidden as suspected: `<idcard?>`.

pub(crate) mod banks;
pub(crate) mod codes;
pub(crate) mod digits;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod tags;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
