//! Writing a decided row and remembering what it was: the before and after that make every change reversible.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Transaction, params_from_iter};

use crate::store::error::Result;
use crate::store::met::Texts;

macro_rules! places {
    ($($name:ident = $table:literal, key $keys:literal, $read:literal, $write:literal, $remove:literal;)*) => {
        /// A table whose rows trainers decide; every write to one goes through a [`Recorder`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Place { $($name),* }

        impl Place {
            pub(in crate::store) fn name(self) -> &'static str {
                match self { $(Place::$name => $table),* }
            }

            fn named(name: &str) -> Option<Self> {
                match name { $($table => Some(Place::$name),)* _ => None }
            }

            /// How many leading columns are the key.
            fn keys(self) -> usize {
                match self { $(Place::$name => $keys),* }
            }

            fn read(self) -> &'static str {
                match self { $(Place::$name => $read),* }
            }

            fn write(self) -> &'static str {
                match self { $(Place::$name => $write),* }
            }

            fn remove(self) -> &'static str {
                match self { $(Place::$name => $remove),* }
            }
        }
    };
}

places! {
    Intent = "intent", key 1,
        "SELECT id, name, question, guideline, category, answers FROM intent WHERE id = ?1",
        "INSERT INTO intent (id, name, question, guideline, category, answers) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET name = ?2, question = ?3, guideline = ?4, category = ?5, answers = ?6",
        "DELETE FROM intent WHERE id = ?1";
    Label = "label", key 1,
        "SELECT utterance, verdict, intent, source, actor, at, note FROM label WHERE utterance = ?1",
        "INSERT INTO label (utterance, verdict, intent, source, actor, at, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (utterance) DO UPDATE SET verdict = ?2, intent = ?3, source = ?4, actor = ?5, at = ?6, note = ?7",
        "DELETE FROM label WHERE utterance = ?1";
    Span = "span", key 1,
        "SELECT id, utterance, start, finish, entity, value FROM span WHERE id = ?1",
        "INSERT INTO span (id, utterance, start, finish, entity, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET utterance = ?2, start = ?3, finish = ?4, entity = ?5, value = ?6",
        "DELETE FROM span WHERE id = ?1";
    Word = "word", key 1,
        "SELECT text, tag FROM word WHERE text = ?1",
        "INSERT INTO word (text, tag) VALUES (?1, ?2) ON CONFLICT (text) DO UPDATE SET tag = ?2",
        "DELETE FROM word WHERE text = ?1";
    Rule = "rule", key 1,
        "SELECT name, enabled FROM rule WHERE name = ?1",
        "INSERT INTO rule (name, enabled) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET enabled = ?2",
        "DELETE FROM rule WHERE name = ?1";
    Rehearsal = "rehearsal", key 1,
        "SELECT id, name, script FROM rehearsal WHERE id = ?1",
        "INSERT INTO rehearsal (id, name, script) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET name = ?2, script = ?3",
        "DELETE FROM rehearsal WHERE id = ?1";
    Setting = "setting", key 1,
        "SELECT name, value FROM setting WHERE name = ?1",
        "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
        "DELETE FROM setting WHERE name = ?1";
    Profile = "profile", key 1,
        "SELECT name, text FROM profile WHERE name = ?1",
        "INSERT INTO profile (name, text) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET text = ?2",
        "DELETE FROM profile WHERE name = ?1";
    BatchMark = "batch_mark", key 1,
        "SELECT batch, withdrawn FROM batch_mark WHERE batch = ?1",
        "INSERT INTO batch_mark (batch, withdrawn) VALUES (?1, ?2) ON CONFLICT (batch) DO UPDATE SET withdrawn = ?2",
        "DELETE FROM batch_mark WHERE batch = ?1";
    ClusterMark = "cluster_mark", key 1,
        "SELECT cluster, name, state FROM cluster_mark WHERE cluster = ?1",
        "INSERT INTO cluster_mark (cluster, name, state) VALUES (?1, ?2, ?3)
         ON CONFLICT (cluster) DO UPDATE SET name = ?2, state = ?3",
        "DELETE FROM cluster_mark WHERE cluster = ?1";
    Pin = "pin", key 1,
        "SELECT utterance, cluster FROM pin WHERE utterance = ?1",
        "INSERT INTO pin (utterance, cluster) VALUES (?1, ?2) ON CONFLICT (utterance) DO UPDATE SET cluster = ?2",
        "DELETE FROM pin WHERE utterance = ?1";
    Link = "link", key 2,
        "SELECT one, other, together FROM link WHERE one = ?1 AND other = ?2",
        "INSERT INTO link (one, other, together) VALUES (?1, ?2, ?3) ON CONFLICT (one, other) DO UPDATE SET together = ?3",
        "DELETE FROM link WHERE one = ?1 AND other = ?2";
    RunMark = "run_mark", key 1,
        "SELECT run, withdrawn FROM run_mark WHERE run = ?1",
        "INSERT INTO run_mark (run, withdrawn) VALUES (?1, ?2) ON CONFLICT (run) DO UPDATE SET withdrawn = ?2",
        "DELETE FROM run_mark WHERE run = ?1";
    PolicyMark = "policy_mark", key 1,
        "SELECT policy, published FROM policy_mark WHERE policy = ?1",
        "INSERT INTO policy_mark (policy, published) VALUES (?1, ?2) ON CONFLICT (policy) DO UPDATE SET published = ?2",
        "DELETE FROM policy_mark WHERE policy = ?1";
    Version = "version", key 1,
        "SELECT name, policy, model, at, actor FROM version WHERE name = ?1",
        "INSERT INTO version (name, policy, model, at, actor) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (name) DO UPDATE SET policy = ?2, model = ?3, at = ?4, actor = ?5",
        "DELETE FROM version WHERE name = ?1";
    ChangeVerdict = "change_verdict", key 3,
        "SELECT before, now, cause, accepted, actor, at FROM change_verdict WHERE before = ?1 AND now = ?2 AND cause = ?3",
        "INSERT INTO change_verdict (before, now, cause, accepted, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (before, now, cause) DO UPDATE SET accepted = ?4, actor = ?5, at = ?6",
        "DELETE FROM change_verdict WHERE before = ?1 AND now = ?2 AND cause = ?3";
    TurnMark = "turn_mark", key 1,
        "SELECT turn, joined, returned FROM turn_mark WHERE turn = ?1",
        "INSERT INTO turn_mark (turn, joined, returned) VALUES (?1, ?2, ?3)
         ON CONFLICT (turn) DO UPDATE SET joined = ?2, returned = ?3",
        "DELETE FROM turn_mark WHERE turn = ?1";
    Canned = "canned", key 2,
        "SELECT text, ours FROM canned WHERE text = ?1 AND ours = ?2",
        "INSERT INTO canned (text, ours) VALUES (?1, ?2) ON CONFLICT (text, ours) DO NOTHING",
        "DELETE FROM canned WHERE text = ?1 AND ours = ?2";
    TestMark = "test_mark", key 1,
        "SELECT utterance FROM test_mark WHERE utterance = ?1",
        "INSERT INTO test_mark (utterance) VALUES (?1) ON CONFLICT (utterance) DO NOTHING",
        "DELETE FROM test_mark WHERE utterance = ?1";
    Cause = "cause", key 1,
        "SELECT utterance, cause FROM cause WHERE utterance = ?1",
        "INSERT INTO cause (utterance, cause) VALUES (?1, ?2) ON CONFLICT (utterance) DO UPDATE SET cause = ?2",
        "DELETE FROM cause WHERE utterance = ?1";
    Opinion = "opinion", key 2,
        "SELECT utterance, actor, verdict, intent, at FROM opinion WHERE utterance = ?1 AND actor = ?2",
        "INSERT INTO opinion (utterance, actor, verdict, intent, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (utterance, actor) DO UPDATE SET verdict = ?3, intent = ?4, at = ?5",
        "DELETE FROM opinion WHERE utterance = ?1 AND actor = ?2";
    Settlement = "settlement", key 1,
        "SELECT utterance, verdict, intent, actor, at FROM settlement WHERE utterance = ?1",
        "INSERT INTO settlement (utterance, verdict, intent, actor, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (utterance) DO UPDATE SET verdict = ?2, intent = ?3, actor = ?4, at = ?5",
        "DELETE FROM settlement WHERE utterance = ?1";
    Mood = "mood", key 1,
        "SELECT utterance, mood, risks, actor, at FROM mood WHERE utterance = ?1",
        "INSERT INTO mood (utterance, mood, risks, actor, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (utterance) DO UPDATE SET mood = ?2, risks = ?3, actor = ?4, at = ?5",
        "DELETE FROM mood WHERE utterance = ?1";
    Slice = "slice", key 1,
        "SELECT name, query FROM slice WHERE name = ?1",
        "INSERT INTO slice (name, query) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET query = ?2",
        "DELETE FROM slice WHERE name = ?1";
    Correction = "correction", key 2,
        "SELECT heard, within, meant FROM correction WHERE heard = ?1 AND within = ?2",
        "INSERT INTO correction (heard, within, meant) VALUES (?1, ?2, ?3)
         ON CONFLICT (heard, within) DO UPDATE SET meant = ?3",
        "DELETE FROM correction WHERE heard = ?1 AND within = ?2";
}

/// A row's cells in the order of its table's columns.
pub type Cells = Vec<Value>;

/// One row before and after; the row did not exist where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub place: Place,
    pub before: Option<Cells>,
    pub after: Option<Cells>,
}

/// Writes decided rows inside one transaction and remembers each one's before and after.
pub struct Recorder<'t, 'c> {
    pub(in crate::store) tx: &'t Transaction<'c>,
    pub(in crate::store) changes: Vec<Change>,
    pub(in crate::store) texts: Texts,
}

impl<'t, 'c> Recorder<'t, 'c> {
    /// Returns a recorder with nothing recorded.
    pub fn new(tx: &'t Transaction<'c>) -> Self {
        Self { tx, changes: Vec::new(), texts: Texts::default() }
    }

    /// Returns the id the next new row of a table takes; an id is never used twice.
    pub(in crate::store) fn next_id(&self, table: &str) -> Result<i64> {
        Ok(self
            .tx
            .prepare_cached("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = ?1")?
            .query_row([table], |row| row.get(0))?)
    }

    /// Writes a row; writing what already stands records nothing.
    pub fn put(&mut self, place: Place, cells: Cells) -> Result<()> {
        let before = current(self.tx, place, &cells)?;
        if before.as_ref() == Some(&cells) {
            return Ok(());
        }
        self.tx.prepare_cached(place.write())?.execute(params_from_iter(cells.iter()))?;
        self.changes.push(Change { place, before, after: Some(cells) });
        Ok(())
    }

    /// Removes the row with this key; removing nothing records nothing.
    pub fn remove(&mut self, place: Place, key: &[Value]) -> Result<()> {
        let Some(before) = current(self.tx, place, key)? else { return Ok(()) };
        self.tx.prepare_cached(place.remove())?.execute(params_from_iter(key.iter()))?;
        self.changes.push(Change { place, before: Some(before), after: None });
        Ok(())
    }
}

/// Puts a kept change in force (`forward`) or takes it back; returns whether the row stood as expected.
///
/// A row somebody changed since is left alone: nobody's later work is overwritten.
pub fn apply(recorder: &mut Recorder<'_, '_>, change: &Change, forward: bool) -> Result<bool> {
    let (expected, wanted) = if forward { (&change.before, &change.after) } else { (&change.after, &change.before) };
    let Some(known) = expected.as_ref().or(wanted.as_ref()) else { return Ok(true) };
    if &current(recorder.tx, change.place, known)? != expected {
        return Ok(false);
    }
    match wanted {
        Some(cells) => recorder.put(change.place, cells.clone())?,
        None => recorder.remove(change.place, &known[..change.place.keys()])?,
    }
    Ok(true)
}

/// Keeps the changes of an event.
pub fn keep(tx: &Transaction<'_>, event: i64, changes: &[Change]) -> Result<()> {
    let mut insert =
        tx.prepare_cached("INSERT INTO change (event, position, place, before, after) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (position, change) in changes.iter().enumerate() {
        let before = change.before.as_deref().map(encode);
        let after = change.after.as_deref().map(encode);
        insert.execute((event, position as i64, change.place.name(), before, after))?;
    }
    Ok(())
}

/// Returns the changes of an event, in the order made.
pub fn kept(tx: &Transaction<'_>, event: i64) -> Result<Vec<Change>> {
    let mut select = tx.prepare_cached("SELECT place, before, after FROM change WHERE event = ?1 ORDER BY position")?;
    let rows = select.query_map([event], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<String>>(2)?))
    })?;
    let mut changes = Vec::new();
    for row in rows {
        let (place, before, after) = row?;
        // A place a newer program knows cannot stand in a file of our version.
        let Some(place) = Place::named(&place) else { continue };
        changes.push(Change {
            place,
            before: before.as_deref().map(decode).transpose()?,
            after: after.as_deref().map(decode).transpose()?,
        });
    }
    Ok(changes)
}

fn current(tx: &Transaction<'_>, place: Place, key: &[Value]) -> Result<Option<Cells>> {
    let mut select = tx.prepare_cached(place.read())?;
    let columns = select.column_count();
    let row = select
        .query_row(params_from_iter(key[..place.keys()].iter()), |row| {
            (0..columns).map(|i| row.get::<_, Value>(i)).collect::<rusqlite::Result<Cells>>()
        })
        .optional()?;
    Ok(row)
}

fn encode(cells: &[Value]) -> String {
    let cells: Vec<serde_json::Value> = cells
        .iter()
        .map(|cell| match cell {
            Value::Integer(n) => (*n).into(),
            Value::Real(x) => (*x).into(),
            Value::Text(text) => text.as_str().into(),
            Value::Null | Value::Blob(_) => serde_json::Value::Null,
        })
        .collect();
    serde_json::Value::Array(cells).to_string()
}

fn decode(text: &str) -> Result<Cells> {
    let cells: Vec<serde_json::Value> = serde_json::from_str(text)?;
    Ok(cells
        .into_iter()
        .map(|cell| match cell {
            serde_json::Value::Number(n) => match n.as_i64() {
                Some(n) => Value::Integer(n),
                None => Value::Real(n.as_f64().unwrap_or_default()),
            },
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Bool(flag) => Value::Integer(flag.into()),
            _ => Value::Null,
        })
        .collect())
}
