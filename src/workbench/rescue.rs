//! Texts in no cluster, and taking those near enough to one into it, by a threshold the trainer sees and moves.

use std::collections::HashMap;

use crate::clustering;
use crate::domain::cluster::{ClusterState, Member};
use crate::domain::event::Act;
use crate::domain::ids::{ClusterId, UtteranceId};
use crate::domain::utterance::Utterance;
use crate::progress::Progress;
use crate::workbench::clusters::edit;
use crate::workbench::error::{Error, Result};
use crate::workbench::group::{reads_meaning, rows};
use crate::workbench::project::Project;

/// A text in no cluster, with the nearest one.
#[derive(Debug, Clone, PartialEq)]
pub struct Lonely {
    pub utterance: Utterance,
    pub cluster: ClusterId,
    /// Cosine to the cluster's centre, 0 to 1.
    pub likeness: f32,
}

/// Returns the texts in no cluster, those nearest to one first. Nobody has decided on them.
pub fn lonely(project: &mut Project, progress: &dyn Progress) -> Result<Vec<Lonely>> {
    let grouping = project.store.grouping()?.ok_or(Error::NoGrouping)?;
    let mut clusters: Vec<(ClusterId, Vec<UtteranceId>)> = Vec::new();
    for head in project.store.cluster_heads(grouping.id)? {
        if matches!(head.cluster.state, ClusterState::Accepted | ClusterState::Ignored) {
            continue;
        }
        if let Some(whole) = project.store.cluster(head.cluster.id)? {
            clusters.push((whole.cluster.id, whole.cluster.members.iter().map(|member| member.utterance).collect()));
        }
    }
    let mut alone: Vec<Utterance> = Vec::new();
    for utterance in project.store.utterances(&grouping.unassigned)? {
        if project.store.label(utterance.id)?.is_none() {
            alone.push(utterance);
        }
    }
    if clusters.is_empty() || alone.is_empty() {
        return Ok(Vec::new());
    }
    let sizes: Vec<usize> = clusters.iter().map(|(_, members)| members.len()).collect();
    let near = if reads_meaning(project, grouping.utterances as usize)? {
        let ids: Vec<UtteranceId> =
            clusters.iter().flat_map(|(_, members)| members).copied().chain(alone.iter().map(|u| u.id)).collect();
        clustering::rescue::by_rows(rows(&project.vectors(&ids, progress)?), &sizes)
    } else {
        let mut texts: Vec<Vec<String>> = Vec::with_capacity(clusters.len());
        for (_, members) in &clusters {
            texts.push(project.store.utterances(members)?.into_iter().map(|utterance| utterance.text).collect());
        }
        let groups: Vec<Vec<&str>> = texts.iter().map(|texts| texts.iter().map(String::as_str).collect()).collect();
        let lonely: Vec<&str> = alone.iter().map(|utterance| utterance.text.as_str()).collect();
        let segmenter = project.segmenter()?;
        clustering::rescue::by_words(&groups, &lonely, &segmenter, grouping.seed, progress)?
    };
    let mut found: Vec<Lonely> = alone
        .into_iter()
        .zip(near)
        .map(|(utterance, (at, likeness))| Lonely { utterance, cluster: clusters[at].0, likeness })
        .collect();
    found.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(a.utterance.id.cmp(&b.utterance.id)));
    Ok(found)
}

/// Returns how many lonely texts a threshold takes, and how many customers said them.
pub fn taken(lonely: &[Lonely], least: f32) -> (u64, u64) {
    let near = lonely.iter().filter(|one| one.likeness >= least);
    near.fold((0, 0), |(texts, customers), one| (texts + 1, customers + one.utterance.count))
}

/// Takes the texts at least so near into their clusters; one step to undo. Returns how many.
pub fn rescue(project: &mut Project, lonely: &[Lonely], least: f32) -> Result<u64> {
    let near: Vec<&Lonely> = lonely.iter().filter(|one| one.likeness >= least).collect();
    if near.is_empty() {
        return Ok(0);
    }
    let mut by_cluster: HashMap<ClusterId, Vec<&Lonely>> = HashMap::new();
    near.iter().for_each(|one| by_cluster.entry(one.cluster).or_default().push(one));
    let ids: Vec<UtteranceId> = near.iter().map(|one| one.utterance.id).collect();
    let subject = format!("+{} ≥ {least:.2}", near.len());
    edit(
        project,
        (Act::Rescue, &subject),
        &ids,
        |clusters| {
            for cluster in clusters {
                let Some(came) = cluster.identity.and_then(|id| by_cluster.get(&id)) else { continue };
                cluster.customers += came.iter().map(|one| one.utterance.count).sum::<u64>();
                let member = |one: &&Lonely| Member { utterance: one.utterance.id, closeness: one.likeness };
                cluster.members.extend(came.iter().map(member));
                cluster.members.sort_by(|a, b| b.closeness.total_cmp(&a.closeness).then(a.utterance.cmp(&b.utterance)));
                let sum: f32 = cluster.members.iter().map(|member| member.closeness).sum();
                cluster.cohesion = sum / cluster.members.len() as f32;
            }
        },
        |_| Vec::new(),
    )?;
    Ok(near.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::options::{Method, Options};
    use crate::progress::Quiet;
    use crate::workbench::{group, import};

    fn project() -> Project {
        let mut project = Project::in_memory("li").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("texts.txt");
        let subjects = ["退款", "快递", "激活信用卡"];
        let shapes = ["怎么{}", "我要{}", "{}多久", "能{}吗", "帮我{}", "{}在哪里", "谁能{}"];
        let mut texts: Vec<String> =
            subjects.iter().flat_map(|s| shapes.iter().map(move |shape| shape.replace("{}", s))).collect();
        texts.extend(["今天天气不错啊", "你们几点下班", "退款那个事情后来怎么样了呀", "周杰伦"].map(str::to_owned));
        std::fs::write(&file, texts.join("\n")).unwrap();
        import::import(&mut project, &[file], &Default::default(), &Quiet).unwrap();
        group::read_by(&mut project, group::Reading::Words).unwrap();
        let options = Options { method: Method::Density, min_size: 3, rescue: 2.0, ..Options::default() };
        group::group(&mut project, &options, false, &Quiet).unwrap();
        project
    }

    #[test]
    fn what_the_dial_promises_is_what_is_taken_and_undo_gives_it_back() {
        let mut project = project();
        let before = project.store.state().unwrap();
        let all = lonely(&mut project, &Quiet).unwrap();
        let outside = |project: &Project| group::current(project).unwrap().unwrap().unassigned.len();
        assert_eq!(all.len(), outside(&project));
        assert!(!all.is_empty(), "density leaves some");
        assert!(all.windows(2).all(|pair| pair[0].likeness >= pair[1].likeness));
        let least = all[all.len() / 2].likeness;
        let (promised, customers) = taken(&all, least);
        let said = |project: &Project| group::ladder(project).unwrap().iter().map(|rung| rung.customers).sum::<u64>();
        let customers_before = said(&project);
        assert_eq!(rescue(&mut project, &all, least).unwrap(), promised);
        assert_eq!(outside(&project), all.len() - promised as usize);
        assert_eq!(said(&project), customers_before + customers);
        for one in all.iter().filter(|one| one.likeness >= least) {
            let members = group::members(&project, one.cluster).unwrap();
            assert!(members.iter().any(|member| member.utterance.id == one.utterance.id));
        }
        project.undo().unwrap();
        assert_eq!(project.store.state().unwrap(), before);
        assert_eq!(outside(&project), all.len());
        assert_eq!(rescue(&mut project, &all, 1.1).unwrap(), 0, "nothing is so near");
    }
}
