//! Who asks is who is charged; who has no identity is not served.

use super::fixture::{Gate, list, register};
use portcullis_firewall::{agent::Step, principal::Role, query::RecordQuery, turn::NewKey};
use portcullis_policy::{
    facts::AgentStatus,
    tier::{Tier, Verdict},
};

async fn become_status(gate: &Gate, to: AgentStatus) {
    let agent = gate.agent.as_str();
    gate.firewall
        .move_agent(&gate.architect, agent, to, Some("test"))
        .await
        .expect("moved");
}

#[tokio::test]
async fn each_status_has_its_verdict() {
    let gate = Gate::open().await;
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
    become_status(&gate, AgentStatus::Paused).await;
    let mut other = list();
    other["target"] = "cluster-2".into();
    assert_eq!(
        gate.ask(other).await.expect("an answer").verdict,
        Verdict::Held
    );
    become_status(&gate, AgentStatus::Blocked).await;
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Blocked
    );
    become_status(&gate, AgentStatus::Deregistered).await;
    assert_eq!(
        gate.ask(list()).await.expect_err("rejected").code(),
        "agent.rejected"
    );
    become_status(&gate, AgentStatus::Active).await;
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
    become_status(&gate, AgentStatus::IdentityRevoked).await;
    assert_eq!(
        gate.ask(list()).await.expect_err("rejected").code(),
        "agent.rejected"
    );
    let back = gate
        .firewall
        .move_agent(
            &gate.architect,
            gate.agent.as_str(),
            AgentStatus::Active,
            None,
        )
        .await
        .expect_err("for ever");
    assert_eq!(back.code(), "agent.status");
}

#[tokio::test]
async fn an_unknown_agent_is_not_found_and_nothing_is_sealed() {
    let gate = Gate::open().await;
    let before = gate.head().await;
    let mut action = list();
    action["agent_id"] = "agt_nobody".into();
    let error = gate
        .ask_as(&gate.client, action, None)
        .await
        .expect_err("unknown");
    assert_eq!(error.code(), "not_found");
    assert_eq!(gate.head().await, before);
}

#[tokio::test]
async fn naming_another_agent_breaks_a_principle_and_costs_the_one_who_did_it() {
    let gate = Gate::open().await;
    let victim = register(&gate.firewall, &gate.architect, "victim").await;
    for named in [victim.as_str(), "agt_that_never_was"] {
        let mut action = list();
        action["agent_id"] = named.into();
        let answer = gate.ask(action).await.expect("an answer");
        assert_eq!(
            (answer.verdict, answer.tier),
            (Verdict::Blocked, Tier::X),
            "{named}"
        );
    }
    let own = gate
        .firewall
        .agent(&gate.architect, gate.agent.as_str())
        .await
        .expect("it");
    assert_eq!(
        own.agent.tier_override,
        Some(Tier::B),
        "its autonomy is gone"
    );
    assert_eq!(own.tally.blocked, 2, "it is charged");
    let victim = gate
        .firewall
        .agent(&gate.architect, victim.as_str())
        .await
        .expect("it");
    assert_eq!(victim.agent.tier_override, None);
    assert_eq!(victim.tally.governed, 0);
}

#[tokio::test]
async fn a_tenants_client_may_name_any_agent_of_its_tenant() {
    let gate = Gate::open().await;
    let mut action = list();
    action["agent_id"] = gate.agent.as_str().into();
    let answer = gate
        .ask_as(&gate.client, action, None)
        .await
        .expect("an answer");
    assert_eq!(answer.verdict, Verdict::Cleared);
}

#[tokio::test]
async fn a_person_does_not_ask_for_actions() {
    let gate = Gate::open().await;
    let mut action = list();
    action["agent_id"] = gate.agent.as_str().into();
    let error = gate
        .ask_as(&gate.ann, action, None)
        .await
        .expect_err("a person");
    assert_eq!(error.code(), "auth.forbidden");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_from_that_moment() {
    let gate = Gate::open().await;
    let issued = gate
        .firewall
        .issue_key(&gate.architect, NewKey::of("brief", Role::Viewer))
        .await
        .expect("a key");
    let token = issued.1.reveal().to_owned();
    assert!(gate.firewall.authenticate(&token).is_some());
    gate.firewall
        .revoke_key(&gate.architect, &issued.0.id)
        .await
        .expect("revoked");
    assert!(gate.firewall.authenticate(&token).is_none());
}

#[tokio::test]
async fn a_key_ends_when_it_says() {
    let gate = Gate::open().await;
    let end = "2026-04-10T15:00:00Z".parse().expect("a moment");
    let issued = gate
        .firewall
        .issue_key(
            &gate.architect,
            NewKey {
                expires_at: Some(end),
                ..NewKey::of("brief", Role::Viewer)
            },
        )
        .await
        .expect("a key");
    let token = issued.1.reveal().to_owned();
    gate.advance(27 * 60 + 58);
    assert!(gate.firewall.authenticate(&token).is_some());
    gate.advance(1);
    assert!(gate.firewall.authenticate(&token).is_none());
}

#[tokio::test]
async fn malformed_and_unknown_tokens_are_nobodys() {
    let gate = Gate::open().await;
    for token in [
        "",
        "pcl_",
        "pcl__",
        "pcl_x_y",
        "Bearer x",
        "pcl_\u{e9}_\u{e9}",
        &"x".repeat(9_999),
    ] {
        assert!(gate.firewall.authenticate(token).is_none(), "{token}");
    }
}

#[tokio::test]
async fn the_last_architect_cannot_be_locked_out() {
    let gate = Gate::open().await;
    let error = gate
        .firewall
        .revoke_key(&gate.architect, &gate.architect.key)
        .await;
    assert_eq!(
        error.expect_err("the last one").code(),
        "key.last_architect"
    );
}

#[tokio::test]
async fn no_record_and_no_list_holds_a_secret() {
    let gate = Gate::open().await;
    let issued = gate
        .firewall
        .issue_key(&gate.architect, NewKey::of("spy", Role::Client))
        .await
        .expect("a key");
    let secret = issued
        .1
        .reveal()
        .rsplit('_')
        .next()
        .expect("a secret")
        .to_owned();
    let all = RecordQuery::after(0, usize::MAX);
    for record in gate
        .firewall
        .records(&gate.architect, all)
        .await
        .expect("records")
    {
        let payload = String::from_utf8(record.payload).expect("UTF-8");
        assert!(!payload.contains(&secret), "{payload}");
        assert!(!payload.contains(&issued.0.token_sha256), "{payload}");
    }
    assert!(!format!("{:?}", issued.1).contains(&secret));
}

#[tokio::test]
async fn only_architects_configure() {
    let gate = Gate::open().await;
    for caller in [&gate.ann, &gate.client, &gate.own] {
        let keys = gate
            .firewall
            .issue_key(caller, NewKey::of("x", Role::Architect))
            .await;
        assert_eq!(keys.expect_err("not theirs").code(), "auth.forbidden");
        let settings = gate.firewall.change_settings(caller, |_| {}).await;
        assert_eq!(settings.expect_err("not theirs").code(), "auth.forbidden");
        let policies = gate.firewall.create_policies(caller, Vec::new()).await;
        assert_eq!(policies.expect_err("not theirs").code(), "auth.forbidden");
    }
}

#[tokio::test]
async fn a_step_from_another_status_is_refused_on_the_lane_itself() {
    let gate = Gate::open().await;
    become_status(&gate, AgentStatus::Blocked).await;
    let resume = Step {
        from: Some(AgentStatus::Paused),
        to: AgentStatus::Active,
    };
    let error = gate
        .firewall
        .move_agent(&gate.architect, gate.agent.as_str(), resume, None)
        .await;
    assert_eq!(
        error.expect_err("it is blocked, not paused").code(),
        "agent.status"
    );
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Blocked
    );
}
