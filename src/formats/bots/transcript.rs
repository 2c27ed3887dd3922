//! Recorded conversations of the Bot Framework: `.transcript` (activities in JSON) and `.chat` (lines of a chat).

use serde_json::Value;

use crate::domain::storybook::{Case, CaseTurn, Reply, Storybook};
use crate::formats::rasa::remark::{Remarks, What};

/// Takes the messages of a list of activities.
pub(super) fn activities(text: &str, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    let list = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(list)) => list,
        Ok(other) => other.get("activities").and_then(Value::as_array).cloned().unwrap_or_default(),
        Err(error) => {
            remarks.add(error.line() as u32, What::Unreadable { what: error.to_string() });
            return;
        }
    };
    let word = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut turns = Turns::default();
    for activity in list.iter().filter(|activity| word(activity, "type").as_deref() == Some("message")) {
        let Some(text) = word(activity, "text").filter(|text| !text.trim().is_empty()) else { continue };
        let role = activity.get("from").and_then(|from| word(from, "role").or_else(|| word(from, "name")));
        let by_user = role.is_some_and(|role| role.eq_ignore_ascii_case("user"));
        turns.add(by_user, text, 0);
    }
    turns.keep(book, remarks);
}

/// Takes the lines of a chat: `user=Joe` and `bot=Ann` at its head, then `Joe: hello` or `user: hello`.
pub(super) fn chat(text: &str, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    let (mut user, mut bot) = ("user".to_owned(), "bot".to_owned());
    let mut turns = Turns::default();
    let mut open: Option<(bool, String, u32)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let said = line.trim();
        let set = said.split_once('=').map(|(key, value)| (key.trim().to_lowercase(), value.trim().to_owned()));
        match set {
            Some((key, value)) if turns.turns.is_empty() && open.is_none() && key == "user" => user = value,
            Some((key, value)) if turns.turns.is_empty() && open.is_none() && key == "bot" => bot = value,
            _ if said.is_empty() || said.starts_with('>') || said.starts_with('[') => {}
            _ => {
                let speaker = said.split_once([':', '：']).map(|(name, rest)| (name.trim(), rest.trim()));
                let whose = |name: &str| {
                    let by_user = name.eq_ignore_ascii_case(&user) || name.eq_ignore_ascii_case("user");
                    let by_bot = name.eq_ignore_ascii_case(&bot) || name.eq_ignore_ascii_case("bot");
                    (by_user || by_bot).then_some(by_user)
                };
                match speaker.and_then(|(name, rest)| Some((whose(name)?, rest))) {
                    Some((by_user, rest)) => {
                        if let Some((by_user, text, line)) = open.take() {
                            turns.add(by_user, text, line);
                        }
                        open = Some((by_user, rest.to_owned(), number));
                    }
                    None => match &mut open {
                        Some((_, text, _)) => {
                            text.push('\n');
                            text.push_str(said);
                        }
                        None => remarks.add(number, What::StrayLine { text: said.to_owned() }),
                    },
                }
            }
        }
    }
    if let Some((by_user, text, line)) = open {
        turns.add(by_user, text, line);
    }
    turns.keep(book, remarks);
}

#[derive(Default)]
struct Turns {
    turns: Vec<CaseTurn>,
}

impl Turns {
    fn add(&mut self, by_user: bool, text: String, line: u32) {
        if text.trim().is_empty() {
            return;
        }
        if by_user || self.turns.is_empty() {
            let said = by_user.then(|| text.clone());
            self.turns.push(CaseTurn { said, line, ..CaseTurn::default() });
        }
        if !by_user {
            let turn = self.turns.last_mut().expect("just pushed");
            turn.replies.push(Reply::Text(text));
        }
    }

    fn keep(self, book: &mut Storybook, remarks: &mut Remarks<'_>) {
        let name = remarks.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if self.turns.is_empty() {
            remarks.add(1, What::NoSteps { name });
            return;
        }
        book.cases.push(Case { name, turns: self.turns, checks: Vec::new(), place: remarks.place(1) });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn activities_become_turns() {
        let text = r#"[{"type": "conversationUpdate"}, {"type": "message", "from": {"role": "bot"}, "text": "hi"},
            {"type": "message", "from": {"role": "user"}, "text": "book"}, {"type": "typing"},
            {"type": "message", "from": {"role": "bot"}, "text": "where"}, {"type": "message", "from": {"role": "bot"}, "text": "and when"}]"#;
        let (mut book, mut remarks) =
            (Storybook::default(), Remarks { file: Path::new("a.transcript"), found: Vec::new() });
        activities(text, &mut book, &mut remarks);
        let turns = &book.cases[0].turns;
        assert_eq!((turns.len(), turns[0].said.as_deref(), turns[1].replies.len()), (2, None, 2));
        activities("[{", &mut book, &mut remarks);
        assert!(matches!(remarks.found[0].what, What::Unreadable { .. }));
    }

    #[test]
    fn a_chat_becomes_turns() {
        let text = "> note\nuser=Joe\nbot=Ann\n\nJoe: hello\nthere\nAnn: hi\n[Typing]\nuser: 你好\nbot：您好\n";
        let (mut book, mut remarks) = (Storybook::default(), Remarks { file: Path::new("a.chat"), found: Vec::new() });
        chat(text, &mut book, &mut remarks);
        let turns = &book.cases[0].turns;
        assert_eq!(turns[0].said.as_deref(), Some("hello\nthere"));
        assert_eq!(turns[1].replies, [Reply::Text("您好".into())]);
        assert_eq!(remarks.found, []);
    }
}
