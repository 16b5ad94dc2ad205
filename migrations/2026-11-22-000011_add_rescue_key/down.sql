ALTER TABLE district DROP COLUMN rescue_key;
