//! The outside world's files: what they are, how they are read, how ours are written.
//!
//! Called by `workbench::import` and `export`. Mirrors of vendors' shapes live here, never on domain types.
//! Not here: what is done with the messages.
