//! Conversations with the bank of `tests/fixtures/policy/bank.yaml`.

use std::sync::LazyLock;

use crate::dialogue::event::{Event, Pending};
use crate::dialogue::policy::design::Policy;
use crate::dialogue::policy::read::read;
use crate::dialogue::state::State;
use crate::dialogue::trace::{Reason, Refusal, Step, Surety};
use crate::dialogue::turn::heard::{Clock, Heard, IntentKnowledge, Knowledge, Known, Near, Outcome};
use crate::dialogue::turn::play::{idle, open, turn};
use crate::domain::label::Answer;
use crate::domain::prediction::Emotion;

pub(crate) static BANK: &str = include_str!("../../../tests/fixtures/policy/bank.yaml");

pub(crate) fn bank() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| read(BANK).expect("the bank is well written"));
    &POLICY
}

pub(crate) fn knowledge() -> Knowledge {
    let answer = |text: &str, until: Option<&str>| Answer {
        text: text.into(),
        until: until.map(str::to_owned),
        ..Answer::default()
    };
    let known = |question: &str, answers: Vec<Answer>| IntentKnowledge::of(question, answers);
    let mut knowledge = Knowledge::default();
    knowledge.intents.insert(
        "open_hours".into(),
        known("营业时间", vec![answer("网点九点开门。", None), answer("工作日9:00-17:00。", None)]),
    );
    knowledge.intents.insert("gift".into(), known("开户礼", vec![answer("送积分。", Some("2023-12-31"))]));
    knowledge
}

/// A chat that shows only what a customer sees, and the trace on request.
struct Chat {
    policy: &'static Policy,
    events: Vec<Event>,
    state: State,
    last: Outcome,
    hour: u16,
    channel: &'static str,
}

fn chat() -> Chat {
    Chat {
        policy: bank(),
        events: Vec::new(),
        state: State::default(),
        last: Outcome::default(),
        hour: 10,
        channel: "chat",
    }
}

impl Chat {
    fn heard(&self, text: &str, intents: &[(&str, f32)], angry: f32) -> Heard {
        Heard {
            text: text.into(),
            intents: intents.iter().map(|(i, p)| ((*i).to_owned(), *p)).collect(),
            emotion: Emotion { angry, ..Emotion::default() },
            now: Clock { minutes: self.hour * 60, date: "2024-03-01".into() },
            channel: self.channel.into(),
            ..Heard::default()
        }
    }

    fn take(&mut self, outcome: Outcome) -> String {
        outcome.events.iter().for_each(|e| self.state.apply(e));
        self.events.extend(outcome.events.iter().cloned());
        self.last = outcome;
        assert_eq!(State::of(&self.events), self.state);
        self.last.replies.iter().map(|r| r.text.as_str()).collect::<Vec<_>>().join("|")
    }

    fn hear(&mut self, heard: &Heard) -> String {
        let outcome = turn(self.policy, &knowledge(), &self.state, heard);
        assert_eq!(outcome.trace.iter().map(|l| l.stage).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        self.take(outcome)
    }

    /// Says something without any intent.
    fn say(&mut self, text: &str) -> String {
        self.hear(&self.heard(text, &[], 0.0))
    }

    /// Says something that surely means an intent.
    fn mean(&mut self, text: &str, intent: &str) -> String {
        self.hear(&self.heard(text, &[(intent, 0.95)], 0.0))
    }

    /// Says something that may mean several.
    fn may(&mut self, text: &str, intents: &[(&str, f32)]) -> String {
        self.hear(&self.heard(text, intents, 0.0))
    }

    fn angrily(&mut self, text: &str, intents: &[(&str, f32)]) -> String {
        self.hear(&self.heard(text, intents, 0.8))
    }

    fn options(&self) -> Vec<&str> {
        self.last.replies.last().map_or(Vec::new(), |r| r.options.iter().map(String::as_str).collect())
    }

    fn why(&self, stage: usize) -> &Reason {
        &self.last.trace[stage].reason
    }

    fn decided(&self) -> usize {
        (1..8).find(|s| self.last.trace[*s].fired && *s != 2).unwrap_or(2)
    }
}

#[test]
fn a_vague_question_is_asked_back_in_one_go() {
    let mut chat = chat();
    assert_eq!(chat.mean("这个东西好不好用？", "ask_quality"), "您具体指的是哪个产品？想在哪些方面使用它？");
    assert_eq!(chat.decided(), 5);
    // 安全吗 may sound like another topic; the waiting question comes first.
    assert_eq!(chat.may("活期宝，安全吗", &[("bill_query", 0.9)]), "活期宝不保证本金，请按风险承受能力选择。");
    assert_eq!(chat.decided(), 4);
    let Reason::Ran { steps } = chat.why(8) else { panic!("{:?}", chat.why(8)) };
    assert!(steps.iter().any(|s| matches!(s, Step::Arm { place: 0, guard: Some(g), .. } if g == "aspect = 风险")));
    assert!(chat.state.stack.is_empty());
}

#[test]
fn a_half_answer_is_asked_on_with_choices() {
    let mut chat = chat();
    chat.mean("这个东西好不好用？", "ask_quality");
    assert_eq!(chat.say("稳盈"), "您更关心稳盈30天的哪方面？");
    assert_eq!(chat.options(), ["收益", "风险", "流动性"]);
    assert_eq!(chat.say("１"), "稳盈30天的收益：业绩比较基准2.9%");
}

#[test]
fn a_pronoun_means_the_product_last_spoken_of_for_five_turns() {
    let mut chat = chat();
    chat.mean("活期宝安全吗", "ask_quality");
    assert_eq!(chat.mean("那它利息呢", "ask_quality"), "活期宝的收益：七日年化1.82%");
    for _ in 0..5 {
        chat.mean("几点开门", "open_hours");
    }
    assert_eq!(chat.mean("这个赎回快吗", "ask_quality"), "您说的是哪个产品？");
}

#[test]
fn a_value_out_of_bounds_is_asked_again_and_given_up_after_three() {
    let mut chat = chat();
    assert_eq!(chat.mean("我要转账", "transfer"), "请问转给谁？");
    assert_eq!(chat.say("小王"), "转多少？");
    assert_eq!(chat.say("六万"), "金额需在1到50000元之间");
    let Reason::Invalid { slot, value, rule, times: 1, .. } = chat.why(4) else { panic!("{:?}", chat.why(4)) };
    assert_eq!((slot.as_str(), value.as_str(), rule.as_str()), ("amount", "60000", "1 <= it <= 50000"));
    assert_eq!(chat.say("0元"), "再确认一下：金额需在1到50000元之间");
    assert!(chat.say("九万九").starts_with("正在为您转接客服"));
    assert_eq!(chat.state.handed.as_deref(), Some("客服"));
}

#[test]
fn everything_said_at_once_is_taken_at_once() {
    let mut chat = chat();
    assert_eq!(chat.mean("给小李转500块", "transfer"), "向小李转500元，确认吗？");
    assert_eq!(chat.options(), ["是", "否"]);
    assert_eq!(chat.say("好的，谢谢"), "转账成功，手续费2元");
}

#[test]
fn a_call_decides_the_outcome_and_a_slot_is_done_anew() {
    let mut chat = chat();
    chat.mean("给小李转8000元", "transfer");
    assert_eq!(chat.say("确认"), "余额不足，请调整金额");
    assert_eq!(chat.say("那就两千五吧"), "向小李转2500元，确认吗？");
    assert_eq!(chat.say("1"), "转账已提交，人工复核后到账");
    let Reason::Ran { steps } = chat.why(8) else { panic!() };
    assert!(steps.iter().any(|s| matches!(s, Step::Called { give, .. } if give["status"] == "review")));
}

#[test]
fn a_correction_replaces_the_value_wherever_the_talk_is() {
    let mut chat = chat();
    chat.mean("给小李转500块", "transfer");
    assert_eq!(chat.say("不是500，是800"), "向小李转800元，确认吗？");
    let Reason::Corrected { slot, from, to, .. } = chat.why(3) else { panic!("{:?}", chat.why(3)) };
    assert_eq!((slot.as_str(), from.as_str(), to.as_str()), ("amount", "500", "800"));
    assert_eq!(chat.say("不是小李，是小王"), "向小王转800元，确认吗？");
    assert_eq!(chat.say("金额改成九万"), "金额需在1到50000元之间");
    assert_eq!(chat.say("说错了，九百"), "向小王转900元，确认吗？");
    assert_eq!(chat.say("1000吧"), "向小王转1000元，确认吗？");
    assert_eq!(chat.say("收款人改成Alice Wang"), "向Alice Wang转1000元，确认吗？");
    assert_eq!(chat.say("对"), "转账成功，手续费2元");
}

#[test]
fn a_correction_comes_before_the_question_that_waits() {
    let mut chat = chat();
    chat.mean("转500元", "transfer");
    assert_eq!(chat.say("不是500，是800"), "再确认一下：请问转给谁？");
    assert_eq!(chat.say("小王"), "向小王转800元，确认吗？");
}

#[test]
fn a_question_in_between_is_answered_and_the_talk_returns() {
    let mut chat = chat();
    chat.mean("我要转账", "transfer");
    assert_eq!(chat.say("转账收费吗？"), "同行免费，跨行每笔2元。|请问转给谁？");
    assert_eq!(chat.mean("你们几点开门呢", "open_hours"), "网点九点开门。|请问转给谁？");
    assert_eq!(chat.mean("营业时间再说下", "open_hours"), "工作日9:00-17:00。|请问转给谁？");
    assert_eq!(chat.say("小王"), "转多少？");
}

#[test]
fn leaving_a_topic_is_allowed_asked_or_denied() {
    let mut chat = chat();
    chat.mean("我要转账", "transfer");
    assert_eq!(chat.mean("尾号1234的账单发我看看", "bill_query"), "正在为您办理转账，要先处理查账单吗？");
    assert_eq!(chat.say("好"), "尾号1234的账单：本月应还2560.00元|我们继续转账。请问转给谁？");
    chat.mean("查尾号9999这张卡的账单", "bill_query");
    assert_eq!(chat.say("不用了"), "请问转给谁？");
    // Urgent needs no asking.
    assert_eq!(chat.mean("卡丢了！尾号1234快冻结", "freeze_card"), "尾号1234已冻结|我们继续转账。请问转给谁？");
    assert_eq!(chat.say("取消"), "好的，已为您取消转账。");

    chat.mean("我想预约网点", "book");
    assert_eq!(chat.mean("顺便给小王转500元吧", "transfer"), "请先完成预约网点，之后马上为您处理转账。|您想约哪一天？");
    assert_eq!(chat.say("明天"), "已为您预约2024-03-02");
}

#[test]
fn close_intents_are_told_apart_by_the_question_written_for_them() {
    let close = [("bill_query", 0.48), ("bill_dispute", 0.44)];
    for (answer, expected) in [
        ("有误", "bill_dispute"),
        ("2", "bill_dispute"),
        ("第一个", "bill_query"),
        ("查账单", "bill_query"),
        ("后者", "bill_dispute"),
        ("我看一下，查", "bill_query"),
    ] {
        let mut chat = chat();
        assert_eq!(chat.may("1234账单怎么回事", &close), "您是想查看账单，还是认为账单有误？");
        assert_eq!(chat.options(), ["查账单", "账单有误", "都不是"]);
        assert_eq!(chat.decided(), 6);
        chat.say(answer);
        let begun = chat.last.events.iter().any(|e| matches!(e, Event::Begun { topic, .. } if topic == expected));
        assert!(begun, "{answer}: {:?}", chat.last);
        // 1234 was said before the question; it is not asked for again.
        assert!(chat.last.replies.iter().all(|r| r.text != "请提供卡号后四位"), "{answer}");
    }
}

#[test]
fn a_menu_of_labels_asks_about_any_other_mixture() {
    let mut chat = chat();
    let close = [("open_hours", 0.4), ("transfer", 0.39), ("bill_query", 0.2), ("gift", 0.01)];
    assert_eq!(chat.may("那个怎么弄呢", &close), "您是想办理以下哪一项？");
    assert_eq!(chat.options(), ["营业时间", "转账", "查账单", "都不是"]);
    assert_eq!(chat.say("都不是"), "没太明白，您能换个说法吗？");
    assert_eq!(chat.may("就是那个", &[("transfer", 0.5)]), "您是想转账吗？");
    assert_eq!(chat.say("是的"), "请问转给谁？");
}

#[test]
fn clarifying_stops_at_its_cap_and_sooner_for_an_angry_customer() {
    let close = [("bill_query", 0.48), ("bill_dispute", 0.44)];
    let mut calm = chat();
    calm.may("账单怎么回事呢", &close);
    assert_eq!(calm.may("账单怎么回事呢", &close), "再确认一下：您是想查看账单，还是认为账单有误？");
    assert_eq!(calm.may("账单怎么回事呢", &close), "没太明白，您能换个说法吗？");
    assert_eq!(calm.why(6), &Reason::CapReached { count: 2, cap: 2 });

    let mut angry = chat();
    assert_eq!(angry.angrily("账单怎么回事！", &close), "非常抱歉给您带来不便。您是想查看账单，还是认为账单有误？");
    assert_eq!(angry.may("还是账单的事情", &close), "没太明白，您能换个说法吗？");
    assert_eq!(angry.why(6), &Reason::CapReached { count: 1, cap: 1 });
}

#[test]
fn a_query_of_one_word_is_asked_back_though_the_model_is_sure() {
    let mut chat = chat();
    assert_eq!(chat.mean("账单", "bill_query"), "您是想查看账单，还是认为账单有误？");
    assert!(matches!(chat.why(5), Reason::OneWord { word, .. } if word == "账单"));
    assert_eq!(chat.say("取消"), "好的，当前没有正在办理的业务，请问还有什么可以帮您？");
    // A label in full is no vague word.
    assert_eq!(chat.say("转账"), "请问转给谁？");
    assert!(matches!(chat.why(5), Reason::Confident { by: Surety::Words, .. }));
}

#[test]
fn anger_is_met_with_an_apology_then_with_a_person() {
    let mut chat = chat();
    chat.mean("我要转账", "transfer");
    assert!(chat.angrily("你们什么态度，小王！", &[]).starts_with("非常抱歉给您带来不便。"));
    assert_eq!(chat.say("我要投诉你们"), "非常抱歉给您带来不便。正在为您转接客服，请稍候。");
    let Some(Event::HandedOff { queue, why, packet }) =
        chat.last.events.iter().find(|e| matches!(e, Event::HandedOff { .. }))
    else {
        panic!("{:?}", chat.last)
    };
    assert_eq!((queue.as_str(), why.as_str()), ("客服", "mood:angry"));
    let part = |name: &str| packet.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    assert_eq!(part("goal"), "转账: 我要转账");
    assert!(part("slots").starts_with("payee="));
    assert_eq!(part("mood"), "angry 0.6");
    assert!(part("last3").contains("customer: 我要投诉你们"));
    assert_eq!(chat.say("在吗"), "已为您转接客服，请稍候。");
    assert_eq!(chat.say("在吗"), "客服马上就来，请您稍等。");
}

#[test]
fn a_risk_a_request_or_a_queue_brings_a_person_and_hours_are_kept() {
    let mut risky = chat();
    let mut heard = risky.heard("我的钱被骗走了", &[("freeze_card", 0.9)], 0.0);
    heard.emotion.risks = vec!["fraud".into()];
    assert!(risky.hear(&heard).starts_with("正在为您转接客服"));
    assert!(matches!(risky.why(1), Reason::Risk { risk, .. } if risk == "fraud"));

    let mut asked = chat();
    assert!(asked.say("我要转人工").starts_with("正在为您转接客服"));
    let mut not_asked = chat();
    assert_eq!(not_asked.say("不要转人工"), "没太明白，您能换个说法吗？");

    let mut late = chat();
    late.hour = 22;
    assert_eq!(late.say("叫人工客服来"), "请留下手机号，工作时间回电");
    assert_eq!(late.state.pending, Some(Pending::Message { queue: "客服".into() }));
    assert_eq!(late.say("13800138000"), "已为您记录，工作时间会尽快联系您。");
    assert_eq!(late.state.notes, ["13800138000"]);
    assert_eq!(late.mean("给小李转5块", "transfer"), "向小李转5元，确认吗？");

    let mut queue = chat();
    assert_eq!(queue.mean("尾号8888的账单不对劲", "bill_dispute"), "已记录您的账单异议。|正在为您转接账务，请稍候。");
    let packet = queue.last.events.iter().find_map(|e| match e {
        Event::HandedOff { packet, .. } => packet.iter().find(|(n, _)| n == "card").map(|(_, v)| v.clone()),
        _ => None,
    });
    assert_eq!(packet.as_deref(), Some("8888"));
}

#[test]
fn the_ladder_rephrases_offers_and_hands_over() {
    let mut chat = chat();
    assert_eq!(chat.say("呜啦啦啦啦"), "没太明白，您能换个说法吗？");
    assert_eq!(chat.say("呜啦啦啦啦"), "您是想办理以下哪一项？");
    assert_eq!(chat.options(), ["转账", "查账单", "挂失冻结", "都不是"]);
    let mut other = Chat { state: chat.state.clone(), events: chat.events.clone(), ..self::chat() };
    assert_eq!(other.say("３"), "请提供卡号后四位");
    assert_eq!(other.say("1234"), "尾号1234已冻结");
    assert!(chat.say("4").starts_with("正在为您转接客服"));
}

#[test]
fn nonsense_under_a_waiting_question_repeats_it() {
    let mut chat = chat();
    chat.mean("查账单明细", "bill_query");
    assert_eq!(chat.say("哈哈哈哈哈"), "没太明白，您能换个说法吗？|请提供卡号后四位");
    assert_eq!(chat.say("90000"), "您是想办理以下哪一项？");
    // The menu does not hide the question before it.
    assert_eq!(chat.say("1234"), "尾号1234的账单：本月应还2560.00元");
}

#[test]
fn why_repeat_skip_and_cancel_are_always_understood() {
    let mut chat = chat();
    chat.mean("我想预约网点", "book");
    assert_eq!(chat.say("为什么要问这个？"), "办理预约网点需要日期，所以想请您提供。|您想约哪一天？");
    assert_eq!(chat.say("没听清"), "再确认一下：您想约哪一天？");
    assert_eq!(chat.say("随便"), "已为您预约尽快");
    chat.mean("查账单明细", "bill_query");
    assert_eq!(chat.say("忘了"), "办理查账单必须有卡号后四位，您也可以说“取消”。|请提供卡号后四位");
    assert_eq!(chat.mean("算了，我还是转账吧", "transfer"), "请问转给谁？");
    assert_eq!(chat.state.stack.len(), 1);
}

#[test]
fn an_anxious_customer_gets_the_preferred_topic_without_a_question() {
    let mut chat = chat();
    let mut heard = chat.heard("卡找不到了怎么办", &[("bill_query", 0.45), ("freeze_card", 0.4)], 0.0);
    heard.emotion.anxious = 0.7;
    assert_eq!(chat.hear(&heard), "您别着急，我马上处理。请提供卡号后四位");
    assert!(matches!(chat.why(5), Reason::Confident { by: Surety::Preferred, .. }));
}

#[test]
fn answers_are_valid_varied_and_fit_the_channel() {
    let mut chat = chat();
    assert_eq!(chat.say("密码忘了怎么办"), "登录页点「忘记密码」即可。");
    assert_eq!(chat.say("密码忘了怎么办？"), "可持身份证到网点重置。");
    chat.channel = "sms";
    assert_eq!(chat.say("密码忘了怎么办"), "回复CZ重置");
    // The gift ended last year.
    assert_eq!(chat.mean("开户送什么东西", "gift"), "没太明白，您能换个说法吗？");
    assert!(matches!(chat.why(5), Reason::NothingToSay { expired: true, .. }));
}

/// What the knowledge has for a text: an entry with how likely it is right, and a second.
pub(crate) fn known(intent: &str, probability: f32) -> Option<Known> {
    let near = |intent: &str, score| Near { intent: intent.into(), matched: format!("{intent} said otherwise"), score };
    Some(Known { probability, need: 0.5, near: vec![near(intent, 7.5), near("bill_query", 3.25)] })
}

#[test]
fn what_the_knowledge_holds_is_answered_though_the_classifier_is_unsure() {
    let mut chat = chat();
    let mut heard = chat.heard("礼拜天你们开不开", &[("open_hours", 0.3), ("transfer", 0.1)], 0.0);
    assert_eq!(chat.hear(&heard), "没太明白，您能换个说法吗？");
    heard.known = known("open_hours", 0.9);
    assert_eq!(chat.hear(&heard), "网点九点开门。");
    assert!(matches!(chat.why(5), Reason::Confident { by: Surety::Knowledge, .. }));
    let Reason::Frozen { known: Some(looked), .. } = chat.why(0) else { panic!("{:?}", chat.last) };
    assert_eq!((looked.label.as_str(), looked.matched.as_str()), ("营业时间", "open_hours said otherwise"));
    assert_eq!((looked.score, looked.second.clone(), looked.refused), (7.5, Some(("bill_query".into(), 3.25)), None));
    // What was heard is the record: played again it comes to the same.
    let text = serde_json::to_string(&heard).expect("serialises");
    let back: Heard = serde_json::from_str(&text).expect("reads back");
    assert_eq!(back, heard);
    // Less likely than the policy wants for an answer: it asks.
    heard.known = known("open_hours", 0.6);
    assert_eq!(chat.hear(&heard), "您是想营业时间吗？");
}

#[test]
fn what_the_knowledge_refuses_adds_nothing_and_says_why() {
    let refused = |chat: &Chat| match chat.why(0) {
        Reason::Frozen { known: Some(looked), .. } => looked.refused,
        other => panic!("{other:?}"),
    };
    let mut chat = chat();
    let mut heard = chat.heard("今天黄金多少钱", &[("open_hours", 0.2)], 0.0);
    heard.known = known("open_hours", 0.49);
    assert_eq!(chat.hear(&heard), "没太明白，您能换个说法吗？");
    assert_eq!(refused(&chat), Some(Refusal::Unknown));
    // A sure classifier is still believed.
    heard.intents = [("open_hours".to_owned(), 0.95)].into();
    assert_eq!(chat.hear(&heard), "网点九点开门。");
    // The gift ended last year.
    let mut chat = self::chat();
    heard = chat.heard("现在来开卡送啥", &[], 0.0);
    heard.known = known("gift", 0.95);
    assert_eq!(chat.hear(&heard), "没太明白，您能换个说法吗？");
    assert_eq!(refused(&chat), Some(Refusal::Expired));
    assert!(matches!(chat.why(5), Reason::NothingToSay { expired: true, .. }));
    heard.known = known("nobody", 0.95);
    chat.hear(&heard);
    assert_eq!(refused(&chat), Some(Refusal::Unwritten));
}

#[test]
fn the_knowledge_alone_offers_a_topic_and_never_begins_it() {
    let mut chat = chat();
    let mut heard = chat.heard("弄点钱过去行不行", &[], 0.0);
    heard.known = known("transfer", 0.99);
    assert_eq!(chat.hear(&heard), "您是想转账吗？");
    assert_eq!(chat.say("是的"), "请问转给谁？");
    // Nor where costs decide and a question would cost more.
    let costs = "options: 3, clarify: 2, costs: {wrong: 1, ask: 5, handoff: 9}}";
    let policy = read(&BANK.replace("options: 3, clarify: 2}", costs)).expect("costs");
    let outcome = turn(&policy, &knowledge(), &State::default(), &heard);
    assert_eq!(outcome.replies[0].text, "您是想转账吗？");
    heard.intents = [("transfer".to_owned(), 0.9)].into();
    let outcome = turn(&policy, &knowledge(), &State::default(), &heard);
    assert_eq!(outcome.replies[0].text, "请问转给谁？", "the classifier begins it");
}

#[test]
fn the_likeliest_is_the_classifiers_or_what_the_knowledge_holds() {
    let of = |p: f32, near: f32| {
        let heard = Heard { known: known("open_hours", near), ..chat().heard("几点", &[("transfer", p)], 0.0) };
        (heard.likeliest().map(|(intent, _)| intent.to_owned()), heard.joined().len())
    };
    assert_eq!(of(0.8, 0.7), (Some("transfer".into()), 2));
    assert_eq!(of(0.6, 0.7), (Some("open_hours".into()), 2));
    assert_eq!(of(0.1, 0.49), (Some("transfer".into()), 1), "refused");
    assert_eq!(Heard::default().likeliest(), None);
}

#[test]
fn a_record_of_before_reads_and_writes_as_it_did() {
    let heard = chat().heard("营业时间", &[("open_hours", 0.9)], 0.0);
    let text = serde_json::to_string(&heard).expect("serialises");
    assert!(!text.contains("known"), "{text}");
    assert_eq!(serde_json::from_str::<Heard>(&text).expect("reads back").known, None);
}

#[test]
fn forbidden_words_end_the_turn_but_not_the_topic() {
    let mut chat = chat();
    chat.mean("查账单明细", "bill_query");
    assert_eq!(chat.say("你这个傻x"), "请您文明用语。");
    assert_eq!(chat.say("1234"), "尾号1234的账单：本月应还2560.00元");
}

#[test]
fn a_menu_as_an_outcome_leads_on() {
    let mut chat = chat();
    assert_eq!(chat.mean("你们都能办什么", "services"), "请选择业务");
    assert_eq!(chat.say("预约"), "您想约哪一天？");
}

#[test]
fn a_chat_opens_by_the_hour_and_closes_with_a_survey() {
    let clock = |hour: u16| Clock { minutes: hour * 60, date: String::new() };
    assert_eq!(open(bank(), &clock(10), "chat").replies[0].text, "您好，我是小智，请问有什么可以帮您？");
    assert_eq!(open(bank(), &clock(20), "chat").replies[0].text, "您好，现在人工已下班，我先为您解答。");
    let mut chat = chat();
    assert_eq!(chat.mean("谢谢你啊", "thanks"), "感谢咨询，请为本次服务打分（1-5）");
    assert!(chat.state.closed);
    assert_eq!(chat.say("５分"), "感谢您的评价，祝您生活愉快！");
    assert_eq!(chat.state.stars, Some(5));
    assert_eq!(chat.mean("再问一下，给小李转5块", "transfer"), "向小李转5元，确认吗？");
    assert!(!chat.state.closed);
}

#[test]
fn silence_is_asked_about_once_then_ends_the_chat() {
    let mut chat = chat();
    chat.mean("我要转账", "transfer");
    let clock = Clock::default();
    let say = |chat: &mut Chat, seconds| {
        let outcome = idle(bank(), &chat.state, seconds, &clock, "chat");
        chat.take(outcome)
    };
    assert_eq!(say(&mut chat, 100), "");
    assert_eq!(say(&mut chat, 180), "您还在吗？");
    assert_eq!(say(&mut chat, 200), "");
    assert_eq!(say(&mut chat, 360), "感谢咨询，请为本次服务打分（1-5）");
    assert!(chat.state.closed);
    assert_eq!(say(&mut chat, 999), "");
}

#[test]
fn costs_replace_the_limits() {
    let yaml =
        BANK.replace("options: 3, clarify: 2}", "options: 3, clarify: 2, costs: {wrong: 10, ask: 1, handoff: 4}}");
    let policy = read(&yaml).expect("costs");
    let decide = |intents: &[(&str, f32)]| {
        let heard = chat().heard("这个怎么弄好呢", intents, 0.0);
        let outcome = turn(&policy, &knowledge(), &State::default(), &heard);
        (1..8).find(|s| *s != 2 && outcome.trace[*s].fired)
    };
    // A wrong answer costs 10·0.05; asking costs 1.
    assert_eq!(decide(&[("transfer", 0.95)]), Some(5));
    assert_eq!(decide(&[("transfer", 0.6), ("bill_query", 0.38)]), Some(6));
    // Nothing likely: a person is cheapest, and stage 6 hands over.
    assert_eq!(decide(&[("transfer", 0.3), ("bill_query", 0.1)]), Some(6));
}

#[test]
fn a_chat_is_kept_as_json_without_loss() {
    let mut chat = chat();
    chat.angrily("这个东西好不好用？", &[("ask_quality", 0.9)]);
    chat.say("活期宝，安全吗");
    let text = serde_json::to_string(&chat.last).expect("serialises");
    assert_eq!(serde_json::from_str::<Outcome>(&text).expect("reads back"), chat.last);
    let state = serde_json::to_string(&chat.state).expect("serialises");
    assert_eq!(serde_json::from_str::<State>(&state).expect("reads back"), chat.state);
}
