//! wording: what a text is made of, what its intent is about and what sets it apart, what it is like.
//!
//! Called by `label`, `group`, `evaluate` and `understand`. Not here: how a question is built (`explain::skeleton`), changing
//! the dictionary (`clean::words`).

use std::collections::BTreeMap;

use crate::domain::ids::IntentId;
use crate::domain::label::Word;
use crate::progress::Quiet;
use crate::text::contrast::{Counts, apart, keywords};
use crate::text::segment::{Segmenter, frequency};
use crate::text::synonyms::{Pair, pairs};
use crate::text::terms::{is_stop_word, terms};
use crate::workbench::error::{Error, Result};
use crate::workbench::learn::{Examples, learned};
use crate::workbench::project::Project;

/// Words, sentences and pairs shown of each kind.
const SHOWN: usize = 8;
/// From so many standard errors on a word sets an intent apart.
const APART: f64 = 1.0;
/// Examples compared with at most; a text's nearest are found among those labelled first.
const COMPARED: usize = 8_000;
/// Examples of an intent whose words are counted at most: more say no more, and the screen waits for them.
const COUNTED: usize = 60;

/// What a text is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cut {
    /// Each word with its part of speech.
    pub words: Vec<(String, String)>,
    /// Words the dictionary may lack, with the count each would have to have to stay whole.
    pub proposed: Vec<(String, usize)>,
    /// The trainer's own words that stand in it.
    pub own: Vec<Word>,
}

/// What an intent is about, against the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    pub name: String,
    pub keywords: Vec<(String, f64)>,
    /// Words said more here (positive) or elsewhere (negative), in standard errors.
    pub apart: Vec<(String, f64)>,
    /// Words that may stand for each other, by its similar questions.
    pub synonyms: Vec<Pair>,
}

/// A sentence near a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    pub text: String,
    /// Empty for out of scope.
    pub intent: String,
    pub cosine: f32,
}

/// The project's labelled texts, ready to compare with.
#[derive(Default)]
pub struct Wording {
    examples: Examples,
    names: BTreeMap<IntentId, String>,
    /// Words of each intent, and of all.
    groups: BTreeMap<IntentId, Counts>,
    all: Counts,
}

impl Wording {
    /// Reads the labelled texts and counts their words by the dictionary as it stands.
    pub fn of(project: &mut Project) -> Result<Self> {
        let segmenter = project.segmenter()?;
        let examples = learned(project)?;
        let names = project.catalogue()?.intents.into_iter().map(|intent| (intent.id, intent.name)).collect();
        let mut wording = Self { examples, names, ..Self::default() };
        let mut times: BTreeMap<IntentId, usize> = BTreeMap::new();
        for (text, intent) in wording.examples.texts.iter().zip(&wording.examples.intents) {
            let Some(intent) = intent else { continue };
            let counted = times.entry(*intent).or_insert(0usize);
            *counted += 1;
            if *counted > COUNTED {
                continue;
            }
            let group = wording.groups.entry(*intent).or_default();
            for word in terms(&segmenter, text) {
                *group.entry(word.clone()).or_insert(0.0) += 1.0;
                *wording.all.entry(word).or_insert(0.0) += 1.0;
            }
        }
        Ok(wording)
    }

    /// Returns what an intent is about; nothing for one without examples.
    pub fn about(&self, intent: IntentId, segmenter: &Segmenter) -> Option<About> {
        let group = self.groups.get(&intent)?;
        let own = self.examples.texts.iter().zip(&self.examples.intents).filter(|(_, own)| **own == Some(intent));
        let mut about = About {
            name: self.names.get(&intent).cloned().unwrap_or_default(),
            keywords: keywords(group, &self.all, self.groups.len()),
            apart: apart(group, &self.all),
            synonyms: pairs(own.map(|(text, _)| (0, text.as_str())), segmenter),
        };
        about.apart.retain(|(_, odds)| odds.abs() >= APART);
        about.keywords.truncate(SHOWN);
        about.apart.truncate(SHOWN);
        about.synonyms.truncate(SHOWN);
        Some(about)
    }

    /// Returns the labelled sentences nearest to a text by meaning, among those whose vector is kept: training and grouping
    /// keep them.
    pub fn near(&self, project: &Project, text: &str) -> Result<Vec<Near>> {
        let Ok(encoder) = project.encoder() else { return Ok(Vec::new()) };
        let ids = &self.examples.ids[..self.examples.ids.len().min(COMPARED)];
        let (places, kept) = project.store.vectors(encoder.name(), encoder.width(), ids)?;
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let unit = |mut vector: Vec<f32>| {
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            vector.iter_mut().for_each(|x| *x /= length);
            vector
        };
        let asked = unit(encoder.encode_packed(&[text], &Quiet).ok_or(Error::Stopped)?.unpacked(0));
        let cosine = |nth: usize| unit(kept.unpacked(nth)).iter().zip(&asked).map(|(a, b)| a * b).sum::<f32>();
        let mut near: Vec<(f32, usize)> = places.iter().enumerate().map(|(nth, place)| (cosine(nth), *place)).collect();
        near.retain(|(_, place)| self.examples.texts[*place] != text);
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(SHOWN);
        let one = |(cosine, place): (f32, usize)| {
            let intent = self.examples.intents[place].and_then(|id| self.names.get(&id)).cloned().unwrap_or_default();
            Near { text: self.examples.texts[place].clone(), intent, cosine }
        };
        Ok(near.into_iter().map(one).collect())
    }

    /// Returns the intent of an example.
    pub fn intent_of(&self, text: &str) -> Option<IntentId> {
        self.examples.texts.iter().position(|own| own == text).and_then(|at| self.examples.intents[at])
    }

    /// Returns an intent by its name.
    pub fn named(&self, name: &str) -> Option<IntentId> {
        self.names.iter().find(|(_, own)| *own == name).map(|(id, _)| *id)
    }

    /// Returns the most telling examples of an intent: those that hold most of its keywords.
    pub fn typical(&self, intent: IntentId) -> Option<&str> {
        let group = self.groups.get(&intent)?;
        let best = keywords(group, &self.all, self.groups.len());
        let own = self.examples.texts.iter().zip(&self.examples.intents).filter(|(_, own)| **own == Some(intent));
        let weight = |text: &str| -> f64 {
            best.iter()
                .take(SHOWN)
                .filter(|(word, _)| text.to_lowercase().contains(word.as_str()))
                .map(|(_, w)| w)
                .sum()
        };
        own.map(|(text, _)| text.as_str()).max_by(|a, b| weight(a).total_cmp(&weight(b)).then(b.len().cmp(&a.len())))
    }
}

/// Cuts a text by the dictionary as it stands, and proposes words it may lack.
pub fn cut(project: &mut Project, text: &str) -> Result<Cut> {
    let segmenter = project.segmenter()?;
    let words: Vec<(String, String)> =
        segmenter.tagged(text).into_iter().map(|(word, tag)| (word.to_string(), tag.to_string())).collect();
    let own: Vec<Word> = project.store.words()?.into_iter().filter(|word| text.contains(&word.text)).collect();
    let mut proposed = proposed(&words, &segmenter);
    proposed.retain(|(word, _)| own.iter().all(|own| own.text != *word));
    Ok(Cut { words, proposed, own })
}

/// Returns neighbours that may be one word: one of them is a single character or unknown, none is a small word.
fn proposed(words: &[(String, String)], segmenter: &Segmenter) -> Vec<(String, usize)> {
    let is_han = |word: &str| word.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let is_small = |(word, tag): &(String, String)| {
        let small = tag.starts_with(['u', 'y', 'p', 'c', 'r', 'm', 'q', 'e', 'o', 'd', 'f', 't'])
            || tag == "x" && !is_han(word);
        small || is_stop_word(word) || !is_han(word)
    };
    let is_loose = |word: &str| word.chars().count() == 1 || frequency(word).is_none();
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut propose = |word: String| {
        if word.chars().count() <= 6 && frequency(&word).is_none() && found.iter().all(|(known, _)| *known != word) {
            let count = segmenter.suggested(&word);
            found.push((word, count));
        }
    };
    for pair in words.windows(2).filter(|pair| !pair.iter().any(is_small)) {
        if pair.iter().any(|(word, _)| is_loose(word)) {
            propose(format!("{}{}", pair[0].0, pair[1].0));
        }
    }
    // What the segmenter made up by itself is kept whole only once it is in the dictionary.
    for (word, _) in words.iter().filter(|(word, _)| is_han(word) && word.chars().count() > 1) {
        if frequency(word).is_none() {
            propose(word.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::label::LabelSource;
    use crate::workbench::clean::words;
    use crate::workbench::label::label_texts;

    fn project() -> Project {
        let mut project = Project::in_memory("li").unwrap();
        let rows = [
            ("密码", ["如何修改密码", "如何更改密码", "密码忘了怎么办", "重置密码失败"]),
            ("快递", ["快递到哪了", "快递什么时候到", "查一下快递", "我的快递丢了"]),
        ];
        let rows: Vec<(String, String)> =
            rows.iter().flat_map(|(name, texts)| texts.map(|text| (text.to_string(), name.to_string()))).collect();
        label_texts(&mut project, &rows, LabelSource::Import, "").unwrap();
        project
    }

    #[test]
    fn an_intent_tells_what_it_is_about_and_what_may_mean_the_same() {
        let mut project = project();
        let wording = Wording::of(&mut project).unwrap();
        let segmenter = project.segmenter().unwrap();
        let about = wording.about(wording.named("密码").unwrap(), &segmenter).unwrap();
        assert_eq!((about.name.as_str(), about.keywords[0].0.as_str()), ("密码", "密码"));
        let odds = |word: &str| about.apart.iter().find(|(own, _)| own == word).map(|(_, odds)| *odds);
        assert!(
            odds("密码").is_some_and(|odds| odds > 0.0) && odds("快递").is_some_and(|odds| odds < 0.0),
            "{about:?}"
        );
        assert_eq!((about.synonyms[0].one.as_str(), about.synonyms[0].other.as_str()), ("修改", "更改"));
        assert!(wording.typical(wording.named("快递").unwrap()).unwrap().contains("快递"));
        assert_eq!(wording.intent_of("查一下快递"), wording.named("快递"));
    }

    #[test]
    fn a_word_added_is_felt_at_once() {
        let mut project = project();
        let before = cut(&mut project, "微粒贷怎么开通").unwrap();
        assert_eq!(before.words[0].0, "微粒");
        let (word, count) = before.proposed.iter().find(|(word, _)| word == "微粒贷").expect("it is proposed").clone();
        assert!(count > 0);
        words::set(&mut project, &[Word { text: word, tag: "n".into() }]).unwrap();
        let after = cut(&mut project, "微粒贷怎么开通").unwrap();
        assert_eq!((after.words[0].0.as_str(), after.own.len()), ("微粒贷", 1));
        assert!(after.proposed.iter().all(|(word, _)| word != "微粒贷"));
    }

    #[test]
    fn the_nearest_sentences_are_those_whose_vectors_are_kept() {
        let mut project = project();
        let wording = Wording::of(&mut project).unwrap();
        assert_eq!(wording.near(&project, "密码怎么改").unwrap(), [], "nothing is encoded yet");
        project.vectors(&wording.examples.ids, &Quiet).unwrap();
        let near = wording.near(&project, "密码怎么改").unwrap();
        assert_eq!(near[0].intent, "密码");
        assert!(near.windows(2).all(|two| two[0].cosine >= two[1].cosine));
        assert!(wording.near(&project, "如何修改密码").unwrap().iter().all(|one| one.text != "如何修改密码"));
    }
}
