-- Who plans for others reaches no further by stand-ins; providers behind an authority of their own.

-- What people have and what they have for somebody who is absent, now or later: whoever looks after
-- them must not reach further by it than their own areas.

CREATE FUNCTION posts_of(who uuid[], at timestamptz)
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

ALTER TABLE oidc_provider ADD COLUMN authority text;
COMMENT ON COLUMN oidc_provider.authority IS 'Certificates of the authority that vouches for its address, as PEM; NULL for a public one.';
