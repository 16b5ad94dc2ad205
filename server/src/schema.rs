//! The tables as diesel sees them. Written by the test `schema_is_fresh`; do not edit.

diesel::table! {
    absences (absence_id) {
        absence_id -> Int8,
        person_id -> Uuid,
        from_at -> Timestamptz,
        until_at -> Timestamptz,
        stand_in -> Nullable<Uuid>,
    }
}

diesel::table! {
    area_log (area_id) {
        area_id -> Int8,
        area_epoch -> Int4,
        head -> Int8,
        chain -> Bytea,
    }
}

diesel::table! {
    areas (area_id) {
        area_id -> Int8,
        parent -> Nullable<Int8>,
        level -> Text,
        name_zh -> Text,
        name_en -> Text,
        area_key -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    changes (area_id, seq) {
        area_id -> Int8,
        seq -> Int8,
        record_id -> Uuid,
        kind -> Int2,
        hash -> Bytea,
        max_op -> Int8,
        device_id -> Int8,
        push_id -> Uuid,
        received_at -> Int8,
        chain -> Bytea,
        bytes -> Bytea,
    }
}

diesel::table! {
    clashes (area_id, record_id, field, opened_seq) {
        area_id -> Int8,
        record_id -> Uuid,
        field -> Text,
        opened_seq -> Int8,
        opened_at -> Int8,
        settled_seq -> Nullable<Int8>,
        settled_at -> Nullable<Int8>,
    }
}

diesel::table! {
    configurations (version) {
        version -> Int8,
        configuration -> Text,
        set_by -> Bytea,
        set_at -> Timestamptz,
    }
}

diesel::table! {
    data_keys (number) {
        number -> Int2,
        purpose -> Text,
        master -> Text,
        wrapped -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    device_nonces (nonce) {
        nonce -> Bytea,
        device_id -> Int8,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    devices (device_id) {
        device_id -> Int8,
        person_id -> Uuid,
        public_key -> Bytea,
        name -> Bytea,
        app -> Text,
        enrolled_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        suspended_at -> Nullable<Timestamptz>,
        seen_at -> Nullable<Timestamptz>,
        key_since -> Timestamptz,
    }
}

diesel::table! {
    discarded_photos (area_id, folder) {
        area_id -> Int8,
        folder -> Text,
    }
}

diesel::table! {
    district (district_id) {
        district_id -> Int2,
        name_zh -> Text,
        name_en -> Text,
        server_epoch -> Uuid,
        signing_key -> Bytea,
        created_at -> Timestamptz,
        grants -> Int8,
        rescue_key -> Bytea,
        signing_number -> Int8,
        second_factor -> Bool,
        sealed -> Int2,
    }
}

diesel::table! {
    documents (area_id, record_id) {
        area_id -> Int8,
        record_id -> Uuid,
        seq -> Int8,
        document -> Bytea,
    }
}

diesel::table! {
    enrolment_codes (code_hash) {
        code_hash -> Bytea,
        person_id -> Uuid,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    erased (area_id, record_id, seq) {
        area_id -> Int8,
        record_id -> Uuid,
        seq -> Int8,
        at -> Int8,
        cause -> Int2,
    }
}

diesel::table! {
    erased_changes (area_id, record_id, hash) {
        area_id -> Int8,
        record_id -> Uuid,
        hash -> Bytea,
    }
}

diesel::table! {
    former_device_keys (device_id, public_key) {
        device_id -> Int8,
        public_key -> Bytea,
        since -> Timestamptz,
        until -> Timestamptz,
    }
}

diesel::table! {
    former_roles (person_id, area_id, role) {
        person_id -> Uuid,
        area_id -> Int8,
        role -> Text,
    }
}

diesel::table! {
    former_signing_keys (number) {
        number -> Int8,
        public_key -> Bytea,
        retired_at -> Timestamptz,
    }
}

diesel::table! {
    hand_ins (device_id) {
        device_id -> Int8,
        day -> Int8,
        bytes -> Int8,
    }
}

diesel::table! {
    held (area_id, record_id, hash) {
        area_id -> Int8,
        record_id -> Uuid,
        hash -> Bytea,
        kind -> Int2,
        device_id -> Int8,
        push_id -> Uuid,
        received_at -> Int8,
        missing -> Bytea,
        bytes -> Bytea,
    }
}

diesel::table! {
    invitations (code_hash) {
        code_hash -> Bytea,
        person_id -> Uuid,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    late_verdicts (device_id, number) {
        device_id -> Int8,
        number -> Int8,
        area_id -> Int8,
        record_id -> Uuid,
        hash -> Bytea,
        outcome -> Bytea,
        at -> Int8,
    }
}

diesel::table! {
    moved (area_id, record_id) {
        area_id -> Int8,
        record_id -> Uuid,
        seq -> Int8,
        to_area -> Int8,
        at -> Int8,
        arrived -> Bool,
    }
}

diesel::table! {
    oidc_attempts (state_hash) {
        state_hash -> Bytea,
        browser_hash -> Bytea,
        nonce -> Bytea,
        verifier -> Bytea,
        invitation_hash -> Nullable<Bytea>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    oidc_provider (provider_id) {
        provider_id -> Int2,
        issuer -> Text,
        client_id -> Text,
        client_secret -> Bytea,
        public_url -> Text,
        claim -> Text,
        factor_amr -> Text,
        authority -> Nullable<Text>,
    }
}

diesel::table! {
    oidc_subjects (issuer, subject_hash) {
        issuer -> Text,
        subject -> Bytea,
        person_id -> Uuid,
        bound_at -> Timestamptz,
        subject_hash -> Bytea,
    }
}

diesel::table! {
    people (person_id) {
        person_id -> Uuid,
        name -> Bytea,
        login -> Nullable<Bytea>,
        password_hash -> Nullable<Text>,
        created_at -> Timestamptz,
        grants -> Int8,
        card_number -> Nullable<Bytea>,
        badge -> Int8,
        left_at -> Nullable<Timestamptz>,
        login_hash -> Nullable<Bytea>,
        card_hash -> Nullable<Bytea>,
    }
}

diesel::table! {
    person_roles (person_id, area_id, role) {
        person_id -> Uuid,
        area_id -> Int8,
        role -> Text,
        valid_from -> Nullable<Timestamptz>,
        valid_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    photo_keys (area_id, photo) {
        area_id -> Int8,
        photo -> Bytea,
        folder -> Uuid,
        data_key -> Int2,
        wrapped -> Bytea,
    }
}

diesel::table! {
    photo_parts (area_id, photo, part) {
        area_id -> Int8,
        photo -> Bytea,
        part -> Int4,
    }
}

diesel::table! {
    photos (area_id, photo) {
        area_id -> Int8,
        photo -> Bytea,
        size -> Int8,
        device_id -> Int8,
        begun_at -> Timestamptz,
        stored_at -> Nullable<Timestamptz>,
        has_derivatives -> Bool,
        sealed -> Bool,
    }
}

diesel::table! {
    portraits (person_id) {
        person_id -> Uuid,
        jpeg -> Bytea,
    }
}

diesel::table! {
    pushes (area_id, device_id, push_id) {
        area_id -> Int8,
        device_id -> Int8,
        push_id -> Uuid,
        hashes -> Bytea,
        signature -> Bytea,
        received_at -> Int8,
    }
}

diesel::table! {
    quarantine (area_id, record_id, hash) {
        area_id -> Int8,
        record_id -> Uuid,
        hash -> Bytea,
        kind -> Int2,
        device_id -> Int8,
        push_id -> Uuid,
        received_at -> Int8,
        code -> Text,
        field -> Nullable<Text>,
        bytes -> Bytea,
    }
}

diesel::table! {
    quarantine_decisions (area_id, record_id, hash) {
        area_id -> Int8,
        record_id -> Uuid,
        hash -> Bytea,
        person_id -> Uuid,
        decided_at -> Int8,
        adopted -> Bool,
        reason -> Bytea,
    }
}

diesel::table! {
    record_keys (area_id, record_id) {
        area_id -> Int8,
        record_id -> Uuid,
        data_key -> Int2,
        wrapped -> Bytea,
    }
}

diesel::table! {
    records (area_id, record_id) {
        area_id -> Int8,
        record_id -> Uuid,
        kind -> Int2,
        last_seq -> Int8,
        registers -> Bytea,
    }
}

diesel::table! {
    recovery_codes (code_hash) {
        code_hash -> Bytea,
        person_id -> Uuid,
    }
}

diesel::table! {
    request_approvals (request_id, person_id) {
        request_id -> Uuid,
        person_id -> Uuid,
        digest -> Bytea,
        at -> Int8,
    }
}

diesel::table! {
    request_records (request_id, area_id, record_id) {
        request_id -> Uuid,
        area_id -> Int8,
        record_id -> Uuid,
    }
}

diesel::table! {
    requests (request_id) {
        request_id -> Uuid,
        kind -> Text,
        state -> Text,
        area_id -> Int8,
        record_id -> Uuid,
        field -> Nullable<Text>,
        version -> Int8,
        words -> Nullable<Bytea>,
        taken_by -> Uuid,
        taken_at -> Int8,
        changed_by -> Nullable<Uuid>,
        begun_at -> Nullable<Int8>,
        closed_by -> Nullable<Uuid>,
        closed_at -> Nullable<Int8>,
    }
}

diesel::table! {
    second_factors (person_id) {
        person_id -> Uuid,
        secret -> Bytea,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> Int8,
    }
}

diesel::table! {
    sign_in_attempts (bucket) {
        bucket -> Bytea,
        failures -> Int4,
        blocked_until -> Timestamptz,
        last_at -> Timestamptz,
        signed_in_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    staff_sessions (token_hash) {
        token_hash -> Bytea,
        person_id -> Uuid,
        expires_at -> Timestamptz,
        session_id -> Uuid,
        created_at -> Timestamptz,
        seen_at -> Timestamptz,
        lacks -> Text,
        attempts -> Int4,
        address -> Bytea,
        browser -> Bytea,
    }
}

diesel::table! {
    trail (place) {
        place -> Int8,
        at -> Int8,
        act -> Text,
        outcome -> Text,
        times -> Int8,
        actor -> Text,
        about -> Nullable<Text>,
        area_id -> Nullable<Int8>,
        record_id -> Nullable<Uuid>,
        field -> Nullable<Text>,
        detail -> Nullable<Text>,
        address -> Nullable<Text>,
        request -> Nullable<Uuid>,
        reason -> Nullable<Bytea>,
        reason_sha256 -> Nullable<Bytea>,
        chain -> Bytea,
    }
}

diesel::table! {
    trail_head (trail_head_id) {
        trail_head_id -> Int2,
        place -> Int8,
        chain -> Bytea,
    }
}

diesel::joinable!(devices -> people (person_id));
diesel::joinable!(staff_sessions -> people (person_id));
diesel::allow_tables_to_appear_in_same_query!(devices, district, people, staff_sessions);
diesel::allow_tables_to_appear_in_same_query!(quarantine, quarantine_decisions);
diesel::allow_tables_to_appear_in_same_query!(request_records, requests);
