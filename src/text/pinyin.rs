//! How Chinese is typed: initials and full spelling, so that a few ASCII keys find 开户.
//!
//! Called by the palette and the intent picker. Not here: ranking (`fuzzy-matcher` does), tones.

use pinyin::ToPinyin;

/// Words of the trade whose usual reading is not the dictionary's first one.
const READINGS: &[(&str, &[&str])] = &[
    ("还款", &["huan", "kuan"]),
    ("还清", &["huan", "qing"]),
    ("还贷", &["huan", "dai"]),
    ("还钱", &["huan", "qian"]),
    ("归还", &["gui", "huan"]),
    ("偿还", &["chang", "huan"]),
    ("还本", &["huan", "ben"]),
    ("还利息", &["huan", "li", "xi"]),
    ("代还", &["dai", "huan"]),
    ("银行", &["yin", "hang"]),
    ("行业", &["hang", "ye"]),
    ("行号", &["hang", "hao"]),
    ("行长", &["hang", "zhang"]),
    ("开户行", &["kai", "hu", "hang"]),
    ("分行", &["fen", "hang"]),
    ("支行", &["zhi", "hang"]),
    ("央行", &["yang", "hang"]),
    ("农行", &["nong", "hang"]),
    ("工行", &["gong", "hang"]),
    ("建行", &["jian", "hang"]),
    ("招行", &["zhao", "hang"]),
    ("重置", &["chong", "zhi"]),
    ("重新", &["chong", "xin"]),
    ("重复", &["chong", "fu"]),
    ("重发", &["chong", "fa"]),
    ("重名", &["chong", "ming"]),
    ("重签", &["chong", "qian"]),
    ("重疾", &["zhong", "ji"]),
    ("重大", &["zhong", "da"]),
    ("重要", &["zhong", "yao"]),
    ("利率", &["li", "lv"]),
    ("费率", &["fei", "lv"]),
    ("汇率", &["hui", "lv"]),
    ("效率", &["xiao", "lv"]),
    ("调整", &["tiao", "zheng"]),
    ("调额", &["tiao", "e"]),
    ("下调", &["xia", "tiao"]),
    ("调查", &["diao", "cha"]),
    ("会计", &["kuai", "ji"]),
    ("提供", &["ti", "gong"]),
    ("便宜", &["pian", "yi"]),
    ("都市", &["du", "shi"]),
    ("为什么", &["wei", "shen", "me"]),
    ("什么", &["shen", "me"]),
    ("怎么", &["zen", "me"]),
    ("长期", &["chang", "qi"]),
    ("延长", &["yan", "chang"]),
    ("多长", &["duo", "chang"]),
    ("增长", &["zeng", "zhang"]),
    ("家长", &["jia", "zhang"]),
    ("参数", &["can", "shu"]),
    ("折扣", &["zhe", "kou"]),
    ("投降", &["tou", "xiang"]),
    ("降低", &["jiang", "di"]),
    ("降额", &["jiang", "e"]),
    ("弹窗", &["tan", "chuang"]),
    ("传真", &["chuan", "zhen"]),
    ("单据", &["dan", "ju"]),
    ("数据", &["shu", "ju"]),
    ("积分", &["ji", "fen"]),
    ("大夫", &["dai", "fu"]),
    ("朝阳", &["chao", "yang"]),
    ("查询", &["cha", "xun"]),
    ("校验", &["jiao", "yan"]),
    ("学校", &["xue", "xiao"]),
    ("冲正", &["chong", "zheng"]),
    ("空白", &["kong", "bai"]),
    ("转账", &["zhuan", "zhang"]),
    ("打的", &["da", "di"]),
    ("目的", &["mu", "di"]),
    ("睡觉", &["shui", "jiao"]),
    ("重庆", &["chong", "qing"]),
    ("厦门", &["xia", "men"]),
];

/// Returns the first letters of how `text` is read; ASCII letters and digits stay, in lower case.
///
/// ```
/// assert_eq!(daoshi::text::pinyin::initials("开户"), "kh");
/// assert_eq!(daoshi::text::pinyin::initials("ETC 办理"), "etcbl");
/// ```
pub fn initials(text: &str) -> String {
    read(text, |out, syllable| out.extend(syllable.chars().next()))
}

/// Returns how `text` is read, letters only, without tones; ü is written v.
///
/// ```
/// assert_eq!(daoshi::text::pinyin::spelled("还款"), "huankuan");
/// ```
pub fn spelled(text: &str) -> String {
    read(text, |out, syllable| out.push_str(syllable))
}

/// Returns the syllables of `text` in their order, without tones; what has no reading is left out.
pub fn syllables(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    read_each(text, |syllable| out.push(syllable.to_owned()));
    out
}

fn read(text: &str, write: impl Fn(&mut String, &str)) -> String {
    let mut out = String::with_capacity(text.len());
    read_each(text, |syllable| write(&mut out, syllable));
    out
}

/// Hands over each syllable; an ASCII letter or digit is one of its own.
fn read_each(text: &str, mut take: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                take(c.to_ascii_lowercase().encode_utf8(&mut [0; 4]));
            }
        } else if let Some((word, reading)) = reading_at(rest) {
            reading.iter().for_each(|syllable| take(syllable));
            taken = word.len();
        } else if let Some(syllable) = c.to_pinyin() {
            take(&syllable.plain().replace('ü', "v"));
        }
        rest = &rest[taken..];
    }
}

fn reading_at(text: &str) -> Option<(&'static str, &'static [&'static str])> {
    READINGS.iter().filter(|(word, _)| text.starts_with(word)).max_by_key(|(word, _)| word.len()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_the_trade_are_read_as_people_type_them() {
        for (word, letters) in [
            ("开户", "kaihu"),
            ("提前还款", "tiqianhuankuan"),
            ("我还有银行卡", "wohaiyouyinhangka"),
            ("重置密码", "chongzhimima"),
            ("重疾险", "zhongjixian"),
            ("贷款利率", "daikuanlilv"),
            ("女士", "nvshi"),
            ("App 登录", "appdenglu"),
        ] {
            assert_eq!(spelled(word), letters);
        }
    }

    #[test]
    fn every_reading_has_a_syllable_a_character() {
        for (word, reading) in READINGS {
            assert_eq!(word.chars().count(), reading.len(), "{word}");
        }
    }

    proptest! {
        #[test]
        fn only_keys_of_a_keyboard_come_out(text in "\\PC{0,20}|[开户还款率a-zA-Z0-9 ，]{0,20}") {
            for letters in [initials(&text), spelled(&text)] {
                prop_assert!(letters.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{letters}");
            }
        }
    }
}
