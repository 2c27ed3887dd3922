-- What a source says of a turn beside its words (JSON of `Facts`); NULL when it says nothing.
ALTER TABLE turn ADD COLUMN facts TEXT;

-- Digests fall anywhere in an index: rows that came one by one would each touch a page of it, to be logged and written
-- again. So they have tables of their own, filled in order and many at a time; rows above `upto` wait and are read
-- instead. `stamp` counts what may make knowledge of the rows stale: rows gone, and for `turn` every portion taken.
-- `rows` counts those up to `upto`, since counting a million rows means reading them.
CREATE TABLE keyed (
    what TEXT PRIMARY KEY, upto INTEGER NOT NULL, rows INTEGER NOT NULL, stamp INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE utterance_key (hash INTEGER PRIMARY KEY, utterance INTEGER NOT NULL);
CREATE TABLE utterance_family (family INTEGER NOT NULL, utterance INTEGER NOT NULL, PRIMARY KEY (family, utterance)) WITHOUT ROWID;
CREATE TABLE conversation_key (digest INTEGER PRIMARY KEY, conversation INTEGER NOT NULL);
INSERT INTO keyed (what, upto, rows) SELECT 'utterance', coalesce(max(id), 0), count(*) FROM utterance;
INSERT INTO keyed (what, upto, rows) SELECT 'conversation', coalesce(max(id), 0), count(*) FROM conversation;
INSERT INTO keyed (what, upto, rows) VALUES ('turn', 0, 0);
INSERT INTO utterance_key SELECT hash, id FROM utterance ORDER BY hash;
INSERT INTO utterance_family SELECT family, id FROM utterance ORDER BY family, id;
INSERT INTO conversation_key SELECT digest, id FROM conversation ORDER BY digest;
-- A batch's turns lie between two ids, others' among them where two imports ran at once.
ALTER TABLE batch ADD COLUMN first_turn INTEGER;
ALTER TABLE batch ADD COLUMN last_turn INTEGER;
UPDATE batch SET first_turn = (SELECT min(id) FROM turn WHERE batch = batch.id), last_turn = (SELECT max(id) FROM turn WHERE batch = batch.id);
-- The same tables without those indexes; a turn is known by its digest within its conversation.
CREATE TABLE conversation_2 (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, digest INTEGER NOT NULL, name TEXT NOT NULL, channel TEXT NOT NULL
);
INSERT INTO conversation_2 SELECT id, batch, digest, name, channel FROM conversation;
CREATE TABLE utterance_2 (
    id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL, family INTEGER NOT NULL, count INTEGER NOT NULL,
    language TEXT NOT NULL,
    -- Whether a label stands; kept by the triggers below, so that the queue is an index.
    labelled INTEGER NOT NULL DEFAULT 0
);
INSERT INTO utterance_2 SELECT id, hash, text, family, count, language, id IN (SELECT utterance FROM label) FROM utterance;
CREATE TABLE turn_2 (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, conversation INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    digest INTEGER NOT NULL, position INTEGER NOT NULL, role INTEGER NOT NULL, speaker TEXT, at INTEGER, raw TEXT NOT NULL,
    clean TEXT, offsets BLOB, hits TEXT, aside TEXT, utterance INTEGER REFERENCES utterance(id), facts TEXT
);
INSERT INTO turn_2 SELECT id, batch, conversation, digest, position, role, speaker, at, raw, clean, offsets, hits, aside, utterance, facts
    FROM turn;
DROP TABLE turn;
DROP TABLE conversation;
DROP TABLE utterance;
ALTER TABLE conversation_2 RENAME TO conversation;
ALTER TABLE utterance_2 RENAME TO utterance;
ALTER TABLE turn_2 RENAME TO turn;
CREATE INDEX turn_by_conversation ON turn(conversation, position);
CREATE INDEX turn_by_utterance ON turn(utterance) WHERE utterance IS NOT NULL;
CREATE INDEX utterance_waiting ON utterance(count DESC, id) WHERE labelled = 0;
CREATE INDEX utterance_often ON utterance(count DESC, id) WHERE count <> 1;
DROP INDEX guess_by_priority;
ALTER TABLE guess ADD COLUMN labelled INTEGER NOT NULL DEFAULT 0;
UPDATE guess SET labelled = utterance IN (SELECT utterance FROM label);
CREATE INDEX guess_waiting ON guess(priority DESC, utterance) WHERE labelled = 0;
CREATE TRIGGER label_comes AFTER INSERT ON label BEGIN
    UPDATE utterance SET labelled = 1 WHERE id = new.utterance;
    UPDATE guess SET labelled = 1 WHERE utterance = new.utterance;
END;
CREATE TRIGGER label_goes AFTER DELETE ON label BEGIN
    UPDATE utterance SET labelled = 0 WHERE id = old.utterance;
    UPDATE guess SET labelled = 0 WHERE utterance = old.utterance;
END;
-- An id may be used again when the last row goes: keys go with their rows, and `upto` steps back.
CREATE TRIGGER utterance_goes AFTER DELETE ON utterance BEGIN
    DELETE FROM utterance_key WHERE hash = old.hash AND utterance = old.id;
    DELETE FROM utterance_family WHERE family = old.family AND utterance = old.id;
    UPDATE keyed SET stamp = stamp + 1, rows = rows - (old.id <= upto), upto = min(upto, (SELECT coalesce(max(id), 0) FROM utterance))
        WHERE what = 'utterance';
END;
CREATE TRIGGER conversation_goes AFTER DELETE ON conversation BEGIN
    DELETE FROM conversation_key WHERE digest = old.digest AND conversation = old.id;
    UPDATE keyed SET stamp = stamp + 1, rows = rows - (old.id <= upto), upto = min(upto, (SELECT coalesce(max(id), 0) FROM conversation))
        WHERE what = 'conversation';
END;
-- What makes a project's pseudonyms its own: no setting, so that neither log nor export nor `daoshi sql` tells it.
CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- Who spoke before an event swapped the sides; undo swaps the two.
CREATE TABLE role_past (event INTEGER NOT NULL, turn INTEGER NOT NULL, role INTEGER NOT NULL, PRIMARY KEY (event, turn)) WITHOUT ROWID;
-- Clusters that continue one of an earlier grouping, by its id, with the customers it had there (0: new, NULL: nothing before).
ALTER TABLE cluster ADD COLUMN identity INTEGER;
ALTER TABLE cluster ADD COLUMN before INTEGER;
-- Utterances a trainer put into a cluster by hand, by the cluster's identity.
CREATE TABLE pin (utterance INTEGER PRIMARY KEY, cluster INTEGER NOT NULL);
-- How the files of one source are read, as TOML; a projection of the events like the tables of version 1.
CREATE TABLE profile (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;

-- Cleaning beyond one message. A piece of a sentence points to the turn that carries the whole as its utterance.
ALTER TABLE turn ADD COLUMN part_of INTEGER;
CREATE INDEX turn_by_part ON turn(part_of) WHERE part_of IS NOT NULL;
CREATE INDEX turn_by_aside ON turn(aside, id) WHERE aside IS NOT NULL;
ALTER TABLE turn_past ADD COLUMN part_of INTEGER;
-- Whether the turn's file gave it an intent; whether its source named no conversation, so that its neighbours are strangers.
ALTER TABLE turn ADD COLUMN labelled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turn ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
UPDATE turn SET alone = 1 WHERE conversation IN (SELECT c.id FROM conversation c JOIN batch b ON b.id = c.batch WHERE c.name = b.source);
UPDATE turn SET labelled = 1 WHERE utterance IN (SELECT utterance FROM label WHERE source = 'import');
-- What a family was before an event; undo swaps the two.
CREATE TABLE family_past (
    event INTEGER NOT NULL, utterance INTEGER NOT NULL, family INTEGER NOT NULL, PRIMARY KEY (event, utterance)
) WITHOUT ROWID;
-- What trainers said about single turns, canned texts, and words of the same sound ('' in `within` is everywhere,
-- '' in `meant` is right as it stands).
CREATE TABLE turn_mark (turn INTEGER PRIMARY KEY, joined INTEGER, returned INTEGER NOT NULL);
CREATE TABLE canned (text TEXT NOT NULL, ours INTEGER NOT NULL, PRIMARY KEY (text, ours)) WITHOUT ROWID;
CREATE TABLE correction (heard TEXT NOT NULL, within TEXT NOT NULL, meant TEXT NOT NULL, PRIMARY KEY (heard, within)) WITHOUT ROWID;
