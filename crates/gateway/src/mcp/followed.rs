//! Following the tasks that servers make of calls (MCP 2026-07-28, extension
//! `io.modelcontextprotocol/tasks`).
//!
//! A task is what is left of a call that was judged and permitted: asking how far it is, and giving it
//! up, need no other permit. What a client answers in it does, and goes through `passage.rs`. Whose
//! a task is, is known here alone; its client knows it by a name of the gate's.

use super::{
    errands::Errand,
    fault::Fault,
    finished::State,
    guest::Guest,
    message::Request,
    order::{Deed, Order, Purpose},
    passed::Passed,
    screened::{self, Screened},
    shop::Shop,
    upstream::{Along, UpstreamError},
};
use portcullis_firewall::principal::Principal;
use serde_json::{Map, Value, json};
use std::{sync::Arc, time::Duration};

/// The longest name that a server may give a task, in bytes.
const NAME_MAX: usize = 1_024;
/// How long a server may take to say how far it is.
const PATIENCE: Duration = Duration::from_secs(30);

impl Shop {
    /// A task that a server has made of a call, under the gate's own name.
    ///
    /// Fails closed: a task without a usable name cannot be asked for, so that nobody knows what
    /// comes of it.
    pub(super) fn errand(
        &self,
        guest: &Guest,
        server: &str,
        mut result: Value,
    ) -> Result<Value, UpstreamError> {
        let unknown = |why: &str| UpstreamError::Unknown(why.to_owned());
        let own = result.get_mut("taskId").map(Value::take);
        let own = match own {
            Some(Value::String(own)) if own.len() <= NAME_MAX => own,
            _ => return Err(unknown("it made a task of it that has no name")),
        };
        let nonce = self.firewall.nonce();
        let nonce = nonce.map_err(|_| unknown("it made a task of it that cannot be named"))?;
        let id = format!("tsk_{}", hex::encode(nonce.as_bytes()));
        let errand = Errand {
            tenant: guest.principal.tenant.clone(),
            key: guest.principal.key.clone(),
            server: server.to_owned(),
            own,
        };
        self.errands.put(&id, errand);
        if let Some(members) = result.as_object_mut() {
            members.insert("taskId".to_owned(), id.into());
        }
        Ok(result)
    }

    /// The task of a server that a caller means, also by the hold that it came of.
    pub(super) fn errand_of(&self, principal: &Principal, id: &str) -> Option<Errand> {
        let found = self.errands.find(principal, id);
        found.or_else(|| match self.finished.get(id) {
            Some(State::Elsewhere(inner)) => self.errands.find(principal, &inner),
            _ => None,
        })
    }

    /// How far a server's task is, under the name by which it was asked for.
    pub(super) async fn progress_of(
        &self,
        guest: &Guest,
        errand: &Errand,
        id: &str,
    ) -> Result<Value, Fault> {
        let mut shown = self.about(guest, errand, "tasks/get").await?;
        if let Some(members) = shown.as_object_mut() {
            members.insert("taskId".to_owned(), id.into());
        }
        Ok(shown)
    }

    /// Gives a server's task up.
    pub(super) async fn give_up(&self, guest: &Guest, errand: &Errand) -> Result<Value, Fault> {
        let told = self.about(guest, errand, "tasks/cancel").await;
        told.map(|_| json!({}))
    }

    /// Tells a server what its task waits for: an action, with the client's answers in it.
    pub(super) async fn answer_task(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
        errand: &Errand,
    ) -> Result<Value, Fault> {
        let mut arguments = Map::new();
        arguments.insert("taskId".to_owned(), errand.own.as_str().into());
        let order = Order {
            purpose: Purpose {
                definition: String::new(),
                method: Deed::UpdateTask,
                name: String::new(),
                server: errand.server.clone(),
                answers: None,
                state: None,
            },
            arguments,
        };
        let deed = Deed::UpdateTask;
        match self.passed(guest, (&order, request), deed).await? {
            Passed::Done(_) => Ok(json!({})),
            other => self.told(guest, other, deed),
        }
    }

    async fn about(&self, guest: &Guest, errand: &Errand, method: &str) -> Result<Value, Fault> {
        let tenant = &guest.principal.tenant;
        let shelf = self.shelf(tenant);
        let server = shelf
            .as_deref()
            .and_then(|shelf| shelf.server(&errand.server));
        let server = server.ok_or_else(|| Fault::params("there is no such task"))?;
        let listener = self.listener(guest, server);
        let along = Along {
            listener: Some(listener.clone()),
            headers: Vec::new(),
        };
        let mut params = Map::new();
        params.insert("taskId".to_owned(), errand.own.as_str().into());
        let told = match server.open_for(true).await {
            Ok(open) => open.ask(method, params, PATIENCE, along).await,
            Err(error) => Err(error),
        };
        let screened = Screened {
            firewall: &self.firewall,
            tenant,
        };
        match told {
            Ok(result) if listener.allows(&result) => screened.result(&result),
            Ok(_) => Err(Fault::inside(
                "it wants more than the gate gives to servers",
            )),
            Err(UpstreamError::Refused {
                code,
                message,
                data,
            }) => Err(screened.refusal(code, &message, data.as_ref())),
            Err(error) => Err(Fault::inside(screened::text(&error.to_string()))),
        }
    }
}
