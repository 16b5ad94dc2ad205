//! Pages of docs/ that are made from the code are fresh.

use sync_protocol::{codes, records};

#[test]
fn records_page_is_fresh() {
    check("docs/records.md", &records::catalogue::markdown(), "doorstep docs records");
}

#[test]
fn forms_page_is_fresh() {
    check("docs/forms.md", &records::form::markdown(), "doorstep docs forms");
}

#[test]
fn error_codes_page_is_fresh() {
    check("docs/error-codes.md", &codes::markdown(), "doorstep docs error-codes");
}

#[test]
fn permissions_page_is_fresh() {
    let page = doorstep::auth::permissions::markdown();
    check("docs/permissions.md", &page, "doorstep docs permissions");
}

fn check(page: &str, fresh: &str, command: &str) {
    let file = format!("{}/../{page}", env!("CARGO_MANIFEST_DIR"));
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == fresh, "{page} is not fresh: write it with `{command} > {page}`");
}
