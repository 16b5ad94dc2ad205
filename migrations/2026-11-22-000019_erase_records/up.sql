-- Records that were erased. Their keys are destroyed and their rows are gone; of their changes the log
-- keeps names and chain values, so that it can be verified still.

CREATE TABLE erased (
    area_id   bigint NOT NULL,
    record_id uuid NOT NULL,
    seq       bigint NOT NULL,
    at        bigint NOT NULL,
    PRIMARY KEY (area_id, record_id, seq)
);
CREATE UNIQUE INDEX erased_by_seq ON erased (area_id, seq);
COMMENT ON TABLE erased IS 'Records that were erased, by the entry that says so in the area''s log. It follows from the log.';
COMMENT ON COLUMN erased.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN erased.record_id IS 'The record.';
COMMENT ON COLUMN erased.seq IS 'The place of the entry in the area''s log.';
COMMENT ON COLUMN erased.at IS 'When, in milliseconds since 1970 UTC.';

CREATE TABLE erased_photos (
    area_id bigint NOT NULL,
    photo   bytea NOT NULL,
    PRIMARY KEY (area_id, photo)
);
COMMENT ON TABLE erased_photos IS 'Photos of erased records whose bytes are still to be deleted from the object store.';
COMMENT ON COLUMN erased_photos.area_id IS 'The area under which they lie.';
COMMENT ON COLUMN erased_photos.photo IS 'SHA-256 of the original.';
