//! The modules of one crate, by the files they stand in.

use crate::{house::House, manifest::Package};

/// The path of a module inside its crate; empty for the root.
pub type ModulePath = Vec<String>;

/// One file as a module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Where it stands in the crate.
    pub path: ModulePath,
    /// The file, from the root of the workspace.
    pub file: String,
    /// What it says.
    pub text: String,
}

impl Module {
    /// Compiled for tests alone, by where it lies: `thing/tests.rs` and what is below.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.iter().any(|part| part == "tests")
    }
}

/// The modules below `part` (`src`, or `tests/it`) of a crate.
#[must_use]
pub fn modules(house: &House, package: &Package, part: &str) -> Vec<Module> {
    let found = house
        .rust(&package.folder(), part)
        .filter(|(inner, _)| !inner.starts_with("bin/"));
    let made = found.map(|(inner, file)| Module {
        path: module_path(inner),
        file: file.path.clone(),
        text: file.text.clone(),
    });
    made.collect()
}

/// `thing/part.rs` is `thing::part`; `lib.rs` and `main.rs` are the root.
fn module_path(inner: &str) -> ModulePath {
    let stem = inner.strip_suffix(".rs").unwrap_or(inner);
    if matches!(stem, "lib" | "main") {
        return ModulePath::new();
    }
    stem.split('/').map(str::to_owned).collect()
}
