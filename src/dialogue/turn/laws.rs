//! What holds in every chat, whatever is said.

use proptest::prelude::*;

use crate::dialogue::event::Event;
use crate::dialogue::state::State;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::heard::{Clock, Heard, Outcome};
use crate::dialogue::turn::play::turn;
use crate::dialogue::turn::tests::{bank, knowledge};
use crate::domain::prediction::Emotion;

const TEXTS: &[&str] = &[
    "",
    "？！",
    "1",
    "２",
    "第三个",
    "都不是",
    "是的",
    "不",
    "取消",
    "为什么",
    "再说一遍",
    "跳过",
    "活期宝",
    "安全吗",
    "这个呢",
    "500",
    "六万",
    "0元",
    "给小王转500",
    "不是500，是800",
    "说错了",
    "改成小李",
    "1234",
    "90000",
    "转账",
    "账单",
    "我要投诉",
    "转人工",
    "谢谢",
    "5分",
    "明天",
    "算了，我要转账",
    "密码忘了怎么办",
    "it's 12k!",
    "傻x",
    "<product>",
    "𝒳\u{0301}\u{200d}",
];

const INTENTS: &[&str] = &[
    "ask_quality",
    "transfer",
    "freeze_card",
    "bill_query",
    "bill_dispute",
    "book",
    "services",
    "human",
    "goodbye",
    "thanks",
    "open_hours",
    "gift",
    "nobody_knows",
];

const RISKS: &[&str] = &["complaint", "regulator", "fraud", "human"];

fn heard() -> impl Strategy<Value = Heard> {
    let text = prop_oneof![4 => prop::sample::select(TEXTS).prop_map(str::to_owned), 1 => ".{0,20}"];
    let score = prop_oneof![8 => 0.0f32..1.0, 1 => Just(f32::NAN), 1 => Just(2.0f32), 1 => Just(0.4f32)];
    let intents = prop::collection::vec((prop::sample::select(INTENTS).prop_map(str::to_owned), score), 0..4);
    let mood = prop_oneof![6 => Just(0.0f32), 1 => 0.0f32..1.0];
    let risks = prop_oneof![20 => Just(Vec::new()), 1 => prop::sample::subsequence(RISKS, 1)];
    (text, intents, mood.clone(), mood, risks, 0u16..1440).prop_map(
        |(text, intents, angry, anxious, risks, minutes)| Heard {
            text,
            intents: intents.into(),
            emotion: Emotion {
                angry,
                anxious,
                risks: risks.into_iter().map(str::to_owned).collect(),
                ..Emotion::default()
            },
            now: Clock { minutes, date: "2024-03-01".into() },
            channel: "chat".into(),
            ..Heard::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_chat_is_answered_bounded_and_reproducible(chat in prop::collection::vec(heard(), 1..30)) {
        let knowledge = knowledge();
        let mut state = State::default();
        let mut events: Vec<Event> = Vec::new();
        let mut asked_in_a_row = 0;
        let mut last: Option<String> = None;
        for heard in &chat {
            let outcome = turn(bank(), &knowledge, &state, heard);
            // The same turn again is the same, and survives the store.
            prop_assert_eq!(&turn(bank(), &knowledge, &state, heard), &outcome);
            let kept = serde_json::to_string(&outcome.events).expect("serialises");
            prop_assert_eq!(&serde_json::from_str::<Vec<Event>>(&kept).expect("reads back"), &outcome.events);
            // Ten stages, one line each; exactly one of 1 and 3–7 decides, unless the mood does.
            prop_assert_eq!(outcome.trace.iter().map(|l| l.stage).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
            outcome.events.iter().for_each(|e| state.apply(e));
            events.extend(outcome.events.iter().cloned());
            prop_assert_eq!(&State::of(&events), &state);
            // The bot always says something, and never the same twice running.
            prop_assert!(!outcome.replies.is_empty(), "silent: {:?} {:?}", heard, outcome.trace);
            for reply in &outcome.replies {
                prop_assert!(!reply.text.trim().is_empty());
                prop_assert!(last.as_ref() != Some(&reply.text), "twice: {} {:?}", reply.text, outcome.trace);
                last = Some(reply.text.clone());
            }
            asked_in_a_row = next_in_a_row(asked_in_a_row, &outcome);
            prop_assert!(asked_in_a_row <= bank().limits.cap(), "{:?}", outcome.trace);
            // A chat that waits for something shows it; one that is over waits for nothing but stars.
            prop_assert!(state.stack.len() <= 5);
            if state.handed.is_some() {
                prop_assert!(state.pending.is_none());
            }
        }
    }
}

/// Counts clarifying questions since a turn was understood.
fn next_in_a_row(count: u32, outcome: &Outcome) -> u32 {
    if matches!(outcome.trace[6].reason, Reason::Clarified { .. }) {
        return count + 1;
    }
    let understood = (3..6).any(|stage| outcome.trace[stage].fired) || outcome.trace[1].fired;
    let reset = outcome.events.iter().any(|e| matches!(e, Event::Understood | Event::Queued { .. }));
    if understood || reset { 0 } else { count }
}
