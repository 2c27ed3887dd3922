//! The knowledge asked: which standard question a text means, by which similar question, and what holds as its answer.
//!
//! Called by `cli`, `jobs` and the evaluate screen. The ranker is learned from the project as it stands and kept
//! nowhere: learning takes about a second a thousand questions.

use std::sync::Arc;

use crate::dialogue::turn::heard::IntentKnowledge;
use crate::domain::ids::{IntentId, UtteranceId};
use crate::nlu::answers::rank::{HeldOut, Knowledge, REFUSED, Ranker};
use crate::nlu::encoder::sentence::Encoder;
use crate::progress::{Progress, Quiet};
use crate::text::segment::Segmenter;
use crate::workbench::error::{Error, Result};
use crate::workbench::learn::learned;
use crate::workbench::project::Project;

/// The knowledge ready to be asked.
pub struct Answers {
    encoder: Encoder,
    ranker: Ranker,
    segmenter: Arc<Segmenter>,
    entries: Vec<Entry>,
    /// Each question with its entry.
    questions: Vec<(usize, String)>,
}

/// One standard question with its answers.
struct Entry {
    intent: IntentId,
    name: String,
    knowledge: IntentKnowledge,
}

/// One entry for a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub intent: IntentId,
    pub name: String,
    /// The standard question; empty when there is none.
    pub question: String,
    /// The question of the entry that is nearest.
    pub matched: String,
    pub score: f32,
    /// How near the matched question's meaning is, −1 to 1.
    pub cosine: f32,
}

/// What the knowledge says to a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The best first.
    pub found: Vec<Found>,
    /// How likely the first is right, 0 to 1.
    pub probability: f32,
    pub answer: Answered,
}

/// The answer to a text, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Text(String),
    /// The knowledge does not hold it.
    Unknown,
    /// The entry is known, but none of its answers holds today.
    Expired,
    /// The entry has no answer at all.
    Unwritten,
}

/// How well held-out questions find their entries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerScores {
    pub questions: usize,
    pub entries: usize,
    /// Share of questions whose entry comes first, and among the first five, and the mean of one over its place.
    pub learned: [f64; 3],
    /// The same by the encoder alone and by BM25 alone.
    pub by_meaning: [f64; 3],
    pub by_words: [f64; 3],
    /// Share of questions answered (not refused), and of the answered those with a wrong entry.
    pub answered: f64,
    pub wrong: f64,
    /// Share of questions refused when their own entry is struck out, as they should be.
    pub refused: f64,
    /// Questions that found another entry: text, own name, found name, how likely; the surest first.
    pub mistakes: Vec<Mistake>,
}

/// A held-out question that found another entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    pub text: String,
    pub own: String,
    pub found: String,
    /// The place of the own entry, from 1; 0 when it has no other question.
    pub place: usize,
    pub probability: f32,
}

/// The most mistakes that are listed.
const MISTAKES: usize = 200;

/// Learns from the project's standard and similar questions.
pub fn learn(project: &mut Project, seed: u64, progress: &dyn Progress) -> Result<(Answers, AnswerScores)> {
    let examples = learned(project)?;
    let intents = project.store.intents()?;
    let mut ids: Vec<Option<UtteranceId>> = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut questions: Vec<(usize, String)> = Vec::new();
    let mut answers: Vec<(usize, String)> = Vec::new();
    for intent in intents {
        let place = entries.len();
        let before = questions.len();
        if !intent.question.trim().is_empty() {
            questions.push((place, intent.question.clone()));
            ids.push(None);
        }
        for (at, _) in examples.intents.iter().enumerate().filter(|(_, own)| **own == Some(intent.id)) {
            questions.push((place, examples.texts[at].clone()));
            ids.push(Some(examples.ids[at]));
        }
        if questions.len() == before {
            continue;
        }
        answers.extend(intent.answers.iter().map(|answer| (place, answer.text.clone())));
        let knowledge = IntentKnowledge::of(&intent.question, intent.answers);
        entries.push(Entry { intent: intent.id, name: intent.name, knowledge });
    }
    if entries.len() < 2 {
        return Err(Error::TooFewExamples { examples: questions.len(), intents: entries.len() });
    }
    // Vectors of utterances are kept; those of standard questions and answers are few.
    let known: Vec<UtteranceId> = ids.iter().flatten().copied().collect();
    let kept = project.vectors(&known, progress)?;
    let fresh: Vec<&str> =
        questions.iter().zip(&ids).filter(|(_, id)| id.is_none()).map(|((_, text), _)| text.as_str()).collect();
    let encoder = project.encoder()?;
    let encode = |texts: &[&str]| encoder.encode_packed(texts, &Quiet).ok_or(Error::Stopped);
    let made = encode(&fresh)?;
    let mut vectors = crate::domain::vector::Vectors::new(made.width());
    let (mut next_kept, mut next_made) = (0, 0);
    for id in &ids {
        let (from, next) = if id.is_some() { (&kept, &mut next_kept) } else { (&made, &mut next_made) };
        vectors.take(from, [*next]);
        *next += 1;
    }
    let told: Vec<&str> = answers.iter().map(|(_, text)| text.as_str()).collect();
    let answer_vectors = encode(&told)?;
    let owners: Vec<usize> = answers.iter().map(|(entry, _)| *entry).collect();
    let segmenter = project.segmenter()?;
    let plain: Vec<(usize, &str)> = questions.iter().map(|(entry, text)| (*entry, text.as_str())).collect();
    let knowledge = Knowledge {
        entries: entries.len(),
        questions: &plain,
        vectors: &vectors,
        answers: &owners,
        answer_vectors: &answer_vectors,
    };
    let (ranker, held_out) = Ranker::learn(&knowledge, &segmenter, seed, progress)?;
    let scores = scores(&held_out, &entries, &questions, &ids);
    Ok((Answers { encoder, ranker, segmenter, entries, questions }, scores))
}

impl Answers {
    /// Answers a text on a day (`YYYY-MM-DD`, empty when it does not matter) for a channel.
    pub fn ask(&self, text: &str, most: usize, day: &str, channel: &str) -> Told {
        let vector = self.encoder.encode_packed(&[text], &Quiet).expect("nobody stops it").unpacked(0);
        let reply = self.ranker.ask(text, &vector, most.max(1), &self.segmenter);
        let found: Vec<Found> = reply
            .ranked
            .iter()
            .map(|one| {
                let entry = &self.entries[one.entry];
                Found {
                    intent: entry.intent,
                    name: entry.name.clone(),
                    question: entry.knowledge.question.clone(),
                    matched: self.questions[one.question].1.clone(),
                    score: one.score,
                    cosine: one.cosine,
                }
            })
            .collect();
        let answer = match reply.ranked.first() {
            Some(best) if reply.probability >= REFUSED => {
                let knowledge = &self.entries[best.entry].knowledge;
                match knowledge.valid(day, channel).first() {
                    Some(answer) => Answered::Text(answer.text.clone()),
                    None if knowledge.answers.is_empty() => Answered::Unwritten,
                    None => Answered::Expired,
                }
            }
            _ => Answered::Unknown,
        };
        Told { found, probability: reply.probability, answer }
    }
}

/// Scores the similar questions; standard questions teach, but nobody asks in their words.
fn scores(
    held_out: &HeldOut,
    entries: &[Entry],
    questions: &[(usize, String)],
    ids: &[Option<UtteranceId>],
) -> AnswerScores {
    let asked: Vec<usize> = (0..questions.len()).filter(|at| ids[*at].is_some()).collect();
    let three = |place: &dyn Fn(usize) -> usize| {
        let places = || asked.iter().map(|at| place(*at));
        [HeldOut::recall(places(), 1), HeldOut::recall(places(), 5), HeldOut::reciprocal(places())]
    };
    let answered: Vec<usize> = asked.iter().copied().filter(|at| held_out.ranks[*at].2 >= REFUSED).collect();
    let wrong = answered.iter().filter(|at| held_out.ranks[**at].0 != 1).count();
    let refused = asked.iter().filter(|at| held_out.struck[**at] < REFUSED).count();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let name = |entry: usize| entries.get(entry).map(|entry| entry.name.clone()).unwrap_or_default();
    let mut mistakes: Vec<Mistake> = asked
        .iter()
        .filter(|at| held_out.ranks[**at].0 != 1)
        .map(|at| {
            let (place, first, probability) = held_out.ranks[*at];
            let (own, text) = &questions[*at];
            Mistake { text: text.clone(), own: name(*own), found: name(first), place, probability }
        })
        .collect();
    mistakes.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.text.cmp(&b.text)));
    mistakes.truncate(MISTAKES);
    AnswerScores {
        questions: asked.len(),
        entries: entries.len(),
        learned: three(&|at| held_out.ranks[at].0),
        by_meaning: three(&|at| held_out.by_meaning[at]),
        by_words: three(&|at| held_out.by_words[at]),
        answered: share(answered.len(), asked.len()),
        wrong: share(wrong, answered.len()),
        refused: share(refused, asked.len()),
        mistakes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::label::{Answer, LabelSource};
    use crate::workbench::label::label_texts;

    fn project() -> Project {
        let mut project = Project::in_memory("li").unwrap();
        let rows = [
            ("退款", ["怎么申请退款", "我想退钱", "退款多久到账", "钱什么时候退回来", "不想要了能退吗"]),
            ("快递", ["快递到哪里了", "我的包裹什么时候到", "查一下物流", "快递怎么还没送到", "东西送到哪了"]),
            ("密码", ["怎么修改密码", "忘记密码了", "密码登录不上", "重置登录密码", "密码错了怎么办"]),
        ];
        let rows: Vec<(String, String)> =
            rows.iter().flat_map(|(name, texts)| texts.map(|text| (text.to_string(), name.to_string()))).collect();
        label_texts(&mut project, &rows, LabelSource::Import, "").unwrap();
        let intents = project.store.intents().unwrap();
        let deed = crate::store::history::Deed {
            op: "answers",
            actor: "li",
            at: 1,
            act: crate::domain::event::Act::EditIntent,
            subject: "",
        };
        project
            .store
            .act(&deed, |recorder| {
                for mut intent in intents {
                    let answer = |text: &str, until: Option<&str>| Answer {
                        text: text.to_string(),
                        until: until.map(str::to_string),
                        ..Answer::default()
                    };
                    intent.answers = match intent.name.as_str() {
                        "退款" => vec![answer("三天内原路退回", Some("2026-06-30")), answer("五天内原路退回", None)],
                        "快递" => vec![answer("春节停运", Some("2026-02-20"))],
                        _ => vec![],
                    };
                    recorder.put_intent(&intent)?;
                }
                Ok(())
            })
            .unwrap();
        project
    }

    #[test]
    fn the_knowledge_answers_says_why_and_respects_its_dates() {
        let (answers, scores) = learn(&mut project(), 1, &Quiet).unwrap();
        let told = answers.ask("怎么退款啊", 3, "2026-03-01", "");
        assert_eq!(
            (told.found[0].name.as_str(), &told.answer),
            ("退款", &Answered::Text("三天内原路退回".into())),
            "{told:?}"
        );
        assert!(told.found[0].matched.contains('退') && told.found.len() == 3);
        assert_eq!(answers.ask("怎么退款啊", 1, "2026-07-01", "").answer, Answered::Text("五天内原路退回".into()));
        let parcel = answers.ask("快递到哪里了呀", 1, "2026-03-01", "");
        assert_eq!((parcel.found[0].name.as_str(), parcel.answer), ("快递", Answered::Expired));
        assert_eq!(answers.ask("忘记密码了呢", 1, "", "").answer, Answered::Unwritten);
        assert_eq!(answers.ask("黄金今天多少钱一克", 1, "", "").answer, Answered::Unknown);
        assert_eq!((scores.questions, scores.entries), (15, 3));
        assert!(
            scores.learned[0] > 0.6 && scores.learned[1] == 1.0 && scores.learned[2] >= scores.learned[0],
            "{scores:?}"
        );
    }

    #[test]
    fn too_little_is_said() {
        let mut project = Project::in_memory("li").unwrap();
        assert!(matches!(learn(&mut project, 1, &Quiet).map(|_| ()), Err(Error::TooFewExamples { .. })));
    }
}
