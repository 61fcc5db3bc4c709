//! The MCP servers behind the gate.

use super::{secret, sheet::Sheet};
use portcullis_firewall::outside::{Program, SecretName, Variable};
use portcullis_gateway::mcp::{Ask, ServerSettings, ShopSettings, Transport};
use portcullis_policy::{fault::Faults, id::WorkspaceId};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

const KEYS: &[&str] = &[
    "bare",
    "bearer",
    "command",
    "dry_runs",
    "environment",
    "first_sight",
    "folder",
    "may_ask",
    "reach",
    "timeout_seconds",
    "url",
    "variables",
    "workspace",
];

/// How long a call may take unless told otherwise, in seconds.
const TIMEOUT_SECONDS: u64 = 60;

/// The longest line of a program, in bytes.
pub(crate) const LINE_BYTES: usize = 4 << 20;

/// What stands at `mcp`.
pub(super) fn settings(tenant: &Sheet<'_>, faults: &mut Faults) -> ShopSettings {
    let Some(sheet) = tenant.below("mcp", &["servers", "wait_seconds"], faults) else {
        return ShopSettings::default();
    };
    let mut servers = Vec::new();
    for (name, value, path) in sheet.entries("servers", faults) {
        servers.extend(server(name, value, path, faults));
    }
    let wait = seconds(&sheet, "wait_seconds", faults).unwrap_or(0);
    let settings = ShopSettings {
        servers,
        wait: Duration::from_secs(wait),
    };
    super::beneath(&tenant.path_of("mcp"), settings.faults(), faults);
    settings
}

fn server(name: &str, value: &Value, path: String, faults: &mut Faults) -> Option<ServerSettings> {
    let sheet = Sheet::open(value, path, KEYS, faults)?;
    let workspace = sheet.text("workspace", faults);
    let workspace = workspace.and_then(|name| match WorkspaceId::new(&name) {
        Ok(id) => Some(id),
        Err(_) => {
            sheet.fault("workspace", "this is no workspace's name", faults);
            None
        }
    });
    let environment = sheet.text("environment", faults);
    let timeout = seconds(&sheet, "timeout_seconds", faults).unwrap_or(TIMEOUT_SECONDS);
    let first_sight = sheet.word("first_sight", "`quarantine` or `pin`", faults);
    let bare = sheet.word("bare", "`true` or `false`", faults);
    Some(ServerSettings {
        name: name.to_owned(),
        workspace,
        environment: environment.unwrap_or_else(|| "production".to_owned()),
        first_sight: first_sight.unwrap_or_default(),
        timeout: Duration::from_secs(timeout),
        bare: bare.unwrap_or(false),
        may_ask: may_ask(&sheet, faults),
        dry_runs: companions(&sheet, faults),
        transport: transport(&sheet, faults)?,
    })
}

fn may_ask(sheet: &Sheet<'_>, faults: &mut Faults) -> Vec<Ask> {
    let mut asks = Vec::new();
    for word in sheet.texts("may_ask", faults).unwrap_or_default() {
        match word.parse() {
            Ok(ask) => asks.push(ask),
            Err(()) => {
                let why = "expected `elicitation`, `roots` or `sampling`";
                sheet.fault("may_ask", why, faults);
            }
        }
    }
    asks
}

/// Which tool says what another would do.
fn companions(sheet: &Sheet<'_>, faults: &mut Faults) -> BTreeMap<String, String> {
    let mut companions = BTreeMap::new();
    for (tool, value, path) in sheet.entries("dry_runs", faults) {
        match value.as_str() {
            Some(companion) if !companion.is_empty() && companion != tool => {
                companions.insert(tool.to_owned(), companion.to_owned());
            }
            _ => faults.add(path, "expected the name of another tool"),
        }
    }
    companions
}

fn transport(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Transport> {
    let is_there = |key: &str| sheet.value(key).is_some();
    let strangers: &[&str] = match (is_there("command"), is_there("url")) {
        (true, false) => &["bearer", "reach"],
        (false, true) => &["folder", "variables"],
        _ => {
            sheet.fault("command", "expected this or `url`", faults);
            return None;
        }
    };
    for key in strangers.iter().filter(|key| is_there(key)) {
        sheet.fault(key, "is of the other kind of server", faults);
    }
    if is_there("url") {
        return Some(Transport::Http {
            url: sheet.must_text("url", faults)?,
            bearer: sheet.secret("bearer", faults),
            reach: sheet.reach(faults),
        });
    }
    let folder = sheet.text("folder", faults).map(PathBuf::from);
    if folder.as_ref().is_some_and(|path| !path.is_absolute()) {
        sheet.fault("folder", "expected an absolute path", faults);
    }
    Some(Transport::Program(Program {
        command: sheet.texts("command", faults)?,
        folder,
        variables: variables(sheet, faults),
        most_bytes: LINE_BYTES,
    }))
}

/// A value that names a secret is one; every other is plain.
fn variables(sheet: &Sheet<'_>, faults: &mut Faults) -> Vec<(String, Variable)> {
    let mut variables = Vec::new();
    for (name, value, path) in sheet.entries("variables", faults) {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if !name.bytes().all(plain) {
            faults.add(&path, "this is no variable's name");
        }
        match value.as_str() {
            Some(text) if secret::is_name(text) => {
                variables.push((name.to_owned(), Variable::Secret(SecretName::new(text))));
            }
            Some(text) if !text.contains('\0') => {
                variables.push((name.to_owned(), Variable::Plain(text.to_owned())));
            }
            _ => faults.add(path, "expected a text"),
        }
    }
    variables
}

fn seconds(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<u64> {
    sheet.word(key, "a whole number of seconds", faults)
}

/// Every secret that is named, with the path where it is.
pub(super) fn secrets(settings: &ShopSettings) -> Vec<(String, &SecretName)> {
    let mut all = Vec::new();
    for server in &settings.servers {
        let path = format!("mcp.servers.{}", server.name);
        match &server.transport {
            Transport::Program(program) => {
                for (name, value) in &program.variables {
                    if let Variable::Secret(secret) = value {
                        all.push((format!("{path}.variables.{name}"), secret));
                    }
                }
            }
            Transport::Http { bearer, .. } => {
                all.extend(bearer.iter().map(|name| (format!("{path}.bearer"), name)));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::config::read;

    #[test]
    fn names_that_could_collide_and_words_that_are_unknown_are_told() {
        let text = "tenants:\n  default:\n    mcp:\n      servers:\n        a: { url: 'https://a.test/mcp', \
            bare: true, may_ask: [roots, money] }\n        b: { url: 'https://b.test/mcp' }\n";
        let faults = read(text).unwrap_err();
        let lines: Vec<_> = faults.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "tenants.default.mcp.servers.a.bare: only a server that is alone keeps its tools' own names",
                "tenants.default.mcp.servers.a.may_ask: expected `elicitation`, `roots` or `sampling`",
            ]
        );
    }
}
