COMMENT ON TABLE former_roles IS 'Roles that were taken from people. Nothing may be read by them: they say of which areas a revoked phone may hand in what it holds.';
DROP TRIGGER keep_former_term ON person_roles;
COMMENT ON TABLE absences IS 'When a person''s roles rest, and who has them meanwhile. Rows are ended, never deleted.';
CREATE OR REPLACE FUNCTION posts_of(who uuid[], at timestamptz)
RETURNS TABLE (person_id uuid, area_id bigint, role text, is_own boolean, is_over boolean)
LANGUAGE sql STABLE AS $$
    SELECT r.person_id, r.area_id, r.role, true, coalesce(r.valid_until <= at, false)
    FROM person_roles r
    WHERE r.person_id = ANY(who)
    UNION ALL
    SELECT a.stand_in, r.area_id, r.role, false, coalesce(r.valid_until <= at, false)
    FROM absences a JOIN person_roles r ON r.person_id = a.person_id
    WHERE a.stand_in = ANY(who) AND a.until_at > at
$$;
CREATE OR REPLACE FUNCTION roles_holding(at timestamptz)
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
