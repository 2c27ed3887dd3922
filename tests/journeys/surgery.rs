//! Surgery on the catalogue by keys: what it would touch is seen before, the forecast comes by itself, undo leads back.

use daoshi::i18n::Lang;
use daoshi::workbench::{design, intents};

use crate::hand::Hand;
use crate::label::at_the_queue;

const POLICY: &str = "# 网店
topics:
  退款:
    do: [{say: 好的}]
  送货:
    intents: [快递] # 物流
    do: [{say: 好的}]
";

/// A trainer before the catalogue of three intents that a policy names.
fn at_the_catalogue(lang: Lang) -> Hand {
    let mut hand = at_the_queue(lang);
    design::save(&mut hand.project("wang"), POLICY).expect("a policy");
    hand.press("F3");
    hand
}

fn draft(hand: &Hand) -> String {
    design::draft(&hand.project("li")).expect("a project").expect("a draft").yaml
}

fn names(hand: &Hand) -> Vec<String> {
    intents::list(&hand.project("li")).expect("intents").into_iter().map(|line| line.intent.name).collect()
}

#[test]
fn an_intent_renamed_is_renamed_in_the_policy_and_back_by_one_undo() {
    let mut hand = at_the_catalogue(Lang::Zh);
    hand.sees("意图 3 个").press("down F6").sees("改名为");
    hand.press("ctrl-u").write("物流").press("enter");
    hand.sees("“快递”改名为“物流”").sees("策略里提到 1 处：话题 送货").sees("草稿一起改").sees("分数不受影响");
    assert_eq!(names(&hand), ["退款", "快递", "激活"], "nothing is done yet");
    hand.press("enter").sees("“快递”改名为“物流”：").sees("物流");
    assert_eq!(draft(&hand), POLICY.replace("[快递]", "[物流]"));
    hand.press("ctrl-z").sees("已撤销");
    assert_eq!(draft(&hand), POLICY);
    assert_eq!(names(&hand), ["退款", "快递", "激活"]);
}

#[test]
fn a_merge_shows_its_forecast_and_moves_what_it_said() {
    let mut hand = at_the_catalogue(Lang::En);
    hand.press("down down F5").write("退款").press("enter");
    hand.sees("“激活” merged into “退款”").sees("8 change their intent").sees("macro-F1").sees("→");
    hand.press("enter").sees("8 examples").sees("2 intents");
    hand.press("ctrl-z").sees("3 intents");
}

#[test]
fn a_split_goes_by_groups_and_leaves_the_rest() {
    let mut hand = at_the_catalogue(Lang::Zh);
    hand.press("F4").sees("拆分“退款”").sees("还没有去向");
    hand.press("F2").write("退款进度").press("enter").sees("1 退款进度 ×1");
    hand.press("1").sees("退款进度 ×2");
    hand.press("enter");
    hand.sees("2 条换意图").sees("宏平均 F1").press("enter").sees("意图 4 个").sees("退款进度");
    hand.press("ctrl-z").sees("意图 3 个");
}

#[test]
fn nothing_is_done_when_one_turns_back() {
    let mut hand = at_the_catalogue(Lang::Zh);
    hand.press("delete").sees("删除“退款”").sees("8 条回到待标队列").sees("话题 退款");
    hand.press("esc").sees("意图 3 个");
    assert_eq!(draft(&hand), POLICY);
}
