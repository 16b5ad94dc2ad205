-- What became of a change after its push was answered: the number of the last verdict noted.
ALTER TABLE device ADD COLUMN late_seen INTEGER NOT NULL DEFAULT 0;

-- `kept`: a held change lies on the server too and is not pushed again by itself. `apart`: the
-- record on this phone was rebuilt without it. `copy_of`: what this one meant was first written by
-- that one. `reason` and `settled_at`: staff decided against it.
ALTER TABLE changes ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN apart INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN copy_of INTEGER;
ALTER TABLE changes ADD COLUMN reason TEXT;
ALTER TABLE changes ADD COLUMN settled_at INTEGER;
UPDATE changes SET apart = 1 WHERE state IN ('rejected', 'replaced');
CREATE INDEX changes_apart ON changes (record) WHERE apart;
CREATE INDEX changes_copies ON changes (copy_of) WHERE copy_of IS NOT NULL;

-- `leaving`: the record is in an area now that is not the person's; it goes once nothing of it is
-- unsent.
ALTER TABLE records ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0;
CREATE INDEX records_leaving ON records (id) WHERE leaving;

-- What has gone from this phone, without a word of what it said: an area that is no longer the
-- person's, or records that were moved out of one.
CREATE TABLE departures (
    area    INTEGER NOT NULL,
    why     TEXT    NOT NULL CHECK (why IN ('area', 'records')),
    name_zh TEXT    NOT NULL,
    name_en TEXT    NOT NULL,
    records INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    photos  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (area, why)
) WITHOUT ROWID;
