//! What a session may do with a scope at this moment: asked anew at every use.

use crate::{
    access::{Resource, Verb},
    kept_scope::KeptScope,
    scope::Mode,
    session::{HeldScope, Session},
    state::State,
};
use jiff::Timestamp;
use portcullis_policy::{
    action::Action,
    catalogue::demand::COMMAND,
    command::policy::SessionPatterns,
    facts::{self, AgentStatus},
    id::{PersonId, SessionId},
};

/// A scope in the hands of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach<'s> {
    /// The scope.
    pub(crate) scope: &'s KeptScope,
    /// The most that may be done with it.
    pub(crate) mode: Mode,
}

/// How the session stands that an action rests on.
///
/// *Fails closed:* another agent's and another workspace's stands as one that there is not.
pub(crate) fn session_of(state: &State, action: &Action, now: Timestamp) -> facts::Session {
    let Some(session) = own(state, action, now) else {
        return facts::Session::default();
    };
    let scope = action.scope.as_ref();
    let reach = scope.and_then(|scope| reach(state, session, scope.as_str()).ok());
    facts::Session {
        open: true,
        scope: reach.map(|reach| facts::Reach {
            environment: reach.scope.scope.environment.clone(),
            write: reach.mode == Mode::Write,
        }),
    }
}

/// What the session of an action says about commands; nothing for one that it does not rest on,
/// and in which no command runs.
pub(crate) fn commands_of(state: &State, action: &Action, now: Timestamp) -> SessionPatterns {
    let own = own(state, action, now).filter(|_| action.kind.as_str() == COMMAND);
    own.map_or_else(SessionPatterns::default, |session| session.commands.clone())
}

/// The session that an action rests on, when it is the agent's own, in the action's workspace.
fn own<'s>(state: &'s State, action: &Action, now: Timestamp) -> Option<&'s Session> {
    let named = find(state, action.session.as_ref()?, now)?;
    let agrees = named.agent == action.agent && action.workspace.as_ref() == Some(&named.workspace);
    agrees.then_some(named)
}

/// A session that may be worked in.
pub(crate) fn find<'s>(state: &'s State, id: &SessionId, now: Timestamp) -> Option<&'s Session> {
    let session = state.sessions.open.get(id)?;
    session.is_open(now).then_some(session)
}

/// What a session has of a scope now, or why it has nothing.
///
/// *Fails closed:* whoever opened the session and whoever gave it the scope must still be able to
/// have credentials issued for it.
pub(crate) fn reach<'s>(
    state: &'s State,
    session: &Session,
    scope: &str,
) -> Result<Reach<'s>, &'static str> {
    let held = session
        .held(scope)
        .ok_or("the session does not have this scope")?;
    let kept = state
        .sessions
        .scopes
        .get(scope)
        .ok_or("there is no such scope any more")?;
    if kept.revision != held.revision {
        return Err("the scope was changed since the session was given it");
    }
    let attachment = kept
        .attachment(&session.workspace)
        .ok_or("the scope is not for this workspace")?;
    must_stand(state, session)?;
    let mode = match &held.given_by {
        Some(person) if may_issue(state, person, session, Some(scope)) => held.mode,
        Some(_) => return Err("whoever gave the session this scope may not have it issued"),
        None => held
            .mode
            .min(attachment.agents.ok_or("agents may not take this scope")?),
    };
    Ok(Reach {
        scope: kept,
        mode: mode.min(kept.scope.mode),
    })
}

/// Whether the agent, the workspace and whoever opened the session still are what they were.
fn must_stand(state: &State, session: &Session) -> Result<(), &'static str> {
    let agent = state.agents.get(&session.agent);
    if agent.is_none_or(|agent| agent.status != AgentStatus::Active) {
        return Err("the agent is not active");
    }
    let workspace = state.people.workspaces.get(&session.workspace);
    if workspace.is_none_or(|workspace| !workspace.active) {
        return Err("the workspace is not active");
    }
    let opener = session.opened_by.as_ref();
    if opener.is_some_and(|person| !may_issue(state, person, session, None)) {
        return Err("whoever opened the session may not have credentials issued there");
    }
    Ok(())
}

fn may_issue(state: &State, person: &PersonId, session: &Session, scope: Option<&str>) -> bool {
    let resource = Resource {
        scope,
        ..session.resource()
    };
    state.people.may(person, Verb::IssueCredential, &resource)
}

/// The scopes of a session that give nothing now, and why.
pub(crate) fn lost<'s>(state: &State, session: &'s Session) -> Vec<(&'s HeldScope, &'static str)> {
    let lost = |held: &'s HeldScope| {
        let why = reach(state, session, held.name.as_str()).err()?;
        Some((held, why))
    };
    session.scopes.iter().filter_map(lost).collect()
}
