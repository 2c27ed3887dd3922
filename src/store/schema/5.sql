-- What each trainer said of a text that several were asked, or that two decided at once; a projection of the events
-- like the tables of version 1.
CREATE TABLE opinion (
    utterance INTEGER NOT NULL, actor TEXT NOT NULL, verdict TEXT NOT NULL, intent INTEGER, at INTEGER NOT NULL,
    PRIMARY KEY (utterance, actor)
) WITHOUT ROWID;
CREATE INDEX opinion_by_intent ON opinion(intent) WHERE intent IS NOT NULL;
-- What was decided where opinions differ.
CREATE TABLE settlement (
    utterance INTEGER PRIMARY KEY, verdict TEXT NOT NULL, intent INTEGER, actor TEXT NOT NULL, at INTEGER NOT NULL
);
-- Which family lies before which trainer; no decision, and it runs out by itself. `until` counts milliseconds since the
-- holder's machine (`boot`) started, `until_wall` those since 1970 UTC, for other machines.
CREATE TABLE lease (
    family INTEGER PRIMARY KEY, holder TEXT NOT NULL, actor TEXT NOT NULL, boot TEXT NOT NULL, until INTEGER NOT NULL,
    until_wall INTEGER NOT NULL
);
-- Queries by name.
CREATE TABLE slice (name TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
