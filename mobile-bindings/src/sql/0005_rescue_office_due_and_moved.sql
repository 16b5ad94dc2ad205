-- The district's public key (X25519) that rescue bundles are sealed to; none until the server has told
-- it.
ALTER TABLE device ADD COLUMN rescue_key BLOB;

-- What was tried and did not come through: a push by its id (16 bytes) or a photo by its SHA-256 (32).
-- `next_at`: not before then by itself; `code`: why not, of the catalogue. It goes once it is through.
CREATE TABLE tries (
    what     BLOB    PRIMARY KEY,
    attempts INTEGER NOT NULL,
    next_at  INTEGER NOT NULL,
    code     TEXT    NOT NULL
) WITHOUT ROWID;

-- The district's configuration as the server sent it.
CREATE TABLE configuration (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    json    TEXT    NOT NULL
);

-- What the badge of this phone's person says besides name and areas.
CREATE TABLE badge (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    version     INTEGER NOT NULL,
    card_number TEXT,
    portrait    BLOB
);

-- By how many milliseconds the server's clock was ahead of this phone's at the last sync.
ALTER TABLE device ADD COLUMN clock_ahead INTEGER NOT NULL DEFAULT 0;

-- `facts`: what counts of a record for what is due, and where a home stands. It follows from the
-- document, as title, search, state, at and clashes do.
ALTER TABLE records ADD COLUMN facts BLOB;

-- By which rules these were worked out for every record; where there is no row, or an older one, they
-- are worked out anew.
CREATE TABLE derived (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
);

-- When everything was last through: nothing on this phone alone, every area fetched whole.
ALTER TABLE device ADD COLUMN completed_at INTEGER;

-- Records that went from one of the person's areas to another of theirs: they are told.
CREATE TABLE moved (
    record    BLOB    PRIMARY KEY,
    from_area INTEGER NOT NULL,
    to_area   INTEGER NOT NULL,
    at        INTEGER NOT NULL
) WITHOUT ROWID;
