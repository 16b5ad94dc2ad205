-- Phones seal to the public half of this key what they hand over as a file. Districts that are there
-- already get one: two UUIDs hold 244 random bits.
ALTER TABLE district ADD COLUMN rescue_key bytea;
UPDATE district
   SET rescue_key = sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
ALTER TABLE district ALTER COLUMN rescue_key SET NOT NULL;
COMMENT ON COLUMN district.rescue_key IS 'Private X25519 key that opens the rescue bundles of phones.';
