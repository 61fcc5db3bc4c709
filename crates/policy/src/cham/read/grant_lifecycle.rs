//! `grant_lifecycle` as written.

use super::{fields::Fields, shared, value};
use crate::{
    cham::{Rule, grant_lifecycle::GrantLifecycle},
    tier::Tier,
};
use serde_json::{Map, Value};

/// The most conditions of one grant.
const CONDITIONS: usize = 64;
/// The most values one condition allows.
const VALUES: usize = 1_000;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let action_type = fields.required("action_type", value::label);
    let environments = shared::environments(fields);
    let max_uses = fields.required("max_uses", value::whole::<1, { u32::MAX }>);
    let expires_at = fields.required("expires_at", value::moment);
    let tier_override = fields.required("tier_override", granted_tier);
    let conditions = fields.optional("conditions", object).unwrap_or_default();
    let conditions = checked(fields, conditions);
    let required = fields
        .optional("required", value::boolean)
        .unwrap_or_default();
    Some(Rule::GrantLifecycle(GrantLifecycle {
        action_type: action_type?,
        environments,
        max_uses: max_uses?,
        expires_at: expires_at?,
        tier_override: tier_override?,
        conditions,
        required,
    }))
}

/// A grant lets an action through, alone or by people; refusing is what a block is for.
fn granted_tier(given: &Value) -> Result<Tier, String> {
    match value::tier(given)? {
        tier @ (Tier::A | Tier::B) => Ok(tier),
        Tier::C | Tier::X => Err("must be `A` or `B`: a grant does not refuse".to_owned()),
    }
}

fn object(given: &Value) -> Result<Map<String, Value>, String> {
    match given {
        Value::Object(map) if map.len() > CONDITIONS => {
            Err(format!("has {} entries, more than {CONDITIONS}", map.len()))
        }
        Value::Object(map) => Ok(map.clone()),
        other => Err(format!("must be an object, not {}", value::kind(other))),
    }
}

fn checked(fields: &mut Fields<'_, '_>, conditions: Map<String, Value>) -> Map<String, Value> {
    for (key, operand) in &conditions {
        if let Err(message) = condition(key, operand) {
            fields.fault(&format!("conditions.{}", value::cut(key)), message);
        }
    }
    conditions
}

/// What an action itself says; a condition on it would look at a parameter of that name, which an
/// agent is free to set.
const NOT_PARAMETERS: [(&str, &str); 5] = [
    ("environment", "`environments` beside the conditions"),
    ("action_type", "`action_type` beside the conditions"),
    ("agent", "the scope `agent` and `agent_id`"),
    ("agent_id", "the scope `agent` and `agent_id`"),
    ("target_service", "`allowed_targets`"),
];

/// A condition that could never hold is a mistake: the grant would look alive and never apply.
fn condition(key: &str, operand: &Value) -> Result<(), String> {
    value::field(&Value::from(key))?;
    let bound = key
        .strip_prefix("max_")
        .or_else(|| key.strip_prefix("min_"));
    let listed = key.strip_prefix("allowed_");
    let parameter = match listed {
        Some(several) => several.strip_suffix('s').unwrap_or_default(),
        None => bound.unwrap_or(key),
    };
    if parameter.is_empty() {
        return Err(match listed {
            Some(_) => "must end in `s`, as `allowed_regions` does for `region`".to_owned(),
            None => "names no parameter".to_owned(),
        });
    }
    if let Some((_, instead)) = NOT_PARAMETERS.iter().find(|(name, _)| *name == parameter) {
        return Err(format!("`{parameter}` is not a parameter; write {instead}"));
    }
    match (bound, listed, operand) {
        (Some(_), _, Value::Number(_)) => Ok(()),
        (Some(_), _, other) => Err(format!("must be a number, not {}", value::kind(other))),
        (None, Some(_), Value::Array(_)) => plain_list(operand),
        (None, Some(_), other) => Err(format!("must be a list, not {}", value::kind(other))),
        (None, None, _) => plain(operand).or_else(|_| plain_list(operand)),
    }
}

fn plain_list(operand: &Value) -> Result<(), String> {
    match operand {
        Value::Array(items) if items.is_empty() => Err("must not be an empty list".to_owned()),
        Value::Array(items) if items.len() > VALUES => {
            Err(format!("has {} entries, more than {VALUES}", items.len()))
        }
        Value::Array(items) => items.iter().try_for_each(plain),
        other => Err(format!(
            "must be a text, a number, true, false or a list of these, not {}",
            value::kind(other)
        )),
    }
}

fn plain(operand: &Value) -> Result<(), String> {
    match operand {
        Value::String(_) => value::prose(operand).map(drop),
        Value::Number(_) | Value::Bool(_) => Ok(()),
        other => Err(format!(
            "must hold texts, numbers, true or false, not {}",
            value::kind(other)
        )),
    }
}
