//! How many groups, when the trainer does not say.

use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::clustering::error::Error;
use crate::clustering::kmeans::{Model, lloyd, seeds, thinned};
use crate::clustering::steps::Steps;

/// The numbers tried run up to this; a trainer cannot look through more groups than that in a sitting.
const MOST: usize = 300;
/// Rows looked at.
const SAMPLE: usize = 4_000;
const ROUNDS: usize = 12;

/// Returns a number of groups for rows of length 1, at least `min_size` rows a group on average.
///
/// Tries numbers a quarter apart on a sample and takes the one whose rows sit best: the mean over rows of
/// 1 − distance to the own centre ÷ distance to the next (the simplified silhouette).
pub fn clusters(rows: ArrayView2<'_, f32>, min_size: usize, seed: u64, steps: Steps<'_>) -> Result<usize, Error> {
    let sample = thinned(rows, SAMPLE);
    let most = (sample.nrows() / (2 * min_size.max(1))).clamp(1, MOST);
    let mut tried: Vec<usize> =
        (0..).map(|i| (4.0 * 1.25f64.powi(i)).round() as usize).take_while(|k| *k <= most).collect();
    if tried.is_empty() {
        tried.push(most);
    }
    let mut best = (f64::NEG_INFINITY, 1);
    for (i, k) in tried.iter().enumerate() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let start = seeds(sample, *k, &mut random);
        let model = lloyd(sample, start, ROUNDS, steps.part(i, tried.len()))?;
        let fits = silhouette(&model);
        if fits > best.0 {
            best = (fits, *k);
        }
    }
    Ok(best.1)
}

/// Returns how much nearer rows are to their own centre than to the next, 0 to 1.
pub fn silhouette(model: &Model) -> f64 {
    let of = |own: f32, next: f32| if next > 0.0 { 1.0 - f64::from((own / next).sqrt()) } else { 0.0 };
    model.nearest.iter().map(|n| of(n.distance, n.second)).sum::<f64>() / model.nearest.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::kmeans::tests::around;
    use crate::progress::Quiet;

    #[test]
    fn the_number_is_near_the_number_of_subjects() {
        for subjects in [5, 12, 30] {
            let rows = around(subjects, 40, 24, 0.2);
            let found = clusters(rows.view(), 5, 1, Steps::new(&Quiet, 0, 1)).unwrap();
            assert!(found * 10 >= subjects * 7 && found * 10 <= subjects * 14, "{found} for {subjects}");
        }
    }

    #[test]
    fn a_handful_of_rows_makes_one_group() {
        let rows = around(1, 3, 4, 0.1);
        assert_eq!(clusters(rows.view(), 3, 1, Steps::new(&Quiet, 0, 1)).unwrap(), 1);
    }
}
