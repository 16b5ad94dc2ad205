-- Changing the device's key: the one that the server is being asked for, the one before the present one
-- (a server restored from a backup knows only that), and since when the present one is used.
ALTER TABLE device ADD COLUMN next_seed BLOB;
ALTER TABLE device ADD COLUMN former_seed BLOB;
ALTER TABLE device ADD COLUMN key_since INTEGER;
