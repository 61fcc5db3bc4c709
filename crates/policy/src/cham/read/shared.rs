//! Filters that several types of policies have in common.

use super::{fields::Fields, value};
use crate::label::Label;

/// The most action types of one list.
const ACTION_TYPES: usize = 1_000;
/// The most environments of one list.
pub(super) const ENVIRONMENTS: usize = 100;

/// `environment` or `environments`; empty when neither is there.
pub(super) fn environments(fields: &mut Fields<'_, '_>) -> Vec<Label> {
    if fields.has("environment") && fields.has("environments") {
        fields.fault("environments", "must not stand beside `environment`");
    }
    let mut found = fields.list("environments", ENVIRONMENTS, value::label);
    found.extend(fields.optional("environment", value::label));
    found
}

/// A list of action types; empty when it is not there.
pub(super) fn action_types(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<Label> {
    fields.list(key, ACTION_TYPES, value::label)
}
