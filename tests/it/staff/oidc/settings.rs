//! What an operator says of the provider: only what holds is set.

use super::*;

#[test]
fn a_provider_behind_an_authority_of_its_own_is_believed_by_its_certificate_alone() {
    let (authority, other) = (Authority::new(), Authority::new());
    let away = Away::with(Some(&authority));
    let set = |pem: Option<&str>| {
        let settings = away.settings("sub", &[]);
        let new = Provider { authority: pem.map(str::to_owned), ..settings };
        oidc::set_provider(&away.office.world.store, operator(), &new, by())
    };
    assert!(away.issuer.starts_with("https://"));
    for pem in [None, Some(other.pem.as_str()), Some(""), Some("no certificate")] {
        assert!(matches!(set(pem), Err(ProviderError::Unreachable(_))), "{pem:?}");
    }
    // A file with a key in it is the wrong one, and the key is not kept.
    let with_key = format!("{}{}", authority.pem, authority.key);
    assert!(matches!(set(Some(&with_key)), Err(ProviderError::Unreachable(_))));
    let kept = || away.office.world.store.read(|db| oidc::show_provider(db, operator())).unwrap();
    assert!(kept().is_none());
    set(Some(&authority.pem)).unwrap();
    assert_eq!(kept().unwrap().authority.as_ref(), Some(&authority.pem));
    let first = away.sign_in("zhao", Some(&away.invitation()));
    assert_eq!(away.me(&first).0, "赵敏");
    assert_eq!(away.me(&away.sign_in("zhao", None)).0, "赵敏");
}

#[test]
fn settings_that_cannot_be_right_are_refused_and_nothing_is_set() {
    let office = Office::new();
    let store = &office.world.store;
    let set = |issuer: &str, public_url: &str| {
        let new = Provider {
            issuer: issuer.to_owned(),
            client_id: "doorstep".to_owned(),
            client_secret: "secret".to_owned(),
            public_url: public_url.to_owned(),
            claim: "sub".to_owned(),
            factor_amr: Vec::new(),
            authority: None,
        };
        oidc::set_provider(store, operator(), &new, by()).unwrap_err()
    };
    let here = office.world.url.as_str();
    assert!(matches!(set("http://id.example", here), ProviderError::InTheClear(_)));
    assert!(matches!(set(here, "http://doorstep.example"), ProviderError::InTheClear(_)));
    // Something that answers, but is no provider.
    assert!(matches!(set(here, here), ProviderError::Unreachable(_)));
    assert!(store.read(|db| oidc::show_provider(db, operator())).unwrap().is_none());
    let turned = office
        .reception
        .leave_for_provider(None, &crate::staff::from("192.0.2.1"), now_ms())
        .map_err(crate::staff::code);
    assert_eq!(turned.err(), Some("not_found"));
}

#[test]
fn the_command_sets_the_provider_and_it_is_noted() {
    let away = Away::new("sub", &[]);
    let world = &away.office.world;
    let secret = away.office.world.folder().join("secret");
    std::fs::write(&secret, "a secret between two servers\n").unwrap();
    let set = ["oidc", "set", "--client-id", "doorstep", "--public-url", &world.url, "--issuer"];
    let run = |issuer: &str| {
        let mut command = doorstep(world);
        ended(command.args(set).arg(issuer).stdin(std::fs::File::open(&secret).unwrap()))
    };
    let noted = || {
        let all = world.store.read(|db| trail::entries(db, 0, u64::MAX >> 1, 1_000)).unwrap();
        let set = all.into_iter().filter(|kept| kept.act == "provider_set");
        set.map(|kept| (kept.actor, kept.detail.unwrap())).collect::<Vec<_>>()
    };
    let before = noted();
    let nobody = run("http://127.0.0.1:1");
    assert!(!nobody.well && nobody.err.contains("does not answer"), "{nobody:?}");
    assert_eq!(noted(), before, "what was not set is not noted");
    let done = run(&away.issuer);
    assert!(done.well && !done.out.contains("a secret"), "{done:?}");
    let by_command = ("operator:zhaomin".to_owned(), away.issuer.clone());
    assert_eq!(noted(), [before, vec![by_command]].concat());
}
