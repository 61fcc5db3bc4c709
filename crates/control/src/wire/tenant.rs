//! The tenant at a glance.

use super::{moment::Moment, policy::VerdictCounts, settings::Settings};
use portcullis_firewall::firewall;
use serde::Serialize;
use utoipa::ToSchema;

/// The tenant at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Overview {
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
    /// When it was made.
    pub created_at: Moment,
    /// Its settings.
    pub settings: Settings,
    /// The end of its chain of records.
    pub chain: Chain,
    /// Verdicts so far.
    pub verdicts: VerdictCounts,
    /// Agents ever registered.
    pub agents: usize,
    /// Active policies.
    pub active_policies: usize,
    /// The version of the tenant policy; 0 while there is none and everything is refused.
    pub tenant_policy_version: u32,
    /// Holds that wait for people.
    pub holds: Waiting,
}

/// The end of a chain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Chain {
    /// The last record's number.
    pub seq: u64,
    /// The last record's hash; none before the first record.
    pub hash: Option<String>,
    /// Where the chain was found broken. Verdicts stop until a person acknowledges it.
    pub broken_at: Option<u64>,
}

/// The holds that wait.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// How many wait.
    pub queue_depth: usize,
    /// When the oldest of them was made.
    pub oldest: Option<Moment>,
}

impl From<firewall::Overview> for Overview {
    fn from(overview: firewall::Overview) -> Self {
        Self {
            id: overview.tenant.id.to_string(),
            name: overview.tenant.name,
            created_at: overview.tenant.created_at.into(),
            settings: overview.tenant.settings.into(),
            chain: Chain {
                seq: overview.head.seq,
                hash: overview.head.hash.map(|hash| hash.to_string()),
                broken_at: overview.broken_at,
            },
            verdicts: overview.verdicts.into(),
            agents: overview.agents,
            active_policies: overview.active_policies,
            tenant_policy_version: overview.tenant_policy_version,
            holds: overview.waiting.into(),
        }
    }
}

impl From<(usize, Option<jiff::Timestamp>)> for Waiting {
    fn from((queue_depth, oldest): (usize, Option<jiff::Timestamp>)) -> Self {
        Self {
            queue_depth,
            oldest: oldest.map(Moment),
        }
    }
}
