//! The fields of a request, each read strictly.

use crate::visible::is_unseen;
use portcullis_policy::{action::Confidence, fault::Faults, label::Label};
use serde_json::{Map, Value};

/// The longest action type, environment or data class, in bytes.
const LABEL_MAX_BYTES: usize = 128;
/// The longest target, in bytes.
const TARGET_MAX_BYTES: usize = 2_048;
/// The most pieces of evidence.
const EVIDENCE_MAX: usize = 256;
/// The most data classes.
const DATA_CLASSES_MAX: usize = 64;

/// The fields of a request, taken out one by one; what is left is unknown.
pub(super) struct Fields {
    map: Map<String, Value>,
    pub(super) faults: Faults,
}

impl Fields {
    pub(super) fn of(map: Map<String, Value>) -> Self {
        Self {
            map,
            faults: Faults::default(),
        }
    }

    /// Takes the value of the first name that is there; a second name is a fault.
    fn take(&mut self, names: &[&str]) -> Option<Value> {
        let mut found: Option<(&str, Value)> = None;
        for name in names {
            let Some(value) = self.map.remove(*name) else {
                continue;
            };
            if let Some((first, _)) = &found {
                self.faults
                    .add(*name, format!("says the same as `{first}`; give only one"));
            } else {
                found = Some((name, value));
            }
        }
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    pub(super) fn has_fault_at(&self, path: &str) -> bool {
        self.faults.0.iter().any(|fault| fault.path == path)
    }

    pub(super) fn text(&mut self, names: &[&str], most: usize) -> Option<String> {
        let name = names.first().copied().unwrap_or_default();
        match self.take(names)? {
            Value::String(text) if text.trim().is_empty() => {
                self.faults.add(name, "must not be empty");
                None
            }
            Value::String(text) if text.len() > most => {
                self.faults.add(
                    name,
                    format!("has at most {most} bytes, not {}", text.len()),
                );
                None
            }
            Value::String(text) => Some(text),
            other => {
                self.faults
                    .add(name, format!("expected a string, not {}", kind_of(&other)));
                None
            }
        }
    }

    pub(super) fn label(&mut self, names: &[&str], fallback: Option<&str>) -> Option<Label> {
        let name = names.first().copied().unwrap_or_default();
        let before = self.faults.0.len();
        let text = self.text(names, LABEL_MAX_BYTES);
        if self.faults.0.len() > before {
            return None;
        }
        match (text, fallback) {
            (Some(text), _) => self.checked_label(name, &text),
            (None, Some(fallback)) => Some(Label::new(fallback)),
            (None, None) => {
                self.faults.add(name, "is required");
                None
            }
        }
    }

    /// The action type. Rules name action types letter by letter, so that what only looks like
    /// one, or says it with a dot more, is refused.
    pub(super) fn kind(&mut self) -> Option<Label> {
        let kind = self.label(&["action_type", "action"], None)?;
        let text = kind.as_str();
        let is_plain = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if is_plain
            && text
                .split('.')
                .all(|part| !part.is_empty() && part.trim() == part)
        {
            return Some(kind);
        }
        self.faults.add(
            "action_type",
            "expected ASCII words with single dots between them",
        );
        None
    }

    /// The target, as people will read it.
    pub(super) fn target(&mut self) -> Option<String> {
        let target = self.text(&["target_service", "target"], TARGET_MAX_BYTES)?;
        if target.chars().any(is_unseen) {
            self.faults.add(
                "target_service",
                "must not hold control or invisible characters",
            );
            return None;
        }
        Some(target)
    }

    fn checked_label(&mut self, path: &str, text: &str) -> Option<Label> {
        if text.chars().any(is_unseen) {
            self.faults
                .add(path, "must not hold control or invisible characters");
            return None;
        }
        Some(Label::new(text))
    }

    pub(super) fn id<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        make: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let short = name.trim_end_matches("_id");
        match self.take(&[name, short])? {
            Value::String(text) => match make(&text) {
                Ok(id) => Some(id),
                Err(error) => {
                    self.faults.add(name, error.to_string());
                    None
                }
            },
            other => {
                self.faults
                    .add(name, format!("expected a string, not {}", kind_of(&other)));
                None
            }
        }
    }

    pub(super) fn object(&mut self, names: &[&str]) -> Map<String, Value> {
        let name = names.first().copied().unwrap_or_default();
        match self.take(names) {
            None => Map::new(),
            Some(Value::Object(map)) => map,
            Some(other) => {
                self.faults
                    .add(name, format!("expected an object, not {}", kind_of(&other)));
                Map::new()
            }
        }
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        let value = self.take(&[name]);
        self.truth(name, value)
    }

    fn truth(&mut self, path: &str, value: Option<Value>) -> bool {
        match value {
            None => false,
            Some(Value::Bool(truth)) => truth,
            Some(other) => {
                self.faults.add(
                    path,
                    format!("expected true or false, not {}", kind_of(&other)),
                );
                false
            }
        }
    }

    /// `emergency`, at the top or, as clients that know no such field send it, in the parameters.
    pub(super) fn emergency(&mut self, parameters: &mut Map<String, Value>) -> bool {
        let top = self.flag("emergency");
        let below = parameters.remove("emergency");
        self.truth("parameters.emergency", below) || top
    }

    /// The data classes from every place and under every name they may come.
    pub(super) fn data_classes(&mut self, parameters: &mut Map<String, Value>) -> Vec<Label> {
        const NAMES: [&str; 2] = ["data_classes", "data_classifications"];
        let mut found = Vec::new();
        for name in NAMES {
            for (path, value) in [
                (name.to_owned(), self.map.remove(name)),
                (format!("parameters.{name}"), parameters.remove(name)),
            ] {
                self.labels(&path, value, &mut found);
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn labels(&mut self, path: &str, value: Option<Value>, found: &mut Vec<Label>) {
        let items = match value {
            None | Some(Value::Null) => return,
            Some(Value::Array(items)) if items.len() <= DATA_CLASSES_MAX => items,
            Some(Value::Array(_)) => {
                self.faults
                    .add(path, format!("has at most {DATA_CLASSES_MAX} items"));
                return;
            }
            Some(other) => {
                self.faults
                    .add(path, format!("expected a list, not {}", kind_of(&other)));
                return;
            }
        };
        for (at, item) in items.iter().enumerate() {
            match item.as_str() {
                Some(text) if !text.trim().is_empty() && text.len() <= LABEL_MAX_BYTES => {
                    let label = self.checked_label(&format!("{path}[{at}]"), text);
                    found.extend(label);
                }
                _ => self
                    .faults
                    .add(format!("{path}[{at}]"), "expected a short string"),
            }
        }
    }

    pub(super) fn confidence(&mut self) -> Confidence {
        let mut map = self.object(&["confidence"]);
        let mut confidence = Confidence::default();
        for (name, place) in [
            ("incident", &mut confidence.incident),
            ("fix", &mut confidence.fix),
            ("containment", &mut confidence.containment),
        ] {
            match map.remove(name) {
                None | Some(Value::Null) => {}
                Some(value) => match value.as_f64().filter(|v| (0.0..=1.0).contains(v)) {
                    Some(number) => *place = Some(number),
                    None => self.faults.add(
                        format!("confidence.{name}"),
                        "expected a number from 0 to 1",
                    ),
                },
            }
        }
        for name in map.keys() {
            self.faults.add(
                format!("confidence.{name}"),
                "is not a dimension; there are `incident`, `fix` and `containment`",
            );
        }
        confidence
    }

    pub(super) fn evidence(&mut self) -> Vec<Value> {
        match self.take(&["evidence"]) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.len() <= EVIDENCE_MAX => items,
            Some(Value::Array(_)) => {
                self.faults
                    .add("evidence", format!("has at most {EVIDENCE_MAX} items"));
                Vec::new()
            }
            Some(text @ Value::String(_)) => vec![text],
            Some(other) => {
                self.faults.add(
                    "evidence",
                    format!("expected a list, not {}", kind_of(&other)),
                );
                Vec::new()
            }
        }
    }

    pub(super) fn refuse_unknown(&mut self) {
        for name in self.map.keys() {
            self.faults.add(name.clone(), "is not a known field");
        }
    }
}

/// What a JSON value is, in words.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
