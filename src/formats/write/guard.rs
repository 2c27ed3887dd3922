//! The guard before cells a spreadsheet would run.
//!
//! A cell that begins with `= + - @`, their full-width twins, TAB or CR is run as a formula when a spreadsheet opens the
//! file (CWE-1236), so it gets a leading `'`. A text that already begins with such quotes gets one more, so that reading
//! back loses nothing. Called by everything that writes a table.

/// What begins a formula somewhere.
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Returns the cell with the guard it needs.
pub fn guarded(cell: &str) -> String {
    if runs(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// Returns the cell without its guard; takes back `guarded` whatever the cell.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest,
        _ => cell,
    }
}

/// Tells whether a spreadsheet would run the cell, were its leading quotes away.
pub fn runs(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(STARTS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_guard_comes_off_again(cell in "['=＝+＋@＠－\t\ra好 -]{0,8}") {
            let safe = guarded(&cell);
            prop_assert_eq!(unguarded(&safe), cell.as_str());
            prop_assert!(!safe.starts_with(STARTS));
        }
    }

    #[test]
    fn formulas_are_guarded_and_words_are_not() {
        assert_eq!(guarded("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(guarded("＝cmd|1"), "'＝cmd|1");
        assert_eq!(guarded("您好"), "您好");
        assert_eq!(guarded("'tis"), "'tis");
    }
}
