//! The table of dirty texts (`tests/fixtures/cases/cleaning-cases.jsonl`), each with the form it must take,
//! traps of over-cleaning included. `out: null` means set aside.

use serde_json::Value;

use crate::domain::conversation::{Channel, Role};
use crate::text::clean::cleaner::Cleaner;
use crate::text::clean::mojibake::repair;
use crate::text::clean::rule::{Rule, RuleSet};
use crate::text::family::family_key;
use crate::text::fragments::{Piece, Sentence, Traits, joined};
use crate::text::homophones::Homophones;
use crate::text::segment::Segmenter;

struct Case {
    rule: String,
    input: Vec<String>,
    /// Empty for "set aside".
    output: Vec<String>,
}

fn cases() -> Vec<Case> {
    let strings = |value: &Value| match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    include_str!("../../../tests/fixtures/cases/cleaning-cases.jsonl")
        .lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line).expect("every line is a case");
            Case {
                rule: value["rule"].as_str().expect("every case names its rule").to_owned(),
                input: strings(&value["in"]),
                output: strings(&value["out"]),
            }
        })
        .collect()
}

/// Returns what comes out of `case`: one or more texts, none when it is set aside.
fn outcome(case: &Case) -> Vec<String> {
    let (rules, role, channel) = match case.rule.as_str() {
        // Order numbers have a rule of their own, which would hide whether the masks leave them alone.
        "pii" => (Rule::ALL.into_iter().filter(|r| r.is_mask()).collect(), Role::Customer, Channel::Chat),
        // A spoken telephone number would be masked next.
        "itn" => (RuleSet::none().with(Rule::SpokenNumbers, true), Role::Customer, Channel::Call),
        "filler" | "whisper-hallucination" | "sensevoice-tag" => (RuleSet::default(), Role::Customer, Channel::Call),
        "boilerplate" if case.output.is_empty() => (RuleSet::default(), Role::Agent, Channel::Chat),
        _ => (RuleSet::default(), Role::Customer, Channel::Chat),
    };
    match case.rule.as_str() {
        "merge" => {
            let mut said: Vec<Vec<&str>> = Vec::new();
            let mut sentence: Option<Sentence> = None;
            for text in &case.input {
                let piece = Piece { role: Role::Customer, at: Some(0), traits: Traits::of(text) };
                match (&mut sentence, said.last_mut()) {
                    (Some(open), Some(group)) if open.goes_on(&piece) => {
                        open.add(&piece);
                        group.push(text);
                    }
                    _ => {
                        sentence = Some(Sentence::begin(&piece));
                        said.push(vec![text]);
                    }
                }
            }
            said.into_iter().map(|group| joined(group).0).collect()
        }
        "dedup" => {
            let mut kept: Vec<&String> = Vec::new();
            for text in &case.input {
                match kept.iter_mut().find(|other| family_key(other) == family_key(text)) {
                    // The family is shown by its plainest member.
                    Some(other) if text.chars().count() < other.chars().count() => *other = text,
                    Some(_) => {}
                    None => kept.push(text),
                }
            }
            kept.into_iter().cloned().collect()
        }
        // A proposal: cleaning itself leaves the words alone.
        "homophone" => {
            let trade = ["房贷", "花呗", "提前还款"];
            let mut text = case.input[0].clone();
            for proposal in Homophones::new(trade).proposals(Segmenter::general(), &case.input[0]).iter().rev() {
                text.replace_range(proposal.range.start as usize..proposal.range.end as usize, &proposal.word);
            }
            vec![text]
        }
        "mojibake" => repair(&case.input[0]).into_iter().collect(),
        _ => {
            let cleaned = Cleaner::new(&rules).clean(&case.input[0], role, channel);
            let only_sign = cleaned.aside.is_some_and(|a| a.name().starts_with("only-"));
            if cleaned.aside.is_some() && !only_sign { Vec::new() } else { vec![cleaned.text] }
        }
    }
}

#[test]
fn every_case_comes_out_as_the_table_says() {
    let cases = cases();
    assert_eq!(cases.len(), 74);
    let mut wrong = Vec::new();
    for case in &cases {
        let found = outcome(case);
        if found != case.output {
            wrong.push(format!("{} {:?}\n  want {:?}\n  have {found:?}", case.rule, case.input, case.output));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn wrong_decoding_is_set_aside_and_never_repaired_by_itself() {
    for case in cases().iter().filter(|c| c.rule == "mojibake") {
        let cleaned = Cleaner::new(&RuleSet::default()).clean(&case.input[0], Role::Customer, Channel::Chat);
        assert_eq!(cleaned.aside.map(|a| a.name()), Some("mojibake"));
    }
}
