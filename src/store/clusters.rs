//! Groupings and their clusters. Rows never change; the setting `grouping` says which one counts, and marks
//! keep what the trainer did with a cluster. A cluster that continues one of an earlier grouping has its identity,
//! and so its name and state; to everybody outside, the identity is its id.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row};

use crate::domain::cluster::{Cluster, ClusterState, Member};
use crate::domain::ids::{ClusterId, GroupingId, UtteranceId};
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

/// A cluster as the craft found it, to be kept.
#[derive(Debug, Clone)]
pub struct NewCluster {
    /// The cluster of an earlier grouping it continues.
    pub identity: Option<ClusterId>,
    /// How many customers that one had, 0 when it is new; `None` when nothing was grouped before.
    pub before: Option<u64>,
    pub words: Vec<String>,
    pub cohesion: f32,
    /// 0 known to 1 new, against the intents' examples.
    pub novelty: f32,
    pub customers: u64,
    pub members: Vec<Member>,
}

/// The head of a cluster for lists: everything but its members.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterHead {
    pub cluster: Cluster,
    pub novelty: f32,
    pub customers: u64,
    pub size: u64,
    /// How many customers it had in the grouping before, 0 when it is new; `None` when there was none.
    pub before: Option<u64>,
}

/// What is known of a grouping.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    pub id: GroupingId,
    pub at: i64,
    pub actor: String,
    pub method: String,
    pub seed: u64,
    pub utterances: u64,
    pub unassigned: Vec<UtteranceId>,
}

impl Recorder<'_, '_> {
    /// Keeps a grouping and makes it the one that counts.
    ///
    /// `grouping.id` is ignored and the new id returned, with the identities of the clusters.
    pub fn add_grouping(
        &mut self,
        grouping: &Grouping,
        clusters: &[NewCluster],
    ) -> Result<(GroupingId, Vec<ClusterId>)> {
        let blob: Vec<u8> = grouping.unassigned.iter().flat_map(|id| (id.0 as u32).to_le_bytes()).collect();
        self.tx.execute(
            "INSERT INTO grouping (at, actor, method, seed, utterances, unassigned) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (grouping.at, &grouping.actor, &grouping.method, grouping.seed as i64, grouping.utterances as i64, blob),
        )?;
        let id = self.tx.last_insert_rowid();
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO cluster (grouping, words, cohesion, novelty, customers, size, members, identity, before) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        let mut identities = Vec::with_capacity(clusters.len());
        for cluster in clusters {
            insert.execute((
                id,
                serde_json::to_string(&cluster.words)?,
                cluster.cohesion,
                cluster.novelty,
                cluster.customers as i64,
                cluster.members.len() as i64,
                encode(&cluster.members),
                cluster.identity.map(|identity| identity.0),
                cluster.before.map(|customers| customers as i64),
            ))?;
            identities.push(cluster.identity.unwrap_or(ClusterId(self.tx.last_insert_rowid())));
        }
        drop(insert);
        self.put_setting("grouping", &id.to_string())?;
        Ok((GroupingId(id), identities))
    }

    /// Binds an utterance to a cluster, whatever later groupings find.
    pub fn pin(&mut self, utterance: UtteranceId, cluster: ClusterId) -> Result<()> {
        self.put(Place::Pin, vec![utterance.0.into(), cluster.0.into()])
    }

    /// Writes what the trainer did with a cluster.
    pub fn mark_cluster(&mut self, id: ClusterId, name: &str, state: ClusterState) -> Result<()> {
        let cells: Vec<Value> = vec![id.0.into(), name.to_string().into(), state.name().to_string().into()];
        self.put(Place::ClusterMark, cells)
    }
}

impl Store {
    /// Returns which grouping counts.
    pub fn grouping_id(&self) -> Result<Option<GroupingId>> {
        Ok(self.setting("grouping")?.and_then(|id| id.parse().ok()).map(GroupingId))
    }

    /// Returns the grouping that counts.
    pub fn grouping(&self) -> Result<Option<Grouping>> {
        let Some(GroupingId(id)) = self.grouping_id()? else { return Ok(None) };
        Ok(self
            .conn
            .prepare_cached("SELECT id, at, actor, method, seed, utterances, unassigned FROM grouping WHERE id = ?1")?
            .query_row([id], |row| {
                let blob: Vec<u8> = row.get(6)?;
                Ok(Grouping {
                    id: GroupingId(row.get(0)?),
                    at: row.get(1)?,
                    actor: row.get(2)?,
                    method: row.get(3)?,
                    seed: row.get::<_, i64>(4)? as u64,
                    utterances: row.get::<_, i64>(5)? as u64,
                    unassigned: blob
                        .chunks_exact(4)
                        .map(|b| UtteranceId(i64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))))
                        .collect(),
                })
            })
            .optional()?)
    }

    /// Returns the clusters of a grouping without their members, most customers first.
    pub fn cluster_heads(&self, grouping: GroupingId) -> Result<Vec<ClusterHead>> {
        let mut select = self.conn.prepare_cached(
            "SELECT coalesce(c.identity, c.id), c.grouping, coalesce(m.name, ''), c.words, c.cohesion, x'', coalesce(m.state, 'open'), c.novelty, c.customers, c.size, c.before
             FROM cluster c LEFT JOIN cluster_mark m ON m.cluster = coalesce(c.identity, c.id)
             WHERE c.grouping = ?1 ORDER BY c.customers DESC, c.id",
        )?;
        let rows = select.query_map([grouping.0], read_head)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns one cluster with its members, as the grouping that counts has it.
    pub fn cluster(&self, id: ClusterId) -> Result<Option<ClusterHead>> {
        let Some(grouping) = self.grouping()? else { return Ok(None) };
        Ok(self
            .conn
            .prepare_cached(
                "SELECT coalesce(c.identity, c.id), c.grouping, coalesce(m.name, ''), c.words, c.cohesion, c.members, coalesce(m.state, 'open'), c.novelty, c.customers, c.size, c.before
                 FROM cluster c LEFT JOIN cluster_mark m ON m.cluster = coalesce(c.identity, c.id)
                 WHERE c.grouping = ?1 AND coalesce(c.identity, c.id) = ?2",
            )?
            .query_row((grouping.id.0, id.0), read_head)
            .optional()?)
    }

    /// Returns which cluster each utterance was put into by hand.
    pub fn pins(&self) -> Result<Vec<(UtteranceId, ClusterId)>> {
        let mut select = self.conn.prepare_cached("SELECT utterance, cluster FROM pin ORDER BY utterance")?;
        let rows = select.query_map([], |row| Ok((UtteranceId(row.get(0)?), ClusterId(row.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn read_head(row: &Row<'_>) -> rusqlite::Result<ClusterHead> {
    Ok(ClusterHead {
        cluster: Cluster {
            id: ClusterId(row.get(0)?),
            grouping: GroupingId(row.get(1)?),
            name: row.get(2)?,
            words: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
            cohesion: row.get(4)?,
            members: decode(&row.get::<_, Vec<u8>>(5)?),
            state: ClusterState::named(&row.get::<_, String>(6)?),
        },
        novelty: row.get(7)?,
        customers: row.get::<_, i64>(8)? as u64,
        size: row.get::<_, i64>(9)? as u64,
        before: row.get::<_, Option<i64>>(10)?.map(|customers| customers as u64),
    })
}

/// Eight bytes a member: the id and the closeness.
fn encode(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(members.len() * 8);
    for member in members {
        bytes.extend_from_slice(&(member.utterance.0 as u32).to_le_bytes());
        bytes.extend_from_slice(&member.closeness.to_le_bytes());
    }
    bytes
}

fn decode(bytes: &[u8]) -> Vec<Member> {
    bytes
        .chunks_exact(8)
        .map(|b| Member {
            utterance: UtteranceId(i64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
            closeness: f32::from_le_bytes([b[4], b[5], b[6], b[7]]),
        })
        .collect()
}
