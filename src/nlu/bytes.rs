//! Writing and reading a model's parts as bytes: little-endian numbers, lengths before lists.
//!
//! Reading trusts nothing: every length is checked against what is left before anything is set aside for it. What is kept
//! is sealed: a mark and a version before it, a checksum over both and it behind.

use xxhash_rust::xxh3::xxh3_64;

use crate::nlu::error::Error;

/// How something learned begins: what it is, and the version of its layout.
pub struct Seal {
    pub mark: &'static [u8; 8],
    /// The version this program writes, and the newest it reads.
    pub version: u16,
    /// What is said of bytes that begin otherwise.
    pub other: &'static str,
}

impl Seal {
    /// Returns the bytes of what `write` writes, sealed.
    pub fn seal(&self, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut out = Writer { bytes: self.mark.to_vec() };
        out.u16(self.version);
        write(&mut out);
        let sum = xxh3_64(&out.bytes);
        out.i64(sum as i64);
        out.bytes
    }

    /// Returns the version of sealed bytes and what they hold; newer or damaged ones are refused.
    pub fn opened<'b>(&self, bytes: &'b [u8]) -> Result<(u16, Reader<'b>), Error> {
        let rest = bytes.strip_prefix(self.mark).ok_or(Error::Damaged { what: self.other })?;
        let found = Reader::new(rest).u16()?;
        if found > self.version {
            return Err(Error::Newer { found, known: self.version });
        }
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or(Error::Damaged { what: "too short" })?;
        if xxh3_64(body).to_le_bytes() != *sum {
            return Err(Error::Damaged { what: "the checksum differs" });
        }
        let body = body.get(self.mark.len() + 2..).ok_or(Error::Damaged { what: "too short" })?;
        Ok((found, Reader::new(body)))
    }
}

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

    const SEAL: Seal = Seal { mark: b"daoshiXX", version: 2, other: "nothing of ours" };

    #[test]
    fn the_layout_of_a_seal_never_changes() {
        let sealed = SEAL.seal(|out| out.text("开户"));
        let mut plain = b"daoshiXX\x02\x00\x06\x00\x00\x00".to_vec();
        plain.extend("开户".as_bytes());
        plain.extend(xxh3_64(&plain).to_le_bytes());
        assert_eq!(sealed, plain);
        let (found, mut reader) = SEAL.opened(&sealed).unwrap();
        assert_eq!((found, reader.text(), reader.is_done()), (2, Ok("开户"), true));
        let older = Seal { version: 1, ..SEAL };
        assert_eq!(older.opened(&sealed).err(), Some(Error::Newer { found: 2, known: 1 }));
        assert_eq!(SEAL.opened(b"another").err(), Some(Error::Damaged { what: "nothing of ours" }));
    }

    proptest! {
        #[test]
        fn a_broken_seal_is_refused(held in prop::collection::vec(any::<u8>(), 0..40), at: usize, flip in 1u8..=255, cut in 1usize..60) {
            let whole = SEAL.seal(|out| out.bytes.extend(&held));
            let mut bytes = whole.clone();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            prop_assert!(SEAL.opened(&bytes).is_err());
            prop_assert!(SEAL.opened(&whole[..whole.len().saturating_sub(cut)]).is_err());
        }

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
