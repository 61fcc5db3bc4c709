//! What the description says of documents is what the rules read: each document with every key
//! that is described is accepted, and one with a key more is not.

use crate::house::House;
use portcullis_control::rest;
use serde_json::{Map, Value, json};

/// A policy of each type with every key of its configuration but the second word for the place.
fn policies() -> Vec<(&'static str, Value)> {
    vec![
        (
            "confidence_floor",
            json!({
                "environment": "production",
                "floors": {"incident": 0.8, "fix": 0.8, "containment": 0.8},
                "escalation": "block",
            }),
        ),
        (
            "environment_restriction",
            json!({
                "environment": "production", "max_tier": "B", "action_types": ["a"], "reason": "r",
            }),
        ),
        (
            "action_type_block",
            json!({
                "action_types": ["a"], "environment": "production", "verdict": "BLOCKED", "tier": "X",
                "reason": "r",
            }),
        ),
        (
            "rate_limit",
            json!({
                "windows": [{"period": "1m", "max": 3}], "on_exceed": "hold", "reason": "r",
            }),
        ),
        (
            "require_reasoning",
            json!({
                "min_length": 3, "required_fields": ["reasoning"], "environment": "production",
                "on_missing": "hold", "reason": "r",
            }),
        ),
        (
            "grant_lifecycle",
            json!({
                "action_type": "a", "environment": "production", "max_uses": 2,
                "expires_at": "2030-01-01T00:00:00Z", "tier_override": "A",
                "conditions": {"max_size": 3}, "required": true,
            }),
        ),
        (
            "compliance_pack",
            json!({
                "standard": "HIPAA",
                "rules": [{
                    "id": "r", "description": "d", "action_types": ["a"], "data_classifications": ["PHI"],
                    "min_tier": "B", "retention_days": 3,
                }],
            }),
        ),
        (
            "time_window",
            json!({
                "environment": "production",
                "windows": [{
                    "days": ["monday"], "start": "02:00", "end": "04:00", "timezone": "Europe/Berlin",
                }],
                "outside_window": "hold", "emergency_override": true, "reason": "r",
            }),
        ),
    ]
}

fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
        .collect()
}

/// The described shape behind a reference, or the shape itself.
fn resolved<'a>(api: &'a Value, shape: &'a Value) -> &'a Value {
    let parts = shape["oneOf"].as_array().into_iter().flatten();
    let target = parts
        .filter_map(|part| part["$ref"].as_str())
        .next()
        .or_else(|| shape["$ref"].as_str());
    target.map_or(shape, |target| {
        api.pointer(target.trim_start_matches('#')).unwrap()
    })
}

/// Checks that a document has every described key, and only described ones, all the way down.
#[track_caller]
fn same_keys(api: &Value, shape: &Value, document: &Value, left_out: &[&str]) {
    let shape = resolved(api, shape);
    if let Some(items) = document.as_array() {
        items
            .iter()
            .for_each(|item| same_keys(api, &shape["items"], item, left_out));
        return;
    }
    let Some(fields) = shape["properties"].as_object() else {
        return;
    };
    let known: Map<String, Value> = fields
        .clone()
        .into_iter()
        .filter(|(key, _)| !left_out.contains(&key.as_str()))
        .collect();
    let (mut described, mut sent): (Vec<&String>, Vec<&String>) = (
        known.keys().collect(),
        document.as_object().unwrap().keys().collect(),
    );
    described.sort();
    sent.sort();
    assert_eq!(described, sent);
    for (key, value) in document.as_object().unwrap() {
        same_keys(api, &known[key], value, left_out);
    }
}

#[tokio::test]
async fn every_described_key_of_a_policy_is_read() {
    let house = House::new().await;
    let api = serde_json::to_value(rest::openapi()).unwrap();
    for (kind, config) in policies() {
        let shape = json!({"$ref": format!("#/components/schemas/{}Config", camel(kind))});
        same_keys(&api, &shape, &config, &["environments"]);
        let mut policy = json!({"type": kind, "name": kind, "config": config});
        house
            .act("POST", "/v1/policies", policy.clone())
            .await
            .must(201);
        policy["config"]["surprise"] = json!(1);
        let faults = house.act("POST", "/v1/policies", policy).await.faults();
        assert_eq!(faults, ["config.surprise"], "{kind}");
    }
}

#[tokio::test]
async fn the_written_configuration_has_no_key_that_is_not_described() {
    let house = House::new().await;
    let api = serde_json::to_value(rest::openapi()).unwrap();
    for (kind, config) in policies() {
        let made = house
            .act(
                "POST",
                "/v1/policies",
                json!({"type": kind, "name": kind, "config": config}),
            )
            .await
            .must(201);
        let name = format!("{}Config", camel(kind));
        let described = api["components"]["schemas"][&name]["properties"]
            .as_object()
            .unwrap();
        for key in made["config"].as_object().unwrap().keys() {
            assert!(described.contains_key(key), "{kind}.{key}");
        }
    }
}

#[tokio::test]
async fn every_described_key_of_a_tenant_policy_is_read() {
    let house = House::new().await;
    let api = serde_json::to_value(rest::openapi()).unwrap();
    let limits = json!({
        "per_action_usd": 1, "daily_usd": 2, "monthly_usd": 3, "per_action_gpu_hours": 1,
        "daily_gpu_hours": 2, "monthly_gpu_hours": 3, "warn_at_percent": 70,
    });
    let approval = json!({
        "approvers": ["group:sre"], "required": 2, "expires_minutes": 10,
        "escalate": [{"approvers": ["group:leads"], "channel": "#leads", "minutes": 20}],
        "ceiling_minutes": 60, "owner_approval": false,
    });
    let document = json!({
        "version": 1, "tenant": "acme", "default": "deny", "timezone": "UTC",
        "heartbeat_minutes": 5, "slack": {"channel": "C1", "escalation_channel": "C2"},
        "catalogue": [{"action": "ours.thing", "tier": 3, "free": true, "description": "d"}],
        "actions": [{
            "action": "workloads.submit", "allow": true, "environments": ["production"],
            "workspaces": ["w"], "agents": [house.acme.agent.as_str()], "tier": 3,
            "caps": {"max_gpus_per_job": 4}, "limits": {"target": ["cluster-1"]},
            "scope": {"teams": ["t"]},
            "folders": {"within": ["/srv"], "except": ["secrets"]},
        }],
        "budgets": limits, "agent_budgets": {"agt_1": limits}, "workspace_budgets": {"w": limits},
        "rate_limits": {
            "writes_per_minute": 1, "writes_per_hour": 2, "actions_per_minute": 3,
            "actions_per_hour": 4, "split_factor": 2,
        },
        "approvals": {
            "expires_minutes": 20, "tier3": approval, "tier4": approval, "self_approval": false,
        },
        "prices": {"gpu_hour_usd": {"default": 2.5}, "default_hours": 2},
        "internal_domains": ["example.com"],
        "commands": {
            "policies": [{
                "name": "looks", "description": "Looks are free.", "allow_list": ["^kubectl get "],
                "block_list": ["delete"],
            }],
            "mappings": [{
                "name": "here", "policy": "looks", "level": "workspace", "targets": ["shop"], "active": true,
            }],
        },
    });
    let shape = json!({"$ref": "#/components/schemas/TenantPolicyDocument"});
    same_keys(&api, &shape, &document, &[]);
    let path = ("POST", "/v1/tenant-policy/validate");
    let report = house
        .call(path, &house.acme.viewer, document.to_string())
        .await
        .ok();
    assert_eq!(report["errors"], json!([]));
    let mut more = document;
    more["budgets"]["surprise"] = json!(1);
    let report = house
        .call(path, &house.acme.viewer, more.to_string())
        .await
        .ok();
    assert_eq!(report["errors"][0]["path"], "budgets.surprise");
}

#[tokio::test]
async fn a_reason_is_as_it_is_described() {
    let house = House::new().await;
    let hold = house.held().await;
    let hold = house.get(&format!("/v1/holds/{hold}/review")).await.ok();
    let api = serde_json::to_value(rest::openapi()).unwrap();
    let described = api["components"]["schemas"]["Reason"]["properties"]
        .as_object()
        .unwrap();
    let reasons = hold["reasons"].as_array().unwrap();
    assert!(!reasons.is_empty());
    for key in reasons
        .iter()
        .flat_map(|reason| reason.as_object().unwrap().keys())
    {
        assert!(described.contains_key(key), "{key}");
    }
}

#[tokio::test]
async fn a_record_of_a_decision_has_what_is_described() {
    let house = House::new().await;
    let seq = house.held().await;
    let seq = house.get(&format!("/v1/holds/{seq}/review")).await.ok()["seq"].clone();
    let record = house.get(&format!("/v1/audit/{seq}")).await.ok();
    let api = serde_json::to_value(rest::openapi()).unwrap();
    let described = api["components"]["schemas"]["Record"]["properties"]
        .as_object()
        .unwrap();
    let elsewhere = ["rule_violated", "parent_seq"];
    for key in described
        .keys()
        .filter(|key| !elsewhere.contains(&key.as_str()))
    {
        assert!(record.get(key).is_some(), "{key}");
    }
}
