-- How staff sign in (sessions that rest, second factors, invitations, delays, the district's own
-- identity provider), and roles with dates: absences and who stands in.

ALTER TABLE district ADD COLUMN second_factor boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN district.second_factor IS 'Whether whoever signs in to the console needs a second factor.';

-- Sessions begin anew: of those from before it is not known when they were last used.
DELETE FROM staff_sessions;
ALTER TABLE staff_sessions
    ADD COLUMN session_id uuid NOT NULL UNIQUE,
    ADD COLUMN created_at timestamptz NOT NULL,
    ADD COLUMN seen_at timestamptz NOT NULL,
    ADD COLUMN lacks text NOT NULL CHECK (lacks IN ('nothing', 'second_factor', 'enrolment')),
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN address text NOT NULL,
    ADD COLUMN browser text NOT NULL;
CREATE INDEX staff_sessions_person ON staff_sessions (person_id);
COMMENT ON COLUMN staff_sessions.session_id IS 'How its person names it in a list; proves nothing.';
COMMENT ON COLUMN staff_sessions.created_at IS 'When it began.';
COMMENT ON COLUMN staff_sessions.seen_at IS 'When it was last used, to the minute.';
COMMENT ON COLUMN staff_sessions.lacks IS 'What is still to be shown before it is good for anything: nothing, second_factor, enrolment of one.';
COMMENT ON COLUMN staff_sessions.attempts IS 'How often a second factor was tried in it.';
COMMENT ON COLUMN staff_sessions.address IS 'Address that it began from.';
COMMENT ON COLUMN staff_sessions.browser IS 'What the browser calls itself.';

CREATE TABLE second_factors (
    person_id    uuid PRIMARY KEY REFERENCES people,
    secret       bytea NOT NULL,
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE second_factors IS 'Secrets of one-time codes (RFC 6238).';
COMMENT ON COLUMN second_factors.person_id IS 'Whose.';
COMMENT ON COLUMN second_factors.secret IS 'The shared secret, 20 bytes.';
COMMENT ON COLUMN second_factors.confirmed_at IS 'When a code proved that it was taken over; NULL before.';
COMMENT ON COLUMN second_factors.last_step IS 'The time step of the last code that was used: none is used twice.';

CREATE TABLE recovery_codes (
    code_hash bytea PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people
);
CREATE INDEX recovery_codes_person ON recovery_codes (person_id);
COMMENT ON TABLE recovery_codes IS 'Codes in place of a second factor that is lost; one that was used is gone.';
COMMENT ON COLUMN recovery_codes.code_hash IS 'SHA-256 of the code, 79 random bits.';
COMMENT ON COLUMN recovery_codes.person_id IS 'Whose.';

CREATE TABLE invitations (
    code_hash  bytea PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people,
    expires_at timestamptz NOT NULL
);
CREATE INDEX invitations_person ON invitations (person_id);
COMMENT ON TABLE invitations IS 'One-time codes by which a person sets a password or binds an account; one that was used is gone.';
COMMENT ON COLUMN invitations.code_hash IS 'SHA-256 of the code.';
COMMENT ON COLUMN invitations.person_id IS 'Who is invited.';
COMMENT ON COLUMN invitations.expires_at IS 'Until when it can be used.';

CREATE TABLE sign_in_attempts (
    bucket        bytea PRIMARY KEY,
    failures      integer NOT NULL,
    blocked_until timestamptz NOT NULL,
    last_at       timestamptz NOT NULL,
    signed_in_at  timestamptz
);
CREATE INDEX sign_in_attempts_age ON sign_in_attempts (last_at);
COMMENT ON TABLE sign_in_attempts IS 'How often signing in failed, by where it came from; delays grow with it.';
COMMENT ON COLUMN sign_in_attempts.bucket IS 'SHA-256 of what is counted: an address, a login from an address, a browser.';
COMMENT ON COLUMN sign_in_attempts.failures IS 'Failures in a row.';
COMMENT ON COLUMN sign_in_attempts.blocked_until IS 'Until when the next attempt waits.';
COMMENT ON COLUMN sign_in_attempts.last_at IS 'When the last attempt was.';
COMMENT ON COLUMN sign_in_attempts.signed_in_at IS 'When somebody last signed in well there.';

CREATE TABLE oidc_provider (
    provider_id   smallint PRIMARY KEY CHECK (provider_id = 1),
    issuer        text NOT NULL,
    client_id     text NOT NULL,
    client_secret bytea NOT NULL,
    public_url    text NOT NULL,
    claim         text NOT NULL,
    factor_amr    text NOT NULL
);
COMMENT ON TABLE oidc_provider IS 'The district''s own identity provider (OpenID Connect), if it has one.';
COMMENT ON COLUMN oidc_provider.provider_id IS 'Always 1.';
COMMENT ON COLUMN oidc_provider.issuer IS 'Its issuer URL.';
COMMENT ON COLUMN oidc_provider.client_id IS 'What this server is called there.';
COMMENT ON COLUMN oidc_provider.client_secret IS 'What this server proves itself with there.';
COMMENT ON COLUMN oidc_provider.public_url IS 'Under which address browsers reach this server.';
COMMENT ON COLUMN oidc_provider.claim IS 'The claim that says who somebody is.';
COMMENT ON COLUMN oidc_provider.factor_amr IS 'Values of amr, parted by blanks, that count as a second factor; empty for none.';

CREATE TABLE oidc_subjects (
    issuer    text NOT NULL,
    subject   text NOT NULL,
    person_id uuid NOT NULL REFERENCES people,
    bound_at  timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX oidc_subjects_person ON oidc_subjects (person_id);
COMMENT ON TABLE oidc_subjects IS 'Whom the identity provider''s accounts belong to, each bound by an invitation.';
COMMENT ON COLUMN oidc_subjects.issuer IS 'The issuer URL.';
COMMENT ON COLUMN oidc_subjects.subject IS 'What the configured claim said.';
COMMENT ON COLUMN oidc_subjects.person_id IS 'The person.';
COMMENT ON COLUMN oidc_subjects.bound_at IS 'When it was bound.';

CREATE TABLE oidc_attempts (
    state_hash      bytea PRIMARY KEY,
    browser_hash    bytea NOT NULL,
    nonce           text NOT NULL,
    verifier        text NOT NULL,
    invitation_hash bytea,
    expires_at      timestamptz NOT NULL
);
COMMENT ON TABLE oidc_attempts IS 'Ways to the identity provider and back that are under way; each is used once.';
COMMENT ON COLUMN oidc_attempts.state_hash IS 'SHA-256 of the state.';
COMMENT ON COLUMN oidc_attempts.browser_hash IS 'SHA-256 of the cookie of the browser that went.';
COMMENT ON COLUMN oidc_attempts.nonce IS 'What the ID token must repeat.';
COMMENT ON COLUMN oidc_attempts.verifier IS 'PKCE code verifier (RFC 7636).';
COMMENT ON COLUMN oidc_attempts.invitation_hash IS 'The invitation by which the account is to be bound.';
COMMENT ON COLUMN oidc_attempts.expires_at IS 'Until when one may come back.';

ALTER TABLE person_roles ADD COLUMN valid_from timestamptz, ADD COLUMN valid_until timestamptz;
COMMENT ON COLUMN person_roles.valid_from IS 'From when the role holds; NULL for ever since.';
COMMENT ON COLUMN person_roles.valid_until IS 'Until when the role holds; NULL for no end.';

CREATE TABLE absences (
    absence_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people,
    from_at    timestamptz NOT NULL,
    until_at   timestamptz NOT NULL,
    stand_in   uuid REFERENCES people,
    CHECK (from_at <= until_at),
    CHECK (stand_in <> person_id)
);
CREATE INDEX absences_person ON absences (person_id);
CREATE INDEX absences_stand_in ON absences (stand_in);
COMMENT ON TABLE absences IS 'When a person''s roles rest, and who has them meanwhile. Rows are ended, never deleted.';
COMMENT ON COLUMN absences.absence_id IS 'Which.';
COMMENT ON COLUMN absences.person_id IS 'Who is absent.';
COMMENT ON COLUMN absences.from_at IS 'From when.';
COMMENT ON COLUMN absences.until_at IS 'Until when; this moment itself is outside.';
COMMENT ON COLUMN absences.stand_in IS 'Who has the person''s own roles meanwhile; NULL for nobody.';

-- The roles that hold at a moment: a person's own inside their dates unless the person is absent, and
-- those of the absent whom they stand in for, unless they are absent themselves. What somebody has as
-- a stand-in is not handed on.
CREATE FUNCTION roles_holding(at timestamptz)
RETURNS TABLE (person_id uuid, area_id bigint, role text) LANGUAGE sql STABLE AS $$
    SELECT r.person_id, r.area_id, r.role
    FROM person_roles r
    WHERE coalesce(r.valid_from <= at, true) AND coalesce(at < r.valid_until, true)
      AND NOT EXISTS (SELECT FROM absences a
                      WHERE a.person_id = r.person_id AND a.from_at <= at AND at < a.until_at)
    UNION
    SELECT a.stand_in, r.area_id, r.role
    FROM absences a JOIN person_roles r ON r.person_id = a.person_id
    WHERE a.stand_in IS NOT NULL AND a.from_at <= at AND at < a.until_at
      AND coalesce(r.valid_from <= at, true) AND coalesce(at < r.valid_until, true)
      AND NOT EXISTS (SELECT FROM absences o
                      WHERE o.person_id = a.stand_in AND o.from_at <= at AND at < o.until_at)
$$;

-- How often what a person may do has changed, and how many of its dates have passed at a moment, as
-- one number: it is the same only if both are, so that a push is judged anew once a date has passed.
CREATE FUNCTION grants_of(who uuid, at timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    changed bigint;
    passed  bigint;
BEGIN
    changed := coalesce((SELECT p.grants FROM people p WHERE p.person_id = who), 0)
               + coalesce((SELECT d.grants FROM district d), 0);
    passed := (SELECT count(*)
               FROM (SELECT unnest(ARRAY[r.valid_from, r.valid_until])
                     FROM person_roles r
                     WHERE r.person_id = who
                        OR r.person_id IN (SELECT a.person_id FROM absences a WHERE a.stand_in = who)
                     UNION ALL
                     SELECT unnest(ARRAY[a.from_at, a.until_at])
                     FROM absences a WHERE a.person_id = who OR a.stand_in = who) AS dates (day)
               WHERE day <= at);
    RETURN (changed << 16) + passed;
END $$;

-- Whoever stands in for a person follows the person's roles.
CREATE OR REPLACE FUNCTION count_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people SET grants = grants + 1
    WHERE person_id IN (OLD.person_id, NEW.person_id)
       OR person_id IN (SELECT a.stand_in FROM absences a
                        WHERE a.person_id IN (OLD.person_id, NEW.person_id));
    RETURN NULL;
END $$;

CREATE FUNCTION count_absences() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people SET grants = grants + 1
    WHERE person_id IN (OLD.person_id, NEW.person_id, OLD.stand_in, NEW.stand_in);
    RETURN NULL;
END $$;
CREATE TRIGGER count_absences AFTER INSERT OR UPDATE OR DELETE ON absences
    FOR EACH ROW EXECUTE FUNCTION count_absences();
