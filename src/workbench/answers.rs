//! The knowledge asked: which standard question a text means, by which similar question, and what holds as its answer.
//!
//! Called by `cli`, `jobs` and the evaluate screen. What ranks the knowledge is learned with the model and kept beside its
//! run (`train`); where none is kept or the knowledge is another by now, it is learned on the spot and not kept.

mod fared;

use std::collections::HashMap;

use xxhash_rust::xxh3::Xxh3;

use crate::bot::knowing::Knowing;
use crate::dialogue::turn::heard::IntentKnowledge;
use crate::domain::answers::{AnswerScores, Mistake};
use crate::domain::ids::{IntentId, RunId, UtteranceId};
use crate::domain::report::Report;
use crate::domain::vector::Vectors;
use crate::nlu::answers::lexical::Cut;
use crate::nlu::answers::rank::{HeldOut, Knowledge, REFUSED, Ranker};
use crate::nlu::encoder::sentence::Encoder;
use crate::progress::{Progress, Quiet};
use crate::workbench::error::{Error, Result};
use crate::workbench::learn::learned;
use crate::workbench::project::Project;

/// The knowledge ready to be asked.
pub struct Answers {
    encoder: Encoder,
    ranker: Ranker,
    gathered: Gathered,
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

/// Where a ranker comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The current training kept it, and the knowledge is still the same.
    Kept,
    /// Learned on the spot: there is no training, or it kept none.
    NotKept,
    /// Learned on the spot: questions, answers or labels are others since the training.
    Changed,
}

/// The most mistakes that are listed.
const MISTAKES: usize = 200;

/// What there is to learn from.
struct Gathered {
    entries: Vec<Entry>,
    /// Each question with its entry, and where it is kept; standard questions are no utterances.
    questions: Vec<(usize, String)>,
    ids: Vec<Option<UtteranceId>>,
    /// Each answer with its entry.
    answers: Vec<(usize, String)>,
    /// What is labelled out of scope.
    strange: Vec<(UtteranceId, String)>,
}

impl Gathered {
    /// Gathers the project's standard and similar questions; intents without any are left out.
    fn of(project: &Project) -> Result<Self> {
        let examples = learned(project)?;
        let mut own: HashMap<IntentId, Vec<usize>> = HashMap::new();
        let mut strange = Vec::new();
        for (at, intent) in examples.intents.iter().enumerate() {
            match intent {
                Some(intent) => own.entry(*intent).or_default().push(at),
                None => strange.push((examples.ids[at], examples.texts[at].clone())),
            }
        }
        let mut gathered =
            Self { entries: Vec::new(), questions: Vec::new(), ids: Vec::new(), answers: Vec::new(), strange };
        for intent in project.store.intents()? {
            let place = gathered.entries.len();
            let before = gathered.questions.len();
            if !intent.question.trim().is_empty() {
                gathered.questions.push((place, intent.question.clone()));
                gathered.ids.push(None);
            }
            for at in own.remove(&intent.id).unwrap_or_default() {
                gathered.questions.push((place, examples.texts[at].clone()));
                gathered.ids.push(Some(examples.ids[at]));
            }
            if gathered.questions.len() == before {
                continue;
            }
            gathered.answers.extend(intent.answers.iter().map(|answer| (place, answer.text.clone())));
            let knowledge = IntentKnowledge::of(&intent.question, intent.answers);
            gathered.entries.push(Entry { intent: intent.id, name: intent.name, knowledge });
        }
        Ok(gathered)
    }

    /// Identifies what is learned from.
    fn identity(&self, encoder: &str) -> i64 {
        let mut hasher = Xxh3::new();
        let mut text = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        text(encoder);
        for ((entry, question), id) in self.questions.iter().zip(&self.ids) {
            text(&self.entries[*entry].intent.0.to_string());
            text(&id.map_or_else(|| question.clone(), |id| id.0.to_string()));
        }
        for (entry, answer) in &self.answers {
            text(&self.entries[*entry].intent.0.to_string());
            text(answer);
        }
        self.strange.iter().for_each(|(id, _)| text(&id.0.to_string()));
        hasher.digest() as i64
    }

    /// Returns how many entries have an answer.
    fn answered(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.knowledge.answers.is_empty()).count()
    }

    /// Learns to rank; `progress` hears of it.
    fn learn(&self, project: &mut Project, seed: u64, progress: &dyn Progress) -> Result<(Ranker, HeldOut)> {
        if self.entries.len() < 2 {
            return Err(Error::TooFewExamples { examples: self.questions.len(), intents: self.entries.len() });
        }
        // Vectors of utterances are kept; those of standard questions and answers are few.
        let known: Vec<UtteranceId> = self.ids.iter().flatten().copied().collect();
        let kept = project.vectors(&known, progress)?;
        let fresh = self.questions.iter().zip(&self.ids).filter(|(_, id)| id.is_none());
        let fresh: Vec<&str> = fresh.map(|((_, text), _)| text.as_str()).collect();
        let encoder = project.encoder()?;
        let encode = |texts: &[&str]| encoder.encode_packed(texts, &Quiet).ok_or(Error::Stopped);
        let made = encode(&fresh)?;
        let mut vectors = Vectors::new(made.width());
        let (mut next_kept, mut next_made) = (0, 0);
        for id in &self.ids {
            let (from, next) = if id.is_some() { (&kept, &mut next_kept) } else { (&made, &mut next_made) };
            vectors.take(from, [*next]);
            *next += 1;
        }
        let told: Vec<&str> = self.answers.iter().map(|(_, text)| text.as_str()).collect();
        let answer_vectors = encode(&told)?;
        let owners: Vec<usize> = self.answers.iter().map(|(entry, _)| *entry).collect();
        let strange_ids: Vec<UtteranceId> = self.strange.iter().map(|(id, _)| *id).collect();
        let strange: Vec<&str> = self.strange.iter().map(|(_, text)| text.as_str()).collect();
        let intents: Vec<IntentId> = self.entries.iter().map(|entry| entry.intent).collect();
        let plain: Vec<(usize, &str)> = self.questions.iter().map(|(entry, text)| (*entry, text.as_str())).collect();
        let knowledge = Knowledge {
            intents: &intents,
            questions: &plain,
            ids: &self.ids,
            vectors: &vectors,
            answers: &owners,
            answer_vectors: &answer_vectors,
            strange: &strange,
            strange_vectors: &project.vectors(&strange_ids, progress)?,
            encoder: encoder.name(),
        };
        let cut = Cut::of(project.store.words()?, project.segmenter()?);
        Ok(Ranker::learn(&knowledge, &cut, seed, progress)?)
    }
}

/// Learns from the project's standard and similar questions; nothing is kept.
pub fn learn(project: &mut Project, seed: u64, progress: &dyn Progress) -> Result<(Answers, AnswerScores)> {
    let gathered = Gathered::of(project)?;
    let (ranker, held_out) = gathered.learn(project, seed, progress)?;
    let encoder = project.encoder()?;
    let scores = scores(&held_out, &gathered, encoder.name());
    Ok((Answers { encoder, ranker, gathered }, scores))
}

/// Returns the knowledge ready to be asked: what the current training kept, or learned anew where that is none or of
/// another knowledge.
pub fn ready(project: &mut Project, seed: u64, progress: &dyn Progress) -> Result<(Answers, AnswerScores, Origin)> {
    let gathered = Gathered::of(project)?;
    let encoder = project.encoder()?;
    let run = project.store.latest_run()?.map(|run| run.id);
    let kept = run.map(|run| Ok::<_, Error>((project.store.ranker(run)?, project.store.answer_scores(run)?)));
    let origin = match kept.transpose()? {
        Some((Some(bytes), Some(scores))) if scores.knowledge == gathered.identity(encoder.name()) => {
            let (ranker, encoder) = project.read_ranker(&bytes)?;
            return Ok((Answers { encoder, ranker, gathered }, scores, Origin::Kept));
        }
        Some((Some(_), _)) => Origin::Changed,
        _ => Origin::NotKept,
    };
    let (answers, scores) = learn(project, seed, progress)?;
    Ok((answers, scores, origin))
}

/// Learns beside a training whose held-out predictions `report` holds; `None` where fewer than two intents have
/// answers: a set that is only labelled has nothing to answer with.
pub(in crate::workbench) fn beside(
    project: &mut Project,
    report: &Report,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Option<(Ranker, AnswerScores)>> {
    let gathered = Gathered::of(project)?;
    if gathered.answered() < 2 {
        return Ok(None);
    }
    let (ranker, held_out) = gathered.learn(project, seed, progress)?;
    let talk = fared::talk(project, &gathered, &held_out, report)?;
    let scores = AnswerScores { talk, ..scores(&held_out, &gathered, ranker.encoder()) };
    Ok(Some((ranker, scores)))
}

/// Returns how well the ranking kept beside the current run did; `None` where there is none.
pub fn kept(project: &Project) -> Result<Option<AnswerScores>> {
    let run = project.store.latest_run()?;
    Ok(run.map(|run| project.store.answer_scores(run.id)).transpose()?.flatten())
}

impl Project {
    fn read_ranker(&self, bytes: &[u8]) -> Result<(Ranker, Encoder)> {
        Ranker::from_bytes_with(bytes, &|name| self.encoder_named(name))
    }

    /// Returns what ranks the knowledge beside a run, as a bot asks it.
    pub(in crate::workbench) fn knowing_of(&self, run: Option<RunId>) -> Result<Option<Knowing>> {
        let bytes = run.map(|run| self.store.ranker(run)).transpose()?.flatten();
        let Some(bytes) = bytes else { return Ok(None) };
        let (ranker, encoder) = self.read_ranker(&bytes)?;
        let ids: Vec<UtteranceId> = ranker.questions().collect();
        let said = self.store.utterances(&ids)?.into_iter().map(|utterance| (utterance.id, utterance.text)).collect();
        Ok(Some(Knowing::new(ranker, encoder, said)))
    }
}

impl Answers {
    /// Answers a text on a day (`YYYY-MM-DD`, empty when it does not matter) for a channel.
    pub fn ask(&self, text: &str, most: usize, day: &str, channel: &str) -> Told {
        let vector = self.encoder.encode_packed(&[text], &Quiet).expect("nobody stops it").unpacked(0);
        self.ask_encoded((text, &vector), most, day, channel)
    }

    /// Answers a text whose vector by the project's encoder is known.
    pub fn ask_encoded(&self, (text, vector): (&str, &[f32]), most: usize, day: &str, channel: &str) -> Told {
        let Gathered { entries, questions, .. } = &self.gathered;
        let reply = self.ranker.ask(text, vector, most.max(1));
        let found: Vec<Found> = reply
            .ranked
            .iter()
            .map(|one| {
                let entry = &entries[one.entry];
                Found {
                    intent: entry.intent,
                    name: entry.name.clone(),
                    question: entry.knowledge.question.clone(),
                    matched: questions[one.question].1.clone(),
                    score: one.score,
                    cosine: one.cosine,
                }
            })
            .collect();
        let answer = match reply.ranked.first() {
            Some(best) if reply.probability >= REFUSED => {
                let knowledge = &entries[best.entry].knowledge;
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
fn scores(held_out: &HeldOut, gathered: &Gathered, encoder: &str) -> AnswerScores {
    let Gathered { entries, questions, ids, .. } = gathered;
    let asked: Vec<usize> = (0..held_out.asked.len()).filter(|nth| ids[held_out.asked[*nth]].is_some()).collect();
    let three = |place: &dyn Fn(usize) -> usize| {
        let places = || asked.iter().map(|nth| place(*nth));
        [HeldOut::recall(places(), 1), HeldOut::recall(places(), 5), HeldOut::reciprocal(places())]
    };
    let answered: Vec<usize> = asked.iter().copied().filter(|nth| held_out.ranks[*nth].2 >= REFUSED).collect();
    let wrong = answered.iter().filter(|nth| held_out.ranks[**nth].0 != 1).count();
    let refused = asked.iter().filter(|nth| held_out.struck[**nth] < REFUSED).count();
    let strange_refused = held_out.strange.iter().filter(|(.., probability)| *probability < REFUSED).count();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let name = |entry: usize| entries.get(entry).map(|entry| entry.name.clone()).unwrap_or_default();
    let mut mistakes: Vec<Mistake> = asked
        .iter()
        .filter(|nth| held_out.ranks[**nth].0 != 1)
        .map(|nth| {
            let (place, first, probability) = held_out.ranks[*nth];
            let (own, text) = &questions[held_out.asked[*nth]];
            Mistake { text: text.clone(), own: name(*own), found: name(first), place, probability }
        })
        .collect();
    mistakes.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.text.cmp(&b.text)));
    mistakes.truncate(MISTAKES);
    AnswerScores {
        questions: asked.len(),
        entries: entries.len(),
        learned: three(&|nth| held_out.ranks[nth].0),
        by_meaning: three(&|nth| held_out.by_meaning[nth]),
        by_words: three(&|nth| held_out.by_words[nth]),
        answered: share(answered.len(), asked.len()),
        wrong: share(wrong, answered.len()),
        refused: share(refused, asked.len()),
        strange: held_out.strange.len(),
        strange_refused: share(strange_refused, held_out.strange.len()),
        mistakes,
        talk: None,
        knowledge: gathered.identity(encoder),
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

    fn trained(project: &mut Project) -> crate::workbench::train::TrainReport {
        let options = crate::nlu::train::TrainOptions::default();
        crate::workbench::train::train(project, &options, &Quiet).unwrap()
    }

    #[test]
    fn what_ranks_is_kept_with_a_training_and_learned_anew_when_the_knowledge_is_another() {
        let mut project = project();
        let ask = |project: &mut Project| {
            let (answers, scores, origin) = ready(project, 1, &Quiet).unwrap();
            (answers.ask("怎么退款啊", 3, "2026-03-01", ""), scores, origin)
        };
        let (before, scores, origin) = ask(&mut project);
        assert_eq!(origin, Origin::NotKept);
        let report = trained(&mut project);
        let kept = report.answers.expect("two intents have answers");
        assert_eq!(super::kept(&project).unwrap().map(|scores| scores.entries), Some(kept.entries));
        assert_eq!(AnswerScores { talk: None, ..kept.clone() }, AnswerScores { talk: None, ..scores });
        let (told, read, origin) = ask(&mut project);
        // JSON may take the last digit of a share.
        assert_eq!(
            (told, read.questions, read.mistakes, origin),
            (before, kept.questions, kept.mistakes, Origin::Kept)
        );
        let rows = [("退货的钱呢".to_string(), "退款".to_string())];
        label_texts(&mut project, &rows, LabelSource::Import, "").unwrap();
        assert_eq!(ask(&mut project).2, Origin::Changed);
        trained(&mut project);
        assert_eq!(ask(&mut project).2, Origin::Kept);
    }

    #[test]
    fn a_set_that_is_only_labelled_keeps_no_ranking() {
        let mut project = Project::in_memory("li").unwrap();
        let rows: Vec<(String, String)> =
            [("怎么退款", "退款"), ("我要退钱", "退款"), ("快递呢", "快递"), ("包裹到哪了", "快递")]
                .iter()
                .map(|(text, name)| (text.to_string(), name.to_string()))
                .collect();
        label_texts(&mut project, &rows, LabelSource::Import, "").unwrap();
        let report = trained(&mut project);
        assert_eq!((report.answers, project.store.ranker(report.run.id).unwrap()), (None, None));
    }

    #[test]
    fn too_little_is_said() {
        let mut project = Project::in_memory("li").unwrap();
        assert!(matches!(learn(&mut project, 1, &Quiet).map(|_| ()), Err(Error::TooFewExamples { .. })));
    }
}
