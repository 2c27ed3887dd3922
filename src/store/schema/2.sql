-- What a source says of a turn beside its words (JSON of `Facts`); NULL when it says nothing.
ALTER TABLE turn ADD COLUMN facts TEXT;
