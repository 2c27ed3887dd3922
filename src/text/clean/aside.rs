//! Why a message is set aside: it stays in the project, but teaches nothing.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::conversation::Role;
use crate::text::clean::masks::tags;
use crate::text::clean::scan::is_alphanumeric;
use crate::text::clean::starts::Starts;
use crate::text::language::tag_end;

/// Why a message is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aside {
    /// Nothing but blanks and signs.
    Empty,
    /// Nothing but emoji: a mood, no question.
    OnlyEmoji,
    /// A picture, a voice message, a file.
    OnlyMedia,
    /// An order, an article, a link without a word.
    OnlyCard,
    /// A number, a name or an address that somebody was asked for; behind its mask nothing is left to learn from.
    OnlyMask,
    /// The chat system speaks.
    SystemLine,
    /// A message that was taken back.
    Recall,
    /// A canned opening or closing of an agent or a bot.
    Boilerplate,
    /// What a recogniser makes of silence.
    Hallucination,
    /// Text decoded wrongly.
    Mojibake,
    /// A greeting that asks nothing.
    Greeting,
    /// A sentence that broke off.
    Incomplete,
    /// A text a trainer ticked as canned.
    Canned,
}

impl Aside {
    pub const ALL: [Aside; 13] = [
        Aside::Empty,
        Aside::OnlyEmoji,
        Aside::OnlyMedia,
        Aside::OnlyCard,
        Aside::OnlyMask,
        Aside::SystemLine,
        Aside::Recall,
        Aside::Boilerplate,
        Aside::Hallucination,
        Aside::Mojibake,
        Aside::Greeting,
        Aside::Incomplete,
        Aside::Canned,
    ];

    /// Returns the word the store keeps.
    pub fn name(self) -> &'static str {
        match self {
            Aside::Empty => "empty",
            Aside::OnlyEmoji => "only-emoji",
            Aside::OnlyMedia => "only-media",
            Aside::OnlyCard => "only-card",
            Aside::OnlyMask => "only-mask",
            Aside::SystemLine => "system-line",
            Aside::Recall => "recall",
            Aside::Boilerplate => "boilerplate",
            Aside::Hallucination => "hallucination",
            Aside::Mojibake => "mojibake",
            Aside::Greeting => "greeting",
            Aside::Incomplete => "incomplete",
            Aside::Canned => "canned",
        }
    }

    /// Returns the reason with that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aside| aside.name() == word)
    }
}

/// Judges a line by itself: what the chat system writes into a conversation.
pub(crate) fn system_line(text: &str, role: Role) -> Option<Aside> {
    static RECALL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^.{0,40}撤回了?(?:一条|1条)?(?:消息|信息)?[。.]?$|^this message was (?:deleted|recalled|unsent)|recalled a message",
        )
    });
    static SYSTEM: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^(?:",
            r"(?:人工)?(?:客服|坐席|专员|顾问|机器人)?\s?\S{0,16}\s?已?(?:成功)?(?:接入|加入|进入|离开|退出|结束)了?(?:当前|本次)?(?:会话|对话|聊天|服务|通话)",
            r"|(?:您的|本次|当前|该)?(?:会话|对话|聊天|服务|通话)(?:因.{1,20})?已?(?:自动|超时|被)?(?:结束|关闭|断开|终止|转接|转移)",
            r"|由\s?.{1,20}?\s?转(?:交|接)给?\s?\S{1,20}",
            r"|(?:正在|已|已经)(?:为您|帮您)?转接.{0,20}",
            r"|.{1,20}(?:已|将)?(?:会话|对话)转(?:交|接)(?:给|至).{1,20}",
            r"|(?:您)?(?:当前|前面|正在)?.{0,8}?排队(?:中|人数).{0,24}|.{0,12}(?:排队|等待).{0,8}第?[0-9]+位.{0,12}",
            r"|(?:系统|平台)(?:消息|提示|通知)[:：].*",
            r"|(?:请|邀请您?)(?:您)?(?:对|为)(?:本次|我的|此次)(?:服务|会话).{0,10}(?:评价|打分|评分).*",
            r"|(?:用户|客户|访客|您)已?(?:评价|提交了?评价|完成评价).{0,20}",
            r"|以上(?:是|为)历史(?:消息|记录).*|-{2,}.{0,10}以上.{0,10}-{2,}",
            r"|对方(?:正在输入|已(?:读|离开|离线)).{0,6}|已读|未读",
            r"|.{0,30}(?:joined|left) the (?:chat|conversation).?|chat (?:archived|ended|started|transferred).*",
            r"|(?:语音|视频)?通话(?:时长|已取消|已拒绝|中断).{0,20}",
            r")[。.！!~～]?$"
        ))
    });
    let line = text.trim();
    if RECALL.is_match(line) && !asks(line) {
        return Some(Aside::Recall);
    }
    (role == Role::System || SYSTEM.is_match(line) && !asks(line)).then_some(Aside::SystemLine)
}

/// Judges an agent's or a bot's line: every clause of it is canned.
pub(crate) fn boilerplate(text: &str, role: Role) -> Option<Aside> {
    const CANNED: [&str; 38] = [
        "欢迎光临",
        "欢迎咨询",
        "欢迎您",
        "欢迎致电",
        "欢迎使用",
        "为您服务",
        "为你服务",
        "帮您",
        "帮到您",
        "帮助您",
        "帮你",
        "帮到你",
        "感谢您的",
        "感谢您",
        "祝您",
        "祝你",
        "生活愉快",
        "再见",
        "稍等",
        "稍候",
        "竭诚",
        "工号",
        "满意",
        "智能客服",
        "在线客服",
        "还有其他",
        "还有什么",
        "请问有什么",
        "welcome to",
        "help you",
        "assist you",
        "thank you for",
        "have a nice",
        "have a great",
        "anything else",
        "客服小",
        "评价",
        "请讲",
    ];
    if !matches!(role, Role::Agent | Role::Bot)
        || text.chars().count() > 90
        || text.contains(|c: char| c.is_ascii_digit()) && !text.contains("工号")
    {
        return None;
    }
    let lower = text.to_lowercase();
    let mut canned = 0;
    for clause in clauses(&lower) {
        if CANNED.iter().any(|phrase| clause.contains(phrase)) {
            canned += 1;
        } else if !is_greeting(clause) && !matches!(clause, "好的" | "嗯嗯" | "谢谢" | "亲亲" | "您请说" | "请说")
        {
            return None;
        }
    }
    (canned > 0).then_some(Aside::Boilerplate)
}

/// Judges a recognised line: phrases that speech models learnt from subtitles and say into silence.
pub(crate) fn hallucination(text: &str) -> Option<Aside> {
    static PHRASE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)请不吝点赞|打赏支持|明镜与点点|字幕(?:由|志愿|组|制作|提供|by)|中文字幕|(?:谢谢|感谢)(?:您的?|大家的?)?(?:观看|收看|收听)",
            r"|subtitles? by|amara\.org|thanks? (?:you )?for watching|like and subscribe|please subscribe"
        ))
    });
    PHRASE.is_match(text).then_some(Aside::Hallucination)
}

/// Judges a customer's line: every clause of it greets.
pub(crate) fn greeting(text: &str, role: Role) -> Option<Aside> {
    let greets = role == Role::Customer && text.len() <= 60 && is_greeting(text);
    greets.then_some(Aside::Greeting)
}

/// Tells whether every clause of `text` greets and nothing else.
pub(crate) fn is_greeting(text: &str) -> bool {
    const GREETINGS: [&str; 34] = [
        "你好",
        "您好",
        "你们好",
        "您们好",
        "hello",
        "hi",
        "hey",
        "哈喽",
        "哈啰",
        "嗨",
        "喂",
        "亲",
        "亲亲",
        "在吗",
        "在么",
        "在不",
        "在不在",
        "在嘛",
        "在没",
        "有人吗",
        "有人么",
        "有人在吗",
        "有人没",
        "请问在吗",
        "早上好",
        "上午好",
        "中午好",
        "下午好",
        "晚上好",
        "早安",
        "早",
        "good morning",
        "good afternoon",
        "客服",
    ];
    static STARTS: LazyLock<Starts> = LazyLock::new(|| Starts::of(&GREETINGS));
    let mut some = false;
    for clause in clauses(text) {
        let mut rest = clause.trim_end_matches(['啊', '呀', '哦', '呢', '哈', '喔', '~', '～']);
        // Several greetings without a sign between them: 你好在吗.
        while !rest.is_empty() {
            let Some(length) = STARTS.longest(rest) else { return false };
            let (word, next) = rest.split_at(length);
            if next.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.is_ascii() {
                return false;
            }
            rest = next.trim_start();
        }
        some = true;
    }
    some
}

/// Judges a customer's line that breaks off: only openers, particles and connectors.
pub(crate) fn incomplete(text: &str, role: Role) -> Option<Aside> {
    const OPENERS: [&str; 22] = [
        "我想请问一下",
        "我想问一下",
        "我想咨询一下",
        "想请问一下",
        "想问一下",
        "请问一下",
        "想咨询一下",
        "问一下",
        "我想请问",
        "我想问",
        "请问",
        "想问下",
        "问下",
        "想问",
        "那个",
        "这个",
        "就是说",
        "就是",
        "你好",
        "您好",
        "我想",
        "我要",
    ];
    const ENDS: [&str; 21] = [
        "就是",
        "就是说",
        "然后",
        "因为",
        "但是",
        "所以",
        "如果",
        "而且",
        "或者",
        "以及",
        "比如",
        "比如说",
        "关于",
        "还有就是",
        "因为我",
        "然后我",
        "就是我",
        "如果我",
        "但是我",
        "我那个",
        "我的那个",
    ];
    static STARTS: LazyLock<Starts> = LazyLock::new(|| Starts::of(&OPENERS));
    const PARTICLES: &str = "嗯呃额啊哦噢喔唉哎诶呀嘛呢吧啦嘿那我";
    if role != Role::Customer || text.len() > 120 {
        return None;
    }
    let bare = text.trim_end_matches(|c: char| !is_alphanumeric(c) && c != '>');
    let mut rest = bare;
    loop {
        rest = rest.trim_start_matches(|c: char| PARTICLES.contains(c) || !is_alphanumeric(c) && c != '<');
        match STARTS.longest(rest) {
            Some(length) => rest = &rest[length..],
            None => break,
        }
    }
    // 然后 at the very end of a longer question may be all that is missing; what stands before still says it.
    let hangs = bare.chars().count() <= 12 && ENDS.iter().any(|end| bare.ends_with(end)) && !agrees(bare);
    (!bare.is_empty() && rest.is_empty() || hangs).then_some(Aside::Incomplete)
}

/// Tells whether a line that ends in 就是 or 因为 is whole all the same (对，就是).
fn agrees(text: &str) -> bool {
    let joined: String = text.chars().filter(|c| is_alphanumeric(*c)).collect();
    ["对就是", "是就是", "错就是", "不就是", "也就是", "这就是", "那就是", "是因为"]
        .iter()
        .any(|end| joined.ends_with(end))
}

/// Judges a line by what is left without tags.
pub(crate) fn emptiness(text: &str) -> Option<Aside> {
    let (mut emoji, mut media, mut card, mut mask) = (false, false, false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(end) = tags::tag_end(rest) {
            mask = true;
            rest = &rest[end..];
            continue;
        }
        if c == '<'
            && let Some(end) = tag_end(rest)
        {
            match &rest[..end] {
                tag if tag.starts_with("<emo:") => emoji = true,
                "<img>" | "<voice>" | "<video>" | "<file>" | "<place>" | "<card>" => media = true,
                "<order>" | "<item>" | "<url>" => card = true,
                _ => return None,
            }
            rest = &rest[end..];
            continue;
        }
        if is_alphanumeric(c) {
            return None;
        }
        rest = &rest[c.len_utf8()..];
    }
    Some(match (mask, media, card, emoji) {
        (true, ..) => Aside::OnlyMask,
        (_, true, ..) => Aside::OnlyMedia,
        (_, _, true, _) => Aside::OnlyCard,
        (_, _, _, true) => Aside::OnlyEmoji,
        _ => Aside::Empty,
    })
}

/// Tells whether a customer's question hides in what looks like a system line (会话怎么自动结束了).
fn asks(text: &str) -> bool {
    ["怎么", "为什么", "为啥", "吗", "呢", "?", "？", "如何", "咋", "能不能", "可以", "要"]
        .iter()
        .any(|word| text.contains(word))
}

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(['，', '。', '！', '？', '；', '、', ',', '!', '?', ';', '.', '~', '～', '\n', '…'])
        .map(str::trim)
        .filter(|clause| !clause.is_empty() && !clause.starts_with("<emo:"))
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for aside in Aside::ALL {
            assert_eq!(Aside::named(aside.name()), Some(aside));
        }
    }

    #[test]
    fn the_system_s_lines_are_known_and_questions_about_it_are_not() {
        for text in [
            "客服 小李 已接入会话",
            "您的会话因长时间未操作已自动结束",
            "由 服务助手 转交给 小丽",
            "对方正在输入",
            "系统提示：您已进入排队",
            "John joined the chat",
        ] {
            assert_eq!(system_line(text, Role::Customer), Some(Aside::SystemLine), "{text}");
        }
        assert_eq!(system_line("tb3829301 撤回了一条消息", Role::Customer), Some(Aside::Recall));
        assert_eq!(system_line("怎么撤回消息", Role::Customer), None);
        assert_eq!(system_line("排队人工等了四十分钟都没人", Role::Customer), None);
        assert_eq!(system_line("当前排队人数较多，前面还有38位，请耐心等待", Role::Bot), Some(Aside::SystemLine));
        assert_eq!(system_line("会话怎么自动结束了", Role::Customer), None);
        assert_eq!(system_line("转人工客服", Role::Customer), None);
        assert_eq!(system_line("3821", Role::System), Some(Aside::SystemLine));
    }

    #[test]
    fn an_opening_is_canned_only_from_our_side() {
        let opening = "亲亲，欢迎光临某某旗舰店~有什么可以帮您的呢";
        assert_eq!(boilerplate(opening, Role::Agent), Some(Aside::Boilerplate));
        assert_eq!(boilerplate(opening, Role::Customer), None);
        assert_eq!(boilerplate("您好，还款满一年后免收", Role::Agent), None);
        assert_eq!(boilerplate("您好我是智能客服小智，请问有什么可以帮您", Role::Bot), Some(Aside::Boilerplate));
    }

    #[test]
    fn greetings_ask_nothing() {
        for text in ["在吗", "你好", "您好，在吗？", "hello", "Hi!", "亲，在不在呀", "喂你好"] {
            assert_eq!(greeting(text, Role::Customer), Some(Aside::Greeting), "{text}");
        }
        for text in ["在吗想问下额度", "您好，请问提前还款要收违约金吗", "hit me", "history", "亲属卡怎么办"]
        {
            assert_eq!(greeting(text, Role::Customer), None, "{text}");
        }
    }

    #[test]
    fn only_a_broken_off_sentence_is_incomplete() {
        for text in ["请问一下就是", "嗯", "我想问一下", "那个，因为", "嗯那个就是"] {
            assert_eq!(incomplete(text, Role::Customer), Some(Aside::Incomplete), "{text}");
        }
        for text in ["年费", "退保", "对，就是", "好的", "我要还款", "请问额度", "<phone>", "没有"]
        {
            assert_eq!(incomplete(text, Role::Customer), None, "{text}");
        }
    }

    #[test]
    fn a_line_without_words_says_what_it_is() {
        assert_eq!(emptiness("？？"), Some(Aside::Empty));
        assert_eq!(emptiness("<emo:?> <emo:发怒>"), Some(Aside::OnlyEmoji));
        assert_eq!(emptiness("<img>"), Some(Aside::OnlyMedia));
        assert_eq!(emptiness("<order> <item>"), Some(Aside::OnlyCard));
        assert_eq!(emptiness("<phone>"), Some(Aside::OnlyMask));
        assert_eq!(emptiness("<idcard?>，<name>！"), Some(Aside::OnlyMask));
        assert_eq!(emptiness("<phone>换绑"), None);
        assert_eq!(emptiness("<b>"), None);
        assert_eq!(emptiness("额度"), None);
    }
}
