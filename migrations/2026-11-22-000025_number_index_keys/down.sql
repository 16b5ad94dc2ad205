ALTER TABLE blind_index DROP COLUMN index_key;
