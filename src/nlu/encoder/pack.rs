//! The file of the encoder, `assets/encoder/use-m3.bin`: five packed sections, described in `pack.py` beside it.

use std::io::Read;

use flate2::read::ZlibDecoder;
use ndarray::{Array1, Array2};

const MAGIC: &[u8] = b"DAOSHIE1";

/// Blocks the rows of the pieces are dealt into.
pub(super) const BLOCKS: usize = 17;

/// What a tokenizer is made of, unpacked.
pub(super) struct Words {
    pub pieces: Vec<u8>,
    pub scores: Vec<f32>,
    /// SentencePiece's map of characters.
    pub characters: Vec<u8>,
}

/// What a network is made of, unpacked.
pub(super) struct Numbers {
    /// A row of bytes a piece, block after block.
    pub rows: Vec<u8>,
    pub parameters: Parameters,
}

/// Unpacks the file; `None` when it is no such file or damaged.
pub(super) fn unpack(file: &[u8]) -> Option<(Words, Numbers)> {
    let mut rest = file.strip_prefix(MAGIC)?;
    let pieces = section(&mut rest)?;
    let scores = floats(&section(&mut rest)?);
    let words = Words { pieces, scores, characters: section(&mut rest)? };
    let rows = section(&mut rest)?;
    let parameters = Parameters { bytes: section(&mut rest)?, at: 0 };
    Some((words, Numbers { rows, parameters }))
}

fn section(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_le_bytes);
    let (lengths, after) = rest.split_at_checked(8)?;
    let (long, packed) = (number(&lengths[..4])? as usize, number(&lengths[4..])? as usize);
    let (packed, after) = after.split_at_checked(packed)?;
    *rest = after;
    let mut bytes = Vec::with_capacity(long);
    ZlibDecoder::new(packed).take(long as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() == long).then_some(bytes)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

/// A matrix whose numbers are whole multiples of a step.
pub(super) struct Grid {
    pub step: f32,
    pub numbers: Array2<i8>,
}

/// Returns the step that all values, ascending, are exact multiples of, and the multiples; `None` when there is none.
fn multiples(values: &[f32]) -> Option<(f32, Vec<i8>)> {
    let least = values.windows(2).map(|next| next[1] - next[0]).fold(f32::INFINITY, f32::min);
    let furthest = values.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    let near = furthest / (furthest / least).round();
    let multiples: Vec<i8> = values.iter().map(|value| (value / near).round() as i8).collect();
    let exact = |step: &f32| values.iter().zip(&multiples).all(|(value, many)| f32::from(*many) * step == *value);
    // The value was rounded: the step may be the number beside.
    let step = [near, near.next_down(), near.next_up()].into_iter().find(exact)?;
    Some((step, multiples))
}

/// The parameters of the network, read one after the other.
pub(super) struct Parameters {
    bytes: Vec<u8>,
    at: usize,
}

impl Parameters {
    /// Returns the next parameter as a vector.
    pub fn vector(&mut self, long: usize) -> Option<Array1<f32>> {
        let known = u16::from_le_bytes(self.take(2)?.try_into().ok()?) as usize;
        let values = match known {
            0 => floats(self.take(long * 4)?),
            _ => {
                let known = floats(self.take(known * 4)?);
                self.take(long)?.iter().map(|place| known.get(*place as usize).copied()).collect::<Option<_>>()?
            }
        };
        Some(Array1::from(values))
    }

    /// Returns the next parameter as a matrix.
    pub fn matrix(&mut self, rows: usize, columns: usize) -> Option<Grid> {
        let known = u16::from_le_bytes(self.take(2)?.try_into().ok()?) as usize;
        let (step, multiples) = multiples(&floats(self.take(known * 4)?))?;
        let places = self.take(rows * columns)?;
        let numbers = places.iter().map(|place| multiples.get(*place as usize).copied()).collect::<Option<_>>()?;
        Some(Grid { step, numbers: Array2::from_shape_vec((rows, columns), numbers).ok()? })
    }

    /// Tells whether all was read.
    pub fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let taken = self.bytes.get(self.at..self.at + count)?;
        self.at += count;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_step_is_found_that_gives_every_value_back(
            step in 1e-3f32..0.1,
            far: bool,
            known in prop::collection::btree_set(-126i8..=126, 0..60),
        ) {
            // Two neighbours are among them, as in any matrix of some size, and one value at the far end of a byte.
            let mut known = known;
            known.extend([if far { 127 } else { -127 }, 3, 4]);
            let values: Vec<f32> = known.iter().map(|multiple| f32::from(*multiple) * step).collect();
            let (found, multiples) = multiples(&values).unwrap();
            prop_assert!(values.iter().zip(&multiples).all(|(value, multiple)| f32::from(*multiple) * found == *value));
        }
    }

    #[test]
    fn values_of_no_common_step_are_refused() {
        assert!(multiples(&[0.1, 0.2, 0.35]).is_none());
        assert!(multiples(&[]).is_none());
    }

    #[test]
    fn what_is_cut_off_is_no_encoder() {
        let file = crate::nlu::encoder::built_in::FILE;
        for end in [0, 4, 8, 12, 100, file.len() / 2, file.len() - 1] {
            assert!(unpack(&file[..end]).is_none(), "{end}");
        }
    }
}
