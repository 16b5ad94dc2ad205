-- A push hands its rows to PostgreSQL as values of these types: nothing is parsed as text, and one array
-- stands where one for each column did. What a column of JSON says is kept as it was written (json); it
-- was parsed and sorted with every push (jsonb), and nobody asks for a part of it. The queue reads the
-- reports of many areas at once, for which no order by area helps: the indexes on the moment of the last
-- change served nobody, and kept every row of a push from being rewritten in place (HOT).

DROP VIEW reports;
DROP INDEX visits_newest;
DROP INDEX inspections_newest;

ALTER TABLE premises
    ALTER COLUMN decided TYPE json USING decided::json,
    ALTER COLUMN custom TYPE json USING custom::json;
CREATE TYPE premises_row AS (
    area_id          bigint,
    record_id        uuid,
    seq              bigint,
    author           bigint,
    received_at      bigint,
    address_code     text,
    address          text,
    building         text,
    unit             text,
    floor            bigint,
    room             text,
    latitude         bigint,
    longitude        bigint,
    "use"            text,
    rooms            bigint,
    area_m2          bigint,
    owner_name       text,
    owner_phone      text,
    owner_document   text,
    agent_name       text,
    agent_phone      text,
    agent_document   text,
    letting_mode     text,
    lease_filed      boolean,
    lease_filed_on   date,
    letter_signed    boolean,
    letter_signed_on date,
    tier             text,
    tier_reason      text,
    notes            text,
    voided           text,
    decided          json,
    custom           json
);
COMMENT ON TYPE premises_row IS 'A row of premises, as a push writes it.';

ALTER TABLE residencies
    ALTER COLUMN decided TYPE json USING decided::json,
    ALTER COLUMN custom TYPE json USING custom::json;
CREATE TYPE residency_row AS (
    area_id              bigint,
    record_id            uuid,
    seq                  bigint,
    author               bigint,
    received_at          bigint,
    premises             uuid,
    name                 text,
    document_type        text,
    document_number      text,
    birth_date           date,
    sex                  text,
    phone                text,
    category             text,
    registered_address   text,
    registered_division  text,
    arrived_on           date,
    expected_until       date,
    departed_on          date,
    reason               text,
    householder_relation text,
    occupation           text,
    employer             text,
    permit               text,
    permit_exempt_reason text,
    permit_number        text,
    permit_issued_on     date,
    permit_years         bigint,
    schooling            text,
    vaccination_current  boolean,
    voided               text,
    decided              json,
    custom               json
);
COMMENT ON TYPE residency_row IS 'A row of residencies, as a push writes it.';

ALTER TABLE visits
    ALTER COLUMN confirmed TYPE json USING confirmed::json,
    ALTER COLUMN needs TYPE json USING needs::json,
    ALTER COLUMN photos TYPE json USING photos::json,
    ALTER COLUMN decided TYPE json USING decided::json,
    ALTER COLUMN custom TYPE json USING custom::json;
CREATE TYPE visit_row AS (
    area_id        bigint,
    record_id      uuid,
    seq            bigint,
    author         bigint,
    received_at    bigint,
    premises       uuid,
    state          text,
    started_at     timestamptz,
    ended_at       timestamptz,
    outcome        text,
    card_shown     boolean,
    note_left      boolean,
    call_back_on   date,
    remarks        text,
    signature      text,
    amends         uuid,
    review_comment text,
    voided         text,
    confirmed      json,
    needs          json,
    photos         json,
    decided        json,
    custom         json
);
COMMENT ON TYPE visit_row IS 'A row of visits, as a push writes it.';

ALTER TABLE inspections
    ALTER COLUMN items TYPE json USING items::json,
    ALTER COLUMN photos TYPE json USING photos::json,
    ALTER COLUMN decided TYPE json USING decided::json,
    ALTER COLUMN custom TYPE json USING custom::json;
CREATE TYPE inspection_row AS (
    area_id             bigint,
    record_id           uuid,
    seq                 bigint,
    author              bigint,
    received_at         bigint,
    premises            uuid,
    state               text,
    started_at          timestamptz,
    ended_at            timestamptz,
    present             text,
    occupants_found     bigint,
    verdict             text,
    rectification       text,
    rectify_by          date,
    rectified_on        date,
    verified_by         uuid,
    follows             uuid,
    remarks             text,
    inspector_signature text,
    present_signature   text,
    amends              uuid,
    review_comment      text,
    voided              text,
    items               json,
    photos              json,
    decided             json,
    custom              json
);
COMMENT ON TYPE inspection_row IS 'A row of inspections, as a push writes it.';

CREATE TYPE record_row AS (
    record_id uuid,
    kind      smallint,
    last_seq  bigint,
    registers bytea
);
COMMENT ON TYPE record_row IS 'A row of records, as a push writes it.';

CREATE TYPE change_row AS (
    seq       bigint,
    record_id uuid,
    kind      smallint,
    hash      bytea,
    max_op    bigint,
    device_id bigint,
    push_id   uuid,
    chain     bytea,
    bytes     bytea
);
COMMENT ON TYPE change_row IS 'A row of changes, as a push writes it.';

CREATE VIEW reports AS
SELECT area_id, record_id, 3::smallint AS kind, seq, author, received_at, premises, state,
       started_at, ended_at, outcome AS result, photos
FROM visits
UNION ALL
SELECT area_id, record_id, 4::smallint, seq, author, received_at, premises, state,
       started_at, ended_at, verdict, photos
FROM inspections;
COMMENT ON VIEW reports IS 'Visits and inspections together, as the review queue lists them.';
