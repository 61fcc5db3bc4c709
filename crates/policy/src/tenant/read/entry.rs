//! The lines of the catalogue and the entries of the list.

use super::table::{Table, amount, text, texts, wrong};
use crate::{
    catalogue::{Catalogue, entry::CatalogueEntry},
    fault::Faults,
    glob::Glob,
    id::{AgentId, WorkspaceId},
    label::Label,
    spelling,
    tenant::{
        ActionEntry, Folders,
        cap::{Capped, WELL_KNOWN},
        folders::{misnamed, misplaced},
        scope::Kind,
    },
    tier::RiskTier,
};
use serde_json::Value;
use std::collections::BTreeMap;

const ENTRY_KEYS: [&str; 10] = [
    "action",
    "allow",
    "environments",
    "workspaces",
    "agents",
    "tier",
    "caps",
    "limits",
    "scope",
    "folders",
];

/// The tenant's own lines of the catalogue.
pub(super) fn catalogue(table: &Table<'_>, faults: &mut Faults) -> Vec<CatalogueEntry> {
    let mut lines: Vec<CatalogueEntry> = Vec::new();
    for (value, path) in table.list("catalogue", faults) {
        let Some(line) = line(value, path.clone(), faults) else {
            continue;
        };
        if lines.iter().any(|known| known.action == line.action) {
            faults.add(
                format!("{path}.action"),
                format!("`{}` stands here twice", line.action),
            );
        }
        lines.push(line);
    }
    lines
}

fn line(value: &Value, path: String, faults: &mut Faults) -> Option<CatalogueEntry> {
    let table = Table::open(
        value,
        path,
        &["action", "tier", "free", "description"],
        faults,
    )?;
    let entry = CatalogueEntry {
        action: action(&table, faults)?,
        tier: tier(&table, faults),
        free: table.flag("free", faults).unwrap_or_default(),
        description: table.text("description", faults).map(str::to_owned),
    };
    not_lower(&entry.action, entry.tier, &table, faults);
    if Glob::is_glob(entry.action.as_str()) {
        // A pattern may name types of the tenant's own, but not ones that look like ours.
        if let Some(near) = covers(&entry.action, &Catalogue::default()).and_then(Result::err) {
            table.fault(
                "action",
                format!("covers nothing (did you mean `{near}.*`?)"),
                faults,
            );
        }
    }
    Some(entry)
}

/// The entries of the list.
pub(super) fn actions(
    table: &Table<'_>,
    known: &Catalogue,
    faults: &mut Faults,
) -> Vec<ActionEntry> {
    let mut entries: Vec<ActionEntry> = Vec::new();
    let mut places: BTreeMap<Label, Vec<(usize, String)>> = BTreeMap::new();
    for (value, path) in table.list("actions", faults) {
        let Some(entry) = entry(value, path.clone(), known, faults) else {
            continue;
        };
        let same = places.entry(entry.action.clone()).or_default();
        for (place, at) in same.iter() {
            if let Some(other) = entries.get(*place) {
                contradiction((&entry, &path), (other, at), faults);
            }
        }
        same.push((entries.len(), path));
        entries.push(entry);
    }
    entries
}

fn entry(
    value: &Value,
    path: String,
    known: &Catalogue,
    faults: &mut Faults,
) -> Option<ActionEntry> {
    let table = Table::open(value, path, &ENTRY_KEYS, faults)?;
    let allow = table.flag("allow", faults).unwrap_or(true);
    if !allow {
        for key in ["tier", "caps", "limits", "scope", "folders"]
            .into_iter()
            .filter(|key| table.has(key))
        {
            table.fault(key, "means nothing on an entry that forbids", faults);
        }
    }
    let entry = ActionEntry {
        allow,
        environments: labels(&table, "environments", faults),
        workspaces: ids(
            &table,
            "workspaces",
            |id| WorkspaceId::new(id).err(),
            faults,
        ),
        agents: ids(&table, "agents", |id| AgentId::new(id).err(), faults),
        tier: tier(&table, faults),
        caps: caps(&table, faults),
        limits: limits(&table, faults),
        scope: scope(&table, faults),
        folders: folders(&table, faults),
        action: action(&table, faults)?,
    };
    if Glob::is_glob(entry.action.as_str()) {
        reaches_something(&entry.action, known, &table, faults);
    } else if !known.knows(entry.action.as_str()) {
        let hint = hint(&entry.action, known);
        let message = format!(
            "`{}` is no action type{hint}; a type of your own is named in `catalogue` first",
            entry.action
        );
        table.fault("action", message, faults);
    }
    not_lower(&entry.action, entry.tier, &table, faults);
    Some(entry)
}

fn hint(action: &Label, known: &Catalogue) -> String {
    known
        .suggest(action.as_str())
        .map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
}

/// Two entries that pick the same actions must not both allow and forbid them.
fn contradiction(
    (entry, path): (&ActionEntry, &str),
    (other, at): (&ActionEntry, &str),
    faults: &mut Faults,
) {
    let alike = other.environments == entry.environments
        && other.workspaces == entry.workspaces
        && other.agents == entry.agents;
    if alike && other.allow != entry.allow {
        faults.add(
            path,
            format!("contradicts `{at}`, which is about the same actions"),
        );
    } else if other == entry {
        faults.add(path, format!("says the same as `{at}`"));
    }
}

fn action(table: &Table<'_>, faults: &mut Faults) -> Option<Label> {
    if !table.has("action") {
        table.fault("action", "is missing", faults);
    }
    let action = Label::new(table.text("action", faults)?);
    if action
        .as_str()
        .contains(|c: char| c.is_whitespace() || c.is_control())
    {
        table.fault("action", format!("`{action}` must be one word"), faults);
        return None;
    }
    Some(action)
}

fn tier(table: &Table<'_>, faults: &mut Faults) -> Option<RiskTier> {
    table
        .whole("tier", 0..=5_u8, faults)
        .and_then(|number| RiskTier::try_from(number).ok())
}

/// A tier below the built-in one would do nothing; whoever wrote it meant something.
fn not_lower(action: &Label, tier: Option<RiskTier>, table: &Table<'_>, faults: &mut Faults) {
    let Some((tier, floor)) = tier.zip(floor(action)) else {
        return;
    };
    if tier < floor {
        let message = format!(
            "`{action}` has tier {} and cannot be lowered to {}",
            floor.number(),
            tier.number()
        );
        table.fault("tier", message, faults);
    }
}

/// The lowest built-in tier of everything an action type or a glob covers; `None` when the tenant
/// is free to say.
fn floor(action: &Label) -> Option<RiskTier> {
    let name = action.as_str();
    if !Glob::is_glob(name) {
        let closed = || Catalogue::family(name).filter(|family| !family.open);
        return Catalogue::row(name)
            .map(|row| row.rule.least())
            .or_else(|| closed().map(|family| family.otherwise));
    }
    let glob = Glob::new(action.clone());
    let rows = Catalogue::rows()
        .filter(|row| glob.matches(row.kind))
        .map(|row| row.rule.least());
    let families = Catalogue::families()
        .iter()
        .filter(|family| glob.reaches(family.prefix));
    if families.clone().any(|family| family.open) {
        return None;
    }
    rows.chain(families.map(|family| family.otherwise)).min()
}

/// A glob that covers nothing known is a slip of the pen.
fn reaches_something(action: &Label, known: &Catalogue, table: &Table<'_>, faults: &mut Faults) {
    let hint = match covers(action, known) {
        Some(Ok(())) => return,
        Some(Err(near)) => format!(" (did you mean `{near}.*`?)"),
        None => String::new(),
    };
    table.fault(
        "action",
        format!("`{action}` covers no known action type{hint}"),
        faults,
    );
}

/// Whether a glob covers anything known; if not, what it may have been meant to begin with.
fn covers(action: &Label, known: &Catalogue) -> Option<Result<(), &'static str>> {
    if known.is_reached_by(&Glob::new(action.clone())) {
        return Some(Ok(()));
    }
    let first = |name: &'static str| name.split_once('.').map_or(name, |(first, _)| first);
    let (start, _) = action
        .as_str()
        .split_once(['.', '*'])
        .unwrap_or((action.as_str(), ""));
    spelling::nearest(start, Catalogue::rows().map(|row| first(row.kind))).map(Err)
}

fn labels(table: &Table<'_>, key: &str, faults: &mut Faults) -> Vec<Label> {
    table
        .texts(key, faults)
        .iter()
        .map(|text| Label::new(text))
        .collect()
}

fn ids<E: std::fmt::Display>(
    table: &Table<'_>,
    key: &str,
    error: impl Fn(&str) -> Option<E>,
    faults: &mut Faults,
) -> Vec<String> {
    let ids = table.texts(key, faults);
    for (at, id) in ids.iter().enumerate() {
        if let Some(error) = error(id) {
            table.fault(&format!("{key}[{at}]"), error.to_string(), faults);
        }
    }
    ids
}

fn caps(table: &Table<'_>, faults: &mut Faults) -> BTreeMap<String, f64> {
    let Some(table) = table.table_any("caps", faults) else {
        return BTreeMap::new();
    };
    table.collect(faults, |name, value, path, faults| {
        let near = spelling::nearest(name, WELL_KNOWN).filter(|near| *near != name);
        if Capped::of(name).is_none() || near.is_some() {
            let hint = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
            let message =
                format!("`{name}` is no cap{hint}; a parameter's cap is `max_` and its path");
            faults.add(path.clone(), message);
        }
        amount(value, path, faults)
    })
}

fn limits(table: &Table<'_>, faults: &mut Faults) -> BTreeMap<String, Vec<String>> {
    let Some(table) = table.table_any("limits", faults) else {
        return BTreeMap::new();
    };
    table.collect(faults, |name, value, path, faults| {
        if name.trim().is_empty() {
            faults.add(path.clone(), "the path of the parameter is blank");
        }
        Some(permitted(value, &path, faults))
    })
}

fn scope(table: &Table<'_>, faults: &mut Faults) -> BTreeMap<String, Vec<String>> {
    let Some(table) = table.table_any("scope", faults) else {
        return BTreeMap::new();
    };
    table.collect(faults, |name, value, path, faults| {
        if Kind::find(name).is_none() {
            let hint = spelling::hint(name, Kind::keys());
            let known: Vec<_> = Kind::keys().collect();
            let message = format!("`{name}` is none of `{}`{hint}", known.join("`, `"));
            faults.add(path.clone(), message);
        }
        Some(texts(value, &path, faults))
    })
}

/// Where in a file system an action may reach.
fn folders(table: &Table<'_>, faults: &mut Faults) -> Option<Folders> {
    let table = table.table("folders", &["within", "except"], faults)?;
    if !table.has("within") {
        table.fault("within", "is missing", faults);
    }
    let read = |key: &str, wrong: fn(&str) -> Option<&'static str>, faults: &mut Faults| {
        let texts = table.texts(key, faults);
        for (at, text) in texts.iter().enumerate() {
            if let Some(why) = wrong(text) {
                table.fault(&format!("{key}[{at}]"), format!("`{text}`: {why}"), faults);
            }
        }
        texts
    };
    Some(Folders {
        within: read("within", misplaced, faults),
        except: read("except", misnamed, faults),
    })
}

/// Permitted values: texts, or numbers and truth values kept as the text they are written as.
fn permitted(value: &Value, path: &str, faults: &mut Faults) -> Vec<String> {
    let Value::Array(items) = value else {
        faults.add(path, wrong("a list", value));
        return Vec::new();
    };
    if items.is_empty() {
        faults.add(path, "is empty; to permit nothing, forbid the action");
    }
    let mut all = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match item {
            Value::Bool(_) | Value::Number(_) => all.push(item.to_string()),
            _ => {
                let item = text(item, format!("{path}[{at}]"), faults);
                all.extend(item.map(str::to_owned));
            }
        }
    }
    all
}
