//! How much of what one learner says is added to what another says.
//!
//! Learners of different kinds err on different texts. Each example is judged by both without having taught either, and
//! the share with which most come out right is taken, or the least that does about as well. Called by `train`. Not here: the learners.

use rayon::prelude::*;

use crate::nlu::calibration::Margins;

/// How many units of logit a unit of margin may be worth, each a step more than the one before.
const SHARPNESS: (f32, f32, usize) = (0.5, 1.25, 16);
/// What chance may bring, in units of the spread of how many examples come out right (half of the one of Breiman et al.
/// 1984). With 0 held-out examples of full sets gain 0.2 percent more, and 5 to 10 an intent lose half a percent.
const CHANCE: f32 = 0.5;
/// Shares to choose among for what speaks in logarithms of probabilities: how much a unit of its logit counts beside one of
/// the margins'.
pub const OF_LOGITS: [f32; 7] = [0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0];
/// The most examples that say so.
const COMPARED: usize = 4000;

/// Held-out margins of one example with what another learner that did not see it says of the same classes.
pub struct Heard {
    pub truth: u16,
    pub margins: Margins,
    /// What that adds to each of the margins, in their order, at a share of 1.
    pub logs: Vec<f32>,
}

impl Heard {
    /// Returns the margins with a share of what the other says, best first.
    pub fn joined(&self, share: f32) -> Margins {
        let with = self.margins.iter().zip(&self.logs);
        let mut joined: Margins = with.map(|(&(class, margin), log)| (class, margin + share * log)).collect();
        joined.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        joined
    }
}

/// Returns the share, in units of margin, with which most held-out examples are told right, of equal ones the least; so
/// 0 when the other learner tells nothing new.
pub fn share(heard: &[&Heard], shares: &[f32]) -> f32 {
    let sharpness = sharpness(heard);
    let right = |share: &f32| heard.par_iter().filter(|one| one.is_right(*share)).count();
    let shares = shares.iter().map(|share| share / sharpness);
    let tried = shares.map(|share| (right(&share), share));
    tried.reduce(|best, next| if next.0 > best.0 { next } else { best }).map_or(0.0, |(_, share)| share)
}

/// Returns the least share that does as well as the best but for chance: with few examples some share always seems better,
/// and folds that lack a fifth of them need help more than what learns from all.
pub fn least_share(heard: &[&Heard], shares: &[f32]) -> f32 {
    let sharpness = sharpness(heard);
    let right = |share: f32| heard.par_iter().filter(|one| one.is_right(share)).count() as f32;
    let tried: Vec<(f32, f32)> =
        shares.iter().map(|share| share / sharpness).map(|share| (right(share), share)).collect();
    let most = tried.iter().map(|(right, _)| *right).fold(0.0, f32::max);
    let chance = CHANCE * (most * (1.0 - most / heard.len().max(1) as f32)).sqrt();
    tried.into_iter().find(|(right, _)| *right >= most - chance).map_or(0.0, |(_, share)| share)
}

/// Returns how many units of logit a unit of margin is worth: how sure margins alone may be.
fn sharpness(heard: &[&Heard]) -> f32 {
    let some: Vec<&&Heard> = heard.iter().step_by(heard.len().div_ceil(COMPARED).max(1)).collect();
    let loss = |sharpness: f32| -> f64 {
        let each: Vec<f32> = some.par_iter().map(|one| one.loss(sharpness)).collect();
        each.into_iter().map(f64::from).sum()
    };
    let (first, step, count) = SHARPNESS;
    let tried = (0..count).map(|nth| first * step.powi(nth as i32)).map(|at| (loss(at), at));
    tried.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(first, |(_, at)| at)
}

impl Heard {
    fn is_right(&self, share: f32) -> bool {
        let with = self.margins.iter().zip(&self.logs).map(|((class, margin), log)| (*class, margin + share * log));
        // Of equal ones the earlier class, as where margins are put in order.
        let best = with.reduce(|best, next| match next.1.total_cmp(&best.1).then(best.0.cmp(&next.0)) {
            std::cmp::Ordering::Greater => next,
            _ => best,
        });
        best.is_some_and(|(class, _)| class == self.truth)
    }

    fn loss(&self, sharpness: f32) -> f32 {
        let logits = || self.margins.iter().map(|(_, margin)| sharpness * margin);
        let Some(own) = self.margins.iter().position(|(class, _)| *class == self.truth) else { return 0.0 };
        let own = logits().nth(own).expect("a class that was found");
        let top = logits().fold(f32::NEG_INFINITY, f32::max);
        top + logits().map(|z| (z - top).exp()).sum::<f32>().ln() - own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_nothing_new_has_no_share_and_what_tells_all_has_most() {
        let heard = |logs: fn(usize) -> [f32; 2]| -> Vec<Heard> {
            // Margins are right four times of five.
            let one = |i: usize| {
                let truth = (i % 2) as u16;
                let found = if i.is_multiple_of(5) { 1 - truth } else { truth };
                let logs = logs(i);
                let of = |class: u16| logs[usize::from(class)];
                Heard { truth, margins: vec![(found, 0.4), (1 - found, -0.4)], logs: vec![of(found), of(1 - found)] }
            };
            (0..200).map(one).collect()
        };
        let share = |heard: &[Heard]| share(&heard.iter().collect::<Vec<_>>(), &[0.0, 0.2, 0.5, 1.0]);
        assert_eq!(share(&heard(|_| [0.0; 2])), 0.0);
        // Right as often by chance alone.
        assert_eq!(share(&heard(|i| if i / 2 % 2 == 0 { [0.0, -3.0] } else { [-3.0, 0.0] })), 0.0);
        let told = heard(|i| if i % 2 == 0 { [0.0, -3.0] } else { [-3.0, 0.0] });
        let most = share(&told);
        assert!(most > 0.0);
        assert!(told.iter().all(|one| one.joined(most)[0].0 == one.truth));
        assert_eq!(share(&[]), 0.0);
    }

    #[test]
    fn what_helps_hardly_any_is_chance() {
        // Margins are wrong in every fifth; the other learner mends some of these, of them half only with the larger share.
        let found = |mended: usize| {
            let one = |i: usize| {
                let wrong = i.is_multiple_of(5);
                let log = match i / 5 {
                    nth if !wrong || nth >= mended => 0.0,
                    nth if nth % 2 == 0 => 99.0,
                    _ => 9.0,
                };
                Heard { truth: u16::from(wrong), margins: vec![(0, 0.4), (1, -0.4)], logs: vec![0.0, log] }
            };
            let heard: Vec<Heard> = (0..500).map(one).collect();
            least_share(&heard.iter().collect::<Vec<_>>(), &[0.0, 0.1, 1.0])
        };
        assert_eq!((found(0), found(2)), (0.0, 0.0));
        // Half of eight more is chance, half of sixty is not.
        assert!(found(8) > 0.0 && found(8) < found(60), "{} {}", found(8), found(60));
        assert_eq!(least_share(&[], &[0.0, 1.0]), 0.0);
    }
}
