//! The project file: the only SQL in the program.
//!
//! One SQLite file; every change is an event with its inverse in the same transaction as its effect. Called
//! by `workbench` alone. Not here: what a change means.
