//! The providers that credentials are minted at, each with the one long-lived secret behind it.

use super::{secret, sheet::Sheet};
use portcullis_credentials::{
    issuer::{KINDS, Kind, Provider, sealed::Chest},
    issuers::Entry,
};
use portcullis_firewall::outside::{Reach, SecretName};
use portcullis_policy::{fault::Faults, id::TenantId, label::Label};
use serde_json::Value;
use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

/// What stands at `providers`.
pub(super) fn settings(document: &Sheet<'_>, faults: &mut Faults) -> Vec<Entry> {
    let mut providers = Vec::new();
    for (name, value, path) in document.entries("providers", faults) {
        if name.is_empty() || Label::new(name).as_str() != name {
            faults.add(&path, "expected a name in small letters");
        }
        providers.extend(entry(name, value, path, faults));
    }
    providers
}

fn entry(name: &str, value: &Value, path: String, faults: &mut Faults) -> Option<Entry> {
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let keys: Vec<&str> = ["own", "tenants"]
        .into_iter()
        .chain(kinds.iter().copied())
        .collect();
    let sheet = Sheet::open(value, path.clone(), &keys, faults)?;
    let mut found = KINDS
        .iter()
        .filter_map(|kind| Some((kind, sheet.value(kind.name)?)));
    let (Some((kind, said)), None) = (found.next(), found.next()) else {
        let due = kinds.join("`, `");
        faults.add(
            path,
            format!("expected what kind of provider it is, one of `{due}`"),
        );
        return None;
    };
    let provider = provider(kind, said, &sheet.path_of(kind.name), faults)?;
    Some(Entry {
        name: name.to_owned(),
        kind: kind.name,
        tenants: tenants(&sheet, faults),
        own: own(provider.as_ref(), &sheet, faults),
        provider,
    })
}

/// Where people's own secrets are, which stand in for the provider's.
fn own(provider: &dyn Provider, sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Chest> {
    if sheet.value("own").is_some() && provider.own_keys().is_empty() {
        sheet.fault("own", "people have no secrets of their own there", faults);
    }
    chest("own", sheet, faults)
}

/// A folder of sealed secrets, when one stands at a key.
pub(super) fn chest(key: &str, sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Chest> {
    let said = sheet.below(key, &["folder", "master_key"], faults)?;
    let (folder, master_key) = (
        said.must_text("folder", faults),
        said.must_secret("master_key", faults),
    );
    let chest = Chest {
        folder: PathBuf::from(folder?),
        master_key: master_key?,
    };
    if let Some((key, why)) = chest.fault() {
        said.fault(key, why, faults);
    }
    Some(chest)
}

fn provider(
    kind: &Kind,
    said: &Value,
    path: &str,
    faults: &mut Faults,
) -> Option<Arc<dyn Provider>> {
    let provider = match kind.read(said) {
        Ok(provider) => provider,
        Err(misread) => {
            let pause = if misread.path.is_empty() { "" } else { "." };
            faults.add(format!("{path}{pause}{}", misread.path), misread.why);
            return None;
        }
    };
    for (key, name) in provider.secrets() {
        let written = Value::from(name.as_str());
        secret::name(&written, format!("{path}.{key}"), faults);
    }
    if let Some((key, why)) = provider.fault() {
        faults.add(format!("{path}.{key}"), why);
    }
    Some(provider)
}

/// Who may use it. *Fails closed:* a provider that names nobody would be nobody's, or everybody's.
fn tenants(sheet: &Sheet<'_>, faults: &mut Faults) -> BTreeSet<TenantId> {
    let mut tenants = BTreeSet::new();
    for (value, path) in sheet.list("tenants", faults) {
        match value.as_str().map(TenantId::new) {
            Some(Ok(tenant)) => {
                tenants.insert(tenant);
            }
            _ => faults.add(path, "this is no id of a tenant"),
        }
    }
    let named = matches!(sheet.value("tenants"), Some(Value::Array(named)) if !named.is_empty());
    if !named {
        sheet.fault("tenants", "expected the tenants that may use it", faults);
    }
    tenants
}

/// Every secret that is named, with the path where it is.
pub(super) fn secrets(providers: &[Entry]) -> Vec<(String, SecretName)> {
    let all = providers.iter().flat_map(|entry| {
        let secrets = entry.provider.secrets().into_iter();
        let secrets = secrets.map(|(key, name)| (path(entry, key), name.clone()));
        let own = entry.own.iter().map(|own| {
            let path = format!("providers.{}.own.master_key", entry.name);
            (path, own.master_key.clone())
        });
        secrets.chain(own)
    });
    all.collect()
}

/// Every address that is called, with the path where it stands and how far it may reach.
pub(super) fn addresses(providers: &[Entry]) -> Vec<(String, String, Reach)> {
    let all = providers.iter().flat_map(|entry| {
        let addresses = entry.provider.addresses().into_iter();
        addresses.map(|(key, url, reach)| (path(entry, key), url, reach))
    });
    all.collect()
}

/// Notes every target that takes credentials of a provider that its tenant may not use.
pub(super) fn unserved(
    providers: &[Entry],
    tenant: &TenantId,
    wanted: Vec<(String, &str)>,
    faults: &mut Faults,
) {
    for (path, name) in wanted {
        let serves = |entry: &Entry| entry.name == name && entry.serves(tenant);
        if !providers.iter().any(serves) {
            let path = format!("tenants.{tenant}.{path}");
            faults.add(path, "there is no such provider for this tenant");
        }
    }
}

fn path(entry: &Entry, key: &str) -> String {
    format!("providers.{}.{}.{key}", entry.name, entry.kind)
}

#[cfg(test)]
mod tests {
    use crate::config::read;

    fn faults(provider: &str) -> Vec<String> {
        let found = read(&format!("providers: {{ roles: {provider} }}"));
        let lines = found.map(drop).unwrap_err();
        lines.0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_provider_is_of_one_kind_and_names_its_secrets() {
        let good = "host: db.example.com, user: minter, password: env:MINTER";
        let config = read(&format!(
            "providers: {{ roles: {{ tenants: [default], postgres: {{ {good} }} }} }}"
        ));
        let config = config.unwrap();
        assert_eq!(config.providers.len(), 1);
        assert_eq!(config.secrets().len(), 1);
        assert_eq!(config.secrets()[0].0, "providers.roles.postgres.password");
        let kinds = "expected what kind of provider it is, one of `aws`, `gcp`, `github`, \
                     `kubernetes`, `oauth`, `openbao`, `postgres`, `sealed`";
        for none in [
            "{}".to_owned(),
            format!("{{ postgres: {{ {good} }}, aws: {{}} }}"),
        ] {
            assert_eq!(faults(&none), [format!("providers.roles: {kinds}")]);
        }
        let secret = "host: db.example.com, user: minter, password: hush-hush";
        let found = faults(&format!(
            "{{ tenants: [default], postgres: {{ {secret} }} }}"
        ));
        assert!(
            found[0].starts_with("providers.roles.postgres.password: "),
            "{found:?}"
        );
        assert!(!format!("{found:?}").contains("hush-hush"));
        for (wrong, want) in [
            (
                "{ tenants: [default], postgres: { host: x, port: hush-hush } }",
                "port: this is not what belongs here",
            ),
            (
                "{ tenants: [default], postgres: { host: x } }",
                ": missing field `user`",
            ),
            (
                "{ tenants: [default], postgres: { hots: x } }",
                "hots: unknown field `hots`",
            ),
        ] {
            let found = faults(wrong);
            assert!(found[0].contains(want), "{found:?}");
            assert!(!format!("{found:?}").contains("hush-hush"));
        }
        assert_eq!(
            faults(&format!("{{ tenants: [a b], postgres: {{ {good} }} }}")),
            ["providers.roles.tenants[0]: this is no id of a tenant"]
        );
        assert_eq!(
            faults(
                "{ tenants: [default], aws: { role_arn: x, region: eu-central-1, access_key_id: env:A, secret_access_key: env:B } }"
            ),
            ["providers.roles.aws.role_arn: expected `arn:aws:iam::<account>:role/<name>`"]
        );
    }

    #[test]
    fn people_have_secrets_of_their_own_where_that_means_something() {
        let cluster = "tenants: [default], kubernetes: { server: 'https://k8s.example.com', token: env:GATE, \
                       namespace: gate }";
        let with = |own: &str| format!("{{ {cluster}, own: {own} }}");
        let good = "{ folder: /var/lib/portcullis/own, master_key: env:OWN }";
        let config = read(&format!("providers: {{ roles: {} }}", with(good))).unwrap();
        assert!(config.providers[0].own.is_some());
        let paths: Vec<_> = config.secrets().into_iter().map(|(path, _)| path).collect();
        assert!(
            paths.contains(&"providers.roles.own.master_key".to_owned()),
            "{paths:?}"
        );
        for (own, due) in [
            (
                "{ folder: own, master_key: env:OWN }",
                "providers.roles.own.folder: expected an absolute path",
            ),
            (
                "{ folder: /own, key: env:OWN }",
                "providers.roles.own.key: there is no such key here",
            ),
        ] {
            let found = faults(&with(own));
            assert!(
                found.iter().any(|fault| fault.starts_with(due)),
                "{found:?}"
            );
        }
        let database = "host: db.example.com, user: minter, password: env:MINTER";
        let found = faults(&format!(
            "{{ tenants: [default], postgres: {{ {database} }}, own: {good} }}"
        ));
        assert_eq!(
            found,
            ["providers.roles.own: people have no secrets of their own there"]
        );
    }

    #[test]
    fn a_provider_that_names_no_tenant_is_nobodys() {
        let good = "postgres: { host: db.example.com, user: minter, password: env:MINTER }";
        let due = ["providers.roles.tenants: expected the tenants that may use it"];
        assert_eq!(faults(&format!("{{ {good} }}")), due);
        assert_eq!(faults(&format!("{{ tenants: [], {good} }}")), due);
    }

    #[test]
    fn a_target_takes_credentials_of_a_provider_that_is_there() {
        let target = "http: { base_url: 'https://x.example.com', credential: { lease: { provider: roles, \
                      bearer: token } } }, actions: { it.do: { method: GET, path: / } }";
        let roles = "roles: { tenants: [other], postgres: { host: db.example.com, user: minter, \
                     password: env:MINTER } }";
        let of = |providers: &str, tenant: &str| {
            read(&format!(
                "providers: {{ {providers} }}\ntenants: {{ {tenant}: {{ targets: {{ one: {{ {target} }} }} }} }}"
            ))
        };
        assert!(of(roles, "other").is_ok());
        for providers in [roles, ""] {
            let found = of(providers, "default").unwrap_err();
            let lines: Vec<_> = found.0.iter().map(ToString::to_string).collect();
            assert_eq!(
                lines,
                [
                    "tenants.default.targets.one.http.credential.lease: there is no such provider for this tenant"
                ]
            );
        }
    }
}
