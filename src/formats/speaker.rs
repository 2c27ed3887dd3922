//! Who a name or a word in a role column stands for.
//!
//! `domain::conversation::Role::named` knows the plain words; files say more (`访客8371`, `人工坐席03`, `visitor_12`),
//! and names of people say nothing. What is unsure stays `None`, and the options may map any name by hand.

use crate::domain::conversation::Role;

/// Word parts that tell a role, most telling first: 机器人客服 is a bot.
const PARTS: [(Role, &[&str]); 4] = [
    (Role::Bot, &["机器人", "機器人", "智能客服", "智能助手", "智能助理", "虚拟助手", "bot", "robot", "chatgpt"]),
    (Role::System, &["系统", "系統", "system", "notification"]),
    (
        Role::Agent,
        &[
            "客服",
            "坐席",
            "座席",
            "坐席员",
            "专员",
            "接线员",
            "话务员",
            "接待",
            "工号",
            "人工",
            "服务人员",
            "agent",
            "operator",
            "support",
            "advisor",
            "representative",
            "seller",
            "waiter",
            "kf",
        ],
    ),
    (
        Role::Customer,
        &[
            "客户",
            "客戶",
            "用户",
            "用戶",
            "顾客",
            "访客",
            "訪客",
            "买家",
            "来电",
            "咨询者",
            "customer",
            "visitor",
            "user",
            "client",
            "buyer",
            "caller",
        ],
    ),
];

/// Whole words that vendors put in a role column.
const WORDS: [(&str, Role); 30] = [
    ("usr", Role::Customer),
    ("sys", Role::Agent),
    ("u", Role::Customer),
    ("c", Role::Customer),
    ("a", Role::Agent),
    ("q", Role::Customer),
    ("m", Role::Agent),
    ("me", Role::Agent),
    ("lead", Role::Customer),
    ("admin", Role::Agent),
    ("contact", Role::Customer),
    ("member", Role::Customer),
    ("guest", Role::Customer),
    ("participant", Role::Customer),
    ("商家", Role::Agent),
    ("店家", Role::Agent),
    ("员工", Role::Agent),
    ("助理", Role::Agent),
    ("助手", Role::Agent),
    ("卖家", Role::Agent),
    ("问", Role::Customer),
    ("答", Role::Agent),
    ("我", Role::Agent),
    ("对方", Role::Customer),
    ("model", Role::Bot),
    ("tool", Role::System),
    // Prompts and calls in training data for machines.
    ("developer", Role::System),
    ("function", Role::System),
    ("function_call", Role::System),
    ("observation", Role::System),
];

/// What only people of the house say, most telling words.
const GREETINGS: [&str; 15] = [
    "为您服务",
    "为你服务",
    "请问有什么",
    "工号",
    "感谢您的来电",
    "感谢您的咨询",
    "感谢来电",
    "欢迎致电",
    "欢迎光临",
    "欢迎咨询",
    "how may i help",
    "how can i help",
    "thank you for calling",
    "thanks for calling",
    "thank you for contacting",
];

/// What people of the house say along the way.
const SERVICE: [&str; 9] =
    ["亲亲", "帮您", "请您", "您稍等", "请问您", "请稍等", "还有其他可以", "祝您生活愉快", "is there anything else"];

/// How the roles of a call's speakers were come by, from sure to unsure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// The source names them, or the trainer did.
    Told,
    /// By what each says.
    Said,
    /// Who speaks first takes the call; nothing said tells more.
    Order,
    /// The source tells no voices apart: everything is the customer's.
    Alone,
}

impl Ground {
    pub const ALL: [Ground; 4] = [Ground::Told, Ground::Said, Ground::Order, Ground::Alone];

    /// Returns the word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Ground::Told => "told",
            Ground::Said => "said",
            Ground::Order => "order",
            Ground::Alone => "alone",
        }
    }
}

/// Tells whether a text in small letters greets like the house does.
pub(super) fn greets(text: &str) -> bool {
    GREETINGS.iter().any(|word| text.contains(word))
}

/// Tells whether a text in small letters serves like the house does.
pub(super) fn serves(text: &str) -> bool {
    SERVICE.iter().any(|word| text.contains(word))
}

/// Returns the role a word of a role column names.
pub fn of_word(word: &str) -> Option<Role> {
    let word = word.trim();
    let lower = word.to_lowercase();
    // In dialogue corpora `sys` is the other speaker, not the notices of the system.
    WORDS
        .iter()
        .find(|(known, _)| *known == lower)
        .map(|(_, role)| *role)
        .or_else(|| Role::named(word))
        .or_else(|| of_name(word))
}

/// Returns the role a speaker's name gives away.
pub fn of_name(name: &str) -> Option<Role> {
    let name = name.trim();
    if let Some(role) = Role::named(name) {
        return Some(role);
    }
    // Taobao's sub-accounts: shop:person.
    if let Some((shop, person)) = name.split_once([':', '：'])
        && !shop.trim().is_empty()
        && !person.trim().is_empty()
    {
        return Some(Role::Agent);
    }
    let lower = name.to_lowercase();
    PARTS.iter().find(|(_, parts)| parts.iter().any(|part| says(&lower, part))).map(|(role, _)| *role)
}

/// Tells whether a name holds the part; Latin parts must stand alone or be followed by digits (`user12`, not `abuser`).
fn says(name: &str, part: &str) -> bool {
    if !part.is_ascii() {
        return name.contains(part);
    }
    name.match_indices(part).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        let after = name[at + part.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_alphabetic()) && !after.is_some_and(|c| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_their_role_away_or_stay_silent() {
        for (name, role) in [
            ("访客8371", Some(Role::Customer)),
            ("人工坐席03", Some(Role::Agent)),
            ("智能客服小智", Some(Role::Bot)),
            ("机器人客服", Some(Role::Bot)),
            ("某某旗舰店:小美", Some(Role::Agent)),
            ("visitor_12", Some(Role::Customer)),
            ("agent:88", Some(Role::Agent)),
            ("User12", Some(Role::Customer)),
            ("abuser", None),
            ("chatbot", None),
            ("系统消息", Some(Role::System)),
            ("张先生", None),
            ("", None),
        ] {
            assert_eq!(of_name(name), role, "{name}");
        }
    }

    #[test]
    fn role_words_of_corpora_are_known() {
        assert_eq!(of_word("usr"), Some(Role::Customer));
        assert_eq!(of_word("sys"), Some(Role::Agent));
        assert_eq!(of_word("assistant"), Some(Role::Agent));
        assert_eq!(of_word("系统"), Some(Role::System));
        assert_eq!(of_word("小李"), None);
    }
}
