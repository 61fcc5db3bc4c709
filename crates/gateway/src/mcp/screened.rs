//! What comes back from a server before an agent sees it. Everything that it says goes through
//! here, and nothing else does.

use super::fault::Fault;
use portcullis_firewall::firewall::Firewall;
use portcullis_policy::id::TenantId;
use serde_json::Value;

/// What takes secrets out of everything that servers say to a tenant's agents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screened<'g> {
    pub(super) firewall: &'g Firewall,
    pub(super) tenant: &'g TenantId,
}

impl Screened<'_> {
    pub(super) fn value(self, value: &Value) -> Result<Value, Fault> {
        let shown = self.firewall.screened_value(self.tenant, value);
        shown.map_err(|_| Fault::inside("what the server said cannot be screened"))
    }
}

/// An error text in a length and in letters that people can read.
pub(super) fn text(text: &str) -> String {
    let excerpt = portcullis_firewall::visible::excerpt(text, 2_048);
    portcullis_firewall::visible::visible_block(excerpt.text).into_owned()
}
