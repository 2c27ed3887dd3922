//! What finds entities in texts: learned beside a run from the marked stretches, joined with the policy's own values.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::dialogue::policy::design::{Kind, Policy};
use crate::dialogue::policy::read::read;
use crate::domain::ids::UtteranceId;
use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::evaluation::spans::{SpanScore, score};
use crate::evaluation::split::stratified;
use crate::nlu;
use crate::nlu::tagger::join::join;
use crate::nlu::tagger::model::{Marked, Tagger};
use crate::progress::Progress;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// Marks a tagger needs at least; fewer are learned by heart and mislead.
pub const FEWEST: usize = 10;
/// Parts of held-out scores.
const FOLDS: usize = 5;

/// How well entities are found in texts held out.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityScores {
    pub texts: usize,
    /// All together first, then by entity: what was learned, joined with the policy's values.
    pub learned: Vec<SpanScore>,
    /// The same by known values alone.
    pub listed: Vec<SpanScore>,
}

/// Finds entities in the project's texts as it stands.
pub struct Finder {
    tagger: Option<Tagger>,
    /// Values and synonyms of the policy, with the entity and the value they stand for.
    listed: Vec<(String, String, String)>,
}

impl Finder {
    /// Returns the entities of a text in its order; what the policy lists wins over what was learned.
    pub fn find(&self, text: &str) -> Vec<Mark> {
        let learned = self.tagger.as_ref().map(|tagger| tagger.find(text)).unwrap_or_default();
        join(listed(&self.listed, text), learned)
    }
}

/// Returns what finds entities now: the tagger of the current run, if there is one, and the policy's values.
pub fn finder(project: &Project) -> Result<Finder> {
    let bytes = match project.store.latest_run()? {
        Some(run) => project.store.tagger(run.id)?,
        None => None,
    };
    let tagger = bytes.map(|bytes| Tagger::from_bytes(&bytes)).transpose()?;
    Ok(Finder { tagger, listed: values(project)? })
}

/// Learns a tagger from the project's marks; `None` when there are too few.
pub(in crate::workbench) fn learn(project: &Project, seed: u64, progress: &dyn Progress) -> Result<Option<Tagger>> {
    let marked = marked(project, false)?;
    if marked.iter().map(|one| one.marks.len()).sum::<usize>() < FEWEST {
        return Ok(None);
    }
    let values: Vec<(String, String)> = values(project)?.into_iter().map(|(word, entity, _)| (word, entity)).collect();
    match Tagger::learn(&marked, &values, seed, progress) {
        Ok(tagger) => Ok(Some(tagger)),
        Err(nlu::error::Error::NoExamples) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Scores the finding of entities on the project's marks, each text held out once.
pub fn scores(project: &Project, seed: u64, progress: &dyn Progress) -> Result<EntityScores> {
    let marked = marked(project, true)?;
    let marks = marked.iter().map(|one| one.marks.len()).sum::<usize>();
    if marks < FEWEST {
        return Err(Error::TooFewMarks { marks: marks as u64, least: FEWEST as u64 });
    }
    let values = values(project)?;
    let texts: Vec<&str> = marked.iter().map(|one| one.text.as_str()).collect();
    let parts = stratified(&texts, &vec![None; texts.len()], FOLDS, seed);
    let pairs: Vec<(String, String)> = values.iter().map(|(word, entity, _)| (word.clone(), entity.clone())).collect();
    let mut found: Vec<(Vec<Mark>, Vec<Mark>)> = vec![Default::default(); marked.len()];
    for part in 0..FOLDS {
        progress.at(part as u64, FOLDS as u64);
        if progress.stopped() {
            return Err(Error::Stopped);
        }
        let kept: Vec<Marked> = marked
            .iter()
            .zip(&parts)
            .filter(|(_, own)| usize::from(**own) != part)
            .map(|(one, _)| one.clone())
            .collect();
        let tagger = match Tagger::learn(&kept, &pairs, seed, progress) {
            Ok(tagger) => tagger,
            Err(nlu::error::Error::NoExamples) => continue,
            Err(error) => return Err(error.into()),
        };
        let held: Vec<usize> = (0..marked.len()).filter(|at| usize::from(parts[*at]) == part).collect();
        let one = |at: &usize| {
            let text = &marked[*at].text;
            (join(listed(&values, text), tagger.find(text)), tagger.listed(text))
        };
        let own: Vec<_> = held.par_iter().map(one).collect();
        held.into_iter().zip(own).for_each(|(at, own)| found[at] = own);
    }
    let all = || marked.iter().zip(&found);
    Ok(EntityScores {
        texts: marked.len(),
        learned: score(all().map(|(one, (learned, _))| (&one.marks[..], &learned[..]))),
        listed: score(all().map(|(one, (_, listed))| (&one.marks[..], &listed[..]))),
    })
}

/// Returns the marked texts, and with them those of the same labelled kind that have no mark: they teach what is none.
///
/// Texts kept for testing are left out unless `all`.
fn marked(project: &Project, all: bool) -> Result<Vec<Marked>> {
    let tests = if all { Default::default() } else { project.store.tests()? };
    let mut marked: Vec<Marked> = Vec::new();
    let mut places: HashMap<UtteranceId, usize> = HashMap::new();
    project.store.each_span(&mut |utterance, text, start, end, entity| {
        if tests.contains(&utterance) {
            return;
        }
        let place = *places.entry(utterance).or_insert_with(|| {
            marked.push(Marked { text, marks: Vec::new() });
            marked.len() - 1
        });
        let mark = Mark { range: ByteRange { start, end }, entity, value: String::new() };
        // A mark that no longer fits its text says nothing.
        if !mark.range.of(&marked[place].text).is_empty() {
            marked[place].marks.push(mark);
        }
    })?;
    // As many texts without a mark as with one keep the tagger from seeing entities everywhere.
    let mut left = marked.len();
    project.store.each_label(|utterance, _| {
        if left > 0 && !places.contains_key(&utterance.id) && !tests.contains(&utterance.id) {
            marked.push(Marked { text: utterance.text, marks: Vec::new() });
            left -= 1;
        }
        Ok(())
    })?;
    Ok(marked)
}

/// Returns the policy's listed values and synonyms with their entities and values.
fn values(project: &Project) -> Result<Vec<(String, String, String)>> {
    let Some(text) = project.store.policy()? else { return Ok(Vec::new()) };
    // A draft that cannot be read lists nothing; `design lint` says why.
    let Ok(policy) = read(&text.yaml) else { return Ok(Vec::new()) };
    Ok(values_of(&policy))
}

pub(in crate::workbench) fn values_of(policy: &Policy) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for entity in &policy.entities {
        if let Kind::Values(values) = &entity.kind {
            for (value, synonyms) in values {
                let words = std::iter::once(value).chain(synonyms);
                all.extend(words.map(|word| (word.clone(), entity.name.clone(), value.clone())));
            }
        }
    }
    // Longer words first, so that the longest wins at a place.
    all.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    all
}

/// Finds listed values; case does not matter, and of overlapping ones the earlier and longer stays.
pub(in crate::workbench) fn listed(values: &[(String, String, String)], text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (word, entity, value) in values.iter().filter(|(word, ..)| !word.is_empty()) {
        for (start, _) in text.char_indices() {
            let fits = text.get(start..start + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word));
            if fits && is_whole(text, start, start + word.len()) {
                let value = if value == word { String::new() } else { value.clone() };
                marks.push(Mark { range: ByteRange::new(start, start + word.len()), entity: entity.clone(), value });
            }
        }
    }
    join(marks, Vec::new())
}

/// Tells whether a stretch does not cut a Latin word or a number in two.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        a.zip(b).is_some_and(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric())
    };
    !joins(text[..start].chars().next_back(), text[start..].chars().next())
        && !joins(text[..end].chars().next_back(), text[end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Act;
    use crate::domain::ids::SpanId;
    use crate::domain::label::Span;
    use crate::progress::Quiet;
    use crate::store::history::Deed;
    use crate::workbench::current::utterance;

    fn project() -> Project {
        let mut project = Project::in_memory("li").unwrap();
        let people = ["张三", "李小龙", "王芳", "赵四", "刘备", "关羽", "张飞", "孙权"];
        let rows: Vec<(String, &str)> = people
            .iter()
            .flat_map(|who| ["转账给{}", "我要转账给{}", "把钱转账给{}吧"].map(|how| (how.replace("{}", who), *who)))
            .collect();
        let news: Vec<_> = rows.iter().map(|(text, _)| utterance(text)).collect();
        let ids = project.store.meet_all(&news).unwrap();
        let deed = Deed { op: "spans", actor: "li", at: 1, act: Act::Span, subject: "" };
        project
            .store
            .act(&deed, |recorder| {
                for (id, (text, who)) in ids.iter().zip(&rows) {
                    let start = text.find(who).unwrap();
                    let range = ByteRange::new(start, start + who.len());
                    let span =
                        Span { id: SpanId(0), utterance: *id, range, entity: "payee".into(), value: String::new() };
                    recorder.add_span(&span)?;
                }
                Ok(())
            })
            .unwrap();
        project
    }

    #[test]
    fn marks_teach_a_tagger_whose_scores_are_held_out() {
        let project = project();
        let tagger = learn(&project, 1, &Quiet).unwrap().expect("enough marks");
        let text = "请转账给李小龙";
        assert_eq!(tagger.find(text).iter().map(|mark| mark.range.of(text)).collect::<Vec<_>>(), ["李小龙"]);
        let scores = scores(&project, 1, &Quiet).unwrap();
        assert_eq!(scores.texts, 24);
        assert!(scores.learned[0].f1() > 0.8, "{scores:?}");
    }

    #[test]
    fn too_few_marks_are_said() {
        let project = Project::in_memory("li").unwrap();
        assert!(learn(&project, 1, &Quiet).unwrap().is_none());
        assert!(matches!(scores(&project, 1, &Quiet), Err(Error::TooFewMarks { marks: 0, .. })));
        assert!(finder(&project).unwrap().find("转账给张三").is_empty());
    }

    #[test]
    fn listed_values_are_whole_words_and_stand_for_their_value() {
        let values = vec![
            ("白金卡".to_string(), "card".to_string(), "白金卡".to_string()),
            ("gold".to_string(), "card".to_string(), "金卡".to_string()),
        ];
        let seen = |text: &str| -> Vec<(String, String)> {
            listed(&values, text).into_iter().map(|m| (m.range.of(text).to_string(), m.value)).collect()
        };
        assert_eq!(seen("办白金卡"), [("白金卡".to_string(), String::new())]);
        assert_eq!(seen("my Gold card"), [("Gold".to_string(), "金卡".to_string())]);
        assert_eq!(seen("marigold"), []);
    }
}
