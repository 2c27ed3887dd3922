//! How well and how fast intents are learned: accuracy, macro-F1, calibration error, training seconds and
//! predictions a second on public sets; `cargo bench --bench train`.
//!
//! Reads `DAOSHI_DATA/intents/SET/{train,test}.tsv` (`text<TAB>label`); without `DAOSHI_DATA` the folder
//! `../shared/data` beside the repository. Training includes reading the texts, five held-out folds and
//! calibration. Where a set has out-of-scope questions, two more lines tell how they are found, untaught and
//! taught.

use std::path::{Path, PathBuf};
use std::time::Instant;

use daoshi::domain::ids::IntentId;
use daoshi::domain::prediction::Prediction;
use daoshi::domain::report::ScoredItem;
use daoshi::evaluation::{score, split};
use daoshi::nlu::carry::VERSION;
use daoshi::nlu::model::Model;
use daoshi::nlu::train::{Algorithm, Example, TrainOptions, train};
use daoshi::progress::Quiet;

const SETS: [&str; 6] = ["banking77", "clinc150", "mschat_zh", "msskills_zh", "crosswoz_zh", "snips"];
const FOLDS: usize = 5;

type Lines = Vec<(String, String)>;

fn main() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("DAOSHI_DATA").map_or(beside, PathBuf::from).join("intents");
    if !data.is_dir() {
        println!("no data at {}: set DAOSHI_DATA to the folder that holds intents/", data.display());
        return;
    }
    println!("model version {VERSION}, {FOLDS} folds, {} threads", rayon::current_num_threads());
    println!("set          learner   examples intents  accuracy macro-F1    ECE  held-out  train s  texts/s   bytes");
    for set in SETS {
        let (examples, test) = (lines(&data.join(set).join("train.tsv")), lines(&data.join(set).join("test.tsv")));
        if examples.is_empty() || test.is_empty() {
            println!("{set}: absent");
            continue;
        }
        for algorithm in Algorithm::ALL {
            measure(set, algorithm, &examples, &test);
        }
        let strange = lines(&data.join(set).join("oos_test.tsv"));
        if !strange.is_empty() {
            out_of_scope("untaught", &examples, &test, &strange);
            let mut taught = examples.clone();
            taught.extend(lines(&data.join(set).join("oos_train.tsv")));
            out_of_scope("taught", &taught, &test, &strange);
        }
    }
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

fn intent(names: &[&str], label: &str) -> Option<IntentId> {
    names.binary_search(&label).ok().map(|at| IntentId(at as i64))
}

fn learn(algorithm: Algorithm, examples: &Lines, names: &[&str]) -> (Model, Vec<Prediction>, f64) {
    let rows: Vec<Example> =
        examples.iter().map(|(text, label)| Example { text, intent: intent(names, label) }).collect();
    let texts: Vec<&str> = rows.iter().map(|row| row.text).collect();
    let labels: Vec<_> = rows.iter().map(|row| row.intent).collect();
    let options = TrainOptions { algorithm, ..TrainOptions::default() };
    let start = Instant::now();
    let folds = split::stratified(&texts, &labels, FOLDS, options.seed);
    let trained = train(&rows, &folds, &options, &[], &Quiet).expect("public sets can be learned");
    (trained.model, trained.held_out, start.elapsed().as_secs_f64())
}

fn measure(set: &str, algorithm: Algorithm, examples: &Lines, test: &Lines) {
    let names = names(examples);
    let (model, held_out, seconds) = learn(algorithm, examples, &names);
    let texts: Vec<&str> = test.iter().map(|(text, _)| text.as_str()).collect();
    let start = Instant::now();
    let predictions = model.understand_all(&texts, &Quiet);
    let speed = texts.len() as f64 / start.elapsed().as_secs_f64();
    let report = score::report(scored(test, predictions, &names), model.intents());
    let held = score::report(scored(examples, held_out, &names), model.intents());
    println!(
        "{set:<12} {:<8} {:>9} {:>7} {:>9.4} {:>8.4} {:>6.4} {:>9.4} {seconds:>8.2} {speed:>8.0} {:>7}",
        algorithm.name(),
        examples.len(),
        names.len(),
        report.accuracy,
        report.macro_f1,
        report.calibration_error,
        held.accuracy,
        model.to_bytes().len(),
    );
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

fn out_of_scope(how: &str, examples: &Lines, test: &Lines, strange: &Lines) {
    let names = names(examples);
    let (model, ..) = learn(Algorithm::Linear, examples, &names);
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
        "  out of scope {how}: AUROC {area:.4}, {found:.3} found keeping 95 % of the rest; as top guess {refused:.3} refused, {lost:.3} of the rest lost"
    );
}
