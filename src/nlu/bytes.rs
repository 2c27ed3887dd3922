//! Writing and reading a model's parts as bytes: little-endian numbers, lengths before lists.
//!
//! Reading trusts nothing: every length is checked against what is left before anything is set aside for it.

use crate::nlu::error::Error;

/// Bytes being written.
#[derive(Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    /// Appends a byte.
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Appends a number of two bytes.
    pub fn u16(&mut self, value: u16) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// Appends a number of four bytes.
    pub fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// Appends a signed number of eight bytes.
    pub fn i64(&mut self, value: i64) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// Appends a fraction.
    pub fn f32(&mut self, value: f32) {
        self.u32(value.to_bits());
    }

    /// Appends a text with its length.
    pub fn text(&mut self, value: &str) {
        self.u32(value.len() as u32);
        self.bytes.extend(value.as_bytes());
    }

    /// Appends signed bytes, runs of zeros shortened: a zero is followed by how many more follow it.
    pub fn sparse(&mut self, values: &[i8]) {
        let mut i = 0;
        while i < values.len() {
            self.bytes.push(values[i] as u8);
            if values[i] == 0 {
                let run = values[i + 1..].iter().take(255).take_while(|v| **v == 0).count();
                self.bytes.push(run as u8);
                i += run;
            }
            i += 1;
        }
    }
}

/// Bytes being read.
pub struct Reader<'b> {
    left: &'b [u8],
}

impl<'b> Reader<'b> {
    /// Returns a reader at the start of `bytes`.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { left: bytes }
    }

    /// Tells whether everything was read.
    pub fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], Error> {
        let (head, tail) = self.left.split_at_checked(length).ok_or(Error::Damaged { what: "too short" })?;
        self.left = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        Ok(self.take(N)?.try_into().expect("take gives the length asked for"))
    }

    /// Reads a byte.
    pub fn u8(&mut self) -> Result<u8, Error> {
        Ok(self.array::<1>()?[0])
    }

    /// Reads a number of two bytes.
    pub fn u16(&mut self) -> Result<u16, Error> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// Reads a number of four bytes.
    pub fn u32(&mut self) -> Result<u32, Error> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Reads a signed number of eight bytes.
    pub fn i64(&mut self) -> Result<i64, Error> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// Reads a finite fraction.
    pub fn f32(&mut self) -> Result<f32, Error> {
        let value = f32::from_bits(self.u32()?);
        if value.is_finite() { Ok(value) } else { Err(Error::Damaged { what: "a number that is none" }) }
    }

    /// Reads a text.
    pub fn text(&mut self) -> Result<&'b str, Error> {
        let length = self.u32()? as usize;
        self.text_of(length)
    }

    /// Reads some bytes as they are.
    pub fn slice(&mut self, length: usize) -> Result<&'b [u8], Error> {
        self.take(length)
    }

    /// Reads a text of a known length.
    pub fn text_of(&mut self, length: usize) -> Result<&'b str, Error> {
        std::str::from_utf8(self.take(length)?).map_err(|_| Error::Damaged { what: "text that is not UTF-8" })
    }

    /// Reads the length of a list whose items take at least `least` bytes each.
    pub fn length(&mut self, least: usize) -> Result<usize, Error> {
        let length = self.u32()? as usize;
        if length.saturating_mul(least) > self.left.len() {
            return Err(Error::Damaged { what: "a list longer than the bytes" });
        }
        Ok(length)
    }

    /// Reads what [`Writer::sparse`] wrote into all of `values`, which are zero.
    pub fn sparse(&mut self, values: &mut [i8]) -> Result<(), Error> {
        let mut i = 0;
        while i < values.len() {
            let value = self.u8()? as i8;
            values[i] = value;
            i += 1;
            if value == 0 {
                i += self.u8()? as usize;
            }
        }
        if i == values.len() { Ok(()) } else { Err(Error::Damaged { what: "a run past its end" }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sparse_bytes_come_back(values in prop::collection::vec(prop_oneof![4 => Just(0i8), 1 => any::<i8>()], 0..700)) {
            let mut writer = Writer::default();
            writer.sparse(&values);
            let mut back = vec![0; values.len()];
            let mut reader = Reader::new(&writer.bytes);
            prop_assert!(reader.sparse(&mut back).is_ok());
            prop_assert!(reader.is_done());
            prop_assert_eq!(back, values);
        }
    }
}
