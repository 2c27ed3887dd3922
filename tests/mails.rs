//! Mail from a file to the queue: threads over files, mailboxes that grow, what cleaning cuts and gives back.

use std::path::{Path, PathBuf};

use daoshi::domain::conversation::Role;
use daoshi::formats::options::ReadOptions;
use daoshi::progress::Quiet;
use daoshi::text::clean::rule::Rule;
use daoshi::workbench::import::{ImportReport, import};
use daoshi::workbench::label::order::Order;
use daoshi::workbench::label::{context, queue};
use daoshi::workbench::project::Project;
use daoshi::workbench::{clean, label};

fn mail(id: &str, before: &str, from: &str, minute: u32, body: &str) -> String {
    let to = if from == "li@qq.com" { "kefu@bank.example" } else { "li@qq.com" };
    let reply = if before.is_empty() {
        String::new()
    } else {
        format!("In-Reply-To: <{before}@x>\nReferences: <1@x> <{before}@x>\n")
    };
    format!(
        "From: {from}\nTo: {to}\nSubject: 年费\nMessage-ID: <{id}@x>\n{reply}Date: Fri, 01 Mar 2024 10:{minute:02}:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    )
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("writes");
    path
}

fn bring(project: &mut Project, path: &Path) -> ImportReport {
    let report = import(project, &[path.to_path_buf()], &ReadOptions::default(), &Quiet).expect("imports");
    assert!(report.refused.is_empty());
    assert!(report.files.iter().all(|file| file.read == file.kept + file.aside));
    report
}

/// Returns who spoke around the first text that holds `part`, in order, and the place of that text.
fn around(project: &Project, part: &str) -> (Vec<(Role, String)>, usize) {
    let items = queue(project, Order::Customers, &[], 100).expect("lists");
    let item =
        items.iter().find(|item| item.utterance.text.contains(part)).unwrap_or_else(|| panic!("{part}: {items:?}"));
    let (turns, here) = context(project, item.utterance.id, 0, 9).expect("reads").expect("it was said");
    (turns.into_iter().map(|turn| (turn.role, turn.clean.unwrap_or_default())).collect(), here)
}

#[test]
fn a_maildir_is_one_talk_in_the_order_it_was_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let (cur, new) = (folder.path().join("cur"), folder.path().join("new"));
    std::fs::create_dir(&cur).expect("makes");
    std::fs::create_dir(&new).expect("makes");
    write(&cur, "a.eml", &mail("3", "2", "li@qq.com", 3, "金卡，尾号一二三四\n\n> 哪张卡？"));
    write(&new, "b.eml", &mail("1", "", "li@qq.com", 1, "年费怎么减免？\n\n发自我的iPhone"));
    // A file of a Maildir has no ending.
    write(&cur, "1709258405.M1P2.host:2,S", &mail("2", "1", "kefu@bank.example", 2, "哪张卡呢"));
    let mut project = Project::in_memory("Li").expect("opens");
    let report = bring(&mut project, folder.path());
    assert_eq!(report.files.len(), 3);
    let (turns, here) = around(&project, "金卡");
    let said: Vec<_> = turns.iter().map(|(role, text)| (*role, text.as_str())).collect();
    assert_eq!(
        said,
        [(Role::Customer, "年费怎么减免？"), (Role::Agent, "哪张卡呢"), (Role::Customer, "金卡，尾号一二三四")]
    );
    assert_eq!(here, 2);
}

#[test]
fn a_mailbox_that_grew_brings_only_what_is_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = "From li Fri Mar  1 10:00:05 2024\n";
    let old = format!(
        "{from}{}\n{from}{}\n",
        mail("1", "", "li@qq.com", 1, "年费怎么减免？"),
        mail("2", "1", "kefu@bank.example", 2, "哪张卡呢")
    );
    let path = write(folder.path(), "inbox.mbox", &old);
    let mut project = Project::in_memory("Li").expect("opens");
    assert_eq!(bring(&mut project, &path).files[0].kept, 2);
    let grown = format!("{old}{from}{}\n", mail("3", "2", "li@qq.com", 3, "金卡的年费"));
    write(folder.path(), "inbox.mbox", &grown);
    let again = bring(&mut project, &path);
    assert_eq!((again.files[0].kept, again.files[0].reasons.get("known")), (1, Some(&2)));
    assert_eq!(around(&project, "金卡").0.len(), 3);
}

#[test]
fn a_rule_for_mails_is_a_switch_like_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let body = "年费怎么减免？\n\n祝好\n张三\n\n客服 <kefu@bank.example> 于2024年2月29日周四 15:20写道：\n> 您好";
    let path = write(folder.path(), "a.eml", &mail("1", "", "li@qq.com", 1, body));
    let mut project = Project::in_memory("Li").expect("opens");
    bring(&mut project, &path);
    let hits = |project: &Project, rule: Rule| {
        clean::report(project)
            .expect("lists")
            .rules
            .into_iter()
            .find(|state| state.rule == rule)
            .map(|state| state.hits)
    };
    assert_eq!((hits(&project, Rule::Quote), hits(&project, Rule::Signature)), (Some(1), Some(1)));
    let samples = clean::samples(&mut project, Rule::Quote, 5).expect("traces");
    assert!(samples[0].before.ends_with("> 您好") && samples[0].after.ends_with("张三"));
    clean::switch(&mut project, Rule::Quote, false).expect("switches");
    clean::clean(&mut project, &Quiet).expect("cleans");
    assert!(around(&project, "年费").0[0].1.ends_with("> 您好"));
    assert_eq!(hits(&project, Rule::Quote), Some(0));
    project.undo().expect("takes back");
    assert_eq!(around(&project, "年费").0[0].1, "年费怎么减免？");
    assert_eq!(label::waiting(&project).expect("counts"), 1);
}

#[test]
fn the_sample_mailbox_gives_what_its_list_says_and_only_new_words() {
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh/logs");
    let list = std::fs::read_to_string(logs.join("README.md")).expect("reads");
    let row = list.lines().find(|line| line.starts_with("| inbox.mbox ")).expect("the mailbox is listed");
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let number = |cell: &str| cell.split(' ').next().and_then(|word| word.parse::<u64>().ok()).expect("a number");
    let mut project = Project::in_memory("Li").expect("opens");
    let report = bring(&mut project, &logs.join("inbox.mbox"));
    let set_aside: u64 = cells[5].split(',').map(|fault| number(fault.trim())).sum();
    assert_eq!((report.files[0].kept, report.files[0].aside), (number(cells[3]), set_aside));
    let items = queue(&project, Order::Customers, &[], 1000).expect("lists");
    assert!(items.len() > 30, "{}", items.len());
    for item in items {
        let text = &item.utterance.text;
        for rest in ["写道", "原始邮件", "发件人", "保密信息", "发自我的", "来自我的", "敬礼", "祝好", "wrote", "\n> "]
        {
            assert!(!text.contains(rest), "{text}");
        }
    }
}

/// A mail whose mailer names no mail before it.
fn loose(id: &str, subject: &str, from: &str, to: &str, minute: u32) -> String {
    format!(
        "From: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}@x>\nDate: Fri, 01 Mar 2024 10:{minute:02}:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n第{id}封：{subject}\n"
    )
}

#[test]
fn replies_without_references_find_their_subject_over_the_files_of_one_import() {
    let (li, desk) = ("li@qq.com", "kefu@bank.example");
    let folder = tempfile::tempdir().expect("a folder");
    // The answer's file comes before that of the question.
    write(folder.path(), "a.eml", &loose("2", "回复：年费减免", desk, li, 2));
    write(folder.path(), "b.eml", &loose("1", "年费减免", li, desk, 1));
    write(folder.path(), "c.eml", &loose("3", "Fw: Re: 答复: 年费减免", li, desk, 3));
    write(folder.path(), "d.eml", &loose("4", "转发: 年费减免", "wang@163.com", desk, 4));
    write(folder.path(), "e.eml", &loose("5", "年费减免", li, desk, 5));
    write(folder.path(), "f.csv", "内容\n年费减免\n");
    let mut project = Project::in_memory("Li").expect("opens");
    let report = bring(&mut project, folder.path());
    let texts = |part: &str| around(&project, part).0.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    assert_eq!(texts("第1封"), ["第1封：年费减免", "第2封：回复：年费减免", "第3封：Fw: Re: 答复: 年费减免"]);
    assert_eq!(texts("第4封").len(), 1, "somebody else writes");
    assert_eq!(texts("第5封").len(), 1, "a mail that answers nothing begins a talk of its own");
    assert_eq!(report.files.iter().map(|file| file.kept).sum::<u64>(), 6);
    let again = bring(&mut project, folder.path());
    assert_eq!(again.files.iter().map(|file| file.kept).sum::<u64>(), 0, "a second import adds nothing");

    // In an import of its own a reply knows nobody.
    let mut alone = Project::in_memory("Li").expect("opens");
    bring(&mut alone, &folder.path().join("b.eml"));
    bring(&mut alone, &folder.path().join("c.eml"));
    assert_eq!(around(&alone, "第3封").0.len(), 1);
}
