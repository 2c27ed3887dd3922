//! The verbs: each loads from the store, calls crafts, saves. The only floor that joins them.
//!
//! Called by `cli`, `tui` and `jobs`. Verbs never call each other. Not here: words, keys, printing.
