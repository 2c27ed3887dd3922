//! Knowledge sheets (标准问, 相似问, 答案, 类目, 生效期): what a row says beside its texts, and what it may not say.
//!
//! Called by `table` for every row of a table that has a standard question. An answer that cannot be used costs the
//! answer, never the questions beside it.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::label::Answer;
use crate::formats::column::{Column, ColumnRole};
use crate::formats::error::Error;
use crate::formats::record::{Knowledge, Out, RejectReason};
use crate::formats::time;

/// Characters a question may have; the strictest vendors allow 200.
pub const QUESTION_LIMIT: usize = 200;

/// How many questions are watched for standing under two standard ones.
const WATCHED: usize = 1_000_000;

/// The standard question the rows belong to, and the owners of all questions so far.
#[derive(Default)]
pub(super) struct Above {
    pub question: String,
    pub intent: String,
    /// Why the rows of the question at hand are refused.
    refused: Option<RejectReason>,
    /// The intent of each question, by the hash of its text.
    owners: HashMap<u64, usize>,
    intents: Vec<String>,
}

impl Above {
    /// Returns why a row is refused with the standard question it belongs to.
    pub fn refusal(&mut self, intent: Option<&str>, fresh: bool) -> Option<RejectReason> {
        if fresh {
            let question = std::mem::take(&mut self.question);
            self.refused = self.refusal_of(&question, intent);
            self.question = question;
        }
        self.refused.clone()
    }

    /// Returns why a question is refused: too long, or another intent's already.
    pub fn refusal_of(&mut self, text: &str, intent: Option<&str>) -> Option<RejectReason> {
        let intent = intent.filter(|intent| !intent.is_empty())?;
        let chars = text.chars().count();
        if chars > QUESTION_LIMIT {
            return Some(RejectReason::LongQuestion { chars });
        }
        if self.intents.last().is_none_or(|last| last != intent) {
            self.intents.push(intent.to_owned());
        }
        let key = xxh3_64(text.as_bytes());
        match self.owners.get(&key) {
            Some(owner) if self.intents[*owner] != intent => {
                Some(RejectReason::Shared { with: self.intents[*owner].clone() })
            }
            Some(_) => None,
            None if self.owners.len() >= WATCHED => None,
            None => {
                self.owners.insert(key, self.intents.len() - 1);
                None
            }
        }
    }
}

/// Where a table says what beside the questions.
pub(super) struct Facts {
    answer: Option<usize>,
    category: Vec<usize>,
    channel: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    note: Option<usize>,
    guideline: Option<usize>,
    hints: Vec<(usize, String)>,
    /// What was handed up last: merged cells say it in every row.
    told: Knowledge,
}

impl Facts {
    /// Lays out the columns.
    pub fn new(columns: &[Column]) -> Self {
        let at = |role: ColumnRole| columns.iter().position(|column| column.role == role);
        let all = |role: ColumnRole| (0..columns.len()).filter(move |c| columns[*c].role == role);
        Self {
            answer: at(ColumnRole::Answer),
            category: all(ColumnRole::Category).collect(),
            channel: at(ColumnRole::Channel),
            from: at(ColumnRole::From),
            until: at(ColumnRole::Until),
            note: at(ColumnRole::Note),
            guideline: at(ColumnRole::Guideline),
            hints: all(ColumnRole::Hint).map(|c| (c, columns[c].name.clone())).collect(),
            told: Knowledge::default(),
        }
    }

    /// Hands up what a row says of the question above; returns whether it says anything of its own.
    #[expect(clippy::too_many_arguments, reason = "one call, from the mapping that owns the rest")]
    pub fn row<'c>(
        &mut self,
        above: &Above,
        fresh: bool,
        line: u64,
        raw: &dyn Fn() -> String,
        cell: &dyn Fn(usize) -> Cow<'c, str>,
        zone: Offset,
        out: &mut Out<'_>,
    ) -> Result<bool, Error> {
        let said = |at: Option<usize>| at.map(|at| cell(at).trim().to_owned()).filter(|text| !text.is_empty());
        let levels = self.category.iter().filter_map(|at| said(Some(*at)));
        let hint = |(at, name): &(usize, String)| said(Some(*at)).map(|text| format!("{name}：{text}"));
        let guideline = said(self.guideline).into_iter().chain(self.hints.iter().filter_map(hint));
        let mut knowledge = Knowledge {
            intent: above.intent.clone(),
            question: above.question.clone(),
            category: levels.collect::<Vec<_>>().join("/"),
            guideline: guideline.collect::<Vec<_>>().join("\n"),
            answer: None,
        };
        let text = said(self.answer);
        let given = text.is_some();
        if let Some(text) = text {
            match days(said(self.from), said(self.until), zone) {
                Ok((from, until)) => {
                    knowledge.answer =
                        Some(Answer { text, channel: said(self.channel), from, until, note: said(self.note) });
                }
                Err(word) => out.reject(line, RejectReason::BadDay { word }, &raw())?,
            }
        } else if fresh && self.answer.is_some() {
            out.reject(line, RejectReason::NoAnswer, &raw())?;
        }
        if fresh || knowledge != self.told {
            // What a merged cell leaves out below its first row is still what was told.
            self.told = knowledge.clone();
            out.knowledge(knowledge)?;
        }
        Ok(given)
    }
}

/// Returns the first and the last day two cells name, or the word that is no day.
///
/// Either cell may hold both days (`2024-01-01~2099-12-31`).
fn days(from: Option<String>, until: Option<String>, zone: Offset) -> Result<(Option<String>, Option<String>), String> {
    let both = |cell: Option<String>| -> Result<Vec<Option<String>>, String> {
        let Some(cell) = cell else { return Ok(vec![None]) };
        cell.split(['~', '～', '至', '到']).map(|word| day(word.trim(), zone)).collect()
    };
    let (from, until) = (both(from)?, both(until)?);
    let (from, until) = match (from.as_slice(), until.as_slice()) {
        ([from, last], [until]) => (from.clone(), until.clone().or(last.clone())),
        ([from], [first, until]) => (from.clone().or(first.clone()), until.clone()),
        ([from], [until]) => (from.clone(), until.clone()),
        _ => return Err(from.into_iter().chain(until).flatten().collect::<Vec<_>>().join(" ")),
    };
    match (&from, &until) {
        (Some(first), Some(last)) if first > last => Err(format!("{first} > {last}")),
        _ => Ok((from, until)),
    }
}

/// Returns a day as `YYYY-MM-DD`; `None` for a word that means no limit.
fn day(word: &str, zone: Offset) -> Result<Option<String>, String> {
    if word.is_empty() || ["永久", "长期", "长期有效", "永久有效", "不限", "无", "-", "—", "/"].contains(&word)
    {
        return Ok(None);
    }
    let date = time::parse(word, zone)
        .and_then(|at| Timestamp::from_millisecond(at).ok())
        .map(|at| zone.to_datetime(at).date().to_string());
    date.map(Some).ok_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::time::CHINA;

    #[test]
    fn days_stand_in_two_cells_or_in_one() {
        let read = |from: &str, until: &str| {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            days(some(from), some(until), CHINA).map(|(a, b)| (a.unwrap_or_default(), b.unwrap_or_default()))
        };
        let range = Ok(("2024-01-01".to_owned(), "2099-12-31".to_owned()));
        assert_eq!(read("2024-01-01", "2099/12/31"), range);
        assert_eq!(read("2024-01-01 00:00:00~2099-12-31 23:59:59", ""), range);
        assert_eq!(read("", "2024年1月1日至2099年12月31日"), range);
        assert_eq!(read("2024-01-01", "永久"), Ok(("2024-01-01".to_owned(), String::new())));
        assert_eq!(read("", ""), Ok((String::new(), String::new())));
        assert_eq!(read("明年", ""), Err("明年".to_owned()));
        assert_eq!(read("2024-13-01", ""), Err("2024-13-01".to_owned()));
        assert!(read("2025-01-01", "2024-01-01").is_err());
    }
}
