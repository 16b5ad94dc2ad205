-- What a stand-in gets has bounds, and what people held is known after it was changed.

-- As before, but that an auditor's role is handed on to nobody: whoever is absent is not watched for by
-- whom they watch.
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
    WHERE a.stand_in IS NOT NULL AND r.role <> 'auditor' AND a.from_at <= at AND at < a.until_at
      AND coalesce(r.valid_from <= at, true) AND coalesce(at < r.valid_until, true)
      AND NOT EXISTS (SELECT FROM absences o
                      WHERE o.person_id = a.stand_in AND o.from_at <= at AND at < o.until_at)
$$;

-- As before, but that a stand-in has nothing by an absence that ended before it began, and no auditor's
-- role.
CREATE OR REPLACE FUNCTION posts_of(who uuid[], at timestamptz)
RETURNS TABLE (person_id uuid, area_id bigint, role text, is_own boolean, is_over boolean)
LANGUAGE sql STABLE AS $$
    SELECT r.person_id, r.area_id, r.role, true, coalesce(r.valid_until <= at, false)
    FROM person_roles r
    WHERE r.person_id = ANY(who)
    UNION ALL
    SELECT a.stand_in, r.area_id, r.role, false, coalesce(r.valid_until <= at, false)
    FROM absences a JOIN person_roles r ON r.person_id = a.person_id
    WHERE a.stand_in = ANY(who) AND r.role <> 'auditor' AND a.until_at > at AND a.until_at > a.from_at
$$;

COMMENT ON TABLE absences IS 'When a person''s roles rest, and who has them meanwhile. Rows are ended, never deleted; whoever stood in before somebody else keeps a row that is over.';

-- A role that is given again takes new dates: that it was held before them is kept. Whether the dates of
-- before had begun is not asked; only a role that is over takes new ones.
CREATE TRIGGER keep_former_term AFTER UPDATE OF valid_from ON person_roles
    FOR EACH ROW WHEN (NEW.valid_from > coalesce(OLD.valid_from, '-infinity')
                       AND coalesce(OLD.valid_from < OLD.valid_until, true))
    EXECUTE FUNCTION keep_former_role();
COMMENT ON TABLE former_roles IS 'Roles that were taken from people, or given again from a later day. Nothing may be read by them: they say of which areas a revoked phone may hand in what it holds.';
