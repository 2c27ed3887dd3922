//! Going where an intent or a choice leads.

use crate::dialogue::event::{Event, Pending, Target};
use crate::dialogue::policy::saying::{Line, Saying};
use crate::dialogue::turn::after::close;
use crate::dialogue::turn::choices::yes_no;
use crate::dialogue::turn::fill::{fill, missing, take};
use crate::dialogue::turn::talk::{Next, Talk};

/// More topics than this are not kept in mind; the oldest is dropped.
const DEEPEST: usize = 5;

/// Goes to a target; slots are taken from all the texts, the first before the others.
pub(crate) fn go(talk: &mut Talk, target: &Target, texts: &[&str]) -> Next {
    talk.answered();
    match target {
        Target::Topic(name) => begin(talk, name, texts),
        Target::Answers(intent) => {
            answer(talk, intent);
            rest(talk)
        }
        Target::Faq(place) => {
            if let Some(faq) = talk.policy.faq.get(*place)
                && let Some(text) = talk.choose(&format!("faq.{place}"), &faq.answer, &[])
            {
                talk.reply(text, Vec::new());
            }
            rest(talk)
        }
        Target::Close => {
            close(talk);
            Next::Listen
        }
    }
}

/// Returns to the topic that was going on, if any.
pub(crate) fn rest(talk: &Talk) -> Next {
    if talk.state.stack.is_empty() { Next::Listen } else { Next::Run }
}

/// Says one of an intent's valid answers, the least recently used. Returns its place among them.
pub(crate) fn answer(talk: &mut Talk, intent: &str) -> Option<usize> {
    let known = talk.knowledge.intents.get(intent)?;
    let valid = known.valid(&talk.clock().date, &talk.heard.channel);
    let line = |text: &str| Line { text: text.to_owned(), when: None, channel: None, at: 0 };
    let saying = Saying { lines: valid.iter().map(|a| line(&a.text)).collect() };
    let text = talk.choose(&format!("answer.{intent}"), &saying, &[])?;
    talk.reply(text, Vec::new());
    talk.chosen.last().map(|(_, place, _)| *place)
}

fn begin(talk: &mut Talk, name: &str, texts: &[&str]) -> Next {
    let Some(topic) = talk.policy.topic(name) else { return Next::Low };
    let top = talk.state.top().is_some_and(|f| f.topic == name);
    if !top && talk.state.frame(name).is_some() {
        talk.emit(Event::Raised { topic: name.to_owned() });
    } else if !top {
        if talk.state.stack.len() >= DEEPEST {
            let oldest = talk.state.stack[0].topic.clone();
            talk.emit(Event::Cancelled { topic: oldest });
        }
        let goal = texts.first().copied().unwrap_or_default().to_owned();
        talk.emit(Event::Begun { topic: name.to_owned(), goal });
    }
    for text in texts {
        let empty = missing(talk, topic);
        let taken = take(talk, text, &[], &empty);
        fill(talk, name, taken);
    }
    Next::Run
}

/// Asks whether to leave a topic for another for now.
pub(crate) fn ask_to_digress(talk: &mut Talk, from: &str, to: &Target, other: &str) {
    let phrases = &talk.policy.bot.phrases;
    let extra = [("label", talk.title(from)), ("other", other)];
    let text = talk.phrase("phrase.confirm_digress", &phrases.confirm_digress, &extra);
    let options = yes_no(talk);
    talk.reply(text, options);
    let said = talk.heard.text.clone();
    talk.ask(Pending::Digress { from: from.to_owned(), to: to.clone(), said });
}
