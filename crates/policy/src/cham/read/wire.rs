//! A policy in the shape of seed 001.

use super::super::{Policy, Rule};
use serde_json::{Map, Value, json};

/// Writes a policy as seed 001 does; reading it again gives the same policy.
///
/// A single environment is written as `environment` where seed 001 does so; labels are written as
/// they are kept, folded.
#[must_use]
pub fn wire(policy: &Policy) -> Value {
    let mut written = Map::new();
    let mut put = |key: &str, value: Value| drop(written.insert(key.to_owned(), value));
    let kind = policy.rule.kind();
    put("id", json!(policy.id));
    put("type", json!(kind));
    put("policy_type", json!(kind));
    put("name", json!(policy.name));
    put(
        "scope",
        json!(if policy.agent.is_some() {
            "agent"
        } else {
            "tenant"
        }),
    );
    if let Some(agent) = &policy.agent {
        put("agent_id", json!(agent));
    }
    put("config", Value::Object(config(&policy.rule)));
    put("active", json!(policy.active));
    put("log_only", json!(policy.log_only));
    if let Some(minutes) = policy.hold_minutes {
        put("hold_minutes", json!(minutes));
    }
    if let Some(severity) = policy.severity {
        put("severity", json!(severity));
    }
    put("created_at", json!(policy.created_at));
    put("updated_at", json!(policy.updated_at));
    put("version", json!(policy.version));
    Value::Object(written)
}

fn config(rule: &Rule) -> Map<String, Value> {
    match rule {
        Rule::ConfidenceFloor(rule) => single_environment(object(rule)),
        Rule::EnvironmentRestriction(rule) => single_environment(object(rule)),
        Rule::TimeWindow(rule) => single_environment(object(rule)),
        Rule::ActionTypeBlock(rule) => {
            let mut config = object(rule);
            config.insert("verdict".to_owned(), json!("BLOCKED"));
            config
        }
        Rule::RateLimit(rule) => object(rule),
        Rule::RequireReasoning(rule) => object(rule),
        Rule::GrantLifecycle(rule) => object(rule),
        Rule::CompliancePack(rule) => object(rule),
    }
}

fn object(rule: &impl serde::Serialize) -> Map<String, Value> {
    // INVARIANT: a rule is a struct with text keys, which always becomes an object.
    match serde_json::to_value(rule) {
        Ok(Value::Object(map)) => map,
        Ok(_) | Err(_) => Map::new(),
    }
}

fn single_environment(mut config: Map<String, Value>) -> Map<String, Value> {
    let single = match config.get("environments") {
        Some(Value::Array(several)) => match several.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        _ => None,
    };
    if let Some(one) = single {
        config.remove("environments");
        config.insert("environment".to_owned(), one);
    }
    config
}
