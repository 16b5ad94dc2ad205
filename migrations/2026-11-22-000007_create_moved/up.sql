-- Records that left an area for another. What happened stands in the log; this is kept beside it.

CREATE TABLE moved (
    area_id   bigint NOT NULL,
    record_id uuid NOT NULL,
    seq       bigint NOT NULL,
    to_area   bigint NOT NULL,
    at        bigint NOT NULL,
    arrived   boolean NOT NULL,
    PRIMARY KEY (area_id, record_id)
);
CREATE UNIQUE INDEX moved_by_seq ON moved (area_id, seq);
CREATE INDEX moved_under_way ON moved (at) WHERE NOT arrived;
COMMENT ON TABLE moved IS 'Records that left an area and have not come back.';
COMMENT ON COLUMN moved.area_id IS 'The area that it left: its division code as a number.';
COMMENT ON COLUMN moved.record_id IS 'The record.';
COMMENT ON COLUMN moved.seq IS 'The departure in that area''s log.';
COMMENT ON COLUMN moved.to_area IS 'The area that it went to.';
COMMENT ON COLUMN moved.at IS 'When, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN moved.arrived IS 'Whether it is in the other area''s log, with all that waited or was refused of it.';

-- Entries of moves are nobody's: device 0. There are few of them among the changes.
CREATE INDEX changes_moves ON changes (area_id, seq) WHERE device_id = 0;
