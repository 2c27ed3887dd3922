//! Small random networks, written as the folders a trainer would bring.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

pub(crate) const HIDDEN: usize = 32;
pub(crate) const HEADS: usize = 4;
pub(crate) const LAYERS: usize = 2;
pub(crate) const POSITIONS: usize = 24;
const INNER: usize = 64;
const MARKS: [&str; 4] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const WORDS: &str = "a card is lost my the i want refund money back how to where parcel when hello weather \
    我 要 退 款 卡 丢 了 怎 么 办 快 递 到 哪 里 天 气 好 ? ？ ##s ##ed";

const THEIRS: &str = "attention.self.query attention.self.key attention.self.value attention.output.dense \
    attention.output.LayerNorm intermediate.dense output.dense output.LayerNorm";
const THEIRS_OF_DISTIL: &str = "attention.q_lin attention.k_lin attention.v_lin attention.out_lin sa_layer_norm ffn.lin1 \
    ffn.lin2 output_layer_norm";

/// Returns how many pieces are known.
pub(crate) fn vocabulary() -> usize {
    MARKS.len() + WORDS.split_whitespace().count()
}

/// Returns the tokeniser's file.
fn tokenizer() -> Value {
    let known: serde_json::Map<String, Value> = MARKS
        .into_iter()
        .chain(WORDS.split_whitespace())
        .enumerate()
        .map(|(id, word)| (word.to_string(), id.into()))
        .collect();
    let special = |word: &str, id: u32| json!({ "id": word, "ids": [id], "tokens": [word] });
    let mark = |word: &str| json!({ "SpecialToken": { "id": word, "type_id": 0 } });
    let text = |id: &str| json!({ "Sequence": { "id": id, "type_id": 0 } });
    let added: Vec<Value> = MARKS
        .iter()
        .enumerate()
        .map(|(id, word)| {
            json!({ "id": id, "content": word, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true })
        })
        .collect();
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added,
        "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "post_processor": { "type": "TemplateProcessing",
            "single": [mark("[CLS]"), text("A"), mark("[SEP]")],
            "pair": [mark("[CLS]"), text("A"), mark("[SEP]"), text("B"), mark("[SEP]")],
            "special_tokens": { "[CLS]": special("[CLS]", 2), "[SEP]": special("[SEP]", 3) } },
        "decoder": null,
        "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": known },
    })
}

/// Writes a random network of a kind into a folder; nothing says how it is pooled.
pub(crate) fn write(folder: &Path, kind: &str, seed: u64) {
    let distil = kind == "distilbert";
    let config = match distil {
        true => json!({ "model_type": kind, "vocab_size": vocabulary(), "dim": HIDDEN, "n_layers": LAYERS,
            "n_heads": HEADS, "hidden_dim": INNER, "max_position_embeddings": POSITIONS, "activation": "gelu" }),
        false => json!({ "model_type": kind, "vocab_size": vocabulary(), "hidden_size": HIDDEN,
            "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": INNER,
            "max_position_embeddings": POSITIONS, "hidden_act": "gelu", "layer_norm_eps": 1e-5, "pad_token_id": 0 }),
    };
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    std::fs::write(folder.join("tokenizer.json"), tokenizer().to_string()).unwrap();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
    let mut put = |name: String, shape: &[usize], middle: f32| {
        let numbers: Vec<f32> = (0..shape.iter().product()).map(|_| middle + random.gen_range(-0.4f32..0.4)).collect();
        tensors.insert(name, Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap());
    };
    put("embeddings.word_embeddings.weight".into(), &[vocabulary(), HIDDEN], 0.0);
    put("embeddings.position_embeddings.weight".into(), &[POSITIONS, HIDDEN], 0.0);
    if !distil {
        put("embeddings.token_type_embeddings.weight".into(), &[2, HIDDEN], 0.0);
    }
    put("embeddings.LayerNorm.weight".into(), &[HIDDEN], 1.0);
    put("embeddings.LayerNorm.bias".into(), &[HIDDEN], 0.0);
    for layer in 0..LAYERS {
        for (part, to, from, middle) in parts(distil) {
            let shape: &[usize] = if from == 0 { &[to] } else { &[to, from] };
            put(format!("{}.{layer}.{part}.weight", place(distil)), shape, middle);
            put(format!("{}.{layer}.{part}.bias", place(distil)), &[to], 0.0);
        }
    }
    let bytes = safetensors::serialize(tensors, None).unwrap();
    std::fs::write(folder.join("model.safetensors"), bytes).unwrap();
}

/// Returns where the layers lie.
pub(crate) fn place(distil: bool) -> &'static str {
    if distil { "transformer.layer" } else { "encoder.layer" }
}

/// Returns a layer's parts: name, out, in (0 for a norm), what their weights lie around.
pub(crate) fn parts(distil: bool) -> [(&'static str, usize, usize, f32); 8] {
    // As their makers name them, and not as the network asks for them.
    let names: Vec<&str> = if distil { THEIRS_OF_DISTIL } else { THEIRS }.split(' ').collect();
    let sizes = [
        (HIDDEN, HIDDEN, 0.0),
        (HIDDEN, HIDDEN, 0.0),
        (HIDDEN, HIDDEN, 0.0),
        (HIDDEN, HIDDEN, 0.0),
        (HIDDEN, 0, 1.0),
        (INNER, HIDDEN, 0.0),
        (HIDDEN, INNER, 0.0),
        (HIDDEN, 0, 1.0),
    ];
    std::array::from_fn(|at| (names[at], sizes[at].0, sizes[at].1, sizes[at].2))
}
