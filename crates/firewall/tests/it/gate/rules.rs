//! Rules are swapped at once, and wrong rules change nothing.

use super::fixture::{Gate, list};
use portcullis_firewall::{
    error::GateError, firewall::PolicyTest, proposal::PolicyPatch, settings::Settings,
};
use portcullis_policy::{cham, tenant, tier::Verdict};

const NO_LOOKING: &str = "
type: action_type_block
name: no looking
config: { action_types: [workloads.list], tier: C, verdict: BLOCKED, reason: not today }
";

#[tokio::test]
async fn a_change_acts_on_the_next_judgement() {
    let gate = Gate::open().await;
    let id = gate.policies(NO_LOOKING).await.remove(0);
    let answer = gate.ask(list()).await.expect("an answer");
    assert_eq!(answer.verdict, Verdict::Blocked);
    assert_eq!(answer.rule_violated.as_deref(), Some(id.as_str()));
    let off = PolicyPatch {
        active: Some(false),
        ..PolicyPatch::default()
    };
    gate.firewall
        .update_policy(&gate.architect, id.as_str(), off)
        .await
        .expect("off");
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
}

#[tokio::test]
async fn every_version_is_kept_and_sealed_with_the_one_before() {
    let gate = Gate::open().await;
    let id = gate.policies(NO_LOOKING).await.remove(0);
    let named = PolicyPatch {
        name: Some("renamed".to_owned()),
        ..PolicyPatch::default()
    };
    gate.firewall
        .update_policy(&gate.architect, id.as_str(), named)
        .await
        .expect("renamed");
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["before"]["name"], "no looking");
    assert_eq!(record["after"]["name"], "renamed");
    assert_eq!(record["version"], 2);
    let versions = gate
        .firewall
        .policy_versions(&gate.architect, id.as_str())
        .await
        .expect("versions");
    assert_eq!(versions.len(), 2);
}

#[tokio::test]
async fn of_all_who_saw_one_version_one_changes_it() {
    let gate = Gate::open().await;
    let id = gate.policies(NO_LOOKING).await.remove(0);
    let mut tries = Vec::new();
    for name in 0..10 {
        let patch = PolicyPatch {
            name: Some(name.to_string()),
            seen: Some(1),
            ..PolicyPatch::default()
        };
        let (firewall, architect) = (gate.firewall.clone(), gate.architect.clone());
        let id = id.clone();
        tries.push(tokio::spawn(async move {
            let changed = firewall.update_policy(&architect, id.as_str(), patch);
            changed.await.map_err(|error| error.code())
        }));
    }
    let mut codes = Vec::new();
    for one in tries {
        codes.extend(one.await.expect("no panic").err());
    }
    assert_eq!(codes, ["policy.moved"; 9]);
    let policy = gate.firewall.policy(&gate.architect, id.as_str()).await;
    assert_eq!(policy.expect("a policy").policy.version, 2);
}

#[tokio::test]
async fn a_tenant_policy_and_settings_are_replaced_as_they_were_seen() {
    let gate = Gate::open().await;
    let policy = || tenant::read::parse("version: 1\nactions: []").expect("a tenant policy");
    let kept = gate.firewall.tenant_policy(&gate.architect).await;
    let version = kept.expect("a tenant policy").version;
    for seen in [0, version + 1] {
        let replaced = gate
            .firewall
            .replace_tenant_policy(&gate.architect, policy(), Some(seen))
            .await;
        let error = replaced.expect_err("another version");
        assert_eq!(error.code(), "tenant_policy.moved");
    }
    let replaced = gate
        .firewall
        .replace_tenant_policy(&gate.architect, policy(), Some(version))
        .await;
    assert_eq!(replaced.expect("the version that was seen"), version + 1);
    let head = gate.head().await;
    let refuse = |_: &mut Settings| Err(GateError::conflict("settings.moved", "others"));
    let revised = gate.firewall.revise_settings(&gate.architect, refuse).await;
    assert_eq!(revised.expect_err("refused").code(), "settings.moved");
    assert_eq!(gate.head().await, head, "nothing is on record");
}

#[tokio::test]
async fn a_wrong_tenant_policy_leaves_the_one_in_force() {
    let gate = Gate::open().await;
    let mut policy = tenant::read::parse("version: 1\nactions: [{ action: pools.list }]")
        .expect("a tenant policy");
    policy.tenant = Some("somebody-else".to_owned());
    let error = gate
        .firewall
        .apply_tenant_policy(&gate.architect, policy)
        .await;
    assert_eq!(
        error.expect_err("another tenant's").code(),
        "request.invalid"
    );
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
}

#[tokio::test]
async fn an_empty_tenant_policy_refuses_reads_too() {
    let gate = Gate::with_policy("version: 1").await;
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Blocked
    );
}

#[tokio::test]
async fn many_changes_at_once_all_arrive() {
    let gate = Gate::open().await;
    let mut changes = Vec::new();
    for at in 0..8 {
        let (firewall, architect) = (gate.firewall.clone(), gate.architect.clone());
        let text = NO_LOOKING.replace("no looking", &format!("rule {at}"));
        changes.push(tokio::spawn(async move {
            let drafts = cham::read::yaml(&text).expect("a policy");
            firewall.create_policies(&architect, drafts).await
        }));
    }
    for change in changes {
        change.await.expect("no panic").expect("adopted");
    }
    assert_eq!(
        gate.firewall
            .policies(&gate.architect)
            .await
            .expect("policies")
            .len(),
        8
    );
}

#[tokio::test]
async fn trying_a_policy_out_changes_nothing() {
    let gate = Gate::open().await;
    let before = gate.head().await;
    let bytes = list().to_string();
    let request = gate
        .firewall
        .read_request(&gate.own, bytes.as_bytes(), None)
        .expect("read");
    let test = PolicyTest {
        draft: cham::read::yaml(NO_LOOKING).expect("a policy").remove(0),
        replaces: None,
        action: Some(request.frozen.action),
    };
    let simulation = gate
        .firewall
        .test_policy(&gate.architect, test)
        .await
        .expect("a simulation");
    let (with, without) = simulation.outlook.expect("an outlook");
    assert_eq!(
        (with.verdict, without.verdict),
        (Verdict::Blocked, Verdict::Cleared)
    );
    assert_eq!(gate.head().await, before);
    let agent = gate
        .firewall
        .agent(&gate.architect, gate.agent.as_str())
        .await
        .expect("it");
    assert_eq!(agent.tally.governed, 0);
}

#[tokio::test]
async fn a_grant_is_used_no_more_often_than_it_says() {
    let gate = Gate::with_policy(
        "version: 1\nactions: [{ action: log_rotate }, { action: workloads.list }]",
    )
    .await;
    gate.policies(
        "
type: grant_lifecycle
name: rotation
config:
  action_type: log_rotate
  max_uses: 3
  expires_at: '2027-01-01T00:00:00Z'
  tier_override: A
  required: true
",
    )
    .await;
    let mut rotate = list();
    rotate["action"] = "log_rotate".into();
    let mut cleared = 0;
    for _ in 0..6 {
        let answer = gate.ask(rotate.clone()).await.expect("an answer");
        cleared += usize::from(answer.verdict == Verdict::Cleared);
    }
    assert_eq!(cleared, 3);
}
