//! Keys of agents and clients, and tokens of operators: what the gate knows callers by.
//!
//! A token is `pcl_<id>_<secret>`. Only its SHA-256 is kept: the secret has 256 random bits, so
//! that nothing slower is needed, and it is shown once.

use crate::{
    ports::{Entropy, EntropyError},
    principal::{Principal, Role},
};
use jiff::Timestamp;
use portcullis_policy::id::TenantId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt};
use subtle::ConstantTimeEq;

/// A credential as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `key_…`
    pub id: String,
    /// For people; approver lists name operators by it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The groups an operator counts as, for approver lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// SHA-256 of the whole token, as hex.
    pub token_sha256: String,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether it was revoked.
    #[serde(default)]
    pub revoked: bool,
}

impl Key {
    /// Whether it can be used at a moment.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.revoked && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A token in the clear; shown once, never printed by accident.
#[derive(Clone, Eq, PartialEq)]
pub struct Token(String);

impl Token {
    /// Makes a new token for a key id such as `key_1f…`.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn mint(id: &str, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut secret = [0_u8; 32];
        entropy.fill(&mut secret)?;
        let short = id.strip_prefix("key_").unwrap_or(id);
        Ok(Self(format!("pcl_{short}_{}", hex::encode(secret))))
    }

    /// The text to hand over, once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([hidden])")
    }
}

/// Every live credential of every tenant, for checking callers without waiting.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    entries: HashMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    tenant: TenantId,
    role: Role,
    hash: [u8; 32],
    expires_at: Option<Timestamp>,
}

impl Directory {
    /// Adds, replaces or, when it is revoked, removes a credential.
    ///
    /// Fails closed: a key whose stored hash is unreadable is left out.
    pub fn admit(&mut self, tenant: &TenantId, key: &Key) {
        let mut hash = [0_u8; 32];
        if key.revoked || hex::decode_to_slice(&key.token_sha256, &mut hash).is_err() {
            self.entries.remove(&key.id);
            return;
        }
        let entry = Entry {
            tenant: tenant.clone(),
            role: key.role.clone(),
            hash,
            expires_at: key.expires_at,
        };
        self.entries.insert(key.id.clone(), entry);
    }

    /// Forgets a tenant's credential, whatever the ledger says of it.
    pub fn shut_out(&mut self, tenant: &TenantId, key: &str) {
        if self
            .entries
            .get(key)
            .is_some_and(|entry| entry.tenant == *tenant)
        {
            self.entries.remove(key);
        }
    }

    /// Who a token belongs to. The comparison takes the same time for every wrong secret.
    ///
    /// Fails closed: a malformed, unknown, revoked or expired token is nobody's.
    #[must_use]
    pub fn principal(&self, token: &str, now: Timestamp) -> Option<Principal> {
        let (id, _) = token.strip_prefix("pcl_")?.split_once('_')?;
        let id = format!("key_{id}");
        let entry = self.entries.get(&id)?;
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let same = bool::from(hash.ct_eq(&entry.hash));
        let live = entry.expires_at.is_none_or(|end| now < end);
        (same && live).then(|| Principal {
            tenant: entry.tenant.clone(),
            key: id,
            role: entry.role.clone(),
        })
    }
}
