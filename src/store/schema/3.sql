-- Sentence vectors (a scale of four bytes, then a byte a number), made anew where missing. One encoder's at a time: those
-- of another are written over.
CREATE TABLE vector (utterance INTEGER PRIMARY KEY, encoder TEXT NOT NULL, numbers BLOB NOT NULL);
CREATE TRIGGER vector_goes AFTER DELETE ON utterance BEGIN
    DELETE FROM vector WHERE utterance = old.id;
END;

-- A published version by name: the policy and the model that answered together then. Versions published before have
-- a row in policy_mark only, and no model.
CREATE TABLE version (
    name TEXT PRIMARY KEY, policy INTEGER NOT NULL, model INTEGER, at INTEGER NOT NULL, actor TEXT NOT NULL
) WITHOUT ROWID;

-- What a trainer said of the turns that change by one cause when one version takes another's place.
CREATE TABLE change_verdict (
    before TEXT NOT NULL, now TEXT NOT NULL, cause TEXT NOT NULL, accepted INTEGER NOT NULL, actor TEXT NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (before, now, cause)
) WITHOUT ROWID;

-- What the current model would have labelled next, by each way of asking (`margin`, `novelty`, …) and for each intent
-- (`=7`), best first; made anew with the guesses.
CREATE TABLE ranked (
    ranking TEXT NOT NULL, place INTEGER NOT NULL, utterance INTEGER NOT NULL, score REAL NOT NULL, PRIMARY KEY (ranking, place)
) WITHOUT ROWID;
CREATE INDEX ranked_by_utterance ON ranked(utterance);
