//! `daoshi understand`: standard input line by line, understood, as JSON lines.

use std::io::{BufRead, BufReader};

use serde_json::json;

use crate::cli::args::Understand;
use crate::cli::{Desk, Done, Fault};
use crate::domain::ids::IntentId;
use crate::domain::label::Mark;
use crate::domain::prediction::Prediction;
use crate::domain::vector::Vectors;
use crate::explain::skeleton::{Skeleton, skeleton};
use crate::explain::trials;
use crate::progress::Quiet;
use crate::text::clean::masked::masked;
use crate::workbench::answers::{self, Answered, Answers, Told};
use crate::workbench::current::Catalogue;
use crate::workbench::entities;
use crate::workbench::error::Error;
use crate::workbench::project::Project;
use crate::workbench::wording::{self, Wording};

/// Lines understood together, where so many wait.
const TOGETHER: usize = 256;

/// Reads plain lines, or JSON lines with a `text`; answers each with one JSON line, in their order.
///
/// A line alone is answered at once; lines that wait already are understood together. What is read and not answered
/// is never more than that: a slow reader of the answers slows the reading down.
pub fn understand(desk: &Desk, understand: &Understand) -> Done {
    let mut project = desk.open(&understand.project)?;
    let model = project.model()?.ok_or(Error::NoModel)?;
    let catalogue = project.catalogue()?;
    let finder = entities::finder(&project)?;
    let hearing = project.hearing()?;
    let segmenter = project.segmenter()?;
    let knowledge = match understand.answers {
        true => Some(known(desk, &mut project)?),
        false => None,
    };
    let wording = understand.wording.then(|| Wording::of(&mut project)).transpose()?;
    let encoder = project.encoder()?;
    let mut input = BufReader::with_capacity(1 << 16, std::io::stdin().lock());
    loop {
        let texts = waiting(&mut input).map_err(|source| Error::Write { path: "-".into(), source })?;
        if texts.is_empty() {
            return Ok(0);
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).filter(|text| !text.trim().is_empty()).collect();
        let exact = understand.vectors.then(|| encoder.encode(&texts, &Quiet).expect("nobody stops it"));
        // A text is encoded once, for the model, the knowledge and the answer.
        let vectors = match &exact {
            Some(rows) => {
                let mut vectors = Vectors::new(encoder.width());
                rows.rows().into_iter().for_each(|row| vectors.push(row.to_slice().expect("a row lies in one piece")));
                Some(vectors)
            }
            None => knowledge.is_some().then(|| encoder.encode_packed(&texts, &Quiet).expect("nobody stops it")),
        };
        let predictions = match &vectors {
            Some(vectors) if model.encoder() == Some(&encoder) => model.understand_encoded(&texts, vectors),
            _ => model.understand_all(&texts, &Quiet),
        };
        for (at, (text, prediction)) in texts.iter().zip(&predictions).enumerate() {
            let mut answer = answer(text, prediction, &catalogue);
            answer["emotion"] = json!(hearing.hear(text));
            answer["spans"] = finder.find(text).iter().map(|mark| span(text, mark)).collect();
            if understand.skeleton {
                answer["skeleton"] = bones(&skeleton(&masked(text), &segmenter));
            }
            if let Some(wording) = &wording {
                let intent = prediction.best().and_then(|guess| guess.intent);
                answer["wording"] = worded(text, intent, wording, &mut project)?;
            }
            if let (Some(knowledge), Some(vectors)) = (&knowledge, &vectors) {
                let (day, channel) = (understand.day.as_deref(), understand.channel.as_deref());
                let vector = vectors.unpacked(at);
                let asked = knowledge.ask_encoded((text, &vector), 5, day.unwrap_or(""), channel.unwrap_or(""));
                answer["answer"] = told(&asked);
            }
            if let Some(rows) = &exact {
                answer["vector"] = rows.row(at).iter().copied().collect();
            }
            desk.out.json(&answer);
        }
    }
}

/// Returns the knowledge, and says where it had to be learned anew.
fn known(desk: &Desk, project: &mut Project) -> Result<Answers, Fault> {
    let (answers, _, origin) = answers::ready(project, 1, &Quiet)?;
    if let Some(said) = trials::learned_anew(origin, desk.out.words) {
        desk.out.say(said, &[]);
    }
    Ok(answers)
}

/// Waits for a line and returns it with those that have come already; nothing at the end of the input.
fn waiting(input: &mut BufReader<impl std::io::Read>) -> std::io::Result<Vec<String>> {
    let mut texts = Vec::new();
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(texts);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\n', '\r']);
        let parsed: Option<serde_json::Value> =
            line.starts_with('{').then(|| serde_json::from_str(line).ok()).flatten();
        let text = parsed.as_ref().and_then(|value| value.get("text")).and_then(|text| text.as_str());
        texts.push(text.unwrap_or(line).to_string());
        if texts.len() == TOGETHER || !input.buffer().contains(&b'\n') {
            return Ok(texts);
        }
    }
}

/// Returns an entity with its place in characters of the text as given.
fn span(text: &str, mark: &Mark) -> serde_json::Value {
    let place = |byte: u32| text.get(..byte as usize).map_or(0, |before| before.chars().count());
    let said = masked(mark.range.of(text)).to_string();
    let value = if mark.value.is_empty() { said.clone() } else { mark.value.clone() };
    json!({ "entity": mark.entity, "start": place(mark.range.start), "end": place(mark.range.end), "text": said,
            "value": value })
}

/// Returns the parts of a sentence that it has.
fn bones(skeleton: &Skeleton) -> serde_json::Value {
    let parts = [
        ("type", skeleton.asks.name()),
        ("predicate", &skeleton.predicate),
        ("object", &skeleton.object),
        ("subject", &skeleton.subject),
        ("negation", &skeleton.negation),
        ("modality", &skeleton.modality),
        ("condition", &skeleton.condition),
        ("time", &skeleton.time),
        ("amount", &skeleton.amount),
    ];
    let known = parts.into_iter().filter(|(_, part)| !part.is_empty());
    known.map(|(name, part)| (name.to_string(), serde_json::Value::from(part))).collect()
}

/// Returns a text's words, what its intent is about and what it is near.
fn worded(
    text: &str,
    intent: Option<IntentId>,
    wording: &Wording,
    project: &mut Project,
) -> Result<serde_json::Value, Fault> {
    let text = masked(text);
    let cut = wording::cut(project, &text)?;
    let segmenter = project.segmenter()?;
    let about = intent.and_then(|intent| wording.about(intent, &segmenter));
    let pairs = |pairs: &[(String, f64)]| -> serde_json::Value {
        pairs.iter().map(|(word, score)| json!({ "word": word, "score": score })).collect()
    };
    let about = about.map(|about| {
        let synonyms: Vec<_> = about.synonyms.iter().map(|pair| json!([pair.one, pair.other, pair.places])).collect();
        json!({ "intent": about.name, "keywords": pairs(&about.keywords), "apart": pairs(&about.apart),
                "synonyms": synonyms })
    });
    let near: Vec<_> = wording
        .near(project, &text)?
        .iter()
        .map(|near| json!({ "text": masked(&near.text), "intent": near.intent, "cosine": near.cosine }))
        .collect();
    let proposed: Vec<_> =
        cut.proposed.iter().map(|(word, count)| json!({ "word": word, "frequency": count })).collect();
    Ok(json!({ "words": cut.words, "proposed": proposed, "about": about, "near": near }))
}

/// Returns what the knowledge says: the answer or why there is none, and by which question.
fn told(told: &Told) -> serde_json::Value {
    let why = match &told.answer {
        Answered::Text(_) => None,
        Answered::Unknown => Some("unknown"),
        Answered::Expired => Some("expired"),
        Answered::Unwritten => Some("unwritten"),
    };
    let text = match &told.answer {
        Answered::Text(text) => Some(text),
        _ => None,
    };
    let ranked: Vec<_> = told
        .found
        .iter()
        .map(|one| json!({ "intent": one.name, "matched": masked(&one.matched), "score": one.score, "cosine": one.cosine }))
        .collect();
    json!({ "text": text, "none": why, "p": told.probability, "ranked": ranked })
}

fn answer(text: &str, prediction: &Prediction, catalogue: &Catalogue) -> serde_json::Value {
    let intents: Vec<_> = prediction
        .guesses
        .iter()
        .take(5)
        .map(|guess| json!({ "intent": guess.intent.map(|id| catalogue.name(id)), "p": guess.probability }))
        .collect();
    let best = prediction.best().and_then(|guess| guess.intent).map(|id| catalogue.name(id).to_string());
    let p = prediction.best().map(|guess| guess.probability);
    json!({ "text": masked(text), "intent": best, "p": p, "intents": intents })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_wait_come_together_and_the_end_is_nothing() {
        let text = "怎么开户\r\n\n{\"text\": \"卡丢了\", \"id\": 7}\n{broken\nlast";
        let mut input = BufReader::with_capacity(1 << 16, text.as_bytes());
        assert_eq!(waiting(&mut input).unwrap(), ["怎么开户", "", "卡丢了", "{broken"]);
        assert_eq!(waiting(&mut input).unwrap(), ["last"]);
        assert!(waiting(&mut input).unwrap().is_empty());
        let many = "a\n".repeat(TOGETHER + 1);
        let mut input = BufReader::with_capacity(1 << 16, many.as_bytes());
        assert_eq!(waiting(&mut input).unwrap().len(), TOGETHER);
        assert_eq!(waiting(&mut input).unwrap().len(), 1);
    }
}
