//! Says in words that the console has to be built first: it is embedded in the binary.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=console/dist");
    println!("cargo:rerun-if-changed=../migrations");
    if !Path::new("console/dist/index.html").exists() {
        println!("cargo:warning=server/console/dist is missing: run scripts/console first");
        std::process::exit(1);
    }
}
