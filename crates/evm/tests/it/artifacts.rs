//! The committed artifacts are what the sources say.

use std::{collections::BTreeMap, env, fs, io::Write, path::Path, process::Command};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::files::contracts;

fn hash(file: &Path) -> String {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    alloy_primitives::hex::encode(Sha256::digest(bytes))
}

/// The files below `folder` with this ending, by their path below `root`, with their hashes.
fn hashes(root: &Path, folder: &Path, ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(hashes(root, &path, ending));
        } else if path.extension().is_some_and(|one| one == ending) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.insert(name.to_owned(), hash(&path));
        }
    }
    found
}

fn manifest() -> Value {
    let text = fs::read_to_string(contracts().join("artifacts/manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn told(field: &str) -> BTreeMap<String, String> {
    serde_json::from_value(manifest()[field].clone()).unwrap()
}

#[test]
fn artifacts_match_sources() {
    let root = contracts();
    let mut sources = hashes(&root, &root.join("src"), "sol");
    sources.extend(hashes(&root, &root.join("test"), "sol"));
    sources.extend(hashes(&root, &root.join("weakened"), "txt"));
    assert_eq!(sources, told("sources"), "run `make contracts`");
    let mut outputs = hashes(&root.join("artifacts"), &root.join("artifacts"), "json");
    outputs.remove("manifest.json");
    assert_eq!(outputs, told("outputs"), "run `make contracts`");
}

#[test]
fn what_is_included_is_what_is_committed() {
    let root = contracts().join("artifacts");
    let files = hashes(&root, &root, "json");
    let deployed = files
        .keys()
        .filter(|path| !path.contains('/') && *path != "manifest.json");
    let names: Vec<String> = deployed.map(|path| path.replace(".json", "")).collect();
    let all = portcullis_evm::artifacts::all();
    let included: Vec<String> = all.iter().map(|artifact| artifact.name.clone()).collect();
    assert_eq!(included, names);
}

/// `PORTCULLIS_SOLC` names the folder where the pinned compiler is; `make` sets it. In CI it must be
/// there; elsewhere the test says that it saw nothing.
#[test]
fn artifacts_rederive() {
    let Some(home) = env::var_os("PORTCULLIS_SOLC").filter(|home| Path::new(home).exists()) else {
        assert!(env::var_os("CI").is_none(), "CI needs PORTCULLIS_SOLC");
        // Past the test harness, which keeps what a passing test prints to itself.
        let note = "NOT CHECKED: artifacts_rederive needs PORTCULLIS_SOLC (`make test` sets it)";
        writeln!(std::io::stderr(), "{note}").unwrap();
        return;
    };
    let check = Command::new("node")
        .arg(contracts().join("build.mjs"))
        .arg("--check")
        .env("PORTCULLIS_SOLC", home)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&check.stderr);
    assert!(check.status.success(), "{words}");
}
