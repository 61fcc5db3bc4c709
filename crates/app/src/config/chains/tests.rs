//! What stands at `chains`, and what must not.

use super::AccountKey;
use crate::config::{Config, read};
use portcullis_firewall::outside::Reach;
use serde_json::{Value, json};

/// The account of EIP-155's example, and its key.
const ACCOUNT: &str = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F";
const KEY: &str = "0x4bc2a31265153f07e70e0bab08724e6b85e217f8cd628ceb62974247bb493382ce28cab79ad7119ee1ad3ebcdb98a16805211530ecc6cfefa1b88e6dff99232a";
const VAULT: &str = "0x2b5AD5c4795c026514f8317c7a215E218DcCD6cF";
const OTHER: &str = "0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69";

fn account() -> Value {
    json!({
        "account": ACCOUNT,
        "chain_id": 8453,
        "keystore": "/etc/portcullis/trader.json",
        "node": { "url": "https://node.example.com" },
        "password": "env:PASSWORD",
        "vault": VAULT,
    })
}

/// The same account, whose key somebody else holds.
fn remote() -> Value {
    let mut account = account();
    let members = account.as_object_mut().unwrap();
    members.remove("keystore");
    members.remove("password");
    let signer = json!({ "url": "https://signer.example.com", "identifier": KEY });
    members.insert("signer".to_owned(), signer);
    account
}

fn parsed(chains: &Value) -> Result<Config, Vec<(String, String)>> {
    let file = json!({ "tenants": { "default": { "chains": chains } } });
    // JSON is YAML as well.
    read(&file.to_string()).map_err(|faults| {
        let faults = faults.0.into_iter();
        faults.map(|one| (one.path, one.message)).collect()
    })
}

/// What is wrong with one account, without the path to it.
fn wrong(account: &Value) -> Vec<(String, String)> {
    let faults = parsed(&json!({ "main": account }))
        .err()
        .unwrap_or_default();
    let faults = faults.into_iter().map(|(path, message)| {
        let below = path.strip_prefix("tenants.default.chains.main");
        let below = below.unwrap_or_else(|| panic!("{path}: {message}"));
        (below.trim_start_matches('.').to_owned(), message)
    });
    faults.collect()
}

/// With something else at a place; a null takes it away.
fn with(mut account: Value, at: &str, value: Value) -> Value {
    let (above, key) = at.rsplit_once('/').unwrap();
    let place = account.pointer_mut(above).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => place.remove(key),
        value => place.insert(key.to_owned(), value),
    };
    account
}

#[test]
fn an_account_needs_little() {
    let config = parsed(&json!({ "main": account() })).unwrap();
    let wiring = config.tenants.values().next().unwrap();
    let [one] = wiring.chains.as_slice() else {
        panic!("one account")
    };
    assert_eq!(one.settings.name, "main");
    assert_eq!(one.settings.environment, "production");
    assert_eq!(one.settings.patience.as_secs(), 60);
    assert_eq!(one.per_second, 50);
    assert!(one.settings.spenders.is_empty() && one.nodes.1.is_none());
    assert!(matches!(&one.key, AccountKey::File(_)));
    let secrets = config.secrets();
    assert_eq!(secrets.len(), 1);
    assert_eq!(secrets[0].0, "tenants.default.chains.main.password");
}

#[test]
fn a_key_is_with_a_signer_as_well() {
    let signer = json!({
        "url": "http://127.0.0.1:9000", "identifier": KEY, "bearer": "env:TOKEN", "reach": "anywhere",
    });
    let account = with(remote(), "/signer", signer);
    let config = parsed(&json!({ "main": account })).unwrap();
    let wiring = config.tenants.values().next().unwrap();
    let AccountKey::Remote(key) = &wiring.chains[0].key else {
        panic!("a remote key")
    };
    assert_eq!(key.reach, Reach::Anywhere);
    let secrets = config.secrets();
    assert_eq!(secrets[0].0, "tenants.default.chains.main.signer.bearer");
    // What may not be called is told by whoever looks at the file, as for every other address.
    let public = with(remote(), "/signer/url", json!("https://127.0.0.1:9000"));
    let obstacles = parsed(&json!({ "main": public })).unwrap().obstacles();
    let told = obstacles
        .0
        .iter()
        .find(|fault| fault.path.ends_with(".signer.url"));
    assert!(told.is_some(), "{obstacles:?}");
}

/// That an account is wrong at a path, and why.
#[track_caller]
fn is_told(account: &Value, path: &str, due: &str) {
    let found = wrong(account);
    let mut found_here = found.iter().filter(|(at, _)| at == path);
    assert!(
        found_here.any(|(_, why)| why.contains(due)),
        "{path}: {found:?}"
    );
}

#[test]
fn every_mistake_is_told_where_it_is() {
    for (key, value, due) in [
        ("account", json!(null), "is required"),
        ("account", json!("0x12"), "expected an address"),
        ("account", json!(12), "expected a text"),
        ("vault", json!(null), "is required"),
        ("vault", json!("the vault"), "expected an address"),
        ("chain_id", json!(null), "must be given"),
        ("chain_id", json!("main"), "a whole number"),
        ("chain_id", json!(-1), "a whole number"),
        ("rules", json!("london"), "`prague`"),
        ("node", json!(null), "must be given"),
        ("node", json!("https://n.example"), "expected a mapping"),
        ("second_node", json!([]), "expected a mapping"),
        ("keystore", json!("trader.json"), "an absolute path"),
        ("keystore", json!(null), "is required"),
        ("password", json!(null), "is required"),
        ("password", json!("hunter2"), "the name of a secret"),
        ("patience_seconds", json!(0), "expected 1 to 600"),
        ("patience_seconds", json!(601), "expected 1 to 600"),
        ("patience_seconds", json!("long"), "a whole number"),
        ("requests_per_second", json!(0), "expected 1 to 10000"),
        ("guards", json!([]), "expected a mapping"),
        ("names", json!("none"), "expected a mapping"),
        ("tokens", json!(1), "expected a mapping"),
        ("spenders", json!({}), "expected a list"),
        ("private_key", json!("env:KEY"), "no such key here"),
        ("key", json!("env:KEY"), "no such key here"),
    ] {
        is_told(&with(account(), &format!("/{key}"), value), key, due);
    }
}

#[test]
fn every_mistake_of_a_node_is_told_where_it_is() {
    for (key, value, due) in [
        ("url", json!(null), "is required"),
        ("token", json!("env:A"), "no such key"),
        ("bearer", json!("abc"), "the name of a secret"),
        ("reach", json!("far"), "`anywhere`"),
    ] {
        for node in ["node", "second_node"] {
            let good = with(account(), &format!("/{node}"), account()["node"].clone());
            let bad = with(good, &format!("/{node}/{key}"), value.clone());
            is_told(&bad, &format!("{node}.{key}"), due);
        }
    }
}

#[test]
fn every_mistake_of_a_name_is_told_where_it_is() {
    for (key, below, value, due) in [
        ("guards", OTHER, json!("vault"), "`erc4626`"),
        ("guards", OTHER, json!(1), "`erc4626`"),
        ("guards", "0x1", json!("token"), "the address of a guard"),
        ("tokens", "usdc", json!({}), "the address of a token"),
        ("tokens", OTHER, json!("USDC"), "expected a mapping"),
        ("names", OTHER, json!(" "), "what it is called"),
        ("names", "router", json!("Uniswap"), "an address"),
    ] {
        let bad = with(account(), &format!("/{key}"), json!({ below: value }));
        is_told(&bad, &format!("{key}.{below}"), due);
    }
    for (key, value, due) in [
        ("decimals", json!(78), "expected 0 to 77"),
        ("decimals", json!(null), "expected 0 to 77"),
        ("symbol", json!(null), "is required"),
        ("price", json!(1), "no such key"),
    ] {
        let token = with(
            json!({ "symbol": "USDC", "decimals": 6 }),
            &format!("/{key}"),
            value,
        );
        let bad = with(account(), "/tokens", json!({ OTHER: token }));
        let found = wrong(&bad);
        assert_eq!(found.len(), 1, "{key}: {found:?}");
        is_told(&bad, &format!("tokens.{OTHER}.{key}"), due);
    }
    let spenders = with(account(), "/spenders", json!([OTHER, "x"]));
    is_told(&spenders, "spenders[1]", "expected an address");
}

#[test]
fn a_key_is_in_one_place() {
    let signer = remote()["signer"].clone();
    let both = with(account(), "/signer", signer);
    for found in [
        wrong(&both),
        wrong(&with(both.clone(), "/password", json!(null))),
        wrong(&with(both, "/keystore", json!(null))),
    ] {
        let [(path, message)] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(path, "signer");
        assert!(message.contains("in one place"), "{message}");
    }
    let neither = with(remote(), "/signer", json!(null));
    let found = wrong(&neither);
    assert_eq!(found[0].0, "keystore");
    assert!(found[0].1.contains("or a `signer`"), "{found:?}");
}

#[test]
fn every_mistake_of_a_signer_is_told_where_it_is() {
    assert_eq!(wrong(&remote()), []);
    let another = format!("0x{}", "46".repeat(64));
    for (at, value, due) in [
        ("/url", json!(null), "is required"),
        (
            "/url",
            json!("http://signer.example.com"),
            "without TLS only this machine",
        ),
        (
            "/url",
            json!("http://localhost.example.com"),
            "without TLS only this machine",
        ),
        (
            "/url",
            json!("ftp://signer.example.com"),
            "expected `https://`",
        ),
        ("/url", json!("signer.example.com"), "expected `https://`"),
        (
            "/url",
            json!("https://a@signer.example.com"),
            "expected `https://`",
        ),
        (
            "/url",
            json!("https://signer.example.com/eth1"),
            "without a path",
        ),
        ("/url", json!(9000), "expected a text"),
        ("/identifier", json!(null), "is required"),
        ("/identifier", json!("trader"), "128 digits"),
        ("/identifier", json!(ACCOUNT), "128 digits"),
        ("/identifier", json!(another), "128 digits"),
        ("/bearer", json!("s3cr3t"), "the name of a secret"),
        ("/reach", json!("somewhere"), "`anywhere`"),
        ("/password", json!("env:A"), "no such key here"),
        ("/key", json!("env:A"), "no such key here"),
    ] {
        let path = format!("signer.{}", at.trim_start_matches('/'));
        is_told(&with(remote(), &format!("/signer{at}"), value), &path, due);
    }
    // A key of somebody else.
    let found = wrong(&with(remote(), "/account", json!(OTHER)));
    let due = (
        "signer.identifier".to_owned(),
        "this is not the key of `account`".to_owned(),
    );
    assert_eq!(found, [due]);
}

#[test]
fn a_mistake_never_repeats_a_secret() {
    let account = with(account(), "/password", json!("correct horse battery"));
    let signer = with(remote(), "/signer/bearer", json!("correct horse battery"));
    for found in [wrong(&account), wrong(&signer)] {
        assert!(!found.is_empty());
        assert!(!format!("{found:?}").contains("horse"), "{found:?}");
    }
}

#[test]
fn names_are_plain_and_stand_once() {
    for name in ["Main", "ma in", "ma/in", "", "mäin"] {
        let faults = parsed(&json!({ name: account() })).unwrap_err();
        let told = faults.iter().any(|(_, why)| why.contains("small letters"));
        assert!(told, "{name}: {faults:?}");
    }
    let twice = "tenants: { default: { chains: { main: {}, main: {} } } }";
    assert!(read(twice).is_err());
}

#[test]
fn an_account_stands_once_on_a_chain() {
    let elsewhere = with(account(), "/chain_id", json!(1));
    assert!(parsed(&json!({ "one": account(), "two": elsewhere })).is_ok());
    let other_vault = with(account(), "/vault", json!(OTHER));
    let faults = parsed(&json!({ "one": account(), "two": other_vault })).unwrap_err();
    let [(path, message)] = faults.as_slice() else {
        panic!("{faults:?}")
    };
    assert_eq!(path, "tenants.default.chains.two.account");
    assert!(
        message.contains("`tenants.default.chains.one`"),
        "{message}"
    );
    // Of two tenants as well.
    let tenant = json!({ "chains": { "main": account() } });
    let file = json!({ "tenants": { "acme": tenant, "globex": tenant } });
    let faults = read(&file.to_string()).unwrap_err();
    assert_eq!(faults.0[0].path, "tenants.globex.chains.main.account");
}
