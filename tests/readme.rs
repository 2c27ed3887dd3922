//! The README tells the truth: its key table is printed from the keymap. `UPDATE_README=1` writes it anew.

use std::fmt::Write;

use daoshi::i18n::EN;
use daoshi::tui::action::{Action, Scope};
use daoshi::tui::keymap::Keymap;

const BEGIN: &str = "<!-- keys: printed from assets/keymap.toml -->\n";
const END: &str = "<!-- end of keys -->";

fn table() -> String {
    let keymap = Keymap::ours();
    let mut table = String::from("| where | keys | what |\n|---|---|---|\n");
    for scope in Scope::ALL {
        for action in Action::ALL {
            if !keymap.actions(*scope).any(|own| own == *action) {
                continue;
            }
            let keys: Vec<String> =
                keymap.keys(*scope, *action).iter().map(|key| format!("`{key}`").replace("`|`", "`\\|`")).collect();
            if !keys.is_empty() {
                let _ = writeln!(table, "| {} | {} | {} |", scope.name(), keys.join(" "), action.phrase(&EN).long);
            }
        }
    }
    table
}

#[test]
fn the_key_table_of_the_readme_is_the_keymap() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("the README is there");
    let begin = readme.find(BEGIN).expect("the table begins") + BEGIN.len();
    let end = readme.find(END).expect("the table ends");
    if std::env::var_os("UPDATE_README").is_some() {
        let new = format!("{}{}{}", &readme[..begin], table(), &readme[end..]);
        std::fs::write(path, new).expect("the README can be written");
        return;
    }
    assert_eq!(readme[begin..end], table(), "write it anew with UPDATE_README=1 cargo test --test readme");
}
