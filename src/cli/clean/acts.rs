//! What a trainer decides about cleaning, typed: each decision is one event.

use crate::cli::Desk;
use crate::cli::args::CleanActs;
use crate::domain::ids::{FamilyId, TurnId, UtteranceId};
use crate::domain::label::{Verdict, Word};
use crate::i18n::fill;
use crate::workbench::clean::heard::Reach;
use crate::workbench::clean::{canned, conflicts, heard, merged, quarantine, words};
use crate::workbench::current::is_out_of_scope;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// Does what was asked for; tells whether anything was.
pub fn act(desk: &Desk, project: &mut Project, acts: &CleanActs) -> Result<bool> {
    let t = &desk.out.words.command;
    // What stood already is done again without a word: it was asked for all the same.
    let asked = !acts.settle.is_empty() || !acts.word.is_empty() || !acts.drop_word.is_empty();
    let mut at_once = 0_u64;
    for id in &acts.give_back {
        quarantine::give_back(project, TurnId(*id))?;
        at_once += 1;
    }
    for id in &acts.part {
        merged::part(project, TurnId(*id))?;
        at_once += 1;
    }
    for id in &acts.join {
        merged::join(project, TurnId(*id))?;
        at_once += 1;
    }
    for pair in &acts.settle {
        let (family, name) = pair_of("settle", pair)?;
        let family: i64 = family.parse().map_err(|_| not_a_pair("settle", pair))?;
        let verdict = match is_out_of_scope(name) {
            true => Verdict::OutOfScope,
            false => Verdict::Intent(project.catalogue()?.find(name)?.id),
        };
        at_once += conflicts::settle(project, FamilyId(family), verdict)?;
    }
    if !acts.word.is_empty() || !acts.drop_word.is_empty() {
        let mut all = words::words(project)?;
        for word in &acts.word {
            let (text, tag) = word.rsplit_once('/').unwrap_or((word, ""));
            all.retain(|known| known.text != text);
            all.push(Word { text: text.to_string(), tag: tag.to_string() });
        }
        all.retain(|known| !acts.drop_word.contains(&known.text));
        let (came, went) = words::set(project, &all)?;
        at_once += came + went;
    }
    let mut later = false;
    for (texts, on) in [(&acts.tick, true), (&acts.untick, false)] {
        for text in texts {
            canned::tick(project, text, !acts.customers, on)?;
            later = true;
        }
    }
    let reach = acts.within.map_or(Reach::Everywhere, |id| Reach::In(UtteranceId(id)));
    for pair in &acts.accept {
        let (heard, meant) = pair_of("accept", pair)?;
        heard::accept(project, heard, meant, reach)?;
        later = true;
    }
    for heard in &acts.refuse {
        heard::refuse(project, heard, reach)?;
        at_once += 1;
    }
    if at_once > 0 {
        desk.out.say(t.clean_done, &[("n", &at_once.to_string())]);
    }
    if later {
        desk.out.word(&fill(t.clean_again, &[]));
    }
    Ok(later || at_once > 0 || asked)
}

fn pair_of<'p>(what: &'static str, pair: &'p str) -> Result<(&'p str, &'p str)> {
    pair.split_once('=').filter(|(a, b)| !a.is_empty() && !b.is_empty()).ok_or_else(|| not_a_pair(what, pair))
}

fn not_a_pair(what: &'static str, pair: &str) -> Error {
    Error::UnknownChoice { what, name: pair.to_string(), known: vec!["A=B".to_string()] }
}
