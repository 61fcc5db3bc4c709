//! Which methods there are, and who answers each.

use super::{
    era::{ALL, META_SERVER, TASKS},
    fault::Fault,
    guest::Guest,
    input::{self, Brought},
    message::Request,
    order::{Deed, Order, Purpose},
    passed::{Passed, Waiting},
    refused::Refusal,
    screened::Screened,
    server::Server,
    shop::Shop,
    unjudged::Unjudged,
};
use portcullis_firewall::hold::HoldStatus;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Every method that the door answers, and whether it can touch something behind the gate. What
/// can is judged like any other action; what is not here is refused.
pub const METHODS: &[(&str, bool)] = &[
    ("completion/complete", true),
    ("initialize", false),
    ("logging/setLevel", false),
    ("ping", false),
    ("prompts/get", true),
    ("prompts/list", false),
    ("resources/list", false),
    ("resources/read", true),
    ("resources/subscribe", true),
    ("resources/templates/list", false),
    ("resources/unsubscribe", false),
    ("server/discover", false),
    ("subscriptions/listen", false),
    ("tasks/cancel", false),
    ("tasks/get", true),
    ("tasks/update", true),
    ("tools/call", true),
    ("tools/list", false),
];

/// Whether a method can touch something behind the gate.
pub(super) fn touches(method: &str) -> bool {
    METHODS.contains(&(method, true))
}

/// What an agent's model is told about the gate.
const INSTRUCTIONS: &str = "Calls go through an action firewall. A result that begins with HELD \
    waits for people: call again with the same arguments once they have decided. A result that \
    begins with BLOCKED was refused, and says what can be done about it.";

/// The answer to `initialize`; the door has settled the version.
pub(super) fn welcome(version: &str) -> Value {
    let mut capabilities = capabilities(true);
    if let Some(Value::Object(resources)) = capabilities.get_mut("resources") {
        resources.insert("subscribe".to_owned(), true.into());
    }
    json!({
        "protocolVersion": version,
        "capabilities": capabilities,
        "serverInfo": face(),
        "instructions": INSTRUCTIONS,
    })
}

/// What the gate offers, to a client that can be told of changes or not.
fn capabilities(can_listen: bool) -> Value {
    let list = || {
        if can_listen {
            json!({"listChanged": true})
        } else {
            json!({})
        }
    };
    json!({
        "completions": {}, "logging": {}, "prompts": list(), "resources": list(), "tools": list(),
    })
}

fn face() -> Value {
    json!({"name": "portcullis", "title": "Portcullis", "version": env!("CARGO_PKG_VERSION")})
}

fn discovery(guest: &Guest) -> Value {
    let mut capabilities = capabilities(guest.aside.shutting.is_some());
    if let Some(members) = capabilities.as_object_mut() {
        members.insert("extensions".to_owned(), json!({TASKS: {}}));
    }
    json!({
        "supportedVersions": ALL,
        "capabilities": capabilities,
        "instructions": INSTRUCTIONS,
    })
}

impl Shop {
    /// Answers a request.
    ///
    /// Fails closed: a method that is not known is refused, whatever a server would make of it.
    pub(super) async fn answer(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        let method = request.method.as_str();
        if !METHODS.iter().any(|(known, _)| *known == method) {
            let fault = Fault::no_method(method);
            let why = Unjudged::by("method.unknown", &fault);
            self.note_unjudged(&guest.principal, request, why).await?;
            return Err(fault);
        }
        let result = match (method, guest.is_stateless()) {
            ("ping", false) => Ok(json!({})),
            ("logging/setLevel", false) => Self::set_level(guest, request),
            ("resources/subscribe", false) => self.watch(guest, request).await,
            ("resources/unsubscribe", false) => Self::unwatch(guest, request),
            ("server/discover", true) => Ok(discovery(guest)),
            ("subscriptions/listen", true) => self.listen(guest, request).await,
            ("tools/list", _) => self.list_tools(guest, request).await,
            ("resources/list", _) => self.list_resources(guest, request).await,
            ("resources/templates/list", _) => self.list_templates(guest, request).await,
            ("prompts/list", _) => self.list_prompts(guest, request).await,
            ("tools/call", _) => self.deed(guest, request, Deed::CallTool).await,
            ("resources/read", _) => self.deed(guest, request, Deed::ReadResource).await,
            ("prompts/get", _) => self.deed(guest, request, Deed::GetPrompt).await,
            ("completion/complete", _) => self.deed(guest, request, Deed::Complete).await,
            ("tasks/get" | "tasks/update" | "tasks/cancel", true) if !guest.takes_tasks() => {
                Err(Fault::without_tasks())
            }
            ("tasks/get", true) => self.task(guest, request).await,
            ("tasks/update", true) => self.update_task(guest, request).await,
            ("tasks/cancel", true) => self.cancel_task(guest, request).await,
            (other, _) => Err(Fault::no_method(other)),
        }?;
        Ok(dressed(result, guest, &request.method))
    }

    /// Does something that touches what is behind the gate, or says why not.
    async fn deed(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
        deed: Deed,
    ) -> Result<Value, Fault> {
        let passed = self.tried(guest, request, deed).await?;
        self.told(guest, passed, deed)
    }

    /// Has judged and carried out what a request asks for; what is refused before it is judged is
    /// put on record first.
    pub(super) async fn tried(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
        deed: Deed,
    ) -> Result<Passed, Fault> {
        let tried = match self.order(guest, request, deed).await {
            Ok(Ok(order)) => self.passed(guest, (&order, request), deed).await,
            Ok(Err(refusal)) => Ok(Passed::Refused(refusal)),
            Err(fault) => Err(fault),
        };
        match Unjudged::of(&tried) {
            None => tried,
            Some(why) => {
                self.note_unjudged(&guest.principal, request, why).await?;
                tried
            }
        }
    }

    /// Has an order judged and carried out; one that waits is waited for a while.
    pub(super) async fn passed(
        self: &Arc<Self>,
        guest: &Guest,
        (order, request): (&Order, &Request),
        deed: Deed,
    ) -> Result<Passed, Fault> {
        let mut order = order.clone();
        let hold = match input::brought(guest, request)? {
            Brought::Input(answers, state) => {
                order.purpose.answers = answers.cloned();
                order.purpose.state = state.map(str::to_owned);
                None
            }
            Brought::Hold(id) => {
                // What its round brought to the server is in the action that waits.
                if let Ok(hold) = self.firewall.hold(&guest.principal, id).await {
                    (order.purpose.answers, order.purpose.state) = input::kept(&hold);
                }
                Some(id)
            }
        };
        if hold.is_some() && declined(request) {
            let reason = "its user does not want to be asked";
            let remedy = "go on without it, or ask your user";
            let refusal = Refusal::new("elicitation.declined", reason, remedy);
            return Ok(Passed::Refused(refusal));
        }
        let passed = self.pass(guest, (&order, request), hold).await?;
        let Passed::Held(waiting) = passed else {
            return Ok(passed);
        };
        let patience = self.patience(guest, deed, hold.is_some());
        let decided = self.decided(&guest.principal, waiting.hold, patience);
        let hold = decided.await?;
        if hold.status == HoldStatus::Held {
            return Ok(Passed::Held(Box::new(Waiting { hold })));
        }
        self.resume(guest, hold).await
    }

    /// What the client is told of it.
    pub(super) fn told(&self, guest: &Guest, passed: Passed, deed: Deed) -> Result<Value, Fault> {
        match passed {
            Passed::Done(result) => Ok(input::marked(result)),
            Passed::Failed(fault) => Err(fault),
            Passed::Refused(refusal) => refusal.outcome(deed),
            Passed::Held(waiting) => self.held(guest, deed, &waiting.hold),
        }
    }

    /// What a request asks for, checked before it is judged.
    ///
    /// Fails closed: a tool that is unknown, waits to be accepted, or is not for this agent is one
    /// that is not there.
    pub(super) async fn order(
        &self,
        guest: &Guest,
        request: &Request,
        deed: Deed,
    ) -> Result<Result<Order, Refusal>, Fault> {
        let shelf = self.shelf(&guest.principal.tenant);
        let shelf = shelf.as_deref();
        let nothing = |what: &str| Fault::params(format!("there is no such {what}"));
        let mut definition = String::new();
        let (server, name, arguments) = match deed {
            Deed::CallTool | Deed::GetPrompt => {
                let what = if deed == Deed::CallTool {
                    "tool"
                } else {
                    "prompt"
                };
                let named = shelf.and_then(|shelf| Some((shelf, request.text("name").ok()?)));
                let found = named.and_then(|(shelf, name)| shelf.named(name));
                let (server, name) = found.ok_or_else(|| nothing(what))?;
                (server, name.to_owned(), arguments(request)?)
            }
            Deed::ReadResource | Deed::Subscribe => {
                let uri = request.text("uri")?;
                let found = shelf.and_then(|shelf| shelf.addressed(uri));
                let (server, uri) = found.ok_or_else(|| nothing("resource"))?;
                (server, String::new(), only("uri", uri.into()))
            }
            Deed::UpdateTask => return Err(nothing("task")),
            Deed::Complete => {
                let found = shelf.and_then(|shelf| {
                    reference(request, |name, is_uri| {
                        if is_uri {
                            shelf.addressed(name)
                        } else {
                            shelf.named(name)
                        }
                    })
                });
                let (server, arguments) = found.ok_or_else(|| nothing("prompt or resource"))?;
                (server, String::new(), arguments)
            }
        };
        if deed == Deed::CallTool {
            match self.fitting(guest, (server, &name), &arguments).await? {
                Ok(digest) => definition = digest,
                Err(misfit) => return Ok(Err(misfit)),
            }
        }
        Ok(Ok(Order {
            purpose: Purpose {
                definition,
                method: deed,
                name,
                server: server.settings.name.clone(),
                answers: None,
                state: None,
            },
            arguments,
        }))
    }

    /// The digest of the definition that a tool is called under, when the arguments fit it; else why
    /// they do not, in words that may be the server's.
    async fn fitting(
        &self,
        guest: &Guest,
        (server, name): (&Server, &str),
        arguments: &Map<String, Value>,
    ) -> Result<Result<String, Refusal>, Fault> {
        let tools = server.tools(false).await?;
        let nothing = || Fault::params("there is no such tool");
        let tool = tools.get(name).ok_or_else(nothing)?;
        if let Some(given) = &guest.repeated {
            tool.repeated.must_agree(given, arguments)?;
        }
        let checked = tool.schema.check(&Value::Object(arguments.clone()));
        let Err(misfit) = checked else {
            return Ok(Ok(tool.definition.digest.clone()));
        };
        let screened = Screened {
            firewall: &self.firewall,
            tenant: &guest.principal.tenant,
        };
        let reason = screened.words(&format!("`{}` {}", misfit.path, misfit.why))?;
        let remedy = "call again with arguments that fit the tool's description";
        Ok(Err(Refusal::new("arguments.invalid", reason, remedy)))
    }
}

fn arguments(request: &Request) -> Result<Map<String, Value>, Fault> {
    match request.params.get("arguments") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(arguments)) => Ok(arguments.clone()),
        Some(_) => Err(Fault::params("`arguments` is no object")),
    }
}

fn only(key: &str, value: Value) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert(key.to_owned(), value);
    map
}

/// What completion is asked for, with the reference as its server knows it.
fn reference<'s>(
    request: &Request,
    find: impl for<'n> Fn(&'n str, bool) -> Option<(&'s Server, &'n str)>,
) -> Option<(&'s Server, Map<String, Value>)> {
    let reference = request.params.get("ref")?.as_object()?;
    let (key, is_uri) = match reference.get("type")?.as_str()? {
        "ref/prompt" => ("name", false),
        "ref/resource" => ("uri", true),
        _ => return None,
    };
    let (server, own) = find(reference.get(key)?.as_str()?, is_uri)?;
    let mut reference = reference.clone();
    reference.insert(key.to_owned(), own.into());
    let mut arguments = only("ref", Value::Object(reference));
    for key in ["argument", "context"] {
        if let Some(value) = request.params.get(key) {
            arguments.insert(key.to_owned(), value.clone());
        }
    }
    Some((server, arguments))
}

/// Whether the user of a client does not want to look at what waits.
fn declined(request: &Request) -> bool {
    let action = request.params.get("inputResponses");
    let action = action.and_then(|responses| responses.pointer("/approval/action"));
    matches!(action.and_then(Value::as_str), Some("decline" | "cancel"))
}

/// A result as its reader's era has it.
fn dressed(mut result: Value, guest: &Guest, method: &str) -> Value {
    let Some(members) = result.as_object_mut() else {
        return result;
    };
    if !guest.is_stateless() {
        members.remove("resultType");
        return result;
    }
    members
        .entry("resultType")
        .or_insert_with(|| "complete".into());
    let is_list =
        method.ends_with("/list") || matches!(method, "server/discover" | "resources/read");
    if is_list {
        // What one agent sees is not for another, and rules may change at any moment.
        members.insert("ttlMs".to_owned(), 0.into());
        members.insert("cacheScope".to_owned(), "private".into());
    }
    let meta = members.entry("_meta").or_insert_with(|| json!({}));
    if let Some(meta) = meta.as_object_mut() {
        meta.insert(META_SERVER.to_owned(), face());
    }
    result
}

/// The version of a handshake that a client wishes for.
pub(super) fn wished(request: &Request) -> &str {
    let wished = request.params.get("protocolVersion");
    wished.and_then(Value::as_str).unwrap_or_default()
}
