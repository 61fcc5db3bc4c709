//! Lists as one agent sees them: what it may never do is not there.

use super::{
    fault::Fault,
    guest::Guest,
    meaning::{self, written_out},
    message::Request,
    order::{Deed, agent_named, probe},
    screened::Screened,
    server::Server,
    shop::{Shop, address_for_agents, name_for_agents},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What is listed besides tools: the method and the member of its result, what the server must
/// offer for it, what using an entry is, and which of its members names it.
const RESOURCES: Kind = Kind {
    method: "resources/list",
    key: "resources",
    offer: "resources",
    deed: Deed::ReadResource,
    named_by: "uri",
};
const TEMPLATES: Kind = Kind {
    method: "resources/templates/list",
    key: "resourceTemplates",
    offer: "resources",
    deed: Deed::ReadResource,
    named_by: "uriTemplate",
};
const PROMPTS: Kind = Kind {
    method: "prompts/list",
    key: "prompts",
    offer: "prompts",
    deed: Deed::GetPrompt,
    named_by: "name",
};

struct Kind {
    method: &'static str,
    key: &'static str,
    offer: &'static str,
    deed: Deed,
    named_by: &'static str,
}

impl Shop {
    /// Every tool that this agent may ever call, of the servers that can be reached, without secrets.
    pub(super) async fn list_tools(
        &self,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        must_be_the_first_page(request)?;
        let screened = Screened {
            firewall: &self.firewall,
            tenant: &guest.principal.tenant,
        };
        let mut found = Vec::new();
        let servers = self.servers(guest);
        for server in servers.iter().map(AsRef::as_ref) {
            // Whoever cannot be reached has no tools now; the others have.
            let Ok(tools) = server.tools(false).await else {
                continue;
            };
            for (name, tool) in &*tools {
                let definition = screened.definition(&tool.definition)?;
                if let Some(shown) = meaning::shown(&definition, &name_for_agents(server, name)) {
                    found.push((server, (Deed::CallTool, name.clone()), shown));
                }
            }
        }
        Ok(json!({"tools": self.available(guest, request, found).await?}))
    }

    pub(super) async fn list_resources(
        &self,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        self.list(guest, request, &RESOURCES).await
    }

    pub(super) async fn list_templates(
        &self,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        self.list(guest, request, &TEMPLATES).await
    }

    pub(super) async fn list_prompts(
        &self,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        self.list(guest, request, &PROMPTS).await
    }

    async fn list(&self, guest: &Guest, request: &Request, kind: &Kind) -> Result<Value, Fault> {
        must_be_the_first_page(request)?;
        let screened = Screened {
            firewall: &self.firewall,
            tenant: &guest.principal.tenant,
        };
        let mut found = Vec::new();
        let servers = self.servers(guest);
        for server in servers.iter().map(AsRef::as_ref) {
            if !server.offers(kind.offer).await {
                continue;
            }
            let Ok(entries) = server.list(kind.method, kind.key).await else {
                continue;
            };
            for entry in &entries {
                if let Some(shown) = renamed((server, screened), kind, entry) {
                    found.push((server, (kind.deed, String::new()), shown));
                }
            }
        }
        let entries = self.available(guest, request, found).await?;
        Ok(json!({ kind.key: entries }))
    }

    fn servers(&self, guest: &Guest) -> Vec<Arc<Server>> {
        let shelf = self.shelf(&guest.principal.tenant);
        shelf.map_or_else(Vec::new, |shelf| shelf.servers.clone())
    }

    /// What is left when everything is taken away that this agent may never do.
    async fn available(
        &self,
        guest: &Guest,
        request: &Request,
        found: Vec<(&Server, (Deed, String), Value)>,
    ) -> Result<Vec<Value>, Fault> {
        let nonce = self.firewall.nonce()?;
        let principal = &guest.principal;
        let agent = agent_named(request);
        let mut actions = Vec::with_capacity(found.len());
        let mut kept = Vec::with_capacity(found.len());
        for (server, (deed, name), shown) in found {
            let deed = (deed, name.as_str());
            if let Some(action) = probe(&server.settings, deed, principal, agent, nonce) {
                actions.push(action);
                kept.push(shown);
            }
        }
        let may = self.firewall.available(principal, actions).await?;
        let mut may = may.into_iter();
        kept.retain(|_| may.next() == Some(true));
        Ok(kept)
    }
}

/// Everything comes on one page.
fn must_be_the_first_page(request: &Request) -> Result<(), Fault> {
    match request.params.get("cursor") {
        None | Some(Value::Null) => Ok(()),
        Some(_) => Err(Fault::params("there is no such page")),
    }
}

/// An entry under the name that agents use, without secrets and with everything unseen written out.
///
/// Fails closed: an entry whose very name has something of both is not listed, since nobody could
/// ask for it by what is shown.
fn renamed(
    (server, screened): (&Server, Screened<'_>),
    kind: &Kind,
    entry: &Value,
) -> Option<Value> {
    let mut shown = screened.value(&written_out(entry)).ok()?;
    let own = entry.get(kind.named_by)?.as_str()?;
    let members = shown.as_object_mut()?;
    if members.get(kind.named_by)?.as_str() != Some(own) {
        return None;
    }
    let name = match kind.deed {
        Deed::ReadResource => address_for_agents(server, own),
        _ => name_for_agents(server, own),
    };
    members.insert(kind.named_by.to_owned(), name.into());
    Some(shown)
}
