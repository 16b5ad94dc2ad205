-- `facts`: what counts of a record for what is due, and where a home stands. It follows from the
-- document, as title, search, state, at and clashes do.
ALTER TABLE records ADD COLUMN facts BLOB;

-- By which rules these were worked out for every record; where there is no row, or an older one, they
-- are worked out anew.
CREATE TABLE derived (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
);
