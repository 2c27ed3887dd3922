//! Files come in: a path, a mapping by keys, a profile, what came of it and taking it back.

use std::path::{Path, PathBuf};

use daoshi::i18n::Lang;

use rust_xlsxwriter::Workbook;

use crate::hand::Hand;

/// A folder with files in it.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let path = folder.path().to_path_buf();
    (folder, path)
}

const ODD: &str = "甲,乙,丙,丁\nS001,01,2024-3-1 10:00,卡丢了怎么办\nS001,02,2024-3-1 10:01,请先挂失\nS002,01,2024-3-1 11:00,利息多少\nS002,02\n";

#[test]
fn an_odd_table_is_mapped_by_keys_and_its_source_is_known_next_time() {
    let second = "丁,丙,乙,甲,戊\n怎么销户,2024-3-2 09:00,01,S003,无\n";
    let (_kept, folder) = folder(&[("odd_1.csv", ODD), ("odd_2.csv", second)]);
    let mut hand = Hand::new(Lang::Zh);

    // A path pasted with its quotes.
    hand.press("ctrl-right F2").paste(&format!("'{}/odd_1.csv'", folder.display())).press("enter");
    hand.sees("添加了 1 个文件").sees("odd_1.csv");

    // Conversation, role, and who 01 and 02 are; the digits come full-width from an input method.
    hand.press("F5").sees("当作").sees("甲").press("６ down ５").sees("01").sees("？不认识");
    hand.press("down down down １").press("down ２").sees("客户 卡丢了怎么办").sees("坐席 请先挂失");
    hand.sees("列数不对").press("enter");

    // The other view shows what is not taken, and the mapping is kept under a name.
    hand.press("F7").sees("不收的行").sees("S002,02").press("F7 F7");
    hand.press("ctrl-s").sees("导入方案").press("enter").sees("已存导入方案「odd」");
    hand.press("F8").sees("导入完成：保留 3 条，搁置 1 条");

    // The next file of that source, its columns in another order, is read by the profile.
    hand.press("F2 ctrl-u").paste(&format!("file://{}/odd_2.csv", folder.display())).press("enter");
    hand.sees("方案 odd").sees("客户 怎么销户").press("F8").sees("保留 1 条");

    // What was imported, newest first; the older one is withdrawn and comes back.
    hand.press("F7 F7").sees("已导入的 2 批").press("down").sees("odd_1.csv 里没有收下的行").sees("S002,02");
    hand.press("delete").sees("撤回「odd_1.csv」").press("enter").sees("已撤回").sees("已导入的 1 批");
    assert_eq!(hand.project("li").counts().expect("counts").turns, 1);
    hand.press("ctrl-z").sees("撤回导入 odd_1.csv").sees("已导入的 2 批");
    assert_eq!(hand.project("li").counts().expect("counts").turns, 4);
    hand.press("down ctrl-s ctrl-u").write(&format!("{}/rejected.csv", folder.display())).press("enter");
    let written = std::fs::read_to_string(folder.join("rejected.csv")).expect("the file of rejected rows");
    assert_eq!(written, "line,reason,row\n5,ragged,\"S002,02\"\n");

    // A second import of the same file adds nothing and says so.
    hand.press("F7").press("up").press("space F8").sees("没有新内容");
}

#[test]
fn a_chat_with_both_sides_mistaken_is_swapped_by_one_key() {
    let chat = "Tom: thank you for contacting us, how may i help you\nAnn: my card is lost\nTom: which card\nAnn: the blue one\n";
    let (_kept, folder) = folder(&[("talk.txt", chat)]);
    let mut hand = Hand::new(Lang::En);

    // The path is completed as it is written, and gone into by arrows.
    hand.press("ctrl-right F2 ctrl-u").write(&format!("{}/ta", folder.display())).sees("talk.txt");
    hand.press("tab enter").sees("1 file added").sees("agent thank you").sees("cust  my card is lost");
    hand.press("F9").sees("customers and staff swapped").sees("cust  thank you").sees("agent my card is lost");
    hand.press("s").sees("as found");

    // One name is a bot; the arrows step through the roles as the digits do.
    hand.press("F5").sees("Tom").sees("×2").press("3").sees("bot   thank you").press("left").sees("agent thank you");
    hand.press("right enter").sees("bot   thank you");
}

#[test]
fn a_path_that_leads_nowhere_is_refused_in_the_window() {
    let mut hand = Hand::new(Lang::En);
    hand.press("ctrl-right F2 ctrl-u").write("/no/such/file.csv").press("enter").sees("Nothing lies there");
    hand.press("esc").sees_no("Add a file");
}

#[test]
fn every_key_of_the_screen_does_something_or_says_why_not() {
    let table = "text;intent\nlost my card;lost\nopen an account;open\n";
    let (_kept, folder) = folder(&[("list.csv", table)]);
    let mut hand = Hand::new(Lang::En);
    for keys in ["F3", "F4", "F5", "F6", "F9", "ctrl-e", "ctrl-s", "delete", "space"] {
        hand.press("ctrl-g 2").press(keys).sees("No files yet. F2 adds");
    }
    hand.press("F2 ctrl-u").write(&format!("{}/list.csv", folder.display())).press("enter").sees("list.csv");
    hand.press("F6").sees("[intent]").press("F6").sees_no("[intent]").sees("[lost]");
    hand.press("F3").write("lines").press("enter").sees("lost my card;lost");
    hand.press("F3 enter").sees("[lost]");
    hand.press("F4").sees("gb18030").press("3").sees("gb18030").press("F4 1").sees("UTF-8");
    hand.press("F9").sees("customers and staff swapped").sees("agent lost my card").press("F9");
    hand.press("ctrl-e").sees("how to read this file").sees("semicolon").press("4 2").sees("list.csv");
    hand.press("ctrl-e 4 1").press("ctrl-e 2 ctrl-u").write("moon").press("enter").sees("Unknown zone moon");
    hand.press("delete").sees("list.csv taken off the list").sees("No files yet");
}

/// Writes a workbook; each sheet has a name and rows.
fn workbook(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name for a sheet");
        for (at, row) in (0u32..).zip(rows.iter()) {
            for (column, text) in (0u16..).zip(row.iter()) {
                sheet.write_string(at, column, *text).expect("a cell");
            }
        }
    }
    book.save(path).expect("a workbook");
}

#[test]
fn a_sheet_of_a_workbook_is_chosen_by_keys() {
    let (_kept, folder) = folder(&[]);
    let path = folder.join("months.xlsx");
    let march: &[&[&str]] = &[&["内容", "意图"], &["卡丢了怎么办", "挂失"], &["怎么销户", "销户"]];
    let april: &[&[&str]] = &[&["内容", "意图"], &["利息多少", "利息"]];
    workbook(&path, &[("三月", march), ("四月", april)]);
    let mut hand = Hand::new(Lang::Zh);
    hand.press("ctrl-right F2 ctrl-u").paste(&path.display().to_string()).press("enter");
    hand.sees("「三月」（共 2 张表）").sees("卡丢了怎么办");
    hand.press("ctrl-e").sees("工作表").sees("三月").press("5").sees("三月").sees("四月").press("3");
    hand.sees("「四月」（共 2 张表）").sees("利息多少").sees_no("卡丢了怎么办");
    // What is kept under a name reads that sheet again; by itself the first one is read.
    hand.press("ctrl-s enter").sees("已存导入方案「months」").press("F8").sees("保留 1 条");
    hand.press("ctrl-e 5 1").sees("「三月」（共 2 张表）").press("F8").sees("保留 2 条");
    assert_eq!(hand.project("li").counts().expect("counts").turns, 3);
}

#[test]
fn a_sheet_is_chosen_where_the_first_one_is_no_table() {
    let (_kept, folder) = folder(&[]);
    let path = folder.join("export.xlsx");
    let cover: &[&[&str]] = &[&["编号", "日期"], &["1", "2024-03-01"], &["2", "2024-03-02"]];
    let talks: &[&[&str]] = &[&["text", "intent"], &["lost my card", "lost"]];
    workbook(&path, &[("cover", cover), ("talks", talks)]);
    let mut hand = Hand::new(Lang::En);
    hand.press("ctrl-right F2 ctrl-u").paste(&path.display().to_string()).press("enter").sees("no text column");
    hand.press("ctrl-e").sees("sheet").press("5").sees("talks").press("3");
    hand.sees("talks, of 2 sheets").sees("lost my card").press("F8").sees("1");
    assert_eq!(hand.project("li").counts().expect("counts").turns, 1);
    // A file that is no workbook has no sheets to choose from.
    std::fs::write(folder.join("list.csv"), "text\nhello there\n").expect("a file");
    hand.press("F2 ctrl-u").write(&format!("{}/list.csv", folder.display())).press("enter").sees("hello there");
    hand.press("ctrl-e").sees("delimiter").sees_no("sheet").press("5").sees_no("talks");
}
