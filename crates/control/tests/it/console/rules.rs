//! Rules are read, changed and tried out at the console.

mod hostile;
mod policies;
mod simulator;
mod tenant_policy;

use super::browser::{Browser, console, location};
use crate::house::{House, Reply};
use axum::Router;
use portcullis_firewall::{firewall::PolicyView, principal::Principal};
use portcullis_policy::{cham::read, id::PolicyId};
use serde_json::{Value, json};

/// A gate with somebody of every kind.
struct Room {
    house: House,
    console: Router,
    owner: Principal,
}

impl Room {
    async fn new() -> Self {
        let house = House::new().await;
        for (name, role) in [
            ("Arch", "ARCHITECT"),
            ("Nina", "OPERATOR"),
            ("Vi", "VIEWER"),
        ] {
            house.newcomer(name, json!([{"role": role}])).await;
        }
        house.newcomer("Mia", json!([])).await;
        let console = console(&house);
        let owner = house.firewall.authenticate(&house.acme.architect).unwrap();
        Self {
            house,
            console,
            owner,
        }
    }

    async fn browser(&self, name: &str) -> Browser {
        Browser::signed_in(&self.console, name).await
    }

    /// Makes a policy, not at the console.
    async fn policy(&self, policy: Value) -> String {
        self.policy_of(&self.owner, policy).await
    }

    async fn policy_of(&self, owner: &Principal, policy: Value) -> String {
        let draft = read::draft(&policy).unwrap();
        let made = self.house.firewall.create_policies(owner, vec![draft]);
        let ids: Vec<PolicyId> = made.await.unwrap();
        ids[0].to_string()
    }

    async fn view(&self, id: &str) -> PolicyView {
        self.house.firewall.policy(&self.owner, id).await.unwrap()
    }

    /// The number of the newest record.
    async fn records(&self) -> u64 {
        let overview = self.house.firewall.overview(&self.owner);
        overview.await.unwrap().head.seq
    }
}

fn block(name: &str) -> Value {
    json!({"type": "action_type_block", "name": name, "config": {
        "action_types": ["log_rotate"], "environments": ["staging"], "reason": "Logs stay",
    }})
}

fn grant() -> Value {
    json!({"type": "grant_lifecycle", "name": "Rotation", "config": {
        "action_type": "log_rotate", "max_uses": 5, "expires_at": "2090-01-01T00:00:00Z",
        "tier_override": "A",
    }})
}

/// The text in a text area.
fn typed(page: &Reply, name: &str) -> String {
    let start = format!("name=\"{name}\"");
    let (_, rest) = page
        .text
        .split_once(&start)
        .unwrap_or_else(|| panic!("no `{name}` in {}", page.text));
    let (_, rest) = rest.split_once('>').unwrap();
    let text = rest.split("</textarea>").next().unwrap();
    let text = text.strip_prefix('\n').unwrap_or(text);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
