//! An error becomes a sentence: what happened, where, and what to do next, in the user's language.
