-- Nothing that is sealed can be read by what came before: only an empty database goes back.
DO $$ BEGIN
    IF EXISTS (SELECT FROM data_keys) THEN
        RAISE EXCEPTION 'what is sealed stays sealed: restore a backup of the time before instead';
    END IF;
END $$;

COMMENT ON COLUMN oidc_provider.client_secret IS 'What this server proves itself with there.';
COMMENT ON COLUMN second_factors.secret IS 'The shared secret, 20 bytes.';
COMMENT ON COLUMN sign_in_attempts.bucket IS 'SHA-256 of what is counted: an address, a login from an address, a browser.';
COMMENT ON COLUMN request_approvals.digest IS 'What they agreed to: the request''s digest as they saw it.';
COMMENT ON COLUMN requests.digest IS 'SHA-256 of what it asks for: an approval names it.';

ALTER TABLE configurations ALTER COLUMN set_by TYPE text USING convert_from(set_by, 'UTF8');
COMMENT ON COLUMN configurations.set_by IS 'Who set it.';

ALTER TABLE oidc_subjects
    DROP CONSTRAINT oidc_subjects_pkey,
    DROP COLUMN subject_hash,
    ALTER COLUMN subject TYPE text USING convert_from(subject, 'UTF8');
ALTER TABLE oidc_subjects ADD PRIMARY KEY (issuer, subject);
COMMENT ON COLUMN oidc_subjects.subject IS 'What the configured claim said.';

ALTER TABLE oidc_attempts
    ALTER COLUMN nonce TYPE text USING convert_from(nonce, 'UTF8'),
    ALTER COLUMN verifier TYPE text USING convert_from(verifier, 'UTF8');
COMMENT ON COLUMN oidc_attempts.nonce IS 'What the ID token must repeat.';
COMMENT ON COLUMN oidc_attempts.verifier IS 'PKCE code verifier (RFC 7636).';

ALTER TABLE staff_sessions
    ALTER COLUMN address TYPE text USING convert_from(address, 'UTF8'),
    ALTER COLUMN browser TYPE text USING convert_from(browser, 'UTF8');
COMMENT ON COLUMN staff_sessions.address IS 'Address that it began from.';
COMMENT ON COLUMN staff_sessions.browser IS 'What the browser calls itself.';

ALTER TABLE devices ALTER COLUMN name TYPE text USING convert_from(name, 'UTF8');
COMMENT ON COLUMN devices.name IS 'What the person calls it.';

ALTER TABLE people
    DROP COLUMN login_hash,
    DROP COLUMN card_hash,
    ALTER COLUMN name TYPE text USING convert_from(name, 'UTF8'),
    ALTER COLUMN login TYPE text USING convert_from(login, 'UTF8'),
    ALTER COLUMN card_number TYPE text USING convert_from(card_number, 'UTF8');
ALTER TABLE people ADD CONSTRAINT people_login_key UNIQUE (login);
ALTER TABLE people ADD CONSTRAINT people_card_number_key UNIQUE (card_number);
COMMENT ON COLUMN people.name IS 'Name.';
COMMENT ON COLUMN people.login IS 'Name for signing in to the console; NULL for those who only use a phone.';
COMMENT ON COLUMN people.card_number IS 'Number of the work card; public in the person''s areas.';
COMMENT ON COLUMN portraits.jpeg IS 'A JPEG of at most 480 pixels a side, without EXIF.';

ALTER TABLE district DROP COLUMN sealed;
