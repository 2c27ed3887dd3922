//! Guards: when an arm, a saying or a mood holds, as a small expression over finite domains.
//!
//! ```text
//! aspect = 风险            amount > balance         1 <= it <= 50000
//! card set                 hour in 9..18            aspect in [收益, 风险]
//! score >= 0.6 or words in 投诉词                    not (channel = sms)
//! ```
//! A name not mentioned is irrelevant; a slot without a value makes each comparison with it false. Because
//! every name ranges over few values that matter, `lint` can try them all.

pub mod eval;
pub mod expr;
pub mod parse;
pub mod write;
