//! What a network's `config.json` says, checked before a weight is read.

use serde_json::Value;

use crate::nlu::error::Fault;

/// The file that says it.
pub(super) const CONFIG: &str = "config.json";

/// Which names the weights have and where positions begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bert,
    /// RoBERTa, XLM-R, CamemBERT: positions begin behind the number of the filling token.
    Roberta,
    /// DistilBERT: no kinds of sentences.
    Distil,
}

/// What stands between the two products of a layer's inner part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    Gelu,
    /// Gelu by a hyperbolic tangent.
    GeluTanh,
    Relu,
}

/// The measures of a network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub kind: Kind,
    /// The model's kind in its makers' word.
    pub word: String,
    pub vocabulary: usize,
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    /// Numbers between the two products of a layer's inner part.
    pub inner: usize,
    pub positions: usize,
    pub activation: Activation,
    pub epsilon: f64,
    /// The position of the first token.
    pub first: usize,
}

/// No encoder of this family comes near these; a file that says more is broken or made to hurt.
const MOST: [(&str, &str, usize); 6] = [
    ("vocab_size", "vocab_size", 2_000_000),
    ("hidden_size", "dim", 8192),
    ("num_hidden_layers", "n_layers", 96),
    ("num_attention_heads", "n_heads", 128),
    ("intermediate_size", "hidden_dim", 65_536),
    ("max_position_embeddings", "max_position_embeddings", 65_536),
];

impl Shape {
    /// Reads the shape from the text of `config.json`.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let unreadable = |what: String| Fault::Unreadable { file: CONFIG.into(), what };
        let config: Value = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let word = config.get("model_type").and_then(Value::as_str).unwrap_or_default().to_string();
        let kind = match word.as_str() {
            "bert" => Kind::Bert,
            "roberta" | "xlm-roberta" | "camembert" => Kind::Roberta,
            "distilbert" => Kind::Distil,
            _ => {
                let known = "bert, roberta, xlm-roberta, camembert, distilbert".into();
                return Err(Fault::Kind { what: "model_type".into(), found: word, known });
            }
        };
        let mut sizes = [0; MOST.len()];
        for (size, (key, distil, most)) in sizes.iter_mut().zip(MOST) {
            let key = if kind == Kind::Distil { distil } else { key };
            let found = config.get(key).and_then(Value::as_u64);
            let found = found.filter(|found| *found > 0).ok_or_else(|| unreadable(key.to_string()))?;
            if found > most as u64 {
                return Err(Fault::TooBig { what: key.into(), found, most: most as u64 });
            }
            *size = found as usize;
        }
        let [vocabulary, hidden, layers, heads, inner, positions] = sizes;
        if hidden % heads != 0 {
            return Err(Fault::Shape {
                tensor: CONFIG.into(),
                found: hidden.to_string(),
                wanted: format!("{heads} × n"),
            });
        }
        let text = |key: &str, absent: &str| config.get(key).and_then(Value::as_str).unwrap_or(absent).to_string();
        let activation = text(if kind == Kind::Distil { "activation" } else { "hidden_act" }, "gelu");
        let activation = match activation.as_str() {
            "gelu" => Activation::Gelu,
            "gelu_new" | "gelu_pytorch_tanh" | "gelu_approximate" => Activation::GeluTanh,
            "relu" => Activation::Relu,
            _ => {
                let known = "gelu, gelu_new, relu".into();
                return Err(Fault::Kind { what: "hidden_act".into(), found: activation, known });
            }
        };
        let placed = text("position_embedding_type", "absolute");
        if placed != "absolute" {
            let what = "position_embedding_type".into();
            return Err(Fault::Kind { what, found: placed, known: "absolute".into() });
        }
        let filling = config.get("pad_token_id").and_then(Value::as_u64).unwrap_or(1) as usize;
        let first = if kind == Kind::Roberta { filling.saturating_add(1) } else { 0 };
        if first >= positions {
            return Err(Fault::TooBig { what: "pad_token_id".into(), found: filling as u64, most: positions as u64 });
        }
        let epsilon = config.get("layer_norm_eps").and_then(Value::as_f64).unwrap_or(1e-12);
        Ok(Self { kind, word, vocabulary, hidden, layers, heads, inner, positions, activation, epsilon, first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERT: &str = r#"{"model_type": "bert", "vocab_size": 10, "hidden_size": 8, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 12}"#;

    #[test]
    fn what_no_encoder_of_the_family_has_is_refused_by_its_key() {
        assert_eq!(Shape::read(BERT).unwrap().hidden, 8);
        let read = |from: &str, to: &str| Shape::read(&BERT.replace(from, to)).unwrap_err().to_string();
        assert_eq!(read("12}", "99999999999}"), "max_position_embeddings is 99999999999, at most 65536");
        assert_eq!(read("\"hidden_size\": 8", "\"hidden_size\": 9"), "config.json: 9, not 2 × n");
        assert_eq!(read("\"vocab_size\": 10,", ""), "config.json: vocab_size");
        assert!(read("\"bert\"", "\"mamba\"").starts_with("model_type mamba; known: bert"));
        assert!(read("12}", "12, \"position_embedding_type\": \"relative_key\"}").contains("relative_key"));
        assert!(Shape::read("{").unwrap_err().to_string().starts_with("config.json: EOF"));
    }

    #[test]
    fn each_makers_words_are_read() {
        let roberta = BERT.replace("\"bert\"", "\"xlm-roberta\"");
        assert_eq!(Shape::read(&roberta).unwrap().first, 2);
        let distil = r#"{"model_type": "distilbert", "vocab_size": 10, "dim": 8, "n_layers": 1, "n_heads": 2,
            "hidden_dim": 16, "max_position_embeddings": 12, "activation": "relu"}"#;
        let shape = Shape::read(distil).unwrap();
        assert_eq!((shape.kind, shape.activation, shape.inner), (Kind::Distil, Activation::Relu, 16));
    }
}
