//! What must be done so that the policies of a file are in force.

use crate::{
    client::{Ask, Client, Query, escaped},
    commands::desk::{entries, pages},
};
use hyper::Method;
use portcullis_policy::cham::{Policy, read::wire};
use serde_json::{Value, json};
use std::sync::Arc;

/// The most policies that are compared.
const POLICIES_MAX: usize = 10_000;

/// One policy of a file, and what is to be done about it.
#[derive(Debug)]
pub(super) struct Step {
    /// As it is written in the file.
    pub(super) written: Value,
    /// What is to be done.
    pub(super) deed: Deed,
}

/// What is to be done about a policy.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Deed {
    /// There is none of its name and type.
    Create,
    /// The one with this id says something else.
    Change(String),
    /// The one with this id differs in what cannot be changed in place.
    Replace(String),
    /// It is in force already.
    Keep(String),
}

impl Deed {
    /// The deed in a word.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change(_) => "change",
            Self::Replace(_) => "replace",
            Self::Keep(_) => "keep",
        }
    }

    /// The policy it is about; a new one has no id yet.
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Create => None,
            Self::Change(id) | Self::Replace(id) | Self::Keep(id) => Some(id),
        }
    }
}

/// Compares the policies of a file with those of the gate. A policy is known again by its name,
/// type and agent.
pub(super) async fn plan(client: &Client, policies: &[Arc<Policy>]) -> anyhow::Result<Vec<Step>> {
    let list = pages(client, &Query::of("/v1/policies"), "policies", POLICIES_MAX).await?;
    let present = entries(&list, "policies");
    let step = |policy: &Arc<Policy>| {
        let written = written(policy);
        Step {
            deed: deed(&written, present),
            written,
        }
    };
    Ok(policies.iter().map(step).collect())
}

/// A policy as one sends it: without what only the gate gives.
pub(super) fn written(policy: &Policy) -> Value {
    let mut written = wire(policy);
    if let Some(map) = written.as_object_mut() {
        for given in ["id", "created_at", "updated_at", "version"] {
            map.remove(given);
        }
    }
    written
}

fn deed(written: &Value, present: &[Value]) -> Deed {
    let same = |key: &str, other: &Value| at(written, key) == at(other, key);
    let known = |other: &&Value| {
        ["name", "type", "agent_id"]
            .iter()
            .all(|key| same(key, other))
    };
    // Of several of one name the active one counts.
    let found = present
        .iter()
        .filter(known)
        .max_by_key(|other| at(other, "active") == &Value::Bool(true));
    let Some(other) = found else {
        return Deed::Create;
    };
    let id = at(other, "id").as_str().unwrap_or_default().to_owned();
    let fixed = ["hold_minutes", "severity"];
    if !fixed.iter().all(|key| same(key, other)) {
        return Deed::Replace(id);
    }
    let flag =
        |value: &Value, key: &str, otherwise: bool| at(value, key).as_bool().unwrap_or(otherwise);
    let equal = same("config", other)
        && flag(written, "active", true) == flag(other, "active", true)
        && flag(written, "log_only", false) == flag(other, "log_only", false);
    if equal {
        Deed::Keep(id)
    } else {
        Deed::Change(id)
    }
}

fn at<'v>(value: &'v Value, key: &str) -> &'v Value {
    value.get(key).unwrap_or(&Value::Null)
}

/// Does what a plan says. New policies are made all at once, or none is.
pub(super) async fn carry_out(client: &Client, steps: &[Step]) -> anyhow::Result<()> {
    let new = steps
        .iter()
        .filter(|step| matches!(step.deed, Deed::Create | Deed::Replace(_)));
    let new: Vec<&Value> = new.map(|step| &step.written).collect();
    if !new.is_empty() {
        client
            .post("/v1/policies", &json!({ "policies": new }))
            .await?;
    }
    for step in steps {
        match &step.deed {
            Deed::Create | Deed::Keep(_) => {}
            Deed::Change(id) => {
                let change = json!({
                    "config": at(&step.written, "config"),
                    "active": at(&step.written, "active").as_bool().unwrap_or(true),
                    "log_only": at(&step.written, "log_only").as_bool().unwrap_or(false),
                });
                let path = format!("/v1/policies/{}", escaped(id));
                client.ask(Method::PUT, &path, Ask::json(&change)).await?;
            }
            Deed::Replace(id) => {
                let path = format!("/v1/policies/{}", escaped(id));
                client.ask(Method::DELETE, &path, Ask::default()).await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_known_again_by_name_type_and_agent() {
        let written = json!({ "name": "n", "type": "t", "config": { "a": 1 } });
        let present = |more: Value| {
            let mut other = json!({ "id": "pol_1", "name": "n", "type": "t", "config": { "a": 1 },
                "active": true, "log_only": false });
            other
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            vec![other]
        };
        let id = || "pol_1".to_owned();
        assert_eq!(deed(&written, &present(json!({}))), Deed::Keep(id()));
        assert_eq!(
            deed(&written, &present(json!({ "config": { "a": 2 } }))),
            Deed::Change(id())
        );
        assert_eq!(
            deed(&written, &present(json!({ "active": false }))),
            Deed::Change(id())
        );
        assert_eq!(
            deed(&written, &present(json!({ "hold_minutes": 5 }))),
            Deed::Replace(id())
        );
        assert_eq!(
            deed(&written, &present(json!({ "agent_id": "agt_1" }))),
            Deed::Create
        );
        assert_eq!(deed(&written, &[]), Deed::Create);
    }
}
