//! What people see of agents, records, violations and counts: what they reach, and nothing of the
//! rest.

use crate::house::{House, Newcomer};
use portcullis_firewall::{firewall::Firewall, principal::Principal, turn::NewAgent};
use portcullis_policy::id::{AgentId, TenantId};
use serde_json::{Value, json};
use std::time::Duration;

/// Somebody whose group has a permission set.
async fn with_set(house: &House, name: &str, roles: Value, entry: Value) -> Newcomer {
    let person = house.newcomer(name, roles).await;
    let set = json!({"name": name, "entries": [entry]});
    let set = house
        .act("POST", "/v1/permission-sets", set)
        .await
        .must(201);
    let group = house
        .act("POST", "/v1/groups", json!({"name": name}))
        .await
        .must(201);
    let path = format!("/v1/groups/{}", group["id"].as_str().unwrap());
    let members = format!("{path}/members");
    house
        .act("POST", &members, json!({"person_id": person.id}))
        .await
        .ok();
    let sets = json!({"permission_sets": [set["id"]]});
    house.act("PATCH", &path, sets).await.ok();
    person
}

/// Another agent of acme, as it calls.
async fn second_agent(firewall: &Firewall, architect: &str) -> (AgentId, Principal) {
    let architect = firewall.authenticate(architect).unwrap();
    let new = NewAgent {
        name: "web-bot".to_owned(),
        ..NewAgent::default()
    };
    let id = firewall.register_agent(&architect, new).await.unwrap().id;
    let role = portcullis_firewall::principal::Role::Agent(id.clone());
    let key = portcullis_firewall::turn::NewKey::of("web-bot", role);
    let (_, token) = firewall.issue_key(&architect, key).await.unwrap();
    (id, firewall.authenticate(token.reveal()).unwrap())
}

/// What happened in two workspaces, and in none.
struct Happened {
    house: House,
    web_bot: AgentId,
    /// The records of what happened in `training`, the oldest first.
    training: Vec<u64>,
    /// Those of what happened elsewhere.
    elsewhere: Vec<u64>,
    /// A violation in `training`, and one in `web`.
    violations: [String; 2],
}

async fn happened() -> Happened {
    let house = House::new().await;
    for id in ["training", "web"] {
        house
            .act("POST", "/v1/workspaces", json!({"id": id}))
            .await
            .must(201);
    }
    let (web_bot, web) = second_agent(&house.firewall, &house.acme.architect).await;
    let (mut training, mut elsewhere) = (Vec::new(), Vec::new());
    let actions = [
        ("data_read", json!({})),
        ("reservations.create", json!({"cost_usd": 1})),
        ("database_drop", json!({})),
    ];
    for workspace in [Some("training"), Some("web"), None] {
        for (action, parameters) in &actions {
            house.clock.advance(Duration::from_secs(1));
            let mut action = json!({"action_type": action, "parameters": parameters});
            if let Some(workspace) = workspace {
                action["workspace_id"] = json!(workspace);
            }
            let answer = house.govern(action.clone()).await;
            if workspace == Some("training") {
                training.push(answer.seq);
            } else {
                elsewhere.push(answer.seq);
                elsewhere.push(house.govern_as(&web, action).await.seq);
            }
        }
    }
    let all = house.get("/v1/violations").await.ok();
    let at = |seqs: &[u64]| {
        let all = all["violations"].as_array().unwrap();
        let of = |one: &&Value| seqs.contains(&one["seq"].as_u64().unwrap());
        all.iter().find(of).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // The first six were in `web`.
    let violations = [at(&training), at(&elsewhere[..6])];
    Happened {
        house,
        web_bot,
        training,
        elsewhere,
        violations,
    }
}

fn seqs(list: &Value) -> Vec<u64> {
    let records = list["records"].as_array().unwrap();
    let seq = |record: &Value| record["seq"].as_u64().unwrap();
    records.iter().map(seq).rev().collect()
}

#[tokio::test]
async fn members_see_what_happened_in_their_workspace() {
    let Happened {
        house,
        web_bot,
        training,
        elsewhere,
        violations: [theirs, hidden],
    } = happened().await;
    let own = house.acme.agent.as_str();
    let entry = json!({"workspace": "training", "effect": "ALLOW", "agents": [own],
        "scopes": ["cluster-1"]});
    let roles = json!([{"role": "viewer", "workspace": "training"}]);
    let dora = with_set(&house, "dora", roles, entry).await;
    let get = async |path: &str| house.call(("GET", path), &dora.token, "").await;

    let agents = get("/v1/agents").await.ok();
    let [agent] = agents["agents"].as_array().unwrap().as_slice() else {
        panic!("{agents}");
    };
    assert_eq!(
        (&agent["id"], &agent["total_governed"]),
        (&json!(own), &json!(3))
    );
    assert_eq!(
        get(&format!("/v1/agents/{own}")).await.ok()["total_governed"],
        3
    );
    get(&format!("/v1/agents/{web_bot}")).await.refused(404);

    assert_eq!(seqs(&get("/v1/audit").await.ok()), training);
    let page = get("/v1/audit?limit=1&offset=1").await.ok();
    assert_eq!(seqs(&page), [training[1]], "what is hidden leaves no gap");
    get(&format!("/v1/audit/{}", training[0])).await.ok();
    for seq in elsewhere.iter().chain([&1]) {
        get(&format!("/v1/audit/{seq}")).await.refused(404);
    }

    let list = get("/v1/violations").await.ok();
    assert_eq!(list["violations"].as_array().unwrap().len(), 1);
    assert_eq!(list["violations"][0]["id"], theirs);
    get(&format!("/v1/violations/{hidden}")).await.refused(404);
    for (id, status) in [(theirs, 403), (hidden, 404)] {
        let path = format!("/v1/violations/{id}/resolve");
        house
            .call(("PATCH", &path), &dora.token, "")
            .await
            .refused(status);
    }

    let glance = get("/v1/tenant").await.ok();
    let counted = glance.to_string();
    assert_eq!(glance["agents"], 1, "{counted}");
    assert_eq!(get("/v1/holds/stats").await.ok()["queue_depth"], 1);
    for path in [
        "/v1/audit/export",
        "/v1/audit/verify",
        "/v1/policies",
        "/v1/settings",
    ] {
        get(path).await.refused(403);
    }
    let replay = json!({"from": 1, "to": 99}).to_string();
    house
        .call(("POST", "/v1/replay"), &dora.token, replay)
        .await
        .refused(403);
}

#[tokio::test]
async fn what_becomes_of_an_action_is_seen_with_it() {
    let Happened { house, .. } = happened().await;
    let entry = json!({"workspace": "training", "effect": "ALLOW", "agents": ["regex:.*"],
        "scopes": ["cluster-1"]});
    let roles = json!([{"role": "operator", "workspace": "training"}]);
    let dora = with_set(&house, "dora", roles, entry).await;
    let get = async |path: &str| house.call(("GET", path), &dora.token, "").await;
    for hold in house.get("/v1/holds").await.ok()["holds"]
        .as_array()
        .unwrap()
    {
        let path = format!("/v1/holds/{}/kill", hold["id"].as_str().unwrap());
        house
            .call(("POST", &path), &house.acme.operator, "")
            .await
            .ok();
    }
    let ends = get("/v1/audit?record_type=escrow_outcome").await.ok();
    assert_eq!(seqs(&ends).len(), 1, "{ends}");
    let glance = get("/v1/tenant").await.ok();
    let newest = get("/v1/audit?limit=1").await.ok();
    assert_eq!(
        glance["chain"]["seq"], newest["records"][0]["seq"],
        "{glance}"
    );
}

#[tokio::test]
async fn a_deny_entry_hides_records_from_who_reads_the_tenant() {
    let Happened {
        house,
        training,
        elsewhere,
        violations: [_, hidden],
        ..
    } = happened().await;
    let entry = json!({"workspace": "web", "effect": "DENY", "agents": [], "scopes": []});
    let olga = with_set(&house, "olga", json!([{"role": "operator"}]), entry).await;
    let get = async |path: &str| house.call(("GET", path), &olga.token, "").await;
    let agents = get("/v1/agents").await.ok();
    assert_eq!(agents["agents"].as_array().unwrap().len(), 2);
    let decisions = get("/v1/audit?record_type=decision").await.ok();
    let mut open = training;
    open.extend(&elsewhere[6..]);
    assert_eq!(seqs(&decisions), open);
    get(&format!("/v1/audit/{}", elsewhere[0]))
        .await
        .refused(404);
    get(&format!("/v1/violations/{hidden}")).await.refused(404);
    get("/v1/audit/1").await.ok();
    get("/v1/audit/export").await.refused(403);
    get("/v1/policies").await.ok();
}

#[tokio::test]
async fn news_of_one_tenant_wake_nobody_of_another() {
    let house = House::new().await;
    let [acme, globex] = ["acme", "globex"].map(|name| TenantId::new(name).unwrap());
    let [mut own, mut other] =
        [&acme, &globex].map(|tenant| house.firewall.news_of(tenant).unwrap());
    let mut all = house.firewall.news();
    for news in [&mut own, &mut other, &mut all] {
        news.mark_unchanged();
    }
    house.held().await;
    own.changed().await.unwrap();
    all.changed().await.unwrap();
    assert!(!other.has_changed().unwrap());
    let nowhere = TenantId::new("nowhere").unwrap();
    assert!(house.firewall.news_of(&nowhere).is_err());
}
