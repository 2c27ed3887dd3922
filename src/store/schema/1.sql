-- Truth: what was imported.
CREATE TABLE batch (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, digest INTEGER NOT NULL, format TEXT NOT NULL, encoding TEXT NOT NULL,
    at INTEGER NOT NULL, actor TEXT NOT NULL, read INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0,
    aside INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX batch_by_digest ON batch(digest);
CREATE TABLE aside_row (
    batch INTEGER NOT NULL REFERENCES batch(id) ON DELETE CASCADE, line INTEGER NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL
);
CREATE INDEX aside_row_by_batch ON aside_row(batch);
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch(id) ON DELETE CASCADE, digest INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL, channel TEXT NOT NULL
);
CREATE INDEX conversation_by_batch ON conversation(batch);
CREATE TABLE turn (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch(id) ON DELETE CASCADE,
    conversation INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE, digest INTEGER NOT NULL UNIQUE,
    position INTEGER NOT NULL, role INTEGER NOT NULL, speaker TEXT, at INTEGER, raw TEXT NOT NULL,
    -- What cleaning made of it; offsets empty when clean and raw are the same byte for byte.
    clean TEXT, offsets BLOB, hits TEXT, aside TEXT, utterance INTEGER REFERENCES utterance(id)
);
CREATE INDEX turn_by_conversation ON turn(conversation, position);
CREATE INDEX turn_by_utterance ON turn(utterance);
CREATE INDEX turn_by_batch ON turn(batch);
-- What a turn was before an event cleaned it anew; undo swaps the two.
CREATE TABLE turn_past (
    event INTEGER NOT NULL, turn INTEGER NOT NULL, clean TEXT, offsets BLOB, hits TEXT, aside TEXT, utterance INTEGER,
    PRIMARY KEY (event, turn)
) WITHOUT ROWID;

-- Distinct cleaned customer texts; `hash` finds one by its text, `family` joins those the same but for trifles.
CREATE TABLE utterance (
    id INTEGER PRIMARY KEY, hash INTEGER NOT NULL UNIQUE, text TEXT NOT NULL, family INTEGER NOT NULL,
    count INTEGER NOT NULL, language TEXT NOT NULL
);
CREATE INDEX utterance_by_family ON utterance(family);
CREATE INDEX utterance_by_count ON utterance(count DESC, id);

-- Truth: who changed what. A row here is never edited but for `stands`.
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, op TEXT NOT NULL UNIQUE, actor TEXT NOT NULL, at INTEGER NOT NULL, act TEXT NOT NULL,
    subject TEXT NOT NULL, touched INTEGER NOT NULL, of INTEGER REFERENCES event(id), stands INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX event_by_actor ON event(actor, id);
CREATE TABLE change (
    event INTEGER NOT NULL REFERENCES event(id), position INTEGER NOT NULL, place TEXT NOT NULL, before TEXT, after TEXT,
    PRIMARY KEY (event, position)
) WITHOUT ROWID;

-- Projections of the events: what trainers decided, as it stands now.
-- AUTOINCREMENT here: an id is never used again, not even after an undo, since events still name it.
CREATE TABLE intent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, question TEXT NOT NULL, guideline TEXT NOT NULL, category TEXT NOT NULL,
    answers TEXT NOT NULL
);
CREATE TABLE label (
    utterance INTEGER PRIMARY KEY REFERENCES utterance(id), verdict TEXT NOT NULL, intent INTEGER REFERENCES intent(id),
    source TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL
);
CREATE INDEX label_by_intent ON label(intent, verdict);
CREATE TABLE span (
    id INTEGER PRIMARY KEY AUTOINCREMENT, utterance INTEGER NOT NULL REFERENCES utterance(id), start INTEGER NOT NULL, finish INTEGER NOT NULL,
    entity TEXT NOT NULL, value TEXT NOT NULL
);
CREATE INDEX span_by_utterance ON span(utterance);
CREATE TABLE word (text TEXT PRIMARY KEY, tag TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE rule (name TEXT PRIMARY KEY, enabled INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE rehearsal (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, script TEXT NOT NULL);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE batch_mark (batch INTEGER PRIMARY KEY, withdrawn INTEGER NOT NULL);
CREATE TABLE cluster_mark (cluster INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE run_mark (run INTEGER PRIMARY KEY, withdrawn INTEGER NOT NULL);
CREATE TABLE policy_mark (policy INTEGER PRIMARY KEY, published TEXT NOT NULL);

-- Made by crafts; rows are never edited, the settings and marks above say which count.
CREATE TABLE grouping (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, method TEXT NOT NULL, seed INTEGER NOT NULL,
    utterances INTEGER NOT NULL, unassigned BLOB NOT NULL
);
CREATE TABLE cluster (
    id INTEGER PRIMARY KEY, grouping INTEGER NOT NULL REFERENCES grouping(id), words TEXT NOT NULL, cohesion REAL NOT NULL,
    novelty REAL NOT NULL, customers INTEGER NOT NULL, size INTEGER NOT NULL, members BLOB NOT NULL
);
CREATE INDEX cluster_by_grouping ON cluster(grouping);
CREATE TABLE model (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, hash INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE run (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, algorithm TEXT NOT NULL, settings TEXT NOT NULL,
    seed INTEGER NOT NULL, snapshot INTEGER NOT NULL, examples INTEGER NOT NULL, intents INTEGER NOT NULL,
    accuracy REAL NOT NULL, macro_f1 REAL NOT NULL, report TEXT NOT NULL, model INTEGER NOT NULL REFERENCES model(id)
);
-- The example set a run was trained on, so that it can be trained again: pairs of utterance and intent (-1 is out of scope).
CREATE TABLE snapshot (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL UNIQUE, rows BLOB NOT NULL);
CREATE TABLE guess (utterance INTEGER PRIMARY KEY, priority REAL NOT NULL, doubt REAL NOT NULL, guesses BLOB NOT NULL);
CREATE INDEX guess_by_priority ON guess(priority DESC, utterance);
CREATE TABLE policy (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, yaml TEXT NOT NULL);
CREATE TABLE dialogue (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, policy INTEGER, model INTEGER,
    branch_of INTEGER REFERENCES dialogue(id), branch_at INTEGER
);
CREATE TABLE dialogue_turn (
    dialogue INTEGER NOT NULL REFERENCES dialogue(id) ON DELETE CASCADE, position INTEGER NOT NULL, said TEXT, record TEXT NOT NULL,
    PRIMARY KEY (dialogue, position)
) WITHOUT ROWID;
