/// The macro lists the cases by name; none may be forgotten.
#[test]
fn every_case_is_run() {
    let macro_text = include_str!("../../src/suite.rs");
    let cases = [
        ("commits", include_str!("../../src/suite/commits.rs")),
        ("records", include_str!("../../src/suite/records.rs")),
        ("documents", include_str!("../../src/suite/documents.rs")),
    ];
    for (topic, text) in cases {
        let names: Vec<&str> = text
            .split("\npub async fn ")
            .skip(1)
            .map(|rest| rest.split('(').next().unwrap())
            .collect();
        assert!(names.len() > 10, "{topic}");
        for name in names {
            assert!(
                macro_text.contains(&format!(" {topic}::{name}\n")),
                "{topic}::{name}"
            );
        }
    }
}
