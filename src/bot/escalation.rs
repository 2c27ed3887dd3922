//! When people take over, and when a word that sounds like it is no reason to: the finance policy with the sense
//! for moods that everybody has.

use std::fs;
use std::path::Path;

use crate::bot::Bot;
use crate::dialogue::event::Event;
use crate::dialogue::policy::read::read;
use crate::dialogue::state::State;
use crate::dialogue::turn::heard::Clock;
use crate::nlu::emotion::emotion;

struct Chat {
    bot: Bot,
    state: State,
}

impl Chat {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh/policy.yaml");
        let policy = read(&fs::read_to_string(path).expect("the policy")).expect("the policy");
        Self { bot: Bot::new(None, &[], policy, Box::new(emotion)), state: State::default() }
    }

    /// Says something that is understood as an intent; returns the replies and the queue that took over.
    fn says(&mut self, text: &str, intent: &str) -> (String, Option<String>) {
        let mut heard = self.bot.hear(text, &Clock { minutes: 600, date: "2026-03-10".into() }, "chat");
        if !intent.is_empty() {
            heard.intents = [(intent.to_owned(), 0.95)].into();
        }
        let turn = self.bot.again(&self.state, heard);
        turn.outcome.events.iter().for_each(|event| self.state.apply(event));
        let queue = turn.outcome.events.iter().find_map(|event| match event {
            Event::HandedOff { queue, .. } => Some(queue.clone()),
            _ => None,
        });
        (turn.outcome.replies.iter().map(|reply| reply.text.as_str()).collect::<Vec<_>>().join("\n"), queue)
    }
}

#[test]
fn words_that_only_sound_like_anger_or_risk_hand_nobody_over() {
    for (text, intent) in [
        ("怎么投诉物流", ""),
        ("老是收到垃圾短信怎么退订", ""),
        ("法院冻结了账户怎么办", "账户冻结"),
        ("恶心呕吐能理赔吗", "理赔报案"),
        ("不急，你慢慢查", "账单查询"),
    ] {
        let (said, queue) = Chat::new().says(text, intent);
        assert_eq!(queue, None, "{text}: {said}");
        assert!(!said.contains("非常抱歉给您带来不便") && !said.contains("您别着急"), "{text}: {said}");
    }
}

#[test]
fn a_customer_who_was_cheated_hears_what_to_do_and_meets_the_safety_desk() {
    let (said, queue) = Chat::new().says("被骗了怎么办", "盗刷被骗");
    assert!(said.contains("110") && said.contains("锁卡"), "{said}");
    assert_eq!(queue.as_deref(), Some("安全专席"));
}

#[test]
fn threats_and_danger_hand_over_at_once() {
    for text in ["我要打12378投诉到监管", "信不信我找记者曝光你们", "我不想活了"] {
        let (said, queue) = Chat::new().says(text, "账单查询");
        assert_eq!(queue.as_deref(), Some("人工客服"), "{text}: {said}");
    }
}

#[test]
fn who_asks_for_a_person_gets_one() {
    let (said, queue) = Chat::new().says("别废话，转人工", "");
    assert_eq!(queue.as_deref(), Some("人工客服"), "{said}");
}

#[test]
fn anger_is_apologised_for_once_and_handed_over_the_second_time() {
    let mut chat = Chat::new();
    let (said, queue) = chat.says("你们太差劲了，账单又错", "账单有误");
    assert!(said.starts_with("非常抱歉"), "{said}");
    assert_eq!(queue, None);
    let (_, queue) = chat.says("气死我了，什么破银行", "");
    assert_eq!(queue.as_deref(), Some("人工客服"));
}

#[test]
fn two_misses_change_the_way_and_the_third_hands_over() {
    let mut chat = Chat::new();
    let first = chat.says("阿巴阿巴阿巴阿巴", "");
    let second = chat.says("呜哩哇啦呜哩哇啦", "");
    let third = chat.says("叽里咕噜叽里咕噜", "");
    assert_ne!(first.0, second.0);
    assert!(second.0.contains("您可以直接选一项"), "{second:?}");
    assert_eq!((first.1, second.1), (None, None));
    assert_eq!(third.1.as_deref(), Some("人工客服"));
}

#[test]
fn haste_puts_the_urgent_topic_first() {
    let mut chat = Chat::new();
    chat.says("我想办分期", "分期");
    let (said, _) = chat.says("快点快点，我的卡被偷了！！", "挂失");
    assert!(said.contains("卡号后四位"), "{said}");
}
