//! Everything the rules look at: the crates and the text files of the workspace.

use crate::manifest::{self, Package};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Folders that hold nothing a person wrote.
const SKIPPED: &[&str] = &["target", "node_modules", "corpus", "artifacts", "coverage"];

/// The one hidden folder that belongs to the project.
const CI: &str = ".ci";

/// The workspace as the rules see it.
#[derive(Debug, Default)]
pub struct House {
    /// The crates.
    pub packages: Vec<Package>,
    /// The text files, by path.
    pub files: Vec<TextFile>,
    /// The paths of all files and folders, text or not.
    pub paths: Vec<String>,
}

/// A file that is valid UTF-8.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// From the root of the workspace, with forward slashes.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// Why the house could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// `cargo metadata` gave no answer that can be used.
    #[error("cannot list the crates")]
    Manifest(#[from] manifest::ManifestError),
    /// A file or folder could not be read.
    #[error("cannot read `{path}`")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl House {
    /// Reads the workspace that the current directory is in.
    ///
    /// # Errors
    /// [`ReadError`] when cargo or the file system refuses.
    pub fn read() -> Result<Self, ReadError> {
        let metadata = manifest::read()?;
        let mut house = Self {
            packages: metadata.packages,
            ..Self::default()
        };
        house.walk(&metadata.workspace_root, "")?;
        house.files.sort_by(|a, b| a.path.cmp(&b.path));
        house.paths.sort();
        Ok(house)
    }

    /// The file at `path`, if it is there and is text.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files of the crate in `folder`, below `part` (`src` or `tests`).
    pub fn rust<'h>(
        &'h self,
        folder: &str,
        part: &str,
    ) -> impl Iterator<Item = (&'h str, &'h TextFile)> + use<'h> {
        let prefix = format!("{folder}/{part}/");
        self.files.iter().filter_map(move |file| {
            let inner = file.path.strip_prefix(&prefix)?;
            inner.ends_with(".rs").then_some((inner, file))
        })
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> Result<(), ReadError> {
        let fail = |source| ReadError::Read {
            path: folder.to_owned(),
            source,
        };
        for entry in fs::read_dir(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(fail)?;
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                if SKIPPED.contains(&name.as_str()) || (name.starts_with('.') && name != CI) {
                    continue;
                }
                self.walk(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file() {
                self.take(&entry.path(), &path)?;
            }
            self.paths.push(path);
        }
        Ok(())
    }

    fn take(&mut self, place: &Path, path: &str) -> Result<(), ReadError> {
        let bytes = fs::read(place).map_err(|source| ReadError::Read {
            path: place.to_owned(),
            source,
        })?;
        if let Ok(text) = String::from_utf8(bytes) {
            self.files.push(TextFile {
                path: path.to_owned(),
                text,
            });
        }
        Ok(())
    }
}
