-- The audit trail: who saw or changed what, when, from where and why. Entries are added, never changed;
-- docs/audit.md has the chain's formula.

CREATE TABLE trail (
    place         bigint PRIMARY KEY,
    at            bigint NOT NULL,
    act           text NOT NULL,
    outcome       text NOT NULL,
    times         bigint NOT NULL CHECK (times > 0),
    actor         text NOT NULL,
    about         text,
    area_id       bigint,
    record_id     uuid,
    field         text,
    detail        text,
    address       text,
    request       uuid,
    reason        bytea,
    reason_sha256 bytea,
    chain         bytea NOT NULL
);
CREATE INDEX trail_by_time ON trail (at);
CREATE INDEX trail_by_actor ON trail (actor, place);
CREATE INDEX trail_by_area ON trail (area_id, place) WHERE area_id IS NOT NULL;
CREATE INDEX trail_by_record ON trail (record_id, place) WHERE record_id IS NOT NULL;
COMMENT ON TABLE trail IS 'The audit trail: one hash-chained sequence for the district. Rows are added, never changed.';
COMMENT ON COLUMN trail.place IS 'Gapless, from 1, in the order of commit.';
COMMENT ON COLUMN trail.at IS 'When, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN trail.act IS 'What was done or tried: a code of trail::Act.';
COMMENT ON COLUMN trail.outcome IS 'done, or the code of the catalogue with which it was refused.';
COMMENT ON COLUMN trail.times IS 'How many the entry stands for: more than 1 only for refusals that were counted.';
COMMENT ON COLUMN trail.actor IS 'Who: staff:<person>, device:<device>, operator:<login of the machine>, server, resident or nobody.';
COMMENT ON COLUMN trail.about IS 'Whom or what it was done to: person:<person> or device:<device>.';
COMMENT ON COLUMN trail.area_id IS 'The area.';
COMMENT ON COLUMN trail.record_id IS 'The record.';
COMMENT ON COLUMN trail.field IS 'Key of the field.';
COMMENT ON COLUMN trail.detail IS 'What more there is to say and is no personal data: a route, a role, a version.';
COMMENT ON COLUMN trail.address IS 'The network address as the server saw it.';
COMMENT ON COLUMN trail.request IS 'The request, as its answer named it.';
COMMENT ON COLUMN trail.reason IS 'Why, in somebody''s words, behind 16 random bytes; may hold personal data.';
COMMENT ON COLUMN trail.reason_sha256 IS 'SHA-256 of the random bytes and the words: the chain covers it, not them.';
COMMENT ON COLUMN trail.chain IS 'The chain value at this entry.';

CREATE TABLE trail_head (
    trail_head_id smallint PRIMARY KEY CHECK (trail_head_id = 1),
    place         bigint NOT NULL,
    chain         bytea NOT NULL
);
COMMENT ON TABLE trail_head IS 'Where the audit trail ends; its row is the lock of whoever adds to it.';
COMMENT ON COLUMN trail_head.trail_head_id IS 'Always 1.';
COMMENT ON COLUMN trail_head.place IS 'The last place; 0 when there is none.';
COMMENT ON COLUMN trail_head.chain IS 'The chain value there.';
INSERT INTO trail_head VALUES (1, 0, sha256('doorstep trail 1'::bytea || '\x00'::bytea));

CREATE FUNCTION refuse_trail_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is added to, never changed' USING ERRCODE = 'raise_exception';
END $$;
CREATE TRIGGER trail_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_trail_change();
CREATE TRIGGER trail_head_is_never_lost BEFORE DELETE OR TRUNCATE ON trail_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_trail_change();

CREATE FUNCTION refuse_trail_setback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.place <> OLD.place + 1 THEN
        RAISE EXCEPTION 'the audit trail''s head moves on by one place' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trail_head_moves_on BEFORE UPDATE ON trail_head
    FOR EACH ROW EXECUTE FUNCTION refuse_trail_setback();
