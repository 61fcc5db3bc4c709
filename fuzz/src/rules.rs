//! Rules as people write them.

use jiff::Timestamp;
use portcullis_policy::{
    cham::{
        Policy,
        read::{Draft, draft, wire, yaml},
    },
    fault::Faults,
    id::{PolicyId, TenantId},
    rules::{RuleSet, ScopeMode, Source},
    tenant::{TenantPolicy, read},
};
use std::sync::Arc;

/// How much a fault may say beyond what it repeats of the text.
const FAULT_MAX_BYTES: usize = 1_024;

/// A text of CHAM policies.
///
/// # Panics
/// When a policy that was read cannot be written, read again as the same, and judged by.
#[must_use]
pub fn policy(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    match yaml(text) {
        Ok(drafts) => {
            let policies = drafts.into_iter().zip(1..).map(round_trip).collect();
            let compiled = compile(None, policies);
            assert!(compiled.is_ok(), "{compiled:?}");
            true
        }
        Err(faults) => refused(text, &faults),
    }
}

fn round_trip((read, number): (Draft, usize)) -> Arc<Policy> {
    let id = PolicyId::new(&format!("pol_{number}")).expect("an id");
    let policy = read.clone().into_policy(id, Timestamp::UNIX_EPOCH);
    let written = wire(&policy);
    assert_eq!(draft(&written).as_ref(), Ok(&read), "written as {written}");
    Arc::new(policy)
}

/// A text of a tenant policy.
///
/// # Panics
/// When reading has two answers, or what was read cannot be compiled or refused with its faults.
#[must_use]
pub fn tenant_policy(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let read = read::parse(text);
    assert_eq!(read, read::parse(text));
    match read {
        Ok(policy) => {
            let compiled = compile(Some(policy), Vec::new());
            compiled.map_or_else(|faults| refused(text, &faults), |_| true)
        }
        Err(faults) => refused(text, &faults),
    }
}

fn compile(
    tenant_policy: Option<TenantPolicy>,
    policies: Vec<Arc<Policy>>,
) -> Result<RuleSet, Faults> {
    RuleSet::compile(Source {
        tenant: TenantId::new("ten_fuzz").expect("an id"),
        tenant_policy,
        policies,
        scope_mode: ScopeMode::Strict,
    })
}

fn refused(text: &str, faults: &Faults) -> bool {
    assert!(!faults.0.is_empty(), "refused without a fault");
    let most = 2 * text.len() + FAULT_MAX_BYTES;
    for fault in &faults.0 {
        assert!(!fault.message.is_empty());
        assert!(
            fault.path.len() <= most,
            "a path of {} bytes",
            fault.path.len()
        );
        assert!(
            fault.message.len() <= most,
            "a fault of {} bytes",
            fault.message.len()
        );
    }
    false
}
