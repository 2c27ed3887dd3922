-- Labelled utterances kept for testing: no training learns from them.
CREATE TABLE test_mark (utterance INTEGER PRIMARY KEY);
-- Why the bot understands an utterance wrongly, as a trainer said.
CREATE TABLE cause (utterance INTEGER PRIMARY KEY, cause TEXT NOT NULL);
-- What finds entities, learned together with a run.
CREATE TABLE tagger (run INTEGER PRIMARY KEY, version INTEGER NOT NULL, hash INTEGER NOT NULL, bytes BLOB NOT NULL);
