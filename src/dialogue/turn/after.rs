//! Stage 9, and the ends of a chat: greeting and closing.

use crate::dialogue::event::{Event, Pending};
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::choices::options;
use crate::dialogue::turn::talk::Talk;

pub(crate) fn after(talk: &mut Talk) {
    let reason = Reason::After {
        chosen: std::mem::take(&mut talk.chosen),
        missing: std::mem::take(&mut talk.missing),
        waits: talk.state.pending.clone(),
        closed: talk.state.closed,
    };
    talk.note(9, true, reason);
}

/// Greets.
pub(crate) fn open(talk: &mut Talk) {
    for (place, opening) in talk.policy.open.iter().enumerate() {
        if !talk.holds(opening.when.as_ref()) {
            continue;
        }
        if let Some(text) = talk.choose(&format!("open.{place}"), &opening.say, &[]) {
            talk.reply(text, Vec::new());
            let guard = opening.when.as_ref().map(|g| g.source.clone());
            talk.note(9, true, Reason::Opened { place, guard });
            return;
        }
    }
    after(talk);
}

/// Says goodbye, with the survey when there is one.
pub(crate) fn close(talk: &mut Talk) {
    while let Some(topic) = talk.state.top().map(|f| f.topic.clone()) {
        talk.emit(Event::Cancelled { topic });
    }
    match talk.choose("close.say", &talk.policy.close.say, &[]) {
        Some(text) => {
            talk.ask(Pending::Rating);
            let choices = options(talk);
            talk.reply(text, choices);
        }
        None => say_bye(talk),
    }
    talk.emit(Event::Closed);
}

/// Says goodbye without a survey.
pub(crate) fn say_bye(talk: &mut Talk) {
    talk.say_phrase("phrase.bye", &talk.policy.bot.phrases.bye, &[]);
}
