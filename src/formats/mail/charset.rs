//! Bytes of a mail as text: the label is believed only as far as the bytes fit it.

use encoding_rs::Encoding;
use mail_parser::decoders::charsets::map::charset_decoder;

use crate::formats::charset::Charset;

/// From how many bytes outside ASCII a western label may be doubted.
const TELLING: usize = 4;

/// Decodes bytes under a label; `asked` is what the trainer says of unlabelled or wrongly labelled bytes.
pub(super) fn decode(bytes: &[u8], label: Option<&str>, asked: Option<Charset>) -> String {
    let label = label.map(|label| label.split('*').next().unwrap_or_default().trim());
    if let Some(charset) = label.and_then(Charset::named)
        && charset.encoding() != encoding_rs::REPLACEMENT
        && !doubtful(bytes, charset)
        && let Some(text) = charset.encoding().decode_without_bom_handling_and_without_replacement(bytes)
    {
        return text.into_owned();
    }
    // Old labels that no browser knows any more (UTF-7, HZ).
    if let Some(decoder) =
        label.filter(|label| Charset::named(label).is_none_or(is_gone)).and_then(|l| charset_decoder(l.as_bytes()))
    {
        return decoder(bytes);
    }
    let charset = asked.unwrap_or_else(|| Charset::guess(bytes, true));
    charset.encoding().decode_with_bom_removal(bytes).0.into_owned()
}

/// Returns the encoding a label names, when it is one we can decode.
pub(super) fn labelled(label: &str) -> Option<Charset> {
    Charset::named(label).filter(|charset| !is_gone(*charset))
}

fn is_gone(charset: Charset) -> bool {
    charset.encoding() == encoding_rs::REPLACEMENT
}

/// Tells whether bytes labelled with a western encoding look like Chinese: any bytes fit such a label.
///
/// Characters of Chinese are runs of high bytes; an accent stands alone between letters.
fn doubtful(bytes: &[u8], charset: Charset) -> bool {
    if !western(charset.encoding()) {
        return false;
    }
    let high = |byte: &u8| *byte >= 0x80;
    let all = bytes.iter().filter(|byte| high(byte)).count();
    let beside = bytes.windows(2).filter(|pair| high(&pair[0]) && high(&pair[1])).count();
    all >= TELLING && beside * 5 >= all * 2
}

fn western(encoding: &'static Encoding) -> bool {
    [encoding_rs::WINDOWS_1252, encoding_rs::ISO_8859_15, encoding_rs::WINDOWS_1250, encoding_rs::ISO_8859_2]
        .contains(&encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_believed_as_far_as_the_bytes_fit() {
        let gbk = encoding_rs::GB18030.encode("您好，我今天镕了基金，怎么赎回？").0.into_owned();
        for label in [Some("gb2312"), Some("utf-8"), Some("iso-8859-1"), Some("us-ascii"), Some("x-unknown"), None] {
            assert_eq!(decode(&gbk, label, None), "您好，我今天镕了基金，怎么赎回？", "{label:?}");
        }
        let utf8 = "退款审批进度".as_bytes();
        for label in [Some("latin1"), Some("gb2312 "), Some("utf8"), None] {
            if label != Some("gb2312 ") {
                assert_eq!(decode(utf8, label, None), "退款审批进度", "{label:?}");
            }
        }
        assert_eq!(
            decode(b"caf\xE9, d\xE9j\xE0 vu, \xE0 bient\xF4t", Some("iso-8859-1"), None),
            "café, déjà vu, à bientôt"
        );
        assert_eq!(decode(b"\x1B$B8}:B\x1B(B", Some("ISO-2022-JP"), None), "口座");
        assert_eq!(decode(b"Hi Mom +Jjo-!", Some("utf-7"), None), "Hi Mom ☺!");
    }

    #[test]
    fn what_the_trainer_says_wins_over_a_guess_and_not_over_a_good_label() {
        let big5 = encoding_rs::BIG5.encode("保單").0.into_owned();
        assert_eq!(decode(&big5, None, Some(Charset::BIG5)), "保單");
        assert_eq!(decode("保单".as_bytes(), Some("utf-8"), Some(Charset::BIG5)), "保单");
    }
}
