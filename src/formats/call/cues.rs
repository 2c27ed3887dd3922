//! What subtitles and timed text have in common: times, cues, tags, and who a line says is speaking.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::formats::call::segment::{Segment, Transcript, stray};
use crate::formats::call::shape::join;
use crate::formats::record::{RejectReason, TEXT_LIMIT};
use crate::formats::speaker;

/// What stands between the two times of a cue.
const ARROW: &str = "-->";

/// A name before a colon, at most so many characters.
const NAME: usize = 24;

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)</?(?:b|i|u|c|v|s|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<\d[\d:.]*>|\{\\[^{}]*\}")
        .expect("a pattern the tests run")
});

static VOICE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)<v(?:\.[^\s<>]*)?\s+([^<>]+)>").expect("a pattern the tests run"));

/// Names that only recognisers give, such as `SPEAKER_00` or 说话人1.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:speaker|spk|spkr|说话人|發言人|发言人|讲话人|通道|channel|ch)[\s_]?(?:[0-9]{1,3}|[a-h])$")
        .expect("a pattern the tests run")
});

/// Returns the milliseconds a clock names: `mm:ss`, `hh:mm:ss`, with a point or comma and a fraction or without.
pub fn clock(text: &str) -> Option<u32> {
    let (whole, fraction) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
    let mut parts: Vec<u64> = Vec::new();
    for part in whole.split(':') {
        let figures = !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        parts.push(part.parse().ok().filter(|_| figures)?);
    }
    let fits = matches!(parts.len(), 2 | 3) && parts[1..].iter().all(|part| *part < 60);
    if !fits || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds = parts.iter().fold(0, |sum, part| sum * 60 + part);
    let millis = fraction.bytes().chain(*b"000").take(3).fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    u32::try_from(seconds * 1000 + millis).ok()
}

/// Returns the two times of a cue's first line; what stands behind them (its place on a screen) is of no use here.
pub fn times(line: &str) -> Option<(u32, u32)> {
    let (start, rest) = line.split_once(ARROW)?;
    let end = rest.split_whitespace().next()?;
    Some((clock(start)?, clock(end)?))
}

/// Returns the cues of subtitles: a line of times, and the lines under it until a blank one.
pub fn cues(lines: &[(u64, String)]) -> Transcript {
    let mut call = Transcript::default();
    let mut at = 0;
    while at < lines.len() {
        let (number, line) = (lines[at].0, lines[at].1.trim());
        at += 1;
        if line.is_empty() {
            continue;
        }
        let Some((start, end)) = times(line) else {
            // The number or the name of a cue stands right above its times.
            let named = lines.get(at).is_some_and(|(_, next)| times(next).is_some());
            if !named {
                let reason = if line.contains(ARROW) { RejectReason::BadTime } else { RejectReason::NoSpeaker };
                call.strays.push(stray(number, reason, line));
            }
            continue;
        };
        let begun = call.segments.len();
        let base = Segment { start: Some(start), end: Some(end), line: number, ..Segment::default() };
        // A file without blank lines: the next times, or the number above them, end a cue as well.
        let ends = |at: usize| {
            let text = lines[at].1.trim();
            let next = lines.get(at + 1).map_or("", |(_, next)| next.as_str());
            text.is_empty()
                || times(text).is_some()
                || (text.bytes().all(|b| b.is_ascii_digit()) && times(next).is_some())
        };
        while at < lines.len() && !ends(at) {
            voices(&lines[at].1, &base, begun, &mut call.segments);
            at += 1;
        }
        if call.segments.len() == begun {
            call.segments.push(base);
        }
    }
    tell_apart(&mut call.segments);
    call
}

/// Adds a line of a cue: to the one that speaks already, or to who `<v …>` says begins to.
fn voices(line: &str, base: &Segment, begun: usize, found: &mut Vec<Segment>) {
    let mut last = 0;
    let mut add = |text: &str, speaker: Option<&str>| {
        let text = plain(text);
        let open = found.len() > begun;
        if speaker.is_some() || !open {
            if text.is_empty() && speaker.is_none() {
                return;
            }
            found.push(Segment { speaker: speaker.map(|name| plain(name).trim().to_owned()), ..base.clone() });
        }
        let open = found.last_mut().expect("pushed above");
        if open.text.len() <= TEXT_LIMIT {
            join(&mut open.text, &text);
        }
    };
    let mut speaker = None;
    for voice in VOICE.captures_iter(line) {
        let place = voice.get(0).expect("the whole match");
        if place.start() > last || speaker.is_some() {
            add(&line[last..place.start()], speaker);
        }
        speaker = voice.get(1).map(|name| name.as_str());
        last = place.end();
    }
    add(&line[last..], speaker);
}

/// Returns a text without tags, its entities as the signs they stand for.
pub fn plain(text: &str) -> String {
    let text = if text.contains(['<', '{']) { TAG.replace_all(text, "") } else { text.into() };
    if !text.contains('&') {
        return text.trim().to_owned();
    }
    const SIGNS: [(&str, &str); 7] =
        [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&lrm;", ""), ("&rlm;", ""), ("&quot;", "\""), ("&amp;", "&")];
    SIGNS.iter().fold(text.into_owned(), |text, (entity, sign)| text.replace(entity, sign)).trim().to_owned()
}

/// Takes the names off texts that begin with one, where names are what they begin with.
pub fn tell_apart(segments: &mut [Segment]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let untold = segments.iter().filter(|segment| segment.speaker.is_none() && !segment.text.trim().is_empty()).count();
    for segment in segments.iter().filter(|segment| segment.speaker.is_none()) {
        if let Some((name, _)) = named(&segment.text) {
            *seen.entry(name.to_owned()).or_default() += 1;
        }
    }
    let known = |name: &str| LABEL.is_match(name) || speaker::of_word(name).is_some();
    // A colon after any words is believed only where it is the custom of the whole text.
    let custom = seen.values().sum::<usize>() * 5 >= untold * 4 && (2..=8).contains(&seen.len());
    for segment in segments.iter_mut().filter(|segment| segment.speaker.is_none()) {
        let Some((name, said)) = named(&segment.text) else { continue };
        if known(name) || (custom && seen[name] >= 2) {
            (segment.speaker, segment.text) = (Some(name.to_owned()), said.to_owned());
        }
    }
}

/// Returns the name before a text's first colon (or in brackets before it), and what follows.
fn named(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['-', '–', '>', ' ']);
    let (name, said) = match text.strip_prefix(['[', '【', '(', '（']) {
        Some(rest) => {
            let (name, said) = rest.split_once([']', '】', ')', '）'])?;
            (name, said.trim_start().trim_start_matches([':', '：']))
        }
        None => text.split_once([':', '：'])?,
    };
    let name = name.trim();
    let fits =
        !name.is_empty() && name.chars().count() <= NAME && !name.contains(['，', '。', '？', '！', ',', '?', '!']);
    fits.then_some((name, said.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let lines: Vec<(u64, String)> = text.lines().zip(1..).map(|(line, at)| (at, line.to_owned())).collect();
        cues(&lines).segments.into_iter().map(|one| (one.speaker.unwrap_or_default(), one.text)).collect()
    }

    #[test]
    fn clocks_of_all_makers() {
        assert_eq!(clock("00:00:03,200"), Some(3200));
        assert_eq!(clock("00:03.2"), Some(3200));
        assert_eq!(clock("1:02:03"), Some(3_723_000));
        assert_eq!(clock("120:00"), Some(7_200_000));
        for text in ["3", "10:61", "00:00:00:00", "a:b", ":", "00:0x", "999999999:00", "00:01.2.3"] {
            assert_eq!(clock(text), None, "{text}");
        }
        assert_eq!(times("00:00:01.000 --> 00:00:02.000 align:start position:0%"), Some((1000, 2000)));
    }

    #[test]
    fn a_cue_may_hold_several_voices_and_lines() {
        let text = "00:01.000 --> 00:02.000\n<v 客服>您好</v>\n<v.loud 客户>我要<i>投诉</i> &amp; 退款</v>\n还有\n";
        assert_eq!(read(text), [("客服".into(), "您好".into()), ("客户".into(), "我要投诉 & 退款还有".into())]);
    }

    #[test]
    fn names_before_colons_are_speakers_where_that_is_the_custom() {
        let cue = |said: &str| format!("1\n00:01.000 --> 00:02.000\n{said}\n\n");
        let text: String = ["李丽：您好", "王明：在吗", "李丽：在", "王明：注意：是储蓄卡"].map(cue).concat();
        assert_eq!(read(&text).last(), Some(&("王明".into(), "注意：是储蓄卡".into())));
        let text: String = ["您好", "网址：a.b", "好的", "谢谢"].map(cue).concat();
        assert!(read(&text).iter().all(|(name, _)| name.is_empty()));
        let text: String = ["[SPEAKER_00] hello", "(客户) 在吗"].map(cue).concat();
        assert_eq!(read(&text), [("SPEAKER_00".into(), "hello".into()), ("客户".into(), "在吗".into())]);
    }

    #[test]
    fn cues_without_blank_lines_are_cut_at_their_times() {
        let text = "1\n00:01.000 --> 00:02.000\n您好\n2\n00:03.000 --> 00:04.000\n在吗\n00:05.000 --> 00:06.000\n12\n";
        let said: Vec<String> = read(text).into_iter().map(|(_, said)| said).collect();
        assert_eq!(said, ["您好", "在吗", "12"]);
    }
}
