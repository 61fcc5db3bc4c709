//! What each tenant's texts are screened for.

use super::Firewall;
use crate::{error::GateError, order::Effect, request::Request, view};
use arc_swap::ArcSwap;
use portcullis_policy::id::TenantId;
use portcullis_screen::{
    aliases::Aliases,
    screen::Screen,
    secrets::{Level, Secrets},
};
use serde_json::Value;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// The screens of tenants that have their own; every other tenant has the usual one. Cheap to clone,
/// and always those of the gate that it was taken from.
#[derive(Clone, Debug, Default)]
pub struct Screens(Arc<ArcSwap<HashMap<TenantId, Screen>>>);

impl Screens {
    /// Looks for these secrets in a tenant's texts from now on, in place of those of the same level
    /// before; everything else that is looked for stays.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when there is no screen; then whoever asked must not use them.
    pub fn know(
        &self,
        tenant: &TenantId,
        level: Level,
        secrets: &Secrets,
    ) -> Result<(), GateError> {
        let usual = view::usual()?;
        self.0.rcu(|screens| {
            let mut screens = HashMap::clone(screens);
            let screen = screens.get(tenant).unwrap_or(&usual).with(level, secrets);
            screens.insert(tenant.clone(), screen);
            screens
        });
        Ok(())
    }

    /// What a tenant's texts are screened for.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when there is no screen; then nothing may be shown.
    pub fn of(&self, tenant: &TenantId) -> Result<Screen, GateError> {
        let own = self.0.load().get(tenant).cloned();
        own.map_or_else(view::usual, Ok)
    }
}

/// JSON is screened value by value, so that it stays JSON; anything else as a text. What holds
/// nothing to hide stays as it came, to the byte.
fn screened_output(screen: &Screen, output: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(output);
    let plain = screen.redact(&text);
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => {
            let screened = screen.redact_json(&value, &mut Aliases::new());
            // A key that is there twice hides its first value from the reader of JSON alone.
            if plain.findings.is_empty() && screened.hidden == 0 {
                return output.to_vec();
            }
            screened.value.to_string().into_bytes()
        }
        Err(_) => plain.text.into_owned().into_bytes(),
    }
}

impl Firewall {
    /// What each tenant's texts are screened for, for whoever learns secrets later.
    #[must_use]
    pub fn screens(&self) -> Screens {
        self.screens.clone()
    }

    /// Screens what this tenant's agents send with `screen` from now on. What is on record stays
    /// as it is.
    pub fn use_screen(&self, tenant: &TenantId, screen: &Screen) {
        self.screens.0.rcu(|screens| {
            let mut screens = HashMap::clone(screens);
            screens.insert(tenant.clone(), screen.clone());
            screens
        });
    }

    /// A value from outside, as this tenant's agents and people may see it.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when there is no screen; then nothing may be shown.
    pub fn screened_value(&self, tenant: &TenantId, value: &Value) -> Result<Value, GateError> {
        let screen = self.screen_of(tenant)?;
        Ok(screen.redact_json(value, &mut Aliases::new()).value)
    }

    /// What came of an order, as it may be shown.
    ///
    /// *Fails closed:* without a screen, and when it panics, nothing of what came back is shown.
    pub(super) fn screened_effect(&self, tenant: &TenantId, effect: &Effect) -> Effect {
        let Effect {
            summary, output, ..
        } = effect;
        let screened = catch_unwind(AssertUnwindSafe(|| {
            let screen = self.screen_of(tenant)?;
            let summary = screen.redact(summary).text.into_owned();
            Ok::<_, GateError>((summary, screened_output(&screen, output)))
        }));
        let (summary, output, truncated) = match screened {
            Ok(Ok((summary, output))) => (summary, output, effect.truncated),
            _ => {
                let summary = "what came back could not be screened";
                (summary.to_owned(), Vec::new(), true)
            }
        };
        Effect {
            summary,
            output,
            truncated,
            ..*effect
        }
    }

    fn screen_of(&self, tenant: &TenantId) -> Result<Screen, GateError> {
        self.screens.of(tenant)
    }

    /// A text without what this tenant's screen finds.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when there is no screen; then nothing may be shown.
    pub(super) fn screened_text(&self, tenant: &TenantId, text: &str) -> Result<String, GateError> {
        Ok(self.screen_of(tenant)?.redact(text).text.into_owned())
    }

    /// Why a person did something, in their words.
    ///
    /// # Errors
    /// As [`Self::screened_text`].
    pub(super) fn screened_reason(
        &self,
        tenant: &TenantId,
        reason: Option<String>,
    ) -> Result<Option<String>, GateError> {
        let screened = reason.map(|words| self.screened_text(tenant, &words));
        screened.transpose()
    }

    /// A request as this tenant's screen shows it; reading it has passed the usual one.
    pub(super) fn screened(
        &self,
        tenant: &TenantId,
        request: Request,
    ) -> Result<Request, GateError> {
        match self.screens.0.load().get(tenant) {
            None => Ok(request),
            Some(screen) => request.screened(screen),
        }
    }
}
