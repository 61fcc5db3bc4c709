//! Policies to be made, as sent.

use crate::wire::{config::PolicyConfig, words};
use axum::extract::{FromRequest, Request};
use portcullis_door::{body::Payload, reply::Refusal};
use portcullis_policy::{
    cham::read::{self, Draft},
    fault::Faults,
};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The most policies in one list.
const LIST_MAX: usize = 1_000;

/// A policy to be made, in seed 001's shape; dialects of its documentation are understood too.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only described: the rules' own reader reads it")]
pub(crate) struct PolicyDraft {
    /// Its type; `policy_type` says the same.
    #[schema(rename = "type", value_type = words::PolicyType)]
    kind: String,
    /// For people.
    #[schema(example = "Production change window")]
    name: String,
    /// Whom it is for; `tenant` when not given.
    #[schema(value_type = Option<words::PolicyScope>)]
    scope: Option<String>,
    /// The agent it is for; needed for the scope `agent`, and only there.
    agent_id: Option<String>,
    /// What it says; the keys depend on the type, and unknown ones are refused.
    #[schema(value_type = PolicyConfig, example = json!({
        "environment": "production",
        "floors": { "incident": 0.8, "fix": 0.85, "containment": 0.9 },
        "escalation": "tier_up",
    }))]
    config: Value,
    /// Whether it is loaded for judging; true when not given.
    active: Option<bool>,
    /// Whether it is recorded but not enforced; false when not given.
    log_only: Option<bool>,
    /// How long a hold it causes lives, in minutes, instead of the default.
    hold_minutes: Option<u32>,
    /// How bad a violation of it is, instead of the default for its tier.
    #[schema(value_type = Option<words::Severity>)]
    severity: Option<String>,
}

/// One policy, or a list of them.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only described")]
pub(crate) enum PolicyOrList {
    /// One.
    One(Box<PolicyDraft>),
    /// All of a list, or none of it.
    Many {
        /// The policies.
        policies: Vec<PolicyDraft>,
    },
}

/// The drafts of a body.
#[derive(Debug)]
pub(crate) struct Drafts {
    /// Every draft.
    pub drafts: Vec<Draft>,
    /// Whether they came as a list.
    pub listed: bool,
}

impl<S: Sync> FromRequest<S> for Drafts {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let payload = Payload::from_request(request, state).await?;
        match payload.value()? {
            Value::Object(map) if map.contains_key("policies") => Ok(Self {
                drafts: of_list(map)?,
                listed: true,
            }),
            value => Ok(Self {
                drafts: vec![read::draft(&value)?],
                listed: false,
            }),
        }
    }
}

fn of_list(mut map: Map<String, Value>) -> Result<Vec<Draft>, Faults> {
    let mut faults = Faults::default();
    let list = map.remove("policies");
    for name in map.keys() {
        faults.add(name, "is not a known field beside `policies`");
    }
    let drafts = list.map_or_else(Vec::new, |list| of_items(&list, "policies", &mut faults));
    faults.or(drafts)
}

/// The drafts of a JSON list; every fault with the place of its policy.
pub(crate) fn of_items(list: &Value, path: &str, faults: &mut Faults) -> Vec<Draft> {
    let items = match list {
        Value::Array(items) if (1..=LIST_MAX).contains(&items.len()) => items,
        Value::Array(_) => {
            faults.add(path, format!("expected 1 to {LIST_MAX} policies"));
            return Vec::new();
        }
        _ => {
            faults.add(path, "expected a list of policies");
            return Vec::new();
        }
    };
    let mut drafts = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        match read::draft(item) {
            Ok(draft) => drafts.push(draft),
            Err(found) => {
                for fault in found.0 {
                    let dot = if fault.path.is_empty() { "" } else { "." };
                    faults.add(format!("{path}[{at}]{dot}{}", fault.path), fault.message);
                }
            }
        }
    }
    drafts
}
