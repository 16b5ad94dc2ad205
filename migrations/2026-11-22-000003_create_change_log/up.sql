-- The change log, the truth; and what is kept beside it.

CREATE TABLE records (
    area_id      bigint NOT NULL,
    record_id    uuid NOT NULL,
    kind         smallint NOT NULL,
    last_seq     bigint NOT NULL,
    registers    bytea NOT NULL,
    document     bytea,
    document_seq bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (area_id, record_id)
);
ALTER TABLE records SET (fillfactor = 50);
CREATE UNIQUE INDEX records_by_last_seq ON records (area_id, last_seq);
COMMENT ON TABLE records IS 'Every record: its registers, and its whole document as of some change.';
COMMENT ON COLUMN records.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN records.record_id IS 'The record.';
COMMENT ON COLUMN records.kind IS '1 premises, 2 residency, 3 visit, 4 inspection.';
COMMENT ON COLUMN records.last_seq IS 'Its last change in the area log.';
COMMENT ON COLUMN records.registers IS 'Live operations by key, heads and actors (CBOR), with every change up to last_seq.';
COMMENT ON COLUMN records.document IS 'The Automerge document, with every change up to document_seq; rebuilt behind the push.';
COMMENT ON COLUMN records.document_seq IS 'The last change in the document.';

CREATE TABLE changes (
    area_id     bigint NOT NULL,
    seq         bigint NOT NULL,
    record_id   uuid NOT NULL,
    kind        smallint NOT NULL,
    hash        bytea NOT NULL,
    max_op      bigint NOT NULL,
    device_id   bigint NOT NULL,
    push_id     uuid NOT NULL,
    received_at bigint NOT NULL,
    chain       bytea NOT NULL,
    bytes       bytea NOT NULL,
    PRIMARY KEY (area_id, seq)
);
CREATE UNIQUE INDEX changes_by_record ON changes (area_id, record_id, hash);
COMMENT ON TABLE changes IS 'The log: every accepted change, in the order of its area.';
COMMENT ON COLUMN changes.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN changes.seq IS 'Gapless, from 1, in the order of commit.';
COMMENT ON COLUMN changes.record_id IS 'The record.';
COMMENT ON COLUMN changes.kind IS 'Kind of the record.';
COMMENT ON COLUMN changes.hash IS 'The name of the change.';
COMMENT ON COLUMN changes.max_op IS 'Its last operation.';
COMMENT ON COLUMN changes.device_id IS 'Who pushed it.';
COMMENT ON COLUMN changes.push_id IS 'In which push.';
COMMENT ON COLUMN changes.received_at IS 'When, in milliseconds since 1970 UTC; the chain covers it.';
COMMENT ON COLUMN changes.chain IS 'The chain value at this entry.';
COMMENT ON COLUMN changes.bytes IS 'The change.';

CREATE TABLE pushes (
    area_id     bigint NOT NULL,
    device_id   bigint NOT NULL,
    push_id     uuid NOT NULL,
    hashes      bytea NOT NULL,
    signature   bytea NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (area_id, device_id, push_id)
);
COMMENT ON TABLE pushes IS 'Every push that brought changes, with its signature.';
COMMENT ON COLUMN pushes.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN pushes.device_id IS 'The device.';
COMMENT ON COLUMN pushes.push_id IS 'The push.';
COMMENT ON COLUMN pushes.hashes IS 'Hashes of all its changes, one after another, in the signed order.';
COMMENT ON COLUMN pushes.signature IS 'Ed25519 of the device.';
COMMENT ON COLUMN pushes.received_at IS 'When, in milliseconds since 1970 UTC.';

CREATE TABLE quarantine (
    area_id     bigint NOT NULL,
    record_id   uuid NOT NULL,
    hash        bytea NOT NULL,
    kind        smallint NOT NULL,
    device_id   bigint NOT NULL,
    push_id     uuid NOT NULL,
    received_at bigint NOT NULL,
    code        text NOT NULL,
    field       text,
    bytes       bytea NOT NULL,
    PRIMARY KEY (area_id, record_id, hash)
);
COMMENT ON TABLE quarantine IS 'Changes that were refused: kept whole, never applied.';
COMMENT ON COLUMN quarantine.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN quarantine.record_id IS 'The record.';
COMMENT ON COLUMN quarantine.hash IS 'SHA-256 of the change.';
COMMENT ON COLUMN quarantine.kind IS 'Kind that the phone gave.';
COMMENT ON COLUMN quarantine.device_id IS 'Who pushed it.';
COMMENT ON COLUMN quarantine.push_id IS 'In which push.';
COMMENT ON COLUMN quarantine.received_at IS 'When, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN quarantine.code IS 'Why, by the catalogue of codes.';
COMMENT ON COLUMN quarantine.field IS 'The field at fault.';
COMMENT ON COLUMN quarantine.bytes IS 'The bytes as they came.';

CREATE TABLE clashes (
    area_id     bigint NOT NULL,
    record_id   uuid NOT NULL,
    field       text NOT NULL,
    opened_seq  bigint NOT NULL,
    opened_at   bigint NOT NULL,
    settled_seq bigint,
    settled_at  bigint,
    PRIMARY KEY (area_id, record_id, field, opened_seq)
);
CREATE UNIQUE INDEX clashes_open ON clashes (area_id, record_id, field) WHERE settled_seq IS NULL;
COMMENT ON TABLE clashes IS 'Values of review fields that were written without knowing of each other. The values are in the registers.';
COMMENT ON COLUMN clashes.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN clashes.record_id IS 'The record.';
COMMENT ON COLUMN clashes.field IS 'Key of the field.';
COMMENT ON COLUMN clashes.opened_seq IS 'The change that opened it.';
COMMENT ON COLUMN clashes.opened_at IS 'When, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN clashes.settled_seq IS 'The change that settled it.';
COMMENT ON COLUMN clashes.settled_at IS 'When, in milliseconds since 1970 UTC.';
