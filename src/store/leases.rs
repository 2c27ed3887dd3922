//! Who has what before them: a family is handed to one trainer at a time. No decision, so no event tells of it.
//!
//! A lease runs out by the clock that counts from the machine's start, so that setting the time of day neither frees
//! nor freezes an item; only a holder on another machine is judged by the time of day.

use rusqlite::OptionalExtension;

use crate::domain::ids::FamilyId;
use crate::store::error::Result;
use crate::store::open::Store;

/// How long a lease holds, in milliseconds.
pub const TERM: i64 = 120_000;

/// A moment by both clocks, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Which start of which machine; empty where that is not known.
    pub boot: String,
    /// Since that start, sleep included.
    pub since_boot: i64,
    /// Since 1970 UTC.
    pub wall: i64,
}

impl Moment {
    /// Returns this moment.
    pub fn now() -> Self {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let seconds: Option<f64> = read("/proc/uptime").split(' ').next().and_then(|first| first.parse().ok());
        let boot = read("/proc/sys/kernel/random/boot_id").trim().to_string();
        Self {
            boot: if seconds.is_some() { boot } else { String::new() },
            since_boot: (seconds.unwrap_or_default() * 1000.0) as i64,
            wall: jiff::Timestamp::now().as_millisecond(),
        }
    }
}

/// A lease that has not run out, in the parameters `?1` boot, `?2` since boot, `?3` wall.
const HOLDS: &str = "CASE WHEN boot = ?1 AND boot <> '' THEN until > ?2 ELSE until_wall > ?3 END";

impl Store {
    /// Hands a family to a holder and takes back what they had before; `false` when another holds it.
    ///
    /// Nothing is written while more than half of the holder's own lease is left: others need not look again.
    pub fn lease(&mut self, family: FamilyId, holder: &str, actor: &str, moment: &Moment) -> Result<bool> {
        let Moment { boot, since_boot, wall } = moment;
        let own = self
            .conn
            .prepare_cached("SELECT until FROM lease WHERE family = ?1 AND holder = ?2 AND boot = ?3 AND boot <> ''")?
            .query_row((family.0, holder, boot), |row| row.get::<_, i64>(0))
            .optional()?;
        if own.is_some_and(|until| until - since_boot > TERM / 2) {
            return Ok(true);
        }
        self.unforced(|store| {
            store.write(|tx| {
                let (until, until_wall) = (since_boot + TERM, wall + TERM);
                let granted = tx
                    .prepare_cached(&format!(
                        "INSERT INTO lease (family, holder, actor, boot, until, until_wall) VALUES (?4, ?5, ?6, ?1, ?7, ?8)
                         ON CONFLICT (family) DO UPDATE SET holder = ?5, actor = ?6, boot = ?1, until = ?7, until_wall = ?8
                         WHERE lease.holder = ?5 OR NOT ({HOLDS})"
                    ))?
                    .execute((boot, since_boot, wall, family.0, holder, actor, until, until_wall))?;
                tx.prepare_cached("DELETE FROM lease WHERE holder = ?1 AND family <> ?2")?.execute((holder, family.0))?;
                Ok(granted > 0)
            })
        })
    }

    /// Returns the families others hold.
    pub fn leased(&self, but: &str, moment: &Moment) -> Result<Vec<FamilyId>> {
        let mut select = self
            .conn
            .prepare_cached(&format!("SELECT family FROM lease WHERE holder <> ?4 AND {HOLDS} ORDER BY family"))?;
        let rows =
            select.query_map((&moment.boot, moment.since_boot, moment.wall, but), |row| row.get(0).map(FamilyId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes back everything a holder has.
    pub fn release(&mut self, holder: &str) -> Result<()> {
        self.unforced(|store| {
            store.write(|tx| {
                tx.prepare_cached("DELETE FROM lease WHERE holder = ?1")?.execute([holder])?;
                Ok(())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(boot: &str, since_boot: i64, wall: i64) -> Moment {
        Moment { boot: boot.into(), since_boot, wall }
    }

    #[test]
    fn a_family_is_handed_to_one_and_runs_out_by_the_machines_clock() {
        let mut store = Store::in_memory().unwrap();
        let (one, two) = (FamilyId(1), FamilyId(2));
        assert!(store.lease(one, "a", "li", &at("m", 0, 5_000)).unwrap());
        assert!(!store.lease(one, "b", "wang", &at("m", 10, 5_010)).unwrap());
        assert_eq!(store.leased("b", &at("m", 10, 5_010)).unwrap(), [one]);
        // The time of day jumps by a year: nothing is freed.
        assert!(!store.lease(one, "b", "wang", &at("m", 20, 31_536_000_000)).unwrap());
        // The next item gives the last one back.
        assert!(store.lease(two, "a", "li", &at("m", 30, 5_030)).unwrap());
        assert!(store.lease(one, "b", "wang", &at("m", 40, 5_040)).unwrap());
        // Unless it is renewed it runs out.
        assert!(store.lease(two, "b", "wang", &at("m", 30 + TERM, 0)).unwrap());
        store.release("b").unwrap();
        assert!(store.leased("a", &at("m", 30 + TERM, 0)).unwrap().is_empty());
    }

    #[test]
    fn a_holder_on_another_machine_is_judged_by_the_time_of_day() {
        let mut store = Store::in_memory().unwrap();
        assert!(store.lease(FamilyId(1), "a", "li", &at("m", 900_000, 5_000)).unwrap());
        assert!(!store.lease(FamilyId(1), "b", "wang", &at("n", 3, 6_000)).unwrap());
        assert!(store.lease(FamilyId(1), "b", "wang", &at("n", 9, 5_000 + TERM)).unwrap());
    }

    #[test]
    fn a_lease_that_lasts_writes_nothing() {
        let mut store = Store::in_memory().unwrap();
        store.lease(FamilyId(1), "a", "li", &at("m", 0, 0)).unwrap();
        let before = store.conn.total_changes();
        assert!(store.lease(FamilyId(1), "a", "li", &at("m", TERM / 4, 0)).unwrap());
        assert_eq!(store.conn.total_changes(), before);
        assert!(store.lease(FamilyId(1), "a", "li", &at("m", TERM, 0)).unwrap());
        assert_ne!(store.conn.total_changes(), before);
    }
}
