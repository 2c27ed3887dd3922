//! What trainers do with clusters by hand: merge, split, sort by examples, name, put off.
//!
//! Merging and splitting write the grouping anew and bind utterances to their cluster, so that later groupings keep
//! it; one event each. Not here: finding clusters and deciding on them (`group`).

use std::collections::HashSet;

use crate::clustering::naming;
use crate::clustering::neighbours::Neighbours;
use crate::domain::cluster::{ClusterState, Member};
use crate::domain::event::Act;
use crate::domain::ids::{ClusterId, UtteranceId};
use crate::store::clusters::{ClusterHead, Grouping, NewCluster};
use crate::workbench::error::{Error, Result};
use crate::workbench::group::ClusterMember;
use crate::workbench::project::{Project, now};

/// Puts everything of one cluster into another, for later groupings too; undone like any act.
pub fn merge(project: &mut Project, from: ClusterId, into: ClusterId) -> Result<()> {
    let part = project.store.cluster(from)?.ok_or(Error::UnknownCluster { id: from.0 })?;
    let whole = project.store.cluster(into)?.ok_or(Error::UnknownCluster { id: into.0 })?;
    let ids: Vec<UtteranceId> = part.cluster.members.iter().map(|member| member.utterance).collect();
    let subject = named(&whole);
    edit(
        project,
        (Act::MergeCluster, &subject),
        &[],
        |clusters| {
            clusters.retain(|cluster| cluster.identity != Some(from));
            let Some(whole) = clusters.iter_mut().find(|cluster| cluster.identity == Some(into)) else { return };
            let (a, b) = (whole.members.len() as f32, part.cluster.members.len() as f32);
            whole.cohesion = (whole.cohesion * a + part.cluster.cohesion * b) / (a + b).max(1.0);
            whole.novelty = (whole.novelty * a + part.novelty * b) / (a + b).max(1.0);
            whole.customers += part.customers;
            whole.members.extend(&part.cluster.members);
            whole.members.sort_by(|a, b| b.closeness.total_cmp(&a.closeness));
        },
        |_| ids.iter().chain(whole.cluster.members.iter().map(|m| &m.utterance)).map(|id| (*id, into)).collect(),
    )
}

/// Makes a cluster of its own of some members, for later groupings too; undone like any act.
pub fn split(project: &mut Project, id: ClusterId, parted: &[UtteranceId]) -> Result<()> {
    let head = project.store.cluster(id)?.ok_or(Error::UnknownCluster { id: id.0 })?;
    let parted: HashSet<UtteranceId> = parted.iter().copied().collect();
    let (part, rest): (Vec<Member>, Vec<Member>) =
        head.cluster.members.iter().copied().partition(|member| parted.contains(&member.utterance));
    if part.is_empty() || rest.is_empty() {
        return Ok(());
    }
    let ids: Vec<UtteranceId> = part.iter().map(|member| member.utterance).collect();
    let kept: Vec<UtteranceId> = rest.iter().map(|member| member.utterance).collect();
    let segmenter = project.segmenter()?;
    let texts = |ids: &[UtteranceId]| -> Result<Vec<(String, u64)>> {
        Ok(project.store.utterances(ids)?.into_iter().map(|u| (u.text, u.count)).collect())
    };
    let (new, old) = (texts(&ids)?, texts(&kept)?);
    fn borrowed(texts: &[(String, u64)]) -> Vec<(&str, u64)> {
        texts.iter().map(|(text, count)| (text.as_str(), *count)).collect()
    }
    let words = naming::words(&[borrowed(&new), borrowed(&old)], &segmenter);
    let customers = new.iter().map(|(_, count)| count).sum::<u64>();
    let mean = |members: &[Member]| members.iter().map(|m| m.closeness).sum::<f32>() / members.len().max(1) as f32;
    let subject = words[0].iter().take(3).cloned().collect::<Vec<_>>().join(" ");
    edit(
        project,
        (Act::SplitCluster, &subject),
        &[],
        |clusters| {
            let Some(old) = clusters.iter_mut().find(|cluster| cluster.identity == Some(id)) else { return };
            (old.words, old.cohesion, old.members) = (words[1].clone(), mean(&rest), rest.clone());
            old.customers = old.customers.saturating_sub(customers);
            let novelty = old.novelty;
            clusters.push(NewCluster {
                identity: None,
                before: Some(0),
                words: words[0].clone(),
                cohesion: mean(&part),
                novelty,
                customers,
                members: part.clone(),
            });
        },
        |identities| {
            let new = identities.last().copied().unwrap_or(id);
            ids.iter().map(|utterance| (*utterance, new)).chain(kept.iter().map(|utterance| (*utterance, id))).collect()
        },
    )
}

/// Orders members by their nearness to some of them, the examples first; closeness is then that to the examples.
pub fn similar(project: &mut Project, members: &mut [ClusterMember], examples: &HashSet<UtteranceId>) -> Result<()> {
    let segmenter = project.segmenter()?;
    let texts: Vec<&str> = members.iter().map(|member| member.utterance.text.as_str()).collect();
    let chosen: Vec<&str> =
        members.iter().filter(|m| examples.contains(&m.utterance.id)).map(|m| m.utterance.text.as_str()).collect();
    let near = Neighbours::of(&texts, &segmenter).nearest(&chosen, texts.len());
    let mut closeness = vec![0.0; members.len()];
    near.into_iter().for_each(|(member, cosine)| closeness[member] = cosine);
    members.iter_mut().zip(closeness).for_each(|(member, closeness)| member.closeness = closeness);
    members.sort_by(|a, b| {
        let example = |member: &ClusterMember| examples.contains(&member.utterance.id);
        example(b).cmp(&example(a)).then(b.closeness.total_cmp(&a.closeness)).then(a.utterance.id.cmp(&b.utterance.id))
    });
    Ok(())
}

/// Puts a cluster off, or brings it back, without touching its members.
pub fn mark(project: &mut Project, id: ClusterId, state: ClusterState) -> Result<()> {
    let head = project.store.cluster(id)?.ok_or(Error::UnknownCluster { id: id.0 })?;
    let op = project.op();
    let actor = project.actor().to_string();
    let subject = head.cluster.words.join(" ");
    let deed =
        crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::ClusterState, subject: &subject };
    project.store.act(&deed, |recorder| recorder.mark_cluster(id, &head.cluster.name, state))?;
    Ok(())
}

/// Names a cluster by hand.
pub fn rename(project: &mut Project, id: ClusterId, name: &str) -> Result<()> {
    let head = project.store.cluster(id)?.ok_or(Error::UnknownCluster { id: id.0 })?;
    let op = project.op();
    let actor = project.actor().to_string();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::ClusterState, subject: name };
    project.store.act(&deed, |recorder| recorder.mark_cluster(id, name, head.cluster.state))?;
    Ok(())
}

/// What a trainer calls a cluster: its name, else its words.
fn named(head: &ClusterHead) -> String {
    match head.cluster.name.is_empty() {
        true => head.cluster.words.iter().take(3).cloned().collect::<Vec<_>>().join(" "),
        false => head.cluster.name.clone(),
    }
}

/// Writes the grouping anew with a change to its clusters, and binds utterances to theirs.
///
/// `taken` lay in no cluster before and do now.
pub(in crate::workbench) fn edit(
    project: &mut Project,
    (act, subject): (Act, &str),
    taken: &[UtteranceId],
    change: impl FnOnce(&mut Vec<NewCluster>),
    bound: impl FnOnce(&[ClusterId]) -> Vec<(UtteranceId, ClusterId)>,
) -> Result<()> {
    let grouping = project.store.grouping()?.ok_or(Error::NoGrouping)?;
    let mut clusters = Vec::new();
    for head in project.store.cluster_heads(grouping.id)? {
        let Some(whole) = project.store.cluster(head.cluster.id)? else { continue };
        clusters.push(NewCluster {
            identity: Some(whole.cluster.id),
            before: whole.before,
            words: whole.cluster.words,
            cohesion: whole.cluster.cohesion,
            novelty: whole.novelty,
            customers: whole.customers,
            members: whole.cluster.members,
        });
    }
    change(&mut clusters);
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act, subject };
    let taken: HashSet<UtteranceId> = taken.iter().copied().collect();
    let mut grouping = Grouping { at: now(), actor: actor.clone(), ..grouping };
    grouping.unassigned.retain(|utterance| !taken.contains(utterance));
    project.store.act(&deed, |recorder| {
        let (_, identities) = recorder.add_grouping(&grouping, &clusters)?;
        for (utterance, cluster) in bound(&identities) {
            recorder.pin(utterance, cluster)?;
        }
        Ok(())
    })?;
    Ok(())
}
