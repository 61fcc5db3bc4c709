//! The published examples, and the dialects that mean the same.

use super::policy;
use portcullis_policy::cham::read::{config, wire, yaml};
use serde_json::{Value, json};

/// The example of each type, as published.
const EXAMPLES: [&str; 8] = [
    r#"{
"type": "confidence_floor",
"name": "Production confidence requirements",
"scope": "tenant",
"config": {
"environment": "production",
"floors": {
"incident": 0.80,
"fix": 0.85,
"containment": 0.90
},
"escalation": "tier_up"
}
}"#,
    r#"{
"type": "environment_restriction",
"name": "No autonomous actions in production",
"scope": "tenant",
"config": {
"environment": "production",
"max_tier": "B",
"action_types": ["code_deploy", "config_change", "data_migration"],
"reason": "All production changes require human approval"
}
}"#,
    r#"{
"type": "action_type_block",
"name": "Block database drops",
"scope": "tenant",
"config": {
"action_types": ["database_drop", "table_truncate", "schema_delete"],
"environments": ["production", "staging"],
"verdict": "BLOCKED",
"tier": "C",
"reason": "Destructive database operations are prohibited via CHAM policy"
}
}"#,
    r#"{
"type": "rate_limit",
"name": "Agent burst protection",
"scope": "agent",
"agent_id": "agt_abc123",
"config": {
"windows": [
{ "period": "1s", "max": 10 },
{ "period": "1m", "max": 60 },
{ "period": "5m", "max": 300 }
],
"on_exceed": "block",
"reason": "Rate limit exceeded -- agent is submitting too many actions"
}
}"#,
    r#"{
"type": "require_reasoning",
"name": "Reasoning required for all actions",
"scope": "tenant",
"config": {
"min_length": 20,
"required_fields": ["reasoning"],
"environments": ["production", "staging"],
"on_missing": "block",
"reason": "All governed actions must include reasoning for audit purposes"
}
}"#,
    r#"{
"type": "grant_lifecycle",
"name": "Pre-approved log rotation",
"scope": "agent",
"agent_id": "agt_ops_bot",
"config": {
"action_type": "log_rotate",
"environments": ["production", "staging"],
"max_uses": 100,
"expires_at": "2026-05-01T00:00:00Z",
"tier_override": "A",
"conditions": {
"max_file_size_mb": 500,
"allowed_targets": ["app-logs", "access-logs"]
}
}
}"#,
    r#"{
"type": "compliance_pack",
"name": "HIPAA compliance pack",
"scope": "tenant",
"config": {
"standard": "HIPAA",
"rules": [
{
"id": "hipaa_phi_access",
"description": "PHI access requires Tier B minimum",
"action_types": ["data_read", "data_export", "data_query"],
"data_classifications": ["PHI", "ePHI"],
"min_tier": "B"
},
{
"id": "hipaa_phi_modification",
"description": "PHI modification requires Tier C",
"action_types": ["data_write", "data_delete", "data_update"],
"data_classifications": ["PHI", "ePHI"],
"min_tier": "C"
},
{
"id": "hipaa_audit_retention",
"description": "Audit records for PHI actions retained 6 years",
"retention_days": 2190
}
]
}
}"#,
    r#"{
"type": "time_window",
"name": "Production change window",
"scope": "tenant",
"config": {
"environment": "production",
"windows": [
{
"days": ["tuesday", "thursday"],
"start": "02:00",
"end": "06:00",
"timezone": "America/New_York"
}
],
"outside_window": "hold",
"emergency_override": true,
"reason": "Production changes only during approved maintenance windows"
}
}"#,
];

/// Folds the labels of an example as the gate keeps them.
fn folded(mut example: Value) -> Value {
    for rule in example
        .pointer_mut("/config/rules")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(classes) = rule.get_mut("data_classifications") {
            *classes = json!(["phi", "ephi"]);
        }
    }
    example
}

#[test]
fn each_published_example_loads_and_is_written_back_as_published() {
    for text in EXAMPLES {
        let example = folded(serde_json::from_str(text).expect("JSON"));
        let written = wire(&policy(text));
        for key in ["type", "name", "scope"] {
            assert_eq!(written[key], example[key], "{key}");
        }
        assert_eq!(written["policy_type"], example["type"]);
        assert_eq!(written.get("agent_id"), example.get("agent_id"));
        let mut wanted = example["config"].clone();
        if wanted.get("windows").is_some() && wanted.get("emergency_override").is_none() {
            assert_eq!(written["type"], "rate_limit");
        }
        if let Some(rules) = wanted.get_mut("rules") {
            assert_eq!(rules.as_array().map(Vec::len), Some(3));
        }
        assert_eq!(written["config"], wanted, "{}", example["type"]);
        assert_eq!(written["active"], true);
    }
}

#[test]
fn all_published_examples_load_as_one_document() {
    let drafts = yaml(&format!("[{}]", EXAMPLES.join(","))).expect("drafts");
    let kinds: Vec<_> = drafts.iter().map(|draft| draft.rule.kind()).collect();
    insta::assert_debug_snapshot!(kinds, @r#"
    [
        "confidence_floor",
        "environment_restriction",
        "action_type_block",
        "rate_limit",
        "require_reasoning",
        "grant_lifecycle",
        "compliance_pack",
        "time_window",
    ]
    "#);
}

#[test]
fn a_policy_may_be_written_in_yaml() {
    let text = "
policy_type: time_window
name: Night shift
config:
  environment: Production
  windows:
    - { days: [Friday], start: 22:00, end: 06:00, timezone: europe/berlin }
";
    let drafts = yaml(text).expect("a draft");
    let now = "2026-01-05T12:00:00Z".parse().expect("a time");
    let id = portcullis_policy::id::PolicyId::new("pol_1").expect("an id");
    let written = drafts
        .into_iter()
        .map(|draft| wire(&draft.into_policy(id.clone(), now)));
    insta::assert_snapshot!(serde_json::to_string_pretty(&written.collect::<Vec<_>>()).expect("JSON"), @r#"
    [
      {
        "active": true,
        "config": {
          "emergency_override": false,
          "environment": "production",
          "outside_window": "block",
          "windows": [
            {
              "days": [
                "friday"
              ],
              "end": "06:00",
              "start": "22:00",
              "timezone": "Europe/Berlin"
            }
          ]
        },
        "created_at": "2026-01-05T12:00:00Z",
        "id": "pol_1",
        "log_only": false,
        "name": "Night shift",
        "policy_type": "time_window",
        "scope": "tenant",
        "type": "time_window",
        "updated_at": "2026-01-05T12:00:00Z",
        "version": 1
      }
    ]
    "#);
}

/// Both configurations of a type mean the same.
fn same(kind: &str, dialect: &Value, plain: &Value) {
    let read = |value| config(kind, value).unwrap_or_else(|faults| panic!("{faults}\n{value}"));
    assert_eq!(read(dialect), read(plain), "{dialect}");
}

#[test]
fn the_dialects_of_a_floor_become_floors() {
    let all = |floor: f64, escalation: &str| {
        json!({
            "environments": ["production", "staging"],
            "floors": { "incident": floor, "fix": floor, "containment": floor },
            "escalation": escalation,
        })
    };
    let environments = json!(["production", "staging"]);
    let kind = "confidence_floor";
    same(
        kind,
        &json!({ "threshold": 0.8, "environments": environments }),
        &all(0.8, "tier_up"),
    );
    let hold = json!({ "floor": 0.7, "environments": environments, "action_on_fail": "HOLD" });
    same(kind, &hold, &all(0.7, "tier_up"));
    let block = json!({ "floor": 1, "environments": environments, "action_on_fail": "BLOCK" });
    same(kind, &block, &all(1.0, "block"));
}

#[test]
fn blocked_environments_become_a_restriction_to_tier_c() {
    same(
        "environment_restriction",
        &json!({ "blocked_environments": ["production"], "action_on_match": "BLOCK" }),
        &json!({ "environment": "production", "max_tier": "C" }),
    );
}

#[test]
fn the_dialects_of_a_block_become_action_types() {
    let plain = json!({ "action_types": ["database_drop"], "environment": "production" });
    let dialect = json!({ "blocked_actions": ["Database_Drop "], "environments": ["production"] });
    same("action_type_block", &dialect, &plain);
    let exact = json!({
        "conditions": { "action_pattern": "database_drop" },
        "environment": "production",
        "verdict_on_trigger": "BLOCKED",
    });
    assert_eq!(
        config("action_block", &exact),
        config("action_type_block", &plain)
    );
}

#[test]
fn an_action_block_may_have_its_conditions_beside_its_name() {
    let policy = policy(
        r#"{
            "policy_id": "pol_7", "type": "action_block", "name": "No mail", "status": "inactive",
            "conditions": { "action_pattern": "send_email" }, "verdict_on_trigger": "BLOCKED"
        }"#,
    );
    assert_eq!(policy.rule.kind(), "action_type_block");
    assert!(!policy.active);
    assert_eq!(
        wire(&policy)["config"]["action_types"],
        json!(["send_email"])
    );
}

#[test]
fn what_is_left_out_falls_to_the_stricter_side() {
    let cases = [
        (
            "rate_limit",
            json!({ "windows": [{ "period": "1m", "max": 1 }] }),
            "on_exceed",
            "block",
        ),
        (
            "require_reasoning",
            json!({ "min_length": 1 }),
            "on_missing",
            "block",
        ),
        (
            "action_type_block",
            json!({ "action_types": ["x"] }),
            "tier",
            "C",
        ),
        (
            "confidence_floor",
            json!({ "floors": { "fix": 0.5 } }),
            "escalation",
            "tier_up",
        ),
    ];
    for (kind, given, key, wanted) in cases {
        let rule = config(kind, &given).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(
            serde_json::to_value(&rule).expect("JSON")["config"][key],
            wanted,
            "{kind}"
        );
    }
}
