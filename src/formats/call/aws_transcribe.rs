//! AWS Transcribe: `results.items[]` word by word, with `speaker_labels` or `channel_labels` beside them.

use std::collections::HashMap;

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, join, list, number, seconds, segment, thousandths, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

/// A pause that ends a sentence, in milliseconds.
const PAUSE: u32 = 1500;

fn fits(value: &Value) -> bool {
    find(value, "results").is_some_and(|results| {
        find(results, "transcripts").is_some()
            && (find(results, "items").is_some() || find(results, "audio_segments").is_some())
    })
}

fn read(value: &Value) -> Transcript {
    let results = find(value, "results").unwrap_or(&Value::Null);
    let labels = find(results, "speaker_labels").unwrap_or(&Value::Null);
    let parts = list(labels, "segments");
    let mut speakers: HashMap<u32, String> = HashMap::new();
    // When the parts of the diarisation begin and end.
    let mut spans: HashMap<u32, u32> = HashMap::new();
    for part in parts {
        spans.extend(seconds(part, "start_time").zip(seconds(part, "end_time")));
        for item in list(part, "items").iter().chain([part]) {
            if let (Some(start), Some(speaker)) = (seconds(item, "start_time"), words(item, "speaker_label")) {
                speakers.insert(start, speaker);
            }
        }
    }
    let channels = find(results, "channel_labels").map_or(&[][..], |labels| list(labels, "channels"));
    let mut segments = Vec::new();
    if channels.is_empty() {
        segments = sentences(list(results, "items"), None, &speakers, &spans);
    }
    for channel in channels {
        let name = words(channel, "channel_label");
        segments.extend(sentences(list(channel, "items"), name, &speakers, &spans));
    }
    Transcript { segments, ..Transcript::default() }
}

/// Puts words together until somebody else speaks, a part of the diarisation begins, or a pause is made.
fn sentences(
    items: &[Value],
    channel: Option<String>,
    speakers: &HashMap<u32, String>,
    spans: &HashMap<u32, u32>,
) -> Vec<Segment> {
    let mut found: Vec<Segment> = Vec::new();
    let mut chances: Vec<f64> = Vec::new();
    for item in items {
        let Some(best) = list(item, "alternatives").first() else { continue };
        let Some(word) = words(best, "content") else { continue };
        let (start, end) = (seconds(item, "start_time"), seconds(item, "end_time"));
        let Some(at) = start else {
            // A sign has no time: it belongs to the word before.
            if let Some(last) = found.last_mut() {
                last.text.push_str(word.trim());
            }
            continue;
        };
        let speaker = channel.clone().or_else(|| words(item, "speaker_label")).or_else(|| speakers.get(&at).cloned());
        let goes_on = found.last().is_some_and(|last| {
            let quiet = at.saturating_sub(last.end.unwrap_or(at));
            let parted = spans.contains_key(&at) && last.start != Some(at);
            (last.speaker == speaker || speaker.is_none()) && quiet < PAUSE && !parted
        });
        if !goes_on {
            close(&mut found, &mut chances, spans);
            found.push(Segment { speaker, ..segment(start, end, "") });
        }
        let last = found.last_mut().expect("pushed above");
        join(&mut last.text, &word);
        last.end = end.or(last.end);
        chances.extend(number(best, "confidence"));
    }
    close(&mut found, &mut chances, spans);
    found
}

/// Ends the last segment: with the part it began with, and with the mean of its words' confidence.
fn close(found: &mut [Segment], chances: &mut Vec<f64>, spans: &HashMap<u32, u32>) {
    let Some(last) = found.last_mut() else { return };
    let part = last.start.and_then(|start| spans.get(&start).copied());
    last.end = last.end.max(part);
    if !chances.is_empty() {
        last.sure = Some(thousandths(chances.iter().sum::<f64>() / chances.len() as f64));
    }
    chances.clear();
}
