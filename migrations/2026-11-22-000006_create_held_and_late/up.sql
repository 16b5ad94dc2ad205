-- Changes that wait for others, decisions on quarantine, and verdicts that come after the push.

CREATE TABLE held (
    area_id     bigint NOT NULL,
    record_id   uuid NOT NULL,
    hash        bytea NOT NULL,
    kind        smallint NOT NULL,
    device_id   bigint NOT NULL,
    push_id     uuid NOT NULL,
    received_at bigint NOT NULL,
    missing     bytea NOT NULL,
    bytes       bytea NOT NULL,
    PRIMARY KEY (area_id, record_id, hash)
);
CREATE INDEX held_by_age ON held (received_at);
COMMENT ON TABLE held IS 'Changes that build on others that have not arrived: kept for 30 days.';
COMMENT ON COLUMN held.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN held.record_id IS 'The record.';
COMMENT ON COLUMN held.hash IS 'The name of the change.';
COMMENT ON COLUMN held.kind IS 'Kind that the phone gave.';
COMMENT ON COLUMN held.device_id IS 'Who pushed it.';
COMMENT ON COLUMN held.push_id IS 'In which push; its signature is in pushes.';
COMMENT ON COLUMN held.received_at IS 'When, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN held.missing IS 'Names of the changes it waits for, one after another.';
COMMENT ON COLUMN held.bytes IS 'The change.';

CREATE TABLE quarantine_decisions (
    area_id    bigint NOT NULL,
    record_id  uuid NOT NULL,
    hash       bytea NOT NULL,
    person_id  uuid NOT NULL REFERENCES people,
    decided_at bigint NOT NULL,
    adopted    boolean NOT NULL,
    reason     text NOT NULL,
    PRIMARY KEY (area_id, record_id, hash)
);
COMMENT ON TABLE quarantine_decisions IS 'What staff decided on refused changes; the quarantine itself is never changed.';
COMMENT ON COLUMN quarantine_decisions.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN quarantine_decisions.record_id IS 'The record.';
COMMENT ON COLUMN quarantine_decisions.hash IS 'The refused change.';
COMMENT ON COLUMN quarantine_decisions.person_id IS 'Who decided.';
COMMENT ON COLUMN quarantine_decisions.decided_at IS 'When, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN quarantine_decisions.adopted IS 'Whether it entered the log after all.';
COMMENT ON COLUMN quarantine_decisions.reason IS 'Why; the phone is told.';

CREATE TABLE late_verdicts (
    device_id bigint NOT NULL REFERENCES devices,
    number    bigint NOT NULL,
    area_id   bigint NOT NULL,
    record_id uuid NOT NULL,
    hash      bytea NOT NULL,
    outcome   bytea NOT NULL,
    at        bigint NOT NULL,
    PRIMARY KEY (device_id, number)
);
COMMENT ON TABLE late_verdicts IS 'What became of changes after their push was answered, until the device has noted it.';
COMMENT ON COLUMN late_verdicts.device_id IS 'The device that pushed.';
COMMENT ON COLUMN late_verdicts.number IS 'Counting on for each device.';
COMMENT ON COLUMN late_verdicts.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN late_verdicts.record_id IS 'The record.';
COMMENT ON COLUMN late_verdicts.hash IS 'The change.';
COMMENT ON COLUMN late_verdicts.outcome IS 'The outcome as it travels (CBOR).';
COMMENT ON COLUMN late_verdicts.at IS 'When, in milliseconds since 1970 UTC.';
