//! Reading a tenant's image from the ledger.

use super::{CURRENT, KeptTally, KeptTenantPolicy, State, all, one};
use crate::{
    access::PermissionSet,
    added_server::AddedServer,
    agent::Agent,
    alarm::{Alarm, Attempts},
    batch::{DocumentKind, Head},
    chain::Hash,
    dry_run::Rehearsed,
    effects::Effects,
    elevation::Elevation,
    error::GateError,
    execution::{Execution, Stage},
    frozen::Frozen,
    group::Group,
    hold::{Hold, HoldStatus},
    holds::Holds,
    kept_hold,
    kept_lease::LeaseStage,
    key::Key,
    merkle::Frontier,
    people::People,
    permit_state::PermitState,
    person::Person,
    ports::{Ledger, LedgerError},
    query::{DocumentQuery, RecordQuery},
    retry::{RetryBook, StoredAnswer},
    rulebook::{Entry, Manuscript, Rulebook},
    session::SessionStatus,
    sessions::Sessions,
    settings::Tenant,
    showcase::Tools,
    tally::Tally,
    tool::Tool,
    workspace::Workspace,
};
use jiff::Timestamp;
use portcullis_policy::id::TenantId;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
/// How many records' effects are read at once.
const EFFECTS_AT_ONCE: usize = 10_000;

/// The counts as they are when starting.
struct Counts {
    tally: Tally,
    frontier: Frontier,
    /// The record at which the tally was kept.
    kept_at: u64,
    /// The latest moment seen then.
    kept_latest: Timestamp,
}

/// What may still happen.
struct Open {
    holds: Holds,
    frozen: HashMap<String, Frozen>,
}

impl State {
    /// Reads the image of a tenant from the ledger; its rules get the given revision.
    ///
    /// Fails closed: anything unreadable stops the tenant's verdicts.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for a tenant that does not exist; [`GateError::Unavailable`] when
    /// the ledger is away or holds something unreadable.
    pub async fn read(
        ledger: &dyn Ledger,
        id: &TenantId,
        revision: u64,
    ) -> Result<Self, GateError> {
        let tenant: Tenant = one(ledger, id, DocumentKind::Tenant, CURRENT)
            .await?
            .ok_or_else(|| GateError::NotFound("tenant", id.to_string()))?;
        let head = ledger.head(id).await?;
        let rulebook = Arc::new(rulebook(ledger, &tenant, revision).await?);
        let Counts {
            tally,
            frontier,
            kept_at: tally_kept_at,
            kept_latest,
        } = counts(ledger, id, &rulebook).await?;
        if tally.seq != head.seq {
            return Err(LedgerError::Corrupt("effects and records differ".to_owned()).into());
        }
        let agents: Vec<Agent> = all(ledger, id, DocumentQuery::all(DocumentKind::Agent)).await?;
        let keys: Vec<Key> = all(ledger, id, DocumentQuery::all(DocumentKind::Key)).await?;
        let Open { holds, frozen } = open(ledger, id).await?;
        let unspent = DocumentQuery::with_status(DocumentKind::Permit, "ISSUED");
        let permits: Vec<PermitState> = all(ledger, id, unspent).await?;
        let answers: Vec<StoredAnswer> =
            all(ledger, id, DocumentQuery::all(DocumentKind::Answer)).await?;
        let tools: Vec<Tool> = all(ledger, id, DocumentQuery::all(DocumentKind::Tool)).await?;
        let servers: Vec<AddedServer> =
            all(ledger, id, DocumentQuery::all(DocumentKind::McpServer)).await?;
        let executions = executions(ledger, id).await?;
        let latest = newest(ledger, id, &head).await?.max(kept_latest);
        let waits = |hold: &&Hold| hold.status == HoldStatus::Held;
        Ok(Self {
            head,
            frontier,
            tally,
            tally_kept_at,
            rulebook,
            agents: agents
                .into_iter()
                .map(|agent| (agent.id.clone(), agent))
                .collect(),
            keys: keys.into_iter().map(|key| (key.id.clone(), key)).collect(),
            people: people(ledger, id).await?,
            tools: named(tools),
            servers: servers
                .into_iter()
                .map(|added| (added.server.name.clone(), added))
                .collect(),
            sessions: sessions(ledger, id).await?,
            alarm: Alarm::default(),
            strangers: Alarm::of_strangers(),
            attempts: Attempts::default(),
            retries: RetryBook::read(holds.values().filter(waits), answers),
            holds,
            frozen,
            permits: permits
                .into_iter()
                .map(|permit| (permit.id.clone(), permit))
                .collect(),
            dry_runs: dry_runs(ledger, id).await?,
            executions,
            latest,
            broken_at: tenant.broken_at,
            spoilt: false,
            tenant,
        })
    }
}

async fn rulebook(
    ledger: &dyn Ledger,
    tenant: &Tenant,
    revision: u64,
) -> Result<Rulebook, GateError> {
    let id = &tenant.id;
    let entries: Vec<Entry> = all(ledger, id, DocumentQuery::all(DocumentKind::Policy)).await?;
    let kept: Option<KeptTenantPolicy> =
        one(ledger, id, DocumentKind::TenantPolicy, CURRENT).await?;
    Rulebook::compile(
        revision,
        Manuscript {
            tenant: id.clone(),
            tenant_policy_version: kept.as_ref().map_or(0, |kept| kept.version),
            tenant_policy: kept.map(|kept| Arc::new(kept.policy)),
            policies: entries
                .into_iter()
                .map(|e| (e.policy.id.clone(), e))
                .collect(),
            scope_mode: tenant.settings.scope_mode,
        },
    )
    .map_err(|error| GateError::Unavailable(format!("the stored rules do not compile: {error}")))
}

/// The dry runs of what may still be done, by the number of its decision.
async fn dry_runs(
    ledger: &dyn Ledger,
    tenant: &TenantId,
) -> Result<BTreeMap<u64, Rehearsed>, LedgerError> {
    let query = DocumentQuery::with_status(DocumentKind::DryRun, "open");
    let open: Vec<Rehearsed> = all(ledger, tenant, query).await?;
    Ok(open.into_iter().map(|run| (run.seq, run)).collect())
}

/// The executions that have no end yet, by their number.
async fn executions(
    ledger: &dyn Ledger,
    tenant: &TenantId,
) -> Result<BTreeMap<u64, Execution>, LedgerError> {
    let mut open = BTreeMap::new();
    for stage in [Stage::Started, Stage::Unknown] {
        let query = DocumentQuery::with_status(DocumentKind::Execution, stage.as_str());
        let found: Vec<Execution> = all(ledger, tenant, query).await?;
        open.extend(found.into_iter().map(|one| (one.seq, one)));
    }
    Ok(open)
}

/// Scopes, the sessions that are not over, and the leases that live or may live.
async fn sessions(ledger: &dyn Ledger, tenant: &TenantId) -> Result<Sessions, LedgerError> {
    let live = |kind, statuses: &[&str]| DocumentQuery {
        statuses: statuses.iter().map(|&status| status.to_owned()).collect(),
        ..DocumentQuery::all(kind)
    };
    let sessions = live(DocumentKind::Session, &SessionStatus::LIVE);
    let leases = live(DocumentKind::Lease, &LeaseStage::LIVE);
    Ok(Sessions::of(
        all(ledger, tenant, DocumentQuery::all(DocumentKind::Scope)).await?,
        all(ledger, tenant, sessions).await?,
        all(ledger, tenant, leases).await?,
        all(
            ledger,
            tenant,
            DocumentQuery::all(DocumentKind::OwnCredential),
        )
        .await?,
    ))
}

fn named(tools: Vec<Tool>) -> Tools {
    let named = |tool: Tool| (Tool::id_of(&tool.server, &tool.name), tool);
    Arc::new(tools.into_iter().map(named).collect())
}

/// Everybody, and what they may reach.
async fn people(ledger: &dyn Ledger, tenant: &TenantId) -> Result<People, GateError> {
    let persons: Vec<Person> =
        all(ledger, tenant, DocumentQuery::all(DocumentKind::Person)).await?;
    let groups: Vec<Group> = all(ledger, tenant, DocumentQuery::all(DocumentKind::Group)).await?;
    let sets: Vec<PermissionSet> = all(
        ledger,
        tenant,
        DocumentQuery::all(DocumentKind::PermissionSet),
    )
    .await?;
    let workspaces: Vec<Workspace> =
        all(ledger, tenant, DocumentQuery::all(DocumentKind::Workspace)).await?;
    let elevations: Vec<Elevation> =
        all(ledger, tenant, DocumentQuery::all(DocumentKind::Elevation)).await?;
    let mut people = People::default();
    people.persons = persons
        .into_iter()
        .map(|one| (one.id.clone(), one))
        .collect();
    people.groups = groups
        .into_iter()
        .map(|one| (one.id.clone(), one))
        .collect();
    people.sets = sets.into_iter().map(|one| (one.id.clone(), one)).collect();
    people.workspaces = workspaces
        .into_iter()
        .map(|one| (one.id.clone(), one))
        .collect();
    people.elevations = elevations
        .into_iter()
        .map(|one| (one.id.clone(), one))
        .collect();
    people.work_out();
    Ok(people)
}

/// The kept tally, and the effects of every record since.
async fn counts(
    ledger: &dyn Ledger,
    tenant: &TenantId,
    rulebook: &Rulebook,
) -> Result<Counts, GateError> {
    let kept: Option<KeptTally> = one(ledger, tenant, DocumentKind::Tally, CURRENT).await?;
    let kept_latest = kept
        .as_ref()
        .map_or(Timestamp::UNIX_EPOCH, |kept| kept.latest);
    let (mut tally, mut frontier) =
        kept.map_or_else(Default::default, |kept| (kept.tally, kept.frontier));
    let kept_at = tally.seq;
    loop {
        let effects = ledger.effects(tenant, tally.seq, EFFECTS_AT_ONCE).await?;
        if effects.is_empty() {
            return Ok(Counts {
                tally,
                frontier,
                kept_at,
                kept_latest,
            });
        }
        let hashes: Vec<Hash> = ledger
            .hashes(tenant, tally.seq.saturating_add(1), effects.len())
            .await?;
        for ((seq, bytes), hash) in effects.iter().zip(&hashes) {
            let effects: Effects = serde_json::from_slice(bytes)
                .map_err(|e| LedgerError::Corrupt(format!("effects of record {seq}: {e}")))?;
            tally.apply(*seq, &effects, rulebook.keep);
            frontier.push(hash);
        }
        if hashes.len() != effects.len() {
            return Err(LedgerError::Corrupt("hashes and effects differ".to_owned()).into());
        }
    }
}

/// The holds that wait and those whose permit was not taken, with every action that is kept: of a
/// hold that waits beside it, of the others in documents of their own.
async fn open(ledger: &dyn Ledger, tenant: &TenantId) -> Result<Open, LedgerError> {
    let apart: Vec<Frozen> = all(ledger, tenant, DocumentQuery::all(DocumentKind::Frozen)).await?;
    let waiting = DocumentQuery::with_status(DocumentKind::Hold, HoldStatus::Held.as_str());
    let mut holds = Holds::default();
    let mut frozen = HashMap::new();
    for document in ledger.documents(tenant, waiting).await? {
        let (hold, beside) = kept_hold::read(&document, tenant)?;
        frozen.extend(beside.map(|kept| (kept.id.clone(), kept)));
        holds.put(hold);
    }
    for kept in apart {
        if holds.get(&kept.id).is_none()
            && let Some(hold) = one::<Hold>(ledger, tenant, DocumentKind::Hold, &kept.id).await?
        {
            holds.put(hold);
        }
        frozen.insert(kept.id.clone(), kept);
    }
    Ok(Open { holds, frozen })
}

async fn newest(
    ledger: &dyn Ledger,
    tenant: &TenantId,
    head: &Head,
) -> Result<Timestamp, GateError> {
    if head.seq == 0 {
        return Ok(Timestamp::UNIX_EPOCH);
    }
    let query = RecordQuery::one(head.seq);
    let records = ledger.records(tenant, query).await?;
    Ok(records
        .first()
        .map_or(Timestamp::UNIX_EPOCH, |record| record.at))
}
