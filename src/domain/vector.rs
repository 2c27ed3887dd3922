//! Vectors of sentences, compact: a byte a number and one scale a vector.

/// Vectors of one width, one after the other.
///
/// A number is off by at most half a 127th of its vector's largest; the angle between two vectors of 512 numbers
/// changes in the fifth decimal.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    width: usize,
    scales: Vec<f32>,
    numbers: Vec<i8>,
}

impl Vectors {
    /// Returns no vectors, of `width` numbers each.
    pub fn new(width: usize) -> Self {
        Self { width, scales: Vec::new(), numbers: Vec::new() }
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Returns how many numbers a vector has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Adds a vector.
    pub fn push(&mut self, vector: &[f32]) {
        assert_eq!(vector.len(), self.width, "all vectors have one width");
        let most = vector.iter().fold(0f32, |most, x| most.max(x.abs()));
        let scale = most / 127.0;
        self.scales.push(scale);
        let byte = |x: &f32| if scale > 0.0 { (x / scale).round() as i8 } else { 0 };
        self.numbers.extend(vector.iter().map(byte));
    }

    /// Adds a vector as [`Vectors::bytes`] gave it; `false` when it has another width.
    pub fn push_bytes(&mut self, bytes: &[u8]) -> bool {
        let Some((scale, numbers)) = bytes.split_first_chunk::<4>() else { return false };
        let scale = f32::from_le_bytes(*scale);
        if numbers.len() != self.width || !scale.is_finite() {
            return false;
        }
        self.scales.push(scale);
        self.numbers.extend(numbers.iter().map(|byte| *byte as i8));
        true
    }

    /// Adds some of other vectors of this width, in the order named.
    pub fn take(&mut self, from: &Vectors, places: impl IntoIterator<Item = usize>) {
        assert_eq!(from.width, self.width, "all vectors have one width");
        for at in places {
            let (scale, numbers) = from.row(at);
            self.scales.push(scale);
            self.numbers.extend_from_slice(numbers);
        }
    }

    /// Returns a vector as bytes: its scale, then a byte a number.
    pub fn bytes(&self, at: usize) -> Vec<u8> {
        let (scale, numbers) = self.row(at);
        scale.to_le_bytes().into_iter().chain(numbers.iter().map(|number| *number as u8)).collect()
    }

    /// Returns a vector: each number times the scale.
    pub fn row(&self, at: usize) -> (f32, &[i8]) {
        (self.scales[at], &self.numbers[at * self.width..][..self.width])
    }

    /// Writes a vector's numbers into `out`.
    pub fn write(&self, at: usize, out: &mut [f32]) {
        let (scale, numbers) = self.row(at);
        out.iter_mut().zip(numbers).for_each(|(out, number)| *out = f32::from(*number) * scale);
    }

    /// Returns a vector's numbers.
    pub fn unpacked(&self, at: usize) -> Vec<f32> {
        let mut out = vec![0.0; self.width];
        self.write(at, &mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back_near_and_packed_again_the_same(vector in prop::collection::vec(-1f32..1.0, 0..40)) {
            let mut vectors = Vectors::new(vector.len());
            vectors.push(&vector);
            let mut out = vec![9.0; vector.len()];
            vectors.write(0, &mut out);
            let most = vector.iter().fold(0f32, |most, x| most.max(x.abs()));
            for (a, b) in vector.iter().zip(&out) {
                prop_assert!((a - b).abs() <= most / 253.0);
            }
            let mut again = Vectors::new(vector.len());
            prop_assert!(again.push_bytes(&vectors.bytes(0)));
            prop_assert_eq!(&again, &vectors);
            prop_assert!(!again.push_bytes(&vectors.bytes(0)[..vector.len()]));
            prop_assert_eq!(again.len(), 1);
        }
    }
}
