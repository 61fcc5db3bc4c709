//! What an agent sent, read into an action. The only way from bytes to an [`Action`].

use crate::{
    digest::{ActionDigest, Nonce},
    error::GateError,
    freeze::{self, FrozenAction},
    principal::Principal,
    strict,
    view::{self, View},
};
use portcullis_policy::{
    action::{Action, Confidence},
    fault::Faults,
    id::{AgentId, SessionId, WorkspaceId},
    label::Label,
};
use portcullis_screen::screen::Screen;
use serde_json::{Map, Value};

/// The longest action type, environment or data class, in bytes.
const LABEL_MAX_BYTES: usize = 128;
/// The longest target, in bytes.
const TARGET_MAX_BYTES: usize = 2_048;
/// The longest reasoning, in bytes.
const REASONING_MAX_BYTES: usize = 65_536;
/// The most pieces of evidence.
const EVIDENCE_MAX: usize = 256;
/// The most data classes.
const DATA_CLASSES_MAX: usize = 64;
/// The longest idempotency key, in bytes.
const IDEMPOTENCY_KEY_MAX_BYTES: usize = 255;

/// One request to judge, read and frozen.
#[derive(Debug)]
pub struct Request {
    /// The action with its frozen bytes and its digest.
    pub frozen: FrozenAction,
    /// What everybody but the executor sees of it.
    pub view: View,
    /// Names the request without its nonce.
    digest: ActionDigest,
    /// Names the request, so that sending it again gives the first answer.
    pub idempotency_key: Option<String>,
    /// Whether a CLEARED verdict shall come with a permit.
    pub wants_permit: bool,
}

impl Request {
    /// SHA-256 over the request without its nonce: the same request has the same one.
    #[must_use]
    pub const fn digest(&self) -> ActionDigest {
        self.digest
    }

    /// The same request as `screen` shows it.
    ///
    /// Fails closed: a secret in a name, which stands in lists, rules and headings, is refused.
    ///
    /// # Errors
    /// [`GateError::Invalid`] naming the field.
    pub fn screened(self, screen: &Screen) -> Result<Self, GateError> {
        let action = &self.frozen.action;
        view::check_names(action, screen)?;
        Ok(Self {
            view: View::plain(action).screened(action, screen),
            ..self
        })
    }

    /// A request read back from the record that shows all of it.
    pub(crate) fn recorded(frozen: FrozenAction) -> Self {
        let view = View::plain(&frozen.action);
        Self {
            digest: view.digest(&frozen.action),
            view,
            frozen,
            idempotency_key: None,
            wants_permit: false,
        }
    }
}

/// Reads a request from hostile bytes.
///
/// Fails closed: whatever is not understood is an error, and then nothing is judged or sealed.
///
/// # Errors
/// [`GateError::Invalid`] with every fault and its path.
pub fn read(
    bytes: &[u8],
    principal: &Principal,
    nonce: Nonce,
    idempotency_key: Option<&str>,
) -> Result<Request, GateError> {
    let value = strict::parse(bytes, &strict::Limits::default())
        .map_err(|error| GateError::invalid(error.path(), error.to_string()))?;
    from_value(value, principal, nonce, idempotency_key)
}

/// Reads a request from a JSON value that was parsed strictly.
///
/// # Errors
/// [`GateError::Invalid`] with every fault and its path.
pub fn from_value(
    value: Value,
    principal: &Principal,
    nonce: Nonce,
    idempotency_key: Option<&str>,
) -> Result<Request, GateError> {
    let Value::Object(map) = value else {
        return Err(GateError::invalid("", "expected a JSON object"));
    };
    let mut fields = Fields {
        map,
        faults: Faults::default(),
    };
    if idempotency_key.is_some_and(|k| k.is_empty() || k.len() > IDEMPOTENCY_KEY_MAX_BYTES) {
        fields
            .faults
            .add("Idempotency-Key", "expected 1 to 255 characters");
    }
    let (action, wants_permit) = action(&mut fields, principal);
    fields.refuse_unknown();
    let action = fields
        .faults
        .or(())
        .and_then(|()| action.ok_or_else(Faults::default))
        .map_err(GateError::Invalid)?;
    let screen = view::usual()?;
    view::check_names(&action, &screen)?;
    let plain = View::plain(&action);
    let digest = plain.digest(&action);
    let view = plain.screened(&action, &screen);
    let frozen = freeze::freeze(action, nonce)
        .map_err(|error| GateError::invalid(error.path(), error.to_string()))?;
    Ok(Request {
        frozen,
        view,
        digest,
        idempotency_key: idempotency_key.map(str::to_owned),
        wants_permit,
    })
}

fn action(fields: &mut Fields, principal: &Principal) -> (Option<Action>, bool) {
    let bound = principal.role.agent().cloned();
    let agent = fields.id("agent_id", AgentId::new).or(bound);
    if agent.is_none() && !fields.has_fault_at("agent_id") {
        fields.faults.add("agent_id", "is required");
    }
    let kind = fields.kind();
    let target = fields.target();
    if target.is_none() && !fields.has_fault_at("target_service") {
        fields.faults.add("target_service", "is required");
    }
    let environment = fields.label(&["environment"], Some("production"));
    let mut parameters = fields.object(&["parameters", "metadata"]);
    let data_classes = fields.data_classes(&mut parameters);
    let emergency = fields.emergency(&mut parameters);
    let wants_permit = fields.flag("permit");
    let workspace = fields.id("workspace_id", WorkspaceId::new);
    let session = fields.id("session_id", SessionId::new);
    let reasoning = fields.text(&["reasoning", "reason"], REASONING_MAX_BYTES);
    let confidence = fields.confidence();
    let evidence = fields.evidence();
    let action = (|| {
        Some(Action {
            tenant: principal.tenant.clone(),
            agent: agent?,
            workspace,
            session,
            kind: kind?,
            target: target?,
            environment: environment?,
            parameters,
            reasoning,
            confidence,
            evidence,
            data_classes,
            emergency,
        })
    })();
    (action, wants_permit)
}

/// The fields of a request, taken out one by one; what is left is unknown.
struct Fields {
    map: Map<String, Value>,
    faults: Faults,
}

impl Fields {
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

    fn has_fault_at(&self, path: &str) -> bool {
        self.faults.0.iter().any(|fault| fault.path == path)
    }

    fn text(&mut self, names: &[&str], most: usize) -> Option<String> {
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

    fn label(&mut self, names: &[&str], fallback: Option<&str>) -> Option<Label> {
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
    fn kind(&mut self) -> Option<Label> {
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
    fn target(&mut self) -> Option<String> {
        let target = self.text(&["target_service", "target"], TARGET_MAX_BYTES)?;
        if target.chars().any(|c| c.is_control() || is_invisible(c)) {
            self.faults.add(
                "target_service",
                "must not hold control or invisible characters",
            );
            return None;
        }
        Some(target)
    }

    fn checked_label(&mut self, path: &str, text: &str) -> Option<Label> {
        if text.chars().any(|c| c.is_control() || is_invisible(c)) {
            self.faults
                .add(path, "must not hold control or invisible characters");
            return None;
        }
        Some(Label::new(text))
    }

    fn id<T, E: std::fmt::Display>(
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

    fn object(&mut self, names: &[&str]) -> Map<String, Value> {
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

    fn flag(&mut self, name: &str) -> bool {
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
    fn emergency(&mut self, parameters: &mut Map<String, Value>) -> bool {
        let top = self.flag("emergency");
        let below = parameters.remove("emergency");
        self.truth("parameters.emergency", below) || top
    }

    /// The data classes from every place and under every name they may come.
    fn data_classes(&mut self, parameters: &mut Map<String, Value>) -> Vec<Label> {
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

    fn confidence(&mut self) -> Confidence {
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

    fn evidence(&mut self) -> Vec<Value> {
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

    fn refuse_unknown(&mut self) {
        for name in self.map.keys() {
            self.faults.add(name.clone(), "is not a known field");
        }
    }
}

/// Characters that show as nothing, or turn what follows around, and so make two texts look like
/// one: Unicode's default ignorable code points, its fillers, and annotation marks.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}'
        | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
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
