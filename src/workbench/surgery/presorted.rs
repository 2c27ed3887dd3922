//! The examples of an intent sorted by likeness: the way to a split of it.

use crate::clustering::group::{Item, group};
use crate::clustering::options::{Method, Options};
use crate::domain::ids::IntentId;
use crate::domain::utterance::Utterance;
use crate::progress::Quiet;
use crate::workbench::error::Result;
use crate::workbench::project::Project;

/// Examples that are sorted for a split at most, those of most customers.
const SORTED: usize = 400;

/// Returns the examples of an intent sorted by likeness, each with the number of its group.
pub fn presorted(project: &mut Project, id: IntentId) -> Result<Vec<(Utterance, usize)>> {
    let examples: Vec<Utterance> =
        project.store.examples_of(id, SORTED)?.into_iter().map(|(utterance, _)| utterance).collect();
    let few = ((examples.len() as f64).sqrt() / 1.5).round() as usize;
    let options =
        Options { method: Method::KMeans, clusters: Some(few.clamp(2, 6)), min_size: 1, ..Options::default() };
    let segmenter = project.segmenter()?;
    let items: Vec<Item<'_>> =
        examples.iter().map(|utterance| Item { text: &utterance.text, weight: utterance.count.max(1) }).collect();
    let mut order: Vec<(usize, usize)> = Vec::new();
    if items.len() >= 4 {
        let groups = group(&items, &segmenter, &options, &Quiet)?;
        for (nth, found) in groups.clusters.iter().enumerate() {
            order.extend(found.members.iter().map(|(item, _)| (*item, nth)));
        }
        let last = groups.clusters.len();
        order.extend(groups.unassigned.iter().map(|item| (*item, last)));
    } else {
        order.extend((0..items.len()).map(|item| (item, 0)));
    }
    Ok(order.into_iter().map(|(item, nth)| (examples[item].clone(), nth)).collect())
}
