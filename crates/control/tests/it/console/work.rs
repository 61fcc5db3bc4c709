//! The rooms about work: sessions, leases, executions, tools, scopes and own credentials.

mod executions;
mod leases;
mod others;
mod own_credentials;
mod scopes;
mod sessions;
mod tools;

use super::directory::{HOSTILE, Office, between, fault, led};
use crate::house::Reply;
use portcullis_firewall::{
    firewall::Attended,
    tool::{Definition, FirstSight, SeenTool},
};
use portcullis_testkit::{FakeHands, FakeIssuer};
use serde_json::{Value, json};
use std::sync::Arc;

/// An office whose agents work: with a workspace, a scope, and somebody who mints.
struct Shop {
    office: Office,
    issuer: Arc<FakeIssuer>,
    _hands: Arc<FakeHands>,
}

/// A scope as it is added over the API.
fn scope(name: &str) -> Value {
    json!({
        "name": name, "provider": "fake", "environment": "staging", "mode": "write",
        "filters": {"namespaces": ["web"]},
        "workspaces": [{"workspace": "ops", "agents": "read"}],
    })
}

impl Shop {
    async fn new() -> Self {
        let office = Office::new().await;
        let firewall = &office.house.firewall;
        let issuer = FakeIssuer::of(firewall, &office.house.acme.agent_principal.tenant);
        let hands = FakeHands::of(firewall);
        office.make("/v1/workspaces", json!({"id": "ops"})).await;
        for name in ["cluster", "orders"] {
            let added = office.house.act("POST", "/v1/scopes", scope(name)).await;
            added.must(201);
        }
        Self {
            office,
            issuer,
            _hands: hands,
        }
    }

    /// Opens a session over the API; its id.
    async fn open(&self, token: &str, new: Value) -> String {
        let house = &self.office.house;
        let opened = house.call(("POST", "/v1/sessions"), token, new.to_string());
        let opened = opened.await.must(201);
        opened["id"].as_str().unwrap().to_owned()
    }

    /// A session that an operator opened for the agent, with both scopes.
    async fn session(&self) -> String {
        let house = &self.office.house;
        let new = json!({
            "agent_id": house.acme.agent, "workspace_id": "ops", "ticket": "OPS-17",
            "scopes": [{"scope": "cluster"}, {"scope": "orders", "mode": "write"}],
        });
        self.open(&house.acme.operator, new).await
    }

    /// Has the agent do something in a session.
    async fn act(&self, session: &str, target: &str) -> Attended {
        self.attend(json!({
            "action_type": "data_read", "target_service": target, "environment": "staging",
            "workspace_id": "ops", "session_id": session, "scope": "cluster",
            "reasoning": "to look at it",
        }))
        .await
    }

    /// Has the agent do something whose end nobody can tell; the record of its verdict.
    async fn lost(&self) -> u64 {
        let attended = self
            .attend(json!({
                "action_type": "data_read", "target_service": "is-silent",
                "reasoning": "to look at it",
            }))
            .await;
        attended.answer.seq
    }

    async fn attend(&self, action: Value) -> Attended {
        let house = &self.office.house;
        let principal = &house.acme.agent_principal;
        let bytes = action.to_string();
        let request = house
            .firewall
            .read_request(principal, bytes.as_bytes(), None);
        let attended = house.firewall.attend(principal, request.unwrap()).await;
        attended.unwrap()
    }

    /// Gives somebody a set that allows or denies everything in the workspace.
    async fn reach(&self, name: &str, effect: &str) {
        let office = &self.office;
        let all = ["regex:.*"];
        let entry = json!({"workspace": "ops", "effect": effect, "agents": all, "scopes": all});
        let set = json!({"name": name, "entries": [entry]});
        let set = office.make("/v1/permission-sets", set).await;
        let group = office.make("/v1/groups", json!({"name": name})).await;
        let path = format!("/v1/groups/{group}");
        let person = office.id_of(name).await;
        for (method, path, body) in [
            (
                "POST",
                format!("{path}/members"),
                json!({"person_id": person}),
            ),
            ("PATCH", path, json!({"permission_sets": [set]})),
        ] {
            let done = office.house.act(method, &path, body).await;
            assert!(done.status.is_success(), "{}", done.text);
        }
    }

    /// Has a server say something of a tool.
    async fn says(&self, name: &str, description: &str, first: FirstSight) {
        let house = &self.office.house;
        let sum = description.bytes().fold(7_u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        let definition = Definition {
            digest: format!("{sum:064x}"),
            content: json!({"name": name, "description": description}),
            warnings: Vec::new(),
        };
        let seen = SeenTool {
            name: name.to_owned(),
            definition,
        };
        let tenant = &house.acme.agent_principal.tenant;
        let seen = house
            .firewall
            .see_tools(tenant, "files", vec![seen], first)
            .await;
        seen.unwrap();
    }
}

/// The part of a page that is its own.
fn main_of(page: &Reply) -> &str {
    between(&page.text, "<main", "</main>")
}
