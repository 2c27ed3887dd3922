//! The dialogue policy: reading it, checking it, deciding one turn and saying why, replaying scripts.
//!
//! Called by `bot`, `workbench::design`, `talk` and `rehearse`. Takes what the customer is understood to say
//! as a value, never a model. Not here: understanding (`nlu`).
