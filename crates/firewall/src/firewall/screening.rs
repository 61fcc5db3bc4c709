//! What each tenant's texts are screened for.

use super::Firewall;
use crate::{error::GateError, request::Request, view};
use arc_swap::ArcSwap;
use portcullis_policy::id::TenantId;
use portcullis_screen::{aliases::Aliases, screen::Screen};
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};

/// The screens of tenants that have their own; every other tenant has the usual one.
#[derive(Clone, Debug, Default)]
pub(super) struct Screens(Arc<ArcSwap<HashMap<TenantId, Screen>>>);

impl Firewall {
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

    fn screen_of(&self, tenant: &TenantId) -> Result<Screen, GateError> {
        let own = self.screens.0.load().get(tenant).cloned();
        own.map_or_else(view::usual, Ok)
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
