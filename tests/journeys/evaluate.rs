//! What a trainer learns from the evaluate screen: limits, reliability, growth, answers, causes and their repair.

use daoshi::domain::label::LabelSource;
use daoshi::i18n::Lang;
use daoshi::workbench::{label, trials};

use crate::hand::Hand;

/// Three intents, and texts out of scope; some labels are wrong, so that there is something to mend.
fn rows() -> Vec<(String, String)> {
    let subjects = [
        (
            "退款",
            [
                "怎么申请退款",
                "我要退款",
                "退款多久到账",
                "申请退款的步骤",
                "退款到账了吗",
                "可以退款吗",
                "退款要几天",
                "快递丢了",
            ],
        ),
        (
            "快递",
            [
                "快递到哪里了",
                "我的快递什么时候到",
                "快递还要几天",
                "查一下快递",
                "快递单号查询",
                "快递员电话",
                "快递送到哪了",
                "快递能改地址吗",
            ],
        ),
        (
            "激活",
            [
                "信用卡怎么激活",
                "激活信用卡",
                "信用卡激活失败",
                "信用卡激活码",
                "新信用卡激活",
                "信用卡没法激活",
                "信用卡如何激活",
                "网上激活信用卡",
            ],
        ),
        (
            "拒识",
            [
                "今天天气怎么样",
                "讲个笑话",
                "你叫什么名字",
                "股票涨了吗",
                "推荐一部电影",
                "晚饭吃什么",
                "帮我写首诗",
                "一加一等于几",
            ],
        ),
    ];
    let pairs = |(name, texts): &(&str, [&str; 8])| texts.map(|text| (text.to_string(), name.to_string()));
    subjects.iter().flat_map(pairs).collect()
}

/// A trainer before the scores of a model.
fn at_the_scores(lang: Lang) -> Hand {
    let mut hand = Hand::with(lang, |project| {
        label::label_texts(project, &rows(), LabelSource::Import, "rows").expect("labels");
    });
    hand.press("ctrl-right ctrl-right ctrl-right ctrl-right ctrl-right F8").press("ctrl-right");
    hand
}

#[test]
fn every_view_is_one_key_further_in_both_languages() {
    let mut hand = at_the_scores(Lang::Zh);
    hand.sees("[混淆]").press("F7").sees("[意图]").sees("95 %").press("F7").sees("[热图]");
    hand.press("F7").sees("[门槛]").sees("误拒").sees("误识").sees("AUROC").sees("召回率").sees("客服口径");
    hand.press("F7").sees("[可靠]").sees("校准误差").sees("0.9–1.0");
    hand.press("F7")
        .sees("[曲线]")
        .sees("按 F8 计算")
        .press("F7")
        .sees("[预测]")
        .sees("按 F8：")
        .press("F7")
        .sees("[答案]")
        .press("F7")
        .sees("[情绪]");
    hand.press("F7").sees("[混淆]");
    let mut hand = at_the_scores(Lang::En);
    hand.sees("[confusion]").sees("moods").press("F7 F7 F7").sees("[limits]").sees("false rejection").sees("cheapest");
    hand.press("F7").sees("[reliability]").sees("calibration error").press("F7").sees("[growth]").sees("F8");
    hand.press("F7").sees("[forecast]").sees("F8 tells").press("F7").sees("[answers]").sees("F8");
}

#[test]
fn the_limit_moves_and_costs_change_what_is_cheapest() {
    for (lang, costs, asked, refused, other, undone) in [
        (
            Lang::Zh,
            "答错 5，追问 1，转人工 8",
            "三种代价",
            "大于 0",
            "答错 50，追问 1，转人工 2",
            "已撤销：设置 三种代价",
        ),
        (
            Lang::En,
            "wrong 5, asking 1, person 8",
            "three costs",
            "above 0",
            "wrong 50, asking 1, person 2",
            "Taken back: setting three costs",
        ),
    ] {
        let mut hand = at_the_scores(lang);
        hand.press("F7 F7 F7").sees(costs);
        let first = hand.frame();
        assert_ne!(hand.press("left left left").frame(), first, "the limit moved");
        hand.press("F4").sees(asked).press("ctrl-u").write("-1").press("enter").sees(refused);
        hand.press("F4");
        for _ in 0..20 {
            hand.press("backspace");
        }
        hand.write("50 1 2").press("enter").sees(other);
        hand.press("ctrl-z").sees(undone);
        hand.sees(costs);
    }
}

#[test]
fn growth_and_answers_are_computed_on_the_spot() {
    for (lang, each, how, ranked) in
        [(Lang::Zh, "每意图", "五分之一留出", "学习排序"), (Lang::En, "an intent", "one in five held out", "learned")]
    {
        let mut hand = at_the_scores(lang);
        hand.press("F7 F7 F7 F7 F7 F8").sees(each).sees(how);
        hand.press("F7 F7 F8").sees(ranked).sees("R@1").sees("MRR");
    }
}

#[test]
fn a_forecast_tells_what_more_labels_bring_and_is_held_against_the_next_training() {
    for (lang, made, stop, line, came) in [
        (Lang::Zh, "32 句各留出测试", "停止", "再标", "第 2 次训练对照：要"),
        (Lang::En, "32 texts held out", "stop", "more", "run 2 beside it:"),
    ] {
        let mut hand = at_the_scores(lang);
        hand.press("F7 F7 F7 F7 F7 F7 F8").sees(made).sees(stop);
        assert!(hand.frame().lines().count() == 24);
        let proposed = hand.press("ctrl-left").frame();
        assert!(proposed.lines().nth(4).is_some_and(|row| row.contains(line)), "on the train screen: {proposed}");
        hand.press("ctrl-left").sees(line);
        let more: Vec<(String, String)> =
            (0..6).map(|n| (format!("第{n}次问信用卡怎么激活"), "激活".to_string())).collect();
        label::label_texts(&mut hand.project("li"), &more, LabelSource::Import, "more").expect("labels");
        hand.press("ctrl-right F8").press("ctrl-right").sees(came);
        // A forecast is a change like any other: the training, then the labels, then the forecast are taken back.
        hand.press("ctrl-z ctrl-z ctrl-z").sees(if lang == Lang::Zh { "按 F8：" } else { "F8 tells" });
    }
}

#[test]
fn texts_are_kept_for_testing_scored_and_given_back() {
    for (lang, ask, kept_some, learned, fixed, given) in [
        (Lang::Zh, "评估什么", "已留出", "模型学过其中", "固定测试集", "已放回"),
        (
            Lang::En,
            "score what",
            "trainings from now on leave them out",
            "the model has learned from",
            "fixed test set",
            "given back",
        ),
    ] {
        let mut hand = at_the_scores(lang);
        hand.press("F8").sees(ask).press("2").sees(kept_some);
        let kept = trials::kept(&hand.project("li")).expect("a count");
        assert!(kept >= 4, "{kept}");
        hand.press("F8 1").sees(learned).sees(fixed);
        hand.press("ctrl-left F8 ctrl-right F8 1").sees(fixed).sees_no(learned);
        hand.press("F8 5").sees(given);
        assert_eq!(trials::kept(&hand.project("li")).expect("a count"), 0);
    }
}

#[test]
fn a_mistake_gets_its_cause_in_one_key_and_is_mended_in_the_next() {
    for (lang, useless, first, why, cause, blamed, teach, taught, undone) in [
        (
            Lang::Zh,
            "用不上",
            "请先按 F2",
            "为什么错",
            "相似问不足",
            "原因：相似问不足",
            "补相似问",
            "补 1 条相似问",
            "已撤销：错误原因",
        ),
        (
            Lang::En,
            "nothing to do that to",
            "with F2",
            "why wrong",
            "too few similar questions",
            "cause: too few similar questions",
            "more similar questions",
            "1 similar question added to",
            "Taken back: cause",
        ),
    ] {
        let mut hand = at_the_scores(lang);
        let before = hand.project("li").counts().expect("counts").examples;
        // The confused pair whose example is the one labelled wrongly.
        for _ in 0..8 {
            if hand.frame().contains("快递丢了") {
                break;
            }
            hand.press("down");
        }
        hand.sees("快递丢了").press("F11").sees(useless).press("right F11").sees(first);
        hand.press("F2").sees(why).sees(cause).press("2").sees(blamed);
        hand.press("F11").sees(teach).write("退款去哪看").press("ctrl-s").sees(taught);
        assert_eq!(hand.project("li").counts().expect("counts").examples, before + 1);
        let causes = trials::causes(&hand.project("li")).expect("causes");
        assert_eq!(causes.len(), 1);
        hand.press("ctrl-z ctrl-z").sees(undone);
        assert!(trials::causes(&hand.project("li")).expect("causes").is_empty());
    }
}

#[test]
fn runs_are_compared_and_a_report_is_written_beside_the_project() {
    for (lang, only, with, lucky, to, done, told) in [
        (Lang::Zh, "只有一次训练", "与哪次训练比较", "可能只是运气", "测试报告写到", "报告已写到", ["误拒", "各意图"]),
        (
            Lang::En,
            "There is no other run",
            "compare with which run",
            "may be luck",
            "write the test report to",
            "the report is in",
            ["false rejection", "By intent"],
        ),
    ] {
        let mut hand = at_the_scores(lang);
        hand.press("F3").sees(only);
        hand.press("ctrl-left F8 ctrl-right F3").sees(with).press("1").sees("McNemar").sees(lucky);
        hand.press("esc F6").sees(to).press("enter").sees(done);
        let report = hand.project("li").path().with_file_name("bank-report.html");
        let page = std::fs::read_to_string(report).expect("the report is there");
        assert!(page.contains("<svg") && told.iter().all(|told| page.contains(told)), "{page}");
    }
}
