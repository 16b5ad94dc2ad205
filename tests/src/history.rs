//! A rich history of one area: all four kinds, two phones that know nothing of each other, clashes
//! that a reviewer decides and that are opened again, texts merged by character.

use std::thread;
use std::time::{Duration, Instant};

use doorstep::store::catalogue;
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::derived::premises_id;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Outcome, RecordPush, Request};

use crate::world::AREA;
use crate::{BarePhone, World};

/// The phones that wrote it.
#[derive(Debug)]
pub struct History {
    /// A coordinator's.
    pub li: BarePhone,
    /// An inspector's.
    pub wang: BarePhone,
    /// A reviewer's.
    pub zhao: BarePhone,
}

/// The home that both phones open.
pub fn home() -> RecordId {
    premises_id("210102001001000000001")
}

impl History {
    /// Writes it into the area.
    pub fn write(world: &World) -> Self {
        let history = Self {
            li: world.bare_phone("李春梅", Role::Coordinator, AREA),
            wang: world.bare_phone("王建国", Role::Inspector, AREA),
            zhao: world.bare_phone("赵敏", Role::Reviewer, AREA),
        };
        history.clash();
        history.reports();
        wait_for_documents(world);
        history
    }

    /// Places 1 to 6: a clash, its decision, and a value that did not know the decision.
    fn clash(&self) {
        let Self { li, wang, zhao } = self;
        let mut ours = Document::genesis(Kind::Premises).expect("a genesis");
        let mut theirs = ours.clone();
        let opened = |phone: &BarePhone, document: &mut Document, uses: &str, notes: &str| {
            let code = Value::from("210102001001000000001");
            let values = [("address_code", code), ("use", uses.into()), ("notes", notes.into())];
            phone.edit(document, &values).bytes
        };
        let first = opened(li, &mut ours, "rented", "门铃坏了。");
        let second = opened(wang, &mut theirs, "shop", "楼道灯已修。");
        push(li, home(), Kind::Premises, &[&first]);
        push(wang, home(), Kind::Premises, &[&second]);
        ours.apply([second.as_slice()]).expect("a merge");
        let decision = [("use", Value::from("rented")), ("decided.use", "现场核实".into())];
        let decision = zhao.edit(&mut ours, &decision).bytes;
        push(zhao, home(), Kind::Premises, &[&decision]);
        let tier = [("tier", Value::from("key")), ("tier_reason", "群租".into())];
        let tier = zhao.edit(&mut ours, &tier).bytes;
        push(zhao, home(), Kind::Premises, &[&tier]);
        let late = [("use", Value::from("vacant")), ("rooms", 3.into()), ("x.lock", "智能".into())];
        let late = wang.edit(&mut theirs, &late).bytes;
        let notes = wang.edit(&mut theirs, &[("notes", "楼道灯已修。请先打电话。".into())]).bytes;
        push(wang, home(), Kind::Premises, &[&late, &notes]);
    }

    /// One push of three records, then an inspection, and a record whose clash two pushes settle.
    fn reports(&self) {
        let (mut residency, mut visit) = (genesis(Kind::Residency), genesis(Kind::Visit));
        let at = || Value::from(home().to_string());
        let stay = [("premises", at()), ("name", "陈小明".into()), ("sex", "male".into())];
        let stay = self.li.edit(&mut residency, &stay).bytes;
        let call = [("premises", at()), ("outcome", "met".into()), ("remarks", "在家".into())];
        let call = self.li.edit(&mut visit, &call).bytes;
        let more = [("remarks", "在家,已登记".into()), ("need.school_place", "requested".into())];
        let more = self.li.edit(&mut visit, &more).bytes;
        let part = |number, kind, changes: Vec<Vec<u8>>| RecordPush {
            area: AREA,
            record: RecordId([number; 16]),
            kind,
            changes: changes.into_iter().map(Into::into).collect(),
        };
        let push =
            vec![part(2, Kind::Residency, vec![stay]), part(3, Kind::Visit, vec![call, more])];
        accepted(&self.li, &self.li.signed(push));
        let checks = [
            ("premises", at()),
            ("item.gas.result", "fail".into()),
            ("item.gas.note", "排烟管破损".into()),
            ("verdict", "rectify".into()),
            ("rectify_by", "2026-12-01".into()),
        ];
        let checks = self.wang.edit(&mut genesis(Kind::Inspection), &checks).bytes;
        self::push(&self.wang, RecordId([4; 16]), Kind::Inspection, &[&checks]);
        self.settled();
        self.waited();
    }

    /// A clash that ends because both come to say the same.
    fn settled(&self) {
        let record = RecordId([5; 16]);
        let mut ours = genesis(Kind::Premises);
        let mut theirs = ours.clone();
        let room = |phone: &BarePhone, document: &mut Document, room: &str| {
            phone.edit(document, &[("room", room.into())]).bytes
        };
        let first = room(&self.li, &mut ours, "501");
        let second = room(&self.wang, &mut theirs, "502");
        let third = room(&self.wang, &mut theirs, "501");
        for (phone, change) in [(&self.li, first), (&self.wang, second), (&self.wang, third)] {
            push(phone, record, Kind::Premises, &[&change]);
        }
    }
}

impl History {
    /// Places 14 to 17, one commit: a change that came too early and waited, the push with what it
    /// waited for, a clash between the two, and a record behind both.
    fn waited(&self) {
        let record = RecordId([6; 16]);
        let mut ours = genesis(Kind::Premises);
        let opened = [("address_code", "A6".into()), ("use", "rented".into())];
        let first = self.li.edit(&mut ours, &opened).bytes;
        let mut theirs = ours.clone();
        let early = self.wang.edit(&mut theirs, &[("use", "shop".into())]).bytes;
        let second = self.li.edit(&mut ours, &[("use", "vacant".into())]).bytes;
        let request = self.wang.push_request(AREA, record, Kind::Premises, &[&early]);
        let verdicts = self.wang.sync(&request).verdicts;
        assert!(matches!(verdicts[0], Outcome::Held { .. }), "{verdicts:?}");
        let other = self.li.edit(&mut genesis(Kind::Premises), &[("room", "7".into())]).bytes;
        let mut both = self.li.push_request(AREA, record, Kind::Premises, &[&first, &second]).push;
        let seventh = RecordId([7; 16]);
        both.extend(self.li.push_request(AREA, seventh, Kind::Premises, &[&other]).push);
        accepted(&self.li, &self.li.signed(both));
    }
}

/// Whole documents are kept behind the pushes: whoever tampers with the log waits, or they would be made of
/// what was tampered with.
fn wait_for_documents(world: &World) {
    let stale = "SELECT 1 FROM records r LEFT JOIN documents d USING (area_id, record_id)
                 WHERE coalesce(d.seq, 0) < r.last_seq";
    let begun = Instant::now();
    while world.store.read(|db| catalogue::run(db, stale)).expect("the database answers") > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the documents are not kept");
        thread::sleep(Duration::from_millis(20));
    }
}

fn genesis(kind: Kind) -> Document {
    Document::genesis(kind).expect("a genesis")
}

/// Pushes changes that are accepted.
pub fn push(phone: &BarePhone, record: RecordId, kind: Kind, changes: &[&[u8]]) {
    accepted(phone, &phone.push_request(AREA, record, kind, changes));
}

fn accepted(phone: &BarePhone, request: &Request) {
    for outcome in phone.sync(request).verdicts {
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }
}
