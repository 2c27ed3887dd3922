//! The tagger whole: learning it from marked texts, asking it, carrying it as bytes.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::nlu::bytes::Seal;
use crate::nlu::error::Error;
use crate::nlu::tagger::dictionary::{Dictionary, Own};
use crate::nlu::tagger::features::features;
use crate::nlu::tagger::perceptron::{Label, OUTSIDE, Perceptron, Sequence, begins, entity};
use crate::nlu::tagger::units::{Unit, units};
use crate::progress::Progress;

/// The version this program writes, and the newest it reads.
pub const VERSION: u16 = 1;
const SEAL: Seal = Seal { mark: b"daoshiTG", version: VERSION, other: "no tagger" };

/// A text with its marked stretches.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    pub text: String,
    pub marks: Vec<Mark>,
}

/// Finds entities in texts.
///
/// ```
/// use daoshi::domain::{label::Mark, range::ByteRange};
/// use daoshi::nlu::tagger::model::{Marked, Tagger};
/// use daoshi::progress::Quiet;
///
/// let cities = ["Paris", "Rome", "Oslo", "Lima", "Bern"];
/// let marked: Vec<Marked> = cities
///     .iter()
///     .map(|city| Marked {
///         text: format!("a flight to {city} please"),
///         marks: vec![Mark { range: ByteRange::new(12, 12 + city.len()), entity: "city".into(), value: String::new() }],
///     })
///     .collect();
/// let tagger = Tagger::learn(&marked, &[], 1, &Quiet).unwrap();
/// let text = "a flight to Tokyo please";
/// let found = tagger.find(text);
/// assert_eq!((found[0].range.of(text), found[0].entity.as_str()), ("Tokyo", "city"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tagger {
    entities: Vec<String>,
    dictionary: Dictionary,
    perceptron: Perceptron,
}

/// How much a value the trainer listed weighs against one marked in a text.
const LISTED: u32 = 1000;

impl Tagger {
    /// Learns from marked texts and `listed` values (value, entity); texts without marks teach what is none.
    pub fn learn(
        marked: &[Marked],
        listed: &[(String, String)],
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let mut entities: Vec<String> =
            marked.iter().flat_map(|one| &one.marks).map(|mark| mark.entity.clone()).collect();
        entities.extend(listed.iter().map(|(_, entity)| entity.clone()));
        entities.sort_unstable();
        entities.dedup();
        if entities.is_empty() {
            return Err(Error::NoExamples);
        }
        if entities.len() > usize::from(Label::MAX / 2) - 1 {
            return Err(Error::TooManyIntents { intents: entities.len(), most: usize::from(Label::MAX / 2) - 1 });
        }
        let number = |name: &str| entities.binary_search_by(|known| known.as_str().cmp(name)).ok().map(|at| at as u16);
        let mut dictionary = Dictionary::default();
        for (value, entity) in listed {
            dictionary.add(value, number(entity).unwrap_or_default(), LISTED);
        }
        let numbered: Vec<Vec<(ByteRange, u16)>> = marked
            .iter()
            .map(|one| one.marks.iter().filter_map(|mark| Some((mark.range, number(&mark.entity)?))).collect())
            .collect();
        for (one, marks) in marked.iter().zip(&numbered) {
            marks.iter().for_each(|(range, entity)| dictionary.add(range.of(&one.text), *entity, 1));
        }
        let sequences: Vec<Sequence> = marked
            .par_iter()
            .zip(&numbered)
            .map(|(one, marks)| {
                let cut = units(&one.text);
                // Every other text is learned without the dictionary: values that come again and again would else
                // teach to trust it alone, and a value nobody marked would never be found.
                let hits = match xxh3_64(one.text.as_bytes()) % 2 {
                    0 => Vec::new(),
                    _ => dictionary.hits(&one.text, &cut, &Dictionary::own(&one.text, marks)),
                };
                Sequence { features: features(&one.text, &cut, &hits), labels: labels(&cut, marks) }
            })
            .filter(|sequence| !sequence.labels.is_empty())
            .collect();
        let perceptron = Perceptron::learn(&sequences, entities.len(), seed, progress)?;
        Ok(Self { entities, dictionary, perceptron })
    }

    /// Returns the entities of a text, in its order.
    pub fn find(&self, text: &str) -> Vec<Mark> {
        let cut = units(text);
        let hits = self.dictionary.hits(text, &cut, &Own::new());
        let labels = self.perceptron.label(&features(text, &cut, &hits));
        let mut marks: Vec<Mark> = Vec::new();
        for (unit, label) in cut.iter().zip(labels) {
            match entity(label) {
                None => {}
                Some((number, true)) => marks.push(Mark {
                    range: unit.range,
                    entity: self.entities[usize::from(number)].clone(),
                    value: String::new(),
                }),
                Some((_, false)) => {
                    if let Some(last) = marks.last_mut() {
                        last.range.end = unit.range.end;
                    }
                }
            }
        }
        marks
    }

    /// Returns what the dictionary alone finds.
    pub fn listed(&self, text: &str) -> Vec<Mark> {
        self.dictionary.find(text, &self.entities)
    }

    /// Returns the names of the entities it knows.
    pub fn entities(&self) -> &[String] {
        &self.entities
    }

    /// Returns the tagger as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        SEAL.seal(|out| {
            out.u32(self.entities.len() as u32);
            self.entities.iter().for_each(|name| out.text(name));
            out.u32(self.dictionary.longest as u32);
            let phrases: BTreeMap<_, _> = self.dictionary.phrases.iter().collect();
            out.u32(phrases.len() as u32);
            for (phrase, known) in phrases {
                out.i64(*phrase as i64);
                out.u16(known.len() as u16);
                for (entity, times) in known {
                    out.u16(*entity);
                    out.u32(*times);
                }
            }
            self.perceptron.steps.iter().for_each(|weight| out.f32(*weight));
            let weights: BTreeMap<_, _> = self.perceptron.weights.iter().collect();
            out.u32(weights.len() as u32);
            for (feature, own) in weights {
                out.i64(*feature as i64);
                out.u16(own.len() as u16);
                for (label, weight) in own {
                    out.u16(*label);
                    out.f32(*weight);
                }
            }
        })
    }

    /// Reads a tagger back; a newer or damaged one is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (_, mut bytes) = SEAL.opened(bytes)?;
        let count = bytes.length(4)?;
        let entities: Vec<String> = (0..count).map(|_| Ok(bytes.text()?.to_string())).collect::<Result<_, Error>>()?;
        if entities.len() > usize::from(Label::MAX / 2) - 1 {
            return Err(Error::Damaged { what: "too many entities" });
        }
        let labels = 1 + 2 * entities.len();
        let mut dictionary = Dictionary { longest: bytes.u32()? as usize, phrases: HashMap::new() };
        for _ in 0..bytes.length(10)? {
            let phrase = bytes.i64()? as u64;
            let mut known = BTreeMap::new();
            for _ in 0..bytes.u16()? {
                let entity = bytes.u16()?;
                if usize::from(entity) >= entities.len() {
                    return Err(Error::Damaged { what: "a value of no entity" });
                }
                known.insert(entity, bytes.u32()?);
            }
            dictionary.phrases.insert(phrase, known);
        }
        let steps: Vec<f32> = (0..labels * labels).map(|_| bytes.f32()).collect::<Result<_, _>>()?;
        let mut weights = HashMap::new();
        for _ in 0..bytes.length(10)? {
            let feature = bytes.i64()? as u64;
            let mut own = Vec::new();
            for _ in 0..bytes.u16()? {
                let label = bytes.u16()?;
                if usize::from(label) >= labels {
                    return Err(Error::Damaged { what: "a weight of no label" });
                }
                own.push((label, bytes.f32()?));
            }
            weights.insert(feature, own);
        }
        if !bytes.is_done() {
            return Err(Error::Damaged { what: "too long" });
        }
        Ok(Self { entities, dictionary, perceptron: Perceptron { labels, weights, steps } })
    }

    /// Returns the tagger's identity: equal taggers have equal numbers, on any machine.
    pub fn hash(&self) -> u64 {
        xxh3_64(&self.to_bytes())
    }
}

/// Returns the label of each unit: a unit belongs to a mark when most of it lies inside; of two marks the first wins.
fn labels(cut: &[Unit], marks: &[(ByteRange, u16)]) -> Vec<Label> {
    let mut labels = vec![OUTSIDE; cut.len()];
    for (range, entity) in marks {
        let inside = |unit: &Unit| {
            let shared = unit.range.end.min(range.end).saturating_sub(unit.range.start.max(range.start));
            2 * shared > unit.range.end - unit.range.start
        };
        let places: Vec<usize> = (0..cut.len()).filter(|at| inside(&cut[*at]) && labels[*at] == OUTSIDE).collect();
        for (nth, place) in places.iter().enumerate() {
            let goes_on = nth > 0 && places[nth - 1] + 1 == *place;
            labels[*place] = begins(*entity) + u16::from(goes_on);
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;
    use proptest::prelude::*;

    fn marked(text: &str, values: &[(&str, &str)]) -> Marked {
        let mark = |(value, entity): &(&str, &str)| {
            let start = text.find(value).unwrap();
            Mark { range: ByteRange::new(start, start + value.len()), entity: entity.to_string(), value: String::new() }
        };
        Marked { text: text.to_string(), marks: values.iter().map(mark).collect() }
    }

    fn examples() -> Vec<Marked> {
        let people = ["张三", "李小龙", "王芳", "赵四", "刘备", "关羽"];
        let sums = ["100元", "3万", "50块", "2000元", "8万", "60块"];
        let mut all: Vec<Marked> = people
            .iter()
            .zip(sums)
            .flat_map(|(who, sum)| {
                [
                    marked(&format!("转{sum}给{who}"), &[(sum, "amount"), (who, "payee")]),
                    marked(&format!("我要给{who}转账{sum}。"), &[(sum, "amount"), (who, "payee")]),
                    marked(&format!("send {sum} to {who}"), &[(sum, "amount"), (who, "payee")]),
                ]
            })
            .collect();
        all.push(marked("怎么转账", &[]));
        all.push(marked("给个人工", &[]));
        all
    }

    fn tagger() -> &'static Tagger {
        static TAGGER: std::sync::LazyLock<Tagger> =
            std::sync::LazyLock::new(|| Tagger::learn(&examples(), &[], 1, &Quiet).unwrap());
        &TAGGER
    }

    fn seen(text: &str) -> Vec<(String, String)> {
        tagger().find(text).iter().map(|mark| (mark.range.of(text).to_string(), mark.entity.clone())).collect()
    }

    #[test]
    fn values_never_met_are_found_by_what_stands_around_them() {
        let pair = |value: &str, entity: &str| (value.to_string(), entity.to_string());
        assert_eq!(seen("转700元给孙权"), [pair("700元", "amount"), pair("孙权", "payee")]);
        assert_eq!(seen("怎么转账"), []);
        assert_eq!(seen(""), []);
    }

    #[test]
    fn a_tagger_comes_back_from_its_bytes_and_is_the_same_on_any_number_of_threads() {
        let bytes = tagger().to_bytes();
        let back = Tagger::from_bytes(&bytes).unwrap();
        assert_eq!(&back, tagger());
        assert_eq!((back.to_bytes(), back.hash()), (bytes.clone(), tagger().hash()));
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Tagger::learn(&examples(), &[], 1, &Quiet).unwrap().to_bytes())
        };
        assert_eq!((on(1), on(3)), (bytes.clone(), bytes));
    }

    #[test]
    fn no_value_can_be_read_in_the_bytes() {
        let bytes = tagger().to_bytes();
        assert!(!bytes.windows("李小龙".len()).any(|part| part == "李小龙".as_bytes()));
    }

    #[test]
    fn a_newer_one_is_refused_by_number_and_nothing_to_learn_is_said() {
        let mut bytes = tagger().to_bytes();
        bytes[8] = 9;
        assert_eq!(Tagger::from_bytes(&bytes), Err(Error::Newer { found: 9, known: VERSION }));
        assert_eq!(Tagger::learn(&[marked("怎么转账", &[])], &[], 1, &Quiet), Err(Error::NoExamples));
    }

    #[test]
    fn a_listed_value_is_found_where_the_learner_saw_its_like() {
        let mut examples = examples();
        // Without them the values' own words decide; listed values are found although no text holds them.
        examples.truncate(18);
        let listed = [("诸葛亮".to_string(), "payee".to_string())];
        let tagger = Tagger::learn(&examples, &listed, 1, &Quiet).unwrap();
        let text = "找诸葛亮";
        assert_eq!(tagger.listed(text).iter().map(|mark| mark.range.of(text)).collect::<Vec<_>>(), ["诸葛亮"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn marks_never_overlap_and_lie_on_characters(text in "\\PC{0,20}|[转给万元张三a-z0-9 ]{0,20}") {
            let found = tagger().find(&text);
            prop_assert!(found.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
            prop_assert!(found.iter().all(|mark| !mark.range.of(&text).is_empty()));
        }

        #[test]
        fn damaged_bytes_are_refused(at in 0usize..4000, byte: u8, cut in 0usize..4000, resealed: bool) {
            let whole = tagger().to_bytes();
            let mut bytes = whole[..whole.len().saturating_sub(cut)].to_vec();
            if let Some(b) = bytes.get_mut(at) {
                *b = byte;
            }
            if resealed && bytes.len() > 8 {
                let body = bytes.len() - 8;
                let sum = xxh3_64(&bytes[..body]);
                bytes[body..].copy_from_slice(&sum.to_le_bytes());
                if let Ok(tagger) = Tagger::from_bytes(&bytes) {
                    tagger.find("转700元给孙权");
                }
            } else {
                prop_assert!(bytes == whole || Tagger::from_bytes(&bytes).is_err());
            }
        }
    }
}
