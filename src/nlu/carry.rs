//! A model as bytes and back: what the store keeps and another program loads.
//!
//! Layout: a mark, a version, the parts in order, and a checksum over all before it. A newer version is refused
//! by number; damage is refused, never a panic. Bytes → model → bytes is the identity.

use ndarray::Array2;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::ids::IntentId;
use crate::domain::label::Word;
use crate::domain::vector::Vectors;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::bytes::{Reader as Bytes, Seal, Writer};
use crate::nlu::calibration::Calibration;
use crate::nlu::classic::{Classic, Gauss, Node};
use crate::nlu::encoder::sentence::{Encoder, NAME};
use crate::nlu::error::Error;
use crate::nlu::features::{Reader, Vocabulary, Weighing};
use crate::nlu::meaning::{Centre, Meaning};
use crate::nlu::model::Model;
use crate::nlu::neighbours::Neighbours;
use crate::nlu::prototypes::Prototypes;
use crate::nlu::terms::Kind;
use crate::nlu::tuned;
use crate::nlu::weights::Weights;

/// The version this program writes, and the newest it reads.
pub const VERSION: u16 = 6;
const SEAL: Seal = Seal { mark: b"daoshiNM", version: VERSION, other: "no model" };
/// The first version that reads the meaning of texts.
const MEANING_SINCE: u16 = 2;
/// The first version that says how far the evidence for intents speaks against none.
const TRUST_SINCE: u16 = 4;
/// The first version with prototypes.
const PROTOTYPES_SINCE: u16 = 5;
/// The first version with taught layers.
const TUNED_SINCE: u16 = 6;

/// The encoder a model reads by, with what lies behind its name in the bytes.
struct Needed<'b> {
    name: &'b str,
    version: u16,
    rest: Bytes<'b>,
}

impl Model {
    /// Returns the model as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        SEAL.seal(|out| {
            out.text(self.algorithm.name());
            out.u32(self.reader.words().len() as u32);
            for word in self.reader.words() {
                out.text(&word.text);
                out.text(&word.tag);
            }
            out.u32(self.intents.len() as u32);
            for intent in &self.intents {
                out.u8(intent.is_some() as u8);
                out.i64(intent.map_or(0, |id| id.0));
            }
            self.bias.iter().for_each(|&b| out.f32(b));
            out.f32(self.calibration.sharpness);
            out.f32(self.calibration.none);
            out.f32(self.calibration.near);
            out.f32(self.calibration.trust);
            out.f32(self.weighing.unknown);
            out.u32(self.vocabulary.len() as u32);
            let classes = self.intents.len();
            for column in 0..self.vocabulary.len() {
                let (kind, term) = self.vocabulary.term(column as u32);
                out.u8(kind as u8);
                out.u8(term.len().min(255) as u8);
                if term.len() >= 255 {
                    out.u32(term.len() as u32);
                }
                out.bytes.extend(term.as_bytes());
                out.f32(self.weighing.columns[column]);
                out.f32(self.weights.scales[column]);
                out.sparse(&self.weights.bytes[column * classes..][..classes]);
            }
            match &self.meaning {
                None => out.text(""),
                Some(meaning) => {
                    out.text(meaning.encoder.name());
                    write_meaning(out, meaning, classes);
                    write_prototypes(out, meaning.prototypes.as_ref());
                    tuned::carry::write(out, meaning.tuned.as_ref());
                    if let Some((axes, classic)) = &meaning.classic {
                        write_classic(out, axes, classic);
                    }
                }
            }
        })
    }

    /// Reads a model back that reads terms alone or by the encoder in the box.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_bytes_with(bytes, &|name| match name {
            NAME => Ok(Encoder::built_in()),
            other => Err(Error::Encoder { name: other.to_string() }),
        })
    }

    /// Reads a model back; `find` returns the encoder of a name, or says why it cannot.
    pub fn from_bytes_with<E: From<Error>>(bytes: &[u8], find: &dyn Fn(&str) -> Result<Encoder, E>) -> Result<Self, E> {
        let (mut model, needed) = Self::read(bytes)?;
        if let Some(Needed { name, version, mut rest }) = needed {
            let classes = model.intents.len();
            let mut meaning = read_meaning(&mut rest, classes, find(name)?)?;
            if version >= PROTOTYPES_SINCE {
                meaning.prototypes = read_prototypes(&mut rest, classes, meaning.centre.0.len())?;
            }
            if version >= TUNED_SINCE {
                let (width, terms) = (meaning.centre.0.len(), model.vocabulary.len());
                meaning.tuned = tuned::carry::read(&mut rest, width, classes, terms)?;
            }
            if matches!(model.algorithm, Algorithm::Tree | Algorithm::Gauss) {
                meaning.classic = Some(read_classic(&mut rest, meaning.centre.0.len(), classes)?);
            }
            if !rest.is_done() {
                return Err(Error::Damaged { what: "too long" }.into());
            }
            model.meaning = Some(meaning);
        }
        Ok(model)
    }

    /// Reads all but what lies behind the name of an encoder, which is returned with it; nothing lies there in a model that
    /// reads terms alone.
    fn read(bytes: &[u8]) -> Result<(Self, Option<Needed<'_>>), Error> {
        let (found, mut bytes) = SEAL.opened(bytes)?;
        let algorithm = Algorithm::named(bytes.text()?).ok_or(Error::Damaged { what: "an unknown algorithm" })?;
        let mut words = Vec::new();
        for _ in 0..bytes.length(8)? {
            words.push(Word { text: bytes.text()?.to_string(), tag: bytes.text()?.to_string() });
        }
        let classes = bytes.length(9)?;
        let mut intents = Vec::with_capacity(classes);
        for _ in 0..classes {
            let known = bytes.u8()?;
            let id = bytes.i64()?;
            intents.push((known != 0).then_some(IntentId(id)));
        }
        if classes > u16::MAX as usize || !intents.is_sorted_by(|a, b| a < b) {
            return Err(Error::Damaged { what: "intents out of order" });
        }
        let bias: Vec<f32> = (0..classes).map(|_| bytes.f32()).collect::<Result<_, _>>()?;
        let (sharpness, none) = (bytes.f32()?, bytes.f32()?);
        let near = if found >= MEANING_SINCE { bytes.f32()? } else { 0.0 };
        let trust = if found >= TRUST_SINCE { bytes.f32()? } else { 1.0 };
        let calibration = Calibration { sharpness, trust, none, near };
        let unknown = bytes.f32()?;
        let columns = bytes.length(10)?;
        let mut terms: Vec<(Kind, &str)> = Vec::with_capacity(columns);
        let mut weighing = Weighing { columns: Vec::with_capacity(columns), unknown };
        let mut weights = Weights { classes, scales: Vec::with_capacity(columns), bytes: Vec::new() };
        for column in 0..columns {
            let kind = bytes.u8()?;
            let kind = *Kind::ALL.get(kind as usize).ok_or(Error::Damaged { what: "an unknown kind of term" })?;
            let length = match bytes.u8()? {
                255 => bytes.u32()? as usize,
                short => short as usize,
            };
            terms.push((kind, bytes.text_of(length)?));
            weighing.columns.push(bytes.f32()?);
            weights.scales.push(bytes.f32()?);
            weights.bytes.resize((column + 1) * classes, 0);
            bytes.sparse(&mut weights.bytes[column * classes..])?;
        }
        let encoder = if found >= MEANING_SINCE { bytes.text()? } else { "" };
        if encoder.is_empty() && algorithm.reads_meaning() {
            return Err(Error::Damaged { what: "no meaning" });
        }
        if encoder.is_empty() && !bytes.is_done() {
            return Err(Error::Damaged { what: "too long" });
        }
        let vocabulary = Vocabulary::of(terms).ok_or(Error::Damaged { what: "a term twice" })?;
        let reader = Reader::for_vocabulary(&words, &vocabulary);
        let model =
            Self { algorithm, intents, reader, vocabulary, weighing, weights, bias, meaning: None, calibration };
        let needed = Needed { name: encoder, version: found, rest: bytes };
        Ok((model, (!encoder.is_empty()).then_some(needed)))
    }

    /// Returns the model's identity: equal models have equal numbers, on any machine.
    pub fn hash(&self) -> u64 {
        xxh3_64(&self.to_bytes())
    }
}

fn write_meaning(out: &mut Writer, meaning: &Meaning, classes: usize) {
    meaning.centre.0.iter().for_each(|&mean| out.f32(mean));
    for (column, &scale) in meaning.weights.scales.iter().enumerate() {
        out.f32(scale);
        out.sparse(&meaning.weights.bytes[column * classes..][..classes]);
    }
    let neighbours = &meaning.neighbours;
    out.u32(neighbours.classes.len() as u32);
    for (at, &class) in neighbours.classes.iter().enumerate() {
        out.u16(class);
        let (scale, numbers) = neighbours.vectors.row(at);
        out.f32(scale);
        out.bytes.extend(numbers.iter().map(|number| *number as u8));
    }
}

fn read_meaning(bytes: &mut Bytes, classes: usize, encoder: Encoder) -> Result<Meaning, Error> {
    let width = encoder.width();
    let centre = Centre((0..width).map(|_| bytes.f32()).collect::<Result<_, _>>()?);
    let mut weights = Weights { classes, scales: Vec::with_capacity(width), bytes: vec![0; width * classes] };
    for column in weights.bytes.chunks_exact_mut(classes.max(1)) {
        weights.scales.push(bytes.f32()?);
        bytes.sparse(column)?;
    }
    let count = bytes.length(6 + width)?;
    let mut neighbours = Neighbours { vectors: Vectors::new(width), classes: Vec::with_capacity(count) };
    for _ in 0..count {
        let class = bytes.u16()?;
        let packed = bytes.slice(4 + width)?;
        if usize::from(class) >= classes || !neighbours.vectors.push_bytes(packed) {
            return Err(Error::Damaged { what: "a neighbour of no class" });
        }
        neighbours.classes.push(class);
    }
    Ok(Meaning { encoder, centre, weights, neighbours, prototypes: None, tuned: None, classic: None })
}

fn write_prototypes(out: &mut Writer, prototypes: Option<&Prototypes>) {
    out.u32(prototypes.map_or(0, |prototypes| prototypes.classes.len() as u32));
    let Some(prototypes) = prototypes else { return };
    out.f32(prototypes.share);
    for (at, (&class, &bias)) in prototypes.classes.iter().zip(&prototypes.bias).enumerate() {
        out.u16(class);
        out.f32(bias);
        out.bytes.extend(prototypes.vectors.bytes(at));
    }
}

fn read_prototypes(bytes: &mut Bytes, classes: usize, width: usize) -> Result<Option<Prototypes>, Error> {
    let count = bytes.length(10 + width)?;
    if count == 0 {
        return Ok(None);
    }
    let share = bytes.f32()?;
    let mut prototypes = Prototypes { share, vectors: Vectors::new(width), bias: Vec::new(), classes: Vec::new() };
    for _ in 0..count {
        let (class, bias) = (bytes.u16()?, bytes.f32()?);
        if usize::from(class) >= classes || !prototypes.vectors.push_bytes(bytes.slice(4 + width)?) {
            return Err(Error::Damaged { what: "a prototype of no class" });
        }
        prototypes.bias.push(bias);
        prototypes.classes.push(class);
    }
    Ok(Some(prototypes))
}

fn write_classic(out: &mut Writer, axes: &Array2<f32>, classic: &Classic) {
    out.u16(axes.ncols() as u16);
    axes.iter().for_each(|&x| out.f32(x));
    match classic {
        Classic::Tree(nodes) => {
            out.u8(0);
            out.u32(nodes.len() as u32);
            for node in nodes {
                match node {
                    Node::Split { axis, value, below, above } => {
                        out.u8(0);
                        out.u16(*axis);
                        out.f32(*value);
                        out.u32(*below);
                        out.u32(*above);
                    }
                    Node::Leaf(shares) => {
                        out.u8(1);
                        out.u32(shares.len() as u32);
                        for (class, share) in shares {
                            out.u16(*class);
                            out.f32(*share);
                        }
                    }
                }
            }
        }
        Classic::Gauss(classes) => {
            out.u8(1);
            for class in classes {
                out.u8(u8::from(class.prior.is_some()));
                class.prior.iter().chain(&class.means).chain(&class.spreads).for_each(|&x| out.f32(x));
            }
        }
    }
}

fn read_classic(bytes: &mut Bytes, width: usize, classes: usize) -> Result<(Array2<f32>, Classic), Error> {
    let wrong = || Error::Damaged { what: "what is no sum of weights" };
    let kept = usize::from(bytes.u16()?);
    let axes = (0..width * kept).map(|_| bytes.f32()).collect::<Result<Vec<f32>, _>>()?;
    let axes = Array2::from_shape_vec((width, kept), axes).map_err(|_| wrong())?;
    let classic = match bytes.u8()? {
        0 => {
            let count = bytes.length(5)?;
            let mut nodes = Vec::with_capacity(count);
            for at in 0..count {
                nodes.push(match bytes.u8()? {
                    0 => {
                        let (axis, value) = (bytes.u16()?, bytes.f32()?);
                        let (below, above) = (bytes.u32()?, bytes.u32()?);
                        // Children stand behind their parent: whoever falls, lands.
                        let falls = |to: u32| to as usize > at && (to as usize) < count;
                        if usize::from(axis) >= kept || !falls(below) || !falls(above) {
                            return Err(wrong());
                        }
                        Node::Split { axis, value, below, above }
                    }
                    _ => {
                        let shares = bytes.length(6)?;
                        let shares: Vec<(u16, f32)> =
                            (0..shares).map(|_| Ok((bytes.u16()?, bytes.f32()?))).collect::<Result<_, Error>>()?;
                        if shares.iter().any(|(class, _)| usize::from(*class) >= classes) {
                            return Err(wrong());
                        }
                        Node::Leaf(shares)
                    }
                });
            }
            if nodes.is_empty() {
                return Err(wrong());
            }
            Classic::Tree(nodes)
        }
        1 => {
            let mut found = Vec::with_capacity(classes);
            for _ in 0..classes {
                let is_seen = bytes.u8()? != 0;
                let mut numbers = |count: usize| (0..count).map(|_| bytes.f32()).collect::<Result<Vec<f32>, Error>>();
                found.push(match is_seen {
                    true => Gauss { prior: numbers(1)?.pop(), means: numbers(kept)?, spreads: numbers(kept)? },
                    false => Gauss { prior: None, means: Vec::new(), spreads: Vec::new() },
                });
            }
            Classic::Gauss(found)
        }
        _ => return Err(wrong()),
    };
    Ok((axes, classic))
}
