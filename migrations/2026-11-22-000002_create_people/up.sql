-- People, their roles and passwords, their devices, sessions and one-time codes.

CREATE TABLE people (
    person_id     uuid PRIMARY KEY,
    name          text NOT NULL,
    login         text UNIQUE,
    password_hash text,
    created_at    timestamptz NOT NULL
);
COMMENT ON TABLE people IS 'Workers and staff.';
COMMENT ON COLUMN people.person_id IS 'The person.';
COMMENT ON COLUMN people.name IS 'Name.';
COMMENT ON COLUMN people.login IS 'Name for signing in to the console; NULL for those who only use a phone.';
COMMENT ON COLUMN people.password_hash IS 'argon2id, as a PHC string.';
COMMENT ON COLUMN people.created_at IS 'When the person was entered.';

CREATE TABLE person_roles (
    person_id uuid NOT NULL REFERENCES people,
    area_id   bigint NOT NULL,
    role      text NOT NULL,
    PRIMARY KEY (person_id, area_id, role)
);
COMMENT ON TABLE person_roles IS 'What a person is, and where. A role above an area holds in all areas below.';
COMMENT ON COLUMN person_roles.person_id IS 'The person.';
COMMENT ON COLUMN person_roles.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN person_roles.role IS 'Code of the role.';

CREATE TABLE enrolment_codes (
    code_hash  bytea PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
COMMENT ON TABLE enrolment_codes IS 'One-time codes by which a phone becomes a device of a person.';
COMMENT ON COLUMN enrolment_codes.code_hash IS 'SHA-256 of the code.';
COMMENT ON COLUMN enrolment_codes.person_id IS 'Whose device it will be.';
COMMENT ON COLUMN enrolment_codes.expires_at IS 'Until when it can be used.';
COMMENT ON COLUMN enrolment_codes.used_at IS 'When it was used.';

CREATE TABLE devices (
    device_id   bigint PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES people,
    public_key  bytea NOT NULL,
    name        text NOT NULL,
    app         text NOT NULL,
    enrolled_at timestamptz NOT NULL,
    revoked_at  timestamptz
);
COMMENT ON TABLE devices IS 'Phones that have enrolled.';
COMMENT ON COLUMN devices.device_id IS '64 random bits.';
COMMENT ON COLUMN devices.person_id IS 'Whose it is.';
COMMENT ON COLUMN devices.public_key IS 'Ed25519 public key.';
COMMENT ON COLUMN devices.name IS 'What the person calls it.';
COMMENT ON COLUMN devices.app IS 'App and version at enrolment.';
COMMENT ON COLUMN devices.enrolled_at IS 'When it enrolled.';
COMMENT ON COLUMN devices.revoked_at IS 'When it was revoked.';

CREATE TABLE device_nonces (
    nonce      bytea PRIMARY KEY,
    device_id  bigint NOT NULL REFERENCES devices,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE device_nonces IS 'Challenges that a device signs to get a token; each is used once.';
COMMENT ON COLUMN device_nonces.nonce IS '32 random bytes.';
COMMENT ON COLUMN device_nonces.device_id IS 'The device that asked.';
COMMENT ON COLUMN device_nonces.expires_at IS 'Until when it can be answered.';

CREATE TABLE staff_sessions (
    token_hash bytea PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE staff_sessions IS 'Sessions of the console.';
COMMENT ON COLUMN staff_sessions.token_hash IS 'SHA-256 of the cookie.';
COMMENT ON COLUMN staff_sessions.person_id IS 'Who signed in.';
COMMENT ON COLUMN staff_sessions.expires_at IS 'Until when it holds.';
