//! The systems that the gate acts on by itself.

mod lease;
mod postgres;

pub(crate) use postgres::login;

use super::sheet::Sheet;
use portcullis_firewall::outside::{Credential, Method, SecretName};
use portcullis_policy::{fault::Faults, label::Label};
use portcullis_targets::{
    http::{HttpAction, HttpRequest, HttpTarget, Shown},
    target::{Kind, Target},
    targets::Targets,
    template::Template,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How long a call may take unless told otherwise, in seconds, and at most.
const TIMEOUT_SECONDS: u64 = 20;
const TIMEOUT_MAX_SECONDS: u64 = 600;

/// What stands at `targets`.
pub(super) fn settings(tenant: &Sheet<'_>, faults: &mut Faults) -> Vec<Target> {
    let mut targets = Vec::new();
    for (name, value, path) in tenant.entries("targets", faults) {
        let keys = &["http", "postgres", "actions"];
        let Some(sheet) = Sheet::open(value, path, keys, faults) else {
            continue;
        };
        if let Some(kind) = kind(&sheet, faults) {
            let name = name.to_owned();
            targets.push(Target { name, kind });
        }
    }
    let found = Targets::faults(&targets);
    super::beneath(&tenant.path_of("targets"), found, faults);
    targets
}

fn kind(target: &Sheet<'_>, faults: &mut Faults) -> Option<Kind> {
    match (target.value("http"), target.value("postgres")) {
        (Some(_), None) => http(target, faults),
        (None, Some(_)) => postgres::kind(target, faults),
        _ => {
            let due = "expected what kind of target it is: `http` or `postgres`";
            target.fault("http", due, faults);
            None
        }
    }
}

/// The action types that are bound to a target; one at least.
fn actions<T>(
    target: &Sheet<'_>,
    faults: &mut Faults,
    read: impl Fn(&Value, String, &mut Faults) -> Option<T>,
) -> BTreeMap<String, T> {
    let mut actions = BTreeMap::new();
    for (name, value, path) in target.entries("actions", faults) {
        if Label::new(name).as_str() != name {
            faults.add(&path, "expected an action type in small letters");
        }
        if let Some(action) = read(value, path, faults) {
            actions.insert(name.to_owned(), action);
        }
    }
    if actions.is_empty() {
        target.fault("actions", "expected an action type at least", faults);
    }
    actions
}

fn http(target: &Sheet<'_>, faults: &mut Faults) -> Option<Kind> {
    const KEYS: &[&str] = &["base_url", "credential", "reach", "timeout_seconds"];
    let sheet = target.below("http", KEYS, faults)?;
    let base_url = sheet.must_text("base_url", faults);
    if base_url
        .as_ref()
        .is_some_and(|url| url.contains(['?', '#', '{', '\\']))
    {
        sheet.fault(
            "base_url",
            "expected an address without `?`, `#` and places",
            faults,
        );
    }
    let seconds = sheet.word("timeout_seconds", "a whole number of seconds", faults);
    let seconds = seconds.unwrap_or(TIMEOUT_SECONDS);
    if !(1..=TIMEOUT_MAX_SECONDS).contains(&seconds) {
        sheet.fault("timeout_seconds", "expected 1 to 600", faults);
    }
    Some(Kind::Http(HttpTarget {
        base_url: base_url?,
        credential: shown(&sheet, faults),
        reach: sheet.reach(faults),
        timeout: Duration::from_secs(seconds),
        actions: actions(target, faults, action),
    }))
}

fn action(value: &Value, path: String, faults: &mut Faults) -> Option<HttpAction> {
    const KEYS: &[&str] = &[
        "cost_usd",
        "gpu_hours",
        "idempotency_header",
        "method",
        "path",
        "preview",
    ];
    let sheet = Sheet::open(value, path, KEYS, faults)?;
    let preview = sheet.below("preview", &["method", "path"], faults);
    let idempotency_header = sheet.text("idempotency_header", faults);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if idempotency_header
        .as_ref()
        .is_some_and(|name| !name.bytes().all(plain))
    {
        sheet.fault("idempotency_header", "this is no header's name", faults);
    }
    Some(HttpAction {
        cost_usd: pointer(&sheet, "cost_usd", faults),
        gpu_hours: pointer(&sheet, "gpu_hours", faults),
        idempotency_header,
        preview: preview.and_then(|sheet| request(&sheet, faults)),
        request: request(&sheet, faults)?,
    })
}

fn request(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<HttpRequest> {
    let method = sheet.must_text("method", faults);
    let path = sheet.must_text("path", faults);
    let method = method.and_then(|word| match word.as_str() {
        "GET" => Some(Method::Get),
        "POST" => Some(Method::Post),
        "PUT" => Some(Method::Put),
        "PATCH" => Some(Method::Patch),
        "DELETE" => Some(Method::Delete),
        _ => {
            sheet.fault("method", "expected GET, POST, PUT, PATCH or DELETE", faults);
            None
        }
    });
    let path = path.and_then(|written| match Template::read(&written) {
        Ok(template) => Some(template),
        Err(why) => {
            sheet.fault("path", why, faults);
            None
        }
    });
    Some(HttpRequest {
        method: method?,
        path: path?,
    })
}

/// A JSON pointer (RFC 6901).
fn pointer(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<String> {
    let pointer = sheet.text(key, faults)?;
    if !pointer.starts_with('/') {
        sheet.fault(key, "expected a JSON pointer such as `/cost`", faults);
    }
    Some(pointer)
}

/// What is shown at a service: a credential of its own, or the one that comes with the order.
fn shown(http: &Sheet<'_>, faults: &mut Faults) -> Option<Shown> {
    let keys = &["bearer", "basic", "header", "lease"];
    let sheet = http.below("credential", keys, faults)?;
    match sheet.value("lease") {
        Some(_) => lease::credential(http, &sheet, faults).map(Shown::Leased),
        None => credential(http, &sheet, faults).map(Shown::Own),
    }
}

fn credential(http: &Sheet<'_>, sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Credential> {
    let kinds = ["bearer", "basic", "header"];
    if kinds
        .iter()
        .filter(|kind| sheet.value(kind).is_some())
        .count()
        != 1
    {
        http.fault(
            "credential",
            "expected one of `bearer`, `basic`, `header`, `lease`",
            faults,
        );
        return None;
    }
    if let Some(basic) = sheet.below("basic", &["user", "password"], faults) {
        let (user, secret) = (
            basic.must_text("user", faults),
            basic.must_secret("password", faults),
        );
        return Some(Credential::Login {
            user: user?,
            secret: secret?,
        });
    }
    if let Some(header) = sheet.below("header", &["name", "value"], faults) {
        let (name, secret) = (
            header.must_text("name", faults),
            header.must_secret("value", faults),
        );
        return Some(Credential::Header {
            name: name?,
            secret: secret?,
        });
    }
    sheet.secret("bearer", faults).map(Credential::Bearer)
}

/// What stands at `gpu_plans`.
pub(super) fn planned(tenant: &Sheet<'_>, faults: &mut Faults) -> BTreeSet<String> {
    let mut planned = BTreeSet::new();
    for (value, path) in tenant.list("gpu_plans", faults) {
        match value.as_str() {
            Some(name) if !name.is_empty() && Label::new(name).as_str() == name => {
                planned.insert(name.to_owned());
            }
            _ => faults.add(path, "expected an action type in small letters"),
        }
    }
    planned
}

/// Every secret that is named, with the path where it is.
pub(super) fn secrets(targets: &[Target]) -> Vec<(String, &SecretName)> {
    let mut all = Vec::new();
    for target in targets {
        let name = &target.name;
        let credential = match &target.kind {
            Kind::Http(http) => match &http.credential {
                Some(Shown::Own(own)) => Some(own),
                Some(Shown::Leased(_)) | None => None,
            },
            Kind::Postgres(postgres) => {
                let path = format!("targets.{name}.postgres.password");
                all.extend(
                    postgres
                        .database
                        .password
                        .iter()
                        .map(|one| (path.clone(), one)),
                );
                None
            }
        };
        let path = format!("targets.{name}.http.credential");
        match credential {
            // Those of several secrets come with orders alone.
            None | Some(Credential::FormFields(_) | Credential::Aws { .. }) => {}
            Some(Credential::Bearer(secret)) => all.push((format!("{path}.bearer"), secret)),
            Some(Credential::Login { secret, .. }) => {
                all.push((format!("{path}.basic.password"), secret));
            }
            Some(
                Credential::Header { secret, .. }
                | Credential::FormField { secret, .. }
                | Credential::Basic { secret, .. },
            ) => {
                all.push((format!("{path}.header.value"), secret));
            }
        }
    }
    all
}

/// Every provider whose credentials are taken, with the path where it is named.
pub(super) fn providers(targets: &[Target]) -> Vec<(String, &str)> {
    let named = targets.iter().filter_map(|target| {
        let name = &target.name;
        match &target.kind {
            Kind::Http(http) => match http.credential.as_ref()? {
                Shown::Leased(leased) => {
                    let path = format!("targets.{name}.http.credential.lease");
                    Some((path, leased.provider.as_str()))
                }
                Shown::Own(_) => None,
            },
            Kind::Postgres(postgres) => {
                let path = format!("targets.{name}.postgres.login.lease");
                Some((path, postgres.lease.as_deref()?))
            }
        }
    });
    named.collect()
}
