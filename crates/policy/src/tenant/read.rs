//! Reads a tenant policy a person wrote, and finds everything that is wrong with it.

mod approver;
mod commands;
mod entry;
mod escalation;
mod limits;
mod table;

use crate::{
    catalogue::Catalogue,
    fault::Faults,
    id::TenantId,
    label::Label,
    tenant::{SlackChannels, Stance, TenantPolicy},
    yaml,
};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde_json::Value;
use std::sync::LazyLock;
use table::{Table, wrong};

/// The version of the schema.
const VERSION: u32 = 1;

/// How often heartbeats may run, in minutes.
const HEARTBEAT_MINUTES: std::ops::RangeInclusive<u32> = 1..=30;

const KEYS: [&str; 17] = [
    "version",
    "tenant",
    "org",
    "default",
    "timezone",
    "heartbeat_minutes",
    "slack",
    "catalogue",
    "actions",
    "budgets",
    "agent_budgets",
    "workspace_budgets",
    "rate_limits",
    "approvals",
    "prices",
    "internal_domains",
    "commands",
];

/// Reads a tenant policy from YAML or JSON text of at most 1 MiB.
///
/// # Errors
/// Every mistake, with its path; for a text that is neither YAML nor JSON only that.
pub fn parse(text: &str) -> Result<TenantPolicy, Faults> {
    from_value(&yaml::read(text)?)
}

/// Reads a tenant policy.
///
/// # Errors
/// Every mistake, with its path.
pub fn from_value(value: &Value) -> Result<TenantPolicy, Faults> {
    let mut faults = Faults::default();
    match policy(value, &mut faults) {
        Some(policy) => faults.or(policy),
        None => Err(faults),
    }
}

impl TryFrom<Value> for TenantPolicy {
    type Error = Faults;

    fn try_from(value: Value) -> Result<Self, Faults> {
        from_value(&value)
    }
}

/// The zone of an IANA name, from the database that is part of the program, so that the same
/// build counts the same days on every machine.
pub(super) fn zone(name: &str) -> Option<TimeZone> {
    static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    DATABASE.get(name).ok().filter(|zone| !zone.is_unknown())
}

fn policy(value: &Value, faults: &mut Faults) -> Option<TenantPolicy> {
    let table = Table::open(value, String::new(), &KEYS, faults)?;
    version(&table, faults);
    let catalogue = entry::catalogue(&table, faults);
    let internal_domains = domains(&table, faults);
    let known = Catalogue::of_tenant(&catalogue, &internal_domains);
    Some(TenantPolicy {
        version: VERSION,
        tenant: tenant(&table, faults),
        default: stance(&table, faults),
        timezone: timezone(&table, faults),
        heartbeat_minutes: table.whole("heartbeat_minutes", HEARTBEAT_MINUTES, faults),
        slack: slack(&table, faults),
        actions: entry::actions(&table, &known, faults),
        budgets: limits::budgets(&table, faults),
        agent_budgets: limits::budgets_by_id(&table, "agent_budgets", faults),
        workspace_budgets: limits::budgets_by_id(&table, "workspace_budgets", faults),
        rate_limits: limits::rate_limits(&table, faults),
        approvals: limits::approvals(&table, faults),
        prices: limits::prices(&table, faults),
        commands: commands::commands(&table, faults),
        catalogue,
        internal_domains,
    })
}

fn version(table: &Table<'_>, faults: &mut Faults) {
    match table.value("version") {
        None => table.fault("version", format!("is missing; it is {VERSION}"), faults),
        Some(version) if version.as_u64() == Some(u64::from(VERSION)) => {}
        Some(other) => table.fault("version", wrong(&format!("`{VERSION}`"), other), faults),
    }
}

fn tenant(table: &Table<'_>, faults: &mut Faults) -> Option<String> {
    if table.has("tenant") && table.has("org") {
        table.fault("org", "is another word for `tenant`; keep one", faults);
    }
    let key = if table.has("tenant") { "tenant" } else { "org" };
    let name = table.text(key, faults)?;
    if let Err(error) = TenantId::new(name) {
        table.fault(key, error.to_string(), faults);
    }
    Some(name.to_owned())
}

fn stance(table: &Table<'_>, faults: &mut Faults) -> Stance {
    if table
        .text("default", faults)
        .is_some_and(|word| word != "deny")
    {
        table.fault("default", "is always `deny`", faults);
    }
    Stance::Deny
}

fn timezone(table: &Table<'_>, faults: &mut Faults) -> String {
    let name = table.text("timezone", faults).unwrap_or("UTC");
    if zone(name).is_none() {
        let message = format!("`{name}` is not a time zone such as `Europe/Berlin`");
        table.fault("timezone", message, faults);
    }
    name.to_owned()
}

fn slack(table: &Table<'_>, faults: &mut Faults) -> Option<SlackChannels> {
    let table = table.table("slack", &["channel", "escalation_channel"], faults)?;
    if !table.has("channel") {
        table.fault("channel", "is missing", faults);
    }
    Some(SlackChannels {
        channel: table.text("channel", faults).unwrap_or_default().to_owned(),
        escalation_channel: table.text("escalation_channel", faults).map(str::to_owned),
    })
}

fn domains(table: &Table<'_>, faults: &mut Faults) -> Vec<Label> {
    let domains = table.texts("internal_domains", faults);
    for (at, domain) in domains.iter().enumerate() {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
        if !domain.trim().bytes().all(plain) {
            let message = format!("`{domain}` is not a domain such as `example.com`");
            table.fault(&format!("internal_domains[{at}]"), message, faults);
        }
    }
    domains.iter().map(|domain| Label::new(domain)).collect()
}

#[cfg(test)]
mod tests;
