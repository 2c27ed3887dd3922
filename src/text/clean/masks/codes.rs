//! Numbers that letters or a word before them give away: e-mail, credit codes, plates, one-time codes, accounts.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;
use crate::text::clean::masks::digits::{is_date, is_region};
use crate::text::clean::numbers::single;
use crate::text::clean::scan::PROVINCES;

pub(crate) fn email(text: &str) -> Vec<Patch> {
    static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63} ?[@＠] ?(?:[A-Za-z0-9\-]{1,63}\.){1,4}[A-Za-z]{2,24}",
            // Spelled out, so that machines do not find it: john dot smith at gmail dot com, zhangsan艾特qq点com.
            r"|(?i)(?-u:\b)[a-z0-9][a-z0-9._\-]{0,63}(?: dot [a-z0-9_\-]{1,63}){0,3} at [a-z0-9\-]{1,63}(?: dot [a-z]{2,24}){1,3}(?-u:\b)",
            r"|[A-Za-z0-9][A-Za-z0-9._\-]{0,63}艾特[A-Za-z0-9\-]{1,63}(?:点|\.)(?:com|cn|net|org)(?:点cn)?"
        ))
    });
    whole(&EMAIL, text, "<email>")
}

/// Hides unified social credit codes (GB 32100, with its mod 31 check).
pub(crate) fn uscc(text: &str) -> Vec<Patch> {
    if text.bytes().filter(u8::is_ascii_alphanumeric).count() < 18 {
        return Vec::new();
    }
    static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9A-Za-z]{18,}"));
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)(?:信用代码|税号|纳税人识别号|开票信息|tax id)[号码是为就改成换:： ]{0,6}([0-9]{2}(?:[ \-]?[0-9A-Z]){16})(?-u:\b)",
        )
    });
    let mut patches: Vec<Patch> = CODE
        .find_iter(text)
        .filter(|found| found.len() == 18 && is_credit_code(&found.as_str().to_ascii_uppercase()))
        .map(|found| Patch::new(found.start(), found.end(), "<uscc>"))
        .collect();
    // Behind its word a code may stand in groups, and one that fails its check is a slip.
    for code in NAMED.captures_iter(text).filter_map(|found| found.get(1)) {
        if patches.iter().all(|patch| patch.end <= code.start() || patch.start >= code.end()) {
            let signs: String = code.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
            let tag = if is_credit_code(&signs.to_ascii_uppercase()) { "<uscc>" } else { "<uscc?>" };
            patches.push(Patch::new(code.start(), code.end(), tag));
        }
    }
    patches.sort_by_key(|patch| patch.start);
    patches
}

fn is_credit_code(code: &str) -> bool {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut sum = 0;
    let mut weight = 1;
    let mut last = 0;
    for (place, byte) in code.bytes().enumerate() {
        let Some(value) = SIGNS.iter().position(|s| *s == byte) else { return false };
        if place < 17 {
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        last = value;
    }
    // One letter for the registering office, one for the kind of body, then a region's six digits. Without
    // these one number in 31 would pass.
    let bytes = code.as_bytes();
    let office = matches!(bytes[0], b'1' | b'5' | b'9' | b'A' | b'N' | b'Y') && matches!(bytes[1], b'1'..=b'3' | b'9');
    // The second pair of a region is its city's, 01 to 53 or 90 for those under a province.
    let city = bytes[4..6].iter().fold(0, |n, d| n * 10 + u32::from(d.wrapping_sub(b'0')));
    office
        && matches!(city, 0..=53 | 90)
        && bytes[2..8].iter().all(u8::is_ascii_digit)
        && is_region(&bytes[2..8])
        && (31 - sum % 31) % 31 == last
}

pub(crate) fn plate(text: &str) -> Vec<Patch> {
    static PLATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!(
            r"[{PROVINCES}][A-HJ-NP-Za-hj-np-z][ ·•.\-]?(?:[A-HJ-NP-Za-hj-np-z0-9]{{6}}|[A-HJ-NP-Za-hj-np-z0-9]{{5}}|[A-HJ-NP-Za-hj-np-z0-9]{{4}}[学警挂港澳领])"
        ))
        .expect("the pattern is a constant")
    });
    PLATE
        .find_iter(text)
        .filter(|found| {
            let ends = !text[found.end()..].starts_with(|c: char| c.is_ascii_alphanumeric());
            ends && found.as_str().bytes().filter(u8::is_ascii_digit).count() >= 2
        })
        .map(|found| Patch::new(found.start(), found.end(), "<plate>"))
        .collect()
}

/// Hides one-time codes: a word for it, then 4 to 8 digits, or the other way round.
pub(crate) fn otp(text: &str) -> Vec<Patch> {
    // 收不到验证码 is the usual line with the word; it holds no code.
    if !text.contains(|c: char| c.is_ascii_digit() || single(c).is_some()) {
        return Vec::new();
    }
    static OTP: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)(?:验证码|校验码|动态码|动态密码|短信码|(?-u:\b)otp(?-u:\b)|verification code|security code|passcode|(?:your|the|my) code is)(?: on file)?",
            r"[^0-9零一二三四五六七八九幺，。,;；]{0,8}?",
            r"([0-9]{4,8}|[0-9]{3}-[0-9]{3}|[0-9](?: [0-9]){3,7}|[零一二三四五六七八九幺]{4,8})"
        ))
    });
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)([0-9]{4,8})(?:",
            r"[）)】」”]?(?:是|为|（|\()(?:您的|你的|我的|本次)?(?:短信|登录|手机)?(?:验证码|校验码|动态码|动态密码)",
            r"| is (?:your|the|my) [a-z ]{0,24}(?:code|otp))"
        ))
    });
    let behind = OTP.captures_iter(text).filter_map(|found| {
        let code = found.get(1)?;
        let after = text[code.end()..].chars().next();
        let counts = after.is_some_and(|c| {
            c.is_ascii_digit() || matches!(c, '开' | '年' | '元' | '秒' | '分' | '-' | '发' | '位' | '条' | '打' | '次')
        });
        (!counts).then(|| Patch::new(code.start(), code.end(), "<otp>"))
    });
    let before = BEFORE.captures_iter(text).filter_map(|found| {
        let code = found.get(1)?;
        let longer = text[..code.start()].ends_with(|c: char| c.is_ascii_alphanumeric());
        (!longer).then(|| Patch::new(code.start(), code.end(), "<otp>"))
    });
    let mut patches: Vec<Patch> = behind.chain(before).collect();
    patches.sort_by_key(|patch| patch.start);
    patches
}

pub(crate) fn passport(text: &str) -> Vec<Patch> {
    static PASSPORT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)(?:(?:护照|通行证|台胞证|回乡证|旅行证)[^0-9A-Za-z]{0,10}?([A-Z]{1,2} ?[0-9]{7,10}|[0-9]{8,9})",
            r"|passport(?: number| no\.?| id)?(?: on file)?(?: is|:|：|#| )*([A-Z]{0,2}[0-9]{7,9}))(?-u:\b)"
        ))
    });
    PASSPORT
        .captures_iter(text)
        .filter_map(|found| found.iter().skip(1).flatten().next())
        .filter(|number| !is_date(number.as_str().as_bytes()))
        .map(|number| Patch::new(number.start(), number.end(), "<passport>"))
        .collect()
}

pub(crate) fn policy_number(text: &str) -> Vec<Patch> {
    static POLICY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)(?:保单|保险单|policy)(?:",
            r"(?:号码|编号|号|合同号| number| no\.?| #| id)(?: on file)?[是为就改成换:： #]{0,6}(?:is )?([A-Z]{0,6}-?[0-9][A-Z0-9\-]{7,29})",
            // Without 号 only letters and many digits are a number of one.
            r"|[是为:： ]{0,2}([A-Z]{1,6}[0-9]{8,29}))"
        ))
    });
    POLICY
        .captures_iter(text)
        .filter_map(|found| found.iter().skip(1).flatten().next())
        .map(|number| Patch::new(number.start(), number.end(), "<policy>"))
        .collect()
}

/// Hides the names of accounts elsewhere: 微信号, QQ.
pub(crate) fn account(text: &str) -> Vec<Patch> {
    static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)(?:微信|薇信|威信|v信|wechat|(?-u:\b)wx|(?-u:\b)vx|加v)(?P<link>[号码id是为就改成换:： ]{0,7}(?:on file )?(?:is )?)(?P<wechat>[a-z][a-z0-9_\-]{5,19}|1[3-9][0-9]{9})",
            r"|(?:(?-u:\b)qq|扣扣|企鹅)[号码是为就改成换:： ]{0,7}(?P<qq>[1-9][0-9]{4,10}|[a-z][a-z0-9_\-]{5,19})",
            r"|(?:支付宝账号|支付宝帐号|旺旺号?)[是为:： ]{1,3}(?P<shop>[\w\-]{4,25})"
        ))
    });
    ACCOUNT
        .captures_iter(text)
        .filter_map(|found| {
            let name = found.name("wechat").or(found.name("qq")).or(found.name("shop"))?;
            let link = found.name("link").map_or(&text[..name.start()], |link| link.as_str());
            // 微信app and WxHexEditor name a program; an account is introduced, or holds a digit.
            let introduced = link.ends_with(['号', '码', '是', '为', '成', ':', '：', ' ']) || link.contains("id");
            let looks = name.as_str().contains(|c: char| c.is_ascii_digit() || c == '_');
            (introduced || looks).then(|| Patch::new(name.start(), name.end(), "<account>"))
        })
        .collect()
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

fn whole(regex: &Regex, text: &str, tag: &'static str) -> Vec<Patch> {
    regex.find_iter(text).map(|found| Patch::new(found.start(), found.end(), tag)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::check;

    #[test]
    fn codes_are_hidden_behind_their_kind() {
        check(email, "发到zhang.san@example.com", "发到<email>");
        check(uscc, "统一代码91350100M000100Y43", "统一代码<uscc>");
        check(uscc, "编号91350100M000100Y44", "编号91350100M000100Y44");
        check(uscc, "报案号是202501245170111322", "报案号是202501245170111322");
        check(plate, "粤B12345D和沪AD12345是我的车", "<plate>和<plate>是我的车");
        check(plate, "粤B·12345", "<plate>");
        check(plate, "京东ABCDEF", "京东ABCDEF");
        check(passport, "护照号E12345678过期", "护照号<passport>过期");
        check(policy_number, "保单号是PL20240001234", "保单号是<policy>");
        check(account, "加我微信abc_12345", "加我微信<account>");
        check(account, "qq:123456789", "qq:<account>");
        check(account, "微信号是zhangsan", "微信号是<account>");
        check(account, "微信支付怎么关", "微信支付怎么关");
        check(account, "微信wechatpay打不开", "微信wechatpay打不开");
    }

    #[test]
    fn a_one_time_code_needs_its_word() {
        check(otp, "验证码是482913", "验证码是<otp>");
        check(otp, "额度500000", "额度500000");
        check(otp, "收不到95588的验证码", "收不到95588的验证码");
        check(otp, "验证码1069开头", "验证码1069开头");
    }
}
