//! Dense rows against dense rows, by blocked matrix products on all cores.
//!
//! The one place where clustering multiplies many rows by many: assigning rows to centres, neighbours of all.
//! A row's answer depends on the row alone, never on the threads.

use std::cmp::Ordering;
use std::sync::Mutex;

use multiversion::multiversion;
use ndarray::{Array1, Array2, ArrayView2, Axis, linalg::general_mat_mul, s};
use rand::SeedableRng;
use rand::seq::index;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// Rows multiplied at a time by one thread; small enough that the products stay in the processor's cache.
const BLOCK: usize = 128;

/// Returns `answer(i, products)` for every row, where `products` are its products with all `others`.
pub fn against<T: Send>(
    rows: ArrayView2<'_, f32>,
    others: ArrayView2<'_, f32>,
    answer: impl Fn(usize, &[f32]) -> T + Sync,
) -> Vec<T> {
    let across = others.t();
    let blocks: Vec<Vec<T>> = (0..rows.nrows().div_ceil(BLOCK))
        .into_par_iter()
        .map_init(
            || Array2::<f32>::zeros((BLOCK, others.nrows())),
            |scratch, block| {
                let (from, to) = (block * BLOCK, ((block + 1) * BLOCK).min(rows.nrows()));
                let mut products = scratch.slice_mut(s![..to - from, ..]);
                general_mat_mul(1.0, &rows.slice(s![from..to, ..]), &across, 0.0, &mut products);
                (from..to)
                    .zip(products.rows())
                    .map(|(i, products)| answer(i, products.to_slice().expect("scratch lies row by row")))
                    .collect()
            },
        )
        .collect();
    blocks.into_iter().flatten().collect()
}

/// Returns at most `most` of `count` numbers, evenly by chance, ascending.
pub fn sampled(count: usize, most: usize, seed: u64) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let mut chosen = index::sample(&mut Xoshiro256PlusPlus::seed_from_u64(seed), count, most).into_vec();
    chosen.sort_unstable();
    chosen
}

/// Where a row belongs: the nearest centre and the squared distances to it and to the one after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    pub centre: u32,
    pub distance: f32,
    /// Infinite when there is only one centre.
    pub second: f32,
}

/// Returns the nearest centre of every row (rows have length 1); of two equally near the first.
pub fn nearest(rows: ArrayView2<'_, f32>, centres: ArrayView2<'_, f32>) -> Vec<Nearest> {
    let lengths: Vec<f32> = centres.rows().into_iter().map(|c| c.dot(&c)).collect();
    against(rows, centres, |_, products| {
        let mut best = two_least(products, &lengths);
        best.distance = (best.distance + 1.0).max(0.0);
        best.second = (best.second + 1.0).max(0.0);
        best
    })
}

/// Returns the centre of each group of rows.
pub fn centres(rows: ArrayView2<'_, f32>, groups: &[Vec<usize>]) -> Array2<f32> {
    let mut centres = Array2::zeros((groups.len(), rows.ncols()));
    centres
        .axis_iter_mut(Axis(0))
        .into_par_iter()
        .zip(groups)
        .for_each(|(mut c, members)| c.assign(&centre(rows, members)));
    centres
}

/// Returns the direction of the members' mean.
pub fn centre(rows: ArrayView2<'_, f32>, members: &[usize]) -> Array1<f32> {
    let mut centre = Array1::zeros(rows.ncols());
    members.iter().for_each(|i| centre += &rows.row(*i));
    let length = centre.dot(&centre).sqrt();
    if length > 0.0 { centre / length } else { centre }
}

/// Centres looked at side by side.
const LANES: usize = 8;

/// Returns the least and the second least of `length - 2 product`; of two equal ones the first is the least.
#[multiversion(targets("x86_64+avx2"))]
fn two_least(products: &[f32], lengths: &[f32]) -> Nearest {
    let (mut least, mut second, mut round) = ([f32::INFINITY; LANES], [f32::INFINITY; LANES], [0u32; LANES]);
    let (products, last_products) = products.as_chunks::<LANES>();
    let (lengths, last_lengths) = lengths.as_chunks::<LANES>();
    for (at, (products, lengths)) in products.iter().zip(lengths).enumerate() {
        for lane in 0..LANES {
            let distance = lengths[lane] - 2.0 * products[lane];
            let nearer = distance < least[lane];
            let behind = if nearer { least[lane] } else { distance };
            second[lane] = if behind < second[lane] { behind } else { second[lane] };
            round[lane] = if nearer { at as u32 } else { round[lane] };
            least[lane] = if nearer { distance } else { least[lane] };
        }
    }
    let whole = (0..LANES).map(|lane| (round[lane] * LANES as u32 + lane as u32, least[lane], second[lane]));
    let first = (products.len() * LANES) as u32;
    let rest = last_products.iter().zip(last_lengths).zip(first..);
    let rest = rest.map(|((product, length), centre)| (centre, length - 2.0 * product, f32::INFINITY));
    let none = Nearest { centre: 0, distance: f32::INFINITY, second: f32::INFINITY };
    whole.chain(rest).fold(none, |best, (centre, distance, second)| {
        if (distance, centre) < (best.distance, best.centre) {
            Nearest { centre, distance, second: second.min(best.distance) }
        } else {
            Nearest { second: distance.min(best.second), ..best }
        }
    })
}

/// Returns the `k` other rows nearest by cosine for every row (rows have length 1), nearest first, ties by index.
///
/// Each pair is multiplied once and told to both.
pub fn graph(rows: ArrayView2<'_, f32>, k: usize) -> Vec<Vec<(u32, f32)>> {
    let (count, blocks) = (rows.nrows(), rows.nrows().div_ceil(BLOCK));
    let range = |block: usize| block * BLOCK..count.min((block + 1) * BLOCK);
    let near: Vec<Mutex<Near>> = (0..blocks).map(|block| Mutex::new(Near::of(range(block).len(), k))).collect();
    let pairs: Vec<(usize, usize)> = (0..blocks).flat_map(|a| (a..blocks).map(move |b| (a, b))).collect();
    pairs.into_par_iter().for_each_init(
        || Array2::<f32>::zeros((BLOCK, BLOCK)),
        |scratch, (a, b)| {
            let (ours, theirs) = (range(a), range(b));
            let mut products = scratch.slice_mut(s![..ours.len(), ..theirs.len()]);
            let (left, right) = (rows.slice(s![ours.clone(), ..]), rows.slice(s![theirs.clone(), ..]));
            general_mat_mul(1.0, &left, &right.t(), 0.0, &mut products);
            let lines = || ours.clone().zip(products.rows().into_iter().map(|row| row.to_slice().expect("row by row")));
            let mut near_ours = near[a].lock().expect("no thread fails while it holds this");
            lines().enumerate().for_each(|(own, (one, products))| near_ours.hear_all(own, one, theirs.start, products));
            drop(near_ours);
            if a != b {
                let mut near_theirs = near[b].lock().expect("no thread fails while it holds this");
                lines().for_each(|(one, products)| near_theirs.all_hear(one, products));
            }
        },
    );
    near.into_iter().flat_map(|near| near.into_inner().expect("all threads are done").done()).collect()
}

/// The likest others heard of so far, of some rows side by side. What is kept does not depend on the order of hearing.
struct Near {
    k: usize,
    kept: Vec<Vec<(u32, f32)>>,
    /// What a product must reach at least.
    least: Vec<f32>,
}

impl Near {
    fn of(rows: usize, k: usize) -> Self {
        Self { k, kept: vec![Vec::with_capacity(2 * k + 1); rows], least: vec![f32::NEG_INFINITY; rows] }
    }

    /// Tells one of these rows, which is number `one` of all, its products with others that follow each other.
    fn hear_all(&mut self, own: usize, one: usize, first: usize, products: &[f32]) {
        for (other, product) in (first..).zip(products) {
            if *product >= self.least[own] && other != one {
                self.keep(own, other, *product);
            }
        }
    }

    /// Tells each of these rows its product with another.
    fn all_hear(&mut self, other: usize, products: &[f32]) {
        for (own, product) in products.iter().enumerate() {
            if *product >= self.least[own] {
                self.keep(own, other, *product);
            }
        }
    }

    fn keep(&mut self, own: usize, other: usize, product: f32) {
        let kept = &mut self.kept[own];
        kept.push((other as u32, product));
        if kept.len() > 2 * self.k {
            kept.select_nth_unstable_by(self.k, by_product);
            kept.truncate(self.k);
            self.least[own] = kept.iter().fold(f32::INFINITY, |least, (_, product)| least.min(*product));
        }
    }

    /// Returns the likest of each row, likest first.
    fn done(self) -> Vec<Vec<(u32, f32)>> {
        let sorted = |mut kept: Vec<(u32, f32)>| {
            kept.sort_unstable_by(by_product);
            kept.truncate(self.k);
            kept
        };
        self.kept.into_iter().map(sorted).collect()
    }
}

/// Larger products first, ties by number.
fn by_product(a: &(u32, f32), b: &(u32, f32)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Returns the positions and values of the `k` largest products that pass, largest first, ties by position.
pub fn top(products: &[f32], k: usize, pass: impl Fn(usize) -> bool) -> Vec<(u32, f32)> {
    let mut kept: Vec<(u32, f32)> = Vec::with_capacity(2 * k + 1);
    let mut least = f32::NEG_INFINITY;
    for (i, value) in products.iter().enumerate() {
        if *value > least && pass(i) {
            kept.push((i as u32, *value));
            if kept.len() > 2 * k {
                kept.select_nth_unstable_by(k, by_product);
                kept.truncate(k);
                least = kept.iter().map(|(_, v)| *v).fold(f32::INFINITY, f32::min);
            }
        }
    }
    kept.sort_unstable_by(by_product);
    kept.truncate(k);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    #[test]
    fn a_row_belongs_to_the_centre_it_points_at() {
        let centres = array![[1.0, 0.0], [0.0, 1.0]];
        let found = nearest(array![[0.0, 1.0], [1.0, 0.0]].view(), centres.view());
        assert_eq!(found.iter().map(|n| n.centre).collect::<Vec<_>>(), [1, 0]);
        assert!(found[0].distance < 1e-6 && (found[0].second - 2.0).abs() < 1e-6);
    }

    #[test]
    fn with_one_centre_the_second_is_infinitely_far() {
        assert_eq!(nearest(array![[1.0]].view(), array![[1.0]].view())[0].second, f32::INFINITY);
    }

    proptest! {
        #[test]
        fn the_two_least_are_those_of_the_sorted_list(values in prop::collection::vec((0u8..6, 0u8..3), 1..40)) {
            let (products, lengths): (Vec<f32>, Vec<f32>) =
                values.iter().map(|(product, length)| (f32::from(*product), f32::from(*length))).unzip();
            let mut all: Vec<(f32, u32)> = products.iter().zip(&lengths).map(|(p, l)| l - 2.0 * p).zip(0..).collect();
            all.sort_by(|a, b| a.partial_cmp(b).unwrap());
            let found = two_least(&products, &lengths);
            prop_assert_eq!((found.distance, found.centre), all[0]);
            prop_assert_eq!(found.second, all.get(1).map_or(f32::INFINITY, |next| next.0));
        }

        #[test]
        fn neighbours_are_the_head_of_all_others_sorted(cells in prop::collection::vec(-3i8..4, 0..500), k in 0usize..6) {
            let rows = Array2::from_shape_fn((cells.len() / 2, 2), |(i, c)| f32::from(cells[2 * i + c]));
            let found = graph(rows.view(), k);
            prop_assert_eq!(found.len(), rows.nrows());
            for (i, near) in found.iter().enumerate() {
                let mut all: Vec<(u32, f32)> = (0..rows.nrows())
                    .filter(|other| *other != i)
                    .map(|other| (other as u32, rows.row(i).dot(&rows.row(other))))
                    .collect();
                all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                all.truncate(k);
                prop_assert_eq!(near, &all);
            }
        }

        #[test]
        fn top_is_the_head_of_the_sorted_list(values in prop::collection::vec(0u8..20, 0..60), k in 0usize..10) {
            let products: Vec<f32> = values.iter().map(|v| f32::from(*v)).collect();
            let mut all: Vec<(u32, f32)> = products.iter().enumerate().map(|(i, v)| (i as u32, *v)).collect();
            all.sort_by(|a, b| b.1.total_cmp(&a.1));
            all.truncate(k);
            prop_assert_eq!(top(&products, k, |_| true), all);
        }
    }
}
