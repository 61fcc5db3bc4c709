//! The operator's file: what no tenant may set, because it makes the gate call other systems.
//!
//! It is read strictly, and everything that is wrong with it is told at once, each with its path.
//! Secrets are named in it, never written.

mod chains;
mod commands;
mod mail;
mod mcp;
mod providers;
mod redaction;
mod secret;
mod sheet;
mod sign_in;
mod slack;
mod targets;
pub(crate) mod vault_plan;
mod webhook;

pub(crate) use chains::{AccountKey, ChainAccount, ChainNode};
pub(crate) use mail::Post;
pub(crate) use mcp::LINE_BYTES;
pub(crate) use redaction::Redaction;
pub(crate) use sign_in::SignIn;
pub(crate) use targets::login;

use anyhow::{Context, anyhow, ensure};
use portcullis_control::{notify::webhook::WebhookSettings, slack::settings::SlackSettings};
use portcullis_credentials::{Secrets, courier, issuer::sealed::Chest, issuers::Entry};
use portcullis_firewall::outside::{Reach, SecretName};
use portcullis_gateway::mcp::{ShopSettings, Transport};
use portcullis_policy::{fault::Faults, id::TenantId, yaml};
use portcullis_runner::Settings;
use portcullis_targets::target::{Kind, Target};
use serde_json::Value;
use sheet::Sheet;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Everything the operator's file says. Without a file: nothing is called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// The address under which people reach the gate, e.g. `https://gate.example.com`.
    pub(crate) public_url: Option<String>,
    /// A PEM file of authorities that are trusted besides the system's.
    pub(crate) extra_roots: Option<PathBuf>,
    /// Where credentials are minted, and by whom.
    pub(crate) providers: Vec<Entry>,
    /// Where tokens are sealed that only their holder can end, until they have ended.
    pub(crate) embers: Option<Chest>,
    /// How commands are run.
    pub(crate) commands: Settings,
    /// What each tenant has.
    pub(crate) tenants: BTreeMap<TenantId, Wiring>,
}

/// What one tenant is joined to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wiring {
    /// The identity provider.
    pub(crate) sign_in: Option<SignIn>,
    /// Slack.
    pub(crate) slack: Option<SlackSettings>,
    /// Programs that are told.
    pub(crate) webhooks: Vec<WebhookSettings>,
    /// Letters.
    pub(crate) mail: Option<Post>,
    /// The MCP servers that its agents reach.
    pub(crate) mcp: ShopSettings,
    /// The systems that the gate acts on by itself.
    pub(crate) targets: Vec<Target>,
    /// The accounts on chains that act for vaults.
    pub(crate) chains: Vec<ChainAccount>,
    /// The action types whose dry runs the planner for GPU jobs makes.
    pub(crate) gpu_plans: BTreeSet<String>,
    /// What is hidden in texts besides the formats of secrets.
    pub(crate) redaction: Redaction,
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read; every fault on its own line.
pub(crate) fn load(path: &Path) -> anyhow::Result<Config> {
    read(&content(path)?).map_err(|faults| {
        let lines = faults.0.iter().map(|fault| format!("\n  {fault}"));
        let shown = path.display();
        anyhow!("`{shown}` is not valid:{}", lines.collect::<String>())
    })
}

fn content(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let length = fs::metadata(path).with_context(|| format!("cannot read `{shown}`"))?;
    let most = u64::try_from(yaml::MAX_BYTES).unwrap_or(u64::MAX);
    ensure!(
        length.len() <= most,
        "`{shown}` is larger than {most} bytes"
    );
    fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))
}

/// Whether a text is the name of a secret, `env:NAME` or `file:/path`.
pub(crate) fn is_secret_name(text: &str) -> bool {
    secret::is_name(text)
}

/// Everything that is wrong with a file, and everything that stands in the way of using it.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn faults(path: &Path) -> anyhow::Result<Faults> {
    let found = read(&content(path)?).map(|config| config.obstacles());
    Ok(found.unwrap_or_else(|faults| faults))
}

/// Reads what a file says.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read(text: &str) -> Result<Config, Faults> {
    let value = yaml::read(text)?;
    let mut faults = Faults::default();
    secret::betrayed(&value, "", &mut faults);
    let config = document(&value, &mut faults).unwrap_or_default();
    faults.0.sort_by(|a, b| a.path.cmp(&b.path));
    // What looks like a secret is told as that alone.
    faults
        .0
        .dedup_by(|later, earlier| later.path == earlier.path);
    faults.or(config)
}

/// What is wrong with the address people use. Over plain HTTP everybody on the way reads the secrets
/// of their sign-ins, so that only this machine may go without TLS.
fn public_url_fault(url: &str) -> Option<&'static str> {
    const FORM: &str = "expected `https://` and a host, without a path";
    let Some((scheme, authority)) = url.split_once("://") else {
        return Some(FORM);
    };
    let authority = authority.trim_end_matches('/');
    let plain = |b: u8| b.is_ascii_graphic() && !b"@/?#\\\"'<>`".contains(&b);
    if authority.is_empty() || !authority.bytes().all(plain) {
        return Some(FORM);
    }
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match scheme {
        "https" => None,
        "http" if is_here => None,
        "http" => Some("must be `https://`: without TLS only this machine is reached"),
        _ => Some(FORM),
    }
}

fn document(value: &Value, faults: &mut Faults) -> Option<Config> {
    let keys = [
        "public_url",
        "extra_roots",
        "providers",
        "embers",
        "commands",
        "tenants",
    ];
    let sheet = Sheet::open(value, String::new(), &keys, faults)?;
    let public_url = sheet.text("public_url", faults);
    if let Some(fault) = public_url.as_deref().and_then(public_url_fault) {
        sheet.fault("public_url", fault, faults);
    }
    let extra_roots = sheet.text("extra_roots", faults).map(PathBuf::from);
    if extra_roots.as_ref().is_some_and(|path| !path.is_absolute()) {
        sheet.fault("extra_roots", "expected an absolute path", faults);
    }
    let providers = providers::settings(&sheet, faults);
    let mut tenants = BTreeMap::new();
    for (name, value, path) in sheet.entries("tenants", faults) {
        match TenantId::new(name) {
            Ok(id) => {
                let named = (path, &id);
                let wiring = wiring(value, named, public_url.is_some(), faults).unwrap_or_default();
                let wanted = targets::providers(&wiring.targets);
                providers::unserved(&providers, &id, wanted, faults);
                tenants.insert(id, wiring);
            }
            Err(_) => faults.add(path, "this is no id of a tenant"),
        }
    }
    chains::doubled(&tenants, faults);
    Some(Config {
        public_url,
        extra_roots,
        embers: providers::chest("embers", &sheet, faults),
        commands: commands::settings(&sheet, faults),
        providers,
        tenants,
    })
}

fn wiring(
    value: &Value,
    (path, id): (String, &TenantId),
    has_address: bool,
    faults: &mut Faults,
) -> Option<Wiring> {
    let sheet = Sheet::open(
        value,
        path,
        &[
            "sign_in",
            "slack",
            "webhooks",
            "mail",
            "mcp",
            "redaction",
            "targets",
            "chains",
            "gpu_plans",
        ],
        faults,
    )?;
    for part in ["sign_in", "slack"] {
        if sheet.value(part).is_some() && !has_address {
            sheet.fault(part, "needs the gate's `public_url`", faults);
        }
    }
    let sign_in = sheet.below("sign_in", &["oidc"], faults);
    let sign_in = sign_in.and_then(|sheet| sign_in::oidc(&sheet, faults));
    Some(Wiring {
        sign_in,
        slack: slack::settings(&sheet, faults),
        webhooks: webhook::settings(&sheet, faults),
        mail: mail::settings(&sheet, faults),
        mcp: mcp::settings(&sheet, faults),
        redaction: redaction::settings(&sheet, faults),
        targets: targets::settings(&sheet, faults),
        chains: chains::settings(&sheet, id, faults),
        gpu_plans: targets::planned(&sheet, faults),
    })
}

/// Faults that somebody else found, below a path.
fn beneath(path: &str, found: Faults, faults: &mut Faults) {
    for fault in found.0 {
        faults.add(format!("{path}.{}", fault.path), fault.message);
    }
}

impl Config {
    /// Every secret that is named, with the path where it is.
    pub(crate) fn secrets(&self) -> Vec<(String, SecretName)> {
        let mut all = providers::secrets(&self.providers);
        let embers = self.embers.iter();
        all.extend(embers.map(|one| ("embers.master_key".to_owned(), one.master_key.clone())));
        for (tenant, wiring) in &self.tenants {
            let mut note = |path: &str, name: Option<&SecretName>| {
                all.extend(name.map(|name| (format!("tenants.{tenant}.{path}"), name.clone())));
            };
            if let Some(SignIn { provider, .. }) = &wiring.sign_in {
                note(
                    "sign_in.oidc.client_secret",
                    provider.client_secret.as_ref(),
                );
            }
            if let Some(slack) = &wiring.slack {
                note("slack.bot_token", Some(&slack.bot_token));
                note("slack.signing_secret", slack.signing_secret.as_ref());
                note("slack.app_token", slack.app_token.as_ref());
                note("slack.client_secret", slack.client_secret.as_ref());
            }
            for (at, webhook) in wiring.webhooks.iter().enumerate() {
                for (nth, name) in webhook.secrets.iter().enumerate() {
                    note(&format!("webhooks[{at}].secrets[{nth}]"), Some(name));
                }
            }
            for (at, name) in wiring.redaction.secrets.iter().enumerate() {
                note(&format!("redaction.secrets[{at}]"), Some(name));
            }
            if let Some(login) = wiring
                .mail
                .as_ref()
                .and_then(|post| post.smtp.login.as_ref())
            {
                note("mail.login.password", Some(&login.password));
            }
            for (path, name) in mcp::secrets(&wiring.mcp) {
                note(&path, Some(name));
            }
            for (path, name) in targets::secrets(&wiring.targets) {
                note(&path, Some(name));
            }
            for (path, name) in chains::secrets(&wiring.chains) {
                note(&path, Some(name));
            }
        }
        all
    }

    /// What may be a token in the address of a chain's node, with the path where it stands.
    pub(crate) fn tokens_in_addresses(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (tenant, wiring) in &self.tenants {
            let found = chains::tokens(&wiring.chains).into_iter();
            all.extend(found.map(|(path, token)| (format!("tenants.{tenant}.{path}"), token)));
        }
        all
    }

    /// Every address that is called, with the path where it stands and how far it may reach.
    fn addresses(&self) -> Vec<(String, String, Reach)> {
        let mut all = providers::addresses(&self.providers);
        for (tenant, wiring) in &self.tenants {
            let mut note = |path: String, url: &str, reach| {
                all.push((format!("tenants.{tenant}.{path}"), url.to_owned(), reach));
            };
            if let Some(SignIn { provider, .. }) = &wiring.sign_in {
                note(
                    "sign_in.oidc.issuer".to_owned(),
                    &provider.issuer,
                    provider.reach,
                );
            }
            if let Some(slack) = &wiring.slack {
                note("slack.base_url".to_owned(), &slack.base_url, slack.reach);
            }
            for (at, webhook) in wiring.webhooks.iter().enumerate() {
                note(format!("webhooks[{at}].url"), &webhook.url, webhook.reach);
            }
            for target in &wiring.targets {
                if let Kind::Http(http) = &target.kind {
                    let path = format!("targets.{}.http.base_url", target.name);
                    note(path, &http.base_url, http.reach);
                }
            }
            for (path, url, reach) in chains::addresses(&wiring.chains) {
                note(path, url, reach);
            }
            for server in &wiring.mcp.servers {
                if let Transport::Http { url, reach, .. } = &server.transport {
                    note(format!("mcp.servers.{}.url", server.name), url, *reach);
                }
            }
        }
        all
    }

    /// What stands in the way of using it: secrets that cannot be read, by name alone, and addresses
    /// that may not be called. What a name resolves to is looked at by every call.
    pub(crate) fn obstacles(&self) -> Faults {
        let mut faults = Faults::default();
        let secrets = Secrets::new();
        for (path, name) in self.secrets() {
            if let Err(fault) = secrets.check(&name) {
                faults.add(
                    path,
                    format!("the secret `{}` cannot be used: {fault}", name.as_str()),
                );
            }
        }
        for (path, url, reach) in self.addresses() {
            if let Err(error) = courier::look(&url, reach) {
                faults.add(path, error.to_string());
            }
        }
        if let Some(path) = self
            .extra_roots
            .as_ref()
            .filter(|path| fs::File::open(path).is_err())
        {
            faults.add(
                "extra_roots",
                format!("`{}` cannot be read", path.display()),
            );
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_valid() {
        let config = read(include_str!("../../../docs/portcullis.example.yaml")).unwrap();
        assert_eq!(config.secrets().len(), 11);
        let wiring = config.tenants.values().next().unwrap();
        assert!(wiring.sign_in.is_some() && wiring.slack.is_some() && wiring.mail.is_some());
    }

    #[test]
    fn people_are_reached_without_tls_on_this_machine_alone() {
        for good in [
            "https://gate.example.com",
            "https://gate.example.com:8443/",
            "http://localhost:8088",
            "http://127.0.0.1:8088",
            "http://[::1]:8088",
        ] {
            assert_eq!(public_url_fault(good), None, "{good}");
        }
        for bad in [
            "http://gate.example.com",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "https://gate.example.com/console",
            "ftp://gate.example.com",
            "gate.example.com",
            "https://",
        ] {
            assert!(public_url_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn every_fault_is_told_and_no_value() {
        let text = "public_url: gate\ntenants:\n  default:\n    slack: { team: acme, channel: C1, \
            bot_token: xoxb-12-ab }\n    webhooks: [{ name: A B, url: 'ftp://x', secrets: [abc], \
            events: [all] }]\n    mial: {}\n    mail: { host: 'h/x', from: nobody, port: 0, security: none, \
            to: [me] }\n";
        let faults = read(text).unwrap_err();
        let lines: Vec<_> = faults.0.iter().map(ToString::to_string).collect();
        let lines = lines.join("\n");
        assert!(
            !lines.contains("xoxb-12") && !lines.contains("abc"),
            "{lines}"
        );
        insta::assert_snapshot!(lines);
    }
}
