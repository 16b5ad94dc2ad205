-- A push asks under its area's lock whether its person is still what they were. Numbers that move on
-- with every change of a person's roles, and of the areas' tree, answer that without walking the tree.

ALTER TABLE people ADD COLUMN grants bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN people.grants IS 'How often the roles of the person have changed.';
ALTER TABLE district ADD COLUMN grants bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN district.grants IS 'How often areas were put under others, which changes what roles mean.';

CREATE FUNCTION count_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people SET grants = grants + 1 WHERE person_id IN (OLD.person_id, NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER count_grants AFTER INSERT OR UPDATE OR DELETE ON person_roles
    FOR EACH ROW EXECUTE FUNCTION count_grants();

CREATE FUNCTION count_regrouping() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE district SET grants = grants + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER count_regrouping AFTER UPDATE OF parent OR DELETE ON areas
    FOR EACH STATEMENT EXECUTE FUNCTION count_regrouping();
