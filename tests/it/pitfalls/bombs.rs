//! Small bodies that would become large: each gets its code, and the server goes on.

use doorstep_tests::outcomes::code;
use doorstep_tests::world::{AREA, World};
use doorstep_tests::{BarePhone, rogue};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{RecordPush, Request, encode};

const HOME: RecordId = RecordId([5; 16]);

fn phone(world: &World) -> BarePhone {
    world.bare_phone("李春梅", Role::Coordinator, AREA)
}

/// What a body is answered.
fn refused(phone: &BarePhone, body: &[u8]) -> (u16, String) {
    let answer = phone.post_sync(&zstd::bulk::compress(body, 3).unwrap());
    (answer.status, answer.code())
}

/// An honest push still goes through.
fn still_there(phone: &BarePhone) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("rooms", Value::from(1))]).bytes;
    let answer = phone.sync(&phone.push_request(AREA, HOME, Kind::Premises, &[&change]));
    assert!(doorstep_tests::outcomes::all_accepted(&answer));
}

#[test]
fn inflate_bomb_of_zstd_is_cut_off() {
    let world = World::new();
    let phone = phone(&world);
    let too_large = (413, "body_too_large".to_owned());
    assert_eq!(refused(&phone, &vec![0; 256 << 20]), too_large);
    // A window of 128 MiB, asked for by a frame that holds nothing yet.
    let window = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00];
    let answer = phone.post_sync(&window);
    assert_eq!((answer.status, answer.code().as_str()), (400, "body_not_readable"));
    still_there(&phone);
}

#[test]
fn inflate_bomb_of_deflate_inside_a_change_is_never_inflated() {
    let world = World::new();
    let phone = phone(&world);
    let document = Document::genesis(Kind::Premises).unwrap();
    // Automerge's own compressed form of a change: 50 MB in 50 kB.
    let bomb = rogue::deflated(&document, phone.actor(), "x.bomb", 50_000_000);
    assert!(bomb.len() < 64 << 10, "{} bytes", bomb.len());
    let push = phone.push_request(AREA, HOME, Kind::Premises, &[&bomb]);
    assert_eq!(code(&phone.sync(&push)), "not_a_change");
    still_there(&phone);
}

#[test]
fn inflate_bomb_of_announced_and_of_empty_things_is_refused() {
    let world = World::new();
    let phone = phone(&world);
    let (too_large, unreadable) =
        ((413, "body_too_large".to_owned()), (400, "body_not_readable".to_owned()));
    // Arrays that say that they have 2^60 elements, in the place of the push and of an unknown key.
    let idle = encode(&Request::idle("tests"));
    let announced = [0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0];
    let mut of_push = vec![0xa4, 0x00, 0x01, 0x01, 0x01, 0x02, 0x60, 0x05];
    of_push.extend(announced);
    let mut unknown = idle.clone();
    unknown[0] += 1;
    unknown.extend([0x18, 99]);
    unknown.extend(announced);
    assert_eq!(refused(&phone, &of_push), unreadable);
    assert_eq!(refused(&phone, &unknown), unreadable);
    // Eight million levels of arrays.
    let mut deep = idle;
    deep[0] += 1;
    deep.extend([0x18, 99]);
    deep.extend(vec![0x9f; 8 << 20]);
    deep.truncate(8 << 20);
    assert_eq!(refused(&phone, &deep), unreadable);
    // Eight million empty changes, and hundreds of thousands of records without any.
    let record = |changes: usize| RecordPush {
        area: AREA,
        record: HOME,
        kind: Kind::Premises,
        changes: vec![Vec::new().into(); changes],
    };
    for push in [vec![record(8_000_000)], vec![record(0); 200_000], vec![record(513)]] {
        let request = Request { push, ..Request::idle("tests") };
        assert_eq!(refused(&phone, &encode(&request)), too_large);
    }
    still_there(&phone);
}
