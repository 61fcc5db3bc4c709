//! Tools and servers as pages draw them.

use crate::console::{
    pages::tools::{Line, OneTool, Place, Server, Wait},
    parts::diff,
    rooms::{names::People, question::count, seat::Seated},
};
use jiff::Timestamp;
use portcullis_firewall::{
    added_server::AddedServer,
    error::GateError,
    tool::{Definition, Tool, ToolStatus},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every server that is known: those that were added, those of the operator's file, and those whose
/// tools were seen once.
pub(super) fn servers(
    (added, taken): (Vec<AddedServer>, Vec<String>),
    tools: &[Tool],
    people: &People,
) -> Vec<Server> {
    let mut names: BTreeSet<&str> = tools.iter().map(|tool| tool.server.as_str()).collect();
    names.extend(taken.iter().map(String::as_str));
    names.extend(added.iter().map(|one| one.server.name.as_str()));
    let server = |name: &str| {
        let own = || tools.iter().filter(|tool| tool.server == name);
        let waiting = own().filter(|tool| tool.status() != ToolStatus::Pinned);
        let added = added.iter().find(|one| one.server.name == name);
        Server {
            name: name.to_owned(),
            place: match added {
                Some(one) => Place::Added {
                    url: one.server.url.clone(),
                    by: people.actor(&one.added_by, &one.added_by),
                    at: one.added_at,
                },
                None if taken.iter().any(|own| own == name) => Place::File,
                None => Place::Gone,
            },
            tools: count(own().count()),
            waiting: count(waiting.count()),
        }
    };
    names.into_iter().map(server).collect()
}

/// A tool in the list.
pub(super) fn line(tool: &Tool, people: &People) -> Line {
    let accepted = tool.accepted_by.as_ref().zip(tool.accepted_at);
    let warnings = tool.proposed.as_ref().map_or(0, |one| one.warnings.len());
    Line {
        server: tool.server.clone(),
        name: tool.name.clone(),
        status: tool.status(),
        digest: tool
            .pinned
            .as_ref()
            .map_or_else(String::new, |one| one.digest.clone()),
        accepted: accepted.map(|(by, at)| (people.actor(by, by), at)),
        warnings: count(warnings),
        seen_at: tool.first_seen_at,
    }
}

/// A tool on its page.
///
/// # Errors
/// [`GateError::Unavailable`] for what cannot be written as JSON.
pub(super) fn one(
    tool: &Tool,
    seat: &Seated,
    (now, people): (Timestamp, &People),
) -> Result<OneTool, GateError> {
    Ok(OneTool {
        now,
        csrf: seat.csrf.clone(),
        line: line(tool, people),
        wait: tool.proposed.as_ref().map(|proposed| Wait {
            digest: proposed.digest.clone(),
            warnings: proposed.warnings.clone(),
        }),
        description: compared(tool, |one| Ok(description(one)))?,
        definition: compared(tool, indented)?,
        may_accept: seat.principal.configures(),
    })
}

/// What a tool says, beside what was accepted when that is something else.
fn compared(
    tool: &Tool,
    of: impl Fn(&Definition) -> Result<String, GateError>,
) -> Result<Vec<diff::Line>, GateError> {
    Ok(match (&tool.pinned, &tool.proposed) {
        (Some(pinned), Some(proposed)) => diff::compare(&of(pinned)?, &of(proposed)?),
        (Some(only), None) | (None, Some(only)) => diff::plain(&of(only)?),
        (None, None) => Vec::new(),
    })
}

fn description(definition: &Definition) -> String {
    let said = definition.content.get("description");
    said.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn indented(definition: &Definition) -> Result<String, GateError> {
    serde_json::to_string_pretty(&definition.content)
        .map_err(|error| GateError::Unavailable(error.to_string()))
}
