//! One turn on a tenant's lane: everything done in it is written in one batch.
//!
//! The methods on [`Turn`] are what can happen to a tenant, a file for each family below `turn/`.
//! A method that returns an error has changed nothing.

mod admin;
mod again;
mod agents;
mod attempts;
mod decide;
mod due;
mod elevations;
mod entitled;
mod execute;
mod expire;
mod govern;
mod groups;
mod invitations;
mod judging;
mod keys;
mod leases;
mod members;
mod newcomers;
mod outcome;
mod own_credentials;
mod passkeys;
mod people;
mod permits;
mod policies;
mod rehearse;
mod rights;
mod scopes;
mod servers;
mod sessions;
mod signing_in;
mod slack;
mod sweep;
mod tools;
mod unheard;

pub use agents::{AgentPatch, NewAgent};
pub use decide::StepUpDue;
pub use due::Holding;
pub use execute::{Begun, Claim, Resolution};
pub use groups::GroupPatch;
pub(crate) use judging::judge as judge_for_sight;
pub use keys::NewKey;
pub use leases::{Asking, Due, Ending};
pub use members::Membership;
pub use newcomers::Newcomer;
pub use outcome::{OutcomeReport, OutcomeResult};
pub use people::{NewPerson, PersonPatch};
pub use permits::Redemption;
pub use rehearse::Noted;
pub use rights::{SetDraft, WorkspaceDraft};
pub use sessions::ScopePatch;

use crate::{
    batch::{Batch, Document, DocumentKind, Head, RecordKind, StoredRecord},
    canonical,
    chain::{self, Hash},
    effects::Effects,
    error::GateError,
    hold::{Hold, HoldStatus},
    house::House,
    kept_hold::KeptHold,
    moment,
    settings::Tenant,
    state::{CURRENT, State},
    stored,
};
use jiff::Timestamp;
use portcullis_policy::tier::{Tier, Verdict};
use serde::Serialize;
use serde_json::{Map, Value};

/// A turn: the tenant's image, the batch being gathered, and the moment.
#[derive(Debug)]
pub struct Turn<'t> {
    /// The tenant's image.
    pub state: &'t mut State,
    /// What this turn writes.
    pub batch: &'t mut Batch,
    /// The moment of this turn.
    pub now: Timestamp,
    /// What all lanes share.
    pub house: &'t House,
}

/// The place of a sealed record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sealed {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What lists filter records by.
#[derive(Clone, Copy, Debug, Default)]
struct Labels<'l> {
    agent: &'l str,
    action_type: &'l str,
    verdict: Option<Verdict>,
    tier: Option<Tier>,
}

impl<'t> Turn<'t> {
    /// Opens a turn. Time never runs backwards on a lane.
    pub fn new(
        state: &'t mut State,
        batch: &'t mut Batch,
        now: Timestamp,
        house: &'t House,
    ) -> Self {
        let now = moment::milliseconds(now).max(state.latest);
        state.latest = now;
        Self {
            state,
            batch,
            now,
            house,
        }
    }

    /// The number of the next record.
    const fn next_seq(&self) -> u64 {
        self.state.head.seq + 1
    }

    /// Seals a record at the end of the chain.
    fn seal(
        &mut self,
        kind: RecordKind,
        labels: Labels<'_>,
        payload: Vec<u8>,
        effects: &Effects,
    ) -> Result<Sealed, GateError> {
        let seq = self.next_seq();
        let written = serde_json::to_vec(effects)
            .map_err(|error| GateError::Unavailable(format!("cannot write effects: {error}")))?;
        let prev = self.state.head.hash;
        let hash = chain::seal(&payload, prev.as_ref());
        self.batch.records.push(StoredRecord {
            seq,
            at: self.now,
            kind,
            agent: labels.agent.to_owned(),
            action_type: labels.action_type.to_owned(),
            verdict: labels.verdict,
            tier: labels.tier,
            payload,
            prev,
            hash,
            effects: written,
        });
        self.state.head = Head {
            seq,
            hash: Some(hash),
        };
        self.state.frontier.push(&hash);
        self.state
            .tally
            .apply(seq, effects, self.state.rulebook.keep);
        Ok(Sealed { seq, hash })
    }

    /// Seals what happened to something other than an action being judged; `about` names who did
    /// it and the agent concerned.
    fn seal_event(
        &mut self,
        kind: RecordKind,
        about: (&str, &str),
        details: Map<String, Value>,
    ) -> Result<Sealed, GateError> {
        self.seal_event_with(kind, about, details, &Effects::default())
    }

    fn seal_event_with(
        &mut self,
        kind: RecordKind,
        (actor, agent): (&str, &str),
        mut details: Map<String, Value>,
        effects: &Effects,
    ) -> Result<Sealed, GateError> {
        details.insert("actor".to_owned(), actor.into());
        details.insert("record_type".to_owned(), kind.as_str().into());
        details.insert("seq".to_owned(), self.next_seq().into());
        details.insert("tenant_id".to_owned(), self.state.tenant.id.as_str().into());
        details.insert("timestamp".to_owned(), moment::text(self.now).into());
        if !agent.is_empty() {
            details.insert("agent_id".to_owned(), agent.into());
        }
        let payload = canonical::to_vec(&Value::Object(details));
        self.seal(
            kind,
            Labels {
                agent,
                ..Labels::default()
            },
            payload,
            effects,
        )
    }

    /// Writes a thing down as a document.
    pub(crate) fn keep<T: Serialize>(
        &mut self,
        kind: DocumentKind,
        id: &str,
        (status, agent, at): (&str, &str, Timestamp),
        thing: &T,
    ) -> Result<(), GateError> {
        let document: Document = stored::document(kind, id, (status, agent), at, thing)?;
        self.batch.put(document);
        Ok(())
    }

    fn keep_tenant(&mut self, tenant: Tenant) -> Result<(), GateError> {
        self.keep(
            DocumentKind::Tenant,
            CURRENT,
            ("active", "", tenant.created_at),
            &tenant,
        )?;
        self.state.tenant = tenant;
        Ok(())
    }

    /// Writes a hold down; as long as it waits, the action behind it goes along.
    fn keep_hold(&mut self, hold: &Hold) -> Result<(), GateError> {
        let labels = (
            hold.status.as_str(),
            hold.agent_id.as_str(),
            hold.created_at,
        );
        let beside = (hold.status == HoldStatus::Held)
            .then(|| self.state.frozen.get(&hold.id))
            .flatten();
        let document = stored::document(
            DocumentKind::Hold,
            &hold.id,
            (labels.0, labels.1),
            labels.2,
            &KeptHold::of(hold, beside),
        )?;
        self.batch.put(document);
        Ok(())
    }
}

/// The members of a JSON object.
fn details<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// A thing as JSON, for a record.
fn json<T: Serialize>(thing: &T) -> Result<Value, GateError> {
    serde_json::to_value(thing)
        .map_err(|error| GateError::Unavailable(format!("cannot write a record: {error}")))
}
