//! Roles that change, areas that are taken away, records that move: answers applied to real stores.

use sync_protocol::wire::Writer;

use super::*;

/// An answer that says one thing of an area.
fn access(access: Access) -> Response {
    let mut answer = Log::default().page(vec![], true);
    answer.areas.clear();
    answer.access = vec![access];
    answer
}

fn area_forbidden() -> Outcome {
    Outcome::rejected(&sync_protocol::codes::AREA_FORBIDDEN, None)
}

#[test]
fn a_changed_role_is_believed_told_and_holds_for_the_next_edit() {
    let ours = coordinator(1);
    let home = ours.open_home(&[("address", "A")]);
    assert_eq!(cursor(&ours).roles, Roles::of(&[Role::Coordinator]).bits());
    ours.apply(&access(Access::RoleChanged { area: AREA, roles: vec![Role::Auditor] }), None)
        .unwrap();
    assert_eq!(cursor(&ours).roles, Roles::of(&[Role::Auditor]).bits());
    assert_eq!(ours.client.areas().unwrap()[0].roles, ["auditor"]);
    let refused = ours.client.edit(home, entries(&[("room", "1")])).unwrap_err();
    assert_eq!(refused.problem().code, "field_forbidden");
    // What was written before is pushed and judged by the server.
    assert!(ours.push().is_some());
    ours.apply(&Log::default().page(vec![], true), None).unwrap();
    assert_eq!(cursor(&ours).roles, Roles::of(&[Role::Auditor]).bits());
}

#[test]
fn a_revoked_area_goes_once_every_change_has_a_verdict_and_leaves_a_count() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    theirs.open_home(&[("address", "A"), ("owner_name", "Li Wei")]);
    log.take(&theirs);
    let mut answer = log.snapshots();
    answer.access = vec![granted_in(OTHER_AREA, &[Role::Coordinator])];
    let me = Writer { device: ours.device, name: "Worker 1".to_owned() };
    answer.areas[0].writers.push(me);
    ours.apply(&answer, None).unwrap();
    let other = Some(OTHER_AREA.to_string());
    let kept = ours.client.open_premises(other, "Z-1".into(), entries(&[("address", "Z")]));
    let kept = kept.unwrap().record;
    let home = ours.open_home(&[("room", "1")]);
    let visit = ours.client.visit(home, entries(&[("outcome", "vacant")]), false).unwrap().record;
    ours.client.photo(visit, vec![0xff, 0xd8, 0xff], None, None).unwrap();

    ours.apply(&access(Access::Revoked { area: AREA }), None).unwrap();
    ours.let_go();
    assert_eq!(ours.client.digest().unwrap().len(), 3);
    answer_all(&ours, &area_forbidden());
    // A photo is unsent still.
    ours.let_go();
    assert_eq!(ours.client.digest().unwrap().len(), 2);
    let photo = ours.client.store.read(crate::store::photos::pending).unwrap().remove(0);
    let words = Words { zh: String::new(), en: String::new() };
    let refuse = |t: &crate::store::Transaction<'_>| {
        crate::store::photos::mark_troubled(t, &photo, "area_forbidden", &words)
    };
    ours.client.store.write(refuse).unwrap();
    ours.let_go();

    assert_eq!(digests(&ours).into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [kept]);
    let names = ours.client.store.read(writers::all).unwrap();
    assert_eq!(names.into_keys().collect::<Vec<_>>(), [ours.device]);
    let status = ours.client.status().unwrap();
    assert_eq!((status.refused, status.photos_here, status.on_the_server), (0, 0, 1));
    assert!(ours.client.areas().unwrap().iter().all(|area| area.area != AREA.to_string()));
    let attention = ours.client.attention().unwrap();
    let gone: Vec<_> =
        attention.iter().filter(|item| item.why == AttentionKind::AreaGone).collect();
    assert_eq!(gone.len(), 1);
    assert!(gone[0].settled);
    assert!(gone[0].words.en.contains("3 changes were handed to the server"));
    assert!(gone[0].words.en.contains("1 photos"));
    assert!(!format!("{gone:?}").contains("Li Wei"));

    // The area comes back: it is fetched from its beginning.
    let mut answer = log.snapshots();
    answer.access = vec![granted_in(AREA, &[Role::Coordinator])];
    ours.apply(&answer, None).unwrap();
    assert!(ours.client.attention().unwrap().iter().all(|a| a.why != AttentionKind::AreaGone));
    assert_eq!(ours.client.find("li wei".into(), ListFilter::default()).unwrap().len(), 1);
}

#[test]
fn an_area_with_a_change_that_the_server_wants_later_does_not_go() {
    let ours = coordinator(1);
    ours.open_home(&[("address", "A")]);
    ours.apply(&access(Access::Revoked { area: AREA }), None).unwrap();
    let push = ours.push().unwrap();
    let mut answer = Log::default().page(vec![], true);
    answer.areas.clear();
    answer.verdicts = vec![Outcome::Retry { after_ms: 1 }];
    ours.apply(&answer, Some(&push)).unwrap();
    ours.let_go();
    assert_eq!(ours.push().unwrap().records, push.records);
    // What the server holds has a verdict.
    answer_all(&ours, &Outcome::Held { missing: vec![] });
    ours.let_go();
    assert!(ours.client.digest().unwrap().is_empty());
    assert!(ours.client.attention().unwrap()[0].words.en.contains("1 changes"));
}

#[test]
fn a_record_that_moved_to_another_area_of_ours_takes_its_unsent_work_along() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = theirs.open_home(&[("address", "A")]);
    log.take(&theirs);
    ours.apply(&log.snapshots(), None).unwrap();
    ours.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    let record: RecordId = home.parse().unwrap();
    let moved = Item::Moved { seq: 2, record, to: OTHER_AREA };
    let mut answer = log.page(vec![moved], true);
    answer.access = vec![granted_in(OTHER_AREA, &[Role::Coordinator])];
    ours.apply(&answer, None).unwrap();
    assert_eq!(ours.client.read(home.clone()).unwrap().line.area, OTHER_AREA.to_string());
    assert_eq!(ours.push().unwrap().records[0].area, OTHER_AREA);

    // There it arrives as everybody's.
    theirs.client.edit(home.clone(), entries(&[("unit", "2")])).unwrap();
    log.take(&theirs);
    let mut answer = log.snapshots();
    answer.areas[0].area = OTHER_AREA;
    ours.apply(&answer, None).unwrap();
    let shown = |key| ours.shown(&home, key);
    assert_eq!((shown("room").as_deref(), shown("unit").as_deref()), (Some("1"), Some("2")));
    assert_eq!(ours.client.status().unwrap().on_this_phone, 1);
}

#[test]
fn a_record_that_arrives_under_another_area_is_assigned_to_it() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = ours.open_home(&[("room", "1")]);
    theirs.open_home(&[("address", "A")]);
    log.take(&theirs);
    let mut answer = log.answer(&ours, 0);
    answer.areas[0].area = OTHER_AREA;
    answer.access = vec![granted_in(OTHER_AREA, &[Role::Coordinator])];
    ours.apply(&answer, None).unwrap();
    assert_eq!(ours.client.read(home.clone()).unwrap().line.area, OTHER_AREA.to_string());
    assert_eq!(ours.push().unwrap().records[0].area, OTHER_AREA);
    // The old area's log, read late, ends with the record elsewhere.
    let record: RecordId = home.parse().unwrap();
    let mut late = log.answer(&ours, 0);
    late.areas[0].items.push(Item::Moved { seq: 2, record, to: OTHER_AREA });
    ours.apply(&late, None).unwrap();
    assert_eq!(ours.client.read(home).unwrap().line.area, OTHER_AREA.to_string());
}

#[test]
fn a_record_that_moved_out_of_reach_goes_once_nothing_of_it_is_unsent() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = theirs.open_home(&[("address", "A")]);
    log.take(&theirs);
    ours.apply(&log.snapshots(), None).unwrap();
    ours.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    let record: RecordId = home.parse().unwrap();
    let moved = || Item::Moved { seq: 2, record, to: OTHER_AREA };
    ours.apply(&log.page(vec![moved()], true), None).unwrap();
    ours.let_go();
    assert!(ours.client.read(home.clone()).is_err());
    let refused = ours.client.edit(home.clone(), entries(&[("room", "2")])).unwrap_err();
    assert_eq!(refused.problem().code, "area_forbidden");
    assert_eq!(digests(&ours).len(), 1);

    // It comes back before it has gone: nothing has happened.
    let back = log.snapshots().areas[0].items.remove(0);
    ours.apply(&log.page(vec![moved(), back], true), None).unwrap();
    assert_eq!(ours.shown(&home, "room").as_deref(), Some("1"));

    ours.apply(&log.page(vec![moved()], true), None).unwrap();
    answer_all(&ours, &area_forbidden());
    ours.let_go();
    assert!(digests(&ours).is_empty());
    let attention = ours.client.attention().unwrap();
    assert_eq!(attention.len(), 1);
    assert_eq!((attention[0].why, attention[0].settled), (AttentionKind::RecordsGone, true));
    assert!(attention[0].words.en.starts_with("1 records of Community"));
}
