//! The test vectors of the protocol, made from fixed inputs: the example writes them, the test
//! makes them anew and compares.

pub(crate) mod cast;
pub(crate) mod chain;
pub(crate) mod changes;
pub(crate) mod describe;
pub(crate) mod effective;
pub(crate) mod forged;
pub(crate) mod genesis;
pub(crate) mod ids;
pub(crate) mod messages;
pub(crate) mod rescue;
pub(crate) mod shapes;
pub(crate) mod signatures;

use serde_json::Value as Json;

/// Whatever goes wrong: the vectors are then not written at all.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Every file's name and content.
pub(crate) fn files() -> Result<Vec<(&'static str, Json)>, Failure> {
    Ok(vec![
        ("genesis.json", genesis::vectors()),
        ("ids.json", ids::vectors()),
        ("changes.json", changes::vectors()?),
        ("effective.json", effective::vectors()?),
        ("signatures.json", signatures::vectors()),
        ("chain.json", chain::vectors()),
        ("messages.json", messages::vectors()),
        ("rescue.json", rescue::vectors()?),
        ("shapes.json", shapes::vectors()?),
    ])
}
