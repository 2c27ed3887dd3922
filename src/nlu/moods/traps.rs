//! Texts that mislead: business words, denials, accusing questions, irony, thanks that end a rebuke.

use crate::domain::mood::Mood;
use crate::domain::prediction::Emotion;
use crate::nlu::moods::sense::tone;

static TRAPS: &str = include_str!("../../../assets/lexicons/emotion-traps.tsv");

/// One of them, with how it truly sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trap {
    pub text: &'static str,
    pub tone: Mood,
    /// What misleads about it.
    pub kind: &'static str,
}

/// Returns all of them.
pub fn traps() -> Vec<Trap> {
    let rows = TRAPS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|row| {
        let mut cells = row.split('\t');
        let mut next = || cells.next().expect("the table in the binary has its columns");
        let (text, tone) = (next(), Mood::named(next()).expect("the table in the binary names moods"));
        Trap { text, tone, kind: next() }
    })
    .collect()
}

/// Tells of each trap whether it is heard rightly.
pub fn held(traps: &[Trap], hear: impl Fn(&str) -> Emotion) -> Vec<bool> {
    traps.iter().map(|trap| tone(&hear(trap.text)) == trap.tone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::emotion::emotion;

    #[test]
    fn the_lexicon_hears_all_but_plain_words_that_mean_their_contrary() {
        let traps = traps();
        let wrong: Vec<&str> =
            traps.iter().zip(held(&traps, emotion)).filter(|(_, held)| !held).map(|(trap, _)| trap.text).collect();
        // Only the world tells that three weeks, or eight calls, are no praise.
        assert_eq!(wrong, ["服务真好，好到我打了八个电话", "Great, another three weeks of waiting"]);
        assert!(traps.iter().all(|trap| trap.tone == trap.tone.tone()));
    }
}
