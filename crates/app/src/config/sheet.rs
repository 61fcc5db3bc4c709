//! One mapping of the operator's file, read key by key. What is wrong never repeats a value: it
//! might be a secret in the wrong place.

use super::secret;
use portcullis_firewall::outside::{Reach, SecretName};
use portcullis_policy::fault::Faults;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A mapping and the path to it.
#[derive(Debug)]
pub(super) struct Sheet<'v> {
    map: &'v Map<String, Value>,
    path: String,
}

impl<'v> Sheet<'v> {
    /// Opens a mapping that has these keys and no others.
    pub(super) fn open(
        value: &'v Value,
        path: String,
        keys: &[&str],
        faults: &mut Faults,
    ) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.add(path, "expected a mapping");
            return None;
        };
        let sheet = Self { map, path };
        for key in map.keys().filter(|key| !keys.contains(&key.as_str())) {
            let known = keys.join("`, `");
            sheet.fault(
                key,
                format!("there is no such key here, but `{known}`"),
                faults,
            );
        }
        Some(sheet)
    }

    /// The path of a key.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Notes a mistake at a key.
    pub(super) fn fault(&self, key: &str, message: impl Into<String>, faults: &mut Faults) {
        faults.add(self.path_of(key), message);
    }

    /// What stands at a key.
    pub(super) fn value(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key)
    }

    /// A mapping below a key that has these keys and no others.
    pub(super) fn below(&self, key: &str, keys: &[&str], faults: &mut Faults) -> Option<Self> {
        Self::open(self.map.get(key)?, self.path_of(key), keys, faults)
    }

    /// The entries of a mapping below a key, whose keys are the author's own.
    pub(super) fn entries(
        &self,
        key: &str,
        faults: &mut Faults,
    ) -> Vec<(&'v str, &'v Value, String)> {
        let path = self.path_of(key);
        match self.map.get(key) {
            Some(Value::Object(map)) => map
                .iter()
                .map(|(name, value)| (name.as_str(), value, format!("{path}.{name}")))
                .collect(),
            Some(_) => {
                faults.add(path, "expected a mapping");
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// The elements of a list with their paths; empty when there is no such key.
    pub(super) fn list(&self, key: &str, faults: &mut Faults) -> Vec<(&'v Value, String)> {
        let path = self.path_of(key);
        match self.map.get(key) {
            Some(Value::Array(items)) => {
                let items = items.iter().enumerate();
                items
                    .map(|(at, item)| (item, format!("{path}[{at}]")))
                    .collect()
            }
            Some(_) => {
                faults.add(path, "expected a list");
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// A text that is not blank.
    pub(super) fn text(&self, key: &str, faults: &mut Faults) -> Option<String> {
        let found = text(self.map.get(key)?);
        if found.is_none() {
            self.fault(key, "expected a text", faults);
        }
        found
    }

    /// The same, which must be there.
    pub(super) fn must_text(&self, key: &str, faults: &mut Faults) -> Option<String> {
        self.must(key, faults).then(|| self.text(key, faults))?
    }

    /// A list of texts; nothing when there is no such key.
    pub(super) fn texts(&self, key: &str, faults: &mut Faults) -> Option<Vec<String>> {
        self.map.get(key)?;
        let mut texts = Vec::new();
        for (item, path) in self.list(key, faults) {
            match text(item) {
                Some(text) => texts.push(text),
                None => faults.add(path, "expected a text"),
            }
        }
        Some(texts)
    }

    /// The name of a secret.
    pub(super) fn secret(&self, key: &str, faults: &mut Faults) -> Option<SecretName> {
        secret::name(self.map.get(key)?, self.path_of(key), faults)
    }

    /// The same, which must be there.
    pub(super) fn must_secret(&self, key: &str, faults: &mut Faults) -> Option<SecretName> {
        self.must(key, faults).then(|| self.secret(key, faults))?
    }

    /// One of a few words.
    pub(super) fn word<T: DeserializeOwned>(
        &self,
        key: &str,
        words: &str,
        faults: &mut Faults,
    ) -> Option<T> {
        let found = serde_json::from_value(self.map.get(key)?.clone()).ok();
        if found.is_none() {
            self.fault(key, format!("expected {words}"), faults);
        }
        found
    }

    /// How far calls may go.
    pub(super) fn reach(&self, faults: &mut Faults) -> Reach {
        let reach = self.word("reach", "`public` or `anywhere`", faults);
        reach.unwrap_or_default()
    }

    /// Whether a key is there; a fault when it is not.
    fn must(&self, key: &str, faults: &mut Faults) -> bool {
        let is_there = self.map.contains_key(key);
        if !is_there {
            self.fault(key, "is required", faults);
        }
        is_there
    }
}

fn text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}
