-- Sentence vectors (a scale of four bytes, then a byte a number), made anew where missing. One encoder's at a time: those
-- of another are written over.
CREATE TABLE vector (utterance INTEGER PRIMARY KEY, encoder TEXT NOT NULL, numbers BLOB NOT NULL);
CREATE TRIGGER vector_goes AFTER DELETE ON utterance BEGIN
    DELETE FROM vector WHERE utterance = old.id;
END;
