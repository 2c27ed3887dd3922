//! The folder of an encoder, read and checked: each file by its name.

use std::collections::HashSet;
use std::path::Path;

use candle_core::{DType, Device};
use serde_json::Value;
use tokenizers::utils::truncation::TruncationParams;
use tokenizers::{PostProcessor, Tokenizer};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::nlu::encoder::transformer::network::{EMBEDDINGS, Weights};
use crate::nlu::encoder::transformer::pooling::Pooling;
use crate::nlu::encoder::transformer::shape::{CONFIG, Shape};
use crate::nlu::encoder::tuning::Tuned;
use crate::nlu::error::{Error, Fault};

/// How a text is cut.
pub(super) const TOKENIZER: &str = "tokenizer.json";
/// The numbers learned.
pub(super) const WEIGHTS: &str = "model.safetensors";
/// The steps a text goes through, where the model's makers wrote them down.
const MODULES: &str = "modules.json";
/// How long a text may be, and whether letters are made small first.
const LIMITS: &str = "sentence_bert_config.json";
/// What of the project's texts it was tuned on.
pub(super) const TUNED: &str = "fine-tuned.json";

/// Bytes a small file may have at most.
const SMALL: u64 = 4 << 20;
/// Bytes of a tokeniser; those of a quarter million pieces take 17 million.
const LARGE: u64 = 256 << 20;
/// Bytes of weights: three thousand million numbers.
const HUGE: u64 = 12 << 30;

/// Tokens of a text that are read where the model does not say.
const USUAL_LENGTH: usize = 512;

/// An encoder's folder as read.
pub(super) struct Folder {
    /// What its vectors are known by: its kind and a hash of all its files that count.
    pub name: String,
    pub shape: Shape,
    pub pooling: Pooling,
    pub tokenizer: Tokenizer,
    pub weights: Weights,
    /// Whether letters are made small before a text is cut.
    pub small_letters: bool,
    /// Hashes of the texts it was tuned on.
    pub tuned_on: HashSet<u64>,
}

/// Reads a folder.
pub(super) fn read(folder: &Path) -> Result<Folder, Error> {
    parts(folder).map_err(|fault| Error::Folder { folder: folder.to_path_buf(), fault })
}

fn parts(folder: &Path) -> Result<Folder, Fault> {
    let mut hash = Xxh3::new();
    let mut file = |name: &str, most: u64| -> Result<Option<Vec<u8>>, Fault> {
        let bytes = bytes(folder, name, most)?;
        // A file that is not there and an empty one differ.
        hash.update(&bytes.as_ref().map_or(u64::MAX, |bytes| bytes.len() as u64).to_le_bytes());
        hash.update(bytes.as_deref().unwrap_or_default());
        Ok(bytes)
    };
    let missing = |name: &str| Fault::Missing { file: name.into() };
    let config = file(CONFIG, SMALL)?.ok_or_else(|| missing(CONFIG))?;
    let shape = Shape::read(text(&config, CONFIG)?)?;
    let cutting = file(TOKENIZER, LARGE)?.ok_or_else(|| missing(TOKENIZER))?;
    let modules = file(MODULES, SMALL)?.map(|bytes| json(&bytes, MODULES)).transpose()?;
    let (pooling, told) = pooling(modules.as_ref(), &mut file)?;
    let limits = file(LIMITS, SMALL)?.map(|bytes| json(&bytes, LIMITS)).transpose()?.unwrap_or_default();
    let tuned = match file(TUNED, LARGE)? {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| unreadable(TUNED, error))?,
        None => Tuned::default(),
    };
    let packed = file(WEIGHTS, HUGE)?.ok_or_else(|| missing(WEIGHTS))?;
    let said = limits.get("max_seq_length").and_then(Value::as_u64).map_or(USUAL_LENGTH, |most| most as usize);
    let tokenizer = tokenizer(&cutting, said.min(shape.positions - shape.first), shape.vocabulary)?;
    let weights = weights(&packed)?;
    if let Some(told) = told.filter(|told| *told != shape.hidden) {
        let (found, wanted) = (told.to_string(), shape.hidden.to_string());
        return Err(Fault::Shape { tensor: "word_embedding_dimension".into(), found, wanted });
    }
    Ok(Folder {
        name: format!("{}-{:016x}", shape.word, hash.digest()),
        shape,
        pooling,
        tokenizer,
        weights,
        small_letters: limits.get("do_lower_case").and_then(Value::as_bool).unwrap_or(false),
        tuned_on: tuned.texts.iter().filter_map(|text| u64::from_str_radix(text, 16).ok()).collect(),
    })
}

/// Returns what a text is known by among those an encoder was tuned on.
pub(super) fn identity(text: &str) -> u64 {
    xxh3_64(text.trim().to_lowercase().as_bytes())
}

/// Reads a file; `None` where there is none.
pub(super) fn bytes(folder: &Path, name: &str, most: u64) -> Result<Option<Vec<u8>>, Fault> {
    use std::io::Read;
    let file = match std::fs::File::open(folder.join(name)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(name, error)),
    };
    let long = file.metadata().map_err(|error| unreadable(name, error))?.len();
    let mut bytes = Vec::new();
    if long <= most {
        file.take(most + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, error))?;
    }
    let found = long.max(bytes.len() as u64);
    if found > most {
        return Err(Fault::TooBig { what: name.into(), found, most });
    }
    Ok(Some(bytes))
}

/// Returns the files of an encoder that its tuning leaves as they are.
pub(super) fn others(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let mut files = Vec::new();
    let mut file = |name: &str, most: u64| {
        let found = bytes(folder, name, most)?;
        files.extend(found.iter().map(|bytes| (name.to_string(), bytes.clone())));
        Ok(found)
    };
    for name in [CONFIG, TOKENIZER, LIMITS] {
        file(name, LARGE)?;
    }
    let modules = file(MODULES, SMALL)?.map(|bytes| json(&bytes, MODULES)).transpose()?;
    pooling(modules.as_ref(), &mut file)?;
    Ok(files)
}

fn unreadable(file: &str, error: impl std::fmt::Display) -> Fault {
    Fault::Unreadable { file: file.into(), what: error.to_string() }
}

fn text<'b>(bytes: &'b [u8], file: &str) -> Result<&'b str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| unreadable(file, error))
}

fn json(bytes: &[u8], file: &str) -> Result<Value, Fault> {
    serde_json::from_slice(bytes).map_err(|error| unreadable(file, error))
}

/// Returns the bytes of a file by its name, at most so many; `None` where there is none.
type Reading<'f> = dyn FnMut(&str, u64) -> Result<Option<Vec<u8>>, Fault> + 'f;

/// Reads the steps behind the network; returns them with the width they say it has.
fn pooling(modules: Option<&Value>, file: &mut Reading<'_>) -> Result<(Pooling, Option<usize>), Fault> {
    // Where nothing names the folder of the pooling, it is the usual one.
    let mut place = "1_Pooling".to_string();
    let mut unit = modules.is_none();
    for module in modules.and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| module.get(key).and_then(Value::as_str).unwrap_or_default();
        match part("type").rsplit('.').next().unwrap_or_default() {
            "Transformer" => {}
            "Pooling" => place = part("path").to_string(),
            "Normalize" => unit = true,
            other => {
                let known = "Transformer, Pooling, Normalize".into();
                return Err(Fault::Kind { what: MODULES.into(), found: other.into(), known });
            }
        }
    }
    let name = format!("{place}/{CONFIG}");
    let is_outside = |part| !matches!(part, std::path::Component::Normal(_));
    if place.is_empty() || Path::new(&place).components().any(is_outside) {
        return Err(Fault::Kind { what: MODULES.into(), found: place, known: "1_Pooling".into() });
    }
    match file(&name, SMALL)? {
        Some(bytes) => {
            let config = json(&bytes, &name)?;
            let told = config.get("word_embedding_dimension").and_then(Value::as_u64);
            Ok((Pooling { ways: Pooling::ways(&config, &name)?, unit }, told.map(|told| told as usize)))
        }
        None if modules.is_some() => Err(Fault::Missing { file: name }),
        None => Ok((Pooling::usual(), None)),
    }
}

/// Reads how texts are cut; no text is longer than `most` tokens, no number beyond `vocabulary`.
fn tokenizer(bytes: &[u8], most: usize, vocabulary: usize) -> Result<Tokenizer, Fault> {
    let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| unreadable(TOKENIZER, error))?;
    let highest = tokenizer.get_vocab(true).into_values().max().unwrap_or(0) as usize;
    if highest >= vocabulary {
        let (found, wanted) = ((highest + 1).to_string(), vocabulary.to_string());
        return Err(Fault::Shape { tensor: TOKENIZER.into(), found, wanted });
    }
    let marks = tokenizer.get_post_processor().map_or(0, |marks| marks.added_tokens(false));
    if marks >= most {
        return Err(Fault::TooBig { what: TOKENIZER.into(), found: marks as u64, most: most as u64 });
    }
    tokenizer.with_padding(None);
    let truncation = TruncationParams { max_length: most, ..TruncationParams::default() };
    tokenizer.with_truncation(Some(truncation)).map_err(|error| unreadable(TOKENIZER, error))?;
    // A cutter that knows no mark for what is unknown fails on some text later; this has what is known nowhere.
    tokenizer.encode_fast("a 我 \u{e000}", true).map_err(|error| unreadable(TOKENIZER, error))?;
    Ok(tokenizer)
}

/// Reads weights as whole floats, by name; counters and the like are left out.
pub(super) fn weights(bytes: &[u8]) -> Result<Weights, Fault> {
    let all = candle_core::safetensors::load_buffer(bytes, &Device::Cpu).map_err(|error| unreadable(WEIGHTS, error))?;
    all.into_iter()
        .filter(|(name, tensor)| tensor.dtype().is_float() && (name.contains(EMBEDDINGS) || name.contains("layer.")))
        .map(|(name, tensor)| Ok((name, tensor.to_dtype(DType::F32).map_err(|error| unreadable(WEIGHTS, error))?)))
        .collect()
}
