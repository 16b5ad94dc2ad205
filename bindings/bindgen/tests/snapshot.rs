//! The Swift in `bindings/swift` is what the phone core says now. It stands for the whole interface:
//! Kotlin and Python are made from the same description, so a change of the interface shows here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by stopping there"
)]

use std::collections::BTreeMap;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The library that cargo has built for this test, beside the test itself.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.with_file_name(format!("{DLL_PREFIX}mobile_bindings{DLL_SUFFIX}"))
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(named).collect()
}

fn bindgen(language: &str, library: &Path, folder: &Path) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindgen"));
    command.arg(language).arg(library).arg(folder).output().unwrap()
}

#[test]
fn the_swift_snapshot_is_what_the_core_says() {
    let folder = tempfile::tempdir().unwrap();
    let output = bindgen("swift", &library(), folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let kept = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../swift"));
    let written = files(folder.path());
    assert!(written.contains_key("Doorstep.swift"), "uniffi.toml gives the names: {written:?}");
    for (name, text) in &written {
        let stale = kept.get(name) != Some(text);
        assert!(!stale, "bindings/swift/{name} is stale: run scripts/bindings");
    }
    assert!(kept.keys().eq(written.keys()), "bindings/swift holds generated files alone");
}

#[test]
fn a_library_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = bindgen("kotlin", Path::new("/nowhere/libmobile_bindings.so"), folder.path());
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("bindgen: /nowhere/libmobile_bindings.so"), "{told}");
}
