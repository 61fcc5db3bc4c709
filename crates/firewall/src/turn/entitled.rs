//! Who may do what with sessions, by the rights of this moment.

use super::Turn;
use crate::{
    access::{Resource, Verb},
    error::GateError,
    principal::{Badge, Principal, Role},
    scope::Mode,
    session::{HeldScope, SCOPES_MAX, Session, TICKET_MAX_BYTES},
    visible,
};
use portcullis_policy::{
    command::policy::SessionPatterns,
    facts::AgentStatus,
    id::{AgentId, PersonId, ScopeName, WorkspaceId},
};

/// The most open sessions of one agent, and of one tenant.
const OF_ONE_AGENT: usize = 64;
const OF_ALL: usize = 4_096;

impl Turn<'_> {
    /// A session that the caller sees; any other is not there.
    pub(super) fn session_seen(
        &self,
        principal: &Principal,
        id: &str,
    ) -> Result<&Session, GateError> {
        let session = self.state.sessions.open.get(id);
        let seen = |session: &&Session| {
            let owns = |badge: &Badge| session.opened_by.as_ref() == Some(&badge.id);
            principal.may(Verb::View, &session.resource())
                || principal.person.as_ref().is_some_and(owns)
        };
        let missing = || GateError::NotFound("session", id.to_owned());
        session.filter(seen).ok_or_else(missing)
    }

    /// An open session that the caller may change.
    pub(super) fn workable(&self, principal: &Principal, id: &str) -> Result<&Session, GateError> {
        let session = self.session_seen(principal, id)?;
        if !session.is_open(self.now) {
            return Err(over());
        }
        self.must_work_for(principal, session)?;
        Ok(session)
    }

    /// The agent itself, whoever opened the session, and who may have credentials issued there.
    pub(super) fn must_work_for(
        &self,
        principal: &Principal,
        session: &Session,
    ) -> Result<(), GateError> {
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
        let now = |badge: &Badge| self.state.people.may(&badge.id, verb, resource);
        principal.may(verb, resource) && principal.person.as_ref().is_some_and(now)
    }

    pub(super) fn opener(
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

    pub(super) fn must_be_workable(
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

    pub(super) fn must_have_room(&self, agent: &AgentId) -> Result<(), GateError> {
        let open = || self.state.sessions.open.values();
        let own = open().filter(|session| session.agent == *agent).count();
        if own < OF_ONE_AGENT && open().count() < OF_ALL {
            return Ok(());
        }
        let message = "too many sessions are open; close some first";
        Err(GateError::conflict("session.too_many", message))
    }

    /// A scope as a session gets it from a caller.
    pub(super) fn give(
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
}

fn missing(what: &'static str, id: &impl ToString) -> GateError {
    GateError::NotFound(what, id.to_string())
}

pub(super) fn over() -> GateError {
    GateError::conflict("session.not_open", "this session is over")
}

pub(super) fn check_ticket(ticket: Option<&str>) -> Result<(), GateError> {
    let Some(ticket) = ticket else { return Ok(()) };
    let plain = !ticket.trim().is_empty() && visible::visible_line(ticket) == ticket;
    if plain && ticket.len() <= TICKET_MAX_BYTES {
        Ok(())
    } else {
        let message = format!("expected at most {TICKET_MAX_BYTES} bytes that can be seen");
        Err(GateError::invalid("ticket", message))
    }
}

/// Whoever opens a session may narrow which commands run in it, and nobody may widen that. Which
/// project's lists hold is for people to say: an agent could choose those that it likes.
pub(super) fn check_commands(
    principal: &Principal,
    commands: &SessionPatterns,
) -> Result<(), GateError> {
    commands.check("commands")?;
    if commands.project.is_some() && principal.role.agent().is_some() {
        let message = "the project of a session is named by a person";
        return Err(GateError::Forbidden(message.to_owned()));
    }
    Ok(())
}

pub(super) fn check_scopes(scopes: &[(ScopeName, Mode)]) -> Result<(), GateError> {
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
