//! Actions and orders for every kind of target.

use portcullis_firewall::{digest::ActionDigest, order::Order};
use portcullis_policy::{
    action::{Action, Confidence},
    id::{AgentId, TenantId},
};
use serde_json::{Map, Value};

pub(crate) fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn agent() -> AgentId {
    AgentId::new("agt_1").unwrap()
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else {
        panic!("parameters are an object")
    };
    members
}

pub(crate) fn action(kind: &str, parameters: Value) -> Action {
    Action {
        tenant: tenant(),
        agent: agent(),
        workspace: None,
        session: None,
        scope: None,
        kind: kind.into(),
        target: "helpdesk".to_owned(),
        environment: "production".into(),
        parameters: object(parameters),
        reasoning: None,
        confidence: Confidence::default(),
        evidence: Vec::new(),
        data_classes: Vec::new(),
        emergency: false,
    }
}

pub(crate) fn order(action_type: &str, parameters: Value) -> Order {
    Order {
        tenant: tenant(),
        agent: agent(),
        seq: 7,
        digest: ActionDigest::new([1; 32]),
        action_type: action_type.to_owned(),
        target: "helpdesk".to_owned(),
        environment: "production".to_owned(),
        parameters: object(parameters),
        action: Vec::new(),
        idempotency_key: "acme-7-01".to_owned(),
        expected_rows: None,
        work: None,
        lease: None,
        live: None,
    }
}
