-- A record's registers are no longer stored: opening a document tells them in a few microseconds,
-- and they were larger than the document. `document` is compressed from now on; what was written
-- before is read as it lies.
ALTER TABLE bodies DROP COLUMN registers;
