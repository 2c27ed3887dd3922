//! Whether a text answers what a topic asked for, or is surely about something else.

use crate::dialogue::event::Target;
use crate::dialogue::hear::extract::free;
use crate::dialogue::hear::fold::{bare, fold, signless};
use crate::dialogue::hear::phrase::{choice, is};
use crate::dialogue::policy::design::Kind;
use crate::dialogue::policy::phrases::lexicon;
use crate::dialogue::trace::{Reason, Surety};
use crate::dialogue::turn::candidates::sure;
use crate::dialogue::turn::fill::{Taken, fill, missing, take, unexplained};
use crate::dialogue::turn::talk::{Next, Talk};

/// An answer with more unexplained words than this may be about something else.
pub(crate) const ASIDE: usize = 4;

/// Fills the slots a topic asked for, or says why the text is no answer.
pub(crate) fn need(talk: &mut Talk, name: &str, slots: &[String], options: &[String]) -> Next {
    let Some(topic) = talk.policy.topic(name) else {
        talk.note(4, false, Reason::NothingPending);
        return Next::Go;
    };
    if !options.is_empty() && is(&talk.folded, &lexicon().none) {
        talk.note(4, true, Reason::NoneOfThese { labels: options.to_vec() });
        return Next::Low;
    }
    let free_slot = slots
        .iter()
        .find(|slot| talk.policy.entity(slot).is_some_and(|e| matches!(e.kind, Kind::Text | Kind::TextMatch(_))));
    // After 不是…是 only what follows counts.
    let text = talk.tail.clone().unwrap_or_else(|| talk.heard.text.clone());
    let folded = fold(&text);
    let others = missing(talk, topic);
    let mut taken = take(talk, &text, slots, &others);
    let asked = |t: &Taken| slots.contains(&t.slot);
    if free_slot.is_some() {
        taken.retain(|t| asked(t) || t.sure);
    }
    if let ([slot], Some(place)) = (slots, choice(&folded, options.len()))
        && !taken.iter().any(asked)
    {
        taken.push(Taken {
            slot: slot.clone(),
            value: options[place].clone(),
            range: Some(0..folded.len()),
            sure: true,
        });
    }
    let surer = other(talk, Some(name));
    if let Some(slot) = free_slot
        && surer.is_none()
        && !taken.iter().any(asked)
        && !bare(&folded).is_empty()
        && !folded.trim_end().ends_with('?')
    {
        let value = if taken.iter().any(|t| t.range.is_some()) { free(&without(&folded, &taken)) } else { free(&text) };
        taken.extend(value.map(|value| Taken { slot: slot.clone(), value, range: Some(0..folded.len()), sure: false }));
    }
    let wanted = slots.to_vec();
    if !taken.iter().any(asked) && (taken.is_empty() || surer.is_some()) {
        talk.note(4, false, Reason::NotAnAnswer { wanted, options: options.to_vec() });
        return Next::Go;
    }
    let aside = unexplained(&folded, &taken) > ASIDE;
    if let Some((intent, probability, by)) = surer
        && (aside || by == Surety::Words)
    {
        talk.note(4, false, Reason::OtherIsSurer { intent, probability, wanted });
        return Next::Go;
    }
    let given: Vec<(String, String)> = taken.iter().map(|t| (t.slot.clone(), t.value.clone())).collect();
    talk.answered();
    fill(talk, name, taken);
    match talk.retry.clone() {
        None => {
            talk.understood();
            let still = missing(talk, topic);
            talk.note(4, true, Reason::Filled { topic: name.to_owned(), slots: given, still });
        }
        Some((slot, _)) => {
            let value = given.iter().find(|(s, _)| *s == slot).map(|(_, v)| v.clone()).unwrap_or_default();
            let rule =
                talk.policy.entity(&slot).and_then(|e| e.valid.as_ref()).map_or(String::new(), |g| g.source.clone());
            let times = talk.state.frame(name).and_then(|f| f.refused.get(&slot)).copied().unwrap_or(0);
            talk.note(4, true, Reason::Invalid { topic: name.to_owned(), slot, value, rule, times });
        }
    }
    Next::Run
}

/// Returns the text without the stretches already taken.
fn without(folded: &str, taken: &[Taken]) -> String {
    let outside = |at: usize| taken.iter().all(|t| t.range.as_ref().is_none_or(|r| !r.contains(&at)));
    let kept: String = folded.char_indices().filter(|(at, _)| outside(*at)).map(|(_, c)| c).collect();
    if signless(&kept).is_empty() { String::new() } else { kept }
}

/// Returns what the text surely means other than this topic.
pub(crate) fn other(talk: &Talk, topic: Option<&str>) -> Option<(String, f32, Surety)> {
    let (best, by) = sure(talk)?;
    let same = matches!(&best.target, Some(Target::Topic(name)) if Some(name.as_str()) == topic);
    (!same).then_some((best.intent, best.probability, by))
}
