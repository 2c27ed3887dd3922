//! How many groups, when the trainer does not say.

use ndarray::ArrayView2;

use crate::clustering::dense::against;
use crate::clustering::error::Error;
use crate::clustering::hierarchy::Hierarchy;
use crate::clustering::steps::Steps;

/// The numbers tried run up to this; a trainer cannot look through more groups than that in a sitting.
const MOST: usize = 300;
/// Picked by looking at public sets of customer questions: with 31 to 150 intents it took 0.8 to 1.7 of the true
/// number by words, 0.6 to 1.2 by meaning with words beside, with 7 (snips, by words) ten times as many.
const ENOUGH: f64 = 0.95;

/// Returns how many branches of the tree over `rows` to take, so that they hold `min_size` rows on average and more.
///
/// Numbers a quarter apart are tried on the one tree. How well rows sit is the mean over rows of 1 − distance to the
/// own centre ÷ distance to the nearest other (the simplified silhouette). It climbs until subjects are told apart and
/// then hardly changes, so the smallest number that comes near enough to the best ([`ENOUGH`]) is taken.
pub fn clusters(
    tree: &Hierarchy,
    rows: ArrayView2<'_, f32>,
    min_size: usize,
    steps: Steps<'_>,
) -> Result<usize, Error> {
    let most = (rows.nrows() / (2 * min_size.max(1))).clamp(1, MOST);
    let mut tried: Vec<usize> =
        (0..).map(|i| (4.0 * 1.25f64.powi(i)).round() as usize).take_while(|k| *k <= most).collect();
    if tried.is_empty() {
        tried.push(most);
    }
    let mut fits = Vec::with_capacity(tried.len());
    for (i, k) in tried.iter().enumerate() {
        steps.at(i, tried.len())?;
        fits.push(silhouette(rows, &tree.cut(*k)));
    }
    let best = fits.iter().fold(0.0, |best, fit| f64::max(best, *fit));
    Ok(tried.iter().zip(&fits).find(|(_, fit)| **fit >= best * ENOUGH).map_or(1, |(k, _)| *k))
}

/// Returns how much nearer rows are to their own centre than to the nearest other, -1 to 1.
pub fn silhouette(rows: ArrayView2<'_, f32>, groups: &[u32]) -> f64 {
    let k = groups.iter().max().map_or(0, |m| *m as usize + 1);
    let (mut centres, mut sizes) = (ndarray::Array2::<f32>::zeros((k, rows.ncols())), vec![0.0f32; k]);
    for (row, group) in rows.rows().into_iter().zip(groups) {
        centres.row_mut(*group as usize).scaled_add(1.0, &row);
        sizes[*group as usize] += 1.0;
    }
    centres.rows_mut().into_iter().zip(&sizes).for_each(|(mut centre, size)| centre /= *size);
    let lengths: Vec<f32> = centres.rows().into_iter().map(|c| c.dot(&c)).collect();
    let own: Vec<f32> = rows.rows().into_iter().map(|row| row.dot(&row)).collect();
    let sits = against(rows, centres.view(), |i, products| {
        let apart = |g: usize| (own[i] + lengths[g] - 2.0 * products[g]).max(0.0).sqrt();
        let group = groups[i] as usize;
        let other = (0..k).filter(|g| *g != group).map(apart).fold(f32::INFINITY, f32::min);
        let here = apart(group);
        f64::from((other - here) / other.max(here).max(1e-9))
    });
    if k < 2 { 0.0 } else { sits.iter().sum::<f64>() / sits.len().max(1) as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::kmeans::tests::around;
    use crate::progress::Quiet;

    fn found(rows: ndarray::Array2<f32>, min_size: usize) -> usize {
        let steps = Steps::new(&Quiet, 0, 1);
        let tree = Hierarchy::of(rows.view(), &vec![1.0; rows.nrows()], steps).unwrap();
        clusters(&tree, rows.view(), min_size, steps).unwrap()
    }

    #[test]
    fn the_number_is_near_the_number_of_subjects() {
        for subjects in [5, 12, 30] {
            let found = found(around(subjects, 40, 24, 0.2), 5);
            assert!(found * 10 >= subjects * 7 && found * 10 <= subjects * 14, "{found} for {subjects}");
        }
    }

    #[test]
    fn a_handful_of_rows_makes_one_group() {
        assert_eq!(found(around(1, 3, 4, 0.1), 3), 1);
    }
}
