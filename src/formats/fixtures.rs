//! Every fixture with what it must give, and the laws that hold for all formats.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::domain::conversation::{Channel, Message, Role};
use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::formats::charset::Charset;
use crate::formats::column::ColumnRole;
use crate::formats::error::{Error, Foreign};
use crate::formats::format::Format;
use crate::formats::options::{self, ReadOptions};
use crate::formats::read::{ReadSummary, preview, read};
use crate::formats::record::{Record, RejectReason, Rejected, Stop};
use crate::formats::write::row::ExportRow;
use crate::formats::write::table::TableOptions;
use crate::formats::write::{jsonl, rasa, table};
use crate::progress::{Progress, Quiet};

/// One fixture: its file, format and encoding; roles in order (c a b s); the first and the last time; some texts.
struct Fixture {
    file: &'static str,
    format: Format,
    charset: &'static str,
    roles: &'static str,
    conversations: usize,
    first: Option<i64>,
    last: Option<i64>,
    rejected: &'static [&'static str],
    says: &'static [&'static str],
}

const FIXTURES: &[Fixture] = &[
    Fixture {
        file: "chat/generic_export_gbk.csv",
        format: Format::Csv,
        charset: "gb18030",
        roles: "csacbc",
        conversations: 2,
        first: Some(1_709_258_400_000),
        last: Some(1_709_258_700_000),
        rejected: &[],
        says: &["我要投诉!!!\n贷款审批都10天了还没结果", "转人工"],
    },
    Fixture {
        file: "chat/generic_export_utf8bom.csv",
        format: Format::Csv,
        charset: "UTF-8",
        roles: "csacbc",
        conversations: 2,
        first: Some(1_709_258_400_000),
        last: Some(1_709_258_700_000),
        rejected: &[],
        says: &["我要投诉!!!\n贷款审批都10天了还没结果", "转人工"],
    },
    Fixture {
        file: "chat/generic_export_utf16le.tsv",
        format: Format::Tsv,
        charset: "UTF-16LE",
        roles: "csacbc",
        conversations: 2,
        first: Some(1_709_258_400_000),
        last: Some(1_709_258_700_000),
        rejected: &[],
        says: &["非常抱歉让您久等\t请提供一下身份证后四位"],
    },
    Fixture {
        file: "chat/generic_export_big5.csv",
        format: Format::Csv,
        charset: "Big5",
        roles: "ca",
        conversations: 0,
        first: Some(1_709_258_400_000),
        last: Some(1_709_258_430_000),
        rejected: &[],
        says: &["我的保單要怎麼理賠？"],
    },
    Fixture {
        file: "chat/openai_messages.jsonl",
        format: Format::OpenAi,
        charset: "UTF-8",
        roles: "caca",
        conversations: 2,
        first: None,
        last: None,
        rejected: &[],
        says: &["怎么销户"],
    },
    Fixture {
        file: "chat/sharegpt.json",
        format: Format::ShareGpt,
        charset: "UTF-8",
        roles: "cb",
        conversations: 1,
        first: None,
        last: None,
        rejected: &[],
        says: &["逾期一天上征信吗"],
    },
    Fixture {
        file: "chat/qianniu_copy_gbk_crlf.txt",
        format: Format::Chat,
        charset: "gb18030",
        roles: "ccascss",
        conversations: 1,
        first: Some(1_709_258_405_000),
        last: Some(1_709_258_580_000),
        rejected: &[],
        says: &["亲 在吗", "12期", "tb3829301 撤回了一条消息", "由 服务助手 转交给 小丽"],
    },
    Fixture {
        file: "chat/qq_export_utf8bom.txt",
        format: Format::Chat,
        charset: "UTF-8",
        roles: "ca",
        conversations: 1,
        first: Some(1_709_258_405_000),
        last: Some(1_709_258_440_000),
        rejected: &[],
        says: &["卡被锁了咋办\n[图片]", "请问是密码输错三次吗？"],
    },
    Fixture {
        file: "chat/zendesk_chat_incremental.json",
        format: Format::Zendesk,
        charset: "UTF-8",
        roles: "cccac",
        conversations: 1,
        first: Some(1709258405000),
        last: Some(1709258462000),
        rejected: &[],
        says: &["扣款失败了怎么办"],
    },
    Fixture {
        file: "chat/intercom_conversation.json",
        format: Format::Intercom,
        charset: "UTF-8",
        roles: "cb",
        conversations: 1,
        first: Some(1709258401000),
        last: Some(1709258460000),
        rejected: &["internal"],
        says: &["<p>您好，一般是90天，具体以条款为准。</p>"],
    },
    Fixture {
        file: "chat/livechat_list_archives.json",
        format: Format::LiveChat,
        charset: "UTF-8",
        roles: "cas",
        conversations: 1,
        first: Some(1709258405123),
        last: Some(1709258940000),
        rejected: &[],
        says: &["Chat archived"],
    },
    Fixture {
        file: "chat/wecom_kf_sync_msg.json",
        format: Format::Wecom,
        charset: "UTF-8",
        roles: "ca",
        conversations: 1,
        first: Some(1709258401000),
        last: Some(1709258430000),
        rejected: &["not-text"],
        says: &["房贷提前还款要违约金吗/::)"],
    },
    Fixture {
        file: "chat/wechat_mp_msgrecord.json",
        format: Format::WechatMp,
        charset: "UTF-8",
        roles: "ca",
        conversations: 1,
        first: Some(1709258401000),
        last: Some(1709258420000),
        rejected: &[],
        says: &[" 您好，审核通过后3个工作日内。"],
    },
    Fixture {
        file: "chat/rasa_tracker.json",
        format: Format::RasaTracker,
        charset: "UTF-8",
        roles: "cbc",
        conversations: 1,
        first: Some(1709258401200),
        last: Some(1709258420000),
        rejected: &[],
        says: &["啥玩意"],
    },
    Fixture {
        file: "chat/dialogflow_cx_logging.jsonl",
        format: Format::Dialogflow,
        charset: "UTF-8",
        roles: "cbc",
        conversations: 2,
        first: Some(1709258405000),
        last: Some(1709258425000),
        rejected: &[],
        says: &["那那个呢"],
    },
    Fixture {
        file: "chat/rasa_nlu.yml",
        format: Format::RasaNlu,
        charset: "UTF-8",
        roles: "ccc",
        conversations: 0,
        first: None,
        last: None,
        rejected: &[],
        says: &["申请重疾险理赔需要哪些材料"],
    },
    Fixture {
        file: "kb/faq_pipe_gbk.csv",
        format: Format::Csv,
        charset: "gb18030",
        roles: "ccccccccccccc",
        conversations: 0,
        first: None,
        last: None,
        rejected: &[],
        says: &["开户需要带什么证件", "新办储蓄卡需要哪些证件"],
    },
    Fixture {
        file: "email/inbox.mbox",
        format: Format::Mbox,
        charset: "UTF-8",
        roles: "cccc",
        conversations: 4,
        first: Some(1_709_258_405_000),
        last: Some(1_709_258_405_000),
        rejected: &["auto-reply"],
        says: &["口座開設について教えてください。"],
    },
    Fixture {
        file: "email/gbk_qp_reply.eml",
        format: Format::Eml,
        charset: "UTF-8",
        roles: "c",
        conversations: 1,
        first: Some(1_709_258_405_000),
        last: Some(1_709_258_405_000),
        rejected: &[],
        says: &[],
    },
    Fixture {
        file: "email/big5_b64.eml",
        format: Format::Eml,
        charset: "UTF-8",
        roles: "c",
        conversations: 1,
        first: Some(1_709_258_405_000),
        last: Some(1_709_258_405_000),
        rejected: &[],
        says: &[],
    },
    Fixture {
        file: "email/utf8_html_gmail_reply.eml",
        format: Format::Eml,
        charset: "UTF-8",
        roles: "c",
        conversations: 1,
        first: Some(1_709_258_405_000),
        last: Some(1_709_258_405_000),
        rejected: &[],
        says: &[],
    },
    Fixture {
        file: "email/auto_reply_outofoffice.eml",
        format: Format::Eml,
        charset: "UTF-8",
        roles: "",
        conversations: 0,
        first: None,
        last: None,
        rejected: &["auto-reply"],
        says: &[],
    },
    Fixture {
        file: "email/iso2022jp_7bit.eml",
        format: Format::Eml,
        charset: "UTF-8",
        roles: "c",
        conversations: 1,
        first: Some(1_709_258_405_000),
        last: Some(1_709_258_405_000),
        rejected: &[],
        says: &["口座開設について教えてください。"],
    },
    Fixture {
        file: "email/mislabelled_gb2312_is_gbk_8bit.eml",
        format: Format::Eml,
        charset: "gb18030",
        roles: "c",
        conversations: 1,
        first: Some(1_709_265_600_000),
        last: Some(1_709_265_600_000),
        rejected: &[],
        says: &["您好，我叫朱镕，账户被冻结了，怎么解冻？"],
    },
];

pub(super) fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)
}

pub(super) fn all(path: &Path, options: &ReadOptions) -> Result<(ReadSummary, Vec<Message>, Vec<Rejected>), Error> {
    let (mut messages, mut rejected) = (Vec::new(), Vec::new());
    let summary = read(path, options, &Quiet, &mut |record| {
        match record {
            Record::Message(message) => messages.push(message),
            Record::Rejected(row) => rejected.push(row),
            Record::Knowledge(_) => {}
        }
        Ok(())
    })?;
    assert_eq!(summary.rows, (messages.len() + rejected.len()) as u64, "counts add up");
    Ok((summary, messages, rejected))
}

/// Reads bytes as a file of that name.
pub(super) fn read_bytes(
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<(ReadSummary, Vec<Message>, Vec<Rejected>), Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    all(&path, options)
}

fn texts(name: &str, bytes: &[u8]) -> Vec<String> {
    read_bytes(name, bytes, &ReadOptions::default()).expect("reads").1.into_iter().map(|m| m.text).collect()
}

pub(in crate::formats) fn letters(messages: &[Message]) -> String {
    let letter = |message: &Message| match message.role {
        Role::Customer => 'c',
        Role::Agent => 'a',
        Role::Bot => 'b',
        Role::System => 's',
    };
    messages.iter().map(letter).collect()
}

#[test]
fn every_fixture_gives_what_it_holds() {
    for fixture in FIXTURES {
        let (summary, messages, rejected) = all(&path(fixture.file), &ReadOptions::default()).expect(fixture.file);
        let file = fixture.file;
        assert_eq!(summary.format, fixture.format, "{file}");
        assert_eq!(summary.charset.name(), fixture.charset, "{file}");
        assert_eq!(letters(&messages), fixture.roles, "{file}: {messages:#?}");
        let mut names: Vec<_> = messages.iter().filter_map(|m| m.conversation.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), fixture.conversations, "{file}");
        let times: Vec<i64> = messages.iter().filter_map(|m| m.at).collect();
        assert_eq!(times.first().copied(), fixture.first, "{file}");
        assert_eq!(times.last().copied(), fixture.last, "{file}");
        let reasons: Vec<_> = rejected.iter().map(|row| row.reason.name()).collect();
        assert_eq!(reasons, fixture.rejected, "{file}");
        for text in fixture.says {
            assert!(messages.iter().any(|m| m.text == *text), "{file} says {text}: {messages:#?}");
        }
        assert_eq!(summary.unread_times, 0, "{file}");
    }
}

#[test]
fn odd_tables_are_read_as_their_writers_meant_them() {
    let gbk = |text: &str| Charset::GB18030.encoding().encode(text).0.into_owned();
    let rows = "S1,2024/3/1 10:00,访客,我的卡被锁了怎么办\nS1,2024/3/1 10:01,客服,请问是密码输错三次吗\nS2,2024/3/1 10:02,访客,利息是多少\nS2,2024/3/1 10:03,客服,年化百分之三点六\n";
    let semicolons = format!(
        "\u{FEFF}会话ID;时间;角色;内容\n{}",
        rows.replace(',', ";").replace("我的卡被锁了怎么办", "\"我的\n卡;被锁了怎么办\"")
    );
    let big = format!("会话ID\t时间\t角色\t内容\r\n{}", rows.replace(',', "\t").replace('\n', "\r\n"));
    let big: Vec<u8> = [0xFEu8, 0xFF].into_iter().chain(big.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let ragged = format!("会话ID,时间,角色,内容\n{rows}S3,2024/3/1,访客\nS3,2024/3/1,访客,好,多,余\n");
    for (name, bytes, aside) in [
        ("semicolons.csv", semicolons.into_bytes(), 0),
        ("utf16be.txt", big, 0),
        ("no heading.csv", gbk(rows), 0),
        ("ragged.csv", gbk(&ragged), 2),
    ] {
        let (_, messages, rejected) = read_bytes(name, &bytes, &ReadOptions::default()).expect(name);
        assert_eq!((letters(&messages).as_str(), rejected.len()), ("caca", aside), "{name}: {messages:#?}");
        assert_eq!(messages[0].at, Some(1_709_258_400_000), "{name}");
        let names: Vec<_> = messages.iter().filter_map(|m| m.conversation.as_deref()).collect();
        assert_eq!(names, ["S1", "S1", "S2", "S2"], "{name}");
    }
}

#[test]
fn times_in_five_notations_are_one_order() {
    let times = [
        "2024/3/1 上午9:00",
        "2024-03-01 09:30:00",
        "20240301100000",
        "1709260200",
        "2024年3月1日 下午1:05",
        "3/1/2024",
    ];
    let rows: String = times.iter().enumerate().map(|(n, at)| format!("客户,第{n}句话,{at}\n")).collect();
    let table = format!("角色,内容,时间\n{rows}");
    let (summary, messages, _) = read_bytes("a.csv", table.as_bytes(), &ReadOptions::default()).expect("reads");
    let at: Vec<_> = messages.iter().map(|m| m.at.map(|at| (at - 1_709_251_200_000) / 60_000)).collect();
    assert_eq!(at, [Some(60), Some(90), Some(120), Some(150), Some(305), None], "minutes after eight");
    assert_eq!(summary.unread_times, 1, "a day that may be two days is none");
}

#[test]
fn a_conversation_a_row_is_read_out_of_its_cell() {
    let talk = "访客 2024-03-01 10:00:05<br>卡丢了<br/>怎么办<br>客服小李 2024-03-01 10:01:00<br>请先挂失";
    let second = "\"访客: 利息多少\n客服: 年化百分之三\"";
    let table =
        format!("会话编号,客服昵称,聊天记录\nA7,小李,{talk}\nA8,小李,{second}\nA9,小李,\nA10,小李,没有人说话\n");
    let (_, messages, rejected) = read_bytes("a.csv", table.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(letters(&messages), "caca");
    assert_eq!((messages[0].text.as_str(), messages[0].at), ("卡丢了\n怎么办", Some(1_709_258_405_000)));
    let names: Vec<_> = messages.iter().filter_map(|m| m.conversation.as_deref()).collect();
    assert_eq!(names, ["A7", "A7", "A8", "A8"]);
    assert_eq!(rejected.iter().map(|r| r.reason.name()).collect::<Vec<_>>(), ["empty", "no-speaker"]);
}

#[test]
fn copied_chats_are_read_in_the_ways_programs_write_them() {
    for (program, text, roles, texts) in [
        (
            "微信, several messages",
            "小明:\n在吗\n卡丢了\n\n李姐:\n您好，请问有什么可以帮您\n\n小明:\n怎么办\n\n李姐:\n[图片]\n",
            "caca",
            vec!["在吗\n卡丢了", "怎么办"],
        ),
        (
            "微信, by mail",
            "————— 2024-03-01 —————\n\n小明  10:00\n\n在吗\n\n李姐  10:01\n\n您好，请问有什么可以帮您\n\n“小明”拍了拍我\n",
            "cas",
            vec!["在吗"],
        ),
        ("QQ, today", "小明  10:00:05\n在吗\n李姐  10:00:40\n您好，请问有什么可以帮您\n", "ca", vec!["在吗"]),
        (
            "QQ, this year",
            "小明: 03-01 10:00:05\n在吗\n李姐: 03-01 10:00:40\n您好，请问有什么可以帮您\n",
            "ca",
            vec!["在吗"],
        ),
        (
            "旺旺",
            "tb1 (2024-03-01 10:00:05):\n在吗\n店:小美 (2024-03-01 10:00:09):\n亲亲\n已读\n",
            "cas",
            vec!["在吗", "亲亲"],
        ),
        (
            "千牛, date below",
            "tb1\n2024-3-1 10:00:05\n在吗\n店:小美\n2024-3-1 10:00:09\n亲亲\n",
            "ca",
            vec!["在吗", "亲亲"],
        ),
    ] {
        let (summary, messages, rejected) =
            read_bytes("copied.txt", text.as_bytes(), &ReadOptions::default()).expect(program);
        assert_eq!(summary.format, Format::Chat, "{program}");
        assert_eq!((letters(&messages).as_str(), rejected.len()), (roles, 0), "{program}: {messages:#?}");
        for said in texts {
            assert!(messages.iter().any(|m| m.text == said), "{program} says {said}: {messages:#?}");
        }
    }
    let by_mail = "————— 2024-03-01 —————\n\n小明  10:00\n\n在吗\n\n————— 2024-03-02 —————\n\n小明  09:30\n\n还在吗\n";
    let (_, messages, _) = read_bytes("mail.txt", by_mail.as_bytes(), &ReadOptions::default()).expect("reads");
    let at: Vec<_> = messages.iter().filter_map(|m| m.at).collect();
    assert_eq!(at, [1_709_258_400_000, 1_709_343_000_000]);
}

#[test]
fn vendors_leave_fields_out_reorder_them_and_put_more_in() {
    let zendesk = r#"{"chats":[
        {"history":[{"msg":"在吗","nick":"visitor:7","type":"chat.msg","timestamp":"2024-03-01T02:00:05Z"},
                    {"type":"chat.file","nick":"visitor","attachment":{"name":"a.png"}},
                    {"type":"chat.msg","nick":"agent:trigger","name":null,"msg":"您好","timestamp":null}],"id":"9"},
        {"id":"10","type":"offline_msg","visitor":{"name":null},"message":"怎么退保","timestamp":"2024-03-01T02:00:05Z","history":null}]}"#;
    let intercom = r#"{"conversations":[{"id":7,"source":{"body":"<p>在吗</p>","author":{"type":"lead","name":null},"attachments":[]},
        "conversation_parts":{"conversation_parts":[
          {"part_type":"assignment","body":"<p>交给你了</p>","author":{"type":"admin"}},
          {"part_type":"note_and_reopen","body":"<p>内部</p>","author":{"type":"admin"}},
          {"part_type":"comment","body":null,"author":{"type":"admin"},"attachments":[{"name":"a.pdf"}]},
          {"part_type":"comment","redacted":true,"body":"<p>deleted</p>","author":{"type":"user"}},
          {"part_type":"close","body":"<p>再见</p>","author":{"type":"admin","name":"A"}},
          {"part_type":"snoozed","body":null,"author":{"type":"admin"}}]}}]}"#;
    let livechat = r#"{"chats":[{"users":[{"id":"c","type":"customer"}],"id":"C","threads":[{"events":null},{"events":[
        {"type":"message","author_id":"c","text":"在吗","created_at":"2024-03-01T02:00:05Z"},
        {"type":"message","author_id":"a@b.example","text":"您好"},
        {"type":"message","author_id":"a@b.example","text":"内部","recipients":"agents"},
        {"type":"file","author_id":"c","url":"https://x"},
        {"type":"filled_form","author_id":"c","fields":[]}]}]}]}"#;
    let wechat = r#"{"recordlist":[{"time":"1709258401","text":"在吗","opercode":"2003","openid":"o"},{"openid":"o","opercode":1000,"text":"","time":1}]}"#;
    let rasa = "{\"sender_id\":\"u\",\"event\":\"user\",\"text\":\"在吗\",\"timestamp\":1709258401.2}\n{\"sender_id\":\"u\",\"event\":\"slot\",\"name\":\"x\"}\n{\"sender_id\":\"u\",\"event\":\"bot\",\"text\":null,\"data\":{}}\n";
    let openai = "{\"messages\":[{\"role\":\"developer\",\"content\":\"be kind\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"在吗\"}]},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[]}]}\n";
    for (name, text, format, roles, aside) in [
        ("z.json", zendesk, Format::Zendesk, "cbc", vec!["not-text"]),
        ("i.json", intercom, Format::Intercom, "ca", vec!["internal", "internal", "not-text", "not-text"]),
        ("l.json", livechat, Format::LiveChat, "ca", vec!["internal", "not-text", "not-text"]),
        ("w.json", wechat, Format::WechatMp, "c", vec![]),
        ("r.jsonl", rasa, Format::RasaTracker, "c", vec!["not-text"]),
        ("o.jsonl", openai, Format::OpenAi, "sc", vec!["empty"]),
    ] {
        let (summary, messages, rejected) = read_bytes(name, text.as_bytes(), &ReadOptions::default()).expect(name);
        assert_eq!(summary.format, format, "{name}");
        assert_eq!(letters(&messages), roles, "{name}: {messages:#?}");
        assert_eq!(rejected.iter().map(|row| row.reason.name()).collect::<Vec<_>>(), aside, "{name}");
    }
}

#[test]
fn one_wish_turns_customers_and_agents_round_in_every_format() {
    let options = ReadOptions { swap: true, ..ReadOptions::default() };
    let turned = |roles: &str| roles.replace('c', "x").replace('a', "c").replace('x', "a");
    for fixture in FIXTURES {
        let (_, messages, _) = all(&path(fixture.file), &options).expect(fixture.file);
        assert_eq!(letters(&messages), turned(fixture.roles), "{}", fixture.file);
    }
}

#[test]
fn a_preview_notes_cells_and_who_speaks() {
    let table = "甲,乙\n01,卡丢了怎么办\n02,请先挂失\n01,好的谢谢您\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.csv");
    std::fs::write(&path, table).expect("a file");
    let options = ReadOptions {
        header: Some(true),
        columns: Some(vec![ColumnRole::Role, ColumnRole::Text]),
        roles: vec![("01".to_owned(), Role::Customer)],
        ..ReadOptions::default()
    };
    let seen = preview(&path, &options, 10).expect("reads");
    assert_eq!(seen.noted.cells[1], ["02", "请先挂失"]);
    let voices: Vec<_> = seen.noted.voices.iter().map(|v| (v.name.as_str(), v.role, v.count)).collect();
    assert_eq!(voices, [("01", Some(Role::Customer), 2), ("02", None, 1)]);
    assert_eq!((seen.seen_messages, seen.seen_rejected), (2, 1));
}

#[test]
fn columns_asked_for_under_their_headings_follow_them() {
    let options = ReadOptions {
        columns: Some(vec![ColumnRole::Text, ColumnRole::Intent]),
        headings: Some(vec!["说".to_owned(), "类".to_owned()]),
        header: Some(true),
        ..ReadOptions::default()
    };
    let table = "号,类,说\n1,挂失,卡丢了\n";
    let (_, messages, _) = read_bytes("a.csv", table.as_bytes(), &options).expect("reads");
    assert_eq!((messages[0].text.as_str(), messages[0].intent.as_deref()), ("卡丢了", Some("挂失")));
}

#[test]
fn a_question_list_names_its_intents_by_the_standard_question() {
    let (_, messages, _) = all(&path("kb/faq_pipe_gbk.csv"), &ReadOptions::default()).expect("reads");
    assert!(messages.iter().all(|m| m.channel == Channel::List && m.conversation.is_none()));
    let of = |text: &str| messages.iter().find(|m| m.text == text).and_then(|m| m.intent.clone());
    assert_eq!(of("办卡要带啥").as_deref(), Some("开户需要带什么证件"));
    assert_eq!(of("开户需要带什么证件").as_deref(), Some("开户需要带什么证件"));
    assert_eq!(messages.last().map(|m| m.line), Some(5));
}

#[test]
fn one_table_in_five_encodings_gives_the_same_rows() {
    let text = std::fs::read_to_string(path("chat/generic_export_utf8bom.csv")).expect("reads");
    let text = text.trim_start_matches('\u{FEFF}');
    let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let gbk = Charset::GB18030.encoding().encode(text).0.into_owned();
    let variants: [(&str, Vec<u8>); 6] = [
        ("GB18030", gbk),
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
        ("UTF-16LE", [b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat()),
    ];
    let (_, wanted, _) = all(&path("chat/generic_export_utf8bom.csv"), &ReadOptions::default()).expect("reads");
    for (charset, bytes) in variants {
        let (summary, messages, _) = read_bytes("t.csv", &bytes, &ReadOptions::default()).expect(charset);
        assert_eq!(summary.charset, Charset::named(charset).expect("known"));
        assert_eq!(messages, wanted, "{charset}");
    }
}

#[test]
fn a_labelled_list_without_headings_is_read() {
    let text = "How do I locate my card?\tcard_arrival\nI still have \"not\" received it, \"sadly\"\tcard_arrival\n\"Help\" please!\tlost_card\n";
    let (summary, messages, _) = read_bytes("train.tsv", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(summary.format, Format::Tsv);
    assert_eq!(messages[2].text, "\"Help\" please!");
    assert_eq!(messages[2].intent.as_deref(), Some("lost_card"));
    assert_eq!(messages[0].channel, Channel::List);
    assert_eq!(messages[0].role, Role::Customer);
}

#[test]
fn plain_lines_stay_lines_whatever_commas_they_hold() {
    let text = "hello, i want my money\n\n  \nmy card, please\nwhy, oh why\r\n你们好，有人吗\n";
    let (summary, messages, rejected) =
        read_bytes("said.txt", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(summary.format, Format::Lines);
    assert_eq!(messages.len(), 4);
    assert_eq!(messages[2].text, "why, oh why");
    assert_eq!((messages[2].line, messages[2].channel), (5, Channel::List));
    assert_eq!(rejected, []);
}

#[test]
fn bars_and_semicolons_separate_as_well() {
    for delimiter in ["|", ";", ","] {
        let text = "角色,内容\n客户,卡被锁了咋办\n客服,请问是密码输错吗\n".replace(',', delimiter);
        let (_, messages, _) = read_bytes("chat.txt", text.as_bytes(), &ReadOptions::default()).expect("reads");
        assert_eq!(letters(&messages), "ca", "{delimiter}");
    }
}

#[test]
fn records_of_named_fields_are_read_by_their_names() {
    let text = concat!(
        "{\"id\":7,\"utterance\":\"怎么退保😀\",\"intent\":\"cancel\",\"entities\":[{\"start\":2,\"end\":4,\"entity\":\"act\"}]}\n",
        "{\"id\":8,\"utterance\":null,\"intent\":\"cancel\"}\n",
        "{\"id\":9,\n",
        "[1,2]\n",
    );
    let (summary, messages, rejected) = read_bytes("a.jsonl", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(summary.format, Format::Jsonl);
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].text.as_str(), messages[0].intent.as_deref()), ("怎么退保😀", Some("cancel")));
    let reasons: Vec<_> = rejected.iter().map(|row| (row.line, row.reason.name())).collect();
    assert_eq!(reasons, [(2, "empty"), (3, "json"), (4, "other-shape")]);
}

#[test]
fn a_document_of_records_is_read_like_its_lines() {
    let line = |n: u32| format!("{{\"text\":\"问题{n}\",\"intent\":\"i{n}\"}}");
    let lines: Vec<String> = (0..5).map(line).collect();
    let by_line = texts("a.jsonl", lines.join("\n").as_bytes());
    assert_eq!(texts("a.json", format!("[{}]", lines.join(",\n")).as_bytes()), by_line);
    assert_eq!(texts("b.json", format!("{{\"v\":1,\"data\":[{}]}}", lines.join(",\n")).as_bytes()), by_line);
}

#[test]
fn nesting_without_end_is_a_rejected_row_not_a_crash() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let text = format!("{{\"text\":\"您好\"}}\n{{\"text\":\"再见\",\"x\":{deep}}}\n");
    let (_, messages, rejected) = read_bytes("a.jsonl", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!((messages.len(), rejected.len()), (1, 1));
    assert_eq!(rejected[0].reason.name(), "json");
    assert!(rejected[0].raw.len() <= 64 * 1024);
}

#[test]
fn a_broken_document_names_the_place() {
    let text = "[\n {\"text\": \"您好\"},\n {\"text\": oops}\n]\n";
    let error = read_bytes("a.json", text.as_bytes(), &ReadOptions::default()).expect_err("no JSON");
    assert!(matches!(error, Error::Json { line: 3, column: 11, .. }), "{error:?}");
}

#[test]
fn rows_that_cannot_be_used_are_set_aside_with_their_reason() {
    let long = "长".repeat(30_000);
    let text = format!(
        "会话ID,角色,内容\nS1,客户,您好\nS1,客户\nS1,客户,多,一格\nS1,客户,\nS1,小李,在\nS1,客户,{long}\nS1,客户,好,,\n"
    );
    let (_, messages, rejected) = read_bytes("a.csv", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(messages.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["您好", "好"]);
    let reasons: Vec<_> = rejected.iter().map(|row| (row.line, row.reason.clone())).collect();
    assert_eq!(
        reasons,
        [
            (3, RejectReason::Ragged { expected: 3, found: 2 }),
            (4, RejectReason::Ragged { expected: 3, found: 4 }),
            (5, RejectReason::Empty),
            (6, RejectReason::UnknownRole { word: "小李".to_owned() }),
            (7, RejectReason::TooLong { bytes: 90_000 }),
        ]
    );
    assert_eq!(rejected[0].raw, "S1,客户");
}

#[test]
fn a_role_mapped_by_hand_wins() {
    let text = "角色,昵称,内容\n小李,,在\n客户,老王,您好\n";
    let roles = vec![("小李".to_owned(), Role::Agent), ("老王".to_owned(), Role::Bot)];
    let options = ReadOptions { roles, ..ReadOptions::default() };
    let (_, messages, _) = read_bytes("a.csv", text.as_bytes(), &options).expect("reads");
    assert_eq!(letters(&messages), "ab");
}

#[test]
fn bytes_that_do_not_fit_a_guessed_encoding_cost_their_row_only() {
    let mut bytes = "角色,内容\n客户,我要投诉，贷款审批都十天了还没结果\n客户,".as_bytes().to_vec();
    bytes.extend(b"\xFF\xFE");
    bytes.extend("坏\n客户,再见，谢谢你们的帮助\n".as_bytes());
    let (summary, messages, rejected) = read_bytes("a.csv", &bytes, &ReadOptions::default()).expect("reads");
    assert_eq!(summary.charset, Charset::UTF_8);
    assert_eq!(messages.len(), 2);
    assert_eq!(rejected.iter().map(|r| (r.line, r.reason.name())).collect::<Vec<_>>(), [(3, "undecodable")]);
}

#[test]
fn bytes_that_do_not_fit_an_encoding_asked_for_refuse_the_file() {
    let gbk = Charset::GB18030.encoding().encode("角色,内容\n客户,我要投诉\n").0.into_owned();
    let options = ReadOptions { charset: Some(Charset::UTF_8), ..ReadOptions::default() };
    let options = ReadOptions { format: Some(Format::Lines), ..options };
    let error = read_bytes("a.csv", &gbk, &options).expect_err("not UTF-8");
    assert!(matches!(error, Error::Encoding { line: 1, byte: 0, charset: "UTF-8", .. }), "{error:?}");
}

#[test]
fn a_quote_that_swallows_the_file_refuses_it() {
    let mut text = "角色,内容\n客户,\"您好\n".to_owned();
    text.extend(std::iter::repeat_n("客户,再见\n", 50));
    let error = read_bytes("a.csv", text.as_bytes(), &ReadOptions::default()).expect_err("open");
    assert!(matches!(error, Error::OpenQuote { line: 2, .. }), "{error:?}");
}

#[test]
fn files_that_are_no_text_are_called_by_their_kind() {
    let options = ReadOptions::default();
    let unsupported = read_bytes("faq.xls", b"\xD0\xCF\x11\xE0abc", &options).expect_err("xls");
    assert!(matches!(unsupported, Error::Unsupported { kind: Foreign::OldOffice, .. }));
    let binary = read_bytes("x.dat", &[1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16], &options).expect_err("binary");
    assert!(matches!(binary, Error::Binary { .. }));
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(all(folder.path(), &options), Err(Error::NotAFile { .. } | Error::Io { .. })));
    assert!(matches!(all(&folder.path().join("none"), &options), Err(Error::Io { .. })));
}

#[test]
fn an_empty_file_is_no_rows() {
    for name in ["a.csv", "a.txt", "a.jsonl"] {
        let (summary, ..) = read_bytes(name, b"", &ReadOptions::default()).expect("nothing wrong");
        assert_eq!(summary.rows, 0, "{name}");
    }
}

#[test]
fn a_table_without_text_says_which_columns_it_has() {
    let error =
        read_bytes("a.csv", "编号,时间\n1,2024/3/1 10:00\n2,2024/3/1 10:01\n".as_bytes(), &ReadOptions::default());
    let Err(Error::NoTextColumn { columns, .. }) = error else { panic!("{error:?}") };
    assert_eq!(columns, ["编号", "时间"]);
}

#[test]
fn columns_may_be_named_by_hand() {
    let columns = options::columns("intent, text").expect("known words");
    assert_eq!(columns, [ColumnRole::Intent, ColumnRole::Text]);
    assert!(matches!(options::columns("text,colour"), Err(Error::UnknownColumn { name }) if name == "colour"));
    let options = ReadOptions { columns: Some(columns), header: Some(false), ..ReadOptions::default() };
    let (_, messages, _) = read_bytes("a.csv", "a,查话费\nb,退订\n".as_bytes(), &options).expect("reads");
    assert_eq!((messages[1].text.as_str(), messages[1].intent.as_deref()), ("退订", Some("b")));
    let error = read_bytes("a.csv", b"one\ntwo\n", &options).expect_err("one column only");
    assert!(matches!(error, Error::ColumnCount { given: 2, found: 1, .. }), "{error:?}");
}

#[test]
fn a_note_above_the_headings_is_no_row() {
    let text = "填写说明：带*为必填,,\n*标准问,相似问,答案\n怎么退保,退保流程|我要退保,请携带保单\n";
    let (_, messages, rejected) = read_bytes("kb.csv", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(messages.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["怎么退保", "退保流程", "我要退保"]);
    assert_eq!(rejected, []);
}

#[test]
fn merged_cells_belong_to_the_question_above() {
    let text = "标准问,相似问,答案\n怎么退保,退保流程,好\n,我要退保,\n怎么理赔,理赔流程,好\n,,\n";
    let (_, messages, rejected) = read_bytes("kb.csv", text.as_bytes(), &ReadOptions::default()).expect("reads");
    let of: Vec<_> = messages.iter().map(|m| (m.text.as_str(), m.intent.as_deref().unwrap_or_default())).collect();
    assert_eq!(
        of,
        [
            ("怎么退保", "怎么退保"),
            ("退保流程", "怎么退保"),
            ("我要退保", "怎么退保"),
            ("怎么理赔", "怎么理赔"),
            ("理赔流程", "怎么理赔")
        ]
    );
    assert_eq!(rejected.len(), 1);
}

#[test]
fn a_pasted_chat_is_cut_at_its_speakers() {
    let text = "客户: 在吗\n我的卡丢了\n注意：是储蓄卡\n客服：请您稍等\n\n系统: 会话结束\n客户: 喂\n客服: 您好\n";
    let (summary, messages, rejected) =
        read_bytes("talk.txt", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(summary.format, Format::Chat);
    assert_eq!(letters(&messages), "casca");
    assert_eq!(messages[0].text, "在吗\n我的卡丢了\n注意：是储蓄卡");
    assert_eq!(messages[3].conversation.as_deref(), Some("2"));
    assert_eq!(rejected, []);
}

#[test]
fn a_place_in_the_file_is_told_from_a_name() {
    let told = |name: &str, text: &str| -> Vec<bool> {
        read_bytes(name, text.as_bytes(), &ReadOptions::default())
            .expect("reads")
            .1
            .iter()
            .map(|m| m.numbered)
            .collect()
    };
    assert_eq!(told("talk.txt", "客户: 在吗\n客服: 您好\n"), [true, true]);
    assert_eq!(told("a.csv", "会话ID,内容\n1,在吗\nS20240301,您好\n,喂\n"), [true, false, false]);
    let messages = r#"[{"role":"user","content":"怎么销户"}]"#;
    assert_eq!(told("a.jsonl", &format!("{{\"id\":\"7\",\"messages\":{messages}}}\n")), [false]);
    assert_eq!(told("b.jsonl", &format!("{{\"messages\":{messages}}}\n")), [true]);
}

#[test]
fn a_name_above_its_time_is_no_message() {
    let text = "小店:客服A\n2024-3-1 10:00:05\n您好\n买家88\n2024-3-1 10:00:31\n什么时候发货\n在吗\n";
    let (_, messages, rejected) = read_bytes("talk.txt", text.as_bytes(), &ReadOptions::default()).expect("reads");
    let said: Vec<_> = messages.iter().map(|m| (m.speaker.as_deref().unwrap_or_default(), m.text.as_str())).collect();
    assert_eq!(said, [("小店:客服A", "您好"), ("买家88", "什么时候发货\n在吗")]);
    assert_eq!((letters(&messages).as_str(), rejected.len()), ("ac", 0));
}

#[test]
fn customers_one_after_the_other_are_conversations_of_their_own() {
    let mut text = String::new();
    for customer in ["tb1", "tb2", "tb3"] {
        for (name, said) in [(customer, "在吗"), ("小店:小美", "亲"), (customer, "发货了吗")] {
            text.push_str(&format!("{name} 2024-3-1 10:00:05\n{said}\n"));
        }
    }
    let (_, messages, _) = read_bytes("talk.txt", text.as_bytes(), &ReadOptions::default()).expect("reads");
    let names: String = messages.iter().filter_map(|m| m.conversation.clone()).collect();
    assert_eq!((letters(&messages).as_str(), names.as_str()), ("caccaccac", "111222333"));
}

#[test]
fn every_section_of_a_qq_export_has_its_customer() {
    let mut text = String::from("消息记录（此消息记录为文本格式，不支持重新导入）\n\n");
    for customer in ["张先生", "李女士"] {
        text.push_str(&format!("================\n消息对象:{customer}\n================\n\n"));
        text.push_str(&format!(
            "2024-03-01 10:00:05 {customer}(123456)\n在吗\n\n2024-03-01 10:00:09 小丽(99)\n您好\n\n"
        ));
    }
    let (_, messages, _) = read_bytes("talk.txt", text.as_bytes(), &ReadOptions::default()).expect("reads");
    let names: Vec<_> = messages.iter().filter_map(|m| m.conversation.as_deref()).collect();
    assert_eq!((letters(&messages).as_str(), names), ("caca", vec!["张先生", "张先生", "李女士", "李女士"]));
}

#[test]
fn a_clock_of_the_day_makes_a_chat() {
    let chat = "[10:00:05] 客户：在吗\n[10:00:09] 客服：您好\n";
    let (_, messages, _) = read_bytes("talk.txt", chat.as_bytes(), &ReadOptions::default()).expect("reads");
    assert!(messages.iter().all(|m| m.channel == Channel::Chat));
}

#[test]
fn what_stands_before_anybody_spoke_is_set_aside() {
    let text = "复制于今天\n还有一行\n[10:00:05] 客户：在吗\n[10:00:09] 客服：您好\n";
    let (_, messages, rejected) = read_bytes("talk.txt", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(letters(&messages), "ca");
    let reasons: Vec<_> = rejected.iter().map(|row| (row.line, row.reason.name())).collect();
    assert_eq!(reasons, [(1, "no-speaker"), (2, "no-speaker")]);
}

#[test]
fn a_chat_in_a_cell_is_read_like_a_chat_in_a_file() {
    let text = "会话ID,满意度,聊天记录\nS1,好,\"2024-03-01 10:00:05 访客1\n卡丢了\n2024-03-01 10:00:09 客服小李\n请您稍等\"\nS2,,\"访客：在吗<br>机器人：您好\"\nS3,,随便\n";
    let (_, messages, rejected) = read_bytes("a.csv", text.as_bytes(), &ReadOptions::default()).expect("reads");
    assert_eq!(letters(&messages), "cacb");
    assert_eq!(messages.iter().map(|m| m.conversation.as_deref().unwrap_or_default()).collect::<String>(), "S1S1S2S2");
    assert_eq!(messages[1].at, Some(1_709_258_409_000));
    assert_eq!(rejected.iter().map(|row| row.reason.name()).collect::<Vec<_>>(), ["no-speaker"]);
}

#[test]
fn a_preview_shows_the_first_rows_and_guesses_the_rest() {
    let mut text = "角色,内容\n".to_owned();
    text.extend(std::iter::repeat_n("客户,我要投诉你们\n", 50_000));
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    file.write_all(text.as_bytes()).expect("writes");
    let seen = preview(file.path(), &ReadOptions::default(), 20).expect("reads");
    assert_eq!((seen.messages.len(), seen.whole, seen.size), (20, false, text.len() as u64));
    assert!((45_000..55_000).contains(&seen.estimated_rows), "{}", seen.estimated_rows);
    let all = preview(&path("chat/generic_export_gbk.csv"), &ReadOptions::default(), 20).expect("reads");
    assert_eq!((all.messages.len(), all.whole, all.estimated_rows), (6, true, 6));
}

#[test]
fn the_trainer_may_stop_and_the_sink_may_stop() {
    struct Tired;
    impl Progress for Tired {
        fn at(&self, _: u64, _: u64) {}
        fn stopped(&self) -> bool {
            true
        }
    }
    let file = path("chat/generic_export_gbk.csv");
    let mut none = |_: Record| Ok(());
    assert!(matches!(read(&file, &ReadOptions::default(), &Tired, &mut none), Err(Error::Stopped)));
    let mut seen = 0;
    let mut one = |_: Record| {
        seen += 1;
        Err(Stop)
    };
    assert!(matches!(read(&file, &ReadOptions::default(), &Quiet, &mut one), Err(Error::Stopped)));
    assert_eq!(seen, 1);
}

fn example() -> impl Strategy<Value = ExportRow> {
    let text = "[a好😀=+@,;|\"'\\[\\](){}\\\\:\r\n\t <>#*&!-]{0,12}[a好😀\\])'\"]";
    let intent = proptest::option::of("[a-z好/_.=' #:-]{0,6}[a-z好]");
    (text, intent, 0u64..1000).prop_map(|(text, intent, count)| ExportRow {
        text,
        intent: intent.map(|name: String| name.trim().to_owned()).filter(|name| !name.is_empty()),
        count,
        ..ExportRow::default()
    })
}

fn pairs(rows: &[ExportRow]) -> Vec<(String, Option<String>)> {
    rows.iter().map(|row| (row.text.clone(), row.intent.clone())).collect()
}

fn read_back(name: &str, bytes: &[u8]) -> Vec<(String, Option<String>)> {
    let (_, messages, rejected) = read_bytes(name, bytes, &ReadOptions::default()).expect("reads");
    assert_eq!(rejected, []);
    messages.into_iter().map(|m| (m.text, m.intent)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn json_lines_come_back(rows in proptest::collection::vec(example(), 1..8)) {
        let mut bytes = Vec::new();
        jsonl::write(&rows, &mut bytes).expect("memory");
        prop_assert_eq!(read_back("out.jsonl", &bytes), pairs(&rows));
    }

    #[test]
    fn tables_come_back_guard_and_all(rows in proptest::collection::vec(example(), 1..8), tab in any::<bool>()) {
        let mut bytes = Vec::new();
        let options = TableOptions { delimiter: if tab { '\t' } else { ',' }, ..TableOptions::default() };
        table::write(&rows, options, &mut bytes).expect("memory");
        prop_assert_eq!(read_back(if tab { "out.tsv" } else { "out.csv" }, &bytes), pairs(&rows));
    }

    #[test]
    fn rasa_data_comes_back(rows in proptest::collection::vec(example(), 1..8)) {
        let mut bytes = Vec::new();
        rasa::write(&rows, &mut bytes).expect("memory");
        let ends = ['\n', '\r', ' '];
        let mut wanted: Vec<_> = pairs(&rows).into_iter().filter(|(text, intent)| intent.is_some() && !text.trim().is_empty())
            .map(|(text, intent)| (text.trim_matches(ends).to_owned(), intent)).collect();
        let mut read = read_back("out.yml", &bytes);
        // Examples of one intent stand together.
        wanted.sort();
        read.sort();
        prop_assert_eq!(read, wanted);
    }

    #[test]
    fn no_bytes_make_a_reader_fall(bytes in proptest::collection::vec(any::<u8>(), 0..200), name in "a\\.(csv|tsv|txt|json|jsonl|yml)") {
        let _ = read_bytes(&name, &bytes, &ReadOptions::default());
    }

    #[test]
    fn no_text_makes_a_reader_fall(text in "[\\[\\]{}\",:;|\t\n\ra好客户0-9 -]{0,120}", name in "a\\.(csv|tsv|txt|json|jsonl|yml)") {
        let _ = read_bytes(&name, text.as_bytes(), &ReadOptions::default());
    }
}

#[test]
fn rasa_examples_know_their_line_and_their_marks() {
    let (_, messages, _) = all(&path("chat/rasa_nlu.yml"), &ReadOptions::default()).expect("reads");
    let places: Vec<_> = messages.iter().map(|m| (m.line, m.intent.as_deref().unwrap_or_default())).collect();
    assert_eq!(places, [(5, "claim_documents"), (6, "claim_documents"), (12, "faq/ask_open_account")]);
    let mark = Mark { range: ByteRange::new(6, 15), entity: "product".to_owned(), value: String::new() };
    assert_eq!(messages[1].marks, [mark]);
}

#[test]
fn rasa_files_of_another_trade_are_called_so_and_broken_ones_name_the_place() {
    let options = ReadOptions::default();
    let stories = "version: \"3.1\"\nstories:\n- story: a\n  steps:\n  - intent: b\n";
    let error = read_bytes("stories.yml", stories.as_bytes(), &options).expect_err("no examples");
    assert!(matches!(error, Error::Unsupported { kind: Foreign::RasaOther, .. }), "{error:?}");
    let broken = "nlu:\n- intent: a\n  examples: |\n    - b\n  examples: [\n";
    let error = read_bytes("nlu.yml", broken.as_bytes(), &options).expect_err("no YAML");
    assert!(matches!(error, Error::Yaml { line: 5 | 6, .. }), "{error:?}");
    let undashed = "nlu:\n- intent: a\n  examples: |\n    - b\n    c\n";
    let (_, messages, rejected) = read_bytes("nlu.yml", undashed.as_bytes(), &options).expect("reads");
    assert_eq!(messages.len(), 1);
    assert_eq!(rejected.iter().map(|r| (r.line, r.reason.name())).collect::<Vec<_>>(), [(5, "not-an-example")]);
}

#[test]
fn a_nest_of_aliases_is_refused_quickly() {
    let mut text = "nlu:\n- intent: a\n  examples: |\n    - b\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let list = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    let error = read_bytes("nlu.yml", text.as_bytes(), &ReadOptions::default()).expect_err("too many nodes");
    assert!(matches!(error, Error::Yaml { .. }), "{error:?}");
}

#[test]
fn marked_stretches_survive_json_lines() {
    let mark = Mark { range: ByteRange::new(6, 15), entity: "product".to_owned(), value: "cancer".to_owned() };
    let row = ExportRow {
        text: "申请重疾险理赔😀".to_owned(),
        intent: Some("claim".to_owned()),
        spans: vec![mark.clone()],
        ..ExportRow::default()
    };
    let mut bytes = Vec::new();
    jsonl::write([&row], &mut bytes).expect("memory");
    let (_, messages, _) = read_bytes("out.jsonl", &bytes, &ReadOptions::default()).expect("reads");
    assert_eq!(messages[0].marks, [mark]);
}
