//! A scope's filters, read key by key. A key that nobody knows would narrow nothing, so that it is
//! an error.

use portcullis_firewall::{lease::LeaseError, scope::Scope};
use serde_json::{Map, Value};
use std::fmt::Display;

/// The most entries of a list.
const MOST: usize = 64;
/// The longest text, in bytes.
const LONGEST: usize = 512;

/// The filters of a scope, or a mapping in them.
#[derive(Debug)]
pub(super) struct Filters<'s> {
    map: &'s Map<String, Value>,
    path: String,
}

/// What is wrong with a scope.
pub(super) fn wrong(path: impl Display, why: impl Display) -> LeaseError {
    LeaseError::Scope {
        path: path.to_string(),
        why: why.to_string(),
    }
}

impl<'s> Filters<'s> {
    /// The filters, which have these keys and no others.
    pub(super) fn open(scope: &'s Scope, keys: &[&str]) -> Result<Self, LeaseError> {
        Self::over(&scope.filters, "filters".to_owned(), keys)
    }

    fn over(map: &'s Map<String, Value>, path: String, keys: &[&str]) -> Result<Self, LeaseError> {
        match map.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => {
                let known = keys.join("`, `");
                let why = format!("there is no such filter, but `{known}`");
                Err(wrong(format_args!("{path}.{key}"), why))
            }
            None => Ok(Self { map, path }),
        }
    }

    /// What is wrong at a key.
    pub(super) fn wrong(&self, key: &str, why: impl Display) -> LeaseError {
        wrong(format_args!("{}.{key}", self.path), why)
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'s str>, LeaseError> {
        let Some(value) = self.map.get(key) else {
            return Ok(None);
        };
        let text = value.as_str().filter(|text| fits(text));
        text.map(Some)
            .ok_or_else(|| self.wrong(key, "expected a text"))
    }

    /// The same, which must be there.
    pub(super) fn must_text(&self, key: &str) -> Result<&'s str, LeaseError> {
        let text = self.text(key)?;
        text.ok_or_else(|| self.wrong(key, "is required"))
    }

    /// A list of texts, each once; empty when there is no such key, and only then.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<&'s str>, LeaseError> {
        let Some(value) = self.map.get(key) else {
            return Ok(Vec::new());
        };
        let items = value.as_array().filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| self.wrong(key, "expected a list of texts"))?;
        if items.len() > MOST {
            return Err(self.wrong(key, format_args!("expected {MOST} at most")));
        }
        let mut texts: Vec<&str> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let place = format!("{key}[{at}]");
            let text = item.as_str().filter(|text| fits(text));
            let text = text.ok_or_else(|| self.wrong(&place, "expected a text"))?;
            if texts.contains(&text) {
                return Err(self.wrong(&place, "is there twice"));
            }
            texts.push(text);
        }
        Ok(texts)
    }

    /// The same, which must be there.
    pub(super) fn must_texts(&self, key: &str) -> Result<Vec<&'s str>, LeaseError> {
        let texts = self.texts(key)?;
        if texts.is_empty() {
            return Err(self.wrong(key, "is required"));
        }
        Ok(texts)
    }

    /// A mapping from names of the author's own to texts.
    pub(super) fn pairs(&self, key: &str) -> Result<Vec<(&'s str, &'s str)>, LeaseError> {
        let Some(value) = self.map.get(key) else {
            return Ok(Vec::new());
        };
        let map = value.as_object().filter(|map| !map.is_empty());
        let map = map.ok_or_else(|| self.wrong(key, "expected a mapping to texts"))?;
        if map.len() > MOST {
            return Err(self.wrong(key, format_args!("expected {MOST} at most")));
        }
        let pairs = map.iter().map(|(name, value)| {
            let text = value.as_str().filter(|text| fits(text) && fits(name));
            let place = format!("{key}.{name}");
            text.map(|text| (name.as_str(), text))
                .ok_or_else(|| self.wrong(&place, "expected a text"))
        });
        pairs.collect()
    }
}

fn fits(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}
