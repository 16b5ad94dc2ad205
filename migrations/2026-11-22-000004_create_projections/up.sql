-- Projections: what the records say, in typed tables for staff. Written in the transaction of the push;
-- they can be rebuilt from the log. Columns are those of the field tables; a test proves it.

CREATE TABLE premises (
    area_id          bigint NOT NULL,
    record_id        uuid NOT NULL,
    seq              bigint NOT NULL,
    author           bigint NOT NULL,
    received_at      bigint NOT NULL,
    address_code     text,
    address          text,
    building         text,
    unit             text,
    floor            bigint,
    room             text,
    latitude         bigint,
    longitude        bigint,
    "use"              text,
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
    decided          jsonb,
    custom           jsonb,
    PRIMARY KEY (area_id, record_id)
);
COMMENT ON TABLE premises IS 'Homes and other places, as merged.';
COMMENT ON COLUMN premises.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN premises.record_id IS 'The record.';
COMMENT ON COLUMN premises.seq IS 'The last change that the row reflects.';
COMMENT ON COLUMN premises.author IS 'The device that opened the record.';
COMMENT ON COLUMN premises.received_at IS 'When the last change came, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN premises.address_code IS '标准地址编码 / Standard address code.';
COMMENT ON COLUMN premises.address IS '地址 / Address.';
COMMENT ON COLUMN premises.building IS '楼栋 / Building.';
COMMENT ON COLUMN premises.unit IS '单元 / Unit.';
COMMENT ON COLUMN premises.floor IS '楼层 / Floor.';
COMMENT ON COLUMN premises.room IS '房号 / Room.';
COMMENT ON COLUMN premises.latitude IS '纬度(百万分之一度) / Latitude, millionths of a degree.';
COMMENT ON COLUMN premises.longitude IS '经度(百万分之一度) / Longitude, millionths of a degree.';
COMMENT ON COLUMN premises.use IS '用途 / Use.';
COMMENT ON COLUMN premises.rooms IS '房间数 / Rooms.';
COMMENT ON COLUMN premises.area_m2 IS '面积(平方米) / Floor area, m².';
COMMENT ON COLUMN premises.owner_name IS '产权人或房东姓名 / Owner or landlord.';
COMMENT ON COLUMN premises.owner_phone IS '房东电话 / Landlord''s phone.';
COMMENT ON COLUMN premises.owner_document IS '房东证件号码 / Landlord''s document.';
COMMENT ON COLUMN premises.agent_name IS '中介或代管人 / Agent.';
COMMENT ON COLUMN premises.agent_phone IS '中介电话 / Agent''s phone.';
COMMENT ON COLUMN premises.agent_document IS '中介证件号码 / Agent''s document.';
COMMENT ON COLUMN premises.letting_mode IS '出租方式 / Letting mode.';
COMMENT ON COLUMN premises.lease_filed IS '租赁登记备案 / Lease filed.';
COMMENT ON COLUMN premises.lease_filed_on IS '备案日期 / Lease filed on.';
COMMENT ON COLUMN premises.letter_signed IS '已签责任书 / Safety letter signed.';
COMMENT ON COLUMN premises.letter_signed_on IS '责任书签订日期 / Letter signed on.';
COMMENT ON COLUMN premises.tier IS '检查类别 / Tier.';
COMMENT ON COLUMN premises.tier_reason IS '类别理由 / Reason of the tier.';
COMMENT ON COLUMN premises.notes IS '备注 / Notes.';
COMMENT ON COLUMN premises.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN premises.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN premises.custom IS '自定义项 / Fields of the district: the value by name.';

CREATE TABLE residencies (
    area_id              bigint NOT NULL,
    record_id            uuid NOT NULL,
    seq                  bigint NOT NULL,
    author               bigint NOT NULL,
    received_at          bigint NOT NULL,
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
    decided          jsonb,
    custom           jsonb,
    PRIMARY KEY (area_id, record_id)
);
CREATE INDEX residencies_by_premises ON residencies (area_id, premises);
COMMENT ON TABLE residencies IS 'Stays of people at premises, as merged.';
COMMENT ON COLUMN residencies.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN residencies.record_id IS 'The record.';
COMMENT ON COLUMN residencies.seq IS 'The last change that the row reflects.';
COMMENT ON COLUMN residencies.author IS 'The device that opened the record.';
COMMENT ON COLUMN residencies.received_at IS 'When the last change came, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN residencies.premises IS '房屋 / Premises.';
COMMENT ON COLUMN residencies.name IS '姓名 / Name.';
COMMENT ON COLUMN residencies.document_type IS '证件类型 / Document type.';
COMMENT ON COLUMN residencies.document_number IS '证件号码 / Document number.';
COMMENT ON COLUMN residencies.birth_date IS '出生日期 / Birth date.';
COMMENT ON COLUMN residencies.sex IS '性别 / Sex.';
COMMENT ON COLUMN residencies.phone IS '联系电话 / Phone.';
COMMENT ON COLUMN residencies.category IS '人员类别 / Category.';
COMMENT ON COLUMN residencies.registered_address IS '户籍地址 / Registered address.';
COMMENT ON COLUMN residencies.registered_division IS '户籍区划代码 / Registered division.';
COMMENT ON COLUMN residencies.arrived_on IS '来居日期 / Arrived on.';
COMMENT ON COLUMN residencies.expected_until IS '拟居至 / Expected until.';
COMMENT ON COLUMN residencies.departed_on IS '离开日期 / Departed on.';
COMMENT ON COLUMN residencies.reason IS '居住事由 / Reason of stay.';
COMMENT ON COLUMN residencies.householder_relation IS '与户主关系 / Relation to householder.';
COMMENT ON COLUMN residencies.occupation IS '职业 / Occupation.';
COMMENT ON COLUMN residencies.employer IS '工作单位 / Employer.';
COMMENT ON COLUMN residencies.permit IS '居住证 / Residence permit.';
COMMENT ON COLUMN residencies.permit_exempt_reason IS '免办理由 / Exempt because.';
COMMENT ON COLUMN residencies.permit_number IS '居住证号 / Permit number.';
COMMENT ON COLUMN residencies.permit_issued_on IS '发证日期 / Permit issued on.';
COMMENT ON COLUMN residencies.permit_years IS '有效年限 / Permit years.';
COMMENT ON COLUMN residencies.schooling IS '就学情况 / Schooling.';
COMMENT ON COLUMN residencies.vaccination_current IS '预防接种已完成 / Vaccination up to date.';
COMMENT ON COLUMN residencies.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN residencies.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN residencies.custom IS '自定义项 / Fields of the district: the value by name.';

CREATE TABLE visits (
    area_id        bigint NOT NULL,
    record_id      uuid NOT NULL,
    seq            bigint NOT NULL,
    author         bigint NOT NULL,
    received_at    bigint NOT NULL,
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
    confirmed        jsonb,
    needs            jsonb,
    photos           jsonb,
    decided          jsonb,
    custom           jsonb,
    PRIMARY KEY (area_id, record_id)
);
CREATE INDEX visits_by_premises ON visits (area_id, premises);
CREATE INDEX visits_newest ON visits (area_id, received_at DESC, record_id);
COMMENT ON TABLE visits IS 'Household visits, as merged.';
COMMENT ON COLUMN visits.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN visits.record_id IS 'The record.';
COMMENT ON COLUMN visits.seq IS 'The last change that the row reflects.';
COMMENT ON COLUMN visits.author IS 'The device that opened the record.';
COMMENT ON COLUMN visits.received_at IS 'When the last change came, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN visits.premises IS '房屋 / Premises.';
COMMENT ON COLUMN visits.state IS '状态 / State.';
COMMENT ON COLUMN visits.started_at IS '开始时间 / Started.';
COMMENT ON COLUMN visits.ended_at IS '结束时间 / Ended.';
COMMENT ON COLUMN visits.outcome IS '走访结果 / Outcome.';
COMMENT ON COLUMN visits.card_shown IS '已出示工作证 / Work card shown.';
COMMENT ON COLUMN visits.note_left IS '已留联系单 / Note left.';
COMMENT ON COLUMN visits.call_back_on IS '回访日期 / Call back on.';
COMMENT ON COLUMN visits.remarks IS '走访记录 / Remarks.';
COMMENT ON COLUMN visits.signature IS '住户签名 / Signature.';
COMMENT ON COLUMN visits.amends IS '更正的报告 / Amends.';
COMMENT ON COLUMN visits.review_comment IS '审核意见 / Review comment.';
COMMENT ON COLUMN visits.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN visits.confirmed IS '确认在住 / Confirmed residents: by residency.';
COMMENT ON COLUMN visits.needs IS '服务需求 / Service needs: the step by need.';
COMMENT ON COLUMN visits.photos IS '照片 / Photos: caption, taken_at and place by SHA-256.';
COMMENT ON COLUMN visits.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN visits.custom IS '自定义项 / Fields of the district: the value by name.';

CREATE TABLE inspections (
    area_id             bigint NOT NULL,
    record_id           uuid NOT NULL,
    seq                 bigint NOT NULL,
    author              bigint NOT NULL,
    received_at         bigint NOT NULL,
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
    items            jsonb,
    photos           jsonb,
    decided          jsonb,
    custom           jsonb,
    PRIMARY KEY (area_id, record_id)
);
CREATE INDEX inspections_by_premises ON inspections (area_id, premises);
CREATE INDEX inspections_newest ON inspections (area_id, received_at DESC, record_id);
COMMENT ON TABLE inspections IS 'Inspections of rented homes, as merged.';
COMMENT ON COLUMN inspections.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN inspections.record_id IS 'The record.';
COMMENT ON COLUMN inspections.seq IS 'The last change that the row reflects.';
COMMENT ON COLUMN inspections.author IS 'The device that opened the record.';
COMMENT ON COLUMN inspections.received_at IS 'When the last change came, in milliseconds since 1970 UTC.';
COMMENT ON COLUMN inspections.premises IS '房屋 / Premises.';
COMMENT ON COLUMN inspections.state IS '状态 / State.';
COMMENT ON COLUMN inspections.started_at IS '开始时间 / Started.';
COMMENT ON COLUMN inspections.ended_at IS '结束时间 / Ended.';
COMMENT ON COLUMN inspections.present IS '在场人 / Present.';
COMMENT ON COLUMN inspections.occupants_found IS '在住人数 / Occupants found.';
COMMENT ON COLUMN inspections.verdict IS '检查结论 / Verdict.';
COMMENT ON COLUMN inspections.rectification IS '整改要求 / Rectification ordered.';
COMMENT ON COLUMN inspections.rectify_by IS '整改期限 / To be done by.';
COMMENT ON COLUMN inspections.rectified_on IS '整改完成日期 / Done on.';
COMMENT ON COLUMN inspections.verified_by IS '复查记录 / Verified by inspection.';
COMMENT ON COLUMN inspections.follows IS '前次检查 / Follows.';
COMMENT ON COLUMN inspections.remarks IS '检查记录 / Remarks.';
COMMENT ON COLUMN inspections.inspector_signature IS '检查员签名 / Inspector''s signature.';
COMMENT ON COLUMN inspections.present_signature IS '在场人签名 / Signature of who was present.';
COMMENT ON COLUMN inspections.amends IS '更正的报告 / Amends.';
COMMENT ON COLUMN inspections.review_comment IS '审核意见 / Review comment.';
COMMENT ON COLUMN inspections.voided IS '作废原因 / Void because.';
COMMENT ON COLUMN inspections.items IS '检查项 / Checklist: result and note by item.';
COMMENT ON COLUMN inspections.photos IS '照片 / Photos: caption, taken_at and place by SHA-256.';
COMMENT ON COLUMN inspections.decided IS '裁定 / Decisions of clashes: the words by field.';
COMMENT ON COLUMN inspections.custom IS '自定义项 / Fields of the district: the value by name.';

CREATE VIEW reports AS
SELECT area_id, record_id, 3::smallint AS kind, seq, author, received_at, premises, state,
       started_at, ended_at, outcome AS result, photos
FROM visits
UNION ALL
SELECT area_id, record_id, 4::smallint, seq, author, received_at, premises, state,
       started_at, ended_at, verdict, photos
FROM inspections;
COMMENT ON VIEW reports IS 'Visits and inspections together, as the review queue lists them.';
