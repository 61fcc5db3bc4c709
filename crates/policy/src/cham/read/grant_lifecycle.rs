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

/// A condition that could never hold is a mistake: the grant would look alive and never apply.
fn condition(key: &str, operand: &Value) -> Result<(), String> {
    value::field(&Value::from(key))?;
    let bound = key
        .strip_prefix("max_")
        .or_else(|| key.strip_prefix("min_"));
    if let Some(parameter) = bound {
        if parameter.is_empty() {
            return Err("names no parameter".to_owned());
        }
        return match operand {
            Value::Number(_) => Ok(()),
            other => Err(format!("must be a number, not {}", value::kind(other))),
        };
    }
    if let Some(parameter) = key.strip_prefix("allowed_") {
        if parameter.len() < 2 || !parameter.ends_with('s') {
            return Err("must end in `s`, as `allowed_regions` does for `region`".to_owned());
        }
        return match operand {
            Value::Array(_) => plain_list(operand),
            other => Err(format!("must be a list, not {}", value::kind(other))),
        };
    }
    plain(operand).or_else(|_| plain_list(operand))
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
