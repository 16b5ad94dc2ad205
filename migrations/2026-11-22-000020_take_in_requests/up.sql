-- Requests of residents: to be told what is held about them, to have it corrected, to have it erased;
-- and who agreed.

CREATE TABLE requests (
    request_id uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('access', 'correction', 'erasure')),
    state      text NOT NULL CHECK (state IN ('open', 'begun', 'done', 'declined')),
    area_id    bigint NOT NULL REFERENCES areas,
    record_id  uuid NOT NULL,
    field      text,
    version    bigint NOT NULL CHECK (version > 0),
    digest     bytea NOT NULL,
    words      bytea,
    taken_by   uuid NOT NULL REFERENCES people,
    taken_at   bigint NOT NULL,
    changed_by uuid REFERENCES people,
    begun_at   bigint,
    closed_by  uuid REFERENCES people,
    closed_at  bigint
);
CREATE INDEX requests_by_area ON requests (area_id, taken_at);
COMMENT ON TABLE requests IS 'What residents asked of the district about what it holds on them.';
COMMENT ON COLUMN requests.request_id IS 'The request; a version 7 UUID.';
COMMENT ON COLUMN requests.kind IS 'access, correction or erasure.';
COMMENT ON COLUMN requests.state IS 'open, begun (an erasure under way), done or declined.';
COMMENT ON COLUMN requests.area_id IS 'The area of the record by which the person was found.';
COMMENT ON COLUMN requests.record_id IS 'The record by which the person was found.';
COMMENT ON COLUMN requests.field IS 'Key of the field of that record that holds the person''s document number.';
COMMENT ON COLUMN requests.version IS 'How often the request was written: 1 when it was taken in.';
COMMENT ON COLUMN requests.digest IS 'SHA-256 of what it asks for: an approval names it.';
COMMENT ON COLUMN requests.words IS 'How the person proved who they are, what they said, what is to be corrected, and the decision: sealed under the data key. Gone once an erasure is done.';
COMMENT ON COLUMN requests.taken_by IS 'Who took it in.';
COMMENT ON COLUMN requests.taken_at IS 'When, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN requests.changed_by IS 'Who wrote it last, if that is somebody after it was taken in.';
COMMENT ON COLUMN requests.begun_at IS 'When an erasure was begun, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN requests.closed_by IS 'Who carried it out or declined it.';
COMMENT ON COLUMN requests.closed_at IS 'When, in milliseconds since 1970 UTC.';

CREATE TABLE request_records (
    request_id uuid NOT NULL REFERENCES requests,
    area_id    bigint NOT NULL REFERENCES areas,
    record_id  uuid NOT NULL,
    PRIMARY KEY (request_id, area_id, record_id)
);
COMMENT ON TABLE request_records IS 'The records that a request is about, as they were found when it was taken in.';
COMMENT ON COLUMN request_records.request_id IS 'The request.';
COMMENT ON COLUMN request_records.area_id IS 'The record''s area.';
COMMENT ON COLUMN request_records.record_id IS 'The record.';

CREATE TABLE request_approvals (
    request_id uuid NOT NULL REFERENCES requests,
    person_id  uuid NOT NULL REFERENCES people,
    digest     bytea NOT NULL,
    at         bigint NOT NULL,
    PRIMARY KEY (request_id, person_id)
);
COMMENT ON TABLE request_approvals IS 'Who agreed that a request be carried out. They go when the request changes.';
COMMENT ON COLUMN request_approvals.request_id IS 'The request.';
COMMENT ON COLUMN request_approvals.person_id IS 'Who agreed.';
COMMENT ON COLUMN request_approvals.digest IS 'What they agreed to: the request''s digest as they saw it.';
COMMENT ON COLUMN request_approvals.at IS 'When, in milliseconds since 1970 UTC.';
