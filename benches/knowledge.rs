//! How well entities are found and standard questions ranked: `cargo bench --bench knowledge`.
//!
//! Entities: `DAOSHI_DATA/logs/crosswoz_40dialogues.jsonl`, whose dialogue acts name the values said (a value that
//! stands once in its message is a mark), dialogues held out in five parts; and the examples of
//! `DAOSHI_DATA/rasa/financial-demo`, texts held out in five parts. Beside them what a dictionary of the values marked
//! in the other parts finds. Answers: the finance sample, similar questions held out; and public intents, questions of
//! `train.tsv` known, those of `test.tsv` asked; `DAOSHI_SETS=mschat_zh,finance` takes some. Without `DAOSHI_DATA` the folder `../shared/data` beside the repository.

use std::path::{Path, PathBuf};
use std::time::Instant;

use daoshi::domain::answers::TalkScores;
use daoshi::domain::ids::IntentId;
use daoshi::domain::label::Mark;
use daoshi::domain::range::ByteRange;
use daoshi::domain::vector::Vectors;
use daoshi::evaluation::{spans, split};
use daoshi::formats::options::ReadOptions;
use daoshi::formats::read::read;
use daoshi::formats::record::Record;
use daoshi::nlu::answers::lexical::Cut;
use daoshi::nlu::answers::rank::{HeldOut, Knowledge, REFUSED, Ranker};
use daoshi::nlu::encoder::sentence::{DIMENSIONS, Encoder};
use daoshi::nlu::tagger::model::{Marked, Tagger};
use daoshi::nlu::train::TrainOptions;
use daoshi::progress::Quiet;
use daoshi::workbench::project::Project;
use daoshi::workbench::train::train;
use daoshi::workbench::{answers, sample};

const FOLDS: usize = 5;

fn main() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("DAOSHI_DATA").map_or(beside, PathBuf::from);
    println!("{} threads", rayon::current_num_threads());
    let sets = std::env::var("DAOSHI_SETS").ok();
    let asked = |set: &str| sets.as_ref().is_none_or(|list| list.split(',').any(|one| one == set));
    let (texts, dialogues) = crosswoz(&data.join("logs/crosswoz_40dialogues.jsonl"));
    entities("crosswoz (40 dialogues)", &texts, &dialogues);
    let texts = rasa(&data.join("rasa/financial-demo/data/nlu/nlu.yml"));
    let each: Vec<usize> = (0..texts.len()).collect();
    entities("rasa financial-demo", &texts, &each);
    if asked("finance") {
        finance();
    }
    for set in ["msskills_zh", "mschat_zh", "banking77"].into_iter().filter(|set| asked(set)) {
        ranking(set, &data.join("intents").join(set));
    }
}

/// Returns the messages of the dialogues with their values, and whose each message is.
fn crosswoz(path: &Path) -> (Vec<Marked>, Vec<usize>) {
    let (mut texts, mut dialogues) = (Vec::new(), Vec::new());
    let file = std::fs::read_to_string(path).unwrap_or_default();
    for (nth, line) in file.lines().enumerate() {
        let dialogue: serde_json::Value = serde_json::from_str(line).expect("a dialogue a line");
        for message in dialogue["messages"].as_array().into_iter().flatten() {
            let text = message["content"].as_str().unwrap_or_default().to_string();
            let mut marks: Vec<Mark> = Vec::new();
            for act in message["dialog_act"].as_array().into_iter().flatten() {
                let field = |at: usize| act[at].as_str().unwrap_or_default();
                let value = field(3);
                if !["Inform", "Recommend", "Select"].contains(&field(0)) || value.is_empty() {
                    continue;
                }
                if let Some(start) = text.find(value).filter(|_| text.matches(value).count() == 1) {
                    let range = ByteRange::new(start, start + value.len());
                    let free = |other: &Mark| range.end <= other.range.start || other.range.end <= range.start;
                    if marks.iter().all(free) {
                        marks.push(Mark { range, entity: field(2).to_string(), value: String::new() });
                    }
                }
            }
            texts.push(Marked { text, marks });
            dialogues.push(nth);
        }
    }
    (texts, dialogues)
}

/// Returns the examples of a Rasa training file with their marks.
fn rasa(path: &Path) -> Vec<Marked> {
    let mut texts = Vec::new();
    let read = read(path, &ReadOptions::default(), &Quiet, &mut |record| {
        if let Record::Message(message) = record {
            texts.push(Marked { text: message.text, marks: message.marks });
        }
        Ok(())
    });
    if read.is_err() {
        texts.clear();
    }
    texts
}

/// Prints the scores of entities by a tagger and by a dictionary alone; texts of one group share a part.
fn entities(name: &str, texts: &[Marked], groups: &[usize]) {
    if texts.is_empty() {
        println!("{name}: absent");
        return;
    }
    let names: Vec<String> = groups.iter().map(|group| group.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let parts = split::stratified(&names, &vec![None; names.len()], FOLDS, 1);
    let mut found: Vec<(Vec<Mark>, Vec<Mark>)> = vec![Default::default(); texts.len()];
    let start = Instant::now();
    let mut bytes = 0;
    for part in 0..FOLDS {
        let own = |at: &usize| usize::from(parts[*at]) == part;
        let known: Vec<Marked> = (0..texts.len()).filter(|at| !own(at)).map(|at| texts[at].clone()).collect();
        let tagger = Tagger::learn(&known, &[], 1, &Quiet).expect("public marks can be learned");
        bytes = tagger.to_bytes().len();
        for at in (0..texts.len()).filter(own) {
            found[at] = (tagger.find(&texts[at].text), tagger.listed(&texts[at].text));
        }
    }
    let learned = spans::score(texts.iter().zip(&found).map(|(one, (own, _))| (&one.marks[..], &own[..])));
    let listed = spans::score(texts.iter().zip(&found).map(|(one, (_, own))| (&one.marks[..], &own[..])));
    println!(
        "{name}: {} texts, {} marks, {:.1} s for {FOLDS} trainings, {bytes} bytes\n  entity            marks  found     P     R    F1 | dictionary alone     P     R    F1",
        texts.len(),
        learned[0].marked,
        start.elapsed().as_secs_f64()
    );
    for own in &learned {
        let other = listed.iter().find(|other| other.entity == own.entity).cloned().unwrap_or_default();
        let name = if own.entity.is_empty() { "all" } else { &own.entity };
        println!(
            "  {name:<16} {:>6} {:>6} {:.3} {:.3} {:.3} | {:>16} {:.3} {:.3} {:.3}",
            own.marked,
            own.found,
            own.precision(),
            own.recall(),
            own.f1(),
            other.found,
            other.precision(),
            other.recall(),
            other.f1()
        );
    }
}

fn finance() {
    let folder = std::env::temp_dir().join(format!("daoshi-knowledge-{}", std::process::id()));
    let made = sample::unpack("finance-zh", &folder).expect("the sample travels inside the program");
    let mut project = Project::in_memory("bench").expect("a project in memory");
    sample::fill(&mut project, &made).expect("the sample fits a new project");
    std::fs::remove_dir_all(&folder).expect("what was made can be removed");
    let start = Instant::now();
    let trained = train(&mut project, &TrainOptions::default(), &Quiet).expect("the sample can be trained");
    println!("finance sample: trained in {:.1} s with encoding and ranking", start.elapsed().as_secs_f64());
    let start = Instant::now();
    // What the encoder makes of the questions is kept by now.
    let (known, scores) = answers::learn(&mut project, 1, &Quiet).expect("the sample has questions");
    println!(
        "finance sample: {} similar questions held out, {} entries, {:.1} s without encoding",
        scores.questions,
        scores.entries,
        start.elapsed().as_secs_f64()
    );
    for (way, [first, five, mean]) in
        [("learned", scores.learned), ("meaning alone", scores.by_meaning), ("BM25 alone", scores.by_words)]
    {
        println!("  {way:<14} R@1 {:.2} % R@5 {:.2} % MRR {mean:.4}", first * 100.0, five * 100.0);
    }
    println!(
        "  answered {:.1} %, of them wrong {:.1} %; refused with the own entry struck out {:.1} %",
        scores.answered * 100.0,
        scores.wrong * 100.0,
        scores.refused * 100.0
    );
    if let Some(TalkScores { alone, with }) = trained.answers.and_then(|scores| scores.talk) {
        println!("  first turn of a chat, classifier alone {alone:?}\n  with the ranking {with:?}");
    }
    let start = Instant::now();
    for _ in 0..50 {
        known.ask("我的卡丢了怎么办", 5, "2026-01-01", "");
    }
    println!("  {:.2} ms a question", start.elapsed().as_secs_f64() * 1e3 / 50.0);
}

fn ranking(set: &str, folder: &Path) {
    let lines = |name: &str| -> Vec<(String, String)> {
        let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        text.lines().filter_map(|line| line.rsplit_once('\t')).map(|(t, l)| (t.to_string(), l.to_string())).collect()
    };
    let (train, test) = (lines("train.tsv"), lines("test.tsv"));
    if train.is_empty() {
        println!("{set}: absent");
        return;
    }
    let mut names: Vec<&str> = train.iter().map(|(_, label)| label.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let entry = |label: &str| names.binary_search(&label).unwrap_or(usize::MAX);
    let start = Instant::now();
    let questions: Vec<(usize, &str)> = train.iter().map(|(text, label)| (entry(label), text.as_str())).collect();
    let texts: Vec<&str> = questions.iter().map(|(_, text)| *text).collect();
    let encoder = Encoder::built_in();
    let vectors = encoder.encode_packed(&texts, &Quiet).expect("nobody stops it");
    let none = Vectors::new(DIMENSIONS);
    let knowledge = Knowledge {
        intents: &(0..names.len() as i64).map(IntentId).collect::<Vec<_>>(),
        questions: &questions,
        ids: &vec![None; questions.len()],
        vectors: &vectors,
        answers: &[],
        answer_vectors: &none,
        strange: &[],
        strange_vectors: &none,
        encoder: encoder.name(),
    };
    let encoded = start.elapsed().as_secs_f64();
    let (ranker, held_out) = Ranker::learn(&knowledge, &Cut::default(), 1, &Quiet).expect("public sets can be learned");
    let learned = start.elapsed().as_secs_f64();
    let asked: Vec<&str> = test.iter().map(|(text, _)| text.as_str()).collect();
    let rows = Encoder::built_in().encode_packed(&asked, &Quiet).expect("nobody stops it");
    let (mut places, mut answered, mut wrong) = (Vec::new(), 0usize, 0usize);
    for (at, (text, label)) in test.iter().enumerate() {
        let reply = ranker.ask(text, &rows.unpacked(at), names.len());
        let place = reply.ranked.iter().position(|one| one.entry == entry(label)).map_or(0, |at| at + 1);
        if reply.probability >= REFUSED {
            answered += 1;
            wrong += usize::from(place != 1);
        }
        places.push(place);
    }
    let percent = |share: f64| share * 100.0;
    let alone = |list: &[usize]| percent(HeldOut::recall(list.iter().copied(), 1));
    println!(
        "{set}: {} known, {} asked: R@1 {:.2} % R@5 {:.2} % MRR {:.4}; held out R@1 {:.2} % (meaning alone {:.2}, BM25 alone {:.2}); answered {:.1} %, of them wrong {:.1} %; refused with the own entry struck out {:.1} %; {encoded:.1} s encoding, {:.1} s learning; weights {:?}",
        train.len(),
        test.len(),
        percent(HeldOut::recall(places.iter().copied(), 1)),
        percent(HeldOut::recall(places.iter().copied(), 5)),
        HeldOut::reciprocal(places.iter().copied()),
        percent(HeldOut::recall(held_out.places(), 1)),
        alone(&held_out.by_meaning),
        alone(&held_out.by_words),
        percent(answered as f64 / test.len() as f64),
        percent(wrong as f64 / answered.max(1) as f64),
        percent(held_out.struck.iter().filter(|p| **p < REFUSED).count() as f64 / held_out.struck.len() as f64),
        learned - encoded,
        ranker.weights(),
    );
}
