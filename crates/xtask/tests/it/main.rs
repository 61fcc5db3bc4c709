//! The house as it stands keeps every rule.

use portcullis_xtask::{house::House, tidy};

#[test]
fn the_house_is_tidy() {
    let house = House::read().expect("the workspace can be read");
    assert!(
        house
            .packages
            .iter()
            .any(|package| package.noun() == "policy"),
        "crates are seen"
    );
    assert!(
        house.file("crates/policy/src/lib.rs").is_some(),
        "files are seen"
    );
    let findings: Vec<String> = tidy::findings(&house)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}
