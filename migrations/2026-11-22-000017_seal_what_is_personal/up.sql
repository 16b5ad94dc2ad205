-- What people are and what they said lies in the database encrypted (server/src/vault.rs): changes,
-- registers, documents and what waits or was refused as before in bytea columns, under a key for each
-- record. The typed tables keep what maps, lists of what is due and counts need, and lose the rest:
-- names, numbers, phones and free text are found by tokens.

CREATE TABLE data_keys (
    number     smallint PRIMARY KEY,
    purpose    text NOT NULL,
    master     text NOT NULL,
    wrapped    bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE data_keys IS 'The district''s data keys, each wrapped by the master key, which is not in the database.';
COMMENT ON COLUMN data_keys.number IS 'The key''s number, which stands in every value that lies under it.';
COMMENT ON COLUMN data_keys.purpose IS 'data: wraps record keys and seals what belongs to the district; index: makes the tokens of blind_index; trail: seals reasons in the audit trail, and is never destroyed.';
COMMENT ON COLUMN data_keys.master IS 'What the master key is called that wraps it; tells nothing of that key.';
COMMENT ON COLUMN data_keys.wrapped IS 'The key, sealed by the master key.';
COMMENT ON COLUMN data_keys.created_at IS 'When it was made.';

CREATE TABLE record_keys (
    area_id   bigint NOT NULL,
    record_id uuid NOT NULL,
    data_key  smallint NOT NULL REFERENCES data_keys,
    wrapped   bytea NOT NULL,
    PRIMARY KEY (area_id, record_id)
);
COMMENT ON TABLE record_keys IS 'The key of each record in each area that has anything of it. Without it the record''s values can never be read again.';
COMMENT ON COLUMN record_keys.area_id IS 'The area.';
COMMENT ON COLUMN record_keys.record_id IS 'The record.';
COMMENT ON COLUMN record_keys.data_key IS 'The data key that wraps it.';
COMMENT ON COLUMN record_keys.wrapped IS 'The key, sealed by the data key.';

CREATE TABLE blind_index (
    area_id   bigint NOT NULL,
    record_id uuid NOT NULL,
    kind      smallint NOT NULL,
    tokens    bigint[] NOT NULL,
    PRIMARY KEY (area_id, record_id)
);
CREATE INDEX blind_index_tokens ON blind_index USING gin (tokens);
COMMENT ON TABLE blind_index IS 'By which names, document numbers and phones a record is found; follows from its registers.';
COMMENT ON COLUMN blind_index.area_id IS 'The area.';
COMMENT ON COLUMN blind_index.record_id IS 'The record.';
COMMENT ON COLUMN blind_index.kind IS 'Number of the record''s kind.';
COMMENT ON COLUMN blind_index.tokens IS 'Keyed hashes of parts of names, of whole numbers and of whole phones (server/src/vault/blind.rs).';

ALTER TABLE quarantine_decisions ALTER COLUMN reason TYPE bytea USING convert_to(reason, 'UTF8');
COMMENT ON COLUMN quarantine_decisions.reason IS 'Why, sealed under the record''s key.';

COMMENT ON COLUMN changes.bytes IS 'The change, sealed under the record''s key; an entry of a move is not sealed, it holds ids alone.';
COMMENT ON COLUMN records.registers IS 'The registers, sealed under the record''s key.';
COMMENT ON COLUMN documents.document IS 'The document, sealed under the record''s key.';
COMMENT ON COLUMN held.bytes IS 'The change, sealed under the record''s key.';
COMMENT ON COLUMN quarantine.bytes IS 'The change, sealed under the record''s key.';
COMMENT ON COLUMN late_verdicts.outcome IS 'The verdict as CBOR, sealed under the record''s key.';
COMMENT ON COLUMN areas.area_key IS 'The key under which ids of residencies are derived, sealed by a data key.';
COMMENT ON COLUMN district.signing_key IS 'Seed of the Ed25519 key that signs device tokens, sealed by a data key.';
COMMENT ON COLUMN district.rescue_key IS 'Private X25519 key that opens rescue bundles, sealed by a data key.';

ALTER TABLE premises
    DROP COLUMN owner_name, DROP COLUMN owner_phone, DROP COLUMN owner_document,
    DROP COLUMN agent_name, DROP COLUMN agent_phone, DROP COLUMN agent_document,
    DROP COLUMN tier_reason, DROP COLUMN notes, DROP COLUMN voided,
    DROP COLUMN decided, DROP COLUMN custom;
ALTER TYPE premises_row
    DROP ATTRIBUTE owner_name, DROP ATTRIBUTE owner_phone, DROP ATTRIBUTE owner_document,
    DROP ATTRIBUTE agent_name, DROP ATTRIBUTE agent_phone, DROP ATTRIBUTE agent_document,
    DROP ATTRIBUTE tier_reason, DROP ATTRIBUTE notes, DROP ATTRIBUTE voided,
    DROP ATTRIBUTE decided, DROP ATTRIBUTE custom;

ALTER TABLE residencies
    DROP COLUMN name, DROP COLUMN document_number, DROP COLUMN phone,
    DROP COLUMN registered_address, DROP COLUMN householder_relation, DROP COLUMN occupation,
    DROP COLUMN employer, DROP COLUMN permit_exempt_reason, DROP COLUMN permit_number,
    DROP COLUMN voided, DROP COLUMN decided, DROP COLUMN custom;
ALTER TYPE residency_row
    DROP ATTRIBUTE name, DROP ATTRIBUTE document_number, DROP ATTRIBUTE phone,
    DROP ATTRIBUTE registered_address, DROP ATTRIBUTE householder_relation, DROP ATTRIBUTE occupation,
    DROP ATTRIBUTE employer, DROP ATTRIBUTE permit_exempt_reason, DROP ATTRIBUTE permit_number,
    DROP ATTRIBUTE voided, DROP ATTRIBUTE decided, DROP ATTRIBUTE custom;

ALTER TABLE visits
    DROP COLUMN remarks, DROP COLUMN review_comment, DROP COLUMN voided,
    DROP COLUMN decided, DROP COLUMN custom;
ALTER TYPE visit_row
    DROP ATTRIBUTE remarks, DROP ATTRIBUTE review_comment, DROP ATTRIBUTE voided,
    DROP ATTRIBUTE decided, DROP ATTRIBUTE custom;

ALTER TABLE inspections
    DROP COLUMN present, DROP COLUMN rectification, DROP COLUMN remarks,
    DROP COLUMN review_comment, DROP COLUMN voided, DROP COLUMN decided, DROP COLUMN custom;
ALTER TYPE inspection_row
    DROP ATTRIBUTE present, DROP ATTRIBUTE rectification, DROP ATTRIBUTE remarks,
    DROP ATTRIBUTE review_comment, DROP ATTRIBUTE voided, DROP ATTRIBUTE decided, DROP ATTRIBUTE custom;

-- A change is not text any more: there is nothing in it to compress.
ALTER TABLE changes ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE documents ALTER COLUMN document SET STORAGE EXTERNAL;
