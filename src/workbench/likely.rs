//! Which intents a cluster is likely of: what was decided on clusters like it, and what the model takes its core for.
//!
//! So the digits below the ladder know an intent as soon as one cluster of it is decided on, before anything is trained.
//! Called by the ladder for the cluster in hand. Not here: deciding (`group`).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::domain::cluster::ClusterState;
use crate::domain::ids::{ClusterId, IntentId, UtteranceId};
use crate::domain::label::Verdict;
use crate::workbench::error::Result;
use crate::workbench::group::{ClusterMember, Rung};
use crate::workbench::project::Project;

/// Members a cluster's middle is made of, from the core on.
const CORE: usize = 12;

/// Decided clusters that are asked, the nearest ones.
const NEAREST: usize = 15;

/// How fast a cluster's say falls with its distance: it halves for about 0.09 of cosine.
const STEEPNESS: f32 = 8.0;

/// Intents shown, one a digit.
const SHOWN: usize = 9;

/// The decided clusters of a ladder, kept while it is worked on.
#[derive(Default)]
pub struct Likely {
    /// `None` where no vectors are kept, since the texts were grouped by their words.
    decided: HashMap<ClusterId, Option<Decided>>,
}

/// A decided cluster as others are compared with it.
struct Decided {
    core: Vec<UtteranceId>,
    /// A row of length 1.
    middle: Vec<f32>,
}

impl Likely {
    /// Returns the intents a rung of a ladder is likely of, likeliest first, each with a score above 0; `members` are
    /// the rung's, core to edge.
    pub fn of(
        &mut self,
        project: &Project,
        ladder: &[Rung],
        rung: &Rung,
        members: &[ClusterMember],
    ) -> Result<Vec<(IntentId, f32)>> {
        let mut scores: HashMap<IntentId, f32> = rung.guesses.iter().copied().collect();
        let core: Vec<UtteranceId> = members.iter().take(CORE).map(|member| member.utterance.id).collect();
        if let Some(own) = middle(project, &core)? {
            for (intent, share) in self.decided_near(project, ladder, &own)? {
                *scores.entry(intent).or_default() += share;
            }
        }
        let mut likely: Vec<(IntentId, f32)> = scores.into_iter().collect();
        likely.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        likely.truncate(SHOWN);
        Ok(likely)
    }

    /// Returns the intents of the decided clusters nearest to a middle, with their shares.
    fn decided_near(&mut self, project: &Project, ladder: &[Rung], own: &[f32]) -> Result<Vec<(IntentId, f32)>> {
        let accepted = || ladder.iter().filter(|rung| rung.state == ClusterState::Accepted);
        for rung in accepted() {
            if let Entry::Vacant(place) = self.decided.entry(rung.id) {
                let core = core(project, rung.id)?;
                let middle = middle(project, &core)?;
                place.insert(middle.map(|middle| Decided { core, middle }));
            }
        }
        let known = accepted().filter_map(|rung| Some((rung.id, self.decided.get(&rung.id)?.as_ref()?)));
        let cosine = |decided: &Decided| decided.middle.iter().zip(own).map(|(a, b)| a * b).sum::<f32>();
        let mut near: Vec<(f32, ClusterId, &Decided)> =
            known.map(|(id, decided)| (cosine(decided), id, decided)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(NEAREST);
        let mut shares = Vec::with_capacity(near.len());
        for (cosine, _, decided) in near {
            if let Some(intent) = verdict(project, &decided.core)? {
                shares.push((intent, (STEEPNESS * cosine).exp()));
            }
        }
        let whole: f32 = shares.iter().map(|(_, share)| share).sum();
        shares.iter_mut().for_each(|(_, share)| *share /= whole);
        Ok(shares)
    }
}

/// Returns the members of a cluster's core.
fn core(project: &Project, id: ClusterId) -> Result<Vec<UtteranceId>> {
    let head = project.store.cluster(id)?;
    Ok(head.map_or(Vec::new(), |head| head.cluster.members.iter().take(CORE).map(|m| m.utterance).collect()))
}

/// Returns the middle of a core, of length 1.
fn middle(project: &Project, core: &[UtteranceId]) -> Result<Option<Vec<f32>>> {
    let vectors = project.known_vectors(core)?;
    let mut middle = vec![0.0; vectors.width()];
    for at in 0..vectors.len() {
        middle.iter_mut().zip(vectors.unpacked(at)).for_each(|(sum, x)| *sum += x);
    }
    let length = middle.iter().map(|x| x * x).sum::<f32>().sqrt();
    middle.iter_mut().for_each(|x| *x /= length);
    Ok((length > 0.0).then_some(middle))
}

/// Returns the intent a cluster was decided to be of: that of the innermost member that has one.
fn verdict(project: &Project, core: &[UtteranceId]) -> Result<Option<IntentId>> {
    for member in core {
        if let Some(Verdict::Intent(intent)) = project.store.label(*member)?.map(|label| label.verdict) {
            return Ok(Some(intent));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::options::Options;
    use crate::formats::options::ReadOptions;
    use crate::progress::Quiet;
    use crate::workbench::{group, import, intents};

    const TEXTS: [&str; 16] = [
        "卡丢了怎么挂失",
        "银行卡丢了要挂失",
        "信用卡不见了怎么挂失",
        "卡被偷了想挂失",
        "卡掉了怎么补办",
        "补办银行卡要多久",
        "丢了的卡补办要钱吗",
        "补一张新卡要什么材料",
        "贷款利率是多少",
        "房贷的利率多少",
        "消费贷利率高吗",
        "贷款一年利息多少",
        "贷款审批要几天",
        "我的贷款批了吗",
        "贷款审批进度怎么查",
        "贷款多久能批下来",
    ];

    #[test]
    fn a_decided_cluster_tells_what_those_like_it_are_until_it_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.txt");
        std::fs::write(&path, TEXTS.join("\n")).unwrap();
        let mut project = Project::in_memory("li").unwrap();
        import::import(&mut project, &[path], &ReadOptions::default(), &Quiet).unwrap();
        let options = Options { clusters: Some(4), ..Options::default() };
        group::group(&mut project, &options, false, &Quiet).unwrap();
        let mut kept = Likely::default();
        let mut likely = |project: &Project, ladder: &[Rung], rung: &Rung| {
            kept.of(project, ladder, rung, &group::members(project, rung.id).unwrap()).unwrap()
        };
        let topic = |project: &Project, rung: &Rung| {
            let loans = group::members(project, rung.id).unwrap();
            loans.iter().filter(|member| member.utterance.text.contains('贷')).count() * 2 > loans.len()
        };

        // One cluster of each topic is decided on; the others are like theirs.
        let ladder = group::ladder(&project).unwrap();
        assert!(likely(&project, &ladder, &ladder[0]).is_empty());
        let mut of = HashMap::new();
        for rung in &ladder {
            let topic = topic(&project, rung);
            if let Entry::Vacant(place) = of.entry(topic) {
                let intent = intents::add(&mut project, if topic { "贷款" } else { "卡" }, "").unwrap();
                group::decide(&mut project, rung.id, 99, &[], Verdict::Intent(intent)).unwrap();
                place.insert(intent);
            }
        }
        let ladder = group::ladder(&project).unwrap();
        let open: Vec<&Rung> = ladder.iter().filter(|rung| rung.state == ClusterState::Open).collect();
        assert!(open.len() >= 2, "{ladder:?}");
        for rung in open {
            let first = likely(&project, &ladder, rung)[0];
            assert_eq!(Some(&first.0), of.get(&topic(&project, rung)), "{rung:?}");
        }

        while project.undo().unwrap().is_some_and(|undone| undone.of.act != crate::domain::event::Act::Group) {}
        project.redo().unwrap();
        let ladder = group::ladder(&project).unwrap();
        assert!(likely(&project, &ladder, &ladder[0]).is_empty());
    }
}
