//! The laws of mail, over the fixtures, made mails and mangled ones.

use std::io::Cursor;
use std::path::Path;

use proptest::prelude::*;

use crate::domain::conversation::{Message, Role};
use crate::domain::range::ByteRange;
use crate::formats::error::Error;
use crate::formats::mail::limits::MAIL_LIMIT;
use crate::formats::mail::read::read;
use crate::formats::options::ReadOptions;
use crate::formats::record::{Out, Record, Rejected};
use crate::progress::Quiet;
use crate::text::clean::cleaner::Cleaner;
use crate::text::clean::rule::{Rule, RuleSet};

/// Reads bytes as mail; returns the messages and what was set aside.
fn mails(bytes: &[u8], boxed: bool) -> Result<(Vec<Message>, Vec<Rejected>), Error> {
    let (mut messages, mut rejected) = (Vec::new(), Vec::new());
    let mut sink = |record: Record| {
        match record {
            Record::Knowledge(_) => {}
            Record::Message(message) => messages.push(message),
            Record::Rejected(row) => rejected.push(row),
        }
        Ok(())
    };
    let mut out = Out::new(Path::new("mail"), bytes.len() as u64, &|_| {}, &Quiet, &mut sink);
    read(Cursor::new(bytes), boxed, &ReadOptions::default(), &mut out)?;
    Ok((messages, rejected))
}

/// What each fixture says when quotes and signatures are cut, with its subject.
const NEW_WORDS: [(&[u8], &str, &str); 5] = [
    (
        include_bytes!("../../../tests/fixtures/email/gbk_qp_reply.eml"),
        "回复: 关于信用卡年费的咨询",
        "你好：\n\n年费能不能减免？我去年刷了8次。",
    ),
    (
        include_bytes!("../../../tests/fixtures/email/big5_b64.eml"),
        "理賠進度查詢",
        "您好，\n\n我的住院理賠已送件兩週，請問進度如何？\n保單號碼：A123456789",
    ),
    (
        include_bytes!("../../../tests/fixtures/email/utf8_html_gmail_reply.eml"),
        "Re: 贷款审批进度",
        "都两个礼拜了还没消息，再不处理我就打12378投诉！",
    ),
    (
        include_bytes!("../../../tests/fixtures/email/iso2022jp_7bit.eml"),
        "口座開設の件",
        "口座開設について教えてください。",
    ),
    (
        include_bytes!("../../../tests/fixtures/email/mislabelled_gb2312_is_gbk_8bit.eml"),
        "朱镕先生：账户异常",
        "您好，我叫朱镕，账户被冻结了，怎么解冻？",
    ),
];

#[test]
fn every_fixture_s_new_words_are_found_and_lead_back_to_its_body() {
    let rules = RuleSet::none().with(Rule::Quote, true).with(Rule::Disclaimer, true).with(Rule::Signature, true);
    for (bytes, subject, new) in NEW_WORDS {
        let (messages, _) = mails(bytes, false).expect("memory does not fail");
        let mail = &messages[0];
        assert_eq!(mail.facts.subject.as_deref(), Some(subject));
        let cleaned = Cleaner::new(&rules).clean(&mail.text, mail.role, mail.channel);
        assert_eq!(cleaned.text, new);
        assert_eq!(cleaned.offsets.to_raw(ByteRange::new(0, new.len())).of(&mail.text), new);
        let off = Cleaner::new(&RuleSet::none()).clean(&mail.text, mail.role, mail.channel);
        assert_eq!(off.text, mail.text);
    }
}

fn one(text: &str) -> Message {
    let (messages, rejected) = mails(text.as_bytes(), false).expect("memory does not fail");
    assert_eq!(rejected, []);
    messages.into_iter().next().expect("one mail")
}

fn refused(text: &str) -> &'static str {
    let (messages, rejected) = mails(text.as_bytes(), false).expect("memory does not fail");
    assert_eq!(messages, []);
    rejected[0].reason.name()
}

const HEAD: &str =
    "From: li@qq.com\nTo: kefu@bank.example\nSubject: 年费\nDate: Fri, 01 Mar 2024 10:00:05 +0800\nMIME-Version: 1.0\n";

#[test]
fn the_plain_text_of_an_alternative_is_taken_unless_it_says_nothing() {
    let mail = |plain: &str| {
        format!(
            "{HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>年费怎么<b>减免</b>，我去年刷了八次，为什么还要收我年费？请尽快回复我，谢谢你们的帮助，祝好。</p><blockquote>请提供卡号</blockquote>\n--b--\n"
        )
    };
    assert_eq!(one(&mail("年费？")).text, "年费？");
    let html = "年费怎么减免，我去年刷了八次，为什么还要收我年费？请尽快回复我，谢谢你们的帮助，祝好。\n\n> 请提供卡号";
    for empty in [" ", "\n\n", "您的邮件程序不支持HTML"] {
        assert_eq!(one(&mail(empty)).text, html);
    }
}

#[test]
fn attachments_are_left_out_and_a_mail_of_nothing_else_is_set_aside() {
    let with = |text: &str| {
        format!(
            "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: application/pdf; name=\"a.pdf\"\nContent-Disposition: attachment; filename=\"a.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--b\nContent-Type: text/plain; name=\"log.txt\"\nContent-Disposition: attachment; filename=\"log.txt\"\n\nlog\n--b--\n"
        )
    };
    assert_eq!(one(&with("请看附件")).text, "请看附件");
    assert_eq!(refused(&with("")), "not-text");
    let tnef = format!(
        "{HEAD}Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgAA\n"
    );
    assert_eq!(refused(&tnef), "not-text");
}

#[test]
fn a_mail_in_a_mail_stands_below_it() {
    let mail = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n请处理\n--b\nContent-Type: message/rfc822\n\nFrom: wang@163.com\nSubject: =?utf-8?B?6YCA5qy+?=\nDate: Thu, 29 Feb 2024 10:00:05 +0800\nContent-Type: text/plain; charset=utf-8\n\n什么时候退款\n--b--\n"
    );
    assert_eq!(
        one(&mail).text,
        "请处理\n\n---------- Forwarded message ----------\nFrom: wang@163.com\nDate: Thu, 29 Feb 2024 10:00:05 +0800\nSubject: 退款\n\n什么时候退款"
    );
}

#[test]
fn what_a_head_leaves_out_is_done_without() {
    let bare = one("Subject: 年费怎么减免\nX-A: b\n\n");
    assert_eq!((bare.text.as_str(), bare.role, bare.at, bare.speaker), ("年费怎么减免", Role::Customer, None, None));
    assert_eq!(refused("Subject: Re: 年费\n\n"), "empty");
    assert_eq!(refused("no head at all"), "other-shape");
    let old = one("From: a@b.c\nDate: Friday, 01-Mar-24 02:00:05 GMT\n\nhi");
    assert_eq!(old.at.is_some(), old.at == Some(1_709_258_405_000));
    let server = one("From: a@b.c\nReceived: by x; Fri, 1 Mar 2024 10:00:05 +0800 (CST)\n\nhi");
    assert_eq!(server.at, Some(1_709_258_405_000));
}

#[test]
fn a_field_in_a_body_is_no_field() {
    let mail = format!("{HEAD}\nFrom: service@bank.example\nAuto-Submitted: auto-replied\nhello");
    let read = one(&mail);
    assert_eq!((read.role, read.speaker.as_deref()), (Role::Customer, Some("li@qq.com")));
    let folded = "From: li@qq.com\nSubject: a\n\tAuto-Submitted: auto-replied\n\nhello";
    assert_eq!(one(folded).text, "hello");
}

#[test]
fn bombs_are_set_aside_by_name() {
    let nest = format!("{HEAD}{}", "Content-Type: message/rfc822\n\n".repeat(50_000));
    assert_eq!(refused(&nest), "tangled");
    let deep: String = (0..300).map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")).collect();
    assert_eq!(refused(&format!("{HEAD}{deep}")), "tangled");
    let parts = format!("{HEAD}Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(20_000));
    assert_eq!(refused(&parts), "tangled");
    let fields = format!("{HEAD}{}\n\nhi", "a: b\n".repeat(20_000));
    assert_eq!(refused(&fields), "tangled");
    let digest =
        format!("{HEAD}Content-Type: multipart/digest; boundary=b\n\n{}", "--b\n\nSubject: a\n\nx\n".repeat(200));
    assert!(one(&digest).text.contains("Forwarded"));
    let long = format!("{HEAD}\n{}", "x".repeat(2_000_000));
    assert_eq!(refused(&long), "too-long");
    let attached = format!(
        "{HEAD}Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n{}",
        "AAAA".repeat(500_000)
    );
    assert_eq!(refused(&attached), "not-text");
}

#[test]
fn a_mail_over_the_limit_is_refused_by_name_and_in_an_mbox_set_aside() {
    let mut big = format!("{HEAD}\n").into_bytes();
    big.resize(MAIL_LIMIT + 100, b'x');
    assert!(matches!(mails(&big, false), Err(Error::TooBig { limit, .. }) if limit == MAIL_LIMIT as u64));
    let mut boxed = b"From a Fri Mar  1 10:00:05 2024\n".to_vec();
    boxed.extend(&big);
    boxed.extend(format!("\n\nFrom a Fri Mar  1 10:00:06 2024\n{HEAD}\nstill read\n").bytes());
    let (messages, rejected) = mails(&boxed, true).expect("reads");
    assert_eq!(messages.iter().map(|mail| mail.text.as_str()).collect::<Vec<_>>(), ["still read"]);
    assert_eq!(rejected[0].reason.name(), "too-long");
}

/// Pieces mails are made of, in any order.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    let fixtures = [
        &include_bytes!("../../../tests/fixtures/email/gbk_qp_reply.eml")[..],
        include_bytes!("../../../tests/fixtures/email/utf8_html_gmail_reply.eml"),
        include_bytes!("../../../tests/fixtures/email/inbox.mbox"),
        include_bytes!("../../../tests/fixtures/email/big5_b64.eml"),
    ];
    (0usize..4, proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..3), 0..12)).prop_map(
        move |(which, changes)| {
            let mut bytes = fixtures[which].to_vec();
            for (at, byte, kind) in changes {
                let at = at.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
                match kind {
                    _ if bytes.is_empty() => {}
                    0 => bytes[at] = byte,
                    1 => bytes.truncate(at),
                    _ => {
                        let again = bytes[at..bytes.len().min(at + 200)].to_vec();
                        bytes.splice(at..at, again);
                    }
                }
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn mangled_mails_are_read_or_set_aside(bytes in mangled(), boxed in any::<bool>()) {
        let _ = mails(&bytes, boxed);
    }

    #[test]
    fn any_bytes_are_read_or_set_aside(bytes in proptest::collection::vec(any::<u8>(), 0..300), boxed in any::<bool>()) {
        let _ = mails(&bytes, boxed);
    }

    #[test]
    fn any_pieces_are_read_or_set_aside(text in "(From a 10:00 2024\n|From: a@b.c\n|Subject: |=\\?gbk\\?B\\?u9i4\\?=|\n|--b|--b--\n|Content-Type: multipart/(mixed|alternative|related|digest|x); boundary=b\n|Content-Type: text/(html|plain|x)|; charset=(gbk|utf-7|hz-gb-2312|x)\n|Content-Transfer-Encoding: (base64|quoted-printable)\n|Content-Type: message/rfc822\n|a|>| |好|=C4=E3|u9i4){0,40}") {
        let (messages, rejected) = mails(text.as_bytes(), true).expect("memory does not fail");
        prop_assert!(messages.iter().all(|mail| !mail.text.trim().is_empty()));
        prop_assert!(rejected.iter().all(|row| row.line > 0));
    }
}
