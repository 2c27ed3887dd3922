//! What a model makes of the encoder's numbers: centred columns with weights, and the examples nearest by meaning.

use ndarray::Array2;
use rayon::prelude::*;

use crate::domain::vector::Vectors;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::classic::Classic;
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::neighbours::Neighbours;
use crate::nlu::prototypes::Prototypes;
use crate::nlu::tuned::model::Tuned;
use crate::nlu::weights::Weights;

/// The part of a model that reads the meaning of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meaning {
    /// Whose numbers it reads.
    pub encoder: Encoder,
    pub centre: Centre,
    /// A weight of each of the encoder's numbers for each intent.
    pub weights: Weights,
    pub neighbours: Neighbours,
    pub prototypes: Option<Prototypes>,
    /// None where teaching the encoder's last layers told nothing new.
    pub tuned: Option<Tuned>,
    /// What is no sum of weights, with the axes it reads along, a column each.
    pub classic: Option<(Array2<f32>, Classic)>,
}

impl Meaning {
    /// Adds what a text's vector gives each intent, beside its weighed terms; returns how near the nearest examples are.
    pub fn add(&self, algorithm: Algorithm, vector: &[f32], terms: &[(u32, f32)], sums: &mut [f32]) -> f32 {
        if let Some(tuned) = &self.tuned {
            tuned.add(vector, terms, sums);
        }
        let row = self.centre.row(vector);
        for (column, value) in row.iter().enumerate() {
            self.weights.add(column as u32, *value, sums);
        }
        if let Some((axes, classic)) = &self.classic {
            classic.add(ndarray::aview1(&row).dot(axes).view(), sums);
        }
        let mut packed = Vectors::new(row.len());
        packed.push(&row);
        let (scale, numbers) = packed.row(0);
        if let Some(prototypes) = &self.prototypes {
            prototypes.add(scale, numbers, sums);
        }
        let cosines = self.neighbours.cosines(scale, numbers);
        if algorithm == Algorithm::Neighbours {
            let votes = self.neighbours.votes(&cosines, sums.len(), |_| true);
            sums.iter_mut().zip(votes).for_each(|(sum, vote)| *sum += vote);
        }
        self.neighbours.closeness(&cosines, |_| true)
    }
}

/// The mean of the examples' vectors: what all of them have in common tells none apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Centre(pub Vec<f32>);

impl Centre {
    /// Returns the mean of vectors.
    pub fn of(vectors: &Vectors) -> Self {
        let mut sums = vec![0f64; vectors.width()];
        for at in 0..vectors.len() {
            let (scale, numbers) = vectors.row(at);
            sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += f64::from(*number) * f64::from(scale));
        }
        Self(sums.into_iter().map(|sum| (sum / vectors.len().max(1) as f64) as f32).collect())
    }

    /// Returns a vector less the mean, of length 1.
    pub fn row(&self, vector: &[f32]) -> Vec<f32> {
        let mut row: Vec<f32> = vector.iter().zip(&self.0).map(|(x, mean)| x - mean).collect();
        let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 1e-6 {
            row.iter_mut().for_each(|x| *x /= length);
        }
        row
    }

    /// Returns all vectors so, a row each.
    pub fn rows(&self, vectors: &Vectors) -> Array2<f32> {
        let rows: Vec<Vec<f32>> =
            (0..vectors.len()).into_par_iter().map(|at| self.row(&vectors.unpacked(at))).collect();
        let mut out = Array2::zeros((vectors.len(), vectors.width()));
        out.rows_mut().into_iter().zip(&rows).for_each(|(mut out, row)| out.assign(&ndarray::aview1(row)));
        out
    }
}
