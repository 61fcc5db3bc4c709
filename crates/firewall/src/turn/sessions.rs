//! Sessions: opened, renewed, changed and ended.

use super::{Turn, details, json, sweep::AT_ONCE};
use crate::{
    access::{Resource, Verb},
    batch::{DocumentKind, RecordKind},
    error::GateError,
    moment,
    order::Work,
    principal::{Principal, Role},
    reach,
    scope::Mode,
    session::{
        HeldScope, MOST_SECONDS, SCOPES_MAX, Session, SessionDraft, SessionEnd, SessionStatus,
        TICKET_MAX_BYTES, USUAL_SECONDS,
    },
    visible,
};
use portcullis_policy::{
    action::Action,
    facts::AgentStatus,
    id::{AgentId, PersonId, ScopeName, SessionId, WorkspaceId},
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most open sessions of one agent, and of one tenant.
const OF_ONE_AGENT: usize = 64;
const OF_ALL: usize = 4_096;
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

    /// A session that the caller sees; any other is not there.
    pub(super) fn session_seen(
        &self,
        principal: &Principal,
        id: &str,
    ) -> Result<&Session, GateError> {
        let session = self.state.sessions.open.get(id);
        let seen = |session: &&Session| {
            let owns =
                |badge: &crate::principal::Badge| session.opened_by.as_ref() == Some(&badge.id);
            principal.may(Verb::View, &session.resource())
                || principal.person.as_ref().is_some_and(owns)
        };
        let missing = || GateError::NotFound("session", id.to_owned());
        session.filter(seen).ok_or_else(missing)
    }

    /// An open session that the caller may change.
    fn workable(&self, principal: &Principal, id: &str) -> Result<&Session, GateError> {
        let session = self.session_seen(principal, id)?;
        if !session.is_open(self.now) {
            return Err(over());
        }
        self.must_work_for(principal, session)?;
        Ok(session)
    }

    /// The agent itself, whoever opened the session, and who may have credentials issued there.
    fn must_work_for(&self, principal: &Principal, session: &Session) -> Result<(), GateError> {
        if principal.role.agent() == Some(&session.agent) {
            return Ok(());
        }
        let person = principal.person.as_ref().map(|badge| &badge.id);
        let owns = person.is_some() && person == session.opened_by.as_ref();
        if owns || self.may_issue(principal, &session.resource()) {
            Ok(())
        } else {
            let message = "your rights do not reach this session";
            Err(GateError::Forbidden(message.to_owned()))
        }
    }

    /// Whether a person may have a credential issued, by their rights at the door and of now.
    fn may_issue(&self, principal: &Principal, resource: &Resource<'_>) -> bool {
        let verb = Verb::IssueCredential;
        let now =
            |badge: &crate::principal::Badge| self.state.people.may(&badge.id, verb, resource);
        principal.may(verb, resource) && principal.person.as_ref().is_some_and(now)
    }

    fn opener(
        &self,
        principal: &Principal,
        agent: &AgentId,
    ) -> Result<Option<PersonId>, GateError> {
        match &principal.role {
            Role::Agent(own) if own == agent => Ok(None),
            Role::Agent(_) => Err(GateError::NotFound("agent", agent.to_string())),
            Role::Client => {
                let message = "a client opens no sessions; the agent itself or a person does";
                Err(GateError::Forbidden(message.to_owned()))
            }
            _ => Ok(Some(self.caller(principal)?.id.clone())),
        }
    }

    fn must_be_workable(
        &self,
        principal: &Principal,
        agent: &AgentId,
        workspace: &WorkspaceId,
    ) -> Result<(), GateError> {
        let resource = Resource {
            workspace: Some(workspace),
            agent: Some(agent),
            scope: None,
        };
        let sees = principal.may(Verb::View, &resource);
        let known = self.state.agents.get(agent);
        let known = known
            .filter(|_| sees)
            .ok_or_else(|| missing("agent", agent))?;
        if known.status != AgentStatus::Active {
            let message = format!("the agent is {}", known.status.as_str());
            return Err(GateError::conflict("session.agent", message));
        }
        // An agent is not told which workspaces there are: only which scopes it may take.
        if principal.role.agent().is_some() {
            return Ok(());
        }
        if !self.is_active(workspace) {
            return Err(missing("workspace", workspace));
        }
        if !self.may_issue(principal, &resource) {
            let message =
                format!("your rights do not reach credentials for this agent in `{workspace}`");
            return Err(GateError::Forbidden(message));
        }
        Ok(())
    }

    fn is_active(&self, workspace: &WorkspaceId) -> bool {
        let there = self.state.people.workspaces.get(workspace);
        there.is_some_and(|there| there.active)
    }

    fn must_have_room(&self, agent: &AgentId) -> Result<(), GateError> {
        let open = || self.state.sessions.open.values();
        let own = open().filter(|session| session.agent == *agent).count();
        if own < OF_ONE_AGENT && open().count() < OF_ALL {
            return Ok(());
        }
        let message = "too many sessions are open; close some first";
        Err(GateError::conflict("session.too_many", message))
    }

    /// A scope as a session gets it from a caller.
    fn give(
        &self,
        principal: &Principal,
        session: &Session,
        name: &ScopeName,
        mode: Mode,
    ) -> Result<HeldScope, GateError> {
        let kept = self.state.sessions.scopes.get(name.as_str());
        let resource = Resource {
            scope: Some(name.as_str()),
            ..session.resource()
        };
        let agent = principal.role.agent().is_some();
        let attached = kept.and_then(|kept| Some((kept, kept.attachment(&session.workspace)?)));
        let active = self.is_active(&session.workspace);
        let seen = attached.filter(|(_, attachment)| {
            if !active {
                false
            } else if agent {
                attachment.agents.is_some()
            } else {
                principal.may(Verb::View, &resource)
            }
        });
        let (kept, attachment) = seen.ok_or_else(|| missing("scope", name))?;
        let most = attachment
            .agents
            .filter(|_| agent)
            .unwrap_or(kept.scope.mode)
            .min(kept.scope.mode);
        if !agent && !self.may_issue(principal, &resource) {
            let message = format!("your rights do not reach credentials of scope `{name}`");
            return Err(GateError::Forbidden(message));
        }
        if mode > most {
            let message = format!("scope `{name}` gives no more than `{}` here", most.as_str());
            return Err(GateError::Forbidden(message));
        }
        let given_by = principal.person.as_ref().map(|badge| badge.id.clone());
        Ok(HeldScope {
            name: name.clone(),
            mode,
            revision: kept.revision,
            given_by: given_by.filter(|_| !agent),
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

fn missing(what: &'static str, id: &impl ToString) -> GateError {
    GateError::NotFound(what, id.to_string())
}

fn over() -> GateError {
    GateError::conflict("session.not_open", "this session is over")
}

fn check_ticket(ticket: Option<&str>) -> Result<(), GateError> {
    let Some(ticket) = ticket else { return Ok(()) };
    let plain = !ticket.trim().is_empty() && visible::visible_line(ticket) == ticket;
    if plain && ticket.len() <= TICKET_MAX_BYTES {
        Ok(())
    } else {
        let message = format!("expected at most {TICKET_MAX_BYTES} bytes that can be seen");
        Err(GateError::invalid("ticket", message))
    }
}

fn check_scopes(scopes: &[(ScopeName, Mode)]) -> Result<(), GateError> {
    if scopes.is_empty() || scopes.len() > SCOPES_MAX {
        let message = format!("expected 1 to {SCOPES_MAX} scopes");
        return Err(GateError::invalid("scopes", message));
    }
    for (at, (name, _)) in scopes.iter().enumerate() {
        if scopes.iter().take(at).any(|(other, _)| other == name) {
            return Err(GateError::invalid(
                format!("scopes[{at}]"),
                "is there twice",
            ));
        }
    }
    Ok(())
}
