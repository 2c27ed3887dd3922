//! A verdict given to texts and their families, inside a deed.

use crate::domain::ids::UtteranceId;
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::store::error::Result;
use crate::store::record::Recorder;

/// Who gives a verdict, when and in which way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Giver<'a> {
    pub actor: &'a str,
    pub at: i64,
    pub source: LabelSource,
}

/// Gives utterances and their families a verdict; notes stay. Returns how many were labelled.
pub(super) fn give(
    recorder: &mut Recorder<'_, '_>,
    ids: &[UtteranceId],
    verdict: Verdict,
    giver: Giver<'_>,
) -> Result<u64> {
    let Giver { actor, at, source } = giver;
    let all = recorder.with_families(ids)?;
    for utterance in &all {
        let note = recorder.label(*utterance)?.map(|label| label.note).unwrap_or_default();
        recorder.put_label(&Label { utterance: *utterance, verdict, source, actor: actor.to_string(), at, note })?;
    }
    Ok(all.len() as u64)
}
