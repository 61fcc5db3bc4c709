//! Leases: on record before the provider is asked, and until the credential is dead.

use super::{Sealed, Turn, details, json};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    kept_lease::{Grant, Lease, LeaseEnd, LeaseStage, PAUSE_MAX_SECONDS},
    lease::{LeaseAsk, LeaseError, Minted, Revoked, Served},
    moment,
    order::{Order, Work},
    ports::Issuer,
    reach::{self, Reach},
    scope::Mode,
    session::Session,
};
use portcullis_policy::id::ScopeName;
use serde_json::{Map, Value};

/// How long a credential for writing lives, in seconds; it is ended as soon as its action has.
const WRITE_SECONDS: u32 = 300;
/// How long a credential for reading lives, in seconds.
const READ_SECONDS: u32 = 900;
/// The most credentials of one tenant that live at once.
const MOST: usize = 4_096;
/// Who acts when the gate does.
const GATE: &str = "portcullis";

/// How an order comes by its credential.
#[derive(Clone, Debug, PartialEq)]
pub enum Due {
    /// One that lives is used once more.
    Again(String),
    /// It is minted, now that this is on record.
    Anew(Box<LeaseAsk>),
}

/// Whoever asks for a lease on behalf of the gate.
#[derive(Debug)]
pub struct Asking<'a> {
    /// Under which id, if there is to be a new one.
    pub id: String,
    /// What may be done with it.
    pub mode: Mode,
    /// The one that is at hand for reading.
    pub at_hand: Option<&'a str>,
    /// Who mints.
    pub issuer: &'a dyn Issuer,
}

/// What came of ending a lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// Why it was to end.
    pub why: String,
    /// What its issuer said.
    pub said: Result<Revoked, LeaseError>,
    /// How long the gate waited, in milliseconds.
    pub took_ms: u64,
}

impl Turn<'_> {
    /// Writes down that a credential is to be minted for an order, unless one for reading is at
    /// hand. Everything that entitles to it is looked at anew.
    ///
    /// # Errors
    /// [`GateError::Conflict`] with `lease.refused` when the session, the scope or the rights of
    /// whoever gave it do not reach so far now, and with the issuer's code when it would not mint.
    pub fn ask_lease(&mut self, order: &Order, asking: &Asking<'_>) -> Result<Due, GateError> {
        let (work, name) = scoped(order)?;
        let session = reach::find(self.state, &work.session, self.now)
            .filter(|session| session.agent == order.agent)
            .ok_or_else(|| refused("the session is over"))?;
        let reach = reach::reach(self.state, session, name.as_str()).map_err(refused)?;
        if reach.scope.scope.environment.as_str() != order.environment {
            return Err(refused("the scope is of another environment"));
        }
        if asking.mode > reach.mode {
            return Err(refused("the session may only read with this scope"));
        }
        let ask = self.ask((order, work), asking, (session, reach));
        if let Some(again) = asking.at_hand.filter(|id| self.serves(id, &ask)) {
            return Ok(Due::Again(again.to_owned()));
        }
        if self.state.sessions.leases.len() >= MOST {
            return Err(refused("too many credentials live already"));
        }
        let issuer = asking.issuer;
        issuer
            .check(&ask.scope)
            .map_err(|error| not_minted(&error))?;
        let asked = issuer.asks(&ask).map_err(|error| not_minted(&error))?;
        let lease = Lease::asked(ask.clone(), asked.request);
        let mut members = about(&lease);
        members.extend(details([
            ("ask", json(&lease.ask)?),
            ("request", Value::Object(lease.request.clone())),
        ]));
        self.seal_lease(RecordKind::LeaseAsked, &lease, members)?;
        self.keep_lease(lease)?;
        Ok(Due::Anew(Box::new(ask)))
    }

    /// Notes what was granted. The answer is why it must end at once, if it must.
    ///
    /// # Errors
    /// [`GateError::Conflict`] for a lease that is not asked for.
    pub fn note_granted(&mut self, id: &str, minted: &Minted) -> Result<Option<String>, GateError> {
        let mut lease = self.lease(id)?.clone();
        if lease.stage != LeaseStage::Asked {
            let message = "this lease is not waiting for a credential";
            return Err(GateError::conflict("lease.not_asked", message));
        }
        lease.stage = LeaseStage::Granted;
        lease.grant = Some(Grant {
            at: self.now,
            granted: minted.granted.clone(),
            expires_at: minted.expires_at,
            handle: minted.handle.clone(),
        });
        let mut members = about(&lease);
        members.extend(details([
            ("asked_until", moment::text(lease.ask.ends_at).into()),
            ("granted", Value::Object(minted.granted.clone())),
            ("granted_until", json(&minted.expires_at.map(moment::text))?),
            ("handle", Value::Object(minted.handle.clone())),
            ("longer_by_seconds", json(&lease.longer_by_seconds())?),
        ]));
        self.seal_lease(RecordKind::LeaseGranted, &lease, members)?;
        let why = self.why_due(&lease);
        self.keep_lease(lease)?;
        Ok(why)
    }

    /// Notes that nothing was minted: the issuer is sure of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_not_granted(&mut self, id: &str, why: &LeaseError) -> Result<(), GateError> {
        let revoked = Revoked {
            how: format!("nothing was granted: {why}"),
            dead: true,
            delay_ms: None,
        };
        let ending = Ending {
            why: why.code().to_owned(),
            said: Ok(revoked),
            took_ms: 0,
        };
        self.note_ending(id, ending).map(drop)
    }

    /// Notes what came of ending a lease; the lease as it is then, `None` for one that had ended.
    ///
    /// *Fails closed:* one that could not be ended stays listed, and is tried again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_ending(&mut self, id: &str, ending: Ending) -> Result<Option<Lease>, GateError> {
        let Some(lease) = self.state.sessions.leases.get(id).cloned() else {
            return Ok(None);
        };
        if lease.stage == LeaseStage::Fading {
            return Ok(Some(lease));
        }
        let lease = match ending.said {
            Ok(revoked) => self.ended(lease, ending.why, (revoked, ending.took_ms))?,
            Err(error) => self.not_ended(lease, ending.why, &error)?,
        };
        self.keep_lease(lease.clone())?;
        Ok(Some(lease))
    }

    fn ask(
        &self,
        (order, work): (&Order, &Work),
        asking: &Asking<'_>,
        (session, reach): (&Session, Reach<'_>),
    ) -> LeaseAsk {
        let seconds = match asking.mode {
            Mode::Read => READ_SECONDS,
            Mode::Write => WRITE_SECONDS,
        };
        let scope = reach.scope.scope.clone();
        LeaseAsk {
            id: asking.id.clone(),
            tenant: order.tenant.clone(),
            workspace: session.workspace.clone(),
            session: session.id.clone(),
            agent: session.agent.clone(),
            mode: asking.mode,
            action: Served {
                seq: order.seq,
                digest: order.digest,
                action_type: order.action_type.clone(),
                target: order.target.clone(),
                hold: work.hold.clone(),
            },
            personal: self.state.sessions.personal(session, &scope.name),
            scope,
            asked_at: self.now,
            ends_at: moment::later(self.now, seconds).min(session.ends_at),
        }
    }

    fn ended(
        &mut self,
        lease: Lease,
        why: String,
        (revoked, took_ms): (Revoked, u64),
    ) -> Result<Lease, GateError> {
        let expires_at = lease.expires_at();
        let over = expires_at.is_some_and(|at| at <= self.now);
        let mut members = about(&lease);
        members.extend(details([
            ("dead", revoked.dead.into()),
            ("delay_ms", json(&revoked.delay_ms)?),
            ("how", revoked.how.as_str().into()),
            (
                "lives_until",
                json(&expires_at.filter(|_| !revoked.dead).map(moment::text))?,
            ),
            ("took_ms", took_ms.into()),
            ("tries", lease.tries.into()),
            ("why", why.as_str().into()),
        ]));
        self.seal_lease(RecordKind::LeaseEnded, &lease, members)?;
        Ok(Lease {
            stage: if revoked.dead || over {
                LeaseStage::Ended
            } else {
                LeaseStage::Fading
            },
            ending: Some(why),
            end: Some(LeaseEnd {
                at: self.now,
                revoked,
                took_ms,
            }),
            next_try_at: None,
            ..lease
        })
    }

    /// One that could not be ended: on record the first time, and ever more seldom after that.
    fn not_ended(
        &mut self,
        lease: Lease,
        why: String,
        error: &LeaseError,
    ) -> Result<Lease, GateError> {
        let tries = lease.tries.saturating_add(1);
        if tries.is_power_of_two() {
            let mut members = about(&lease);
            members.extend(details([
                ("code", error.code().into()),
                ("failure", error.to_string().into()),
                ("tries", tries.into()),
                ("why", why.as_str().into()),
            ]));
            self.seal_lease(RecordKind::LeaseUnended, &lease, members)?;
        }
        let pause = 1_u32.checked_shl(tries).unwrap_or(PAUSE_MAX_SECONDS);
        Ok(Lease {
            stage: LeaseStage::Ending,
            ending: Some(why),
            tries,
            failure: Some(error.to_string()),
            next_try_at: Some(moment::later(self.now, pause.min(PAUSE_MAX_SECONDS))),
            ..lease
        })
    }

    fn lease(&self, id: &str) -> Result<&Lease, GateError> {
        let missing = || GateError::NotFound("lease", id.to_owned());
        self.state.sessions.leases.get(id).ok_or_else(missing)
    }

    fn seal_lease(
        &mut self,
        kind: RecordKind,
        lease: &Lease,
        members: Map<String, Value>,
    ) -> Result<Sealed, GateError> {
        self.seal_event(kind, (GATE, lease.ask.agent.as_str()), members)
    }

    pub(super) fn keep_lease(&mut self, lease: Lease) -> Result<(), GateError> {
        let ask = &lease.ask;
        let labels = (lease.stage.as_str(), ask.agent.as_str(), ask.asked_at);
        self.keep(DocumentKind::Lease, &ask.id, labels, &lease)?;
        let leases = &mut self.state.sessions.leases;
        if lease.stage == LeaseStage::Ended {
            leases.remove(&lease.ask.id);
        } else {
            leases.insert(lease.ask.id.clone(), lease);
        }
        Ok(())
    }
}

/// What every record of a lease says.
fn about(lease: &Lease) -> Map<String, Value> {
    let ask = &lease.ask;
    details([
        ("lease_id", ask.id.as_str().into()),
        ("mode", ask.mode.as_str().into()),
        ("parent_seq", ask.action.seq.into()),
        ("scope", ask.scope.name.as_str().into()),
        ("session_id", ask.session.as_str().into()),
        ("workspace_id", ask.workspace.as_str().into()),
    ])
}

fn scoped(order: &Order) -> Result<(&Work, &ScopeName), GateError> {
    let work = order.work.as_ref();
    let scoped = work.and_then(|work| Some((work, work.scope.as_ref()?)));
    scoped.ok_or_else(|| refused("the action names no scope"))
}

fn refused(why: &'static str) -> GateError {
    GateError::conflict("lease.refused", why)
}

fn not_minted(error: &LeaseError) -> GateError {
    GateError::conflict(error.code(), error.to_string())
}
