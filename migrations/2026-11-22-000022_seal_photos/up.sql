-- Photos lie in the object store encrypted (server/src/photos.rs), each under a key of its own, in a
-- folder whose name says nothing. What lay there before is sealed by the server, photo by photo.

ALTER TABLE photos ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX photos_unsealed ON photos (area_id, photo) WHERE NOT sealed;
COMMENT ON COLUMN photos.sealed IS 'Whether its bytes lie under its key; false for one of before that is still to be sealed.';

CREATE TABLE photo_keys (
    area_id  bigint NOT NULL,
    photo    bytea NOT NULL,
    folder   uuid NOT NULL,
    data_key smallint NOT NULL REFERENCES data_keys,
    wrapped  bytea NOT NULL,
    PRIMARY KEY (area_id, photo),
    FOREIGN KEY (area_id, photo) REFERENCES photos ON DELETE CASCADE
);
COMMENT ON TABLE photo_keys IS 'The key of each photo in each area that it was sent to. Without it the photo can never be read again; it goes with the photo''s row.';
COMMENT ON COLUMN photo_keys.area_id IS 'The area.';
COMMENT ON COLUMN photo_keys.photo IS 'The photo.';
COMMENT ON COLUMN photo_keys.folder IS 'The folder under the area''s in the object store: random, so that its name says nothing of the photo.';
COMMENT ON COLUMN photo_keys.data_key IS 'The data key that wraps it.';
COMMENT ON COLUMN photo_keys.wrapped IS 'The key, sealed by the data key.';

CREATE TABLE discarded_photos (
    area_id bigint NOT NULL,
    folder  text NOT NULL,
    PRIMARY KEY (area_id, folder)
);
INSERT INTO discarded_photos SELECT area_id, encode(photo, 'hex') FROM erased_photos;
DROP TABLE erased_photos;
COMMENT ON TABLE discarded_photos IS 'Folders of the object store that are still to be deleted: of photos of erased records, and those in which photos lay before they were sealed.';
COMMENT ON COLUMN discarded_photos.area_id IS 'The area under which the folder lies.';
COMMENT ON COLUMN discarded_photos.folder IS 'The folder''s name.';
