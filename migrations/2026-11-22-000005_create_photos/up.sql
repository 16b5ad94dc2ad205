-- Photos: their parts and whether they are whole. The bytes are in the object store.

CREATE TABLE photos (
    area_id         bigint NOT NULL,
    photo           bytea NOT NULL,
    size            bigint NOT NULL,
    device_id       bigint NOT NULL,
    begun_at        timestamptz NOT NULL,
    stored_at       timestamptz,
    has_derivatives boolean NOT NULL DEFAULT false,
    PRIMARY KEY (area_id, photo)
);
COMMENT ON TABLE photos IS 'Photos that phones have sent or are sending.';
COMMENT ON COLUMN photos.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN photos.photo IS 'SHA-256 of the whole.';
COMMENT ON COLUMN photos.size IS 'Bytes of the whole.';
COMMENT ON COLUMN photos.device_id IS 'The device that sends it.';
COMMENT ON COLUMN photos.begun_at IS 'When its first part came.';
COMMENT ON COLUMN photos.stored_at IS 'When it was whole, checked and stored.';
COMMENT ON COLUMN photos.has_derivatives IS 'Whether a thumbnail and a web size could be made.';

CREATE TABLE photo_parts (
    area_id bigint NOT NULL,
    photo   bytea NOT NULL,
    part    integer NOT NULL,
    PRIMARY KEY (area_id, photo, part)
);
COMMENT ON TABLE photo_parts IS 'Parts of photos that are not whole yet.';
COMMENT ON COLUMN photo_parts.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN photo_parts.photo IS 'The photo.';
COMMENT ON COLUMN photo_parts.part IS 'Which part, from 0; 512 KiB each but the last.';
