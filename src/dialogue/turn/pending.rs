//! Stage 4: whether the waiting question is answered, or the customer says one of the few things that are always
//! understood: cancel, once more, why, skip.

use crate::dialogue::event::{Event, Pending, Target};
use crate::dialogue::hear::fold::bare;
use crate::dialogue::hear::phrase::{choice, is, yes_or_no};
use crate::dialogue::policy::phrases::lexicon;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::after::say_bye;
use crate::dialogue::turn::begin::{go, rest};
use crate::dialogue::turn::choices::{options, yes_no};
use crate::dialogue::turn::fill::{Taken, fill, take, unexplained};
use crate::dialogue::turn::freeze::stars;
use crate::dialogue::turn::menu::menu;
use crate::dialogue::turn::need::{ASIDE, need, other};
use crate::dialogue::turn::talk::{Next, Talk};

pub(crate) fn pending(talk: &mut Talk) -> Next {
    if let Some(next) = command(talk) {
        return next;
    }
    match talk.state.pending.clone() {
        None => {
            talk.note(4, false, Reason::NothingPending);
            Next::Go
        }
        Some(Pending::Rating) => rating(talk),
        Some(Pending::Message { queue }) => message(talk, queue),
        Some(Pending::Menu { items, said, .. }) => menu(talk, &items, &said),
        Some(Pending::Digress { to, said, .. }) => digression(talk, &to, &said),
        Some(Pending::Confirm { topic }) => confirmation(talk, &topic),
        Some(Pending::Need { topic, slots, options }) => need(talk, &topic, &slots, &options),
    }
}

/// Cancel, once more, why, skip.
fn command(talk: &mut Talk) -> Option<Next> {
    let words = lexicon();
    let phrases = &talk.policy.bot.phrases;
    let topic = talk.state.top().map(|f| f.topic.clone());
    let starts = words.cancel.iter().filter(|w| bare(&talk.folded).starts_with(w.as_str()));
    let longest = starts.map(|w| w.len()).max();
    let cancels = is(&talk.folded, &words.cancel);
    if !cancels && topic.is_some() && longest.is_some() && other(talk, topic.as_deref()).is_some() {
        // 算了，我还是查账单 — the one is dropped, the other is for stage 5.
        let topic = topic?;
        talk.answered();
        talk.emit(Event::Cancelled { topic: topic.clone() });
        talk.note(4, true, Reason::Cancelled { topic: Some(topic) });
        return Some(Next::Go);
    }
    if cancels {
        talk.answered();
        talk.understood();
        match &topic {
            Some(name) => {
                let label = talk.title(name);
                talk.say_phrase("phrase.cancelled", &phrases.cancelled, &[("label", label)]);
                talk.emit(Event::Cancelled { topic: name.clone() });
            }
            None => talk.say_phrase("phrase.nothing_to_cancel", &phrases.nothing_to_cancel, &[]),
        }
        talk.note(4, true, Reason::Cancelled { topic });
        return Some(rest(talk));
    }
    if is(&talk.folded, &words.repeat)
        && let Some(last) = talk.state.last.clone()
    {
        let options = options(talk);
        talk.reply(last, options);
        talk.note(4, true, Reason::Repeated);
        return Some(Next::Listen);
    }
    let Some(Pending::Need { topic, slots, .. }) = talk.state.pending.clone() else { return None };
    let extra_label = talk.title(&topic);
    let titles = talk.slot_titles(&slots);
    let extra = [("label", extra_label), ("slot", titles.as_str())];
    if is(&talk.folded, &words.why) {
        talk.say_phrase("phrase.why", &phrases.why, &extra);
        talk.note(4, true, Reason::Explained { topic, slots });
        return Some(Next::Run);
    }
    if is(&talk.folded, &words.skip) {
        let default = |slot: &String| talk.policy.entity(slot).and_then(|e| e.skip.clone()).map(|v| (slot.clone(), v));
        let skipped: Vec<(String, String)> = slots.iter().filter_map(default).collect();
        if skipped.is_empty() {
            talk.emit(Event::Refused { topic: topic.clone(), slot: slots[0].clone(), value: talk.heard.text.clone() });
            talk.say_phrase("phrase.cannot_skip", &phrases.cannot_skip, &extra);
            talk.note(4, true, Reason::CannotSkip { topic, slots });
        } else {
            talk.answered();
            for (slot, value) in &skipped {
                talk.emit(Event::Filled { topic: topic.clone(), slot: slot.clone(), value: value.clone() });
            }
            talk.note(4, true, Reason::SkippedSlots { topic, slots: skipped });
        }
        return Some(Next::Run);
    }
    None
}

fn rating(talk: &mut Talk) -> Next {
    if let Some(stars) = stars(talk) {
        talk.answered();
        talk.emit(Event::Rated { stars });
        talk.say_phrase("phrase.rated", &talk.policy.bot.phrases.rated, &[]);
        talk.note(4, true, Reason::Rated { stars });
        return Next::Listen;
    }
    if talk.state.closed {
        // Goodbye once more.
        talk.answered();
        say_bye(talk);
        talk.note(4, true, Reason::NothingPending);
        return Next::Listen;
    }
    talk.answered();
    talk.note(4, false, Reason::NotAnAnswer { wanted: Vec::new(), options: (1..=5).map(|n| n.to_string()).collect() });
    Next::Go
}

fn message(talk: &mut Talk, queue: String) -> Next {
    talk.answered();
    if let Some((intent, probability, _)) = other(talk, None) {
        talk.note(4, false, Reason::OtherIsSurer { intent, probability, wanted: vec![queue] });
        return Next::Go;
    }
    talk.emit(Event::Noted { queue: queue.clone(), text: talk.heard.text.clone() });
    talk.say_phrase("phrase.noted", &talk.policy.bot.phrases.noted, &[("queue", &queue)]);
    talk.note(4, true, Reason::Noted { queue });
    rest(talk)
}

fn digression(talk: &mut Talk, to: &Target, said: &str) -> Next {
    let Some(agreed) = agreement(talk) else {
        let wanted = yes_no(talk);
        talk.note(4, false, Reason::NotAnAnswer { wanted: Vec::new(), options: wanted });
        return Next::Go;
    };
    talk.understood();
    talk.answered();
    talk.note(4, true, Reason::Digression { to: to.clone(), agreed });
    if agreed { go(talk, to, &[said]) } else { rest(talk) }
}

/// Returns whether the customer agrees, by words, by the number of a choice or by intent.
fn agreement(talk: &Talk) -> Option<bool> {
    let words = lexicon();
    let by_number = || choice(&talk.folded, 2).map(|place| place == 0);
    let by_intent = || {
        let best = talk.heard.intents.first().filter(|(_, p)| *p >= talk.policy.limits.answer)?;
        let is = |list: &[String]| list.contains(&best.0);
        if is(&words.yes_intents) { Some(true) } else { is(&words.no_intents).then_some(false) }
    };
    yes_or_no(&talk.folded).or_else(by_number).or_else(by_intent)
}

fn confirmation(talk: &mut Talk, topic: &str) -> Next {
    match agreement(talk) {
        Some(true) => {
            talk.understood();
            talk.answered();
            talk.emit(Event::Confirmed { topic: topic.to_owned() });
            talk.note(4, true, Reason::Confirmed { topic: topic.to_owned() });
            return Next::Run;
        }
        Some(false) => {
            talk.understood();
            talk.answered();
            let label = talk.title(topic);
            talk.say_phrase("phrase.cancelled", &talk.policy.bot.phrases.cancelled, &[("label", label)]);
            talk.emit(Event::Cancelled { topic: topic.to_owned() });
            talk.note(4, true, Reason::Declined { topic: topic.to_owned() });
            return rest(talk);
        }
        None => {}
    }
    // 800吧: another value is as good as a no with a correction.
    let design = talk.policy.topic(topic);
    let needs: Vec<String> = design.map_or(Vec::new(), |t| t.needs.iter().map(|(slot, _)| slot.clone()).collect());
    let taken = take(talk, &talk.heard.text, &needs, &[]);
    let frame = talk.state.frame(topic);
    let differs = |t: &&Taken| frame.is_some_and(|f| f.slots.get(&t.slot).is_some_and(|v| *v != t.value));
    let changed: Vec<Taken> = taken.iter().filter(differs).cloned().collect();
    let aside = unexplained(&talk.folded, &taken) > ASIDE;
    let elsewhere = aside && other(talk, Some(topic)).is_some();
    if !changed.is_empty() && !elsewhere {
        talk.answered();
        talk.understood();
        let slots = changed.iter().map(|t| (t.slot.clone(), t.value.clone())).collect();
        for one in &changed {
            talk.emit(Event::Cleared { topic: topic.to_owned(), slot: one.slot.clone() });
        }
        fill(talk, topic, changed);
        talk.note(4, true, Reason::Filled { topic: topic.to_owned(), slots, still: Vec::new() });
        return Next::Run;
    }
    let options = yes_no(talk);
    talk.note(4, false, Reason::NotAnAnswer { wanted: Vec::new(), options });
    Next::Go
}
