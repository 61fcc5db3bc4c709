//! Tools of MCP servers: seen, and accepted by people.

use super::{Turn, details};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    principal::Principal,
    tool::{Definition, FirstSight, SeenTool, Tool},
};
use portcullis_policy::label::Label;
use serde_json::Value;
use std::sync::Arc;

/// Who pins a tool where the operator lets new ones in.
const HOUSE: &str = "portcullis";

/// The most tools that are kept of one tenant.
const TOOLS_MAX: usize = 4_096;

impl Turn<'_> {
    /// Compares what a server says of its tools with what is pinned, and gives those tools back in
    /// the order given. Every difference is a record.
    ///
    /// Fails closed: a changed tool is not usable until it is accepted, or is as it was again. A new
    /// one whose name is to the rules that of another waits for a person, whatever the operator says
    /// of new tools: it would be judged as the other.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when the tenant has too many tools.
    pub fn see_tools(
        &mut self,
        server: &str,
        seen: Vec<SeenTool>,
        first: FirstSight,
    ) -> Result<Vec<Tool>, GateError> {
        let mut tools = Vec::with_capacity(seen.len());
        for one in seen {
            tools.push(self.see_tool(server, one, first)?);
        }
        Ok(tools)
    }

    fn see_tool(
        &mut self,
        server: &str,
        seen: SeenTool,
        first: FirstSight,
    ) -> Result<Tool, GateError> {
        let SeenTool {
            name,
            mut definition,
        } = seen;
        let id = Tool::id_of(server, &name);
        let known = self.state.tools.get(&id).cloned();
        // Whoever accepted it once has accepted its name.
        if known.as_ref().is_none_or(|known| known.pinned.is_none()) {
            definition.warnings.extend(self.mistakable(server, &name));
        }
        let Some(known) = known else {
            return self.first_seen(server, name, definition, first);
        };
        let is = |known: &Option<Definition>| {
            known
                .as_ref()
                .is_some_and(|known| known.digest == definition.digest)
        };
        let change = match (is(&known.pinned), is(&known.proposed)) {
            (true, _) if known.proposed.is_none() => return Ok(known),
            (false, true) => return Ok(known),
            (true, _) => "restored",
            (false, false) => "changed",
        };
        let tool = Tool {
            proposed: (change == "changed").then(|| definition.clone()),
            ..known
        };
        self.keep_tool(HOUSE, change, &definition.digest, tool)
    }

    /// What people should know of a name that the rules cannot tell from that of a known tool, be
    /// that tool there now or not.
    fn mistakable(&self, server: &str, name: &str) -> Option<String> {
        let folded = Label::new(name);
        let mut tools = self.state.tools.values();
        let known = tools.find(|known| {
            known.server == server && known.name != name && Label::new(&known.name) == folded
        })?;
        Some(format!(
            "its name is to the rules that of the known tool `{}`: it is judged as that one",
            known.name
        ))
    }

    fn first_seen(
        &mut self,
        server: &str,
        name: String,
        definition: Definition,
        first: FirstSight,
    ) -> Result<Tool, GateError> {
        if self.state.tools.len() >= TOOLS_MAX {
            let message = format!("{TOOLS_MAX} tools are known already");
            return Err(GateError::conflict("tool.too_many", message));
        }
        let pins = first == FirstSight::Pin && definition.warnings.is_empty();
        let digest = definition.digest.clone();
        let (pinned, proposed) = if pins {
            (Some(definition), None)
        } else {
            (None, Some(definition))
        };
        let tool = Tool {
            server: server.to_owned(),
            name,
            pinned,
            proposed,
            first_seen_at: self.now,
            accepted_at: pins.then_some(self.now),
            accepted_by: pins.then(|| HOUSE.to_owned()),
        };
        let change = if pins { "pinned" } else { "quarantined" };
        self.keep_tool(HOUSE, change, &digest, tool)
    }

    /// Accepts what a server says of a tool; `digest` is that of the definition that was looked at.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`],
    /// [`GateError::Conflict`] when nothing waits or the server says something else by now.
    pub fn accept_tool(
        &mut self,
        principal: &Principal,
        (server, name): (&str, &str),
        digest: &str,
    ) -> Result<Tool, GateError> {
        super::people::must_configure(principal)?;
        let id = Tool::id_of(server, name);
        let missing = || GateError::NotFound("tool", id.clone());
        let known = self.state.tools.get(&id).ok_or_else(missing)?.clone();
        let Some(proposed) = known.proposed.clone() else {
            let message = format!("tool `{id}` is as it was accepted");
            return Err(GateError::conflict("tool.unchanged", message));
        };
        if proposed.digest != digest {
            let message = format!("tool `{id}` has changed again; look at it once more");
            return Err(GateError::conflict("tool.moved_on", message));
        }
        let actor = principal.actor();
        let tool = Tool {
            pinned: Some(proposed),
            proposed: None,
            accepted_at: Some(self.now),
            accepted_by: Some(actor.clone()),
            ..known
        };
        self.keep_tool(&actor, "accepted", digest, tool)
    }

    fn keep_tool(
        &mut self,
        actor: &str,
        change: &str,
        digest: &str,
        tool: Tool,
    ) -> Result<Tool, GateError> {
        let id = Tool::id_of(&tool.server, &tool.name);
        let before = self.state.tools.get(&id).and_then(|tool| {
            let pinned = tool.pinned.as_ref()?;
            Some(Value::from(pinned.digest.as_str()))
        });
        let members = details([
            ("before", before.unwrap_or(Value::Null)),
            ("change", change.into()),
            ("definition", digest.into()),
            ("server", tool.server.as_str().into()),
            ("tool", tool.name.as_str().into()),
        ]);
        self.seal_event(RecordKind::ToolChange, (actor, ""), members)?;
        let labels = (tool.status().as_str(), "", tool.first_seen_at);
        self.keep(DocumentKind::Tool, &id, labels, &tool)?;
        Arc::make_mut(&mut self.state.tools).insert(id, tool.clone());
        Ok(tool)
    }
}
