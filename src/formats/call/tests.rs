//! One call in every shape, and the laws that hold for all of them.

use proptest::prelude::*;

use crate::domain::conversation::{Channel, Facts, Message};
use crate::formats::fixtures::given::{all, letters, path, read_bytes};
use crate::formats::format::Format;
use crate::formats::options::ReadOptions;
use crate::formats::record::Rejected;
use crate::formats::speaker::Ground;

/// The six sentences of the call.
const SAID: [&str; 6] = [
    "您好，很高兴为您服务，请问有什么可以帮您？",
    "嗯那个我想问一下就是我那个房代提前还款要要收违约金吗",
    "请问您的贷款是哪一年办理的呢？",
    "二零二一年三月份吧呃卡号是六二二二零二幺三八",
    "好的，满一年是不收违约金的。",
    "你们上次可不是这么说的我要投诉你们",
];

/// When each begins and ends, in milliseconds.
const TIMES: [(u32, u32); 6] =
    [(500, 3200), (3600, 8200), (8600, 11_000), (11_300, 15_900), (16_300, 19_000), (19_200, 22_000)];

/// One shape: its file and format, how its roles are come by, the emotion of the last sentence, and what is set aside.
struct Shape {
    file: &'static str,
    format: Format,
    ground: Ground,
    last: Option<&'static str>,
    aside: &'static [(u64, &'static str)],
}

const fn shape(file: &'static str, format: Format, ground: Ground, last: Option<&'static str>) -> Shape {
    Shape { file, format, ground, last, aside: &[] }
}

const SHAPES: &[Shape] = &[
    shape("aliyun_filetrans.json", Format::Aliyun, Ground::Said, Some("7.5")),
    shape("iflytek_lfasr_getresult.json", Format::Iflytek, Ground::Said, None),
    shape("huawei_sis_transcriber.json", Format::Huawei, Ground::Told, Some("ANGRY")),
    shape("funasr_automodel.json", Format::FunAsr, Ground::Said, None),
    Shape {
        aside: &[(4, "unsure"), (7, "hallucinated")],
        ..shape("whisper_openai.json", Format::Whisper, Ground::Alone, None)
    },
    shape("whisper_cpp.json", Format::WhisperCpp, Ground::Alone, None),
    shape("whisperx_diarized.json", Format::WhisperX, Ground::Said, None),
    shape("aws_transcribe.json", Format::AwsTranscribe, Ground::Said, None),
    shape("amazon_connect_contact_lens.json", Format::ContactLens, Ground::Told, Some("NEGATIVE")),
    shape("call.srt", Format::Srt, Ground::Told, None),
    shape("call.vtt", Format::Vtt, Ground::Told, None),
    shape("call_lrc_gbk.txt", Format::TimedText, Ground::Told, None),
];

fn call(name: &str, bytes: &[u8]) -> (Vec<Message>, Vec<Rejected>, Option<Ground>) {
    let (summary, messages, rejected) = read_bytes(name, bytes, &ReadOptions::default()).expect(name);
    (messages, rejected, summary.ground)
}

fn told(messages: &[Message]) -> Vec<(char, &str)> {
    letters(messages).chars().zip(messages.iter().map(|m| m.text.as_str())).collect::<Vec<_>>()
}

#[test]
fn one_call_in_twelve_shapes_is_the_same_six_turns() {
    for shape in SHAPES {
        let file = shape.file;
        let (summary, messages, rejected) = all(&path(&format!("call/{file}")), &ReadOptions::default()).expect(file);
        assert_eq!((summary.format, summary.ground), (shape.format, Some(shape.ground)), "{file}");
        let aside: Vec<_> = rejected.iter().map(|row| (row.line, row.reason.name())).collect();
        assert_eq!(aside, shape.aside, "{file}");
        // What the recogniser was not sure of is one of the six, set aside where others kept it.
        let unsure = rejected.iter().find(|row| row.reason.name() == "unsure").map(|row| row.raw.as_str());
        let wanted: Vec<(usize, &str)> =
            SAID.into_iter().enumerate().filter(|(_, said)| Some(*said) != unsure).collect();
        let texts: Vec<&str> = messages.iter().map(|m| m.text.as_str()).collect();
        assert_eq!(texts, wanted.iter().map(|(_, said)| *said).collect::<Vec<_>>(), "{file}");
        let roles = if shape.ground == Ground::Alone { "cccccc" } else { "acacac" };
        assert_eq!(letters(&messages), roles[..messages.len()], "{file}");
        for (message, (at, _)) in messages.iter().zip(&wanted) {
            let (start, end) = TIMES[*at];
            // Timed text knows whole seconds and no ends.
            let (start, lasted) = if shape.format == Format::TimedText {
                (start / 1000 * 1000, None)
            } else {
                (start, Some(end - start))
            };
            let Facts { offset, lasted: found, .. } = &message.facts;
            assert_eq!((*offset, *found), (Some(start), lasted), "{file}: {message:?}");
            assert_eq!((message.channel, message.at), (Channel::Call, None), "{file}");
        }
        assert_eq!(messages.last().and_then(|m| m.facts.emotion.as_deref()), shape.last, "{file}");
        let calls: Vec<_> = messages.iter().filter_map(|m| m.conversation.as_deref()).collect();
        assert!(calls.iter().all(|name| *name == calls[0]) && calls.len() == messages.len(), "{file}: {calls:?}");
    }
}

#[test]
fn tags_leave_the_text_and_their_emotion_stays() {
    let (messages, rejected, ground) =
        call("a.json", &std::fs::read(path("call/sensevoice_raw.json")).expect("a fixture"));
    assert_eq!(told(&messages), [('c', "您好，很高兴为您服务。"), ('c', "我要投诉你们。")]);
    let emotions: Vec<_> = messages.iter().filter_map(|m| m.facts.emotion.as_deref()).collect();
    assert_eq!((emotions, ground, rejected.len()), (vec!["NEUTRAL", "ANGRY"], Some(Ground::Alone), 0));
}

#[test]
fn vendors_other_forms_are_read_too() {
    let two = [('a', "您好，工号8为您服务"), ('c', "我要投诉")];
    let check = |name: &str, text: &str| {
        let (messages, rejected, _) = call(name, text.as_bytes());
        assert_eq!(told(&messages), two, "{text}");
        assert_eq!(messages[1].facts.offset, Some(2000), "{text}");
        assert_eq!(rejected, [], "{text}");
    };
    // 阿里云: the old callback, in small letters; 百炼, channel by channel.
    check(
        "a.json",
        r#"{"task_id":"t","status_code":21050000,"result":{"sentences":[{"channel_id":0,"begin_time":0,"end_time":1500,"text":"您好，工号8为您服务"},{"channel_id":1,"begin_time":2000,"end_time":2900,"text":"我要投诉"}]}}"#,
    );
    check(
        "a.json",
        r#"{"TaskId":"t","StatusCode":21050000,"Result":"{\"Sentences\":[{\"ChannelId\":0,\"SpeakerId\":\"1\",\"BeginTime\":0,\"EndTime\":1,\"Text\":\"您好，工号8为您服务\"},{\"ChannelId\":0,\"SpeakerId\":\"2\",\"BeginTime\":2000,\"EndTime\":2001,\"Text\":\"我要投诉\"}]}"}"#,
    );
    check(
        "a.json",
        r#"{"file_url":"x","transcripts":[{"channel_id":1,"text":"…","sentences":[{"begin_time":2000,"end_time":2900,"text":"我要投诉"}]},{"channel_id":0,"text":"…","sentences":[{"begin_time":0,"end_time":1500,"text":"您好，工号8为您服务"}]}]}"#,
    );
    // 讯飞: the raw lattice, with objects in place of strings; the first interface.
    let words = |said: &str| {
        said.chars().map(|c| format!(r#"{{"cw":[{{"w":"{c}","wp":"n"}}]}}"#)).collect::<Vec<_>>().join(",")
    };
    let sentence = |at: u32, who: u32, said: &str| {
        format!(
            r#"{{"json_1best":{{"st":{{"bg":"{at}","ed":"{at}","rl":"{who}","rt":[{{"ws":[{{"cw":[{{"w":"嗯","wp":"s"}}]}},{}]}}]}}}}}}"#,
            words(said)
        )
    };
    check("a.json", &format!(r#"{{"lattice2":[{},{}]}}"#, sentence(0, 1, two[0].1), sentence(2000, 2, two[1].1)));
    check(
        "a.json",
        r#"{"ok":0,"err_no":0,"failed":null,"data":"[{\"bg\":\"0\",\"ed\":\"1500\",\"onebest\":\"您好，工号8为您服务\",\"speaker\":\"1\"},{\"bg\":\"2000\",\"ed\":\"2900\",\"onebest\":\"我要投诉\",\"speaker\":\"2\"}]"}"#,
    );
    check(
        "a.json",
        r#"[{"bg":"0","ed":"1500","onebest":"您好，工号8为您服务","speaker":"1"},{"bg":"2000","ed":"2900","onebest":"我要投诉","speaker":"2"}]"#,
    );
    // 华为: speakers by number, steps on the way.
    check(
        "a.json",
        r#"{"status":"FINISHED","segments":[{"start_time":0,"end_time":900,"is_final":false,"result":{"text":"您"}},{"start_time":0,"end_time":1500,"result":{"text":"您好，工号8为您服务","score":0.1,"analysis_info":{"role":"speaker1","emotion":"UNKNOWN"}}},{"start_time":2000,"end_time":2900,"result":{"text":"我要投诉","analysis_info":{"role":"speaker2"}}}]}"#,
    );
    // FunASR: the server's stamps, written as a string by some.
    check(
        "a.json",
        r#"{"mode":"offline","wav_name":"x","text":"…","is_final":false,"stamp_sents":"[{\"text_seg\":\"您 好，工 号 8 为 您 服 务\",\"punc\":\"\",\"start\":\"0\",\"end\":\"1500\",\"spk\":0},{\"text_seg\":\"我 要 投 诉\",\"punc\":\"\",\"start\":2000,\"end\":2900,\"spk\":1}]"}"#,
    );
    check(
        "a.json",
        r#"[{"key":"x","text":"…","sentence_info":[{"sentence":"<|zh|><|HAPPY|><|Speech|><|woitn|>您好，工号8为您服务","start":0,"end":1500,"spk":0},{"text":"我要投诉","start":2000,"end":2900,"spk":1}]}]"#,
    );
    // whisper.cpp: two channels, before the text or beside it, or marks where the voice changes.
    let cpp = |first: &str, second: &str| {
        format!(
            r#"{{"transcription":[{{"offsets":{{"from":0,"to":1500}},{first}}},{{"offsets":{{"from":2000,"to":2900}},{second}}}]}}"#
        )
    };
    check("a.json", &cpp(r#""text":" (speaker 0) 您好，工号8为您服务""#, r#""text":"(speaker 1)我要投诉""#));
    check("a.json", &cpp(r#""speaker":"0","text":"您好，工号8为您服务""#, r#""speaker":"1","text":"我要投诉""#));
    check(
        "a.json",
        &cpp(
            r#""speaker_turn_next":true,"text":"您好，工号8为您服务 [SPEAKER_TURN]""#,
            r#""speaker_turn_next":false,"text":"我要投诉""#,
        ),
    );
    // AWS: two channels; signs without times.
    let item = |word: &str, at: &str| {
        format!(
            r#"{{"type":"pronunciation","start_time":"{at}","end_time":"{at}","alternatives":[{{"confidence":"0.9","content":"{word}"}}]}}"#
        )
    };
    let sign = r#"{"type":"punctuation","alternatives":[{"confidence":"0.0","content":"，"}]}"#;
    check(
        "a.json",
        &format!(
            r#"{{"jobName":"j","results":{{"transcripts":[],"items":[],"channel_labels":{{"channels":[{{"channel_label":"ch_1","items":[{}]}},{{"channel_label":"ch_0","items":[{},{sign},{}]}}]}}}}}}"#,
            item("我要投诉", "2.0"),
            item("您好", "0.0"),
            item("工号8为您服务", "0.4")
        ),
    );
    // Contact Lens: people by number, their roles apart.
    check(
        "a.json",
        r#"{"Participants":[{"ParticipantId":"p1","ParticipantRole":"AGENT"},{"ParticipantId":"p2","ParticipantRole":"CUSTOMER"}],"Transcript":[{"ParticipantId":"p1","BeginOffsetMillis":0,"EndOffsetMillis":1,"Content":"您好，工号8为您服务"},{"ParticipantId":"p2","BeginOffsetMillis":2000,"EndOffsetMillis":2900,"Content":"我要投诉"}]}"#,
    );
    check(
        "a.vtt",
        "WEBVTT - 通话\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE 客服\r\n两行\r\n\r\nfirst\r\n00:00.000 --> 00:01.500 align:start position:0%\r\n<v.loud 客服>您好，工号<00:00:00.900><c>8</c>为您服务</v>\r\n\r\n2\r\n00:02.000 --> 00:02.900\r\n<v 客户>我要<b>投诉</b>",
    );
}

#[test]
fn a_line_a_call_makes_a_conversation_of_each() {
    let one = r#"{"text":"…","segments":[{"start":0,"end":1,"text":"你好","avg_logprob":-0.1}],"language":"zh"}"#;
    let (messages, _, _) = call("calls.jsonl", format!("{one}\n{one}\n").as_bytes());
    let names: Vec<_> = messages.iter().filter_map(|m| m.conversation.as_deref()).collect();
    assert_eq!((names, messages[1].line), (vec!["1", "2"], 2));
}

#[test]
fn a_segment_a_line_makes_one_call() {
    let line = |at: u32, said: &str| format!(r#"{{"start":{at},"end":{},"text":"{said}","avg_logprob":-0.1}}"#, at + 1);
    let (messages, _, _) = call("a.jsonl", format!("{}\n{}\n", line(0, "你好"), line(2, "在吗")).as_bytes());
    let names: Vec<_> = messages.iter().filter_map(|m| m.conversation.as_deref()).collect();
    assert_eq!((names, messages[1].facts.offset), (vec!["1", "1"], Some(2000)));
}

#[test]
fn a_name_that_says_when_the_call_began_gives_each_turn_its_moment() {
    let text = "[00:01] 坐席: 您好\n[01:05] 客户: 在吗\n";
    let (messages, _, _) = call("20240301101500_13800138000.txt", text.as_bytes());
    let at: Vec<_> = messages.iter().filter_map(|m| m.at).collect();
    assert_eq!(at, [1_709_259_301_000, 1_709_259_365_000]);
}

#[test]
fn sides_change_places_when_asked_to() {
    let options = ReadOptions { swap: true, ..ReadOptions::default() };
    let (_, messages, _) = all(&path("call/whisperx_diarized.json"), &options).expect("reads");
    assert_eq!(letters(&messages), "cacaca");
    let (_, messages, _) = all(&path("chat/sharegpt.json"), &options).expect("reads");
    assert_eq!(letters(&messages), "ab");
}

#[test]
fn broken_bytes_cost_their_sentence_only() {
    let text = r#"{"model":{},"transcription":[{"offsets":{"from":0,"to":900},"text":"我想问一下房贷提前还款要收违约金吗"},{"offsets":{"from":1000,"to":1900},"text":"再见"#;
    let mut bytes = text.as_bytes().to_vec();
    bytes.extend(b"\xE6\x88\"}]}");
    let (messages, rejected, _) = call("a.json", &bytes);
    assert_eq!(told(&messages), [('c', "我想问一下房贷提前还款要收违约金吗")]);
    assert_eq!(rejected.iter().map(|row| (row.line, row.reason.name())).collect::<Vec<_>>(), [(2, "undecodable")]);
}

#[test]
fn cues_that_are_none_are_set_aside() {
    let text = "某某公司\n\n1\n00:00:0x,000 --> 00:00:01,000\n丢了\n\n2\n00:00:02,000 --> 00:00:03,000\n\n3\n00:00:04,000 --> 00:00:05,000\n在吗";
    let (messages, rejected, _) = call("a.srt", text.as_bytes());
    assert_eq!(told(&messages), [('c', "在吗")]);
    let aside: Vec<_> = rejected.iter().map(|row| (row.line, row.reason.name())).collect();
    assert_eq!(aside, [(1, "no-speaker"), (3, "no-speaker"), (4, "bad-time"), (5, "no-speaker"), (8, "empty")]);
}

#[test]
fn records_of_other_trades_are_no_calls() {
    for text in [
        r#"{"text":"怎么退保","start":0,"end":4,"entity":"x"}"#,
        r#"{"key":"k1","text":"怎么退保"}"#,
        r#"[{"result":"ok","text":"怎么退保"}]"#,
        r#"{"segments":[{"text":"怎么退保","intent":"a"}]}"#,
    ] {
        let read = read_bytes("a.json", text.as_bytes(), &ReadOptions::default());
        assert!(!read.is_ok_and(|(summary, ..)| summary.format != Format::Json), "{text}");
    }
}

/// A fixture with a few bytes changed, cut out or doubled.
fn mutated() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let edit = (any::<prop::sample::Index>(), 0u8..4, any::<u8>(), 0usize..40);
    (0..SHAPES.len() + 1, proptest::collection::vec(edit, 1..12)).prop_map(|(at, edits)| {
        let file = SHAPES.get(at).map_or("sensevoice_raw.json", |shape| shape.file);
        let mut bytes = std::fs::read(path(&format!("call/{file}"))).expect("a fixture");
        for (place, kind, byte, count) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = place.index(bytes.len());
            let end = (at + count).min(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.drain(at..end)),
                2 => bytes.insert(at, b"{}[]\",:<>|-0\n"[usize::from(byte) % 13]),
                _ => {
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        (file, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_call_makes_no_reader_fall((file, bytes) in mutated()) {
        // `read_bytes` checks that the counts add up.
        let _ = read_bytes(file, &bytes, &ReadOptions::default());
    }

    #[test]
    fn no_bytes_make_a_reader_of_calls_fall(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..Format::ALL.len()) {
        let options = ReadOptions { format: Some(Format::ALL[at]), ..ReadOptions::default() };
        for name in ["a.json", "a.srt", "a.vtt", "a.txt", "a.lrc"] {
            let _ = read_bytes(name, &bytes, &options);
        }
    }

    #[test]
    fn no_text_makes_a_reader_of_calls_fall(
        text in "([\\[\\]{}\",:;|<>()\\-.\n\ra好客户0-9 ]|-->|WEBVTT|NOTE|00:0[0-9]|\"segments\":|\"text\":|<v ){0,60}",
        at in 0..Format::ALL.len(),
    ) {
        let options = ReadOptions { format: Some(Format::ALL[at]), ..ReadOptions::default() };
        let _ = read_bytes("a.txt", text.as_bytes(), &options);
        let _ = read_bytes("a.json", text.as_bytes(), &ReadOptions::default());
    }
}
