//! One look at a line that tells which rules need a closer one.
//!
//! Most lines of a chat log need none, and a rule costs nothing on them: that is where the speed of
//! cleaning comes from.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::text::safe::{is_invisible, is_pictograph};

/// A set of things a line may hold.
pub(crate) type Signs = u64;

/// Full-width letters, digits and signs, or the ideographic blank.
pub(crate) const WIDE: Signs = 1;
pub(crate) const INVISIBLE: Signs = 1 << 1;
pub(crate) const BLANK: Signs = 1 << 2;
pub(crate) const TRADITIONAL: Signs = 1 << 3;
/// `<` or `&`.
pub(crate) const MARKUP: Signs = 1 << 4;
/// A vowel with a tone mark, as pinyin writes it.
pub(crate) const TONED: Signs = 1 << 5;
/// Characters that wrong decoding leaves behind.
pub(crate) const ODD: Signs = 1 << 6;
/// Pictures, and the signs that open the codes chat programs write for them.
pub(crate) const PICTURE: Signs = 1 << 7;
pub(crate) const AT: Signs = 1 << 8;
pub(crate) const DIGIT: Signs = 1 << 9;
/// Seven digits or more in the line, Chinese numerals included.
pub(crate) const DIGITS: Signs = 1 << 10;
/// The short name of a province before a Latin letter.
pub(crate) const PLATE: Signs = 1 << 11;
/// A Chinese numeral.
pub(crate) const NUMERAL: Signs = 1 << 12;
/// The same sign twice, or the same letter four times.
pub(crate) const RUN: Signs = 1 << 13;
/// A Western sign behind a Chinese character, or a separator at the start.
pub(crate) const MIXED: Signs = 1 << 14;
pub(crate) const HAN: Signs = 1 << 15;

const FIRST_WORD: u32 = 32;
/// All signs that are found by looking for words.
pub(crate) const WORDS: Signs = !0 << FIRST_WORD;
pub(crate) const LINK: Signs = 1 << FIRST_WORD;
pub(crate) const TORN_MARKUP: Signs = 1 << (FIRST_WORD + 1);
pub(crate) const SYSTEM: Signs = 1 << (FIRST_WORD + 2);
pub(crate) const CANNED: Signs = 1 << (FIRST_WORD + 3);
pub(crate) const SILENCE: Signs = 1 << (FIRST_WORD + 4);
pub(crate) const ORDER: Signs = 1 << (FIRST_WORD + 5);
pub(crate) const CODE: Signs = 1 << (FIRST_WORD + 6);
pub(crate) const PASSPORT: Signs = 1 << (FIRST_WORD + 7);
pub(crate) const POLICY: Signs = 1 << (FIRST_WORD + 8);
pub(crate) const ACCOUNT: Signs = 1 << (FIRST_WORD + 9);
pub(crate) const STREET: Signs = 1 << (FIRST_WORD + 10);
pub(crate) const NAME: Signs = 1 << (FIRST_WORD + 11);
pub(crate) const GREETING: Signs = 1 << (FIRST_WORD + 12);
/// An e-mail address that is spelled out.
pub(crate) const SPELLED_MAIL: Signs = 1 << (FIRST_WORD + 13);

/// Words that call a rule; which of them it really takes, the rule decides.
const CALLS: &[(Signs, &[&str])] = &[
    (LINK, &["http", "www.", ".com", ".cn", ".net", "://"]),
    (TORN_MARKUP, &["href=", "target=", "src=", "class=", "style="]),
    (
        SYSTEM,
        &[
            "会话",
            "对话",
            "转接",
            "转交",
            "撤回",
            "接入",
            "排队",
            "评价",
            "已读",
            "未读",
            "历史消息",
            "对方",
            "系统",
            "离开",
            "加入",
            "chat",
            "recalled",
            "unsent",
            "joined",
            "left",
            "通话",
        ],
    ),
    (
        CANNED,
        &[
            "欢迎",
            "为您服务",
            "为你服务",
            "帮您",
            "帮到您",
            "帮助您",
            "帮你",
            "咨询",
            "祝您",
            "祝你",
            "生活愉快",
            "再见",
            "稍等",
            "稍候",
            "竭诚",
            "工号",
            "满意",
            "welcome",
            "help you",
            "assist you",
            "thank you for",
            "have a",
            "anything else",
            "感谢您",
        ],
    ),
    (
        SILENCE,
        &["点赞", "订阅", "字幕", "打赏", "栏目", "观看", "subtitle", "subscribe", "for watching", "amara", "中文字幕"],
    ),
    (ORDER, &["单", "商品", "货号", "流水号", "order", "tracking", "item"]),
    (CODE, &["验证码", "校验码", "动态码", "动态密码", "短信码", "otp", " code", "passcode"]),
    (PASSPORT, &["护照", "passport", "通行证", "台胞证", "回乡证", "旅行证"]),
    (SPELLED_MAIL, &[" dot ", "艾特"]),
    (POLICY, &["保单", "保险单", "policy"]),
    (
        ACCOUNT,
        &[
            "微信",
            "薇信",
            "威信",
            "v信",
            "加v",
            "wechat",
            "wx",
            "vx",
            "qq",
            "扣扣",
            "企鹅",
            "支付宝账号",
            "支付宝帐号",
            "旺旺",
        ],
    ),
    (
        STREET,
        &[
            "路",
            "街",
            "大道",
            "胡同",
            "巷",
            "弄",
            "小区",
            "花园",
            "公寓",
            "大厦",
            "广场",
            "村",
            "镇",
            "苑",
            "street",
            "road",
            "avenue",
            "lane",
            "drive",
            "boulevard",
            "blvd",
            "postcode",
            " rd",
            " ave",
            " st,",
            " st.",
            "flat ",
            "apt ",
        ],
    ),
    (
        NAME,
        &[
            "我叫",
            "我是",
            "姓名",
            "户名",
            "名字",
            "先生",
            "女士",
            "小姐",
            "收件人",
            "收货人",
            "联系人",
            "持卡人",
            "投保人",
            "被保人",
            "被保险人",
            "受益人",
            "借款人",
            "申请人",
            "我姓",
            "本人",
            "开户人",
            "收款人",
            "付款人",
            "机主",
            "法人",
            "尊敬的",
            "经理",
            "叫",
            "my name",
            "name:",
            "holder",
            "mr",
            "ms",
            "miss",
            "dr",
            "i am",
            "i'm",
            "this is",
        ],
    ),
    (
        GREETING,
        &[
            "你好",
            "您好",
            "在吗",
            "在么",
            "在不",
            "有人",
            "亲",
            "喂",
            "早上好",
            "上午好",
            "下午好",
            "晚上好",
            "早安",
            "晚安",
            "哈喽",
            "嗨",
            "hello",
            "hi",
            "hey",
            "good morning",
            "good afternoon",
            "good evening",
            "客服",
        ],
    ),
];

/// Looks at the characters of `text`.
pub(crate) fn characters(text: &str) -> Signs {
    let mut signs = 0;
    let mut digits = 0u32;
    let mut run = 1u32;
    let mut previous = '\0';
    for c in text.chars() {
        if c == previous {
            run += 1;
            if run >= 4 || run >= 2 && !is_alphanumeric(c) {
                signs |= RUN;
            }
        } else {
            run = 1;
        }
        signs |= match c {
            '0'..='9' => {
                digits += 1;
                DIGIT
            }
            'a'..='z' | 'A'..='Z' if (previous as u32) > 0x4e00 && PROVINCES.contains(previous) => PLATE,
            ' '
            | '\t'..='\r'
            | '\u{a0}'
            | '\u{85}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}' => BLANK,
            '<' | '&' => MARKUP,
            '@' => AT,
            '[' | '/' | '#' => PICTURE,
            ',' | '?' | '!' | ';' if previous == '\0' || is_han(previous) => MIXED,
            '\0'..='\u{1f}' | '\u{7f}' => INVISIBLE,
            '!'..='~' => 0,
            '\u{80}'..='\u{9f}' => INVISIBLE | ODD,
            '\u{4e00}'..='\u{9fff}' => {
                let mut sign = HAN;
                if TRADITIONAL_ONLY.holds(c) {
                    sign |= TRADITIONAL;
                }
                if is_numeral(c) {
                    digits += 1;
                    sign |= NUMERAL;
                }
                if is_broken(c) {
                    sign |= ODD;
                }
                sign
            }
            '，' | '。' | '、' | '；' | '：' | '！' | '？' | '…' if previous == '\0' => MIXED | WIDE,
            '\u{ff10}'..='\u{ff19}' => {
                digits += 1;
                WIDE | DIGIT
            }
            '\u{ff01}'..='\u{ff5e}' => {
                if c == '＠' {
                    WIDE | AT
                } else {
                    WIDE
                }
            }
            '\u{3000}' => WIDE | BLANK,
            '\u{fffd}' | '\u{a1}'..='\u{17f}' | '\u{2c6}' | '\u{2dc}' | '\u{1c0}'..='\u{1ff}' => {
                let odd = if c == '\u{ad}' { INVISIBLE } else { ODD };
                if is_toned(c) { odd | TONED } else { odd }
            }
            '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3ffff}' => HAN | TRADITIONAL,
            '〇' => NUMERAL,
            _ if is_invisible(c)
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}') =>
            {
                INVISIBLE
            }
            _ if is_pictograph(c) => PICTURE,
            _ => 0,
        };
        previous = c;
    }
    if digits >= 7 { signs | DIGITS } else { signs }
}

/// Looks for words in `text`.
pub(crate) fn words(text: &str) -> Signs {
    static FINDER: LazyLock<(AhoCorasick, Vec<Signs>)> = LazyLock::new(|| {
        let rows: Vec<(&str, Signs)> =
            CALLS.iter().flat_map(|(sign, words)| words.iter().map(move |word| (*word, *sign))).collect();
        let finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(rows.iter().map(|(word, _)| word))
            .expect("the words are constants");
        (finder, rows.into_iter().map(|(_, sign)| sign).collect())
    });
    let (finder, signs) = &*FINDER;
    finder.find_overlapping_iter(text).fold(0, |found, word| found | signs[word.pattern().as_usize()])
}

/// Tells whether `c` is written otherwise in simplified Chinese, whatever stands around it.
pub(crate) fn is_traditional(c: char) -> bool {
    TRADITIONAL_ONLY.holds(c)
}

/// Tells whether `c` is a Chinese character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// Tells what `char::is_alphanumeric` does; for Chinese and ASCII without its table.
pub(crate) fn is_alphanumeric(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{4e00}'..='\u{9fff}' => true,
        _ => c.is_alphanumeric(),
    }
}

/// Tells whether `c` is a Chinese numeral, spoken forms included.
pub(crate) fn is_numeral(c: char) -> bool {
    matches!(
        c,
        '零' | '〇'
            | '一'
            | '二'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '亿'
            | '两'
            | '幺'
            | '点'
    )
}

/// Tells whether `c` is a vowel of pinyin with its tone.
pub(crate) fn is_toned(c: char) -> bool {
    "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ".contains(c)
}

/// The one-character names of provinces on number plates.
pub(crate) const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// Tells whether `c` is what GBK makes of common UTF-8 bytes, or what remains of bytes replaced twice.
fn is_broken(c: char) -> bool {
    matches!(
        c,
        '锛' | '銆'
            | '浣'
            | '鐨'
            | '鍦'
            | '鎴'
            | '鏄'
            | '璇'
            | '闂'
            | '鈥'
            | '锟'
            | '烫'
            | '屯'
            | '鍙'
            | '涓'
            | '鎬'
    )
}

/// A set of characters among the common Chinese ones.
struct CharacterSet([u64; 0x5200 / 64]);

impl CharacterSet {
    fn holds(&self, c: char) -> bool {
        let place = (c as usize).wrapping_sub(0x4e00);
        self.0.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
    }
}

/// The characters that are written otherwise in simplified Chinese (the keys of OpenCC's table, Apache-2.0).
static TRADITIONAL_ONLY: LazyLock<CharacterSet> = LazyLock::new(|| {
    let mut bits = [0u64; 0x5200 / 64];
    for c in include_str!("../../../assets/lexicons/traditional.txt").chars() {
        let place = (c as usize).wrapping_sub(0x4e00);
        if let Some(word) = bits.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }
    for c in BOTH {
        let place = c as usize - 0x4e00;
        bits[place / 64] &= !(1 << (place % 64));
    }
    CharacterSet(bits)
});

/// Characters of the table that simplified writing has too (乾隆, 瞭望, 慰藉): alone they are no sign.
pub(crate) const BOTH: [char; 7] = ['乾', '瞭', '藉', '夥', '徵', '於', '鍾'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_at_a_character_says_what_the_table_does() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn a_plain_line_calls_no_rule_but_what_reads_chinese() {
        assert_eq!(characters("信用卡怎么还款"), HAN);
        assert_eq!(characters("refund"), 0);
        assert_eq!(words("信用卡怎么还款"), 0);
    }

    #[test]
    fn characters_tell_what_they_call() {
        for (text, sign) in [
            ("ＡＰＰ", WIDE),
            ("餘额", TRADITIONAL),
            ("转\u{200b}人工", INVISIBLE),
            ("粤B12345", PLATE),
            ("13800138000", DIGITS),
            ("好！！", RUN),
            ("还款吗?", MIXED),
            ("，你好", MIXED),
            ("訓(xùn)", TONED),
            ("锟斤拷", ODD),
            ("好的👍", PICTURE),
        ] {
            assert_ne!(characters(text) & sign, 0, "{text}");
        }
        assert_eq!(characters("100000") & (DIGITS | RUN), RUN, "six digits are no number to hide");
    }

    #[test]
    fn words_tell_what_they_call() {
        assert_eq!(words("看HTTPS://a.cn"), LINK);
        assert_ne!(words("我叫欧阳") & NAME, 0);
    }
}
