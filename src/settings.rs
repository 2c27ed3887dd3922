//! The trainer's own settings: language, name, theme; from a file, the environment, the options of a command.
//!
//! `settings.toml` lies in the user's configuration folder. Called by `main`, `cli` and `tui`.

use std::path::PathBuf;

use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::i18n::Lang;

/// Settings as a trainer may write them; what is absent has a default.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `zh` or `en`.
    pub lang: Option<String>,
    /// The name that stands beside one's labels.
    pub name: Option<String>,
    /// A file of `assets/themes`: `dark`, `light`, `mono`.
    pub theme: Option<String>,
    /// How many columns `…`, `—` and the like take: 1 or 2.
    pub ambiguous: Option<u8>,
    /// The trainer's own recogniser for recordings, a command line with `{input}` and `{output}`.
    pub transcriber: Option<String>,
    /// How many minutes it may take for one recording.
    pub transcriber_minutes: Option<u64>,
    /// What answers calls of a project's policy, `[[calls]]`.
    pub calls: Vec<Call>,
}

/// What answers one call of one project's policy. It stands here and nowhere else: a project somebody sent names calls,
/// and cannot say what runs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The call's name in the policy.
    pub call: String,
    /// The project file it answers for; no other's.
    pub project: PathBuf,
    /// Whether it is turned on; off unless said so.
    #[serde(default)]
    pub on: bool,
    /// A command line, cut into words as a shell would; no shell runs.
    pub command: Option<String>,
    /// An `http://` address.
    pub url: Option<String>,
    /// How long it may take.
    pub seconds: Option<u64>,
}

/// A settings file that does not read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct Error {
    pub path: PathBuf,
    pub what: String,
}

/// Returns the folder of the user's own files.
pub fn folder() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("daoshi"))
}

/// Reads the settings file; a missing one is empty.
pub fn load() -> Result<Settings, Error> {
    let Some(path) = folder().map(|folder| folder.join("settings.toml")) else { return Ok(Settings::default()) };
    match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error| Error { path, what: error.to_string() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(Error { path, what: error.to_string() }),
    }
}

impl Settings {
    /// Returns the interface's language: asked for, else set, else the locale's, else the project's, else Chinese.
    pub fn language(&self, asked: Option<Lang>, project: Option<&str>) -> Lang {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        asked
            .or_else(|| self.lang.as_deref().and_then(Lang::named))
            .or_else(|| locale.as_deref().and_then(Lang::named))
            .or_else(|| project.and_then(Lang::named))
            .unwrap_or_default()
    }

    /// Returns the name that stands beside one's labels: asked for, else set, else the login.
    pub fn actor(&self, asked: Option<&str>) -> String {
        asked
            .map(str::to_string)
            .or_else(|| self.name.clone())
            .or_else(|| std::env::var("USER").ok())
            .or_else(|| std::env::var("LOGNAME").ok())
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| "trainer".to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_wins_over_what_is_set() {
        let settings = Settings { lang: Some("en".into()), name: Some("李".into()), ..Settings::default() };
        assert_eq!(settings.language(Some(Lang::Zh), None), Lang::Zh);
        assert_eq!(settings.language(None, Some("zh")), Lang::En);
        assert_eq!(settings.actor(Some("王")), "王");
        assert_eq!(settings.actor(None), "李");
    }

    #[test]
    fn a_call_is_off_until_it_is_turned_on() {
        let text = "[[calls]]\ncall = '转账'\nproject = '/p.daoshi'\ncommand = 'cat'\n";
        let settings: Settings = toml::from_str(text).expect("settings");
        assert!(!settings.calls[0].on);
        let settings: Settings = toml::from_str(&format!("{text}on = true\n")).expect("settings");
        assert!(settings.calls[0].on);
        assert!(
            toml::from_str::<Settings>("[[calls]]\ncall = '转账'\ncommand = 'cat'\n").is_err(),
            "of which project?"
        );
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let error = toml::from_str::<Settings>("colour = 3").expect_err("no such setting");
        assert!(error.to_string().contains("colour"));
    }
}
