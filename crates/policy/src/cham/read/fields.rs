//! An object somebody wrote, read key by key.

use super::value::{self, Parse};
use crate::{fault::Faults, spelling};
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use serde_json::{Map, Value};
use std::hash::Hash;

/// The most unknown keys named one by one.
const MOST_UNKNOWN: usize = 20;

/// One object being read. It remembers the keys that were asked for; whatever else stands in the
/// object when it is closed is a fault.
///
/// A reader that finds something wrong notes a fault and returns `None`, so that reading goes on
/// and all mistakes are found in one go.
pub(super) struct Fields<'v, 'f> {
    map: &'v Map<String, Value>,
    path: String,
    asked: Vec<&'static str>,
    faults: &'f mut Faults,
}

impl<'v, 'f> Fields<'v, 'f> {
    /// Opens a value that must be an object.
    pub(super) fn open(value: &'v Value, path: &str, faults: &'f mut Faults) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.add(
                path,
                format!("must be an object, not {}", value::kind(value)),
            );
            return None;
        };
        Some(Self {
            map,
            path: path.to_owned(),
            asked: Vec::new(),
            faults,
        })
    }

    /// Notes the keys nobody asked for.
    pub(super) fn close(self) {
        let asked = &self.asked;
        let unknown = || self.map.keys().filter(|key| !asked.contains(&key.as_str()));
        for key in unknown().take(MOST_UNKNOWN) {
            let hint = spelling::hint(key, asked.iter().copied());
            let path = join(&self.path, &value::cut(key));
            self.faults.add(path, format!("is not a known key{hint}"));
        }
        let rest = unknown().count().saturating_sub(MOST_UNKNOWN);
        if rest > 0 {
            self.faults
                .add(self.path, format!("has {rest} more unknown keys"));
        }
    }

    /// Whether a key stands there, without asking for it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// Counts a key as asked for without reading it.
    pub(super) fn known(&mut self, key: &'static str) {
        self.asked.push(key);
    }

    /// Notes a fault at a key, or at the object itself when the key is empty.
    pub(super) fn fault(&mut self, key: &str, message: impl Into<String>) {
        self.faults.add(join(&self.path, key), message);
    }

    /// What stands at a key; nothing at all counts as absent, `null` is a fault.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'v Value> {
        self.asked.push(key);
        let value = self.map.get(key)?;
        if value.is_null() {
            self.fault(key, "must not be null; leave it out instead");
            return None;
        }
        Some(value)
    }

    /// Forgives `null` at some keys: it counts as absent there.
    pub(super) fn nullable(&mut self, key: &'static str) -> Option<&'v Value> {
        self.asked.push(key);
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// An optional value.
    pub(super) fn optional<T>(&mut self, key: &'static str, parse: Parse<T>) -> Option<T> {
        let value = self.value(key)?;
        self.parsed(key, value, parse)
    }

    /// A value that must be there.
    pub(super) fn required<T>(&mut self, key: &'static str, parse: Parse<T>) -> Option<T> {
        if !self.has(key) {
            self.asked.push(key);
            self.fault(key, "is missing");
            return None;
        }
        self.optional(key, parse)
    }

    /// A value already found at a key.
    pub(super) fn parsed<T>(&mut self, key: &str, value: &Value, parse: Parse<T>) -> Option<T> {
        parse(value)
            .map_err(|message| self.fault(key, message))
            .ok()
    }

    /// An optional list of values, one entry at least; empty when absent. Repeated entries count
    /// once.
    pub(super) fn list<T: Clone + Eq + Hash>(
        &mut self,
        key: &'static str,
        most: usize,
        parse: Parse<T>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        let mut known: HashSet<T, RandomState> = HashSet::default();
        for (at, item) in self.items(key, most).iter().enumerate() {
            match self.parsed(&format!("{key}[{at}]"), item, parse) {
                Some(value) if known.insert(value.clone()) => found.push(value),
                Some(_) | None => {}
            }
        }
        found
    }

    /// A list of objects that must be there, one entry at least; an entry that could not be read
    /// is `None`, so that the others keep their places.
    pub(super) fn objects<T>(
        &mut self,
        key: &'static str,
        most: usize,
        read: fn(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Vec<Option<T>> {
        if !self.has(key) {
            self.fault(key, "is missing");
        }
        let mut found = Vec::new();
        for (at, item) in self.items(key, most).iter().enumerate() {
            let path = join(&self.path, &format!("{key}[{at}]"));
            found.push(within(item, &path, self.faults, read));
        }
        found
    }

    /// An object that must be there.
    pub(super) fn object<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        if !self.has(key) {
            self.fault(key, "is missing");
        }
        let value = self.value(key)?;
        self.nested(key, value, read)
    }

    /// An object already found at a key.
    pub(super) fn nested<T>(
        &mut self,
        key: &str,
        value: &Value,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        within(value, &join(&self.path, key), self.faults, read)
    }

    /// The one of several names of a key that is there, and its value; two at once are a fault.
    pub(super) fn either(&mut self, keys: &[&'static str]) -> Option<(&'static str, &'v Value)> {
        let mut found: Option<(&'static str, &'v Value)> = None;
        for key in keys.iter().copied() {
            let Some(value) = self.value(key) else {
                continue;
            };
            match found {
                Some((first, _)) => self.fault(key, format!("must not stand beside `{first}`")),
                None => found = Some((key, value)),
            }
        }
        found
    }

    fn items(&mut self, key: &'static str, most: usize) -> &'v [Value] {
        match self.value(key) {
            None => return &[],
            Some(Value::Array(items)) if items.is_empty() => {
                self.fault(key, "must not be an empty list");
            }
            Some(Value::Array(items)) if items.len() > most => {
                self.fault(
                    key,
                    format!("has {} entries, more than {most}", items.len()),
                );
            }
            Some(Value::Array(items)) => return items,
            Some(other) => {
                self.fault(key, format!("must be a list, not {}", value::kind(other)));
            }
        }
        &[]
    }
}

/// Reads one object and closes it.
pub(super) fn within<T>(
    value: &Value,
    path: &str,
    faults: &mut Faults,
    read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
) -> Option<T> {
    let mut fields = Fields::open(value, path, faults)?;
    let found = read(&mut fields);
    fields.close();
    found
}

fn join(path: &str, key: &str) -> String {
    match (path, key) {
        ("", key) => key.to_owned(),
        (path, "") => path.to_owned(),
        (path, key) => format!("{path}.{key}"),
    }
}
