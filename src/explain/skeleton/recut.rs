//! The words of a clause as its skeleton needs them: what a segmenter glued together taken apart, what it tore apart joined.
//!
//! A segmenter of general text glues pronouns, modals and negations to the verb behind them (`我要`, `能办`, `没到`), verbs to
//! their objects (`办卡`) and complements to their verbs (`收不到`, `转错`), and takes service deeds for things. Here each of
//! these has one rule; none knows a sentence.

use crate::text::segment::{Segmenter, frequency};

/// What a word does in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// Can be what is done. One that holds its object (还款) needs none.
    Verb {
        whole: bool,
    },
    /// Can be done, and can be that to which it is done: 办理, 贷款.
    Either,
    Noun,
    /// A quality before a noun: 最低.
    Quality,
    /// How one does it: 提前.
    Manner,
    Modal,
    Not,
    /// 的.
    Of,
    /// A question word.
    Asks,
    /// Nothing here.
    Other,
}

/// A word and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub word: &'t str,
    pub does: Does,
    /// Whether its verb cannot come about: 收不到. What stands before is what it is about.
    pub fails: bool,
}

/// Verbs of one character that service talk is full of; jieba knows few of them as verbs in short sentences.
const SINGLE: &str = "办开补取存贷转改查交还退换买收发扣丢借寄用变骗上到去等带填领升降绑删停卖付打走损来做坏";
/// Deeds that hold their object.
const WHOLE: [&str; 39] = [
    "退款", "还款", "转账", "开户", "理赔", "发货", "到账", "取款", "投诉", "挂失", "续保", "取现", "登录", "提现",
    "扣款", "送货", "断缴", "逾期", "分期", "退货", "收费", "上班", "过期", "到期", "下单", "包邮", "退保", "销户",
    "注销", "结束", "破损", "报案", "投保", "缴费", "充值", "签收", "生效", "失效", "续费",
];
/// Things the dictionary takes for deeds.
const THINGS: [&str; 10] = ["快递", "活动", "优惠", "工资", "征信", "运费", "保险", "服务", "客服", "物流"];
/// Deeds the dictionary takes for things.
const DEEDS: [&str; 22] = [
    "办理", "联系", "重置", "激活", "绑定", "解绑", "关闭", "升级", "审核", "下载", "安装", "兑换", "授权", "解冻",
    "预约", "变更", "补办", "认证", "订阅", "合并", "贷款", "通过",
];
/// What a deed or a thing ends in to be named: 还款|日.
const NAMES: &str = "日期费额率单";
/// What must not be taken for what is done: how one does it, when, how much.
const MANNER: [&str; 22] = [
    "提前", "马上", "直接", "立即", "尽快", "重新", "自动", "一次", "最多", "最少", "至少", "已经", "一直", "还", "就",
    "都", "也", "才", "再", "又", "太", "最",
];
const MODALS: [&str; 12] = ["可不可以", "能不能", "可以", "需要", "应该", "必须", "才能", "能", "要", "会", "想", "需"];
const NOT: [&str; 7] = ["没有", "无法", "没", "未", "别", "不", "勿"];
/// What a word may begin with and still be another: taken off where what is left can be done.
const HEADS: [&str; 22] = [
    "可以", "我们", "你们", "最多", "最少", "一次", "我", "你", "给", "要", "想", "能", "会", "就", "还", "太", "很",
    "最", "不", "没", "未", "被",
];
/// Words that carry nothing of their own in a clause.
const EMPTY: [&str; 24] = [
    "什么",
    "多少",
    "怎么",
    "怎么办",
    "哪里",
    "一下",
    "时候",
    "问题",
    "意思",
    "哪",
    "请问",
    "请",
    "帮",
    "给",
    "麻烦",
    "被",
    "下来",
    "起来",
    "出来",
    "了",
    "不了",
    "过",
    "着",
    "中",
];
/// How a deed ends; no part of what is done.
const ENDS: [&str; 5] = ["错", "清", "完", "掉", "坏"];
/// What things are counted by.
const MEASURES: &str = "张份个笔部台件条";

/// Returns the words of a clause.
pub(super) fn pieces<'t>(clause: &'t str, segmenter: &Segmenter) -> Vec<Piece<'t>> {
    let mut cut: Vec<(&'t str, String)> = Vec::new();
    let mut at = 0;
    for (word, tag) in segmenter.tagged(clause) {
        let own = &clause[at..at + word.len()];
        at += word.len();
        apart(own, tag, &mut cut);
    }
    let cut = joined(clause, cut);
    let mut pieces: Vec<Piece<'t>> = cut.iter().map(|(word, tag)| piece(word, tag)).collect();
    for at in 1..pieces.len() {
        // What is somebody's is a thing, whatever it is elsewhere: 我的申请.
        if pieces[at - 1].does == Does::Of && matches!(pieces[at].does, Does::Verb { .. } | Does::Either) {
            pieces[at].does = Does::Noun;
        }
        // 还 pays where it has happened: 还了.
        if pieces[at - 1].word == "还" && pieces[at].word == "了" {
            pieces[at - 1].does = Does::Verb { whole: false };
        }
    }
    pieces
}

/// Takes a word apart where it is several.
fn apart<'t>(word: &'t str, tag: &str, out: &mut Vec<(&'t str, String)>) {
    let plain = |word: &str| is_whole(word) || MODALS.contains(&word) || NOT.contains(&word) || MANNER.contains(&word);
    let known = frequency(word).unwrap_or(0);
    if word.chars().count() < 2 || plain(word) || EMPTY.contains(&word) {
        out.push((word, tag.to_string()));
        return;
    }
    // 会上 is a word elsewhere; behind a subject it is a modal and its verb.
    let glued = known == 0 || tag == "t" && !word.contains(['天', '年', '月', '日', '晚', '早', '周', '号', '点']);
    let head = HEADS.iter().find(|head| word.starts_with(**head) && word.len() > head.len());
    if let Some(head) = head {
        let rest = &word[head.len()..];
        let deed = is_whole(rest) || MODALS.contains(&rest) || is_single(rest);
        if glued || deed && tag.starts_with('v') {
            out.push((head, "x".to_string()));
            let quality = matches!(*head, "太" | "很" | "最");
            let tag = if quality {
                "a"
            } else if frequency(rest).is_some() {
                "v"
            } else {
                "x"
            };
            return apart(rest, tag, out);
        }
    }
    if let Some(before) = word.strip_suffix('是').filter(|_| known == 0) {
        out.push((before, "n".to_string()));
        out.push((&word[before.len()..], "v".to_string()));
        return;
    }
    if let Some(before) = word.strip_suffix(['要', '能', '会']).filter(|_| known == 0) {
        apart(before, "x", out);
        out.push((&word[before.len()..], "v".to_string()));
        return;
    }
    let first = word.chars().next().map_or(0, char::len_utf8);
    let (lead, rest) = word.split_at(first);
    if known == 0 && MEASURES.contains(lead) && frequency(rest).is_some() {
        out.push((lead, "q".to_string()));
        out.push((rest, "n".to_string()));
        return;
    }
    // 办卡 is no word of the dictionary; 开发票 is, but 发票 is a hundred times as frequent.
    let object = known == 0 || tag.starts_with('n') && frequency(rest).unwrap_or(0) > 10 * known && rest.len() > first;
    if is_single(lead) && object && !ENDS.contains(&rest) {
        out.push((lead, "v".to_string()));
        out.push((rest, "n".to_string()));
        return;
    }
    out.push((word, tag.to_string()));
}

/// Joins neighbours that are one deed: 到|账.
fn joined<'t>(clause: &'t str, cut: Vec<(&'t str, String)>) -> Vec<(&'t str, String)> {
    let mut out: Vec<(&'t str, String)> = Vec::with_capacity(cut.len());
    let mut end = 0;
    for (word, tag) in cut {
        let start = end;
        end += word.len();
        if let Some((before, own)) = out.last_mut() {
            let both = &clause[start - before.len()..end];
            if is_whole(both) {
                (*before, *own) = (both, "v".to_string());
                continue;
            }
        }
        out.push((word, tag));
    }
    out
}

fn piece<'t>(word: &'t str, tag: &str) -> Piece<'t> {
    let letters: Vec<char> = word.chars().collect();
    let plain = |does| Piece { word, does, fails: false };
    if word == "的" {
        return plain(Does::Of);
    }
    if MODALS.contains(&word) {
        return plain(Does::Modal);
    }
    if NOT.contains(&word) {
        return plain(Does::Not);
    }
    if is_whole(word) {
        return plain(Does::Verb { whole: true });
    }
    if THINGS.contains(&word) || letters.len() == 1 && NAMES.contains(word) && tag != "v" {
        return plain(Does::Noun);
    }
    if DEEDS.contains(&word) {
        return plain(Does::Either);
    }
    if MANNER.contains(&word) && !(word == "还" && tag == "v") {
        return plain(Does::Manner);
    }
    if EMPTY.contains(&word) || word.starts_with('每') {
        return plain(Does::Other);
    }
    if let [verb, '不' | '得', _] = letters[..]
        && tag.starts_with('v')
    {
        return Piece { word: &word[..verb.len_utf8()], does: Does::Verb { whole: false }, fails: letters[1] == '不' };
    }
    if letters.len() == 2 && (tag.starts_with('v') || tag == "x") && ENDS.iter().any(|end| word.ends_with(end)) {
        return plain_verb(&word[..letters[0].len_utf8()]);
    }
    if is_single(word) && tag != "d" && !(word == "还" && tag == "x") {
        return plain_verb(word);
    }
    if word == "把" {
        return plain(Does::Other);
    }
    match tag {
        "v" if letters.len() == 1 => plain_verb(word),
        "v" | "vn" | "vi" | "vg" => plain(Does::Either),
        "a" | "b" | "an" | "ad" if letters.len() > 1 => plain(Does::Quality),
        "r" | "l" | "j" | "eng" | "s" | "x" | "nz" => {
            plain(if letters.iter().any(|c| c.is_alphanumeric()) { Does::Noun } else { Does::Other })
        }
        tag if tag.starts_with('n') => plain(Does::Noun),
        _ => plain(Does::Other),
    }
}

fn plain_verb(word: &str) -> Piece<'_> {
    Piece { word, does: Does::Verb { whole: false }, fails: false }
}

fn is_single(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|c| SINGLE.contains(c)) && letters.next().is_none()
}

fn is_whole(word: &str) -> bool {
    WHOLE.contains(&word)
}
