//! Erasing for good: what is to go, what hangs on it, and a file in which no copy of it is left.
//!
//! What goes takes along everything made of it: texts nobody else said, their labels, the clusters' words, the
//! runs trained on them, chats and rehearsals that hold them. Undo ends here: events stay as a record of who did
//! what and when, without the rows they changed; what stands after the purge is kept with it, so that the
//! projections still replay. Called by `workbench::upkeep`. Not here: copies beside the file.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};

use crate::domain::event::Act;
use crate::domain::ids::{BatchId, ConversationId};
use crate::store::error::{Error, Result};
use crate::store::history::{self, Deed};
use crate::store::open::Store;
use crate::store::sought::{define_holds, fold, told};
use crate::store::upkeep::PROJECTIONS;

/// What is to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Imports that were taken back, and texts nobody says or labels any more.
    Withdrawn,
    Conversation(ConversationId),
    Batch(BatchId),
    /// What was said before a moment, or imported before it where nobody knows when it was said.
    Before(i64),
    /// Whatever holds these words, in any case and width.
    Matching(String),
    /// Everything customers said and everything made of it; the catalogue and the policy stay.
    Everything,
}

impl Target {
    /// Returns the word the log keeps; what was erased is not told.
    pub fn name(&self) -> &'static str {
        match self {
            Target::Withdrawn => "withdrawn",
            Target::Conversation(_) => "conversation",
            Target::Batch(_) => "batch",
            Target::Before(_) => "before",
            Target::Matching(_) => "matching",
            Target::Everything => "all",
        }
    }
}

/// How much went, or would go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    pub turns: u64,
    pub conversations: u64,
    /// Distinct texts nobody else said.
    pub texts: u64,
    pub labels: u64,
    /// Rows of files that had been set aside.
    pub rows: u64,
    pub chats: u64,
    pub rehearsals: u64,
    /// Runs with their models, trained on what went: training must be done again.
    pub runs: u64,
    /// Clusters that lost members or words.
    pub clusters: u64,
    /// Other texts (answers, notes, names, settings) in which the words were written over.
    pub places: u64,
}

impl Erased {
    /// Tells whether nothing of the kind is there.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// Returns the conversation with that number or exact name.
    pub fn conversation_named(&self, word: &str) -> Result<Option<ConversationId>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id FROM conversation WHERE id = ?1 OR name = ?2 ORDER BY id = ?1 DESC LIMIT 1")?
            .query_row((word.parse::<i64>().ok(), word), |row| Ok(ConversationId(row.get(0)?)))
            .optional()?)
    }

    /// Returns what a purge would erase: it is done, counted and taken back in one transaction.
    pub fn would_erase(&mut self, target: &Target) -> Result<Erased> {
        let path = self.path().to_path_buf();
        let mut run = || -> Result<Erased> {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let erased = erase(&tx, target)?;
            tx.rollback()?;
            Ok(erased)
        };
        run().map_err(|error| error.at(&path))
    }

    /// Erases so that no copy stays in the file or its log.
    pub fn purge(&mut self, target: &Target, op: &str, actor: &str, at: i64) -> Result<Erased> {
        let erased = self.write(|tx| {
            let erased = erase(tx, target)?;
            forget_history(tx, target)?;
            let deed = Deed { op, actor, at, act: Act::Purge, subject: target.name() };
            let event = history::write_event(tx, &deed, erased.turns, None)?;
            keep_state(tx, event.0)?;
            tx.execute_batch("DROP TABLE temp.gone_text; DROP TABLE temp.gone_turn; DROP TABLE temp.gone")?;
            Ok(erased)
        })?;
        self.compact()?;
        Ok(erased)
    }

    /// Writes the file anew without its free pages and empties its log.
    fn compact(&mut self) -> Result<()> {
        let run = || -> Result<()> {
            self.conn.execute_batch("VACUUM")?;
            // Waits for others who still read the old state as long as any write waits.
            let busy: i64 = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy == 0 { Ok(()) } else { Err(Error::Busy { path: self.path().to_path_buf() }) }
        };
        run().map_err(|error| error.at(self.path()))
    }
}

/// Erases inside a transaction; leaves `temp.gone_text`, `temp.gone_turn` and `temp.gone` (utterances).
fn erase(tx: &Transaction<'_>, target: &Target) -> Result<Erased> {
    let needle = match target {
        Target::Matching(words) => words.as_str(),
        _ => "",
    };
    define_holds(tx, needle)?;
    let mut erased = Erased::default();
    choose_turns(tx, target)?;
    erased.turns = count(tx, "SELECT count(*) FROM temp.gone_turn")?;
    // Texts of these turns, and of earlier cleanings of them: what was copied from them word for word goes too.
    tx.execute_batch(
        "CREATE TEMP TABLE gone_text (text TEXT PRIMARY KEY) WITHOUT ROWID;
         INSERT OR IGNORE INTO gone_text SELECT raw FROM turn WHERE id IN (SELECT id FROM temp.gone_turn) AND raw <> '';
         INSERT OR IGNORE INTO gone_text SELECT clean FROM turn WHERE id IN (SELECT id FROM temp.gone_turn) AND clean <> '';
         CREATE TEMP TABLE gone (id INTEGER PRIMARY KEY);
         INSERT OR IGNORE INTO gone SELECT utterance FROM turn WHERE utterance IS NOT NULL AND id IN (SELECT id FROM temp.gone_turn);
         INSERT OR IGNORE INTO gone SELECT utterance FROM turn_past WHERE utterance IS NOT NULL AND turn IN (SELECT id FROM temp.gone_turn);
         UPDATE batch SET kept = kept - gone.n, read = read - gone.n
             FROM (SELECT batch, count(*) AS n FROM turn WHERE id IN (SELECT id FROM temp.gone_turn) GROUP BY batch) AS gone
             WHERE gone.batch = batch.id;
         UPDATE keyed SET stamp = stamp + 1 WHERE what = 'turn';
         DELETE FROM turn_past;
         DELETE FROM role_past;
         DELETE FROM turn WHERE id IN (SELECT id FROM temp.gone_turn);",
    )?;
    erased.conversations =
        tx.execute("DELETE FROM conversation WHERE id NOT IN (SELECT conversation FROM turn)", [])? as u64;
    erased.rows = erase_batches(tx, target)?;
    erased.texts = choose_utterances(tx, target)?;
    erased.labels = tx.execute("DELETE FROM label WHERE utterance IN (SELECT id FROM temp.gone)", [])? as u64;
    let questions = tx.execute(
        "UPDATE intent SET question = '' WHERE question IN (SELECT text FROM temp.gone_text)
             AND question NOT IN (SELECT text FROM utterance WHERE id NOT IN (SELECT id FROM temp.gone))",
        [],
    )? as u64;
    erased.places += questions;
    erased.runs = erase_runs(tx, target, questions > 0)?;
    erased.clusters = erase_from_clusters(tx, target)?;
    tx.execute_batch(
        "DELETE FROM span WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM guess WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM utterance WHERE id IN (SELECT id FROM temp.gone);",
    )?;
    erased.chats = erase_chats(tx, target)?;
    erased.rehearsals = erase_rehearsals(tx, target)?;
    erase_policies(tx, target)?;
    if matches!(target, Target::Matching(_)) {
        erased.places += redact(tx)?;
    }
    Ok(erased)
}

/// Fills `temp.gone_turn`.
fn choose_turns(tx: &Transaction<'_>, target: &Target) -> Result<()> {
    tx.execute_batch(
        "DROP TABLE IF EXISTS temp.gone_turn; DROP TABLE IF EXISTS temp.gone_text; DROP TABLE IF EXISTS temp.gone;
         CREATE TEMP TABLE gone_turn (id INTEGER PRIMARY KEY);",
    )?;
    let fill = "INSERT OR IGNORE INTO temp.gone_turn SELECT t.id FROM turn t";
    match target {
        Target::Withdrawn => tx.execute(
            &format!("{fill} JOIN batch b ON b.id = t.batch WHERE b.finished = 1 AND b.id NOT IN (SELECT batch FROM batch_mark)"),
            [],
        )?,
        Target::Conversation(id) => tx.execute(&format!("{fill} WHERE t.conversation = ?1"), [id.0])?,
        Target::Batch(id) => tx.execute(&format!("{fill} WHERE t.batch = ?1"), [id.0])?,
        Target::Before(at) => {
            tx.execute(&format!("{fill} JOIN batch b ON b.id = t.batch WHERE coalesce(t.at, b.at) < ?1"), [at])?
        }
        Target::Matching(_) => tx.execute(
            &format!(
                "{fill} JOIN conversation c ON c.id = t.conversation
                 WHERE holds(t.raw) OR holds(t.clean) OR holds(t.speaker) OR holds(t.facts) OR holds(c.name)
                    OR EXISTS (SELECT 1 FROM turn_past p WHERE p.turn = t.id AND holds(p.clean))"
            ),
            [],
        )?,
        Target::Everything => tx.execute(fill, [])?,
    };
    Ok(())
}

/// Erases batches that are gone as a whole and rows set aside; returns how many rows.
fn erase_batches(tx: &Transaction<'_>, target: &Target) -> Result<u64> {
    let gone = "SELECT id FROM batch WHERE id NOT IN (SELECT batch FROM batch_mark) AND finished = 1";
    let rows = match target {
        Target::Withdrawn | Target::Everything => tx.execute("DELETE FROM aside_row", [])?,
        Target::Batch(id) => tx.execute("DELETE FROM aside_row WHERE batch = ?1", [id.0])?,
        Target::Before(at) => {
            tx.execute("DELETE FROM aside_row WHERE batch IN (SELECT id FROM batch WHERE at < ?1)", [at])?
        }
        Target::Matching(_) => tx.execute("DELETE FROM aside_row WHERE holds(raw)", [])?,
        Target::Conversation(_) => 0,
    };
    match target {
        Target::Withdrawn => tx.execute(&format!("DELETE FROM batch WHERE id IN ({gone})"), [])?,
        Target::Batch(id) => {
            tx.execute("DELETE FROM batch_mark WHERE batch = ?1", [id.0])?;
            tx.execute("DELETE FROM batch WHERE id = ?1", [id.0])?
        }
        Target::Everything => {
            tx.execute("DELETE FROM batch_mark", [])?;
            tx.execute("DELETE FROM batch", [])?
        }
        _ => 0,
    };
    // A conversation that several imports brought belongs to one that is left.
    tx.execute(
        "UPDATE conversation SET batch = (SELECT t.batch FROM turn t WHERE t.conversation = conversation.id ORDER BY t.id LIMIT 1)
         WHERE batch NOT IN (SELECT id FROM batch)",
        [],
    )?;
    Ok(rows as u64)
}

/// Leaves in `temp.gone` the utterances that go, counts the others anew; returns how many go.
fn choose_utterances(tx: &Transaction<'_>, target: &Target) -> Result<u64> {
    match target {
        Target::Matching(_) => {
            tx.execute("INSERT OR IGNORE INTO temp.gone SELECT id FROM utterance WHERE holds(text)", [])?
        }
        Target::Everything => tx.execute("INSERT OR IGNORE INTO temp.gone SELECT id FROM utterance", [])?,
        _ => 0,
    };
    tx.execute_batch(
        "UPDATE utterance SET count = (
             SELECT count(*) FROM turn t LEFT JOIN batch_mark m ON m.batch = t.batch LEFT JOIN batch b ON b.id = t.batch
             WHERE t.utterance = utterance.id AND t.aside IS NULL AND (m.batch IS NOT NULL OR b.finished = 0))
             WHERE id IN (SELECT id FROM temp.gone);
         DELETE FROM temp.gone WHERE id IN (SELECT utterance FROM turn WHERE utterance IS NOT NULL);
         INSERT OR IGNORE INTO temp.gone SELECT id FROM utterance WHERE count <= 0 AND id NOT IN (SELECT utterance FROM label)
             AND id NOT IN (SELECT utterance FROM span) AND id NOT IN (SELECT utterance FROM turn WHERE utterance IS NOT NULL);
         INSERT OR IGNORE INTO temp.gone_text SELECT text FROM utterance WHERE id IN (SELECT id FROM temp.gone);
         DELETE FROM temp.gone_text WHERE text IN (SELECT text FROM utterance WHERE id NOT IN (SELECT id FROM temp.gone));",
    )?;
    count(tx, "SELECT count(*) FROM temp.gone")
}

/// Erases the runs that learned from what goes, with their models and data.
fn erase_runs(tx: &Transaction<'_>, target: &Target, all: bool) -> Result<u64> {
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
        tx.execute("DELETE FROM guess", [])?;
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
fn erase_from_clusters(tx: &Transaction<'_>, target: &Target) -> Result<u64> {
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

fn erase_chats(tx: &Transaction<'_>, target: &Target) -> Result<u64> {
    tx.execute_batch("CREATE TEMP TABLE gone_chat (id INTEGER PRIMARY KEY)")?;
    let fill = "INSERT OR IGNORE INTO temp.gone_chat SELECT d.id FROM dialogue d";
    match target {
        Target::Withdrawn | Target::Everything => tx.execute(fill, [])?,
        Target::Before(at) => tx.execute(&format!("{fill} WHERE d.at < ?1"), [at])?,
        Target::Matching(_) => tx.execute(
            &format!(
                "{fill} WHERE holds(d.name) OR EXISTS (
                     SELECT 1 FROM dialogue_turn t WHERE t.dialogue = d.id AND (holds(t.said) OR holds(t.record)))"
            ),
            [],
        )?,
        Target::Conversation(_) | Target::Batch(_) => tx.execute(
            &format!(
                "{fill} JOIN dialogue_turn t ON t.dialogue = d.id WHERE t.said IN (SELECT text FROM temp.gone_text) AND length(t.said) > 7"
            ),
            [],
        )?,
    };
    tx.execute_batch("UPDATE dialogue SET branch_of = NULL WHERE branch_of IN (SELECT id FROM temp.gone_chat)")?;
    let chats = tx.execute("DELETE FROM dialogue WHERE id IN (SELECT id FROM temp.gone_chat)", [])? as u64;
    tx.execute_batch("DROP TABLE temp.gone_chat")?;
    Ok(chats)
}

/// Erases rehearsals that repeat what goes: a line of theirs is one of its texts, or holds the words.
fn erase_rehearsals(tx: &Transaction<'_>, target: &Target) -> Result<u64> {
    match target {
        Target::Everything => return Ok(tx.execute("DELETE FROM rehearsal", [])? as u64),
        Target::Matching(_) => {
            return Ok(tx.execute("DELETE FROM rehearsal WHERE holds(script) OR holds(name)", [])? as u64);
        }
        _ => {}
    }
    let scripts: Vec<(i64, String)> = tx
        .prepare("SELECT id, script FROM rehearsal")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut known = tx.prepare("SELECT 1 FROM temp.gone_text WHERE text = ?1 AND length(text) > 7")?;
    let mut erased = 0;
    for (id, script) in scripts {
        let mut repeats = false;
        for line in script.lines() {
            let value = line.split_once(": ").map_or(line, |(_, value)| value);
            let text = value.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
            repeats = repeats || known.exists([text])?;
        }
        if repeats {
            tx.execute("DELETE FROM rehearsal WHERE id = ?1", [id])?;
            erased += 1;
        }
    }
    Ok(erased)
}

/// Erases policies that are neither the draft nor published.
fn erase_policies(tx: &Transaction<'_>, target: &Target) -> Result<()> {
    let old = "id NOT IN (SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'policy') AND id NOT IN (SELECT policy FROM policy_mark)";
    match target {
        Target::Withdrawn | Target::Everything => tx.execute(&format!("DELETE FROM policy WHERE {old}"), [])?,
        Target::Matching(_) => tx.execute(&format!("DELETE FROM policy WHERE holds(yaml) AND {old}"), [])?,
        _ => 0,
    };
    Ok(())
}

/// Writes over the words where they stand in texts that stay; returns how many texts.
fn redact(tx: &Transaction<'_>) -> Result<u64> {
    let mut places = 0;
    places += tx.execute("DELETE FROM word WHERE holds(text)", [])? as u64;
    for (table, columns) in [
        ("intent", &["name", "question", "guideline", "category", "answers"][..]),
        ("label", &["note"]),
        ("span", &["value"]),
        ("policy", &["yaml"]),
        ("policy_mark", &["published"]),
        ("cluster_mark", &["name"]),
        ("setting", &["value"]),
        ("batch", &["source"]),
        ("dialogue", &["name"]),
    ] {
        for column in columns {
            let sql = format!("UPDATE {table} SET {column} = redacted({column}) WHERE holds({column})");
            places += tx.execute(&sql, [])? as u64;
        }
    }
    Ok(places)
}

/// Empties what events kept: the rows they changed, and subjects that may be a customer's words.
fn forget_history(tx: &Transaction<'_>, target: &Target) -> Result<()> {
    tx.execute("DELETE FROM change", [])?;
    let texts = "act IN ('label', 'span', 'words', 'rehearsal', 'cluster', 'setting', 'undo', 'redo')
                 OR subject IN (SELECT text FROM temp.gone_text) OR holds(subject)";
    let everything = if *target == Target::Everything { "act NOT IN ('purge', 'reveal', 'export')" } else { "0" };
    tx.execute(&format!("UPDATE event SET subject = '' WHERE subject <> '' AND ({texts} OR {everything})"), [])?;
    Ok(())
}

/// Keeps what stands as the rows the purge's event made.
fn keep_state(tx: &Transaction<'_>, event: i64) -> Result<()> {
    const MARKS: [(&str, &str); 4] = [
        ("batch_mark", "SELECT json_array(batch, withdrawn) FROM batch_mark ORDER BY batch"),
        ("cluster_mark", "SELECT json_array(cluster, name, state) FROM cluster_mark ORDER BY cluster"),
        ("run_mark", "SELECT json_array(run, withdrawn) FROM run_mark ORDER BY run"),
        ("policy_mark", "SELECT json_array(policy, published) FROM policy_mark ORDER BY policy"),
    ];
    let mut position = 0_i64;
    let mut insert =
        tx.prepare_cached("INSERT INTO change (event, position, place, before, after) VALUES (?1, ?2, ?3, NULL, ?4)")?;
    for (place, sql) in PROJECTIONS.iter().chain(&MARKS) {
        let rows: Vec<String> = tx.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for row in rows {
            insert.execute((event, position, place, row))?;
            position += 1;
        }
    }
    Ok(())
}

fn gone(tx: &Transaction<'_>) -> Result<HashSet<i64>> {
    Ok(tx.prepare("SELECT id FROM temp.gone")?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn count(tx: &Transaction<'_>, sql: &str) -> Result<u64> {
    Ok(tx.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64)
}
