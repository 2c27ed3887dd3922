//! `--plain`: labelling line by line, for screen readers and simple terminals. Digits pick, words find.

use std::io::{BufRead, Write};
use std::path::Path;

use crate::cli::print::Printer;
use crate::domain::label::{LabelSource, Verdict};
use crate::explain;
use crate::i18n::fill;
use crate::workbench::error::Result;
use crate::workbench::label;
use crate::workbench::label::order::Order;
use crate::workbench::project::Project;

/// Labels the queue until the input ends; returns the exit code.
pub fn label(path: &Path, actor: &str, out: Printer) -> u8 {
    match run(path, actor, out) {
        Ok(()) => 0,
        Err(error) => {
            out.word(&explain::sentence(&error, out.words));
            1
        }
    }
}

fn run(path: &Path, actor: &str, out: Printer) -> Result<()> {
    let mut project = Project::open(path, actor)?;
    let (l, c) = (&out.words.label, &out.words.command);
    out.say(c.plain_hint, &[]);
    let mut lines = std::io::stdin().lock().lines();
    let mut passed: Vec<label::QueueItem> = Vec::new();
    loop {
        let catalogue = project.catalogue()?;
        let Some(item) = label::queue(&project, Order::Doubt, &passed, 1)?.into_iter().next() else {
            out.data(l.all_done);
            return Ok(());
        };
        out.data(&format!("{} ×{}", item.utterance.text, item.customers));
        for (place, guess) in item.prediction.guesses.iter().take(5).enumerate() {
            let name = guess.intent.map_or(l.out_of_scope, |id| catalogue.name(id));
            out.data(&format!("{} {name} {:.2}", place + 1, guess.probability));
        }
        let _ = std::io::stdout().flush();
        let Some(Ok(line)) = lines.next() else { return Ok(()) };
        let word = line.trim();
        let verdict = match word {
            "q" => return Ok(()),
            "" => {
                passed.push(item);
                continue;
            }
            "u" => {
                let said = match project.undo()? {
                    Some(done) => fill(c.undone, &[("what", out.words.subject(done.of.act, &done.of.subject))]),
                    None => c.nothing_undone.to_string(),
                };
                out.word(&said);
                passed.clear();
                continue;
            }
            "0" => Verdict::OutOfScope,
            digit if digit.len() == 1 && digit.parse::<usize>().is_ok_and(|n| n <= item.prediction.guesses.len()) => {
                let place = digit.parse::<usize>().unwrap_or(1) - 1;
                item.prediction.guesses[place].intent.map_or(Verdict::OutOfScope, Verdict::Intent)
            }
            name => match catalogue.find(name) {
                Ok(intent) => Verdict::Intent(intent.id),
                Err(error) => {
                    out.word(&explain::sentence(&error, out.words));
                    continue;
                }
            },
        };
        let op = project.op();
        let count = label::decide(&mut project, &op, &[item.utterance.id], verdict, LabelSource::Hand)?;
        out.say(c.labelled, &[("n", &count.to_string())]);
    }
}
