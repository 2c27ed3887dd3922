//! The texts nearest to one text or to several: "more like this".
//!
//! Exact, by an inverted list of features; no index to keep. Called by `workbench::group` and by `novelty`.

use std::collections::BTreeMap;

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use crate::clustering::dense::top;
use crate::clustering::vectors::{Vocabulary, transposed};
use crate::text::segment::Segmenter;
use crate::text::vector::Rows;

/// Texts that can be asked for their nearest by cosine.
pub struct Neighbours<'s> {
    segmenter: &'s Segmenter,
    vocabulary: Vocabulary,
    /// Row `c` holds the texts that have feature `c`, with its weight.
    lists: Rows,
    texts: usize,
}

impl<'s> Neighbours<'s> {
    /// Reads the texts that will be searched.
    pub fn of(texts: &[&str], segmenter: &'s Segmenter) -> Self {
        let (vocabulary, rows) = Vocabulary::learn(texts, segmenter, 1);
        Self { segmenter, vocabulary, lists: transposed(&rows), texts: texts.len() }
    }

    /// Returns up to `k` texts that share anything with `examples`, nearest first with their cosine, ties by index.
    ///
    /// Several examples count alike, each by its direction. A text that is itself an example comes back too.
    pub fn nearest(&self, examples: &[&str], k: usize) -> Vec<(usize, f32)> {
        let rows = self.vocabulary.rows(examples, self.segmenter);
        let mut middle: BTreeMap<u32, f32> = BTreeMap::new();
        for i in 0..rows.len() {
            let (columns, values) = rows.row(i);
            columns.iter().zip(values).for_each(|(c, v)| *middle.entry(*c).or_default() += v);
        }
        // One example keeps what it lost to unknown words; of several only the middle's direction counts.
        let length = match examples.len() {
            1 => 1.0,
            _ => middle.values().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE),
        };
        let cosines = self.cosines(middle.into_iter().map(|(c, v)| (c, v / length)));
        let found = top(&cosines, k, |i| cosines[i] > 0.0);
        found.into_iter().map(|(i, cosine)| (i as usize, cosine.min(1.0))).collect()
    }

    /// Returns the cosine of the nearest text to each of `others`, 0 where nothing is shared.
    pub fn closest(&self, others: &[&str]) -> Vec<f32> {
        let rows = self.vocabulary.rows(others, self.segmenter);
        (0..rows.len())
            .into_par_iter()
            .map(|i| {
                let (columns, values) = rows.row(i);
                let cosines = self.cosines(columns.iter().copied().zip(values.iter().copied()));
                cosines.into_iter().fold(0.0, f32::max).min(1.0)
            })
            .collect()
    }

    fn cosines(&self, row: impl Iterator<Item = (u32, f32)>) -> Vec<f32> {
        let mut cosines = vec![0.0; self.texts];
        for (column, value) in row {
            let (texts, weights) = self.lists.row(column as usize);
            texts.iter().zip(weights).for_each(|(t, w)| cosines[*t as usize] += value * w);
        }
        cosines
    }
}

/// Returns the `k` rows nearest to `row` by product, nearest first, ties by index; for rows of length 1 the cosine.
pub fn nearest_rows(rows: ArrayView2<'_, f32>, row: ArrayView1<'_, f32>, k: usize) -> Vec<(usize, f32)> {
    let products = rows.dot(&row);
    top(products.as_slice().expect("a new array lies in one piece"), k, |_| true)
        .into_iter()
        .map(|(i, product)| (i as usize, product))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    const TEXTS: [&str; 5] = ["怎么申请退款", "退款申请多久到账", "激活信用卡", "信用卡怎么激活", "where is my parcel"];

    #[test]
    fn the_text_itself_is_nearest_then_its_like() {
        let all = Neighbours::of(&TEXTS, Segmenter::general());
        let found = all.nearest(&["怎么申请退款"], 3);
        assert_eq!(found[0].0, 0);
        assert!(found[0].1 > 0.999 && found[1].0 == 1 && found[1].1 < 0.9, "{found:?}");
    }

    #[test]
    fn several_examples_draw_from_both_sides() {
        let all = Neighbours::of(&TEXTS, Segmenter::general());
        let mut found: Vec<usize> = all.nearest(&["我的退款申请", "激活卡"], 4).into_iter().map(|(i, _)| i).collect();
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2, 3]);
    }

    #[test]
    fn what_shares_nothing_finds_nothing() {
        let all = Neighbours::of(&TEXTS, Segmenter::general());
        assert_eq!(all.nearest(&["？？"], 3), []);
        assert_eq!(all.closest(&["", "parcel where is my"])[0], 0.0);
    }

    #[test]
    fn rows_are_found_by_direction() {
        let rows = array![[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]];
        assert_eq!(nearest_rows(rows.view(), array![0.0, 1.0].view(), 2), [(1, 1.0), (2, 0.8)]);
    }
}
