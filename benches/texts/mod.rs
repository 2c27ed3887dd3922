//! What customers of the benchmarks say: sentences put together from lists.

#![allow(dead_code, reason = "each benchmark takes its part")]

use rand::Rng;
use rand::seq::SliceRandom;

/// Who has the matter; the first 12 are those of chats.
pub const WHO: [&str; 20] = [
    "我",
    "我妈",
    "我爸",
    "老公",
    "同事",
    "孩子",
    "朋友",
    "公司",
    "老板",
    "邻居",
    "室友",
    "奶奶",
    "老婆",
    "客户",
    "房东",
    "表哥",
    "舅舅",
    "姑姑",
    "外公",
    "合伙人",
];

/// What it is about; the first 24 are those of chats.
pub const THING: [&str; 50] = [
    "信用卡",
    "储蓄卡",
    "房贷",
    "车贷",
    "公积金",
    "社保卡",
    "重疾险",
    "医疗险",
    "车险",
    "基金",
    "国债",
    "理财",
    "存款",
    "保单",
    "发票",
    "账单",
    "密码",
    "地址",
    "积分",
    "会员",
    "快递",
    "退款",
    "运费",
    "转账",
    "消费贷",
    "意外险",
    "寿险",
    "年金",
    "股票",
    "黄金",
    "外汇",
    "对账单",
    "流水",
    "合同",
    "手机号",
    "身份证",
    "户口本",
    "邮箱",
    "优惠券",
    "换货",
    "定金",
    "押金",
    "尾款",
    "保修",
    "维修",
    "安装",
    "预约",
    "网点",
    "扣款",
    "分期",
];

/// What is to be done; the first 24 are those of chats.
pub const DOING: [&str; 50] = [
    "办理",
    "申请",
    "取消",
    "修改",
    "查询",
    "激活",
    "冻结",
    "挂失",
    "补办",
    "注销",
    "续期",
    "提前还清",
    "延期",
    "赎回",
    "领取",
    "兑换",
    "绑定",
    "打印",
    "下载",
    "邮寄",
    "投诉",
    "核对",
    "理赔",
    "退保",
    "解冻",
    "升级",
    "降级",
    "转让",
    "继承",
    "抵押",
    "买入",
    "卖出",
    "解绑",
    "自取",
    "申诉",
    "更正",
    "拆分",
    "合并",
    "暂停",
    "恢复",
    "授权",
    "撤回",
    "确认",
    "拒绝",
    "预存",
    "垫付",
    "报销",
    "加保",
    "减额",
    "质押",
];

/// What is asked of it; the first 16 are those of chats.
pub const HOW: [&str; 20] = [
    "要多久",
    "要什么材料",
    "收费标准是什么",
    "为什么失败",
    "去哪里弄",
    "能不能代办",
    "晚上行不行",
    "周末受理不",
    "有没有限额",
    "会影响征信吗",
    "多少钱起",
    "怎么操作",
    "有短信提醒没",
    "要不要本人到场",
    "什么时候到账",
    "还需要排队吗",
    "谁来审批",
    "几次能成",
    "可以线上做",
    "被拒绝了怎么处理",
];

/// Returns one of a list.
pub fn one<'a>(list: &[&'a str], random: &mut impl Rng) -> &'a str {
    list.choose(random).copied().expect("a filled list")
}

/// Returns what a customer of a chat asks: seven in ten texts are said once or twice in a million, the others often.
pub fn asked(random: &mut impl Rng) -> String {
    let (who, thing, doing, how) = (&WHO[..12], &THING[..24], &DOING[..24], &HOW[..16]);
    let first = format!("{}{}{}", one(thing, random), one(doing, random), one(how, random));
    match random.gen_range(0..10) {
        0..3 => first,
        _ => {
            format!(
                "{}的{first}，{}的{}也要{}",
                one(who, random),
                one(who, random),
                one(thing, random),
                one(doing, random)
            )
        }
    }
}

/// Returns the `n`-th text; a million of them differ in words alone, more differ by a closing sentence.
pub fn nth(n: usize) -> String {
    let (rest, how) = (n / HOW.len(), n % HOW.len());
    let (rest, doing) = (rest / DOING.len(), rest % DOING.len());
    let (rest, thing) = (rest / THING.len(), rest % THING.len());
    let (more, who) = (rest / WHO.len(), rest % WHO.len());
    let text = format!("{}的{}{}{}", WHO[who], THING[thing], DOING[doing], HOW[how]);
    if more == 0 {
        text
    } else {
        format!("{text}，{}那边{}过", WHO[more % WHO.len()], DOING[more / WHO.len() % 50])
    }
}
