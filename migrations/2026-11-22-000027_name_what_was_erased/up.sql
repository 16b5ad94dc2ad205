-- Why a record was erased, and the names of changes that were refused because they are of it: whatever
-- builds upon them is of it too.
ALTER TABLE erased ADD COLUMN cause smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN erased.cause IS 'Why: 0 somebody asked for it, 1 it had been kept long enough.';

CREATE TABLE erased_changes (
    area_id   bigint NOT NULL,
    record_id uuid NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (area_id, record_id, hash)
);
COMMENT ON TABLE erased_changes IS 'Changes of erased records that were refused since: their names alone.';
COMMENT ON COLUMN erased_changes.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN erased_changes.record_id IS 'The record.';
COMMENT ON COLUMN erased_changes.hash IS 'The change''s name.';
