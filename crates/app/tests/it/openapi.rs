//! The description of the API, as committed.

use crate::bin::run;
use std::fs;

#[test]
fn the_committed_description_is_that_of_the_gate() {
    let file = format!("{}/../../docs/openapi.json", env!("CARGO_MANIFEST_DIR"));
    let committed = fs::read_to_string(file).unwrap_or_default();
    let told = run(&["openapi"]).ended(0);
    assert!(
        committed == told,
        "docs/openapi.json is not what the gate serves; run\n  \
         cargo run -p portcullis -- openapi > docs/openapi.json"
    );
}
