DROP TABLE portraits;
ALTER TABLE people DROP COLUMN left_at;
ALTER TABLE people DROP COLUMN badge;
ALTER TABLE people DROP COLUMN card_number;
