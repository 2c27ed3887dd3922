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
    pub fn matrix(&mut self, rows: usize, columns: usize) -> Option<Array2<f32>> {
        self.vector(rows * columns)?.into_shape_with_order((rows, columns)).ok()
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

    #[test]
    fn what_is_cut_off_is_no_encoder() {
        let file = crate::nlu::encoder::built_in::FILE;
        for end in [0, 4, 8, 12, 100, file.len() / 2, file.len() - 1] {
            assert!(unpack(&file[..end]).is_none(), "{end}");
        }
    }
}
