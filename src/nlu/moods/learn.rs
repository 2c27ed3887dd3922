//! Learning moods from labelled texts: held-out scores, and how much of the say what was learned gets.

use rayon::prelude::*;

use crate::domain::label::Word;
use crate::domain::mood::{Mood, MoodReport, MoodScore, RISKS, RiskScore, Traps};
use crate::domain::prediction::Emotion;
use crate::nlu::calibration::{Calibration, Case, Evidence, best};
use crate::nlu::emotion::emotion;
use crate::nlu::error::Error;
use crate::nlu::features::{self, Counted, Counts, Reader, Vocabulary, Weighing};
use crate::nlu::linear::{self, Block, Lesson, Texts};
use crate::nlu::moods::sense::{SIGNS, Sense, coverage, likely_moods, mixed, signs, tone};
use crate::nlu::moods::traps::{Trap, held, traps};
use crate::nlu::weights::Weights;
use crate::progress::Progress;
use crate::text::vector::Rows;

/// A labelled text.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    pub text: &'a str,
    pub mood: Mood,
    pub risks: &'a [String],
}

/// Labelled texts it takes at least; fewer are learned by heart and mislead.
pub const FEWEST: usize = 30;
/// Texts of a mood, or with a risk, it takes at least.
pub const FEWEST_OF_ONE: usize = 5;

/// Steps in which the share of what was learned is tried.
const SHARES: usize = 10;
/// What a larger share must gain in macro-F1; less is chance.
const GAIN: f64 = 0.005;

/// Learns moods; `None` where too little is labelled. `folds` numbers the part each text is held out with.
pub fn learn(
    all: &[Heard],
    folds: &[u8],
    seed: u64,
    words: &[Word],
    progress: &dyn Progress,
) -> Result<Option<(Sense, MoodReport)>, Error> {
    if folds.len() != all.len() {
        return Err(Error::Folds { folds: folds.len(), examples: all.len() });
    }
    let often = |mood: Mood| all.iter().filter(|one| one.mood == mood).count() >= FEWEST_OF_ONE;
    let moods: Vec<Mood> = Mood::ALL.iter().copied().filter(|mood| often(*mood)).collect();
    let (heard, folds): (Vec<Heard>, Vec<u8>) =
        all.iter().zip(folds).filter(|(one, _)| moods.contains(&one.mood)).unzip();
    if heard.len() < FEWEST || moods.len() < 2 {
        return Ok(None);
    }
    let texts: Vec<&str> = heard.iter().map(|one| one.text).collect();
    let reader = Reader::new(words);
    let (vocabulary, counts) = features::learn(&texts, &reader, progress)?;
    let lexicon: Vec<Emotion> = texts.par_iter().map(|text| emotion(text)).collect();
    let has = |one: &Heard, risk: &str| one.risks.iter().any(|own| own == risk);
    let lesson = Taught {
        signs: texts.iter().zip(&lexicon).map(|(text, own)| signs(text, own)).collect(),
        truth: heard.iter().map(|one| moods.iter().position(|mood| *mood == one.mood).map(|at| at as u16)).collect(),
        risks: RISKS
            .iter()
            .map(|risk| ((*risk).to_string(), heard.iter().map(|one| has(one, risk)).collect::<Vec<bool>>()))
            .filter(|(_, with)| {
                let with = with.iter().filter(|with| **with).count();
                with >= FEWEST_OF_ONE && heard.len() - with >= FEWEST_OF_ONE
            })
            .collect(),
        moods,
        vocabulary: &vocabulary,
        counts: &counts,
        seed,
    };
    let found = lesson.held_out(&folds, progress)?;
    let fit = lesson.fit(|_| true, progress)?;
    let Taught { truth, moods, risks, .. } = lesson;
    let cases: Vec<Case> = found
        .iter()
        .zip(&truth)
        .map(|(one, truth)| Case {
            evidence: Evidence { margins: best(&one.moods), closeness: 0.0 },
            truth: truth.expect("texts of other moods were left out"),
            struck_closeness: 0.0,
        })
        .collect();
    let calm = moods.iter().position(|mood| *mood == Mood::Calm).map(|class| class as u16);
    let calibration = Calibration::fit(&cases, calm);
    let classes = moods.len() + risks.len();
    let mut sense = Sense {
        reader: Reader::for_vocabulary(words, &vocabulary),
        weights: Weights::of(std::slice::from_ref(&fit.block), 0..vocabulary.len() + SIGNS, classes),
        bias: fit.block.bias[..classes].to_vec(),
        weighing: fit.weighing,
        moods,
        risks: Vec::new(),
        calibration,
        share: 0.0,
        vocabulary,
    };
    let shares: Vec<Vec<(Mood, f32)>> =
        found.iter().map(|one| likely_moods(&one.moods, &sense.moods, calibration)).collect();
    let heard_with = |share: f32| -> Vec<Mood> {
        let one = |at: usize| tone_and_mood(&lexicon[at], &shares[at], share * found[at].covered);
        (0..heard.len()).map(one).collect()
    };
    let gold: Vec<Mood> = heard.iter().map(|one| one.mood).collect();
    let tones: Vec<Mood> = gold.iter().map(|mood| mood.tone()).collect();
    let alone = macro_f1(&scores(&tones, &lexicon.iter().map(tone).collect::<Vec<_>>()));
    let traps = traps();
    let kept = held(&traps, emotion);
    let spares = |sense: &Sense| held(&traps, |text| sense.hear(text)).iter().zip(&kept).all(|(now, was)| now >= was);
    let mut chosen = (0.0, alone);
    for step in 1..=SHARES {
        sense.share = step as f32 / SHARES as f32;
        let found: Vec<Mood> = heard_with(sense.share).into_iter().map(Mood::tone).collect();
        let joined = macro_f1(&scores(&tones, &found));
        if joined > chosen.1 + GAIN && spares(&sense) {
            chosen = (sense.share, joined);
        }
    }
    let count = |sense: &Sense| held(&traps, |text| sense.hear(text)).into_iter().filter(|held| *held).count();
    sense.share = 1.0;
    let learned = count(&sense);
    sense.share = chosen.0;
    let risks = choose_risks(&mut sense, risks, &lexicon, &found, &traps);
    let report = MoodReport {
        labels: heard.len(),
        left_out: all.len() - heard.len(),
        share: chosen.0,
        lexicon: alone,
        joined: chosen.1,
        moods: scores(&gold, &heard_with(chosen.0)),
        risks,
        traps: Traps {
            all: traps.len(),
            lexicon: kept.into_iter().filter(|held| *held).count(),
            joined: count(&sense),
            learned,
        },
    };
    Ok(Some((sense, report)))
}

/// What is learned from.
struct Taught<'a> {
    vocabulary: &'a Vocabulary,
    counts: &'a Counts,
    signs: Vec<Vec<(u32, f32)>>,
    moods: Vec<Mood>,
    /// The place of each text's mood.
    truth: Vec<Option<u16>>,
    /// Each risk labelled often enough, with the texts that have it.
    risks: Vec<(String, Vec<bool>)>,
    seed: u64,
}

/// What one fit gives.
struct Fit {
    weighing: Weighing,
    rows: Rows,
    /// A lane a mood, then a lane a risk.
    block: Block,
}

/// What others teach of one text.
#[derive(Debug, Clone, Default)]
struct Found {
    moods: Vec<f32>,
    risks: Vec<f32>,
    /// How much of it is known.
    covered: f32,
}

impl Taught<'_> {
    /// Learns from the texts that are kept.
    fn fit(&self, kept: impl Fn(usize) -> bool, progress: &dyn Progress) -> Result<Fit, Error> {
        let weighing = Weighing::learn(self.vocabulary, self.counts, &kept);
        let terms = weighing.rows(self.vocabulary, self.counts);
        let first = self.vocabulary.len();
        let mut rows = Rows::new(first + SIGNS);
        for (at, signs) in self.signs.iter().enumerate() {
            let (columns, values) = terms.row(at);
            let signs = signs.iter().map(|(column, value)| (first as u32 + column, *value));
            rows.push(columns.iter().copied().zip(values.iter().copied()).chain(signs));
        }
        let learn = |classes: &[Option<u16>], count: usize| -> Result<Block, Error> {
            let texts = Texts { rows: &rows, dense: None };
            let lesson = Lesson { texts, classes, count, lanes: None, c: 1.0, worth: None, seed: self.seed };
            let blocks = linear::learn(&lesson, None, progress).ok_or(Error::Stopped)?;
            Ok(blocks.into_iter().next().expect("so few classes lie in one block").0)
        };
        let truth: Vec<Option<u16>> =
            self.truth.iter().enumerate().map(|(at, truth)| truth.filter(|_| kept(at))).collect();
        let mut block = learn(&truth, self.moods.len())?;
        for (nth, (_, with)) in self.risks.iter().enumerate() {
            let classes: Vec<Option<u16>> =
                with.iter().enumerate().map(|(at, with)| kept(at).then_some(u16::from(*with))).collect();
            let own = learn(&classes, 2)?;
            let lane = self.moods.len() + nth;
            block.bias[lane] = own.bias[1];
            block.weights.iter_mut().zip(&own.weights).for_each(|(all, own)| all[lane] = own[1]);
        }
        Ok(Fit { weighing, rows, block })
    }

    /// Returns of each text what the texts of other folds teach.
    fn held_out(&self, folds: &[u8], progress: &dyn Progress) -> Result<Vec<Found>, Error> {
        let mut parts = folds.to_vec();
        parts.sort_unstable();
        parts.dedup();
        let mut found = vec![Found::default(); folds.len()];
        for (done, part) in parts.iter().enumerate() {
            progress.at(done as u64, parts.len() as u64 + 1);
            let fit = self.fit(|at| folds[at] != *part, progress)?;
            for at in (0..folds.len()).filter(|at| folds[*at] == *part) {
                let margins = fit.block.margins(&Texts { rows: &fit.rows, dense: None }, at);
                let (moods, rest) = margins.split_at(self.moods.len());
                let (columns, counts) = self.counts.rows.row(at);
                let row = columns.iter().copied().zip(counts.iter().copied()).collect();
                let terms = counts.iter().sum::<f32>() as usize;
                let counted = Counted { row, unknown: [0.0; 4], han: self.counts.han[at] };
                found[at] = Found {
                    moods: moods.to_vec(),
                    risks: rest[..self.risks.len()].to_vec(),
                    covered: coverage(&counted, &fit.weighing, terms),
                };
            }
        }
        Ok(found)
    }
}

fn tone_and_mood(lexicon: &Emotion, learned: &[(Mood, f32)], share: f32) -> Mood {
    mixed(lexicon, learned, share).mood.expect("what is mixed has a mood")
}

/// Keeps the learned risks that find more than the lexicon alone and see none where a text only misleads.
///
/// What the lexicon finds is never taken back: a threat missed is worse than one too many.
fn choose_risks(
    sense: &mut Sense,
    labelled: Vec<(String, Vec<bool>)>,
    lexicon: &[Emotion],
    found: &[Found],
    traps: &[Trap],
) -> Vec<RiskScore> {
    sense.risks = labelled.iter().map(|(risk, _)| risk.clone()).collect();
    let calm: Vec<Vec<String>> = traps
        .iter()
        .filter(|trap| trap.tone == Mood::Calm)
        .map(|trap| sense.learned(trap.text, &emotion(trap.text)).2)
        .collect();
    let mut rows = Vec::new();
    let mut used = Vec::new();
    for (nth, (risk, truth)) in labelled.into_iter().enumerate() {
        let own: Vec<bool> = lexicon.iter().map(|own| own.risks.contains(&risk)).collect();
        let both: Vec<bool> = own.iter().zip(found).map(|(own, found)| *own || found.risks[nth] > 0.0).collect();
        let (alone, joined) = (f1(&truth, &own), f1(&truth, &both));
        let good = joined > alone + GAIN && !calm.iter().any(|risks| risks.contains(&risk));
        let support = truth.iter().filter(|with| **with).count();
        used.push(good);
        rows.push(RiskScore { risk, support, lexicon: alone, joined: if good { joined } else { alone }, used: good });
    }
    sense.keep_risks(&used);
    rows
}

fn f1(truth: &[bool], found: &[bool]) -> f64 {
    let count = |what: fn(bool, bool) -> bool| truth.iter().zip(found).filter(|(t, f)| what(**t, **f)).count() as f64;
    let (right, missed, extra) = (count(|t, f| t && f), count(|t, f| t && !f), count(|t, f| !t && f));
    if right == 0.0 { 0.0 } else { 2.0 * right / (2.0 * right + missed + extra) }
}

/// Returns a row for each mood that truly occurs.
fn scores(gold: &[Mood], found: &[Mood]) -> Vec<MoodScore> {
    let of = |mood: Mood| {
        let count = |what: &dyn Fn(Mood, Mood) -> bool| gold.iter().zip(found).filter(|(g, f)| what(**g, **f)).count();
        let support = count(&|gold, _| gold == mood);
        let right = count(&|gold, found| gold == mood && found == mood) as f64;
        let share = |whole: usize| if whole > 0 { right / whole as f64 } else { 0.0 };
        let (precision, recall) = (share(count(&|_, found| found == mood)), share(support));
        let f1 = if right > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        MoodScore { mood, support, precision, recall, f1 }
    };
    Mood::ALL.iter().map(|mood| of(*mood)).filter(|row| row.support > 0).collect()
}

fn macro_f1(rows: &[MoodScore]) -> f64 {
    rows.iter().map(|row| row.f1).sum::<f64>() / rows.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    /// Ways of sounding that no word of the lexicon tells.
    pub(crate) fn labelled() -> Vec<(String, Mood, Vec<String>)> {
        let things = ["账单", "转账", "贷款", "信用卡", "还款", "额度", "积分", "开户"];
        let ways: [(&str, Mood, &[&str]); 6] = [
            ("{}又是老样子，每回都这样，无语", Mood::Disappointed, &[]),
            ("{}搞成这个鬼样子，你们会不会做事", Mood::Angry, &[]),
            ("{}赶时间，十分钟后就要用", Mood::Urgent, &[]),
            ("请问{}在哪里查看", Mood::Calm, &[]),
            ("{}的流程说明一下", Mood::Calm, &[]),
            ("{}再这样我去隔壁办了", Mood::Angry, &["leaving"]),
        ];
        let all = things.iter().flat_map(|thing| ways.iter().map(move |way| (thing, way)));
        all.map(|(thing, (text, mood, risks))| {
            (text.replace("{}", thing), *mood, risks.iter().map(|risk| (*risk).to_string()).collect())
        })
        .collect()
    }

    fn learned(labelled: &[(String, Mood, Vec<String>)]) -> Option<(Sense, MoodReport)> {
        let heard: Vec<Heard> = labelled.iter().map(|(text, mood, risks)| Heard { text, mood: *mood, risks }).collect();
        let folds: Vec<u8> = (0..heard.len()).map(|at| (at / 6 % 4) as u8).collect();
        learn(&heard, &folds, 1, &[], &Quiet).unwrap()
    }

    #[test]
    fn what_the_lexicon_cannot_tell_is_learned_and_no_trap_is_sprung() {
        let (sense, report) = learned(&labelled()).expect("enough");
        assert!(report.share > 0.0 && report.joined > report.lexicon + 0.2, "{report:?}");
        assert!(report.traps.joined >= report.traps.lexicon, "{report:?}");
        assert_eq!((report.labels, report.left_out), (48, 0));
        let hears = |text: &str| sense.hear(text).mood;
        assert_eq!(hears("理财又是老样子，无语"), Some(Mood::Disappointed));
        assert_eq!(hears("请问理财在哪里查看"), Some(Mood::Calm));
        assert_eq!(hears("凭什么扣我钱").map(Mood::tone), Some(Mood::Angry), "the lexicon has its say");
    }

    #[test]
    fn a_risk_the_lexicon_misses_is_learned_and_one_it_finds_stays() {
        let (sense, report) = learned(&labelled()).expect("enough");
        let leaving = report.risks.iter().find(|row| row.risk == "leaving").expect("eight texts have it");
        assert!(leaving.used && leaving.joined > leaving.lexicon, "{report:?}");
        assert!(sense.hear("理财再这样我去隔壁办了").risks.contains(&"leaving".to_string()));
        assert!(sense.hear("我要打12378").risks.contains(&"regulator".to_string()));
    }

    #[test]
    fn labels_that_contradict_the_traps_get_no_say() {
        // A trainer who calls every denial angry would spring most traps.
        let texts = ["不急{}", "我不投诉{}", "一点也不生气{}", "怎么投诉物流{}", "法院冻结了账户怎么办{}"];
        let angry = (0..8).flat_map(|n| texts.map(|text| (text.replace("{}", &"啊".repeat(n)), Mood::Angry, vec![])));
        let calm = ["气死我了{}", "你们太差了{}", "凭什么扣我钱{}"];
        let calm = (0..8).flat_map(|n| calm.map(|text| (text.replace("{}", &"啊".repeat(n)), Mood::Calm, vec![])));
        let (sense, report) = learned(&angry.chain(calm).collect::<Vec<_>>()).expect("enough");
        assert!(report.traps.learned < report.traps.lexicon, "{report:?}");
        assert!(report.traps.joined >= report.traps.lexicon, "{report:?}");
        assert_eq!(tone(&sense.hear("不急")), Mood::Calm);
    }

    #[test]
    fn too_few_labels_teach_nothing() {
        assert!(learned(&labelled()[..20]).is_none());
        let one: Vec<_> = labelled().into_iter().filter(|(_, mood, _)| *mood == Mood::Calm).collect();
        assert!(learned(&one).is_none());
    }

    #[test]
    fn one_thread_and_two_learn_the_same_bytes() {
        let bytes = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| learned(&labelled()).expect("enough").0.to_bytes())
        };
        assert_eq!(bytes(1), bytes(2));
    }
}
