//! The worker: one job at a time, on its own thread and its own connection.
//!
//! The inline runner does the same work through the same connection before `start` returns; tests use it, so
//! they need not wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::jobs::job::{Job, JobEvent};
use crate::progress::Progress;
use crate::workbench::moods;
use crate::workbench::project::Project;

/// How often progress is told at most.
const PACE: Duration = Duration::from_millis(100);

/// Where a job's news goes.
type News = Arc<dyn Fn(JobEvent) + Send + Sync>;

/// The worker of one project.
pub struct Runner {
    path: PathBuf,
    actor: String,
    news: News,
    inline: bool,
    stop: Arc<AtomicBool>,
    worker: Option<JoinHandle<()>>,
}

impl Runner {
    /// Returns a worker that runs jobs on a thread of its own and tells `news`.
    pub fn threaded(path: PathBuf, actor: &str, news: impl Fn(JobEvent) + Send + Sync + 'static) -> Self {
        Self { path, actor: actor.to_owned(), news: Arc::new(news), inline: false, stop: Arc::default(), worker: None }
    }

    /// Returns a worker that does a job before [`Runner::start`] returns.
    pub fn inline(path: PathBuf, actor: &str, news: impl Fn(JobEvent) + Send + Sync + 'static) -> Self {
        Self { inline: true, ..Self::threaded(path, actor, news) }
    }

    /// Reads beside the screens what they need; `false` where everything is done inline.
    ///
    /// Nobody is told when it is there: the next frame has it, and an idle screen sends nothing over a slow line.
    pub fn warm(&self) -> bool {
        // Without a thread it is read when it is first needed.
        !self.inline && std::thread::Builder::new().name("warm".to_owned()).spawn(moods::prepare).is_ok()
    }

    /// Tells whether a job runs.
    pub fn is_busy(&self) -> bool {
        self.worker.as_ref().is_some_and(|worker| !worker.is_finished())
    }

    /// Starts a job; `false` when another one still runs.
    pub fn start(&mut self, job: Job) -> bool {
        if self.is_busy() {
            return false;
        }
        self.stop = Arc::default();
        let (path, actor, news, stop) = (self.path.clone(), self.actor.clone(), self.news.clone(), self.stop.clone());
        let work = move || {
            let ear = Ear { news: news.clone(), stop, told: Mutex::new(None), rows: AtomicU64::new(0) };
            let done = catch_unwind(AssertUnwindSafe(|| {
                let mut project = Project::open(&path, &actor)?;
                job.run(&mut project, &ear)
            }));
            news(match done {
                Ok(Ok(outcome)) => JobEvent::Done(outcome),
                Ok(Err(error)) if error.is_stop() => JobEvent::Stopped,
                Ok(Err(error)) => JobEvent::Failed(error),
                Err(_) => JobEvent::Broke,
            });
        };
        if self.inline {
            work();
        } else {
            let worker = std::thread::Builder::new().name("job".to_owned()).spawn(work);
            self.worker = Some(worker.expect("the system gives a program its second thread"));
        }
        true
    }

    /// Asks the running job to stop; its end comes as news.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Stops the running job and waits for it, but no longer than `patience`. A job cut short changes nothing.
    pub fn close(&mut self, patience: Duration) {
        self.stop();
        let start = Instant::now();
        while self.is_busy() && start.elapsed() < patience {
            std::thread::sleep(Duration::from_millis(5));
        }
        if let Some(worker) = self.worker.take().filter(JoinHandle::is_finished) {
            // A panic was told as news already.
            let _ = worker.join();
        }
    }
}

/// Listens to the work and passes on what matters, at a readable pace.
struct Ear {
    news: News,
    stop: Arc<AtomicBool>,
    told: Mutex<Option<Instant>>,
    rows: AtomicU64,
}

impl Progress for Ear {
    fn at(&self, done: u64, total: u64) {
        // Whoever holds the lock is telling; this report would come too soon after it.
        let Ok(mut told) = self.told.try_lock() else { return };
        if told.is_none_or(|at| at.elapsed() >= PACE) {
            *told = Some(Instant::now());
            (self.news)(JobEvent::Progress { done, total, rows: self.rows.load(Ordering::Relaxed) });
        }
    }

    fn rows(&self, rows: u64) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    fn waits(&self, whose: &str, on: &str) {
        let Ok(mut told) = self.told.try_lock() else { return };
        if told.is_none_or(|at| at.elapsed() >= PACE) {
            *told = Some(Instant::now());
            (self.news)(JobEvent::Waits { whose: whose.to_owned(), on: on.to_owned() });
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::jobs::job::Outcome;
    use crate::workbench::import::Wanted;

    /// A worker on a new project, beside a file of texts.
    fn worker(inline: bool, lines: usize) -> (tempfile::TempDir, Runner, Receiver<JobEvent>, Job) {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("p.daoshi");
        Project::create(&project, "li").unwrap();
        let file = folder.path().join("texts.txt");
        let text: String = (0..lines).map(|n| format!("第{n}次问怎么开户\n")).collect();
        std::fs::write(&file, text).unwrap();
        let (news, inbox) = channel();
        let news = move |event| drop(news.send(event));
        let runner = if inline { Runner::inline(project, "li", news) } else { Runner::threaded(project, "li", news) };
        (folder, runner, inbox, Job::Import { files: vec![Wanted { path: file, ..Wanted::default() }] })
    }

    fn end(inbox: &Receiver<JobEvent>) -> JobEvent {
        let ends = |event: &JobEvent| !matches!(event, JobEvent::Progress { .. } | JobEvent::Waits { .. });
        inbox.iter().find(ends).expect("a job comes to an end")
    }

    #[test]
    fn a_job_ends_with_its_report_on_a_thread_and_without_one() {
        for inline in [true, false] {
            let (_folder, mut runner, inbox, job) = worker(inline, 50);
            assert!(runner.start(job));
            match end(&inbox) {
                JobEvent::Done(Outcome::Import(report)) => assert_eq!(report.files[0].kept, 50),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_stopped_job_changes_nothing() {
        let (folder, mut runner, inbox, job) = worker(false, 60_000);
        runner.start(job.clone());
        assert!(!runner.start(job), "one at a time");
        runner.close(Duration::from_secs(20));
        let ending = end(&inbox);
        let counts = Project::open(&folder.path().join("p.daoshi"), "li").unwrap().counts().unwrap();
        match ending {
            JobEvent::Stopped => assert_eq!((counts.files, counts.turns), (0, 0)),
            // The work may have been faster than the wish.
            JobEvent::Done(_) => assert_eq!(counts.turns, 60_000),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refusal_is_news_and_the_worker_takes_the_next_job() {
        let (_folder, mut runner, inbox, job) = worker(true, 3);
        runner.start(Job::Import { files: vec![Wanted { path: "/nowhere/at/all.csv".into(), ..Wanted::default() }] });
        assert!(matches!(end(&inbox), JobEvent::Failed(_)));
        assert!(runner.start(job));
        assert!(matches!(end(&inbox), JobEvent::Done(_)));
    }
}
