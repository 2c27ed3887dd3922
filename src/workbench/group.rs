//! group: distinct utterances become a ladder of clusters; a cluster is decided on down to a cut line.

use std::collections::{HashMap, HashSet};

use ndarray::Array2;

use crate::clustering;
use crate::clustering::group::Item;
use crate::clustering::memory;
use crate::clustering::options::Options;
use crate::domain::cluster::{ClusterState, Member};
use crate::domain::event::Act;
use crate::domain::ids::{ClusterId, FamilyId, GroupingId, IntentId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::domain::prediction::Guess;
use crate::domain::setting::Setting;
use crate::domain::utterance::Utterance;
use crate::domain::vector::Vectors;
use crate::progress::Progress;
use crate::store::clusters::{ClusterHead, Grouping, NewCluster};
use crate::workbench::error::{Error, Result};
use crate::workbench::links::{hold_all, of_families};
use crate::workbench::project::{Project, now};

/// What a grouping found.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupReport {
    pub grouping: GroupingId,
    pub utterances: u64,
    pub clusters: u64,
    pub unassigned: u64,
    /// Clusters that continue none of the grouping before, those that have more customers, and those found no more.
    pub new: u64,
    pub grown: u64,
    pub gone: u64,
    /// Pairs of which something was said that cannot be.
    pub conflicts: Vec<(Utterance, Utterance)>,
    pub seconds: f64,
}

/// One line of the ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    pub id: ClusterId,
    pub name: String,
    pub words: Vec<String>,
    pub customers: u64,
    pub utterances: u64,
    pub cohesion: f32,
    /// 0 known to 1 new, against the intents' examples.
    pub novelty: f32,
    pub state: ClusterState,
    /// How many customers it had in the grouping before, 0 when it is new; `None` when there was none.
    pub before: Option<u64>,
    /// What the current model takes its core for, with the mean probability, likeliest first.
    pub guesses: Vec<(IntentId, f32)>,
}

/// One utterance of a cluster, core to edge.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterMember {
    pub utterance: Utterance,
    pub closeness: f32,
    pub verdict: Option<Verdict>,
    /// What the current model takes it for.
    pub guess: Option<Guess>,
}

impl Rung {
    /// Returns what it is called: its name, else its words.
    pub fn called(&self) -> String {
        if self.name.is_empty() { self.words.join(" ") } else { self.name.clone() }
    }

    /// Returns how sure one is that its members belong together: by the model's view of its core, else by their
    /// closeness.
    pub fn purity(&self) -> f32 {
        self.guesses.first().map_or(self.cohesion, |(_, probability)| *probability)
    }
}

/// Groups the utterances nobody has decided on yet.
pub fn group(
    project: &mut Project,
    options: &Options,
    everything: bool,
    progress: &dyn Progress,
) -> Result<GroupReport> {
    let start = std::time::Instant::now();
    let families = waiting(project, everything)?;
    if families.is_empty() {
        return Err(Error::NoUtterances);
    }
    let segmenter = project.segmenter()?;
    let items: Vec<Item<'_>> = families
        .iter()
        .map(|family| Item { text: &family[0].text, weight: family.iter().map(|u| u.count).sum() })
        .collect();
    let links = of_families(project, &families)?;
    let options = &Options { links: links.clone(), ..options.clone() };
    let groups = if reads_meaning(project, families.len())? {
        let ids: Vec<UtteranceId> = families.iter().map(|family| family[0].id).collect();
        let vectors = rows(&project.vectors(&ids, progress)?);
        clustering::group::group_vectors(&items, vectors, &segmenter, options, progress)?
    } else {
        clustering::group::group(&items, &segmenter, options, progress)?
    };
    let mut past = Past::of(project, &families)?;
    let found: Vec<Vec<usize>> = groups.clusters.iter().map(|c| c.members.iter().map(|(i, _)| *i).collect()).collect();
    let identities = memory::continued(&past.homes, &found);
    let mut clusters: memory::Kept = groups
        .clusters
        .iter()
        .zip(&identities)
        .map(|(found, old)| (old.map(|old| past.clusters[old].cluster.id.0), found.members.clone()))
        .collect();
    let conflicts = hold_all(&mut clusters, &mut past.pins, &links);
    let known: Vec<String> = examples(project)?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let texts = |members: &[(usize, f32)]| -> Vec<(&str, u64)> {
        members.iter().map(|(i, _)| (items[*i].text, items[*i].weight)).collect()
    };
    let cores: Vec<Vec<&str>> = clusters
        .iter()
        .map(|(_, members)| texts(members).into_iter().take(12).map(|(text, _)| text).collect())
        .collect();
    let novelty = clustering::novelty::novelty(&cores, &known, &segmenter);
    let said: Vec<Vec<(&str, u64)>> = clusters.iter().map(|(_, members)| texts(members)).collect();
    // Hands moved members: the words must be those of what is there now.
    let words = match past.pins.is_empty() && links.is_empty() {
        true => groups.clusters.iter().map(|found| found.words.clone()).collect(),
        false => clustering::naming::words(&said, &segmenter),
    };
    let customers = |members: &[(usize, f32)]| members.iter().map(|(i, _)| items[*i].weight).sum::<u64>();
    let mut free = vec![true; items.len()];
    clusters.iter().flat_map(|(_, members)| members).for_each(|(i, _)| free[*i] = false);
    let mut clusters: Vec<NewCluster> = clusters
        .iter()
        .zip(novelty)
        .zip(words)
        .map(|(((identity, members), novelty), words)| NewCluster {
            identity: identity.map(ClusterId),
            before: past.customers(*identity),
            words,
            cohesion: members.iter().map(|(_, closeness)| closeness).sum::<f32>() / members.len().max(1) as f32,
            novelty,
            customers: customers(members),
            members: members
                .iter()
                .flat_map(|(i, closeness)| {
                    families[*i].iter().map(|u| Member { utterance: u.id, closeness: *closeness })
                })
                .collect(),
        })
        .collect();
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.customers));
    let kept: HashSet<i64> = clusters.iter().filter_map(|cluster| Some(cluster.identity?.0)).collect();
    let unassigned: Vec<UtteranceId> =
        (0..items.len()).filter(|i| free[*i]).flat_map(|i| families[i].iter().map(|u| u.id)).collect();
    let utterances = families.iter().map(|family| family.len() as u64).sum();
    let grouping = Grouping {
        id: GroupingId(0),
        at: now(),
        actor: project.actor().to_string(),
        method: options.method.name().to_string(),
        seed: options.seed,
        utterances,
        unassigned: unassigned.clone(),
    };
    let op = project.op();
    let actor = project.actor().to_string();
    let subject = clusters.len().to_string();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::Group, subject: &subject };
    let made = project.store.act(&deed, |recorder| recorder.add_grouping(&grouping, &clusters))?;
    Ok(GroupReport {
        grouping: made.map_or(GroupingId(0), |(_, (id, _))| id),
        utterances,
        clusters: clusters.len() as u64,
        unassigned: unassigned.len() as u64,
        new: clusters.iter().filter(|cluster| cluster.before == Some(0)).count() as u64,
        grown: clusters.iter().filter(|c| c.before.is_some_and(|before| before > 0 && c.customers > before)).count()
            as u64,
        gone: past.clusters.iter().filter(|old| !kept.contains(&old.cluster.id.0)).count() as u64,
        conflicts: conflicts.into_iter().map(|(a, b)| (families[a][0].clone(), families[b][0].clone())).collect(),
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// Whether texts are grouped by what they mean, by the built-in encoder, or by their words and characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Reading {
    /// By meaning while the encoder is quick enough, else by words.
    #[default]
    Fitting,
    Meaning,
    Words,
}

impl Reading {
    pub const ALL: [Reading; 3] = [Reading::Fitting, Reading::Meaning, Reading::Words];

    /// Returns the word for the store and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Reading::Fitting => "auto",
            Reading::Meaning => "on",
            Reading::Words => "off",
        }
    }

    /// Returns the reading with that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reading| reading.name() == word)
    }
}

/// Families that are read by meaning where the trainer has not chosen; about half a minute the first time.
const QUICKLY_READ: usize = 40_000;

/// The setting that holds the reading.
const READING: &str = Setting::Reading.name();

/// Returns how the project's texts are read for grouping.
pub fn reading(project: &Project) -> Result<Reading> {
    Ok(project.store.setting(READING)?.and_then(|word| Reading::named(&word)).unwrap_or_default())
}

/// Says how the project's texts are read for grouping from now on.
pub fn read_by(project: &mut Project, reading: Reading) -> Result<()> {
    if self::reading(project)? == reading {
        return Ok(());
    }
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject: READING };
    project.store.act(&deed, |recorder| recorder.put_setting(READING, reading.name()))?;
    Ok(())
}

pub(in crate::workbench) fn reads_meaning(project: &Project, families: usize) -> Result<bool> {
    Ok(match reading(project)? {
        Reading::Fitting => families <= QUICKLY_READ,
        Reading::Meaning => true,
        Reading::Words => false,
    })
}

/// Returns vectors as rows.
pub(in crate::workbench) fn rows(vectors: &Vectors) -> Array2<f32> {
    let mut rows = Array2::zeros((vectors.len(), vectors.width()));
    for (at, mut row) in rows.rows_mut().into_iter().enumerate() {
        vectors.write(at, row.as_slice_mut().expect("a new array lies row by row"));
    }
    rows
}

/// What the grouping before and trainers' hands say of the families to be grouped.
struct Past {
    /// The clusters not decided on, with members.
    clusters: Vec<ClusterHead>,
    /// Where each family was, by the place above.
    homes: Vec<Option<usize>>,
    /// The clusters families are bound to.
    pins: HashMap<usize, i64>,
    any: bool,
}

impl Past {
    fn of(project: &Project, families: &[Vec<Utterance>]) -> Result<Self> {
        let mut places: HashMap<UtteranceId, usize> = HashMap::new();
        for (place, family) in families.iter().enumerate() {
            places.extend(family.iter().map(|utterance| (utterance.id, place)));
        }
        let mut past =
            Self { clusters: Vec::new(), homes: vec![None; families.len()], pins: HashMap::new(), any: false };
        if let Some(grouping) = project.store.grouping()? {
            past.any = true;
            for head in project.store.cluster_heads(grouping.id)? {
                // What became an intent is no cluster to come back to; what was left of it is looked at anew.
                if head.cluster.state == ClusterState::Accepted {
                    continue;
                }
                let Some(whole) = project.store.cluster(head.cluster.id)? else { continue };
                let number = past.clusters.len();
                for place in whole.cluster.members.iter().filter_map(|member| places.get(&member.utterance)) {
                    past.homes[*place].get_or_insert(number);
                }
                past.clusters.push(whole);
            }
        }
        for (utterance, cluster) in project.store.pins()? {
            if let Some(place) = places.get(&utterance) {
                past.pins.entry(*place).or_insert(cluster.0);
            }
        }
        Ok(past)
    }

    /// Returns how many customers a cluster had before, 0 when it is new; `None` when nothing was grouped before.
    fn customers(&self, identity: Option<i64>) -> Option<u64> {
        let old = identity.and_then(|id| self.clusters.iter().find(|old| old.cluster.id.0 == id));
        self.any.then(|| old.map_or(0, |old| old.customers))
    }
}

/// Returns the grouping that counts; `None` before the first.
pub fn current(project: &Project) -> Result<Option<Grouping>> {
    Ok(project.store.grouping()?)
}

/// Returns the ladder: open clusters first, those with most customers on top.
pub fn ladder(project: &Project) -> Result<Vec<Rung>> {
    let Some(grouping) = project.store.grouping()? else { return Ok(Vec::new()) };
    let mut rungs = Vec::new();
    for head in project.store.cluster_heads(grouping.id)? {
        rungs.push(Rung {
            id: head.cluster.id,
            name: head.cluster.name,
            words: head.cluster.words,
            customers: head.customers,
            utterances: head.size,
            cohesion: head.cluster.cohesion,
            novelty: head.novelty,
            state: head.cluster.state,
            before: head.before,
            guesses: Vec::new(),
        });
    }
    rungs.sort_by_key(|rung| (rung.state != ClusterState::Open, rung.state == ClusterState::Ignored));
    if project.store.has_guesses()? {
        // Enough for the eye; a longer ladder asks for the guess of the rung it stands on.
        for rung in rungs.iter_mut().take(300) {
            rung.guesses = guesses(project, rung.id)?;
        }
    }
    Ok(rungs)
}

/// Returns the members of a cluster, core to edge, with verdicts given since.
pub fn members(project: &Project, id: ClusterId) -> Result<Vec<ClusterMember>> {
    let head = project.store.cluster(id)?.ok_or(Error::UnknownCluster { id: id.0 })?;
    let ids: Vec<UtteranceId> = head.cluster.members.iter().map(|m| m.utterance).collect();
    let closeness: HashMap<UtteranceId, f32> =
        head.cluster.members.iter().map(|m| (m.utterance, m.closeness)).collect();
    let mut members = Vec::with_capacity(ids.len());
    for utterance in project.store.utterances(&ids)? {
        let verdict = project.store.label(utterance.id)?.map(|label| label.verdict);
        let closeness = closeness.get(&utterance.id).copied().unwrap_or(0.0);
        let guess = project.store.guess(utterance.id)?.and_then(|(prediction, _)| prediction.best());
        members.push(ClusterMember { utterance, closeness, verdict, guess });
    }
    Ok(members)
}

/// Gives the first `cut` members of a cluster a verdict, but for the strays; returns how many were labelled.
///
/// Members somebody labelled meanwhile keep their label.
pub fn decide(
    project: &mut Project,
    id: ClusterId,
    cut: usize,
    strays: &[UtteranceId],
    verdict: Verdict,
) -> Result<u64> {
    let head = project.store.cluster(id)?.ok_or(Error::UnknownCluster { id: id.0 })?;
    let taken: Vec<UtteranceId> =
        head.cluster.members.iter().take(cut).map(|m| m.utterance).filter(|id| !strays.contains(id)).collect();
    let subject = match verdict {
        Verdict::Intent(intent) => project.store.intent(intent)?.map(|intent| intent.name).unwrap_or_default(),
        _ => head.cluster.words.first().cloned().unwrap_or_default(),
    };
    let state = match verdict {
        Verdict::Ignored => ClusterState::Ignored,
        Verdict::Later => ClusterState::Later,
        Verdict::Intent(_) | Verdict::OutOfScope => ClusterState::Accepted,
    };
    let op = project.op();
    let actor = project.actor().to_string();
    let at = now();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at, act: Act::Label, subject: &subject };
    let done = project.store.act(&deed, |recorder| {
        let mut count = 0;
        for utterance in recorder.with_families(&taken)? {
            if recorder.label(utterance)?.is_some_and(|label| label.verdict != Verdict::Later)
                || strays.contains(&utterance)
            {
                continue;
            }
            recorder.put_label(&Label {
                utterance,
                verdict,
                source: LabelSource::Bulk,
                actor: actor.clone(),
                at,
                note: String::new(),
            })?;
            count += 1;
        }
        recorder.mark_cluster(id, &head.cluster.name, state)?;
        Ok(count)
    })?;
    Ok(done.map_or(0, |(_, count)| count))
}

/// Returns what the model takes a cluster's core for, likeliest first.
fn guesses(project: &Project, id: ClusterId) -> Result<Vec<(IntentId, f32)>> {
    let Some(head) = project.store.cluster(id)? else { return Ok(Vec::new()) };
    let mut votes: HashMap<IntentId, f32> = HashMap::new();
    let core: Vec<_> = head.cluster.members.iter().take(8).collect();
    for member in &core {
        if let Some((prediction, _)) = project.store.guess(member.utterance)? {
            for guess in prediction.guesses {
                if let Some(intent) = guess.intent {
                    *votes.entry(intent).or_default() += guess.probability;
                }
            }
        }
    }
    let mut best: Vec<(IntentId, f32)> =
        votes.into_iter().map(|(intent, sum)| (intent, sum / core.len().max(1) as f32)).collect();
    best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    best.truncate(5);
    Ok(best)
}

/// Returns the utterances that wait, family by family, the most frequent member first.
fn waiting(project: &Project, everything: bool) -> Result<Vec<Vec<Utterance>>> {
    let mut decided: std::collections::HashSet<UtteranceId> = std::collections::HashSet::new();
    if !everything {
        project.store.each_label(|utterance, label| {
            if label.verdict != Verdict::Later {
                decided.insert(utterance.id);
            }
            Ok(())
        })?;
    }
    let mut places: HashMap<FamilyId, usize> = HashMap::new();
    let mut families: Vec<Vec<Utterance>> = Vec::new();
    project.store.each_utterance(|utterance| {
        if !decided.contains(&utterance.id) {
            let place = *places.entry(utterance.family).or_insert_with(|| {
                families.push(Vec::new());
                families.len() - 1
            });
            families[place].push(utterance);
        }
        Ok(())
    })?;
    for family in &mut families {
        family.sort_by(|a, b| b.count.cmp(&a.count).then(a.id.cmp(&b.id)));
    }
    Ok(families)
}

/// Returns the texts of the intents' examples, to measure novelty against.
fn examples(project: &Project) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    project.store.each_label(|utterance, label| {
        if matches!(label.verdict, Verdict::Intent(_)) {
            texts.push(utterance.text);
        }
        Ok(())
    })?;
    Ok(texts)
}
