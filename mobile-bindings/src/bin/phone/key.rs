//! The store's key: given, or in a file beside the store.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The key given, else that of the key file; a new store gets a new one.
pub(crate) fn of_store(store: &Path, given: Option<&str>) -> Result<Vec<u8>, Failure> {
    if let Some(hex) = given {
        return from_hex(hex).ok_or_else(Failure::key_form);
    }
    let file = beside(store);
    match fs::read_to_string(&file) {
        Ok(hex) => from_hex(&hex).ok_or_else(Failure::key_form),
        Err(_) if store.exists() => Err(Failure::key_missing(&file)),
        Err(_) => make(&file).map_err(|error| Failure::file(&file, &error)),
    }
}

fn beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".key");
    name.into()
}

fn make(file: &Path) -> std::io::Result<Vec<u8>> {
    let key: [u8; 32] = rand::random();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file)?;
    writeln!(opened, "{hex}")?;
    opened.sync_all()?;
    Ok(key.to_vec())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.trim().as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| match pair {
            [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
            _ => None,
        })
        .collect();
    bytes.filter(|bytes| bytes.len() == 32)
}
