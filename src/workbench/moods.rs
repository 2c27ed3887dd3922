//! How customers sound: what trainers say of single texts, learned beside a run, and heard everywhere.
//!
//! A mood is said of one text and not of its family: what makes texts one family (signs, particles) is what a mood shows
//! in.

use std::path::Path;
use std::sync::Arc;

use crate::bot::Sounding;
use crate::domain::event::Act;
use crate::domain::ids::{IntentId, RunId, UtteranceId};
use crate::domain::mood::{Mood, MoodLabel, MoodReport, RISKS};
use crate::domain::prediction::Emotion;
use crate::evaluation::split::stratified;
use crate::formats;
use crate::formats::column::ColumnRole;
use crate::formats::options::ReadOptions;
use crate::formats::record::Record;
use crate::nlu::emotion::emotion;
use crate::nlu::moods::learn::{self, Heard};
use crate::nlu::moods::sense::Sense;
use crate::progress::{Progress, Quiet};
use crate::store::history::Deed;
use crate::text::segment::Segmenter;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Reads what hearing moods needs, about a tenth of a second once in the program's life: not for the screen's thread.
pub fn prepare() {
    emotion("");
    Segmenter::general();
}

/// Tells whether that was read.
pub fn is_ready() -> bool {
    Segmenter::is_loaded()
}

/// Parts of held-out scores.
const FOLDS: usize = 5;

/// What hears moods: the lexicon, and what was learned of the trainers' labels.
#[derive(Clone, Default)]
pub struct Hearing {
    sense: Option<Arc<Sense>>,
}

impl Hearing {
    /// Returns how a text sounds.
    pub fn hear(&self, text: &str) -> Emotion {
        self.sense.as_ref().map_or_else(|| emotion(text), |sense| sense.hear(text))
    }

    /// Returns it as a bot's sense for moods.
    pub fn sounding(self) -> Sounding {
        Box::new(move |text| self.hear(text))
    }
}

impl Project {
    /// Returns what hears moods beside the current model.
    pub fn hearing(&self) -> Result<Hearing> {
        self.hearing_of(self.store.latest_run()?.map(|run| run.id))
    }

    /// Returns what heard moods beside a run.
    pub(in crate::workbench) fn hearing_of(&self, run: Option<RunId>) -> Result<Hearing> {
        let bytes = run.map(|run| self.store.sense(run)).transpose()?.flatten();
        let sense = bytes.map(|bytes| Sense::from_bytes(&bytes)).transpose()?;
        Ok(Hearing { sense: sense.map(Arc::new) })
    }
}

/// What a trainer says of how a text sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub mood: Mood,
    pub risks: Vec<String>,
}

impl Said {
    /// Reads a mood and its risks as a file or a command says them: `angry`, `生气 complaint,legal`. What it does not
    /// know it refuses with a list of what there is.
    pub fn read(text: &str) -> Result<Self> {
        let unknown = |what, name: &str, known: Vec<&str>| Error::UnknownChoice {
            what,
            name: name.to_string(),
            known: known.into_iter().map(str::to_string).collect(),
        };
        let lower = text.to_lowercase();
        let mut words = lower.split([',', '，', '、', ' ']).filter(|word| !word.is_empty());
        let word = words.next().unwrap_or_default();
        let moods = || Mood::ALL.iter().map(|mood| mood.word()).collect();
        let mood = Mood::named(word).ok_or_else(|| unknown("mood", word, moods()))?;
        let risks: Vec<&str> = words.collect();
        match risks.iter().find(|risk| !RISKS.contains(risk)) {
            Some(strange) => Err(unknown("risk", strange, RISKS.to_vec())),
            None => Ok(Self::of(mood, |risk| risks.contains(&risk))),
        }
    }

    /// Returns a mood with some of the risks, in their order.
    pub fn of(mood: Mood, has: impl Fn(&str) -> bool) -> Self {
        Self { mood, risks: RISKS.iter().filter(|risk| has(risk)).map(|risk| (*risk).to_string()).collect() }
    }
}

/// Says how texts sound; `None` takes back what was said. One step to undo. Returns how many changed.
pub fn say(project: &mut Project, op: &str, ids: &[UtteranceId], said: Option<&Said>) -> Result<u64> {
    let Some(first) = ids.first().map(|id| project.store.utterance(*id)).transpose()?.flatten() else { return Ok(0) };
    let (actor, at) = (project.actor().to_string(), now());
    let deed = Deed { op, actor: &actor, at, act: Act::Mood, subject: &first.text };
    let done = project.store.act(&deed, |recorder| {
        for id in ids {
            match said {
                Some(Said { mood, risks }) => recorder.put_mood(&MoodLabel {
                    utterance: *id,
                    mood: *mood,
                    risks: risks.clone(),
                    actor: actor.clone(),
                    at,
                })?,
                None => recorder.remove_mood(*id)?,
            }
        }
        Ok(ids.len() as u64)
    })?;
    Ok(done.map_or(0, |(_, count)| count))
}

/// Says how the texts of a file sound, where its second column is as [`Said::read`] reads it. One step to undo. Returns
/// how many.
pub fn say_file(project: &mut Project, path: &Path) -> Result<u64> {
    let columns = Some(vec![ColumnRole::Text, ColumnRole::Intent]);
    let mut lines = Vec::new();
    formats::read::read(path, &ReadOptions { columns, ..ReadOptions::default() }, &Quiet, &mut |record| {
        if let Record::Message(message) = record {
            lines.extend(message.intent.map(|said| (message.text, said)));
        }
        Ok(())
    })?;
    if lines.is_empty() {
        return Err(Error::NoIntentColumn { path: path.to_path_buf() });
    }
    let mut rows = Vec::new();
    for (text, said) in lines {
        rows.push((project.example(&text)?, Said::read(&said)?));
    }
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let subject = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Mood, subject: &subject };
    let done = project.store.act(&deed, |recorder| {
        for (new, Said { mood, risks }) in &rows {
            let utterance = recorder.meet(new)?;
            recorder.put_mood(&MoodLabel { utterance, mood: *mood, risks: risks.clone(), actor: actor.clone(), at })?;
        }
        Ok(rows.len() as u64)
    })?;
    Ok(done.map_or(0, |(_, count)| count))
}

/// Returns what a trainer said of a text.
pub fn said(project: &Project, id: UtteranceId) -> Result<Option<Said>> {
    Ok(project.store.mood_label(id)?.map(|label| Said { mood: label.mood, risks: label.risks }))
}

/// Returns how many texts have each mood, in the order of [`Mood::ALL`].
pub fn counts(project: &Project) -> Result<Vec<(Mood, usize)>> {
    let all = project.store.mood_labels()?;
    let count = |mood: Mood| all.iter().filter(|(_, label)| label.mood == mood).count();
    Ok(Mood::ALL.iter().map(|mood| (*mood, count(*mood))).collect())
}

/// What is known of moods beside the current run.
#[derive(Debug, Clone, PartialEq)]
pub struct Moods {
    /// Texts with a mood now.
    pub labelled: usize,
    /// Held-out scores of what was learned; `None` where the lexicon alone is heard.
    pub report: Option<MoodReport>,
}

/// Returns what is known of moods beside a run; of the current one when none is named.
pub fn moods(project: &Project, run: Option<RunId>) -> Result<Moods> {
    let run = match run {
        Some(run) => Some(run),
        None => project.store.latest_run()?.map(|run| run.id),
    };
    let report = run.map(|run| project.store.mood_report(run)).transpose()?.flatten();
    Ok(Moods { labelled: project.store.mood_labels()?.len(), report })
}

/// Learns from what was said; `None` where that is too little.
pub(in crate::workbench) fn learn(
    project: &Project,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Option<(Sense, MoodReport)>> {
    // What is kept for testing teaches nothing here either.
    let kept = project.store.tests()?;
    let mut labelled = project.store.mood_labels()?;
    labelled.retain(|(_, label)| !kept.contains(&label.utterance));
    let heard: Vec<Heard> =
        labelled.iter().map(|(text, label)| Heard { text, mood: label.mood, risks: &label.risks }).collect();
    let texts: Vec<&str> = heard.iter().map(|one| one.text).collect();
    let classes: Vec<Option<IntentId>> = heard.iter().map(|one| Some(IntentId(one.mood as i64))).collect();
    let folds = stratified(&texts, &classes, FOLDS, seed);
    Ok(learn::learn(&heard, &folds, seed, &project.store.words()?, progress)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::algorithm::Algorithm;
    use crate::nlu::train::TrainOptions;
    use crate::workbench::train::train;

    /// A project whose trainer has said of many texts how they sound, and labelled two intents.
    fn project(rows: usize) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        let mut project = Project::create(&folder.path().join("p.daoshi"), "li").unwrap();
        let things = ["账单", "转账", "贷款", "信用卡", "还款", "额度", "积分", "开户"];
        let ways = [("{}又是老样子，无语", "失望"), ("{}赶时间，十分钟后就要", "urgent"), ("请问{}在哪查", "calm")];
        let lines: Vec<String> = things
            .iter()
            .flat_map(|thing| ways.map(|(text, mood)| format!("{}\t{mood}", text.replace("{}", thing))))
            .chain(things.iter().map(|thing| format!("{thing}再这样我换别家了\t生气 leaving")))
            .take(rows)
            .collect();
        let file = folder.path().join("moods.tsv");
        std::fs::write(&file, lines.join("\n")).unwrap();
        assert_eq!(say_file(&mut project, &file).unwrap(), lines.len() as u64);
        let rows: Vec<(String, String)> = ["怎么开户", "我要开户", "开户流程", "卡丢了", "挂失", "银行卡不见了"]
            .iter()
            .enumerate()
            .map(|(at, text)| (text.to_string(), if at < 3 { "开户" } else { "挂失" }.to_string()))
            .collect();
        crate::workbench::label::label_texts(&mut project, &rows, crate::domain::label::LabelSource::Import, "")
            .unwrap();
        (folder, project)
    }

    fn linear() -> TrainOptions {
        TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() }
    }

    #[test]
    fn what_trainers_say_is_learned_with_the_model_heard_and_carried_on() {
        let (_folder, mut project) = project(32);
        let before = project.hearing().unwrap().hear("理财又是老样子，无语");
        assert_eq!(before.mood, None, "before a training only the lexicon is heard");
        train(&mut project, &linear(), &Quiet).unwrap();
        let found = moods(&project, None).unwrap();
        let report = found.report.expect("there are enough");
        assert_eq!((found.labelled, report.labels), (32, 32));
        assert!(report.share > 0.0 && report.joined > report.lexicon, "{report:?}");
        let hearing = project.hearing().unwrap();
        assert_eq!(hearing.hear("理财又是老样子，无语").mood, Some(Mood::Disappointed));
        assert!(hearing.hear("基金再这样我换别家了").risks.contains(&"leaving".to_string()));
    }

    #[test]
    fn with_few_labels_the_lexicon_alone_is_heard() {
        let (_folder, mut project) = project(12);
        train(&mut project, &linear(), &Quiet).unwrap();
        assert_eq!(moods(&project, None).unwrap(), Moods { labelled: 12, report: None });
        assert_eq!(project.hearing().unwrap().hear("凭什么扣我钱"), emotion("凭什么扣我钱"));
    }

    #[test]
    fn saying_is_one_step_to_undo_and_stands_after_a_rebuild() {
        let (_folder, mut project) = project(4);
        let id = project.store.mood_labels().unwrap()[0].1.utterance;
        let angry = Said::read("Angry media，complaint").unwrap();
        assert_eq!(angry.risks, ["complaint", "media"]);
        let op = project.op();
        say(&mut project, &op, &[id], Some(&angry)).unwrap();
        assert_eq!(said(&project, id).unwrap(), Some(angry.clone()));
        let state = project.store.state().unwrap();
        project.store.rebuild().unwrap();
        assert_eq!(project.store.state().unwrap(), state);
        project.undo().unwrap();
        assert_eq!(said(&project, id).unwrap().unwrap().mood, Mood::Disappointed);
        project.redo().unwrap();
        let op = project.op();
        say(&mut project, &op, &[id], None).unwrap();
        assert_eq!(said(&project, id).unwrap(), None);
        project.undo().unwrap();
        assert_eq!(said(&project, id).unwrap(), Some(angry));
    }

    #[test]
    fn a_strange_mood_or_risk_is_refused_and_changes_nothing() {
        let (folder, mut project) = project(4);
        let state = project.store.state().unwrap();
        let file = folder.path().join("bad.tsv");
        for line in ["气死我了\tfurious", "气死我了\tangry press"] {
            std::fs::write(&file, format!("你好\tcalm\n{line}\n")).unwrap();
            assert!(matches!(say_file(&mut project, &file), Err(Error::UnknownChoice { .. })), "{line}");
        }
        assert_eq!(project.store.state().unwrap(), state);
    }
}
