//! What every encoder does, whatever it is made of.

use ndarray::Array2;

use crate::nlu::encoder::layers::Layers;
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

    /// Returns the last layers, for who teaches them more; `None` for an encoder that has none of this kind.
    fn layers(&self) -> Option<Layers> {
        None
    }

    /// Returns what the last layers are given for each text, a row a text; `None` when stopped, or without such layers.
    fn sums(&self, _texts: &[&str], _progress: &dyn Progress) -> Option<Array2<f32>> {
        None
    }
}
