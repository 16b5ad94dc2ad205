-- The one phone that this store belongs to. `device` is absent until the server has answered the
-- enrolment: the seed is kept before it is asked, so that a lost answer can be asked for again.
CREATE TABLE device (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    server       TEXT    NOT NULL,
    seed         BLOB    NOT NULL,
    device       INTEGER,
    person       BLOB,
    person_name  TEXT,
    district_zh  TEXT,
    district_en  TEXT,
    incarnation  INTEGER NOT NULL DEFAULT 1,
    server_epoch BLOB,
    synced_at    INTEGER
);

-- The person's areas, how far each has been fetched, and the key its residency ids are derived under.
CREATE TABLE areas (
    area     INTEGER PRIMARY KEY,
    name_zh  TEXT    NOT NULL,
    name_en  TEXT    NOT NULL,
    roles    TEXT    NOT NULL,
    key      BLOB    NOT NULL,
    revoked  INTEGER NOT NULL DEFAULT 0,
    epoch    INTEGER NOT NULL DEFAULT 0,
    cursor   INTEGER NOT NULL DEFAULT 0,
    chain    BLOB,
    complete INTEGER NOT NULL DEFAULT 0
);

-- What lists and searches need of a record; the record itself lies in `bodies`, so that reading a
-- list does not read every document.
CREATE TABLE records (
    id       INTEGER PRIMARY KEY,
    record   BLOB    NOT NULL UNIQUE,
    area     INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    seq      INTEGER NOT NULL DEFAULT 0,
    premises BLOB,
    title    TEXT    NOT NULL,
    search   TEXT    NOT NULL,
    state    TEXT,
    at       INTEGER,
    clashes  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX records_by_premises ON records (premises) WHERE premises IS NOT NULL;

CREATE TABLE bodies (
    id        INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    registers BLOB NOT NULL,
    document  BLOB NOT NULL
);

-- Who writes with which device.
CREATE TABLE writers (
    device INTEGER PRIMARY KEY,
    name   TEXT NOT NULL
);

-- The outbox and this phone's own log, in the order of writing. `push_id` is set before a change is
-- sent, so that a repeated push is the same push.
CREATE TABLE changes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     BLOB    NOT NULL UNIQUE,
    area     INTEGER NOT NULL,
    record   BLOB    NOT NULL,
    kind     INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    made_at  INTEGER NOT NULL,
    state    TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN
             ('pending', 'held', 'accepted', 'merged', 'rejected', 'replaced')),
    push_id  BLOB,
    seq      INTEGER,
    code     TEXT,
    field    TEXT,
    words_zh TEXT,
    words_en TEXT
);
CREATE INDEX changes_open ON changes (state, id) WHERE state <> 'merged';
CREATE INDEX changes_by_record ON changes (record, id);

-- What the worker meant by a change; values as JSON. A refused change is written again from these.
CREATE TABLE intents (
    change INTEGER NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    key    TEXT    NOT NULL,
    old    TEXT,
    new    TEXT    NOT NULL,
    PRIMARY KEY (change, key)
) WITHOUT ROWID;

-- Photos and, until the server has them, their bytes in the parts in which they travel.
CREATE TABLE photos (
    area     INTEGER NOT NULL,
    photo    BLOB    NOT NULL,
    record   BLOB    NOT NULL,
    size     INTEGER NOT NULL,
    state    TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'stored', 'released')),
    code     TEXT,
    words_zh TEXT,
    words_en TEXT,
    PRIMARY KEY (area, photo)
) WITHOUT ROWID;

CREATE TABLE photo_parts (
    area  INTEGER NOT NULL,
    photo BLOB    NOT NULL,
    part  INTEGER NOT NULL,
    bytes BLOB    NOT NULL,
    PRIMARY KEY (area, photo, part)
);

-- What came from the server and could not be read. One bad record holds nothing up.
CREATE TABLE strays (
    area   INTEGER NOT NULL,
    record BLOB    NOT NULL,
    kind   INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    bytes  BLOB    NOT NULL,
    PRIMARY KEY (area, record, seq)
);
