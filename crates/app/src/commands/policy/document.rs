//! A file of rules: CHAM policies or a tenant policy.

use crate::commands::desk;
use jiff::Timestamp;
use portcullis_policy::{
    cham::{self, Policy, read::Draft},
    fault::{Fault, Faults},
    id::{PolicyId, TenantId},
    tenant::{self, TenantPolicy, rules::TenantRules},
};
use std::{path::Path, sync::Arc};

/// What a file of rules holds.
#[derive(Debug)]
pub(super) enum Document {
    /// CHAM policies.
    Policies(Vec<Draft>),
    /// A tenant policy, and its text.
    Tenant(Box<TenantPolicy>, String),
}

/// Reads a file of rules.
///
/// The outer error is about the file, the inner one about what stands in it.
pub(super) fn read(path: &Path) -> anyhow::Result<Result<Document, Faults>> {
    Ok(parse(desk::read(path)?))
}

fn parse(text: String) -> Result<Document, Faults> {
    let policies = match cham::read::yaml(&text) {
        Ok(drafts) => return Ok(Document::Policies(drafts)),
        Err(faults) => faults,
    };
    match tenant::read::parse(&text) {
        Ok(policy) => {
            compiles(&policy)?;
            Ok(Document::Tenant(Box::new(policy), text))
        }
        Err(faults) if is_tenant_policy(&text) => Err(faults),
        Err(_) => Err(policies),
    }
}

/// Checks what only shows when the parts come together.
fn compiles(policy: &TenantPolicy) -> Result<(), Faults> {
    let named = policy.tenant.as_deref().unwrap_or("default");
    let tenant = TenantId::new(named).map_err(|error| Fault::new("tenant", error.to_string()))?;
    TenantRules::compile(Some(policy), &tenant).map(drop)
}

/// Whether a text that is neither looks more like a tenant policy.
fn is_tenant_policy(text: &str) -> bool {
    let begins = |word: &str| {
        text.lines().any(|line| {
            let line = line.trim_start_matches(['{', ' ']).trim_start_matches('"');
            line.strip_prefix(word)
                .is_some_and(|rest| rest.trim_start_matches('"').starts_with(':'))
        })
    };
    ["actions", "default", "version", "budgets"]
        .into_iter()
        .any(begins)
        && !begins("type")
}

/// The drafts as policies, for what only looks at policies.
pub(super) fn policies(drafts: &[Draft]) -> anyhow::Result<Vec<Arc<Policy>>> {
    let policies = drafts.iter().enumerate().map(|(at, draft)| {
        let id = PolicyId::new(&format!("pol_{}", at + 1))?;
        Ok(Arc::new(
            draft.clone().into_policy(id, Timestamp::UNIX_EPOCH),
        ))
    });
    policies.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_document_is_seen() {
        let tenant = "version: 1\nactions:\n  - { action: log_read }\n";
        assert!(matches!(parse(tenant.to_owned()), Ok(Document::Tenant(..))));
        let policy = "type: action_type_block\nname: b\nconfig: { action_types: [x] }\n";
        assert!(
            matches!(parse(policy.to_owned()), Ok(Document::Policies(drafts)) if drafts.len() == 1)
        );
    }

    #[test]
    fn faults_are_those_of_the_kind_it_looks_like() {
        let faults = parse("version: 1\nactons: []\n".to_owned()).unwrap_err();
        assert!(faults.to_string().contains("actons"), "{faults}");
        let faults = parse("- type: rate_limit\n  name: r\n  config: {}\n".to_owned()).unwrap_err();
        assert!(faults.to_string().contains("windows"), "{faults}");
    }
}
