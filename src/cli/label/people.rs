//! `daoshi label` where several trainers work: who is asked what, how far they agree, what they differ on.

use serde_json::{Value, json};

use crate::cli::args::label::Label;
use crate::cli::label::verdict;
use crate::cli::{Desk, Fault};
use crate::domain::ids::UtteranceId;
use crate::explain::agreement as told;
use crate::workbench::error::Error;
use crate::workbench::label::agreement::{Figure, agreement};
use crate::workbench::label::overlap::{Overlap, disputes, set_overlap, settle};
use crate::workbench::project::Project;

/// Disputes listed at most.
const LISTED: usize = 100_000;

/// Does what concerns several trainers; `None` when nothing of that was asked.
pub fn of_several(desk: &Desk, label: &Label, project: &mut Project) -> Result<Option<u8>, Fault> {
    if let Some(percent) = label.overlap {
        let (raters, seed) = (label.raters, label.seed);
        set_overlap(project, Overlap { percent, raters, seed })?;
        let t = &desk.out.words.agreement;
        let phrase = if percent == 0 { t.overlap_off } else { t.overlap_set };
        desk.out.say(phrase, &[("percent", &percent.to_string()), ("raters", &raters.to_string())]);
    } else if label.agreement {
        report(desk, label, project)?;
    } else if label.disputes {
        list(desk, label, project)?;
    } else if !label.settle.is_empty() {
        decide(desk, label, project)?;
    } else {
        return Ok(None);
    }
    Ok(Some(0))
}

fn report(desk: &Desk, label: &Label, project: &Project) -> Result<(), Fault> {
    let (found, catalogue, words) = (agreement(project)?, project.catalogue()?, desk.out.words);
    if !label.json {
        told::told(&found, words).iter().for_each(|line| desk.out.data(line));
        for table in told::tables(&found, &catalogue, words) {
            desk.out.data("");
            table.iter().for_each(|row| desk.out.data(&row.join("\t")));
        }
        return Ok(());
    }
    let name = |verdict| told::verdict(verdict, &catalogue, words);
    let pairs: Vec<Value> = found.pairs.iter().map(|pair| {
        json!({ "trainers": [pair.first, pair.second], "texts": pair.texts, "percent": pair.percent, "kappa": figure(&pair.kappa) })
    }).collect();
    let intents: Vec<Value> = found
        .verdicts
        .iter()
        .map(|on| json!({ "intent": name(on.verdict), "texts": on.texts, "alpha": figure(&on.alpha) }))
        .collect();
    let against: Vec<Value> =
        found.against.iter().map(|(a, b, times)| json!({ "intents": [name(*a), name(*b)], "times": times })).collect();
    let trainers: Vec<Value> = found.trainers.iter().map(|trainer| {
        json!({
            "name": trainer.name, "by_hand": trainer.by_hand, "in_bulk": trainer.in_bulk, "otherwise": trainer.otherwise,
            "opinions": trainer.opinions, "upheld": trainer.upheld.0, "decided": trainer.upheld.1, "seconds": trainer.seconds,
        })
    }).collect();
    desk.out.json(&json!({
        "texts": found.texts, "percent": figure(&found.percent), "alpha": figure(&found.alpha),
        "fleiss": found.fleiss.map(|fleiss| json!({ "kappa": fleiss.kappa, "answers": fleiss.answers, "texts": fleiss.texts })),
        "pairs": pairs, "intents": intents, "against": against, "trainers": trainers, "open": found.open, "settled": found.settled,
    }));
    Ok(())
}

fn figure(figure: &Figure) -> Value {
    let (low, high) = figure.interval.unzip();
    json!({ "value": figure.value, "low": low, "high": high })
}

fn list(desk: &Desk, label: &Label, project: &Project) -> Result<(), Fault> {
    let (found, catalogue) = (disputes(project, LISTED)?, project.catalogue()?);
    for dispute in &found {
        let said = dispute
            .opinions
            .iter()
            .map(|opinion| (opinion.actor.as_str(), told::verdict(opinion.verdict, &catalogue, desk.out.words)));
        if label.json {
            let said: Vec<Value> = said.map(|(who, what)| json!({ "trainer": who, "intent": what })).collect();
            let (id, text) = (dispute.utterance.id.0, &dispute.utterance.text);
            desk.out.json(&json!({ "text_id": id, "text": text, "customers": dispute.utterance.count, "said": said }));
        } else {
            let said: Vec<String> = said.map(|(who, what)| format!("{who}: {what}")).collect();
            desk.out.data(&format!("{}\t{}\t{}", dispute.utterance.id, dispute.utterance.text, said.join("\t")));
        }
    }
    if found.is_empty() && !label.json {
        desk.out.word(desk.out.words.agreement.no_disputes);
    }
    Ok(())
}

fn decide(desk: &Desk, label: &Label, project: &mut Project) -> Result<(), Fault> {
    let wrong = |word: &String| Error::UnknownChoice {
        what: "--settle",
        name: word.clone(),
        known: vec![desk.out.words.agreement.bad_settle.to_string()],
    };
    // All of them are read before the first is done.
    let mut all = Vec::new();
    for word in &label.settle {
        let (id, name) = word.split_once('=').ok_or_else(|| wrong(word))?;
        let id = id.trim().parse().map_err(|_| wrong(word))?;
        all.push((UtteranceId(id), name.trim(), verdict(project, name.trim())?));
    }
    for (id, name, verdict) in all {
        let op = project.op();
        let count = settle(project, &op, id, verdict)?;
        if label.json {
            desk.out.json(&json!({ "text_id": id.0, "intent": name, "labelled": count }));
        } else {
            desk.out.say(desk.out.words.agreement.settled, &[("what", name), ("n", &count.to_string())]);
        }
    }
    Ok(())
}
