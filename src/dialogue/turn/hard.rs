//! Stage 1: what leaves no choice. A person has taken over, is asked for, or must look; or words that end a turn.

use crate::dialogue::hear::phrase::person_asked;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::handoff::hand_off;
use crate::dialogue::turn::talk::{Next, Talk};

pub(crate) fn hard(talk: &mut Talk) -> Next {
    if let Some(queue) = talk.state.handed.clone() {
        talk.say_phrase("phrase.waiting", &talk.policy.bot.phrases.waiting, &[("queue", &queue)]);
        talk.note(1, true, Reason::AlreadyHandedOff { queue });
        return Next::Listen;
    }
    let risks = &talk.heard.emotion.risks;
    let queue = talk.policy.human_queue().map(str::to_owned);
    if let Some(risk) = risks.iter().find(|r| talk.policy.bot.risks.contains(r))
        && let Some(queue) = queue.clone()
    {
        talk.note(1, true, Reason::Risk { risk: risk.clone(), queue: queue.clone() });
        hand_off(talk, &queue, &format!("risk:{risk}"));
        return Next::Listen;
    }
    if let Some(place) = talk.policy.bot.forbidden.first(&talk.folded) {
        let word = &talk.policy.bot.forbid[place];
        talk.note(1, true, Reason::Forbidden { word: word.clone() });
        match talk.choose("bot.forbid_say", &talk.policy.bot.forbid_say, &[]) {
            Some(text) => talk.reply(text, Vec::new()),
            None => talk.say_phrase("phrase.forbidden", &talk.policy.bot.phrases.forbidden, &[]),
        }
        return Next::Listen;
    }
    let word = person_asked(&talk.folded).map(str::to_owned);
    if word.is_some() || risks.iter().any(|r| r == "human") {
        let Some(queue) = queue else {
            talk.note(1, false, Reason::NoQueue);
            return Next::Go;
        };
        talk.note(1, true, Reason::HumanAsked { word, queue: queue.clone() });
        hand_off(talk, &queue, "human");
        return Next::Listen;
    }
    talk.note(1, false, Reason::NothingHard);
    Next::Go
}
