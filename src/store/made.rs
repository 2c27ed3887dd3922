//! What crafts made of the texts that are erased for good: runs with their models, clusters. Called by `purge`.

use rusqlite::{OptionalExtension, Transaction};

use crate::store::error::Result;
use crate::store::gone::{Target, count, gone};
use crate::store::sought::{fold, told};

/// Erases the runs that learned from what goes, with their models and data.
pub(in crate::store) fn erase_runs(tx: &Transaction<'_>, target: &Target, all: bool) -> Result<u64> {
    let gone = gone(tx)?;
    let mut runs: Vec<(i64, i64, i64)> = Vec::new();
    let mut select = tx.prepare(
        "SELECT r.id, r.model, r.snapshot, s.rows, holds(r.report) FROM run r LEFT JOIN snapshot s ON s.hash = r.snapshot",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let run = (row.get(0)?, row.get(1)?, row.get(2)?);
        let learned = row.get::<_, Option<Vec<u8>>>(3)?.unwrap_or_default();
        let from_gone = learned
            .chunks_exact(16)
            .any(|pair| gone.contains(&i64::from_le_bytes(pair[..8].try_into().expect("eight of sixteen bytes"))));
        let told = row.get::<_, Option<bool>>(4)?.unwrap_or(false);
        if all || from_gone || told || *target == Target::Everything || model_holds(tx, run.1, target)? {
            runs.push(run);
        }
    }
    for (run, model, snapshot) in &runs {
        tx.execute("DELETE FROM run_mark WHERE run = ?1", [run])?;
        tx.execute("DELETE FROM run WHERE id = ?1", [run])?;
        tx.execute("DELETE FROM model WHERE id = ?1 AND id NOT IN (SELECT model FROM run)", [model])?;
        tx.execute("DELETE FROM snapshot WHERE hash = ?1 AND hash NOT IN (SELECT snapshot FROM run)", [snapshot])?;
    }
    if !runs.is_empty() {
        // Guesses are the models' opinions; the next training makes them anew.
        tx.execute_batch("DELETE FROM guess; DELETE FROM ranked;")?;
    }
    Ok(runs.len() as u64)
}

/// Tells whether a model's vocabulary holds the words to erase.
fn model_holds(tx: &Transaction<'_>, model: i64, target: &Target) -> Result<bool> {
    let Target::Matching(words) = target else { return Ok(false) };
    let bytes: Option<Vec<u8>> =
        tx.query_row("SELECT bytes FROM model WHERE id = ?1", [model], |row| row.get(0)).optional()?;
    let folded: String = words.chars().map(fold).collect();
    let bytes = bytes.unwrap_or_default();
    Ok([words.as_bytes(), folded.as_bytes()].iter().any(|words| bytes.windows(words.len()).any(|part| part == *words)))
}

/// Takes members that go out of their clusters, and words that only they said; returns how many clusters changed.
pub(in crate::store) fn erase_from_clusters(tx: &Transaction<'_>, target: &Target) -> Result<u64> {
    if matches!(target, Target::Everything | Target::Withdrawn) {
        let clusters = count(tx, "SELECT count(*) FROM cluster")?;
        tx.execute_batch(
            "DELETE FROM cluster; DELETE FROM grouping; DELETE FROM cluster_mark; DELETE FROM setting WHERE name = 'grouping';",
        )?;
        return Ok(clusters);
    }
    let gone = gone(tx)?;
    let kept = |blob: &[u8], size: usize| -> Vec<u8> {
        let member =
            |part: &&[u8]| !gone.contains(&i64::from(u32::from_le_bytes([part[0], part[1], part[2], part[3]])));
        blob.chunks_exact(size).filter(member).flatten().copied().collect()
    };
    let groupings: Vec<(i64, Vec<u8>)> = tx
        .prepare("SELECT id, unassigned FROM grouping")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, blob) in groupings {
        let left = kept(&blob, 4);
        if left.len() < blob.len() {
            tx.execute("UPDATE grouping SET unassigned = ?2 WHERE id = ?1", (id, left))?;
        }
    }
    let clusters: Vec<(i64, String, Vec<u8>)> = tx
        .prepare("SELECT id, words, members FROM cluster")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let needle: Option<String> = match target {
        Target::Matching(words) => Some(words.chars().map(fold).collect()),
        _ => None,
    };
    let mut changed = 0;
    for (id, words, blob) in clusters {
        let left = kept(&blob, 8);
        let named: Vec<String> = serde_json::from_str(&words)?;
        let sought = needle.as_ref().is_some_and(|needle| named.iter().any(|word| told(word, needle)));
        if left.len() == blob.len() && !sought {
            continue;
        }
        changed += 1;
        let mut customers = 0;
        let mut said = vec![false; named.len()];
        let mut text = tx.prepare_cached("SELECT text, count FROM utterance WHERE id = ?1")?;
        for member in left.chunks_exact(8) {
            let utterance = i64::from(u32::from_le_bytes([member[0], member[1], member[2], member[3]]));
            let found: Option<(String, i64)> =
                text.query_row([utterance], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((text, count)) = found else { continue };
            customers += count;
            let text = text.to_lowercase();
            for (word, said) in named.iter().zip(&mut said) {
                *said = *said || text.contains(&word.to_lowercase());
            }
        }
        let (words, lost): (Vec<_>, Vec<_>) = named
            .into_iter()
            .zip(said)
            .partition(|(word, said)| *said && needle.as_ref().is_none_or(|needle| !told(word, needle)));
        let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
        tx.execute(
            "UPDATE cluster SET words = ?2, members = ?3, size = ?4, customers = ?5 WHERE id = ?1",
            (id, serde_json::to_string(&words)?, &left, (left.len() / 8) as i64, customers),
        )?;
        // A name the trainer took from words that are gone goes with them.
        for (word, _) in lost {
            tx.execute("UPDATE cluster_mark SET name = '' WHERE cluster = ?1 AND instr(name, ?2) > 0", (id, word))?;
        }
    }
    Ok(changed)
}
