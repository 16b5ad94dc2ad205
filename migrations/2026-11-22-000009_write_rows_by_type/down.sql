DROP VIEW reports;
DROP TYPE change_row;
DROP TYPE record_row;
DROP TYPE inspection_row;
DROP TYPE visit_row;
DROP TYPE residency_row;
DROP TYPE premises_row;
ALTER TABLE premises
    ALTER COLUMN decided TYPE jsonb USING decided::jsonb,
    ALTER COLUMN custom TYPE jsonb USING custom::jsonb;
ALTER TABLE residencies
    ALTER COLUMN decided TYPE jsonb USING decided::jsonb,
    ALTER COLUMN custom TYPE jsonb USING custom::jsonb;
ALTER TABLE visits
    ALTER COLUMN confirmed TYPE jsonb USING confirmed::jsonb,
    ALTER COLUMN needs TYPE jsonb USING needs::jsonb,
    ALTER COLUMN photos TYPE jsonb USING photos::jsonb,
    ALTER COLUMN decided TYPE jsonb USING decided::jsonb,
    ALTER COLUMN custom TYPE jsonb USING custom::jsonb;
ALTER TABLE inspections
    ALTER COLUMN items TYPE jsonb USING items::jsonb,
    ALTER COLUMN photos TYPE jsonb USING photos::jsonb,
    ALTER COLUMN decided TYPE jsonb USING decided::jsonb,
    ALTER COLUMN custom TYPE jsonb USING custom::jsonb;
CREATE INDEX visits_newest ON visits (area_id, received_at DESC, record_id);
CREATE INDEX inspections_newest ON inspections (area_id, received_at DESC, record_id);
CREATE VIEW reports AS
SELECT area_id, record_id, 3::smallint AS kind, seq, author, received_at, premises, state,
       started_at, ended_at, outcome AS result, photos
FROM visits
UNION ALL
SELECT area_id, record_id, 4::smallint, seq, author, received_at, premises, state,
       started_at, ended_at, verdict, photos
FROM inspections;
COMMENT ON VIEW reports IS 'Visits and inspections together, as the review queue lists them.';
