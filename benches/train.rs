//! How well and how fast intents are learned, beside the best figures of peers: `cargo bench --bench train`.
//!
//! Reads `DAOSHI_DATA/intents/SET/{train,test}.tsv` (`text<TAB>label`); without `DAOSHI_DATA` the folder
//! `../shared/data` beside the repository. Training includes reading the texts, encoding them where the algorithm reads
//! meaning, five held-out folds and calibration; as in a project, an intent's name teaches like one more example. `DAOSHI_SETS=msskills_zh,crosswoz_zh` takes some sets,
//! `DAOSHI_ALGORITHMS=joined,knn` other algorithms than the automatic choice and `linear`, `DAOSHI_PARTS=full,few,strange`
//! some parts: all examples; five and ten an intent, three draws; questions out of scope. `DAOSHI_DRAWS=FOLDER` writes what
//! was drawn there, for peers to learn from the same.

use std::path::{Path, PathBuf};
use std::time::Instant;

use daoshi::domain::ids::IntentId;
use daoshi::domain::prediction::Prediction;
use daoshi::domain::report::ScoredItem;
use daoshi::evaluation::{score, split};
use daoshi::nlu::algorithm::Algorithm;
use daoshi::nlu::carry::VERSION;
use daoshi::nlu::encoder::sentence::Encoder;
use daoshi::nlu::model::Model;
use daoshi::nlu::names::{ALWAYS, readable};
use daoshi::nlu::train::{Example, TrainOptions, train};
use daoshi::progress::Quiet;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// A set with the best peers' accuracies in percent: without and with the same encoder, of 5 and 10 examples an intent.
const SETS: [(&str, [f64; 4]); 6] = [
    ("banking77", [91.6, 93.25, 72.7, 81.6]),
    ("clinc150", [92.9, 95.5, 84.4, 88.8]),
    ("mschat_zh", [96.9, 97.4, 74.9, 83.2]),
    ("msskills_zh", [86.3, 89.0, 70.1, 78.5]),
    ("crosswoz_zh", [89.7, 90.3, 70.4, 74.8]),
    ("snips", [98.6, 98.4, f64::NAN, f64::NAN]),
];
const FOLDS: usize = 5;

type Lines = Vec<(String, String)>;

fn main() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("DAOSHI_DATA").map_or(beside, PathBuf::from).join("intents");
    if !data.is_dir() {
        println!("no data at {}: set DAOSHI_DATA to the folder that holds intents/", data.display());
        return;
    }
    let listed =
        |name: &str| std::env::var(name).ok().map(|list| list.split(',').map(str::to_string).collect::<Vec<_>>());
    let (sets, algorithms, parts) = (listed("DAOSHI_SETS"), listed("DAOSHI_ALGORITHMS"), listed("DAOSHI_PARTS"));
    let asked =
        |list: &Option<Vec<String>>, word: &str| list.as_ref().is_none_or(|list| list.iter().any(|w| w == word));
    let algorithms: Vec<Option<Algorithm>> = match algorithms {
        Some(words) => words.iter().map(|word| Algorithm::named(word)).collect(),
        None => vec![None, Some(Algorithm::Linear)],
    };
    let start = Instant::now();
    Encoder::built_in().encode(&["one"], &Quiet);
    println!(
        "model version {VERSION}, {FOLDS} folds, {} threads, encoder unpacked in {:.0} ms",
        rayon::current_num_threads(),
        start.elapsed().as_secs_f64() * 1e3
    );
    println!(
        "set          learner    examples intents accuracy    peer macro-F1    ECE held-out  train s  texts/s turn ms    bytes"
    );
    for (set, peers) in SETS.iter().filter(|(set, _)| asked(&sets, set)) {
        let (examples, test) = (lines(&data.join(set).join("train.tsv")), lines(&data.join(set).join("test.tsv")));
        if examples.is_empty() || test.is_empty() {
            println!("{set}: absent");
            continue;
        }
        for &algorithm in algorithms.iter().filter(|_| asked(&parts, "full")) {
            let peer = if algorithm.is_some_and(|a| !a.reads_meaning()) { peers[0] } else { peers[1] };
            measure(set, algorithm, &examples, &test, peer);
        }
        for &algorithm in algorithms.iter().filter(|_| asked(&parts, "few")) {
            few(set, algorithm, &examples, &test, peers);
        }
        let strange = lines(&data.join(set).join("oos_test.tsv"));
        if !strange.is_empty() && asked(&parts, "strange") {
            for &algorithm in &algorithms {
                out_of_scope("untaught", algorithm, &examples, &test, &strange);
            }
            let mut taught = examples.clone();
            taught.extend(lines(&data.join(set).join("oos_train.tsv")));
            out_of_scope("taught", algorithms[0], &taught, &test, &strange);
        }
    }
    println!("peak memory {} MB", peak());
}

fn lines(path: &Path) -> Lines {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| line.rsplit_once('\t')).map(|(t, l)| (t.to_string(), l.to_string())).collect()
}

/// Numbers the labels of `lines` in the order of their names; `oos` is no intent.
fn names(lines: &Lines) -> Vec<&str> {
    let mut names: Vec<&str> = lines.iter().map(|(_, label)| label.as_str()).filter(|l| *l != "oos").collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A label no example has is an intent of its own, which no guess can be.
fn intent(names: &[&str], label: &str) -> Option<IntentId> {
    let number = names.binary_search(&label).map_or(names.len(), |at| at);
    (label != "oos").then_some(IntentId(number as i64))
}

fn learn(algorithm: Option<Algorithm>, examples: &Lines, names: &[&str]) -> (Model, Vec<Prediction>, f64) {
    let rows: Vec<Example> = examples.iter().map(|(text, label)| Example::of(text, intent(names, label))).collect();
    let texts: Vec<&str> = rows.iter().map(|row| row.text).collect();
    let labels: Vec<_> = rows.iter().map(|row| row.intent).collect();
    // As `daoshi train` does: a name that says something is one more example.
    let said: Vec<(String, Option<IntentId>)> =
        names.iter().filter_map(|name| Some((readable(name)?, intent(names, name)))).collect();
    let mut rows = rows.clone();
    rows.extend(said.iter().map(|(text, intent)| Example::named(text, *intent)));
    let options = TrainOptions { algorithm, ..TrainOptions::default() };
    let start = Instant::now();
    let mut folds = split::stratified(&texts, &labels, FOLDS, options.seed);
    folds.resize(rows.len(), ALWAYS);
    let trained = train(&rows, &folds, &options, &[], &Quiet).expect("public sets can be learned");
    let mut held_out = trained.held_out;
    held_out.truncate(texts.len());
    (trained.model, held_out, start.elapsed().as_secs_f64())
}

fn measure(set: &str, algorithm: Option<Algorithm>, examples: &Lines, test: &Lines, peer: f64) {
    let names = names(examples);
    if algorithm.is_some_and(|algorithm| examples.len() > algorithm.most()) {
        return;
    }
    let (model, held_out, seconds) = learn(algorithm, examples, &names);
    let texts: Vec<&str> = test.iter().map(|(text, _)| text.as_str()).collect();
    // As often as half a second holds: once takes a fiftieth of a second where no encoder reads the texts.
    let (start, mut passes) = (Instant::now(), 0);
    let predictions = loop {
        let predictions = model.understand_all(&texts, &Quiet);
        passes += 1;
        if start.elapsed().as_secs_f64() > 0.5 {
            break predictions;
        }
    };
    let speed = (texts.len() * passes) as f64 / start.elapsed().as_secs_f64();
    // From all over the set: neighbours often are of one intent, and say the same words.
    let turns: Vec<&str> = texts.iter().copied().step_by((texts.len() / 200).max(1)).collect();
    let start = Instant::now();
    turns.iter().for_each(|text| drop(model.understand(text)));
    let turn = start.elapsed().as_secs_f64() * 1e3 / turns.len() as f64;
    let report = score::report(scored(test, predictions, &names), model.intents());
    let held = score::report(scored(examples, held_out, &names), model.intents());
    println!(
        "{set:<12} {:<10} {:>8} {:>7} {:>8.2} {peer:>7.2} {:>8.4} {:>6.4} {:>8.2} {seconds:>8.2} {speed:>8.0} {turn:>7.2} {:>8}",
        model.algorithm().name(),
        examples.len(),
        names.len(),
        report.accuracy * 100.0,
        report.macro_f1,
        report.calibration_error,
        held.accuracy * 100.0,
        model.to_bytes().len(),
    );
}

/// Learns from five and from ten examples an intent, three draws each.
fn few(set: &str, algorithm: Option<Algorithm>, examples: &Lines, test: &Lines, peers: &[f64; 4]) {
    let names = names(examples);
    for (many, peer) in [(5, peers[2]), (10, peers[3])] {
        let (mut sum, mut slow, mut used) = (0.0, 0f64, Vec::new());
        for seed in 0..3 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut order: Vec<&(String, String)> = examples.iter().collect();
            order.shuffle(&mut random);
            let mut drawn: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
            order.retain(|(_, label)| {
                let count = drawn.entry(label).or_default();
                *count += 1;
                *count <= many
            });
            let drawn: Lines = order.into_iter().cloned().collect();
            if let Some(folder) = std::env::var_os("DAOSHI_DRAWS") {
                let lines: Vec<String> = drawn.iter().map(|(text, label)| format!("{text}\t{label}\n")).collect();
                let file = Path::new(&folder).join(format!("{set}-{many}-{seed}.tsv"));
                std::fs::write(file, lines.concat()).expect("DAOSHI_DRAWS names a folder");
            }
            let (model, _, seconds) = learn(algorithm, &drawn, &names);
            let texts: Vec<&str> = test.iter().map(|(text, _)| text.as_str()).collect();
            let predictions = model.understand_all(&texts, &Quiet);
            sum += score::report(scored(test, predictions, &names), model.intents()).accuracy * 100.0;
            slow = slow.max(seconds);
            used.push(model.algorithm().name());
        }
        println!(
            "{set:<12} {many:>2} an intent: {:.2} (best peer {peer}), at most {slow:.2} s, {}",
            sum / 3.0,
            used.join(" ")
        );
    }
}

fn scored(lines: &Lines, predictions: Vec<Prediction>, names: &[&str]) -> Vec<ScoredItem> {
    lines
        .iter()
        .zip(predictions)
        .map(|((_, label), prediction)| ScoredItem {
            utterance: None,
            text: None,
            gold: intent(names, label),
            prediction,
        })
        .collect()
}

fn out_of_scope(how: &str, algorithm: Option<Algorithm>, examples: &Lines, test: &Lines, strange: &Lines) {
    let names = names(examples);
    let (model, ..) = learn(algorithm, examples, &names);
    // How sure the model is that a text has any intent at all.
    let known = |lines: &Lines| -> Vec<(f32, bool)> {
        let texts: Vec<&str> = lines.iter().map(|(text, _)| text.as_str()).collect();
        let sure = |p: &Prediction| p.guesses.iter().filter(|g| g.intent.is_some()).map(|g| g.probability).sum();
        let none = |p: &Prediction| p.best().is_none_or(|guess| guess.intent.is_none());
        model.understand_all(&texts, &Quiet).iter().map(|p| (sure(p), none(p))).collect()
    };
    let (inside, outside) = (known(test), known(strange));
    let mut sure: Vec<f32> = inside.iter().map(|k| k.0).collect();
    sure.sort_by(f32::total_cmp);
    let above: usize = outside.iter().map(|(s, _)| sure.len() - sure.partition_point(|x| x <= s)).sum();
    let area = above as f64 / (sure.len() * outside.len()) as f64;
    let least = sure[sure.len() / 20];
    let found = outside.iter().filter(|(s, _)| *s < least).count() as f64 / outside.len() as f64;
    let refused = outside.iter().filter(|(_, none)| *none).count() as f64 / outside.len() as f64;
    let lost = inside.iter().filter(|(_, none)| *none).count() as f64 / inside.len() as f64;
    println!(
        "  out of scope {how} by {}: AUROC {area:.4} (peer 0.976), {found:.3} found keeping 95 % of the rest (peer 0.91); as top guess {refused:.3} refused, {lost:.3} of the rest lost; {:?}",
        model.algorithm().name(),
        model.calibration(),
    );
}

/// Returns the most memory this process held, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
