//! Everything that speaks for an entry, as a few numbers.

use ndarray::{Array2, ArrayView1, Axis};
use rayon::prelude::*;

use crate::nlu::answers::lexical::{Bag, Lexical};

/// How many kinds of evidence there are.
pub const KINDS: usize = 6;

/// What speaks for an entry: the nearest question by meaning, the mean of the three nearest, BM25, c-TF-IDF, the
/// nearest question by words, the nearest answer by meaning.
pub type Evidence = [f32; KINDS];

/// A question as the index reads it.
#[derive(Debug, Clone)]
pub struct Question {
    pub entry: usize,
    pub bag: Bag,
}

/// An entry with what speaks for it and the question that is nearest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    pub entry: usize,
    pub evidence: Evidence,
    /// The place of the nearest question, by meaning and words together, among those of the index.
    pub question: usize,
}

/// Questions and answers to compare with.
pub struct Index {
    entries: usize,
    /// The entry of each question.
    owners: Vec<usize>,
    /// A row a question, of length 1.
    vectors: Array2<f32>,
    lexical: Lexical,
    /// A row an answer, and whose it is.
    answers: (Vec<usize>, Array2<f32>),
}

impl Index {
    /// Returns the index of some questions, a row of `vectors` each, and of all answers.
    pub fn of(
        questions: &[&Question],
        vectors: Array2<f32>,
        answers: (Vec<usize>, Array2<f32>),
        entries: usize,
    ) -> Self {
        let rows: Vec<(usize, &Bag)> = questions.iter().map(|question| (question.entry, &question.bag)).collect();
        let owners = questions.iter().map(|question| question.entry).collect();
        Self { entries, owners, vectors, lexical: Lexical::of(&rows, entries), answers }
    }

    /// Returns what speaks for each entry that has a question, in order of entry.
    pub fn candidates(&self, vector: ArrayView1<f32>, bag: &Bag) -> Vec<Candidate> {
        let (near, answers) = (self.vectors.dot(&vector), self.answers.1.dot(&vector));
        self.candidates_near(near.view(), answers.view(), bag)
    }

    /// Returns the same for many texts, a row of `vectors` each.
    pub fn candidates_all(&self, vectors: &Array2<f32>, bags: &[&Bag]) -> Vec<Vec<Candidate>> {
        // Texts whose nearness to everything a thread holds at once.
        const STEP: usize = 64;
        let steps = vectors.axis_chunks_iter(Axis(0), STEP).into_par_iter().zip(bags.par_chunks(STEP));
        let found = steps.map(|(step, bags)| -> Vec<Vec<Candidate>> {
            let (near, answers) = (step.dot(&self.vectors.t()), step.dot(&self.answers.1.t()));
            let one = |(at, bag): (usize, &&Bag)| self.candidates_near(near.row(at), answers.row(at), bag);
            bags.iter().enumerate().map(one).collect()
        });
        found.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn candidates_near(&self, near: ArrayView1<f32>, answers: ArrayView1<f32>, bag: &Bag) -> Vec<Candidate> {
        let words = self.lexical.likeness(bag);
        let mut best = vec![[f32::NEG_INFINITY; 3]; self.entries];
        let mut matched: Vec<Option<(f32, usize)>> = vec![None; self.entries];
        let mut said = vec![0f32; self.entries];
        for (place, entry) in self.owners.iter().enumerate() {
            let mut cosine = near[place];
            let both = cosine + words.questions[place];
            if matched[*entry].is_none_or(|(most, _)| both > most) {
                matched[*entry] = Some((both, place));
            }
            for slot in &mut best[*entry] {
                if cosine > *slot {
                    std::mem::swap(slot, &mut cosine);
                }
            }
            said[*entry] = said[*entry].max(words.questions[place]);
        }
        let mut told = vec![0f32; self.entries];
        self.answers.0.iter().zip(answers).for_each(|(entry, cosine)| told[*entry] = told[*entry].max(*cosine));
        (0..self.entries)
            .filter_map(|entry| {
                let (_, question) = matched[entry]?;
                let known: Vec<f32> = best[entry].iter().copied().filter(|cosine| cosine.is_finite()).collect();
                let mean = known.iter().sum::<f32>() / known.len().max(1) as f32;
                let (bm25, apart) = words.entries[entry];
                Some(Candidate {
                    entry,
                    evidence: [best[entry][0], mean, bm25, apart, said[entry], told[entry]],
                    question,
                })
            })
            .collect()
    }

    /// Returns the vectors of some questions as an index takes them.
    pub fn rows(vectors: &Array2<f32>, places: &[usize]) -> Array2<f32> {
        vectors.select(Axis(0), places)
    }
}
