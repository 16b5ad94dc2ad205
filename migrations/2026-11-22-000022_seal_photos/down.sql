-- What is sealed cannot be read by what came before: only without photos it goes back.
DO $$ BEGIN
    IF EXISTS (SELECT FROM photo_keys) OR EXISTS (SELECT FROM discarded_photos WHERE length(folder) <> 64) THEN
        RAISE EXCEPTION 'photos that are sealed stay sealed: restore a backup of the time before instead';
    END IF;
END $$;

CREATE TABLE erased_photos (
    area_id bigint NOT NULL,
    photo   bytea NOT NULL,
    PRIMARY KEY (area_id, photo)
);
INSERT INTO erased_photos SELECT area_id, decode(folder, 'hex') FROM discarded_photos;
COMMENT ON TABLE erased_photos IS 'Photos of erased records whose bytes are still to be deleted from the object store.';
COMMENT ON COLUMN erased_photos.area_id IS 'The area under which they lie.';
COMMENT ON COLUMN erased_photos.photo IS 'SHA-256 of the original.';
DROP TABLE discarded_photos;
DROP TABLE photo_keys;
DROP INDEX photos_unsealed;
ALTER TABLE photos DROP COLUMN sealed;
