-- Nothing that is sealed can be read by what came before: only an empty database goes back.
DO $$ BEGIN
    IF EXISTS (SELECT FROM data_keys) THEN
        RAISE EXCEPTION 'what is sealed stays sealed: restore a backup of the time before instead';
    END IF;
END $$;

ALTER TABLE changes ALTER COLUMN bytes SET STORAGE EXTENDED;
ALTER TABLE documents ALTER COLUMN document SET STORAGE EXTENDED;

ALTER TABLE premises
    ADD COLUMN owner_name text,
    ADD COLUMN owner_phone text,
    ADD COLUMN owner_document text,
    ADD COLUMN agent_name text,
    ADD COLUMN agent_phone text,
    ADD COLUMN agent_document text,
    ADD COLUMN tier_reason text,
    ADD COLUMN notes text,
    ADD COLUMN voided text,
    ADD COLUMN decided json,
    ADD COLUMN custom json;
COMMENT ON COLUMN premises.owner_name IS '产权人或房东姓名 / Owner or landlord.';
COMMENT ON COLUMN premises.owner_phone IS '房东电话 / Landlord''s phone.';
COMMENT ON COLUMN premises.owner_document IS '房东证件号码 / Landlord''s document.';
COMMENT ON COLUMN premises.agent_name IS '中介或代管人 / Agent.';
COMMENT ON COLUMN premises.agent_phone IS '中介电话 / Agent''s phone.';
COMMENT ON COLUMN premises.agent_document IS '中介证件号码 / Agent''s document.';
COMMENT ON COLUMN premises.tier_reason IS '类别理由 / Reason of the tier.';
COMMENT ON COLUMN premises.notes IS '备注 / Notes.';
COMMENT ON COLUMN premises.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN premises.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN premises.custom IS '自定义项 / Fields of the district: the value by name.';
DROP TYPE premises_row;
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
    ADD COLUMN name text,
    ADD COLUMN document_number text,
    ADD COLUMN phone text,
    ADD COLUMN registered_address text,
    ADD COLUMN householder_relation text,
    ADD COLUMN occupation text,
    ADD COLUMN employer text,
    ADD COLUMN permit_exempt_reason text,
    ADD COLUMN permit_number text,
    ADD COLUMN voided text,
    ADD COLUMN decided json,
    ADD COLUMN custom json;
COMMENT ON COLUMN residencies.name IS '姓名 / Name.';
COMMENT ON COLUMN residencies.document_number IS '证件号码 / Document number.';
COMMENT ON COLUMN residencies.phone IS '联系电话 / Phone.';
COMMENT ON COLUMN residencies.registered_address IS '户籍地址 / Registered address.';
COMMENT ON COLUMN residencies.householder_relation IS '与户主关系 / Relation to householder.';
COMMENT ON COLUMN residencies.occupation IS '职业 / Occupation.';
COMMENT ON COLUMN residencies.employer IS '工作单位 / Employer.';
COMMENT ON COLUMN residencies.permit_exempt_reason IS '免办理由 / Exempt because.';
COMMENT ON COLUMN residencies.permit_number IS '居住证号 / Permit number.';
COMMENT ON COLUMN residencies.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN residencies.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN residencies.custom IS '自定义项 / Fields of the district: the value by name.';
DROP TYPE residency_row;
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
    ADD COLUMN remarks text,
    ADD COLUMN review_comment text,
    ADD COLUMN voided text,
    ADD COLUMN decided json,
    ADD COLUMN custom json;
COMMENT ON COLUMN visits.remarks IS '走访记录 / Remarks.';
COMMENT ON COLUMN visits.review_comment IS '审核意见 / Review comment.';
COMMENT ON COLUMN visits.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN visits.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN visits.custom IS '自定义项 / Fields of the district: the value by name.';
DROP TYPE visit_row;
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
    ADD COLUMN present text,
    ADD COLUMN rectification text,
    ADD COLUMN remarks text,
    ADD COLUMN review_comment text,
    ADD COLUMN voided text,
    ADD COLUMN decided json,
    ADD COLUMN custom json;
COMMENT ON COLUMN inspections.present IS '在场人 / Present.';
COMMENT ON COLUMN inspections.rectification IS '整改要求 / Rectification ordered.';
COMMENT ON COLUMN inspections.remarks IS '检查记录 / Remarks.';
COMMENT ON COLUMN inspections.review_comment IS '审核意见 / Review comment.';
COMMENT ON COLUMN inspections.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN inspections.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN inspections.custom IS '自定义项 / Fields of the district: the value by name.';
DROP TYPE inspection_row;
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

ALTER TABLE quarantine_decisions ALTER COLUMN reason TYPE text USING convert_from(reason, 'UTF8');

COMMENT ON COLUMN quarantine_decisions.reason IS 'Why; the phone is told.';
COMMENT ON COLUMN changes.bytes IS 'The change.';
COMMENT ON COLUMN records.registers IS 'Live operations by key, heads and actors (CBOR), with every change up to last_seq.';
COMMENT ON COLUMN documents.document IS 'The Automerge document, as saved.';
COMMENT ON COLUMN held.bytes IS 'The change.';
COMMENT ON COLUMN quarantine.bytes IS 'The bytes as they came.';
COMMENT ON COLUMN late_verdicts.outcome IS 'The outcome as it travels (CBOR).';
COMMENT ON COLUMN areas.area_key IS 'Secret under which residency ids are derived.';
COMMENT ON COLUMN district.signing_key IS 'Seed of the Ed25519 key that signs device tokens.';
COMMENT ON COLUMN district.rescue_key IS 'Private X25519 key that opens the rescue bundles of phones.';

DROP TABLE blind_index;
DROP TABLE record_keys;
DROP TABLE data_keys;
