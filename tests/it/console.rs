//! The console: a client for its JSON, and a browser that signs in, opens the merged report and sees
//! the clash.

use std::process::Command;

use doorstep_tests::bare_phone::agent;
use doorstep_tests::pictures;
use doorstep_tests::world::{AREA, LOGIN, REVIEWER, World};
use mobile_bindings::client::{Entry, FieldValue};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

/// Somebody signed in.
pub(crate) struct Console {
    url: String,
    cookie: String,
    token: String,
}

impl Console {
    /// Signs the reviewer in.
    pub(crate) fn sign_in(world: &World) -> Self {
        Self::try_sign_in(&world.url, REVIEWER.0, REVIEWER.1).expect("the reviewer signs in")
    }

    /// Signs somebody in, or answers status and body.
    pub(crate) fn try_sign_in(
        url: &str,
        name: &str,
        password: &str,
    ) -> Result<Self, (u16, String)> {
        let sent = agent()
            .post(format!("{url}/v1/staff/sign-in"))
            .header("content-type", "application/json")
            .header("x-doorstep", "console")
            .send(json!({ "name": name, "password": password }).to_string());
        let mut answer = sent.unwrap();
        if answer.status().as_u16() != 200 {
            return Err((answer.status().as_u16(), answer.body_mut().read_to_string().unwrap()));
        }
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies: Vec<String> = cookies.map(|c| c.to_str().unwrap().to_owned()).collect();
        for part in ["HttpOnly", "SameSite=Strict"] {
            assert!(cookies.iter().all(|cookie| cookie.contains(part)), "{cookies:?}");
        }
        let pairs: Vec<&str> = cookies.iter().map(|c| c.split(';').next().unwrap()).collect();
        let said: Json = serde_json::from_reader(answer.body_mut().as_reader()).unwrap();
        let token = said["csrf"].as_str().unwrap().to_owned();
        Ok(Self { url: url.to_owned(), cookie: pairs.join("; "), token })
    }

    /// The session's token, which goes with every act.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Reads JSON.
    pub(crate) fn get(&self, path: &str) -> Json {
        serde_json::from_slice(&self.bytes(path)).expect("JSON")
    }

    /// Reads whatever is there.
    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let sent = agent().get(format!("{}{path}", self.url)).header("cookie", &self.cookie).call();
        let mut answer = sent.unwrap();
        let body = answer.body_mut().with_config().limit(16 << 20).read_to_vec().unwrap();
        let status = answer.status().as_u16();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        body
    }

    /// The status of a read.
    pub(crate) fn status(&self, path: &str) -> u16 {
        let sent = agent().get(format!("{}{path}", self.url)).header("cookie", &self.cookie).call();
        sent.unwrap().status().as_u16()
    }

    /// What an act with a body is answered.
    pub(crate) fn post_for(&self, path: &str, body: &Json) -> Json {
        let sent = agent()
            .post(format!("{}{path}", self.url))
            .header("cookie", &self.cookie)
            .header("x-doorstep", "console")
            .header("x-doorstep-token", &self.token)
            .header("content-type", "application/json")
            .send(body.to_string());
        let mut answer = sent.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The status of an act with a body.
    pub(crate) fn post_json(&self, path: &str, body: &Json) -> u16 {
        let sent = agent()
            .post(format!("{}{path}", self.url))
            .header("cookie", &self.cookie)
            .header("x-doorstep", "console")
            .header("x-doorstep-token", &self.token)
            .header("content-type", "application/json")
            .send(body.to_string());
        sent.unwrap().status().as_u16()
    }

    /// Status and code of an act with a body that is refused.
    pub(crate) fn refused(&self, path: &str, body: &Json) -> (u16, String) {
        let sent = agent()
            .post(format!("{}{path}", self.url))
            .header("cookie", &self.cookie)
            .header("x-doorstep", "console")
            .header("x-doorstep-token", &self.token)
            .header("content-type", "application/json")
            .send(body.to_string());
        let mut answer = sent.unwrap();
        let said: Json = serde_json::from_reader(answer.body_mut().as_reader()).unwrap();
        (answer.status().as_u16(), said["code"].as_str().unwrap().to_owned())
    }

    /// Status and text of whatever a method of an address answers, with a body or none.
    pub(crate) fn answer(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, String) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("cookie", &self.cookie)
            .header("x-doorstep", "console")
            .header("x-doorstep-token", &self.token)
            .header("content-type", "application/json")
            .body(body.map(Json::to_string).unwrap_or_default())
            .unwrap();
        let mut answer = agent().run(request).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    /// The status of an act.
    pub(crate) fn post(&self, path: &str) -> u16 {
        let sent = agent()
            .post(format!("{}{path}", self.url))
            .header("cookie", &self.cookie)
            .header("x-doorstep", "console")
            .header("x-doorstep-token", &self.token)
            .send_empty();
        sent.unwrap().status().as_u16()
    }
}

#[test]
fn the_queue_filters_and_pages() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Inspector, AREA);
    phone.sync().unwrap();
    for number in 1..=5 {
        let address = format!("北三路{number}号");
        let values = vec![text("address", &address), text("use", "rented")];
        let code = format!("21010200100100000{number}");
        let home = phone.open_premises(Some(AREA.to_string()), code, values).unwrap().record;
        phone.visit(home.clone(), vec![text("outcome", "vacant")], number % 2 == 0).unwrap();
        phone.inspect(home, vec![text("verdict", "pass")], true).unwrap();
    }
    phone.sync().unwrap();
    let console = Console::sign_in(&world);
    let total = |query: &str| console.get(&format!("/v1/reports?{query}"))["total"].clone();
    assert_eq!(total(""), 10);
    assert_eq!(total("kind=visit"), 5);
    assert_eq!(total("kind=visit&state=submitted"), 2);
    assert_eq!(total("clashes=true"), 0);
    assert_eq!(total("q=%E4%B8%89%E8%B7%AF3"), 2);
    assert_eq!(total("q=%25"), 0);
    assert_eq!(total("area=210102001000"), 10);
    assert_eq!(total("area=210102001002"), 0);
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = console.get(&format!("/v1/reports?limit=3&after={next}"));
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()));
        match page["next"].as_str() {
            Some(after) => next = after.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 10);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 10);
    assert_eq!(console.status("/v1/reports?kind=palace"), 400);
    assert_eq!(console.status(&format!("/v1/reports/{AREA}/{}", "0".repeat(32))), 404);
}

#[test]
fn phones_and_document_numbers_are_masked() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let values = vec![text("address", "北三路1号"), text("use", "rented")];
    let values = [values, vec![text("owner_phone", "19900001234")]].concat();
    let area = Some(AREA.to_string());
    let home = phone.open_premises(area, "210102001001000001".into(), values).unwrap().record;
    let visit = phone.visit(home, vec![text("outcome", "vacant")], true).unwrap().record;
    phone.sync().unwrap();
    let report = Console::sign_in(&world).get(&format!("/v1/reports/{AREA}/{visit}")).to_string();
    assert!(report.contains("*******1234"));
    assert!(!report.contains("19900001234"));
}

#[test]
fn in_a_browser_somebody_signs_in_opens_the_merged_report_and_sees_the_clash() {
    let world = World::new();
    let address = "测试街道第一社区北三路32号2单元501";
    let phones = [("李春梅", Role::Coordinator, "rented"), ("王建国", Role::Inspector, "shop")];
    let phones = phones.map(|(name, role, uses)| (world.phone(name, role, AREA), uses));
    for (phone, _) in &phones {
        phone.sync().unwrap();
    }
    for (phone, uses) in &phones {
        let values = vec![text("address", address), text("use", uses)];
        let area = Some(AREA.to_string());
        let home = phone.open_premises(area, "210102001001032250".into(), values).unwrap().record;
        let visit = phone.visit(home, vec![text("outcome", "vacant")], true).unwrap().record;
        phone.photo(visit, pictures::jpeg(600), Some("门口".into()), None).unwrap();
    }
    for (phone, _) in phones.iter().chain(&phones) {
        phone.sync().unwrap();
    }
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/console");
    let run = Command::new("node")
        .args(["--test", "e2e/report.test.mjs"])
        .current_dir(console)
        .env("CONSOLE_URL", &world.url)
        .env("STAFF_NAME", REVIEWER.0)
        .env("STAFF_PASSWORD", REVIEWER.1)
        .env("EXPECT_ADDRESS", address)
        .env("EXPECT_CLASH_KEY", "use")
        .env("EXPECT_VALUES", r#"["出租","店铺"]"#)
        .env("EXPECT_AUTHORS", r#"["李春梅","王建国"]"#)
        .output()
        .expect("node runs: `make test` installs it");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
}

#[test]
fn the_browser_looks_after_phones() {
    let world = World::new();
    world.bare_phone("李春梅", Role::Coordinator, AREA);
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/console");
    let run = Command::new("node")
        .args(["--test", "e2e/devices.test.mjs"])
        .current_dir(console)
        .env("CONSOLE_URL", &world.url)
        .env("STAFF_NAME", LOGIN.0)
        .env("STAFF_PASSWORD", LOGIN.1)
        .env("EXPECT_PERSON", "李春梅")
        .output()
        .expect("node runs: `make test` installs it");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
}

fn text(key: &str, value: &str) -> Entry {
    Entry { key: key.into(), value: FieldValue::Text { text: value.into() } }
}
