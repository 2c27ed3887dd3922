//! What a unit looks like to the perceptron: itself, its neighbours, its shape, and whether the dictionary knows it.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::nlu::tagger::dictionary::Hit;
use crate::nlu::tagger::units::{Kind, Unit};

/// The features of one unit, as hashes.
pub type Features = Vec<u64>;

/// Beyond the ends of a text.
const EDGE: &str = "\u{2}";

/// Returns the features of each unit.
pub fn features(text: &str, cut: &[Unit], hits: &[Hit]) -> Vec<Features> {
    let forms: Vec<String> = cut.iter().map(|unit| unit.range.of(text).to_lowercase()).collect();
    let shapes: Vec<String> = cut.iter().map(|unit| shape(unit.kind, unit.range.of(text))).collect();
    let known = known(cut.len(), hits);
    let at = |list: &'_ [String], place: isize| -> String {
        usize::try_from(place).ok().and_then(|place| list.get(place)).map_or(EDGE, String::as_str).to_string()
    };
    (0..cut.len() as isize)
        .map(|i| {
            let (f, s, k) = (|d: isize| at(&forms, i + d), |d: isize| at(&shapes, i + d), |d: isize| at(&known, i + d));
            let mut out = Features::with_capacity(32);
            let mut put = |template: u64, content: &[&str]| {
                out.push(xxh3_64_with_seed(content.join("\u{1}").as_bytes(), template));
            };
            put(0, &[]);
            for (template, d) in (1..).zip(-2..=2) {
                put(template, &[&f(d)]);
            }
            for (template, d) in (10..).zip(-2..=1) {
                put(template, &[&f(d), &f(d + 1)]);
            }
            put(20, &[&f(-1), &f(0), &f(1)]);
            put(21, &[&f(-1), &f(1)]);
            for (template, d) in (30..).zip(-1..=1) {
                put(template, &[&s(d)]);
                put(template + 10, &[&k(d)]);
            }
            put(50, &[&s(-1), &s(0), &s(1)]);
            put(51, &[&k(-1), &k(0), &k(1)]);
            put(52, &[&k(0), &s(0)]);
            put(53, &[&k(0), &f(-1)]);
            let form = f(0);
            if form.chars().count() > 3 {
                let letters: Vec<char> = form.chars().collect();
                for n in 2..=3 {
                    put(60 + n, &[&letters[..n as usize].iter().collect::<String>()]);
                    put(70 + n, &[&letters[letters.len() - n as usize..].iter().collect::<String>()]);
                }
            }
            out
        })
        .collect()
}

/// Says what a unit is made of: digits by their count, letters by their case.
fn shape(kind: Kind, form: &str) -> String {
    match kind {
        Kind::Han => "h".to_string(),
        Kind::Sign => form.to_string(),
        Kind::Digits => format!("d{}", form.chars().count().min(5)),
        Kind::Letters => {
            let capital = form.chars().next().is_some_and(char::is_uppercase);
            let all = form.chars().count() > 1 && form.chars().all(|c| !c.is_lowercase());
            if all {
                "A"
            } else if capital {
                "Aa"
            } else {
                "a"
            }
            .to_string()
        }
    }
}

/// Says of each unit which value of the dictionary it begins or goes on.
fn known(units: usize, hits: &[Hit]) -> Vec<String> {
    let mut known = vec![String::new(); units];
    for hit in hits {
        for (place, word) in known.iter_mut().enumerate().take(hit.end).skip(hit.start) {
            let part = if place == hit.start {
                'b'
            } else if place + 1 == hit.end {
                'e'
            } else {
                'i'
            };
            *word = format!("{part}{}", hit.entity);
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::tagger::units::units;

    #[test]
    fn the_same_place_in_the_same_words_looks_the_same_and_elsewhere_not() {
        let of = |text: &str, hits: &[Hit]| features(text, &units(text), hits);
        let (a, b) = (of("请转给张三吧", &[]), of("请转给张三吧", &[]));
        assert_eq!(a, b);
        assert_ne!(a[3], a[4]);
        let hit = [Hit { entity: 0, start: 3, end: 5 }];
        assert_ne!(of("请转给张三吧", &hit)[3], a[3]);
        assert_eq!(shape(Kind::Digits, "2024"), "d4");
        assert_eq!((shape(Kind::Letters, "USD"), shape(Kind::Letters, "Bob")), ("A".into(), "Aa".into()));
    }
}
