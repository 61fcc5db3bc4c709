//! Requests: bytes to a value, to an action, to frozen bytes, to a judgement.

use jiff::Timestamp;
use portcullis_firewall::{
    canonical,
    digest::Nonce,
    freeze,
    principal::{Principal, Role},
    request,
    strict::{self, Limits},
};
use portcullis_policy::{
    action::{Action, Confidence},
    cham,
    facts::{Caller, Facts, Mode},
    id::{PolicyId, TenantId},
    rules::{Horizon, RuleSet, ScopeMode, Source},
    tenant,
    tier::Verdict,
};
use serde_json::Value;
use std::sync::{Arc, LazyLock};

const TENANT: &str = "ten_fuzz";
/// 2026-04-10T14:32:01Z
const NOW: i64 = 1_775_831_521;

static RULES: LazyLock<RuleSet> = LazyLock::new(rules);

/// Bytes that a caller sends as one request.
///
/// # Panics
/// When a text has two readings, an action two digests, or a judgement two answers.
#[must_use]
pub fn action(bytes: &[u8]) -> bool {
    let value = match strict::parse(bytes, &Limits::default()) {
        Ok(value) => value,
        Err(error) => {
            assert!(error.code().starts_with("json."));
            assert!(error.to_string().len() < 2_000, "an error repeats too much");
            return false;
        }
    };
    one_meaning(bytes, &value);
    let principal = Principal {
        tenant: tenant(),
        key: "key_1".to_owned(),
        role: Role::Client,
        person: None,
    };
    let Ok(read) = request::read(bytes, &principal, Nonce::new([7; 16]), None) else {
        return false;
    };
    let again = freeze::thaw(&read.frozen.bytes, &read.frozen.digest).expect("thaws");
    assert_eq!(again.action, covered(read.frozen.action.clone()));
    judged_once(&read.frozen.action);
    true
}

fn one_meaning(bytes: &[u8], value: &Value) {
    let canonical = canonical::to_vec(value);
    let again = strict::parse(
        &canonical,
        &Limits {
            bytes: usize::MAX,
            ..Limits::default()
        },
    );
    assert_eq!(
        again.as_ref(),
        Ok(value),
        "canonical bytes read as another value"
    );
    let plain: Value = serde_json::from_slice(bytes).expect("strict JSON is JSON");
    assert_eq!(
        canonical::to_vec(&plain),
        canonical,
        "another reader reads another value"
    );
}

/// What of an action its digest covers.
fn covered(action: Action) -> Action {
    Action {
        reasoning: None,
        confidence: Confidence::default(),
        evidence: Vec::new(),
        ..action
    }
}

fn judged_once(action: &Action) {
    let now = Timestamp::from_second(NOW).expect("a moment");
    let needs = RULES.needs(action, now);
    let caller = Caller {
        tenant: tenant(),
        agent: None,
    };
    let mut facts = Facts::least(&needs, now, Mode::Enforced, caller.clone());
    let judged = format!("{:?}", RULES.judge(action, &facts));
    assert_eq!(judged, format!("{:?}", RULES.judge(action, &facts)));
    let horizon = Horizon {
        from: now,
        until: now,
        mode: Mode::Enforced,
        caller,
    };
    let refusal = RULES.surely_refuses(action, &horizon);
    let verdict = RULES.judge(action, &facts).verdict;
    assert!(refusal.is_none() || verdict == Verdict::Blocked);
    // With every answer missing there is still a judgement.
    facts.rates.clear();
    facts.grants.clear();
    facts.budgets.clear();
    facts.sums.clear();
    facts.session = None;
    let _ = RULES.judge(action, &facts);
}

fn tenant() -> TenantId {
    TenantId::new(TENANT).expect("an id")
}

fn rules() -> RuleSet {
    let listed = include_str!("../../examples/gpu-team/tenant-policy.yaml");
    let policies = include_str!("../../examples/software-team/policies.yaml");
    let now = Timestamp::from_second(NOW).expect("a moment");
    let policies = cham::read::yaml(policies).expect("the example reads");
    let numbered = policies.into_iter().enumerate().map(|(at, draft)| {
        Arc::new(draft.into_policy(PolicyId::new(&format!("pol_{at}")).expect("an id"), now))
    });
    RuleSet::compile(Source {
        tenant: tenant(),
        tenant_policy: Some(tenant::read::parse(listed).expect("the example reads")),
        policies: numbered.collect(),
        scope_mode: ScopeMode::Strict,
    })
    .expect("the examples compile")
}
