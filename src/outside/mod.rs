//! What answers calls of a policy from outside: a program of the trainer's, or an HTTP endpoint.
//!
//! Which, and whether at all, stands in the trainer's own settings, for one project file each: nothing in a project says
//! what runs. What goes out and comes back is one JSON object, both of bounded size, within a bounded time, and can be
//! stopped. Called by `workbench::talk` for a chat's turns and by nothing else: rehearsals and turns played again take
//! what was kept, or the policy's rows. Not here: what a call takes and gives (`dialogue::policy`), what follows from a
//! failure (`dialogue::turn`).

mod answer;
mod command;
mod http;
pub mod source;

#[cfg(test)]
mod tests;
