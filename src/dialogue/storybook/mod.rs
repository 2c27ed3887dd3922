//! Bots told by rules and stories (Rasa): what they decide, without any learned policy, and what of them is a policy of ours.
//!
//! [`decide`] predicts the next action as Rasa's rule and memoization policies do: forms first, then the longest rule,
//! then the longest story that agrees with the end of the conversation; what a rule or story does not mention does not
//! count. Where Rasa would ask its neural policy, nothing is decided and [`missing`] names the rule that would.
//! [`replay`] plays test conversations step by step with the right past, as `rasa test` does. [`carry`] writes our policy.
//!
//! Source of the method: the behaviour of `RulePolicy`, `AugmentedMemoizationPolicy` and `DialogueStateTracker.applied_events`
//! as Rasa 2 and 3 document and test them. Pure: no I/O, same answer for the same book.

pub mod carry;
pub mod cast;
pub mod decide;
pub mod event;
pub mod history;
pub mod mapping;
pub mod missing;
pub mod moment;
pub mod replay;
pub mod unfold;
