//! Versions: a policy and a model published together under a name; and what trainers said of changes between them.

use rusqlite::Row;
use rusqlite::types::Value;

use crate::domain::dialogue::{ChangeVerdict, Version};
use crate::domain::ids::{ModelId, PolicyId};
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

impl Recorder<'_, '_> {
    /// Keeps a version.
    pub fn put_version(&mut self, version: &Version) -> Result<()> {
        let model = version.model.map_or(Value::Null, |id| id.0.into());
        let name = version.name.clone().into();
        let cells = vec![name, version.policy.0.into(), model, version.at.into(), version.actor.clone().into()];
        self.put(Place::Version, cells)
    }

    /// Keeps what was said of the changes of one cause.
    pub fn put_change_verdict(&mut self, verdict: &ChangeVerdict, actor: &str, at: i64) -> Result<()> {
        let text = |text: &str| Value::Text(text.to_owned());
        let cells = vec![
            text(&verdict.before),
            text(&verdict.now),
            text(&verdict.cause),
            Value::Integer(verdict.accepted.into()),
            text(actor),
            at.into(),
        ];
        self.put(Place::ChangeVerdict, cells)
    }
}

impl Store {
    /// Returns the versions, newest first.
    pub fn versions(&self) -> Result<Vec<Version>> {
        let mut select = self.conn.prepare_cached(
            "SELECT name, policy, model, at, actor FROM version
             UNION ALL
             SELECT m.published, m.policy, NULL, p.at, p.actor FROM policy_mark m JOIN policy p ON p.id = m.policy
             WHERE m.published IS NOT NULL AND m.published NOT IN (SELECT name FROM version)
             ORDER BY 4 DESC, 2 DESC, 1",
        )?;
        Ok(select.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns what was said of the changes between two versions.
    pub fn change_verdicts(&self, before: &str, now: &str) -> Result<Vec<ChangeVerdict>> {
        let mut select = self.conn.prepare_cached(
            "SELECT before, now, cause, accepted FROM change_verdict WHERE before = ?1 AND now = ?2 ORDER BY cause",
        )?;
        let verdict = |row: &Row<'_>| {
            Ok(ChangeVerdict { before: row.get(0)?, now: row.get(1)?, cause: row.get(2)?, accepted: row.get(3)? })
        };
        Ok(select.query_map([before, now], verdict)?.collect::<rusqlite::Result<_>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        name: row.get(0)?,
        policy: PolicyId(row.get(1)?),
        model: row.get::<_, Option<i64>>(2)?.map(ModelId),
        at: row.get(3)?,
        actor: row.get(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Act;
    use crate::store::history::Deed;

    fn store() -> Store {
        Store::in_memory().expect("a store in memory")
    }

    fn act<T>(store: &mut Store, op: &str, change: impl FnOnce(&mut Recorder<'_, '_>) -> Result<T>) -> T {
        let deed = Deed { op, actor: "li", at: 1, act: Act::Policy, subject: "" };
        store.act(&deed, change).expect("it is written").expect("it changed something").1
    }

    #[test]
    fn a_version_is_listed_taken_back_and_made_again_from_the_events() {
        let mut store = store();
        let policy = act(&mut store, "1", |r| r.add_policy("topics: {}", 1, "li"));
        let version = Version { name: "spring".into(), policy, model: Some(ModelId(7)), at: 5, actor: "li".into() };
        act(&mut store, "2", |r| r.put_version(&version));
        assert_eq!(store.versions().unwrap(), std::slice::from_ref(&version));
        assert_eq!(store.policy().unwrap().unwrap().published.as_deref(), Some("spring"));
        store.rebuild().unwrap();
        assert_eq!(store.versions().unwrap(), [version]);
        store.undo("3", "li", 9).unwrap().unwrap();
        assert_eq!(store.versions().unwrap(), []);
    }

    #[test]
    fn a_verdict_on_a_cause_is_kept_and_can_change() {
        let mut store = store();
        let verdict = |accepted| ChangeVerdict { before: "a".into(), now: "b".into(), cause: "{}".into(), accepted };
        act(&mut store, "1", |r| r.put_change_verdict(&verdict(true), "li", 1));
        act(&mut store, "2", |r| r.put_change_verdict(&verdict(false), "li", 2));
        assert_eq!(store.change_verdicts("a", "b").unwrap(), [verdict(false)]);
        store.undo("3", "li", 3).unwrap().unwrap();
        assert_eq!(store.change_verdicts("a", "b").unwrap(), [verdict(true)]);
    }
}
