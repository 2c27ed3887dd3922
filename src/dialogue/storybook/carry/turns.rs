//! Rules and stories cut into turns: what was said, what the bot did, which form began or ended.

use crate::dialogue::storybook::event::{Act, Event};
use crate::dialogue::storybook::unfold::rows;
use crate::domain::storybook::{Place, Storybook, Told};

/// One turn of a course.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Turn {
    pub course: String,
    pub place: Place,
    pub rule: bool,
    /// Nothing was said before it in its course.
    pub first: bool,
    /// What is said, in all ways the course has; empty where the bot begins.
    pub intents: Vec<String>,
    /// What the bot does, forms left out, words with a quote before them.
    pub acts: Vec<String>,
    /// The form that ran when it was said.
    pub inside: Option<String>,
    /// The form that begins.
    pub form: Option<String>,
    /// The form that ends, and what is done after it.
    pub ends: Option<String>,
    pub after: Vec<String>,
    /// Slots that must have values.
    pub slots: Vec<(String, Told)>,
}

/// Returns the turns of all rules and stories, those that differ in the intent alone put together.
pub(super) fn of(book: &Storybook) -> Vec<Turn> {
    let courses: Vec<_> = book.rules.iter().chain(&book.stories).collect();
    let mut all: Vec<Turn> = Vec::new();
    for row in rows(book).0 {
        let mut conditions: Vec<(String, Told)> = Vec::new();
        let (mut running, mut now, mut first) = (None::<String>, Turn::default(), true);
        let mut done: Vec<Turn> = Vec::new();
        let begun = |turn: &Turn| {
            !turn.intents.is_empty() || !turn.acts.is_empty() || turn.form.is_some() || turn.ends.is_some()
        };
        for placed in &row.events {
            let course = courses.get(placed.course);
            let place = course.map(|course| Place { file: course.place.file.clone(), line: placed.line });
            match &placed.event {
                Event::Said(said) => {
                    if begun(&now) {
                        done.push(std::mem::take(&mut now));
                        first = false;
                    }
                    now.intents
                        .extend(said.intent.clone().or_else(|| said.text.clone().map(|text| format!("\"{text}"))));
                    now.place = place.unwrap_or_default();
                    now.inside.clone_from(&running);
                }
                Event::Slot(name, told) if first && now.acts.is_empty() && now.after.is_empty() => {
                    conditions.push((name.clone(), told.clone()));
                }
                Event::Form(Some(name)) => {
                    if now.intents.is_empty() && now.acts.is_empty() && now.ends.is_none() {
                        // A condition, or a form that goes on.
                        running = Some(name.clone());
                    } else if running.as_ref() != Some(name) {
                        now.form = Some(name.clone());
                        running = Some(name.clone());
                    }
                }
                Event::Form(None) => now.ends = running.take().or(now.ends.take()),
                Event::Did(Act::Named(name)) => {
                    let form = book.forms.iter().any(|form| form.name == *name) || is_form(&row.events, name);
                    if form {
                        continue;
                    }
                    let into = if now.ends.is_some() { &mut now.after } else { &mut now.acts };
                    into.push(name.clone());
                    if now.place.line == 0 {
                        now.place = place.unwrap_or_default();
                    }
                }
                Event::Did(Act::Words(words)) => now.acts.push(format!("\"{words}")),
                _ => {}
            }
            now.course = course.map(|course| course.name.clone()).unwrap_or_default();
            now.first = first;
            now.rule = row.rule;
            now.slots.clone_from(&conditions);
        }
        if begun(&now) {
            done.push(now);
        }
        for turn in done {
            let same = all.iter_mut().find(|known| {
                (known.place.line, &known.acts, &known.after, &known.form, &known.ends)
                    == (turn.place.line, &turn.acts, &turn.after, &turn.form, &turn.ends)
                    && known.course == turn.course
            });
            match same {
                Some(known) => turn.intents.into_iter().for_each(|intent| {
                    if !known.intents.contains(&intent) {
                        known.intents.push(intent);
                    }
                }),
                None => all.push(turn),
            }
        }
    }
    all
}

/// Tells whether a row begins the act as a form.
fn is_form(events: &[crate::dialogue::storybook::event::Placed], name: &str) -> bool {
    events.iter().any(|placed| matches!(&placed.event, Event::Form(Some(form)) if form == name))
}
