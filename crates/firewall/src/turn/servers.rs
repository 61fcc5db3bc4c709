//! MCP servers that architects add and remove.

use super::{Turn, details, json, people::must_configure};
use crate::{
    added_server::{AddedServer, Additions, NewServer},
    batch::{DocumentKind, RecordKind},
    error::GateError,
    principal::Principal,
};
use serde_json::Value;

/// The most servers that one tenant adds.
const MOST: usize = 64;

impl Turn<'_> {
    /// Adds a server.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`] for what the
    /// operator does not allow, [`GateError::Conflict`] for a name that is taken, beside a server
    /// that stays alone, and for one too many.
    pub fn add_server(
        &mut self,
        principal: &Principal,
        new: NewServer,
        additions: &Additions,
    ) -> Result<AddedServer, GateError> {
        must_configure(principal)?;
        let faults = additions.faults(&new);
        if !faults.0.is_empty() {
            return Err(GateError::Invalid(faults));
        }
        if additions.alone {
            let message = "the operator's file has a server that stays alone".to_owned();
            return Err(GateError::conflict("server.alone", message));
        }
        if self.state.servers.contains_key(&new.name) {
            let message = format!("there is a server `{}` already", new.name);
            return Err(GateError::conflict("server.name_taken", message));
        }
        if self.state.servers.len() >= MOST {
            let message = format!("{MOST} servers were added already");
            return Err(GateError::conflict("server.too_many", message));
        }
        let there = &self.state.people.workspaces;
        if new
            .workspace
            .as_ref()
            .is_some_and(|id| !there.contains_key(id))
        {
            return Err(GateError::invalid(
                "workspace",
                "there is no such workspace",
            ));
        }
        let actor = principal.actor();
        let server = AddedServer {
            server: new,
            added_at: self.now,
            added_by: actor.clone(),
        };
        self.seal_server(&actor, "added", &server)?;
        let name = server.server.name.clone();
        let labels = ("active", "", server.added_at);
        self.keep(DocumentKind::McpServer, &name, labels, &server)?;
        self.state.servers.insert(name, server.clone());
        Ok(server)
    }

    /// Removes a server that was added: its tools are there no more.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`].
    pub fn remove_server(&mut self, principal: &Principal, name: &str) -> Result<(), GateError> {
        must_configure(principal)?;
        let missing = || GateError::NotFound("server", name.to_owned());
        let server = self.state.servers.get(name).ok_or_else(missing)?.clone();
        self.seal_server(&principal.actor(), "removed", &server)?;
        self.batch.remove(DocumentKind::McpServer, name);
        self.state.servers.remove(name);
        Ok(())
    }

    fn seal_server(
        &mut self,
        actor: &str,
        change: &str,
        server: &AddedServer,
    ) -> Result<(), GateError> {
        let members = details([
            ("change", Value::from(change)),
            ("server", json(&server.server)?),
        ]);
        self.seal_event(RecordKind::ServerChange, (actor, ""), members)?;
        Ok(())
    }
}
