//! Small steps down the slope of a loss: examples dealt by chance, and steps that remember those before.
//!
//! Called by `prototypes` and `tuned`. Not here: the losses, nor what is solved to its end (`linear`, `softmax`).

use multiversion::multiversion;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256Plus;

/// Deals examples in batches: all of them, in an order of chance, before any comes again.
pub struct Deal {
    order: Vec<usize>,
    left: Vec<usize>,
    size: usize,
    pub random: Xoshiro256Plus,
}

impl Deal {
    /// Returns a deal of examples, at most `size` at a time.
    pub fn new(examples: Vec<usize>, size: usize, seed: u64) -> Self {
        Self { order: examples, left: Vec::new(), size, random: Xoshiro256Plus::seed_from_u64(seed) }
    }

    /// Returns the examples of the next step.
    pub fn batch(&mut self) -> Vec<usize> {
        if self.left.is_empty() {
            self.order.shuffle(&mut self.random);
            self.left.clone_from(&self.order);
        }
        self.left.split_off(self.left.len().saturating_sub(self.size))
    }
}

/// What keeps a number without slopes from being divided by nothing.
const LEAST: f32 = 1e-7;

/// What steps remember of some numbers (Adam, Kingma and Ba 2015).
pub struct Adam {
    mean: Vec<f32>,
    spread: Vec<f32>,
    /// How much of the past the mean and the spread keep.
    memory: [f32; 2],
    steps: i32,
}

impl Adam {
    /// Returns the memory of so many numbers before any step.
    pub fn new(count: usize, memory: [f32; 2]) -> Self {
        Self { mean: vec![0.0; count], spread: vec![0.0; count], memory, steps: 0 }
    }

    /// Moves numbers by about `far` each, against their slopes.
    pub fn step(&mut self, at: &mut [f32], slope: &[f32], far: f32) {
        self.steps += 1;
        let [whole, whole_spread] = self.memory.map(|kept| 1.0 - kept.powi(self.steps));
        let sizes = [far / whole, 1.0 / whole_spread.sqrt()];
        advance(at, &mut self.mean, &mut self.spread, slope, self.memory, sizes);
    }
}

/// Moves each number by its mean slope over the root of its spread; `sizes` are what both are multiplied by.
#[multiversion(targets("x86_64+avx2"))]
fn advance(
    at: &mut [f32],
    mean: &mut [f32],
    spread: &mut [f32],
    slope: &[f32],
    [kept, kept_spread]: [f32; 2],
    sizes: [f32; 2],
) {
    for (((at, mean), spread), slope) in at.iter_mut().zip(mean).zip(spread).zip(slope) {
        *mean = kept * *mean + (1.0 - kept) * slope;
        *spread = kept_spread * *spread + (1.0 - kept_spread) * slope * slope;
        *at -= sizes[0] * *mean / (spread.sqrt() * sizes[1] + LEAST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_example_comes_once_a_round(count in 1usize..60, size in 1usize..20, seed: u64) {
            let mut deal = Deal::new((0..count).collect(), size, seed);
            for _ in 0..3 {
                let batches: Vec<Vec<usize>> = (0..count.div_ceil(size)).map(|_| deal.batch()).collect();
                prop_assert!(batches.iter().all(|batch| batch.len() <= size));
                let mut round = batches.concat();
                round.sort_unstable();
                prop_assert_eq!(round, (0..count).collect::<Vec<_>>());
            }
        }

        #[test]
        fn steps_lead_to_the_bottom(wanted in prop::collection::vec(-3f32..3.0, 1..20)) {
            let mut at = vec![0.0; wanted.len()];
            let mut adam = Adam::new(wanted.len(), [0.9, 0.98]);
            for nth in 0..600 {
                let slope: Vec<f32> = at.iter().zip(&wanted).map(|(at, wanted)| 2.0 * (at - wanted)).collect();
                adam.step(&mut at, &slope, 0.05 * (1.0 - nth as f32 / 600.0));
            }
            prop_assert!(at.iter().zip(&wanted).all(|(at, wanted)| (at - wanted).abs() < 0.05), "{at:?} {wanted:?}");
        }
    }

    #[test]
    fn the_first_step_is_as_long_as_said_whatever_the_slope() {
        let mut at = [1.0, 1.0, 1.0];
        Adam::new(3, [0.9, 0.99]).step(&mut at, &[4.0, -0.01, 0.0], 0.1);
        assert!((at[0] - 0.9f32).abs() < 1e-4 && (at[1] - 1.1f32).abs() < 1e-4 && at[2] == 1.0, "{at:?}");
    }
}
