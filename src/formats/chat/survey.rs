//! Who speaks in a chat of plain text, from a first look at all of it: names, roles, where one talk ends.

use std::collections::HashMap;

use crate::domain::conversation::Role;
use crate::formats::chat::heading::{Heading, Notice, Sure, heading, notice, subject};
use crate::formats::options::ReadOptions;
use crate::formats::speaker;

/// What a chat in plain text looks like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talk {
    /// In order of appearance.
    pub speakers: Vec<Speaker>,
    /// Whether a blank line ends a conversation.
    pub blank_ends: bool,
    /// Whether another customer begins another conversation: one house talks to one customer after the other.
    pub one_by_one: bool,
}

/// One name with the role it seems to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    pub name: String,
    pub role: Role,
    /// How often it speaks in the first mebibyte.
    pub count: u64,
}

/// From which share of lines a bare colon is believed.
const COLON_SHARE: f64 = 0.6;

/// What is known of one name while the text is gone through.
#[derive(Default)]
struct Seen {
    order: usize,
    timed: u64,
    colon: u64,
    /// Of these, those that stand alone above what is said.
    alone: u64,
    /// Messages with a word of the house.
    house: u64,
}

/// Looks a text through; `None` when it is no chat, unless `asked` says that it is one.
pub(in crate::formats) fn survey(text: &str, asked: bool, options: &ReadOptions) -> Option<Talk> {
    let mut seen: HashMap<String, Seen> = HashMap::new();
    let (mut filled, mut timed, mut others) = (0u64, 0u64, Vec::new());
    let mut parts = 0u64;
    let mut current: Option<String> = None;
    let mut dated_lines = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        filled += 1;
        others.extend(subject(line).map(str::to_owned));
        if let Some(notice) = notice(line) {
            parts += u64::from(matches!(notice, Notice::Part(_)));
            dated_lines |= matches!(notice, Notice::Day(_));
            continue;
        }
        let said = match heading(line, options.zone()).filter(|heading| dated_lines || heading.sure != Sure::Minute) {
            Some(Heading { name, text, sure, .. }) => {
                let order = seen.len();
                let entry = seen.entry(name.to_owned()).or_insert_with(|| Seen { order, ..Seen::default() });
                match sure {
                    Sure::Timed | Sure::Minute => entry.timed += 1,
                    Sure::Colon => {
                        entry.colon += 1;
                        entry.alone += u64::from(text.is_some_and(str::is_empty));
                    }
                }
                timed += u64::from(sure != Sure::Colon);
                current = Some(name.to_owned());
                text
            }
            None => Some(line),
        };
        let house = said.map(str::to_lowercase).is_some_and(|said| speaker::greets(&said) || speaker::serves(&said));
        if let Some(entry) = current.as_ref().filter(|_| house).and_then(|name| seen.get_mut(name)) {
            entry.house += 1;
        }
    }
    let colon = believed(&seen, filled, timed);
    seen.retain(|name, seen| seen.timed > 0 || colon.contains(name) || (timed > 0 && speaker::of_word(name).is_some()));
    let dated = timed >= 2 || (timed == 1 && (!others.is_empty() || filled <= 3));
    let a_chat = (dated && timed * 12 >= filled) || colon.len() >= 2 || (colon.len() == 1 && filled <= 3);
    if !asked && !a_chat {
        return None;
    }
    let speakers = speakers(seen, &others, options);
    let of = |role: Role| speakers.iter().filter(|speaker| speaker.role == role).count();
    Some(Talk {
        blank_ends: timed == 0 && blank_ends(text),
        one_by_one: timed > 0 && parts == 0 && of(Role::Customer) >= 2 && of(Role::Agent) >= 1,
        speakers,
    })
}

/// Returns the names a bare colon follows often enough to be speakers.
fn believed(seen: &HashMap<String, Seen>, filled: u64, timed: u64) -> Vec<String> {
    if timed > 0 {
        return Vec::new();
    }
    let names = |fits: &dyn Fn(&str, &Seen) -> bool| -> Vec<String> {
        seen.iter().filter(|(name, seen)| seen.colon > 0 && fits(name, seen)).map(|(name, _)| name.clone()).collect()
    };
    let covers = |names: &[String]| {
        let lines: u64 = names.iter().map(|name| seen[name].colon + seen[name].alone).sum();
        lines as f64 >= COLON_SHARE * filled as f64
    };
    let by_word = names(&|name, _| speaker::of_word(name).is_some());
    // Words that say a role may carry longer texts over several lines.
    if by_word.len() >= 2 || (!by_word.is_empty() && covers(&by_word)) {
        let also = names(&|name, seen| speaker::of_word(name).is_some() || seen.colon >= 3);
        return if covers(&also) { also } else { by_word };
    }
    let by_count = names(&|_, seen| seen.colon >= 2);
    if (2..=8).contains(&by_count.len()) && covers(&by_count) { by_count } else { Vec::new() }
}

/// Tells whether blank lines stand between conversations rather than between messages.
fn blank_ends(text: &str) -> bool {
    let (mut groups, mut lines, mut within) = (0, 0, false);
    for line in text.lines() {
        let filled = !line.trim().is_empty();
        groups += usize::from(filled && !within);
        lines += usize::from(filled);
        within = filled;
    }
    groups >= 2 && lines >= groups * 2
}

fn speakers(seen: HashMap<String, Seen>, others: &[String], options: &ReadOptions) -> Vec<Speaker> {
    let mut seen: Vec<(String, Seen)> = seen.into_iter().filter(|(name, _)| !name.is_empty()).collect();
    seen.sort_by_key(|(_, seen)| seen.order);
    let by_name = |name: &str| options.role(name).or_else(|| known(name));
    let served = seen.iter().any(|(name, _)| matches!(by_name(name), Some(Role::Agent | Role::Bot)));
    let role = |name: &str, seen: &Seen| {
        // A QQ export is made by the house; its subjects are the customers.
        let subject = others.iter().any(|other| name.contains(other.as_str()));
        by_name(name).unwrap_or_else(|| match others.is_empty() {
            false if subject => Role::Customer,
            false => Role::Agent,
            true if !served && seen.house > 0 && seen.house * 8 >= seen.timed + seen.colon => Role::Agent,
            true => Role::Customer,
        })
    };
    seen.iter()
        .map(|(name, seen)| Speaker { name: name.clone(), role: role(name, seen), count: seen.timed + seen.colon })
        .collect()
}

/// Returns the role a name says; a hand-over between two accounts is the system's.
pub(in crate::formats) fn known(name: &str) -> Option<Role> {
    if name.contains("-->") { Some(Role::System) } else { speaker::of_word(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(text: &str) -> Option<Vec<(String, Role)>> {
        survey(text, false, &ReadOptions::default()).map(|t| t.speakers.into_iter().map(|s| (s.name, s.role)).collect())
    }

    #[test]
    fn roles_come_from_names_and_else_from_what_is_said() {
        let named = talk("客户: 在吗\n客服: 您好\n").expect("a chat");
        assert_eq!(named, [("客户".to_owned(), Role::Customer), ("客服".to_owned(), Role::Agent)]);
        let people = "王小明: 在吗\n李丽: 您好，请问有什么可以帮您\n王小明: 卡丢了\n李丽: 好的\n";
        let said = talk(people).expect("a chat");
        assert_eq!(said, [("王小明".to_owned(), Role::Customer), ("李丽".to_owned(), Role::Agent)]);
    }

    #[test]
    fn a_list_with_colons_in_it_is_no_chat() {
        assert_eq!(talk("问题如下: 卡丢了怎么办\n我想问: 利息多少\n还款日: 每月几号\n"), None);
        assert_eq!(talk("怎么退保\n怎么理赔\n"), None);
        assert_eq!(talk("网址：http://a.b\n怎么退保\n网址：http://c.d\n怎么理赔\n"), None);
    }

    #[test]
    fn blank_lines_end_a_talk_only_where_they_part_groups() {
        let parts = survey("客户: 在吗\n客服: 您好\n\n客户: 喂\n客服: 您好\n", false, &ReadOptions::default());
        assert!(parts.expect("a chat").blank_ends);
        let names =
            talk("小明:\n在吗\n\n李姐:\n您好\n\n小明:\n卡丢了\n\n李姐:\n请先挂失\n").expect("a chat copied from 微信");
        assert_eq!(names.len(), 2);
        let loose = survey("客户: 在吗\n\n客服: 您好\n\n客户: 喂\n", false, &ReadOptions::default());
        assert!(!loose.expect("a chat").blank_ends);
    }
}
