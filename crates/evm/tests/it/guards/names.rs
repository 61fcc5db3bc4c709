//! The names that cases use, and the numbers they write.

use std::{collections::BTreeMap, fs, sync::LazyLock};

use alloy_primitives::{Address, U256, keccak256};
use serde::Deserialize;
use serde_json::Value;

use crate::files::contracts;

/// The world that cases are about: `conformance/calldata/world.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    pub(super) names: BTreeMap<String, Address>,
    pub(super) now: u64,
    pub(super) enabled: Vec<String>,
    pub(super) listed: Vec<String>,
    pub(super) spenders: Vec<String>,
    pub(super) pairs: Vec<[String; 3]>,
    pub(super) underlying: BTreeMap<String, String>,
}

/// The text of a file of `conformance/calldata`.
pub(super) fn text(name: &str) -> String {
    let file = contracts().join("../conformance/calldata").join(name);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"))
}

/// Read once.
pub(super) fn world() -> &'static World {
    static WORLD: LazyLock<World> =
        LazyLock::new(|| serde_saphyr::from_str(&text("world.yaml")).unwrap());
    &WORLD
}

/// The address of a name.
pub(super) fn address(name: &str) -> Address {
    let found = world().names.get(name);
    *found.unwrap_or_else(|| panic!("nobody is called `{name}`"))
}

/// A word as a case writes it: a number, a truth, a name, a time, `max`, or `selector f(…)`.
pub(super) fn word(value: &Value) -> U256 {
    match value {
        Value::Bool(truth) => U256::from(u8::from(*truth)),
        Value::Number(number) => U256::from(number.as_u64().unwrap()),
        Value::String(text) => words(text),
        _ => panic!("`{value}` is no word"),
    }
}

fn words(text: &str) -> U256 {
    let now = U256::from(world().now);
    if let Some(number) = text.strip_prefix("0x") {
        return U256::from_str_radix(number, 16).unwrap();
    }
    if let Some(function) = text.strip_prefix("selector ") {
        return U256::from_be_slice(&selector(function)) << 224;
    }
    if let Some(later) = text.strip_prefix("now+") {
        return now + later.parse::<U256>().unwrap();
    }
    if let Some(before) = text.strip_prefix("now-") {
        return now - before.parse::<U256>().unwrap();
    }
    match text {
        "now" => now,
        "max" => U256::MAX,
        name => U256::from_be_slice(address(name).as_slice()),
    }
}

/// The first four bytes of a function's hash.
pub(super) fn selector(function: &str) -> [u8; 4] {
    let hash = keccak256(function);
    [hash[0], hash[1], hash[2], hash[3]]
}
