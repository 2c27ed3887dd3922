//! A bot of another maker comes in by its folder: what it became, how its own tests turn out, what was lost.

use std::path::Path;

use daoshi::i18n::Lang;

use crate::hand::Hand;

const DOMAIN: &str = "
intents: [问好, 转账, 肯定]
entities: [城市]
slots: {城市: {type: text, mappings: [{type: from_entity, entity: 城市}]}}
forms: {转账表单: {required_slots: [城市]}}
responses: {utter_hi: [{text: 您好}], utter_ask_城市: [{text: 哪个城市？}], utter_done: [{text: '已转到{城市}'}]}
actions: [action_send]
";
const DATA: &str = "
nlu:
- {intent: 问好, examples: [{text: 你好}, {text: 在吗}]}
- {intent: 转账, examples: [{text: '转钱到[上海](城市)'}, {text: 我要转账}]}
rules:
- {rule: 问好, steps: [{intent: 问好}, {action: utter_hi}]}
- {rule: 开始, steps: [{intent: 转账}, {action: 转账表单}, {active_loop: 转账表单}]}
- {rule: 结束, condition: [{active_loop: 转账表单}], steps: [{action: 转账表单}, {active_loop: null}, {action: action_send}, {action: utter_done}]}
";
const TESTS: &str = "
stories:
- {story: 转一笔, steps: [{user: 你好, intent: 问好}, {action: utter_hi}, {user: 我要转账, intent: 转账}, {action: 转账表单}, {active_loop: 转账表单}]}
- {story: 没有规则, steps: [{user: 好的, intent: 肯定}, {action: utter_done}]}
";

fn bot(folder: &Path) {
    for (name, text) in [("domain.yml", DOMAIN), ("data/all.yml", DATA), ("tests/test_stories.yml", TESTS)] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
}

#[test]
fn a_rasa_folder_becomes_intents_a_policy_and_rehearsals() {
    for (lang, title, tests, lost) in [
        (Lang::Zh, "导入的机器人", "5 / 6 个决定正确", "没能带过来的"),
        (Lang::En, "a bot came in", "5 of 6 decisions right", "could not be carried over"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        bot(folder.path());
        let mut hand = Hand::new(lang);
        hand.press("ctrl-right F2").paste(&folder.path().display().to_string()).press("enter");
        hand.sees(title).sees(tests).sees(lost).sees("action_send");
        let counts = hand.project("li").counts().expect("counts");
        assert_eq!((counts.intents, counts.examples, counts.rehearsals, counts.topics_text), (3, 4, 2, true));
        // All of it goes back by one key.
        hand.press("esc ctrl-z");
        assert_eq!(hand.project("li").counts().expect("counts").intents, 0);
    }
}
