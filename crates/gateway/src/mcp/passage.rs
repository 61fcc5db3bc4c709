//! The one way from an agent to a server behind the gate.
//!
//! An order becomes an action and is judged; a permit is spent; only then is the server asked, with
//! what the frozen action says, and what came of it is sealed. Nothing else in this crate asks a
//! server for what touches anything.

use super::{
    fault::Fault,
    guest::Guest,
    hands, input, kinds,
    message::Request as Asked,
    order::{Deed, Order, Purpose},
    passed::{Passed, Waiting},
    refused::Refusal,
    server::{Server, Tools},
    shop::Shop,
    upstream::{Along, UpstreamError},
};
use portcullis_firewall::{
    error::GateError,
    firewall::Met,
    hold::{Hold, HoldStatus},
    principal::Principal,
    turn::Claim,
};
use portcullis_policy::id::TenantId;
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The first pause between two looks at a hold, and the longest.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(1);

impl Shop {
    /// Has an order judged, and carries it out when it may happen at once, or when the very same
    /// order was released by people. A hold's id, given back by a client, leads to that hold alone.
    ///
    /// Fails closed: an error means that the server was not asked.
    pub(super) async fn pass(
        self: &Arc<Self>,
        guest: &Guest,
        (order, asked): (&Order, &Asked),
        hold: Option<&str>,
    ) -> Result<Passed, Fault> {
        let principal = &guest.principal;
        let server = self.named(&principal.tenant, &order.purpose);
        let server = server.ok_or_else(|| Fault::params("there is no such server"))?;
        let nonce = self.firewall.nonce()?;
        let request = order.request((&server.settings, asked), principal, nonce)?;
        if let Some(id) = hold {
            let found = self.firewall.hold_of_request(principal, &request, id);
            return match found.await {
                Ok(hold) => self.resume(guest, hold).await,
                Err(error) => refused(error),
            };
        }
        let hands = self.hands_for(Some(guest));
        let attended = match self.firewall.meet_by(principal, request, hands).await {
            Ok(Met::Judged(attended)) => attended,
            Ok(Met::Released(hold)) => return self.resume(guest, *hold).await,
            Err(error) => return refused(error),
        };
        match (&attended.acted, &attended.answer.hold) {
            (Some(acted), _) => Ok(hands::answer(&acted.effect)),
            (None, Some(ticket)) => {
                let hold = self.firewall.hold(principal, &ticket.id).await?;
                Ok(Passed::Held(Box::new(Waiting { hold })))
            }
            (None, None) => Ok(Passed::Refused(Refusal::of(&attended))),
        }
    }

    /// Goes on with a hold as it stands: carries its action out if it is released, once.
    pub(super) async fn resume(
        self: &Arc<Self>,
        guest: &Guest,
        hold: Hold,
    ) -> Result<Passed, Fault> {
        let principal = &guest.principal;
        match hold.status {
            HoldStatus::Held => Ok(Passed::Held(Box::new(Waiting { hold }))),
            HoldStatus::Released if hold.claimed => Ok(Passed::Refused(Refusal::spent(&hold))),
            HoldStatus::Released => {
                // What people released is compared with what the server says now, before anything
                // is spent on it.
                self.look_again(&principal.tenant, &hold.parameters).await;
                let (claim, hands) = (Claim::Hold(hold.id.clone()), self.hands_for(Some(guest)));
                match self.firewall.act_by(principal, claim, hands).await {
                    Ok(acted) => Ok(hands::answer(&acted.effect)),
                    // Somebody was faster by a moment.
                    Err(GateError::NotFound(..)) => Ok(Passed::Refused(Refusal::spent(&hold))),
                    Err(error) => refused(error),
                }
            }
            _ => Ok(Passed::Refused(Refusal::ended(&hold))),
        }
    }

    /// Waits until a hold is decided, or the time is over; as it then stands. When too many wait
    /// already, it is not waited for.
    pub(super) async fn decided(
        &self,
        principal: &Principal,
        hold: Hold,
        patience: Duration,
    ) -> Result<Hold, Fault> {
        let Ok(_seat) = self.seats.try_acquire() else {
            return Ok(hold);
        };
        let (mut hold, mut left, mut pause) = (hold, patience, PAUSE);
        while hold.status == HoldStatus::Held && !left.is_zero() {
            let nap = pause.min(left);
            tokio::time::sleep(nap).await;
            left = left.saturating_sub(nap);
            pause = pause.saturating_mul(2).min(PAUSE_MAX);
            hold = self.firewall.hold(principal, &hold.id).await?;
        }
        Ok(hold)
    }

    /// Asks the server; with a guest, in the way of its client, who hears what is said meanwhile.
    ///
    /// Fails closed: a tool whose definition is not the one that the action names, letter by
    /// letter, is not called, nor with arguments that do not fit it.
    pub(super) async fn ask(
        &self,
        tenant: &TenantId,
        guest: Option<&Guest>,
        order: Order,
    ) -> Result<Value, UpstreamError> {
        let server = self.server_to_ask(tenant, &order.purpose)?;
        let stateless = guest.is_some_and(Guest::is_stateless);
        let open = server.open_for(stateless).await?;
        let listener = guest.map(|guest| self.listener(guest, &server));
        let mut along = Along {
            listener: listener.clone(),
            headers: Vec::new(),
        };
        if order.purpose.method == Deed::CallTool {
            let tools = self.tools_with(tenant, &server, &order).await?;
            if let Some(tool) = tools.get(&order.purpose.name) {
                along.headers = tool.repeated.headers(&order.arguments);
            }
        }
        let deed = order.purpose.method;
        let timeout = server.settings.timeout;
        let asked = open.ask(deed.method(), order.params(), timeout, along);
        let result = asked.await?;
        let wanted = |result: &Value| {
            let heard = guest.zip(listener.as_ref());
            heard.is_some_and(|(guest, listener)| {
                input::may_be_wanted(guest, deed, result, listener)
            })
        };
        match (kinds::kind(&result), guest) {
            (None, _) => Ok(result),
            (Some(kinds::REQUIRED), _) if wanted(&result) => Ok(result),
            (Some(kinds::TASK), Some(guest)) if deed == Deed::CallTool && guest.takes_tasks() => {
                self.errand(guest, &server.settings.name, result)
            }
            (Some(_), _) => Err(UpstreamError::Unknown(
                "it wants more than the gate gives to servers".to_owned(),
            )),
        }
    }

    /// What says what an order would do, when the operator named such a tool.
    ///
    /// # Errors
    /// When the order could not be carried out as things stand.
    pub(super) async fn companion(
        &self,
        tenant: &TenantId,
        order: &Order,
    ) -> Result<Option<Order>, UpstreamError> {
        let server = self.server_to_ask(tenant, &order.purpose)?;
        if order.purpose.method != Deed::CallTool {
            server.open().await?;
            return Ok(None);
        }
        let tools = self.tools_with(tenant, &server, order).await?;
        let Some(name) = server.settings.dry_runs.get(&order.purpose.name) else {
            return Ok(None);
        };
        let tool = tools.get(name);
        let tool = tool.ok_or_else(|| not_asked("its companion is not there, or not accepted"))?;
        let mut companion = order.clone();
        companion.purpose.name.clone_from(name);
        companion
            .purpose
            .definition
            .clone_from(&tool.definition.digest);
        Ok(Some(companion))
    }

    fn server_to_ask(
        &self,
        tenant: &TenantId,
        purpose: &Purpose,
    ) -> Result<Arc<Server>, UpstreamError> {
        let server = self.named(tenant, purpose);
        server.ok_or_else(|| not_asked("it is not there any more"))
    }

    fn named(&self, tenant: &TenantId, purpose: &Purpose) -> Option<Arc<Server>> {
        self.shelf(tenant)?.server(&purpose.server).cloned()
    }

    /// The tools of a server, after making sure that what is called is the tool that was meant and
    /// fits it.
    async fn tools_with(
        &self,
        tenant: &TenantId,
        server: &Server,
        order: &Order,
    ) -> Result<Tools, UpstreamError> {
        let purpose = &order.purpose;
        let tools = server.tools(false).await;
        let tools = tools.map_err(|fault| not_asked(fault.text()))?;
        let firewall = &self.firewall;
        let pinned = firewall.usable_definition(tenant, &purpose.server, &purpose.name);
        let is = |digest: Option<&str>| digest == Some(purpose.definition.as_str());
        let listed = tools.get(&purpose.name);
        if !is(listed.map(|tool| tool.definition.digest.as_str())) || !is(pinned.as_deref()) {
            return Err(not_asked("the tool has changed since it was asked for"));
        }
        let arguments = Value::Object(order.arguments.clone());
        match listed.map(|tool| tool.schema.check(&arguments)) {
            Some(Err(misfit)) => {
                let why = format!("`{}` {}", misfit.path, misfit.why);
                Err(UpstreamError::NotAsked(why))
            }
            _ => Ok(tools),
        }
    }

    /// Has the server of a waiting action list its tools once more.
    async fn look_again(&self, tenant: &TenantId, parameters: &Value) {
        let name = parameters.pointer("/_mcp/server").and_then(Value::as_str);
        let shelf = self.shelf(tenant);
        let server = name.and_then(|name| shelf.as_deref()?.server(name));
        if let Some(server) = server {
            server.forget();
        }
    }
}

fn refused(error: GateError) -> Result<Passed, Fault> {
    Ok(Passed::Refused(Refusal::try_from(error)?))
}

fn not_asked(why: &str) -> UpstreamError {
    UpstreamError::NotAsked(why.to_owned())
}
