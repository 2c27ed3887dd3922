//! Which program or endpoint answers which call of a project, as the trainer's settings say.

use std::path::Path;
use std::time::Duration;

use ureq_proto::http::Uri;

use crate::dialogue::turn::outside::{Ask, Came, Failure};
use crate::outside::{answer, command, http};
use crate::process;
use crate::progress::Progress;
use crate::settings;

/// How long a call may take in seconds: unless said otherwise, and at most.
const SECONDS: (u64, u64) = (10, 600);

/// A setting that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The command line has no word, or a quote in it stays open.
    #[error("{call}: open quote")]
    Quotes { call: String },
    /// Neither a command nor an address, or both.
    #[error("{call}: one of command and url")]
    NotOne { call: String },
    /// The address is no `http://` one.
    #[error("{call}: {url}")]
    Url { call: String, url: String },
    /// The project's place depends on where the program was started.
    #[error("{call}: {project}")]
    Relative { call: String, project: String },
}

/// What answers the calls of one project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sources(Vec<Source>);

/// What answers one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    call: String,
    to: To,
    limit: Duration,
}

#[derive(Debug, Clone, PartialEq)]
enum To {
    /// A program and its arguments; at least the program.
    Command(Vec<String>),
    Http(Uri),
}

impl Sources {
    /// Returns what the settings turn on for a project file.
    pub fn of(calls: &[settings::Call], project: &Path) -> Result<Self, Error> {
        let own = calls.iter().filter(|call| call.on && (call.project.is_relative() || same(&call.project, project)));
        own.map(Source::of).collect::<Result<_, _>>().map(Self)
    }

    /// Returns what answers a call; `None` when nothing is turned on for it.
    pub fn find(&self, call: &str) -> Option<&Source> {
        self.0.iter().find(|source| source.call == call)
    }
}

impl Source {
    fn of(set: &settings::Call) -> Result<Self, Error> {
        let call = set.call.clone();
        if set.project.is_relative() {
            return Err(Error::Relative { call, project: set.project.display().to_string() });
        }
        let to = match (&set.command, &set.url) {
            (Some(line), None) => match process::words(line) {
                Some(words) => To::Command(words),
                None => return Err(Error::Quotes { call }),
            },
            (None, Some(url)) => match url.parse::<Uri>() {
                Ok(uri) if uri.scheme_str() == Some("http") && uri.host().is_some() => To::Http(uri),
                _ => return Err(Error::Url { call, url: url.clone() }),
            },
            _ => return Err(Error::NotOne { call }),
        };
        let seconds = set.seconds.unwrap_or(SECONDS.0).clamp(1, SECONDS.1);
        Ok(Self { call, to, limit: Duration::from_secs(seconds) })
    }

    /// Asks it; a stop asked for while it runs is a failure like another.
    pub fn ask(&self, ask: &Ask, progress: &dyn Progress) -> Came {
        let question = answer::question(ask);
        let came: Result<_, Failure> = match &self.to {
            To::Command(words) => command::run(words, &question, self.limit, progress),
            To::Http(uri) => http::post(uri, &question, self.limit, progress),
        };
        came.and_then(|bytes| answer::values(&bytes, ask)).map_or_else(Came::Failed, Came::Given)
    }
}

/// Tells whether two paths lead to one file.
fn same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    one == other || real(one).is_some_and(|one| real(other) == Some(one))
}
