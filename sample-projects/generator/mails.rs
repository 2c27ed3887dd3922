//! Writes conversations as a mailbox: letters with their replies, quotes, signatures and every encoding mailers use.

use std::collections::BTreeMap;

use encoding_rs::GB18030;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::clock;
use crate::pack::FilePlan;
use crate::talk::{Conversation, Kind, Message, Role};
use crate::write::{Written, customer_turns};

const DESK: &str = "service@lanshi-bank.example";

const NAMES: [&str; 12] =
    ["王建国", "李芳", "张伟", "刘洋", "陈静", "杨磊", "赵敏", "黄秀英", "周强", "吴娜", "徐艳", "欧阳敏"];

const DISCLAIMER: &str = "本邮件及其附件含有澜石银行的保密信息，仅限于发送给上面地址中列出的收件人。未经授权，任何人不得披露、复制或散发本邮件中的信息。如果您错收了本邮件，请立即删除。";

/// Joins what one side wrote in a row into one letter; a mailbox has no notices and no pictures of their own.
pub fn letters(talk: &mut Conversation) {
    let mut joined: Vec<Message> = Vec::new();
    for message in talk.messages.drain(..).filter(|m| m.role != Role::System && m.kind != Kind::Media) {
        match joined.last_mut().filter(|last| last.role == message.role) {
            Some(last) => {
                last.text.push('\n');
                last.text.push_str(&message.text);
            }
            // Answers to the last letters come within the month.
            None => joined.push(Message { at: message.at.min(30 * 86_400 - 1), ..message }),
        }
    }
    talk.messages = joined;
}

/// Writes all talks as one mbox, in the order the letters came.
pub fn mailbox(plan: &FilePlan, talks: &[Conversation], rng: &mut Xoshiro256PlusPlus) -> Written {
    let mut mails: Vec<(i64, Vec<u8>)> = Vec::new();
    for (place, talk) in talks.iter().enumerate() {
        thread(place, talk, &mut mails, rng);
    }
    let mut broken = BTreeMap::new();
    for (place, (fault, head, body)) in MACHINES.iter().enumerate().take(plan.broken) {
        let at = (place as i64 * 4 + 3) * 86_400 + 3_600 * 9;
        let text = format!("{head}Date: {}\nMIME-Version: 1.0\n{body}", clock::mail(at));
        mails.push((at, text.into_bytes()));
        *broken.entry(*fault).or_default() += 1;
    }
    mails.sort_by_key(|(at, _)| *at);
    let mut bytes = Vec::new();
    for (at, mail) in mails {
        bytes.extend(format!("From MAILER-DAEMON {}\n", clock::mailbox(at)).bytes());
        bytes.extend(mail);
        bytes.extend(b"\n\n");
    }
    Written {
        path: plan.path.clone(),
        bytes,
        rows: talks.iter().map(|talk| talk.messages.len()).sum(),
        customer: talks.iter().map(customer_turns).sum(),
        conversations: talks.len(),
        broken,
    }
}

/// What machines write into a mailbox, with why it is set aside.
const MACHINES: [(&str, &str, &str); 6] = [
    (
        "auto-reply",
        "From: zhaomin@mail.example\nTo: service@lanshi-bank.example\nSubject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDkvJHlgYfkuK0=?=\nMessage-ID: <m1@mail.example>\nAuto-Submitted: auto-replied\n",
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n我正在休假，下周一回复您。\n",
    ),
    (
        "bounce",
        "From: MAILER-DAEMON@mail.example\nTo: service@lanshi-bank.example\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <m2@mail.example>\n",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\nContent-Type: text/plain\n\nThe mail could not be delivered: mailbox full.\n--r\nContent-Type: message/delivery-status\n\nStatus: 5.2.2\n--r--\n",
    ),
    (
        "bulk-mail",
        "From: news@papers.example\nTo: service@lanshi-bank.example\nSubject: =?utf-8?B?5pys5ZGo6YeR6J6N6KaB6Ze7?=\nMessage-ID: <m3@papers.example>\nPrecedence: bulk\nList-Id: <news.papers.example>\n",
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>本周金融要闻：利率、汇率与养老金。</p>\n",
    ),
    (
        "not-text",
        "From: liuyang@mail.example\nTo: service@lanshi-bank.example\nSubject: =?utf-8?B?UmU6IOadkOaWmQ==?=\nMessage-ID: <m4@mail.example>\n",
        "Content-Type: image/jpeg; name=\"receipt.jpg\"\nContent-Disposition: attachment; filename=\"receipt.jpg\"\nContent-Transfer-Encoding: base64\n\n/9j/4AAQSkZJRgABAQ==\n",
    ),
    (
        "auto-reply",
        "From: wuna@mail.example\nTo: service@lanshi-bank.example\nSubject: Out of Office: Re: statement\nMessage-ID: <m5@mail.example>\nX-Autoreply: yes\n",
        "Content-Type: text/plain; charset=us-ascii\n\nI am away until Monday.\n",
    ),
    (
        "empty",
        "From: zhouqiang@mail.example\nTo: service@lanshi-bank.example\nSubject: =?utf-8?B?5Zue5aSNOiDlkqjor6I=?=\nMessage-ID: <m6@mail.example>\n",
        "Content-Type: text/plain; charset=utf-8\n\n\n",
    ),
];

/// Writes the letters of one talk.
fn thread(place: usize, talk: &Conversation, mails: &mut Vec<(i64, Vec<u8>)>, rng: &mut Xoshiro256PlusPlus) {
    let name = NAMES[place % NAMES.len()];
    let address = format!("c{:04}@mail.example", 1021 + place * 37);
    let question = talk.messages.first().map_or("", |message| message.text.as_str());
    let head: String = question.chars().take_while(|c| !"，。？！,?!\n ".contains(*c)).take(14).collect();
    let subject = match rng.gen_range(0..6) {
        0 => "咨询一个问题".to_owned(),
        1 => "请帮忙处理，谢谢".to_owned(),
        2 => "急".to_owned(),
        _ if head.is_empty() => "咨询".to_owned(),
        _ => head,
    };
    let signature = signature(name, rng);
    let (style, wire) = (rng.gen_range(0..6), rng.gen_range(0..6));
    for (turn, message) in talk.messages.iter().enumerate() {
        let ours = message.role != Role::Customer;
        let before = turn.checked_sub(1).map(|last| &talk.messages[last]);
        let said = if ours {
            format!("尊敬的客户，您好！\n\n{}\n\n-- \n澜石银行客户服务中心\n电话：400-000-0000", message.text)
        } else {
            let hello = ["您好：\n\n", "你好，\n", "", ""].choose(rng).unwrap_or(&"");
            format!("{hello}{}{signature}", message.text)
        };
        let quoted =
            before.map(|last| quote(last, name, &address, &subject, if ours { 0 } else { style })).unwrap_or_default();
        let text = match (before, ours, style) {
            // Some answer below what they quote.
            (Some(_), false, 4) => format!("{quoted}\n{said}"),
            (_, true, _) => format!("{said}\n\n{DISCLAIMER}{quoted}"),
            _ => format!("{said}{quoted}"),
        };
        let mark = if turn == 0 { "" } else { ["回复：", "Re: ", "答复: "][place % 3] };
        let (from, to) = if ours {
            (format!("{} <{DESK}>", word("澜石银行客服", wire)), address.clone())
        } else {
            (format!("{} <{address}>", word(name, wire)), DESK.to_owned())
        };
        let id = |turn: usize| format!("<t{place}.{turn}@mail.example>");
        let mut fields = format!(
            "From: {from}\nTo: {to}\nSubject: {}\nMessage-ID: {}\n",
            word(&format!("{mark}{subject}"), wire),
            id(turn)
        );
        if turn > 0 {
            fields.push_str(&format!("In-Reply-To: {}\n", id(turn - 1)));
            if !place.is_multiple_of(4) {
                let all: Vec<String> = (0..turn).map(id).collect();
                fields.push_str(&format!("References: {}\n", all.join("\n ")));
            }
        }
        fields.push_str(&format!("Date: {}\nMIME-Version: 1.0\n", clock::mail(message.at)));
        let mut mail = fields.into_bytes();
        mail.extend(on_the_wire(&text, if ours { 0 } else { wire }));
        mails.push((message.at, mail));
    }
}

fn signature(name: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    match rng.gen_range(0..8) {
        0 => "\n\n发自我的iPhone".to_owned(),
        1 => "\n\n来自我的华为手机".to_owned(),
        2 => format!("\n\n祝好\n{name}\n手机：139{:04}{:04}", rng.gen_range(0..10_000), rng.gen_range(0..10_000)),
        3 => format!("\n\n此致\n敬礼！\n\n{name}"),
        4 => format!("\n\n谢谢！\n{name}"),
        5 => format!("\n\n-- \n{name}\n远山贸易有限公司\nTel: +86 21 {:08}", rng.gen_range(10_000_000..99_999_999)),
        _ => String::new(),
    }
}

/// Quotes the letter before, the way one of the mail programs does.
fn quote(before: &Message, name: &str, address: &str, subject: &str, style: usize) -> String {
    let (who, from) = if before.role == Role::Customer { (name, address) } else { ("澜石银行客服", DESK) };
    let (to, at) = (if before.role == Role::Customer { DESK } else { address }, clock::dashes(before.at));
    let marked: Vec<String> = before.text.lines().map(|line| format!("> {line}")).collect();
    let marked = marked.join("\n");
    match style {
        0 => format!(
            "\n\n------------------ 原始邮件 ------------------\n发件人: \"{who}\" <{from}>;\n发送时间: {at}\n收件人: \"{to}\"<{to}>;\n主题: {subject}\n\n{}",
            before.text
        ),
        1 => format!("\n\n{who} <{from}> 于{at}写道：\n{marked}"),
        2 => format!(
            "\n\n________________________________\n发件人: {who} <{from}>\n发送时间: {at}\n收件人: {to}\n主题: {subject}\n\n{}",
            before.text
        ),
        3 => format!("\n\n在 {at}，\"{who}\" <{from}> 写道：\n\n{}", before.text),
        4 => format!("On {at}, {who}\n<{from}> wrote:\n{marked}\n"),
        _ => String::new(),
    }
}

/// Writes a word of a head; mailers of GBK have their own.
fn word(text: &str, wire: usize) -> String {
    match wire {
        1 => format!("=?GBK?B?{}?=", base64(&GB18030.encode(text).0, usize::MAX)),
        _ => format!("=?UTF-8?B?{}?=", base64(text.as_bytes(), usize::MAX)),
    }
}

/// Writes the text of a mail with the fields that say how.
fn on_the_wire(text: &str, wire: usize) -> Vec<u8> {
    let gbk = || GB18030.encode(text).0.into_owned();
    let html = || {
        let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!(
            "<html><head><style>p {{ margin: 0 }}</style></head><body><div>{}</div></body></html>",
            safe.replace('\n', "<br>\n")
        )
    };
    match wire {
        1 => [b"Content-Type: text/plain; charset=\"gbk\"\nContent-Transfer-Encoding: quoted-printable\n\n".to_vec(), quoted_printable(&gbk())].concat(),
        // The label is older than the characters.
        2 => [b"Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: 8bit\n\n".to_vec(), gbk()].concat(),
        3 => format!("Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}", base64(html().as_bytes(), 76)).into_bytes(),
        4 => format!(
            "Content-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}\n--b--\n",
            base64(text.as_bytes(), 76),
            base64(html().as_bytes(), 76)
        )
        .into_bytes(),
        5 => format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}").into_bytes(),
        _ => format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}", base64(text.as_bytes(), 76)).into_bytes(),
    }
}

fn base64(bytes: &[u8], width: usize) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    let mut column = 0;
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            out.push(if place > three.len() {
                '='
            } else {
                char::from(SIGNS[(bits >> (18 - 6 * place) & 63) as usize])
            });
        }
        column += 4;
        if column >= width {
            out.push('\n');
            column = 0;
        }
    }
    out
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut column = 0;
    for byte in bytes {
        let sign = match byte {
            b'\n' => "\n".to_owned(),
            b' '..=b'<' | b'>'..=b'~' => char::from(*byte).to_string(),
            _ => format!("={byte:02X}"),
        };
        column = if sign == "\n" { 0 } else { column + sign.len() };
        if column > 73 {
            out.extend(b"=\n");
            column = sign.len();
        }
        out.extend(sign.bytes());
    }
    out
}
