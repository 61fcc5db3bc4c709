//! Workspaces, and whom the approver lists come to.

use super::{Office, fault, led};
use portcullis_policy::tenant;
use serde_json::json;

#[tokio::test]
async fn a_workspace_is_made_and_changed_but_never_renamed() {
    let office = Office::new().await;
    let mut arch = office.browser("Arch").await;
    let new = "/console/new/workspace";
    let form = arch.get(new).await;
    for (id, short_name, field) in [
        ("Lab", "", "id"),
        ("a b", "", "id"),
        ("", "", "id"),
        ("lab", "1x", "short_name"),
    ] {
        let fields = [
            ("id", id),
            ("short_name", short_name),
            ("description", "kept"),
        ];
        let wrong = arch.post(new, &form, &fields).await;
        assert_eq!(wrong.status, 422, "{id}");
        assert!(!fault(&wrong, field).is_empty());
        assert!(wrong.text.contains("kept"));
    }
    // One called like a page is a workspace like any other.
    let fields = [("id", "new"), ("short_name", "LAB"), ("description", "")];
    let path = led(&arch.post(new, &form, &fields).await);
    assert_eq!(path, "/console/workspaces/new");
    let twice = arch.post(new, &form, &fields).await;
    assert_eq!(
        (twice.status.as_u16(), fault(&twice, "id")),
        (409, "there is a workspace `new` already")
    );
    let taken = [("id", "other"), ("short_name", "lab")];
    let taken = arch.post(new, &form, &taken).await;
    assert_eq!(taken.status, 409);
    assert!(fault(&taken, "short_name").contains("has the short name"));

    let edit = format!("{path}/edit");
    let form = arch.get(&edit).await;
    assert!(form.text.contains("value=\"LAB\""));
    let fields = [
        ("id", "renamed"),
        ("short_name", "LB"),
        ("description", "x"),
        ("active", "false"),
    ];
    assert_eq!(led(&arch.post(&edit, &form, &fields).await), path);
    let page = arch.get(&path).await.text;
    assert!(
        page.contains("<code>LB</code>") && page.contains("Not active"),
        "{page}"
    );
    let wrong = [("short_name", "LB"), ("active", "perhaps")];
    let wrong = arch.post(&edit, &form, &wrong).await;
    assert!(fault(&wrong, "active").contains("expected `true` or `false`"));
}

#[tokio::test]
async fn who_has_a_role_in_a_workspace_sees_that_one_alone() {
    let office = Office::new().await;
    for id in ["lab", "vault"] {
        office.make("/v1/workspaces", json!({"id": id})).await;
    }
    let roles = json!([{"role": "operator", "workspace": "lab"}]);
    office.house.newcomer("Lea", roles).await;
    let mut lea = office.browser("Lea").await;
    let list = lea.get("/console/workspaces").await;
    assert!(
        list.text.contains("lab") && !list.text.contains("vault"),
        "{}",
        list.text
    );
    assert_eq!(lea.get("/console/workspaces/lab").await.status, 200);
    assert_eq!(lea.get("/console/workspaces/vault").await.status, 404);
    assert_eq!(lea.get("/console/workspaces/lab/edit").await.status, 403);
}

const APPROVALS: &str = "
version: 1
actions: [{ action: data_read }]
approvals:
  tier3:
    approvers: [\"group:leads\", \"person:Nobody\"]
    escalate: [{ channel: \"#leads\", minutes: 20 }]
  tier4: { approvers: [\"person:Arch\", \"person:Otto\", \"person:Vi\", U0GHOST], required: 2, owner_approval: true }
";

/// Puts the lists above in force; the id of the group they name.
async fn apply(office: &Office) -> String {
    let architect = office
        .house
        .firewall
        .authenticate(&office.house.acme.architect)
        .unwrap();
    let policy = tenant::read::parse(APPROVALS).unwrap();
    office
        .house
        .firewall
        .apply_tenant_policy(&architect, policy)
        .await
        .unwrap();
    office.make("/v1/groups", json!({"name": "leads"})).await
}

#[tokio::test]
async fn approver_lists_say_whom_they_come_to_and_whether_that_is_enough() {
    let office = Office::new().await;
    let mut vi = office.browser("Vi").await;
    let open = vi.get("/console/approver-lists").await;
    assert_eq!(open.status, 200, "{}", open.text);
    assert_eq!(open.text.matches("Nobody is named").count(), 2);
    assert_eq!(open.text.matches("It can be approved now.").count(), 2);
    assert!(
        !open.text.contains(">Mia<"),
        "who decides nothing is not asked"
    );

    let group = apply(&office).await;
    let shown = vi.get("/console/approver-lists").await.text;
    let (three, four) = shown.split_once("id=\"tier-4\"").unwrap();
    for word in [
        "It cannot be approved now.",
        "and 0 could approve: every such action times out and is refused",
        &format!("/console/groups/{group}"),
        "person:Nobody",
        "stands for nobody",
        "the same people, in #leads, for 20 minutes",
    ] {
        assert!(three.contains(word), "{word}: {three}");
    }
    for word in [
        "It can be approved now.",
        "All of them must",
        "has no role that decides",
        "U0GHOST",
        "may approve",
    ] {
        assert!(four.contains(word), "{word}: {four}");
    }
}

#[tokio::test]
async fn approver_lists_follow_what_changes() {
    let office = Office::new().await;
    let mut vi = office.browser("Vi").await;
    let group = apply(&office).await;
    let otto = office.id_of("Otto").await;
    let members = format!("/v1/groups/{group}/members");
    office
        .house
        .act("POST", &members, json!({"person_id": otto}))
        .await
        .ok();
    let off = json!({"active": false});
    let arch = office.id_of("Arch").await;
    office
        .house
        .act("PATCH", &format!("/v1/people/{arch}"), off)
        .await
        .ok();
    let shown = vi.get("/console/approver-lists").await.text;
    let (three, four) = shown.split_once("id=\"tier-4\"").unwrap();
    assert!(three.contains("It can be approved now."));
    assert!(four.contains("It cannot be approved now.") && four.contains("is not active"));
    let step_up = json!({"step_up": "always"});
    office
        .house
        .act("PATCH", "/v1/settings", step_up)
        .await
        .ok();
    let shown = vi.get("/console/approver-lists").await.text;
    assert!(
        shown.contains("has no passkey, which is asked for"),
        "{shown}"
    );
}
