-- Moods. How an utterance sounds, as a trainer said (risks joined by blanks); a projection of the events like the tables
-- of version 1.
CREATE TABLE mood (
    utterance INTEGER PRIMARY KEY, mood TEXT NOT NULL, risks TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL
);
-- What hears moods, learned together with a run, and how well it did on texts held out (JSON). Where too little was
-- labelled there is no row.
CREATE TABLE sense (
    run INTEGER PRIMARY KEY, version INTEGER NOT NULL, hash INTEGER NOT NULL, bytes BLOB NOT NULL, report TEXT NOT NULL
);
-- Links: pairs of texts a trainer said belong together in a cluster (1), or never do (0); a projection of the events like
-- the tables of version 1. The lesser id stands first.
CREATE TABLE link (
    one INTEGER NOT NULL, other INTEGER NOT NULL, together INTEGER NOT NULL, PRIMARY KEY (one, other)
) WITHOUT ROWID;
