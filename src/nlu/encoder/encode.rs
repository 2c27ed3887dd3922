//! What every encoder does, whatever it is made of.

use ndarray::Array2;

use crate::progress::Progress;

/// Turns texts into vectors.
pub trait Encode: Send + Sync {
    /// Returns what its vectors are known by: another encoder's must never be compared with them.
    fn name(&self) -> &str;

    /// Returns how many numbers a vector has.
    fn width(&self) -> usize;

    /// Returns how many texts take it about a second: who makes many keeps what is made, and tells how far it is,
    /// after so many.
    fn step(&self) -> usize {
        64
    }

    /// Gets ready beside other work, so that who asks first need not wait.
    fn prepare(&self) {}

    /// Tells whether it was tuned on this text, so that it can be held out no more.
    fn learned(&self, _text: &str) -> bool {
        false
    }

    /// Returns a row a text; `None` when stopped.
    fn encode(&self, texts: &[&str], progress: &dyn Progress) -> Option<Array2<f32>>;
}
