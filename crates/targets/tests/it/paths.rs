//! Paths with places, case by case, and for whatever an agent may give.

use portcullis_targets::template::Template;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    path: String,
    #[serde(default)]
    parameters: Map<String, Value>,
    becomes: Option<String>,
    refused: Option<String>,
    #[serde(default)]
    unreadable: bool,
}

const NAMED: (&str, &str) = ("helpdesk", "production");

#[test]
fn every_case_becomes_what_it_says() {
    let cases = include_str!("../../../../conformance/targets/paths.yaml");
    let cases: Vec<Case> = serde_saphyr::from_str(cases).unwrap();
    assert!(cases.len() > 30);
    for case in cases {
        let path = &case.path;
        let read = Template::read(path);
        assert_eq!(read.is_err(), case.unreadable, "{path}");
        let Ok(template) = read else { continue };
        match template.fill(&case.parameters, NAMED) {
            Ok(filled) => assert_eq!(Some(filled), case.becomes, "{path}"),
            Err(why) => {
                let name = case.refused.unwrap_or_default();
                assert!(
                    why.to_string().contains(&format!("`{name}`")),
                    "{path}: {why}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn a_value_stays_in_its_segment(value in prop_oneof![any::<String>(), "[./\\\\;a%2]{1,8}"]) {
        let template = Template::read("/a/{id}/b").unwrap();
        let mut parameters = Map::new();
        parameters.insert("id".to_owned(), value.as_str().into());
        let Ok(path) = template.fill(&parameters, NAMED) else { return Ok(()) };
        let segments: Vec<&str> = path.split('/').collect();
        prop_assert_eq!(segments.len(), 4);
        prop_assert_eq!((segments[1], segments[3]), ("a", "b"));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%".contains(&b);
        prop_assert!(segments[2].bytes().all(plain), "{}", path);
        prop_assert!(![".", ".."].contains(&segments[2]), "{}", path);
        // Nor does it for a server that undoes the percent signs first.
        let steps: Vec<&str> = value.split(['/', '\\']).collect();
        prop_assert!(!steps.contains(&".") && !steps.contains(&".."), "{}", path);
    }
}
