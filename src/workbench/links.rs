//! What trainers say of pairs of texts: they belong together, or never do; held by every later grouping.

use std::collections::HashMap;

use crate::clustering::links::Links;
use crate::clustering::memory::{Kept, follow, hold, part};
use crate::domain::cluster::Link;
use crate::domain::event::Act;
use crate::domain::ids::UtteranceId;
use crate::domain::utterance::Utterance;
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Returns all links.
pub fn links(project: &Project) -> Result<Vec<Link>> {
    Ok(project.store.links()?)
}

/// Returns the texts of a pair, empty where one is there no more.
pub fn texts(project: &Project, pair: [UtteranceId; 2]) -> Result<[String; 2]> {
    let found = project.store.utterances(&pair)?;
    let text =
        |id| found.iter().find(|utterance| utterance.id == id).map(|found| found.text.clone()).unwrap_or_default();
    Ok(pair.map(text))
}

/// Says that two texts belong together or never do; said again, it is taken back. Tells whether the link stands now.
pub fn link(project: &mut Project, one: UtteranceId, other: UtteranceId, together: bool) -> Result<bool> {
    let texts = project.store.utterances(&[one, other])?;
    let [first, second] = texts.as_slice() else {
        return Err(Error::UnknownText { id: if texts.iter().any(|text| text.id == one) { other.0 } else { one.0 } });
    };
    if first.family == second.family {
        return Err(Error::OneFamily);
    }
    let link = Link { one: one.min(other), other: one.max(other), together };
    let stands = project.store.links()?.contains(&link);
    let sign = if together { "=" } else { "≠" };
    let subject = format!("{} {sign} {}", first.text, second.text);
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Link, subject: &subject };
    project.store.act(&deed, |recorder| match stands {
        true => recorder.remove_link(one, other),
        false => recorder.put_link(link),
    })?;
    Ok(!stands)
}

/// Returns the links between families, by the place of each in the list.
pub(in crate::workbench) fn of_families(project: &Project, families: &[Vec<Utterance>]) -> Result<Links> {
    let all = project.store.links()?;
    let mut found = Links::default();
    if all.is_empty() {
        return Ok(found);
    }
    let mut places: HashMap<UtteranceId, usize> = HashMap::new();
    for (place, family) in families.iter().enumerate() {
        places.extend(family.iter().map(|utterance| (utterance.id, place)));
    }
    for link in all {
        // A text that is not grouped now (it is decided on) has no say.
        let (Some(one), Some(other)) = (places.get(&link.one), places.get(&link.other)) else { continue };
        let pairs = if link.together { &mut found.together } else { &mut found.apart };
        if one != other {
            pairs.push((*one, *other));
        }
    }
    Ok(found)
}

/// Holds what hands bound to clusters and what links say; returns the pairs for which both cannot be.
pub(in crate::workbench) fn hold_all(
    clusters: &mut Kept,
    pins: &mut HashMap<usize, i64>,
    links: &Links,
) -> Vec<(usize, usize)> {
    let mut conflicts = links.conflicts();
    conflicts.extend(follow(pins, links));
    hold(clusters, pins);
    conflicts.extend(part(clusters, links, pins));
    conflicts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::options::{Method, Options};
    use crate::domain::ids::ClusterId;
    use crate::progress::Quiet;
    use crate::workbench::{clusters, group, import};
    use proptest::prelude::*;

    /// A project of forty texts of five subjects.
    fn project() -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        let mut project = Project::in_memory("li").unwrap();
        let subjects = ["退款", "快递", "激活信用卡", "修改地址", "开发票"];
        let shapes = ["怎么{}", "我要{}", "{}多久", "能{}吗", "{}失败了怎么办", "帮我{}", "{}在哪里", "谁能{}"];
        let texts = subjects.iter().flat_map(|s| shapes.iter().map(move |shape| shape.replace("{}", s)));
        let file = folder.path().join("texts.txt");
        std::fs::write(&file, texts.collect::<Vec<_>>().join("\n")).unwrap();
        import::import(&mut project, &[file], &Default::default(), &Quiet).unwrap();
        group::read_by(&mut project, group::Reading::Words).unwrap();
        (folder, project)
    }

    fn homes(project: &Project) -> HashMap<UtteranceId, ClusterId> {
        let mut homes = HashMap::new();
        for rung in group::ladder(project).unwrap() {
            let members = group::members(project, rung.id).unwrap();
            homes.extend(members.into_iter().map(|member| (member.utterance.id, rung.id)));
        }
        homes
    }

    #[test]
    fn a_link_is_an_act_that_is_taken_back_by_saying_it_again_or_by_undo() {
        let (_folder, mut project) = project();
        let (a, b) = (UtteranceId(1), UtteranceId(9));
        assert!(link(&mut project, b, a, true).unwrap());
        assert_eq!(links(&project).unwrap(), [Link { one: a, other: b, together: true }]);
        assert!(link(&mut project, a, b, false).unwrap(), "the other takes its place");
        assert_eq!(links(&project).unwrap(), [Link { one: a, other: b, together: false }]);
        assert!(!link(&mut project, a, b, false).unwrap());
        assert!(links(&project).unwrap().is_empty());
        project.undo().unwrap();
        project.undo().unwrap();
        assert_eq!(links(&project).unwrap(), [Link { one: a, other: b, together: true }]);
        assert!(matches!(link(&mut project, a, a, true), Err(Error::UnknownText { .. } | Error::OneFamily)));
        assert!(matches!(link(&mut project, a, UtteranceId(999), true), Err(Error::UnknownText { id: 999 })));
    }

    #[test]
    fn a_contradiction_is_told_and_a_hand_wins_over_a_link() {
        let (_folder, mut project) = project();
        let options = Options { clusters: Some(5), min_size: 2, ..Options::default() };
        group::group(&mut project, &options, false, &Quiet).unwrap();
        let ladder = group::ladder(&project).unwrap();
        let (from, into) = (ladder[0].id, ladder[1].id);
        let (a, b) = (
            group::members(&project, from).unwrap()[0].utterance.id,
            group::members(&project, into).unwrap()[0].utterance.id,
        );
        clusters::merge(&mut project, from, into).unwrap();
        link(&mut project, a, b, false).unwrap();
        let report = group::group(&mut project, &options, false, &Quiet).unwrap();
        assert_eq!(report.conflicts.len(), 1);
        let homes = homes(&project);
        assert_eq!(homes[&a], homes[&b], "both were put there by hand");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

        #[test]
        fn after_a_grouping_every_link_that_can_hold_does(
            pairs in prop::collection::vec((1i64..41, 1i64..41, any::<bool>()), 1..10), method in 0usize..3,
        ) {
            let (_folder, mut project) = project();
            for (a, b, together) in pairs {
                // Two of a family are refused.
                let _ = link(&mut project, UtteranceId(a), UtteranceId(b), together);
            }
            let options = Options { method: Method::ALL[method], min_size: 2, ..Options::default() };
            let report = group::group(&mut project, &options, false, &Quiet).unwrap();
            let homes = homes(&project);
            let told = |one: UtteranceId, other: UtteranceId| {
                report.conflicts.iter().any(|(a, b)| (a.id, b.id) == (one, other) || (b.id, a.id) == (one, other))
            };
            for link in links(&project).unwrap() {
                let (one, other) = (homes.get(&link.one), homes.get(&link.other));
                let holds = if link.together { one.is_some() && one == other } else { one.is_none() || one != other };
                prop_assert!(holds || told(link.one, link.other), "{link:?} {one:?} {other:?}");
                prop_assert!(!(link.together && told(link.one, link.other)), "nobody bound anything");
            }
        }
    }
}
