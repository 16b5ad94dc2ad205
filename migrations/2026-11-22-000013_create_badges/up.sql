-- What a worker's badge says, and that somebody has left.

ALTER TABLE people ADD COLUMN card_number text UNIQUE;
ALTER TABLE people ADD COLUMN badge bigint NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN left_at timestamptz;
COMMENT ON COLUMN people.card_number IS 'Number of the work card; public in the person''s areas.';
COMMENT ON COLUMN people.badge IS 'How often card number or portrait were set: phones say which they have.';
COMMENT ON COLUMN people.left_at IS 'When the person left the service.';

CREATE TABLE portraits (
    person_id uuid PRIMARY KEY REFERENCES people,
    jpeg      bytea NOT NULL
);
COMMENT ON TABLE portraits IS 'Portraits of workers for their badges; public in their areas.';
COMMENT ON COLUMN portraits.person_id IS 'The person.';
COMMENT ON COLUMN portraits.jpeg IS 'A JPEG of at most 480 pixels a side, without EXIF.';
