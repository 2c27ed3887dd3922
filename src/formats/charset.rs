//! Encodings: which one a file has, and by which names people call them.
//!
//! Order of the guess: byte order mark, the zeros of UTF-16, strict UTF-8, UTF-8 with a few broken bytes, then
//! chardetng. Measured with chardetng 1.0: a 4-byte 您好 in GBK is taken for EUC-KR without the hint `cn`, but the
//! same hint turns Big5 into GBK; from 30 bytes on it is right without. So the hint is given to short texts only.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// An encoding. GBK and GB2312 are GB18030 here: it holds them both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

/// From how many bytes outside ASCII the guess needs no hint.
const ENOUGH: usize = 30;

impl Charset {
    pub const UTF_8: Charset = Charset(UTF_8);
    pub const UTF_16LE: Charset = Charset(UTF_16LE);
    pub const UTF_16BE: Charset = Charset(UTF_16BE);
    pub const GB18030: Charset = Charset(GB18030);
    pub const BIG5: Charset = Charset(BIG5);

    /// The encodings a trainer steps through when the guess was wrong.
    pub const USUAL: [Charset; 5] =
        [Charset::UTF_8, Charset::GB18030, Charset::BIG5, Charset::UTF_16LE, Charset::UTF_16BE];

    /// Returns its usual name (`UTF-8`, `GB18030`, `Big5` …).
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Returns the encoding a person or a header names, whatever its spelling (`gbk`, `gb2312`, `utf8`, `big5` …).
    pub fn named(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        match word.as_str() {
            "utf16" | "utf16le" => Some(Charset::UTF_16LE),
            "utf16be" => Some(Charset::UTF_16BE),
            "utf-8-bom" | "utf8bom" | "utf-8-sig" => Some(Charset::UTF_8),
            "cp936" | "ansi" => Some(Charset::GB18030),
            "cp950" => Some(Charset::BIG5),
            _ => Encoding::for_label(word.as_bytes()).map(Charset::of),
        }
    }

    /// Guesses the encoding of a text from its first bytes; `whole` says that they are all it has.
    pub fn guess(head: &[u8], whole: bool) -> Self {
        if let Some((encoding, _)) = Encoding::for_bom(head) {
            return Charset(encoding);
        }
        // English in UTF-16 is valid UTF-8 full of zeros, so the zeros are asked first.
        if let Some(charset) = zeros(head) {
            return charset;
        }
        match std::str::from_utf8(head) {
            Ok(_) => return Charset::UTF_8,
            // The head may end in the middle of a character.
            Err(error) if !whole && error.error_len().is_none() => return Charset::UTF_8,
            Err(_) if mostly_utf8(head) => return Charset::UTF_8,
            Err(_) => {}
        }
        let guess = detected(head, whole);
        if guess.0.is_single_byte() { chinese_with_flaws(head, whole).unwrap_or(guess) } else { guess }
    }

    /// Returns the encoding with its tables.
    pub(super) fn encoding(self) -> &'static Encoding {
        self.0
    }

    fn of(encoding: &'static Encoding) -> Self {
        if encoding == GBK { Charset::GB18030 } else { Charset(encoding) }
    }
}

/// Returns chardetng's guess.
fn detected(head: &[u8], whole: bool) -> Charset {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(head, whole);
    let foreign = head.iter().filter(|byte| **byte >= 0x80).count();
    let hint: Option<&[u8]> = if foreign < ENOUGH { Some(b"cn") } else { None };
    Charset::of(detector.guess(hint, Utf8Detection::Deny))
}

/// Returns the Chinese encoding that all lines but a few have.
///
/// One broken byte makes chardetng drop an encoding for good, and a GBK file with one bad row becomes western.
fn chinese_with_flaws(head: &[u8], whole: bool) -> Option<Charset> {
    [Charset::GB18030, Charset::BIG5].into_iter().find(|charset| {
        let (mut lines, mut fitting, mut kept) = (0usize, 0usize, Vec::with_capacity(head.len()));
        for line in head.split_inclusive(|byte| *byte == b'\n') {
            lines += 1;
            if charset.0.decode_without_bom_handling_and_without_replacement(line).is_some() {
                fitting += 1;
                kept.extend_from_slice(line);
            }
        }
        let flaws = lines - fitting;
        flaws > 0 && flaws <= 1 + lines / 20 && fitting > 0 && detected(&kept, whole) == *charset
    })
}

/// Returns UTF-16 when the zeros stand where ASCII in UTF-16 has them, on one side only.
fn zeros(head: &[u8]) -> Option<Charset> {
    let pairs = head.len() / 2;
    if pairs == 0 {
        return None;
    }
    let (mut even, mut odd) = (0, 0);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    // Chinese text has zeros only under its digits, delimiters and line ends; 2 in 100 is what a table leaves at least.
    if odd * 50 >= pairs && even * 10 < odd {
        Some(Charset::UTF_16LE)
    } else if even * 50 >= pairs && odd * 10 < even {
        Some(Charset::UTF_16BE)
    } else {
        None
    }
}

/// Tells whether the bytes are UTF-8 but for a few: at least ten whole characters to each broken stretch.
fn mostly_utf8(head: &[u8]) -> bool {
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in head.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole >= broken * 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 4] = [
        "会话ID,消息时间,角色,消息内容\nS001,2024/3/1 10:00,访客,我要投诉，贷款审批都10天了还没结果\n",
        "时间,内容\n2024,您好",
        "我的保单要怎么理赔？请先准备诊断证明书。",
        "订单号\n客服,内容\n",
    ];

    #[test]
    fn gbk_texts_long_and_short_are_told() {
        for text in TEXTS {
            let bytes = GB18030.encode(text).0;
            assert_eq!(Charset::guess(&bytes, true), Charset::GB18030, "{text}");
        }
    }

    #[test]
    fn utf16_is_told_with_and_without_its_mark() {
        for text in TEXTS.into_iter().filter(|t| t.contains('\n')) {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(Charset::guess(&little, true), Charset::UTF_16LE);
            assert_eq!(Charset::guess(&big, true), Charset::UTF_16BE);
            assert_eq!(Charset::guess(&[&[0xFF, 0xFE], &little[..]].concat(), true), Charset::UTF_16LE);
            assert_eq!(Charset::guess(&[&[0xFE, 0xFF], &big[..]].concat(), true), Charset::UTF_16BE);
        }
    }

    #[test]
    fn big5_of_ordinary_length_is_not_taken_for_gbk() {
        let text = "時間,角色,內容\n2024/03/01 10:00:00,客戶,我的保單要怎麼理賠？\n2024/03/01,客服,您好，請先準備診斷證明書。\n";
        let bytes = BIG5.encode(text).0;
        assert_eq!(Charset::guess(&bytes, true), Charset::BIG5);
    }

    #[test]
    fn a_head_cut_inside_a_character_is_still_utf8() {
        let bytes = "您好".as_bytes();
        assert_eq!(Charset::guess(&bytes[..4], false), Charset::UTF_8);
    }

    #[test]
    fn one_broken_byte_in_a_utf8_file_does_not_change_its_encoding() {
        let mut bytes = "我要投诉，贷款审批都十天了还没结果\n".repeat(3).into_bytes();
        bytes.push(0xFF);
        bytes.extend("再见".as_bytes());
        assert_eq!(Charset::guess(&bytes, true), Charset::UTF_8);
    }

    #[test]
    fn a_few_broken_rows_do_not_make_a_chinese_file_western() {
        for charset in [Charset::GB18030, Charset::BIG5] {
            let chinese = "访客,我要投诉，贷款审批都10天了还没结果\n";
            let line = if charset == Charset::BIG5 {
                "客戶,我的保單要怎麼理賠？請先準備診斷證明書。\n"
            } else {
                chinese
            };
            let mut bytes = charset.0.encode(&line.repeat(30)).0.into_owned();
            bytes.extend(b"\xFF\x81 \xFF\xFE\n");
            bytes.extend(charset.0.encode(&line.repeat(10)).0.iter());
            assert_eq!(Charset::guess(&bytes, true), charset);
        }
        assert_ne!(Charset::guess(b"caf\xE9 au lait, d\xE9j\xE0 vu\n", true), Charset::GB18030);
    }

    #[test]
    fn names_come_back_and_the_two_old_ones_mean_gb18030() {
        for charset in Charset::USUAL {
            assert_eq!(Charset::named(charset.name()), Some(charset));
        }
        for word in ["gbk", "GB2312", "cp936", "gb18030"] {
            assert_eq!(Charset::named(word), Some(Charset::GB18030), "{word}");
        }
        assert_eq!(Charset::named("klingon"), None);
    }
}
