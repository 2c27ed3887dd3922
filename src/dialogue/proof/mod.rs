//! What can be shown about a policy by playing it: what its rehearsals reach, what they would notice, what a
//! change of version changes, and the shortest conversation that shows a fault.
//!
//! Called by `workbench::rehearse`, `design` and `talk`. Everything here plays the same `turn` customers meet;
//! nothing is computed from a model of it. Not here: faults seen without playing (`lint`).

pub mod change;
pub mod coverage;
pub mod customer;
pub mod edit;
pub mod fixes;
pub mod flip;
pub mod mutation;
pub mod perturb;
pub mod reach;
pub mod robust;
pub mod simulate;
pub mod witness;
