//! Counts that follow what counts, imports under way included: after an import or a cleaning is taken back, or comes again.

use rusqlite::Transaction;

use crate::store::error::Result;
use crate::store::keys;

/// Counts a batch's utterances anew after its mark came or went.
pub(in crate::store) fn recount(tx: &Transaction<'_>, batch: i64) -> Result<()> {
    tx.execute(
        "UPDATE utterance SET count = (
             SELECT count(*) FROM turn t JOIN batch b ON b.id = t.batch LEFT JOIN batch_mark m ON m.batch = b.id
             WHERE t.utterance = utterance.id AND t.aside IS NULL AND (m.batch IS NOT NULL OR b.finished = 0))
         WHERE id IN (SELECT t.utterance FROM batch b JOIN turn t ON t.id BETWEEN b.first_turn AND b.last_turn
                      WHERE b.id = ?1 AND t.batch = ?1 AND t.utterance IS NOT NULL)",
        [batch],
    )?;
    keys::stamp_turns(tx)?;
    Ok(())
}

/// Counts one utterance anew.
pub(in crate::store) fn one(tx: &Transaction<'_>, utterance: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE utterance SET count = (SELECT count(*) FROM turn t JOIN batch b ON b.id = t.batch LEFT JOIN batch_mark m ON m.batch = b.id
         WHERE t.utterance = ?1 AND t.aside IS NULL AND (m.batch IS NOT NULL OR b.finished = 0)) WHERE id = ?1",
    )?
    .execute([utterance])?;
    Ok(())
}

/// Exchanges what turns are with what they were before an event.
///
/// Does nothing for an event that cleaned nothing.
pub(in crate::store) fn swap_cleaned(tx: &Transaction<'_>, event: i64) -> Result<()> {
    swap_roles(tx, event)?;
    swap_families(tx, event)?;
    if !tx.prepare_cached("SELECT 1 FROM turn_past WHERE event = ?1")?.exists([event])? {
        return Ok(());
    }
    tx.execute_batch("DROP TABLE IF EXISTS temp.swap")?;
    tx.execute(
        "CREATE TEMP TABLE swap AS SELECT t.id, t.clean, t.offsets, t.hits, t.aside, t.utterance, t.part_of
         FROM turn_past p JOIN turn t ON t.id = p.turn WHERE p.event = ?1",
        [event],
    )?;
    tx.execute(
        "UPDATE turn SET (clean, offsets, hits, aside, utterance, part_of) =
             (SELECT p.clean, p.offsets, p.hits, p.aside, p.utterance, p.part_of FROM turn_past p WHERE p.event = ?1 AND p.turn = turn.id)
         WHERE id IN (SELECT turn FROM turn_past WHERE event = ?1)",
        [event],
    )?;
    tx.execute_batch("CREATE INDEX temp.swap_by_id ON swap(id)")?;
    tx.execute(
        "UPDATE turn_past SET (clean, offsets, hits, aside, utterance, part_of) =
             (SELECT s.clean, s.offsets, s.hits, s.aside, s.utterance, s.part_of FROM temp.swap s WHERE s.id = turn_past.turn)
         WHERE event = ?1",
        [event],
    )?;
    tx.execute(
        "UPDATE utterance SET count = (
             SELECT count(*) FROM turn t JOIN batch b ON b.id = t.batch LEFT JOIN batch_mark m ON m.batch = b.id
             WHERE t.utterance = utterance.id AND t.aside IS NULL AND (m.batch IS NOT NULL OR b.finished = 0))
         WHERE id IN (SELECT utterance FROM temp.swap UNION SELECT utterance FROM turn WHERE id IN (SELECT id FROM temp.swap))",
        [],
    )?;
    tx.execute_batch("DROP TABLE temp.swap")?;
    keys::stamp_turns(tx)?;
    Ok(())
}

/// Exchanges who spoke with who spoke before an event.
fn swap_roles(tx: &Transaction<'_>, event: i64) -> Result<()> {
    let mut past = tx.prepare_cached(
        "SELECT p.turn, p.role, t.role FROM role_past p JOIN turn t ON t.id = p.turn WHERE p.event = ?1",
    )?;
    let roles: Vec<(i64, i64, i64)> =
        past.query_map([event], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<rusqlite::Result<_>>()?;
    let mut now = tx.prepare_cached("UPDATE turn SET role = ?2 WHERE id = ?1")?;
    let mut was = tx.prepare_cached("UPDATE role_past SET role = ?3 WHERE event = ?1 AND turn = ?2")?;
    for (turn, before, after) in roles {
        now.execute((turn, before))?;
        was.execute((event, turn, after))?;
    }
    Ok(())
}

fn swap_families(tx: &Transaction<'_>, event: i64) -> Result<()> {
    if !tx.prepare_cached("SELECT 1 FROM family_past WHERE event = ?1")?.exists([event])? {
        return Ok(());
    }
    tx.execute_batch("DROP TABLE IF EXISTS temp.families")?;
    tx.execute(
        "CREATE TEMP TABLE families AS SELECT u.id, u.family AS now, p.family AS past
         FROM family_past p JOIN utterance u ON u.id = p.utterance WHERE p.event = ?1",
        [event],
    )?;
    tx.execute_batch("CREATE INDEX temp.families_by_id ON families(id)")?;
    tx.execute("DELETE FROM utterance_family WHERE (family, utterance) IN (SELECT now, id FROM temp.families)", [])?;
    tx.execute("INSERT OR IGNORE INTO utterance_family SELECT past, id FROM temp.families", [])?;
    tx.execute(
        "UPDATE utterance SET family = (SELECT past FROM temp.families f WHERE f.id = utterance.id)
         WHERE id IN (SELECT id FROM temp.families)",
        [],
    )?;
    tx.execute(
        "UPDATE family_past SET family = (SELECT now FROM temp.families f WHERE f.id = family_past.utterance) WHERE event = ?1",
        [event],
    )?;
    tx.execute_batch("DROP TABLE temp.families")?;
    Ok(())
}
