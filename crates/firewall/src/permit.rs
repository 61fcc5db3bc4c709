//! Permits: proof that one exact action was cleared.
//!
//! A token is `pcp1.<claims>.<signature>`, both parts base64url without padding. The claims are
//! canonical JSON; the signature covers them behind a fixed prefix, so that nothing else the gate
//! signs can be taken for a permit. Anyone with the gate's public key can check a token offline;
//! only the gate knows whether it is spent.

use crate::{
    canonical,
    digest::ActionDigest,
    moment,
    sign::{PublicKey, SigningKey},
    strict,
    token::Kind,
};
use jiff::{SignedDuration, Timestamp};
use portcullis_policy::id::{AgentId, TenantId};
use serde::{Deserialize, Serialize};

const TOKEN: Kind = Kind {
    prefix: "pcp1.",
    domain: b"portcullis permit v1\n",
    max_bytes: 4_096,
};
/// How far the clock of whoever checks a permit may be behind that of the gate, in seconds.
const CLOCK_LEEWAY_SECONDS: i64 = 60;

/// What a permit says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// `prm_…`
    pub id: String,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose action.
    pub agent: AgentId,
    /// Which action exactly.
    pub digest: ActionDigest,
    /// The record that cleared it.
    pub seq: u64,
    /// When it was given.
    pub issued_at: Timestamp,
    /// When it ends: at this moment it is over.
    pub expires_at: Timestamp,
}

/// A permit whose signature and lifetime were checked; it cannot be copied.
#[derive(Debug)]
pub struct Permit(Claims);

impl Permit {
    /// What it says.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.0
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Whose tenant.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.0.tenant
    }

    /// Whose action.
    #[must_use]
    pub const fn agent(&self) -> &AgentId {
        &self.0.agent
    }
}

/// Why a token is no permit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PermitError {
    /// Not the form of a token.
    #[error("expected a permit token")]
    Malformed,
    /// Not signed by this gate.
    #[error("the permit is not genuine")]
    Forged,
    /// Its time has not come.
    #[error("the permit is not valid yet")]
    Early,
    /// Its time is over.
    #[error("the permit has expired")]
    Expired,
}

impl PermitError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "permit.malformed",
            Self::Forged => "permit.forged",
            Self::Early => "permit.early",
            Self::Expired => "permit.expired",
        }
    }
}

/// Signs claims into a token.
#[must_use]
pub fn mint(key: &SigningKey, claims: &Claims) -> String {
    TOKEN.mint(key, &payload(claims))
}

/// Checks a token offline: its form, then its signature, then its lifetime.
///
/// *Fails closed:* claims that are not in their one canonical spelling are refused, even signed.
///
/// # Errors
/// [`PermitError`].
pub fn verify(token: &str, key: &PublicKey, now: Timestamp) -> Result<Permit, PermitError> {
    let parts = TOKEN.take_apart(token).ok_or(PermitError::Malformed)?;
    if !TOKEN.is_genuine(&parts, key) {
        return Err(PermitError::Forged);
    }
    let claims = read(&parts.payload).ok_or(PermitError::Malformed)?;
    if now >= claims.expires_at {
        return Err(PermitError::Expired);
    }
    let ahead = claims.issued_at.duration_since(now);
    if ahead > SignedDuration::from_secs(CLOCK_LEEWAY_SECONDS) {
        return Err(PermitError::Early);
    }
    Ok(Permit(claims))
}

fn read(bytes: &[u8]) -> Option<Claims> {
    let claims: Claims = strict::parse_as(bytes, &strict::Limits::default()).ok()?;
    (payload(&claims) == bytes).then_some(claims)
}

fn payload(claims: &Claims) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let mut object = canonical::Object::new(&mut bytes);
    object
        .string("agent", claims.agent.as_str())
        .display("digest", &claims.digest)
        .string("expires_at", &moment::text(claims.expires_at))
        .string("id", &claims.id)
        .string("issued_at", &moment::text(claims.issued_at))
        .integer("seq", claims.seq)
        .string("tenant", claims.tenant.as_str());
    object.end();
    bytes
}
