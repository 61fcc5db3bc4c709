//! Pages of the gate that messages lead to.

use std::sync::Arc;

/// Where people reach the gate with a browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Links {
    public_url: Arc<str>,
}

impl Links {
    /// The gate's own address, e.g. `https://gate.example.com`.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        Self {
            public_url: Arc::from(public_url.trim_end_matches('/')),
        }
    }

    /// Where a hold is shown whole, and decided.
    #[must_use]
    pub fn hold(&self, hold: &str) -> String {
        format!("{}/console/approvals/{hold}", self.public_url)
    }

    /// Where people link their Slack account to themselves.
    #[must_use]
    pub fn account(&self) -> String {
        format!("{}/console/account/slack", self.public_url)
    }
}
