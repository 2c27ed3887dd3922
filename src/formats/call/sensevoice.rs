//! SenseVoice: one text with tags between its sentences, `<|zh|><|ANGRY|><|Speech|><|withitn|>…`.
//!
//! The emotion is kept with the turn, the tags leave the text.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, segment, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<\|([A-Za-z_/ ]{1,24})\|>").expect("a pattern the tests run"));

/// The feelings the tags name; `EMO_UNKNOWN` names none.
const EMOTIONS: [&str; 7] = ["HAPPY", "SAD", "ANGRY", "NEUTRAL", "FEARFUL", "DISGUSTED", "SURPRISED"];

fn fits(value: &Value) -> bool {
    find(value, "sentence_info").is_none()
        && find(value, "stamp_sents").is_none()
        && words(value, "text").is_some_and(|text| text.starts_with("<|") && TAG.is_match(&text))
}

fn read(value: &Value) -> Transcript {
    let segments = said(&segment(None, None, words(value, "text").unwrap_or_default()));
    Transcript { segments, ..Transcript::default() }
}

/// Returns the sentences between the tags of a segment, each with its emotion.
pub fn said(whole: &Segment) -> Vec<Segment> {
    let (mut found, mut emotion, mut last) = (Vec::new(), None, 0);
    let mut add = |text: &str, emotion: &Option<String>| {
        if !text.trim().is_empty() {
            found.push(Segment { text: text.trim().to_owned(), emotion: emotion.clone(), ..whole.clone() });
        }
    };
    for tag in TAG.captures_iter(&whole.text) {
        let place = tag.get(0).expect("the whole match");
        add(&whole.text[last..place.start()], &emotion);
        last = place.end();
        match &tag[1] {
            name if EMOTIONS.contains(&name) => emotion = Some(name.to_owned()),
            "EMO_UNKNOWN" => emotion = None,
            _ => {}
        }
    }
    add(&whole.text[last..], &emotion);
    if found.is_empty() {
        // Music or silence: a row without words.
        found.push(Segment { text: String::new(), ..whole.clone() });
    } else if found.len() > 1 {
        // The times are those of all sentences together.
        found.iter_mut().skip(1).for_each(|segment| segment.start = None);
        found.iter_mut().for_each(|segment| segment.end = None);
    }
    found
}
