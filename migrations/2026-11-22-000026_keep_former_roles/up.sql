-- What bounds the handing in of a phone that is revoked: the areas that were its person's, and how much is
-- kept of it in a day.

CREATE TABLE former_roles (
    person_id uuid NOT NULL REFERENCES people,
    area_id   bigint NOT NULL,
    role      text NOT NULL,
    PRIMARY KEY (person_id, area_id, role)
);
COMMENT ON TABLE former_roles IS 'Roles that were taken from people. Nothing may be read by them: they say of which areas a revoked phone may hand in what it holds.';
COMMENT ON COLUMN former_roles.person_id IS 'Whose it was.';
COMMENT ON COLUMN former_roles.area_id IS 'Where it was held.';
COMMENT ON COLUMN former_roles.role IS 'Code of the role.';

CREATE FUNCTION keep_former_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO former_roles VALUES (OLD.person_id, OLD.area_id, OLD.role) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_former_role AFTER DELETE ON person_roles
    FOR EACH ROW EXECUTE FUNCTION keep_former_role();

CREATE TABLE hand_ins (
    device_id bigint PRIMARY KEY REFERENCES devices,
    day       bigint NOT NULL,
    bytes     bigint NOT NULL CHECK (bytes >= 0)
);
COMMENT ON TABLE hand_ins IS 'How much was kept of what a revoked phone handed in on the last day that it did.';
COMMENT ON COLUMN hand_ins.device_id IS 'The device.';
COMMENT ON COLUMN hand_ins.day IS 'The day, in days since 1970 UTC.';
COMMENT ON COLUMN hand_ins.bytes IS 'Bytes that were kept on that day.';
