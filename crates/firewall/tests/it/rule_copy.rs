//! Signed copies of rules: genuine, for whom they are, and only as long as they last.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    dsse,
    rule_copy::{CopyError, PAYLOAD_TYPE, RuleCopy, end_of},
    sign::SigningKey,
};
use portcullis_policy::{
    facts::Mode,
    id::{AgentId, TenantId},
    rules::{EDITION, ScopeMode},
    tenant::read,
};
use proptest::prelude::{prop_assert, proptest};

const NOW: &str = "2026-03-04T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn copy() -> RuleCopy {
    let policy = "version: 1\nactions: [{ action: workloads.list }]\nbudgets: { daily_usd: 0.1 }";
    RuleCopy {
        tenant: TenantId::new("acme").expect("an id"),
        agent: AgentId::new("agt_1").expect("an id"),
        key: "key_1".to_owned(),
        edition: EDITION,
        seq: 7,
        rule_set: "00".repeat(32),
        issued_at: at(NOW),
        valid_until: at("2026-03-04T12:10:00Z"),
        mode: Mode::AuditOnly,
        mode_expires_at: Some(at("2026-03-04T12:05:00Z")),
        scope_mode: ScopeMode::Strict,
        tenant_policy: Some(read::parse(policy).expect("a policy")),
        policies: Vec::new(),
    }
}

#[test]
fn a_copy_is_read_back_as_it_was_written() {
    let envelope = copy().sign(&key(1)).expect("signed");
    assert_eq!(envelope.payload_type, PAYLOAD_TYPE);
    let read = RuleCopy::verify(&envelope, &key(1).public_key());
    assert_eq!(read, Ok(copy()));
    assert!(copy().rules().is_ok());
    assert_eq!(copy().is_for("key_1"), Ok(()));
    assert!(copy().is_for("key_2").is_err());
}

#[test]
fn a_copy_that_anybody_else_signed_or_bent_is_forged() {
    let envelope = copy().sign(&key(1)).expect("signed");
    let forged = |envelope: &dsse::Envelope| {
        let read = RuleCopy::verify(envelope, &key(1).public_key());
        assert_eq!(read, Err(CopyError::Forged));
    };
    forged(&copy().sign(&key(2)).expect("signed"));
    let mut bent = envelope.clone();
    let loosened = STANDARD.decode(&bent.payload).expect("base64");
    let loosened = String::from_utf8(loosened)
        .expect("text")
        .replace("AUDIT_ONLY", "ENFORCED");
    bent.payload = STANDARD.encode(loosened);
    forged(&bent);
    let mut unsigned = envelope.clone();
    unsigned.signatures.clear();
    forged(&unsigned);
    // What the gate signs about approvals is no copy, whatever it says, and no copy is one.
    let payload = STANDARD.decode(&envelope.payload).expect("base64");
    let statement = dsse::sign(&key(1), &payload);
    forged(&statement);
    let renamed = dsse::Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        ..statement
    };
    forged(&renamed);
    assert_eq!(dsse::verify(&envelope, &key(1).public_key()), None);
}

#[test]
fn a_copy_in_another_spelling_is_refused_even_signed() {
    let envelope = copy().sign(&key(1)).expect("signed");
    let payload = STANDARD.decode(&envelope.payload).expect("base64");
    let text = String::from_utf8(payload).expect("text");
    for other in [
        text.replacen('{', "{ ", 1),
        text.replacen("\"agent\"", "\"extra\":1,\"agent\"", 1),
        text.replacen("\"seq\":7", "\"seq\":7.0", 1),
        text.replacen("\"seq\":7", "\"seq\":7,\"seq\":7", 1),
        String::new(),
    ] {
        let signed = dsse::sign_as(PAYLOAD_TYPE, &key(1), other.as_bytes());
        let read = RuleCopy::verify(&signed, &key(1).public_key());
        assert_eq!(read, Err(CopyError::Malformed), "{other}");
    }
}

#[test]
fn a_copy_is_good_from_its_making_to_its_end_and_never_before_a_later_one() {
    let usable = |now: &str, seen| copy().is_usable(at(now), seen);
    assert_eq!(usable(NOW, 7), Ok(()));
    assert_eq!(
        usable("2026-03-04T11:59:00Z", 0),
        Ok(()),
        "clocks differ a little"
    );
    assert_eq!(usable("2026-03-04T11:58:59Z", 0), Err(CopyError::Early));
    assert_eq!(usable("2026-03-04T12:09:59.999Z", 7), Ok(()));
    assert_eq!(usable("2026-03-04T12:10:00Z", 7), Err(CopyError::Expired));
    assert_eq!(usable(NOW, 8), Err(CopyError::RolledBack(7, 8)));
    let newer = RuleCopy {
        edition: EDITION + 1,
        ..copy()
    };
    assert_eq!(
        newer.is_usable(at(NOW), 0),
        Err(CopyError::OtherEdition(EDITION + 1))
    );
    let fresh = |now: &str| copy().is_fresh(at(now));
    assert_eq!(fresh("2026-03-04T12:01:00Z"), Ok(()));
    assert_eq!(fresh("2026-03-04T12:01:01Z"), Err(CopyError::Expired));
    assert_eq!(fresh("2026-03-04T11:58:00Z"), Err(CopyError::Early));
}

#[test]
fn audit_only_mode_is_believed_as_long_as_any_clock_may_see_it() {
    let mode = |now: &str| copy().horizon(at(now)).mode;
    assert_eq!(mode("2026-03-04T12:05:59Z"), Mode::AuditOnly);
    assert_eq!(mode("2026-03-04T12:06:00Z"), Mode::Enforced);
    let horizon = copy().horizon(at(NOW));
    let width = horizon.until.duration_since(horizon.from);
    assert_eq!(width, SignedDuration::from_secs(120));
    assert_eq!(horizon.caller.agent, Some(copy().agent));
}

proptest! {
    #[test]
    fn a_copy_lasts_more_than_half_its_time_and_no_longer(
        second in 0..4_000_000_000_i64,
        nanosecond in 0..1_000_000_000_i32,
        seconds in 10..3_600_u32,
    ) {
        let now = Timestamp::new(second, nanosecond).expect("a moment");
        let lasts = end_of(now, seconds).duration_since(now);
        let whole = SignedDuration::from_secs(i64::from(seconds));
        let half = SignedDuration::from_secs(i64::from(seconds / 2) - 1);
        prop_assert!(lasts > half && lasts <= whole, "{lasts:?} of {whole:?}");
    }
}
