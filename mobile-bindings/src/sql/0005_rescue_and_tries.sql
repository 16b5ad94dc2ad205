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
