//! What clients listen to, and what of it they want.

use super::{
    aside::Level, fault::Fault, guest::Guest, message::Request, news::News, order::Deed,
    passed::Passed, shop::Shop,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The member of `_meta` that names the request a notification belongs to.
const META_SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// What a listener wants to hear of: the member of its request, and whether it is wanted.
const KINDS: [(&str, News); 3] = [
    ("promptsListChanged", News::Prompts),
    ("resourcesListChanged", News::Resources),
    ("toolsListChanged", News::Tools),
];

impl Shop {
    /// Tells a client what changes, until it stops listening (MCP 2026-07-28, subscriptions).
    ///
    /// Resources are not watched in this way: each would have to be judged.
    pub(super) async fn listen(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        if guest.aside.shutting.is_none() {
            return Err(Fault::no_method(&request.method));
        }
        let wanted = request.params.get("notifications");
        let wanted = wanted.and_then(Value::as_object);
        let wanted = wanted.ok_or_else(|| Fault::params("`notifications` is no object"))?;
        let wants = |key: &str| wanted.get(key) == Some(&Value::Bool(true));
        let kinds: Vec<&(&str, News)> = KINDS.iter().filter(|(key, _)| wants(key)).collect();
        let heard = || Fault::inside("too many listen already with this credential");
        let mut paper = self.news(guest).await.ok_or_else(heard)?;
        let id = match &request.id {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        let meta = json!({META_SUBSCRIPTION: id});
        let granted: Value = kinds
            .iter()
            .map(|(key, _)| ((*key).to_owned(), Value::Bool(true)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let granted = json!({"notifications": granted, "_meta": meta});
        let acknowledged = "notifications/subscriptions/acknowledged";
        guest.aside.say(acknowledged, &granted);
        loop {
            let news = tokio::select! {
                news = paper.next() => news,
                () = guest.aside.shuts() => return Ok(json!({"_meta": meta})),
            };
            if kinds.iter().any(|(_, kind)| *kind == news) {
                let (method, mut params) = news.said();
                if let Some(params) = params.as_object_mut() {
                    params.insert("_meta".to_owned(), meta.clone());
                }
                guest.aside.say(method, &params);
            }
        }
    }

    /// Tells a client after a handshake what changes, for as long as this is awaited and the gate is
    /// open.
    pub(super) async fn tell_news(self: &Arc<Self>, guest: &Guest) {
        let Some(mut paper) = self.news(guest).await else {
            return;
        };
        let bond = guest.bond.as_ref();
        loop {
            let news = tokio::select! {
                news = paper.next() => news,
                () = guest.aside.shuts() => return,
            };
            let is_wanted = match &news {
                News::Updated(uri) => bond.is_some_and(|bond| bond.watches(uri)),
                _ => true,
            };
            if is_wanted {
                let (method, params) = news.said();
                guest.aside.say(method, &params);
            }
        }
    }

    /// Has a resource watched, when the client may.
    pub(super) async fn watch(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        let bond = guest.bond.as_ref();
        let bond = bond.ok_or_else(|| Fault::no_method(&request.method))?;
        let uri = request.text("uri")?;
        match self.tried(guest, request, Deed::Subscribe).await? {
            Passed::Done(result) if bond.watch(uri) => Ok(result),
            Passed::Done(_) => Err(Fault::params("too many resources are watched already")),
            other => self.told(guest, other, Deed::Subscribe),
        }
    }

    /// Has it not watched any more. Its server goes on telling the gate, for other clients.
    pub(super) fn unwatch(guest: &Guest, request: &Request) -> Result<Value, Fault> {
        let bond = guest.bond.as_ref();
        let bond = bond.ok_or_else(|| Fault::no_method(&request.method))?;
        bond.unwatch(request.text("uri")?);
        Ok(json!({}))
    }

    /// What a client wants to read of logs.
    pub(super) fn set_level(guest: &Guest, request: &Request) -> Result<Value, Fault> {
        let bond = guest.bond.as_ref();
        let bond = bond.ok_or_else(|| Fault::no_method(&request.method))?;
        let level: Result<Level, ()> = request.text("level")?.parse();
        bond.set_level(level.map_err(|()| Fault::params("there is no such `level`"))?);
        Ok(json!({}))
    }
}
