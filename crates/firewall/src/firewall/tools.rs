//! What doors ask about tools of MCP servers, and about calls that wait.

use super::Firewall;
use crate::{
    error::GateError,
    hold::Hold,
    principal::Principal,
    request::Request,
    retry,
    tool::{Definition, FirstSight, SeenTool, Tool},
    turn::{Turn, judge_for_sight},
};
use portcullis_policy::{
    action::Action,
    code::Code,
    facts::Caller,
    id::TenantId,
    tier::{RiskTier, Verdict},
};
use std::sync::Arc;

/// What no parameters can turn into a yes.
const NEVER: [Code; 3] = [Code::NotAllowed, Code::Denied, Code::TierProhibited];

impl Firewall {
    /// Compares what a server says of its tools with what is pinned, and keeps it without what must
    /// not be seen.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::see_tools`], [`GateError::Unavailable`] without a screen.
    pub async fn see_tools(
        &self,
        tenant: &TenantId,
        server: &str,
        seen: Vec<SeenTool>,
        first: FirstSight,
    ) -> Result<Vec<Tool>, GateError> {
        let server = server.to_owned();
        let screen = self.screens.of(tenant)?;
        let seen = seen.into_iter().map(|one| SeenTool {
            definition: one.definition.screened(&screen),
            ..one
        });
        let seen = seen.collect();
        self.in_turn(tenant, move |turn| turn.see_tools(&server, seen, first))
            .await
    }

    /// A tool as it is kept; `None` when it was never seen.
    ///
    /// # Errors
    /// When the gate is away.
    pub async fn tool(
        &self,
        tenant: &TenantId,
        server: &str,
        name: &str,
    ) -> Result<Option<Tool>, GateError> {
        let id = Tool::id_of(server, name);
        self.in_turn(tenant, move |turn| Ok(turn.state.tools.get(&id).cloned()))
            .await
    }

    /// The digest of the definition under which a tool may be called, as it is on record now;
    /// without a turn, so that a call does not wait for what others have written.
    ///
    /// *Fails closed:* `None` for a tool that was never seen, or whose server says something that
    /// nobody accepted.
    #[must_use]
    pub fn usable_definition(&self, tenant: &TenantId, server: &str, name: &str) -> Option<String> {
        let lanes = self.lanes.load();
        let showcase = &lanes.get(tenant)?.showcase;
        showcase.usable(&Tool::id_of(server, name))
    }

    /// Every known tool, in order of server and name, without what must not be seen: secrets may have
    /// become known since it was kept.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key, [`GateError::Unavailable`] without a screen.
    pub async fn tools(&self, principal: &Principal) -> Result<Vec<Tool>, GateError> {
        super::entry::may_read(principal)?;
        let screen = self.screens.of(&principal.tenant)?;
        let tools = self.on_lane(principal, |turn| {
            Ok(turn.state.tools.values().cloned().collect::<Vec<_>>())
        });
        let shown = tools.await?.into_iter().map(|tool| tool.screened(&screen));
        Ok(shown.collect())
    }

    /// What a server says of a tool, as this tenant's agents may see it.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when there is no screen; then nothing may be shown.
    pub fn screened_definition(
        &self,
        tenant: &TenantId,
        definition: &Definition,
    ) -> Result<Definition, GateError> {
        Ok(definition.screened(&self.screens.of(tenant)?))
    }

    /// Accepts what a server says of a tool, and gives it back without what must not be seen.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::accept_tool`], [`GateError::Unavailable`] without a screen.
    pub async fn accept_tool(
        &self,
        principal: &Principal,
        (server, name): (&str, &str),
        digest: &str,
    ) -> Result<Tool, GateError> {
        let caller = principal.clone();
        let screen = self.screens.of(&principal.tenant)?;
        let (server, name, digest) = (server.to_owned(), name.to_owned(), digest.to_owned());
        let accepted = self.on_lane(principal, move |turn| {
            turn.accept_tool(&caller, (&server, &name), &digest)
        });
        Ok(accepted.await?.screened(&screen))
    }

    /// Which of these actions could ever be cleared or held, whatever their parameters: those that
    /// the tenant policy lists for this agent, and that are not prohibited. Nothing is recorded.
    ///
    /// *Fails closed:* nothing is available to an unknown agent.
    ///
    /// # Errors
    /// When the gate is away.
    pub async fn available(
        &self,
        principal: &Principal,
        actions: Vec<Action>,
    ) -> Result<Vec<bool>, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let asks = actions.iter();
            Ok(asks
                .map(|action| is_available(turn, &caller, action))
                .collect())
        })
        .await
    }

    /// The hold that this very request made and that was released, with its permit still to be
    /// taken; the newest of several.
    ///
    /// # Errors
    /// When the gate is away.
    pub async fn released_hold(
        &self,
        principal: &Principal,
        request: &Request,
    ) -> Result<Option<Hold>, GateError> {
        let asked = asked(principal, request);
        self.on_lane(principal, move |turn| {
            Ok(turn.state.holds.released_of(&asked).cloned())
        })
        .await
    }

    /// A hold by its id, if this very request made it.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for another agent's hold, [`GateError::Conflict`] when it is another
    /// request's.
    pub async fn hold_of_request(
        &self,
        principal: &Principal,
        request: &Request,
        id: &str,
    ) -> Result<Hold, GateError> {
        let hold = self.hold(principal, id).await?;
        if hold.request_digest == asked(principal, request) {
            return Ok(hold);
        }
        let message = "this hold is another request's; ask for it as it was asked first";
        Err(GateError::conflict("hold.other_request", message))
    }
}

/// What a hold of this caller's request calls it.
pub(super) fn asked(principal: &Principal, request: &Request) -> String {
    let own = principal.role.agent();
    let charged = own.unwrap_or(&request.frozen.action.agent);
    retry::request_id(charged, &request.digest())
}

fn is_available(turn: &Turn<'_>, caller: &Principal, action: &Action) -> bool {
    let own = caller.role.agent();
    let Some(agent) = turn.state.agents.get(own.unwrap_or(&action.agent)) else {
        return false;
    };
    let caller = Caller {
        tenant: caller.tenant.clone(),
        agent: own.cloned(),
    };
    let book = Arc::clone(&turn.state.rulebook);
    let (_, facts) = turn.facts_under(&book, action, caller, agent.standing());
    let judgement = judge_for_sight(&book.rules, action, &facts);
    judgement.risk != RiskTier::Prohibited
        && (judgement.verdict != Verdict::Blocked
            || !judgement
                .reasons
                .iter()
                .any(|reason| NEVER.contains(&reason.code)))
}
