//! Invented personal data in invented sentences, from a seed: what the table of `tests.rs` measures the masks on.
//!
//! Check digits are right, carriers, regions and issuers are spread, and every value is written in one of the ways
//! people write it. Beside these stand the sentences written by hand in `tests/fixtures/pii/hand.txt`.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

type Dice = Xoshiro256PlusPlus;

/// Sentences of each kind that are made.
const EACH: usize = 130;

/// Sentences without personal data that are made.
const NEGATIVE: usize = 700;

const ZH: &[&str] = &[
    "{}",
    "我的{w}是{}",
    "{w}：{}",
    "{w}{}，麻烦处理一下",
    "你好，{w}{}，怎么查不到",
    "（{w}{}）",
    "之前登记的{w}{}不用了",
    "请把{w}改成{}，谢谢",
    "{w}是{}吗？",
    "上次报的{w}就是{}啊",
    "客户反映{w}{}有误",
    "{w}:{}。请尽快回复",
    "帮我查一下，{w}{}",
    "我再说一遍，{w}是{}",
    "{w}为{}，昨天提交的",
    "【登记】{w}{}",
    "您登记的{w}{}已更新",
];

const EN: &[&str] = &[
    "my {w} is {}",
    "{w}: {}",
    "please use {w} {} instead",
    "{w} {} thanks",
    "hi, my {w} is {} and it does not work",
    "the {w} on file is {}",
    "({w} {})",
    "is {w} {} correct?",
];

/// One made or hand-written sentence: its text, and where personal data of which kind stand in it.
pub(super) struct Sentence {
    pub(super) text: String,
    pub(super) marks: Vec<(String, std::ops::Range<usize>)>,
}

/// Reads `我的手机是{phone:138…}`.
pub(super) fn sentence(line: &str) -> Sentence {
    let (mut text, mut marks, mut rest) = (String::new(), Vec::new(), line);
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let close = open + rest[open..].find('}').expect("a mark is closed");
        let (kind, value) = rest[open + 1..close].split_once(':').expect("a mark has a kind");
        marks.push((kind.to_string(), text.len()..text.len() + value.len()));
        text.push_str(value);
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    Sentence { text, marks }
}

/// Returns the made sentences, the same ones every time.
pub(super) fn made() -> Vec<Sentence> {
    let mut dice = Dice::seed_from_u64(7);
    let mut all = Vec::new();
    for kind in KINDS {
        for _ in 0..EACH {
            let value = (kind.value)(&mut dice);
            let english = kind.zh.is_empty() || !kind.en.is_empty() && dice.gen_bool(0.2);
            let (frames, words) = if english { (EN, kind.en) } else { (ZH, kind.zh) };
            // A kind that is known by its word alone never stands without it.
            let frame = loop {
                let frame = pick(&mut dice, frames);
                if frame != "{}" || !kind.needs_word {
                    break frame;
                }
            };
            let word = pick(&mut dice, words);
            let text = frame.replace("{w}", word);
            all.push(sentence(&text.replace("{}", &format!("{{{}:{value}}}", kind.tag))));
        }
    }
    all.extend((0..NEGATIVE).map(|_| Sentence { text: nothing(&mut dice), marks: Vec::new() }));
    all
}

struct Kind {
    tag: &'static str,
    value: fn(&mut Dice) -> String,
    zh: &'static [&'static str],
    en: &'static [&'static str],
    needs_word: bool,
}

const KINDS: &[Kind] = &[
    Kind {
        tag: "phone",
        value: mobile,
        zh: &["手机", "手机号", "电话", "联系方式", "号码", "预留号码", ""],
        en: &["phone", "mobile number", "number"],
        needs_word: false,
    },
    Kind {
        tag: "phone",
        value: abroad,
        zh: &["国外号码", "电话", "手机"],
        en: &["phone", "cell", "number", ""],
        needs_word: false,
    },
    Kind {
        tag: "landline",
        value: landline,
        zh: &["座机", "固话", "办公电话", "传真", "电话"],
        en: &[],
        needs_word: false,
    },
    Kind {
        tag: "idcard",
        value: id_card,
        zh: &["身份证", "身份证号", "证件号码", "身份证号码", ""],
        en: &["id card"],
        needs_word: false,
    },
    Kind {
        tag: "idcard", value: old_id_card, zh: &["身份证", "身份证号", "老身份证号"], en: &[], needs_word: true
    },
    Kind {
        tag: "bankcard",
        value: bank_card,
        zh: &["卡号", "银行卡", "储蓄卡", "信用卡号", ""],
        en: &["card", "card number"],
        needs_word: false,
    },
    Kind {
        tag: "iban", value: iban, zh: &["账号", "境外账户"], en: &["iban", "account", "IBAN"], needs_word: false
    },
    Kind {
        tag: "uscc", value: uscc, zh: &["税号", "信用代码", "统一社会信用代码", ""], en: &[], needs_word: false
    },
    Kind { tag: "plate", value: plate, zh: &["车牌", "车牌号", "车", ""], en: &[], needs_word: false },
    Kind {
        tag: "email",
        value: email,
        zh: &["邮箱", "电子邮件", "email", ""],
        en: &["email", "e-mail address", "mail"],
        needs_word: false,
    },
    Kind {
        tag: "account",
        value: account,
        zh: &["微信号", "QQ号", "qq号码", "微信ID"],
        en: &["wechat id", "wechat"],
        needs_word: true,
    },
    Kind {
        tag: "passport",
        value: passport,
        zh: &["护照号", "护照", "护照号码"],
        en: &["passport number", "passport"],
        needs_word: true,
    },
    Kind {
        tag: "otp",
        value: otp,
        zh: &["验证码", "短信验证码", "校验码", "动态密码"],
        en: &["verification code", "OTP", "passcode"],
        needs_word: true,
    },
    Kind {
        tag: "policy",
        value: policy,
        zh: &["保单号", "保单号码", "保险单号"],
        en: &["policy number", "policy no."],
        needs_word: true,
    },
    Kind {
        tag: "addr", value: address, zh: &["地址", "收货地址", "住址", "家庭住址"], en: &[], needs_word: false
    },
    Kind {
        tag: "addr",
        value: street,
        zh: &[],
        en: &["address", "delivery address", "home address"],
        needs_word: true,
    },
    Kind {
        tag: "name",
        value: name,
        zh: &["姓名", "户名", "收件人", "联系人", "持卡人", "投保人"],
        en: &[],
        needs_word: true,
    },
    Kind { tag: "ssn", value: ssn, zh: &[], en: &["ssn", "social security number", "SSN"], needs_word: true },
];

fn pick<'a>(dice: &mut Dice, from: &[&'a str]) -> &'a str {
    from.choose(dice).copied().unwrap_or("")
}

fn digits(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + dice.gen_range(0..10u8))).collect()
}

/// Cuts `text` into groups of these sizes.
fn grouped(text: &str, sizes: &[usize], separator: &str) -> String {
    let mut rest = text;
    let mut parts = Vec::new();
    for size in sizes {
        let (part, tail) = rest.split_at((*size).min(rest.len()));
        parts.push(part);
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts.retain(|part| !part.is_empty());
    parts.join(separator)
}

fn wide(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).expect("a full-width sign") } else { c })
        .collect()
}

fn spelled(dice: &mut Dice, text: &str) -> String {
    let one = if dice.gen_bool(0.6) { '幺' } else { '一' };
    text.bytes().map(|b| ['零', one, '二', '三', '四', '五', '六', '七', '八', '九'][usize::from(b - b'0')]).collect()
}

fn mobile(dice: &mut Dice) -> String {
    let head = pick(
        dice,
        &[
            "130", "131", "132", "133", "134", "135", "136", "137", "138", "139", "145", "147", "149", "150", "151",
            "152", "153", "155", "156", "157", "158", "159", "162", "165", "166", "167", "170", "171", "172", "173",
            "175", "176", "177", "178", "180", "181", "182", "183", "184", "185", "186", "187", "188", "189", "190",
            "191", "193", "195", "196", "197", "198", "199",
        ],
    );
    let number = format!("{head}{}", digits(dice, 8));
    match dice.gen_range(0..16) {
        0 => grouped(&number, &[3, 4, 4], " "),
        1 => grouped(&number, &[3, 4, 4], "-"),
        2 => format!("+86{number}"),
        3 => format!("+86 {}", grouped(&number, &[3, 4, 4], " ")),
        4 => format!("+86-{}", grouped(&number, &[3, 4, 4], "-")),
        5 => format!("0086{number}"),
        6 => format!("86-{number}"),
        7 => wide(&number),
        8 => spelled(dice, &number),
        9 => grouped(&number, &[1; 11], " "),
        10 => grouped(&number, &[4, 4, 3], " "),
        11 => grouped(&number, &[3, 3, 5], "-"),
        12 => format!("(+86){number}"),
        _ => number,
    }
}

fn abroad(dice: &mut Dice) -> String {
    let d = |dice: &mut Dice, n| digits(dice, n);
    let area = format!("{}{}", dice.gen_range(2..7), d(dice, 2));
    let office = format!("{}{}", dice.gen_range(2..9), d(dice, 2));
    let line = d(dice, 4);
    match dice.gen_range(0..9) {
        0 => format!("+1 ({area}) {office}-{line}"),
        1 => format!("+1-{area}-{office}-{line}"),
        2 => format!("({area}) {office}-{line}"),
        3 => format!("+44 79{} {}", d(dice, 2), d(dice, 6)),
        4 => format!("07{}{} {}", dice.gen_range(7..9), d(dice, 2), d(dice, 6)),
        5 => format!("+852 9{} {}", d(dice, 3), d(dice, 4)),
        6 => format!("+65 8{} {}", d(dice, 3), d(dice, 4)),
        7 => format!("+61 4{} {} {}", d(dice, 2), d(dice, 3), d(dice, 3)),
        _ => format!("+49 151 {}", d(dice, 8)),
    }
}

fn landline(dice: &mut Dice) -> String {
    let (area, length) =
        *[("010", 8), ("021", 8), ("020", 8), ("0755", 8), ("0571", 8), ("0512", 8), ("0311", 8), ("0710", 7)]
            .choose(dice)
            .expect("there are areas");
    let number = format!("{}{}", dice.gen_range(2..9), digits(dice, length - 1));
    match dice.gen_range(0..6) {
        0 => format!("({area}){number}"),
        1 => format!("（{area}）{number}"),
        2 => format!("{area} {}", grouped(&number, &[4], " ")),
        3 => format!("+86-{}-{number}", &area[1..]),
        4 => wide(&format!("{area}-{number}")),
        _ => format!("{area}-{number}"),
    }
}

fn birth(dice: &mut Dice, from: u32, to: u32) -> String {
    format!("{}{:02}{:02}", dice.gen_range(from..to), dice.gen_range(1..13), dice.gen_range(1..29))
}

const REGIONS: &[&str] = &[
    "110105", "120103", "130102", "140105", "150102", "210102", "220102", "230102", "310115", "320583", "330106",
    "340102", "350203", "360102", "370202", "410102", "420111", "430102", "440305", "450102", "460105", "500103",
    "510107", "520102", "530102", "540102", "610113", "620102", "630102", "640104", "650102",
];

fn id_card(dice: &mut Dice) -> String {
    let body = format!("{}{}{}", pick(dice, REGIONS), birth(dice, 1940, 2012), digits(dice, 3));
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body.bytes().zip(weights).map(|(d, w)| usize::from(d - b'0') * w).sum();
    let number = format!("{body}{}", char::from(b"10X98765432"[sum % 11]));
    match dice.gen_range(0..9) {
        0 => grouped(&number, &[6, 8, 4], " "),
        1 => grouped(&number, &[6, 4, 4, 4], " "),
        2 => number.to_lowercase(),
        3 => wide(&number),
        4 if !number.ends_with('X') => spelled(dice, &number),
        5 => grouped(&number, &[6, 8, 4], "-"),
        _ => number,
    }
}

fn old_id_card(dice: &mut Dice) -> String {
    format!("{}{}{}", pick(dice, REGIONS), &birth(dice, 1940, 1999)[2..], digits(dice, 3))
}

fn with_luhn(mut number: String) -> String {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, d)| {
            let d = u32::from(d - b'0') * if place % 2 == 0 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    number.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    number
}

fn bank_card(dice: &mut Dice) -> String {
    let (issuer, length) = *[
        ("622202", 19),
        ("621700", 19),
        ("622848", 19),
        ("621226", 19),
        ("622588", 16),
        ("622609", 16),
        ("621785", 19),
        ("623058", 16),
        ("625965", 16),
        ("436742", 16),
        ("552433", 16),
        ("411111", 16),
        ("455672", 16),
        ("222300", 16),
    ]
    .choose(dice)
    .expect("there are issuers");
    let rest = digits(dice, length - 1 - issuer.len());
    let number = with_luhn(format!("{issuer}{rest}"));
    match dice.gen_range(0..7) {
        0 => grouped(&number, &[4, 4, 4, 4], " "),
        1 => grouped(&number, &[4, 4, 4, 4], "-"),
        2 => grouped(&number, &[6], " "),
        3 => wide(&number),
        4 => spelled(dice, &number),
        _ => number,
    }
}

fn iban(dice: &mut Dice) -> String {
    let (land, body) = match dice.gen_range(0..3) {
        0 => ("DE", digits(dice, 18)),
        1 => ("GB", format!("NWBK{}", digits(dice, 14))),
        _ => ("NL", format!("ABNA{}", digits(dice, 10))),
    };
    let mut rest = 0u32;
    for c in format!("{body}{land}00").chars() {
        let value = c.to_digit(36).expect("letters and digits");
        rest = (rest * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    let number = format!("{land}{:02}{body}", 98 - rest);
    if dice.gen_bool(0.5) { grouped(&number, &[4; 8], " ") } else { number }
}

fn uscc(dice: &mut Dice) -> String {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let head = pick(dice, &["91", "92", "12", "52", "93"]);
    let tail: String = (0..9).map(|_| char::from(SIGNS[dice.gen_range(0..SIGNS.len())])).collect();
    let body = format!("{head}{}{tail}", pick(dice, REGIONS));
    let (mut sum, mut weight) = (0, 1);
    for sign in body.bytes() {
        sum += SIGNS.iter().position(|s| *s == sign).expect("a sign of the alphabet") * weight;
        weight = weight * 3 % 31;
    }
    let code = format!("{body}{}", char::from(SIGNS[(31 - sum % 31) % 31]));
    match dice.gen_range(0..5) {
        0 => code.to_lowercase(),
        1 => wide(&code),
        _ => code,
    }
}

fn plate(dice: &mut Dice) -> String {
    let land =
        pick(dice, &["京", "沪", "粤", "浙", "苏", "川", "鲁", "渝", "津", "豫", "湘", "闽", "陕", "黑", "藏", "琼"]);
    let office = pick(dice, &["A", "B", "C", "D", "E", "F", "N", "Z"]);
    let tail = match dice.gen_range(0..5) {
        0 => format!("D{}", digits(dice, 5)),
        1 => format!("{}F", digits(dice, 5)),
        2 => format!("{}K{}Q{}", digits(dice, 1), digits(dice, 1), digits(dice, 1)),
        _ => digits(dice, 5),
    };
    let gap = pick(dice, &["", "", "·", " ", "-"]);
    let plate = format!("{land}{office}{gap}{tail}");
    if dice.gen_bool(0.15) { plate.to_lowercase() } else { plate }
}

fn email(dice: &mut Dice) -> String {
    let who = pick(dice, &["zhangsan", "li.ming", "wang_jg", "john.smith", "anna-lee", "chen2020", "a.b.c", "Liu_Wei"]);
    let more = if dice.gen_bool(0.4) { digits(dice, 3) } else { String::new() };
    let host = pick(
        dice,
        &["qq.com", "163.com", "126.com", "gmail.com", "sina.com.cn", "example.co.uk", "corp.io", "mail.example.org"],
    );
    let at = pick(dice, &["@", "@", "@", "＠", " @ "]);
    format!("{who}{more}{at}{host}")
}

fn account(dice: &mut Dice) -> String {
    if dice.gen_bool(0.5) {
        format!("{}{}", pick(dice, &["lihua_", "wxid_", "zhang", "abc_", "cat"]), digits(dice, 6))
    } else {
        format!("{}_{}", pick(dice, &["happy", "sunny", "little"]), pick(dice, &["rain88", "dog_1", "moon99"]))
    }
}

fn passport(dice: &mut Dice) -> String {
    match dice.gen_range(0..3) {
        0 => format!("E{}", digits(dice, 8)),
        1 => format!("E{}{}", pick(dice, &["A", "B", "H", "K"]), digits(dice, 7)),
        _ => format!("G{}", digits(dice, 8)),
    }
}

fn otp(dice: &mut Dice) -> String {
    let length = *[4, 6, 6, 6].choose(dice).expect("there are lengths");
    digits(dice, length)
}

fn policy(dice: &mut Dice) -> String {
    match dice.gen_range(0..3) {
        0 => format!("PL{}", digits(dice, 11)),
        1 => format!("88{}", digits(dice, 15)),
        _ => format!("P-{}-{}", dice.gen_range(2015..2026), digits(dice, 7)),
    }
}

fn address(dice: &mut Dice) -> String {
    let district = pick(dice, &["朝阳区", "浦东新区", "南山区", "西湖区", "武侯区", "鼓楼区", "雨花台区", ""]);
    let road = pick(
        dice,
        &[
            "建国路",
            "人民南路",
            "中山北路",
            "科苑路",
            "文三西路",
            "解放大道",
            "和平里东街",
            "延安西路",
            "学院路",
            "长安街",
        ],
    );
    let number = format!("{}号", dice.gen_range(1..1999));
    let room = match dice.gen_range(0..5) {
        0 => format!("{}栋{}单元{}室", dice.gen_range(1..30), dice.gen_range(1..5), dice.gen_range(101..2905)),
        1 => format!("{}幢{}室", dice.gen_range(1..30), dice.gen_range(101..2905)),
        2 => format!("{}号楼{}", dice.gen_range(1..30), dice.gen_range(101..2905)),
        3 => format!("{}大厦{}层", pick(dice, &["华星科技", "金茂", "国贸"]), dice.gen_range(2..60)),
        _ => String::new(),
    };
    format!("{district}{road}{number}{room}")
}

fn street(dice: &mut Dice) -> String {
    let road = pick(
        dice,
        &["Baker Street", "Long Acre Road", "Fifth Avenue", "Kings Rd", "Maple Drive", "Oak Lane", "Sunset Blvd"],
    );
    let flat = pick(dice, &["", "", "Flat 3, ", "Apt 21B, ", "Unit 5, "]);
    format!("{flat}{} {road}", dice.gen_range(1..2000))
}

fn name(dice: &mut Dice) -> String {
    let surname = pick(
        dice,
        &[
            "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "司马", "诸葛", "上官",
            "慕容", "郭", "何", "郑",
        ],
    );
    let given = pick(
        dice,
        &[
            "伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "超", "秀兰",
            "霞", "平", "桂英", "建国", "志强", "晓明", "雨桐", "梓涵",
        ],
    );
    format!("{surname}{given}")
}

fn ssn(dice: &mut Dice) -> String {
    let number = format!("{}{:02}{:04}", dice.gen_range(100..665), dice.gen_range(1..99), dice.gen_range(1..9999));
    match dice.gen_range(0..3) {
        0 => number,
        1 => grouped(&number, &[3, 2, 4], " "),
        _ => grouped(&number, &[3, 2, 4], "-"),
    }
}

/// Returns a sentence with numbers and codes that are nobody's.
fn nothing(dice: &mut Dice) -> String {
    let number = |dice: &mut Dice, from: u64, to: u64| dice.gen_range(from..to).to_string();
    let day = format!("20{:02}-{:02}-{:02}", dice.gen_range(15..27), dice.gen_range(1..13), dice.gen_range(1..29));
    let stamp = format!("{}{:06}", day.replace('-', ""), dice.gen_range(0..240_000));
    match dice.gen_range(0..22) {
        0 => format!(
            "{}{}元",
            pick(dice, &["转账", "还款", "扣了我", "额度", "利息", "本金"]),
            number(dice, 1, 9_999_999)
        ),
        1 => format!("余额{}.{}", number(dice, 1, 999_999), digits(dice, 2)),
        2 => format!("金额{}万到{}万", number(dice, 1, 999), number(dice, 1, 9999)),
        3 => format!("{}{}", pick(dice, &["订单号", "订单", "流水号", "交易流水", "订单编号："]), digits(dice, 18)),
        4 => format!(
            "{}{}{}",
            pick(dice, &["运单号", "快递单号"]),
            pick(dice, &["SF", "YT", "JD", ""]),
            digits(dice, 12)
        ),
        5 => format!(
            "{}打不通",
            pick(dice, &["95588", "95533", "95511", "12378", "12315", "10086", "12345", "12306", "10010"])
        ),
        6 => format!(
            "客服{}没人接",
            pick(dice, &["400-820-8888", "4008895558", "400 810 6666", "800-820-8820", "95566"])
        ),
        7 => format!("{day}到{}月还要还几期", dice.gen_range(1..13)),
        8 => {
            format!("{day} {:02}:{:02}:{:02}扣款", dice.gen_range(0..24), dice.gen_range(0..60), dice.gen_range(0..60))
        }
        9 => format!("时间{stamp}"),
        10 => format!("版本{}.{}.{}", dice.gen_range(1..20), dice.gen_range(0..99), number(dice, 0, 99_999)),
        11 => format!(
            "型号{}-{}{}",
            pick(dice, &["KFR", "XQB", "BCD", "TL"]),
            digits(dice, 3),
            pick(dice, &["GW", "A", "WP"])
        ),
        12 => format!("错误码{}{}", pick(dice, &["E", "F", "ERR", ""]), digits(dice, 6)),
        13 => format!("{}期每期{}", dice.gen_range(3..60), number(dice, 100, 99_999)),
        14 => format!("利率{}.{}%", dice.gen_range(1..20), digits(dice, 2)),
        15 => format!("order {} {}", pick(dice, &["number", "id", "no."]), digits(dice, 10)),
        16 => format!("i paid {}.{} on {day}", number(dice, 1, 9_999), digits(dice, 2)),
        17 => format!("tracking number {}{}", pick(dice, &["", "RR"]), digits(dice, 12)),
        18 => format!("卡尾号{}消费{}元", digits(dice, 4), number(dice, 1, 99_999)),
        19 => format!("第{}位客户，等了{}分钟", number(dice, 1, 999_999), dice.gen_range(1..200)),
        20 => format!("受理编号{stamp}"),
        _ => format!("基金{}涨了{}.{}%", digits(dice, 6), dice.gen_range(0..9), digits(dice, 2)),
    }
}
