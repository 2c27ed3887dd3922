//! How fast the built-in encoder is and how near its reference: `cargo bench --bench encoder`.
//!
//! Texts come from `DAOSHI_DATA`; `DAOSHI_REFERENCE` names a file of reference vectors made by
//! `assets/encoder/reference.py`. Either is left out, and said so, when absent.

use std::path::PathBuf;
use std::time::Instant;

use daoshi::nlu::encoder::sentence::Encoder;
use daoshi::progress::Quiet;

fn main() {
    let start = Instant::now();
    let encoder = Encoder::built_in();
    // It unpacks when first asked.
    encoder.encode(&["one"], &Quiet);
    println!("unpacked in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let turn = ["我上个月就还清了为什么还给我打电话"];
    let start = Instant::now();
    encoder.encode(&turn, &Quiet);
    println!("one sentence of new words in {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    let times = 2000;
    let start = Instant::now();
    for _ in 0..times {
        encoder.encode(&turn, &Quiet);
    }
    println!("one sentence of words met before in {:.2} ms", start.elapsed().as_secs_f64() * 1e3 / f64::from(times));
    speed(&encoder);
    nearness(&encoder);
}

fn speed(encoder: &Encoder) {
    let Some(folder) = std::env::var_os("DAOSHI_DATA").map(PathBuf::from) else {
        println!("DAOSHI_DATA is not set: no speed on public texts");
        return;
    };
    for (set, file) in [
        ("banking77", "train.tsv"),
        ("clinc150", "train.tsv"),
        ("mschat_zh", "train.tsv"),
        ("crosswoz_zh", "train.tsv"),
    ] {
        let path = folder.join("intents").join(set).join(file);
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("{set}: no {}", path.display());
            continue;
        };
        let texts: Vec<&str> = text.lines().filter_map(|line| line.split('\t').next()).collect();
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
            let (start, cpu) = (Instant::now(), cpu());
            pool.install(|| encoder.encode(&texts, &Quiet));
            let (wall, cpu) = (start.elapsed().as_secs_f64(), self::cpu() - cpu);
            let rate = |seconds: f64| texts.len() as f64 / seconds;
            println!(
                "{set:12} {} texts, {threads} threads: {:.0} texts/s, {:.0} a CPU second",
                texts.len(),
                rate(wall),
                rate(cpu)
            );
        }
    }
}

/// Returns the processor time of this process, in seconds.
fn cpu() -> f64 {
    // SAFETY: `usage` has room for the answer, which is read only after the call filled it.
    let usage = unsafe {
        let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn nearness(encoder: &Encoder) {
    let Some(path) = std::env::var_os("DAOSHI_REFERENCE").map(PathBuf::from) else {
        println!("DAOSHI_REFERENCE is not set: not held against the reference");
        return;
    };
    let text = std::fs::read_to_string(&path).expect("the reference is a text file");
    let rows: Vec<(&str, &str)> = text.lines().filter_map(|line| line.rsplit_once('\t')).collect();
    let texts: Vec<&str> = rows.iter().map(|(text, _)| *text).collect();
    let found = encoder.encode(&texts, &Quiet).expect("nobody stops it");
    let byte = |hex: &str, at: usize| f32::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hex") as i8);
    let mut cosines: Vec<f32> = rows
        .iter()
        .zip(found.rows())
        .map(|((_, hex), found)| {
            let wanted: Vec<f32> = (0..hex.len()).step_by(2).map(|at| byte(hex, at)).collect();
            let long = wanted.iter().map(|x| x * x).sum::<f32>().sqrt();
            wanted.iter().zip(found).map(|(a, b)| a * b).sum::<f32>() / long
        })
        .collect();
    cosines.sort_unstable_by(f32::total_cmp);
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    println!("{} texts: cosine to the reference at least {:.5}, mean {mean:.5}", cosines.len(), cosines[0]);
}
