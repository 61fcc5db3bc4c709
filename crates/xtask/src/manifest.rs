//! What the crates' manifests say, as cargo understands them.

use serde::Deserialize;
use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

/// The part of `cargo metadata` that the rules need.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// The crates of the workspace.
    pub packages: Vec<Package>,
    /// Where the workspace lies.
    pub workspace_root: PathBuf,
}

/// One crate.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    /// E.g. `portcullis-policy`.
    pub name: String,
    /// Where its manifest lies.
    pub manifest_path: PathBuf,
    /// What it leans on.
    pub dependencies: Vec<Dependency>,
}

/// One dependency of a crate.
#[derive(Clone, Debug, Deserialize)]
pub struct Dependency {
    /// The name of the package.
    pub name: String,
    /// `dev`, `build`, or nothing for an ordinary one.
    pub kind: Option<String>,
    /// The features asked for, the workspace's included.
    #[serde(default)]
    pub features: Vec<String>,
    /// Whether the default features come along.
    #[serde(default)]
    pub uses_default_features: bool,
}

/// Why the manifests could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Cargo could not be started.
    #[error("cargo does not start")]
    Start(#[from] io::Error),
    /// Cargo refused.
    #[error("cargo refused: {0}")]
    Refused(String),
    /// Cargo's answer is not understood.
    #[error("cargo's answer is not understood")]
    Answer(#[from] serde_json::Error),
}

impl Package {
    /// The folder's plain noun: `policy` of `portcullis-policy`.
    #[must_use]
    pub fn noun(&self) -> &str {
        let folder = self.manifest_path.parent().and_then(Path::file_name);
        folder.and_then(|name| name.to_str()).unwrap_or(&self.name)
    }

    /// The crate's folder from the root of the workspace.
    #[must_use]
    pub fn folder(&self) -> String {
        format!("crates/{}", self.noun())
    }
}

impl Dependency {
    /// Only for tests, examples and benchmarks.
    #[must_use]
    pub fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

/// Asks cargo about the workspace that the current directory is in.
///
/// # Errors
/// [`ManifestError`] when cargo is missing or refuses.
pub fn read() -> Result<Metadata, ManifestError> {
    let answer = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()?;
    if !answer.status.success() {
        let words = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
        return Err(ManifestError::Refused(words));
    }
    Ok(serde_json::from_slice(&answer.stdout)?)
}
