//! What playing a policy shows, as lines people read.

use crate::dialogue::proof::coverage::{Arm, Coverage};
use crate::dialogue::proof::edit::Edit;
use crate::dialogue::proof::mutation::Mutation;
use crate::dialogue::proof::reach::Reached;
use crate::i18n::{Lang, Words, fill};
use crate::text::safe::safe;

/// Returns coverage as lines: the shares, then what was not reached.
pub fn coverage(coverage: &Coverage, proposals: &[Reached], words: &Words) -> Vec<String> {
    let t = &words.proof;
    let mut lines: Vec<String> = t
        .parts
        .iter()
        .zip(coverage.shares())
        .map(|(part, share)| {
            let (reached, all) = (share.reached.to_string(), share.all.to_string());
            let percent = format!("{:.1}", share.percent());
            fill(t.share, &[("part", part), ("reached", &reached), ("all", &all), ("percent", &percent)])
        })
        .collect();
    for arm in coverage.unreached() {
        let found = proposals.iter().find(|reached| reached.topic == arm.topic && reached.arm == arm.place);
        let way = match found {
            Some(reached) => fill(t.can_be_reached, &[("n", &reached.talk.len().to_string())]),
            None => t.not_found.to_string(),
        };
        lines.push(format!("{} · {way}", arm_line(arm, words)));
    }
    let comma = if words.lang == Lang::Zh { "、" } else { ", " };
    for (part, list) in [(0, &coverage.intents), (1, &coverage.topics), (4, &coverage.places)] {
        let names: Vec<String> =
            list.iter().filter(|one| one.turns == 0).map(|one| safe(&one.name).into_string()).collect();
        if !names.is_empty() {
            lines.push(fill(t.unreached_other, &[("part", t.parts[part]), ("names", &names.join(comma))]));
        }
    }
    lines
}

fn arm_line(arm: &Arm, words: &Words) -> String {
    let t = &words.proof;
    let guard = arm.guard.as_deref().map_or(t.always.to_string(), |guard| safe(guard).into_string());
    fill(
        t.unreached_arm,
        &[
            ("line", &arm.line.to_string()),
            ("topic", safe(&arm.topic).as_str()),
            ("arm", &(arm.place + 1).to_string()),
            ("guard", &guard),
        ],
    )
}

/// Returns the name a proposed conversation is saved under.
pub fn proposal_name(reached: &Reached, words: &Words) -> String {
    let arm = (reached.arm + 1).to_string();
    fill(words.proof.proposal_name, &[("topic", &reached.topic), ("arm", &arm)])
}

/// Returns a mutation score as one line.
pub fn mutation(mutation: &Mutation, words: &Words) -> String {
    fill(
        words.proof.mutation,
        &[
            ("edits", &mutation.edits.to_string()),
            ("noticed", &mutation.noticed.to_string()),
            ("percent", &format!("{:.1}", mutation.score())),
            ("unread", &mutation.unread.to_string()),
            ("broken", &mutation.broken.to_string()),
        ],
    )
}

/// Returns an edit nothing noticed as one line.
pub fn survivor(edit: &Edit, words: &Words) -> String {
    let t = &words.proof;
    let after = if edit.after.is_empty() { t.removed.to_string() } else { safe(&edit.after).into_string() };
    fill(
        t.survivor,
        &[
            ("line", &edit.line.to_string()),
            ("column", &edit.column.to_string()),
            ("place", safe(&edit.place).as_str()),
            ("before", safe(&edit.before).as_str()),
            ("after", &after),
        ],
    )
}
