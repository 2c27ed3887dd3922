//! Knowledge sheets on their way in: what they say of their standard questions, gathered and then written.
//!
//! Called by `import`, which writes it in the same event as the texts and labels of the file.

use std::collections::{HashMap, HashSet};

use crate::domain::ids::IntentId;
use crate::domain::label::{Answer, Intent};
use crate::formats::record::Knowledge;
use crate::store::error::Result;
use crate::store::record::Recorder;
use crate::workbench::current::{is_out_of_scope, named};

/// What a file says of its intents, in the order they first appear.
#[derive(Debug, Default)]
pub(in crate::workbench) struct Gathered {
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
}

/// What the rows of one intent say together.
#[derive(Debug)]
struct Entry {
    intent: String,
    question: String,
    category: String,
    guideline: String,
    answers: Vec<Answer>,
}

impl Gathered {
    /// Adds what a row says; what rows above said of the same intent stands.
    pub fn add(&mut self, said: Knowledge) {
        if said.intent.is_empty() || is_out_of_scope(&said.intent) {
            return;
        }
        let place = *self.places.entry(said.intent.clone()).or_insert_with(|| {
            let (intent, question) = (said.intent.clone(), said.question.clone());
            let entry = Entry { intent, question, category: String::new(), guideline: String::new(), answers: vec![] };
            self.entries.push(entry);
            self.entries.len() - 1
        });
        let entry = &mut self.entries[place];
        if entry.category.is_empty() {
            entry.category = said.category;
        }
        if entry.guideline.is_empty() {
            entry.guideline = said.guideline;
        }
        if let Some(answer) = said.answer.filter(|answer| !entry.answers.contains(answer)) {
            entry.answers.push(answer);
        }
    }

    /// Returns how many intents the file speaks of.
    pub fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Tells whether the file speaks of none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes all of it; returns how many intents are new or changed.
    pub fn write(&self, recorder: &mut Recorder<'_, '_>) -> Result<u64> {
        let mut changed = 0;
        for entry in &self.entries {
            let found = recorder.intent_named(&entry.intent)?;
            let standing = found.map(|id| recorder.intent(id)).transpose()?.flatten();
            let wanted = entry.over(standing.clone().unwrap_or_else(|| named(&entry.intent)));
            match standing {
                Some(standing) if standing == wanted => continue,
                Some(_) => recorder.put_intent(&wanted)?,
                None => recorder.add_intent(&Intent { id: IntentId(0), ..wanted }).map(|_| ())?,
            }
            changed += 1;
        }
        Ok(changed)
    }
}

impl Entry {
    /// Returns an intent with what the file says of it. A file speaks for the channels it has answers for; the answers
    /// of other channels stand, and so does the note on an answer that stays.
    fn over(&self, mut intent: Intent) -> Intent {
        let say = |old: &mut String, new: &String| {
            if !new.is_empty() {
                old.clone_from(new);
            }
        };
        say(&mut intent.question, &self.question);
        say(&mut intent.category, &self.category);
        say(&mut intent.guideline, &self.guideline);
        let spoken: HashSet<&Option<String>> = self.answers.iter().map(|answer| &answer.channel).collect();
        let (gone, mut answers): (Vec<Answer>, Vec<Answer>) =
            intent.answers.into_iter().partition(|answer| spoken.contains(&answer.channel));
        let note = |answer: &Answer| {
            let same = gone.iter().find(|old| old.text == answer.text && old.channel == answer.channel);
            answer.note.clone().or_else(|| same.and_then(|old| old.note.clone()))
        };
        answers.extend(self.answers.iter().map(|answer| Answer { note: note(answer), ..answer.clone() }));
        intent.answers = answers;
        intent
    }
}
