DROP TRIGGER count_absences ON absences;
DROP FUNCTION count_absences();
CREATE OR REPLACE FUNCTION count_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people SET grants = grants + 1 WHERE person_id IN (OLD.person_id, NEW.person_id);
    RETURN NULL;
END $$;
DROP FUNCTION grants_of(uuid, timestamptz);
DROP FUNCTION roles_holding(timestamptz);
DROP TABLE absences;
DELETE FROM person_roles WHERE valid_from IS NOT NULL OR valid_until IS NOT NULL;
ALTER TABLE person_roles DROP COLUMN valid_until, DROP COLUMN valid_from;
DROP TABLE oidc_attempts;
DROP TABLE oidc_subjects;
DROP TABLE oidc_provider;
DROP TABLE sign_in_attempts;
DROP TABLE invitations;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
DROP INDEX staff_sessions_person;
ALTER TABLE staff_sessions
    DROP COLUMN browser, DROP COLUMN address, DROP COLUMN attempts, DROP COLUMN lacks,
    DROP COLUMN seen_at, DROP COLUMN created_at, DROP COLUMN session_id;
ALTER TABLE district DROP COLUMN second_factor;
