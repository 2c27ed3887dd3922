//! How many keys a trainer presses until the bot understands: `cargo bench --bench trainer [-- SET…]`.
//!
//! A simulated trainer knows the true intent of every text, sees only the 80×24 frame in Chinese, and presses keys
//! through the driver of the journeys. It imports the texts of `SET/train.tsv` without their labels, groups them,
//! decides on clusters, takes the model's piles and answers the queue, until a model trained on its labels reaches
//! 0.85 on `SET/test.tsv`. The same trainer then works as one does without all this: one line at a time by chance,
//! the intent found by typing. Keys, decisions and wrong labels of both are printed, and the ratio of keys.
//! Data comes from `DAOSHI_DATA` (default `../shared/data` beside the repository).

#[allow(dead_code)]
#[path = "../tests/journeys/hand.rs"]
mod hand;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use daoshi::domain::ids::IntentId;
use daoshi::domain::label::Verdict;
use daoshi::i18n::Lang;
use daoshi::nlu::train::TrainOptions;
use daoshi::progress::Quiet;
use daoshi::workbench::{intents, label, train};
use hand::Hand;

const GOAL: f64 = 0.85;

fn main() {
    let data = std::env::var_os("DAOSHI_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        println!("no data at {}; set DAOSHI_DATA", data.display());
        return;
    }
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let (ways, sets): (Vec<String>, Vec<String>) = asked.into_iter().partition(|a| a == "ours" || a == "plain");
    let sets = if sets.is_empty() { vec!["banking77".to_owned(), "mschat_zh".to_owned()] } else { sets };
    for set in sets {
        let truth = Truth::read(&data.join("intents").join(&set));
        let start = Instant::now();
        let wanted = |way: &str| ways.is_empty() || ways.iter().any(|w| w == way);
        let ours = wanted("ours").then(|| Trainer::new(&truth).with_daoshi());
        let plain = wanted("plain").then(|| Trainer::new(&truth).line_by_line());
        for (way, done) in [("daoshi", &ours), ("line by line", &plain)] {
            let Some(done) = done else { continue };
            println!(
                "{set}, {way}: {} keys ({} for names of intents), {} decisions, {} labels of which {} wrong, accuracy {:.3} on test.tsv",
                done.keys, done.naming, done.decisions, done.labels, done.wrong, done.accuracy
            );
        }
        if let (Some(ours), Some(plain)) = (&ours, &plain) {
            println!(
                "{set}: {:.1} times fewer keys ({:.1} times without the names); {:.0} s",
                plain.keys as f64 / ours.keys as f64,
                (plain.keys - plain.naming) as f64 / (ours.keys - ours.naming) as f64,
                start.elapsed().as_secs_f64()
            );
        }
    }
}

/// What the trainer knows.
struct Truth {
    train: Vec<(String, String)>,
    test: Vec<(String, String)>,
}

impl Truth {
    fn read(folder: &Path) -> Self {
        let rows = |file: &str| -> Vec<(String, String)> {
            let text = std::fs::read_to_string(folder.join(file)).expect("a set of the data folder");
            let pair = |line: &str| line.split_once('\t').map(|(text, label)| (text.to_owned(), label.to_owned()));
            text.lines().filter_map(pair).collect()
        };
        Self { train: rows("train.tsv"), test: rows("test.tsv") }
    }
}

/// What a way of working came to.
struct Done {
    keys: u64,
    naming: u64,
    decisions: u64,
    labels: usize,
    wrong: usize,
    accuracy: f64,
}

/// The trainer: hands, and a memory of what each intent is called.
struct Trainer<'t> {
    truth: &'t Truth,
    hand: Hand,
    keys: u64,
    naming: u64,
    decisions: u64,
    /// True intent of every text as the screen may show it, by its first characters.
    known: Vec<(String, String)>,
    /// The name each true intent has in the project.
    names: HashMap<String, String>,
}

impl<'t> Trainer<'t> {
    fn new(truth: &'t Truth) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the texts");
        let file = folder.path().join("t.txt");
        let lines: Vec<&str> = truth.train.iter().map(|(text, _)| text.as_str()).collect();
        std::fs::write(&file, lines.join("\n")).expect("the folder can be written");
        let mut trainer = Self {
            truth,
            hand: Hand::new(Lang::Zh),
            keys: 0,
            naming: 0,
            decisions: 0,
            known: Vec::new(),
            names: HashMap::new(),
        };
        trainer.press("ctrl-right F2");
        trainer.write(&file.display().to_string());
        trainer.press("enter F8");
        trainer.sees("导入完成");
        trainer.learn_texts();
        trainer
    }

    fn press(&mut self, keys: &str) {
        self.keys += keys.split_whitespace().count() as u64;
        self.hand.press(keys);
    }

    fn write(&mut self, text: &str) {
        self.keys += text.chars().count() as u64;
        self.hand.write(text);
    }

    fn sees(&mut self, text: &str) {
        self.hand.sees(text);
    }

    /// Knows each line's intent by what cleaning made of the line: the trainer reads meaning, not bytes.
    fn learn_texts(&mut self) {
        let raw: HashMap<&str, &str> = self.truth.train.iter().map(|(t, l)| (t.trim(), l.as_str())).collect();
        let project = self.hand.project("li");
        let items = label::queue(&project, label::order::Order::Customers, &[], usize::MAX / 8).expect("a queue");
        for item in items {
            for utterance in item.family.iter().chain([&item.utterance]) {
                let Some((turns, here)) = label::context(&project, utterance.id, 0, 0).expect("a turn") else {
                    continue;
                };
                if let Some(label) = raw.get(turns[here].raw.trim()) {
                    self.known.push((utterance.text.clone(), (*label).to_owned()));
                }
            }
        }
        self.known.sort();
    }

    /// Returns the intent of a text as far as the screen shows it.
    fn reads(&self, shown: &str) -> Option<&str> {
        let shown = shown.trim().trim_end_matches('…').trim_end();
        if shown.is_empty() {
            return None;
        }
        let from = self.known.partition_point(|(text, _)| text.as_str() < shown);
        let (text, label) = self.known.get(from)?;
        text.starts_with(shown).then_some(label)
    }

    /// Returns the true intent of a name as far as the screen shows it.
    fn means(&self, shown: &str) -> Option<&str> {
        let whole = shown.trim();
        if let Some((label, _)) = self.names.iter().find(|(_, name)| *name == whole) {
            return Some(label);
        }
        let part = whole.strip_suffix('…')?.trim_end();
        let mut found = self.names.iter().filter(|(_, name)| name.starts_with(part));
        match (found.next(), found.next()) {
            (Some((label, _)), None) => Some(label),
            _ => None,
        }
    }

    /// Chooses the intent of a label in the open list by typing until it stands first.
    fn choose(&mut self, label: &str) {
        let name = self.names[label].clone();
        let typed: Vec<char> = name.chars().collect();
        let mut written = 0;
        loop {
            let frame = self.hand.frame();
            let first = row_of_window(&frame);
            if first_is(&first, &name) || written == typed.len() {
                break;
            }
            self.write(&typed[written].to_string());
            written += 1;
        }
        self.press("enter");
    }

    /// Makes an intent of the name that is proposed, or of the label itself; on the ladder a key takes the proposal.
    fn new_intent(&mut self, label: &str, own_name: bool, on_ladder: bool) {
        let before = self.keys;
        let known: HashSet<IntentId> = self.intents().into_keys().collect();
        let made = |trainer: &Self| trainer.intents().into_iter().find(|(id, _)| !known.contains(id));
        if on_ladder {
            self.press("F12");
        }
        // Also where the ladder has no word to propose.
        if made(self).is_none() {
            self.press("F2");
            if own_name || on_ladder {
                // Writing takes the place of the proposal.
                self.write(label);
            }
            self.press("enter");
        }
        let Some((_, name)) = made(self) else { panic!("no intent was made:\n{}", self.hand.frame()) };
        self.names.insert(label.to_owned(), name);
        self.naming += self.keys - before;
        self.decisions += 1;
    }

    fn intents(&self) -> HashMap<IntentId, String> {
        let lines = intents::list(&self.hand.project("li")).expect("a catalogue");
        lines.into_iter().map(|line| (line.intent.id, line.intent.name)).collect()
    }

    /// Returns the accuracy on the test rows of a model trained on what is labelled now.
    fn accuracy(&mut self) -> f64 {
        let mut project = self.hand.project("judge");
        if train::train(&mut project, &TrainOptions::default(), &Quiet).is_err() {
            return 0.0;
        }
        let model = project.model().expect("a readable model").expect("a model");
        let of: HashMap<&String, &String> = self.names.iter().map(|(label, name)| (name, label)).collect();
        let names = self.intents();
        let right = self.truth.test.iter().filter(|(text, label)| {
            let best = model.understand(text).best().and_then(|guess| guess.intent);
            best.and_then(|id| of.get(names.get(&id)?)).is_some_and(|found| *found == label)
        });
        let accuracy = right.count() as f64 / self.truth.test.len() as f64;
        // The judge's model is no help to the trainer.
        project.undo().expect("the judge takes its training back");
        accuracy
    }

    fn done(self, accuracy: f64) -> Done {
        let (labels, wrong) = self.labelled();
        let (keys, naming, decisions) = (self.keys, self.naming, self.decisions);
        Done { keys, naming, decisions, labels, wrong, accuracy }
    }

    /// Returns how many texts have an intent, and how many a wrong one.
    fn labelled(&self) -> (usize, usize) {
        let project = self.hand.project("li");
        let truth: HashMap<&str, &str> =
            self.known.iter().map(|(text, label)| (text.as_str(), label.as_str())).collect();
        let (mut labels, mut wrong) = (0, 0);
        for line in intents::list(&project).expect("a catalogue") {
            let meant = self.names.iter().find(|(_, name)| **name == line.intent.name).map(|(label, _)| label.as_str());
            for (utterance, given) in intents::examples(&project, line.intent.id, usize::MAX / 8).expect("examples") {
                if matches!(given.verdict, Verdict::Intent(_)) {
                    labels += 1;
                    wrong += usize::from(truth.get(utterance.text.as_str()).copied() != meant);
                }
            }
        }
        (labels, wrong)
    }

    /// One line at a time by chance, the intent found by typing.
    fn line_by_line(mut self) -> Done {
        label::relearn_after(&mut self.hand.project("li"), 0).expect("a setting");
        self.press("ctrl-right ctrl-right ctrl-right ctrl-o 9");
        let mut next = 400;
        loop {
            let frame = self.hand.frame();
            let Some(label) = self.reads(&said(&frame)).map(str::to_owned) else {
                if !frame.contains("×") {
                    break;
                }
                self.press("space");
                continue;
            };
            if self.names.contains_key(&label) {
                self.press("/");
                self.choose(&label);
                self.decisions += 1;
            } else {
                self.new_intent(&label, true, false);
            }
            if self.decisions >= next {
                let accuracy = self.accuracy();
                println!("  line by line: {} decisions, {} keys, accuracy {accuracy:.3}", self.decisions, self.keys);
                if accuracy >= GOAL {
                    return self.done(accuracy);
                }
                next += 2 * look_after(accuracy);
            }
        }
        let accuracy = self.accuracy();
        self.done(accuracy)
    }

    /// Many small clusters, each by a digit where one has its intent; then the model's piles and the queue.
    fn with_daoshi(mut self) -> Done {
        // The dials: method, eight hundred clusters, two texts at least, read as fits.
        self.press("ctrl-right ctrl-right ctrl-e 1 7 1 1");
        self.sees("聚成");
        if let Some(accuracy) = self.clusters() {
            return self.done(accuracy);
        }
        self.press("ctrl-right F8");
        for round in 0..60 {
            let accuracy = self.report(&format!("round {round}"));
            if accuracy >= GOAL {
                return self.done(accuracy);
            }
            match round % 4 {
                3 => self.piles(),
                _ => self.queue(40),
            }
            self.press("F8");
        }
        let accuracy = self.accuracy();
        self.done(accuracy)
    }

    /// Prints how far one is, and returns the accuracy.
    fn report(&mut self, after: &str) -> f64 {
        let accuracy = self.accuracy();
        let (labels, wrong) = self.labelled();
        println!(
            "  daoshi: after {after}: {} keys, {} intents, {labels} labels, {wrong} wrong, accuracy {accuracy:.3}",
            self.keys,
            self.names.len()
        );
        accuracy
    }

    /// Goes down the ladder and takes each cluster for what most of the members shown are; looks at times how far one is.
    /// Returns the accuracy when it is enough.
    fn clusters(&mut self) -> Option<f64> {
        const FIRST: u64 = 300;
        let mut next = FIRST;
        loop {
            if self.decisions >= next {
                let accuracy = self.report("clusters");
                if accuracy >= GOAL {
                    return Some(accuracy);
                }
                next = self.decisions + look_after(accuracy);
            }
            let frame = self.hand.frame();
            let open = frame.lines().nth(1).and_then(|line| between(line, "待定 ", "/")).unwrap_or_default();
            if open == "0" || open.is_empty() {
                return None;
            }
            let (members, cut) = members(&frame);
            let labels: Vec<Option<String>> = members.iter().map(|text| self.reads(text).map(str::to_owned)).collect();
            let above = &labels[..cut.min(labels.len())];
            let most = most(above).filter(|(_, count)| count * 2 >= above.len());
            let Some((label, _)) = most else {
                self.press("space");
                continue;
            };
            if !self.names.contains_key(&label) {
                self.new_intent(&label, false, true);
                continue;
            }
            match digits(&frame).into_iter().find(|(_, name)| self.means(name) == Some(&label)) {
                Some((digit, _)) => self.press(&digit),
                None => {
                    self.press("enter");
                    self.choose(&label);
                }
            }
            self.decisions += 1;
        }
    }

    /// Marks strays above the new line and puts the line there.
    fn mark(&mut self, right: &[bool], cut: usize, at: usize) {
        let strays: Vec<usize> = (0..at).filter(|i| !right[*i]).collect();
        // One stranger among many is let through; the line is moved by the nearer of its two ways.
        if strays.len() * 8 <= at && cut.abs_diff(at) <= 4 {
            self.press(&(if at < cut { "ctrl-up " } else { "ctrl-down " }).repeat(cut.abs_diff(at)));
            return;
        }
        self.press("tab");
        let mut here = 0;
        for stray in strays {
            self.press(&"down ".repeat(stray - here));
            self.press("x");
            here = (stray + 1).min(right.len() - 1);
        }
        if at != cut && at > 0 {
            match (at - 1).checked_sub(here) {
                Some(steps) => self.press(&"down ".repeat(steps)),
                None => self.press(&"up ".repeat(here + 1 - at)),
            }
            self.press("F7");
        }
        self.press("tab");
    }

    /// Takes the piles that are large and nearly clean.
    fn piles(&mut self) {
        self.press("F9");
        let mut seen = HashSet::new();
        loop {
            let frame = self.hand.frame();
            let (members, cut) = members(&frame);
            let name = member_title(&frame);
            if !seen.insert(name.clone()) || members.is_empty() {
                break;
            }
            let label = self.means(&name).map(str::to_owned);
            let right: Vec<bool> =
                members.iter().map(|text| label.is_some() && self.reads(text) == label.as_deref()).collect();
            match plan(&right, cut).filter(|at| *at >= 3) {
                Some(at) => {
                    self.mark(&right, cut, at);
                    self.press("enter");
                    self.decisions += 1;
                }
                None => self.press("down"),
            }
        }
        self.press("esc");
    }

    /// Answers the queue.
    fn queue(&mut self, count: usize) {
        for _ in 0..count {
            let frame = self.hand.frame();
            let Some(label) = self.reads(&said(&frame)).map(str::to_owned) else {
                self.press("space");
                continue;
            };
            if !self.names.contains_key(&label) {
                self.new_intent(&label, false, false);
                continue;
            }
            match guesses(&frame).into_iter().find(|(_, name)| self.means(name) == Some(&label)) {
                Some((digit, _)) => self.press(if digit == "1" { "enter" } else { &digit }),
                None => {
                    self.press("/");
                    self.choose(&label);
                }
            }
            self.decisions += 1;
        }
    }
}

/// Returns after how many more decisions to look again; near the goal often, so that the figure printed is no round one.
fn look_after(accuracy: f64) -> u64 {
    match GOAL - accuracy {
        far if far > 0.04 => 100,
        near if near > 0.015 => 40,
        near if near > 0.005 => 20,
        _ => 10,
    }
}

/// Returns how many members to take: the longest head that is nearly clean; `None` when even the core is mixed.
fn plan(right: &[bool], cut: usize) -> Option<usize> {
    let mut best = None;
    let mut wrong = 0;
    for (at, good) in right.iter().enumerate().take(cut) {
        wrong += usize::from(!good);
        if *good && wrong * 6 <= at + 1 {
            best = Some(at + 1);
        }
    }
    // A line far down the screen is left where it is when all above is clean.
    best.map(|at| if right[..cut.min(right.len())].iter().all(|good| *good) { cut } else { at })
}

/// Returns the intent most of the members shown have, and how many have it.
fn most(labels: &[Option<String>]) -> Option<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    labels.iter().flatten().for_each(|label| *counts.entry(label).or_default() += 1);
    let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
    best.map(|(label, count)| (label.to_owned(), count))
}

/// Returns what stands between two marks of a line.
fn between(line: &str, from: &str, to: &str) -> Option<String> {
    let rest = &line[line.find(from)? + from.len()..];
    Some(rest[..rest.find(to)?].to_owned())
}

/// Returns the text in question on the label screen.
fn said(frame: &str) -> String {
    let line = frame.lines().nth(2).unwrap_or_default();
    line.split("  ×").next().unwrap_or_default().trim().to_owned()
}

/// Returns the guesses on the digits of the label screen.
fn guesses(frame: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in frame.lines().skip(4) {
        let Some(cell) = line.strip_prefix('│').and_then(|rest| rest.split('│').next()) else { continue };
        let cell = cell.trim();
        let Some((digit, rest)) = cell.split_once(' ') else { continue };
        if digit.len() == 1 && digit.chars().all(|c| c.is_ascii_digit()) {
            let name = rest.rsplit_once(" 0.").or(rest.rsplit_once(" 1.")).map_or(rest, |(name, _)| name);
            found.push((digit.to_owned(), name.trim().to_owned()));
        }
    }
    found
}

/// Returns the guesses on the digits below the ladder, three in a row.
fn digits(frame: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for first in [1, 4, 7] {
        let row = frame.lines().skip(3).find(|line| line.starts_with(&format!(" {first} "))).unwrap_or_default();
        let left = row.split('│').next().unwrap_or_default();
        for digit in first..first + 3 {
            let from = left.find(&format!(" {digit} "));
            let to = left.find(&format!(" {} ", digit + 1)).filter(|_| digit < first + 2).unwrap_or(left.len());
            if let Some(from) = from.filter(|from| *from < to) {
                found.push((digit.to_string(), left[from + 3..to].trim().to_owned()));
            }
        }
    }
    found
}

/// Returns the members shown beside the ladder, and how many of them stand above the line.
fn members(frame: &str) -> (Vec<String>, usize) {
    let (mut texts, mut cut) = (Vec::new(), None);
    for line in frame.lines().skip(2).take(20) {
        let Some((_, right)) = line.split_once('│') else { continue };
        if right.contains("以上取用") {
            cut = Some(texts.len());
            continue;
        }
        let text = right.trim_start_matches([' ', '✗', '✓', '?', '▶', '›']);
        let text =
            text.rsplit_once(" ×").or(text.rsplit_once(" 0.")).or(text.rsplit_once(" 1.")).map_or("", |(t, _)| t);
        if !text.trim().is_empty() {
            texts.push(text.trim().to_owned());
        }
    }
    let cut = cut.unwrap_or(texts.len());
    (texts, cut)
}

/// Returns the heading over the members.
fn member_title(frame: &str) -> String {
    let line = frame.lines().nth(1).unwrap_or_default();
    line.split_once('│').map_or("", |(_, right)| right).trim().to_owned()
}

/// Returns the row of the window on top that Enter would take.
fn row_of_window(frame: &str) -> String {
    // The list below may show its own mark at the edge.
    let marked = frame.lines().filter_map(|line| Some((line.rfind("▶ ")?, line)));
    let row = marked.filter(|(at, _)| *at > 0).map(|(at, line)| &line[at + "▶ ".len()..]).next().unwrap_or_default();
    row.split('│').next().unwrap_or_default().to_owned()
}

/// Tells whether a row of a list begins with a name.
fn first_is(row: &str, name: &str) -> bool {
    let shown = row.trim().split("  ").next().unwrap_or_default().trim();
    shown == name || shown.strip_suffix('…').is_some_and(|part| !part.is_empty() && name.starts_with(part))
}
