//! Judging recorded actions again: under the rules of then, or under others.

use super::{Firewall, entry::may_read, seen::must_see_all};
use crate::{
    batch::{DocumentKind, RecordKind, StoredRecord},
    digest::{ActionDigest, Nonce},
    error::GateError,
    freeze::{self, FrozenAction},
    moment,
    principal::Principal,
    query::{DocumentQuery, RecordQuery},
    record::{Decision, Explanation},
    request::Request,
    rulebook::{Entry, Manuscript, Rulebook},
    settings::Settings,
    state::{self, KeptTenantPolicy},
    turn::judge_for_sight,
};
use portcullis_policy::{
    action::{Action, Confidence},
    facts::Facts,
    id::{AgentId, ScopeName, SessionId, TenantId, WorkspaceId},
    label::Label,
    rules::ScopeMode,
    tier::{Tier, Verdict},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// How many records are read at once.
const PAGE: usize = 500;

/// What judging again showed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Replay {
    /// How many decisions were judged again.
    pub replayed: u64,
    /// How many came out otherwise.
    pub changed: u64,
    /// How many gave other bytes under the rules of then; always 0 unless something is wrong.
    pub differing_bytes: u64,
    /// How many were not judged again, for parts of their actions are hidden.
    pub hidden: u64,
    /// The changes by kind, e.g. `CLEARED to HELD`.
    pub summary: BTreeMap<String, u64>,
    /// The decisions that came out otherwise, in order.
    pub records: Vec<ReplayedRecord>,
}

/// One decision judged again.
#[derive(Clone, Debug, Serialize)]
pub struct ReplayedRecord {
    /// Its record.
    pub seq: u64,
    /// When it was made.
    pub timestamp: String,
    /// Whose action.
    pub agent_id: String,
    /// What action.
    pub action_type: String,
    /// What was decided.
    pub original: (Verdict, Tier),
    /// What is decided now.
    pub replayed: (Verdict, Tier),
    /// Why now.
    pub reasoning: String,
}

/// The parts of a decision's record that judging needs again.
#[derive(Debug, Deserialize)]
struct Recorded {
    action_digest: ActionDigest,
    action_type: Label,
    actor: String,
    agent_id: AgentId,
    confidence: Confidence,
    data_classes: Vec<Label>,
    emergency: bool,
    environment: Label,
    evidence: Vec<Value>,
    facts: Facts,
    hold_id: Option<String>,
    nonce: Option<Nonce>,
    parameters: Map<String, Value>,
    reasoning: Option<String>,
    rule_set: String,
    scope: Option<ScopeName>,
    session_id: Option<SessionId>,
    target_service: String,
    tenant_id: TenantId,
    tier: Tier,
    verdict: Verdict,
    workspace_id: Option<WorkspaceId>,
}

impl Firewall {
    /// Judges the decisions `from..=to` again under the rules of their time, and compares every
    /// byte of their records; with `candidate` rules instead, shows what would come out otherwise.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for who does not see all records; [`GateError::Unavailable`] when the
    /// ledger is away or the rules of then cannot be made again.
    pub async fn replay(
        &self,
        principal: &Principal,
        (from, to): (u64, u64),
        candidate: Option<Arc<Rulebook>>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Replay, GateError> {
        must_see_all(principal)?;
        let mut replay = Replay::default();
        let mut library = Library::new(self, principal).await?;
        let mut after = from.saturating_sub(1);
        loop {
            let query = RecordQuery {
                kind: Some(RecordKind::Decision),
                ..RecordQuery::after(after, PAGE)
            };
            let records = self.ledger.records(&principal.tenant, query).await?;
            let Some(last) = records.last() else {
                return Ok(replay);
            };
            after = last.seq;
            for record in records.iter().filter(|record| record.seq <= to) {
                let recorded = read(record)?;
                if recorded.nonce.is_none() {
                    replay.hidden += 1;
                    continue;
                }
                match &candidate {
                    Some(book) => replay.judge(book, record, recorded, false)?,
                    None => {
                        let book = library.at(record.seq, &recorded.rule_set)?;
                        replay.judge(&book, record, recorded, true)?;
                    }
                }
            }
            progress(after.min(to));
            if after >= to {
                return Ok(replay);
            }
        }
    }

    /// The rules in force with other policies in place of its own, for replaying.
    ///
    /// # Errors
    /// [`GateError::Invalid`] when they do not compile.
    pub async fn candidate_rules(
        &self,
        principal: &Principal,
        drafts: Vec<portcullis_policy::cham::read::Draft>,
    ) -> Result<Arc<Rulebook>, GateError> {
        may_read(principal)?;
        let book = self.rulebook(principal).await?;
        let now = moment::milliseconds(self.house.clock.now());
        let proposal = crate::proposal::Proposal::create(&book, drafts, &self.house, now)?;
        Ok(Arc::new(proposal.rulebook))
    }
}

impl Replay {
    fn judge(
        &mut self,
        book: &Rulebook,
        record: &StoredRecord,
        recorded: Recorded,
        compare: bool,
    ) -> Result<(), GateError> {
        let original = (recorded.verdict, recorded.tier);
        let (actor, hold, facts) = (
            recorded.actor.clone(),
            recorded.hold_id.clone(),
            recorded.facts.clone(),
        );
        let request = request(recorded)?;
        let action = &request.frozen.action;
        let judgement = judge_for_sight(&book.rules, action, &facts);
        let explanation = Explanation::of(&judgement);
        let replayed = (judgement.verdict, judgement.tier);
        self.replayed += 1;
        if compare {
            let decision = Decision {
                request: &request,
                judgement: &judgement,
                explanation: &explanation,
                facts: &facts,
                actor: &actor,
                rule_set: book.rules.digest(),
                hold: hold.as_deref(),
                seq: record.seq,
                now: record.at,
            };
            let same = decision.payload() == record.payload;
            self.differing_bytes += u64::from(!same);
        }
        if replayed != original {
            self.changed += 1;
            let kind = format!("{} to {}", original.0, replayed.0);
            *self.summary.entry(kind).or_default() += 1;
            self.records.push(ReplayedRecord {
                seq: record.seq,
                timestamp: moment::text(record.at),
                agent_id: action.agent.to_string(),
                action_type: action.kind.to_string(),
                original,
                replayed,
                reasoning: explanation.text,
            });
        }
        Ok(())
    }
}

/// The action of a decision's record, frozen again; none if parts of it are hidden.
pub(super) fn frozen_in(record: &StoredRecord) -> Result<Option<FrozenAction>, GateError> {
    let recorded = read(record)?;
    if recorded.nonce.is_none() {
        return Ok(None);
    }
    Ok(Some(request(recorded)?.frozen))
}

fn read(record: &StoredRecord) -> Result<Recorded, GateError> {
    serde_json::from_slice(&record.payload).map_err(|error| {
        GateError::Unavailable(format!("record {} cannot be read: {error}", record.seq))
    })
}

/// The request as it was, from its record; its digest must come out the same.
fn request(recorded: Recorded) -> Result<Request, GateError> {
    let action = Action {
        tenant: recorded.tenant_id,
        agent: recorded.agent_id,
        workspace: recorded.workspace_id,
        session: recorded.session_id,
        scope: recorded.scope,
        kind: recorded.action_type,
        target: recorded.target_service,
        environment: recorded.environment,
        parameters: recorded.parameters,
        reasoning: recorded.reasoning,
        confidence: recorded.confidence,
        evidence: recorded.evidence,
        data_classes: recorded.data_classes,
        emergency: recorded.emergency,
    };
    // Without its nonce an action cannot be frozen again: parts of it are hidden.
    let hidden = || GateError::conflict("action.hidden", "parts of this action are hidden");
    let nonce = recorded.nonce.ok_or_else(hidden)?;
    let frozen = freeze::freeze(action, nonce).map_err(|error| {
        GateError::Unavailable(format!("a recorded action is unreadable: {error}"))
    })?;
    if frozen.digest != recorded.action_digest {
        return Err(GateError::Unavailable(
            "a recorded action and its digest differ".to_owned(),
        ));
    }
    Ok(Request::recorded(frozen))
}

/// The rules of every time, made again from the versions that were kept.
struct Library {
    tenant: TenantId,
    policies: Vec<KeptPolicy>,
    tenant_policies: Vec<KeptTenantPolicy>,
    scope_modes: Vec<(u64, ScopeMode)>,
    made: HashMap<String, Arc<Rulebook>>,
}

/// A policy as it was since a record.
#[derive(Debug, Deserialize)]
struct KeptPolicy {
    since_seq: u64,
    policy: Entry,
}

impl Library {
    async fn new(firewall: &Firewall, principal: &Principal) -> Result<Self, GateError> {
        let (ledger, tenant) = (&*firewall.ledger, &principal.tenant);
        let versions = DocumentQuery::all(DocumentKind::PolicyVersion);
        let mut policies: Vec<KeptPolicy> = state::all(ledger, tenant, versions).await?;
        policies.sort_by_key(|kept| kept.since_seq);
        let versions = DocumentQuery::with_status(DocumentKind::TenantPolicy, "version");
        let mut tenant_policies: Vec<KeptTenantPolicy> =
            state::all(ledger, tenant, versions).await?;
        tenant_policies.sort_by_key(|kept| kept.since_seq);
        let changes = RecordQuery {
            kind: Some(RecordKind::SettingsChange),
            ..RecordQuery::after(0, usize::MAX)
        };
        let changes = ledger.records(tenant, changes).await?;
        Ok(Self {
            tenant: tenant.clone(),
            policies,
            tenant_policies,
            scope_modes: changes.iter().filter_map(scope_mode).collect(),
            made: HashMap::new(),
        })
    }

    /// The rules in force before a record, which must have the digest the record names.
    fn at(&mut self, seq: u64, digest: &str) -> Result<Arc<Rulebook>, GateError> {
        if let Some(book) = self.made.get(digest) {
            return Ok(Arc::clone(book));
        }
        let mut policies = BTreeMap::new();
        for kept in self.policies.iter().filter(|kept| kept.since_seq < seq) {
            policies.insert(kept.policy.policy.id.clone(), kept.policy.clone());
        }
        let applied = self
            .tenant_policies
            .iter()
            .rfind(|kept| kept.since_seq < seq);
        let scope_mode = self.scope_modes.iter().rfind(|(since, _)| *since < seq);
        let book = Rulebook::compile(
            0,
            Manuscript {
                tenant: self.tenant.clone(),
                tenant_policy: applied.map(|kept| Arc::new(kept.policy.clone())),
                tenant_policy_version: applied.map_or(0, |kept| kept.version),
                policies,
                scope_mode: scope_mode.map_or_else(ScopeMode::default, |(_, mode)| *mode),
            },
        )?;
        if hex::encode(book.rules.digest()) != digest {
            return Err(GateError::Unavailable(format!(
                "the rules of record {seq} cannot be made again"
            )));
        }
        let book = Arc::new(book);
        self.made.insert(digest.to_owned(), Arc::clone(&book));
        Ok(book)
    }
}

fn scope_mode(record: &StoredRecord) -> Option<(u64, ScopeMode)> {
    let value: Value = serde_json::from_slice(&record.payload).ok()?;
    let settings: Settings = serde_json::from_value(value.get("after")?.clone()).ok()?;
    Some((record.seq, settings.scope_mode))
}
