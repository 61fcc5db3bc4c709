//! What a lane knows of its tenant: everything judging reads, held in memory.
//!
//! The ledger is the truth; this is its image. After a failed commit the image is thrown away
//! and read again.

mod read;

use crate::{
    added_server::AddedServer,
    agent::Agent,
    alarm::{Alarm, Attempts},
    batch::{DocumentKind, Head},
    dry_run::Rehearsed,
    error::GateError,
    execution::Execution,
    frozen::Frozen,
    holds::Holds,
    key::{Holder, Key},
    merkle::Frontier,
    people::People,
    permit_state::PermitState,
    ports::{Ledger, LedgerError},
    query::DocumentQuery,
    retry::RetryBook,
    rulebook::{Manuscript, Rulebook},
    sessions::Sessions,
    settings::Tenant,
    showcase::Tools,
    stored,
    tally::Tally,
};
use jiff::Timestamp;
use portcullis_policy::{
    id::{AgentId, TenantId},
    tenant::TenantPolicy,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

pub use stored::{document, thing};

/// The image of one tenant.
#[derive(Debug)]
pub struct State {
    /// The tenant and its settings.
    pub tenant: Tenant,
    /// The end of the chain.
    pub head: Head,
    /// The right edge of the Merkle tree over the chain.
    pub frontier: Frontier,
    /// The running counts.
    pub tally: Tally,
    /// The record at which the tally was last kept.
    pub tally_kept_at: u64,
    /// The rules in force.
    pub rulebook: Arc<Rulebook>,
    /// Every agent ever registered.
    pub agents: BTreeMap<AgentId, Agent>,
    /// Keys, personal tokens, sign-ins and invitations.
    pub keys: BTreeMap<String, Key>,
    /// The people.
    pub people: People,
    /// The tools of MCP servers, by `server/name`.
    pub tools: Tools,
    /// The MCP servers that architects added, by name.
    pub servers: BTreeMap<String, AddedServer>,
    /// Scopes, sessions, and what was minted for them.
    pub sessions: Sessions,
    /// How many vain attempts were put on record lately.
    pub alarm: Alarm,
    /// The same for those whom nobody knows.
    pub strangers: Alarm,
    /// The same for what agents ask for and cannot be judged.
    pub attempts: Attempts,
    /// The holds that wait, and the released ones whose permit was not taken, by id.
    pub holds: Holds,
    /// The actions behind those holds and behind unspent permits, by their ids.
    pub frozen: HashMap<String, Frozen>,
    /// The permits that may still be spent, by id.
    pub permits: HashMap<String, PermitState>,
    /// The dry runs of what may still be done, by the number of its decision.
    pub dry_runs: BTreeMap<u64, Rehearsed>,
    /// What the gate has begun and nobody knows the end of, by the number of the decision.
    pub executions: BTreeMap<u64, Execution>,
    /// What was answered lately.
    pub retries: RetryBook,
    /// The latest moment seen: the clock may step back, the lane does not.
    pub latest: Timestamp,
    /// Where the chain was found broken, until a person acknowledges it.
    pub broken_at: Option<u64>,
    /// Whether a job failed halfway, so that its batch must not be written.
    pub spoilt: bool,
}

/// The tally and the tree's edge as they are kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptTally {
    /// The counts.
    pub tally: Tally,
    /// The edge of the tree over the same records.
    pub frontier: Frontier,
    /// The moment up to which budgets of the past were forgotten: time begins here again.
    pub latest: Timestamp,
}

/// A tenant policy as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptTenantPolicy {
    /// How often it was replaced.
    pub version: u32,
    /// Itself.
    pub policy: TenantPolicy,
    /// The record since which it is in force.
    pub since_seq: u64,
    /// When it was applied.
    pub applied_at: Timestamp,
    /// By whom.
    pub applied_by: String,
}

/// The id of the one document of its kind.
pub const CURRENT: &str = "current";

impl State {
    /// The image of a tenant that has just been made.
    ///
    /// # Errors
    /// When the empty rules do not compile, which no tenant can cause.
    pub fn empty(tenant: Tenant) -> Result<Self, GateError> {
        let rulebook = Rulebook::compile(
            0,
            Manuscript {
                tenant: tenant.id.clone(),
                tenant_policy: None,
                tenant_policy_version: 0,
                policies: BTreeMap::new(),
                scope_mode: tenant.settings.scope_mode,
            },
        )?;
        Ok(Self {
            head: Head::EMPTY,
            frontier: Frontier::default(),
            tally: Tally::default(),
            tally_kept_at: 0,
            rulebook: Arc::new(rulebook),
            agents: BTreeMap::new(),
            keys: BTreeMap::new(),
            people: People::default(),
            tools: Tools::default(),
            servers: BTreeMap::new(),
            sessions: Sessions::default(),
            alarm: Alarm::default(),
            strangers: Alarm::of_strangers(),
            attempts: Attempts::default(),
            holds: Holds::default(),
            frozen: HashMap::new(),
            permits: HashMap::new(),
            dry_runs: BTreeMap::new(),
            executions: BTreeMap::new(),
            retries: RetryBook::default(),
            latest: tenant.created_at,
            broken_at: None,
            spoilt: false,
            tenant,
        })
    }
}

/// A tenant's credentials with their holders.
pub type Roster = Vec<(Key, Option<Holder>)>;

impl State {
    /// Every credential that is not revoked, with its holder.
    #[must_use]
    pub fn roster(&self) -> Roster {
        let kept = self.keys.values().filter(|key| !key.revoked);
        kept.map(|key| (key.clone(), self.people.holder_of(key)))
            .collect()
    }
}

/// One thing from the ledger.
///
/// # Errors
/// When the ledger is away or the thing unreadable.
pub async fn one<T: DeserializeOwned>(
    ledger: &dyn Ledger,
    tenant: &TenantId,
    kind: DocumentKind,
    id: &str,
) -> Result<Option<T>, LedgerError> {
    ledger
        .document(tenant, kind, id)
        .await?
        .as_ref()
        .map(thing)
        .transpose()
}

/// Every thing a query asks for.
///
/// # Errors
/// When the ledger is away or a thing unreadable.
pub async fn all<T: DeserializeOwned>(
    ledger: &dyn Ledger,
    tenant: &TenantId,
    query: DocumentQuery,
) -> Result<Vec<T>, LedgerError> {
    ledger
        .documents(tenant, query)
        .await?
        .iter()
        .map(thing)
        .collect()
}
