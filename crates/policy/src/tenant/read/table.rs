//! One mapping of a document, read key by key.

use crate::{fault::Faults, spelling};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// One mapping of a document and the path to it.
#[derive(Debug)]
pub(super) struct Table<'v> {
    map: &'v Map<String, Value>,
    path: String,
}

impl<'v> Table<'v> {
    /// Opens a mapping that has these keys and no others.
    pub(super) fn open(
        value: &'v Value,
        path: String,
        keys: &[&str],
        faults: &mut Faults,
    ) -> Option<Self> {
        let table = Self::open_any(value, path, faults)?;
        for key in table.map.keys().filter(|key| !keys.contains(&key.as_str())) {
            let hint = spelling::hint(key, keys.iter().copied());
            faults.add(
                table.path_of(key),
                format!("there is no key `{key}` here{hint}"),
            );
        }
        Some(table)
    }

    /// Opens a mapping with keys of the author's own.
    pub(super) fn open_any(value: &'v Value, path: String, faults: &mut Faults) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.add(path, wrong("a mapping", value));
            return None;
        };
        Some(Self { map, path })
    }

    /// The path of a key.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Whether there is such a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// What stands at a key.
    pub(super) fn value(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key)
    }

    /// Whether there is no key at all.
    pub(super) fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Every key with its value and path.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'v str, &'v Value, String)> {
        self.map
            .iter()
            .map(|(key, value)| (key.as_str(), value, self.path_of(key)))
    }

    /// Notes a mistake at a key.
    pub(super) fn fault(&self, key: &str, message: impl Into<String>, faults: &mut Faults) {
        faults.add(self.path_of(key), message);
    }

    /// A text that is not blank.
    pub(super) fn text(&self, key: &str, faults: &mut Faults) -> Option<&'v str> {
        self.map
            .get(key)
            .and_then(|value| text(value, self.path_of(key), faults))
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &str, faults: &mut Faults) -> Option<bool> {
        let value = self.map.get(key)?;
        if !value.is_boolean() {
            self.fault(key, wrong("`true` or `false`", value), faults);
        }
        value.as_bool()
    }

    /// A whole number in a range.
    pub(super) fn whole<N>(
        &self,
        key: &str,
        range: RangeInclusive<N>,
        faults: &mut Faults,
    ) -> Option<N>
    where
        N: TryFrom<u64> + PartialOrd + std::fmt::Display + Copy,
    {
        let value = self.map.get(key)?;
        let number = value
            .as_u64()
            .and_then(|n| N::try_from(n).ok())
            .filter(|n| range.contains(n));
        if number.is_none() {
            let wanted = format!("a whole number from {} to {}", range.start(), range.end());
            self.fault(key, wrong(&wanted, value), faults);
        }
        number
    }

    /// A number that is not negative.
    pub(super) fn amount(&self, key: &str, faults: &mut Faults) -> Option<f64> {
        self.map
            .get(key)
            .and_then(|value| amount(value, self.path_of(key), faults))
    }

    /// A list of texts, each but once; empty when there is no such key.
    pub(super) fn texts(&self, key: &str, faults: &mut Faults) -> Vec<String> {
        self.map
            .get(key)
            .map_or_else(Vec::new, |value| texts(value, &self.path_of(key), faults))
    }

    /// The elements of a list with their paths; empty when there is no such key.
    pub(super) fn list(&self, key: &str, faults: &mut Faults) -> Vec<(&'v Value, String)> {
        let Some(value) = self.map.get(key) else {
            return Vec::new();
        };
        let Value::Array(items) = value else {
            self.fault(key, wrong("a list", value), faults);
            return Vec::new();
        };
        let path = self.path_of(key);
        items
            .iter()
            .enumerate()
            .map(|(at, item)| (item, format!("{path}[{at}]")))
            .collect()
    }

    /// A mapping below a key that has these keys and no others, and at least one of them.
    pub(super) fn table(&self, key: &str, keys: &[&str], faults: &mut Faults) -> Option<Self> {
        let table = Self::open(self.map.get(key)?, self.path_of(key), keys, faults)?;
        table.filled(faults)
    }

    /// A mapping below a key with keys of the author's own, at least one.
    pub(super) fn table_any(&self, key: &str, faults: &mut Faults) -> Option<Self> {
        let table = Self::open_any(self.map.get(key)?, self.path_of(key), faults)?;
        table.filled(faults)
    }

    fn filled(self, faults: &mut Faults) -> Option<Self> {
        if self.is_empty() {
            faults.add(self.path, "is empty; leave it out or fill it");
            return None;
        }
        Some(self)
    }

    /// Reads every value of the mapping; those with mistakes are left out.
    pub(super) fn collect<T>(
        &self,
        faults: &mut Faults,
        mut read: impl FnMut(&str, &'v Value, String, &mut Faults) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let mut all = BTreeMap::new();
        for (key, value, path) in self.iter() {
            if let Some(item) = read(key, value, path, faults) {
                all.insert(key.to_owned(), item);
            }
        }
        all
    }
}

/// A text that is not blank.
pub(super) fn text<'v>(value: &'v Value, path: String, faults: &mut Faults) -> Option<&'v str> {
    match value {
        Value::String(text) if text.trim().is_empty() => {
            faults.add(path, "is blank");
            None
        }
        Value::String(text) => Some(text),
        other => {
            faults.add(path, wrong("a text", other));
            None
        }
    }
}

/// A number that is not negative.
pub(super) fn amount(value: &Value, path: String, faults: &mut Faults) -> Option<f64> {
    let number = value
        .as_f64()
        .filter(|number| number.is_finite() && *number >= 0.0);
    if number.is_none() {
        faults.add(path, wrong("a number from zero up", value));
    }
    number
}

/// A list of texts, at least one, each but once.
pub(super) fn texts(value: &Value, path: &str, faults: &mut Faults) -> Vec<String> {
    let Value::Array(items) = value else {
        faults.add(path, wrong("a list of texts", value));
        return Vec::new();
    };
    if items.is_empty() {
        faults.add(path, "is empty; leave it out or fill it");
    }
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let path = format!("{path}[{at}]");
        let Some(item) = text(item, path.clone(), faults) else {
            continue;
        };
        if known.insert(item) {
            all.push(item.to_owned());
        } else {
            faults.add(path, format!("`{item}` stands here twice"));
        }
    }
    all
}

/// `expected …, found …`.
pub(super) fn wrong(wanted: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{found}`"),
        Value::String(text) => format!("`{}`", text.chars().take(60).collect::<String>()),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    };
    format!("expected {wanted}, found {found}")
}
