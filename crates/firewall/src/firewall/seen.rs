//! What callers see of the tenant's lists: the one place that asks their rights about each thing.
//!
//! A record about an action is seen by whoever may see the action: where it happens, whose it is
//! and what it touches stand in the record of its decision, which every later record about it
//! names. Every other record is the tenant's own. An agent belongs to the tenant, and is seen as
//! well by whoever may see it in some workspace.
//!
//! *Fails closed:* a record that does not say what it is about is not seen.

use super::Firewall;
use crate::{
    access::{Resource, Verb},
    batch::{Head, RecordKind, StoredRecord},
    error::GateError,
    principal::Principal,
    query::{DocumentQuery, RecordQuery},
    state,
    tally::AgentTally,
    turn::Turn,
};
use portcullis_policy::{
    id::{AgentId, TenantId, WorkspaceId},
    tier::Verdict,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::{BTreeMap, HashMap};

/// How many records are read at once for somebody who sees some of them.
const AT_ONCE: usize = 200;
/// How many records are looked through at most for somebody who sees some of them.
const LOOKED_THROUGH: usize = 10_000;

/// Where a thing belongs, whose it is and what it touches.
#[derive(Clone, Debug, Default, Deserialize)]
struct Place {
    #[serde(default)]
    workspace_id: Option<WorkspaceId>,
    #[serde(default)]
    agent_id: Option<AgentId>,
    #[serde(default)]
    target_service: Option<String>,
}

impl Place {
    fn resource(&self) -> Resource<'_> {
        Resource {
            workspace: self.workspace_id.as_ref(),
            agent: self.agent_id.as_ref(),
            scope: self.target_service.as_deref(),
        }
    }
}

/// What a record that is no decision says of the one it follows.
#[derive(Deserialize)]
struct Following {
    #[serde(default)]
    parent_seq: Option<u64>,
}

/// The places of actions that were looked up, by the numbers of their decisions.
type Known = HashMap<u64, Option<Place>>;

/// Checks that a caller may look at some things of the tenant.
///
/// # Errors
/// [`GateError::Forbidden`] for an agent's key.
pub(super) fn may_watch(principal: &Principal) -> Result<(), GateError> {
    if principal.role.agent().is_none() {
        return Ok(());
    }
    let message = "an agent's key does not read the tenant's lists";
    Err(GateError::Forbidden(message.to_owned()))
}

/// Checks that nothing is hidden from a caller: what walks over every record leaves none out.
///
/// # Errors
/// [`GateError::Forbidden`].
pub(super) fn must_see_all(principal: &Principal) -> Result<(), GateError> {
    may_watch(principal)?;
    if principal.sees_all() {
        return Ok(());
    }
    let message = "this is for who sees all of the tenant's records";
    Err(GateError::Forbidden(message.to_owned()))
}

/// Whether a caller sees that there is an agent.
pub(super) fn sees_agent(turn: &Turn<'_>, principal: &Principal, agent: &AgentId) -> bool {
    let within = |workspace| Resource {
        workspace,
        agent: Some(agent),
        scope: None,
    };
    let workspaces = turn.state.people.workspaces.keys().map(Some);
    principal.sees_all()
        || std::iter::once(None)
            .chain(workspaces)
            .any(|workspace| principal.may(Verb::View, &within(workspace)))
}

impl Firewall {
    /// Checks that a caller may take all records away.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for who does not see all of them.
    pub fn may_export(&self, principal: &Principal) -> Result<(), GateError> {
        must_see_all(principal)
    }

    /// The records a query asks for among those that the caller sees: what is hidden from them
    /// leaves no gap. For who sees some of them alone, 10,000 are looked through.
    pub(super) async fn records_seen(
        &self,
        principal: &Principal,
        query: RecordQuery,
    ) -> Result<Vec<StoredRecord>, GateError> {
        if principal.sees_all() {
            return Ok(self.ledger.records(&principal.tenant, query).await?);
        }
        let (mut known, mut seen) = (Known::new(), Vec::new());
        let (mut beyond, mut hidden) = (query.beyond, query.offset);
        for _ in (0..LOOKED_THROUGH).step_by(AT_ONCE) {
            let part = RecordQuery {
                beyond,
                offset: 0,
                limit: AT_ONCE,
                ..query.clone()
            };
            let read = self.ledger.records(&principal.tenant, part).await?;
            let is_last = read.len() < AT_ONCE;
            for record in read {
                beyond = record.seq;
                if !self.sees(principal, &record, &mut known).await? {
                    continue;
                }
                if hidden > 0 {
                    hidden -= 1;
                } else if seen.len() < query.limit {
                    seen.push(record);
                }
            }
            if is_last || seen.len() >= query.limit {
                break;
            }
        }
        Ok(seen)
    }

    /// Whether a caller sees a record.
    pub(super) async fn sees_record(
        &self,
        principal: &Principal,
        record: &StoredRecord,
    ) -> Result<bool, GateError> {
        Ok(principal.sees_all() || self.sees(principal, record, &mut Known::new()).await?)
    }

    /// The page that a query asks for among those things that the caller sees; each is about a
    /// decision. For who sees some of them alone, the newest 10,000 are looked through.
    pub(super) async fn things_seen<T: DeserializeOwned + Send>(
        &self,
        principal: &Principal,
        query: DocumentQuery,
        decision: fn(&T) -> u64,
    ) -> Result<Vec<T>, GateError> {
        if principal.sees_all() {
            return Ok(state::all(&*self.ledger, &principal.tenant, query).await?);
        }
        let wanted = query.offset.saturating_add(query.limit);
        let mut seen: Vec<T> = Vec::new();
        for offset in (0..LOOKED_THROUGH).step_by(AT_ONCE) {
            let part = DocumentQuery {
                offset,
                limit: AT_ONCE,
                ..query.clone()
            };
            let read: Vec<T> = state::all(&*self.ledger, &principal.tenant, part).await?;
            let is_last = read.len() < AT_ONCE;
            for thing in read {
                if self
                    .reaches(principal, Verb::View, decision(&thing))
                    .await?
                {
                    seen.push(thing);
                }
            }
            if is_last || seen.len() >= wanted {
                break;
            }
        }
        let page = seen.into_iter().skip(query.offset);
        Ok(page.take(query.limit).collect())
    }

    /// Whether a caller may do something to what the decision with a number is about.
    pub(super) async fn reaches(
        &self,
        principal: &Principal,
        verb: Verb,
        seq: u64,
    ) -> Result<bool, GateError> {
        if principal.sees_all() && principal.may(verb, &Resource::default()) {
            return Ok(true);
        }
        let place = self.place_at(&principal.tenant, seq).await?;
        Ok(place.is_some_and(|place| principal.may(verb, &place.resource())))
    }

    async fn sees(
        &self,
        principal: &Principal,
        record: &StoredRecord,
        known: &mut Known,
    ) -> Result<bool, GateError> {
        let place = self.place_of(&principal.tenant, record, known).await?;
        Ok(place.is_some_and(|place| principal.may(Verb::View, &place.resource())))
    }

    /// What a record is about; nothing when it does not say.
    async fn place_of(
        &self,
        tenant: &TenantId,
        record: &StoredRecord,
        known: &mut Known,
    ) -> Result<Option<Place>, GateError> {
        if record.kind == RecordKind::Decision {
            return Ok(serde_json::from_slice(&record.payload).ok());
        }
        let Ok(Following { parent_seq }) = serde_json::from_slice(&record.payload) else {
            return Ok(None);
        };
        let Some(parent) = parent_seq else {
            return Ok(Some(Place {
                agent_id: AgentId::new(&record.agent).ok(),
                ..Place::default()
            }));
        };
        if let Some(place) = known.get(&parent) {
            return Ok(place.clone());
        }
        let place = self.place_at(tenant, parent).await?;
        known.insert(parent, place.clone());
        Ok(place)
    }

    /// What the decision with a number is about.
    async fn place_at(&self, tenant: &TenantId, seq: u64) -> Result<Option<Place>, GateError> {
        let records = self.ledger.records(tenant, RecordQuery::one(seq)).await?;
        let is_it =
            |record: &&StoredRecord| record.seq == seq && record.kind == RecordKind::Decision;
        let found = records.iter().find(is_it);
        Ok(found.and_then(|record| serde_json::from_slice(&record.payload).ok()))
    }

    /// What the caller sees of the judgements, counted by agent: of the newest 10,000.
    pub(super) async fn counts_seen(
        &self,
        principal: &Principal,
        agent: Option<&str>,
    ) -> Result<BTreeMap<String, AgentTally>, GateError> {
        let query = RecordQuery {
            kind: Some(RecordKind::Decision),
            agent: agent.map(str::to_owned),
            newest_first: true,
            limit: LOOKED_THROUGH,
            ..RecordQuery::default()
        };
        let mut counts: BTreeMap<String, AgentTally> = BTreeMap::new();
        for record in self.records_seen(principal, query).await? {
            let tally = counts.entry(record.agent).or_default();
            tally.governed += 1;
            match record.verdict {
                Some(Verdict::Cleared) => tally.cleared += 1,
                Some(Verdict::Held) => tally.held += 1,
                Some(Verdict::Blocked) => tally.blocked += 1,
                None => {}
            }
            let at = Some(record.at.as_millisecond());
            tally.last_seen_ms = tally.last_seen_ms.max(at);
        }
        Ok(counts)
    }

    /// The newest record that the caller sees, as the end of the chain.
    pub(super) async fn head_seen(&self, principal: &Principal) -> Result<Head, GateError> {
        let query = RecordQuery {
            newest_first: true,
            limit: 1,
            ..RecordQuery::default()
        };
        let newest = self
            .records_seen(principal, query)
            .await?
            .into_iter()
            .next();
        Ok(newest.map_or(Head::EMPTY, |record| Head {
            seq: record.seq,
            hash: Some(record.hash),
        }))
    }
}
