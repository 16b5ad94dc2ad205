//! docs/protocol.md: what it quotes is what the vectors and the code say.

use sync_protocol::codes;
use sync_protocol::judge::limits as judge;
use sync_protocol::wire::{Limits, limits};

use crate::files::{list, page, text, vectors};

#[test]
fn the_page_quotes_the_vectors() {
    let page = page("protocol.md");
    let chain = vectors("chain.json");
    let mut quoted = vec![text(&chain, "start").to_owned()];
    quoted.extend(list("chain.json", "links").iter().map(|link| text(link, "chain").to_owned()));
    quoted.extend(list("genesis.json", "kinds").iter().map(|kind| text(kind, "hash").to_owned()));
    quoted.push(text(&list("ids.json", "premises")[0], "record").to_owned());
    quoted.push(text(&list("ids.json", "residency")[0], "record").to_owned());
    for value in quoted {
        assert!(page.contains(&value), "docs/protocol.md does not quote {value}");
    }
}

#[test]
fn the_page_names_every_code_that_a_phone_can_meet() {
    let page = page("protocol.md");
    let of_the_console = [
        "credentials_missing",
        "credentials_wrong",
        "header_missing",
        "code_wrong",
        "password_wrong",
        "sign_in_delayed",
        "no_role",
        "invitation_invalid",
        "password_length",
        "password_common",
        "second_factor_there",
        "oidc_refused",
        "oidc_unbound",
        "oidc_unavailable",
        "trail_in_part",
        "show_reason_missing",
        "request_own",
        "request_agreed",
        "request_changed",
        "request_closed",
        "request_not_agreed",
        "request_under_way",
        "request_not_met",
        "request_landlord",
        "request_person_changed",
        "request_number_missing",
        "font_missing",
        "request_words_missing",
        "photo_damaged",
        "dates_wrong",
        "role_held",
        "stand_in_would_get_it",
    ];
    // In the catalogue, and given by nothing that a phone can ask.
    let not_given = ["forbidden"];
    let phones = codes::ALL
        .iter()
        .filter(|code| !of_the_console.contains(&code.code) && !not_given.contains(&code.code));
    for code in phones {
        assert!(page.contains(&format!("`{}`", code.code)), "docs/protocol.md: {}", code.code);
    }
}

#[test]
fn the_page_names_the_limits() {
    assert_eq!(limits::BODY_BYTES, 1 << 20);
    assert_eq!(limits::INFLATED_BYTES, 8 << 20);
    assert_eq!((limits::CHANGES, limits::AREAS), (512, 512));
    assert_eq!(Limits::SERVER, Limits { bytes: 8 << 20, items: 512 });
    assert_eq!(Limits::PHONE, Limits { bytes: 12 << 20, items: 5_000 });
    assert_eq!((judge::CHANGE_BYTES, judge::ROOT_OPERATIONS), (64 << 10, 256));
    assert_eq!((judge::OPERATIONS, judge::KEY_BYTES), (8_192, 128));
    assert_eq!((judge::KEYS, judge::ACTORS), (2_000, 1_000));
    let page = page("protocol.md");
    for said in ["1 MiB", "8 MiB", "512 changes", "64 KiB", "256", "8,192", "2,000", "1,000"] {
        assert!(page.contains(said), "docs/protocol.md: {said}");
    }
}
