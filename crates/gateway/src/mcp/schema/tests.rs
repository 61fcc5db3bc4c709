//! What fits and what does not, as data.

use super::{Schema, SchemaError};
use serde_json::{Value, json};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    schema: Value,
    fits: Vec<Value>,
    misfits: Vec<Value>,
}

fn fits(schema: &Value, value: &Value) -> bool {
    Schema::compile(schema).unwrap().check(value).is_ok()
}

#[test]
fn keywords_limit_what_they_say() {
    let cases = include_str!("../../../../../conformance/mcp/schemas.yaml");
    let cases: Vec<Case> = serde_saphyr::from_str(cases).unwrap();
    for case in cases {
        for value in &case.fits {
            assert!(fits(&case.schema, value), "{value} under {}", case.schema);
        }
        for value in &case.misfits {
            assert!(!fits(&case.schema, value), "{value} under {}", case.schema);
        }
    }
}

#[test]
fn what_cannot_be_checked_is_said_so() {
    for schema in [
        json!({"$ref": "https://example.com/schema.json"}),
        json!({"unevaluatedProperties": false}),
        json!({"pattern": "(?=a)b"}),
        json!({"properties": {"a": {"$dynamicRef": "#a"}}}),
    ] {
        let error = Schema::compile(&schema).unwrap_err();
        assert!(
            matches!(error, SchemaError::Unknown(_)),
            "{schema}: {error}"
        );
    }
    for schema in [
        json!({"type": "text"}),
        json!({"required": "a"}),
        json!({"$ref": "#/$defs/none"}),
        json!({"minLength": -1}),
        json!({"multipleOf": 0}),
        json!(3),
    ] {
        let error = Schema::compile(&schema).unwrap_err();
        assert!(
            matches!(error, SchemaError::Malformed(_)),
            "{schema}: {error}"
        );
    }
}

#[test]
fn a_schema_that_leads_in_circles_comes_to_an_end() {
    let circle = json!({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"});
    assert!(!fits(&circle, &json!({})));
    let fan = json!({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"});
    assert!(!fits(&fan, &json!({})));
}

#[test]
fn a_misfit_names_its_place() {
    let schema =
        json!({"properties": {"files": {"items": {"properties": {"size": {"type": "integer"}}}}}});
    let schema = Schema::compile(&schema).unwrap();
    let misfit = schema
        .check(&json!({"files": [{}, {"size": "big"}]}))
        .unwrap_err();
    assert_eq!(misfit.path, "arguments.files[1].size");
    assert_eq!(misfit.why, "expected a whole number");
}
