//! Taught layers as bytes and back.

use crate::nlu::bytes::{Reader, Writer};
use crate::nlu::error::Error;
use crate::nlu::tuned::model::Tuned;
use crate::nlu::weights::Weights;

/// Writes taught layers, or that there are none.
pub fn write(out: &mut Writer, tuned: Option<&Tuned>) {
    out.u8(u8::from(tuned.is_some()));
    let Some(tuned) = tuned else { return };
    out.f32(tuned.share);
    write_weights(out, &tuned.terms);
    write_weights(out, &tuned.first);
    tuned.from.iter().for_each(|&x| out.f32(x));
    let Tuned { one_two, two_three, two_out, three_out, head, .. } = tuned;
    [one_two, two_three, two_out, three_out, head].into_iter().for_each(|weights| write_weights(out, weights));
    tuned.bias.iter().for_each(|&x| out.f32(x));
}

/// Reads them back, for vectors of some width and so many intents.
pub fn read(bytes: &mut Reader, width: usize, classes: usize, terms: usize) -> Result<Option<Tuned>, Error> {
    if bytes.u8()? == 0 {
        return Ok(None);
    }
    let share = bytes.f32()?;
    let terms = fits(read_weights(bytes)?, |weights| weights.scales.len() <= terms)?;
    let first = fits(read_weights(bytes)?, |weights| weights.scales.len() == width + terms.classes)?;
    let from = numbers(bytes, first.classes)?;
    let one_two = fits(read_weights(bytes)?, |weights| weights.scales.len() + weights.classes == first.classes)?;
    let two_three = fits(read_weights(bytes)?, |weights| weights.scales.len() == one_two.classes)?;
    let two_out = fits(read_weights(bytes)?, |weights| weights.scales.len() == one_two.classes)?;
    let shape = (two_three.classes, two_out.classes);
    let three_out = fits(read_weights(bytes)?, |weights| (weights.scales.len(), weights.classes) == shape)?;
    let shape = (two_out.classes, classes);
    let head = fits(read_weights(bytes)?, |weights| (weights.scales.len(), weights.classes) == shape)?;
    let bias = numbers(bytes, classes)?;
    Ok(Some(Tuned { share, terms, first, from, one_two, two_three, two_out, three_out, head, bias }))
}

fn fits(weights: Weights, fits: impl Fn(&Weights) -> bool) -> Result<Weights, Error> {
    if fits(&weights) { Ok(weights) } else { Err(Error::Damaged { what: "layers that do not fit" }) }
}

fn numbers(bytes: &mut Reader, count: usize) -> Result<Vec<f32>, Error> {
    (0..count).map(|_| bytes.f32()).collect()
}

fn write_weights(out: &mut Writer, weights: &Weights) {
    out.u32(weights.scales.len() as u32);
    out.u16(weights.classes as u16);
    for (column, &scale) in weights.scales.iter().enumerate() {
        out.f32(scale);
        out.sparse(&weights.bytes[column * weights.classes..][..weights.classes]);
    }
}

fn read_weights(bytes: &mut Reader) -> Result<Weights, Error> {
    // A column of zeros takes its scale and a run.
    let columns = bytes.length(4)?;
    let classes = usize::from(bytes.u16()?);
    let mut weights = Weights { classes, scales: Vec::new(), bytes: Vec::new() };
    for column in 0..columns {
        weights.scales.push(bytes.f32()?);
        weights.bytes.resize((column + 1) * classes, 0);
        bytes.sparse(&mut weights.bytes[column * classes..])?;
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::tuned::model::tests::tuned;
    use proptest::prelude::*;

    #[test]
    fn taught_layers_come_back_the_same_and_none_as_none() {
        let mut out = Writer::default();
        let tuned = tuned();
        write(&mut out, Some(&tuned));
        write(&mut out, None);
        let mut bytes = Reader::new(&out.bytes);
        assert_eq!(read(&mut bytes, 6, 3, 4).unwrap().as_ref(), Some(&tuned));
        assert_eq!(read(&mut bytes, 6, 3, 4).unwrap(), None);
        assert!(bytes.is_done());
        for (width, classes, terms) in [(7, 3, 4), (6, 4, 4), (6, 3, 2)] {
            assert!(read(&mut Reader::new(&out.bytes), width, classes, terms).is_err());
        }
    }

    proptest! {
        #[test]
        fn damaged_layers_are_refused_or_fit(at in 0usize..3000, byte: u8, cut in 0usize..3000) {
            static BYTES: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
                let mut out = Writer::default();
                write(&mut out, Some(&tuned()));
                out.bytes
            });
            let mut bytes = BYTES[..BYTES.len().saturating_sub(cut.saturating_sub(2000))].to_vec();
            if let Some(known) = bytes.get_mut(at) {
                *known = byte;
            }
            if let Ok(Some(tuned)) = read(&mut Reader::new(&bytes), 6, 3, 4) {
                tuned.add(&[0.1; 6], &[(0, 1.0), (3, 1.0), (9, 1.0)], &mut [0.0; 3]);
            }
        }
    }
}
