//! The accounts on chains that act for vaults.

mod key;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use key::AccountKey;

use super::{Wiring, sheet::Sheet};
use portcullis_evm::{
    Address,
    account::AccountSettings,
    calldata::Interface,
    names::{Names, TokenName},
    preflight::Outfit,
    snapshot::{Chain, Rules},
};
use portcullis_firewall::outside::{Credential, Reach, SecretName};
use portcullis_policy::{fault::Faults, id::TenantId};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// How long a transaction is waited for unless told otherwise, in seconds, and at most.
const PATIENCE_SECONDS: u64 = 60;
const PATIENCE_MAX_SECONDS: u64 = 600;
/// The most requests of one caller in a second unless told otherwise, and at most.
const PER_SECOND: u64 = 50;
const PER_SECOND_MAX: u64 = 10_000;

/// The keys of an account.
const KEYS: &[&str] = &[
    "account",
    "chain_id",
    "environment",
    "guards",
    "keystore",
    "names",
    "node",
    "password",
    "patience_seconds",
    "requests_per_second",
    "rules",
    "second_node",
    "signer",
    "spenders",
    "tokens",
    "vault",
];

/// An account as the operator's file names it.
#[derive(Clone, Debug)]
pub(crate) struct ChainAccount {
    /// Its name, environment, address and limits.
    pub(crate) settings: AccountSettings,
    /// The chain.
    pub(crate) chain: Chain,
    /// The vault, its guards and names.
    pub(crate) outfit: Outfit,
    /// The key.
    pub(crate) key: AccountKey,
    /// The node that is asked, and the one that it is compared with.
    pub(crate) nodes: (ChainNode, Option<ChainNode>),
    /// The most requests of one caller in a second.
    pub(crate) per_second: u32,
}

/// A node of a chain.
#[derive(Clone, Debug)]
pub(crate) struct ChainNode {
    /// Where it is.
    pub(crate) url: String,
    /// How it is greeted.
    pub(crate) bearer: Option<SecretName>,
    /// Where its address may lead.
    pub(crate) reach: Reach,
}

impl ChainNode {
    /// How it is greeted.
    pub(crate) fn credential(&self) -> Option<Credential> {
        self.bearer.clone().map(Credential::Bearer)
    }
}

/// What stands at `chains`.
pub(super) fn settings(
    tenant: &Sheet<'_>,
    id: &TenantId,
    faults: &mut Faults,
) -> Vec<ChainAccount> {
    let mut accounts = Vec::new();
    for (name, value, path) in tenant.entries("chains", faults) {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(plain) {
            faults.add(&path, "expected a name of small letters, digits and `-`");
        }
        accounts.extend(account((name, id), value, path, faults));
    }
    accounts
}

fn account(
    (name, tenant): (&str, &TenantId),
    value: &Value,
    path: String,
    faults: &mut Faults,
) -> Option<ChainAccount> {
    let sheet = Sheet::open(value, path, KEYS, faults)?;
    let address = address(&sheet, "account", faults);
    let vault = self::address(&sheet, "vault", faults);
    let chain = chain(&sheet, faults);
    let node = node(&sheet, "node", faults);
    if node.is_none() {
        sheet.fault("node", "must be given", faults);
    }
    let second = self::node(&sheet, "second_node", faults);
    let key = key::key(&sheet, address, faults);
    let environment = sheet.text("environment", faults);
    let outfit = Outfit {
        vault: vault.unwrap_or_default(),
        guards: guards(&sheet, faults),
        names: names(&sheet, vault.unwrap_or_default(), faults),
    };
    let patience = (PATIENCE_SECONDS, PATIENCE_MAX_SECONDS);
    let patience = bounded(&sheet, "patience_seconds", patience, faults);
    let per_second = (PER_SECOND, PER_SECOND_MAX);
    let per_second = bounded(&sheet, "requests_per_second", per_second, faults);
    let spenders = spenders(&sheet, faults);
    Some(ChainAccount {
        settings: AccountSettings {
            name: name.to_owned(),
            tenant: tenant.clone(),
            environment: environment.unwrap_or_else(|| "production".to_owned()),
            address: address?,
            key: name.to_owned(),
            patience: Duration::from_secs(patience),
            spenders,
        },
        chain: chain?,
        outfit,
        key: key?,
        nodes: (node?, second),
        per_second: u32::try_from(per_second).unwrap_or(u32::MAX),
    })
}

fn chain(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Chain> {
    let id = sheet.word::<u64>("chain_id", "the chain's id, a whole number", faults);
    if id.is_none() {
        sheet.fault("chain_id", "must be given", faults);
    }
    let rules = rules(sheet, faults);
    id.map(|id| Chain { id, rules })
}

fn bounded(
    sheet: &Sheet<'_>,
    key: &str,
    (otherwise, most): (u64, u64),
    faults: &mut Faults,
) -> u64 {
    let found = sheet.word(key, "a whole number", faults);
    let found = found.unwrap_or(otherwise);
    if !(1..=most).contains(&found) {
        sheet.fault(key, format!("expected 1 to {most}"), faults);
    }
    found
}

fn address(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<Address> {
    let text = sheet.must_text(key, faults)?;
    let parsed = text.parse().ok();
    if parsed.is_none() {
        sheet.fault(key, "expected an address, in quotes", faults);
    }
    parsed
}

fn node(account: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<ChainNode> {
    let sheet = account.below(key, &["url", "bearer", "reach"], faults)?;
    Some(ChainNode {
        url: sheet.must_text("url", faults)?,
        bearer: sheet.secret("bearer", faults),
        reach: sheet.reach(faults),
    })
}

fn rules(sheet: &Sheet<'_>, faults: &mut Faults) -> Rules {
    let Some(name) = sheet.text("rules", faults) else {
        return Rules::default();
    };
    let found = Rules::ALL.into_iter().find(|one| one.as_str() == name);
    found.unwrap_or_else(|| {
        sheet.fault("rules", "expected `cancun`, `prague` or `osaka`", faults);
        Rules::default()
    })
}

fn guards(sheet: &Sheet<'_>, faults: &mut Faults) -> BTreeMap<Address, Interface> {
    let mut guards = BTreeMap::new();
    for (name, value, path) in sheet.entries("guards", faults) {
        let kind = value.as_str().and_then(Interface::named);
        let kind = kind.filter(|kind| *kind != Interface::Vault);
        match (name.parse(), kind) {
            (Ok(guard), Some(kind)) => {
                guards.insert(guard, kind);
            }
            (Err(_), _) => faults.add(path, "expected the address of a guard, in quotes"),
            (Ok(_), None) => {
                let due = "expected `token`, `uniswap_v2`, `uniswap_v3`, `erc4626` or `aave_v3`";
                faults.add(path, due);
            }
        }
    }
    guards
}

fn names(account: &Sheet<'_>, vault: Address, faults: &mut Faults) -> Names {
    let mut names = Names {
        vault,
        ..Names::default()
    };
    for (name, value, path) in account.entries("tokens", faults) {
        let Ok(token) = name.parse() else {
            faults.add(path, "expected the address of a token, in quotes");
            continue;
        };
        let Some(sheet) = Sheet::open(value, path, &["symbol", "decimals"], faults) else {
            continue;
        };
        let symbol = sheet.must_text("symbol", faults);
        let decimals = sheet.word::<u8>("decimals", "a whole number", faults);
        let decimals = decimals.filter(|decimals| *decimals <= 77);
        if decimals.is_none() {
            sheet.fault("decimals", "expected 0 to 77", faults);
        }
        if let Some((symbol, decimals)) = symbol.zip(decimals) {
            names.tokens.insert(token, TokenName { symbol, decimals });
        }
    }
    for (name, value, path) in account.entries("names", faults) {
        match (name.parse(), value.as_str()) {
            (Ok(place), Some(called)) if !called.trim().is_empty() => {
                names.places.insert(place, called.to_owned());
            }
            _ => faults.add(
                path,
                "expected an address, in quotes, and what it is called",
            ),
        }
    }
    names
}

fn spenders(sheet: &Sheet<'_>, faults: &mut Faults) -> Vec<Address> {
    let mut spenders = Vec::new();
    for (value, path) in sheet.list("spenders", faults) {
        match value.as_str().and_then(|text| text.parse().ok()) {
            Some(spender) => spenders.push(spender),
            None => faults.add(path, "expected an address, in quotes"),
        }
    }
    spenders
}

/// Every secret that is named, with the path where it is.
pub(super) fn secrets(accounts: &[ChainAccount]) -> Vec<(String, &SecretName)> {
    let mut all = Vec::new();
    for account in accounts {
        let path = format!("chains.{}", account.settings.name);
        let secret = account.key.secret();
        all.extend(secret.map(|(key, name)| (format!("{path}.{key}"), name)));
        for (key, node) in nodes(account) {
            all.extend(
                node.bearer
                    .iter()
                    .map(|name| (format!("{path}.{key}.bearer"), name)),
            );
        }
    }
    all
}

/// What may be a token in the address of a node, with the path where it is.
pub(super) fn tokens(accounts: &[ChainAccount]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for account in accounts {
        for (key, node) in nodes(account) {
            let path = format!("chains.{}.{key}.url", account.settings.name);
            let found = token::in_address(&node.url).into_iter();
            all.extend(found.map(|token| (path.clone(), token)));
        }
    }
    all
}

/// Every address that is called, with the path where it is and how far it may reach.
pub(super) fn addresses(accounts: &[ChainAccount]) -> Vec<(String, &str, Reach)> {
    let mut all = Vec::new();
    for account in accounts {
        let path = format!("chains.{}", account.settings.name);
        for (key, node) in nodes(account) {
            all.push((format!("{path}.{key}.url"), node.url.as_str(), node.reach));
        }
        if let AccountKey::Remote(remote) = &account.key {
            all.push((format!("{path}.signer.url"), &remote.url, remote.reach));
        }
    }
    all
}

/// Two that send from one address would take the same nonces.
pub(super) fn doubled(tenants: &BTreeMap<TenantId, Wiring>, faults: &mut Faults) {
    let mut seen: BTreeMap<(u64, Address), String> = BTreeMap::new();
    for (tenant, wiring) in tenants {
        for one in &wiring.chains {
            let path = format!("tenants.{tenant}.chains.{}", one.settings.name);
            match seen.get(&(one.chain.id, one.settings.address)) {
                Some(first) => {
                    let why = format!("`{first}` has the same one: each needs its own");
                    faults.add(format!("{path}.account"), why);
                }
                None => {
                    seen.insert((one.chain.id, one.settings.address), path);
                }
            }
        }
    }
}

/// The nodes of an account, with the keys that they stand at.
fn nodes(account: &ChainAccount) -> impl Iterator<Item = (&'static str, &ChainNode)> {
    let (first, second) = &account.nodes;
    let second = second.iter().map(|node| ("second_node", node));
    std::iter::once(("node", first)).chain(second)
}
