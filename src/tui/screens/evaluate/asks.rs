//! What is asked in windows: which texts to score, which run to compare with, where the report goes.

use std::path::PathBuf;

use super::{Asking, Evaluate};
use crate::explain::report as paper;
use crate::explain::trials as told;
use crate::i18n::fill;
use crate::jobs::job::Job;
use crate::store::runs::Run;
use crate::tui::screen::{Desk, Effect};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::message::Message;
use crate::tui::screens::write::Write;
use crate::workbench::error::Result;
use crate::workbench::{evaluate, trials};

impl Evaluate {
    /// Asks what is to be scored.
    pub(super) fn ask_what(&mut self, desk: &Desk) -> Effect {
        let t = &desk.words.trials;
        let kept = fill(t.kept_now, &[("n", &self.kept.to_string())]);
        let dim = |item: Item| Item { dim: self.kept == 0, ..item };
        let items = vec![
            dim(Item::new(t.score_kept, kept)),
            Item::new(t.keep_some, t.keep_told),
            Item::new(t.score_file, t.file_hint),
            Item::new(t.back_to_run, ""),
            dim(Item::new(t.release, t.release_told)),
        ];
        self.asking = Asking::What;
        Effect::Open(Box::new(Choose::menu(t.do_what, items, usize::from(self.kept == 0))))
    }

    pub(super) fn score_what(&mut self, at: usize, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.trials;
        Ok(match at {
            0 => Effect::Start(Job::Trial),
            1 => {
                let count = trials::keep(&mut desk.project, 5, 1)?;
                self.kept = trials::kept(&desk.project)?;
                Effect::Say(fill(t.kept_done, &[("n", &count.to_string())]))
            }
            2 => {
                self.asking = Asking::File;
                Effect::Open(Box::new(Write::line(t.file_path, t.file_hint, "")))
            }
            3 => {
                let evaluation = evaluate::of_run(&desk.project, None)?;
                self.take(Some(evaluation), desk)?;
                Effect::None
            }
            _ => {
                let count = trials::release(&mut desk.project)?;
                self.kept = 0;
                Effect::Say(fill(t.released, &[("n", &count.to_string())]))
            }
        })
    }

    /// The runs this one can be compared with.
    pub(super) fn others(&self) -> Vec<&Run> {
        let own = self.evaluation.as_ref().and_then(|evaluation| evaluation.run.as_ref()).map(|run| run.id);
        self.runs.iter().filter(|run| Some(run.id) != own).collect()
    }

    pub(super) fn ask_run(&mut self, desk: &Desk) -> Effect {
        let t = &desk.words.trials;
        let item = |run: &&Run| {
            let told = fill(
                t.run_line,
                &[
                    ("examples", &run.examples.to_string()),
                    ("accuracy", &told::percent(run.accuracy)),
                    ("algorithm", &run.algorithm),
                ],
            );
            Item::new(format!("{} {}", run.id, run.actor), told)
        };
        let items = self.others().iter().map(item).collect();
        self.asking = Asking::Compare;
        Effect::Open(Box::new(Choose::menu(t.compare_with, items, 0)))
    }

    pub(super) fn compare(&self, at: usize, desk: &Desk) -> Result<Effect> {
        let own = self.evaluation.as_ref().and_then(|evaluation| evaluation.run.as_ref()).map(|run| run.id);
        let (Some(own), Some(other)) = (own, self.others().get(at).map(|run| run.id)) else { return Ok(Effect::None) };
        let (first, second) = if other.0 < own.0 { (other, own) } else { (own, other) };
        let Some(found) = evaluate::compare(&desk.project, first, second)? else {
            return Ok(Effect::Say(desk.words.command.nothing_compared.to_owned()));
        };
        let text = told::compared(&found, first, second, desk.words);
        Ok(Effect::Open(Box::new(Message::new(desk.words.trials.compare_with, text))))
    }

    pub(super) fn write_report(&self, path: &str, desk: &Desk) -> Result<Effect> {
        let Some(evaluation) = self.evaluation.as_ref().filter(|_| !path.trim().is_empty()) else {
            return Ok(Effect::None);
        };
        let path = PathBuf::from(path.trim());
        let mistakes = evaluate::mistakes(&desk.project, evaluation)?;
        let beside = paper::Beside {
            costs: evaluate::costs(&desk.project)?,
            limit: evaluate::limit(&desk.project, evaluation)?,
            growth: self.growth.as_ref(),
            mistakes: &mistakes,
        };
        let text = match path.extension().is_some_and(|end| end.eq_ignore_ascii_case("md")) {
            true => paper::markdown(evaluation, &beside, desk.words),
            false => paper::html(evaluation, &beside, desk.words),
        };
        evaluate::write_report(&path, &text)?;
        Ok(Effect::Say(fill(desk.words.trials.report_done, &[("path", &path.display().to_string())])))
    }

    /// Returns the file a report is proposed to be written to: beside the project.
    pub(super) fn report_path(desk: &Desk) -> String {
        let project = desk.project.path();
        let stem = project.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        project.with_file_name(format!("{stem}-report.html")).display().to_string()
    }
}
