//! `daoshi import --watch`: a folder is looked at again and again, a line a file on stdout, until a signal ends it.

use std::time::{Duration, Instant};

use crate::cli::args::Import;
use crate::cli::import::{save, tell, tell_refused};
use crate::cli::progress::Line;
use crate::cli::{Desk, Done};
use crate::progress::Progress;
use crate::workbench::error::Error;
use crate::workbench::import::{Wanted, Wish};
use crate::workbench::profiles;
use crate::workbench::watch::{News, Watch};

/// How quickly a wish to stop is heard.
const STEP: Duration = Duration::from_millis(100);

/// How often `--once` looks at files that do not settle, before it leaves them to the next run.
const PATIENCE: u32 = 5;

/// Watches a folder.
pub fn watch(desk: &Desk, import: &Import, mut folder: Wanted) -> Done {
    let t = &desk.out.words.command;
    let path = folder.path.display().to_string();
    if !folder.path.is_dir() {
        return Err(Error::NothingThere { path: folder.path }.into());
    }
    let mut project = desk.open(&import.project)?;
    match &folder.profile {
        // A name that is not there is refused before anything is awaited.
        Wish::Named(name) => {
            profiles::named(&project, name)?;
            profiles::keep_for_folder(&mut project, &folder.path, name)?;
        }
        Wish::Fitting if import.profile.is_none() => {
            let kept = profiles::of_folder(&project, &folder.path)?;
            // The profile may have been deleted since.
            if let Some(name) = kept.filter(|name| profiles::named(&project, name).is_ok()) {
                desk.out.say(t.by_profile, &[("name", &name)]);
                folder.profile = Wish::Named(name);
            }
        }
        _ => {}
    }
    if let Some(name) = &import.save_profile {
        save(desk, &mut project, std::slice::from_ref(&folder), name)?;
        profiles::keep_for_folder(&mut project, &folder.path, name)?;
        folder.profile = Wish::Named(name.clone());
    }
    let signals = Line::new(&desk.out);
    if !import.once {
        desk.out.say(t.watching, &[("path", &path)]);
    }
    let (mut watch, mut refused, mut looks) = (Watch::new(folder), false, 0);
    loop {
        let mut news = |news: News| match news {
            News::Imported(file) => tell(desk, &file, import.json),
            News::Refused(path, error) => {
                refused = true;
                tell_refused(desk, &path, &error, import.json);
            }
        };
        match watch.look(&mut project, &signals, &mut news) {
            Ok(()) => {}
            Err(error) if error.is_stop() => break,
            Err(error) => return Err(error.into()),
        }
        looks += 1;
        if import.once && looks > 1 && (!watch.waits() || looks > PATIENCE) {
            return Ok(u8::from(refused));
        }
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(import.every) && !signals.stopped() {
            std::thread::sleep(STEP);
        }
        if signals.stopped() {
            break;
        }
    }
    desk.out.say(t.watch_end, &[("path", &path)]);
    Ok(0)
}
