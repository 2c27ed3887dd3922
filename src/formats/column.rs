//! Columns of tables and fields of records: what each holds, told by its values. `headings` tells it by its heading.

use std::collections::HashSet;

use crate::formats::speaker;
use crate::formats::time::{self, CHINA};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnRole {
    /// What was said, or a question to label.
    Text,
    /// The standard question (标准问): a text, and the name of the intent unless another column has it.
    Question,
    /// Similar questions (相似问) of the row's standard question, one or many in a cell; may stand in many columns.
    Similar,
    Intent,
    /// Customer, agent, bot or system.
    Role,
    Conversation,
    Time,
    Speaker,
    Channel,
    /// A whole chat in one cell.
    Transcript,
    /// The answer to a standard question.
    Answer,
    /// The category (类目) of a standard question; one level in each of many columns, or the whole path in one.
    Category,
    /// The day from which an answer holds, or both days in one cell.
    From,
    /// The last day an answer holds, or both days in one cell.
    Until,
    /// A note on an answer, for trainers.
    Note,
    /// What belongs to an intent and what does not.
    Guideline,
    /// Words that help to tell an intent (标签, 关键词, 否定关键词): kept with the guideline under their heading.
    Hint,
    Ignore,
}

/// One column as found, with what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The heading, or the field's name; empty without one.
    pub name: String,
    pub role: ColumnRole,
}

/// How the rows of a table are cut, and what they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// What stands between fields; `None` for records of named fields.
    pub delimiter: Option<char>,
    /// Whether `"` encloses fields.
    pub quoted: bool,
    /// Whether there is a row of headings.
    pub header: bool,
    /// Rows above the headings.
    pub skip: u64,
    /// Whether it is an export of ours, whose cells carry the guard against formulas.
    pub guarded: bool,
    pub columns: Vec<Column>,
}

impl ColumnRole {
    pub const ALL: [ColumnRole; 18] = [
        ColumnRole::Text,
        ColumnRole::Question,
        ColumnRole::Similar,
        ColumnRole::Intent,
        ColumnRole::Role,
        ColumnRole::Conversation,
        ColumnRole::Time,
        ColumnRole::Speaker,
        ColumnRole::Channel,
        ColumnRole::Transcript,
        ColumnRole::Answer,
        ColumnRole::Category,
        ColumnRole::From,
        ColumnRole::Until,
        ColumnRole::Note,
        ColumnRole::Guideline,
        ColumnRole::Hint,
        ColumnRole::Ignore,
    ];

    /// Returns the word used on the command line and in saved profiles.
    pub fn name(self) -> &'static str {
        match self {
            ColumnRole::Text => "text",
            ColumnRole::Question => "question",
            ColumnRole::Similar => "similar",
            ColumnRole::Intent => "intent",
            ColumnRole::Role => "role",
            ColumnRole::Conversation => "conversation",
            ColumnRole::Time => "time",
            ColumnRole::Speaker => "speaker",
            ColumnRole::Channel => "channel",
            ColumnRole::Transcript => "transcript",
            ColumnRole::Answer => "answer",
            ColumnRole::Category => "category",
            ColumnRole::From => "from",
            ColumnRole::Until => "until",
            ColumnRole::Note => "note",
            ColumnRole::Guideline => "guideline",
            ColumnRole::Hint => "hint",
            ColumnRole::Ignore => "ignore",
        }
    }

    /// Returns the role with that word; `-` and `_` ignore a column.
    pub fn named(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        if word == "-" || word == "_" {
            return Some(ColumnRole::Ignore);
        }
        Self::ALL.into_iter().find(|role| role.name() == word)
    }

    /// Tells whether many columns may hold it.
    pub(super) fn may_repeat(self) -> bool {
        matches!(self, ColumnRole::Similar | ColumnRole::Category | ColumnRole::Hint)
    }

    /// Tells whether it says something of a standard question, and nothing without one.
    pub(super) fn of_knowledge(self) -> bool {
        use ColumnRole::{Answer, Category, From, Guideline, Hint, Note, Until};
        matches!(self, Answer | Category | From | Until | Note | Guideline | Hint)
    }
}

/// Returns what the values of each column say, for tables without headings and for headings that say nothing.
///
/// `rows` is a sample; every row has the same number of fields.
pub fn of_values(rows: &[Vec<String>]) -> Vec<ColumnRole> {
    let width = rows.first().map_or(0, Vec::len);
    let looks: Vec<Look> = (0..width).map(|column| Look::at(rows, column)).collect();
    let mut roles = vec![ColumnRole::Ignore; width];
    let mut take = |role: ColumnRole, fits: &dyn Fn(&Look) -> bool, better: &dyn Fn(&Look) -> f64| {
        let best = (0..width)
            .filter(|column| roles[*column] == ColumnRole::Ignore && fits(&looks[*column]))
            .max_by(|a, b| better(&looks[*a]).total_cmp(&better(&looks[*b])).then(b.cmp(a)));
        if let Some(column) = best {
            roles[column] = role;
        }
    };
    take(ColumnRole::Time, &|look| look.times > 0.9, &|look| look.times);
    take(ColumnRole::Role, &|look| look.roles > 0.9, &|look| look.roles);
    // Sentences: what is long, and differs from row to row.
    take(ColumnRole::Text, &|look| look.wordy > 0.5 && look.plainly_not_text < 0.5, &|look| {
        (look.length.min(40.0) + 1.0) * (0.05 + look.distinct) * if look.name_like > 0.9 { 0.3 } else { 1.0 }
    });
    let has_role = roles.contains(&ColumnRole::Role);
    let mut take = |role: ColumnRole, fits: &dyn Fn(&Look) -> bool, better: &dyn Fn(&Look) -> f64| {
        let best = (0..width)
            .filter(|column| roles[*column] == ColumnRole::Ignore && fits(&looks[*column]))
            .max_by(|a, b| better(&looks[*a]).total_cmp(&better(&looks[*b])).then(b.cmp(a)));
        if let Some(column) = best {
            roles[column] = role;
        }
    };
    if has_role {
        take(ColumnRole::Conversation, &|look| look.name_like > 0.9 && look.distinct < 0.9, &|look| look.distinct);
    } else {
        let sample = rows.len();
        take(
            ColumnRole::Intent,
            &|look| look.wordy > 0.5 && (look.name_like > 0.9 || (sample >= 8 && look.distinct < 0.5)),
            &|look| 1.0 - look.distinct,
        );
    }
    roles
}

/// Figures of one column over the sample, each a share of its filled cells.
struct Look {
    times: f64,
    roles: f64,
    /// Distinct values per filled cell.
    distinct: f64,
    /// Mean characters.
    length: f64,
    /// Cells with letters in them.
    wordy: f64,
    /// Cells like `card_arrival` or `Request.酒店.电话`: no blanks, no sentence marks, short.
    name_like: f64,
    /// Numbers, dates and links.
    plainly_not_text: f64,
}

impl Look {
    fn at(rows: &[Vec<String>], column: usize) -> Self {
        let cells: Vec<&str> = rows.iter().map(|row| row[column].trim()).filter(|cell| !cell.is_empty()).collect();
        let count = cells.len().max(1) as f64;
        let share = |fits: &dyn Fn(&str) -> bool| cells.iter().filter(|cell| fits(cell)).count() as f64 / count;
        Look {
            times: share(&|cell| is_time(cell)),
            roles: share(&|cell| speaker::of_word(cell).is_some() && cell.chars().count() <= 12),
            distinct: cells.iter().collect::<HashSet<_>>().len() as f64 / count,
            length: cells.iter().map(|cell| cell.chars().count()).sum::<usize>() as f64 / count,
            wordy: share(&|cell| cell.chars().any(char::is_alphabetic)),
            name_like: share(&is_name),
            plainly_not_text: share(&|cell| {
                is_time(cell)
                    || cell.parse::<f64>().is_ok()
                    || cell.starts_with("http://")
                    || cell.starts_with("https://")
            }),
        }
    }
}

fn is_time(cell: &str) -> bool {
    // A bare number of a few digits is more often an id or an amount than a day in a spreadsheet.
    (cell.len() >= 8 || cell.contains('.')) && time::parse(cell, CHINA).is_some()
}

fn is_name(cell: &str) -> bool {
    cell.chars().count() <= 60
        && cell.chars().all(|c| c.is_alphanumeric() || "_-./+:&".contains(c))
        && (cell.is_ascii() || cell.contains(['_', '.', '/', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_comes_back_by_its_word() {
        for role in ColumnRole::ALL {
            assert_eq!(ColumnRole::named(role.name()), Some(role));
        }
        assert_eq!(ColumnRole::named("colour"), None);
    }

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_table_without_headings_is_told_by_its_values() {
        use ColumnRole::*;
        let labelled = "How do I locate my card?|card_arrival\nI still have not received my new card|card_arrival\nHelp please!|lost_card";
        assert_eq!(of_values(&rows(labelled)), [Text, Intent]);
        let chinese = "什么月份去澳大利亚最棒？|weather.CheckWeatherTime\n做完了|general.FinishTask\n就这样了，完成|general.FinishTask";
        assert_eq!(of_values(&rows(chinese)), [Text, Intent]);
        let turned = "查话费|怎么查话费啊亲\n查话费|话费还有多少\n查话费|我的话费怎么扣得这么快\n查话费|余额多少\n退订|不想要这个套餐了\n退订|帮我取消彩铃业务\n退订|退掉流量包\n退订|取消取消";
        assert_eq!(of_values(&rows(turned)), [Intent, Text]);
        let chat =
            "S1|2024/3/1 10:00|客户|卡被锁了\nS1|2024/3/1 10:01|客服|请问是密码输错吗\nS2|2024/3/1 10:05|客户|转人工";
        assert_eq!(of_values(&rows(chat)), [Conversation, Time, Role, Text]);
        let numbers = "1|2\n3|4";
        assert_eq!(of_values(&rows(numbers)), [Ignore, Ignore]);
    }
}
