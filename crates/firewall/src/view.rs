//! What everybody but the executor sees of an action: records, people, notices, exports and logs.
//!
//! The frozen bytes are what executes, and what the digest names. This is made once, when the
//! action arrives, and everything that shows an action shows this.

mod asset;

use crate::{canonical, digest::ActionDigest, error::GateError};
use portcullis_policy::{
    action::{Action, Confidence},
    id::{SessionId, WorkspaceId},
};
use portcullis_screen::{aliases::Aliases, screen::Screen};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, sync::LazyLock};

/// The parts of an action that are not single words, in canonical JSON, without what must not be
/// seen.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The parameters.
    pub parameters: Vec<u8>,
    /// The confidence.
    pub confidence: Vec<u8>,
    /// The evidence; `[]` when there is none.
    pub evidence: Vec<u8>,
    /// The data classes; `[]` when there is none.
    pub data_classes: Vec<u8>,
    /// The agent's own words.
    pub reasoning: Option<String>,
    /// How many parts are hidden.
    pub hidden_parts: usize,
    /// The parameters, if any part of them is hidden.
    shown: Option<Map<String, Value>>,
    /// What hid them, which the words about this action pass too.
    screen: Option<Screen>,
}

/// The screen that every action passes at the least: all formats of secrets.
///
/// # Errors
/// [`GateError::Unavailable`]; nothing may be shown then.
pub fn usual() -> Result<Screen, GateError> {
    static USUAL: LazyLock<Option<Screen>> = LazyLock::new(|| Screen::builder().build().ok());
    let missing = || GateError::Unavailable("there is no screen".to_owned());
    USUAL.clone().ok_or_else(missing)
}

/// Refuses secrets in what names the action.
///
/// # Errors
/// [`GateError::Invalid`] naming the field.
pub(crate) fn check_names(action: &Action, screen: &Screen) -> Result<(), GateError> {
    let classes = action.data_classes.iter();
    let names = [
        ("target_service", action.target.as_str()),
        ("action_type", action.kind.as_str()),
        ("environment", action.environment.as_str()),
    ];
    let classes = classes.map(|class| ("data_classes", class.as_str()));
    match names
        .into_iter()
        .chain(classes)
        .find(|(_, name)| screen.has_secret(name))
    {
        None => Ok(()),
        Some((field, _)) => {
            let message = "must not hold a secret: names are shown to everybody";
            Err(GateError::invalid(field, message))
        }
    }
}

impl View {
    /// All of an action, nothing hidden.
    pub(crate) fn plain(action: &Action) -> Self {
        let mut parameters = Vec::with_capacity(128);
        canonical::write_object(&action.parameters, &mut parameters);
        Self {
            parameters,
            confidence: confidence(action.confidence),
            evidence: list(action.evidence.clone()),
            data_classes: list(
                action
                    .data_classes
                    .iter()
                    .map(|class| Value::from(class.as_str()))
                    .collect(),
            ),
            reasoning: action.reasoning.clone(),
            hidden_parts: 0,
            shown: None,
            screen: None,
        }
    }

    /// The same without what `screen` finds. Placeholders are numbered within the action.
    pub(crate) fn screened(mut self, action: &Action, screen: &Screen) -> Self {
        let mut aliases = Aliases::new();
        self.screen_parameters(action, screen, &mut aliases);
        let evidence = Value::Array(action.evidence.clone());
        if !screen.is_clean_json(&evidence, &self.evidence) {
            let redacted = screen.redact_json(&evidence, &mut aliases);
            self.hidden_parts += redacted.hidden;
            self.evidence = match redacted.value {
                Value::Array(items) => list(items),
                other => list(vec![other]),
            };
        }
        if let Some(words) = &self.reasoning {
            let redacted = screen.redact_with(words, &mut aliases);
            self.hidden_parts += redacted.findings.len();
            if let Cow::Owned(words) = redacted.text {
                self.reasoning = Some(words);
            }
        }
        self.screen = (self.hidden_parts > 0).then(|| screen.clone());
        self
    }

    fn screen_parameters(&mut self, action: &Action, screen: &Screen, aliases: &mut Aliases) {
        let parameters = Value::Object(action.parameters.clone());
        if screen.is_clean_json(&parameters, &self.parameters) {
            return;
        }
        let redacted = screen.redact_json(&parameters, aliases);
        let mut shown = match redacted.value {
            Value::Object(members) => members,
            other => Map::from_iter([("parameters".to_owned(), other)]),
        };
        let again = asset::show(action, &mut shown);
        self.hidden_parts += redacted.hidden.saturating_sub(again);
        self.parameters.clear();
        canonical::write_object(&shown, &mut self.parameters);
        self.shown = Some(shown);
    }

    /// The parameters of `action` as they are shown.
    pub(crate) fn parameters_of(&self, action: &Action) -> Value {
        let shown = self.shown.as_ref().unwrap_or(&action.parameters);
        Value::Object(shown.clone())
    }

    /// Words about this action, which may quote it.
    pub(crate) fn words(&self, text: String) -> String {
        match &self.screen {
            None => text,
            Some(screen) => screen.redact(&text).text.into_owned(),
        }
    }

    /// Canonical JSON about this action.
    pub(crate) fn json(&self, bytes: Vec<u8>) -> Vec<u8> {
        let Some(screen) = &self.screen else {
            return bytes;
        };
        let value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        canonical::to_vec(&screen.redact_json(&value, &mut Aliases::new()).value)
    }

    /// Everything that makes two requests the same request; only of what is not screened.
    pub(crate) fn digest(&self, action: &Action) -> ActionDigest {
        let mut hasher = Sha256::new();
        let emergency = if action.emergency { "1" } else { "0" };
        let words: [&[u8]; 12] = [
            action.tenant.as_str().as_bytes(),
            action.agent.as_str().as_bytes(),
            action
                .workspace
                .as_ref()
                .map_or("", WorkspaceId::as_str)
                .as_bytes(),
            action
                .session
                .as_ref()
                .map_or("", SessionId::as_str)
                .as_bytes(),
            action.kind.as_str().as_bytes(),
            action.target.as_bytes(),
            action.environment.as_str().as_bytes(),
            emergency.as_bytes(),
            action.reasoning.as_deref().unwrap_or("").as_bytes(),
            &self.parameters,
            &self.evidence,
            &self.data_classes,
        ];
        // Each word goes in with its length, so that no two lists of words look alike.
        let words = words.into_iter().chain([self.confidence.as_slice()]);
        let scope = action.scope.as_ref().map(|scope| scope.as_str().as_bytes());
        for word in words.chain(scope) {
            hasher.update((word.len() as u64).to_be_bytes());
            hasher.update(word);
        }
        ActionDigest::new(hasher.finalize().into())
    }
}

fn list(items: Vec<Value>) -> Vec<u8> {
    if items.is_empty() {
        b"[]".to_vec()
    } else {
        canonical::to_vec(&Value::Array(items))
    }
}

fn confidence(confidence: Confidence) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    let mut object = canonical::Object::new(&mut bytes);
    if let Some(value) = confidence.containment {
        object.number("containment", value);
    }
    if let Some(value) = confidence.fix {
        object.number("fix", value);
    }
    if let Some(value) = confidence.incident {
        object.number("incident", value);
    }
    object.end();
    bytes
}
