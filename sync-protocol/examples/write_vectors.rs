//! Writes the test vectors of the protocol into `docs/vectors/`, from fixed inputs: for a new rule
//! or a new message, never to make a test pass. `cargo run -p sync-protocol --example write_vectors`

use std::error::Error;
use std::path::Path;

#[path = "vectors/all.rs"]
mod vectors;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors");
    for (name, content) in vectors::files()? {
        let text = serde_json::to_string_pretty(&content)? + "\n";
        std::fs::write(folder.join(name), &text)?;
        println!("{name} {} bytes", text.len());
    }
    Ok(())
}
