//! Who may come in for what concerns the whole tenant.

use crate::{error::GateError, principal::Principal};

/// The architect's name for records.
pub(super) fn architect(principal: &Principal) -> Result<String, GateError> {
    if principal.configures() {
        Ok(principal.actor())
    } else {
        Err(GateError::Forbidden(
            "only an architect may do this".to_owned(),
        ))
    }
}

/// Whether a caller may read the tenant's lists.
///
/// # Errors
/// [`GateError::Forbidden`] for an agent's key.
pub(super) fn may_read(principal: &Principal) -> Result<(), GateError> {
    if principal.reads() {
        Ok(())
    } else {
        Err(GateError::Forbidden(
            "an agent's key does not read the tenant's lists".to_owned(),
        ))
    }
}
