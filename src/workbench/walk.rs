//! One walk over kept conversations that cleans them anew, in short transactions, and can be stopped.
//!
//! Called by `clean` (all that was imported) and `roles` (conversations whose sides change places). What it writes
//! stands under a token until the caller makes it an event (`finish_cleaning`); a stop takes all of it back.

use crate::domain::conversation::Role;
use crate::domain::ids::TurnId;
use crate::progress::Progress;
use crate::store::cleaning::KeptTurn;
use crate::store::open::Store;
use crate::text::clean::cleaner::Cleaner;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::sentences::Anew;

/// Some conversations of the walk, in order; one that is longer goes on in the next part.
#[derive(Debug, Default)]
pub(in crate::workbench) struct Part {
    /// How many steps it is.
    pub steps: u64,
    /// The turns, with the roles they shall have.
    pub turns: Vec<KeptTurn>,
    /// The turns whose roles change.
    pub seats: Vec<(TurnId, Role)>,
}

/// What a walk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workbench) struct Walked {
    /// Stands for the event until there is one.
    pub token: i64,
    /// Turns that cleaning makes something else of.
    pub cleaned: u64,
    /// Turns whose role changed.
    pub seated: u64,
}

/// Cleans the turns that `next` hands up, until it has no more; `total` is how many steps there are about.
pub(in crate::workbench) fn walk(
    project: &mut Project,
    cleaner: &Cleaner,
    total: u64,
    progress: &dyn Progress,
    mut next: impl FnMut(&mut Store) -> Result<Option<Part>> + Send,
) -> Result<Walked> {
    // What broke off before is no part of it.
    project.store.drop_cleaning(None)?;
    let mut walked = Walked { token: -now(), cleaned: 0, seated: 0 };
    let mut anew = Anew::new(cleaner);
    let mut done = 0;
    let mut part = next(&mut project.store)?;
    while let Some(Part { steps, turns, seats }) = part {
        let store = &mut project.store;
        // The next turns are read while these are cleaned; only an exclusive borrow of the store may change threads.
        let ((), following) = rayon::join(|| anew.take(turns), || next(store));
        if !seats.is_empty() {
            walked.seated += seats.len() as u64;
            project.store.reseat(walked.token, &seats)?;
        }
        let fresh = anew.fresh();
        walked.cleaned += fresh.len() as u64;
        if !fresh.is_empty() {
            project.store.reclean(walked.token, &fresh)?;
        }
        done += steps;
        progress.at(done, total.max(done));
        if progress.stopped() {
            project.store.drop_cleaning(Some(walked.token))?;
            return Err(Error::Stopped);
        }
        part = following?;
    }
    let fresh = anew.finish();
    walked.cleaned += fresh.len() as u64;
    project.store.reclean(walked.token, &fresh)?;
    Ok(walked)
}
