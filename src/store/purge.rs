//! Erasing for good: what is to go, what hangs on it, and a file in which no copy of it is left.
//!
//! What goes takes along everything made of it: texts nobody else said, their labels, the clusters' words, the
//! runs trained on them, chats and rehearsals that hold them. Undo ends here: events stay as a record of who did
//! what and when, without the rows they changed; what stands after the purge is kept with it, so that the
//! projections still replay. Called by `workbench::upkeep`. Not here: copies beside the file.

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};

use crate::domain::event::Act;
use crate::domain::ids::ConversationId;
use crate::store::error::{Error, Result};
use crate::store::gone::{Target, count};
use crate::store::history::{self, Deed};
use crate::store::keys;
use crate::store::made::{erase_from_clusters, erase_runs};
use crate::store::open::Store;
use crate::store::sought::define_holds;
use crate::store::upkeep::PROJECTIONS;

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
         DELETE FROM family_past;
         DELETE FROM turn_mark WHERE turn IN (SELECT id FROM temp.gone_turn);
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
         DELETE FROM ranked WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM utterance WHERE id IN (SELECT id FROM temp.gone);",
    )?;
    tx.execute_batch(
        "DELETE FROM pin WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM test_mark WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM cause WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM opinion WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM settlement WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM mood WHERE utterance IN (SELECT id FROM temp.gone);
         DELETE FROM sense WHERE EXISTS (SELECT 1 FROM temp.gone) OR run NOT IN (SELECT id FROM run);
         DELETE FROM ranker WHERE EXISTS (SELECT 1 FROM temp.gone) OR run NOT IN (SELECT id FROM run);
         DELETE FROM slice WHERE holds(name) OR holds(query);
         DELETE FROM tagger WHERE EXISTS (SELECT 1 FROM temp.gone) OR run NOT IN (SELECT id FROM run);
         DELETE FROM canned WHERE text IN (SELECT text FROM temp.gone_text) OR holds(text);
         DELETE FROM correction WHERE within IN (SELECT text FROM temp.gone_text) OR holds(heard) OR holds(within) OR holds(meant);",
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
                 WHERE holds(t.raw) OR holds(t.clean) OR holds(t.speaker) OR holds(t.facts)
                    OR EXISTS (SELECT 1 FROM extra x WHERE x.turn = t.id AND holds(x.fields)) OR holds(c.name)
                    OR EXISTS (SELECT 1 FROM turn_past p WHERE p.turn = t.id AND holds(p.clean))
                    OR EXISTS (SELECT 1 FROM utterance u WHERE u.id = t.utterance AND holds(u.text))"
            ),
            [],
        )?,
        Target::Everything => tx.execute(fill, [])?,
    };
    // The pieces of one sentence go together: its first turn carries the words of all.
    tx.execute_batch(
        "INSERT OR IGNORE INTO temp.gone_turn SELECT part_of FROM turn WHERE part_of IS NOT NULL AND id IN (SELECT id FROM temp.gone_turn);
         INSERT OR IGNORE INTO temp.gone_turn SELECT id FROM turn WHERE part_of IN (SELECT id FROM temp.gone_turn);",
    )?;
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
             AND id NOT IN (SELECT utterance FROM span) AND id NOT IN (SELECT utterance FROM mood) AND id NOT IN (SELECT utterance FROM turn WHERE utterance IS NOT NULL);
         INSERT OR IGNORE INTO temp.gone_text SELECT text FROM utterance WHERE id IN (SELECT id FROM temp.gone);
         DELETE FROM temp.gone_text WHERE text IN (SELECT text FROM utterance WHERE id NOT IN (SELECT id FROM temp.gone));",
    )?;
    keys::stamp_turns(tx)?;
    count(tx, "SELECT count(*) FROM temp.gone")
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
    let old = "id NOT IN (SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'policy') AND id NOT IN (SELECT policy FROM policy_mark) AND id NOT IN (SELECT policy FROM version)";
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
        ("version", &["name"]),
        ("change_verdict", &["before", "now", "cause"]),
        ("cluster_mark", &["name"]),
        ("setting", &["value"]),
        ("batch", &["source"]),
        ("profile", &["name", "text"]),
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
    let texts =
        "act IN ('label', 'span', 'words', 'rehearsal', 'cluster', 'setting', 'canned', 'correct', 'adjudicate', 'undo', 'redo')
                 OR subject IN (SELECT text FROM temp.gone_text) OR holds(subject)";
    let everything = if *target == Target::Everything { "act NOT IN ('purge', 'reveal', 'export')" } else { "0" };
    tx.execute(&format!("UPDATE event SET subject = '' WHERE subject <> '' AND ({texts} OR {everything})"), [])?;
    Ok(())
}

/// Keeps what stands as the rows the purge's event made.
fn keep_state(tx: &Transaction<'_>, event: i64) -> Result<()> {
    const MARKS: [(&str, &str); 6] = [
        ("batch_mark", "SELECT json_array(batch, withdrawn) FROM batch_mark ORDER BY batch"),
        ("cluster_mark", "SELECT json_array(cluster, name, state) FROM cluster_mark ORDER BY cluster"),
        ("run_mark", "SELECT json_array(run, withdrawn) FROM run_mark ORDER BY run"),
        ("policy_mark", "SELECT json_array(policy, published) FROM policy_mark ORDER BY policy"),
        ("version", "SELECT json_array(name, policy, model, at, actor) FROM version ORDER BY name"),
        (
            "change_verdict",
            "SELECT json_array(before, now, cause, accepted, actor, at) FROM change_verdict ORDER BY before, now, cause",
        ),
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
