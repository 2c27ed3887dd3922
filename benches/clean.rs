//! How many chat lines a second one core cleans. Prints lines per second; `cargo bench --bench clean`.

use std::hint::black_box;
use std::time::Instant;

use daoshi::domain::conversation::{Channel, Role};
use daoshi::text::clean::cleaner::Cleaner;
use daoshi::text::clean::rule::RuleSet;
use daoshi::text::family::family_key;
use daoshi::text::safe::safe;

/// Short lines of a service chat; about one in five needs a rule, as in real logs.
const LINES: [&str; 25] = [
    "信用卡怎么还款",
    "提前还款要违约金吗？",
    "贷款审批要多久",
    "我想问一下额度怎么提升",
    "转人工",
    "为什么我的卡被冻结了，怎么解冻",
    "理赔需要什么材料",
    "花呗怎么关闭",
    "逾期一天上征信吗",
    "How do I activate my card?",
    "银行卡丢了怎么挂失补办",
    "你们的重疾险等待期是多少天",
    "好的谢谢",
    "怎么修改预留手机号码",
    "收不到短信验证码怎么办",
    "年费怎么免",
    "还款日可以改吗",
    "I want a refund for my order",
    "存定期和大额存单有什么区别",
    "怎么销户",
    "我的手机13800138000，姓名：李晓明",
    "請問貸款審批要多久",
    "太慢了[发怒][发怒]！！！",
    "ＡＰＰ登录不了，提示Ｅ００１",
    "看这个https://mp.weixin.qq.com/s/abc 活动还有吗",
];

fn main() {
    let cleaner = Cleaner::new(&RuleSet::default());
    rate("clean", |line| {
        black_box(cleaner.clean(line, Role::Customer, Channel::Chat));
    });
    rate("clean, calls", |line| {
        black_box(cleaner.clean(line, Role::Customer, Channel::Call));
    });
    rate("family key", |line| {
        black_box(family_key(line));
    });
    rate("safe", |line| {
        black_box(safe(line));
    });
}

/// Runs `work` over the lines for about a second, after one round to load dictionaries.
fn rate(name: &str, work: impl Fn(&str)) {
    LINES.iter().for_each(|line| work(line));
    let start = Instant::now();
    let mut done = 0u32;
    while start.elapsed().as_secs_f64() < 1.0 {
        for _ in 0..40 {
            LINES.iter().for_each(|line| work(black_box(line)));
            done += LINES.len() as u32;
        }
    }
    println!("{name:<14} {:>9.0} lines/s", f64::from(done) / start.elapsed().as_secs_f64());
}
