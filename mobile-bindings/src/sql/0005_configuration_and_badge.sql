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
