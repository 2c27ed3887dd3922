//! How fast utterances are grouped, and how well groups agree with labels.
//!
//! `cargo bench --bench group [-- speed|quality]` reads public data from `DAOSHI_DATA` (default `../shared/data`
//! beside the repository) and says so when it is not there. "scikit-learn" is TF-IDF, SVD to 128 and k-means there
//! with the same number of groups.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use daoshi::clustering::agreement::{ari, nmi};
use daoshi::clustering::group::{Groups, Item, Method, Options, group};
use daoshi::progress::Quiet;
use daoshi::text::segment::Segmenter;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Set, number of labels, NMI and ARI of scikit-learn.
const SETS: [(&str, usize, f64, f64); 4] = [
    ("banking77/test.tsv", 77, 63.9, 29.4),
    ("clinc150/test.tsv", 150, 75.1, 41.0),
    ("mschat_zh/test.tsv", 84, 57.4, 21.1),
    ("crosswoz_zh/train.tsv", 31, 57.2, 29.7),
];

fn main() {
    let data = std::env::var_os("DAOSHI_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        println!("no data at {}; set DAOSHI_DATA", data.display());
        return;
    }
    Segmenter::general().words("载入词典");
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|a| a == part);
    if wanted("quality") {
        quality(&data);
    }
    if wanted("speed") {
        speed(&data, 100_000, Some(200));
        speed(&data, 100_000, None);
        speed(&data, 10_000, None);
    }
}

fn quality(data: &Path) {
    println!(
        "{:<24} {:>5} {:>22} {:>14} {:>24} {:>30}",
        "set", "K", "NMI/ARI, seeds 1 2 3", "scikit-learn", "K left open", "density"
    );
    for (set, k, peer_nmi, peer_ari) in SETS {
        let text = std::fs::read_to_string(data.join("intents").join(set)).expect("a set of the data folder");
        let rows: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
        let items: Vec<Item<'_>> = rows.iter().map(|(text, _)| Item { text, weight: 1 }).collect();
        let labels: Vec<&str> = rows.iter().map(|(_, label)| *label).collect();
        let run = |options: Options| group(&items, Segmenter::general(), &options, &Quiet).expect("nobody stops it");
        let given = Options { clusters: Some(k), min_size: 1, ..Options::default() };
        let scores: Vec<(f64, f64)> =
            (1..=3).map(|seed| score(&run(Options { seed, ..given.clone() }), &labels)).collect();
        let mean = |of: fn(&(f64, f64)) -> f64| scores.iter().map(of).sum::<f64>() / scores.len() as f64;
        let open = run(Options::default());
        let dense = run(Options { method: Method::Density, ..Options::default() });
        let alone = dense.unassigned.len() as f64 / items.len() as f64 * 100.0;
        println!(
            "{set:<24} {k:>5} {:>14.1} / {:>5.1} {peer_nmi:>7.1} / {peer_ari:>4.1} {:>4}: {} {:>5}: {}, {alone:.0} % alone",
            mean(|s| s.0),
            mean(|s| s.1),
            open.clusters.len(),
            shown(score(&open, &labels)),
            dense.clusters.len(),
            shown(score(&dense, &labels)),
        );
    }
}

fn shown((nmi, ari): (f64, f64)) -> String {
    format!("{nmi:.1} / {ari:.1}")
}

/// NMI and ARI in percent; items in no group count as groups of their own.
fn score(groups: &Groups, labels: &[&str]) -> (f64, f64) {
    let mut found = vec![0; labels.len()];
    for (number, cluster) in groups.clusters.iter().enumerate() {
        cluster.members.iter().for_each(|(i, _)| found[*i] = number);
    }
    groups.unassigned.iter().enumerate().for_each(|(n, i)| found[*i] = groups.clusters.len() + n);
    (100.0 * nmi(&found, labels), 100.0 * ari(&found, labels))
}

fn speed(data: &Path, count: usize, clusters: Option<usize>) {
    let text = std::fs::read_to_string(data.join("logs/crosswoz_user_turns_zh.txt")).expect("a log of the data folder");
    let lines = recombined(&text.lines().collect::<Vec<_>>(), count);
    let items: Vec<Item<'_>> = lines.iter().map(|text| Item { text, weight: 1 }).collect();
    let start = Instant::now();
    let groups = group(&items, Segmenter::general(), &Options { clusters, ..Options::default() }, &Quiet);
    let seconds = start.elapsed().as_secs_f64();
    let groups = groups.expect("nobody stops it");
    println!(
        "{count} Chinese lines, {} groups{}: {seconds:.2} s; the first: {}",
        groups.clusters.len(),
        if clusters.is_none() { " by choice" } else { "" },
        groups.clusters.first().map_or(String::new(), |g| g.words.join(" ")),
    );
}

/// Joins halves of lines at their commas in a seeded shuffle, until `count` distinct lines are made.
fn recombined(lines: &[&str], count: usize) -> Vec<String> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let parts: Vec<&str> =
        lines.iter().flat_map(|l| l.split(['，', '。', '？', '！'])).filter(|p| p.len() >= 9).collect();
    let mut made = HashSet::new();
    let mut out = Vec::with_capacity(count);
    while out.len() < count {
        let joined = match random.gen_range(0..3) {
            0 => (*parts.choose(&mut random).expect("a log has lines")).to_owned(),
            _ => {
                format!("{}，{}", parts.choose(&mut random).expect("a log"), parts.choose(&mut random).expect("a log"))
            }
        };
        if made.insert(joined.clone()) {
            out.push(joined);
        }
    }
    out
}
