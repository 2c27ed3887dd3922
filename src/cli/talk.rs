//! `daoshi talk`: a chat line by line, by hand or from a script.

use std::io::{BufRead, IsTerminal};

use serde_json::json;

use crate::cli::args::Talk;
use crate::cli::{Desk, Done, Fault};
use crate::dialogue::turn::heard::Clock;
use crate::explain;
use crate::workbench::error::Error;
use crate::workbench::talk::{self, Exchange};

/// Talks until the input ends.
pub fn talk(desk: &Desk, talk: &Talk) -> Done {
    let clock = match &talk.hour {
        None => None,
        Some(word) => match word.parse::<jiff::civil::Time>() {
            Ok(time) => {
                let minutes = time.hour() as u16 * 60 + time.minute() as u16;
                let date = jiff::ZonedDateTime::now().strftime("%Y-%m-%d").to_string();
                Some(Clock { minutes, date })
            }
            Err(_) => {
                desk.out.say(desk.out.words.command.time, &[("word", word)]);
                return Err(Fault::Told(2));
            }
        },
    };
    let mut project = desk.open(&talk.project)?;
    let mut chat = match &talk.version {
        Some(name) => talk::begin_with(&mut project, name, clock)?,
        None => talk::begin(&mut project, clock)?,
    };
    if let Some(opening) = chat.exchanges.last() {
        print(desk, talk, opening);
    }
    let input: Box<dyn BufRead> = match &talk.script {
        Some(path) => {
            let text = crate::formats::sample::text(path)?;
            Box::new(std::io::Cursor::new(text))
        }
        None => {
            if std::io::stdin().is_terminal() {
                desk.out.say(desk.out.words.command.talk_hint, &[]);
            }
            Box::new(std::io::BufReader::new(std::io::stdin()))
        }
    };
    for line in input.lines() {
        let line = line.map_err(|source| Error::Write { path: "-".into(), source })?;
        if line.trim().is_empty() {
            if talk.script.is_none() {
                break;
            }
            continue;
        }
        talk::say(&mut project, &mut chat, line.trim())?;
        if let Some(exchange) = chat.exchanges.last() {
            print(desk, talk, exchange);
        }
    }
    Ok(0)
}

fn print(desk: &Desk, talk: &Talk, exchange: &Exchange) {
    let t = &desk.out.words.command;
    let outcome = &exchange.record.outcome;
    if talk.json {
        desk.out.json(&json!({
            "said": exchange.said, "replies": outcome.replies, "trace": outcome.trace, "events": outcome.events,
        }));
        return;
    }
    if let Some(said) = &exchange.said
        && (talk.script.is_some() || !std::io::stdin().is_terminal())
    {
        desk.out.data(&format!("{} {said}", t.you));
    }
    for reply in &outcome.replies {
        desk.out.data(&format!("{} {}", t.bot, reply.text));
        for (place, option) in reply.options.iter().enumerate() {
            desk.out.data(&format!("     {}. {option}", place + 1));
        }
    }
    if talk.trace {
        for line in &outcome.trace {
            desk.out.data(&format!("     {}", explain::trace::line(line, desk.out.words)));
        }
    }
}
