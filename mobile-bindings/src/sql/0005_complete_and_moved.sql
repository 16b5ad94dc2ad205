-- When everything was last through: nothing on this phone alone, every area fetched whole.
ALTER TABLE device ADD COLUMN completed_at INTEGER;

-- Records that went from one of the person's areas to another of theirs: they are told.
CREATE TABLE moved (
    record    BLOB    PRIMARY KEY,
    from_area INTEGER NOT NULL,
    to_area   INTEGER NOT NULL,
    at        INTEGER NOT NULL
) WITHOUT ROWID;
