//! The ways to learn intents, by name.

/// How a model learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Terms and the encoder's numbers side by side, support vectors, one intent against the rest: for many examples.
    Joined,
    /// The same columns, all intents at once (multinomial logistic): for few examples an intent.
    Softmax,
    /// Two multinomial logistic models, of terms and of the encoder, their probabilities multiplied.
    Mixed,
    /// Terms alone, support vectors: fast, and needs no encoder.
    Linear,
    /// The encoder's numbers alone, multinomial logistic.
    Encoder,
    /// The middle of each intent's vectors.
    Centroid,
    /// The examples whose vectors are nearest.
    Neighbours,
    /// Multinomial naive Bayes of terms: the instant baseline.
    Bayes,
    /// linfa's decision tree along few axes of the encoder's numbers.
    Tree,
    /// linfa's support vectors along the same axes.
    Support,
    /// linfa's Gaussian naive Bayes along the same axes.
    Gauss,
    /// linfa's multinomial logistic regression along the same axes.
    Logistic,
}

impl Algorithm {
    pub const ALL: [Algorithm; 12] = [
        Algorithm::Joined,
        Algorithm::Softmax,
        Algorithm::Mixed,
        Algorithm::Linear,
        Algorithm::Encoder,
        Algorithm::Centroid,
        Algorithm::Neighbours,
        Algorithm::Bayes,
        Algorithm::Tree,
        Algorithm::Support,
        Algorithm::Gauss,
        Algorithm::Logistic,
    ];

    /// Returns the word used on the command line and in a run's settings.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Joined => "joined",
            Algorithm::Softmax => "softmax",
            Algorithm::Mixed => "mixed",
            Algorithm::Linear => "linear",
            Algorithm::Encoder => "encoder",
            Algorithm::Centroid => "centroid",
            Algorithm::Neighbours => "neighbours",
            Algorithm::Bayes => "bayes",
            Algorithm::Tree => "linfa-tree",
            Algorithm::Support => "linfa-svm",
            Algorithm::Gauss => "linfa-bayes",
            Algorithm::Logistic => "linfa-logistic",
        }
    }

    /// Returns the algorithm with that name; `svm` is another word for `linear`, `knn` for `neighbours`.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "svm" => Some(Algorithm::Linear),
            "knn" => Some(Algorithm::Neighbours),
            _ => Self::ALL.into_iter().find(|a| a.name() == word),
        }
    }

    /// Tells whether it reads the terms of a text.
    pub fn reads_terms(self) -> bool {
        matches!(self, Algorithm::Joined | Algorithm::Softmax | Algorithm::Mixed | Algorithm::Linear | Algorithm::Bayes)
    }

    /// Tells whether it reads the encoder's numbers.
    pub fn reads_meaning(self) -> bool {
        !matches!(self, Algorithm::Linear | Algorithm::Bayes)
    }

    /// Tells whether prototypes of the encoder's numbers have a share in its margins.
    pub fn has_prototypes(self) -> bool {
        matches!(self, Algorithm::Joined | Algorithm::Softmax | Algorithm::Mixed)
    }

    /// Tells whether what names of intents share has a share in its margins.
    pub fn reads_names(self) -> bool {
        matches!(self, Algorithm::Joined | Algorithm::Softmax | Algorithm::Mixed | Algorithm::Linear)
    }

    /// Tells whether it learns along few axes, as what takes dense rows only must.
    pub fn is_classic(self) -> bool {
        matches!(self, Algorithm::Tree | Algorithm::Support | Algorithm::Gauss | Algorithm::Logistic)
    }

    /// Returns how many examples it can learn from at most; its cost grows with their square.
    pub fn most(self) -> usize {
        match self {
            Algorithm::Softmax | Algorithm::Mixed | Algorithm::Encoder => 5000,
            Algorithm::Support => 2000,
            Algorithm::Tree => 5000,
            _ => usize::MAX,
        }
    }

    /// Returns those to choose among for so many examples of so many intents, best first where all do as well.
    pub fn worth_trying(examples: usize, intents: usize) -> &'static [Algorithm] {
        // Measured: with more examples an intent, one against the rest is ahead, and trying the others takes longer
        // than learning.
        if examples > 3000 || examples > 20 * intents {
            &[Algorithm::Joined]
        } else {
            &[Algorithm::Softmax, Algorithm::Mixed, Algorithm::Joined]
        }
    }
}
