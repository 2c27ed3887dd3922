//! What lies in no group, and how near it is to the nearest one: for a trainer's threshold, not a hidden one.

use ndarray::Array2;
use rayon::prelude::*;

use crate::clustering::error::Error;
use crate::clustering::group::vectors;
use crate::clustering::reduce::{centre, normalise};
use crate::clustering::steps::{Steps, TOTAL};
use crate::progress::Progress;
use crate::text::segment::Segmenter;

/// Returns for each lonely text its nearest group and the cosine to that group's centre, 0 to 1; by words and characters.
pub fn by_words(
    groups: &[Vec<&str>],
    lonely: &[&str],
    segmenter: &Segmenter,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Vec<(usize, f32)>, Error> {
    let texts: Vec<&str> = groups.iter().flatten().chain(lonely).copied().collect();
    let rows = vectors(&texts, segmenter, seed, Steps::new(progress, 0, TOTAL))?;
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    Ok(nearest(rows, &sizes))
}

/// Returns the same for rows that carry meaning: those of the groups one after the other, then the lonely ones.
pub fn by_rows(mut rows: Array2<f32>, sizes: &[usize]) -> Vec<(usize, f32)> {
    centre(&mut rows);
    nearest(rows, sizes)
}

fn nearest(mut rows: Array2<f32>, sizes: &[usize]) -> Vec<(usize, f32)> {
    normalise(&mut rows);
    let mut centres = Array2::zeros((sizes.len(), rows.ncols()));
    let mut at = 0;
    for (mut centre, size) in centres.rows_mut().into_iter().zip(sizes) {
        (at..at + size).for_each(|row| centre += &rows.row(row));
        at += size;
    }
    normalise(&mut centres);
    let one = |row: usize| {
        let near = |group: usize| centres.row(group).dot(&rows.row(row));
        let best = (0..sizes.len()).max_by(|a, b| near(*a).total_cmp(&near(*b)).then(b.cmp(a)));
        best.map_or((0, 0.0), |group| (group, near(group).clamp(0.0, 1.0)))
    };
    (at..rows.nrows()).into_par_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    #[test]
    fn a_text_is_nearest_to_those_it_is_like() {
        let groups = [
            vec!["怎么退款", "我要退款", "退款多久", "退款到账"],
            vec!["快递到哪", "查快递", "快递丢了", "快递多久到"],
        ];
        let found =
            by_words(&groups, &["帮我查一下快递", "申请退款怎么弄", "今天天气"], Segmenter::general(), 1, &Quiet)
                .unwrap();
        assert_eq!((found[0].0, found[1].0), (1, 0));
        assert!(found[1].1 > found[2].1, "{found:?}");
        assert!(found.iter().all(|(_, near)| (0.0..=1.0).contains(near)));
    }

    #[test]
    fn without_groups_nothing_is_near() {
        assert_eq!(by_rows(Array2::ones((2, 3)), &[]), [(0, 0.0), (0, 0.0)]);
    }
}
