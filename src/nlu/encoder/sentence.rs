//! An encoder as others see it: texts to vectors, by the one in the box or by one of the trainer's own.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use ndarray::Array2;

use crate::domain::vector::Vectors;
use crate::nlu::encoder::built_in::{self, BuiltIn};
use crate::nlu::encoder::encode::Encode;
use crate::nlu::encoder::layers::Layers;
use crate::nlu::error::Error;
use crate::progress::Progress;
use crate::text::language::without_emoji;

/// Numbers in a vector of the encoder in the box.
pub const DIMENSIONS: usize = built_in::DIMENSIONS;

/// What vectors of the encoder in the box are known by.
pub const NAME: &str = built_in::NAME;

/// Turns texts into vectors; a copy shares the weights.
#[derive(Clone)]
pub struct Encoder(Arc<dyn Encode>);

impl Encoder {
    /// Returns the encoder of this program.
    ///
    /// ```
    /// use daoshi::nlu::encoder::sentence::Encoder;
    /// use daoshi::progress::Quiet;
    /// let texts = ["怎么申请退款", "我想退钱", "how do I get my money back", "今天下雨吗"];
    /// let vectors = Encoder::built_in().encode(&texts, &Quiet).unwrap();
    /// let near = |a: usize, b: usize| vectors.row(a).dot(&vectors.row(b));
    /// assert!(near(0, 1) > near(0, 3) && near(0, 2) > near(0, 3));
    /// ```
    pub fn built_in() -> Self {
        Self(Arc::new(BuiltIn))
    }

    /// Opens the encoder that lies in a folder: `config.json`, `tokenizer.json`, `model.safetensors`.
    ///
    /// Refused by the name of the file where one is missing or broken, and as a whole by a program built without
    /// the feature `transformer`.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        #[cfg(feature = "transformer")]
        {
            Ok(Self(Arc::new(crate::nlu::encoder::transformer::encoder::Transformer::open(folder)?)))
        }
        #[cfg(not(feature = "transformer"))]
        {
            Err(Error::NoTransformers { folder: folder.to_path_buf() })
        }
    }

    /// Returns what its vectors are known by: another encoder's must never be compared with them.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Returns how many numbers a vector has.
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// Returns how many texts take it about a second.
    pub fn step(&self) -> usize {
        self.0.step()
    }

    /// Gets ready beside other work, so that who asks first need not wait.
    pub fn prepare(&self) {
        self.0.prepare();
    }

    /// Tells whether it was tuned on this text, so that it can be held out no more.
    pub fn learned(&self, text: &str) -> bool {
        self.0.learned(text)
    }

    /// Returns a row of [`Encoder::width`] numbers a text; `None` when stopped.
    ///
    /// Emoji are not read: whatever else was said, they would draw it together.
    pub fn encode<T: AsRef<str>>(&self, texts: &[T], progress: &dyn Progress) -> Option<Array2<f32>> {
        read(texts, |said| self.0.encode(said, progress))
    }

    /// Returns the last layers, for who teaches them more; `None` for an encoder that has none of this kind.
    pub fn layers(&self) -> Option<Layers> {
        self.0.layers()
    }

    /// Returns what the last layers are given for each text, a row a text; `None` when stopped, or without such layers.
    pub fn sums<T: AsRef<str>>(&self, texts: &[T], progress: &dyn Progress) -> Option<Array2<f32>> {
        read(texts, |said| self.0.sums(said, progress))
    }

    /// Returns the same vectors as they are kept, a byte a number; `None` when stopped.
    pub fn encode_packed<T: AsRef<str>>(&self, texts: &[T], progress: &dyn Progress) -> Option<Vectors> {
        let mut vectors = Vectors::new(self.width());
        for row in self.encode(texts, progress)?.rows() {
            vectors.push(row.to_slice().expect("rows of a fresh matrix lie in one piece"));
        }
        Some(vectors)
    }
}

/// Returns what `by` makes of texts without their emoji.
fn read<T: AsRef<str>, M>(texts: &[T], by: impl FnOnce(&[&str]) -> M) -> M {
    let said: Vec<Cow<'_, str>> = texts.iter().map(|text| without_emoji(text.as_ref())).collect();
    let said: Vec<&str> = said.iter().map(AsRef::as_ref).collect();
    by(&said)
}

impl PartialEq for Encoder {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Encoder").field(&self.name()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    #[test]
    fn the_last_layers_make_the_vectors_of_the_sums() {
        let (encoder, texts) = (Encoder::built_in(), ["怎么申请退款", "how do I get my money back<emo:笑>"]);
        let sums = encoder.sums(&texts, &Quiet).unwrap();
        let made = encoder.layers().unwrap().pass(sums.view()).vectors;
        for (made, vector) in made.iter().zip(&encoder.encode(&texts, &Quiet).unwrap()) {
            assert!((made - vector).abs() < 1e-4, "{made} {vector}");
        }
    }

    #[test]
    fn an_emoji_changes_no_vector() {
        let vectors = Encoder::built_in().encode(&["太慢了", "太慢了<emo:发怒>", "<emo:发怒>"], &Quiet).unwrap();
        assert_eq!(vectors.row(0), vectors.row(1));
        assert!(vectors.row(0) != vectors.row(2));
    }
}
