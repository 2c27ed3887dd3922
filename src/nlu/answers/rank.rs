//! The ranker whole: learned from the knowledge's own questions, asked with a customer's.

use ndarray::{Array2, ArrayView1};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::domain::vector::Vectors;
use crate::nlu::answers::index::{Candidate, Evidence, Index, Question};
use crate::nlu::answers::lexical::{Bag, bag};
use crate::nlu::answers::weigh::{self, Case, PLAIN, Trust, look};
use crate::nlu::error::Error;
use crate::progress::Progress;
use crate::text::segment::Segmenter;

/// What the ranker learns from: entries by number, from 0.
pub struct Knowledge<'k> {
    pub entries: usize,
    /// Each question with its entry; a vector each, in the same order. Standard questions may be among them.
    pub questions: &'k [(usize, &'k str)],
    pub vectors: &'k Vectors,
    /// Each answer with its entry, and its vector.
    pub answers: &'k [usize],
    pub answer_vectors: &'k Vectors,
}

/// One entry for a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    pub entry: usize,
    pub score: f32,
    /// The place, among the questions of the knowledge, of the one that matched.
    pub question: usize,
    /// How near its meaning is, −1 to 1.
    pub cosine: f32,
}

/// What the knowledge says to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The best first.
    pub ranked: Vec<Ranked>,
    /// How likely the first is right, 0 to 1.
    pub probability: f32,
}

/// How held-out questions were ranked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeldOut {
    /// For each question of the knowledge, in order: the place of its entry from 1 (0: not ranked), the entry ranked
    /// first and how likely that was right.
    pub ranks: Vec<(usize, usize, f32)>,
    /// The same places by the encoder alone and by BM25 alone.
    pub by_meaning: Vec<usize>,
    pub by_words: Vec<usize>,
    /// How likely the first entry was called right when the own entry was struck out: here refusal is right.
    pub struck: Vec<f32>,
}

impl HeldOut {
    /// Returns the share of questions whose entry stands among the first `k`.
    pub fn recall(places: impl Iterator<Item = usize>, k: usize) -> f64 {
        let (mut right, mut all) = (0usize, 0usize);
        for place in places {
            all += 1;
            right += usize::from((1..=k).contains(&place));
        }
        right as f64 / all.max(1) as f64
    }

    /// Returns the mean of one over the place.
    pub fn reciprocal(places: impl Iterator<Item = usize>) -> f64 {
        let (mut sum, mut all) = (0f64, 0usize);
        for place in places {
            all += 1;
            sum += if place > 0 { 1.0 / place as f64 } else { 0.0 };
        }
        sum / all.max(1) as f64
    }

    /// Returns the places of the own entries.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranks.iter().map(|rank| rank.0)
    }
}

/// Below this probability the knowledge does not hold it.
pub const REFUSED: f32 = 0.5;

/// A learned ranker over an index of all questions.
pub struct Ranker {
    index: Index,
    weights: Evidence,
    trust: Trust,
}

/// Parts held out in turn.
const FOLDS: usize = 5;
/// The hardest entries that are not the right one, for learning.
const HARD: usize = 9;
/// A question whose entry is struck out weighs so much against one as it is.
const STRUCK: f32 = 0.3;

impl Ranker {
    /// Learns from the knowledge; returns the ranker and how held-out questions fared.
    ///
    /// Every question is once ranked by an index that does not hold it, with weights learned from the other parts.
    pub fn learn(
        knowledge: &Knowledge,
        segmenter: &Segmenter,
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<(Self, HeldOut), Error> {
        if knowledge.questions.is_empty() || knowledge.vectors.len() != knowledge.questions.len() {
            return Err(Error::NoExamples);
        }
        let questions: Vec<Question> = knowledge
            .questions
            .par_iter()
            .map(|(entry, text)| Question { entry: *entry, bag: bag(text, segmenter) })
            .collect();
        let vectors = unpacked(knowledge.vectors);
        let answers = (knowledge.answers.to_vec(), unpacked(knowledge.answer_vectors));
        let mut order: Vec<usize> = (0..questions.len()).collect();
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
        order.sort_by_key(|at| questions[*at].entry);
        let mut fold = vec![0; questions.len()];
        order.iter().enumerate().for_each(|(nth, at)| fold[*at] = nth % FOLDS);
        let mut seen: Vec<Vec<Candidate>> = vec![Vec::new(); questions.len()];
        for part in 0..FOLDS {
            progress.at(part as u64, FOLDS as u64 + 1);
            if progress.stopped() {
                return Err(Error::Stopped);
            }
            let (held, kept): (Vec<usize>, Vec<usize>) = (0..questions.len()).partition(|at| fold[*at] == part);
            let known: Vec<&Question> = kept.iter().map(|at| &questions[*at]).collect();
            let index = Index::of(&known, Index::rows(&vectors, &kept), answers.clone(), knowledge.entries);
            let bags: Vec<&Bag> = held.iter().map(|at| &questions[*at].bag).collect();
            let found = index.candidates_all(&Index::rows(&vectors, &held), &bags);
            for (at, mut found) in held.into_iter().zip(found) {
                found.iter_mut().for_each(|candidate| candidate.question = kept[candidate.question]);
                seen[at] = found;
            }
        }
        let cases: Vec<Case> = (0..questions.len()).map(|at| hard(&seen[at], questions[at].entry)).collect();
        let of = |parts: &dyn Fn(usize) -> bool| -> Vec<&Case> {
            (0..cases.len()).filter(|at| parts(fold[*at])).map(|at| &cases[at]).collect()
        };
        let by_part: Vec<Evidence> = (0..FOLDS).map(|part| weigh::learn(&of(&|fold| fold != part))).collect();
        let weights = weigh::learn(&of(&|_| true));
        let tops: Vec<(Top, Option<Top>)> = (0..questions.len())
            .into_par_iter()
            .map(|at| {
                let weights = &by_part[fold[at]];
                let struck: Vec<Candidate> =
                    seen[at].iter().copied().filter(|one| one.entry != questions[at].entry).collect();
                (top(&seen[at], weights, questions[at].entry), Some(top(&struck, weights, questions[at].entry)))
            })
            .collect();
        let samples = |part: Option<usize>| -> Vec<(weigh::Look, bool, f32)> {
            (0..questions.len())
                .filter(|at| Some(fold[*at]) != part)
                .flat_map(|at| {
                    let (own, struck) = &tops[at];
                    let struck = struck.iter().filter_map(|top| Some((top.look?, false, STRUCK)));
                    own.look.map(|look| (look, own.place == 1, 1.0)).into_iter().chain(struck).collect::<Vec<_>>()
                })
                .collect()
        };
        let trusts: Vec<Trust> = (0..FOLDS).map(|part| Trust::learn(&samples(Some(part)))).collect();
        let mut held_out = HeldOut::default();
        for (at, (own, struck)) in tops.iter().enumerate() {
            let sure = |top: &Top| top.look.map_or(0.0, |look| trusts[fold[at]].probability(&look));
            held_out.ranks.push((own.place, own.first, sure(own)));
            held_out.struck.extend(struck.iter().map(sure));
            let alone = |kind: usize| place(&seen[at], questions[at].entry, |evidence| evidence[kind]);
            held_out.by_meaning.push(alone(0));
            held_out.by_words.push(alone(2));
        }
        progress.at(FOLDS as u64 + 1, FOLDS as u64 + 1);
        let all: Vec<&Question> = questions.iter().collect();
        let index = Index::of(&all, vectors, answers, knowledge.entries);
        Ok((Self { index, weights, trust: Trust::learn(&samples(None)) }, held_out))
    }

    /// Ranks the entries for a text, at most `most`.
    pub fn ask(&self, text: &str, vector: &[f32], most: usize, segmenter: &Segmenter) -> Reply {
        let candidates = self.index.candidates(ArrayView1::from(vector), &bag(text, segmenter));
        let look = top(&candidates, &self.weights, usize::MAX).look;
        let mut ranked: Vec<Ranked> = candidates
            .iter()
            .map(|one| Ranked {
                entry: one.entry,
                score: weigh::score(&self.weights, &one.evidence),
                question: one.question,
                cosine: one.evidence[0],
            })
            .collect();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry)));
        ranked.truncate(most);
        Reply { ranked, probability: look.map_or(0.0, |look| self.trust.probability(&look)) }
    }

    /// Returns what each kind of evidence is worth.
    pub fn weights(&self) -> Evidence {
        self.weights
    }
}

/// The best of some candidates.
struct Top {
    /// The place of the own entry, from 1; 0 when it has no other question.
    place: usize,
    first: usize,
    look: Option<weigh::Look>,
}

fn top(candidates: &[Candidate], weights: &Evidence, own: usize) -> Top {
    let of = |one: &Candidate| weigh::score(weights, &one.evidence);
    let mut best: Option<(f32, &Candidate)> = None;
    let mut second: Option<f32> = None;
    for one in candidates {
        let score = of(one);
        match best {
            Some((most, _)) if score <= most => second = Some(second.map_or(score, |s| s.max(score))),
            _ => {
                second = best.map(|(most, _)| most).or(second);
                best = Some((score, one));
            }
        }
    }
    Top {
        place: place(candidates, own, |evidence| weigh::score(weights, evidence)),
        first: best.map_or(usize::MAX, |(_, one)| one.entry),
        look: best.map(|(score, one)| look(score, second, &one.evidence)),
    }
}

/// Returns the place of an entry from 1, those of equal score and lower number before it; 0 when it is absent.
fn place(candidates: &[Candidate], own: usize, score: impl Fn(&Evidence) -> f32) -> usize {
    let Some(mine) = candidates.iter().find(|one| one.entry == own).map(|one| score(&one.evidence)) else { return 0 };
    let before = |one: &&Candidate| {
        let other = score(&one.evidence);
        other > mine || other == mine && one.entry < own
    };
    1 + candidates.iter().filter(before).count()
}

/// Returns a case of the right entry and the hardest others.
fn hard(candidates: &[Candidate], own: usize) -> Case {
    let mut others: Vec<&Candidate> = candidates.iter().filter(|one| one.entry != own).collect();
    let plain = |one: &Candidate| weigh::score(&PLAIN, &one.evidence);
    others.sort_by(|a, b| plain(b).total_cmp(&plain(a)).then(a.entry.cmp(&b.entry)));
    let right = candidates.iter().find(|one| one.entry == own);
    let all = right.into_iter().chain(others.into_iter().take(HARD)).map(|one| one.evidence);
    Case { candidates: all.collect(), right: right.map(|_| 0) }
}

/// Returns vectors as rows of length 1; nothing stays nothing.
fn unpacked(vectors: &Vectors) -> Array2<f32> {
    let mut rows = Array2::zeros((vectors.len(), vectors.width()));
    for (at, mut row) in rows.rows_mut().into_iter().enumerate() {
        let numbers = vectors.unpacked(at);
        let length = numbers.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
        row.iter_mut().zip(numbers).for_each(|(out, x)| *out = x / length);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::encoder::sentence::{DIMENSIONS, Encoder};
    use crate::progress::Quiet;

    const QUESTIONS: [(usize, &str); 15] = [
        (0, "怎么申请退款"),
        (0, "我想退钱"),
        (0, "退款多久到账"),
        (0, "钱什么时候退回来"),
        (0, "how do I get my money back"),
        (1, "快递到哪里了"),
        (1, "我的包裹什么时候到"),
        (1, "查一下物流"),
        (1, "快递怎么还没送到"),
        (1, "where is my parcel"),
        (2, "怎么修改密码"),
        (2, "忘记密码了"),
        (2, "密码登录不上"),
        (2, "重置登录密码"),
        (2, "I forgot my password"),
    ];
    const ANSWERS: [&str; 3] = ["退款三天内原路退回", "在订单页看物流进度", "在登录页点忘记密码重新设置"];

    fn encoded(texts: &[&str]) -> Vectors {
        Encoder::built_in().encode_packed(texts, &Quiet).unwrap()
    }

    fn learned() -> (Ranker, HeldOut) {
        let texts: Vec<&str> = QUESTIONS.iter().map(|(_, text)| *text).collect();
        let (vectors, answer_vectors) = (encoded(&texts), encoded(&ANSWERS));
        let knowledge = Knowledge {
            entries: 3,
            questions: &QUESTIONS,
            vectors: &vectors,
            answers: &[0, 1, 2],
            answer_vectors: &answer_vectors,
        };
        Ranker::learn(&knowledge, Segmenter::general(), 1, &Quiet).unwrap()
    }

    fn asked(ranker: &Ranker, text: &str) -> Reply {
        ranker.ask(text, &encoded(&[text]).unpacked(0), 2, Segmenter::general())
    }

    #[test]
    fn a_question_finds_its_entry_says_by_what_and_a_strange_one_is_refused() {
        let (ranker, held_out) = learned();
        for (text, entry) in [("退款到账要几天", 0), ("包裹送到哪儿了", 1), ("password reset please", 2)]
        {
            let reply = asked(&ranker, text);
            assert_eq!((reply.ranked[0].entry, reply.ranked.len()), (entry, 2), "{text}");
            assert_eq!(QUESTIONS[reply.ranked[0].question].0, entry, "the matched question is the entry's own");
        }
        let (known, strange) = (asked(&ranker, "怎么退款"), asked(&ranker, "今天股市涨了吗"));
        assert!(known.probability > strange.probability + 0.3, "{known:?} {strange:?}");
        assert!(strange.probability < REFUSED, "{strange:?}");
        assert_eq!(held_out.ranks.len(), QUESTIONS.len());
        assert!(HeldOut::recall(held_out.places(), 1) >= 0.8, "{held_out:?}");
        assert!(HeldOut::recall(held_out.places(), 2) >= HeldOut::recall(held_out.places(), 1));
        assert!(HeldOut::reciprocal(held_out.places()) >= HeldOut::recall(held_out.places(), 1));
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let (ranker, held_out) = learned();
                (ranker.weights(), held_out, asked(&ranker, "怎么退款"))
            })
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn nothing_known_is_said() {
        let none = Vectors::new(DIMENSIONS);
        let knowledge = Knowledge { entries: 0, questions: &[], vectors: &none, answers: &[], answer_vectors: &none };
        let learned = Ranker::learn(&knowledge, Segmenter::general(), 1, &Quiet);
        assert_eq!(learned.map(|_| ()).unwrap_err(), Error::NoExamples);
    }

    #[test]
    fn places_count_from_one_and_absence_is_nought() {
        let one = |entry, x| Candidate { entry, evidence: [x, 0.0, 0.0, 0.0, 0.0, 0.0], question: 0 };
        let all = [one(0, 0.5), one(1, 0.9), one(2, 0.5)];
        let of = |own| place(&all, own, |evidence| evidence[0]);
        assert_eq!((of(1), of(0), of(2), of(7)), (1, 2, 3, 0));
        assert_eq!(HeldOut::recall([1, 2, 0].into_iter(), 1), 1.0 / 3.0);
        assert_eq!(HeldOut::reciprocal([1, 2, 0].into_iter()), 0.5);
    }
}
