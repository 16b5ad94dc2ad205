//! What phones bring of a record that was erased: what is of before goes, what was written since stays.

use super::*;

#[test]
fn what_a_phone_wrote_of_it_meanwhile_is_refused_kept_nowhere_and_leaves_the_phone() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let home = li.client().open_premises(None, address(1), Vec::new()).unwrap().record;
    let stay = li.client().register_residency(home.clone(), person("欧阳春晓")).unwrap().record;
    li.client().sync().unwrap();
    li.client().edit(stay.clone(), vec![text("employer", "养蜂场")]).unwrap();
    li.client().edit(home.clone(), vec![text("room", "801")]).unwrap();
    erased(&world, &stay);
    let summary = li.client().sync().unwrap();
    assert_eq!((summary.rejected, summary.accepted), (1, 1));
    assert_eq!(li.shown()[&home]["room"], Value::from("801"), "its neighbour's edit is taken");
    assert!(li.client().read(stay.clone()).is_err());
    assert_eq!(rows_of(&world, &stay), 0);
    holds(&world, AREA);
}

#[test]
fn a_push_repeated_after_the_erasure_gets_its_verdicts_and_brings_nothing_back() {
    let world = World::new();
    let (phone, record, mut document, changes) = bare(&world);
    let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let repeated = phone.push_request(AREA, record, Kind::Premises, &changes);
    erased(&world, &record.to_string());
    let verdicts = phone.sync(&repeated).verdicts;
    assert!(matches!(verdicts[..], [Outcome::Duplicate { seq: 1 }, Outcome::Duplicate { seq: 2 }]));
    let further = phone.edit(&mut document, &[("room", "803".into())]).bytes;
    let push = phone.push_request(AREA, record, Kind::Premises, &[&further]);
    assert_eq!(code(&phone.sync(&push)), "record_erased");
    assert_eq!(rows_of(&world, &record.to_string()), 0);
    holds(&world, AREA);
}

#[test]
fn what_builds_upon_the_erased_is_refused_whatever_its_clock_says_and_harms_nobody() {
    let world = World::new();
    let (phone, record, mut document, _) = bare(&world);
    erased_at(&world, &record.to_string(), ERASED_AT * 1000, Cause::Request);
    let kind = Kind::Premises;
    // Two that build upon each other, written later by an author who had not heard of it.
    let late = |document: &mut Document, room: &str| {
        phone.edit_at(document, ERASED_AT + 3, &[("room", room.into())]).bytes
    };
    let (second, third) = (late(&mut document, "803"), late(&mut document, "804"));
    let push = phone.push_request(AREA, record, kind, &[&second]);
    assert_eq!(code(&phone.sync(&push)), "record_erased");
    let third = phone.push_request(AREA, record, kind, &[&third]);
    assert_eq!(
        code(&phone.sync(&third)),
        "record_erased",
        "though the log never had the one before"
    );
    assert_eq!(rows_of(&world, &record.to_string()), 0);
    // The home is entered anew and edited; the same once more changes nothing.
    let other = world.bare_phone("王建国", Role::Inspector, AREA);
    let mut anew = Document::genesis(kind).unwrap();
    for room in ["805", "806"] {
        let change = other.edit_at(&mut anew, ERASED_AT + 9, &[("room", room.into())]).bytes;
        let push = other.push_request(AREA, record, kind, &[&change]);
        assert!(matches!(other.sync(&push).verdicts[..], [Outcome::Accepted { .. }]));
    }
    assert_eq!(code(&phone.sync(&push)), "record_erased");
    let new = Handset::enrol(&world, &world.url, "赵敏", Role::Coordinator, AREA);
    assert_eq!(new.shown()[&record.to_string()]["room"], Value::from("806"));
    holds(&world, AREA);
}

#[test]
fn of_what_somebody_may_not_write_any_more_the_erased_part_is_kept_nowhere_either() {
    let world = World::new();
    let (phone, record, mut document, _) = bare(&world);
    let late = phone.edit(&mut document, &[("owner_name", "欧阳春晓之子".into())]).bytes;
    let other =
        phone.edit(&mut Document::genesis(Kind::Premises).unwrap(), &[("use", "shop".into())]);
    erased(&world, &record.to_string());
    let found = world.store.read(|db| doorstep::store::people::find_by_name(db, "张勇"));
    let person = found.unwrap()[0].id;
    let taken = |db: &mut _| doorstep::store::people::revoke(db, person, AREA, Role::Inspector);
    world.store.transaction(taken).unwrap();
    let pushed = |record, change: &[u8]| {
        let push = phone.push_request(AREA, record, Kind::Premises, &[change]);
        code(&phone.sync(&push)).to_owned()
    };
    assert_eq!(pushed(record, &late), "record_erased");
    assert_eq!(pushed(RecordId([8; 16]), &other.bytes), "area_forbidden");
    let scope = operator().area(AREA);
    let kept =
        world.store.read(|db| doorstep::store::quarantine::undecided(db, &[scope], 10)).unwrap();
    assert_eq!(kept.iter().map(|kept| kept.record).collect::<Vec<_>>(), [RecordId([8; 16])]);
}

#[test]
fn who_is_registered_anew_before_the_phone_heard_of_the_erasure_stays_on_it() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let home = li.client().open_premises(None, address(1), Vec::new()).unwrap().record;
    li.client().sync().unwrap();
    let wang = Handset::enrol(&world, &world.url, "王建国", Role::Coordinator, AREA);
    let stay = li.client().register_residency(home.clone(), person("欧阳春晓")).unwrap().record;
    li.client().sync().unwrap();
    erased_at(&world, &stay, doorstep::clock::now_ms() - 2_000, Cause::Request);
    // It never had the stay, and has not heard of the erasure.
    let back = [person("欧阳春晓"), vec![text("employer", "养蜂场")]].concat();
    assert_eq!(wang.client().register_residency(home.clone(), back).unwrap().record, stay);
    assert_eq!(wang.client().sync().unwrap().rejected, 0);
    assert_eq!(wang.shown()[&stay]["employer"], Value::from("养蜂场"));
    wang.client().edit(stay.clone(), vec![text("occupation", "退休")]).unwrap();
    assert_eq!(wang.client().sync().unwrap().rejected, 0);
    li.client().sync().unwrap();
    assert_eq!(li.shown()[&stay], wang.shown()[&stay]);
    holds(&world, AREA);
}

#[test]
fn what_was_kept_long_enough_goes_after_what_is_unsent_which_is_kept_as_refused() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let home = li.client().open_premises(None, address(1), Vec::new()).unwrap().record;
    let visit = li.client().start_visit(home.clone(), Vec::new()).unwrap().record;
    li.client().sync().unwrap();
    li.client().edit(visit.clone(), vec![text("remarks", "水管漏了三天")]).unwrap();
    erased_at(&world, &visit, doorstep::clock::now_ms() + 1_000, Cause::Retention);
    let summary = li.client().sync().unwrap();
    assert_eq!(summary.rejected, 1);
    li.client().sync().unwrap();
    assert!(li.client().read(visit.clone()).is_err());
    let told = li.client().attention().unwrap();
    assert!(told.iter().any(|item| item.why == AttentionKind::PutAway), "{told:?}");
    assert!(!told.iter().any(|item| item.why == AttentionKind::Erased));
    let scope = operator().area(AREA);
    let kept =
        world.store.read(|db| doorstep::store::quarantine::undecided(db, &[scope], 10)).unwrap();
    let codes: Vec<&str> = kept.iter().map(|kept| kept.code.as_str()).collect();
    assert_eq!(codes, ["record_put_away"]);
    holds(&world, AREA);
}

#[test]
fn what_builds_upon_what_was_written_since_is_taken_however_slow_its_authors_clock() {
    let world = World::new();
    let (_, record, ..) = bare(&world);
    let kind = Kind::Premises;
    erased_at(&world, &record.to_string(), ERASED_AT * 1000, Cause::Request);
    let other = world.bare_phone("王建国", Role::Inspector, AREA);
    let mut anew = Document::genesis(kind).unwrap();
    let begun = other.edit_at(&mut anew, ERASED_AT + 9, &[("room", "805".into())]).bytes;
    other.sync(&other.push_request(AREA, record, kind, &[&begun]));
    // Two that build upon each other, by a clock that is behind, in one push; and one more.
    let slow = world.bare_phone("赵敏", Role::Inspector, AREA);
    let mut late =
        |room: &str| slow.edit_at(&mut anew, ERASED_AT - 99, &[("room", room.into())]).bytes;
    let (first, second, third) = (late("806"), late("807"), late("808"));
    let push = |changes: &[&[u8]]| slow.sync(&slow.push_request(AREA, record, kind, changes));
    let verdicts = push(&[&first, &second]).verdicts;
    assert!(
        matches!(verdicts[..], [Outcome::Accepted { .. }, Outcome::Accepted { .. }]),
        "{verdicts:?}"
    );
    assert!(matches!(push(&[&third]).verdicts[..], [Outcome::Accepted { .. }]));
    // One of before that nobody has is refused still, and what builds upon it with what came since.
    let away = world.bare_phone("孙丽", Role::Inspector, AREA);
    let mut old = Document::genesis(kind).unwrap();
    let before = away.edit_at(&mut old, ERASED_AT - 50, &[("use", "shop".into())]).bytes;
    old.merge(&mut anew).unwrap();
    let upon = away.edit_at(&mut old, ERASED_AT + 50, &[("room", "809".into())]).bytes;
    let answer = away.sync(&away.push_request(AREA, record, kind, &[&before, &upon]));
    let erased = |outcome: &Outcome| matches!(outcome, Outcome::Rejected { code, .. } if code == "record_erased");
    assert!(answer.verdicts.iter().all(erased), "{:?}", answer.verdicts);
    let new = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    assert_eq!(new.shown()[&record.to_string()]["room"], Value::from("808"));
    holds(&world, AREA);
}

#[test]
fn what_waited_of_a_record_that_was_put_away_lies_in_quarantine_with_what_it_waited_for() {
    let world = World::new();
    let (phone, record, mut document, _) = bare(&world);
    let kind = Kind::Premises;
    erased_at(&world, &record.to_string(), ERASED_AT * 1000, Cause::Retention);
    let mut late =
        |room: &str| phone.edit_at(&mut document, ERASED_AT + 3, &[("room", room.into())]).bytes;
    let (second, third) = (late("803"), late("804"));
    let push = |change: &[u8]| phone.sync(&phone.push_request(AREA, record, kind, &[change]));
    assert!(matches!(push(&third).verdicts[..], [Outcome::Held { .. }]));
    assert_eq!(code(&push(&second)), "record_put_away");
    let other = world.bare_phone("王建国", Role::Inspector, AREA);
    let mut anew = Document::genesis(kind).unwrap();
    let begun = other.edit_at(&mut anew, ERASED_AT + 9, &[("room", "805".into())]).bytes;
    other.sync(&other.push_request(AREA, record, kind, &[&begun]));
    let told = phone.sync(&Request::idle("tests")).late;
    let told: Vec<&Outcome> = told.iter().map(|late| &late.verdict.outcome).collect();
    assert!(
        matches!(told[..], [Outcome::Rejected { code, .. }] if code == "record_put_away"),
        "{told:?}"
    );
    let scope = operator().area(AREA);
    let kept =
        world.store.read(|db| doorstep::store::quarantine::undecided(db, &[scope], 10)).unwrap();
    let codes: Vec<&str> = kept.iter().map(|kept| kept.code.as_str()).collect();
    assert_eq!(codes, ["record_put_away"; 2]);
    holds(&world, AREA);
}
