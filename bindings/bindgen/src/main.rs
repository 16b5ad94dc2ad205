//! `bindgen`: writes the Kotlin, Swift and Python that call the phone core, from the description that
//! uniffi's macros leave in the built library. A program of the house, so that its version of uniffi is
//! always the library's.
//!
//! It uses `uniffi_bindgen` itself rather than uniffi's feature `cli`: that feature would come into every
//! build of the phone core that shares a workspace build with this program.

use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Parser, ValueEnum};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths};
use uniffi_bindgen::{BindgenPaths, BindgenPathsLayer};

/// Writes the Kotlin, Swift or Python that calls the phone core.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The language to write.
    language: Language,
    /// The built library: libmobile_bindings.so, .dylib or .a.
    library: Utf8PathBuf,
    /// The folder to write into; it is made.
    folder: Utf8PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Kotlin,
    Swift,
    Python,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match write(arguments.language, &arguments.library, &arguments.folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bindgen: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Writes one language's files into a folder.
///
/// # Errors
/// In words: no such library, one that uniffi has described nothing in, or a folder that cannot be
/// written.
fn write(language: Language, library: &Utf8Path, folder: &Utf8Path) -> Result<(), String> {
    let options = GenerateOptions {
        languages: vec![match language {
            Language::Kotlin => TargetLanguage::Kotlin,
            Language::Swift => TargetLanguage::Swift,
            Language::Python => TargetLanguage::Python,
        }],
        source: library.to_owned(),
        out_dir: folder.to_owned(),
        ..GenerateOptions::default()
    };
    let mut paths = BindgenPaths::default();
    paths.add_layer(Checkout);
    generate_with_bindgen_paths(options, paths)
        .map_err(|problem| format!("{library} into {folder}: {problem:#}"))
}

/// Where the crates of this checkout lie: their `uniffi.toml` names modules and packages. It is read
/// when this program runs; without it the names would silently be others.
struct Checkout;

impl BindgenPathsLayer for Checkout {
    fn get_crate_root(&self, crate_name: &str) -> Option<Utf8PathBuf> {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
        let folder = root.join(crate_name.replace('_', "-"));
        folder.join("uniffi.toml").is_file().then_some(folder)
    }
}
