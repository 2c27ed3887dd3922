//! Customers with goals and moods, many of them: every topic, every combination of values its guards tell apart, calm
//! and in each mood of the policy; how each kind of them fares.

use rayon::prelude::*;
use serde::Serialize;

use crate::dialogue::event::Event;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::proof::coverage::CALM;
use crate::dialogue::proof::customer::{Exchange, Goal, play};
use crate::dialogue::proof::reach::goals;
use crate::dialogue::turn::heard::Knowledge;

/// How the customers of one topic in one mood fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fared {
    pub topic: String,
    pub mood: String,
    pub customers: usize,
    /// The topic came to an outcome of its own.
    pub reached: usize,
    /// People took over before that.
    pub handed: usize,
    /// Neither: the bot asked for nothing more and gave nothing.
    pub stuck: usize,
    /// Messages of the longest conversation.
    pub longest: usize,
}

/// Plays the customers of every topic.
pub fn simulate(policy: &Policy, knowledge: &Knowledge, date: &str) -> Vec<Fared> {
    let moods = || std::iter::once(None).chain(policy.moods.iter().map(|mood| Some(mood.name.clone())));
    let pairs: Vec<(&str, Vec<Goal>, Option<String>)> = policy
        .topics
        .iter()
        .flat_map(|topic| {
            let goals = goals(policy, topic, date);
            moods().map(move |mood| (topic.name.as_str(), goals.clone(), mood))
        })
        .collect();
    pairs
        .into_par_iter()
        .map(|(topic, goals, mood)| {
            let mut fared = Fared {
                topic: topic.to_owned(),
                mood: mood.clone().unwrap_or_else(|| CALM.to_owned()),
                customers: goals.len(),
                reached: 0,
                handed: 0,
                stuck: 0,
                longest: 0,
            };
            for goal in goals {
                let talk = play(policy, knowledge, &Goal { mood: mood.clone(), ..goal });
                fared.longest = fared.longest.max(talk.len());
                match end(&talk, topic) {
                    End::Reached => fared.reached += 1,
                    End::Handed => fared.handed += 1,
                    End::Stuck => fared.stuck += 1,
                }
            }
            fared
        })
        .collect()
}

enum End {
    Reached,
    Handed,
    Stuck,
}

fn end(talk: &[Exchange], wanted: &str) -> End {
    let events = || talk.iter().flat_map(|exchange| &exchange.outcome.events);
    if events().any(|event| matches!(event, Event::Finished { topic, .. } if topic == wanted)) {
        End::Reached
    } else if events().any(|event| matches!(event, Event::HandedOff { .. } | Event::Queued { .. })) {
        End::Handed
    } else {
        End::Stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::policy::read::read;
    use crate::dialogue::turn::tests::{bank, knowledge};

    #[test]
    fn nobody_is_left_alone_by_the_bank_in_any_mood() {
        let all = simulate(bank(), &knowledge(), "2024-03-01");
        assert_eq!(all.len(), bank().topics.len() * 3);
        assert!(all.iter().all(|fared| fared.stuck == 0), "{:#?}", all.iter().find(|f| f.stuck > 0));
        assert!(all.iter().all(|fared| fared.customers == fared.reached + fared.handed));
        // Who wants a person meets one.
        let human = all.iter().find(|fared| fared.topic == "human" && fared.mood == CALM).expect("human");
        assert_eq!(human.handed + human.reached, human.customers);
    }

    #[test]
    fn a_question_nobody_can_answer_rightly_ends_with_a_person_or_is_told() {
        let policy = read(
            "entities: {n: {type: number, valid: it > 9 and it < 1}}\ntopics: {a: {label: 办事, needs: [n], do: [{say: 好}]}}\nfallback: [{handoff: q}]\nhandoff: {q: {}}\n",
        )
        .expect("a policy");
        let all = simulate(&policy, &Knowledge::default(), "2024-03-01");
        assert_eq!(all[0].reached, 0);
        assert_eq!(all[0].handed + all[0].stuck, all[0].customers);
    }
}
