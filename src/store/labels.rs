//! Trainers' verdicts, and the words and spans they teach.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::domain::ids::{IntentId, SpanId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Span, Verdict, Word};
use crate::domain::range::ByteRange;
use crate::domain::utterance::Utterance;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};
use crate::store::utterances;

impl Store {
    /// Returns the label of an utterance.
    pub fn label(&self, utterance: UtteranceId) -> Result<Option<Label>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT utterance, verdict, intent, source, actor, at, note FROM label WHERE utterance = ?1",
            )?
            .query_row([utterance.0], read)
            .optional()?)
    }

    /// Calls `each` with every label and its utterance, in order of utterance.
    pub fn each_label(&self, mut each: impl FnMut(Utterance, Label) -> Result<()>) -> Result<()> {
        let mut select = self.conn.prepare(
            "SELECT u.id, u.text, u.count, u.family, u.language, l.utterance, l.verdict, l.intent, l.source, l.actor, l.at, l.note
             FROM label l JOIN utterance u ON u.id = l.utterance ORDER BY l.utterance",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            each(utterances::read(row)?, read_at(row, 5)?)?;
        }
        Ok(())
    }

    /// Returns the examples of an intent, most customers first.
    pub fn examples_of(&self, intent: IntentId, limit: usize) -> Result<Vec<(Utterance, Label)>> {
        let mut select = self.conn.prepare_cached(
            "SELECT u.id, u.text, u.count, u.family, u.language, l.utterance, l.verdict, l.intent, l.source, l.actor, l.at, l.note
             FROM label l JOIN utterance u ON u.id = l.utterance WHERE l.intent = ?1 ORDER BY u.count DESC, u.id LIMIT ?2",
        )?;
        let rows = select.query_map((intent.0, limit as i64), |row| Ok((utterances::read(row)?, read_at(row, 5)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns how many utterances have each verdict: intent, out of scope, ignored, later.
    pub fn verdict_counts(&self) -> Result<[u64; 4]> {
        // All labels, of which those without an intent are looked at; most have one.
        let mut counts = [0; 4];
        let all = self.conn.prepare_cached("SELECT count(*) FROM label")?.query_row([], |row| row.get::<_, i64>(0))?;
        let mut select =
            self.conn.prepare_cached("SELECT verdict, count(*) FROM label WHERE intent IS NULL GROUP BY verdict")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let place = match row.get::<_, String>(0)?.as_str() {
                "out-of-scope" => 1,
                "ignored" => 2,
                _ => 3,
            };
            counts[place] += row.get::<_, i64>(1)? as u64;
        }
        counts[0] = (all as u64).saturating_sub(counts.iter().sum());
        Ok(counts)
    }

    /// Returns how many labelled texts customers said in the logs.
    pub fn labelled_said(&self) -> Result<u64> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT (SELECT count(*) FROM label)
                     - (SELECT count(*) FROM utterance WHERE count <> 1 AND count <= 0 AND labelled = 1)",
            )?
            .query_row([], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Returns the spans of an utterance, in order.
    pub fn spans(&self, utterance: UtteranceId) -> Result<Vec<Span>> {
        spans(&self.conn, utterance)
    }

    /// Returns the trainer's own words.
    pub fn words(&self) -> Result<Vec<Word>> {
        let mut select = self.conn.prepare_cached("SELECT text, tag FROM word ORDER BY text")?;
        let rows = select.query_map([], |row| Ok(Word { text: row.get(0)?, tag: row.get(1)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Recorder<'_, '_> {
    /// Writes a verdict.
    pub fn put_label(&mut self, label: &Label) -> Result<()> {
        let (word, intent) = cells(label.verdict);
        self.put(
            Place::Label,
            vec![
                label.utterance.0.into(),
                word,
                intent,
                label.source.name().to_string().into(),
                label.actor.clone().into(),
                label.at.into(),
                label.note.clone().into(),
            ],
        )
    }

    /// Takes a verdict away.
    pub fn remove_label(&mut self, utterance: UtteranceId) -> Result<()> {
        self.remove(Place::Label, &[Value::Integer(utterance.0)])
    }

    /// Returns the verdict that stands for an utterance.
    pub fn label(&self, utterance: UtteranceId) -> Result<Option<Label>> {
        Ok(self
            .tx
            .prepare_cached(
                "SELECT utterance, verdict, intent, source, actor, at, note FROM label WHERE utterance = ?1",
            )?
            .query_row([utterance.0], read)
            .optional()?)
    }

    /// Returns the labels of an intent.
    pub fn labels_of(&self, intent: IntentId) -> Result<Vec<Label>> {
        let mut select = self.tx.prepare_cached(
            "SELECT utterance, verdict, intent, source, actor, at, note FROM label WHERE intent = ?1 ORDER BY utterance",
        )?;
        Ok(select.query_map([intent.0], read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Tells whether a stretch of an utterance is marked.
    pub fn is_marked(&self, utterance: UtteranceId) -> Result<bool> {
        let mut select = self.tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM span WHERE utterance = ?1)")?;
        Ok(select.query_row([utterance.0], |row| row.get(0))?)
    }

    /// Marks a stretch of an utterance; `span.id` is ignored.
    pub fn add_span(&mut self, span: &Span) -> Result<SpanId> {
        let id: i64 = self.next_id("span")?;
        self.put_span(&Span { id: SpanId(id), ..span.clone() })?;
        Ok(SpanId(id))
    }

    /// Writes a span under its id.
    pub fn put_span(&mut self, span: &Span) -> Result<()> {
        self.put(
            Place::Span,
            vec![
                span.id.0.into(),
                span.utterance.0.into(),
                i64::from(span.range.start).into(),
                i64::from(span.range.end).into(),
                span.entity.clone().into(),
                span.value.clone().into(),
            ],
        )
    }

    /// Returns the spans of an utterance inside a deed, in order.
    pub fn spans(&self, utterance: UtteranceId) -> Result<Vec<Span>> {
        spans(self.tx, utterance)
    }

    /// Unmarks a stretch.
    pub fn remove_span(&mut self, id: SpanId) -> Result<()> {
        self.remove(Place::Span, &[Value::Integer(id.0)])
    }

    /// Adds or changes a word of the trainer's dictionary.
    pub fn put_word(&mut self, word: &Word) -> Result<()> {
        self.put(Place::Word, vec![word.text.clone().into(), word.tag.clone().into()])
    }

    /// Forgets a word of the trainer's dictionary.
    pub fn remove_word(&mut self, text: &str) -> Result<()> {
        self.remove(Place::Word, &[Value::Text(text.to_string())])
    }
}

fn spans(conn: &Connection, utterance: UtteranceId) -> Result<Vec<Span>> {
    let mut select = conn.prepare_cached(
        "SELECT id, utterance, start, finish, entity, value FROM span WHERE utterance = ?1 ORDER BY start",
    )?;
    let rows = select.query_map([utterance.0], |row| {
        Ok(Span {
            id: SpanId(row.get(0)?),
            utterance: UtteranceId(row.get(1)?),
            range: ByteRange { start: row.get(2)?, end: row.get(3)? },
            entity: row.get(4)?,
            value: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns a verdict as the columns `verdict` and `intent` hold it.
pub(in crate::store) fn cells(verdict: Verdict) -> (Value, Value) {
    let (word, intent) = match verdict {
        Verdict::Intent(id) => ("intent", Some(id.0)),
        Verdict::OutOfScope => ("out-of-scope", None),
        Verdict::Ignored => ("ignored", None),
        Verdict::Later => ("later", None),
    };
    (word.to_string().into(), intent.map_or(Value::Null, Value::Integer))
}

/// Reads a verdict from two columns, the first of them at a place.
pub(in crate::store) fn verdict_at(row: &Row<'_>, at: usize) -> rusqlite::Result<Verdict> {
    let intent: Option<i64> = row.get(at + 1)?;
    Ok(match (row.get::<_, String>(at)?.as_str(), intent) {
        ("intent", Some(id)) => Verdict::Intent(IntentId(id)),
        ("out-of-scope", _) => Verdict::OutOfScope,
        ("ignored", _) => Verdict::Ignored,
        _ => Verdict::Later,
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<Label> {
    read_at(row, 0)
}

fn read_at(row: &Row<'_>, at: usize) -> rusqlite::Result<Label> {
    Ok(Label {
        utterance: UtteranceId(row.get(at)?),
        verdict: verdict_at(row, at + 1)?,
        source: LabelSource::named(&row.get::<_, String>(at + 3)?).unwrap_or(LabelSource::Hand),
        actor: row.get(at + 4)?,
        at: row.get(at + 5)?,
        note: row.get(at + 6)?,
    })
}
