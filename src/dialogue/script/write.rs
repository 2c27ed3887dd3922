//! Writing a rehearsal from a chat that went well, and results for other programs.

use std::fmt::Write;

use crate::dialogue::event::Event;
use crate::dialogue::policy::design::FAILED;
use crate::dialogue::script::replay::{Failure, Replay, queue};
use crate::dialogue::script::shape::Given;
use crate::dialogue::turn::heard::Outcome;
use crate::dialogue::turn::outside::{Answer, Came};
use crate::domain::prediction::Emotion;
use crate::text::yaml::word;

/// One exchange of a chat to keep.
#[derive(Debug, Clone)]
pub struct Exchange<'c> {
    /// The customer's words; `None` for the opening.
    pub said: Option<&'c str>,
    /// How many seconds of silence it stands for.
    pub idle: Option<u32>,
    /// The right intent, where the trainer wants the rehearsal independent of the model.
    pub intent: Option<&'c str>,
    /// Scores of moods, and risks, that the turn must have whatever the sense for moods says.
    pub mood: Vec<(String, f32)>,
    /// What the outside said to the turn's calls.
    pub calls: &'c [Answer],
    pub outcome: &'c Outcome,
}

/// Returns how a text sounds as a rehearsal writes it.
pub fn mood(emotion: &Emotion) -> Vec<(String, f32)> {
    let scores = [
        ("angry", emotion.angry),
        ("anxious", emotion.anxious),
        ("confused", emotion.confused),
        ("satisfied", emotion.satisfied),
    ];
    let risks = emotion.risks.iter().map(|risk| (risk.clone(), 1.0));
    scores.iter().filter(|(_, s)| *s > 0.0).map(|(mood, s)| ((*mood).to_owned(), *s)).chain(risks).collect()
}

/// Writes a chat as a rehearsal that expects the same replies, topics, slots and hand-offs.
pub fn write(name: &str, given: &Given, turns: &[Exchange]) -> String {
    let mut out = format!("name: {}\n", word(name));
    let mut facts: Vec<String> = Vec::new();
    if let Some(minutes) = given.minutes {
        facts.push(format!("hour: '{:02}:{:02}'", minutes / 60, minutes % 60));
    }
    facts.extend(given.date.as_ref().map(|date| format!("date: {}", word(date))));
    facts.extend(given.channel.as_ref().map(|channel| format!("channel: {}", word(channel))));
    if !given.mood.is_empty() {
        let moods: Vec<String> = given.mood.iter().map(|(mood, score)| format!("{}: {score}", word(mood))).collect();
        facts.push(format!("mood: {{{}}}", moods.join(", ")));
    }
    if !facts.is_empty() {
        let _ = writeln!(out, "given: {{{}}}", facts.join(", "));
    }
    out.push_str("turns:\n");
    for turn in turns {
        let mut lead = "  - ";
        let mut line = |key: &str, value: String| {
            let _ = writeln!(out, "{lead}{key}: {value}");
            lead = "    ";
        };
        if let Some(said) = turn.said {
            line("u", word(said));
        }
        if let Some(seconds) = turn.idle {
            line("idle", seconds.to_string());
        }
        if let Some(intent) = turn.intent {
            line("intent", word(intent));
        }
        if !turn.mood.is_empty() {
            let moods: Vec<String> = turn.mood.iter().map(|(mood, s)| format!("{}: {s}", word(mood))).collect();
            line("mood", format!("{{{}}}", moods.join(", ")));
        }
        if !turn.calls.is_empty() {
            // A rehearsal knows one answer a call and turn.
            let first =
                |(place, one): &(usize, &Answer)| turn.calls[..*place].iter().all(|known| known.call != one.call);
            let calls = turn.calls.iter().enumerate().filter(first);
            let calls: Vec<String> = calls.map(|(_, one)| answer(one)).collect();
            line("calls", format!("{{{}}}", calls.join(", ")));
        }
        let texts: Vec<&str> = turn.outcome.replies.iter().map(|r| r.text.as_str()).collect();
        let texts = texts.join("\n");
        if texts.starts_with('/') && texts.ends_with('/') && texts.len() > 1 {
            line("b", word(&format!("/{}/", regex::escape(&texts))));
        } else {
            line("b", word(&texts));
        }
        let mut slots: Vec<(String, String)> = Vec::new();
        let mut topic = None;
        for event in &turn.outcome.events {
            match event {
                Event::Begun { topic: name, .. } | Event::Raised { topic: name } => topic = Some(name),
                Event::Filled { slot, value, .. } | Event::Corrected { slot, to: value, .. } => {
                    slots.retain(|(known, _)| known != slot);
                    slots.push((slot.clone(), value.clone()));
                }
                _ => {}
            }
        }
        if let Some(topic) = topic {
            line("topic", word(topic));
        }
        if !slots.is_empty() {
            let slots: Vec<String> = slots.iter().map(|(s, v)| format!("{}: {}", word(s), word(v))).collect();
            line("slots", format!("{{{}}}", slots.join(", ")));
        }
        if let Some(queue) = queue(turn.outcome) {
            line("handoff", word(&queue));
        }
    }
    out
}

/// Writes what a call came to.
fn answer(answer: &Answer) -> String {
    let pairs = match &answer.came {
        Came::Given(give) => give.iter().map(|(name, value)| format!("{}: {}", word(name), word(value))).collect(),
        Came::Failed(failure) => vec![format!("{FAILED}: {}", failure.failure.word())],
    };
    format!("{}: {{{}}}", word(&answer.call), pairs.join(", "))
}

/// Writes results as JUnit XML: a test case a rehearsal, a failure element a failed turn.
pub fn junit(results: &[Replay]) -> String {
    let failed = results.iter().filter(|r| !r.passed).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!("tests=\"{}\" failures=\"{failed}\" errors=\"0\"", results.len());
    let _ = writeln!(out, "<testsuites name=\"rehearse\" {counts}>");
    let _ = writeln!(out, "  <testsuite name=\"rehearse\" {counts} skipped=\"0\">");
    for result in results {
        let _ = write!(out, "    <testcase classname=\"rehearse\" name=\"{}\"", escaped(&result.name));
        if result.passed {
            out.push_str("/>\n");
            continue;
        }
        out.push_str(">\n");
        if result.turns.is_empty() {
            out.push_str("      <failure type=\"empty\" message=\"0 turns\"/>\n");
        }
        for (place, turn) in result.turns.iter().enumerate().filter(|(_, t)| !t.failures.is_empty()) {
            let kinds: Vec<&str> = turn.failures.iter().map(kind).collect();
            let message = format!("turn {} line {}: {}", place + 1, turn.line, turn.said.as_deref().unwrap_or(""));
            let _ = write!(out, "      <failure type=\"{}\" message=\"{}\">", kinds.join(" "), escaped(&message));
            let body: Vec<String> = turn.failures.iter().map(told).collect();
            let _ = writeln!(out, "{}</failure>", escaped(&body.join("\n")));
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn kind(failure: &Failure) -> &'static str {
    match failure {
        Failure::Missing { .. } => "missing",
        Failure::Forbidden { .. } => "forbidden",
        Failure::Topic { .. } => "topic",
        Failure::Stage { .. } => "stage",
        Failure::Slot { .. } => "slot",
        Failure::Handoff { .. } => "handoff",
        Failure::Closed { .. } => "closed",
        Failure::Choices { .. } => "choices",
    }
}

/// Writes a failure the way a diff does: what was wanted, what came.
fn told(failure: &Failure) -> String {
    let stage = |stage: &Option<u8>| stage.map_or(String::new(), |s| s.to_string());
    let (wanted, got) = match failure {
        Failure::Missing { wanted, got } => (wanted.join(" | "), got.join("\n+ ")),
        Failure::Forbidden { text, got } => (format!("! {text}"), got.join("\n+ ")),
        Failure::Topic { wanted, got } => (wanted.clone(), got.join(", ")),
        Failure::Stage { wanted, got } => (wanted.to_string(), stage(got)),
        Failure::Slot { slot, wanted, got } => {
            (format!("{slot}={wanted}"), got.as_ref().map_or(String::new(), |got| format!("{slot}={got}")))
        }
        Failure::Handoff { wanted, got } => (wanted.clone(), got.clone().unwrap_or_default()),
        Failure::Closed { wanted } => (wanted.to_string(), (!wanted).to_string()),
        Failure::Choices { wanted, got } => (wanted.join(" | "), got.join(" | ")),
    };
    format!("{}\n- {wanted}\n+ {got}", kind(failure))
}

/// Escapes a text for XML; signs XML 1.0 cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::script::read::{parse, parse_all};
    use crate::dialogue::script::replay::replay;
    use crate::dialogue::turn::tests::{bank, knowledge};

    fn run(yaml: &str) -> Replay {
        let script = parse(yaml).unwrap_or_else(|fault| panic!("{fault}\n{yaml}"));
        replay(bank(), &knowledge(), &script, &|_| Default::default(), &|_| Emotion::default())
    }

    #[test]
    fn a_chat_saved_as_a_rehearsal_passes() {
        let first = run("
given: {hour: '20:05', date: 2024-03-01, mood: {anxious: 0.55}}
turns:
  - {b: ''}
  - {u: 给小李转500块, intent: transfer}
  - {u: '不是500，是\"800\"'}
  - {u: 转账收费吗}
  - {u: 对}
  - {u: 转人工}
");
        let given = Given {
            minutes: Some(20 * 60 + 5),
            date: Some("2024-03-01".into()),
            channel: None,
            mood: vec![("anxious".into(), 0.55)],
        };
        let exchanges: Vec<Exchange> = first
            .turns
            .iter()
            .map(|t| Exchange {
                said: t.said.as_deref(),
                idle: None,
                intent: (t.said.as_deref() == Some("给小李转500块")).then_some("transfer"),
                mood: Vec::new(),
                calls: &[],
                outcome: &t.outcome,
            })
            .collect();
        let yaml = write("夜里: 转账 #1", &given, &exchanges);
        let second = run(&yaml);
        assert!(second.passed, "{yaml}\n{second:#?}");
        assert_eq!(second.name, "夜里: 转账 #1");
        assert!(yaml.contains("slots: {amount: \"800\"}") || yaml.contains("amount"), "{yaml}");
    }

    #[test]
    fn junit_holds_every_rehearsal_and_no_raw_sign() {
        let scripts = parse_all(
            "
- {name: 'good <&>', turns: [{u: 转账, b: 转给谁}]}
- {name: bad, turns: [{u: \"a<b> & \\\"c\\\" \\x01\", b: 没有的}]}
- {name: empty, turns: []}
",
        )
        .expect("scripts");
        let results: Vec<Replay> = scripts
            .iter()
            .map(|s| replay(bank(), &knowledge(), s, &|_| Default::default(), &|_| Emotion::default()))
            .collect();
        let xml = junit(&results);
        assert!(xml.contains("tests=\"3\" failures=\"2\""), "{xml}");
        assert!(xml.contains("name=\"good &lt;&amp;&gt;\"/>"), "{xml}");
        assert!(xml.contains("a&lt;b&gt; &amp; &quot;c&quot; \u{fffd}"), "{xml}");
        assert_eq!(xml.matches("<failure").count(), 2);
        assert_eq!(xml.matches("<testcase").count(), 3);
    }
}
