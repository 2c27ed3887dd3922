//! Moods in lines and tables for people: what was said, what is heard, what was learned.

use crate::domain::mood::{Mood, RISKS};
use crate::domain::prediction::Emotion;
use crate::i18n::{Lang, Words, fill};
use crate::nlu::moods::learn::{FEWEST, FEWEST_OF_ONE};
use crate::nlu::moods::sense::tone;
use crate::workbench::moods::{Moods, Said};

/// Returns a mood's name in a language.
pub fn mood(mood: Mood, words: &Words) -> &'static str {
    words.moods.moods[mood as usize]
}

/// Returns a risk's name in a language.
pub fn risk(risk: &str, words: &Words) -> String {
    let known = RISKS.iter().position(|known| *known == risk).map(|at| words.moods.risks[at]);
    known.unwrap_or(risk).to_string()
}

/// Returns what was said of a text: its mood and risks.
pub fn said(said: &Said, words: &Words) -> String {
    with_risks(mood(said.mood, words).to_string(), &said.risks, words)
}

/// Returns what is heard in a text: its mood with its strength, its risks.
pub fn heard(heard: &Emotion, words: &Words) -> String {
    let tone = tone(heard);
    let score = match tone {
        Mood::Angry => heard.angry,
        Mood::Anxious => heard.anxious,
        Mood::Confused => heard.confused,
        Mood::Satisfied => heard.satisfied,
        _ => 0.0,
    };
    let name = mood(heard.mood.unwrap_or(tone), words);
    let name = if tone == Mood::Calm { name.to_string() } else { format!("{name} {score:.2}") };
    with_risks(name, &heard.risks, words)
}

fn with_risks(mood: String, risks: &[String], words: &Words) -> String {
    let (comma, dot) = if words.lang == Lang::Zh { ("、", " · ") } else { (", ", " · ") };
    let risks: Vec<String> = risks.iter().map(|own| risk(own, words)).collect();
    if risks.is_empty() { mood } else { format!("{mood}{dot}{}", risks.join(comma)) }
}

/// Returns how moods are heard beside a run and what decided so, a sentence a line.
pub fn learned(moods: &Moods, words: &Words) -> Vec<String> {
    let t = &words.moods;
    let Some(report) = &moods.report else {
        let numbers = [moods.labelled, FEWEST, FEWEST_OF_ONE].map(|n| n.to_string());
        let gaps = [("n", &*numbers[0]), ("least", &*numbers[1]), ("each", &*numbers[2])];
        return vec![fill(t.lexicon_alone, &gaps)];
    };
    let phrase = if report.share > 0.0 { t.joined } else { t.not_better };
    let share = format!("{:.0} %", report.share * 100.0);
    let (joined, lexicon) = (format!("{:.3}", report.joined), format!("{:.3}", report.lexicon));
    let gaps = [("n", &*report.labels.to_string()), ("share", &*share), ("joined", &*joined), ("lexicon", &*lexicon)];
    let mut lines = vec![fill(phrase, &gaps)];
    let traps = report.traps;
    let [all, by_lexicon, both, alone] =
        [traps.all, traps.lexicon, traps.joined, traps.learned].map(|count| count.to_string());
    lines.push(fill(t.traps, &[("all", &all), ("lexicon", &by_lexicon), ("joined", &both), ("learned", &alone)]));
    if report.left_out > 0 {
        lines.push(fill(t.left_out, &[("n", &report.left_out.to_string())]));
    }
    lines
}

/// Returns the scores of each mood on texts held out, with a heading.
pub fn scores(moods: &Moods, words: &Words) -> Vec<Vec<String>> {
    let t = &words.moods;
    let Some(report) = &moods.report else { return Vec::new() };
    let head = [t.mood, t.support, "P", "R", "F1"];
    let rows = report.moods.iter().map(|row| {
        let name = mood(row.mood, words).to_string();
        let [precision, recall, f1] = [row.precision, row.recall, row.f1].map(|score| format!("{score:.3}"));
        vec![name, row.support.to_string(), precision, recall, f1]
    });
    std::iter::once(head.map(str::to_string).to_vec()).chain(rows).collect()
}

/// Returns the scores of each risk labelled often enough, with a heading; nothing without one.
pub fn risks(moods: &Moods, words: &Words) -> Vec<Vec<String>> {
    let t = &words.moods;
    let rows = moods.report.as_ref().map(|report| report.risks.as_slice()).unwrap_or_default();
    if rows.is_empty() {
        return Vec::new();
    }
    let head = [t.risk, t.support, t.by_lexicon, t.with_learned, ""];
    let rows = rows.iter().map(|row| {
        let [alone, joined] = [row.lexicon, row.joined].map(|score| format!("{score:.3}"));
        let used = if row.used { t.used } else { t.unused };
        vec![risk(&row.risk, words), row.support.to_string(), alone, joined, used.to_string()]
    });
    std::iter::once(head.map(str::to_string).to_vec()).chain(rows).collect()
}
