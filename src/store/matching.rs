//! Which texts meet a query, by one statement with parameters; and queries kept by name.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params_from_iter};

use crate::domain::ids::UtteranceId;
use crate::domain::query::{Figure, Hit, Query, Standing, Test};
use crate::store::error::Result;
use crate::store::guesses;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

/// Answers a test the file's columns do not: how a text sounds, which cluster it is in.
pub type Judge = Arc<dyn Fn(&Test, UtteranceId, &str) -> bool + Send + Sync>;

/// A condition under way: the statement's values in their order, and the tests others answer.
#[derive(Default)]
struct Condition {
    values: Vec<Value>,
    judged: Vec<Test>,
}

impl Store {
    /// Returns the texts that are said or labelled and meet a query, most customers first.
    pub fn matching(&self, query: &Query, judge: Judge) -> Result<Vec<Hit>> {
        let mut condition = Condition::default();
        let sql = condition.of(query);
        let Condition { values, judged } = condition;
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
        let best = |bytes: Option<Vec<u8>>| guesses::decode(&bytes.unwrap_or_default()).best();
        self.conn.create_scalar_function("best_probability", 1, flags, move |context| {
            Ok(best(context.get(0)?).map(|guess| f64::from(guess.probability)))
        })?;
        self.conn.create_scalar_function("best_intent", 1, flags, move |context| {
            Ok(best(context.get(0)?).map(|guess| guess.intent.map_or(-1, |id| id.0)))
        })?;
        let answers = AssertUnwindSafe((judge, judged));
        self.conn.create_scalar_function("judged", 3, flags, move |context| {
            let (judge, judged) = &*answers;
            let test = judged.get(context.get::<i64>(0)? as usize);
            let text: String = context.get(2)?;
            Ok(test.is_some_and(|test| judge(test, UtteranceId(context.get(1).unwrap_or(0)), &text)))
        })?;
        let mut select = self.conn.prepare(&format!(
            "SELECT u.id, u.count, l.actor, l.at FROM utterance u LEFT JOIN label l ON l.utterance = u.id
             LEFT JOIN guess g ON g.utterance = u.id
             WHERE (u.count > 0 OR l.utterance IS NOT NULL) AND ({sql}) ORDER BY u.count DESC, u.id"
        ))?;
        let rows = select.query_map(params_from_iter(values), |row| {
            let actor: Option<String> = row.get(2)?;
            Ok(Hit {
                utterance: UtteranceId(row.get(0)?),
                customers: row.get::<_, i64>(1)?.max(0) as u64,
                label: actor.zip(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the queries kept by name, in order of name.
    pub fn slices(&self) -> Result<Vec<(String, String)>> {
        let mut select = self.conn.prepare_cached("SELECT name, query FROM slice ORDER BY name")?;
        Ok(select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the query kept under a name.
    pub fn slice(&self, name: &str) -> Result<Option<String>> {
        let mut select = self.conn.prepare_cached("SELECT query FROM slice WHERE name = ?1")?;
        Ok(select.query_row([name], |row| row.get(0)).optional()?)
    }
}

impl Recorder<'_, '_> {
    /// Keeps a query under a name.
    pub fn put_slice(&mut self, name: &str, query: &str) -> Result<()> {
        self.put(Place::Slice, vec![name.to_string().into(), query.to_string().into()])
    }

    /// Forgets the query of a name.
    pub fn remove_slice(&mut self, name: &str) -> Result<()> {
        self.remove(Place::Slice, &[Value::Text(name.to_string())])
    }
}

impl Condition {
    /// Returns the condition in SQL. Every part is true or false, never NULL, so that `NOT` means not.
    fn of(&mut self, query: &Query) -> String {
        match query {
            // All of nothing holds of every text, any of nothing of none.
            Query::All(parts) if parts.is_empty() => "1".to_owned(),
            Query::Any(parts) if parts.is_empty() => "0".to_owned(),
            Query::All(parts) => self.joined(parts, " AND "),
            Query::Any(parts) => self.joined(parts, " OR "),
            Query::Not(part) => format!("NOT ({})", self.of(part)),
            Query::Is(test) => self.test(test),
        }
    }

    fn joined(&mut self, parts: &[Query], with: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| format!("({})", self.of(part))).collect();
        parts.join(with)
    }

    /// Gives the statement a value; returns its place.
    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn test(&mut self, test: &Test) -> String {
        match test {
            Test::Intent(name) => {
                let name = self.value(name.clone());
                format!("coalesce(l.intent = (SELECT id FROM intent WHERE name = {name}), 0)")
            }
            Test::Guess(name) => {
                let name = self.value(name.clone());
                format!("coalesce(best_intent(g.guesses) = (SELECT id FROM intent WHERE name = {name}), 0)")
            }
            Test::Label(Standing::None) => "l.utterance IS NULL".to_string(),
            Test::Label(standing) => {
                let word = self.value(standing.word().to_string());
                format!("coalesce(l.verdict = {word}, 0)")
            }
            Test::By(name) => {
                let name = self.value(name.clone());
                format!("coalesce(l.actor = {name}, 0)")
            }
            Test::Text(words) => {
                let words = self.value(words.clone());
                format!("instr(lower(u.text), lower({words})) > 0")
            }
            Test::Source(words) => {
                let words = self.value(words.clone());
                format!(
                    "EXISTS (SELECT 1 FROM turn t JOIN batch b ON b.id = t.batch JOIN batch_mark m ON m.batch = b.id
                         WHERE t.utterance = u.id AND t.aside IS NULL AND instr(lower(b.source), lower({words})) > 0)"
                )
            }
            Test::Language(language) => {
                let tag = self.value(language.tag().to_string());
                format!("u.language = {tag}")
            }
            Test::Mood(_) | Test::Cluster(_) => {
                self.judged.push(test.clone());
                format!("judged({}, u.id, u.text)", self.judged.len() - 1)
            }
            Test::Figure(figure, comparison, than) => {
                let than = self.value(*than);
                let figure = match figure {
                    Figure::Size => "u.count",
                    Figure::Probability => "best_probability(g.guesses)",
                    Figure::Doubt => "g.doubt",
                };
                format!("coalesce({figure} {} {than}, 0)", comparison.word())
            }
        }
    }
}
