//! What the headings of a table say its columns hold, in the words of many vendors and two languages.

use crate::formats::column::{Column, ColumnRole};

/// Headings by role, the surest first in each row. Written as `plain` leaves them.
const HEADINGS: [(ColumnRole, &[&str]); 18] = [
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
        &[
            "标准问",
            "标准问题",
            "标准问法",
            "標準問",
            "標準問題",
            "标准问句",
            "标准提问",
            "标准说法",
            "主问题",
            "主问法",
            "faq标题",
            "知识标题",
            "知识点",
            "知识点名称",
            "问题标题",
            "standardquestion",
        ],
    ),
    (
        ColumnRole::Similar,
        &[
            "相似问",
            "相似问法",
            "相似问题",
            "相似问句",
            "相似提问",
            "相似说法",
            "扩展问",
            "扩展问法",
            "扩展问题",
            "同义问",
            "同义问题",
            "其他问法",
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
    (ColumnRole::Channel, &["渠道", "来源渠道", "渠道名称", "适用渠道", "视角", "channel"]),
    (
        ColumnRole::Transcript,
        &["聊天记录", "对话记录", "会话记录", "全部对话", "transcript", "dialog", "chatlog", "conversationtext"],
    ),
    (
        ColumnRole::Answer,
        &["答案", "标准答案", "標準答案", "答案内容", "回答", "回复", "回复内容", "应答", "answer", "answers"],
    ),
    (
        ColumnRole::Category,
        &[
            "类目",
            "類目",
            "类别",
            "目录",
            "分类",
            "问题类别",
            "知识分类",
            "所属类目",
            "所属分类",
            "分组",
            "一级类目",
            "二级类目",
            "三级类目",
            "四级类目",
            "五级类目",
            "一级分类",
            "二级分类",
            "三级分类",
            "四级分类",
            "五级分类",
            "一级目录",
            "二级目录",
            "三级目录",
            "四级目录",
            "五级目录",
        ],
    ),
    (
        ColumnRole::From,
        &[
            "生效日期",
            "生效时间",
            "生效期",
            "开始日期",
            "有效期开始",
            "生效/失效时间",
            "生效失效时间",
            "effect",
            "effectivedate",
        ],
    ),
    (
        ColumnRole::Until,
        &[
            "失效日期",
            "失效时间",
            "失效期",
            "失效",
            "结束日期",
            "截止日期",
            "过期时间",
            "到期日",
            "有效期",
            "有效期至",
            "有效期限",
            "有效期结束",
            "expire",
            "expirydate",
        ],
    ),
    (ColumnRole::Note, &["合规备注", "答案备注"]),
    (ColumnRole::Guideline, &["标注说明", "意图说明", "guideline"]),
    (
        ColumnRole::Hint,
        &[
            "关键词",
            "关键字",
            "核心词",
            "否定关键词",
            "否定词",
            "同义词",
            "主干词",
            "keywords",
            "negativekeywords",
            "tags",
        ],
    ),
    (
        ColumnRole::Ignore,
        &[
            "满意度",
            "消息类型",
            "类型",
            "次数",
            "频次",
            "命中次数",
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
            Some((role, _)) if role.may_repeat() => role,
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
    settle_knowledge(headings, &mut roles);
    headings
        .iter()
        .zip(roles)
        .map(|(heading, role)| Column { name: heading.as_ref().trim().trim_start_matches('\u{FEFF}').to_owned(), role })
        .collect()
}

/// Settles what stands beside a standard question, and what means nothing without one.
fn settle_knowledge<S: AsRef<str>>(headings: &[S], roles: &mut [ColumnRole]) {
    // 问题 beside 相似问 is the standard question; a second column of that heading holds more of them.
    if roles.contains(&ColumnRole::Similar) && !roles.contains(&ColumnRole::Question) {
        let standard = roles.iter().position(|role| *role == ColumnRole::Text);
        for (at, role) in roles.iter_mut().enumerate() {
            if Some(at) == standard {
                *role = ColumnRole::Question;
            } else if standard.is_some_and(|first| plain(headings[at].as_ref()) == plain(headings[first].as_ref())) {
                *role = ColumnRole::Similar;
            }
        }
    }
    let knowledge = roles.contains(&ColumnRole::Question);
    for (role, heading) in roles.iter_mut().zip(headings) {
        match role {
            ColumnRole::Intent if knowledge => match plain(heading.as_ref()).as_str() {
                "标签" => *role = ColumnRole::Hint,
                "category" | "class" | "分类标签" => *role = ColumnRole::Category,
                _ => {}
            },
            role if role.of_knowledge() && !knowledge => *role = ColumnRole::Ignore,
            _ => {}
        }
    }
}

/// Returns what a heading says a column holds; `Ignore` when it is known to be of no use, `None` when it says nothing.
pub fn headed(heading: &str) -> Option<ColumnRole> {
    rank(heading).map(|(role, _)| role)
}

fn rank(heading: &str) -> Option<(ColumnRole, usize)> {
    let heading = plain(heading);
    let known = |heading: &str| {
        HEADINGS.iter().find_map(|(role, words)| words.iter().position(|word| *word == heading).map(|at| (*role, at)))
    };
    // 相似问法1, 相似问法2, …
    known(&heading).or_else(|| known(heading.trim_end_matches(|c: char| c.is_ascii_digit())))
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
    use std::collections::HashSet;

    use super::*;

    fn roles(headings: &[&str]) -> Vec<ColumnRole> {
        of_headings(headings).into_iter().map(|column| column.role).collect()
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
        assert_eq!(roles(&["问题", "相似问题", "答案"]), [Question, Similar, Answer]);
        assert_eq!(
            roles(&["* 标准问（必填）", "相似问法", "", "", "答案"]),
            [Question, Similar, Similar, Similar, Answer]
        );
        assert_eq!(
            roles(&[
                "一级分类",
                "二级分类",
                "标准问题",
                "扩展问题1",
                "扩展问题2",
                "标签",
                "否定关键词",
                "视角",
                "生效/失效时间"
            ]),
            [Category, Category, Question, Similar, Similar, Hint, Hint, Channel, From]
        );
        assert_eq!(roles(&["問題", "問題", "更多問題", "", ""]), [Question, Similar, Similar, Similar, Similar]);
        assert_eq!(roles(&["问题", "答案"]), [Text, Ignore]);
        assert_eq!(roles(&["用户问法", "意图"]), [Text, Intent]);
    }

    #[test]
    fn of_two_text_headings_the_surer_wins() {
        use ColumnRole::*;
        assert_eq!(roles(&["问题", "消息内容"]), [Ignore, Text]);
        assert_eq!(roles(&["内容", "内容"]), [Text, Ignore]);
    }
}
