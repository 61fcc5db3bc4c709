//! The files of `contracts/`.

use std::{fs, path::PathBuf};

use portcullis_evm::artifacts::Artifact;

/// The folder `contracts/`.
pub(crate) fn contracts() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../contracts")
}

/// The artifact at a path below `contracts/artifacts`, without its ending: `test/Token`.
pub(crate) fn artifact(path: &str) -> Artifact {
    let file = contracts().join(format!("artifacts/{path}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    Artifact::read(&text).unwrap()
}
