//! `daoshi talk`: a chat line by line, by hand or from a script.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::cli::args::Talk;
use crate::cli::{Desk, Done, Fault};
use crate::dialogue::turn::heard::Clock;
use crate::explain;
use crate::outside::source::Sources;
use crate::progress::Progress;
use crate::text::safe::safe;
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
    chat.outside = Sources::of(&desk.calls, &talk.project).map_err(|error| {
        desk.out.word(&explain::outside(&error, desk.out.words));
        Fault::Told(1)
    })?;
    let stop = Stop::new();
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
        match line.trim().strip_prefix("/idle ").map(|seconds| seconds.trim().parse()) {
            Some(Ok(seconds)) => talk::wait(&mut project, &mut chat, seconds)?,
            _ => talk::say(&mut project, &mut chat, line.trim())?,
        }
        while let Some((ask, source)) = chat.asks() {
            desk.out.say(desk.out.words.talk.calling, &[("name", safe(&ask.call).as_str())]);
            let came = stop.during(|| source.ask(ask, &stop));
            talk::answered(&mut project, &mut chat, came)?;
        }
        if let Some(exchange) = chat.exchanges.last() {
            print(desk, talk, exchange);
        }
    }
    Ok(0)
}

/// Ctrl-C: it stops a call that runs, and ends the program where none does.
struct Stop {
    asked: Arc<AtomicBool>,
    ends: Arc<AtomicBool>,
}

impl Stop {
    fn new() -> Self {
        let stop = Self { asked: Arc::default(), ends: Arc::new(AtomicBool::new(true)) };
        for signal in [SIGINT, SIGTERM] {
            // Without them the signal ends the program at once, which loses nothing either.
            drop(flag::register_conditional_default(signal, stop.ends.clone()));
            drop(flag::register(signal, stop.asked.clone()));
        }
        stop
    }

    fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.asked.store(false, Ordering::Relaxed);
        self.ends.store(false, Ordering::Relaxed);
        let done = work();
        self.ends.store(true, Ordering::Relaxed);
        done
    }
}

impl Progress for Stop {
    fn at(&self, _: u64, _: u64) {}

    fn stopped(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

fn print(desk: &Desk, talk: &Talk, exchange: &Exchange) {
    let t = &desk.out.words.command;
    let outcome = &exchange.record.outcome;
    if talk.json {
        desk.out.json(&json!({
            "said": exchange.said, "idle": exchange.silence(), "replies": outcome.replies, "trace": outcome.trace, "events": outcome.events,
        }));
        return;
    }
    let silence = exchange.silence().map(|seconds| format!("/idle {seconds}"));
    if let Some(said) = exchange.said.as_ref().or(silence.as_ref())
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
