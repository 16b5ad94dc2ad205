//! Writes the genesis changes into `sync-protocol/genesis/`: for a new kind or a new version of
//! one, never to make a test pass. `cargo run -p sync-protocol --example write_genesis`

use std::error::Error;
use std::path::Path;

use sync_protocol::document::genesis;
use sync_protocol::records::Kind;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("genesis");
    for kind in Kind::ALL {
        let change = genesis::build(kind)?.ok_or("the genesis change is empty")?;
        let file = folder.join(format!("{}-1.automerge", kind.code()));
        std::fs::write(&file, change.raw_bytes())?;
        println!("{} {} bytes {}", kind.code(), change.raw_bytes().len(), change.hash());
    }
    Ok(())
}
