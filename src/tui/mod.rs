//! People who press keys: events in, frames out.
