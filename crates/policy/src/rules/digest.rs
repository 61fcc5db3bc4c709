//! What identifies a rule set.

use crate::{cham::Policy, id::TenantId, tenant::TenantPolicy};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

use super::ScopeMode;

/// The version of the description that is hashed, and of everything that is compiled in: the
/// principles and the built-in catalogue. Raised when what either decides changes, not its words.
/// Two programs of different editions may judge differently by the same rules.
pub const EDITION: u32 = 2;

/// Hashes a canonical description: the same rules in any order of loading give the same digest.
///
/// # Errors
/// When a rule cannot be written as JSON.
pub(super) fn digest(
    tenant: &TenantId,
    tenant_policy: Option<&TenantPolicy>,
    policies: &[Arc<Policy>],
    scope_mode: ScopeMode,
) -> Result<[u8; 32], serde_json::Error> {
    let mut hasher = Sha256::new();
    let mut buffer = Vec::new();
    feed(&mut hasher, &mut buffer, &(EDITION, tenant, scope_mode))?;
    feed(&mut hasher, &mut buffer, &tenant_policy)?;
    for policy in policies {
        feed(&mut hasher, &mut buffer, policy)?;
    }
    Ok(hasher.finalize().into())
}

/// Hashes one part, its length first, so that no two lists of parts look alike.
fn feed<T: Serialize + ?Sized>(
    hasher: &mut Sha256,
    buffer: &mut Vec<u8>,
    part: &T,
) -> Result<(), serde_json::Error> {
    buffer.clear();
    serde_json::to_writer(&mut *buffer, part)?;
    hasher.update((buffer.len() as u64).to_be_bytes());
    hasher.update(&*buffer);
    Ok(())
}
