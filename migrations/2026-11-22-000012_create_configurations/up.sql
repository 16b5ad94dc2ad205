-- The district's configuration. Versions are added, never changed: the table says by itself who set
-- what and when.

CREATE TABLE configurations (
    version       bigint PRIMARY KEY,
    configuration text NOT NULL,
    set_by        text NOT NULL,
    set_at        timestamptz NOT NULL
);
COMMENT ON TABLE configurations IS 'Every version of the district''s configuration; the highest is the one in force.';
COMMENT ON COLUMN configurations.version IS 'From 1, without a gap.';
COMMENT ON COLUMN configurations.configuration IS 'The whole of it as JSON.';
COMMENT ON COLUMN configurations.set_by IS 'Who set it.';
COMMENT ON COLUMN configurations.set_at IS 'When it was set.';
