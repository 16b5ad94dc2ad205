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
