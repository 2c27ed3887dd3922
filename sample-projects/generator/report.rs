//! Counts what was written and tells it in `README.md`, so that an importer's numbers can be checked against it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::pack::{Language, Pack};
use crate::talk::{Conversation, Kind, Role, core};
use crate::write::Written;

/// Numbers over all files.
#[derive(Default)]
pub struct Count {
    lines: Vec<Line>,
    runs: usize,
    long_runs: usize,
}

struct Line {
    path: String,
    theme: String,
    kind: Kind,
    text: String,
}

impl Count {
    /// Counts the customer messages of conversations.
    pub fn conversations(&mut self, path: &str, talks: &[Conversation]) {
        for talk in talks {
            let mut run = 0;
            for message in &talk.messages {
                if message.role == Role::Customer {
                    run += 1;
                    self.lines.push(Line {
                        path: path.to_owned(),
                        theme: message.theme.clone(),
                        kind: message.kind,
                        text: message.text.clone(),
                    });
                } else {
                    self.end_run(run, path);
                    run = 0;
                }
            }
            self.end_run(run, path);
        }
    }

    /// Counts one line of a list.
    pub fn question(&mut self, path: &str, theme: &str, text: &str) {
        self.lines.push(Line {
            path: path.to_owned(),
            theme: theme.to_owned(),
            kind: Kind::Ask,
            text: text.to_owned(),
        });
    }

    /// A call has no fragments, recognition writes one turn as one line; a mail is written in one piece.
    fn end_run(&mut self, length: usize, path: &str) {
        if length > 0 && path != "calls.txt" && path != "inbox.mbox" {
            self.runs += 1;
            self.long_runs += usize::from(length > 1);
        }
    }

    fn distinct(&self, kinds: impl Fn(Kind) -> bool) -> (usize, usize) {
        let lines: Vec<&Line> = self.lines.iter().filter(|line| kinds(line.kind)).collect();
        let forms: BTreeSet<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        (forms.len(), lines.len())
    }

    /// Says the shares in a few lines.
    pub fn summary(&self) -> String {
        let (forms, lines) = self.distinct(|kind| kind != Kind::Greeting);
        let (asked, asks) = self.distinct(|kind| matches!(kind, Kind::Ask | Kind::Follow));
        let cores: BTreeSet<String> =
            self.lines.iter().filter(|line| line.kind == Kind::Ask).map(|line| core(&line.text)).collect();
        format!(
            "{} customer turns; distinct without greetings {forms}/{lines} = {:.1} %; questions and follow-ups {asked}/{asks} = {:.1} %; {} distinct cores of questions; runs of two or more {:.1} %",
            self.lines.len(),
            percent(forms, lines),
            percent(asked, asks),
            cores.len(),
            percent(self.long_runs, self.runs),
        )
    }

    /// Every customer message with the theme it was made for.
    pub fn truth(&self) -> String {
        let mut out = "file\ttheme\tkind\ttext\n".to_owned();
        for line in &self.lines {
            let text = line.text.replace(['\t', '\n'], " ");
            let _ = writeln!(out, "{}\t{}\t{:?}\t{text}", line.path, line.theme, line.kind);
        }
        out
    }

    fn by_theme(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut out: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.kind == Kind::Ask) {
            out.entry(&line.theme).or_default().insert(&line.text);
        }
        out
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

/// Writes the `README.md` of the folder.
pub fn readme(pack: &Pack, name: &str, seed: u64, written: &[Written], count: &Count) -> String {
    let zh = pack.plan.language == Language::Zh;
    let mut out = format!("# {}\n\n{}\n", pack.plan.title, pack.plan.folder_note);
    let command =
        format!("cargo run --example raw-logs -- --pack {name} --seed {seed} --out sample-projects/{name}/logs");
    let _ = write!(out, "```\n{command}\n```\n\n");
    out.push_str(if zh {
        "| 文件 | 会话 | 可读消息 | 客户消息 | 坏行 |\n|---|---:|---:|---:|---|\n"
    } else {
        "| file | conversations | readable messages | customer messages | broken rows |\n|---|---:|---:|---:|---|\n"
    });
    let mut total = (0, 0, 0, 0);
    for row in rows(written) {
        let faults: usize = row.broken.values().sum();
        total = (total.0 + row.conversations, total.1 + row.rows, total.2 + row.customer, total.3 + faults);
        let what: Vec<String> =
            row.broken.iter().map(|(fault, times)| format!("{times} {}", fault_name(fault, zh))).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            row.path,
            row.conversations,
            row.rows,
            row.customer,
            what.join(", ")
        );
    }
    let _ = writeln!(out, "| = | {} | {} | {} | {} |\n", total.0, total.1, total.2, total.3);
    let (forms, lines) = count.distinct(|kind| kind != Kind::Greeting);
    let share = percent(forms, lines);
    let runs = percent(count.long_runs, count.runs);
    let themes = count.by_theme();
    let novel: Vec<String> = pack
        .themes
        .iter()
        .filter(|theme| theme.novel)
        .map(|theme| format!("{} {}", theme.label, themes.get(theme.key.as_str()).map_or(0, BTreeSet::len)))
        .collect();
    let _ = if zh {
        write!(
            out,
            "不算问候，客户消息 {lines} 条，其中不同的 {forms} 条（{share:.1} %）；客户连发两条以上的占 {runs:.1} %。\n\n\
             意图目录里还没有的主题（不同问法数），应当在聚类里被发现：{}。\n",
            novel.join("，")
        )
    } else {
        write!(
            out,
            "Greetings aside, {forms} of {lines} customer messages are distinct ({share:.1} %); {runs:.1} % of the customers' runs \
             are two messages or more.\n\nThemes the catalogue has no intent for (distinct questions), to be found by grouping: {}.\n",
            novel.join(", ")
        )
    };
    out
}

fn fault_name(fault: &'static str, zh: bool) -> &'static str {
    match fault {
        _ if !zh => fault,
        "empty" => "空行",
        "long" => "多列",
        "short" => "缺列",
        "undecodable" => "无法解码",
        "cut off" => "截断",
        "not an object" => "不是对象",
        "mojibake" => "乱码",
        "signs only" => "只有符号",
        "auto-reply" => "自动回复",
        "bounce" => "退信",
        "bulk-mail" => "群发邮件",
        "not-text" => "没有文字",
        _ => fault,
    }
}

struct Row {
    path: String,
    rows: usize,
    customer: usize,
    conversations: usize,
    broken: BTreeMap<&'static str, usize>,
}

/// One row a file; files that differ by a number share one.
fn rows(written: &[Written]) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    for file in written {
        let series = file.path.rsplit_once('-').filter(|(_, end)| end.starts_with(|c: char| c.is_ascii_digit()));
        let path = series.map_or_else(|| file.path.clone(), |(head, _)| format!("{head}-*.txt"));
        match out.last_mut() {
            Some(last) if last.path == path => {
                last.rows += file.rows;
                last.customer += file.customer;
                last.conversations += file.conversations;
            }
            _ => out.push(Row {
                path,
                rows: file.rows,
                customer: file.customer,
                conversations: file.conversations,
                broken: file.broken.clone(),
            }),
        }
    }
    out
}
