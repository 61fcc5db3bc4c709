//! Audit-only mode records what policies would have done, and ends by itself.

use super::fixture::{Gate, list, submit};
use portcullis_policy::{
    facts::Mode,
    tier::{Tier, Verdict},
};

const PEOPLE_FIRST: &str = "
type: environment_restriction
name: people first
config: { environment: production, max_tier: B }
";

async fn audit_only(gate: &Gate) {
    gate.firewall
        .change_settings(&gate.architect, |settings| {
            settings.mode = Mode::AuditOnly;
            settings.mode_expires_at = "2026-04-10T15:32:01Z".parse().ok();
        })
        .await
        .expect("set");
}

#[tokio::test]
async fn policies_are_recorded_and_not_enforced() {
    let gate = Gate::open().await;
    gate.policies(PEOPLE_FIRST).await;
    audit_only(&gate).await;
    let answer = gate.ask(list()).await.expect("an answer");
    assert_eq!((answer.verdict, answer.tier), (Verdict::Cleared, Tier::A));
    assert_eq!(answer.would, (Verdict::Held, Tier::B));
    let record = gate.payload(answer.seq).await;
    assert_eq!(record["governance_mode"], "AUDIT_ONLY");
    assert_eq!(record["would_verdict"], "HELD");
    assert_eq!(record["verdict"], "CLEARED");
}

#[tokio::test]
async fn what_is_not_a_policy_binds_all_the_same() {
    let gate = Gate::open().await;
    audit_only(&gate).await;
    assert_eq!(
        gate.ask(submit(5, 1.0)).await.expect("it").verdict,
        Verdict::Held,
        "tier 3"
    );
    assert_eq!(
        gate.ask(submit(128, 1.0)).await.expect("it").verdict,
        Verdict::Blocked,
        "cap"
    );
    assert_eq!(
        gate.ask(submit(1, 101.0)).await.expect("it").verdict,
        Verdict::Blocked,
        "budget"
    );
    let mut other = list();
    other["action"] = "database_drop".into();
    assert_eq!(
        gate.ask(other).await.expect("it").verdict,
        Verdict::Blocked,
        "not allowed"
    );
}

#[tokio::test]
async fn it_ends_when_it_says() {
    let gate = Gate::open().await;
    gate.policies(PEOPLE_FIRST).await;
    audit_only(&gate).await;
    gate.advance(3_599);
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
    gate.advance(1);
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Held
    );
}

#[tokio::test]
async fn it_must_have_an_end_in_the_future() {
    let gate = Gate::open().await;
    for end in [None, Some("2026-04-10T14:00:00Z")] {
        let end = end.map(|end| end.parse().expect("a moment"));
        let set = gate
            .firewall
            .change_settings(&gate.architect, move |settings| {
                settings.mode = Mode::AuditOnly;
                settings.mode_expires_at = end;
            });
        assert_eq!(set.await.expect_err("no end").code(), "request.invalid");
    }
}

#[tokio::test]
async fn a_log_only_policy_is_recorded_and_not_enforced() {
    let gate = Gate::open().await;
    gate.policies(&format!("{PEOPLE_FIRST}log_only: true\n"))
        .await;
    let answer = gate.ask(list()).await.expect("an answer");
    assert_eq!(
        (answer.verdict, answer.would.0),
        (Verdict::Cleared, Verdict::Held)
    );
}
