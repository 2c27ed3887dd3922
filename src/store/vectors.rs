//! Vectors of utterances, kept so that no text is encoded twice; they go with their utterance.

use std::collections::HashSet;

use crate::domain::ids::UtteranceId;
use crate::domain::vector::Vectors;
use crate::store::error::Result;
use crate::store::open::Store;

impl Store {
    /// Returns the places among `ids` whose vector by this encoder is kept, with the vectors in the same order.
    ///
    /// Only vectors of `width` numbers count.
    pub fn vectors(&self, encoder: &str, width: usize, ids: &[UtteranceId]) -> Result<(Vec<usize>, Vectors)> {
        let mut select =
            self.conn.prepare_cached("SELECT numbers FROM vector WHERE utterance = ?1 AND encoder = ?2")?;
        let (mut places, mut vectors) = (Vec::new(), Vectors::new(width));
        for (place, id) in ids.iter().enumerate() {
            let mut rows = select.query((id.0, encoder))?;
            if let Some(row) = rows.next()?
                && row.get_ref(0)?.as_blob().is_ok_and(|bytes| vectors.push_bytes(bytes))
            {
                places.push(place);
            }
        }
        Ok((places, vectors))
    }

    /// Returns the utterances whose vector by this encoder is kept.
    pub fn encoded(&self, encoder: &str) -> Result<HashSet<UtteranceId>> {
        let mut select = self.conn.prepare_cached("SELECT utterance FROM vector WHERE encoder = ?1")?;
        let ids = select.query_map([encoder], |row| Ok(UtteranceId(row.get(0)?)))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps vectors of utterances with these texts; one that was erased meanwhile is passed over.
    ///
    /// A few thousand a call. A power cut may take the latest; they are made anew.
    pub fn put_vectors(&mut self, encoder: &str, of: &[(UtteranceId, &str)], vectors: &Vectors) -> Result<()> {
        self.unforced(|store| {
            store.write(|tx| {
                let mut insert = tx.prepare_cached(
                    "INSERT OR REPLACE INTO vector (utterance, encoder, numbers)
                     SELECT id, ?3, ?4 FROM utterance WHERE id = ?1 AND text = ?2",
                )?;
                for (at, (id, text)) in of.iter().enumerate() {
                    insert.execute((id.0, text, encoder, vectors.bytes(at)))?;
                }
                Ok(())
            })
        })
    }

    /// Returns how many vectors are kept and how many bytes they take.
    pub fn vector_counts(&self) -> Result<(u64, u64)> {
        let sql = "SELECT count(*), coalesce(sum(length(numbers)), 0) FROM vector";
        Ok(self.conn.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::utterance::Language;
    use crate::store::gone::Target;
    use crate::store::utterances::NewUtterance;

    #[test]
    fn vectors_are_kept_by_encoder_and_go_with_their_text() {
        let mut store = Store::in_memory().unwrap();
        let new =
            |hash, text: &str| NewUtterance { hash, text: text.into(), family: hash, language: Language::Chinese };
        let ids = store.meet_all(&[new(1, "我要退款"), new(2, "快点")]).unwrap();
        let mut two = Vectors::new(3);
        two.push(&[0.1, -0.2, 0.3]);
        two.push(&[1.0, 0.0, 0.5]);
        // The second text is not the one that was encoded: it was erased and its number given away meanwhile.
        store.put_vectors("a", &[(ids[0], "我要退款"), (ids[1], "慢点")], &two).unwrap();
        let (places, found) = store.vectors("a", 3, &[ids[1], ids[0]]).unwrap();
        assert_eq!((places, found.bytes(0)), (vec![1], two.bytes(0)));
        assert!(store.vectors("b", 3, &ids).unwrap().0.is_empty());
        assert!(store.vectors("a", 4, &ids).unwrap().0.is_empty());
        assert_eq!(store.vector_counts().unwrap(), (1, 7));
        assert_eq!(store.encoded("a").unwrap(), HashSet::from([ids[0]]));
        store.purge(&Target::Everything, "1", "li", 0).unwrap();
        assert_eq!(store.vector_counts().unwrap(), (0, 0));
    }
}
