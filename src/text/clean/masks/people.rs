//! Names of people, found by the word before them or the title behind them.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

use crate::text::clean::draft::Patch;
use crate::text::clean::scan::is_han;

/// Words after which a name is told, and whether the name must end there (`我是张伟，` but not 我是高级会员).
const TRIGGERS: &[(&str, bool)] = &[
    ("我的名字叫", false),
    ("我的名字是", false),
    ("名字叫", false),
    ("名字是", false),
    ("姓名", false),
    ("户名", false),
    ("收件人", false),
    ("收货人", false),
    ("联系人", false),
    ("持卡人", false),
    ("投保人", false),
    ("被保险人", false),
    ("被保人", false),
    ("受益人", false),
    ("借款人", false),
    ("申请人", false),
    ("开户人", false),
    ("收款人", false),
    ("付款人", false),
    ("机主", false),
    ("法人", false),
    ("我叫", false),
    ("我姓", false),
    ("本人", true),
    ("我是", true),
    ("尊敬的", true),
    // 我老公叫王强, but not 他叫我去.
    ("叫", true),
];

const TITLES: [&str; 4] = ["先生", "女士", "小姐", "经理"];

/// Characters that hardly stand in a given name but often follow one, or follow a word that only looks like a surname.
const NOT_GIVEN: &str = "我你他她它您们的了吗呢吧啊是在有要想不没能会可怎什么这那哪就都也还再和与或跟把被给到去来从为因请问说做办用打买卖个位号码卡款钱账户名姓证件电话手机开销注填写错对吃点餐外车费金额险理赔申贷借还信用服务客级员";

/// Words that start like a surname and a given name and are none.
const NOT_NAMES: &[&str] = &[
    "黄金", "白金", "金卡", "钻石", "高级", "普通", "安卓", "余额", "全款", "全职", "全部", "方便", "老客", "单身",
    "单独", "解约", "解除", "解绑", "都是", "都没", "计划", "符合", "简单", "应该", "保险", "保单", "保证", "商家",
    "商户", "官方", "原来", "原价", "明天", "明白", "明年", "银行", "任何", "任意", "常用", "成功", "成都", "广州",
    "江苏", "江西", "江门", "山东", "安徽", "宁波", "宁夏", "温州", "杭州", "石家", "苏州", "贺州", "连续", "连接",
    "关于", "关闭", "万一", "万能", "万元", "文件", "文字", "易宝", "时间", "时候", "方式", "路由", "来自", "和你",
    "和他", "白天", "白名", "白条", "花呗", "车主", "车险", "车贷", "房贷", "房东", "房主", "马上", "于是", "第五",
    "东方", "查询", "查看", "查账", "游客", "管家", "管理", "经理", "学生", "孙子", "谢谢", "向你", "强制", "强烈",
    "周末", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "夏天", "童装", "华为", "苹果", "小米", "向日",
    "项目", "盛大", "段位", "左右", "单位", "单据", "包括", "包年", "包月", "台湾", "香港", "澳门", "上海", "北京",
    "高兴", "高额", "高端", "高中", "高考", "高铁", "高速", "高利", "高风", "高收", "高净", "高手", "高达", "高温",
    "高先", "马路", "马克", "马来", "马桶", "付款", "付费", "付钱", "付不", "付了", "付完", "代理", "代扣", "代缴",
    "代办", "代付", "代码", "代还", "代替", "代表", "代发", "楼上", "楼下", "楼层", "楼盘", "麦当", "肖像", "尚未",
    "边上", "景区", "习惯", "通过", "温馨", "曾经", "满意", "从来",
];

pub(crate) fn person_name(text: &str) -> Vec<Patch> {
    // Triggers, then titles.
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let words = TRIGGERS.iter().map(|(trigger, _)| *trigger).chain(TITLES);
        AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(words).expect("the words are constants")
    });
    let mut patches = Vec::new();
    for found in WORDS.find_overlapping_iter(text) {
        let which = found.pattern().as_usize();
        match TRIGGERS.get(which) {
            Some((_, must_end)) => {
                let start = behind_link(text, found.end());
                if let Some(length) = name_at(&text[start..], *must_end) {
                    patches.push(Patch::new(start, start + length, "<name>"));
                }
            }
            None => patches.extend(titled(text, found.start(), TITLES[which - TRIGGERS.len()])),
        }
    }
    patches.extend(english(text));
    // A name on its own before a number that was just masked: 赵静，<idcard>.
    if !text.contains('<') {
        return in_order(patches);
    }
    static BEFORE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[，,。；;：:\s])(\p{Han}{2,4})[，,、：:\s]{0,2}<(?:idcard|phone|bankcard)>")
            .expect("the pattern is a constant")
    });
    patches.extend(BEFORE_NUMBER.captures_iter(text).filter_map(|c| c.get(1)).filter_map(|name| {
        let length = name_at(name.as_str(), false)?;
        (length == name.len() && length > 3).then(|| Patch::new(name.start(), name.end(), "<name>"))
    }));
    in_order(patches)
}

fn in_order(mut patches: Vec<Patch>) -> Vec<Patch> {
    patches.sort_by_key(|patch| (patch.start, std::cmp::Reverse(patch.end)));
    patches.dedup_by(|next, kept| next.start < kept.end);
    patches
}

/// Finds names behind English words for them.
fn english(text: &str) -> Vec<Patch> {
    /// Words that follow "my name is" or "I'm", or stand in a pair of capitals, and are no names.
    const NONE: &[&str] = &[
        "on",
        "wrong",
        "not",
        "the",
        "in",
        "spelled",
        "spelt",
        "incorrect",
        "missing",
        "misspelled",
        "different",
        "now",
        "still",
        "listed",
        "showing",
        "a",
        "an",
        "being",
        "written",
        "too",
        "under",
        "registered",
        "and",
        "i",
        "my",
        "from",
        "but",
        "with",
        "is",
        "can",
        "please",
        "calling",
        "here",
        "very",
        "happy",
        "so",
        "just",
        "new",
        "york",
        "apple",
        "pay",
        "really",
        "chinese",
        "american",
        "british",
        "indian",
        "customer",
        "your",
        "google",
        "bank",
        "of",
        "at",
        "for",
        "to",
        "this",
        "that",
        "it",
        "never",
        "angry",
        "working",
        "speaking",
        "what",
    ];
    static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?:(?P<sure>[Mm]y name is|[Mm]y name's|\b[Mm]r\.?|\bM[sr]s?\.?|\bMiss|\bDr\.?|\b[Nn]ame ?[:：]|[Hh]older(?: is|:)?) ",
            r"|(?:\bI'm|\bI’m|\bI am|\b[Tt]his is) (?P<pair>[A-Z][a-z]+ )?)",
            r"(?P<name>(?:[A-Z]['’]|Mc|Mac)?[A-Z][a-z]+(?:[ \-](?:[A-Z]['’])?[A-Z][a-z'’\-]+){0,2})"
        ))
        .expect("the pattern is a constant")
    });
    static SMALL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\bmy name(?:'s| is) ([a-z][a-z'\-]+)(?: ([a-z][a-z'\-]+))?")
            .expect("the pattern is a constant")
    });
    // Most lines are Chinese, and our own tags have no capitals: neither pattern can hold there.
    let (capitals, my_name) = (text.bytes().any(|b| b.is_ascii_uppercase()), text.contains("ame"));
    if !capitals && !my_name {
        return Vec::new();
    }
    let none = |word: &str| NONE.contains(&word.to_lowercase().as_str());
    let capital = ENGLISH.captures_iter(text).filter_map(|found| {
        let name = found.name("name")?;
        let start = found.name("pair").map_or(name.start(), |pair| pair.start());
        // "I'm Emily Johnson" is a name by its two words; "I am Chinese" is none.
        let sure = found.name("sure").is_some();
        let words = text[start..name.end()].split([' ', '-']);
        let plausible = words.clone().count() >= 2 && words.clone().all(|word| !none(word));
        let first = words.clone().next().is_some_and(|word| !none(word));
        (sure && first || plausible).then(|| Patch::new(start, name.end(), "<name>"))
    });
    let small = SMALL.captures_iter(text).filter_map(|found| {
        // "what my name is" asks for one.
        if text[..found.get(0)?.start()].trim_end().ends_with("what") {
            return None;
        }
        let first = found.get(1).filter(|word| !none(word.as_str()))?;
        let last = found.get(2).filter(|word| !none(word.as_str())).unwrap_or(first);
        Some(Patch::new(first.start(), last.end(), "<name>"))
    });
    capital.chain(small).collect()
}

/// Skips what links a trigger to the name: 是, 就是, 为, 叫, 改成, a colon, blanks.
fn behind_link(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let changed = ["变更为", "改成", "换成", "改为"].iter().find_map(|word| rest.strip_prefix(word));
    let rest_of = changed.unwrap_or(rest.strip_prefix("就是").unwrap_or(rest));
    let link = rest_of.trim_start_matches(['：', ':', ' ', '是', '为', '叫', '\n']);
    from + rest.len() - link.len()
}

/// Returns the length of the name at the start of `text`.
fn name_at(text: &str, must_end: bool) -> Option<usize> {
    let surname = surname_at(text)?;
    if NOT_NAMES.iter().any(|word| text.starts_with(word) && surname == 3) {
        return None;
    }
    if TITLES.iter().any(|title| text[surname..].starts_with(title)) {
        return Some(surname);
    }
    let given: Vec<char> = text[surname..].chars().take(3).collect();
    let long = given.iter().take(2).take_while(|c| is_han(**c) && !NOT_GIVEN.contains(**c)).count();
    if long == 0 {
        // 我叫张，手机…: a surname alone, if nothing else can be meant.
        let alone = given.first().is_none_or(|c| !is_han(*c));
        return (alone && !must_end && (surname > 3 || has_common_surname(text))).then_some(surname);
    }
    let title = TITLES.iter().any(|t| text[surname + long * 3..].starts_with(t));
    let ends = !given.get(long).is_some_and(|c| is_han(*c));
    let sure = !must_end || title || ends && (surname > 3 || has_common_surname(text));
    sure.then_some(surname + long * 3)
}

/// Tells whether `text` is a person's full name and nothing else.
pub(crate) fn is_name(text: &str) -> bool {
    surname_at(text).is_some_and(|surname| surname < text.len()) && name_at(text, true) == Some(text.len())
}

/// Finds the name that a title at byte `at` closes: 张先生, 欧阳震华女士.
fn titled(text: &str, at: usize, title: &str) -> Option<Patch> {
    let before = &text[..at];
    (1..=4).rev().find_map(|length| {
        let start = before.char_indices().rev().take_while(|(_, c)| is_han(*c)).nth(length - 1)?.0;
        let name = &before[start..];
        let surname = surname_at(name)?;
        let given = name[surname..].chars().count();
        let plausible = given <= 2 && !name[surname..].contains(|c| NOT_GIVEN.contains(c));
        // Without a given name or a break before it, a longer stretch would swallow the words in front.
        let bounded = given == 0 && title != "经理"
            || !before[..start].ends_with(is_han)
            || LEADING.iter().any(|w| before[..start].ends_with(w));
        (plausible && bounded && !NOT_NAMES.contains(&name)).then(|| Patch::new(start, at, "<name>"))
    })
}

/// What stands before a full name with its title.
const LEADING: [&str; 8] = ["我是", "我叫", "找", "给", "是", "叫", "和", "的"];

fn surname_at(text: &str) -> Option<usize> {
    let (single, double) = &*SURNAMES;
    if let Some(surname) = double.iter().find(|s| text.starts_with(**s)) {
        return Some(surname.len());
    }
    let first = text.chars().next()?;
    single.contains(&first).then_some(first.len_utf8())
}

/// Tells whether `text` starts with one of the hundred surnames that most people have.
fn has_common_surname(text: &str) -> bool {
    text.chars().next().is_some_and(|first| SURNAMES.0.iter().take(100).any(|surname| *surname == first))
}

/// Surnames of one character, the most frequent first, and those of two.
static SURNAMES: LazyLock<(Vec<char>, Vec<&str>)> = LazyLock::new(|| {
    let file = include_str!("../../../../assets/lexicons/surnames.txt");
    let (single, double) = file.split_once('\n').expect("the file has a line of each");
    (single.chars().collect(), double.split_whitespace().collect())
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft;

    fn check(text: &str, expected: &str) {
        draft::check(person_name, text, expected);
    }

    #[test]
    fn a_name_behind_its_trigger_is_hidden() {
        check("我叫欧阳震华", "我叫<name>");
        check("我叫张伟我要销户", "我叫<name>我要销户");
        check("姓名：李晓明，卡丢了", "姓名：<name>，卡丢了");
        check("我是王芳，想查额度", "我是<name>，想查额度");
        check("我是张先生", "我是<name>先生");
        check("张先生您好", "<name>先生您好");
        check("我叫张，手机<phone>", "我叫<name>，手机<phone>");
        check("赵静，<idcard>", "<name>，<idcard>");
        check("my name is John Smith", "my name is <name>");
    }

    #[test]
    fn what_only_sounds_like_a_name_stays() {
        for text in [
            "我叫你们经理来",
            "我是高级会员怎么没权益",
            "我是黄金会员",
            "我是想问额度",
            "我叫外卖怎么没积分",
            "户名和账号不一致怎么办",
            "姓名怎么改",
            "请问您的姓名和预留手机号是？",
            "账号<bankcard>",
            "常用手机<phone>",
            "我是安卓手机",
            "我是第一次办",
            "我觉得我是路痴，怎么走",
            "先生您好",
        ] {
            check(text, text);
        }
    }
}
