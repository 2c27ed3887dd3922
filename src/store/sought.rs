//! Words sought in the file's texts in any case and width, and written over: functions that `purge` gives to SQL.

use rusqlite::Transaction;
use rusqlite::functions::FunctionFlags;

use crate::store::error::Result;

/// What stands where erased words stood in a text that stays.
const REDACTED: &str = "***";

/// Teaches the connection `holds(text)` and `redacted(text)` for these words; nothing holds no words.
pub(in crate::store) fn define_holds(tx: &Transaction<'_>, words: &str) -> Result<()> {
    let needle: String = words.chars().map(fold).collect();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    let sought = needle.clone();
    tx.create_scalar_function("holds", 1, flags, move |context| {
        Ok(context.get_raw(0).as_str_or_null().ok().flatten().is_some_and(|text| told(text, &sought)))
    })?;
    tx.create_scalar_function("redacted", 1, flags, move |context| Ok(redacted(&context.get::<String>(0)?, &needle)))?;
    Ok(())
}

/// Tells whether a text holds folded words.
pub(in crate::store) fn told(text: &str, needle: &str) -> bool {
    !needle.is_empty() && text.chars().map(fold).collect::<String>().contains(needle)
}

/// Writes over folded words wherever a text holds them.
fn redacted(text: &str, needle: &str) -> String {
    let sought: Vec<char> = needle.chars().collect();
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let here = chars[at..].iter().take(sought.len()).copied().map(fold).eq(sought.iter().copied());
        if here && !sought.is_empty() {
            out.push_str(REDACTED);
            at += sought.len();
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Folds case and width, a character to a character.
pub(in crate::store) fn fold(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    };
    narrow.to_lowercase().next().unwrap_or(narrow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_written_over_in_any_case_and_width() {
        let needle: String = "Li Hua8".chars().map(fold).collect();
        assert!(told("我是ＬＩ\u{3000}ＨＵＡ８，", &needle) && !told("LiHua8", &needle) && !told("", ""));
        assert_eq!(redacted("li hua8和LI HUA8", &needle), "***和***");
    }
}
