//! The description says everything about every route.

use portcullis_control::rest;
use serde_json::Value;

fn api() -> Value {
    serde_json::to_value(rest::openapi()).unwrap()
}

fn operations(api: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((format!("{method} {path}"), operation.clone()));
        }
    }
    all
}

#[test]
fn it_is_openapi_3_1() {
    assert!(api()["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn every_route_is_described_with_its_parameters_bodies_and_errors() {
    let api = api();
    for (name, operation) in operations(&api) {
        for key in ["summary", "description", "operationId"] {
            assert!(
                operation[key].as_str().is_some_and(|text| !text.is_empty()),
                "{name}: {key}"
            );
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let told = parameter["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty());
            assert!(told, "{name}: {}", parameter["name"]);
        }
        let path = name.split(' ').next_back().unwrap();
        for piece in path
            .split('/')
            .filter_map(|p| p.strip_prefix('{')?.strip_suffix('}'))
        {
            let known = operation["parameters"].as_array().into_iter().flatten();
            assert!(
                known
                    .into_iter()
                    .any(|p| p["name"] == piece && p["in"] == "path"),
                "{name}"
            );
        }
        let responses = operation["responses"].as_object().unwrap();
        let is_open = operation["security"][0] == serde_json::json!({});
        let known = ["401", "403", "500", "503"];
        for status in known.into_iter().filter(|one| !is_open || *one != "403") {
            assert!(responses.contains_key(status), "{name}: {status}");
        }
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{name}"
        );
        for (status, response) in responses {
            assert!(
                !response["description"].as_str().unwrap().is_empty(),
                "{name} {status}"
            );
            assert!(
                response["content"].is_object(),
                "{name} {status} has no body"
            );
        }
        assert_eq!(
            operation["security"][0].as_object().unwrap().len(),
            usize::from(!is_open),
            "{name}"
        );
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let api = api();
    let mut names: Vec<String> = operations(&api)
        .iter()
        .map(|(_, operation)| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn every_tag_is_described_and_used() {
    let api = api();
    let mut known: Vec<&str> = api["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut used: Vec<String> = operations(&api)
        .iter()
        .map(|(_, operation)| operation["tags"][0].as_str().unwrap().to_owned())
        .collect();
    known.sort_unstable();
    used.sort();
    used.dedup();
    assert_eq!(known, used);
}

/// Every `$ref` below a value.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get("$ref") {
                found.push(target.clone());
            }
            map.values().for_each(|one| references(one, found));
        }
        Value::Array(items) => items.iter().for_each(|one| references(one, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_shape_is_needed() {
    let api = api();
    let mut found = Vec::new();
    references(&api, &mut found);
    for target in &found {
        let pointer = target.trim_start_matches('#');
        assert!(api.pointer(pointer).is_some(), "{target} leads nowhere");
    }
    for name in api["components"]["schemas"].as_object().unwrap().keys() {
        let target = format!("#/components/schemas/{name}");
        assert!(found.contains(&target), "nothing refers to {name}");
    }
}

#[test]
fn every_shape_and_field_is_described() {
    let api = api();
    for (name, shape) in api["components"]["schemas"].as_object().unwrap() {
        for (field, is) in shape["properties"].as_object().into_iter().flatten() {
            let said = |one: &Value| {
                one["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            };
            let parts = is["oneOf"].as_array().into_iter().flatten();
            let told = said(is) || parts.into_iter().any(said);
            assert!(told, "{name}.{field}: {is}");
        }
    }
}

#[test]
fn bodies_allow_nothing_unknown() {
    let api = api();
    for name in [
        "NewAgent",
        "AgentChange",
        "NewKey",
        "NewPerson",
        "RoleWish",
        "PersonChange",
        "NewGroup",
        "GroupChange",
        "NewMember",
        "SetBody",
        "EntryBody",
        "AccessQuestion",
        "NewWorkspace",
        "WorkspaceChange",
        "Credentials",
        "Acceptance",
        "PolicyChange",
        "SettingsChange",
        "Trial",
    ] {
        let shape = &api["components"]["schemas"][name];
        assert_eq!(shape["additionalProperties"], false, "{name}");
    }
}

#[test]
fn the_routes_stay_as_they_are() {
    let api = api();
    let list: Vec<String> = operations(&api)
        .iter()
        .map(|(name, operation)| format!("{name}: {}", operation["summary"].as_str().unwrap()))
        .collect();
    insta::assert_snapshot!("routes", list.join("\n"));
}
