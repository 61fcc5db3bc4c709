//! Reading JSON values: the fields of an object one by one, noting everything that is wrong.

use jiff::Timestamp;
use portcullis_firewall::{
    access::{Effect, PersonRole, Verb},
    scope,
    settings::{AutonomyReset, StepUp},
    tool::FirstSight,
};
use portcullis_policy::{
    facts::Mode,
    fault::Faults,
    id::{AgentId, ScopeName, WorkspaceId},
    rules::ScopeMode,
    tier::Tier,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The most items of a list that a person sends.
const ITEMS_MAX: usize = 1_000;

/// Something that can stand in a body.
pub(crate) trait Field: Sized {
    /// What stands for it when it is not sent; `None` when it must be sent.
    fn absent() -> Option<Self> {
        None
    }

    /// Reads it; notes what is wrong at `path`.
    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self>;
}

/// A wish about something that can also be taken away: `null` takes away, absence leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Given<T> {
    /// Not sent.
    #[default]
    Leave,
    /// Sent as `null`.
    Remove,
    /// Sent.
    Set(T),
}

impl<T> Given<T> {
    /// The wish as the firewall's patches say it.
    #[expect(
        clippy::option_option,
        reason = "absent, taken away and set are different wishes"
    )]
    pub(crate) fn into_patch(self) -> Option<Option<T>> {
        match self {
            Self::Leave => None,
            Self::Remove => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
}

/// The fields of one object, taken out one by one; what is left is unknown.
#[derive(Debug)]
pub(crate) struct Fields<'f> {
    map: Map<String, Value>,
    path: String,
    faults: &'f mut Faults,
}

impl<'f> Fields<'f> {
    /// The fields of a value that must be an object.
    pub(crate) fn open(value: Value, path: &str, faults: &'f mut Faults) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self {
                map,
                path: path.to_owned(),
                faults,
            }),
            other => {
                faults.add(path, format!("expected an object, not {}", kind_of(&other)));
                None
            }
        }
    }

    /// Takes a field out.
    pub(crate) fn take<T: Field>(&mut self, name: &str) -> Option<T> {
        let name = name.trim_start_matches("r#");
        let path = join(&self.path, name);
        match self.map.remove(name) {
            Some(value) => T::read(value, &path, self.faults),
            None => T::absent().or_else(|| {
                self.faults.add(path, "is required");
                None
            }),
        }
    }

    /// Notes every field that nobody took.
    pub(crate) fn close(self) {
        for name in self.map.keys() {
            self.faults
                .add(join(&self.path, name), "is not a known field");
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// What a JSON value is, in words.
pub(crate) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Field for Value {
    fn read(value: Value, _: &str, _: &mut Faults) -> Option<Self> {
        Some(value)
    }
}

impl<T: Field> Field for Option<T> {
    fn absent() -> Option<Self> {
        Some(None)
    }

    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
        if value.is_null() {
            Some(None)
        } else {
            T::read(value, path, faults).map(Some)
        }
    }
}

impl<T: Field> Field for Given<T> {
    fn absent() -> Option<Self> {
        Some(Self::Leave)
    }

    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
        if value.is_null() {
            Some(Self::Remove)
        } else {
            T::read(value, path, faults).map(Self::Set)
        }
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
        let items = match value {
            Value::Array(items) if items.len() <= ITEMS_MAX => items,
            Value::Array(_) => {
                faults.add(path, format!("has at most {ITEMS_MAX} items"));
                return None;
            }
            other => {
                faults.add(path, format!("expected a list, not {}", kind_of(&other)));
                return None;
            }
        };
        let before = faults.0.len();
        let mut read = Self::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            read.extend(T::read(item, &format!("{path}[{at}]"), faults));
        }
        (faults.0.len() == before).then_some(read)
    }
}

/// A type that serde reads as it should be; says what was expected instead of serde's own words.
fn plain<T: DeserializeOwned>(
    value: Value,
    expected: &str,
    path: &str,
    faults: &mut Faults,
) -> Option<T> {
    let kind = kind_of(&value);
    let shown = match &value {
        Value::String(text) => format!("`{}`", cut(text)),
        Value::Number(number) => format!("`{number}`"),
        _ => kind.to_owned(),
    };
    match serde_json::from_value(value) {
        Ok(read) => Some(read),
        Err(_) => {
            faults.add(path, format!("expected {expected}, not {shown}"));
            None
        }
    }
}

/// The beginning of a text, for a message.
pub(crate) fn cut(text: &str) -> &str {
    text.char_indices()
        .nth(64)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}

macro_rules! plain {
    ($($type:ty: $expected:literal;)*) => {$(
        impl Field for $type {
            fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
                plain(value, $expected, path, faults)
            }
        }
    )*};
}

plain! {
    String: "a string";
    bool: "true or false";
    f64: "a number";
    u32: "a whole number from 0";
    u64: "a whole number from 0";
    Timestamp: "a moment such as `2026-04-10T14:32:01Z`";
    Tier: "`A`, `B`, `C` or `X`";
    Mode: "`ENFORCED` or `AUDIT_ONLY`";
    ScopeMode: "`strict` or `override`";
    AutonomyReset: "`off`, `raise_to_b` or `block_agent`";
    scope::Mode: "`read` or `write`";
    FirstSight: "`quarantine` or `pin`";
    StepUp: "`never`, `when_registered` or `always`";
    Verb: "`VIEW`, `DECIDE`, `CONFIGURE` or `ISSUE_CREDENTIAL`";
    Effect: "`ALLOW` or `DENY`";
}

macro_rules! ids {
    ($($type:ty),*) => {$(
        impl Field for $type {
            fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
                let text = String::read(value, path, faults)?;
                Self::new(&text)
                    .map_err(|error| faults.add(path, error.to_string()))
                    .ok()
            }
        }
    )*};
}

ids!(AgentId, ScopeName, WorkspaceId);

impl Field for PersonRole {
    /// In upper or lower case, as of keys.
    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
        let folded = match value {
            Value::String(word) => Value::String(word.to_ascii_uppercase()),
            other => other,
        };
        plain(folded, "`viewer`, `operator` or `architect`", path, faults)
    }
}
