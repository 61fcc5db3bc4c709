//! Sessions: opened, renewed, changed and ended.

use super::{
    Turn, details,
    entitled::{check_commands, check_scopes, check_ticket, over},
    json,
    sweep::AT_ONCE,
};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    moment,
    order::Work,
    principal::Principal,
    reach,
    scope::Mode,
    session::{
        MOST_SECONDS, SCOPES_MAX, Session, SessionDraft, SessionEnd, SessionStatus, USUAL_SECONDS,
    },
};
use portcullis_policy::{
    action::Action,
    id::{PersonId, ScopeName, SessionId},
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Who acts when the gate does.
const GATE: &str = "portcullis";

/// What to change of a session's scopes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ScopePatch {
    /// Scopes to give, or to give anew in another mode.
    pub add: Vec<(ScopeName, Mode)>,
    /// Scopes to take away.
    pub remove: Vec<ScopeName>,
}

impl Turn<'_> {
    /// A session as it would be opened, after everything about it is checked. Nothing is written.
    ///
    /// A person must be able to have credentials issued for the agent, the workspace and every
    /// scope. An agent opens its own with scopes that the workspace lets agents take.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for what the caller does not see, [`GateError::Forbidden`],
    /// [`GateError::Invalid`], [`GateError::Conflict`] for one too many.
    pub fn draft_session(
        &self,
        principal: &Principal,
        id: SessionId,
        draft: &SessionDraft,
    ) -> Result<Session, GateError> {
        let opened_by = self.opener(principal, &draft.agent)?;
        self.must_be_workable(principal, &draft.agent, &draft.workspace)?;
        self.must_have_room(&draft.agent)?;
        check_ticket(draft.ticket.as_deref())?;
        check_scopes(&draft.scopes)?;
        check_commands(principal, &draft.commands)?;
        let seconds = draft.seconds.unwrap_or(USUAL_SECONDS);
        if !(60..=MOST_SECONDS).contains(&seconds) {
            let message = format!("expected 60 to {MOST_SECONDS}");
            return Err(GateError::invalid("seconds", message));
        }
        let until = moment::later(self.now, seconds);
        let mut session = Session {
            id,
            agent: draft.agent.clone(),
            workspace: draft.workspace.clone(),
            scopes: Vec::with_capacity(draft.scopes.len()),
            ticket: draft.ticket.clone(),
            commands: draft.commands.clone(),
            opened_by,
            opened_at: self.now,
            ends_at: until,
            until,
            status: SessionStatus::Open,
            end: None,
        };
        session.ends_at = session.next_end(self.now);
        for (name, mode) in &draft.scopes {
            let held = self.give(principal, &session, name, *mode)?;
            session.scopes.push(held);
        }
        Ok(session)
    }

    /// Opens a session.
    ///
    /// # Errors
    /// As [`Turn::draft_session`].
    pub fn open_session(
        &mut self,
        principal: &Principal,
        id: SessionId,
        draft: &SessionDraft,
    ) -> Result<Session, GateError> {
        let session = self.draft_session(principal, id, draft)?;
        self.change_session(&principal.actor(), "opened", session)
    }

    /// Lets a session live on for another term, within its end.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for one that the caller does not see, [`GateError::Forbidden`],
    /// [`GateError::Conflict`] for one that is over, and for one of whose scopes none is left.
    pub fn renew_session(&mut self, principal: &Principal, id: &str) -> Result<Session, GateError> {
        let session = self.workable(principal, id)?.clone();
        let lost = reach::lost(self.state, &session);
        if lost.len() == session.scopes.len() {
            let why = lost.first().map_or("it has no scope", |(_, why)| why);
            return Err(GateError::conflict("session.lost", why));
        }
        let ends_at = session.next_end(self.now).max(session.ends_at);
        let actor = principal.actor();
        self.change_session(&actor, "renewed", Session { ends_at, ..session })
    }

    /// Gives a session scopes, or takes them away; at least one stays.
    ///
    /// # Errors
    /// As [`Turn::draft_session`] and [`Turn::renew_session`]; [`GateError::Conflict`] with
    /// `session.last_scope`.
    pub fn change_scopes(
        &mut self,
        principal: &Principal,
        id: &str,
        patch: &ScopePatch,
    ) -> Result<Session, GateError> {
        let mut session = self.workable(principal, id)?.clone();
        for name in &patch.remove {
            if session.held(name.as_str()).is_none() {
                return Err(GateError::NotFound("scope", name.to_string()));
            }
            session.scopes.retain(|held| held.name != *name);
        }
        for (name, mode) in &patch.add {
            let held = self.give(principal, &session, name, *mode)?;
            session.scopes.retain(|held| held.name != *name);
            session.scopes.push(held);
        }
        if session.scopes.is_empty() {
            let message = "a session has at least one scope; close it instead";
            return Err(GateError::conflict("session.last_scope", message));
        }
        if session.scopes.len() > SCOPES_MAX {
            let message = format!("has at most {SCOPES_MAX} items");
            return Err(GateError::invalid("scopes", message));
        }
        self.change_session(&principal.actor(), "changed", session)
    }

    /// Ends a session: from now on nothing is minted for it, and nothing judged in it is cleared.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for one that the caller does not see, [`GateError::Forbidden`],
    /// [`GateError::Conflict`] for one that is over.
    pub fn close_session(
        &mut self,
        principal: &Principal,
        id: &str,
        why: &str,
    ) -> Result<Session, GateError> {
        let session = self.session_seen(principal, id)?.clone();
        if session.status != SessionStatus::Open {
            return Err(over());
        }
        self.must_work_for(principal, &session)?;
        self.end_session(&principal.actor(), session, why)
    }

    /// Ends the sessions whose time is over.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn expire_sessions(&mut self) -> Result<(), GateError> {
        let now = self.now;
        let over = |one: &&Session| one.status == SessionStatus::Open && !one.is_open(now);
        let sessions = self.state.sessions.open.values().filter(over);
        for session in sessions.take(AT_ONCE).cloned().collect::<Vec<_>>() {
            self.end_session(GATE, session, "its time was over")?;
        }
        Ok(())
    }

    /// Notes that the room of a session that is over is cleared: then nothing is left of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_cleared(&mut self, id: &SessionId) -> Result<(), GateError> {
        let Some(session) = self.state.sessions.open.get(id) else {
            return Ok(());
        };
        if session.status != SessionStatus::Closing {
            return Ok(());
        }
        let session = Session {
            status: SessionStatus::Closed,
            ..session.clone()
        };
        self.keep_session(session)
    }

    fn end_session(
        &mut self,
        actor: &str,
        session: Session,
        why: &str,
    ) -> Result<Session, GateError> {
        let end = SessionEnd {
            at: self.now,
            by: actor.to_owned(),
            why: why.to_owned(),
        };
        let session = Session {
            status: SessionStatus::Closing,
            end: Some(end),
            ..session
        };
        self.change_session(actor, "ended", session)
    }

    /// The person who opened the session that an action names.
    pub(super) fn opener_of(&self, action: &Action) -> Option<PersonId> {
        let session = reach::find(self.state, action.session.as_ref()?, self.now)?;
        session.opened_by.clone()
    }

    /// The piece of work that an action belongs to, as whoever carries it out is told.
    ///
    /// *Fails closed:* an action that cannot be looked at by the rules writes.
    pub(super) fn work_of(&self, action: &Action, hold: Option<&str>) -> Option<Work> {
        if !action.rests_on_session() {
            return None;
        }
        let rules = &self.state.rulebook.rules;
        let needs = catch_unwind(AssertUnwindSafe(|| rules.needs(action, self.now)));
        Some(Work {
            session: action.session.clone()?,
            scope: action.scope.clone(),
            hold: hold.map(str::to_owned),
            writes: needs.map_or(true, |needs| needs.writes),
        })
    }

    fn change_session(
        &mut self,
        actor: &str,
        change: &str,
        session: Session,
    ) -> Result<Session, GateError> {
        let members = details([
            ("change", change.into()),
            ("session", json(&session)?),
            ("session_id", session.id.as_str().into()),
            ("workspace_id", session.workspace.as_str().into()),
        ]);
        let agent = session.agent.to_string();
        self.seal_event(RecordKind::SessionChange, (actor, &agent), members)?;
        self.keep_session(session.clone())?;
        Ok(session)
    }

    fn keep_session(&mut self, session: Session) -> Result<(), GateError> {
        let labels = (
            session.status.as_str(),
            session.agent.as_str(),
            session.opened_at,
        );
        self.keep(DocumentKind::Session, session.id.as_str(), labels, &session)?;
        match session.status {
            SessionStatus::Open | SessionStatus::Closing => {
                self.state.sessions.open.insert(session.id.clone(), session);
            }
            SessionStatus::Closed => {
                self.state.sessions.open.remove(&session.id);
            }
        }
        Ok(())
    }
}
