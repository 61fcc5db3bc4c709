//! What a refusal costs the agent that caused it (principle 21).

use super::fixture::{Gate, list, submit};
use portcullis_firewall::settings::AutonomyReset;
use portcullis_policy::{
    facts::AgentStatus,
    tier::{Tier, Verdict},
};
use serde_json::{Value, json};

const NO_LOOKING: &str = "
type: action_type_block
name: no looking
severity: LEVEL
config: { action_types: [workloads.list], tier: C, verdict: BLOCKED }
";

/// What an agent may never do: it breaks a principle, whatever the tenant allows.
fn bypass() -> Value {
    json!({ "action": "audit_disable", "target": "gate" })
}

async fn standing(gate: &Gate) -> (AgentStatus, Option<Tier>) {
    let view = gate
        .firewall
        .agent(&gate.architect, gate.agent.as_str())
        .await
        .expect("it");
    (view.agent.status, view.agent.tier_override)
}

async fn set(gate: &Gate, reset: AutonomyReset) {
    gate.firewall
        .change_settings(&gate.architect, move |settings| {
            settings.autonomy_reset = reset
        })
        .await
        .expect("set");
}

#[tokio::test]
async fn a_broken_principle_leaves_people_to_decide_everything() {
    let gate = Gate::open().await;
    assert_eq!(gate.ask(bypass()).await.expect("an answer").tier, Tier::X);
    assert_eq!(standing(&gate).await, (AgentStatus::Active, Some(Tier::B)));
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Held
    );
    let record = gate.payload(gate.head().await - 1).await;
    assert_eq!(
        (&record["record_type"], &record["actor"]),
        (&"agent_change".into(), &"portcullis".into())
    );
}

#[tokio::test]
async fn a_tenant_may_block_the_agent_or_leave_it_alone() {
    for (reset, after) in [
        (AutonomyReset::BlockAgent, (AgentStatus::Blocked, None)),
        (AutonomyReset::Off, (AgentStatus::Active, None)),
    ] {
        let gate = Gate::open().await;
        set(&gate, reset).await;
        assert_eq!(
            gate.ask(bypass()).await.expect("an answer").verdict,
            Verdict::Blocked
        );
        assert_eq!(standing(&gate).await, after);
    }
}

#[tokio::test]
async fn a_policy_of_critical_severity_blocks_whatever_the_setting() {
    for (severity, status) in [
        ("HIGH", AgentStatus::Active),
        ("CRITICAL", AgentStatus::Blocked),
    ] {
        let gate = Gate::open().await;
        set(&gate, AutonomyReset::Off).await;
        gate.policies(&NO_LOOKING.replace("LEVEL", severity)).await;
        assert_eq!(
            gate.ask(list()).await.expect("an answer").verdict,
            Verdict::Blocked
        );
        assert_eq!(standing(&gate).await, (status, None), "{severity}");
    }
}

#[tokio::test]
async fn other_refusals_cost_nothing() {
    let gate = Gate::open().await;
    assert_eq!(
        gate.ask(submit(128, 1.0)).await.expect("an answer").verdict,
        Verdict::Blocked
    );
    let unknown = json!({ "action": "coffee_make", "target": "kitchen" });
    assert_eq!(
        gate.ask(unknown).await.expect("an answer").verdict,
        Verdict::Blocked
    );
    assert_eq!(standing(&gate).await, (AgentStatus::Active, None));
}
