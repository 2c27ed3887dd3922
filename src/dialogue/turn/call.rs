//! A call of an arm: the outside answers it, what was kept of it, or a row of the policy.

use std::collections::BTreeMap;

use crate::dialogue::event::Event;
use crate::dialogue::policy::design::{Call, Signature};
use crate::dialogue::trace::Step;
use crate::dialogue::turn::outside::{Ask, Came, Failure, Why};
use crate::dialogue::turn::talk::Talk;

/// Makes a call; returns whether it came to something. One that is a table and nothing else always does.
pub(crate) fn call(talk: &mut Talk, topic: &str, place: usize, name: &str) -> bool {
    let call = talk.policy.call(name);
    let signature = call.and_then(|call| call.signature.as_ref());
    let ask = ask(talk, name, signature);
    let said = talk.heard.answer(&ask).or_else(|| signature.and_then(|_| talk.outside.ask(&ask)));
    let outside = said.is_some();
    let came = said.unwrap_or_else(|| match row(talk, call) {
        Some(give) => Came::Given(give),
        None if signature.is_none() => Came::Given(BTreeMap::new()),
        None if call.is_some_and(|call| call.rows.is_empty()) => Came::Failed(Failure::new(Why::Off, "")),
        None => Came::Failed(Failure::new(Why::NoRow, "")),
    });
    let (topic, name) = (topic.to_owned(), name.to_owned());
    let (step, give, failed) = match came {
        Came::Failed(why) => {
            let (name, topic) = (name.clone(), topic.clone());
            let step = Step::CallFailed { name, takes: ask.takes, why: why.clone(), topic, place };
            (step, BTreeMap::new(), Some(why))
        }
        Came::Given(mut give) => {
            // What was not asked for does not get in.
            give.retain(|key, _| !outside || signature.is_none() || ask.gives.contains(key));
            let (name, topic, given) = (name.clone(), topic.clone(), give.clone());
            let step = match (outside, signature) {
                (true, _) => Step::CalledOutside { name, takes: ask.takes, give, topic, place },
                (false, Some(_)) => Step::StoodIn { name, give, topic, place },
                (false, None) => Step::Called { name, give, topic, place },
            };
            (step, given, None)
        }
    };
    let done = failed.is_none();
    talk.steps.push(step);
    talk.emit(Event::Called { topic, name, give, failed });
    done
}

/// Returns what a call asks right now.
fn ask(talk: &Talk, name: &str, signature: Option<&Signature>) -> Ask {
    let view = talk.view(talk.state.top());
    let takes = signature.map_or(&[][..], |signature| &signature.takes);
    let gives = signature.map_or(&[][..], |signature| &signature.gives);
    Ask {
        call: name.to_owned(),
        takes: takes.iter().filter_map(|(name, _)| Some((name.clone(), view.text_of(name)?))).collect(),
        gives: gives.iter().map(|(name, _)| name.clone()).collect(),
    }
}

/// Returns what the first row whose guard holds gives.
fn row(talk: &Talk, call: Option<&Call>) -> Option<BTreeMap<String, String>> {
    call?.rows.iter().find(|row| talk.holds(row.when.as_ref())).map(|row| row.give.clone())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::dialogue::policy::design::Policy;
    use crate::dialogue::policy::read::read;
    use crate::dialogue::state::State;
    use crate::dialogue::trace::Reason;
    use crate::dialogue::turn::heard::{Heard, Knowledge, Outcome};
    use crate::dialogue::turn::outside::{Answer, Nothing, Outside};
    use crate::dialogue::turn::play::asking;

    const BILL: &str = "
entities: {card: {match: '\\d{4}'}}
calls:
  bill: {takes: [card, channel], gives: [due], rows: [{when: card = 6608, give: {due: 12}}]}
topics:
  bill:
    needs: [card]
    do:
      - {call: bill}
      - {when: bill.failed = late, say: 太慢了}
      - {when: bill.failed set, say: 查不到（<bill.failed>）}
      - {say: 应还<bill.due>}
";

    fn policy(yaml: &str) -> Policy {
        read(yaml).expect("a policy")
    }

    fn heard(text: &str, calls: Vec<Answer>) -> Heard {
        let intents = vec![("bill".to_owned(), 0.9)];
        Heard { text: text.into(), intents: intents.into(), channel: "chat".into(), calls, ..Heard::default() }
    }

    fn played(yaml: &str, heard: &Heard, outside: &dyn Outside) -> Outcome {
        asking(&policy(yaml), &Knowledge::default(), State::default(), heard, outside).0
    }

    fn says(outcome: &Outcome) -> &str {
        &outcome.replies[0].text
    }

    fn step(outcome: &Outcome) -> Step {
        let steps = outcome.trace.iter().find_map(|line| match &line.reason {
            Reason::Ran { steps } => Some(steps),
            _ => None,
        });
        steps.expect("a topic ran").iter().find(|step| step.calling().is_some()).expect("it called").clone()
    }

    fn gives(due: &str) -> Came {
        // More than was asked for.
        Came::Given(BTreeMap::from([("due".to_owned(), due.to_owned()), ("failed".to_owned(), "x".to_owned())]))
    }

    #[test]
    fn the_outside_is_told_what_it_takes_and_only_what_was_asked_for_gets_in() {
        let asked = Cell::new(0);
        let outside = |ask: &Ask| {
            asked.set(asked.get() + 1);
            let takes: Vec<&str> = ask.takes.values().map(String::as_str).collect();
            assert_eq!(
                (ask.call.as_str(), takes, ask.gives.as_slice()),
                ("bill", vec!["6608", "chat"], &["due".to_owned()][..])
            );
            Some(gives("99"))
        };
        let outcome = played(BILL, &heard("查6608的账单", Vec::new()), &outside);
        assert_eq!((says(&outcome), asked.get()), ("应还99", 1));
        assert!(matches!(step(&outcome), Step::CalledOutside { give, .. } if give.len() == 1));
    }

    #[test]
    fn what_is_kept_of_a_turn_answers_it_again_and_nothing_outside_is_asked() {
        let takes = BTreeMap::from([("card".to_owned(), "6608".to_owned()), ("channel".to_owned(), "chat".to_owned())]);
        let kept = |takes| vec![Answer { call: "bill".into(), takes, came: gives("7") }];
        let nobody = |_: &Ask| -> Option<Came> { panic!("asked again") };
        let first = played(BILL, &heard("查6608的账单", Vec::new()), &|_: &Ask| Some(gives("7")));
        assert_eq!(played(BILL, &heard("查6608的账单", kept(Some(takes.clone()))), &nobody), first);
        assert_eq!(says(&played(BILL, &heard("查6608的账单", kept(None)), &nobody)), "应还7");
        // Asked with other values it is another question.
        let other = played(BILL, &heard("查6608的账单", kept(Some(BTreeMap::new()))), &Nothing);
        assert_eq!(says(&other), "应还12");
    }

    #[test]
    fn rows_stand_in_and_the_trace_says_so() {
        let outcome = played(BILL, &heard("查6608的账单", Vec::new()), &Nothing);
        assert_eq!(says(&outcome), "应还12");
        assert!(matches!(step(&outcome), Step::StoodIn { .. }));
        let none = played(BILL, &heard("查1111的账单", Vec::new()), &Nothing);
        assert_eq!(says(&none), "查不到（no_row）");
        let without = BILL.replace(", rows: [{when: card = 6608, give: {due: 12}}]", "");
        let off = played(&without, &heard("查6608的账单", Vec::new()), &Nothing);
        assert_eq!(says(&off), "查不到（off）");
        assert!(matches!(step(&off), Step::CallFailed { why, .. } if why.failure == Why::Off));
    }

    #[test]
    fn a_failure_leads_to_its_arm_and_an_arm_that_called_in_vain_is_not_taken() {
        let late = |_: &Ask| Some(Came::Failed(Failure::new(Why::Late, 5)));
        let outcome = played(BILL, &heard("查6608的账单", Vec::new()), &late);
        assert_eq!(says(&outcome), "太慢了");
        let events = serde_json::to_string(&outcome.events).expect("writes");
        assert!(events.contains(r#""failed":{"failure":"late","detail":"5"}"#), "{events}");
        assert_eq!(serde_json::from_str::<Vec<Event>>(&events).expect("reads"), outcome.events);
        let at_once = "
calls: {bill: {gives: [due]}}
topics: {bill: {do: [{call: bill, say: 应还<bill.due>}, {say: 请稍后再试}]}}
";
        assert_eq!(says(&played(at_once, &heard("查账单", Vec::new()), &late)), "请稍后再试");
        assert_eq!(says(&played(at_once, &heard("查账单", Vec::new()), &|_: &Ask| Some(gives("3")))), "应还3");
    }

    #[test]
    fn a_table_and_nothing_else_asks_nobody_and_never_fails() {
        let table = "
calls: {bill: [{when: channel = sms, give: {due: 1}}]}
topics: {bill: {do: [{call: bill}, {when: bill.failed set, say: 失败}, {say: 好}]}}
";
        let nobody = |_: &Ask| -> Option<Came> { panic!("asked") };
        let outcome = played(table, &heard("查账单", Vec::new()), &nobody);
        assert_eq!(says(&outcome), "好");
        // A rehearsal may still say what it comes to.
        let told = vec![Answer { call: "bill".into(), takes: None, came: Came::Failed(Failure::new(Why::Exit, "")) }];
        assert_eq!(says(&played(table, &heard("查账单", told), &nobody)), "失败");
    }
}
