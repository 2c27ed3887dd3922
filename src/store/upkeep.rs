//! Keeping the file healthy: checks, backups, and a trainer's own questions in SQL.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;

use crate::store::error::{Error, Result};
use crate::store::open::Store;
use crate::store::sole::Importer;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// What SQLite finds wrong with the file; empty when whole.
    pub damage: Vec<String>,
    /// Rows that point at nothing.
    pub dangling: u64,
    /// Utterances whose count is not that of their turns, or whose place in the queue is not that of their label.
    pub miscounted: u64,
    /// Imports that broke off and can be imported again.
    pub unfinished: Vec<String>,
    /// Whether the projections equal what the events make.
    pub replays: bool,
}

impl Health {
    /// Tells whether nothing was found.
    pub fn is_good(&self) -> bool {
        self.damage.is_empty() && self.dangling == 0 && self.miscounted == 0 && self.replays
    }
}

/// The answer to a trainer's own query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<serde_json::Value>>,
}

pub(in crate::store) const PROJECTIONS: [(&str, &str); 19] = [
    ("intent", "SELECT json_array(id, name, question, guideline, category, answers) FROM intent ORDER BY id"),
    ("label", "SELECT json_array(utterance, verdict, intent, source, actor, at, note) FROM label ORDER BY utterance"),
    ("span", "SELECT json_array(id, utterance, start, finish, entity, value) FROM span ORDER BY id"),
    ("word", "SELECT json_array(text, tag) FROM word ORDER BY text"),
    ("rule", "SELECT json_array(name, enabled) FROM rule ORDER BY name"),
    ("rehearsal", "SELECT json_array(id, name, script) FROM rehearsal ORDER BY id"),
    ("setting", "SELECT json_array(name, value) FROM setting ORDER BY name"),
    ("profile", "SELECT json_array(name, text) FROM profile ORDER BY name"),
    ("pin", "SELECT json_array(utterance, cluster) FROM pin ORDER BY utterance"),
    ("link", "SELECT json_array(one, other, together) FROM link ORDER BY one, other"),
    ("turn_mark", "SELECT json_array(turn, joined, returned) FROM turn_mark ORDER BY turn"),
    ("test_mark", "SELECT json_array(utterance) FROM test_mark ORDER BY utterance"),
    ("cause", "SELECT json_array(utterance, cause) FROM cause ORDER BY utterance"),
    ("opinion", "SELECT json_array(utterance, actor, verdict, intent, at) FROM opinion ORDER BY utterance, actor"),
    ("settlement", "SELECT json_array(utterance, verdict, intent, actor, at) FROM settlement ORDER BY utterance"),
    ("mood", "SELECT json_array(utterance, mood, risks, actor, at) FROM mood ORDER BY utterance"),
    ("slice", "SELECT json_array(name, query) FROM slice ORDER BY name"),
    ("canned", "SELECT json_array(text, ours) FROM canned ORDER BY text, ours"),
    ("correction", "SELECT json_array(heard, within, meant) FROM correction ORDER BY heard, within"),
];

impl Store {
    /// Returns everything trainers decided, table by table, as JSON lines: equal texts are equal states.
    pub fn state(&self) -> Result<String> {
        state(&self.conn)
    }

    /// Checks the file; slow on a large one.
    pub fn check(&self) -> Result<Health> {
        let damage: Vec<String> = self
            .conn
            .prepare("PRAGMA integrity_check")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<String>>>()?
            .into_iter()
            .filter(|line| line != "ok")
            .collect();
        let count = |sql: &str| -> Result<u64> { Ok(self.conn.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64) };
        let dangling = count(
            "SELECT (SELECT count(*) FROM pragma_foreign_key_check) + (SELECT count(*) FROM turn WHERE batch NOT IN (SELECT id FROM batch))
                 + (SELECT count(*) FROM utterance_key k LEFT JOIN utterance u ON u.id = k.utterance AND u.hash = k.hash WHERE u.id IS NULL)
                 + (SELECT count(*) FROM utterance u JOIN keyed ON what = 'utterance' WHERE u.id <= upto AND u.id NOT IN (SELECT utterance FROM utterance_key))
                 + (SELECT abs(rows - (SELECT count(*) FROM utterance WHERE id <= upto)) FROM keyed WHERE what = 'utterance')",
        )?;
        let miscounted = count(
            // What an import that goes on or broke off brought may be counted already, or wait.
            "SELECT count(*) FROM utterance u WHERE u.count <> (
                 SELECT count(*) FROM turn t LEFT JOIN batch_mark m ON m.batch = t.batch LEFT JOIN batch b ON b.id = t.batch
                 WHERE t.utterance = u.id AND t.aside IS NULL AND (m.batch IS NOT NULL OR b.finished = 0))
                 AND NOT EXISTS (
                     SELECT 1 FROM turn t LEFT JOIN batch_mark m ON m.batch = t.batch LEFT JOIN batch b ON b.id = t.batch
                     WHERE t.utterance = u.id AND t.aside IS NULL GROUP BY t.utterance
                     HAVING u.count BETWEEN count(m.batch) AND sum(m.batch IS NOT NULL OR b.finished = 0))
                 OR u.labelled <> EXISTS (SELECT 1 FROM label l WHERE l.utterance = u.id)",
        )?;
        let unfinished = self
            .conn
            .prepare("SELECT source FROM batch WHERE finished = 0 ORDER BY id")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        // A copy in memory replays the events; the file itself is not touched.
        let mut copy = Store::in_memory()?;
        Backup::new(&self.conn, &mut copy.conn)?.run_to_completion(4096, Duration::ZERO, None)?;
        copy.conn.pragma_update(None, "foreign_keys", false)?;
        copy.rebuild()?;
        let replays = copy.state()? == self.state()?;
        Ok(Health { damage, dangling, miscounted, unfinished, replays })
    }

    /// Counts every utterance anew and finishes what broke off.
    pub fn repair(&mut self) -> Result<()> {
        let Some(_sole) = self.try_sole()? else {
            let Importer { actor, source } = self.importer()?;
            return Err(Error::Importing { actor, source_file: source });
        };
        self.drop_cleaning(None)?;
        self.write(|tx| {
            tx.execute_batch(
                "DELETE FROM turn WHERE batch IN (SELECT id FROM batch WHERE finished = 0);
                 DELETE FROM conversation WHERE batch IN (SELECT id FROM batch WHERE finished = 0) AND id NOT IN (SELECT conversation FROM turn);
                 UPDATE conversation SET batch = (SELECT batch FROM turn WHERE conversation = conversation.id LIMIT 1)
                     WHERE batch IN (SELECT id FROM batch WHERE finished = 0);
                 DELETE FROM batch WHERE finished = 0;
                 UPDATE utterance SET labelled = id IN (SELECT utterance FROM label), count = (
                     SELECT count(*) FROM turn t JOIN batch_mark m ON m.batch = t.batch
                     WHERE t.utterance = utterance.id AND t.aside IS NULL);
                 UPDATE guess SET labelled = utterance IN (SELECT utterance FROM label);",
            )?;
            Ok(())
        })
    }

    /// Copies the file to a new one while others go on working, and checks the copy.
    pub fn backup(&self, to: &Path) -> Result<()> {
        if to.exists() {
            return Err(Error::Exists { path: to.to_path_buf() });
        }
        let mut copy = Store::create(to)?;
        let done = Backup::new(&self.conn, &mut copy.conn)
            .and_then(|backup| backup.run_to_completion(4096, Duration::ZERO, None))
            .map_err(Error::from)
            .and_then(|()| Ok(copy.conn.query_row("PRAGMA quick_check", [], |row| row.get::<_, String>(0))?));
        match done {
            Ok(word) if word == "ok" => Ok(()),
            Ok(what) => {
                drop(copy);
                let _ = std::fs::remove_file(to);
                Err(Error::Damaged { path: to.to_path_buf(), what })
            }
            Err(error) => {
                drop(copy);
                let _ = std::fs::remove_file(to);
                Err(error.at(to))
            }
        }
    }

    /// Answers one reading statement; anything that would write is refused by the database itself.
    ///
    /// Texts are shown as they are stored, raw ones too; only the secret behind the pseudonyms is kept back.
    pub fn ask(&mut self, sql: &str, limit: usize) -> Result<Table> {
        self.conn.authorizer(Some(|asked: AuthContext<'_>| match asked.action {
            AuthAction::Read { table_name: "secret", .. } => Authorization::Deny,
            _ => Authorization::Allow,
        }))?;
        let answer = self.answer(sql, limit);
        self.conn.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
        answer
    }

    fn answer(&self, sql: &str, limit: usize) -> Result<Table> {
        let wrong = |error: rusqlite::Error| Error::Statement { what: error.to_string() };
        let mut statement = self.conn.prepare(sql).map_err(wrong)?;
        if !statement.readonly() {
            return Err(Error::Statement { what: "not a reading statement".into() });
        }
        let columns: Vec<String> = statement.column_names().map(|name| name.to_string()).collect();
        let width = columns.len();
        let mut rows = statement.query([]).map_err(wrong)?;
        let mut table = Table { columns, rows: Vec::new() };
        while let Some(row) = rows.next().map_err(wrong)? {
            if table.rows.len() == limit {
                break;
            }
            let cells = (0..width)
                .map(|i| {
                    Ok(match row.get_ref(i)? {
                        ValueRef::Null => serde_json::Value::Null,
                        ValueRef::Integer(n) => n.into(),
                        ValueRef::Real(x) => x.into(),
                        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
                        ValueRef::Blob(bytes) => format!("<{} bytes>", bytes.len()).into(),
                    })
                })
                .collect::<rusqlite::Result<_>>()
                .map_err(wrong)?;
            table.rows.push(cells);
        }
        Ok(table)
    }
}

fn state(conn: &Connection) -> Result<String> {
    let mut all = String::new();
    for (place, sql) in PROJECTIONS {
        let mut select = conn.prepare(sql)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            all.push_str(place);
            all.push(' ');
            all.push_str(&row.get::<_, String>(0)?);
            all.push('\n');
        }
    }
    Ok(all)
}
