//! Plain text with times from the beginning of the call: `[00:03] 坐席: …`, LRC, `[00:00.500 --> 00:03.200] …` as
//! Whisper prints it, `说话人1 00:03` above its words, `张三(00:00:03)：…`.
//!
//! A clock of the day makes a chat, not a call: here times begin near zero and never go back.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::formats::call::cues::{clock, plain, tell_apart};
use crate::formats::call::segment::{Segment, Transcript, stray};
use crate::formats::call::shape::{ScriptShape, join};
use crate::formats::record::{RejectReason, TEXT_LIMIT};

/// How these calls are told and read.
pub const SHAPE: ScriptShape = ScriptShape { fits, read };

/// The latest first word of a call, in milliseconds.
const SOON: u32 = 180_000;

macro_rules! patterns {
    ($($name:ident = $pattern:literal;)*) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(&$pattern.replace("CLOCK", r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,6})?")).expect("a pattern the tests run")
        });)*
    };
}

patterns! {
    // [00:03] 坐席: …   (0:03-0:07) …   00:00:03 客户：…   [00:00.500 --> 00:03.200] …
    FIRST = r"^[\[(（【]?\s*(?P<start>CLOCK)\s*(?:(?:-->|-|–|~|至)\s*(?P<end>CLOCK)\s*)?(?:[\])）】]\s*[:：]?|\s|$)\s*(?P<text>.*)$";
    // 说话人1 00:03   张三(00:00:03)：…
    LAST = r"^(?P<name>[^\s:：\[(（][^:：\[(（]{0,23}?)\s*[\[(（]?(?P<start>CLOCK)[\])）]?\s*(?:[:：]\s*(?P<text>.*))?$";
    MORE = r"^\[(?P<start>CLOCK)\](?P<text>.*)$";
    ABOUT = r"^\[[a-zA-Z#]{1,12}:[^\]]*\]$";
    WORD = r"<CLOCK>\s?";
}

/// The beginning of somebody's speech.
struct Begin<'a> {
    starts: Vec<u32>,
    end: Option<u32>,
    name: Option<&'a str>,
    text: &'a str,
}

fn fits(text: &str, ending: &str) -> bool {
    let (mut filled, mut begun, mut about, mut last) = (0usize, 0usize, 0usize, None);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(400) {
        filled += 1;
        about += usize::from(ABOUT.is_match(line));
        let Some(begin) = begin(line) else { continue };
        let start = begin.starts[0];
        if last.is_some_and(|last| start < last) || (last.is_none() && start >= SOON) {
            return false;
        }
        (begun, last) = (begun + 1, Some(start));
    }
    let few = begun == 1 && (ending == "lrc" || filled == 1);
    (begun >= 2 || few) && (begun + about) * 4 >= filled
}

fn read(lines: &[(u64, String)]) -> Transcript {
    let mut call = Transcript::default();
    for (number, line) in lines {
        let text = line.trim();
        if text.is_empty() || ABOUT.is_match(text) {
            continue;
        }
        match begin(text) {
            Some(begin) => {
                let said = plain(&WORD.replace_all(begin.text, ""));
                for start in begin.starts {
                    call.segments.push(Segment {
                        start: Some(start),
                        end: begin.end,
                        speaker: begin.name.map(str::to_owned),
                        text: said.clone(),
                        line: *number,
                        ..Segment::default()
                    });
                }
            }
            None => match call.segments.last_mut() {
                Some(open) if open.text.len() <= TEXT_LIMIT => join(&mut open.text, &plain(text)),
                Some(_) => {}
                None => call.strays.push(stray(*number, RejectReason::NoSpeaker, text)),
            },
        }
    }
    // LRC writes a time without words where a line ends.
    call.segments.retain(|segment| !segment.text.is_empty() || segment.speaker.is_some());
    tell_apart(&mut call.segments);
    call
}

fn begin(line: &str) -> Option<Begin<'_>> {
    let named = |found: &Captures<'_>, part: &str| found.name(part).and_then(|time| clock(time.as_str()));
    if let Some(found) = FIRST.captures(line) {
        let mut starts = vec![named(&found, "start")?];
        let mut text = found.name("text").map_or("", |text| text.as_str());
        // A refrain of LRC has a time for each time it is sung.
        while let Some(more) = MORE.captures(text).filter(|_| starts.len() < 16) {
            starts.push(named(&more, "start")?);
            text = more.name("text").map_or("", |text| text.as_str()).trim_start();
        }
        return Some(Begin { starts, end: named(&found, "end"), name: None, text });
    }
    let found = LAST.captures(line)?;
    let text = found.name("text").map_or("", |text| text.as_str());
    let name = found.name("name").map(|name| name.as_str().trim());
    Some(Begin { starts: vec![named(&found, "start")?], end: None, name, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Option<u32>, String, String)> {
        let lines: Vec<(u64, String)> = text.lines().zip(1..).map(|(line, at)| (at, line.to_owned())).collect();
        let told = |one: Segment| (one.start, one.speaker.unwrap_or_default(), one.text);
        read(&lines).segments.into_iter().map(told).collect()
    }

    #[test]
    fn many_hands_write_the_same_two_sentences() {
        let wanted =
            [(Some(0), "坐席".to_owned(), "您好".to_owned()), (Some(3000), "客户".to_owned(), "在吗".to_owned())];
        for text in [
            "[00:00] 坐席: 您好\n[00:03] 客户: 在吗",
            "[00:00.00]坐席：您好\n[00:03.00]客户：在吗",
            "00:00:00 坐席：您好\n00:00:03 客户：在吗",
            "(0:00-0:02) 坐席: 您好\n(0:03-0:04) 客户: 在吗",
            "[00:00:00.000 --> 00:00:02.000]  坐席：您好\n[00:00:03.000 --> 00:00:04.000]  客户：在吗",
            "坐席 00:00\n您好\n客户 00:03\n在吗",
            "坐席(00:00:00)：您好\n客户(00:00:03)：在吗",
            "[ti:通话]\n[by:asr]\n[00:00.00]坐席：您好\n[00:02.00]\n[00:03.00]客户：在\n吗",
        ] {
            assert!(fits(text, "txt"), "{text}");
            assert_eq!(said(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_clock_of_the_day_is_no_call_and_a_list_is_none_either() {
        for text in [
            "[10:00:05] 客户：在吗\n[10:00:09] 客服：您好",
            "10:00 客户：在吗\n10:01 客服：您好",
            "[00:03] 客户：在吗\n[00:01] 客服：您好",
            "营业时间 9:00\n怎么退保\n怎么理赔\n卡丢了\n几点开门",
            "怎么退保\n怎么理赔",
            "2024-03-01 10:00:05 张先生(123)\n在吗\n2024-03-01 10:00:09 小丽(9)\n您好",
            "",
        ] {
            assert!(!fits(text, "txt"), "{text}");
        }
    }
}
