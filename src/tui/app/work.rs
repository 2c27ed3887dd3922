//! Long work: started, heard of, its result given to the tab it belongs to.

use crate::i18n::fill;
use crate::jobs::job::{Job, JobEvent, Outcome};
use crate::tui::app::App;
use crate::tui::frame::Notice;
use crate::tui::screen::{Effect, Running, Tab};

impl App {
    /// Starts long work, unless some runs.
    pub(super) fn start(&mut self, job: Job) {
        if let Err(reason) = self.desk.is_free() {
            return self.say(Notice::Word(reason.into_owned()));
        }
        let what = job.name(self.desk.words);
        if matches!(job, Job::Train { .. } | Job::Relearn { .. }) {
            self.desk.decided = 0;
        }
        self.started = Some(std::time::Instant::now());
        self.desk.running = Some(Running { what, done: 0, total: 0, rows: 0, seconds: 0.0, stopping: false });
        if !self.runner.start(job) {
            self.desk.running = None;
            self.say(Notice::Word(self.desk.words.screens.busy.to_owned()));
        }
    }

    /// Takes news of the work that runs.
    pub(super) fn hear(&mut self, news: JobEvent) {
        let words = self.desk.words;
        match news {
            JobEvent::Progress { done, total, rows } => {
                let seconds = self.started.map_or(0.0, |start| start.elapsed().as_secs_f64());
                if let Some(running) = &mut self.desk.running {
                    (running.done, running.total, running.rows, running.seconds) = (done, total, rows, seconds);
                }
            }
            JobEvent::Done(outcome) => self.finish(&outcome),
            JobEvent::Failed(error) => {
                self.cut_short(None);
                self.fail(&error);
            }
            JobEvent::Waits { whose, on } => {
                self.say(Notice::Word(fill(words.screens.waits, &[("actor", &whose), ("file", &on)])));
            }
            JobEvent::Stopped => self.cut_short(Some(Notice::Word(words.screens.stopped.to_owned()))),
            JobEvent::Broke => self.cut_short(Some(Notice::Trouble(words.screens.broke.to_owned()))),
        }
    }

    /// Gives the result to the tab it belongs to, and shows what it says.
    fn finish(&mut self, outcome: &Outcome) {
        self.desk.running = None;
        let tab = match outcome {
            Outcome::Import(_) | Outcome::Bot(_) => Tab::Import,
            Outcome::Clean(_) | Outcome::Survey(_) | Outcome::Swap(_) => Tab::Clean,
            Outcome::Group(_) | Outcome::Lonely(_) => Tab::Group,
            Outcome::Rehearse(_) | Outcome::Mutate(_) | Outcome::Vary(_) | Outcome::Limits(_) | Outcome::Changes(_) => {
                Tab::Rehearse
            }
            Outcome::Train(_) | Outcome::Compare(_) => Tab::Train,
            Outcome::Relearn(_) | Outcome::Forecast(_) | Outcome::Similar(..) => Tab::Label,
            Outcome::Evaluate(_) | Outcome::Grow(_) | Outcome::Outlook(_) | Outcome::Answers(_) => Tab::Evaluate,
            Outcome::Call(_) => Tab::Talk,
            Outcome::Purge(_) => Tab::Home,
        };
        self.after_job(None);
        self.tell_windows(outcome);
        let Some(page) = self.pages.iter_mut().find(|page| page.tab == tab) else { return };
        match page.screen.hear(outcome, &mut self.desk) {
            // A window of a tab one is not looking at would come from nowhere.
            Ok(effect @ (Effect::Say(_) | Effect::Start(_))) => self.perform(effect),
            Ok(effect) if self.pages[self.page].tab == tab => self.perform(effect),
            Ok(_) => {}
            Err(error) => self.fail(&error),
        }
    }

    /// Lets the windows hear of it first: one of them may have asked for it.
    fn tell_windows(&mut self, outcome: &Outcome) {
        let heard: Vec<_> = self.windows.iter_mut().map(|window| window.screen.hear(outcome, &mut self.desk)).collect();
        for one in heard {
            match one {
                Ok(effect @ Effect::Say(_)) => self.perform(effect),
                Ok(_) => {}
                Err(error) => self.fail(&error),
            }
        }
    }

    /// Lets go of work that ended without a result.
    fn cut_short(&mut self, notice: Option<Notice>) {
        self.pages.iter_mut().for_each(|page| page.screen.cut_short());
        self.windows.iter_mut().for_each(|window| window.screen.cut_short());
        self.after_job(notice);
    }

    fn after_job(&mut self, notice: Option<Notice>) {
        self.desk.running = None;
        self.state += 1;
        self.notice_save(false);
        self.refresh();
        if let Some(notice) = notice {
            self.say(notice);
        }
    }
}
