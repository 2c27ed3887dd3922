//! How fast utterances are grouped, and how well groups agree with labels.
//!
//! `cargo bench --bench group [-- quality|encoder|whole|kept|speed|million]` reads public data from `DAOSHI_DATA` (default `../shared/data`
//! beside the repository) and says so when it is not there. "scikit-learn" is TF-IDF, SVD to 128 and k-means there
//! with the same number of groups; its times are of a quiet machine, ours are the processor's (user + system), which
//! a busy machine hardly changes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use daoshi::clustering::agreement::{accuracy, ari, nmi};
use daoshi::clustering::group::{Groups, Item, group, group_vectors};
use daoshi::clustering::options::{Method, Options};
use daoshi::nlu::encoder::sentence::Encoder;
use daoshi::progress::Quiet;
use daoshi::text::segment::Segmenter;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Set, number of labels, and what scikit-learn reaches by words, and UMAP with k-means by the same encoder: NMI, ARI,
/// accuracy.
const SETS: [(&str, usize, [f64; 3], [f64; 3]); 4] = [
    ("banking77/test.tsv", 77, [63.9, 29.4, 42.5], [76.7, 47.2, 58.9]),
    ("clinc150/test.tsv", 150, [75.1, 41.0, 53.2], [90.0, 69.8, 77.6]),
    ("mschat_zh/test.tsv", 84, [57.4, 21.1, 33.5], [79.5, 53.0, 64.0]),
    ("crosswoz_zh/train.tsv", 31, [57.2, 29.7, 30.7], [73.6, 45.7, 50.1]),
];

/// What scikit-learn takes for so many Chinese lines and 200 groups: processor seconds, megabytes.
const PEER: [(usize, f64, f64); 2] = [(100_000, 12.0, 494.0), (1_000_000, 99.0, 2_200.0)];

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
    if wanted("encoder") {
        encoder(&data);
    }
    if wanted("whole") {
        whole(&data);
    }
    if wanted("kept") {
        kept(&data, 100_000);
    }
    if wanted("speed") {
        for method in Method::ALL {
            speed(&data, 100_000, method, Some(200));
        }
        speed(&data, 100_000, Method::Graph, None);
        speed(&data, 7_440, Method::Graph, None);
    }
    if wanted("million") {
        speed(&data, 1_000_000, Method::Graph, Some(200));
    }
}

fn quality(data: &Path) {
    println!("NMI / ARI / accuracy by best matching, %; items in no group count as groups of their own");
    for (set, k, peer, _) in SETS {
        let text = std::fs::read_to_string(data.join("intents").join(set)).expect("a set of the data folder");
        let rows: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
        let items: Vec<Item<'_>> = rows.iter().map(|(text, _)| Item { text, weight: 1 }).collect();
        let labels: Vec<&str> = rows.iter().map(|(_, label)| *label).collect();
        println!("{set}, {} texts, {k} labels; scikit-learn {}", items.len(), shown(peer));
        for method in Method::ALL {
            for clusters in [Some(k), None].into_iter().filter(|k| k.is_some() || method != Method::KMeans) {
                let start = processor();
                let options = Options { method, clusters, min_size: 1, ..Options::default() };
                let found = group(&items, Segmenter::general(), &options, &Quiet).expect("nobody stops it");
                let scores = score(&found, &labels);
                println!(
                    "  {:<8} {:>4} groups{} {}  ({:+.1} / {:+.1} / {:+.1})  {:.0} % alone  {:.2} CPU-s",
                    method.name(),
                    found.clusters.len(),
                    if clusters.is_some() { "  given" } else { " chosen" },
                    shown(scores),
                    scores[0] - peer[0],
                    scores[1] - peer[1],
                    scores[2] - peer[2],
                    found.unassigned.len() as f64 / items.len() as f64 * 100.0,
                    processor() - start,
                );
                if method == Method::Density {
                    break;
                }
            }
        }
    }
}

/// Groups by the built-in encoder's vectors, with the number of labels given and with it chosen.
/// Groups sets by the encoder's vectors, with the number of groups given and chosen.
fn encoder(data: &Path) {
    println!("with the encoder's vectors; UMAP and k-means on the same in brackets");
    for (set, k, _, peer) in SETS {
        by_meaning(data, &[set], k, &format!("  [{}]", shown(peer)));
    }
}

/// The same for more texts than are laid out, where there are so many.
fn whole(data: &Path) {
    println!("with the encoder's vectors, all rows of a set");
    for (set, k) in [("banking77", 77), ("mschat_zh", 84), ("clinc150", 150)] {
        let files: Vec<String> = ["train", "dev", "test"].iter().map(|part| format!("{set}/{part}.tsv")).collect();
        let files: Vec<&str> =
            files.iter().map(String::as_str).filter(|file| data.join("intents").join(file).exists()).collect();
        by_meaning(data, &files, k, "");
    }
}

fn by_meaning(data: &Path, files: &[&str], k: usize, peer: &str) {
    let read =
        |file: &&str| std::fs::read_to_string(data.join("intents").join(file)).expect("a set of the data folder");
    let text: String = files.iter().map(read).collect();
    let rows: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    let texts: Vec<&str> = rows.iter().map(|(text, _)| *text).collect();
    let items: Vec<Item<'_>> = texts.iter().map(|text| Item { text, weight: 1 }).collect();
    let labels: Vec<&str> = rows.iter().map(|(_, label)| *label).collect();
    let start = Instant::now();
    let vectors = Encoder::built_in().encode(&texts, &Quiet).expect("nobody stops it");
    let encoded = start.elapsed().as_secs_f64();
    println!("{}, {} texts, {k} labels; encoded in {encoded:.1} s", files.join(" + "), items.len());
    for clusters in [Some(k), None] {
        let (start, cpu) = (Instant::now(), processor());
        let options = Options { clusters, min_size: 1, ..Options::default() };
        let found = group_vectors(&items, vectors.clone(), Segmenter::general(), &options, &Quiet);
        let found = found.expect("nobody stops it");
        println!(
            "  {:>4} groups{} {}{peer}  {:.2} s, {:.2} CPU-s",
            found.clusters.len(),
            if clusters.is_some() { "  given" } else { " chosen" },
            shown(score(&found, &labels)),
            start.elapsed().as_secs_f64(),
            processor() - cpu,
        );
    }
}

/// Groups many lines by the encoder's vectors, made before: what grouping again costs in a project that keeps them.
fn kept(data: &Path, count: usize) {
    let text = std::fs::read_to_string(data.join("logs/crosswoz_user_turns_zh.txt")).expect("a log of the data folder");
    let lines = recombined(&text.lines().collect::<Vec<_>>(), count);
    let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
    let items: Vec<Item<'_>> = texts.iter().map(|text| Item { text, weight: 1 }).collect();
    let start = Instant::now();
    let vectors = Encoder::built_in().encode(&texts, &Quiet).expect("nobody stops it");
    println!("{count} Chinese lines encoded in {:.1} s", start.elapsed().as_secs_f64());
    let (start, cpu) = (Instant::now(), processor());
    let options = Options { clusters: Some(200), ..Options::default() };
    let found = group_vectors(&items, vectors, Segmenter::general(), &options, &Quiet).expect("nobody stops it");
    println!(
        "  {} groups of vectors kept: {:.2} s, {:.2} CPU-s",
        found.clusters.len(),
        start.elapsed().as_secs_f64(),
        processor() - cpu
    );
}

fn shown([nmi, ari, accuracy]: [f64; 3]) -> String {
    format!("{nmi:.1} / {ari:.1} / {accuracy:.1}")
}

fn score(groups: &Groups, labels: &[&str]) -> [f64; 3] {
    let mut found = vec![0; labels.len()];
    for (number, cluster) in groups.clusters.iter().enumerate() {
        cluster.members.iter().for_each(|(i, _)| found[*i] = number);
    }
    groups.unassigned.iter().enumerate().for_each(|(n, i)| found[*i] = groups.clusters.len() + n);
    [nmi(&found, labels), ari(&found, labels), accuracy(&found, labels)].map(|score| 100.0 * score)
}

fn speed(data: &Path, count: usize, method: Method, clusters: Option<usize>) {
    let text = std::fs::read_to_string(data.join("logs/crosswoz_user_turns_zh.txt")).expect("a log of the data folder");
    let lines = recombined(&text.lines().collect::<Vec<_>>(), count);
    let items: Vec<Item<'_>> = lines.iter().map(|text| Item { text, weight: 1 }).collect();
    let (start, cpu) = (Instant::now(), processor());
    let groups = group(&items, Segmenter::general(), &Options { method, clusters, ..Options::default() }, &Quiet);
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), processor() - cpu);
    let groups = groups.expect("nobody stops it");
    let peer = PEER.iter().find(|(lines, ..)| *lines == count).map_or(String::new(), |(_, seconds, memory)| {
        format!("; scikit-learn {seconds:.0} CPU-s ({:.1} times), {memory:.0} MB", seconds / cpu)
    });
    println!(
        "{count} Chinese lines, {}, {} groups{}: {cpu:.2} CPU-s, {seconds:.2} s, at most {:.0} MB so far{peer}",
        method.name(),
        groups.clusters.len(),
        if clusters.is_none() { " by choice" } else { "" },
        memory(),
    );
}

/// Seconds of all cores this program took so far.
fn processor() -> f64 {
    let usage = usage();
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Megabytes this program held at most.
fn memory() -> f64 {
    usage().ru_maxrss as f64 / 1024.0
}

fn usage() -> libc::rusage {
    // SAFETY: a `rusage` of zeros is valid, and the call writes nothing but it.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    }
}

/// Joins halves of lines at their commas in a seeded shuffle, until `count` distinct lines are made.
fn recombined(lines: &[&str], count: usize) -> Vec<String> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let parts: Vec<&str> =
        lines.iter().flat_map(|l| l.split(['，', '。', '？', '！'])).filter(|p| p.len() >= 9).collect();
    // By their hash: a second copy of the lines would count as the grouping's own memory.
    let mut made = HashSet::new();
    let mut out = Vec::with_capacity(count);
    while out.len() < count {
        let joined = match random.gen_range(0..3) {
            0 => (*parts.choose(&mut random).expect("a log has lines")).to_owned(),
            _ => {
                format!("{}，{}", parts.choose(&mut random).expect("a log"), parts.choose(&mut random).expect("a log"))
            }
        };
        if made.insert(xxhash_rust::xxh3::xxh3_64(joined.as_bytes())) {
            out.push(joined);
        }
    }
    out
}
