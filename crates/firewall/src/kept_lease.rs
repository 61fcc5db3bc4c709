//! A lease as it is kept: from before the provider is asked until the credential is dead.

use crate::{
    access::Resource,
    lease::{LeaseAsk, Revoked},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest pause between two tries to end one, in seconds.
pub const PAUSE_MAX_SECONDS: u32 = 300;

/// A lease as it is kept. No secret is in it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Lease {
    /// What was asked for, and why.
    pub ask: LeaseAsk,
    /// The same in the provider's words.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub request: Map<String, Value>,
    /// How far it is.
    pub stage: LeaseStage,
    /// What was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// Why it is to end, since that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<String>,
    /// What came of ending it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<LeaseEnd>,
    /// How often ending it was tried in vain.
    #[serde(default)]
    pub tries: u32,
    /// Why that failed the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Timestamp>,
}

/// What a provider granted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// When.
    pub at: Timestamp,
    /// What, in the provider's words.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub granted: Map<String, Value>,
    /// When the provider itself lets it die; `None` when it does not by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What ending it needs to know.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub handle: Map<String, Value>,
}

/// How a lease ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct LeaseEnd {
    /// When that was known.
    pub at: Timestamp,
    /// How.
    pub revoked: Revoked,
    /// How long the gate waited for it, in milliseconds.
    pub took_ms: u64,
}

/// How far a lease is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseStage {
    /// The provider is asked, or was when the gate stopped.
    Asked,
    /// It lives.
    Granted,
    /// It is to end, and that failed so far: it may live.
    Ending,
    /// It was ended as far as the provider lets it be, and lives until it expires.
    Fading,
    /// It is dead, or never lived.
    Ended,
}

impl LeaseStage {
    /// The words of those that live or may live.
    pub const LIVE: [&'static str; 4] = ["asked", "granted", "ending", "fading"];

    /// The word that lists filter by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Granted => "granted",
            Self::Ending => "ending",
            Self::Fading => "fading",
            Self::Ended => "ended",
        }
    }
}

impl Lease {
    /// A lease that is asked for now.
    #[must_use]
    pub const fn asked(ask: LeaseAsk, request: Map<String, Value>) -> Self {
        Self {
            ask,
            request,
            stage: LeaseStage::Asked,
            grant: None,
            ending: None,
            end: None,
            tries: 0,
            failure: None,
            next_try_at: None,
        }
    }

    /// What rights over it are about.
    #[must_use]
    pub fn resource(&self) -> Resource<'_> {
        Resource {
            workspace: Some(&self.ask.workspace),
            agent: Some(&self.ask.agent),
            scope: Some(&self.ask.scope.name),
        }
    }

    /// When the provider lets it die at the latest, when that is known.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.grant.as_ref().and_then(|grant| grant.expires_at)
    }

    /// How many seconds more than asked for were granted; `None` when it does not die by itself.
    #[must_use]
    pub fn longer_by_seconds(&self) -> Option<i64> {
        let expires_at = self.expires_at()?;
        Some(expires_at.duration_since(self.ask.ends_at).as_secs().max(0))
    }
}
