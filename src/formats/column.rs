//! Columns of tables and fields of records: what each holds, told by its heading or by its values.

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
    pub const ALL: [ColumnRole; 11] = [
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

    /// Returns what a heading says a column holds; `Ignore` when it is known to be of no use, `None` when it says nothing.
    pub fn headed(heading: &str) -> Option<Self> {
        rank(heading).map(|(role, _)| role)
    }
}

/// Headings by role, the surest first in each row. Written as `plain` leaves them.
const HEADINGS: [(ColumnRole, &[&str]); 11] = [
    (
        ColumnRole::Text,
        &[
            "消息内容",
            "消息內容",
            "聊天内容",
            "对话内容",
            "会话内容",
            "内容",
            "內容",
            "用户问法",
            "用户问题",
            "客户问题",
            "用户输入",
            "原始问题",
            "问法",
            "话术",
            "语料",
            "文本",
            "正文",
            "消息",
            "訊息",
            "问句",
            "query",
            "utterance",
            "text",
            "content",
            "message",
            "messagetext",
            "body",
            "question",
            "sentence",
            "utt",
            "msg",
            "用户说",
            "问题",
            "問題",
        ],
    ),
    (
        ColumnRole::Question,
        &["标准问", "标准问题", "标准问法", "標準問", "标准问句", "faq标题", "知识标题", "standardquestion"],
    ),
    (
        ColumnRole::Similar,
        &[
            "相似问",
            "相似问法",
            "相似问题",
            "扩展问",
            "扩展问法",
            "更多问题",
            "更多問題",
            "相似問",
            "同义问法",
            "similarquestion",
            "similarquestions",
            "simquestions",
        ],
    ),
    (
        ColumnRole::Intent,
        &[
            "意图",
            "意圖",
            "意图名称",
            "意图名",
            "intent",
            "intentname",
            "label",
            "标签",
            "category",
            "分类标签",
            "class",
        ],
    ),
    (
        ColumnRole::Role,
        &[
            "角色",
            "发送方",
            "发送方类型",
            "发送者类型",
            "发送人类型",
            "消息来源",
            "说话人角色",
            "身份",
            "role",
            "sender",
            "sendertype",
            "from",
            "authortype",
            "direction",
        ],
    ),
    (
        ColumnRole::Conversation,
        &[
            "会话id",
            "對話id",
            "会话编号",
            "会话号",
            "对话id",
            "对话编号",
            "会话",
            "會話id",
            "会话标识",
            "工单号",
            "conversation",
            "conversationid",
            "session",
            "sessionid",
            "dialogueid",
            "dialogid",
            "chatid",
            "ticketid",
            "threadid",
            "callid",
            "convid",
            "dialogue",
        ],
    ),
    (
        ColumnRole::Time,
        &[
            "时间",
            "時間",
            "消息时间",
            "发送时间",
            "發送時間",
            "创建时间",
            "日期",
            "聊天时间",
            "time",
            "timestamp",
            "at",
            "createdat",
            "sentat",
            "date",
            "datetime",
            "sendtime",
            "createtime",
        ],
    ),
    (
        ColumnRole::Speaker,
        &[
            "昵称",
            "暱稱",
            "说话人",
            "发送人",
            "发送者",
            "姓名",
            "用户昵称",
            "客服昵称",
            "speaker",
            "nick",
            "nickname",
            "author",
            "name",
            "sendername",
            "username",
        ],
    ),
    (ColumnRole::Channel, &["渠道", "来源渠道", "渠道名称", "channel"]),
    (
        ColumnRole::Transcript,
        &["聊天记录", "对话记录", "会话记录", "全部对话", "transcript", "dialog", "chatlog", "conversationtext"],
    ),
    (
        ColumnRole::Ignore,
        &[
            "答案",
            "回答",
            "回复",
            "標準答案",
            "标准答案",
            "类目",
            "类别",
            "目录",
            "分类",
            "满意度",
            "消息类型",
            "类型",
            "次数",
            "频次",
            "命中次数",
            "answer",
            "reply",
            "response",
            "count",
            "source",
            "id",
            "msgid",
            "messageid",
            "type",
            "rating",
            "score",
            "序号",
            "编号",
            "状态",
            "备注",
        ],
    ),
];

/// Returns what headings say of each column, settling doubles: one column a role (but for similar questions), the surest heading wins.
pub fn of_headings<S: AsRef<str>>(headings: &[S]) -> Vec<Column> {
    let ranks: Vec<Option<(ColumnRole, usize)>> = headings.iter().map(|h| rank(h.as_ref())).collect();
    let mut roles = Vec::with_capacity(headings.len());
    for (at, heading) in headings.iter().enumerate() {
        let role = match ranks[at] {
            Some((ColumnRole::Similar, _)) => ColumnRole::Similar,
            Some((role, own)) => {
                let beaten = ranks
                    .iter()
                    .enumerate()
                    .any(|(other, rank)| rank.is_some_and(|(r, theirs)| r == role && (theirs, other) < (own, at)));
                if beaten { ColumnRole::Ignore } else { role }
            }
            // Wide sheets head the first column of similar questions only.
            None if plain(heading.as_ref()).is_empty() && roles.last() == Some(&ColumnRole::Similar) => {
                ColumnRole::Similar
            }
            None => ColumnRole::Ignore,
        };
        roles.push(role);
    }
    // 问题 beside 相似问 is the standard question, and so is the second of two text columns beside none.
    if roles.contains(&ColumnRole::Similar) && !roles.contains(&ColumnRole::Question) {
        for role in &mut roles {
            if *role == ColumnRole::Text {
                *role = ColumnRole::Question;
            }
        }
    }
    headings
        .iter()
        .zip(roles)
        .map(|(heading, role)| Column { name: heading.as_ref().trim().trim_start_matches('\u{FEFF}').to_owned(), role })
        .collect()
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

fn rank(heading: &str) -> Option<(ColumnRole, usize)> {
    let heading = plain(heading);
    HEADINGS.iter().find_map(|(role, words)| words.iter().position(|word| *word == heading).map(|at| (*role, at)))
}

/// Returns a heading without its ornaments: `*必填`, brackets, blanks, underscores, capitals.
fn plain(heading: &str) -> String {
    let cut = heading.find(['(', '（', '[', '【']).filter(|at| *at > 0).unwrap_or(heading.len());
    heading[..cut]
        .chars()
        .filter(|c| !c.is_whitespace() && !"*＊_-\u{FEFF}\"'：:".contains(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(headings: &[&str]) -> Vec<ColumnRole> {
        of_headings(headings).into_iter().map(|column| column.role).collect()
    }

    #[test]
    fn every_role_comes_back_by_its_word() {
        for role in ColumnRole::ALL {
            assert_eq!(ColumnRole::named(role.name()), Some(role));
        }
        assert_eq!(ColumnRole::named("colour"), None);
    }

    #[test]
    fn no_heading_stands_for_two_roles() {
        let mut seen = HashSet::new();
        for (_, words) in HEADINGS {
            for word in words {
                assert!(seen.insert(*word), "{word}");
                assert_eq!(plain(word), *word, "written as `plain` leaves it");
            }
        }
    }

    #[test]
    fn a_service_export_is_understood_by_its_headings() {
        use ColumnRole::*;
        assert_eq!(
            roles(&["会话ID", "消息时间", "角色", "昵称", "消息类型", "消息内容", "满意度"]),
            [Conversation, Time, Role, Speaker, Ignore, Text, Ignore]
        );
        assert_eq!(
            roles(&["conversation_id", "Created At", "Sender", "Message Text"]),
            [Conversation, Time, Role, Text]
        );
    }

    #[test]
    fn question_lists_give_standard_and_similar_questions() {
        use ColumnRole::*;
        assert_eq!(roles(&["问题", "相似问题", "答案"]), [Question, Similar, Ignore]);
        assert_eq!(
            roles(&["* 标准问（必填）", "相似问法", "", "", "答案"]),
            [Question, Similar, Similar, Similar, Ignore]
        );
        assert_eq!(roles(&["问题", "答案"]), [Text, Ignore]);
        assert_eq!(roles(&["用户问法", "意图"]), [Text, Intent]);
    }

    #[test]
    fn of_two_text_headings_the_surer_wins() {
        use ColumnRole::*;
        assert_eq!(roles(&["问题", "消息内容"]), [Ignore, Text]);
        assert_eq!(roles(&["内容", "内容"]), [Text, Ignore]);
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
