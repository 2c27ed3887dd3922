-- Answers. What ranks the standard questions of the knowledge for a text, learned together with a run, and how well it did
-- on questions held out (JSON). Where fewer than two intents have answers there is no row.
CREATE TABLE ranker (
    run INTEGER PRIMARY KEY, version INTEGER NOT NULL, hash INTEGER NOT NULL, bytes BLOB NOT NULL, report TEXT NOT NULL
);
