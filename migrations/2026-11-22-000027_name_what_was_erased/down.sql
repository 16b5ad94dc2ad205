DROP TABLE erased_changes;
ALTER TABLE erased DROP COLUMN cause;
