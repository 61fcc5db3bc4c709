//! Every example loads, and says what its README says.

use portcullis_policy::{cham, tenant::read};
use std::{fs, path::PathBuf};

/// The files of this name below `examples/`.
fn examples(name: &str) -> Vec<(PathBuf, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = folders
        .map(|folder| folder.join(name))
        .filter(|file| file.is_file());
    files
        .map(|file| (file.clone(), fs::read_to_string(file).unwrap()))
        .collect()
}

#[test]
fn every_tenant_policy_loads() {
    let examples = examples("tenant-policy.yaml");
    assert!(examples.len() >= 2);
    for (file, text) in examples {
        let policy =
            read::parse(&text).unwrap_or_else(|faults| panic!("{}: {faults}", file.display()));
        let written = serde_json::to_string(&policy).unwrap();
        assert_eq!(read::parse(&written), Ok(policy), "{}", file.display());
    }
}

#[test]
fn every_list_of_policies_loads() {
    let examples = examples("policies.yaml");
    assert!(!examples.is_empty());
    for (file, text) in examples {
        let drafts =
            cham::read::yaml(&text).unwrap_or_else(|faults| panic!("{}: {faults}", file.display()));
        assert!(!drafts.is_empty(), "{}", file.display());
    }
}

#[test]
fn every_example_explains_itself() {
    for (file, _) in examples("tenant-policy.yaml") {
        assert!(
            file.with_file_name("README.md").is_file(),
            "{}",
            file.display()
        );
    }
}
