-- The district, its areas and their logs.

CREATE TABLE district (
    district_id  smallint PRIMARY KEY CHECK (district_id = 1),
    name_zh      text NOT NULL,
    name_en      text NOT NULL,
    server_epoch uuid NOT NULL,
    signing_key  bytea NOT NULL,
    created_at   timestamptz NOT NULL
);
COMMENT ON TABLE district IS 'The one district that this database serves.';
COMMENT ON COLUMN district.district_id IS 'Always 1.';
COMMENT ON COLUMN district.name_zh IS 'Name, zh-CN.';
COMMENT ON COLUMN district.name_en IS 'Name, English.';
COMMENT ON COLUMN district.server_epoch IS 'This life of the database; another after a restore from a backup.';
COMMENT ON COLUMN district.signing_key IS 'Seed of the Ed25519 key that signs device tokens.';
COMMENT ON COLUMN district.created_at IS 'When it was set up.';

CREATE TABLE areas (
    area_id    bigint PRIMARY KEY,
    parent     bigint,
    level      text NOT NULL,
    name_zh    text NOT NULL,
    name_en    text NOT NULL,
    area_key   bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE areas IS 'Communities and grid cells, and the levels above them.';
COMMENT ON COLUMN areas.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN areas.parent IS 'The area above; NULL for the topmost.';
COMMENT ON COLUMN areas.level IS 'city, district, street, community or cell.';
COMMENT ON COLUMN areas.name_zh IS 'Name, zh-CN.';
COMMENT ON COLUMN areas.name_en IS 'Name, English.';
COMMENT ON COLUMN areas.area_key IS 'Secret under which residency ids are derived.';
COMMENT ON COLUMN areas.created_at IS 'When it was set up.';

CREATE TABLE area_log (
    area_id    bigint PRIMARY KEY,
    area_epoch integer NOT NULL DEFAULT 1,
    head       bigint NOT NULL DEFAULT 0,
    chain      bytea NOT NULL
);
COMMENT ON TABLE area_log IS 'The gapless counter and hash chain of each area; its row is the lock of a push.';
COMMENT ON COLUMN area_log.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN area_log.area_epoch IS 'The life of the log; another when it is begun anew.';
COMMENT ON COLUMN area_log.head IS 'The newest sequence number.';
COMMENT ON COLUMN area_log.chain IS 'The chain value at the head.';
