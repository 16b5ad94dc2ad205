//! What happens: two people, one home, no signal.

use std::fs;

use serde_json::Value as Json;
use sync_protocol::records::Role;

use super::phones::{Phone, finish};
use super::stage::Stage;
use super::{compare, merged, picture};
use crate::cli::Failure;

/// Plays it; fails if it does not end as it should.
pub(super) fn play(stage: &Stage) -> Result<(), Failure> {
    let coordinator = stage.worker(Role::Coordinator)?;
    let inspector = stage.worker(Role::Inspector)?;
    let (li, wang) = (coordinator.name.as_str(), inspector.name.as_str());
    println!("4  two phones enrol and fetch their cell: {li} (coordinator), {wang} (inspector)");
    let first = Phone::enrol(stage, coordinator.id, li)?;
    let second = Phone::enrol(stage, inspector.id, wang)?;
    first.sync()?;
    second.sync()?;
    let home = rented_home(&first)?;
    println!("5  no signal: both are at {}", home.title);

    let visit = visit(stage, &first, &home)?;
    inspect(stage, &second, &home)?;

    println!("6  the signal is back, and the server is killed while they sync");
    let pid = stage.server().kill()?;
    println!("   killed process {pid}; the phones wait and try again");
    let syncs = [first.begin_sync()?, second.begin_sync()?];
    for (sync, phone) in syncs.into_iter().zip([&first, &second]) {
        finish(sync, &phone.name)?;
    }
    // Whoever was first has not seen yet what the other brought.
    first.sync()?;
    second.sync()?;
    println!("   both phones have finished");

    println!("7  the merged report, as district staff read it\n");
    merged::print(stage, &visit)?;
    println!("\n8  do all hold the same?");
    compare::same_everywhere(stage, &[&first, &second])?;
    compare::clash_is_listed(stage, &visit, "letting_mode")
}

/// The home where it happens.
pub(super) struct Home {
    id: String,
    title: String,
}

/// A rented home of the cell, whose letting mode two people will see differently.
fn rented_home(phone: &Phone) -> Result<Home, Failure> {
    let listed = phone.run(&["list", "--kind", "premises"])?;
    let lines = listed.as_array().ok_or("the phone lists no homes")?;
    for line in lines {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let home = Home { id: text("record"), title: text("title") };
        let shown = phone.run(&["show", &home.id])?;
        if field(&shown, "use").as_deref() == Some("rented")
            && field(&shown, "letting_mode").as_deref() == Some("whole")
        {
            return Ok(home);
        }
    }
    Err("the cell has no home that is rented as a whole: try another --number".into())
}

/// The raw value of a field that a phone shows.
fn field(shown: &Json, key: &str) -> Option<String> {
    let fields = shown["fields"].as_array()?;
    let found = fields.iter().find(|field| field["key"] == key)?;
    let value = &found["value"];
    value.as_str().or_else(|| value["text"].as_str()).map(str::to_owned)
}

fn visit(stage: &Stage, phone: &Phone, home: &Home) -> Result<String, Failure> {
    phone.run(&["edit", &home.id, "letting_mode=by_room", "rooms=5"])?;
    let remarks = "remarks=住户反映楼道灯不亮,已记下。";
    let visited = phone.run(&[
        "visit",
        &home.id,
        "--outcome",
        "met",
        "card_shown=yes",
        "need.permit=requested",
        remarks,
        "--submit",
    ])?;
    let visit = record_of(&visited)?;
    photo(stage, phone, &visit, "门口", picture::door())?;
    println!("   {}: let by room; a visit with a photo, handed in", phone.name);
    Ok(visit)
}

fn inspect(stage: &Stage, phone: &Phone, home: &Home) -> Result<(), Failure> {
    phone.run(&["edit", &home.id, "letting_mode=by_bed", "lease_filed=no"])?;
    let inspected = phone.run(&[
        "inspect",
        &home.id,
        "--item",
        "gas=fail:热水器排烟管未接到室外",
        "--item",
        "wiring=pass",
        "--item",
        "escape=pass",
        "--verdict",
        "rectify",
        "occupants_found=6",
        "rectification=接好排烟管后复查",
        "rectify_by=2026-12-01",
        "--submit",
    ])?;
    let inspection = record_of(&inspected)?;
    photo(stage, phone, &inspection, "热水器", picture::heater())?;
    println!("   {}: let by bed; an inspection with a photo, handed in", phone.name);
    Ok(())
}

/// The record that a phone says it wrote.
fn record_of(saved: &Json) -> Result<String, Failure> {
    let record = saved.get("record").and_then(Json::as_str);
    Ok(record.ok_or("the phone names no record")?.to_owned())
}

fn photo(
    stage: &Stage,
    phone: &Phone,
    report: &str,
    caption: &str,
    picture: Result<Vec<u8>, image::ImageError>,
) -> Result<(), Failure> {
    let file = stage.folder.join(format!("photo-{report}.jpg"));
    fs::write(&file, picture?)?;
    phone.run(&["photo", report, &file.display().to_string(), "--caption", caption])?;
    Ok(())
}
