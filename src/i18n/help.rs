//! Phrases of the command line: what each verb and each of its options does, a word and its sentence.

pub mod en;
pub mod zh;
