//! The contracts as the compiler left them: interface, creation code and running code.
//!
//! The files in `contracts/artifacts` are written by `contracts/build.mjs` alone; tests show that
//! they are what the sources say.

mod table;

use std::sync::LazyLock;

use alloy_json_abi::JsonAbi;
use alloy_primitives::Bytes;
use serde_json::Value;

/// One compiled contract.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// The contract's name.
    pub name: String,
    /// Its functions, events and errors.
    pub abi: JsonAbi,
    /// The code that creates it; the constructor's arguments go behind it.
    pub creation: Bytes,
    /// The code that runs, with zeros where immutable values go.
    pub runtime: Bytes,
}

/// A text is not an artifact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the artifact cannot be read: {0}")]
pub struct ArtifactError(String);

impl Artifact {
    /// Reads the text of an artifact.
    ///
    /// # Errors
    /// [`ArtifactError`] when it is not one.
    pub fn read(text: &str) -> Result<Self, ArtifactError> {
        let broken = |error: serde_json::Error| ArtifactError(error.to_string());
        let whole: Value = serde_json::from_str(text).map_err(broken)?;
        let field = |name: &str| {
            let value = whole.get(name).cloned();
            value.ok_or_else(|| ArtifactError(format!("no `{name}`")))
        };
        Ok(Self {
            name: serde_json::from_value(field("name")?).map_err(broken)?,
            abi: serde_json::from_value(field("abi")?).map_err(broken)?,
            creation: code(&field("creation")?)?,
            runtime: code(&field("runtime")?)?,
        })
    }
}

fn code(value: &Value) -> Result<Bytes, ArtifactError> {
    let text = value.as_str().unwrap_or_default();
    let bytes = alloy_primitives::hex::decode(text);
    bytes
        .map(Bytes::from)
        .map_err(|error| ArtifactError(error.to_string()))
}

/// Every contract that is deployed, in the order of names; none that cannot be read.
#[must_use]
pub fn all() -> &'static [Artifact] {
    static ALL: LazyLock<Vec<Artifact>> = LazyLock::new(|| {
        let texts = table::TABLE.iter().map(|(_, text)| Artifact::read(text));
        texts.filter_map(Result::ok).collect()
    });
    &ALL
}

/// The contract of this name.
///
/// # Errors
/// [`ArtifactError`] when there is none.
pub fn named(name: &str) -> Result<&'static Artifact, ArtifactError> {
    let found = all().iter().find(|artifact| artifact.name == name);
    found.ok_or_else(|| ArtifactError(format!("no contract is called `{name}`")))
}
