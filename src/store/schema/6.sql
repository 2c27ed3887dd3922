-- Links: pairs of texts a trainer said belong together in a cluster (1), or never do (0); a projection of the events like
-- the tables of version 1. The lesser id stands first.
CREATE TABLE link (
    one INTEGER NOT NULL, other INTEGER NOT NULL, together INTEGER NOT NULL, PRIMARY KEY (one, other)
) WITHOUT ROWID;
