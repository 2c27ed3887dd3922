//! What the clean screen holds: a list for each view, where one stands in it, what it is narrowed to.

use crate::domain::ids::{TurnId, UtteranceId};
use crate::domain::label::{Intent, Verdict};
use crate::domain::utterance::{Language, Utterance};
use crate::i18n::Words;
use crate::text::clean::rule::Rule;
use crate::tui::screen::Desk;
use crate::tui::widgets::cursor::Cursor;
use crate::workbench::clean::canned::Canned;
use crate::workbench::clean::conflicts::{Conflict, conflicts};
use crate::workbench::clean::heard::{Suggestion, decided};
use crate::workbench::clean::merged::{Merged, merged};
use crate::workbench::clean::quarantine::{Quarantined, quarantine, reasons};
use crate::workbench::clean::{self, CleanReport, RuleState, Sample, canned, texts, words};
use crate::workbench::error::Result;

/// Samples shown of one rule.
const SAMPLES: usize = 12;

/// Lines read at a time.
const PAGE: usize = 100;

/// What the screen shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Rules,
    Quarantine,
    Merged,
    Canned,
    Heard,
    Conflicts,
    Texts,
}

impl View {
    pub const ALL: [View; 7] =
        [View::Rules, View::Quarantine, View::Merged, View::Canned, View::Heard, View::Conflicts, View::Texts];

    /// Returns the one after it.
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }
}

/// Something whose conversation can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Turn(TurnId),
    Utterance(UtteranceId),
}

/// The lists.
#[derive(Default)]
pub struct Lists {
    pub view: View,
    cursors: [Cursor; 7],
    pub report: CleanReport,
    pub samples: Vec<Sample>,
    pub quarantine: Vec<Quarantined>,
    pub reasons: Vec<(String, u64)>,
    /// The reason looked at; 0 is all of them.
    pub reason: usize,
    pub merged: Vec<Merged>,
    pub canned: Vec<Canned>,
    /// What a survey found, decided on or not.
    found: Vec<Suggestion>,
    pub heard: Vec<Suggestion>,
    pub conflicts: Vec<Conflict>,
    pub intents: Vec<Intent>,
    pub texts: Vec<Utterance>,
    pub languages: Vec<(Language, u64)>,
    /// The language looked at; 0 is all of them.
    pub language: usize,
    /// The chosen text in words, with their parts of speech.
    pub cut: Vec<(String, String)>,
    /// Whether the texts were counted since the last cleaning.
    pub surveyed: bool,
    /// Whether something was decided that holds when cleaning runs again.
    pub stale: bool,
}

impl Lists {
    pub fn cursor(&self) -> &Cursor {
        &self.cursors[self.view as usize]
    }

    pub fn cursor_mut(&mut self) -> &mut Cursor {
        &mut self.cursors[self.view as usize]
    }

    /// Returns the chosen line of a list.
    pub fn chosen<'l, T>(&self, list: &'l [T]) -> Option<&'l T> {
        self.cursor().at().and_then(|at| list.get(at))
    }

    /// Returns the rule the cursor is on.
    pub fn rule(&self) -> Option<RuleState> {
        self.chosen(&self.report.rules).copied()
    }

    /// Reads what the view shows, from its beginning to where one stands.
    pub fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.report = clean::report(&desk.project)?;
        self.read(desk)
    }

    /// Reads the list of the view.
    pub fn read(&mut self, desk: &mut Desk) -> Result<()> {
        // What was paged in stays paged in: one stands where one stood.
        let reach = self.cursor().at().map_or(PAGE, |at| (at / PAGE + 1) * PAGE);
        match self.view {
            View::Rules => {}
            View::Quarantine => {
                self.reasons = reasons(&desk.project)?;
                self.reason = self.reason.min(self.reasons.len());
                self.quarantine = quarantine(&desk.project, self.reason_name().as_deref(), None, reach)?;
            }
            View::Merged => self.merged = merged(&desk.project, None, reach)?,
            View::Canned => canned::refresh(&desk.project, &mut self.canned)?,
            View::Heard => {
                let decided = decided(&desk.project)?;
                self.heard = self.found.iter().filter_map(|suggestion| suggestion.open(&decided)).collect();
            }
            View::Conflicts => {
                self.conflicts = conflicts(&desk.project, reach)?;
                self.intents = desk.project.catalogue()?.intents;
            }
            View::Texts => {
                self.languages = texts::languages(&desk.project)?;
                self.language = self.language.min(self.languages.len());
                self.texts = texts::texts(&desk.project, self.language_chosen(), None, reach)?;
            }
        }
        self.settle(desk)
    }

    /// Follows the cursor: more lines near the end, the detail of the chosen one.
    pub fn settle(&mut self, desk: &mut Desk) -> Result<()> {
        if self.cursor().at().is_some_and(|at| at + 1 == self.len()) {
            match self.view {
                View::Quarantine => {
                    let reason = self.reason_name();
                    let more = quarantine(&desk.project, reason.as_deref(), self.quarantine.last(), PAGE)?;
                    self.quarantine.extend(more);
                }
                View::Merged => {
                    let last = self.merged.iter().rev().find(|merged| !merged.parted).map(|merged| merged.turn);
                    if last.is_some() {
                        self.merged.extend(merged(&desk.project, last, PAGE)?);
                    }
                }
                View::Texts => {
                    let more = texts::texts(&desk.project, self.language_chosen(), self.texts.last(), PAGE)?;
                    self.texts.extend(more);
                }
                _ => {}
            }
        }
        let len = self.len();
        self.cursor_mut().resize(len);
        match self.view {
            View::Rules => {
                self.samples = match self.rule() {
                    Some(state) if state.hits > 0 => clean::samples(&mut desk.project, state.rule, SAMPLES)?,
                    _ => Vec::new(),
                }
            }
            View::Texts => {
                let text = self.chosen(&self.texts).map(|utterance| utterance.text.clone()).unwrap_or_default();
                self.cut = words::cut(&mut desk.project, &text)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes what a survey of all texts found.
    pub fn survey(&mut self, canned: Vec<Canned>, heard: Vec<Suggestion>) {
        (self.canned, self.found, self.surveyed) = (canned, heard, true);
    }

    /// Returns how many lines the view has.
    pub fn len(&self) -> usize {
        match self.view {
            View::Rules => self.report.rules.len(),
            View::Quarantine => self.quarantine.len(),
            View::Merged => self.merged.len(),
            View::Canned => self.canned.len(),
            View::Heard => self.heard.len(),
            View::Conflicts => self.conflicts.len(),
            View::Texts => self.texts.len(),
        }
    }

    /// Narrows the view to the next (or the one before) of what it can be narrowed to; `false` when it cannot.
    pub fn narrow(&mut self, on: bool) -> bool {
        let (at, count) = match self.view {
            View::Quarantine => (&mut self.reason, self.reasons.len() + 1),
            View::Texts => (&mut self.language, self.languages.len() + 1),
            _ => return false,
        };
        *at = if on { (*at + 1) % count } else { (*at + count - 1) % count };
        self.cursor_mut().go(0);
        true
    }

    /// Tells whether the view can be narrowed.
    pub fn narrows(&self) -> bool {
        matches!(self.view, View::Quarantine | View::Texts)
    }

    /// Returns what the chosen line is said in.
    pub fn place(&self) -> Option<Place> {
        match self.view {
            View::Quarantine => self.chosen(&self.quarantine)?.turn.map(Place::Turn),
            View::Merged => Some(Place::Turn(self.chosen(&self.merged)?.turn)),
            View::Heard => self.chosen(&self.heard)?.samples.first().map(|sample| Place::Utterance(sample.id)),
            View::Conflicts => {
                self.chosen(&self.conflicts)?.members.first().map(|(member, _)| Place::Utterance(member.id))
            }
            View::Texts => Some(Place::Utterance(self.chosen(&self.texts)?.id)),
            View::Rules | View::Canned => None,
        }
    }

    /// Returns the verdicts that disagree in the chosen conflict, each once.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let mut verdicts: Vec<Verdict> = Vec::new();
        for (_, verdict) in self.chosen(&self.conflicts).iter().flat_map(|conflict| &conflict.members) {
            if !verdicts.contains(verdict) {
                verdicts.push(*verdict);
            }
        }
        verdicts
    }

    /// Returns what a verdict is called.
    pub fn verdict<'l>(&'l self, verdict: Verdict, words: &'static Words) -> &'l str {
        match verdict {
            Verdict::Intent(id) => {
                self.intents.iter().find(|intent| intent.id == id).map_or("", |intent| intent.name.as_str())
            }
            Verdict::OutOfScope => words.label.out_of_scope,
            Verdict::Ignored => words.label.ignored,
            Verdict::Later => words.label.later,
        }
    }

    /// Tells whether every rule that hides personal data is on.
    pub fn masked(&self) -> bool {
        self.report.rules.iter().filter(|state| state.rule.is_mask()).all(|state| state.on)
    }

    /// Returns the place of a rule in the running order, from 1.
    pub fn order(rule: Rule) -> usize {
        rule as usize + 1
    }

    fn reason_name(&self) -> Option<String> {
        self.reason.checked_sub(1).and_then(|at| self.reasons.get(at)).map(|(reason, _)| reason.clone())
    }

    fn language_chosen(&self) -> Option<Language> {
        self.language.checked_sub(1).and_then(|at| self.languages.get(at)).map(|(language, _)| *language)
    }
}
