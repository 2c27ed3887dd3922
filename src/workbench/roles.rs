//! import, afterwards: customer and agent change places where a recogniser's voices were guessed the wrong way round.

use crate::domain::event::Act;
use crate::domain::ids::BatchId;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::store::roles::Whose;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::walk::{Part, walk};

/// Conversations a transaction takes.
const CHUNK: usize = 500;

/// Returns the imported file a number or a name means; of several with one name, the newest.
pub fn batch(project: &Project, word: &str) -> Result<BatchId> {
    let batches = project.store.batches()?;
    let id = word.parse().ok().map(BatchId);
    let found = batches.iter().find(|batch| Some(batch.id) == id || batch.source == word);
    found.map(|batch| batch.id).ok_or_else(|| Error::UnknownName { what: "file", name: word.to_string() })
}

/// Lets customer and agent change places, and cleans what each said anew; one event. Returns how many turns changed.
pub fn swap(project: &mut Project, whose: Whose, progress: &dyn Progress) -> Result<u64> {
    let subject = match whose {
        Whose::Batch(id) => {
            project.store.batches()?.into_iter().find(|b| b.id == id).map_or(String::new(), |b| b.source)
        }
        Whose::Conversation(id) => project.store.conversation_name(id)?,
    };
    let cleaner = project.cleaner()?;
    let conversations = project.store.conversations_with_sides(whose)?;
    let mut chunks = conversations.chunks(CHUNK);
    let walked = walk(project, &cleaner, conversations.len() as u64, progress, |store| {
        let Some(some) = chunks.next() else { return Ok(None) };
        let mut part = Part { steps: some.len() as u64, ..Part::default() };
        for conversation in some {
            let sides = store.sides(whose, *conversation)?;
            // Who spoke decides what is one sentence: a conversation is cleaned as a whole.
            let mut turns = store.turns_of(*conversation, None)?;
            for turn in turns.iter_mut().filter(|turn| sides.binary_search(&turn.id).is_ok()) {
                turn.role = turn.role.swapped();
                part.seats.push((turn.id, turn.role));
            }
            part.turns.extend(turns);
        }
        Ok(Some(part))
    })?;
    let op = project.op();
    let actor = project.actor().to_string();
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Roles, subject: &subject };
    project.store.finish_cleaning(walked.token, &deed, |_| Ok(()))?;
    Ok(walked.seated)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::domain::conversation::Role;
    use crate::domain::ids::ConversationId;
    use crate::formats::options::ReadOptions;
    use crate::progress::Quiet;
    use crate::workbench::import;

    fn calls(files: &[&str]) -> Project {
        let mut project = Project::in_memory("li").expect("opens");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/call");
        let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).collect();
        import::import(&mut project, &paths, &ReadOptions::default(), &Quiet).expect("imports");
        project
    }

    /// Everything that hangs on a role: turns with what cleaning made of them, utterances, counts.
    fn state(project: &Project) -> String {
        let turns = project.store.conversation_turns(ConversationId(0), 99).expect("reads");
        let utterances: Vec<_> = project.store.turns_after(None, 99).expect("reads");
        format!("{turns:?} {utterances:?} {:?}", project.store.turn_counts().expect("counts"))
    }

    fn customers(project: &Project) -> u64 {
        project.store.turn_counts().expect("counts").1
    }

    #[test]
    fn sides_change_places_and_come_back_bit_for_bit() {
        let mut project = calls(&["huawei_sis_transcriber.json", "call.srt"]);
        let before = state(&project);
        let id = batch(&project, "call.srt").expect("imported");
        assert_eq!(swap(&mut project, Whose::Batch(id), &Quiet).expect("swaps"), 6);
        let after = state(&project);
        let turns = project.store.conversation_turns(ConversationId(0), 99).expect("reads");
        let roles: Vec<Role> = turns.iter().flat_map(|(_, turns)| turns).map(|turn| turn.role).collect();
        assert_eq!((roles[0], roles[6], roles.len()), (Role::Agent, Role::Customer, 12));
        for turn in turns.iter().flat_map(|(_, turns)| turns) {
            assert_eq!(turn.utterance.is_some(), turn.role == Role::Customer && turn.aside.is_none(), "{turn:?}");
        }
        assert!(project.store.check().expect("checks").is_good());
        project.undo().expect("undoes");
        assert_eq!(state(&project), before);
        project.redo().expect("redoes");
        assert_eq!(state(&project), after);
        assert!(project.store.check().expect("checks").is_good());
        // Twice is as if never.
        swap(&mut project, Whose::Batch(id), &Quiet).expect("swaps");
        assert_eq!(customers(&project), customers(&calls(&["huawei_sis_transcriber.json", "call.srt"])));
    }

    #[test]
    fn one_conversation_swaps_alone_and_a_cleaning_after_it_keeps_the_roles() {
        let mut project = calls(&["call.vtt", "funasr_automodel.json"]);
        let first = project.store.conversation_turns(ConversationId(0), 9).expect("reads")[0].0;
        swap(&mut project, Whose::Conversation(first), &Quiet).expect("swaps");
        let swapped = state(&project);
        crate::workbench::clean::clean(&mut project, &Quiet).expect("cleans");
        assert_eq!(state(&project), swapped);
        let log = project.store.log(None, None, 0, 9).expect("reads");
        assert_eq!(
            log.iter().filter(|event| event.act == Act::Roles).map(|event| event.touched).collect::<Vec<_>>(),
            [6]
        );
        assert!(batch(&project, "call.vtt").is_ok() && batch(&project, "none").is_err());
    }
}
