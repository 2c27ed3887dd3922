//! Order and article numbers: they say *that* a customer means an order, never which intent.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;

/// Writes numbers behind their word as `<order>` and `<item>`; a card's label goes with its number.
pub(crate) fn cards(text: &str) -> Vec<Patch> {
    static CARD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)(?P<order>(?P<ask>正在咨询|咨询)?(?:订单编号|订单号码|订单号|订单|运单号|快递单号|物流单号|单号|流水号|order number|order no\.?|order id|order|tracking number)(?P<order_link>[是为]?\s?[:：#]?\s?)(?P<order_number>[A-Z]{0,4}[0-9][0-9A-Z\-]{3,31}))",
            r"|(?P<item>(?:正在咨询|咨询)?(?:商品ID|商品编号|商品编码|商品|货号|item id|item no\.?)(?P<item_link>\s?[:：#]?\s?)(?P<item_number>[0-9]{5,20}))",
        ))
        .expect("the pattern is a constant")
    });
    CARD.captures_iter(text)
        .filter_map(|found| {
            let order = found.name("order").is_some();
            let (number, link, tag) = if order {
                (found.name("order_number")?, found.name("order_link")?, "<order>")
            } else {
                (found.name("item_number")?, found.name("item_link")?, "<item>")
            };
            // A 保单 is a policy, which has its own rule.
            let before = &text[..found.get(0)?.start()];
            if before.ends_with('保') || before.ends_with("保险") {
                return None;
            }
            let digits = number.as_str().bytes().filter(u8::is_ascii_digit).count();
            let least = if link.as_str().contains('#') {
                4
            } else if order {
                8
            } else {
                5
            };
            if digits < least {
                return None;
            }
            // A colon is a card's; without one the word is part of a sentence and stays.
            let card = link.as_str().contains([':', '：']) || found.name("ask").is_some();
            let start = if card { found.get(0)?.start() } else { number.start() };
            Some(Patch::new(start, number.end(), tag))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft;

    fn check(text: &str, expected: &str) {
        draft::check(cards, text, expected);
    }

    #[test]
    fn a_card_becomes_its_kind_and_a_sentence_keeps_its_word() {
        check("咨询订单号:123456789012 商品ID:10002000", "<order> <item>");
        check("订单123456789012怎么还没发货", "订单<order>怎么还没发货");
        check("my order 1234567890 is late", "my order <order> is late");
        check("Order #752463 never came", "Order #<order> never came");
    }

    #[test]
    fn amounts_and_counts_stay() {
        check("下单金额100000元", "下单金额100000元");
        check("3个订单", "3个订单");
        check("order 2 tents, order 1234", "order 2 tents, order 1234");
        check("保单号是P202279706407443", "保单号是P202279706407443");
        check("订单2024年3月的", "订单2024年3月的");
    }
}
