DROP TRIGGER count_regrouping ON areas;
DROP FUNCTION count_regrouping();
DROP TRIGGER count_grants ON person_roles;
DROP FUNCTION count_grants();
ALTER TABLE district DROP COLUMN grants;
ALTER TABLE people DROP COLUMN grants;
