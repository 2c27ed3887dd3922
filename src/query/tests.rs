//! What is printed reads back; what does not read says where.

use proptest::prelude::*;

use crate::domain::ids::ClusterId;
use crate::domain::mood::Mood;
use crate::domain::query::{Comparison, Figure, Query, Standing, Test};
use crate::domain::utterance::Language;
use crate::query::error::{Error, Expected};
use crate::query::parse::parse;
use crate::query::print::print;

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[退款发票意图]{1,4}",
        any::<String>(),
        prop::sample::select(vec![
            "or",
            "且",
            "-x",
            "a b",
            "a\"b",
            "“引”",
            "a\\",
            "：",
            "",
            "非",
            "<3",
            "(",
            "\u{3000}"
        ])
        .prop_map(str::to_string),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
        prop::sample::select(all)
    }
    prop_oneof![
        value().prop_map(Test::Intent),
        value().prop_map(Test::Guess),
        value().prop_map(Test::By),
        value().prop_map(Test::Text),
        value().prop_map(Test::Source),
        one_of(Standing::ALL).prop_map(Test::Label),
        one_of(Mood::ALL).prop_map(Test::Mood),
        one_of(&Language::ALL).prop_map(Test::Language),
        any::<i64>().prop_map(|id| Test::Cluster(ClusterId(id))),
        (0u32..10_000, one_of(Comparison::ALL)).prop_map(|(than, how)| Test::Figure(
            Figure::Size,
            how,
            f64::from(than)
        )),
        (0u32..1_000, one_of(Comparison::ALL), any::<bool>()).prop_map(|(than, how, doubt)| {
            let figure = if doubt { Figure::Doubt } else { Figure::Probability };
            Test::Figure(figure, how, f64::from(than) / 1_000.0)
        }),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    test().prop_map(Query::Is).prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::Any),
            inner.prop_map(|part| Query::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(query in query()) {
        let text = print(&query);
        prop_assert_eq!(parse(&text), Ok(query), "{}", text);
    }

    #[test]
    fn any_text_reads_or_says_where_it_does_not(text in any::<String>()) {
        match parse(&text) {
            Ok(query) => prop_assert_eq!(parse(&print(&query)), Ok(query)),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.column)),
        }
    }
}

#[track_caller]
fn same(text: &str, printed: &str) {
    assert_eq!(parse(text).map(|query| print(&query)), Ok(printed.to_string()));
}

#[test]
fn trainers_write_it_as_it_comes() {
    same("intent:退款 -label:none", "intent:退款 -label:none");
    same("意图：退款　非 标注：无", "intent:退款 -label:none");
    same("退款 发票", "text:退款 text:发票");
    same("“去哪 开”", "text:\"去哪 开\"");
    same("p<0.6 or size≥10 AND by:li", "p<0.6 or (size>=10 by:li)");
    same("（概率＜0.6｜客户数＞3）情绪:生气", "(p<0.6 or size>3) mood:angry");
    same("label:out-of-scope", "label:out-of-scope");
    same("--cluster:12", "--cluster:12");
}

#[test]
fn what_does_not_read_says_where_and_what_was_expected() {
    let check = |text: &str, column: usize, expected: Expected, found: &str| {
        assert_eq!(parse(text), Err(Error { column, expected, found: found.to_string() }), "{text}");
    };
    check("", 1, Expected::Condition, "");
    check("退款 or", 6, Expected::Condition, "");
    check("(退款 发票", 7, Expected::Close, "");
    check("退款)", 3, Expected::Condition, ")");
    check("意图: ", 5, Expected::Value, "");
    check("color:red", 1, Expected::Field, "color");
    check("p<很大", 3, Expected::Number, "很大");
    check("p<1e9", 3, Expected::Number, "1e9");
    check("p 0.5", 3, Expected::Comparison, "0.5");
    check(
        "mood:blue",
        6,
        Expected::Choice(vec!["calm", "urgent", "anxious", "confused", "angry", "disappointed", "satisfied"]),
        "blue",
    );
    check("cluster:x", 9, Expected::Number, "x");
    check("text:\"去哪", 6, Expected::Quote, "去哪");
    assert!(matches!(parse(&"(".repeat(500)), Err(Error { column: 65, expected: Expected::Shallower, .. })));
}
