//! The last layers of an encoder as plain matrices, to be taught more: the sum of a text's pieces in, its vector out, and
//! how a loss changes with them.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip, s};

/// Four dense layers without biases; from each of them a text's numbers go on to one or two of the next. Negative numbers
/// stop at the hidden ones; the last bends its numbers (`tanh`) and makes a vector of length 1 of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// In the order of the constants below.
    pub matrices: [Array2<f32>; 5],
}

/// From a text's sum to the first hidden layer and, beside it, to the second.
pub const SUM: usize = 0;
/// From the first hidden layer to the second.
pub const ONE_TWO: usize = 1;
/// From the second hidden layer to the third.
pub const TWO_THREE: usize = 2;
/// From the second hidden layer to the vector.
pub const TWO_OUT: usize = 3;
/// From the third hidden layer to the vector.
pub const THREE_OUT: usize = 4;

/// What some texts are in each layer, a row a text.
pub struct Passed {
    one: Array2<f32>,
    two: Array2<f32>,
    three: Array2<f32>,
    /// Bent, not yet of length 1.
    bent: Array2<f32>,
    lengths: Array1<f32>,
    /// The vectors.
    pub vectors: Array2<f32>,
}

impl Layers {
    /// Takes the sums of texts through all layers.
    pub fn pass(&self, sums: ArrayView2<f32>) -> Passed {
        let [sum, one_two, two_three, two_out, three_out] = &self.matrices;
        let both = sums.dot(sum);
        let one = both.slice(s![.., ..one_two.nrows()]).mapv(|x| x.max(0.0));
        let two = (one.dot(one_two) + both.slice(s![.., one_two.nrows()..])).mapv_into(|x| x.max(0.0));
        let three = two.dot(two_three).mapv_into(|x| x.max(0.0));
        let bent = (two.dot(two_out) + three.dot(three_out)).mapv_into(bend);
        let lengths = bent.map_axis(Axis(1), |row| length(row.as_slice().expect("rows of a fresh matrix")));
        let vectors = &bent / &lengths.view().insert_axis(Axis(1));
        Passed { one, two, three, bent, lengths, vectors }
    }

    /// Returns how the loss changes with each matrix, and with the sums, given how it changes with the vectors.
    pub fn slopes(
        &self,
        sums: ArrayView2<f32>,
        passed: &Passed,
        vectors: &Array2<f32>,
    ) -> ([Array2<f32>; 5], Array2<f32>) {
        let [sum, one_two, two_three, two_out, three_out] = &self.matrices;
        let mut out = vectors.clone();
        let rows = out.rows_mut().into_iter().zip(passed.vectors.rows()).zip(passed.bent.rows()).zip(&passed.lengths);
        for (((mut row, vector), bent), long) in rows {
            // What lies along a vector of length 1 does not change it.
            let along = row.dot(&vector);
            Zip::from(&mut row)
                .and(&vector)
                .and(&bent)
                .for_each(|x, vector, bent| *x = (*x - vector * along) / long * (1.0 - bent * bent));
        }
        let three = where_positive(out.dot(&three_out.t()), &passed.three);
        let two = where_positive(out.dot(&two_out.t()) + three.dot(&two_three.t()), &passed.two);
        let one = where_positive(two.dot(&one_two.t()), &passed.one);
        let both = beside(&one, &two);
        let matrices = [
            sums.t().dot(&both),
            passed.one.t().dot(&two),
            passed.two.t().dot(&three),
            passed.two.t().dot(&out),
            passed.three.t().dot(&out),
        ];
        (matrices, both.dot(&sum.t()))
    }
}

/// Returns the hyperbolic tangent.
pub fn bend(x: f32) -> f32 {
    1.0 - 2.0 / ((2.0 * x).exp() + 1.0)
}

/// Returns how long a row is, more than 0.
pub fn length(row: &[f32]) -> f32 {
    row.iter().map(|x| x * x).sum::<f32>().max(f32::MIN_POSITIVE).sqrt()
}

/// Returns two matrices of as many rows beside each other, row after row.
pub fn beside(left: &Array2<f32>, right: &Array2<f32>) -> Array2<f32> {
    let mut both = Array2::zeros((left.nrows(), left.ncols() + right.ncols()));
    both.slice_mut(s![.., ..left.ncols()]).assign(left);
    both.slice_mut(s![.., left.ncols()..]).assign(right);
    both
}

/// Keeps slopes where a layer let its numbers through.
fn where_positive(mut slopes: Array2<f32>, layer: &Array2<f32>) -> Array2<f32> {
    slopes.zip_mut_with(layer, |slope, x| *slope = if *x > 0.0 { *slope } else { 0.0 });
    slopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    proptest! {
        #[test]
        fn what_is_bent_is_the_hyperbolic_tangent(x in -200f32..200.0) {
            prop_assert!((bend(x) - x.tanh()).abs() < 1e-6);
        }

        #[test]
        fn slopes_are_those_of_the_loss(seed: u64) {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut numbers = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || random.gen_range(-1f32..1.0));
            let mut layers = Layers { matrices: [numbers(5, 8), numbers(4, 4), numbers(4, 6), numbers(4, 7), numbers(6, 7)] };
            let (sums, wanted) = (numbers(3, 5), numbers(3, 7));
            let loss = |layers: &Layers, sums: &Array2<f32>| {
                let vectors = layers.pass(sums.view()).vectors;
                vectors.iter().zip(&wanted).map(|(a, b)| f64::from(a * b)).sum::<f64>()
            };
            prop_assume!(layers.pass(sums.view()).lengths.iter().all(|long| *long > 0.3));
            let passed = layers.pass(sums.view());
            let (found, of_sums) = layers.slopes(sums.view(), &passed, &wanted);
            const STEP: f32 = 2e-3;
            let known = loss(&layers, &sums);
            // Where a hidden number passes 0 there are two slopes: what is found is one of them, or between.
            let is_slope = |found: f32, up: f64, down: f64| {
                let [up, down] = [up - known, known - down].map(|by| by / f64::from(STEP));
                (up.min(down) - 0.05..=up.max(down) + 0.05).contains(&f64::from(found))
            };
            for (which, found) in found.iter().enumerate() {
                let place = (which % 4, which % 3 + 1);
                let mut moved = |by: f32| {
                    layers.matrices[which][place] += by;
                    let loss = loss(&layers, &sums);
                    layers.matrices[which][place] -= by;
                    loss
                };
                let (up, down) = (moved(STEP), moved(-STEP));
                prop_assert!(is_slope(found[place], up, down), "{which}: {} {up} {down}", found[place]);
            }
            let moved = |by: f32| {
                let mut sums = sums.clone();
                sums[(1, 2)] += by;
                loss(&layers, &sums)
            };
            prop_assert!(is_slope(of_sums[(1, 2)], moved(STEP), moved(-STEP)), "{}", of_sums[(1, 2)]);
        }
    }
}
