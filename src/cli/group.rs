//! `daoshi group`: clusters of what customers say.

use serde_json::json;

use crate::cli::args::group::Group;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done};
use crate::clustering::options::{Method, Options};
use crate::domain::ids::{ClusterId, UtteranceId};
use crate::i18n::fill;
use crate::workbench::error::Error;
use crate::workbench::group::{self, Reading};
use crate::workbench::{clusters, encoders};

mod hands;

/// Groups and prints the ladder.
pub fn group(desk: &Desk, group: &Group) -> Done {
    let mut project = desk.open(&group.project)?;
    if let Some(code) = hands::by_hand(desk, group, &mut project)? {
        return Ok(code);
    }
    let t = &desk.out.words.command;
    if let [from, into] = group.merge[..] {
        clusters::merge(&mut project, ClusterId(from), ClusterId(into))?;
    } else if let (Some(id), Some(cut)) = (group.split, group.cut) {
        let members = group::members(&project, ClusterId(id))?;
        let parted: Vec<UtteranceId> = members.iter().take(cut).map(|member| member.utterance.id).collect();
        clusters::split(&mut project, ClusterId(id), &parted)?;
    } else if !group.show {
        if let Some(word) = &group.encoder {
            let reading = Reading::named(word);
            if reading.is_none() {
                // No word of ours: an encoder, which reads by meaning.
                encoders::choose(&mut project, word)?;
            }
            group::read_by(&mut project, reading.unwrap_or(Reading::Meaning))?;
        }
        let mut options = Options { clusters: group.clusters, seed: group.seed, ..Options::default() };
        if let Some(size) = group.min_size {
            options.min_size = size;
        }
        if let Some(word) = &group.method {
            options.method = Method::named(word).ok_or_else(|| Error::UnknownChoice {
                what: "method",
                name: word.clone(),
                known: Method::ALL.iter().map(|method| method.name().to_string()).collect(),
            })?;
        }
        let progress = Line::new(&desk.out);
        let report = group::group(&mut project, &options, group.all, &progress)?;
        drop(progress);
        desk.out.say(
            t.grouped,
            &[
                ("utterances", &report.utterances.to_string()),
                ("clusters", &report.clusters.to_string()),
                ("unassigned", &report.unassigned.to_string()),
                ("new", &report.new.to_string()),
                ("grown", &report.grown.to_string()),
                ("gone", &report.gone.to_string()),
                ("seconds", &format!("{:.1}", report.seconds)),
            ],
        );
        for (one, other) in &report.conflicts {
            desk.out.say(t.link_conflict, &[("one", &one.text), ("other", &other.text)]);
        }
    } else if group::current(&project)?.is_none() {
        return Err(Error::NoGrouping.into());
    }
    let catalogue = project.catalogue()?;
    for rung in group::ladder(&project)? {
        let guess = rung.guesses.first().map(|&(intent, p)| json!({ "intent": catalogue.name(intent), "p": p }));
        if group.json {
            desk.out.json(&json!({
                "cluster": rung.id.0, "customers": rung.customers, "utterances": rung.utterances, "cohesion": rung.cohesion,
                "novelty": rung.novelty, "words": rung.words, "name": rung.name, "state": rung.state.name(), "before": rung.before, "guess": guess,
            }));
        } else {
            desk.out.data(&fill(
                t.cluster_line,
                &[
                    ("id", &rung.id.0.to_string()),
                    ("customers", &rung.customers.to_string()),
                    ("utterances", &rung.utterances.to_string()),
                    ("cohesion", &format!("{:.2}", rung.cohesion)),
                    ("novelty", &format!("{:.2}", rung.novelty)),
                    ("words", &rung.words.join(" ")),
                ],
            ));
        }
    }
    Ok(0)
}
