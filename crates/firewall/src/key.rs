//! Keys of agents and clients, and tokens of operators: what the gate knows callers by.
//!
//! A token is `pcl_<id>_<secret>`. Only its SHA-256 is kept: the secret has 256 random bits, so
//! that nothing slower is needed, and it is shown once.

use crate::{
    ports::{Entropy, EntropyError},
    principal::{Badge, Principal, Role},
    proof::Proof,
};
use jiff::Timestamp;
use portcullis_policy::id::{PersonId, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt};
use subtle::ConstantTimeEq;

/// A credential as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `key_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// What it is for; a personal token may be for less than its person, never for more.
    pub role: Role,
    /// Whose it is, when it is a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Where it may be shown.
    #[serde(default)]
    pub usage: Usage,
    /// How its person proved who they are, when it was got by signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
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

/// Where a credential may be shown. One is never good in the place of another.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    /// In a header, by programs.
    #[default]
    Token,
    /// In a cookie, by a browser in which somebody has signed in.
    SignIn,
    /// In a link, once, by somebody who is to choose a password.
    Invitation,
}

impl Usage {
    /// The word in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::SignIn => "sign_in",
            Self::Invitation => "invitation",
        }
    }
}

/// What the id of every key begins with.
pub(crate) const ID_PREFIX: &str = "key_";

/// Whether a caller's credential is called as keys are, and so has to be one that is kept.
pub(crate) fn is_id(text: &str) -> bool {
    text.starts_with(ID_PREFIX)
}

impl Key {
    /// Whether it can be used at a moment.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.revoked && self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it was got by signing in, in a browser or for a program.
    #[must_use]
    pub fn is_sign_in(&self) -> bool {
        self.usage == Usage::SignIn || self.proof.is_some()
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
        let short = id.strip_prefix(ID_PREFIX).unwrap_or(id);
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

/// What a person's credentials are good for at this moment.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The person.
    pub badge: Badge,
    /// The role they hold in the whole tenant; [`Role::Member`] for none.
    pub role: Role,
    /// Whether they may do anything at all.
    pub active: bool,
}

/// Every live credential of every tenant, for checking callers without waiting.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    entries: HashMap<String, Entry>,
    /// After which record of each tenant this is how its credentials stand.
    as_of: HashMap<TenantId, u64>,
}

#[derive(Clone, Debug)]
struct Entry {
    tenant: TenantId,
    role: Role,
    person: Option<Badge>,
    usage: Usage,
    hash: [u8; 32],
    expires_at: Option<Timestamp>,
}

impl Directory {
    /// Adds, replaces or, when it is revoked or its holder inactive, removes a credential.
    ///
    /// Fails closed: a key whose stored hash is unreadable is left out, and so is the key of a
    /// person without its holder.
    fn admit(&mut self, tenant: &TenantId, key: &Key, holder: Option<&Holder>) {
        let mut hash = [0_u8; 32];
        let readable = hex::decode_to_slice(&key.token_sha256, &mut hash).is_ok();
        let held = holder.map_or_else(|| !key.role.is_person(), |holder| holder.active);
        if key.revoked || !readable || !held {
            self.entries.remove(&key.id);
            return;
        }
        let entry = Entry {
            tenant: tenant.clone(),
            role: holder.map_or_else(
                || key.role.clone(),
                |holder| lesser(&key.role, &holder.role),
            ),
            person: holder.map(|holder| holder.badge.clone()),
            usage: key.usage,
            hash,
            expires_at: key.expires_at,
        };
        self.entries.insert(key.id.clone(), entry);
    }

    /// Takes the credentials of a tenant as they were after one of its records; older news of them
    /// changes nothing.
    pub fn admit_all(&mut self, tenant: &TenantId, seq: u64, roster: &[(Key, Option<Holder>)]) {
        let known = self.as_of.entry(tenant.clone()).or_default();
        if seq < *known {
            return;
        }
        *known = seq;
        self.entries.retain(|_, entry| entry.tenant != *tenant);
        for (key, holder) in roster {
            self.admit(tenant, key, holder.as_ref());
        }
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

    /// Who a token belongs to, where it is shown. The comparison takes the same time for every
    /// wrong secret.
    ///
    /// Fails closed: a malformed, unknown, revoked or expired token is nobody's, and so is one that
    /// is shown where it does not belong.
    #[must_use]
    pub fn principal(&self, token: &str, usage: Usage, now: Timestamp) -> Option<Principal> {
        let (id, _) = token.strip_prefix("pcl_")?.split_once('_')?;
        let id = format!("{ID_PREFIX}{id}");
        let entry = self.entries.get(&id)?;
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let same = bool::from(hash.ct_eq(&entry.hash));
        let live = entry.expires_at.is_none_or(|end| now < end);
        (same && live && entry.usage == usage).then(|| Principal {
            tenant: entry.tenant.clone(),
            key: id,
            role: entry.role.clone(),
            person: entry.person.clone(),
        })
    }
}

/// What a person's token is for: no more than the token says, and no more than the person may.
fn lesser(token: &Role, person: &Role) -> Role {
    match (token.tenant_role(), person.tenant_role()) {
        (Some(token), Some(person)) => Role::of(Some(token.min(person))),
        // What roles in single workspaces are good for is for their rights to say.
        (_, None) => Role::Member,
        (None, Some(_)) => person.clone(),
    }
}
