//! Sessions as the doors open, renew, change and close them.

use super::{Firewall, doing};
use crate::{
    access::Verb,
    batch::DocumentKind,
    error::GateError,
    kept_lease::{Lease, LeaseStage},
    principal::Principal,
    query::DocumentQuery,
    session::{Session, SessionDraft, SessionStatus},
    state,
    turn::ScopePatch,
};
use portcullis_policy::{
    command::policy::SessionPatterns,
    id::{SessionId, TenantId},
};
use std::sync::Arc;
use tokio::sync::{Semaphore, oneshot};

/// How many leases of one tenant are ended at once.
const AT_ONCE: usize = 32;
/// How many sessions are looked through at most for a list.
const LOOKED_THROUGH: usize = 10_000;

/// A session that was closed, and what is left of it.
#[derive(Clone, Debug)]
pub struct Closing {
    /// The session.
    pub session: Session,
    /// Everything that was minted for it and lived, as it is now.
    pub leases: Vec<Lease>,
    /// Why its room is not cleared, when it is not; it is tried again.
    pub room: Option<String>,
}

impl Firewall {
    /// Opens a session, with a room of its own.
    ///
    /// Fails closed: without a room that nobody else can enter there is no session.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::open_session`], [`GateError::Unavailable`] without a room.
    pub async fn open_session(
        &self,
        principal: &Principal,
        draft: SessionDraft,
    ) -> Result<Session, GateError> {
        let (firewall, caller) = (self.clone(), principal.clone());
        self.seen_through(async move { firewall.open_with_room(&caller, draft).await })
            .await
    }

    async fn open_with_room(
        &self,
        principal: &Principal,
        draft: SessionDraft,
    ) -> Result<Session, GateError> {
        let tenant = &principal.tenant;
        let ticket = self.screened_reason(tenant, draft.ticket)?;
        let draft = SessionDraft { ticket, ..draft };
        self.must_hide_nothing(tenant, &draft.commands)?;
        let id = self.session_id()?;
        let (caller, wish, own) = (principal.clone(), draft.clone(), id.clone());
        self.on_lane(principal, move |turn| {
            turn.draft_session(&caller, own, &wish).map(drop)
        })
        .await?;
        let rooms = self.rooms();
        let made = doing::unless_it_panics(|| rooms.open(tenant, &id)).await;
        made.unwrap_or_else(|| Err("it stopped halfway".to_owned()))
            .map_err(|why| GateError::Unavailable(format!("there is no room for it: {why}")))?;
        let (caller, own) = (principal.clone(), id.clone());
        let opened = self
            .on_lane(principal, move |turn| {
                turn.open_session(&caller, own, &draft)
            })
            .await;
        if opened.is_err() {
            // An empty room that nobody knows of is no harm, should this fail.
            let _ = doing::unless_it_panics(|| rooms.clear(tenant, &id)).await;
        }
        opened
    }

    /// Patterns are shown and recorded as they are; screened, they would be others.
    fn must_hide_nothing(
        &self,
        tenant: &TenantId,
        commands: &SessionPatterns,
    ) -> Result<(), GateError> {
        let lists = [("allow", &commands.allow), ("block", &commands.block)];
        let patterns = lists.into_iter().flat_map(|(key, patterns)| {
            let numbered = patterns.iter().enumerate();
            numbered.map(move |(at, pattern)| (format!("commands.{key}[{at}]"), pattern))
        });
        let project = commands.project.iter();
        let project = project.map(|name| ("commands.project".to_owned(), name));
        for (path, text) in patterns.chain(project) {
            if self.screened_text(tenant, text)? != *text {
                return Err(GateError::invalid(path, "holds what is never shown"));
            }
        }
        Ok(())
    }

    /// Lets a session live on for another term.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::renew_session`].
    pub async fn renew_session(
        &self,
        principal: &Principal,
        id: &str,
    ) -> Result<Session, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.on_lane(principal, move |turn| turn.renew_session(&caller, &id))
            .await
    }

    /// Gives a session scopes, or takes them away. What was minted from those is ended.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::change_scopes`].
    pub async fn change_session_scopes(
        &self,
        principal: &Principal,
        id: &str,
        patch: ScopePatch,
    ) -> Result<Session, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        let session = self
            .on_lane(principal, move |turn| {
                turn.change_scopes(&caller, &id, &patch)
            })
            .await?;
        self.tend_soon(&principal.tenant);
        Ok(session)
    }

    /// Closes a session: nothing is minted for it from now on, everything that was is ended, many
    /// at once, and its room is cleared. The answer says what is dead, and what lives until when.
    ///
    /// What was begun is seen through, even when whoever asked goes away.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::close_session`].
    pub async fn close_session(
        &self,
        principal: &Principal,
        id: &str,
        why: &str,
    ) -> Result<Closing, GateError> {
        let why = self.screened_text(&principal.tenant, why)?;
        let (caller, id) = (principal.clone(), id.to_owned());
        let session = self
            .on_lane(principal, move |turn| {
                turn.close_session(&caller, &id, &why)
            })
            .await?;
        let (firewall, tenant) = (self.clone(), principal.tenant.clone());
        self.seen_through(async move { firewall.clear_away(&tenant, session).await })
            .await
    }

    /// Ends everything that was minted for a session that is over, and clears its room.
    async fn clear_away(&self, tenant: &TenantId, session: Session) -> Result<Closing, GateError> {
        let id = session.id.clone();
        let own = self
            .in_turn(tenant, move |turn| {
                let leases = turn.state.sessions.leases.values();
                let own = leases.filter(|lease| lease.ask.session == id);
                Ok(own.cloned().collect::<Vec<_>>())
            })
            .await?;
        // What is being minted just now is ended by whoever asked for it.
        let is_ready = |lease: &&Lease| !self.purse.is_minting(&lease.ask.id);
        let why = "the session was closed".to_owned();
        let wanted = own
            .iter()
            .filter(is_ready)
            .map(|lease| (lease.clone(), why.clone()));
        let ended = self.end_all(tenant, wanted.collect()).await;
        let leases = own.into_iter().map(|lease| {
            let now = ended.iter().find(|one| one.ask.id == lease.ask.id);
            now.cloned().unwrap_or(lease)
        });
        let leases = leases.collect();
        self.purse.forget(tenant, &session.id);
        let room = self.clear_room(tenant, &session.id).await.err();
        let session = self.kept_session(tenant, session.id.as_str()).await?;
        Ok(Closing {
            session,
            leases,
            room,
        })
    }

    /// Ends leases, so many at once; each as it is then, as far as that is on record.
    pub(super) async fn end_all(
        &self,
        tenant: &TenantId,
        leases: Vec<(Lease, String)>,
    ) -> Vec<Lease> {
        let seats = Arc::new(Semaphore::new(AT_ONCE));
        let mut waiting = Vec::with_capacity(leases.len());
        for (lease, why) in leases {
            let (tell, told) = oneshot::channel();
            let (firewall, tenant, seats) = (self.clone(), tenant.clone(), Arc::clone(&seats));
            let id = lease.ask.id.clone();
            (self.spawn.0)(Box::pin(async move {
                let _seat = seats.acquire().await;
                // Whoever waits for it may have gone; it is ended all the same.
                let _ = tell.send(firewall.end_lease(&tenant, &id, &why).await);
            }));
            waiting.push((lease, told));
        }
        let mut ended = Vec::with_capacity(waiting.len());
        for (lease, told) in waiting {
            match told.await {
                Ok(Ok(Some(now))) => ended.push(now),
                // It had ended before.
                Ok(Ok(None)) => ended.push(Lease {
                    stage: LeaseStage::Ended,
                    ..lease
                }),
                Ok(Err(_)) | Err(_) => {}
            }
        }
        ended
    }

    /// Clears the room of a session that is over, and notes it; else why it is not cleared.
    pub(super) async fn clear_room(
        &self,
        tenant: &TenantId,
        session: &SessionId,
    ) -> Result<(), String> {
        let rooms = self.rooms();
        let cleared = doing::unless_it_panics(|| rooms.clear(tenant, session)).await;
        cleared.unwrap_or_else(|| Err("it stopped halfway".to_owned()))?;
        let id = session.clone();
        self.in_turn(tenant, move |turn| turn.note_cleared(&id))
            .await
            .map_err(|error| error.to_string())
    }

    /// The sessions that the caller sees, newest first: of all that are open, or of the newest
    /// 10,000.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn sessions(
        &self,
        principal: &Principal,
        open: bool,
    ) -> Result<Vec<Session>, GateError> {
        let agent = principal.role.agent().map(ToString::to_string);
        let query = DocumentQuery {
            statuses: if open {
                vec![SessionStatus::Open.as_str().to_owned()]
            } else {
                Vec::new()
            },
            agent,
            limit: LOOKED_THROUGH,
            ..DocumentQuery::all(DocumentKind::Session)
        };
        let kept: Vec<Session> = state::all(&*self.ledger, &principal.tenant, query).await?;
        let now = self.house.clock.now();
        let wanted =
            |session: &Session| sees(principal, session) && (!open || session.is_open(now));
        Ok(kept.into_iter().filter(wanted).collect())
    }

    /// A session that the caller sees; any other is not there.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Unavailable`].
    pub async fn session(&self, principal: &Principal, id: &str) -> Result<Session, GateError> {
        let session = self.kept_session(&principal.tenant, id).await?;
        let missing = || GateError::NotFound("session", id.to_owned());
        Some(session)
            .filter(|session| sees(principal, session))
            .ok_or_else(missing)
    }

    async fn kept_session(&self, tenant: &TenantId, id: &str) -> Result<Session, GateError> {
        let kept = state::one(&*self.ledger, tenant, DocumentKind::Session, id).await?;
        kept.ok_or_else(|| GateError::NotFound("session", id.to_owned()))
    }

    /// The leases of what the caller sees, newest first: those that live or may live, or the newest
    /// 10,000.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn leases(
        &self,
        principal: &Principal,
        (live, session): (bool, Option<&str>),
    ) -> Result<Vec<Lease>, GateError> {
        let query = DocumentQuery {
            statuses: if live {
                LeaseStage::LIVE.map(str::to_owned).to_vec()
            } else {
                Vec::new()
            },
            agent: principal.role.agent().map(ToString::to_string),
            limit: LOOKED_THROUGH,
            ..DocumentQuery::all(DocumentKind::Lease)
        };
        let kept: Vec<Lease> = state::all(&*self.ledger, &principal.tenant, query).await?;
        let wanted = |lease: &Lease| {
            session.is_none_or(|id| lease.ask.session.as_str() == id)
                && principal.may(Verb::View, &lease.resource())
        };
        Ok(kept.into_iter().filter(wanted).collect())
    }

    fn session_id(&self) -> Result<SessionId, GateError> {
        let mut bytes = [0_u8; 16];
        self.house.entropy.fill(&mut bytes)?;
        let id = format!("{}{}", SessionId::PREFIX, hex::encode(bytes));
        SessionId::new(&id).map_err(|error| GateError::Unavailable(error.to_string()))
    }
}

/// Whether a caller sees a session: they may look at such, or opened this one.
fn sees(principal: &Principal, session: &Session) -> bool {
    let opened = principal.person.as_ref().map(|badge| &badge.id);
    principal.may(Verb::View, &session.resource())
        || opened.is_some() && opened == session.opened_by.as_ref()
}
