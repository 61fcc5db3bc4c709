//! Command policies, and where they apply.

use super::table::{Table, wrong};
use crate::{
    command::policy::{CommandPolicy, CommandRules, Commands, Level, Mapping},
    fault::Faults,
    id::WorkspaceId,
};

/// The levels a mapping may have; a session's patterns are its own.
const LEVELS: [Level; 3] = [Level::System, Level::Workspace, Level::Project];

/// Reads the section, and checks it as a whole.
pub(super) fn commands(table: &Table<'_>, faults: &mut Faults) -> Option<Commands> {
    let table = table.table("commands", &["policies", "mappings"], faults)?;
    let known = faults.0.len();
    let mut commands = Commands::default();
    for (value, path) in table.list("policies", faults) {
        let keys = ["name", "description", "allow_list", "block_list"];
        let policy = Table::open(value, path, &keys, faults).map(|table| policy(&table, faults));
        commands.policies.extend(policy.flatten());
    }
    for (value, path) in table.list("mappings", faults) {
        let keys = ["name", "policy", "level", "targets", "active"];
        let mapping = Table::open(value, path, &keys, faults).map(|table| mapping(&table, faults));
        commands.mappings.extend(mapping.flatten());
    }
    // What was left out would be missed by what names it.
    if faults.0.len() == known
        && let Err(found) = CommandRules::compile(&commands)
    {
        faults.0.extend(found.0);
    }
    Some(commands)
}

fn policy(table: &Table<'_>, faults: &mut Faults) -> Option<CommandPolicy> {
    Some(CommandPolicy {
        allow_list: table.texts("allow_list", faults),
        block_list: table.texts("block_list", faults),
        description: table.text("description", faults).map(str::to_owned),
        name: name(table, "name", faults)?,
    })
}

fn mapping(table: &Table<'_>, faults: &mut Faults) -> Option<Mapping> {
    let level = level(table, faults);
    let targets = table.texts("targets", faults);
    for (at, target) in targets.iter().enumerate() {
        if let Err(error) = WorkspaceId::new(target) {
            table.fault(&format!("targets[{at}]"), error.to_string(), faults);
        }
    }
    if !table.has("active") {
        table.fault("active", "is missing; it is `true` or `false`", faults);
    }
    Some(Mapping {
        targets,
        active: table.flag("active", faults).unwrap_or_default(),
        policy: name(table, "policy", faults)?,
        name: name(table, "name", faults)?,
        level: level?,
    })
}

fn name(table: &Table<'_>, key: &str, faults: &mut Faults) -> Option<String> {
    if !table.has(key) {
        table.fault(key, "is missing", faults);
    }
    table.text(key, faults).map(str::to_owned)
}

fn level(table: &Table<'_>, faults: &mut Faults) -> Option<Level> {
    let Some(value) = table.value("level") else {
        table.fault("level", "is missing", faults);
        return None;
    };
    let level = LEVELS
        .into_iter()
        .find(|level| value.as_str() == Some(level.as_str()));
    if level.is_none() {
        let wanted = "`system`, `workspace` or `project`";
        table.fault("level", wrong(wanted, value), faults);
    }
    level
}
