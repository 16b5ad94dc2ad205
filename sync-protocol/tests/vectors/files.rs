//! The vector files as they lie in docs/vectors/.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::made;

/// A path under docs/.
pub(crate) fn docs(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(path)
}

/// A page under docs/.
pub(crate) fn page(path: &str) -> String {
    std::fs::read_to_string(docs(path)).unwrap()
}

/// A vector file.
pub(crate) fn vectors(name: &str) -> Json {
    serde_json::from_str(&page(&format!("vectors/{name}"))).unwrap()
}

/// A list in a vector file.
pub(crate) fn list(name: &str, key: &str) -> Vec<Json> {
    vectors(name)[key].as_array().unwrap().clone()
}

/// A text of a vector.
pub(crate) fn text<'v>(vector: &'v Json, key: &str) -> &'v str {
    vector[key].as_str().unwrap_or_else(|| panic!("{key} of {vector}"))
}

/// Bytes of a vector.
pub(crate) fn bytes(vector: &Json, key: &str) -> Vec<u8> {
    unhex(text(vector, key))
}

/// Bytes from hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

#[test]
fn the_files_are_what_the_code_makes() {
    for (name, made) in made::files().unwrap() {
        let written = vectors(name);
        assert!(
            written == made,
            "docs/vectors/{name} says otherwise: `cargo run -p sync-protocol \
             --example write_vectors` and `git diff` show where"
        );
    }
}

#[test]
fn every_file_is_made_and_explained() {
    let made: Vec<&str> = made::files().unwrap().into_iter().map(|(name, _)| name).collect();
    let readme = page("vectors/README.md");
    for entry in std::fs::read_dir(docs("vectors")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || made.contains(&name.as_str()), "{name} is not made");
        assert!(name == "README.md" || readme.contains(&format!("`{name}`")), "{name}: README?");
    }
}
