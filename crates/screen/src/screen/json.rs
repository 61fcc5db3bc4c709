//! Values as JSON, redacted string by string.

use super::Screen;
use crate::{aliases::Aliases, finding::REDACTED, kind::Kind};
use serde_json::{Map, Value};

/// How many levels are looked through; what lies deeper is hidden.
const MOST_LEVELS: usize = 128;

/// A value without what must not be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactedJson {
    /// The value.
    pub value: Value,
    /// How many parts were replaced.
    pub hidden: usize,
}

impl Screen {
    /// The value without what must not be seen: in its strings, in its keys, and whatever stands
    /// under a key that names a secret.
    ///
    /// Strings are looked through as they read, not as they are escaped. The whole is looked
    /// through once more as it is written, for a secret that spans several strings.
    ///
    /// Fails closed: if a registered secret is still found there, or the value has more than 128
    /// levels, what cannot be told apart is hidden.
    #[must_use]
    pub fn redact_json(&self, value: &Value, aliases: &mut Aliases) -> RedactedJson {
        let mut walk = Walk {
            screen: self,
            aliases,
            hidden: 0,
        };
        let value = walk.value(value, MOST_LEVELS);
        let hidden = walk.hidden;
        if self.knows_none_of(value.to_string().as_bytes()) {
            return RedactedJson { value, hidden };
        }
        RedactedJson {
            value: Value::from(REDACTED),
            hidden: hidden + 1,
        }
    }
}

impl Screen {
    /// Whether [`redact_json`](Self::redact_json) would hide nothing; `written` is the value as
    /// JSON. It asks for hardly any memory, and most values are clean.
    #[must_use]
    pub fn is_clean_json(&self, value: &Value, written: &[u8]) -> bool {
        self.knows_none_of(written) && self.is_clean_value(value, MOST_LEVELS)
    }

    fn is_clean_value(&self, value: &Value, levels: usize) -> bool {
        match value {
            Value::String(text) => self.is_clean(text.as_bytes()),
            Value::Number(number) => self.is_clean(number.to_string().as_bytes()),
            Value::Array(_) | Value::Object(_) if levels == 0 => false,
            Value::Array(items) => {
                let mut items = items.iter();
                items.all(|item| self.is_clean_value(item, levels - 1))
            }
            Value::Object(members) => members.iter().all(|(key, value)| {
                let named = self.looks_for([Kind::Username, Kind::Name]) && value.is_string();
                let secret = names_secret(key) && !is_nothing(value);
                let plain = !named && !secret && self.is_clean(key.as_bytes());
                plain && self.is_clean_value(value, levels - 1)
            }),
            Value::Null | Value::Bool(_) => true,
        }
    }
}

struct Walk<'a> {
    screen: &'a Screen,
    aliases: &'a mut Aliases,
    hidden: usize,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, levels: usize) -> Value {
        match value {
            Value::String(text) => Value::from(self.text(text)),
            Value::Number(number) => {
                let text = number.to_string();
                let redacted = self.text(&text);
                if redacted == text {
                    value.clone()
                } else {
                    Value::from(redacted)
                }
            }
            Value::Array(_) | Value::Object(_) if levels == 0 => self.hide(),
            Value::Array(items) => {
                let items = items.iter();
                items.map(|item| self.value(item, levels - 1)).collect()
            }
            Value::Object(members) => self.object(members, |walk, key, value| {
                if names_secret(key) {
                    walk.secret(value, levels - 1)
                } else {
                    match walk.named(key, value) {
                        Some(alias) => Value::from(alias),
                        None => walk.value(value, levels - 1),
                    }
                }
            }),
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    /// Keys that read the same once redacted are kept apart.
    fn object(
        &mut self,
        members: &Map<String, Value>,
        mut redact: impl FnMut(&mut Self, &str, &Value) -> Value,
    ) -> Value {
        let mut redacted = Map::new();
        for (key, value) in members {
            let value = redact(self, key, value);
            let mut name = self.text(key);
            while redacted.contains_key(&name) {
                name.push('\'');
            }
            redacted.insert(name, value);
        }
        Value::Object(redacted)
    }

    fn text(&mut self, text: &str) -> String {
        let redacted = self.screen.redact_with(text, self.aliases);
        self.hidden += redacted.findings.len();
        redacted.text.into_owned()
    }

    /// The placeholder of a user or a name, which only its key tells.
    fn named(&mut self, key: &str, value: &Value) -> Option<String> {
        let text = value.as_str()?;
        self.screen
            .looks_for([Kind::Username, Kind::Name])
            .then_some(())?;
        let line = format!("{key}: {text}");
        let redacted = self.screen.redact(&line);
        let mut found = redacted.findings.iter();
        let by_key = found.find(|found| found.span.start == key.len() + 2)?;
        matches!(by_key.kind, Kind::Username | Kind::Name).then(|| {
            self.hidden += 1;
            self.aliases.name(by_key.kind, text.as_bytes())
        })
    }

    /// All that stands under a key that names a secret.
    fn secret(&mut self, value: &Value, levels: usize) -> Value {
        match value {
            _ if is_nothing(value) => value.clone(),
            Value::Array(items) if levels > 0 => {
                let items = items.iter();
                items.map(|item| self.secret(item, levels - 1)).collect()
            }
            Value::Object(members) if levels > 0 => {
                self.object(members, |walk, _, value| walk.secret(value, levels - 1))
            }
            _ => self.hide(),
        }
    }

    fn hide(&mut self) -> Value {
        self.hidden += 1;
        Value::from(REDACTED)
    }
}

/// Whether a key names a secret, and not where one is or what it is called.
fn names_secret(key: &str) -> bool {
    const SECRETS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "secrets",
        "token",
        "credential",
        "credentials",
        "authorization",
        "cookie",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
        "signingkey",
        "encryptionkey",
        "accountkey",
        "authkey",
    ];
    let plain = || key.bytes().rev().filter(u8::is_ascii_alphanumeric);
    SECRETS.iter().any(|word| {
        let letters = word.bytes().rev();
        let mut ending = plain().take(word.len());
        letters.map(Some).eq(std::iter::repeat_with(|| {
            ending.next().map(|byte| byte.to_ascii_lowercase())
        })
        .take(word.len()))
    })
}

/// Whether there is nothing to hide.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::String(text) => text.is_empty() || text == REDACTED,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Number(_) => false,
    }
}
