//! What would have made the bot decide otherwise, and small changes that mend a wrong reply.

use crate::dialogue::proof::fixes::{self, Fix, Wrong};
use crate::dialogue::proof::flip::{self, Flip};
use crate::dialogue::proof::mutation::Understood;
use crate::dialogue::script;
use crate::domain::event::Act;
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::talk::{Chat, fix_intent, fold, reload};

/// Returns, for an exchange, the smallest changes that would have made the bot decide otherwise.
pub fn why_not(chat: &Chat, place: usize) -> Vec<Flip> {
    let Some(exchange) = chat.exchanges.get(place).filter(|exchange| exchange.said.is_some()) else {
        return Vec::new();
    };
    let state = fold(&chat.exchanges[..place]);
    let stage = flip::Stage {
        policy: &chat.bot().policy,
        knowledge: &chat.bot().knowledge,
        understand: &|text| chat.bot().understand(text),
        emotion: &|text| chat.bot().sounds(text),
    };
    flip::flips(&stage, &state, &exchange.record.heard)
}

/// Returns small changes that lead an exchange to an intent, each already played against every rehearsal.
pub fn fixes(
    project: &Project,
    chat: &Chat,
    place: usize,
    wanted: &str,
    question: &dyn Fn(&str, &str) -> String,
) -> Result<Vec<Fix>> {
    let Some(exchange) = chat.exchanges.get(place).filter(|exchange| exchange.said.is_some()) else {
        return Ok(Vec::new());
    };
    let text = project.store.policy()?.ok_or(Error::NoPolicy)?;
    let mut scripts = Vec::new();
    for rehearsal in project.store.rehearsals()? {
        scripts.extend(script::read::parse_all(&rehearsal.script)?);
    }
    let understood = Understood::of(&scripts, &|text| chat.bot().understand(text), &|text| chat.bot().sounds(text));
    let state = fold(&chat.exchanges[..place]);
    let wrong = Wrong { state: &state, heard: &exchange.record.heard, wanted };
    Ok(fixes::fixes(&text.yaml, &chat.bot().knowledge, &wrong, &scripts, &understood, question))
}

/// Makes a fix: the text becomes an example, or the changed policy the draft; one step to undo.
pub fn fix(project: &mut Project, chat: &mut Chat, place: usize, fix: &Fix) -> Result<()> {
    match (&fix.change, &fix.policy) {
        (_, Some(yaml)) => {
            let (op, actor, at) = (project.op(), project.actor().to_string(), now());
            let deed = Deed { op: &op, actor: &actor, at, act: Act::Policy, subject: "" };
            project.store.act(&deed, |recorder| recorder.add_policy(yaml, at, &actor))?;
            reload(project, chat)
        }
        (fixes::Change::Example { intent, .. }, None) => {
            let id = project.catalogue()?.find(intent)?.id;
            let Some(exchange) = chat.exchanges.get(place).cloned() else { return Ok(()) };
            fix_intent(project, &exchange, Some(id))
        }
        (_, None) => Ok(()),
    }
}
