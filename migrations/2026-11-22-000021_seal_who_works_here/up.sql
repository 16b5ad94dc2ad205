-- Who works here lies in the database encrypted too: names, logins, card numbers, portraits, what people
-- call their phones, where they signed in from. What is looked up whole has a keyed hash beside it. The
-- program seals the values once, with its next command (server/src/store/first_sealing.rs).

ALTER TABLE district ADD COLUMN sealed smallint NOT NULL DEFAULT 0;
UPDATE district SET sealed = 1 WHERE EXISTS (SELECT FROM data_keys);
ALTER TABLE district ALTER COLUMN sealed DROP DEFAULT;
COMMENT ON COLUMN district.sealed IS 'How far this database was sealed: 1, what records hold and the district''s secrets; 2, also who works here.';

ALTER TABLE people
    DROP CONSTRAINT people_login_key,
    DROP CONSTRAINT people_card_number_key,
    ALTER COLUMN name TYPE bytea USING convert_to(name, 'UTF8'),
    ALTER COLUMN login TYPE bytea USING convert_to(login, 'UTF8'),
    ALTER COLUMN card_number TYPE bytea USING convert_to(card_number, 'UTF8'),
    ADD COLUMN login_hash bytea UNIQUE,
    ADD COLUMN card_hash bytea UNIQUE;
COMMENT ON COLUMN people.name IS 'Name, sealed by a data key.';
COMMENT ON COLUMN people.login IS 'Name for signing in to the console, sealed by a data key; NULL for those who only use a phone.';
COMMENT ON COLUMN people.login_hash IS 'Keyed hash of the login: by it somebody is found, and nobody has another''s.';
COMMENT ON COLUMN people.card_number IS 'Number of the work card, sealed by a data key; public in the person''s areas.';
COMMENT ON COLUMN people.card_hash IS 'Keyed hash of the card number: no two people have one.';
COMMENT ON COLUMN portraits.jpeg IS 'A JPEG of at most 480 pixels a side, without EXIF, sealed by a data key.';

ALTER TABLE devices ALTER COLUMN name TYPE bytea USING convert_to(name, 'UTF8');
COMMENT ON COLUMN devices.name IS 'What the person calls it, sealed by a data key.';

ALTER TABLE staff_sessions
    ALTER COLUMN address TYPE bytea USING convert_to(address, 'UTF8'),
    ALTER COLUMN browser TYPE bytea USING convert_to(browser, 'UTF8');
COMMENT ON COLUMN staff_sessions.address IS 'Address that it began from, sealed by a data key.';
COMMENT ON COLUMN staff_sessions.browser IS 'What the browser calls itself, sealed by a data key.';

ALTER TABLE oidc_attempts
    ALTER COLUMN nonce TYPE bytea USING convert_to(nonce, 'UTF8'),
    ALTER COLUMN verifier TYPE bytea USING convert_to(verifier, 'UTF8');
COMMENT ON COLUMN oidc_attempts.nonce IS 'What the ID token must repeat, sealed by a data key.';
COMMENT ON COLUMN oidc_attempts.verifier IS 'PKCE code verifier (RFC 7636), sealed by a data key.';

ALTER TABLE oidc_subjects
    DROP CONSTRAINT oidc_subjects_pkey,
    ALTER COLUMN subject TYPE bytea USING convert_to(subject, 'UTF8'),
    ADD COLUMN subject_hash bytea;
UPDATE oidc_subjects SET subject_hash = subject;
ALTER TABLE oidc_subjects ADD PRIMARY KEY (issuer, subject_hash);
COMMENT ON COLUMN oidc_subjects.subject IS 'What the configured claim said, sealed by a data key.';
COMMENT ON COLUMN oidc_subjects.subject_hash IS 'Keyed hash of issuer and subject: by it the account is found.';

ALTER TABLE configurations ALTER COLUMN set_by TYPE bytea USING convert_to(set_by, 'UTF8');
COMMENT ON COLUMN configurations.set_by IS 'Who set it, sealed by a data key.';

COMMENT ON COLUMN requests.digest IS 'SHA-256 of what it asks for, which an approval names; sealed by a data key, since few words can be guessed from it.';
COMMENT ON COLUMN request_approvals.digest IS 'What they agreed to: the request''s digest as they saw it, sealed by a data key.';

-- Counts begin anew: they stood under hashes that anybody can compute from a login.
DELETE FROM sign_in_attempts;
COMMENT ON COLUMN sign_in_attempts.bucket IS 'Keyed hash of what is counted: an address, a login from an address, a browser.';
COMMENT ON COLUMN second_factors.secret IS 'The shared secret, 20 bytes, sealed by a data key.';
COMMENT ON COLUMN oidc_provider.client_secret IS 'What this server proves itself with there, sealed by a data key.';
