-- Damaged stores that were set aside: the file's name, and what came over from it. `unread`: rows
-- that could not be read, at most; `known`: whether the phone's own identity could.
CREATE TABLE set_aside (
    file    TEXT    PRIMARY KEY,
    changes INTEGER NOT NULL,
    photos  INTEGER NOT NULL,
    records INTEGER NOT NULL,
    unread  INTEGER NOT NULL,
    known   INTEGER NOT NULL,
    at      INTEGER NOT NULL
) WITHOUT ROWID;

-- When the whole store was last checked, indexes and all.
CREATE TABLE checked (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at  INTEGER NOT NULL
);
