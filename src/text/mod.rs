//! Text as a material: cleaning it, hiding personal data, cutting it into words, making it safe to show.
//!
//! Called by every craft and by `workbench::import`/`clean`. Pure: no file, no clock. Not here: what a text
//! *means* (`nlu`), which texts belong together (`clustering`).

pub mod clean;
pub mod compatible;
pub mod contrast;
pub mod family;
pub mod fragments;
pub mod graphemes;
pub mod homophones;
pub mod language;
pub mod near;
pub mod personal;
pub mod pinyin;
pub mod safe;
pub mod segment;
pub mod synonyms;
pub mod terms;
pub mod vector;
pub mod yaml;
