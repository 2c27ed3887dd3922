-- What a record said that nobody here reads (JSON), to be given back to the program it came from. It goes with its turn.
CREATE TABLE extra (turn INTEGER PRIMARY KEY, form TEXT NOT NULL, fields TEXT NOT NULL);
CREATE TRIGGER turn_goes AFTER DELETE ON turn BEGIN
    DELETE FROM extra WHERE turn = old.id;
END;
