//! How often the 80 % band of a forecast holds what happens: `cargo bench --bench forecast [-- SET…]`.
//!
//! Some texts of `SET/train.tsv` are labelled, a model is trained and a forecast made; then the labels asked for are
//! really given (as far as the set has them), and as many others by chance, and a model is trained again. What
//! macro-F1 gained on the texts both trainings held out, which is what the product shows, and on `SET/test.tsv` is held
//! against the band. `msskills_zh` and `crosswoz_zh` are where the constants of `evaluation::forecast` were measured; the
//! other sets are not. Data comes from `DAOSHI_DATA` (default `../shared/data` beside the repository); `DAOSHI_DRAWS`
//! draws of each size (default 3), `DAOSHI_SIZES=300,600` other sizes.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;

use daoshi::domain::ids::IntentId;
use daoshi::domain::label::LabelSource;
use daoshi::domain::report::ScoredItem;
use daoshi::evaluation::forecast::{Band, End, Step};
use daoshi::evaluation::score::report;
use daoshi::nlu::train::TrainOptions;
use daoshi::progress::Quiet;
use daoshi::workbench::project::Project;
use daoshi::workbench::{forecast, intents, label, train};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

const SETS: [&str; 5] = ["banking77", "clinc150", "mschat_zh", "msskills_zh", "crosswoz_zh"];
/// Examples at the start, where `DAOSHI_SIZES` does not say otherwise.
const SIZES: &str = "300,600,1200,2400";

type Rows = Vec<(String, String)>;

fn main() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("DAOSHI_DATA").map_or(beside, PathBuf::from).join("intents");
    if !data.is_dir() {
        println!("no data at {}: set DAOSHI_DATA to the folder that holds intents/", data.display());
        return;
    }
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let draws = std::env::var("DAOSHI_DRAWS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let sizes = std::env::var("DAOSHI_SIZES").unwrap_or(SIZES.to_string());
    let mut all = Tally::default();
    for set in SETS.iter().filter(|set| asked.is_empty() || asked.iter().any(|a| a == *set)) {
        let (rows, tests) = (lines(&data.join(set).join("train.tsv")), lines(&data.join(set).join("test.tsv")));
        let mut of_set = Tally::default();
        for size in sizes.split(',').filter_map(|n| n.parse::<usize>().ok()).filter(|size| size * 2 <= rows.len()) {
            for seed in 1..=draws {
                one(set, &rows, &tests, size, seed, &mut of_set);
            }
        }
        of_set.print(set);
        all.add(&of_set);
    }
    all.print("all");
}

/// How often bands held.
#[derive(Default)]
struct Tally {
    forecasts: usize,
    held: usize,
    held_on_test: usize,
    /// The mean of what was expected and of what was measured, in the product and on the test rows.
    sums: [f64; 3],
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.forecasts += other.forecasts;
        self.held += other.held;
        self.held_on_test += other.held_on_test;
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
    }

    fn print(&self, name: &str) {
        let n = self.forecasts.max(1) as f64;
        let [expected, measured, on_test] = self.sums.map(|sum| 100.0 * sum / n);
        println!(
            "{name}: the 80 % band held {} of {} gains on texts held out ({:.0} %), {} on test rows ({:.0} %); mean gain expected {expected:+.2}, measured {measured:+.2}, on test rows {on_test:+.2} points",
            self.held,
            self.forecasts,
            100.0 * self.held as f64 / n,
            self.held_on_test,
            100.0 * self.held_on_test as f64 / n,
        );
    }
}

fn one(set: &str, rows: &Rows, tests: &Rows, size: usize, seed: u64, tally: &mut Tally) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_mul(1000) + size as u64);
    let mut order: Rows = rows.clone();
    order.shuffle(&mut random);
    let rest = order.split_off(size);
    let mut project = Project::in_memory("bench").expect("memory holds a project");
    label::label_texts(&mut project, &order, LabelSource::Import, "").expect("rows can be labelled");
    train::train(&mut project, &TrainOptions::default(), &Quiet).expect("a model");
    let before = score(&mut project, tests);
    let start = Instant::now();
    let made = forecast::forecast(&mut project, 1, &Quiet).expect("a forecast");
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{set} {size} draw {seed}: {:?}, {} steps, {seconds:.1} s; slope {:.2} ± {:.2}, power {:.2}, noise {:.4}, texts {:.0}",
        made.plan.end,
        made.plan.steps.len(),
        made.forecast.slope,
        made.forecast.spread,
        made.forecast.power,
        made.forecast.noise,
        made.forecast.texts,
    );
    let names: HashMap<Option<IntentId>, String> = intents::list(&project)
        .expect("a catalogue")
        .into_iter()
        .map(|line| (Some(line.intent.id), line.intent.name))
        .collect();
    let known = |label: &String| names.values().any(|name| name == label);
    let picks = made
        .plan
        .steps
        .iter()
        .filter(|step| [50, 200, 800].contains(&step.labels) || End::Stop(step.labels) == made.plan.end);
    let mut given: Vec<(String, Rows)> =
        picks.map(|step| (format!("asked {}", step.labels), taken(&rest, step, &names))).collect();
    let chance: Rows = rest.iter().filter(|(_, label)| known(label)).take(size / 2).cloned().collect();
    given.push((format!("by chance {}", chance.len()), chance));
    for (what, more) in given {
        label::label_texts(&mut project, &more, LabelSource::Import, "").expect("rows can be labelled");
        train::train(&mut project, &TrainOptions::default(), &Quiet).expect("a model");
        let on_test = score(&mut project, tests) - before;
        let came = forecast::outlook(&project).expect("readable").and_then(|found| found.came).expect("it came");
        let (band, measured) = (came.expected, came.measured);
        // On rows of their own the whole model is tested, which learned from more than those that are held out.
        let of = |intent| more.iter().filter(|(_, label)| names.get(&intent) == Some(label)).count();
        let lines: Vec<usize> = made.forecast.lines.iter().map(|line| of(line.intent)).collect();
        let on_rows: Band = made.forecast.gain(&lines);
        println!(
            "  {what}: given {} of {}, expected {:+.4} ({:+.4} to {:+.4}), measured {measured:+.4} {}, on test rows {:+.4} expected, {on_test:+.4} {}",
            came.given,
            came.asked,
            band.point,
            band.low,
            band.high,
            sign(band.holds(measured)),
            on_rows.point,
            sign(on_rows.holds(on_test)),
        );
        tally.forecasts += 1;
        tally.held += usize::from(band.holds(measured));
        tally.held_on_test += usize::from(on_rows.holds(on_test));
        [band.point, measured, on_test].into_iter().zip(&mut tally.sums).for_each(|(figure, sum)| *sum += figure);
        project.undo().expect("the training is taken back");
        project.undo().expect("the labels are taken back");
    }
}

fn sign(held: bool) -> &'static str {
    if held { "held" } else { "MISSED" }
}

/// Returns rows that give what a step asks for, as far as there are any.
fn taken(rest: &Rows, step: &Step, names: &HashMap<Option<IntentId>, String>) -> Rows {
    let mut left: BTreeMap<&str, usize> =
        step.asked.iter().filter_map(|(intent, more)| Some((names.get(intent)?.as_str(), *more))).collect();
    rest.iter()
        .filter(|(_, label)| match left.get_mut(label.as_str()) {
            Some(more) if *more > 0 => {
                *more -= 1;
                true
            }
            _ => false,
        })
        .cloned()
        .collect()
}

/// Returns macro-F1 of the current model on the rows whose intents it knows.
fn score(project: &mut Project, tests: &Rows) -> f64 {
    let names: HashMap<String, IntentId> = intents::list(project)
        .expect("a catalogue")
        .into_iter()
        .map(|line| (line.intent.name, line.intent.id))
        .collect();
    let rows: Vec<(&str, IntentId)> =
        tests.iter().filter_map(|(text, label)| Some((text.as_str(), *names.get(label)?))).collect();
    let texts: Vec<&str> = rows.iter().map(|(text, _)| *text).collect();
    let model = project.model().expect("readable").expect("a model");
    let items = model
        .understand_all(&texts, &Quiet)
        .into_iter()
        .zip(&rows)
        .map(|(prediction, (_, gold))| ScoredItem { utterance: None, text: None, gold: Some(*gold), prediction })
        .collect();
    report(items, &[]).macro_f1
}

fn lines(path: &Path) -> Rows {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| line.rsplit_once('\t')).map(|(t, l)| (t.to_string(), l.to_string())).collect()
}
