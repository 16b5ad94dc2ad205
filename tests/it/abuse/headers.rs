//! The headers that keep a browser from being used against the console: on every kind of answer.

use doorstep::http::Limits;
use doorstep::http::limits::Rate;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::World;

const EVERYWHERE: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=()"),
];

/// A page, a file, JSON, an error, what there is not, a page for residents, and a refusal of the guard.
const ANSWERS: [(&str, u16); 7] = [
    ("/", 200),
    ("ASSET", 200),
    ("/health", 200),
    ("/v1/areas", 401),
    ("/v1/nothing", 404),
    ("/badge/none", 404),
    ("/badge/none", 429),
];

fn check(world: &World, hsts: Option<&str>) {
    let page = agent().get(&world.url).call().unwrap().body_mut().read_to_string().unwrap();
    let asset = page.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    for (path, status) in ANSWERS {
        let path = if path == "ASSET" { asset.trim_start_matches('.') } else { path };
        let answer = agent().get(format!("{}{path}", world.url)).call().unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
        for (name, begins) in EVERYWHERE {
            assert!(header(name).is_some_and(|value| value.starts_with(begins)), "{path}: {name}");
        }
        let policy = header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("strict-transport-security"), hsts, "{path}");
        assert!(header("cache-control").is_some(), "{path}");
        assert_eq!(header("server"), None, "{path}");
    }
}

fn world(behind_tls: bool) -> World {
    let mut limits = Limits::default();
    limits.rates.public = Rate::new(1, 1);
    World::with_limits(limits, behind_tls)
}

#[test]
fn every_kind_of_answer_has_the_headers_and_tls_is_told_of_where_it_is() {
    check(&world(false), None);
    check(&world(true), Some("max-age=31536000; includeSubDomains"));
}
