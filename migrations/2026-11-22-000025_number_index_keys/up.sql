-- The index's key can be changed while servers run: each row says under which its tokens are. 2 is the
-- number that the first one has in every district.
ALTER TABLE blind_index ADD COLUMN index_key smallint NOT NULL DEFAULT 2 REFERENCES data_keys;
CREATE INDEX blind_index_key ON blind_index (index_key, area_id);
COMMENT ON COLUMN blind_index.index_key IS 'The data key under which its tokens were made.';
