//! What lies before one trainer is not handed to another at the same time.

use std::collections::HashSet;

use crate::domain::ids::FamilyId;
use crate::store::leases::Moment;
use crate::workbench::error::Result;
use crate::workbench::project::Project;

/// Takes a family in hand, and gives back what was in hand before; `false` when it lies before somebody else.
///
/// A courtesy: a full disk or another's long write must not keep anybody from looking, and counts as a yes.
pub fn take(project: &mut Project, family: FamilyId) -> bool {
    let (session, actor) = (project.session().to_string(), project.actor().to_string());
    project.holding = true;
    project.store.lease(family, &session, &actor, &Moment::now()).unwrap_or(true)
}

/// Returns what lies before others.
pub(super) fn held(project: &Project) -> Result<HashSet<FamilyId>> {
    Ok(project.store.leased(project.session(), &Moment::now())?.into_iter().collect())
}
