-- Devices: suspended and let in again, seen, their former keys; and the district's former signing keys.

ALTER TABLE devices ADD COLUMN suspended_at timestamptz;
ALTER TABLE devices ADD COLUMN seen_at timestamptz;
ALTER TABLE devices ADD COLUMN key_since timestamptz;
UPDATE devices SET key_since = enrolled_at;
ALTER TABLE devices ALTER COLUMN key_since SET NOT NULL;
COMMENT ON COLUMN devices.suspended_at IS 'Since when it is suspended; NULL while it is not.';
COMMENT ON COLUMN devices.seen_at IS 'When it last proved its key.';
COMMENT ON COLUMN devices.key_since IS 'Since when its key is the one in public_key.';
CREATE INDEX devices_by_person ON devices (person_id);

CREATE TABLE former_device_keys (
    device_id  bigint NOT NULL REFERENCES devices,
    public_key bytea NOT NULL,
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    PRIMARY KEY (device_id, public_key)
);
COMMENT ON TABLE former_device_keys IS 'Keys that devices had before: what they signed stays signed.';
COMMENT ON COLUMN former_device_keys.device_id IS 'The device.';
COMMENT ON COLUMN former_device_keys.public_key IS 'Ed25519 public key.';
COMMENT ON COLUMN former_device_keys.since IS 'Since when it was the device''s.';
COMMENT ON COLUMN former_device_keys.until IS 'When another took its place.';

-- A challenge is a message of the server to itself; only what was answered is kept, so that asking for
-- challenges writes nothing and says nothing about who is enrolled.
DELETE FROM device_nonces;
COMMENT ON TABLE device_nonces IS 'Challenges that a device has answered to get a token: each is good once.';
COMMENT ON COLUMN device_nonces.nonce IS '32 bytes: time, random, and the server''s own mark.';
COMMENT ON COLUMN device_nonces.device_id IS 'The device that answered.';
COMMENT ON COLUMN device_nonces.expires_at IS 'Until when it could be answered.';

ALTER TABLE district ADD COLUMN signing_number bigint NOT NULL DEFAULT 1;
COMMENT ON COLUMN district.signing_number IS 'Which of the district''s signing keys is signing_key, from 1.';

CREATE TABLE former_signing_keys (
    number     bigint PRIMARY KEY,
    public_key bytea NOT NULL,
    retired_at timestamptz NOT NULL
);
COMMENT ON TABLE former_signing_keys IS 'Public halves of the keys that signed tokens and exported heads before.';
COMMENT ON COLUMN former_signing_keys.number IS 'Which, from 1.';
COMMENT ON COLUMN former_signing_keys.public_key IS 'Ed25519 public key.';
COMMENT ON COLUMN former_signing_keys.retired_at IS 'When another took its place.';
