//! Every key does something: an action a section of the keymap binds is one that each screen of that section lets run
//! and does, read from the screens' own source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use daoshi::tui::action::{Action, Scope};
use daoshi::tui::keymap::Keymap;

/// Screens that borrow another's section for the keys they share with it; the others say that they mean nothing here.
const BORROWING: &[(&str, &[&str])] = &[
    // Piles are taken down to a line as clusters are.
    ("label/bulk.rs", &["accept", "out_of_scope", "merge", "cut_up", "cut_down", "cut_here"]),
    // A stretch is chosen by its ends; the digits of a list are no places in it.
    ("talk/stretch.rs", &["choose"]),
];

fn text(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source file");
    // What stands in the tests of a file answers no key.
    text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => found.push(path),
        }
    }
    found.sort();
    found
}

/// The screens of each scope: their name, what they let run, and all their source with the files beside them.
fn screens() -> BTreeMap<Scope, Vec<(String, String, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/screens");
    let mut screens: BTreeMap<Scope, Vec<(String, String, String)>> = BTreeMap::new();
    for path in files(&root) {
        let own = text(&path);
        let Some((_, scope)) = own.split_once("fn scope(&self) -> Scope {\n") else { continue };
        let named = scope.lines().next().unwrap_or_default().trim().trim_start_matches("Scope::");
        let scope = Scope::ALL.iter().find(|scope| format!("{scope:?}") == named).unwrap_or_else(|| panic!("{named}"));
        let can =
            own.split_once("    fn can(").map_or("", |(_, rest)| rest.split("\n    }\n").next().unwrap_or_default());
        let beside = files(&path.with_extension(""));
        let parts = beside.iter().map(|path| text(path)).filter(|text| !text.contains("fn scope(&self)"));
        let all = parts.fold(own.clone(), |all, part| all + &part);
        let name = path.strip_prefix(&root).expect("below").display().to_string();
        screens.entry(*scope).or_default().push((name, can.to_owned(), all));
    }
    screens
}

fn names(text: &str, action: Action) -> usize {
    let word = format!("Action::{action:?}");
    let whole = |at: &usize| !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric());
    text.match_indices(&word).map(|(at, _)| at).filter(whole).count()
}

/// Whether a screen lets an action run and does it.
fn answers((_, can, all): &(String, String, String), action: Action) -> bool {
    let moves = [
        Action::Up,
        Action::Down,
        Action::Left,
        Action::Right,
        Action::PageUp,
        Action::PageDown,
        Action::Top,
        Action::Bottom,
    ];
    if action.place().is_some() {
        return all.contains(".place()") || names(all, action) > 1;
    }
    // A window around a list lets the list do it.
    if can.contains(".can(action, desk)") {
        return true;
    }
    if moves.contains(&action) && can.contains(".act(action)") {
        return true;
    }
    // Once where it may run, once where it is done; a screen that lets everything run names it where it is done.
    names(can, action) > 0 && names(all, action) > names(can, action)
        || !can.contains("not_here") && names(all, action) > 0
}

#[test]
fn every_action_a_section_binds_is_one_its_screens_answer() {
    let keymap = Keymap::ours();
    let everywhere: Vec<Action> = keymap.actions(Scope::Global).collect();
    let screens = screens();
    let mut mute = Vec::new();
    for scope in Scope::ALL.iter().filter(|scope| !matches!(scope, Scope::Move | Scope::Global)) {
        let here = screens.get(scope).unwrap_or_else(|| panic!("no screen has the section [{}]", scope.name()));
        // What the program does everywhere is not the screen's to do.
        for action in keymap.actions(*scope).filter(|action| !everywhere.contains(action)) {
            for screen in here.iter().filter(|screen| !answers(screen, action)) {
                let borrowed = BORROWING.iter().find(|(file, _)| *file == screen.0);
                if borrowed.is_none_or(|(_, uses)| uses.contains(&action.name())) {
                    mute.push((scope.name(), action.name(), screen.0.clone()));
                }
            }
        }
    }
    assert!(mute.is_empty(), "bound, but nothing happens: {mute:#?}");
}

#[test]
fn what_is_bound_everywhere_the_program_or_a_screen_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui");
    // Copying and going from pane to pane are a screen's to do, where it has something to copy or panes.
    let all = files(&root.join("app")).into_iter().chain(files(&root.join("screens")));
    let app = all.map(|path| text(&path)).fold(text(&root.join("app.rs")), |a, b| a + &b);
    let mute: Vec<&str> =
        Keymap::ours().actions(Scope::Global).filter(|action| names(&app, *action) == 0).map(Action::name).collect();
    assert!(mute.is_empty(), "{mute:?}");
}
