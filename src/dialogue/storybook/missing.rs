//! The rule that is missing where nothing decided.

use crate::dialogue::storybook::decide::Decider;
use crate::dialogue::storybook::event::Act;
use crate::dialogue::storybook::history::History;
use crate::dialogue::storybook::moment::{Moment, Running};
use crate::domain::storybook::{Course, Step, StepAct, Utter};

/// Returns the shortest rule that would bring about what is wanted and that no course speaks against; where every one is
/// spoken against, the most exact. `listens` says that the bot listens after it.
pub fn rule(decider: &Decider<'_>, history: &History<'_>, wanted: &Act, listens: bool) -> Course {
    let moments = history.moments();
    let most = moments.len().min(4);
    let mut last = None;
    for length in 1..=most.max(1) {
        let mentioned: Vec<Moment> = moments[moments.len() - length..].iter().map(bare).collect();
        let speaks_against = decider.others(&mentioned, wanted);
        last = Some(written(&mentioned, wanted, listens));
        // A rule after an act of the bot's alone would fire everywhere: it names the turn before.
        let anchored = mentioned.iter().any(|moment| moment.did == Some(Act::Listen));
        if !speaks_against && anchored {
            break;
        }
    }
    last.unwrap_or_default()
}

/// Returns what a rule would mention of a moment.
fn bare(moment: &Moment) -> Moment {
    let said = moment.intent().map(|intent| Utter { intent: Some(intent.to_owned()), ..Utter::default() });
    Moment { said, did: moment.did.clone(), form: moment.form.clone(), slots: Default::default() }
}

/// Writes moments and an act as a rule.
fn written(moments: &[Moment], wanted: &Act, listens: bool) -> Course {
    let step = |act| Step { line: 0, act };
    let done = |act: &Act| match act {
        Act::Words(words) => StepAct::Bot(words.clone()),
        act => StepAct::Action(act.written().to_owned()),
    };
    let mut course = Course { waits: listens || *wanted == Act::Listen, ..Course::default() };
    let mut form = match moments.first().map(|moment| &moment.form) {
        Some(Running::Form(name)) => Some(name.clone()),
        _ => None,
    };
    if form.is_some() {
        course.conditions.push(step(StepAct::Form(form.clone())));
    }
    let mut name = Vec::new();
    for (at, moment) in moments.iter().enumerate() {
        let begins = match &moment.did {
            Some(Act::Listen) => {
                if let Some(said) = &moment.said {
                    name.extend(said.intent.clone());
                    course.steps.push(step(StepAct::User(said.clone())));
                }
                false
            }
            Some(act) => {
                name.push(act.written().to_owned());
                course.steps.push(step(done(act)));
                true
            }
            None => false,
        };
        let now = match &moment.form {
            Running::Form(name) => Some(name.clone()),
            _ => None,
        };
        if now != form && (begins || at > 0) {
            course.steps.push(step(StepAct::Form(now.clone())));
            form = now;
        }
    }
    if *wanted != Act::Listen {
        name.push(wanted.written().to_owned());
        course.steps.push(step(done(wanted)));
    }
    course.name = name.join(" > ");
    course
}
