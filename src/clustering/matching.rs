//! Pairing two lists one to one so that the pairs share most: the Hungarian method.
//!
//! Called where clusters of two groupings are taken for the same, and where groups are held against labels.

/// Returns the partner of each row, `None` where none is left or nothing is shared; the sum over pairs is the greatest.
///
/// `shared[row][column]` is at least 0; rows have the same length. Of equal pairings the same one is found each time.
pub fn best_pairs(shared: &[Vec<u64>]) -> Vec<Option<usize>> {
    let columns = shared.first().map_or(0, Vec::len);
    if columns < shared.len() {
        let turned: Vec<Vec<u64>> = (0..columns).map(|c| shared.iter().map(|row| row[c]).collect()).collect();
        let mut pairs = vec![None; shared.len()];
        for (column, row) in best_pairs(&turned).into_iter().enumerate() {
            if let Some(row) = row {
                pairs[row] = Some(column);
            }
        }
        return pairs;
    }
    // Shortest augmenting paths with potentials; column and row 0 are the empty ones.
    let cost = |row: usize, column: usize| -(shared[row - 1][column - 1] as i64);
    let (mut of_row, mut of_column) = (vec![0i64; shared.len() + 1], vec![0i64; columns + 1]);
    let mut partner = vec![0usize; columns + 1];
    for row in 1..=shared.len() {
        partner[0] = row;
        let mut at = 0;
        let mut least = vec![i64::MAX; columns + 1];
        let (mut from, mut used) = (vec![0usize; columns + 1], vec![false; columns + 1]);
        while partner[at] != 0 {
            used[at] = true;
            let (here, mut delta, mut next) = (partner[at], i64::MAX, 0);
            for column in (1..=columns).filter(|c| !used[*c]) {
                let reduced = cost(here, column) - of_row[here] - of_column[column];
                if reduced < least[column] {
                    (least[column], from[column]) = (reduced, at);
                }
                if least[column] < delta {
                    (delta, next) = (least[column], column);
                }
            }
            for column in 0..=columns {
                if used[column] {
                    of_row[partner[column]] += delta;
                    of_column[column] -= delta;
                } else if least[column] != i64::MAX {
                    least[column] -= delta;
                }
            }
            at = next;
        }
        while at != 0 {
            partner[at] = partner[from[at]];
            at = from[at];
        }
    }
    let mut pairs = vec![None; shared.len()];
    for column in 1..=columns {
        if partner[column] != 0 && shared[partner[column] - 1][column - 1] > 0 {
            pairs[partner[column] - 1] = Some(column - 1);
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(shared: &[Vec<u64>], pairs: &[Option<usize>]) -> u64 {
        pairs.iter().enumerate().filter_map(|(row, column)| Some(shared[row][(*column)?])).sum()
    }

    /// The greatest sum by trying every pairing.
    fn greatest(shared: &[Vec<u64>], row: usize, taken: &mut Vec<usize>) -> u64 {
        if row == shared.len() {
            return 0;
        }
        let mut best = greatest(shared, row + 1, taken);
        for column in 0..shared[row].len() {
            if !taken.contains(&column) {
                taken.push(column);
                best = best.max(shared[row][column] + greatest(shared, row + 1, taken));
                taken.pop();
            }
        }
        best
    }

    #[test]
    fn the_greedy_pair_gives_way_to_the_greater_sum() {
        assert_eq!(best_pairs(&[vec![9, 8], vec![8, 1]]), [Some(1), Some(0)]);
        assert_eq!(best_pairs(&[vec![0, 3], vec![0, 5]]), [None, Some(1)]);
        assert_eq!(best_pairs(&[]), []);
    }

    proptest! {
        #[test]
        fn no_pairing_shares_more(cells in prop::collection::vec(0u64..6, 25), rows in 1usize..6, columns in 1usize..6) {
            let shared: Vec<Vec<u64>> = cells.chunks(5).take(rows).map(|row| row[..columns].to_vec()).collect();
            let pairs = best_pairs(&shared);
            let mut taken: Vec<usize> = pairs.iter().flatten().copied().collect();
            taken.sort_unstable();
            prop_assert!(taken.windows(2).all(|w| w[0] != w[1]));
            prop_assert_eq!(sum(&shared, &pairs), greatest(&shared, 0, &mut Vec::new()));
        }
    }
}
