//! What a recogniser wrote and nobody said: its own doubts, its loops, the lines it learned from film subtitles.
//!
//! Whisper writes such lines over silence and hold music; they are set aside with their reason, never dropped.

use crate::formats::call::segment::Segment;
use crate::formats::record::RejectReason;

/// From which thousandths on a segment is believed: e⁻¹, Whisper's own limit (`logprob_threshold = -1`).
const SURE_ENOUGH: u16 = 368;

/// How often in a row a sentence must stand before the recogniser is in a loop.
const LOOP: usize = 3;

/// The shortest sentence that is called a loop, in characters: people do say 喂 three times.
const LOOP_LENGTH: usize = 6;

/// Lines of subtitle makers; nobody says them on a phone.
const SUBTITLES: [&str; 14] = [
    "请不吝点赞",
    "請不吝點贊",
    "明镜与点点",
    "明鏡與點點",
    "字幕志愿者",
    "字幕由amara",
    "amara.org",
    "优优独播剧场",
    "優優獨播劇場",
    "小编字幕由",
    "小編字幕由",
    "yoyo television series",
    "以上言论不代表本台立场",
    "subtitles by the",
];

/// Whole lines of subtitle makers that could be part of a true sentence.
const WHOLE: [&str; 14] = [
    "感谢观看",
    "谢谢观看",
    "谢谢大家观看",
    "感谢您的观看",
    "感谢收看",
    "谢谢收看",
    "请订阅我的频道",
    "中文字幕",
    "字幕提供",
    "字幕制作",
    "thanks for watching",
    "thank you for watching",
    "please subscribe",
    "ご視聴ありがとうございました",
];

/// Notes on what is heard and is no speech.
const SOUNDS: [&str; 16] = [
    "blank_audio",
    "blank audio",
    "music",
    "silence",
    "noise",
    "applause",
    "laughter",
    "inaudible",
    "音乐",
    "音樂",
    "掌声",
    "笑声",
    "噪音",
    "静音",
    "铃声",
    "彩铃",
];

/// Returns for each segment why it is set aside; `None` keeps it.
pub fn doubts(segments: &[Segment]) -> Vec<Option<RejectReason>> {
    let plain: Vec<String> = segments.iter().map(|segment| plain(&segment.text)).collect();
    let mut run = 0;
    (0..segments.len())
        .map(|at| {
            let again = at > 0 && plain[at] == plain[at - 1];
            run = if again { run + 1 } else { 0 };
            let last = (at..plain.len()).take(LOOP).take_while(|next| plain[*next] == plain[at]).count();
            let looped = run > 0 && run + last >= LOOP && plain[at].chars().count() >= LOOP_LENGTH;
            doubt(&segments[at], &plain[at], looped)
        })
        .collect()
}

fn doubt(segment: &Segment, plain: &str, looped: bool) -> Option<RejectReason> {
    if segment.text.contains('\u{FFFD}') {
        return Some(RejectReason::Undecodable);
    }
    if plain.is_empty() {
        return None;
    }
    if let Some(kind) = sound(segment.text.trim()) {
        return Some(RejectReason::NotText { kind });
    }
    let made_up = SUBTITLES.iter().any(|line| plain.contains(line)) || WHOLE.iter().any(|line| plain == squeezed(line));
    if segment.unheard || looped || made_up {
        return Some(RejectReason::Hallucinated);
    }
    segment.sure.filter(|sure| *sure < SURE_ENOUGH).map(|sure| RejectReason::Unsure { sure })
}

/// Returns a sentence as it sounds: small letters, no blanks, no signs at its ends.
fn plain(text: &str) -> String {
    squeezed(text.trim_matches(|c: char| !c.is_alphanumeric()))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Returns the sound a note in brackets names, such as `[BLANK_AUDIO]` or `(音乐)`.
fn sound(text: &str) -> Option<String> {
    let inner = [("[", "]"), ("(", ")"), ("（", "）"), ("【", "】"), ("*", "*"), ("♪", "♪")]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))?
        .trim()
        .to_lowercase();
    SOUNDS.iter().any(|sound| inner.starts_with(sound)).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<&'static str> {
        let segments: Vec<Segment> =
            texts.iter().map(|text| Segment { text: (*text).to_owned(), ..Segment::default() }).collect();
        doubts(&segments).iter().map(|doubt| doubt.as_ref().map_or("", RejectReason::name)).collect()
    }

    #[test]
    fn lines_nobody_said_are_told_from_what_customers_say() {
        for text in [
            "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
            "字幕由Amara.org社区提供",
            "谢谢观看。",
            "Thank you for watching!",
        ] {
            assert_eq!(names(&[text]), ["hallucinated"], "{text}");
        }
        for text in
            ["我的视频没有中文字幕", "怎么请人点赞", "谢谢观看我的资料，什么时候放款", "thanks", "字幕由你们提供吗"]
        {
            assert_eq!(names(&[text]), [""], "{text}");
        }
        assert_eq!(
            names(&["[BLANK_AUDIO]", "(音乐)", "[音乐会的票怎么退]", "[图片]"]),
            ["not-text", "not-text", "not-text", ""]
        );
    }

    #[test]
    fn a_loop_keeps_its_first_sentence_and_short_calls_stay() {
        let line = "好的我帮您查一下";
        assert_eq!(names(&[line, line, line, "谢谢"]), ["", "hallucinated", "hallucinated", ""]);
        assert_eq!(names(&[line, line]), ["", ""]);
        assert_eq!(names(&["喂", "喂", "喂", "喂"]), ["", "", "", ""]);
    }

    #[test]
    fn a_recogniser_that_is_not_sure_is_not_believed() {
        let of = |sure, unheard| {
            let segment = Segment { text: "好".to_owned(), sure, unheard, ..Segment::default() };
            doubts(&[segment]).pop().flatten()
        };
        assert_eq!(of(Some(301), false), Some(RejectReason::Unsure { sure: 301 }));
        assert_eq!(of(Some(700), false), None);
        assert_eq!(of(Some(900), true), Some(RejectReason::Hallucinated));
    }
}
