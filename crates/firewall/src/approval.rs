//! Approvals: the token a button carries, and the statement the gate signs when it was pressed.
//!
//! A token is `pca1.<claims>.<signature>`, both parts base64url without padding, made as permits
//! are ([`crate::permit`]). It says which decision about which exact action it is for; it says
//! nothing about who may use it, which is checked when it is used.

mod statement;

pub use statement::Statement;

use crate::{
    canonical,
    digest::{ActionDigest, Nonce},
    dsse::Envelope,
    moment,
    sign::{PublicKey, SigningKey},
    strict,
    token::Kind,
};
use jiff::Timestamp;
use portcullis_policy::id::{PersonId, TenantId};
use serde::{Deserialize, Serialize};

/// A button of a chat carries at most 2,000 characters.
const TOKEN: Kind = Kind {
    prefix: "pca1.",
    domain: b"portcullis approval v1\n",
    max_bytes: 2_000,
};

/// What a person decides.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It may happen.
    Approve,
    /// It must not.
    Reject,
}

impl Choice {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }
}

/// Where a decision came in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The web console.
    Console,
    /// A button in Slack.
    Slack,
    /// The HTTP API, and the command line above it.
    Api,
}

impl Way {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Slack => "slack",
            Self::Api => "api",
        }
    }
}

/// One person's answer, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who, as records name callers.
    pub by: String,
    /// Who.
    pub person: PersonId,
    /// Their name then.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub way: Way,
    /// Which level of the hold they were asked at.
    #[serde(default)]
    pub level: u8,
    /// What the gate signs about it, with the signature.
    pub statement: Envelope,
}

/// What a token says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Which hold.
    pub hold: String,
    /// Which action exactly.
    pub digest: ActionDigest,
    /// What is decided.
    pub choice: Choice,
    /// The level that asks; a token of an earlier one is over.
    pub level: u8,
    /// The hold's random bits for this level.
    pub nonce: Nonce,
    /// When it ends: at this moment it is over.
    pub expires_at: Timestamp,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    /// Not the form of a token.
    #[error("expected an approval token")]
    Malformed,
    /// Not signed by this gate.
    #[error("the approval token is not genuine")]
    Forged,
    /// Its time is over.
    #[error("the request has expired")]
    Expired,
    /// It is for something else than it is used for.
    #[error("the approval token is for another request")]
    Other,
}

impl TokenError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "approval.malformed",
            Self::Forged => "approval.forged",
            Self::Expired => "approval.expired",
            Self::Other => "approval.other_request",
        }
    }
}

/// Signs claims into a token.
#[must_use]
pub fn mint(key: &SigningKey, claims: &Claims) -> String {
    TOKEN.mint(key, &payload(claims))
}

/// Checks a token: its form, then its signature, then its lifetime.
///
/// *Fails closed:* claims that are not in their one canonical spelling are refused, even signed.
///
/// # Errors
/// [`TokenError`].
pub fn verify(token: &str, key: &PublicKey, now: Timestamp) -> Result<Claims, TokenError> {
    let parts = TOKEN.take_apart(token).ok_or(TokenError::Malformed)?;
    if !TOKEN.is_genuine(&parts, key) {
        return Err(TokenError::Forged);
    }
    let claims = read(&parts.payload).ok_or(TokenError::Malformed)?;
    if now >= claims.expires_at {
        return Err(TokenError::Expired);
    }
    Ok(claims)
}

/// What a token names, before anything about it is checked: only good for finding the hold.
#[must_use]
pub fn named(token: &str) -> Option<(TenantId, String, Choice)> {
    let claims = read(&TOKEN.take_apart(token)?.payload)?;
    Some((claims.tenant, claims.hold, claims.choice))
}

fn read(bytes: &[u8]) -> Option<Claims> {
    let claims: Claims = strict::parse_as(bytes, &strict::Limits::default()).ok()?;
    (payload(&claims) == bytes).then_some(claims)
}

fn payload(claims: &Claims) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(384);
    let mut object = canonical::Object::new(&mut bytes);
    object
        .string("choice", claims.choice.as_str())
        .display("digest", &claims.digest)
        .string("expires_at", &moment::text(claims.expires_at))
        .string("hold", &claims.hold)
        .integer("level", u64::from(claims.level))
        .display("nonce", &claims.nonce)
        .string("tenant", claims.tenant.as_str());
    object.end();
    bytes
}
