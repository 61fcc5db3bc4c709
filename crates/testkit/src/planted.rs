//! Secrets that a test plants: every way they may be written, and what was logged meanwhile.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::{DefaultGuard, set_default},
};

/// A secret raw, in base64 of both alphabets at each of the three places in a group, in hex, with
/// percent signs, and as JSON has it: by hand, and not by what hides it.
#[must_use]
pub fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let json = serde_json::Value::from(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        json.get(1..json.len() - 1).expect("two quotes").to_owned(),
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ];
    for before in 0..3 {
        let padded = ["x".repeat(before), secret.to_owned()].concat();
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = engine.encode(&padded);
            // The characters that depend on nothing but the secret.
            let (first, last) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
            forms.push(text.get(first..last).expect("base64").to_owned());
        }
    }
    forms
}

/// Stops when a text shows a secret in any of its [`forms`], or backwards.
///
/// # Panics
/// When it does.
pub fn must_hide(place: &str, text: &str, secret: &str) {
    let backwards = secret.chars().rev().collect();
    for form in forms(secret).into_iter().chain([backwards]) {
        assert!(!text.contains(&form), "{place} shows a secret as `{form}`");
    }
}

/// Remembers everything that is logged on this thread, at every level.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<String>>);

impl Log {
    /// A log that listens for as long as the guard is kept.
    #[must_use]
    pub fn listen() -> (Self, DefaultGuard) {
        let log = Self::default();
        let guard = set_default(log.clone());
        (log, guard)
    }

    /// Everything so far.
    #[must_use]
    pub fn text(&self) -> String {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone()
    }

    fn words(&self, record: impl FnOnce(&mut Words<'_>)) {
        record(&mut Words(
            &mut self.0.lock().unwrap_or_else(PoisonError::into_inner),
        ));
    }
}

struct Words<'w>(&'w mut String);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        self.words(|words| attributes.record(words));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        self.words(|words| values.record(words));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        self.words(|words| event.record(words));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
