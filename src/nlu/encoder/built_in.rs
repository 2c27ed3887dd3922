//! The encoder in the box: universal-sentence-encoder-multilingual 3, unpacked when first asked.

use std::sync::{LazyLock, Mutex};

use ndarray::{Array2, s};
use rayon::prelude::*;

use crate::nlu::encoder::encode::Encode;
use crate::nlu::encoder::layers::Layers;
use crate::nlu::encoder::network::{Network, Pieces, WIDE};
use crate::nlu::encoder::pack::unpack;
use crate::nlu::encoder::tokens::{Piece, Tokenizer};
use crate::progress::Progress;

/// Numbers in a vector.
pub const DIMENSIONS: usize = WIDE;

/// What kept vectors are known by: another encoder's vectors must never be compared with these.
pub(super) const NAME: &str = "use-m3";

/// The file inside the program.
pub(super) const FILE: &[u8] = include_bytes!("../../../assets/encoder/use-m3.bin");

/// Pieces of a group of sentences that go through the layers together; few, so that the threads end a step together.
const GROUP: usize = 1024;

/// Texts between two words of progress: about a second.
const STEP: usize = 2048;

/// Pieces kept while many texts are encoded, about 50 MB.
const MOST: usize = 4096;

/// Pieces kept from one turn to the next, about 13 MB: people use few words, and a piece is three fifths of the work.
const MOST_BETWEEN: usize = 1024;

/// So few texts are a turn, or a few.
const TURNS: usize = 8;

/// The encoder inside the program; the first call of any of its functions unpacks it.
pub(super) struct BuiltIn;

/// What the file inside the program holds.
struct Parts {
    tokenizer: Tokenizer,
    network: Network,
}

fn parts() -> &'static Parts {
    static PARTS: LazyLock<Parts> = LazyLock::new(|| {
        let parts = unpack(FILE).and_then(|(words, numbers)| {
            let (tokenizer, network) = (Tokenizer::of(&words)?, Network::of(numbers)?);
            network.knows(tokenizer.count()).then_some(Parts { tokenizer, network })
        });
        parts.expect("the file in the program is whole; a test reads it")
    });
    &PARTS
}

impl Encode for BuiltIn {
    fn name(&self) -> &str {
        NAME
    }

    fn width(&self) -> usize {
        DIMENSIONS
    }

    fn step(&self) -> usize {
        STEP
    }

    fn prepare(&self) {
        rayon::spawn(|| {
            parts();
        });
    }

    /// A text's row is the same whatever texts stand beside it and however many threads there are.
    fn encode(&self, texts: &[&str], progress: &dyn Progress) -> Option<Array2<f32>> {
        static BETWEEN: LazyLock<Mutex<Pieces>> = LazyLock::new(|| Mutex::new(Pieces::keeping(MOST_BETWEEN)));
        if texts.len() <= TURNS
            && let Ok(mut pieces) = BETWEEN.try_lock()
        {
            return with(&mut pieces, texts, Network::vectors, progress);
        }
        // Also who finds them taken: waiting would take longer.
        with(&mut Pieces::keeping(MOST), texts, Network::vectors, progress)
    }

    fn layers(&self) -> Option<Layers> {
        Some(parts().network.layers())
    }

    fn sums(&self, texts: &[&str], progress: &dyn Progress) -> Option<Array2<f32>> {
        with(&mut Pieces::keeping(MOST), texts, Network::sums, progress)
    }
}

/// Makes what `make` makes of texts, with the pieces met before, and keeps those it meets.
fn with(
    pieces: &mut Pieces,
    texts: &[&str],
    make: impl Fn(&Network, &Pieces, &[Vec<Piece>]) -> Array2<f32> + Sync,
    progress: &dyn Progress,
) -> Option<Array2<f32>> {
    let Parts { tokenizer, network } = parts();
    let mut vectors = Array2::zeros((texts.len(), DIMENSIONS));
    for (nth, step) in texts.chunks(STEP).enumerate() {
        progress.at((nth * STEP) as u64, texts.len() as u64);
        if progress.stopped() {
            return None;
        }
        let cut: Vec<Vec<Piece>> = step.par_iter().map(|text| tokenizer.cut(text)).collect();
        pieces.meet(network, &cut);
        let groups = groups(&cut);
        let one = |group: &std::ops::Range<usize>| make(network, pieces, &cut[group.clone()]);
        let found: Vec<Array2<f32>> = groups.par_iter().map(one).collect();
        for (group, found) in groups.iter().zip(found) {
            let rows = nth * STEP + group.start..nth * STEP + group.end;
            vectors.slice_mut(s![rows, ..]).assign(&found);
        }
    }
    progress.at(texts.len() as u64, texts.len() as u64);
    Some(vectors)
}

/// Deals sentences into groups of about [`GROUP`] pieces, at least two, so that two threads have work.
fn groups(cut: &[Vec<Piece>]) -> Vec<std::ops::Range<usize>> {
    let all: usize = cut.iter().map(Vec::len).sum();
    let most = GROUP.min(all / 2 + 1);
    let mut groups = Vec::new();
    let (mut from, mut long) = (0, 0);
    for (at, sentence) in cut.iter().enumerate() {
        if at > from && long + sentence.len() > most {
            groups.push(from..at);
            (from, long) = (at, 0);
        }
        long += sentence.len();
    }
    if from < cut.len() {
        groups.push(from..cut.len());
    }
    groups
}

#[cfg(test)]
pub(super) fn tokenizer() -> &'static Tokenizer {
    &parts().tokenizer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    fn encode(texts: &[&str]) -> Array2<f32> {
        BuiltIn.encode(texts, &Quiet).unwrap()
    }

    #[test]
    fn a_text_has_the_same_vector_in_any_company_and_on_any_threads() {
        let texts = ["怎么申请退款", "", "how do I get my money back", "卡", &"很长的一句话，".repeat(45)];
        let together = encode(&texts);
        for (text, row) in texts.iter().zip(together.rows()) {
            assert_eq!(encode(&[text]).row(0), row, "{text}");
            assert!((row.dot(&row) - 1.0).abs() < 1e-5);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(pool.install(|| encode(&texts)), together);
    }

    #[test]
    fn vectors_are_those_of_the_reference() {
        // Made with the package that carries the weights; see assets/encoder/README.md.
        let reference = include_str!("../../../tests/fixtures/encoder/reference.tsv");
        let rows: Vec<(&str, Vec<f32>)> = reference
            .lines()
            .map(|line| {
                let (text, vector) = line.split_once('\t').unwrap();
                let byte = |at: usize| u8::from_str_radix(&vector[at..at + 2], 16).unwrap() as i8;
                (text, (0..vector.len()).step_by(2).map(|at| f32::from(byte(at)) / 512.0).collect())
            })
            .collect();
        assert!(rows.len() >= 36);
        let texts: Vec<&str> = rows.iter().map(|(text, _)| *text).collect();
        for ((text, wanted), found) in rows.iter().zip(encode(&texts).rows()) {
            let product: f32 = wanted.iter().zip(found).map(|(a, b)| a * b).sum();
            let long: f32 = wanted.iter().map(|a| a * a).sum();
            // The kept vectors are rounded to a 512th, which alone takes about 1e-4.
            assert!(product / long.sqrt() > 0.9995, "{text}: {}", product / long.sqrt());
        }
    }
}
