//! Writes conversations as the files of the desk's systems, and counts what it wrote.

use std::collections::BTreeMap;

use encoding_rs::GB18030;
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::json;

use crate::clock;
use crate::mails;
use crate::pack::{Columns, Encoding, FilePlan, Language, Shape};
use crate::talk::{Conversation, Message, Role};
use crate::wear;

/// A file's bytes and what stands in it.
pub struct Written {
    pub path: String,
    pub bytes: Vec<u8>,
    /// Messages that can be read, from anybody.
    pub rows: usize,
    pub customer: usize,
    pub conversations: usize,
    /// Broken rows by what is wrong with them.
    pub broken: BTreeMap<&'static str, usize>,
}

/// Writes all conversations of one plan: one file, or one for each contact.
pub fn write(
    plan: &FilePlan,
    language: Language,
    talks: &[Conversation],
    rng: &mut Xoshiro256PlusPlus,
) -> Vec<Written> {
    match plan.shape {
        Shape::Table => vec![table(plan, language, talks, rng)],
        Shape::MessageLines => vec![message_lines(plan, language, talks, rng)],
        Shape::Openai => vec![whole(plan, talks, openai(talks))],
        Shape::Qianniu => vec![qianniu(plan, talks)],
        Shape::Qq => qq(plan, talks),
        Shape::Chat => vec![whole(plan, talks, chat(talks))],
        Shape::Calls => vec![whole(plan, talks, calls(language, talks))],
        Shape::Mail => vec![mails::mailbox(plan, talks, rng)],
        Shape::List => Vec::new(),
    }
}

/// Writes a list of questions, one a line, with the rubbish such lists carry.
pub fn list(plan: &FilePlan, questions: &[String], language: Language) -> Written {
    const RUBBISH_ZH: &[(&str, &str)] = &[
        ("", "empty"),
        ("？？？", "signs only"),
        ("ä½ å¥½ï¼Œè¯·é—®", "mojibake"),
        ("", "empty"),
        ("锟斤拷锟斤拷锟斤拷", "mojibake"),
        ("。", "signs only"),
        ("", "empty"),
    ];
    const RUBBISH_EN: &[(&str, &str)] = &[("", "empty"), ("???", "signs only"), ("canâ€™t log in", "mojibake")];
    let rubbish = if language == Language::Zh { RUBBISH_ZH } else { RUBBISH_EN };
    let step = questions.len() / (plan.broken + 1).max(1);
    let (mut text, mut broken) = (String::new(), BTreeMap::new());
    for (place, question) in questions.iter().enumerate() {
        if place > 0
            && place % step.max(1) == 0
            && let Some((line, fault)) = rubbish.get(place / step - 1)
            && place / step <= plan.broken
        {
            text.push_str(line);
            text.push('\n');
            *broken.entry(*fault).or_default() += 1;
        }
        text.push_str(question);
        text.push('\n');
    }
    Written {
        path: plan.path.clone(),
        bytes: encode(&text, plan.encoding),
        // Worthless lines are lines all the same; only empty ones vanish.
        rows: questions.len()
            + broken.iter().filter(|(fault, _)| **fault != "empty").map(|(_, times)| times).sum::<usize>(),
        customer: questions.len(),
        conversations: questions.len(),
        broken,
    }
}

fn whole(plan: &FilePlan, talks: &[Conversation], text: String) -> Written {
    Written {
        path: plan.path.clone(),
        bytes: encode(&text, plan.encoding),
        rows: talks.iter().map(|talk| talk.messages.len()).sum(),
        customer: talks.iter().map(customer_turns).sum(),
        conversations: talks.len(),
        broken: BTreeMap::new(),
    }
}

/// Counts the customer's messages.
pub fn customer_turns(talk: &Conversation) -> usize {
    talk.messages.iter().filter(|message| message.role == Role::Customer).count()
}

fn table(plan: &FilePlan, language: Language, talks: &[Conversation], rng: &mut Xoshiro256PlusPlus) -> Written {
    let separator = if plan.path.ends_with(".tsv") { '\t' } else { ',' };
    let mut lines: Vec<String> = Vec::new();
    for (place, talk) in talks.iter().enumerate() {
        let id = format!("S{:05}", place + 1);
        let visitor =
            format!("{}{}", if language == Language::Zh { "访客" } else { "Visitor " }, 1000 + place * 7 % 9000);
        for (turn, message) in talk.messages.iter().enumerate() {
            let last = turn + 1 == talk.messages.len();
            let cells = match plan.columns {
                Columns::Narrow => vec![
                    id.clone(),
                    clock::slashes(message.at),
                    role_name(message.role, language).to_owned(),
                    message.text.clone(),
                ],
                Columns::Wide => vec![
                    id.clone(),
                    clock::dashes(message.at),
                    role_name(message.role, language).to_owned(),
                    nick(message, &visitor, place),
                    kind_name(message, language).to_owned(),
                    message.text.clone(),
                    if last { mood_name(talk.happy, language).to_owned() } else { String::new() },
                ],
            };
            lines
                .push(cells.iter().map(|cell| quote(cell, separator)).collect::<Vec<_>>().join(&separator.to_string()));
        }
    }
    let head: &[&str] = match (plan.columns, language) {
        (Columns::Narrow, Language::Zh) => &["会话ID", "时间", "角色", "内容"],
        (Columns::Wide, Language::Zh) => &["会话ID", "消息时间", "角色", "昵称", "消息类型", "消息内容", "满意度"],
        (Columns::Narrow, Language::En) => &["conversation_id", "time", "role", "text"],
        (Columns::Wide, Language::En) => &["conversation_id", "time", "role", "name", "type", "text", "rating"],
    };
    let mut bytes = start(plan.encoding);
    let add = |bytes: &mut Vec<u8>, line: &str| bytes.extend(body(&format!("{line}\r\n"), plan.encoding));
    add(&mut bytes, &head.join(&separator.to_string()));
    let step = lines.len() / (plan.broken + 1);
    let mut broken = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        if plan.broken > 0 && place > 0 && place % step == 0 && place / step <= plan.broken {
            // A byte no GBK knows would make the whole file look like another encoding.
            let exact = matches!(plan.encoding, Encoding::Utf8 | Encoding::Utf8Bom);
            let fault = if exact { place / step - 1 } else { (place / step - 1) % 3 };
            let template = lines[place - 1].lines().next().unwrap_or("S00000");
            let (row, name) = wear::break_row(template, separator, fault, rng);
            match String::from_utf8(row) {
                Ok(row) => add(&mut bytes, &row),
                Err(raw) => {
                    let from = raw.utf8_error().valid_up_to();
                    let raw = raw.into_bytes();
                    bytes.extend(body(&String::from_utf8_lossy(&raw[..from]), plan.encoding));
                    bytes.extend(&raw[from..]);
                    bytes.extend(b"\r\n");
                }
            }
            *broken.entry(name).or_default() += 1;
        }
        add(&mut bytes, line);
    }
    Written {
        path: plan.path.clone(),
        bytes,
        rows: lines.len(),
        customer: talks.iter().map(customer_turns).sum(),
        conversations: talks.len(),
        broken,
    }
}

fn message_lines(plan: &FilePlan, language: Language, talks: &[Conversation], rng: &mut Xoshiro256PlusPlus) -> Written {
    let channel = if language == Language::Zh { "wechat" } else { "messenger" };
    let mut lines = Vec::new();
    for (place, talk) in talks.iter().enumerate() {
        for message in &talk.messages {
            let role = match message.role {
                Role::Customer => "user",
                Role::Agent => "agent",
                Role::Bot => "bot",
                Role::System => "system",
            };
            lines.push(
                json!({
                    "conversation_id": format!("{}{:05}", if language == Language::Zh { "wx" } else { "m" }, place + 1),
                    "time": clock::zoned(message.at),
                    "role": role,
                    "channel": channel,
                    "text": message.text,
                })
                .to_string(),
            );
        }
    }
    let step = lines.len() / (plan.broken + 1);
    let (mut text, mut broken) = (String::new(), BTreeMap::new());
    for (place, line) in lines.iter().enumerate() {
        if plan.broken > 0 && place > 0 && place % step == 0 && place / step <= plan.broken {
            let (row, fault) = match (place / step) % 3 {
                1 => (cut(line, rng), "cut off"),
                2 => (String::new(), "empty"),
                _ => ("[\"heartbeat\", 0]".to_owned(), "not an object"),
            };
            text.push_str(&row);
            text.push('\n');
            *broken.entry(fault).or_default() += 1;
        }
        text.push_str(line);
        text.push('\n');
    }
    Written { broken, ..whole(plan, talks, text) }
}

/// The first half of a line, as a full disk leaves it.
fn cut(line: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let signs = line.chars().count();
    line.chars().take(signs / 2 + rng.gen_range(0..6)).collect()
}

fn openai(talks: &[Conversation]) -> String {
    let mut text = String::new();
    for talk in talks {
        let messages: Vec<_> = talk
            .messages
            .iter()
            .map(|message| {
                let role = match message.role {
                    Role::Customer => "user",
                    Role::System => "system",
                    Role::Agent | Role::Bot => "assistant",
                };
                json!({"role": role, "content": message.text})
            })
            .collect();
        text.push_str(&json!({ "messages": messages }).to_string());
        text.push('\n');
    }
    text
}

/// Pasted chats of a shop; whoever pasted them drew a line between two.
fn qianniu(plan: &FilePlan, talks: &[Conversation]) -> Written {
    const SHOP: &str = "澜石保险旗舰店";
    let (mut text, mut notices) = (String::new(), 0);
    for (place, talk) in talks.iter().enumerate() {
        if place > 0 {
            text.push_str("--------------------\n");
        }
        let buyer = format!("tb{}", 3_829_301 + place * 7919);
        let clerk = ["小美", "小丽", "阿杰"][place % 3];
        for (turn, message) in talk.messages.iter().enumerate() {
            let time = clock::short(message.at);
            match message.role {
                Role::Customer => text.push_str(&format!("{buyer} {time}\n{}\n", message.text)),
                Role::Agent | Role::Bot => text.push_str(&format!("{SHOP}:{clerk} {time}\n{}\n", message.text)),
                Role::System if message.text.contains("撤回") => text.push_str(&format!("{buyer} 撤回了一条消息\n")),
                Role::System => {
                    text.push_str(&format!("{SHOP}:{clerk} --> {SHOP}:阿杰 {time}\n由 服务助手 转交给 阿杰\n"));
                }
            }
            if turn == 0 && place % 5 == 0 {
                text.push_str("当前用户来自 商品详情页\nhttps://item.example.com/item.htm?id=652301\n￥\n");
            }
            if message.role == Role::Agent && turn % 3 == 1 {
                text.push_str("已读\n");
                notices += 1;
            }
        }
    }
    let file = whole(plan, talks, text);
    Written { rows: file.rows + notices, ..file }
}

/// One export a contact, with all the talks the desk had with them.
fn qq(plan: &FilePlan, talks: &[Conversation]) -> Vec<Written> {
    const RULE: &str = "================================================================\n";
    const SURNAMES: [&str; 8] = ["张", "李", "陈", "黄", "吴", "欧阳", "周", "何"];
    let contact = |(place, surname): (usize, &&str)| {
        let person = format!("{surname}{}", ["先生", "女士"][place % 2]);
        let number = 10_234_567 + place * 104_729;
        let mut text = format!(
            "消息记录（此消息记录为文本格式，不支持重新导入）\n\n{RULE}消息分组:客户\n{RULE}消息对象:{person}\n{RULE}\n"
        );
        let own = || talks.iter().skip(place).step_by(SURNAMES.len());
        for message in own().flat_map(|talk| &talk.messages) {
            let who = match message.role {
                Role::Customer => format!("{person}({number})"),
                Role::Agent | Role::Bot => "客服007<kf007@example.com>".to_owned(),
                Role::System => "系统消息(10000)".to_owned(),
            };
            text.push_str(&format!("{} {who}\n{}\n\n", clock::dashes(message.at), message.text));
        }
        Written {
            path: format!("{}-{}.txt", plan.path, place + 1),
            bytes: encode(&text, plan.encoding),
            rows: own().map(|talk| talk.messages.len()).sum(),
            customer: own().map(customer_turns).sum(),
            conversations: own().count(),
            broken: BTreeMap::new(),
        }
    };
    SURNAMES.iter().enumerate().map(contact).collect()
}

fn chat(talks: &[Conversation]) -> String {
    let mut text = String::new();
    for (place, talk) in talks.iter().enumerate() {
        text.push_str(&format!("--- Conversation {} ---\n", 40_210 + place));
        for message in &talk.messages {
            let who = match message.role {
                Role::Customer => "Customer",
                Role::Agent => "Agent",
                Role::Bot => "Bot",
                Role::System => "System",
            };
            text.push_str(&format!("[{}] {who}: {}\n", clock::dashes(message.at), message.text));
        }
        text.push('\n');
    }
    text
}

/// Recognised calls, one after the other, each with the time since its beginning.
fn calls(language: Language, talks: &[Conversation]) -> String {
    let (head, agent, customer) =
        if language == Language::Zh { ("会话ID", "坐席", "客户") } else { ("Conversation", "Agent", "Customer") };
    let mut text = String::new();
    for (place, talk) in talks.iter().enumerate() {
        let first = talk.messages.first().map_or(0, |message| message.at);
        text.push_str(&format!("{head}: C{:03}\n", place + 1));
        for message in &talk.messages {
            let at = message.at - first;
            let who = if message.role == Role::Customer { customer } else { agent };
            text.push_str(&format!("[{:02}:{:02}] {who}: {}\n", at / 60, at % 60, message.text));
        }
        text.push('\n');
    }
    text
}

fn role_name(role: Role, language: Language) -> &'static str {
    match (role, language) {
        (Role::Customer, Language::Zh) => "访客",
        (Role::Agent, Language::Zh) => "客服",
        (Role::Bot, Language::Zh) => "机器人",
        (Role::System, Language::Zh) => "系统",
        (Role::Customer, Language::En) => "customer",
        (Role::Agent, Language::En) => "agent",
        (Role::Bot, Language::En) => "bot",
        (Role::System, Language::En) => "system",
    }
}

fn nick(message: &Message, visitor: &str, place: usize) -> String {
    match message.role {
        Role::Customer => visitor.to_owned(),
        Role::Agent => ["小李", "小陈", "客服012", "小美"][place % 4].to_owned(),
        Role::Bot => "小智".to_owned(),
        Role::System => String::new(),
    }
}

fn kind_name(message: &Message, language: Language) -> &'static str {
    match (message.role, message.text.starts_with("[图片]"), language) {
        (Role::System, _, Language::Zh) => "系统",
        (Role::System, _, Language::En) => "system",
        (_, true, _) => "图片",
        (_, false, Language::Zh) => "文本",
        (_, false, Language::En) => "text",
    }
}

fn mood_name(happy: Option<bool>, language: Language) -> &'static str {
    match (happy, language) {
        (None, _) => "",
        (Some(true), Language::Zh) => "满意",
        (Some(false), Language::Zh) => "不满意",
        (Some(true), Language::En) => "good",
        (Some(false), Language::En) => "bad",
    }
}

fn quote(cell: &str, separator: char) -> String {
    if cell.contains([separator, '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let mut bytes = start(encoding);
    bytes.extend(body(text, encoding));
    bytes
}

fn start(encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8Bom => vec![0xEF, 0xBB, 0xBF],
        Encoding::Utf16le => vec![0xFF, 0xFE],
        _ => Vec::new(),
    }
}

fn body(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => text.as_bytes().to_vec(),
        Encoding::Utf16le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Gbk => GB18030.encode(text).0.into_owned(),
        Encoding::GbkCrlf => GB18030.encode(&text.replace('\n', "\r\n")).0.into_owned(),
    }
}
